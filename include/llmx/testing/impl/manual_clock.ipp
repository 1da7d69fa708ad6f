// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/testing/manual_clock.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <tuple>

namespace llmx::inline LLMX_ABI::testing {

LLMX_INLINE manual_clock::waiter::~waiter() {
    if (owner == nullptr) return;
    waiter** at = &owner->first_;
    while (*at != this) at = &(*at)->next;
    *at = next;
}

LLMX_DECL void manual_clock::advance_to(time_point when) noexcept {
    if (when > now_) now_ = when;
    for (waiter* w = first_; w != nullptr; w = w->next)
        if (w->when <= now_) w->wake.cancel();
}

LLMX_DECL std::size_t manual_clock::waiting() const noexcept {
    std::size_t n = 0;
    for (const waiter* w = first_; w != nullptr; w = w->next) ++n;
    return n;
}

LLMX_DECL boost::asio::awaitable<result<void>> manual_clock::wait_until(time_point when, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    if (when <= now_) co_return success();
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    waiter w(*this, when, executor);
    const cancellation::registration registered(stop, &waiter::on_cancel, &w);
    const std::tuple<boost::system::error_code> woken =
        co_await w.wake.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    if (stop.cancelled() || !std::get<0>(woken) || w.owner == nullptr || now_ < when) co_return error(errc::cancelled);
    co_return success();
}

} // namespace llmx::inline LLMX_ABI::testing
