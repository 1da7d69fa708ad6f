// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/preprocessor/punctuation/comma_if.hpp>
#include <boost/preprocessor/punctuation/remove_parens.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

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

template <auto Pointer> [[nodiscard]] consteval described_member describe_member() {
    using owner = typename member_pointer<decltype(Pointer)>::owner;
    described_member found{std::string_view(), static_cast<std::size_t>(-1)};
    std::size_t at = 0;
    boost::mp11::mp_for_each<members_of<owner>>([&](auto d) {
        if constexpr (std::is_same_v<std::remove_cv_t<decltype(d.pointer)>, decltype(Pointer)>)
            if (d.pointer == Pointer) found = described_member{d.name, at};
        ++at;
    });
    return found;
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
