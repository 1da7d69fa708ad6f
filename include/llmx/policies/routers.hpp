// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/fwd.hpp>
#include <llmx/service/call.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Random numbers of one decision, seeded once from `runtime::random`.
///
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a few instructions a number, good
/// enough for load balancing and backoff, not for cryptography.
class random_bits {
public:
    explicit constexpr random_bits(std::uint64_t seed) noexcept : state_(seed) {}
    constexpr std::uint64_t operator()() noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    /// A number in [0, \p n); \p n must be at least 1 and below 2^32.
    constexpr std::size_t below(std::size_t n) noexcept {
        return static_cast<std::size_t>((((*this)() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
    }
    /// A number in [0, 1).
    constexpr double unit() noexcept { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

private:
    std::uint64_t state_;
};

/// The inputs of a router besides the candidates.
struct pick_hints {
    constexpr pick_hints(random_bits bits, time_point moment, bool streams, const call* asked = nullptr) noexcept
        : random(bits), now(moment), stream(streams), request(asked) {}
    random_bits random;
    time_point now;
    /// The caller requests a stream, so only the time to the first token matters.
    bool stream;
    /// The call itself, for routers that inspect it; null in a test of the decision alone.
    const call* request;
};

/// Returned by `pick` when no candidate is usable.
inline constexpr std::size_t no_candidate = std::numeric_limits<std::size_t>::max();

/// An availability this close after now means: the call would have to queue. The route
/// layer takes such a deployment only when none is free at once.
inline constexpr duration queueing{1};

/// The deployments of one order level, as a router sees them: a view that computes an answer only when
/// it is queried. `usable` costs a few atomic loads per inner layer, so routers visit the
/// few candidates they would choose and not all of them.
// clang-format off
template <class C>
concept candidate_view = requires(const C& c, std::size_t i) {
    typename C::state;
    { c.size() } noexcept -> std::same_as<std::size_t>;
    { c[i] } noexcept -> std::same_as<const deployment&>;
    { c.usable(i) } noexcept -> std::same_as<bool>;
    { c.state_of(i) } noexcept -> std::same_as<typename C::state&>;
};
// clang-format on

namespace detail {
/// Represents "any candidates" when a router is checked.
template <class State> struct probe_candidates {
    using state = State;
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] const deployment& operator[](std::size_t) const noexcept;
    [[nodiscard]] bool usable(std::size_t) const noexcept;
    [[nodiscard]] State& state_of(std::size_t) const noexcept;
};
} // namespace detail

/// A strategy: which of the candidates gets the call.
///
/// - `R::state`: the data kept of one deployment, default-constructible, kept over a
///   reload. Calls of all cores use it at once, so it is empty or made of atomics.
/// - `R::table`: the data computed beforehand from the members of one level (an alias
///   table, a counter); made from the router and the members, used by all cores at once.
/// - `pick` returns the index of a usable candidate, or `no_candidate`.
/// - `started`, then `answered` (the answer is complete, or a stream's first piece is
///   there, \p after so long) and in any case once `finished` reports the outcome.
///
/// A user's own strategy is a class with these six names; `route<my_router>` uses it.
// clang-format off
template <class R>
concept router =
    std::copy_constructible<R> && std::default_initializable<typename R::state> &&
    std::constructible_from<typename R::table, const R&, std::span<const deployment* const>> &&
    requires(const R& r, typename R::table& t, typename R::state& s,
             const detail::probe_candidates<typename R::state>& c, pick_hints& hints, time_point now,
             duration after, bool stream, const outcome& how) {
        { r.pick(t, c, hints) } noexcept -> std::same_as<std::size_t>;
        { r.started(s, now) } noexcept;
        { r.answered(s, after, stream, now) } noexcept;
        { r.finished(s, how, now) } noexcept;
    };
// clang-format on

namespace detail {
template <class R> concept has_router_state = requires { requires std::default_initializable<typename R::state>; };
template <class R> concept has_router_table =
    requires { requires std::constructible_from<typename R::table, const R&, std::span<const deployment* const>>; };
template <class R> concept has_router_types = has_router_state<R> && has_router_table<R>;
template <class R> concept picks = requires(const R& r, typename R::table& t, const probe_candidates<typename R::state>& c, pick_hints& h) {
    { r.pick(t, c, h) } -> std::same_as<std::size_t>;
};
template <class R> concept picks_noexcept =
    requires(const R& r, typename R::table& t, const probe_candidates<typename R::state>& c, pick_hints& h) {
        { r.pick(t, c, h) } noexcept;
    };
template <class R> concept is_notified_of_start =
    requires(const R& r, typename R::state& s, time_point now) { { r.started(s, now) } noexcept; };
template <class R> concept is_notified_of_answer = requires(const R& r, typename R::state& s, duration after, bool stream, time_point now) {
    { r.answered(s, after, stream, now) } noexcept;
};
template <class R> concept is_notified_of_end =
    requires(const R& r, typename R::state& s, const outcome& how, time_point now) { { r.finished(s, how, now) } noexcept; };
/// A class that is meant to be a router, well made or not.
template <class R> concept resembles_router = requires { &R::started; } || requires { &R::finished; } || requires { &R::pick; } ||
                                              requires { typename R::state; typename R::table; };
} // namespace detail

/// The members of the router \p R, each with a sentence.
template <class R> struct check_router {
    static_assert(std::copy_constructible<R>, "llmx: a router can be copied");
    static_assert(detail::has_router_state<R>, "llmx: a router's state is a default-constructible type, which may be empty: struct state {};");
    static_assert(detail::has_router_table<R>,
                  "llmx: a router's table is a type with a constructor table(const my_router& r, std::span<const deployment* const> members)");
    static_assert(!detail::has_router_types<R> || detail::picks<R>,
                  "llmx: a router's pick is template <candidate_view C> std::size_t pick(table& t, const C& candidates, pick_hints& hints) "
                  "const noexcept");
    static_assert(!detail::has_router_types<R> || !detail::picks<R> || detail::picks_noexcept<R>, "llmx: a router's pick is noexcept");
    static_assert(!detail::has_router_types<R> || detail::is_notified_of_start<R>,
                  "llmx: a router's started is void started(state& s, time_point now) const noexcept");
    static_assert(!detail::has_router_types<R> || detail::is_notified_of_answer<R>,
                  "llmx: a router's answered is void answered(state& s, duration after, bool stream, time_point now) const noexcept");
    static_assert(!detail::has_router_types<R> || detail::is_notified_of_end<R>,
                  "llmx: a router's finished is void finished(state& s, const outcome& how, time_point now) const noexcept");
};

} // namespace llmx::inline LLMX_ABI
