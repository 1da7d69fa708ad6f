// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto nvidia_nim_refuses = join_names(
    std::array<std::string_view, 7>{
        "logit_bias", "logprobs", "top_logprobs", "n", "service_tier", "stream_options", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// NVIDIA NIM (docs.api.nvidia.com).
inline constexpr vendor_row nvidia_nim = {
    .name = "nvidia_nim",
    .base = "https://integrate.api.nvidia.com/v1",
    .key_env = {"NVIDIA_NIM_API_KEY", "NVIDIA_API_KEY"},
    .base_env = "NVIDIA_NIM_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::nvidia_nim_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
