// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit heroku_edits[] = {
    limit_member("temperature", 1, "1")};
} // namespace detail

namespace rows {
/// Heroku's Managed Inference (devcenter.heroku.com/articles/heroku-inference-api-v1-chat-completions), whose temperature ends at 1. The
/// other regions have hosts of their own, such as `https://eu.inference.heroku.com`.
inline constexpr vendor_row heroku = {
    .name = "heroku",
    .base = "https://us.inference.heroku.com",
    .version = "/v1",
    .key_env = {"HEROKU_API_KEY", "INFERENCE_KEY"},
    .base_env = "HEROKU_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .edits = detail::heroku_edits,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
