// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/secret.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One value of a configuration with its place, as a policy or a provider reads it: a map, a list,
/// a scalar, or a value that is missing.
///
/// Reading never stops at a mistake. A value of the wrong kind is reported with its file, line and
/// key, the target keeps its value, and the next value can be read, so that one run finds all
/// mistakes of a file. Each key that is read counts as known; keys that were not read become
/// warnings. A null counts as missing. The typed readers return true when they have set their
/// target, and do nothing when the value is missing.
///
/// Thread safety: none. Lifetime: references to children are valid while settings are being read.
class settings_reader {
public:
    enum class shape : std::uint8_t { missing, scalar, list, map };

    settings_reader() = default;
    settings_reader(const settings_reader&) = delete;
    settings_reader& operator=(const settings_reader&) = delete;
    virtual ~settings_reader() = default;

    [[nodiscard]] virtual shape what() const noexcept = 0;
    [[nodiscard]] bool given() const noexcept { return what() != shape::missing; }
    [[nodiscard]] bool is_list() const noexcept { return what() == shape::list; }
    [[nodiscard]] bool is_map() const noexcept { return what() == shape::map; }

    /// The value of \p key of this map; a missing one when there is none, or when this is not a map, which
    /// is reported.
    [[nodiscard]] virtual settings_reader& at(std::string_view key) = 0;
    /// Number of items of a list or of entries of a map; 0 for other values.
    [[nodiscard]] virtual std::size_t size() const noexcept = 0;
    /// Item of a list or value of a map's entry, in the order of the file. \p index is below `size()`. An
    /// entry of a map counts as known.
    [[nodiscard]] virtual settings_reader& item(std::size_t index) = 0;
    /// Key of this value in its map; empty for an item of a list.
    [[nodiscard]] virtual std::string_view key() const noexcept = 0;
    /// The environment variable \p name in the place of this value; a missing value when it is not set or empty.
    [[nodiscard]] virtual settings_reader& variable(std::string_view name) = 0;

    /// \name Typed reading
    /// @{
    virtual bool flag(bool& into) = 0;
    /// A whole number from \p least to \p most.
    virtual bool whole(std::uint64_t& into, std::uint64_t least, std::uint64_t most) = 0;
    /// A finite number from \p least to \p most.
    virtual bool number(double& into, double least = 0, double most = std::numeric_limits<double>::infinity()) = 0;
    /// Seconds, fractions allowed, at most a year; 0 only if \p zero_allowed.
    virtual bool seconds(duration& into, bool zero_allowed = false) = 0;
    virtual bool text(std::string& into) = 0;
    /// A list of texts.
    virtual bool texts(std::vector<std::string>& into) = 0;
    /// A text that no message shows.
    bool hidden(secret& into) {
        std::string plain;
        if (!text(plain)) return false;
        into = secret(std::move(plain));
        return true;
    }
    /// A whole number from \p least to \p most, at most the maximum of \p into.
    template <std::integral T>
    bool count(T& into, std::uint64_t least = 0, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
        constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
        std::uint64_t value = 0;
        if (!whole(value, least, most < largest ? most : largest)) return false;
        into = static_cast<T>(value);
        return true;
    }
    template <std::integral T> bool count(std::optional<T>& into) {
        T value{};
        if (!count(value)) return false;
        into = value;
        return true;
    }
    bool seconds(std::optional<duration>& into, bool zero_allowed = false) {
        duration time{};
        if (!seconds(time, zero_allowed)) return false;
        into = time;
        return true;
    }
    /// @}

    /// \name Reports
    /// The text of each follows the place of this value.
    /// @{
    /// An error: \p what, one line without the value of a secret.
    virtual void fail(std::string_view what) = 0;
    /// An error: "expected <what>, got <the value>", without the value when it is a secret.
    virtual void unexpected(std::string_view expected) = 0;
    virtual void warn(std::string_view what) = 0;
    /// For what this program or its environment does not have, in contrast to a mistake: an error where a program demands
    /// that all of its configuration takes effect, else a warning, with what happens \p otherwise.
    virtual void lack(std::string_view what, std::string_view otherwise) = 0;
    /// \p name, read from this value or its key, for a message: in quotes, or as it was written when an
    /// environment variable is in it.
    [[nodiscard]] virtual std::string quoted(std::string_view name) const = 0;
    /// Reports \p name when no deployment has it as its group or id and no alias is called so: as an error
    /// if it \p must_exist, else as a warning; the closest name is suggested.
    virtual void check_model(std::string_view name, bool must_exist) = 0;
    /// @}
};

} // namespace llmx::inline LLMX_ABI
