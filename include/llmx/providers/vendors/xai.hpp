// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 10> xai_refuses = {
    "audio", "modalities", "functions", "prediction", "store", "service_tier", "safety_identifier",
    "prompt_cache_key", "prompt_cache_retention", "web_search_options"};
inline constexpr operation_path xai_paths[] = {{&transcription::info, "/stt"}};
} // namespace detail

namespace rows {
/// xAI's Grok (docs.x.ai; docs.x.ai/developers/model-capabilities/audio/speech-to-text, whose forms have no model).
inline constexpr vendor_row xai = {
    .name = "xai",
    .base = "https://api.x.ai/v1",
    .key_env = "XAI_API_KEY",
    .base_env = "XAI_API_BASE",
    .operations = serves::chat | serves::transcription | serves::realtime | serves::images | serves::image_edits,
    .paths = detail::xai_paths,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::xai_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
