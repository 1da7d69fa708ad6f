// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/http_exchange.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx_test {

/// The steps of another network, counted: each exchange and each read of a body is one. Any of them can be made to
/// fail, and each can be made to suspend its coroutine, as a socket does.
class stepped_transport final : public llmx::http_transport {
public:
    explicit stepped_transport(llmx::http_transport& inner) noexcept : inner_(&inner) {}

    /// Each step is resumed by the executor of its coroutine.
    void suspend(bool on) noexcept { suspends_ = on; }
    /// The step \p first (1 is the next) fails; with \p lasting all after it fail too.
    void fail(std::size_t first, bool lasting) noexcept {
        first_ = steps_ + first;
        lasting_ = lasting;
    }
    void heal() noexcept { first_ = 0; }
    /// Steps that failed since the beginning.
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
    [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

    boost::asio::awaitable<llmx::result<llmx::http_response>>
    exchange(const llmx::http_request& request, const llmx::http_limits& limits, llmx::cancellation& stop) override {
        const llmx::result<void> passed = co_await step(stop, llmx::errc::connect_failed);
        if (!passed) co_return passed.error();
        llmx::result<llmx::http_response> r = co_await inner_->exchange(request, limits, stop);
        if (r) r->body.reset(new body(*this, std::move(r->body), stop));
        co_return std::move(r);
    }

    /// Without the other network: an upgrade is a step, and the tunnel has the peer close at once; each use of it is a step.
    boost::asio::awaitable<llmx::result<llmx::tunnel_response>>
    open_tunnel(const llmx::http_request&, const llmx::http_limits&, llmx::cancellation& stop) override {
        const llmx::result<void> passed = co_await step(stop, llmx::errc::connect_failed);
        if (!passed) co_return passed.error();
        llmx::tunnel_response r;
        r.status = 101;
        r.tunnel = std::make_unique<silent_tunnel>(*this, stop);
        co_return std::move(r);
    }
    /// Tunnels that are not destroyed.
    [[nodiscard]] std::size_t open_tunnels() const noexcept { return tunnels_; }

private:
    struct silent_tunnel final : llmx::tunnel {
        silent_tunnel(stepped_transport& t, llmx::cancellation& s) noexcept : owner(&t), stop(&s) { ++owner->tunnels_; }
        silent_tunnel(const silent_tunnel&) = delete;
        silent_tunnel& operator=(const silent_tunnel&) = delete;
        ~silent_tunnel() override { --owner->tunnels_; }
        boost::asio::awaitable<llmx::result<std::string_view>> read_some() override {
            const llmx::result<void> passed = co_await owner->step(*stop, llmx::errc::truncated);
            if (!passed) co_return passed.error();
            co_return std::string_view();
        }
        boost::asio::awaitable<llmx::result<void>> write(std::string_view) override {
            co_return co_await owner->step(*stop, llmx::errc::truncated);
        }
        void close() noexcept override {}
        stepped_transport* owner;
        llmx::cancellation* stop;
    };

    struct body final : llmx::http_body {
        body(stepped_transport& t, llmx::http_body_ptr b, llmx::cancellation& s) noexcept
            : owner(&t), inner(std::move(b)), stop(&s) {}
        boost::asio::awaitable<llmx::result<std::string_view>> read_some() override {
            const llmx::result<void> passed = co_await owner->step(*stop, llmx::errc::truncated);
            if (!passed) co_return passed.error();
            co_return co_await inner->read_some();
        }
        boost::asio::awaitable<llmx::result<void>> read_all(std::string& out) override {
            for (;;) {
                const llmx::result<std::string_view> piece = co_await read_some();
                if (!piece) co_return piece.error();
                if (piece->empty()) co_return llmx::success();
                out += *piece;
            }
        }
        void read_by(llmx::time_point when) noexcept override { inner->read_by(when); }
        stepped_transport* owner;
        llmx::http_body_ptr inner;
        llmx::cancellation* stop;
    };

    boost::asio::awaitable<llmx::result<void>> step(llmx::cancellation& stop, llmx::errc failure) {
        if (suspends_) {
            const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
            co_await boost::asio::post(executor, boost::asio::use_awaitable);
        }
        if (stop.cancelled()) co_return llmx::error(llmx::errc::cancelled);
        ++steps_;
        if (first_ == 0 || steps_ < first_ || (steps_ > first_ && !lasting_)) co_return llmx::success();
        ++failed_;
        co_return llmx::error(failure, "step " + std::to_string(steps_) + " failed as the test demands");
    }

    llmx::http_transport* inner_;
    std::size_t steps_ = 0, failed_ = 0, first_ = 0, tunnels_ = 0;
    bool suspends_ = false, lasting_ = false;
};

} // namespace llmx_test
