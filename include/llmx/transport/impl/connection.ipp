// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>
#include <llmx/transport/impl/http_reader.ipp>
#include <llmx/wire/detail/text_writer.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#if !defined(LLMX_NO_TLS)
#include <boost/asio/ssl/error.hpp>
#endif

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

namespace llmx::inline v0 {
namespace detail {

/// The request line and header section of \p request, written over \p head.
LLMX_DECL void write_request_head(std::string& head, const http_request& request) {
    head.clear();
    text_memory memory;
    text_writer w(head, memory);
    w.copy(request.method).raw(" ");
    if (request.target.empty()) w.raw("/");
    w.copy(request.target).raw(" HTTP/1.1\r\nHost: ").copy(request.to->authority).raw("\r\n").copy(request.fields);
    // RFC 9110 section 8.6: a length of 0 is only said where a body is expected.
    const std::size_t size = request.body_size();
    if (size != 0 || (request.method != "GET" && request.method != "HEAD"))
        w.raw("Content-Length: ").number(size).raw("\r\n");
    w.raw("\r\n");
    w.spill();
}

/// Bodies up to this size travel in one buffer with the head.
inline constexpr std::size_t joined_body = 4096;

/// POSIX lets the two differ.
[[nodiscard]] LLMX_DECL bool would_block(const boost::system::error_code& ec) noexcept {
    return ec == boost::asio::error::would_block || ec == boost::asio::error::try_again;
}

} // namespace detail

LLMX_DECL connection::connection(boost::asio::io_context& io, deadline_service& deadlines, owner& back)
    : owner_(&back), socket_(io), watcher_(deadlines, &connection::on_deadline, this),
      buffer_(std::make_unique_for_overwrite<char[]>(read_size)) {}

LLMX_DECL connection::~connection() { close(); }

LLMX_DECL void connection::on_deadline(void* self) noexcept {
    auto& c = *static_cast<connection*>(self);
    if (c.attempt_only_) c.close();
    else c.stop(c.limit_);
}

LLMX_DECL void connection::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

LLMX_DECL void connection::release() noexcept {
    stop_.reset();
    watcher_.never();
    memory_ = nullptr;
    owner_->take_back(*this);
}

LLMX_DECL bool connection::reusable() const {
    return !stopped_ && socket_.is_open() && first_piece_ == pieces_.size() && begin_ == end_ && reader_.done() &&
           reader_.keep_alive();
}

LLMX_DECL bool connection::peer_gone() noexcept {
    char byte = 0;
    boost::system::error_code ec;
    socket_.receive(boost::asio::buffer(&byte, 1), boost::asio::socket_base::message_peek, ec);
    return !detail::would_block(ec);
}

LLMX_DECL error connection::stopped() const {
    if (stopped_ == errc::connect_failed) return connect_failure("connect to", "timed out");
    return error(*stopped_);
}

LLMX_DECL bool connection::send(const http_request& request, const http_limits& limits) {
    deadline_ = limits.deadline;
    idle_ = limits.idle;
    max_body_ = limits.max_body;
    memory_ = limits.memory;
    read_by_ = time_point::max();
    begin_ = end_ = 0;
    reader_.begin(limits.max_header, request.method == "HEAD");
    watch(limits.first_byte_by, errc::first_token_timeout);

    detail::write_request_head(head_, request);
    first_piece_ = pieces_.size();
    // A short body is copied: one buffer costs the system less than several, and over TLS
    // each would become a record of its own.
    const bool joined = request.body_size() <= detail::joined_body;
    for (std::size_t i = 0; joined && i < request.body.size(); ++i) head_ += request.body[i];
    for (std::size_t i = request.body.size(); !joined && i-- > 0;)
        if (!request.body[i].empty())
            pieces_[--first_piece_] = boost::asio::const_buffer(request.body[i].data(), request.body[i].size());
    pieces_[--first_piece_] = boost::asio::const_buffer(head_.data(), head_.size());
#if !defined(LLMX_NO_TLS)
    if (tls_) return false;
#endif
    // Written here and now: an asynchronous write would succeed at once too, but its
    // completion would first go round the event loop.
    boost::system::error_code ec;
    const std::size_t n = joined ? socket_.write_some(pieces_[first_piece_], ec) : socket_.write_some(unsent(), ec);
    if (!ec) sent(n);
    return first_piece_ == pieces_.size() || (ec && !detail::would_block(ec));
}

LLMX_DECL void connection::sent(std::size_t bytes) noexcept {
    while (first_piece_ < pieces_.size()) {
        boost::asio::const_buffer& b = pieces_[first_piece_];
        const std::size_t n = std::min(bytes, b.size());
        b += n;
        bytes -= n;
        if (b.size() != 0) return;
        ++first_piece_;
    }
}

LLMX_DECL boost::asio::awaitable<void> connection::flush() {
    while (first_piece_ < pieces_.size() && !stopped_) {
        std::tuple<boost::system::error_code, std::size_t> done;
#if !defined(LLMX_NO_TLS)
        if (tls_) done = co_await tls_->async_write_some(unsent(), boost::asio::as_tuple(boost::asio::deferred));
        else
#endif
            done = co_await socket_.async_write_some(unsent(), boost::asio::as_tuple(boost::asio::deferred));
        if (std::get<0>(done)) co_return;
        sent(std::get<1>(done));
    }
}

LLMX_DECL result<void> connection::make_room() {
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

LLMX_DECL result<void> connection::received(const boost::system::error_code& ec, std::size_t n) {
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

LLMX_DECL boost::asio::awaitable<result<void>> connection::fill() {
    if (result<void> ready = make_room(); !ready) co_return ready.error();
    std::tuple<boost::system::error_code, std::size_t> got;
#if !defined(LLMX_NO_TLS)
    if (tls_) got = co_await tls_->async_read_some(room(), boost::asio::as_tuple(boost::asio::deferred));
    else
#endif
        got = co_await async_receive();
    co_return received(std::get<0>(got), std::get<1>(got));
}

LLMX_DECL error connection::read_failure(const boost::system::error_code& ec) {
    if (ec == boost::asio::error::operation_aborted) return error(errc::cancelled);
    const bool clean = ec == boost::asio::error::eof;
    const errc what = reader_.started() ? errc::truncated : errc::connection_lost;
    return error(what, name_ + (clean ? " closed the connection" : ": " + ec.message()) +
                           (reader_.started() ? " before the end of its answer" : " before it answered"));
}

LLMX_DECL connection::found connection::decode(std::string_view& body, error& fault) {
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

LLMX_DECL boost::asio::awaitable<result<std::string_view>> connection::read_some() {
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

LLMX_DECL error connection::no_memory() {
    close();
    error e(errc::shed, "the gateway has no memory for the provider's answer now; try again later");
    return e.with_retry_after(std::chrono::seconds(1));
}

LLMX_DECL result<void> connection::take(std::string_view body, std::string& out) {
    if (body.size() > max_body_) {
        close();
        return error(errc::bad_response, "the answer is larger than the limit");
    }
    max_body_ -= body.size();
    if (!append_within(memory_, out, body)) return no_memory();
    return success();
}

LLMX_DECL result<bool> connection::take_rest(std::string& out) {
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

LLMX_DECL boost::asio::awaitable<result<void>> connection::read_all(std::string& out) {
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

} // namespace llmx::inline v0
