// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/detail/obey.hpp>
#include <llmx/service/layer.hpp>

namespace llmx::inline LLMX_ABI {

/// A layer that decides and leaves the waiting to others: no coroutine of its own.
///
/// `class my_layer : public deciding_layer<my_layer, Next>` has
/// - `memory`: a default-constructible type, what the layer remembers of one call while the
///   service inside is asked. Made anew each time a call comes in, gone when it leaves;
/// - `result<void> before(call&, memory&)`: on the way in. A failure turns the call away:
///   the service inside is not asked and `after` is not called;
///
/// and, where it has use for them,
/// - `std::optional<time_point> after(call&, memory&, result<reply>&)`: on the way out. It may
///   replace the answer; a time means that the service inside is to be asked again then
///   (at once when it is not in the future), and nothing that the answer goes on outwards.
///   When the wait is cancelled, the answer is `errc::cancelled` and goes on outwards;
/// - `bool must_wait(const memory&)` and `awaitable<result<void>> wait(call&, memory&)`: the call
///   was let in by `before` and has to wait for its turn; a failure turns it away.
///
/// Neighbours that decide share one coroutine (`detail::obey`), which costs one frame for
/// all of them. A layer that must await something else in the middle derives from
/// `layer_base` and is a coroutine; both kinds may stand in one stack in any order.
/// `before` and `after` run on the call's thread, must not block, and find the time in
/// `call::moment`.
template <class Self, class Next> class deciding_layer : public layer_base<Next> {
public:
    using layer_base<Next>::layer_base;

    /// Asks this layer and, through it, all that stands inside. \p c must outlive the answer.
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        static_assert(detail::deciding<Self>, "llmx: a deciding layer names itself: deciding_layer<my_layer, Next>");
        static_assert(!requires { &Self::after; } || detail::decides_afterwards<Self>,
                      "llmx: a deciding layer's after takes (call&, memory&, result<reply>&)");
        static_assert((!requires { &Self::must_wait; } && !requires { &Self::wait; }) || detail::lets_wait<Self>,
                      "llmx: a deciding layer that waits has must_wait(const memory&) and wait(call&, memory&)");
        return detail::obey(static_cast<Self&>(*this), c);
    }
};

} // namespace llmx::inline LLMX_ABI
