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

LLMX_DECL std::string_view model_name_forms::without_suffix(std::string_view name) noexcept {
    // From the end, and no further than the part behind the last slash: each suffix stands there, and names of ARNs are long.
    constexpr std::size_t nowhere = std::string_view::npos;
    std::size_t colon = nowhere, dash = nowhere;
    for (std::size_t i = name.size(); i-- > 1 && name[i] != '/';) {
        const char c = name[i];
        if (c == '@') return name.substr(0, i);
        if (c == ':' && colon == nowhere) colon = i;
        else if (c == '-' && dash == nowhere) dash = i;
    }
    if (colon != nowhere && catalog_digits(name.substr(colon + 1))) {
        name = name.substr(0, colon);
        std::size_t v = colon;
        while (v > 0 && name[v - 1] >= '0' && name[v - 1] <= '9') --v;
        const bool numbered = v != colon && v > 2 && name[v - 1] == 'v' && name[v - 2] == '-';
        return numbered ? name.substr(0, v - 2) : name;
    }
    if (dash == nowhere) return name;
    const std::string_view last = name.substr(dash + 1);
    if (last == "latest") return name.substr(0, dash);
    if (!catalog_digits(last)) return name;
    if (last.size() == 8 || (last.size() == 3 && last[0] == '0')) return name.substr(0, dash);
    // -2025-08-07
    if (last.size() != 2 || dash < 9) return name;
    const std::string_view date = name.substr(dash - 8, 8);
    if (date[0] != '-' || date[5] != '-' || !catalog_digits(date.substr(1, 4)) || !catalog_digits(date.substr(6, 2))) return name;
    return name.substr(0, dash - 8);
}

LLMX_DECL model_name_forms::model_name_forms(std::string_view model) noexcept : name_(model) {
    add_start(0);
    const auto slash = model.rfind('/');
    const std::size_t tail = slash == std::string_view::npos ? 0 : slash + 1;
    if (tail != 0) add_start(tail);
    for (const std::string_view region : {"us.", "eu.", "apac.", "global.", "au.", "jp.", "ca.", "sa.", "us-gov."})
        if (model.substr(tail).starts_with(region)) add_start(tail + region.size());
    for (std::string_view rest = model; ends_ < 4;) {
        end_[ends_++] = rest.size();
        const std::string_view shorter = without_suffix(rest);
        if (shorter.size() == rest.size()) break;
        rest = shorter;
    }
}

} // namespace llmx::inline LLMX_ABI::detail
