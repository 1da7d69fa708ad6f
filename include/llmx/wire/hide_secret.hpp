// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
/// `hide_secret` where there may be something to hide.
LLMX_DECL bool search_and_hide(std::string& text, std::string_view secret);
} // namespace detail

/// Secrets of fewer bytes are not searched for: they protect nothing, are mostly words that a
/// server without keys was given ("EMPTY", "none"), and every message would be full of stars.
inline constexpr std::size_t shortest_hidden_secret = 6;

/// Replaces every occurrence of \p secret in \p text by "***"; whether there was one.
///
/// Found as it is, and in the forms that it takes when one text quotes the other: JSON escapes of
/// any of its characters (`\/`, `\u002f`), percent-encoding, numeric HTML references, up to six
/// layers of them in any order, and base64 in either alphabet at any alignment, as in a Basic
/// field. A secret of fewer than `shortest_hidden_secret` bytes is left, and so is one that its
/// provider masked itself. JSON stays JSON. Linear in the text, apart from the time of a search
/// for a needle.
/// Source: RFC 8259 section 7, RFC 3986 section 2.1, RFC 4648 sections 4 and 5, RFC 7617.
LLMX_DECL inline bool hide_secret(std::string& text, std::string_view secret) {
    // No spelling is shorter than the secret.
    if (secret.size() < shortest_hidden_secret || text.size() < secret.size()) return false;
    return detail::search_and_hide(text, secret);
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/hide_secret.ipp>
#endif
