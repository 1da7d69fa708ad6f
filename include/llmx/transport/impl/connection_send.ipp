// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>
#include <llmx/transport/detail/upload.hpp>
#include <llmx/wire/detail/text_writer.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Length of what the source of \p request gives; nothing when that is not known.
LLMX_DECL [[nodiscard]] std::optional<std::uint64_t> pulled_size(const http_request& request) noexcept {
    if (request.source != nullptr) return request.source->size();
    return std::uint64_t(0);
}

/// The request line and header section of \p request, written over \p head; for the proxy \p via when there is one.
LLMX_DECL void write_request_head(std::string& head, const http_request& request, const http_proxy* via) {
    head.clear();
    text_memory memory;
    text_writer w(head, memory);
    w.copy(request.method).raw(" ");
    if (via != nullptr) w.raw("http://").copy(request.to->authority);
    if (request.target.empty()) w.raw("/");
    w.copy(request.target).raw(" HTTP/1.1\r\nHost: ").copy(request.to->authority).raw("\r\n").copy(request.fields);
    // RFC 9110 section 8.6: a length of 0 is only sent where a body is expected.
    const std::size_t size = request.body_size();
    const std::optional<std::uint64_t> more = pulled_size(request);
    if (!more) w.raw("Transfer-Encoding: chunked\r\n");
    else if (size + *more != 0 || (request.method != "GET" && request.method != "HEAD"))
        w.raw("Content-Length: ").number(size + *more).raw("\r\n");
    if (via != nullptr) {
        w.spill();
        append_proxy_authorization(head, *via);
    }
    w.raw("\r\n");
    w.spill();
    if (more || size == 0) return;
    // The pieces are the first chunk, whose end comes with the beginning of the next.
    char digits[16];
    head.append(digits, std::to_chars(digits, digits + sizeof digits, size, 16).ptr);
    head += "\r\n";
}

/// Bodies up to this size travel in one buffer with the head.
inline constexpr std::size_t joined_body = 4096;

/// POSIX lets the two differ.
LLMX_DECL [[nodiscard]] bool would_block(const boost::system::error_code& ec) noexcept {
    return ec == boost::asio::error::would_block || ec == boost::asio::error::try_again;
}

} // namespace detail

LLMX_DECL typename LLMX_OF(connection)::unread LLMX_OF(connection)::look() noexcept {
    if (begin_ != end_) {
        sent_unasked = true;
        return unread::bytes;
    }
    char byte = 0;
    boost::system::error_code ec;
#if !defined(LLMX_NO_TLS)
    if (tls_) {
        // A peek at the socket would not do: what came in one segment with the answer is in the
        // stream's buffers already. One of the reads must find the socket empty: three of 17 KiB are
        // more than a peer has to send of TLS itself, whose two session tickets (RFC 8446 section 4.6.1)
        // may come in a segment each while this looks.
        below_tls_.allow(4);
        const std::size_t n = tls_->read_some(boost::asio::buffer(&byte, 1), ec);
        if (n == 0 && (!detail::would_block(ec) || below_tls_.torn())) return unread::end;
        // The beginning of a record is in OpenSSL's buffer and no data yet.
        if (n == 0 && below_tls_.drained() && !detail::tls_holds_bytes(tls_->native_handle())) return unread::nothing;
        sent_unasked = true;
        return unread::bytes;
    }
#endif
    socket_.receive(boost::asio::buffer(&byte, 1), boost::asio::socket_base::message_peek, ec);
    if (detail::would_block(ec)) return unread::nothing;
    if (ec) return unread::end;
    sent_unasked = true;
    return unread::bytes;
}

LLMX_DECL typename LLMX_OF(connection)::unread LLMX_OF(connection)::look_behind_answer() noexcept {
#if !defined(LLMX_NO_TLS)
    if (tls_ && detail::tls_holds_bytes(tls_->native_handle())) return look();
#endif
    return begin_ == end_ ? unread::nothing : look();
}

LLMX_DECL void LLMX_OF(connection)::prepare(const http_request& request, bool joined) {
    detail::write_request_head(head_, request, absolute_);
    // A short body is copied: one buffer costs the system less than several, and over TLS
    // each would become a record of its own.
    if (joined)
        for (const std::string_view piece : request.body) head_ += piece;
    pieces_.clear();
    first_piece_ = 0;
    pieces_.emplace_back(head_.data(), head_.size());
    if (joined) return;
    for (const std::string_view piece : request.body) pieces_.emplace_back(piece.data(), piece.size());
}

LLMX_DECL typename LLMX_OF(connection)::unread LLMX_OF(connection)::send(const http_request& request, const http_limits& limits) {
    deadline_ = limits.deadline;
    idle_ = limits.idle;
    max_body_ = limits.max_body;
    memory_ = limits.memory;
    read_by_ = time_point::max();
    begun_ = false;
    partial_ = request.source != nullptr;
    reader_.begin(limits.max_header, request.method == "HEAD");
    watch(limits.first_byte_by, errc::first_token_timeout);
    const bool joined = request.body_size() <= detail::joined_body;
    prepare(request, joined);

    // Directly before the first byte is written: what a peer sent before that is no answer to this
    // request, and each answer after it would be the one to the request before.
    const unread before = stopped_ ? unread::nothing : look();
    if (before == unread::bytes || (before == unread::end && reused)) {
        stop_.reset();
        watcher_.never();
        close();
        return before;
    }
    begin_ = end_ = 0;
    if (!encrypted()) {
        // Written here and now: an asynchronous write would succeed at once too, but its
        // completion would first go round the event loop.
        boost::system::error_code ec;
        sent(joined ? socket_.write_some(pieces_[first_piece_], ec) : socket_.write_some(unsent(), ec));
        if (first_piece_ == pieces_.size() || (ec && !detail::would_block(ec))) return unread::nothing;
    }
    write_on();
    return unread::nothing;
}

LLMX_DECL void LLMX_OF(connection)::sent(std::size_t bytes) noexcept {
    if (bytes != 0) begun_ = true;
    while (first_piece_ < pieces_.size()) {
        boost::asio::const_buffer& b = pieces_[first_piece_];
        const std::size_t n = std::min(bytes, b.size());
        b += n;
        bytes -= n;
        if (b.size() != 0) return;
        ++first_piece_;
    }
}

LLMX_DECL void LLMX_OF(connection)::write_on() {
    writing_ = true;
    // Its completion runs before that of a read of the answer: the write is given to the socket first.
#if !defined(LLMX_NO_TLS)
    if (tls_) {
        tls_->async_write_some(unsent(), writer(*this));
        return;
    }
#endif
    socket_.async_write_some(unsent(), writer(*this));
}

LLMX_DECL bool LLMX_OF(connection)::end_write() noexcept {
    writing_ = false;
    if (until_written_ != nullptr) until_written_->cancel();
    if (orphan_) delete this;
    else return true;
    return false;
}

LLMX_DECL void LLMX_OF(connection)::wrote(const boost::system::error_code& ec, std::size_t n) {
    if (!end_write()) return;
    if (!ec && !stopped_) {
        sent(n);
        if (first_piece_ < pieces_.size() && !refused_early()) return write_on();
    }
    if (upload_ != nullptr) upload_->wrote();
}

LLMX_DECL std::shared_ptr<detail::upload> LLMX_OF(connection)::upload(const http_request& request) {
    const bool in_chunk = request.body_size() != 0;
    return detail::upload::begin(*this, *request.source, in_chunk);
}

LLMX_DECL void LLMX_OF(connection)::write_more(std::span<const boost::asio::const_buffer> pieces) {
    pieces_.assign(pieces.begin(), pieces.end());
    first_piece_ = 0;
    write_on();
}

LLMX_DECL error LLMX_OF(connection)::unasked() {
    sent_unasked = true;
    close();
    // On a kept connection it may be the answer to an earlier request, and another connection may be tried.
    return error(reused ? errc::connection_lost : errc::bad_response,
                 name_ + " sent an answer before it was sent a request");
}

} // namespace llmx::inline LLMX_ABI
