// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto clarifai_refuses = join_names(
    std::array<std::string_view, 9>{
        "logit_bias", "logprobs", "n", "parallel_tool_calls", "seed", "service_tier", "stop", "top_logprobs",
        "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// Clarifai (docs.clarifai.com/compute/inference/open-ai). A model is its URL, `https://clarifai.com/{user}/{app}/models/{model}`;
/// the key is a personal access token.
inline constexpr vendor_row clarifai = {
    .name = "clarifai",
    .base = "https://api.clarifai.com/v2/ext/openai/v1",
    .key_env = "CLARIFAI_API_KEY",
    .base_env = "CLARIFAI_API_BASE",
    .operations = serves::chat,
    .refuses = detail::clarifai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
