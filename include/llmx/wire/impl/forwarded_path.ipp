// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] error bad_forwarded_path(std::string_view why) {
    return error(errc::invalid_request, std::string("the path to be passed on ").append(why));
}

/// Whether \p segment is "." or "..", also with a parameter behind it, which some servers leave out before they resolve it.
LLMX_DECL [[nodiscard]] bool is_dot_segment(std::string_view segment) noexcept {
    segment = segment.substr(0, segment.find(';'));
    return segment == "." || segment == "..";
}

LLMX_DECL [[nodiscard]] result<void> check_forwarded_segments(std::string_view path) {
    for (const char c : path) {
        if (c == '\\') return bad_forwarded_path("has a backslash, which some servers read as a slash; remove it");
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return bad_forwarded_path("has a control character; remove it");
    }
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view segment = path.substr(at, end - at);
        if (is_dot_segment(segment)) return bad_forwarded_path("has a segment '.' or '..'; write the path without it");
        if (segment.empty() && end != path.size()) return bad_forwarded_path("has an empty segment ('//'); write one slash");
        at = end + 1;
    }
    return success();
}

/// "v1", "v2", "v1beta", "v1beta1", "v1alpha".
LLMX_DECL [[nodiscard]] bool is_version_segment(std::string_view s) noexcept {
    if (s.size() < 2 || s.front() != 'v') return false;
    s.remove_prefix(1);
    const auto digits = [&s] {
        std::size_t n = 0;
        while (n < s.size() && s[n] >= '0' && s[n] <= '9') ++n;
        s.remove_prefix(n);
        return n != 0;
    };
    if (!digits()) return false;
    for (const std::string_view stage : {std::string_view("beta"), std::string_view("alpha")})
        if (s.starts_with(stage)) {
            s.remove_prefix(stage.size());
            (void)digits();
            break;
        }
    return s.empty();
}

} // namespace detail

LLMX_DECL result<void> check_forwarded_path(std::string_view path) {
    if (!path.starts_with('/')) return detail::bad_forwarded_path("does not begin with a slash");
    for (const char c : path)
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '?' || c == '#')
            return detail::bad_forwarded_path("has a character that must be percent-encoded");
    constexpr int most = 3;
    std::string text(path);
    for (int decoded = 0;; ++decoded) {
        if (const result<void> good = detail::check_forwarded_segments(text); !good) return good;
        if (text.find('%') == std::string::npos) return success();
        if (decoded == most) return detail::bad_forwarded_path("is percent-encoded more than three times");
        result<std::string> once = percent_decode(text);
        // What was decoded may hold a plain "%".
        if (!once) return decoded == 0 ? result<void>(once.error()) : success();
        text = std::move(*once);
    }
}

LLMX_DECL std::string join_forwarded_path(std::string_view base, std::string_view path) {
    constexpr std::string_view compatible = "/compatibility/v1";
    if (base.ends_with(compatible) && !path.starts_with("/compatibility/")) base.remove_suffix(compatible.size());
    // The longest beginning of whole segments that the base ends with.
    for (std::size_t end = path.size(); end != 0 && end != std::string_view::npos; end = path.rfind('/', end - 1)) {
        const std::string_view beginning = path.substr(0, end);
        if (beginning.size() > 1 && base.ends_with(beginning)) return std::string(base).append(path.substr(end));
    }
    const std::size_t last = base.rfind('/');
    const std::string_view first = path.substr(1, path.find('/', 1) - 1);
    if (last != std::string_view::npos && detail::is_version_segment(first) && detail::is_version_segment(base.substr(last + 1)))
        base = base.substr(0, last);
    return std::string(base).append(path);
}

} // namespace llmx::inline LLMX_ABI
