// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/asio_runtime.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/http_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <utility>

namespace llmx::inline v0 {

/// The real runtime with a connection pool of its own: what each thread of a server has
/// unless it is told otherwise. \p io must outlive it; not thread-safe.
class pooled_runtime final : public runtime {
public:
    explicit pooled_runtime(boost::asio::io_context& io, http_pool_options options = http_pool_options())
        : pool_(io, std::move(options)), world_(io, pool_) {}

    [[nodiscard]] time_point now() const noexcept override { return world_.now(); }
    [[nodiscard]] std::int64_t unix_seconds() const noexcept override { return world_.unix_seconds(); }
    [[nodiscard]] std::uint64_t random() noexcept override { return world_.random(); }
    boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override {
        return world_.sleep_until(when, stop);
    }
    [[nodiscard]] http_transport& transport() noexcept override { return pool_; }
    [[nodiscard]] boost::asio::any_io_executor executor() noexcept override { return world_.executor(); }
    boost::asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override {
        return world_.offload(work, stop);
    }
    void stop_offloading() override { world_.stop_offloading(); }

private:
    http_pool pool_;
    asio_runtime world_;
};

} // namespace llmx::inline v0
