// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr operation_path datarobot_paths[] = {{&chat::info, "/chat/completions/"}};
inline constexpr base_form datarobot_forms[] = {
    {.path = "/api/v2/deployments/", .anywhere = true},
    {.path = "/genai/llmgw"},
    {.path = "/api/v2", .suffix = "/genai/llmgw"},
    {.suffix = "/api/v2/genai/llmgw"}};
} // namespace detail

namespace rows {
/// DataRobot's LLM gateway (docs.datarobot.com). The base URL of a deployment, `.../api/v2/deployments/{id}`, is used as it is.
inline constexpr vendor_row datarobot = {
    .name = "datarobot",
    .base = "https://app.datarobot.com",
    .key_env = "DATAROBOT_API_TOKEN",
    .base_env = {"DATAROBOT_ENDPOINT", "DATAROBOT_API_BASE"},
    .operations = serves::chat,
    .paths = detail::datarobot_paths,
    .forms = detail::datarobot_forms,
    .limit = token_limit_name::max_tokens,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
