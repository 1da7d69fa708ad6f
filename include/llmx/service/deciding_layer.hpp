// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/check_layer.hpp>
#include <llmx/service/detail/obey.hpp>
#include <llmx/service/layer.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

/// A layer that decides and leaves the waiting to others: no coroutine of its own.
///
/// `class my_layer : public deciding_layer<my_layer, Next>` has
/// - `memory`: a default-constructible type, the layer's state of one call while the
///   service inside runs. Made anew each time a call comes in, destroyed when it leaves;
/// - `result<void> before(call&, memory&)`: before the service inside. A failure refuses the call:
///   the service inside is not called and `after` is not called;
///
/// and, where it has use for them,
/// - `std::optional<time_point> after(call&, memory&, result<reply>&)`: after the service inside. It may
///   replace the answer; a time means that the service inside is to be called again then
///   (at once when it is not in the future), and no answer is passed outwards.
///   When the wait is cancelled, the answer is `errc::cancelled` and is passed outwards;
/// - `bool must_wait(const memory&)` and `awaitable<result<void>> wait(call&, memory&)`: the call
///   was admitted by `before` and has to wait for its turn; a failure refuses it.
///
/// Neighbours that decide share one coroutine (`detail::obey`), which costs one frame for
/// all of them. A layer that must await something else in the middle derives from
/// `layer_base` and is a coroutine; one stack may contain both kinds in any order.
/// `before` and `after` run on the call's thread, must not block, and find the time in
/// `call::moment`.
template <class Self, class Next> class deciding_layer : public layer_base<Next> {
public:
    /// Here each member is checked, whatever stands outside of the layer and asks it.
    explicit deciding_layer(Next next) : layer_base<Next>(std::move(next)) {
        static_assert(sizeof(detail::check_deciding<Self>) != 0);
    }

    /// Calls this layer and, through it, all layers inside. \p c must outlive the answer.
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        return detail::obey(static_cast<Self&>(*this), c);
    }
};

} // namespace llmx::inline LLMX_ABI
