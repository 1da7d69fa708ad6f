// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/detail/obey.hpp>
#include <llmx/service/layer.hpp>
#include <llmx/service/reply.hpp>

#include <concepts>
#include <optional>
#include <type_traits>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A class with the names that a deciding layer may leave out. Where a layer has one too, whatever it is (a function of
/// another signature, overloaded, private), a lookup in `named_twice` is ambiguous.
struct layer_hook_names {
    int after;
    int must_wait;
    int wait;
};
template <class L, bool Open = std::is_class_v<L> && !std::is_final_v<L>> struct named_twice : L, layer_hook_names {};
template <class L> struct named_twice<L, false> : layer_hook_names {};
template <class L> concept names_after = !requires { &named_twice<L>::after; };
template <class L> concept names_must_wait = !requires { &named_twice<L>::must_wait; };
template <class L> concept names_wait = !requires { &named_twice<L>::wait; };

template <class L> concept has_memory = requires { requires std::default_initializable<typename L::memory>; };
template <class L> concept decides_before = requires(L& l, call& c, typename L::memory& m) {
    { l.before(c, m) } -> std::convertible_to<result<void>>;
};
template <class L> concept decides_after = requires(L& l, call& c, typename L::memory& m, result<reply>& r) {
    { l.after(c, m, r) } -> std::convertible_to<std::optional<time_point>>;
};
template <class L> concept has_must_wait = requires(L& l, const typename L::memory& m) {
    { l.must_wait(m) } -> std::convertible_to<bool>;
};
template <class L> concept has_wait = requires(L& l, call& c, typename L::memory& m) {
    { l.wait(c, m) } -> std::same_as<boost::asio::awaitable<result<void>>>;
};

/// Public functions that take the arguments of a hook and are called like one: misspelt, or of another library. No
/// caller of theirs can be outside of the layer, so that none is meant. Names further away cannot be found.
template <class L> concept resembles_after = requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.afterr(c, m, r); } ||
                                             requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.aftr(c, m, r); } ||
                                             requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.afer(c, m, r); } ||
                                             requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.after_call(c, m, r); } ||
                                             requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.on_reply(c, m, r); } ||
                                             requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.on_response(c, m, r); };
template <class L> concept resembles_before = requires(L& l, call& c, typename L::memory& m) { l.befor(c, m); } ||
                                              requires(L& l, call& c, typename L::memory& m) { l.before_call(c, m); } ||
                                              requires(L& l, call& c, typename L::memory& m) { l.on_call(c, m); } ||
                                              requires(L& l, call& c, typename L::memory& m) { l.on_request(c, m); };

template <class L> concept decides_well = deciding<L> && has_memory<L> && decides_before<L> && (!names_after<L> || decides_after<L>) &&
                                          !resembles_after<L> && !resembles_before<L> &&
                                          (!names_must_wait<L> || has_must_wait<L>) && (!names_wait<L> || has_wait<L>) &&
                                          names_must_wait<L> == names_wait<L>;
/// The members of the deciding layer \p L, each with a sentence.
template <class L> struct check_deciding {
    static_assert(deciding<L>, "llmx: a deciding layer names itself: class my_layer : public deciding_layer<my_layer, Next>");
    static_assert(has_memory<L>, "llmx: a deciding layer has a default-constructible type memory, which may be empty: struct memory {};");
    static_assert(!has_memory<L> || decides_before<L>,
                  "llmx: a deciding layer's before is result<void> before(call& c, memory& m); its other hooks, after, must_wait and "
                  "wait, may be left out");
    static_assert(!has_memory<L> || (!resembles_after<L> && !resembles_before<L>),
                  "llmx: a deciding layer's hooks are before, after, must_wait and wait: this one has a function with the arguments of a "
                  "hook and another name (befor, before_call, on_call, on_request, afterr, aftr, afer, after_call, on_reply, on_response), "
                  "which is never called");
    static_assert(!has_memory<L> || !names_after<L> || decides_after<L>,
                  "llmx: a deciding layer's after is std::optional<time_point> after(call& c, memory& m, result<reply>& r): it "
                  "takes (call&, memory&, result<reply>&) and is public");
    static_assert(!has_memory<L> || !names_must_wait<L> || has_must_wait<L>,
                  "llmx: a deciding layer's must_wait is bool must_wait(const memory& m), and public");
    static_assert(!has_memory<L> || !names_wait<L> || has_wait<L>,
                  "llmx: a deciding layer's wait is boost::asio::awaitable<result<void>> wait(call& c, memory& m), and public");
    static_assert(names_must_wait<L> == names_wait<L>,
                  "llmx: a deciding layer that waits has must_wait(const memory&) and wait(call&, memory&): one of them is missing");
};

/// Whether \p L derives from a `deciding_layer`, of itself or of another class.
template <class Self, class Next> void some_deciding_layer(const deciding_layer<Self, Next>&);
template <class L> concept derives_deciding = requires(const L& l) { some_deciding_layer(l); };

template <class L> concept tells_unknown = requires(const L& l, const call& c) { { l.takes_unknown(c) } noexcept -> std::same_as<bool>; };
/// What `check_layer` checks, in one: a class that has failed its checks is no constant for clang.
template <class L> concept good_layer = service<L> && (!derives_deciding<L> || decides_well<L>) &&
                                        (!requires { &L::takes_unknown; } || tells_unknown<L>);
template <class L, bool Deciding = derives_deciding<L>> struct check_decisions {};
template <class L> struct check_decisions<L, true> : check_deciding<L> {};

} // namespace detail

/// The members of the layer or service \p L, each with a sentence, as the concept `service` and, for layers that decide,
/// `deciding_layer` ask for them. A gateway checks the layer of each of its policies with it, whatever stands
/// outside of it.
template <class L> struct check_layer : detail::check_decisions<L> {
    static_assert(std::move_constructible<L>, "llmx: a layer can be moved");
    static_assert(requires(L& l, call& c) { { l(c) } -> std::same_as<boost::asio::awaitable<result<reply>>>; },
                  "llmx: a layer's operator() is boost::asio::awaitable<result<reply>> operator()(call& c); a layer that only decides "
                  "derives from deciding_layer and has none");
    static_assert(requires(const L& l, const deployment& d, time_point now) {
        { l.available_at(d, now) } noexcept -> std::same_as<time_point>;
    }, "llmx: a layer's available_at is time_point available_at(const deployment& d, time_point now) const noexcept; layer_base has one");
    static_assert(requires(L& l) { l.adopt(l); },
                  "llmx: a layer's adopt is void adopt(layer& previous): it takes over its own state and calls this->adopt_next(previous); "
                  "layer_base has one");
    static_assert(!requires { &L::takes_unknown; } || detail::tells_unknown<L>,
                  "llmx: a layer's takes_unknown is bool takes_unknown(const call& c) const noexcept");
};

} // namespace llmx::inline LLMX_ABI
