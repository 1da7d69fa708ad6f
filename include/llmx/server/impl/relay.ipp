// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/server/relay.hpp>
#include <llmx/transport/deadlines.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Both directions of a relay; kept by the coroutine of each.
struct relay_work {
    static constexpr std::size_t buffer_size = 16 * 1024;

    relay_work(server_connection& c, taken_socket s, tunnel& t, const relay_options& o)
        : client(s), upstream(&t), options(o), over(s.socket->get_executor(), time_point::max()),
          silence(c.deadlines(), &relay_work::on_silence, this),
          stop(c.context().cancellation, &relay_work::on_cancel, this),
          buffer(std::make_unique_for_overwrite<char[]>(buffer_size)) {}

    static void on_silence(void* self) noexcept {
        auto& w = *static_cast<relay_work*>(self);
        // With one side over there is nothing left to wait for.
        if (!w.half_closed) w.fail(error(errc::idle_timeout));
        w.close();
    }
    static void on_cancel(void* self) noexcept {
        auto& w = *static_cast<relay_work*>(self);
        w.fail(error(errc::cancelled));
        w.close();
    }
    void fail(error e) noexcept {
        if (!failure && !closed) failure = std::move(e);
    }
    /// The side that has ended its direction need not take what still comes.
    void fail_unless_half_closed(error e) noexcept {
        if (!half_closed) fail(std::move(e));
    }
    void close() noexcept {
        closed = true;
        silence.never();
        boost::system::error_code ignored;
        client.socket->close(ignored);
        upstream->close();
    }
    void heard() noexcept {
        if (!closed) silence.expires_at(clock::now() + (half_closed ? options.linger : options.idle));
    }
    /// One direction has ended, by agreement or not.
    void ended(bool well) noexcept {
        if (!well) return close();
        if (half_closed) return close();
        half_closed = true;
        heard();
    }
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<bool> send_up(std::string_view bytes);

    taken_socket client;
    tunnel* upstream;
    relay_options options;
    boost::asio::basic_waitable_timer<clock> over;
    deadline_service::watcher silence;
    cancellation::registration stop;
    std::unique_ptr<char[]> buffer;
    std::optional<error> failure;
    std::uint64_t in = 0, out = 0;
    bool half_closed = false, closed = false, up_over = false;
};

LLMX_DECL boost::asio::awaitable<bool> relay_work::send_up(std::string_view bytes) {
    in += bytes.size();
    const result<void> written = co_await upstream->write(bytes);
    if (!written) fail_unless_half_closed(written.error());
    else heard();
    co_return written.has_value();
}

/// From the client to the upstream.
LLMX_DECL boost::asio::awaitable<void> relay_up(std::shared_ptr<relay_work> w) {
    bool going = true;
    if (!w->client.early.empty()) going = co_await w->send_up(w->client.early);
    while (going) {
        const auto room = boost::asio::buffer(w->buffer.get(), relay_work::buffer_size);
        const auto got = co_await w->client.socket->async_read_some(room, boost::asio::as_tuple(boost::asio::deferred));
        const boost::system::error_code ec = std::get<0>(got);
        if (ec == boost::asio::error::eof && !w->closed) {
            w->upstream->finish_writing();
            w->ended(true);
            co_return;
        }
        if (ec) {
            w->fail_unless_half_closed(error(errc::cancelled, "the client broke off: " + ec.message()));
            break;
        }
        w->heard();
        going = co_await w->send_up(std::string_view(w->buffer.get(), std::get<1>(got)));
    }
    // What the upstream has sent already may still pass: it contains the reason of the end.
    if (!going && !w->closed) w->ended(true);
    else w->ended(false);
}

/// The end of `relay_up`.
class relay_up_over {
public:
    explicit relay_up_over(std::shared_ptr<relay_work> w) noexcept : work_(std::move(w)) {}
    void operator()(const std::exception_ptr& e) const noexcept {
        if (e) work_->fail(error(errc::internal));
        if (e) work_->close();
        work_->up_over = true;
        work_->over.cancel();
    }

private:
    std::shared_ptr<relay_work> work_;
};

/// From the upstream to the client.
LLMX_DECL boost::asio::awaitable<void> relay_down(relay_work& w) {
    for (;;) {
        const result<std::string_view> piece = co_await w.upstream->read_some();
        if (!piece) {
            w.fail(piece.error());
            w.ended(false);
            co_return;
        }
        if (piece->empty()) break;
        w.heard();
        const auto from = boost::asio::buffer(piece->data(), piece->size());
        const auto put =
            co_await boost::asio::async_write(*w.client.socket, from, boost::asio::as_tuple(boost::asio::deferred));
        w.out += std::get<1>(put);
        if (std::get<0>(put)) {
            w.fail(error(errc::cancelled, "the client broke off: " + std::get<0>(put).message()));
            w.ended(false);
            co_return;
        }
        w.heard();
    }
    boost::system::error_code ignored;
    w.client.socket->shutdown(server_socket::shutdown_send, ignored);
    w.ended(true);
}

} // namespace detail

LLMX_DECL boost::asio::awaitable<result<void>> relay(server_connection& c, taken_socket client, tunnel& upstream,
                                                     relay_options options) {
    const auto w = std::make_shared<detail::relay_work>(c, client, upstream, options);
    if (c.context().cancellation.cancelled()) detail::relay_work::on_cancel(w.get());
    w->heard();
    const detail::relay_up_over up_over(w);
    boost::asio::co_spawn(LLMX_LATER(client.socket->get_executor()), detail::relay_up(w), up_over);
    co_await detail::relay_down(*w);
    while (!w->up_over) co_await w->over.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    w->close();
    c.log_traffic(w->in, w->out);
    if (!w->failure) co_return success();
    c.log_failure(*w->failure);
    co_return *w->failure;
}

} // namespace llmx::inline LLMX_ABI
