// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto databricks_refuses = join_names(
    std::array<std::string_view, 9>{
        "frequency_penalty", "logit_bias", "logprobs", "parallel_tool_calls", "presence_penalty", "seed",
        "stream_options", "top_logprobs", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Databricks serving endpoints (docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference); the base URL is the
/// workspace's, `https://{workspace}/serving-endpoints`.
inline constexpr vendor_row databricks = {
    .name = "databricks",
    .key_env = {"DATABRICKS_API_KEY", "DATABRICKS_TOKEN"},
    .base_env = "DATABRICKS_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .limit = token_limit_name::max_tokens,
    .text_content = true,
    .refuses = detail::databricks_refuses,
    .messages = gateway_messages,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
