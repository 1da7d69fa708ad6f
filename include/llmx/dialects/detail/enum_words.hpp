// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A codec's name of one value of an enumeration. A table of them is read in both directions: the first
/// entry of a value is the name that is written, further ones are read as well.
template <class E> struct enum_word {
    E value;
    std::string_view name;
};

template <class E, std::size_t N>
[[nodiscard]] constexpr std::optional<E> read_enum(const std::array<enum_word<E>, N>& words, std::string_view name) noexcept {
    for (const auto& w : words)
        if (w.name == name) return w.value;
    return std::nullopt;
}

/// Empty when the codec has no name for \p value.
template <class E, std::size_t N>
[[nodiscard]] constexpr std::string_view enum_name(const std::array<enum_word<E>, N>& words, E value) noexcept {
    for (const auto& w : words)
        if (w.value == value) return w.name;
    return std::string_view();
}

} // namespace llmx::inline LLMX_ABI::detail
