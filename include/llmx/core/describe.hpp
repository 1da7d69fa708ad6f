// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/preprocessor/punctuation/comma_if.hpp>
#include <boost/preprocessor/punctuation/remove_parens.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

/// Lists the public members of \p T, in the order of their declaration: first, in parentheses, those
/// that a codec has to account for (`member_of`, field_table.hpp), then those that describe the object
/// itself and are not part of a message; the second list may be empty. Must follow the struct, in its
/// namespace.
///
/// A member that is in neither list is a compile error: the structured binding has too few names.
// A member may have the name of a type of the namespace, which the binding then shadows.
#define LLMX_DESCRIBE(T, members, ...)                                                                              \
    BOOST_DESCRIBE_STRUCT(T, (), members)                                                                           \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")                                   \
    inline void llmx_describes_all_members_of(const T& all) noexcept {                                              \
        [[maybe_unused]] const auto& [BOOST_PP_REMOVE_PARENS(members) __VA_OPT__(, ) __VA_ARGS__] = all;            \
    }                                                                                                               \
    _Pragma("GCC diagnostic pop")

namespace llmx::inline LLMX_ABI {

/// A described member of a struct: its address identifies it.
struct described_member {
    /// As declared.
    std::string_view name;
    /// Position in the description.
    std::size_t index;
};

namespace detail {

template <class T> using members_of = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class> struct member_pointer;
template <class T, class M> struct member_pointer<M T::*> {
    using owner = T;
    using type = M;
};

/// The description of the class \p Owner as base classes, among which overload resolution finds a member's position: one
/// instantiation for each member, where a search would need one for each pair of members.
template <std::size_t Index, auto Pointer> struct described_at {};
template <class Indices, class Members> struct described_positions;
template <std::size_t... Is, template <class...> class List, class... Ds>
struct described_positions<std::index_sequence<Is...>, List<Ds...>> : described_at<Is, Ds::pointer>... {
    static constexpr std::array<std::string_view, sizeof...(Ds)> names = {Ds::name...};
};
template <class Owner>
using positions_of = described_positions<std::make_index_sequence<boost::mp11::mp_size<members_of<Owner>>::value>, members_of<Owner>>;

template <auto Pointer, std::size_t Index>
[[nodiscard]] consteval std::size_t position_in(const described_at<Index, Pointer>*) noexcept {
    return Index;
}
/// A member that is not described.
template <auto Pointer> [[nodiscard]] consteval std::size_t position_in(const void*) noexcept { return static_cast<std::size_t>(-1); }

template <auto Pointer> [[nodiscard]] consteval described_member describe_member() noexcept {
    using positions = positions_of<typename member_pointer<decltype(Pointer)>::owner>;
    constexpr std::size_t at = position_in<Pointer>(static_cast<const positions*>(nullptr));
    if constexpr (at < positions::names.size()) return described_member{positions::names[at], at};
    else return described_member{std::string_view(), at};
}

} // namespace detail

/// How many members of \p T are described.
template <class T> inline constexpr std::size_t member_count = boost::mp11::mp_size<detail::members_of<T>>::value;

/// The member that \p Pointer points to: `member_of<&chat_request::top_k>`.
template <auto Pointer> inline constexpr described_member member_of = detail::describe_member<Pointer>();

/// The member of \p T that is called \p name; null when there is none.
template <class T> [[nodiscard]] const described_member* find_member(std::string_view name) noexcept {
    const described_member* found = nullptr;
    boost::mp11::mp_for_each<detail::members_of<T>>([&](auto d) {
        if (name == d.name) found = &member_of<decltype(d)::pointer>;
    });
    return found;
}

} // namespace llmx::inline LLMX_ABI
