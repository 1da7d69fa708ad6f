// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/runtime.hpp>

#include <boost/asio/io_context.hpp>

#include <random>

namespace llmx::inline v0 {

/// The real world: the steady clock, random bits, an `io_context` and a transport.
///
/// Both must outlive it. One object per `io_context`; not thread-safe.
class asio_runtime final : public runtime {
public:
    /// Seeds its randomness from `std::random_device`.
    LLMX_DECL asio_runtime(boost::asio::io_context& io, http_transport& transport);

    [[nodiscard]] time_point now() const noexcept override { return clock::now(); }
    [[nodiscard]] LLMX_DECL std::int64_t unix_seconds() const noexcept override;
    [[nodiscard]] std::uint64_t random() noexcept override { return random_(); }
    LLMX_DECL boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override;
    [[nodiscard]] http_transport& transport() noexcept override { return *transport_; }
    [[nodiscard]] boost::asio::any_io_executor executor() noexcept override { return io_->get_executor(); }

private:
    boost::asio::io_context* io_;
    http_transport* transport_;
    std::mt19937_64 random_;
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/asio_runtime.ipp>
#endif
