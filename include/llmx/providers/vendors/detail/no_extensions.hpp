// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Members that OpenAI added to its chat requests, and most compatible vendors do not accept.
inline constexpr std::array<std::string_view, 9> no_extensions = {
    "modalities",       "prediction",             "audio",     "store",        "safety_identifier",
    "prompt_cache_key", "prompt_cache_retention", "functions", "function_call"};

} // namespace llmx::inline LLMX_ABI::detail
