// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto gradient_ai_refuses = join_names(
    std::array<std::string_view, 5>{
        "parallel_tool_calls", "response_format", "seed", "service_tier", "web_search_options"},
    no_extensions);
inline constexpr base_form gradient_ai_forms[] = {
    {.path = "/v1"},
    {.host = "inference.do-ai.run", .suffix = "/v1"},
    {.suffix = "/api/v1"}};
} // namespace detail

namespace rows {
/// DigitalOcean's Gradient AI (docs.digitalocean.com/products/gradient-ai-platform; members: github.com/digitalocean/gradient-python):
/// serverless inference, or an agent's own endpoint as the base URL.
inline constexpr vendor_row gradient_ai = {
    .name = "gradient_ai",
    .base = "https://inference.do-ai.run",
    .key_env = {"GRADIENT_AI_API_KEY", "GRADIENT_MODEL_ACCESS_KEY"},
    .base_env = "GRADIENT_AI_AGENT_ENDPOINT",
    .operations = serves::chat | serves::images,
    .forms = detail::gradient_ai_forms,
    .refuses = detail::gradient_ai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
