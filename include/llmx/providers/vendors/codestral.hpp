// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/mistral.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Mistral's Codestral endpoint, which has keys of its own (docs.mistral.ai). Members from Mistral's OpenAPI
/// description, ChatCompletionRequest, which takes no others; streams carry their usage unasked.
inline constexpr vendor_row codestral = {
    .name = "codestral",
    .base = "https://codestral.mistral.ai/v1",
    .version = "/v1",
    .key_env = "CODESTRAL_API_KEY",
    .base_env = "CODESTRAL_API_BASE",
    .operations = serves::mistral_chat | serves::mistral_fim,
    .limit = token_limit_name::max_tokens,
    .edits = detail::mistral_edits,
    .refuses = detail::mistral_refuses,
    .call_id_length = 9, // github.com/mistralai/mistral-common, validator.py: [a-zA-Z0-9]{9}
    .messages = {.developer_role = false, .names = false, .gateway_members = false},
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
