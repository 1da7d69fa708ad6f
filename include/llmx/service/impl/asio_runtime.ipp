// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/asio_runtime.hpp>
#include <llmx/service/detail/offload_worker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <chrono>
#include <ctime>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

using runtime_timer =
    boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::io_context::executor_type>;

LLMX_DECL [[nodiscard]] std::mt19937_64 seeded_generator() {
    std::random_device device;
    std::array<std::uint32_t, 8> words{};
    for (auto& w : words) w = device();
    std::seed_seq seed(words.begin(), words.end());
    return std::mt19937_64(seed);
}

// A function and not a lambda: a closure type in a coroutine's frame has no linkage, which
// g++ 12 warns of in headers.
LLMX_DECL void wake_runtime_timer(void* timer) noexcept { static_cast<runtime_timer*>(timer)->cancel(); }

} // namespace detail

LLMX_DECL LLMX_OF(asio_runtime)::basic_asio_runtime(io_executor on, http_transport& transport)
    : on_(std::move(on)), io_(&on_.context()), transport_(&transport), random_(detail::seeded_generator()) {}

LLMX_DECL std::int64_t LLMX_OF(asio_runtime)::unix_seconds() const noexcept {
    // Whole seconds come without reading the clock's counter on most systems.
    return static_cast<std::int64_t>(std::time(nullptr));
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(asio_runtime)::sleep_until(time_point when, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    detail::runtime_timer timer(*io_, when);
    const cancellation::registration registered(stop, &detail::wake_runtime_timer, &timer);
    const std::tuple<boost::system::error_code> woken =
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    if (std::get<0>(woken) || stop.cancelled()) co_return error(errc::cancelled);
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(asio_runtime)::offload(offloaded_work& work, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    std::shared_ptr<detail::offload_worker>& worker = work.bytes() > offload_long_above ? long_ : short_;
    if (!worker) worker = detail::offload_worker::of(*io_, &worker == &long_);
    const boost::asio::cancellation_state asio_stop = co_await boost::asio::this_coro::cancellation_state;
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    detail::offload_ticket ticket(worker, on_.executor(), work);
    if (!ticket.begin()) {
        // Late for the others is better than never for this one.
        work.run();
        co_return success();
    }
    const cancellation::registration registered(stop, &detail::offload_ticket::give_up, &ticket);
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    // The runtime may be gone when this ends.
    while (!ticket.over()) {
        (void)co_await ticket.ended().async_wait(boost::asio::as_tuple(boost::asio::deferred));
        // Asio's own cancellation ends the wait, but not the work once it runs.
        if (asio_stop.cancelled() != boost::asio::cancellation_type::none) detail::offload_ticket::give_up(&ticket);
    }
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    if (!ticket.has_run() || stop.cancelled() || asio_stop.cancelled() != boost::asio::cancellation_type::none)
        co_return error(errc::cancelled);
    co_return success();
}

LLMX_DECL void LLMX_OF(asio_runtime)::stop_offloading() {
    for (const bool for_long : {false, true}) detail::offload_worker::of(*io_, for_long)->stop();
}

} // namespace llmx::inline LLMX_ABI
