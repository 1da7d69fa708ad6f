// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/catalog_index.hpp>

#include <bit>
#include <cstring>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void catalog_index::reset(std::size_t count) {
    const std::size_t size = std::bit_ceil(count * 2 + 2);
    slots_.assign(size, slot());
    mask_ = size - 1;
    longest_ = 0;
}

LLMX_DECL std::uint32_t catalog_index::hash_of(std::string_view key) noexcept {
    // Keys are fixed when the catalogue is read; a caller's name is only looked up, so that callers cannot lengthen a chain.
    constexpr std::uint64_t mix = 0x9e3779b97f4a7c15u;
    std::uint64_t h = key.size() * mix;
    const char* p = key.data();
    std::size_t left = key.size();
    for (; left >= 8; p += 8, left -= 8) {
        std::uint64_t w;
        std::memcpy(&w, p, 8);
        h = (h ^ w) * mix;
        h ^= h >> 29;
    }
    std::uint64_t w = 0;
    if (left != 0) std::memcpy(&w, p, left);
    h = (h ^ w) * mix;
    return static_cast<std::uint32_t>((h ^ (h >> 32)) & 0xffffffffu);
}

LLMX_DECL [[nodiscard]] bool catalog_digits(std::string_view text) noexcept {
    for (const char c : text)
        if (c < '0' || c > '9') return false;
    return !text.empty();
}

/// Where \p c stands last in \p text, by searches from the front, which take many characters at a time.
LLMX_DECL [[nodiscard]] std::size_t last_position(std::string_view text, char c) noexcept {
    std::size_t last = std::string_view::npos;
    for (std::size_t at = text.find(c); at != std::string_view::npos; at = text.find(c, at + 1)) last = at;
    return last;
}

/// The length of \p text without the digits at its end.
LLMX_DECL [[nodiscard]] std::size_t length_without_digits(std::string_view text) noexcept {
    std::size_t end = text.size();
    while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9') --end;
    return end;
}

LLMX_DECL std::string_view model_name_forms::without_suffix(std::string_view name) noexcept {
    const std::size_t version = last_position(name, '@');
    if (version != std::string_view::npos && version != 0 && name.find('/', version) == std::string_view::npos) return name.substr(0, version);
    const std::size_t digits = length_without_digits(name);
    if (digits == name.size()) {
        constexpr std::string_view latest = "-latest";
        return name.size() > latest.size() && name.ends_with(latest) ? name.substr(0, name.size() - latest.size()) : name;
    }
    if (digits < 2) return name;
    const std::size_t mark = digits - 1;
    if (name[mark] == ':') {
        name = name.substr(0, mark);
        const std::size_t v = length_without_digits(name);
        const bool numbered = v != mark && v > 2 && name[v - 1] == 'v' && name[v - 2] == '-';
        return numbered ? name.substr(0, v - 2) : name;
    }
    if (name[mark] != '-') return name;
    const std::string_view last = name.substr(digits);
    if (last.size() == 8 || (last.size() == 3 && last[0] == '0')) return name.substr(0, mark);
    // -2025-08-07
    if (last.size() != 2 || mark < 9) return name;
    const std::string_view date = name.substr(mark - 8, 8);
    if (date[0] != '-' || date[5] != '-' || !catalog_digits(date.substr(1, 4)) || !catalog_digits(date.substr(6, 2))) return name;
    return name.substr(0, mark - 8);
}

LLMX_DECL model_name_forms::model_name_forms(std::string_view model) noexcept : name_(model) {
    add_start(0);
    const auto slash = last_position(model, '/');
    const std::size_t tail = slash == std::string_view::npos ? 0 : slash + 1;
    if (tail != 0) add_start(tail);
    constexpr std::size_t longest_region = 7;
    if (const auto dot = model.substr(tail, longest_region).find('.'); dot != std::string_view::npos)
        for (const std::string_view region : {"us", "eu", "apac", "global", "au", "jp", "ca", "sa", "us-gov"})
            if (model.substr(tail, dot) == region) add_start(tail + dot + 1);
    for (std::string_view rest = model; ends_ < 4;) {
        end_[ends_++] = rest.size();
        const std::string_view shorter = without_suffix(rest);
        if (shorter.size() == rest.size()) break;
        rest = shorter;
    }
}

} // namespace llmx::inline LLMX_ABI::detail
