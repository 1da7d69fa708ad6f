// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/runtime.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <random>

namespace llmx::inline LLMX_ABI {
namespace detail {
class offload_worker;
} // namespace detail

/// The real world: the steady clock, random bits, an `io_context` and a transport.
///
/// Both must outlive it. One object per `io_context`; not thread-safe. Work that is offloaded
/// runs on two threads of the context's own, one for what is long (`offload_long_above`), each
/// started with its first work and joined when the context is destroyed: pieces of work come one
/// after the other, oldest first.
LLMX_DECL class basic_asio_runtime final : public runtime {
public:
    /// Seeds its randomness from `std::random_device`.
    basic_asio_runtime(boost::asio::io_context& io, http_transport& transport);

    [[nodiscard]] time_point now() const noexcept override { return clock::now(); }
    [[nodiscard]] std::int64_t unix_seconds() const noexcept override;
    [[nodiscard]] std::uint64_t random() noexcept override { return random_(); }
    boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override;
    [[nodiscard]] http_transport& transport() noexcept override { return *transport_; }
    [[nodiscard]] boost::asio::any_io_executor executor() noexcept override { return io_->get_executor(); }
    boost::asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override;
    void stop_offloading() override;

private:
    boost::asio::io_context* io_;
    http_transport* transport_;
    std::mt19937_64 random_;
    /// For what is short and what is long; null until work is offloaded.
    std::shared_ptr<detail::offload_worker> short_, long_;
};
using asio_runtime = LLMX_PLAIN(basic_asio_runtime);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/asio_runtime.ipp>
#endif
