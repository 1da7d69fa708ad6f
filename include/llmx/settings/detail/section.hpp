// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/settings/tree.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline v0::detail {

/// What comes up while settings are read: the first error and all warnings.
struct settings_notes {
    std::optional<error> failure;
    std::vector<std::string> warnings;

    void fail(error e) {
        if (!failure) failure = std::move(e);
    }
    /// \p value's place and \p what.
    void warn(const setting& value, std::string_view what) { warnings.push_back(value.where() + std::string(what)); }
};

/// The closest of \p names to \p word when it is close enough for a typing mistake, else empty.
[[nodiscard]] LLMX_DECL std::string_view closest_name(std::string_view word, std::span<const std::string_view> names);

/// Reads one map of a settings tree. Each key asked for counts as known; `finish` warns
/// of the others.
///
/// The readers do nothing when the key is missing or null, and note an error when its value
/// is wrong.
class section {
public:
    /// \p map may be null: then everything is missing. \p foreign are keys that are known
    /// from elsewhere and have no effect here.
    LLMX_DECL section(const setting* map, settings_notes& notes,
                      std::span<const std::string_view> foreign = std::span<const std::string_view>());

    /// The map; null when there is none.
    [[nodiscard]] const setting* map() const noexcept { return map_; }
    /// The value of \p key unless missing or null.
    [[nodiscard]] LLMX_DECL const setting* find(std::string_view key);
    /// The same of the first key that is there.
    [[nodiscard]] LLMX_DECL const setting* find_any(std::initializer_list<std::string_view> keys);

    LLMX_DECL bool text(std::string_view key, std::string& into);
    LLMX_DECL bool hidden(std::string_view key, secret& into);
    LLMX_DECL bool flag(std::string_view key, bool& into);
    LLMX_DECL bool seconds(std::string_view key, duration& into, bool zero_allowed = false);
    LLMX_DECL bool seconds(std::string_view key, std::optional<duration>& into, bool zero_allowed = false);
    LLMX_DECL bool number(std::string_view key, double& into, double least = 0);
    /// Whole numbers from \p least to \p most, at most what \p into holds.
    template <class T>
    bool count(std::string_view key, T& into, std::uint64_t least = 0, std::uint64_t most = endless) {
        constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
        std::uint64_t value = 0;
        if (!whole(key, value, least, most < largest ? most : largest)) return false;
        into = static_cast<T>(value);
        return true;
    }
    template <class T> bool count(std::string_view key, std::optional<T>& into) {
        T value{};
        if (!count(key, value)) return false;
        into = value;
        return true;
    }
    LLMX_DECL bool texts(std::string_view key, std::vector<std::string>& into);

    /// Warns of every key that nobody asked for.
    LLMX_DECL void finish();

private:
    static constexpr std::uint64_t endless = std::numeric_limits<std::uint64_t>::max();
    [[nodiscard]] LLMX_DECL bool whole(std::string_view key, std::uint64_t& into, std::uint64_t least,
                                       std::uint64_t most);
    template <class T> bool take(result<T> value, T& into) {
        if (value.has_error()) {
            notes_.fail(value.error());
            return false;
        }
        into = std::move(*value);
        return true;
    }

    const setting* map_;
    settings_notes& notes_;
    std::span<const std::string_view> foreign_;
    std::vector<std::string_view> asked_;
};

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/section.ipp>
#endif
