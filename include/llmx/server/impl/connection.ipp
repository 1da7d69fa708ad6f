// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/connection.hpp>
#include <llmx/server/core.hpp>
#include <llmx/server/cors.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <span>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A request id as callers may choose it: short, and nothing but visible ASCII.
LLMX_DECL [[nodiscard]] bool usable_request_id(std::string_view id) noexcept {
    if (id.empty() || id.size() > 128) return false;
    for (const char c : id)
        if (c <= ' ' || c > '~' || c == '"' || c == '\\') return false;
    return true;
}

LLMX_DECL void random_request_id(runtime& on, std::string& out) {
    static constexpr auto pairs = [] {
        std::array<std::array<char, 2>, 256> p{};
        constexpr char hex[] = "0123456789abcdef";
        for (std::size_t i = 0; i < p.size(); ++i) p[i] = {hex[i >> 4], hex[i & 15]};
        return p;
    }();
    char text[32];
    for (std::size_t at = 0; at < sizeof text;)
        for (std::uint64_t bits = on.random(), left = 8; left != 0; --left, bits >>= 8, at += 2)
            std::memcpy(text + at, pairs[bits & 255].data(), 2);
    out.assign(text, sizeof text);
}

LLMX_DECL [[nodiscard]] error no_memory() {
    error e(errc::shed, "the gateway has no memory for the request body now; try again later");
    return e.with_retry_after(std::chrono::seconds(1));
}

LLMX_DECL [[nodiscard]] error request_broke_off() {
    return error(errc::invalid_request, "the request ended before it was complete");
}

} // namespace detail

LLMX_DECL LLMX_OF(server_connection)::basic_server_connection(server_core& core, server_socket socket, std::string client,
                                               bool too_many)
    : core_(&core), core_part_of_(core.part_of.lock()), socket_(std::move(socket)),
      timer_(core.deadlines, [](void* self) noexcept { static_cast<server_connection*>(self)->expired(); }, this),
      reader_(core.options().limits, core.options().memory.get()), client_(std::move(client)), refused_(too_many) {
    head_out_.reserve(768);
    arrived_ = core.on->now();
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    // Writes are tried before they are waited for.
    socket_.non_blocking(true, ignored);
    core.add(*this);
}

LLMX_DECL LLMX_OF(server_connection)::~basic_server_connection() {
    core_->end_memory_wait(*this);
    core_->remove(*this);
}

LLMX_DECL runtime& LLMX_OF(server_connection)::on() noexcept { return *core_->on; }
LLMX_DECL deadline_service& LLMX_OF(server_connection)::deadlines() noexcept { return core_->deadlines; }
LLMX_DECL bool LLMX_OF(server_connection)::draining() const noexcept { return core_->draining(); }
LLMX_DECL std::int64_t LLMX_OF(server_connection)::server_began() const noexcept { return core_->shared.began; }

LLMX_DECL void LLMX_OF(server_connection)::expire_in(duration d) noexcept {
    timed_out_ = false;
    timer_.expires_at(core_->on->now() + d);
}

LLMX_DECL void LLMX_OF(server_connection)::expired() noexcept {
    switch (phase_) {
    case phase::calling:
        watch_client();
        ping_client();
        break;
    case phase::writing:
        client_gone();
        give_up_waiting();
        break;
    case phase::idle:
    case phase::head:
    case phase::body:
    case phase::lingering: give_up_waiting(); break;
    case phase::taken:
    case phase::closed: break;
    }
}

LLMX_DECL void LLMX_OF(server_connection)::give_up_waiting() noexcept {
    timed_out_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

LLMX_DECL void LLMX_OF(server_connection)::watch_client() {
    if (watching_ || gone_) return;
    watching_ = true;
    socket_.async_wait(server_socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& ec) { self->client_readable(!ec); });
}

LLMX_DECL void LLMX_OF(server_connection)::client_readable(bool ok) noexcept {
    watching_ = false;
    // The wait may outlast its call: then the next request is what came.
    if (!ok || (phase_ != phase::calling && phase_ != phase::writing)) return;
    char byte;
    boost::system::error_code ec;
    const auto where = boost::asio::buffer(&byte, 1);
    const std::size_t n = socket_.receive(where, server_socket::message_peek, ec);
    if (ec == boost::asio::error::would_block) watch_client();
    else if (ec || n == 0) client_gone();
    // Else a pipelined request has come, behind which the end of input cannot be seen.
}

LLMX_DECL void LLMX_OF(server_connection)::ping_while_silent(std::string_view content_type, std::string_view ping) noexcept {
    const duration interval = core_->options().stream_ping_interval;
    if (interval <= duration::zero()) return;
    ping_type_ = content_type;
    ping_ = ping;
    wrote_at_ = context_->started;
    timer_.expires_at(std::min(timer_.expiry(), wrote_at_ + interval));
}

LLMX_DECL void LLMX_OF(server_connection)::ping_client() noexcept {
    if (ping_.empty() || gone_ || broken_) return;
    const duration interval = core_->options().stream_ping_interval;
    const time_point now = core_->on->now();
    if (now < wrote_at_ + interval) return timer_.expires_at(wrote_at_ + interval);
    wrote_at_ = now;
    timer_.expires_at(now + interval);
    if (ping_held_) return;
    try {
        // What an earlier write has left comes first, and is sign of life enough.
        const bool behind = answered_ && !head_out_.empty();
        if (!answered_) begin_stream(ping_type_);
        if (!behind) append_chunk(ping_);
    } catch (const std::exception&) {
        // Without memory a head may be half made.
        broken_ = must_close_ = true;
        return client_gone();
    }
    boost::system::error_code ec;
    const std::size_t n = socket_.write_some(boost::asio::buffer(head_out_), ec);
    if (!ec) head_out_.erase(0, n); // the rest goes out before the next piece
    else if (ec != boost::asio::error::would_block) {
        broken_ = must_close_ = true;
        client_gone();
    }
}

LLMX_DECL void LLMX_OF(server_connection)::client_gone() noexcept {
    gone_ = true;
    if (context_) context_->cancellation.cancel();
}

LLMX_DECL void LLMX_OF(server_connection)::stop(bool calls_too) noexcept {
    if (phase_ == phase::idle && !reader_.has_bytes()) {
        if (fresh() && !calls_too) expire_in(first_request_while_draining);
        else give_up_waiting();
    }
    if (!calls_too && phase_ == phase::taken && drain_began_ != nullptr) drain_began_(drain_self_);
    if (!calls_too) return;
    must_close_ = true;
    if (phase_ == phase::body && streamed_) {
        context_->cancellation.cancel();
        return;
    }
    if (phase_ == phase::taken) {
        client_gone();
        boost::system::error_code ignored;
        socket_.close(ignored);
        return;
    }
    if (phase_ == phase::head || phase_ == phase::body || phase_ == phase::lingering) give_up_waiting();
    if (phase_ == phase::writing) {
        client_gone();
        give_up_waiting();
    } else if (phase_ == phase::calling && context_) {
        context_->cancellation.cancel();
    }
}

LLMX_DECL void LLMX_OF(server_connection)::shed() noexcept {
    shed_ = must_close_ = true;
    client_gone();
    timer_.never();
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (core_->short_of_descriptors != nullptr) core_->short_of_descriptors->cancel();
}

LLMX_DECL void LLMX_OF(server_connection)::spare() noexcept {
    if (refused_ || shed_) return;
    core_->spare_to(*this, known_ ? core_->idle_ : phase_ == phase::head ? core_->half_heads_ : core_->silent_);
}

LLMX_DECL void LLMX_OF(server_connection)::trust() noexcept {
    known_ = true;
    core_->keep(*this);
}

LLMX_DECL typename LLMX_OF(server_connection)::arrival LLMX_OF(server_connection)::begin_waiting() {
    phase_ = phase::idle;
    if (reader_.has_bytes())
        if (const arrival a = look_for_head(); a != arrival::more) return a;
    const server_options& options = core_->options();
    const bool draining = core_->draining();
    if (draining && !reader_.has_bytes() && (!fresh() || core_->cancelling())) return arrival::closed;
    timed_out_ = false;
    duration patience = fresh() ? options.header_timeout : options.idle_timeout;
    if (draining) patience = std::min(patience, first_request_while_draining);
    timer_.expires_at(arrived_ + patience);
    if (spare_in_ == nullptr) spare();
    begin_head_timeout();
    return arrival::more;
}

LLMX_DECL typename LLMX_OF(server_connection)::arrival LLMX_OF(server_connection)::look_for_head() {
    const auto seen = reader_.parse();
    if (!seen) {
        failure_ = seen.error();
        return arrival::refused;
    }
    return *seen != http_request_reader::stage::head ? arrival::request : arrival::more;
}

LLMX_DECL void LLMX_OF(server_connection)::begin_head_timeout() noexcept {
    if (phase_ != phase::idle || !reader_.has_bytes()) return;
    phase_ = phase::head;
    spare();
    expire_in(core_->options().header_timeout);
}

LLMX_DECL typename LLMX_OF(server_connection)::arrival LLMX_OF(server_connection)::received(const boost::system::error_code& ec, std::size_t n) {
    if (shed_) return arrival::closed;
    if (!ec) {
        reader_.commit(n);
        const arrival a = look_for_head();
        if (a == arrival::more) begin_head_timeout();
        return a;
    }
    if (!reader_.has_bytes()) return arrival::closed;
    failure_ = timed_out_ ? error(errc::request_timeout, "the request header was not received in time")
                          : detail::request_broke_off();
    return arrival::refused;
}

LLMX_DECL bool LLMX_OF(server_connection)::try_body() {
    if (reader_.where() == http_request_reader::stage::body) {
        const auto seen = reader_.parse(false);
        if (!seen) {
            failure_ = seen.error();
            body_refused_ = true;
            return false;
        }
    }
    return reader_.where() == http_request_reader::stage::done;
}

LLMX_DECL duration LLMX_OF(server_connection)::at_min_rate(std::size_t bytes) const noexcept {
    const std::uint64_t rate = core_->options().min_transfer_rate;
    constexpr std::uint64_t year = 365 * 24 * 3600;
    if (rate == 0) return duration::zero();
    // A sum of such times must stay on the clock.
    return std::chrono::seconds(std::min<std::uint64_t>(bytes / rate, year));
}

LLMX_DECL void LLMX_OF(server_connection)::expire_body() noexcept {
    const server_options& o = core_->options();
    const time_point over = body_began_ + o.body_total_timeout + at_min_rate(body_bytes_);
    expire_in(std::min(o.body_timeout, over - core_->on->now()));
}

LLMX_DECL typename LLMX_OF(server_connection)::arrival LLMX_OF(server_connection)::look_for_body() {
    const auto seen = reader_.parse();
    if (!seen) {
        failure_ = seen.error();
        return arrival::refused;
    }
    return *seen == http_request_reader::stage::done ? arrival::request : arrival::more;
}

LLMX_DECL void LLMX_OF(server_connection)::try_memory() noexcept {
    if (!reader_.find_memory()) return;
    core_->end_memory_wait(*this);
    // Ends the wait for a fault of the socket, in which `read_body` is.
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

LLMX_DECL boost::asio::awaitable<typename LLMX_OF(server_connection)::arrival> LLMX_OF(server_connection)::read_body() {
    phase_ = phase::body;
    had_no_memory_ = false;
    body_began_ = core_->on->now();
    body_bytes_ = 0;
    if (const std::size_t ahead = reader_.memory_ahead(); ahead != 0 && !core_->options().memory->admits(ahead)) {
        failure_ = detail::no_memory();
        co_return arrival::refused;
    }
    if (reader_.head().expects_continue) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        out_[0] = boost::asio::const_buffer(go_on.data(), go_on.size());
        out_count_ = 1;
        if (!co_await write_out()) co_return arrival::closed;
        phase_ = phase::body;
    }
    arrival seen = arrival::more;
    for (;;) {
        while (reader_.wants_memory()) {
            if (!reader_.find_memory()) {
                had_no_memory_ = true;
                core_->begin_memory_wait(*this);
                expire_body();
                // A wait for nothing but a fault of the socket: bytes that have come stay where they are.
                (void)co_await socket_.async_wait(server_socket::wait_error, boost::asio::as_tuple(boost::asio::deferred));
                core_->end_memory_wait(*this);
            }
            if (reader_.wants_memory()) {
                failure_ = timed_out_ ? detail::no_memory() : detail::request_broke_off();
                co_return arrival::refused;
            }
            seen = look_for_body();
            if (seen != arrival::more) co_return seen;
        }
        expire_body();
        const auto got = co_await async_receive();
        if (std::get<0>(got)) {
            if (!timed_out_) failure_ = detail::request_broke_off();
            else if (had_no_memory_) failure_ = detail::no_memory();
            else failure_ = error(errc::request_timeout, "the request body was not received in time");
            co_return arrival::refused;
        }
        body_bytes_ += std::get<1>(got);
        reader_.commit(std::get<1>(got));
        seen = look_for_body();
        if (seen != arrival::more) co_return seen;
    }
}

LLMX_DECL void LLMX_OF(server_connection)::begin(const endpoint_match& m, std::string_view language, std::string_view name,
                                        error_writer write_error, bool quiet) {
    match_ = m;
    language_ = language;
    endpoint_ = name;
    write_error_ = write_error;
    quiet_ = quiet;
    if (known_) core_->keep(*this);
    else if (phase_ == phase::head && spare_in_ != nullptr) core_->spare_to(*this, core_->silent_);
    stream_ = answered_ = failed_ = must_close_ = chunked_ = ping_held_ = false;
    ping_ = std::string_view();
    streamed_ = body_given_ = continued_ = false;
    body_failure_.reset();
    bytes_in_ = bytes_out_ = 0;
    status_ = 0;
    overhead_.reset();
    fields_.clear();
    scratch_.clear();
    model_.clear();
    call_.reset();
    context_.emplace();
    // The id's memory goes round: a fresh context would allocate it again.
    context_->request_id = std::move(request_id_);
    if (const std::string_view given = reader_.head().find("x-request-id"); detail::usable_request_id(given))
        context_->request_id.assign(given);
    else detail::random_request_id(*core_->on, context_->request_id);
    if (!core_->options().cors_origins->empty())
        if (const std::string_view from = reader_.head().find("origin"); !from.empty())
            detail::append_cors_fields(fields_, *core_->options().cors_origins, from);
}

LLMX_DECL void LLMX_OF(server_connection)::begin_call() {
    const time_point now = core_->on->now();
    context_->started = now;
    if (core_->cancelling()) context_->cancellation.cancel();
    core_->keep(*this);
    phase_ = phase::calling;
    if (watching_) timer_.never();
    else timer_.expires_at(now + core_->options().hang_up_check);
}

LLMX_DECL void LLMX_OF(server_connection)::log_exception(const std::exception_ptr& thrown) noexcept {
    try {
        std::string line = "request " + context_->request_id + ": ";
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& e) {
            line.append("an exception ended it: ").append(e.what());
        } catch (...) {
            line += "an exception of an unknown type ended it";
        }
        core_->log.note(log_level::error, line);
    } catch (const std::exception&) { // NOLINT: out of memory, a line less
    }
}

LLMX_DECL bool LLMX_OF(server_connection)::finish() {
    arrived_ = core_->on->now();
    // A caller that gives up is not a failure of the server.
    const bool broke_off = failed_ && status_ < 400 && failure_.value() != errc::cancelled;
    access_record r;
    r.level = access_record::level_of(status_, broke_off);
    if (quiet_ && !failed_) r.level = log_level::debug;
    if (core_->log.wants(r.level)) {
        r.when = std::chrono::system_clock::now();
        r.method = head().method;
        r.path = head().path;
        r.status = status_;
        // A stream that its client left has begun with 200.
        const bool left = status_ == 0 || (failed_ && failure_.value() == errc::cancelled && status_ < 400);
        if (left && phase_ != phase::taken) r.status = http_status_of(errc::cancelled);
        // An endpoint without a language fails in the caller's, which does not name the endpoint.
        if (endpoint_.empty()) r.dialect = language_;
        else r.endpoint = endpoint_;
        r.model = model_;
        r.stream = stream_;
        r.client = client_;
        r.took = arrived_ - context_->started;
        r.overhead = overhead_;
        r.bytes_in = phase_ == phase::taken ? bytes_in_ : streamed_ ? reader_.taken() : reader_.body().size();
        r.bytes_out = bytes_out_;
        if (failed_) r.failure = &failure_;
        r.context = &*context_;
        core_->log.write(r);
    }
    request_id_ = std::move(context_->request_id);
    call_.reset();
    plain_.reset();
    context_.reset();
    ping_ = std::string_view();
    // An idle connection must not hold what its largest request needed.
    constexpr std::size_t usual = 16 * 1024;
    if (scratch_.capacity() > usual) std::string().swap(scratch_);
    if (fields_.capacity() > usual) {
        std::string().swap(fields_);
        std::string().swap(head_out_); // into which they were copied
    }
    if (failed_) failure_ = error();
    if (streamed_ && reader_.rest_has_come()) (void)reader_.take_some();
    const bool whole = reader_.where() == http_request_reader::stage::done;
    unread_ = !whole || reader_.has_bytes();
    if (!whole || must_close_ || gone_ || refused_ || !head().keep_alive) return false;
    reader_.next();
    return true;
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(server_connection)::close() {
    boost::system::error_code ignored;
    const std::span<char> waste = reader_.give_up();
    if (unread_ && !gone_) {
        // Closing with unread input resets the connection, which would overtake the answer
        // (RFC 9112 section 9.6): say that nothing more will come and wait for the client to close.
        const std::size_t enough = std::max<std::size_t>(8 * 1024 * 1024, core_->options().limits.max_body);
        phase_ = phase::lingering;
        spare();
        socket_.shutdown(server_socket::shutdown_send, ignored);
        // What comes of a large body over a slow line is read and dropped for a while; a silent
        // client is not waited for.
        constexpr duration pause = std::chrono::seconds(2), total = std::chrono::seconds(10);
        const time_point over = core_->on->now() + total;
        const auto where = boost::asio::buffer(waste.data(), waste.size());
        for (std::size_t read = 0; read < enough && !core_->cancelling();) {
            expire_in(std::min(pause, over - core_->on->now()));
            const auto got = co_await socket_.async_read_some(where, boost::asio::as_tuple(boost::asio::deferred));
            if (std::get<0>(got)) break;
            read += std::get<1>(got);
        }
    }
    if (reset_) socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    abandon();
}

LLMX_DECL void LLMX_OF(server_connection)::abandon() noexcept {
    phase_ = phase::closed;
    timer_.never();
    core_->keep(*this);
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (core_->short_of_descriptors != nullptr) core_->short_of_descriptors->cancel();
}

} // namespace llmx::inline LLMX_ABI
