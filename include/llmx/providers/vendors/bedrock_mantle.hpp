// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Amazon Bedrock's OpenAI-compatible endpoint with a Bedrock API key
/// (docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html). With AWS keys use the provider `bedrock`.
inline constexpr vendor_row bedrock_mantle = {
    .name = "bedrock_mantle",
    .base = "https://bedrock-mantle.{BEDROCK_MANTLE_REGION|AWS_REGION_NAME|AWS_REGION|AWS_DEFAULT_REGION}.api.aws/v1",
    .key_env = {"BEDROCK_MANTLE_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"},
    .base_env = "BEDROCK_MANTLE_API_BASE",
    .operations = serves::chat,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
