// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI {
template <class Self, class Next> class deciding_layer;
}

namespace llmx::inline LLMX_ABI::detail {

/// A layer that derives from `deciding_layer`, naming itself.
template <class L>
concept deciding = requires { typename L::next_type; } && std::derived_from<L, deciding_layer<L, typename L::next_type>>;
template <class L>
concept decides_afterwards = requires(L& l, call& c, typename L::memory& m, result<reply>& r) { l.after(c, m, r); };
template <class L>
concept lets_wait = requires(L& l, call& c, typename L::memory& m) {
    l.must_wait(m);
    l.wait(c, m);
};

/// How many layers decide from \p L inwards, until one is a service of another kind.
template <class L> inline constexpr std::size_t deciding_depth = 0;
template <deciding L> inline constexpr std::size_t deciding_depth<L> = 1 + deciding_depth<typename L::next_type>;

/// What \p L and its deciding neighbours inside remember of one call.
template <class L> struct memories {};
template <deciding L> struct memories<L> {
    std::optional<typename L::memory> own;
    [[no_unique_address]] memories<typename L::next_type> inside;
};

/// The first service inside \p l that is not a deciding layer.
template <class L> [[nodiscard]] auto& innermost(L& l) noexcept {
    if constexpr (deciding<L>) return innermost(l.next());
    else return l;
}

/// Where a call came to on its way in: the number of the layer that stopped it, counted
/// from the outermost, or the depth when none did.
struct way_in {
    std::size_t at = 0;
    bool waits = false;
};

/// Goes in through the layers from number \p from on; \p r is why the last one refused.
template <class L>
[[nodiscard]] way_in go_in(L& l, call& c, memories<L>& m, std::size_t from, result<reply>& r, std::size_t at = 0) {
    if constexpr (deciding<L>) {
        if (at >= from) {
            m.own.emplace();
            if (const result<void> let_in = l.before(c, *m.own); !let_in) {
                r = let_in.error();
                return way_in{at, false};
            }
            if constexpr (lets_wait<L>)
                if (l.must_wait(*m.own)) return way_in{at, true};
        }
        return go_in(l.next(), c, m.inside, from, r, at + 1);
    } else {
        return way_in{at, false};
    }
}

/// The wait of layer number \p which.
template <class L>
[[nodiscard]] boost::asio::awaitable<result<void>> wait_at(L& l, call& c, memories<L>& m, std::size_t which,
                                                           std::size_t at = 0) {
    if constexpr (lets_wait<L>)
        if (at == which) return l.wait(c, *m.own);
    if constexpr (deciding<typename L::next_type>) return wait_at(l.next(), c, m.inside, which, at + 1);
    else return boost::asio::awaitable<result<void>>(); // go_in names a layer that has a wait
}

/// The layer that wants the service inside it asked again, and when.
struct wish {
    std::size_t layer = 0;
    time_point when{};
};

/// Goes out through the layers outside of number \p below, the inner ones first. Number
/// \p below itself, which the answer comes from, forgets the call.
template <class L>
[[nodiscard]] std::optional<wish> go_out(L& l, call& c, memories<L>& m, std::size_t below, result<reply>& r,
                                         std::size_t at = 0) {
    if constexpr (deciding<L>) {
        if (at >= below) {
            if (at == below) m.own.reset();
            return std::nullopt;
        }
        if (const auto again = go_out(l.next(), c, m.inside, below, r, at + 1)) return again;
        if constexpr (decides_afterwards<L>)
            if (const std::optional<time_point> when = l.after(c, *m.own, r)) return wish{at, *when};
        m.own.reset();
    }
    return std::nullopt;
}

/// The loop that does what the deciding layers from \p top inwards say: one coroutine, and
/// so one frame, for all of them.
template <class Top> boost::asio::awaitable<result<reply>> obey(Top& top, call& c) {
    memories<Top> memory;
    result<reply> r;
    c.moment = c.on->now();
    for (std::size_t from = 0;; ++from) {
        const way_in came = go_in(top, c, memory, from, r);
        std::size_t at = came.at;
        if (came.waits) {
            const result<void> waited = co_await wait_at(top, c, memory, at);
            c.moment = c.on->now();
            if (waited) {
                from = at;
                continue;
            }
            r = waited.error();
        } else if (at == deciding_depth<Top>) {
            r = co_await innermost(top)(c);
            c.moment = c.on->now();
        }
        for (;;) {
            const std::optional<wish> again = go_out(top, c, memory, at, r);
            if (!again) co_return std::move(r);
            at = again->layer;
            r = result<reply>();
            if (again->when <= c.moment) break;
            const result<void> slept = co_await c.on->sleep_until(again->when, c.stop);
            c.moment = c.on->now();
            if (slept) break;
            r = error(slept.error()).with_attempts(c.report.trail);
        }
        from = at;
    }
}

} // namespace llmx::inline LLMX_ABI::detail
