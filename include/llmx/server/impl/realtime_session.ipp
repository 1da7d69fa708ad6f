// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/server/detail/realtime_work.hpp>
#include <llmx/server/realtime_session.hpp>
#include <llmx/service/credentials.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL result<void> realtime_places::enter(const realtime_options& limits, const std::string& id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (limits.max_sessions != 0 && all_ >= limits.max_sessions)
        return error(errc::rate_limited, "the gateway has as many realtime sessions as it may: " + std::to_string(limits.max_sessions));
    std::size_t& mine = of_[id];
    if (limits.max_sessions_per_caller != 0 && mine >= limits.max_sessions_per_caller)
        return error(errc::rate_limited,
            "this caller has as many realtime sessions as it may: " + std::to_string(limits.max_sessions_per_caller));
    ++mine;
    ++all_;
    return success();
}

LLMX_DECL void realtime_places::leave(const std::string& id) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    --all_;
    const auto at = of_.find(id);
    if (at != of_.end() && --at->second == 0) of_.erase(at);
}

LLMX_DECL realtime_work::realtime_work(server_connection& p, taken_socket s, call& c, reply_tunnel& t, const codec_ops& from,
    const realtime_options& o)
    : peer(p.shared_from_this()), client(s), of(&c), upstream(&t), options(&o), watch(o.on_end ? o.max_record : 0),
        client_reader(true, o.max_message),
      upstream_reader(false, o.max_message), memory(p.memory()), tick(s.socket->get_executor(), time_point::max()),
      wake(s.socket->get_executor(), time_point::max()), stop(p.context().cancellation, &realtime_work::on_cancel, this),
      buffer(std::make_unique_for_overwrite<char[]>(buffer_size)), opened(clock::now()), last_message(opened), heard_client(opened),
      heard_upstream(opened) {
    if (const session_codec_ops* const other = session_codec(from)) {
        realtime_translation_options how;
        how.model = c.report.upstream_model;
        static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
        for (std::uint64_t n = c.on->random(), i = 0; i != 12; ++i, n >>= 5) how.id += digits[n & 31u];
        for (const http_field& f : p.head().fields)
            how.beta = how.beta || (iequals(f.name, "openai-beta") && f.value.find("realtime=v1") != std::string_view::npos) ||
                       (iequals(f.name, "sec-websocket-protocol") && f.value.find("openai-beta.realtime-v1") != std::string_view::npos);
        translation = other->translate(std::move(how));
    }
}

LLMX_DECL void realtime_work::to_client(websocket_opcode what, std::string_view payload) {
    if (!client_box.closed && !client_closed) append_websocket_frame(client_box.waiting, what, payload, std::nullopt);
}
LLMX_DECL void realtime_work::to_upstream(websocket_opcode what, std::string_view payload) {
    if (!upstream_box.closed && !upstream_closed) append_websocket_frame(upstream_box.waiting, what, payload, mask());
}
LLMX_DECL void realtime_work::close_client(std::uint16_t code, std::string_view reason) {
    if (!client_box.closed) append_websocket_close(client_box.waiting, code, reason, std::nullopt);
    client_box.closed = true;
}
LLMX_DECL void realtime_work::close_upstream(std::uint16_t code, std::string_view reason) {
    if (!upstream_box.closed) append_websocket_close(upstream_box.waiting, code, reason, mask());
    upstream_box.closed = true;
}

LLMX_DECL void realtime_work::charge() {
    result<void> within = of->charge(watch.last());
    of->report.tokens = watch.record().tokens;
    if (within) return;
    end_by(within.error(), "rate_limit_error", "rate_limit_exceeded", websocket_close::policy);
}

LLMX_DECL void realtime_work::deliver(websocket_opcode what, std::string_view event) {
    to_client(what, event);
    if (what == websocket_opcode::text && watch.server_sent(event)) charge();
}

LLMX_DECL void realtime_work::deliver_error(std::string_view type, std::string_view code, std::string_view message) {
    std::string event;
    append_realtime_error(event, std::string("event_gateway_").append(std::to_string(++errors)), type, code, message);
    to_client(websocket_opcode::text, event);
}

LLMX_DECL void realtime_work::end_by(const error& why, std::string_view type, std::string_view name, std::uint16_t code) {
    if (linger_by != time_point::max()) return;
    deliver_error(type, name, why.message());
    fail(why);
    close_client(code, why.message());
    close_upstream(websocket_close::normal, std::string_view());
    begin_linger(clock::now());
}

LLMX_DECL void realtime_work::send_made() {
    for (const std::string& text : made.up) to_upstream(websocket_opcode::text, text);
    for (const std::string& text : made.down) deliver(websocket_opcode::text, text);
    made.clear();
}

LLMX_DECL void realtime_work::take_event(websocket_opcode what, std::string_view event) {
    if (what == websocket_opcode::text) watch.client_sent(event);
    if (translation == nullptr) return to_upstream(what, event);
    if (what != websocket_opcode::text) return deliver_error("invalid_request_error", "invalid_event",
        "an event is a text message of JSON, not a binary one");
    translation->from_client(event, made);
    send_made();
}

LLMX_DECL void realtime_work::take_from_client(const websocket_message& m) {
    if (m.what == websocket_opcode::pong) return;
    if (m.what == websocket_opcode::ping) return to_client(websocket_opcode::pong, m.data);
    if (m.what == websocket_opcode::close) {
        client_closed = true;
        close_client(m.code, m.data);
        close_upstream(m.code, m.data);
        return begin_linger(clock::now());
    }
    last_message = heard_client;
    if (linger_by == time_point::max()) take_event(m.what, m.data);
}

LLMX_DECL void realtime_work::take_from_upstream(const websocket_message& m) {
    if (m.what == websocket_opcode::pong) return;
    if (m.what == websocket_opcode::ping) return to_upstream(websocket_opcode::pong, m.data);
    if (m.what == websocket_opcode::close) {
        std::string reason(m.data);
        if (of->now.target != nullptr) hide_credentials(*of->now.target, reason);
        if (translation != nullptr) {
            translation->upstream_closed(m.code, reason, made);
            send_made();
        }
        upstream_closed = true;
        close_upstream(m.code, std::string_view());
        close_client(m.code, reason);
        return begin_linger(clock::now());
    }
    last_message = heard_upstream;
    if (translation == nullptr) return deliver(m.what, m.data);
    translation->from_upstream(m.data, made);
    send_made();
    wake.cancel();
}

LLMX_DECL void realtime_work::upstream_ended(const error* why) {
    if (upstream_closed) return;
    // Nothing can be written there any more; only the client is left.
    upstream_closed = true;
    upstream_box.closed = true;
    upstream_box.waiting.clear();
    if (linger_by == time_point::max()) {
        error e = why != nullptr ? *why : error(errc::truncated, "the provider's connection ended without a close frame");
        if (e.value() == errc::connection_lost) e = error(errc::truncated, e.message());
        deliver_error("server_error", "upstream_connection_lost", "the provider's connection broke; the session is over");
        fail(std::move(e));
    }
    close_client(websocket_close::internal_error, "the provider's connection broke");
    begin_linger(clock::now());
}

LLMX_DECL bool realtime_work::account() {
    const std::size_t held = client_reader.held() + upstream_reader.held() + client_box.waiting.capacity() + client_box.sending.capacity() +
                             upstream_box.waiting.capacity() + upstream_box.sending.capacity();
    if (held < memory.size()) memory.shrink(memory.size() - held);
    if (held <= memory.size() || memory.grow_body(held - memory.size())) return true;
    end_by(error(errc::shed, "the gateway has no memory for the session's messages now"), "server_error", "overloaded",
        websocket_close::try_again_later);
    return false;
}

LLMX_DECL time_point realtime_work::look(time_point now) {
    if (now >= linger_by) {
        close();
        return now;
    }
    // A write may begin before the next look: it is noticed after twice the time that it may take at most.
    time_point next = std::min(linger_by, now + options->write);
    const auto by = [&](time_point when) {
        next = std::min(next, when);
        return now >= when;
    };
    // A write that does not end.
    if (client_box.busy && by(client_box.began + options->write)) {
        fail(error(errc::cancelled, "the client does not read"));
        close();
        return now;
    }
    if (upstream_box.busy && by(upstream_box.began + options->write)) {
        fail(error(errc::idle_timeout, "the provider does not read"));
        close();
        return now;
    }
    if (linger_by != time_point::max()) return next;
    if (draining && !watch.responding()) {
        deliver_error("server_error", "session_expired", "the gateway is shutting down; open a new session");
        close_client(websocket_close::going_away, "the gateway is shutting down");
        close_upstream(websocket_close::normal, std::string_view());
        begin_linger(now);
        return linger_by;
    }
    if (options->longest > duration::zero() && by(opened + options->longest))
        end_by(error(errc::deadline_exceeded, "the session has lasted as long as it may"), "invalid_request_error", "session_expired",
            websocket_close::policy);
    else if (by(last_message + options->idle))
        end_by(error(errc::idle_timeout, "the session had no message for too long"), "invalid_request_error", "session_expired",
            websocket_close::policy);
    if (linger_by != time_point::max()) return linger_by;
    if (options->ping <= duration::zero()) return next;
    if (by(heard_client + 3 * options->ping)) {
        fail(error(errc::cancelled, "the client answers no ping"));
        close();
        return now;
    }
    // One at a time: a queue of pings for a peer that does not read would grow.
    if (by(std::max(heard_client, pinged_client) + options->ping)) {
        if (!client_box.busy) to_client(websocket_opcode::ping, std::string_view());
        pinged_client = now;
    }
    if (by(std::max(heard_upstream, pinged_upstream) + options->ping)) {
        if (!upstream_box.busy) to_upstream(websocket_opcode::ping, std::string_view());
        pinged_upstream = now;
    }
    return std::max(next, now + std::chrono::milliseconds(1));
}

LLMX_DECL boost::asio::awaitable<void> realtime_work::flush_client() {
    outbox& box = client_box;
    // What another coroutine is writing is no concern of this one.
    while (!closed && !box.waiting.empty()) {
        if (box.busy) {
            co_await wake.async_wait(boost::asio::as_tuple(boost::asio::deferred));
            continue;
        }
        box.busy = true;
        box.began = clock::now();
        box.sending.swap(box.waiting);
        const auto from = boost::asio::buffer(box.sending.data(), box.sending.size());
        const auto put = co_await boost::asio::async_write(*client.socket, from, boost::asio::as_tuple(boost::asio::deferred));
        out += std::get<1>(put);
        box.busy = false;
        if (box.sending.capacity() > 2 * buffer_size) std::string().swap(box.sending);
        else box.sending.clear();
        if (std::get<0>(put)) {
            if (!client_closed) fail(error(errc::cancelled, "the client broke off: " + std::get<0>(put).message()));
            client_closed = true;
            box.closed = true;
            box.waiting.clear();
            close_upstream(websocket_close::going_away, std::string_view());
            begin_linger(clock::now());
        }
        wake.cancel();
    }
    close_if_over();
}

LLMX_DECL boost::asio::awaitable<void> realtime_work::flush_upstream() {
    outbox& box = upstream_box;
    // What another coroutine is writing is no concern of this one.
    while (!closed && !box.waiting.empty()) {
        if (box.busy) {
            co_await wake.async_wait(boost::asio::as_tuple(boost::asio::deferred));
            continue;
        }
        box.busy = true;
        box.began = clock::now();
        box.sending.swap(box.waiting);
        const result<void> put = co_await upstream->upstream().write(box.sending);
        box.busy = false;
        if (box.sending.capacity() > 2 * buffer_size) std::string().swap(box.sending);
        else box.sending.clear();
        // Its reader reports the failure: what the provider has sent before may explain it.
        if (!put) {
            box.closed = true;
            box.waiting.clear();
        }
        wake.cancel();
    }
    close_if_over();
}

LLMX_DECL boost::asio::awaitable<void> realtime_work::flush() {
    co_await flush_upstream();
    co_await flush_client();
}

/// From the client to the provider.
LLMX_DECL boost::asio::awaitable<void> realtime_up(std::shared_ptr<realtime_work> w) {
    std::string_view bytes = w->client.early;
    websocket_message m;
    bool broken = false;
    for (;;) {
        w->in += bytes.size();
        if (!bytes.empty()) w->heard_client = clock::now();
        // What follows a broken frame cannot be read; it is taken all the same, because a socket that is closed before would be reset, and
        // the close frame lost with it.
        while (!bytes.empty() && !w->closed && !broken) {
            while (!w->closed && w->translation != nullptr && !w->translation->ready() && w->linger_by == time_point::max())
                co_await w->wake.async_wait(boost::asio::as_tuple(boost::asio::deferred));
            const websocket_reader::step went = w->client_reader.next(bytes, m);
            if (went == websocket_reader::step::failed) {
                const error wrong(errc::invalid_request, std::string(w->client_reader.reason()));
                w->end_by(wrong, "invalid_request_error", "invalid_frame", w->client_reader.failure());
                broken = true;
            } else if (went == websocket_reader::step::message) {
                w->take_from_client(m);
            }
            w->account();
            co_await w->flush();
            w->client_reader.trim();
        }
        if (w->closed || w->client_closed) break;
        const auto room = boost::asio::buffer(w->buffer.get(), realtime_work::buffer_size);
        const auto got = co_await w->client.socket->async_read_some(room, boost::asio::as_tuple(boost::asio::deferred));
        const boost::system::error_code ec = std::get<0>(got);
        if (w->closed) break;
        if (ec) {
            if (ec != boost::asio::error::eof && w->linger_by == time_point::max())
                w->fail(error(errc::cancelled, "the client broke off: " + ec.message()));
            w->client_closed = w->client_box.closed = true;
            w->client_box.waiting.clear();
            w->close_upstream(websocket_close::going_away, std::string_view());
            w->begin_linger(clock::now());
            co_await w->flush_upstream();
            break;
        }
        bytes = std::string_view(w->buffer.get(), std::get<1>(got));
    }
    w->close_if_over();
}

/// The end of one of the coroutines beside the session's own.
class realtime_part_over {
public:
    explicit realtime_part_over(std::shared_ptr<realtime_work> w) noexcept : work_(std::move(w)) {}
    void operator()(const std::exception_ptr& e) const noexcept {
        if (e) {
            work_->fail(error(errc::internal));
            work_->close();
        }
        --work_->running;
        work_->wake.cancel();
    }

private:
    std::shared_ptr<realtime_work> work_;
};

/// Writes what the clock has added; beside it, so that a side that does not read does not stop the clock.
LLMX_DECL boost::asio::awaitable<void> realtime_flush(std::shared_ptr<realtime_work> w) {
    co_await w->flush();
}

/// Pings, limits and the end of a session that no side ends.
LLMX_DECL boost::asio::awaitable<void> realtime_clock(std::shared_ptr<realtime_work> w) {
    const realtime_part_over flushed(w);
    while (!w->closed) {
        const time_point next = w->look(clock::now());
        if (w->closed) break;
        w->tick.expires_at(next);
        const bool idle = (!w->client_box.busy && !w->client_box.waiting.empty()) ||
            (!w->upstream_box.busy && !w->upstream_box.waiting.empty());
        if (idle) {
            ++w->running;
            boost::asio::co_spawn(LLMX_LATER(w->client.socket->get_executor()), realtime_flush(w), flushed);
            if (w->closed) break;
        }
        co_await w->tick.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    }
}

/// From the provider to the client.
LLMX_DECL boost::asio::awaitable<void> realtime_down(realtime_work& w) {
    websocket_message m;
    while (!w.closed) {
        const result<std::string_view> piece = co_await w.upstream->upstream().read_some();
        if (w.closed) break;
        if (!piece || piece->empty()) {
            const error* const why = piece ? nullptr : &piece.error();
            w.upstream_ended(why);
            co_await w.flush_client();
            break;
        }
        w.heard_upstream = clock::now();
        std::string_view bytes = *piece;
        while (!bytes.empty() && !w.closed) {
            const websocket_reader::step went = w.upstream_reader.next(bytes, m);
            if (went == websocket_reader::step::failed) {
                const error wrong(errc::bad_response,
                    "the provider broke the WebSocket protocol: " + std::string(w.upstream_reader.reason()));
                w.close_upstream(w.upstream_reader.failure(), std::string_view());
                w.end_by(wrong, "server_error", "upstream_protocol_error", websocket_close::internal_error);
                w.upstream_closed = true;
            } else if (went == websocket_reader::step::message) {
                w.take_from_upstream(m);
            }
            w.account();
            co_await w.flush();
            w.upstream_reader.trim();
            if (went == websocket_reader::step::failed) break;
            if (w.draining && !w.watch.responding()) w.tick.cancel();
        }
        if (w.upstream_closed) break;
    }
    w.close_if_over();
}

} // namespace detail

LLMX_DECL boost::asio::awaitable<result<void>> relay_realtime(server_connection& peer, taken_socket client, call& c, reply_tunnel& upstream,
                                                              const codec_ops& from, const realtime_options& options,
                                                                  std::string_view first) {
    const auto w = std::make_shared<detail::realtime_work>(peer, client, c, upstream, from, options);
    if (peer.context().cancellation.cancelled()) detail::realtime_work::on_cancel(w.get());
    peer.notify_drain(&detail::realtime_work::on_drain, w.get());
    if (w->translation != nullptr) w->translation->begin(w->made);
    w->send_made();
    if (!first.empty()) w->take_event(websocket_opcode::text, first);
    co_await w->flush();
    const detail::realtime_part_over up_over(w);
    w->running = 2;
    boost::asio::co_spawn(LLMX_LATER(client.socket->get_executor()), detail::realtime_up(w), up_over);
    boost::asio::co_spawn(LLMX_LATER(client.socket->get_executor()), detail::realtime_clock(w), up_over);
    co_await detail::realtime_down(*w);
    // The client still has to answer the close frame, or to be told of it.
    while (w->running != 0) co_await w->wake.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    w->close();
    peer.notify_drain(nullptr, nullptr);
    peer.log_traffic(w->in, w->out);
    c.report.tokens = w->watch.record().tokens;
    if (options.on_end) options.on_end(w->watch.record(), c);
    if (!w->failure) co_return success();
    peer.log_failure(*w->failure);
    co_return *w->failure;
}

} // namespace llmx::inline LLMX_ABI
