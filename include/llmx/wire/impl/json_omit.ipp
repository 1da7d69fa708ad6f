// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_omit.hpp>

#include <charconv>
#include <cstddef>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// One step of a member's path.
struct omit_step {
    enum class kind : std::uint8_t { name, every, index, wrong };
    kind what = kind::wrong;
    std::string_view name;
    std::size_t index = 0;
};

/// Takes the first step from \p path.
LLMX_DECL [[nodiscard]] omit_step next_omit_step(std::string_view& path) noexcept {
    omit_step s;
    if (!path.starts_with('[')) {
        s.name = path.substr(0, path.find_first_of(".["));
        if (s.name.empty() || s.name.find(']') != std::string_view::npos) return s;
        s.what = omit_step::kind::name;
        path.remove_prefix(s.name.size());
    } else {
        const std::size_t close = path.find(']');
        if (close == std::string_view::npos) return s;
        const std::string_view inside = path.substr(1, close - 1);
        const auto read = std::from_chars(inside.data(), inside.data() + inside.size(), s.index);
        if (inside == "*") s.what = omit_step::kind::every;
        else if (read.ec == std::errc() && read.ptr == inside.data() + inside.size()) s.what = omit_step::kind::index;
        else return s;
        path.remove_prefix(close + 1);
    }
    // A dot stands before a name, and a name before everything else.
    if (path.starts_with('.')) {
        path.remove_prefix(1);
        if (path.empty() || path.front() == '[' || path.front() == '.') s.what = omit_step::kind::wrong;
    } else if (!path.empty() && path.front() != '[') {
        s.what = omit_step::kind::wrong;
    }
    return s;
}

/// Ranges of a text that are cut out of it, in order.
using omit_cuts = std::vector<std::pair<std::size_t, std::size_t>>;

/// The members or items of a container on the way to what is removed.
struct omit_extent {
    std::size_t begin = 0, value = 0, end = 0;
    bool meant = false;
};

/// Adds to \p cuts what \p path names in \p text, which begins at \p base of the whole text. As deep as the path is long.
LLMX_DECL void find_omitted(std::string_view text, std::size_t base, std::string_view path, omit_cuts& cuts) {
    const omit_step step = next_omit_step(path);
    const bool named = step.what == omit_step::kind::name;
    if (text.empty() || text.front() != (named ? '{' : '[')) return;
    std::vector<omit_extent> all;
    json_scanner scanner(text, named ? json_scanner::container::object : json_scanner::container::array);
    for (json_member m; scanner.next(m);) {
        omit_extent& e = all.emplace_back();
        e.begin = named ? m.key_begin : m.begin;
        e.value = m.begin;
        e.end = m.end;
        e.meant = named ? m.named(step.name) : step.what == omit_step::kind::every || all.size() == step.index + 1;
    }
    bool kept = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const omit_extent& e = all[i];
        if (!e.meant) {
            kept = true;
        } else if (!path.empty()) {
            find_omitted(text.substr(e.value, e.end - e.value), base + e.value, path, cuts);
            kept = true;
        } else if (kept) {
            cuts.emplace_back(base + all[i - 1].end, base + e.end);
        } else {
            cuts.emplace_back(base + e.begin, base + (i + 1 < all.size() ? all[i + 1].begin : e.end));
        }
    }
}

} // namespace detail

LLMX_DECL bool is_member_path(std::string_view path) noexcept {
    if (path.empty() || path.front() == '[') return false;
    while (!path.empty())
        if (detail::next_omit_step(path).what == detail::omit_step::kind::wrong) return false;
    return true;
}

LLMX_DECL bool omit_member(std::string& text, std::string_view path) {
    if (!is_member_path(path)) return false;
    const std::size_t object = text.find('{');
    if (object == std::string::npos) return false;
    detail::omit_cuts cuts;
    detail::find_omitted(std::string_view(text).substr(object), object, path, cuts);
    if (cuts.empty()) return false;
    std::string left;
    left.reserve(text.size());
    std::size_t at = 0;
    for (const auto& [begin, end] : cuts) {
        left.append(text, at, begin - at);
        at = end;
    }
    left.append(text, at);
    text = std::move(left);
    return true;
}

LLMX_DECL std::optional<std::string_view> json_member_value(std::string_view text, std::string_view name) {
    std::optional<std::string_view> found;
    json_scanner scanner(text);
    for (json_member m; scanner.next(m);)
        if (m.named(name)) found = m.value;
    return found;
}

} // namespace llmx::inline LLMX_ABI
