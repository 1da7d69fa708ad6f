// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/url.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// What stands between \p prefix and \p suffix in \p path; empty when nothing does.
[[nodiscard]] inline std::string_view between(std::string_view path, std::string_view prefix,
                                              std::string_view suffix = std::string_view()) noexcept {
    if (path.size() <= prefix.size() + suffix.size() || !path.starts_with(prefix) || !path.ends_with(suffix))
        return std::string_view();
    return path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
}

/// Whether \p path names one of Gemini's methods of a model; a model's name may hold a colon too.
[[nodiscard]] inline bool ends_with_gemini_method(std::string_view path) noexcept {
    for (const std::string_view method : {":generateContent", ":streamGenerateContent", ":embedContent", ":batchEmbedContents"})
        if (path.ends_with(method)) return true;
    return false;
}

/// Decodes a name out of a path; false when it is not percent-encoded UTF-8.
LLMX_DECL [[nodiscard]] inline bool decode_name(std::string_view encoded, std::string& out) {
    if (encoded.find('%') == std::string_view::npos) {
        out.assign(encoded);
    } else {
        result<std::string> decoded = percent_decode(encoded);
        if (!decoded) return false;
        out = std::move(*decoded);
    }
    return valid_utf8(out);
}

/// Fails unless \p path, as it came, is percent-encoded UTF-8: what is not text can be the name of
/// nothing, and must stand in no error, body or log.
LLMX_DECL [[nodiscard]] inline result<void> check_path(std::string_view path) {
    const bool plain = std::none_of(path.begin(), path.end(), [](char c) { return c == '%' || c < 0; });
    std::string ignored;
    if (plain || decode_name(path, ignored)) return success();
    return error(errc::invalid_request, "the path must be percent-encoded UTF-8");
}

/// The value of \p name in a query, still percent-encoded; empty when there is none.
[[nodiscard]] inline std::string_view query_value(std::string_view query, std::string_view name) noexcept {
    while (!query.empty()) {
        const auto amp = query.find('&');
        const std::string_view pair = query.substr(0, amp);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return pair.substr(name.size() + 1);
        if (amp == std::string_view::npos) break;
        query.remove_prefix(amp + 1);
    }
    return std::string_view();
}

} // namespace llmx::inline LLMX_ABI::detail
