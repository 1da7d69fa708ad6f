// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Longest name of a model, in bytes: names go into heads, logs and URLs, and the longest that
/// vendors give (resource names of tuned models and of clouds) have some 200.
inline constexpr std::size_t max_model_name = 512;

/// Whether \p name may be the name of a model, wherever it comes from.
///
/// It has at most `max_model_name` bytes, is UTF-8 without control characters (C0, DEL, C1), and
/// none of its segments between slashes is "." or "..", which a server or proxy would resolve in a
/// URL; a backslash counts as a slash, and percent-encoded characters as the decoded ones,
/// however often they were encoded.
LLMX_DECL [[nodiscard]] bool is_model_name(std::string_view name) noexcept;

/// Fails unless \p name is one, with `errc::invalid_request` about `model`, in one sentence that
/// does not repeat the name.
LLMX_DECL [[nodiscard]] result<void> check_model_name(std::string_view name);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/model_name.ipp>
#endif
