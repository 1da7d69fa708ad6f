// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/runtime.hpp>
#include <llmx/transport/io_executor.hpp>

#include <memory>
#include <random>

namespace llmx::inline LLMX_ABI {
namespace detail {
class offload_worker;
} // namespace detail

/// What a program runs on: the steady clock, random bits, an executor and a transport.
///
/// The executor's context and the transport must outlive it. Not thread-safe: a runtime belongs to one executor,
/// an `io_context` that one thread runs or a strand, and calls with it run there; an `io_context` that
/// several threads run has one runtime, with a transport of its own, for each strand. Work that is offloaded
/// runs on two threads of the context's own, one for long work (`offload_long_above`), each
/// started with its first work and joined when the context is destroyed: pieces of work come one
/// after the other, oldest first.
LLMX_DECL class basic_asio_runtime final : public runtime {
public:
    /// Seeds its randomness from `std::random_device`. Throws `call_failed` when \p on leads to no `io_context`.
    basic_asio_runtime(io_executor on, http_transport& transport);

    [[nodiscard]] time_point now() const noexcept override { return clock::now(); }
    [[nodiscard]] std::int64_t unix_seconds() const noexcept override;
    [[nodiscard]] std::uint64_t random() noexcept override { return random_(); }
    boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override;
    [[nodiscard]] http_transport& transport() noexcept override { return *transport_; }
    [[nodiscard]] boost::asio::any_io_executor executor() noexcept override { return on_.executor(); }
    boost::asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override;
    /// Of all runtimes on this context: they share the threads.
    void stop_offloading() override;

private:
    io_executor on_;
    boost::asio::io_context* io_;
    http_transport* transport_;
    std::mt19937_64 random_;
    /// For short and for long work; null until work is offloaded.
    std::shared_ptr<detail::offload_worker> short_, long_;
};
using asio_runtime = LLMX_PLAIN(basic_asio_runtime);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/asio_runtime.ipp>
#endif
