// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/exceptions.hpp>
#include <llmx/service/detail/service_table.hpp>
#include <llmx/service/offload.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace llmx::inline LLMX_ABI {

class background_tasks;
LLMX_DECL class basic_http_transport;
using http_transport = LLMX_PLAIN(basic_http_transport);

/// Time, randomness and the network, as one core has them: all inputs of layers
/// from outside. One object per `io_context`; not thread-safe.
LLMX_DECL class basic_runtime {
public:
    virtual ~basic_runtime() = default;
    [[nodiscard]] virtual time_point now() const noexcept = 0;
    /// Seconds since 1970, for protocol fields and logs.
    [[nodiscard]] virtual std::int64_t unix_seconds() const noexcept = 0;
    /// 64 random bits; not for cryptography.
    [[nodiscard]] virtual std::uint64_t random() noexcept = 0;
    /// Completes at \p when, or with `errc::cancelled` as soon as \p stop is cancelled.
    virtual boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) = 0;
    [[nodiscard]] virtual http_transport& transport() noexcept = 0;
    [[nodiscard]] virtual boost::asio::any_io_executor executor() noexcept = 0;

    /// The one object of type \p S that belongs to this runtime, and so to one core: a connection
    /// to a store, a cache of tokens, recycled buffers. It is made by the first use, by `S(runtime&)`
    /// or else `S()`, and destroyed with the runtime, the newest first, when the clock and the
    /// transport are gone already; an exception of its constructor is passed on. Use it on the
    /// runtime's thread only; no lock is needed there.
    template <class S> [[nodiscard]] S& use() { return services_.use<S>(*this); }

    /// The tasks of this runtime that outlive the calls they come from: see `background_tasks`.
    /// Made by the first use, which may not be in the destructor of a service.
    [[nodiscard]] background_tasks& background();
    /// How many tasks `background` has now; makes nothing.
    [[nodiscard]] std::size_t in_background() const noexcept;

    /// Runs \p work, which would keep the event loop from other calls, on another thread and
    /// completes on this one when it has run; rethrows its exception.
    ///
    /// Fails with `errc::cancelled` when \p stop is cancelled: work that has not begun is not
    /// begun, work that has is waited for. \p work may refer to the awaiting coroutine's frame:
    /// destroying the frame removes the work from the queue or blocks until it has run.
    ///
    /// The default has no other thread: it runs the work at once, on this one.
    virtual boost::asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop);
    /// Waits until no offloaded work runs; work that has not begun never will, and later work fails with
    /// `errc::cancelled`. For an owner that gives up calls without destroying them.
    virtual void stop_offloading() {}

private:
    detail::service_table services_;
};
using runtime = LLMX_PLAIN(basic_runtime);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/runtime.ipp>
#endif
