// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/detail/no_extensions.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr auto sambanova_refuses = join_names(
    std::array<std::string_view, 4>{
        "frequency_penalty", "presence_penalty", "service_tier", "web_search_options"},
    no_extensions);
} // namespace detail

namespace rows {
/// SambaNova (docs.sambanova.ai; members: github.com/sambanova/sambanova-python, whose penalties are accepted without effect; audio:
/// docs.sambanova.ai/docs/en/features/audio, not in its public cloud).
inline constexpr vendor_row sambanova = {
    .name = "sambanova",
    .base = "https://api.sambanova.ai/v1",
    .key_env = "SAMBANOVA_API_KEY",
    .base_env = "SAMBANOVA_API_BASE",
    .operations = serves::chat | serves::embeddings | serves::transcription | serves::translation | serves::completions,
    .refuses = detail::sambanova_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
