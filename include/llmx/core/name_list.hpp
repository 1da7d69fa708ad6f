// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A few names as a constant: environment variables in the order in which they are tried, aliases.
///
/// The names are views and must exist as long as the list, as literals do.
class name_list {
public:
    static constexpr std::size_t most = 10;

    constexpr name_list() = default;
    template <std::convertible_to<std::string_view>... Names>
        requires(sizeof...(Names) > 0 && sizeof...(Names) <= most)
    constexpr name_list(const Names&... names) noexcept : names_{std::string_view(names)...}, size_(sizeof...(Names)) {}

    [[nodiscard]] constexpr const std::string_view* begin() const noexcept { return names_.data(); }
    [[nodiscard]] constexpr const std::string_view* end() const noexcept { return names_.data() + size_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    /// The first, or an empty name when there is none.
    [[nodiscard]] constexpr std::string_view front() const noexcept { return names_[0]; }
    [[nodiscard]] constexpr bool contains(std::string_view name) const noexcept {
        for (const std::string_view one : *this)
            if (one == name) return true;
        return false;
    }

private:
    std::array<std::string_view, most> names_{};
    std::size_t size_ = 0;
};

} // namespace llmx::inline LLMX_ABI
