// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// What each "*" of a pattern stands for in a name, in order. The views are into the name.
struct pattern_parts {
    pattern_parts() = default;
    /// A pattern has no more of them.
    static constexpr std::size_t most = 4;
    std::array<std::string_view, most> texts{};
    std::size_t count = 0;
};

/// Whether \p name has a "*" and so stands for other names: "openai/*", "*/gpt-*", "openai/*-mini".
[[nodiscard]] constexpr bool is_pattern(std::string_view name) noexcept { return name.find('*') != std::string_view::npos; }
[[nodiscard]] constexpr std::size_t stars_of(std::string_view pattern) noexcept {
    std::size_t n = 0;
    for (const char c : pattern) n += c == '*';
    return n;
}
/// Bytes of \p pattern that a name must have: of two patterns that match a name, the one with more of them is the more specific.
[[nodiscard]] constexpr std::size_t literal_size(std::string_view pattern) noexcept { return pattern.size() - stars_of(pattern); }

/// Whether \p name is one that \p pattern stands for; each "*" is one character or more, as few as the text behind it allows, and the
/// last one takes what is left. A pattern without a "*" stands for itself. \p parts, when it is not null, becomes what each stands for,
/// up to `pattern_parts::most`. Linear in the lengths for each "*".
[[nodiscard]] constexpr bool match_pattern(std::string_view pattern, std::string_view name, pattern_parts* parts = nullptr) noexcept {
    std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == name;
    if (!name.starts_with(pattern.substr(0, star))) return false;
    name.remove_prefix(star);
    if (parts != nullptr) parts->count = 0;
    const auto note = [parts](std::string_view text) {
        if (parts != nullptr && parts->count < pattern_parts::most) parts->texts[parts->count++] = text;
    };
    for (;;) {
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        const std::string_view behind = pattern.substr(0, star);
        if (star == std::string_view::npos) {
            if (name.size() <= behind.size() || !name.ends_with(behind)) return false;
            note(name.substr(0, name.size() - behind.size()));
            return true;
        }
        const std::size_t at = name.empty() ? std::string_view::npos : name.find(behind, 1);
        if (at == std::string_view::npos) return false;
        note(name.substr(0, at));
        name.remove_prefix(at + behind.size());
    }
}

/// Whether some name may be one of both patterns, as far as their beginnings and ends show.
[[nodiscard]] constexpr bool may_overlap(std::string_view a, std::string_view b) noexcept {
    if (!is_pattern(a)) return match_pattern(b, a);
    if (!is_pattern(b)) return match_pattern(a, b);
    const std::string_view begin_a = a.substr(0, a.find('*')), begin_b = b.substr(0, b.find('*'));
    const std::string_view end_a = a.substr(a.rfind('*') + 1), end_b = b.substr(b.rfind('*') + 1);
    return (begin_a.starts_with(begin_b) || begin_b.starts_with(begin_a)) && (end_a.ends_with(end_b) || end_b.ends_with(end_a));
}

/// Appends \p target to \p out, the first "*" in it replaced by the first of \p parts, and so on.
inline void append_filled(std::string& out, std::string_view target, const pattern_parts& parts) {
    std::size_t next = 0;
    for (std::size_t star = target.find('*'); star != std::string_view::npos && next < parts.count; star = target.find('*')) {
        out += target.substr(0, star);
        out += parts.texts[next++];
        target.remove_prefix(star + 1);
    }
    out += target;
}

} // namespace llmx::inline LLMX_ABI
