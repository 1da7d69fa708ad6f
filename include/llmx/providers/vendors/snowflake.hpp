// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto snowflake_refuses = join_names(
    std::array<std::string_view, 13>{
        "n", "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs",
        "parallel_tool_calls", "response_format", "stream_options", "web_search_options", "service_tier"},
    no_extensions);
inline constexpr operation_path snowflake_paths[] = {{&chat::info, "/cortex/v1/chat/completions"}};
} // namespace detail

namespace rows {
/// Snowflake's Cortex REST API (docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api). The key is a programmatic
/// access token, which LiteLLM's configurations begin with `pat/`, or a JWT or OAuth token of one's own making; Snowflake finds the
/// kind of a token in it. The provider `snowflake` takes a user's key pair too.
inline constexpr vendor_row snowflake = {
    .name = "snowflake",
    .base = "https://{SNOWFLAKE_ACCOUNT_ID}.snowflakecomputing.com/api/v2",
    .version = "/api/v2",
    .key_env = {"SNOWFLAKE_JWT", "SNOWFLAKE_PAT"},
    .base_env = "SNOWFLAKE_API_BASE",
    .operations = serves::chat,
    .paths = detail::snowflake_paths,
    .key_mark = "pat/",
    .limit = token_limit_name::max_completion_tokens,
    .refuses = detail::snowflake_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
