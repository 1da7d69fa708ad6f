// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 8> volcengine_refuses = {
    "audio", "modalities", "prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "store",
    "web_search_options"};
} // namespace detail

namespace rows {
/// Volcengine Ark (www.volcengine.com/docs/82379; members: github.com/volcengine/volcengine-python-sdk, volcenginesdkarkruntime).
inline constexpr vendor_row volcengine = {
    .name = "volcengine",
    .base = "https://ark.cn-beijing.volces.com/api/v3",
    .key_env = {"VOLCENGINE_API_KEY", "ARK_API_KEY"},
    .base_env = {"VOLCENGINE_API_BASE", "ARK_API_BASE"},
    .operations = serves::chat | serves::embeddings | serves::images,
    .limit = token_limit_name::max_tokens,
    .refuses = detail::volcengine_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
