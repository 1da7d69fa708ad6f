// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/name_list.hpp>
#include <llmx/core/settings_reader.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One key of a configuration as data, without the type of the member that it sets.
struct settings_key {
    enum class kind : std::uint8_t { flag, whole, number, seconds, text, hidden, texts };
    /// A value between a configuration and a member.
    struct value {
        bool flag = false;
        std::uint64_t whole = 0;
        double number = 0;
        duration time{};
        std::string text;
        std::vector<std::string> texts;
    };

    constexpr settings_key() = default;

    std::string_view name;
    /// Further names of the key in the same section.
    name_list aliases = name_list();
    /// Sections that contain a policy's key; where several have it, the last counts.
    name_list sections = "general_settings";
    /// Environment variables that give the value when no section does, in the order in which they are tried.
    name_list variables = name_list();
    /// Texts allowed; empty: all.
    name_list choices = name_list();
    kind what = kind::flag;
    /// 0 seconds are allowed.
    bool zero = false;
    /// A list in place of the value makes a deployment of each item (settings of providers only).
    bool each = false;
    std::uint64_t least = 0, most = std::numeric_limits<std::uint64_t>::max();
    double least_number = 0, most_number = std::numeric_limits<double>::infinity();
    /// Sets the member of the object at `owner`.
    void (*store)(const settings_key&, void* owner, const value&) = nullptr;
    /// The member's value; false when it is an optional without one.
    bool (*load)(const settings_key&, const void* owner, value&) = nullptr;
};

namespace detail {
template <class T> struct settings_value_of : std::type_identity<T> {};
template <class T> struct settings_value_of<std::optional<T>> : std::type_identity<T> {};
template <class T> using settings_value_t = typename settings_value_of<T>::type;

/// The types that a key can set; an optional of them too.
template <class T>
concept settable = std::integral<settings_value_t<T>> || std::same_as<settings_value_t<T>, double> ||
                   std::same_as<settings_value_t<T>, duration> || std::same_as<settings_value_t<T>, std::string> ||
                   std::same_as<settings_value_t<T>, secret> || std::same_as<settings_value_t<T>, std::vector<std::string>>;

/// The member of a `settings_key::value` that holds a \p T.
template <class T, class Value> [[nodiscard]] constexpr auto& settings_slot(Value& v) noexcept {
    if constexpr (std::same_as<T, bool>) return v.flag;
    else if constexpr (std::integral<T>) return v.whole;
    else if constexpr (std::same_as<T, double>) return v.number;
    else if constexpr (std::same_as<T, duration>) return v.time;
    else if constexpr (std::same_as<T, std::vector<std::string>>) return v.texts;
    else return v.text;
}
template <class T> [[nodiscard]] constexpr settings_key::kind settings_kind() noexcept {
    using kind = settings_key::kind;
    if constexpr (std::same_as<T, bool>) return kind::flag;
    else if constexpr (std::integral<T>) return kind::whole;
    else if constexpr (std::same_as<T, double>) return kind::number;
    else if constexpr (std::same_as<T, duration>) return kind::seconds;
    else if constexpr (std::same_as<T, secret>) return kind::hidden;
    else if constexpr (std::same_as<T, std::vector<std::string>>) return kind::texts;
    else return kind::text;
}
} // namespace detail

/// A key that sets the member `Owner::*where`; made by `config_key`. The functions below describe it further and
/// return the result.
template <class Owner, class T> struct member_key : settings_key {
    using owner_type = Owner;
    using value_type = detail::settings_value_t<T>;

    constexpr member_key(std::string_view called, T Owner::*member) noexcept : where(member) {
        name = called;
        what = detail::settings_kind<value_type>();
        if constexpr (std::integral<value_type> && !std::same_as<value_type, bool>)
            most = static_cast<std::uint64_t>(std::numeric_limits<value_type>::max());
        store = &store_member;
        load = &load_member;
    }

    T Owner::*where;

    /// The sections of the file that contain the key, weakest first. Default: `general_settings`.
    template <class... Names> [[nodiscard]] constexpr member_key in(const Names&... names) const noexcept {
        member_key k = *this;
        k.sections = name_list(names...);
        return k;
    }
    /// Further names of the key; where several are given, the first counts.
    template <class... Names> [[nodiscard]] constexpr member_key also(const Names&... names) const noexcept {
        member_key k = *this;
        k.aliases = name_list(names...);
        return k;
    }
    /// Environment variables that give the value when the file does not.
    template <class... Names> [[nodiscard]] constexpr member_key from(const Names&... names) const noexcept {
        member_key k = *this;
        k.variables = name_list(names...);
        return k;
    }
    /// The texts allowed.
    template <class... Names> [[nodiscard]] constexpr member_key one_of(const Names&... names) const noexcept
        requires std::same_as<value_type, std::string>
    {
        member_key k = *this;
        k.choices = name_list(names...);
        return k;
    }
    /// The numbers allowed, both ends included. Default: 0 up to the maximum of the member's type.
    [[nodiscard]] constexpr member_key between(value_type least_allowed, value_type most_allowed) const noexcept
        requires(std::integral<value_type> || std::same_as<value_type, double>)
    {
        member_key k = *this;
        if constexpr (std::same_as<value_type, double>) {
            k.least_number = least_allowed;
            k.most_number = most_allowed;
        } else {
            k.least = static_cast<std::uint64_t>(least_allowed);
            k.most = static_cast<std::uint64_t>(most_allowed);
        }
        return k;
    }
    /// 0 seconds are a value, too; by default a time is above 0.
    [[nodiscard]] constexpr member_key or_zero() const noexcept
        requires std::same_as<value_type, duration>
    {
        member_key k = *this;
        k.zero = true;
        return k;
    }
    /// A list in place of the text makes a deployment of each item. For settings of providers.
    [[nodiscard]] constexpr member_key or_each() const noexcept
        requires std::same_as<value_type, std::string>
    {
        member_key k = *this;
        k.each = true;
        return k;
    }

private:
    static void store_member(const settings_key& self, void* owner, const value& v) {
        T& into = static_cast<Owner*>(owner)->*static_cast<const member_key&>(self).where;
        if constexpr (std::same_as<value_type, secret>) into = secret(v.text);
        else into = static_cast<value_type>(detail::settings_slot<value_type>(v));
    }
    static bool load_member(const settings_key& self, const void* owner, value& v) {
        const T& from = static_cast<const Owner*>(owner)->*static_cast<const member_key&>(self).where;
        const auto take = [&v](const value_type& one) {
            if constexpr (std::same_as<value_type, secret>) v.text = std::string(one.reveal());
            else if constexpr (std::integral<value_type> && !std::same_as<value_type, bool>) v.whole = static_cast<std::uint64_t>(one);
            else detail::settings_slot<value_type>(v) = one;
        };
        if constexpr (std::same_as<T, value_type>) take(from);
        else if (from) take(*from);
        else return false;
        return true;
    }
};

/// The key \p name, which sets \p member: a bool, a number, a `duration` (written in seconds), a text, a
/// `secret`, a list of texts, or an optional of these. \p name must exist as long as the key, as literals do.
template <class Owner, class T> [[nodiscard]] constexpr auto config_key(std::string_view name, T Owner::*member) noexcept {
    static_assert(bool(detail::settable<T>), "llmx: a settings key sets a bool, an integer, a double, a duration, a std::string, a "
                                       "secret, a std::vector<std::string> or an optional of one; read others in read_settings()");
    if constexpr (detail::settable<T>) return member_key<Owner, T>(name, member);
    else return member_key<Owner, bool>(name, nullptr);
}

/// The keys of one policy or of one provider's settings; made by `settings_keys`.
template <class Owner, class... Ts> struct key_list {
    using owner_type = Owner;
    constexpr explicit key_list(const member_key<Owner, Ts>&... each) noexcept : all(each...) {}
    std::tuple<member_key<Owner, Ts>...> all;

    [[nodiscard]] constexpr std::array<const settings_key*, sizeof...(Ts)> pointers() const noexcept {
        return std::apply([](const auto&... k) { return std::array<const settings_key*, sizeof...(Ts)>{&k...}; }, all);
    }
};

/// The keys of a policy or of a provider's settings, as a static member called `keys`:
///
/// ```
/// struct retry {
///     std::uint32_t max_retries = 2;
///     static constexpr auto keys = settings_keys(config_key("num_retries", &retry::max_retries).in("router_settings"));
/// };
/// ```
///
/// Values that a table cannot describe are read by a function found by argument-dependent lookup,
/// `void read_settings(settings_reader& top, retry& p)`, after the keys.
template <class Owner, class... Ts>
[[nodiscard]] constexpr key_list<Owner, Ts...> settings_keys(const member_key<Owner, Ts>&... each) noexcept {
    return key_list<Owner, Ts...>(each...);
}

namespace detail {
template <class T> inline constexpr bool is_key_list = false;
template <class O, class... Ts> inline constexpr bool is_key_list<key_list<O, Ts...>> = true;

/// A list met in the place of a key with `or_each`.
struct settings_alternatives {
    const settings_key* of = nullptr;
    std::vector<std::string> texts;
};

/// Reads \p keys from the sections below \p top into the object at \p owner.
LLMX_DECL void read_sectioned_keys(settings_reader& top, void* owner, std::span<const settings_key* const> keys);
/// Reads \p keys from the map \p from; sections do not count. A list of a key with `or_each` goes to \p lists.
LLMX_DECL void read_flat_keys(settings_reader& from, void* owner, std::span<const settings_key* const> keys,
                              settings_alternatives& lists);
/// "name=value" of each key, one after the other, that has a value other than an empty one; no secrets.
LLMX_DECL [[nodiscard]] std::string describe_keys(const void* owner, std::span<const settings_key* const> keys);
} // namespace detail

/// A type with a static member `keys` made by `settings_keys`.
template <class T>
concept has_settings_keys = detail::is_key_list<std::remove_cvref_t<decltype(T::keys)>>;

/// The member `keys` of \p T, when it has one: anything else of that name would be left out without a word.
template <class T> struct check_settings_keys {
    static_assert(!requires { T::keys; } || has_settings_keys<T>,
                  "llmx: keys is static constexpr auto keys = settings_keys(config_key(\"name\", &my_type::member), ...)");
};

namespace detail {
template <class T>
concept reads_settings = requires(settings_reader& from, T& into) { read_settings(from, into); };

/// Everything that a policy takes from a configuration whose root is \p top.
template <class P> void read_policy(settings_reader& top, P& policy) {
    static_assert(sizeof(check_settings_keys<P>) != 0);
    if constexpr (has_settings_keys<P>) {
        typename std::remove_cvref_t<decltype(P::keys)>::owner_type& owner = policy;
        static constexpr auto keys = P::keys.pointers();
        read_sectioned_keys(top, &owner, keys);
    }
    if constexpr (reads_settings<P>) read_settings(top, policy);
}

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/settings_keys.ipp>
#endif
