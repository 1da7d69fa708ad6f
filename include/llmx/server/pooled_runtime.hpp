// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/descriptors.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/http_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// The real runtime with a connection pool of its own: what each thread of a server has
/// unless an option names another. \p io must outlive it; not thread-safe.
LLMX_DECL class basic_pooled_runtime final : public runtime {
public:
    explicit basic_pooled_runtime(boost::asio::io_context& io, http_pool_options options = http_pool_options())
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
using pooled_runtime = LLMX_PLAIN(basic_pooled_runtime);

/// A `runtime_factory` of `pooled_runtime`s with pools as \p o describes, except that those of
/// all \p threads (as in `server_options`) together keep no more unused connections than
/// the process's descriptors allow: see `pool_options_within`. The limit is read when a
/// runtime is made.
LLMX_DECL [[nodiscard]] inline std::function<std::unique_ptr<runtime>(boost::asio::io_context&)>
pooled_runtimes(http_pool_options o, unsigned threads) {
    if (threads == 0) threads = std::thread::hardware_concurrency();
    return [o = std::move(o), threads](boost::asio::io_context& io) -> std::unique_ptr<runtime> {
        return std::make_unique<pooled_runtime>(io, pool_options_within(descriptor_limits::now(), o, threads));
    };
}

} // namespace llmx::inline LLMX_ABI
