// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>
#include <llmx/transport/detail/upload.hpp>
#include <llmx/transport/impl/http_reader.ipp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#if !defined(LLMX_NO_TLS)
#include <boost/asio/ssl/error.hpp>
#endif

#include <algorithm>
#include <chrono>
#include <cstring>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL LLMX_OF(connection)::basic_connection(const io_executor& on, deadline_service& deadlines, owner& back)
    : owner_(&back), socket_(on.executor()),
#if !defined(LLMX_NO_TLS)
      below_tls_(socket_),
#endif
      watcher_(deadlines, &LLMX_OF(connection)::on_deadline, this), buffer_(std::make_unique_for_overwrite<char[]>(read_size)) {
}

LLMX_DECL LLMX_OF(connection)::~basic_connection() {
    if (upload_ != nullptr) upload_->detach();
    close();
}

LLMX_DECL void LLMX_OF(connection)::on_deadline(void* self) noexcept {
    auto& c = *static_cast<connection*>(self);
    if (c.attempt_only_) c.close();
    else c.stop(c.limit_);
}

LLMX_DECL void LLMX_OF(connection)::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

LLMX_DECL void LLMX_OF(connection)::release() noexcept {
    stop_.reset();
    watcher_.never();
    memory_ = nullptr;
    owner_->take_back(*this);
}

LLMX_DECL void LLMX_OF(connection)::destroy() noexcept {
    if (!writing_) {
        delete this;
        return;
    }
    if (detail::upload* const u = std::exchange(upload_, nullptr)) u->detach();
    close();
    stop_.reset();
    watcher_.never();
#if !defined(LLMX_NO_TLS)
    // The place for sessions belongs to the owner, which may be destroyed before the write ends.
    if (tls_) detail::tls_forget_slot(tls_->native_handle());
#endif
    orphan_ = true;
}

LLMX_DECL bool LLMX_OF(connection)::reusable() const {
    return !stopped_ && socket_.is_open() && !writing_ && !partial_ && first_piece_ == pieces_.size() && reader_.done() &&
           reader_.keep_alive();
}

LLMX_DECL error LLMX_OF(connection)::stopped() const {
    if (stopped_ == errc::connect_failed) return connect_failure("connect to", "timed out");
    return error(*stopped_);
}

LLMX_DECL result<void> LLMX_OF(connection)::make_room() {
    if (stopped_) return stopped();
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ != read_size) return success();
    // Only an unfinished chunk header or trailer section is left over from a feed.
    if (begin_ == 0) {
        close();
        return detail::bad_http("a chunk header or trailer section is larger than the limit");
    }
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return success();
}

LLMX_DECL result<void> LLMX_OF(connection)::received(const boost::system::error_code& ec, std::size_t n) {
    if (stopped_) return stopped();
    if (ec == boost::asio::error::eof && reader_.finish()) {
        close();
        return success();
    }
    if (ec) {
        error e = read_failure(ec);
        close();
        return e;
    }
    if (!begun_ && n != 0) return unasked();
    end_ += n;
    if (reader_.header_done()) return success();
    const result<http_reader::step> step = reader_.feed(std::span<char>(buffer_.get() + begin_, end_ - begin_));
    if (!step) {
        close();
        return step.error();
    }
    begin_ += step->consumed;
    if (reader_.header_done()) watch(time_point::max(), errc::deadline_exceeded);
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(connection)::fill() {
    if (result<void> ready = make_room(); !ready) co_return ready.error();
    std::tuple<boost::system::error_code, std::size_t> got;
#if !defined(LLMX_NO_TLS)
    if (tls_) got = co_await tls_->async_read_some(room(), boost::asio::as_tuple(boost::asio::deferred));
    else
#endif
        got = co_await async_receive();
    // Where several threads run the context, the answer may come before the completion of the write that it answers.
    if (std::get<1>(got) != 0 && !begun_ && writing_ && !stopped_) {
        write_timer written(socket_.get_executor());
        written.expires_after(std::chrono::seconds(1));
        // A coroutine that is dropped here leaves nothing behind.
        const write_wait waiting(until_written_, written);
        (void)co_await written.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    }
    co_return received(std::get<0>(got), std::get<1>(got));
}

LLMX_DECL error LLMX_OF(connection)::read_failure(const boost::system::error_code& ec) {
    if (ec == boost::asio::error::operation_aborted) return error(errc::cancelled);
    const bool clean = ec == boost::asio::error::eof;
    const errc what = reader_.started() ? errc::truncated : errc::connection_lost;
    return error(what, name_ + (clean ? " closed the connection" : ": " + ec.message()) +
                           (reader_.started() ? " before the end of its answer" : " before it answered"));
}

LLMX_DECL typename LLMX_OF(connection)::found LLMX_OF(connection)::decode(std::string_view& body, error& fault) {
    if (stopped_) {
        fault = stopped();
        return found::fault;
    }
    const result<http_reader::step> step = reader_.feed(std::span<char>(buffer_.get() + begin_, end_ - begin_));
    if (!step) {
        close();
        fault = step.error();
        return found::fault;
    }
    begin_ += step->consumed;
    body = step->body;
    if (!body.empty()) return found::body;
    return reader_.done() ? found::end : found::nothing;
}

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(connection)::read_some() {
    for (;;) {
        std::string_view body;
        error fault;
        const found what = decode(body, fault);
        if (what == found::fault) co_return fault;
        if (what != found::nothing) co_return body;
        const time_point pause = idle_ == duration::max() ? time_point::max() : clock::now() + idle_;
        const bool first = read_by_ <= pause;
        watch(first ? read_by_ : pause, first ? errc::first_token_timeout : errc::idle_timeout);
        const result<void> filled = co_await fill();
        // While the caller digests, only the call's own deadline runs.
        watch(time_point::max(), errc::deadline_exceeded);
        if (!filled) co_return filled.error();
    }
}

LLMX_DECL error LLMX_OF(connection)::no_memory() {
    close();
    error e(errc::shed, "the gateway has no memory for the provider's answer now; try again later");
    return e.with_retry_after(std::chrono::seconds(1));
}

LLMX_DECL result<void> LLMX_OF(connection)::take(std::string_view body, std::string& out) {
    if (body.size() > max_body_) {
        close();
        return error(errc::bad_response, "the answer is larger than the limit; raise max_response_size_mb "
                                                "(http_limits::max_body) if such answers are expected");
    }
    max_body_ -= body.size();
    if (!append_within(memory_, out, body)) return no_memory();
    return success();
}

LLMX_DECL result<bool> LLMX_OF(connection)::take_rest(std::string& out) {
    constexpr std::uint64_t believed = 1024 * 1024;
    if (out.empty()) {
        const auto ahead = static_cast<std::size_t>(std::min(reader_.announced_length(), believed));
        if (ahead > out.capacity() && memory_ != nullptr && !memory_->grow(ahead)) return no_memory();
        out.reserve(ahead);
    }
    for (;;) {
        std::string_view body;
        error fault;
        switch (decode(body, fault)) {
        case found::fault: return fault;
        case found::end: return true;
        case found::nothing: return false;
        case found::body:
            if (const result<void> taken = take(body, out); !taken) return taken.error();
        }
    }
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(connection)::read_all(std::string& out) {
    for (;;) {
        const result<bool> whole = take_rest(out);
        if (!whole) co_return whole.error();
        if (*whole) co_return success();
        const result<std::string_view> more = co_await read_some();
        if (!more) co_return more.error();
        if (more->empty()) co_return success();
        if (const result<void> taken = take(*more, out); !taken) co_return taken.error();
    }
}

} // namespace llmx::inline LLMX_ABI
