// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/detail/exceptions.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/core.hpp>
#include <llmx/server/cors.hpp>
#include <llmx/server/impl/upgrade_request.ipp>
#include <llmx/server/response_head.hpp>
#include <llmx/wire/detail/text_writer.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <span>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] boost::asio::const_buffer buffer_of(std::string_view bytes) noexcept {
    return boost::asio::const_buffer(bytes.data(), bytes.size());
}

/// Bytes written before other calls have their turn: a client that reads as fast as this would
/// else keep the thread for as long as an answer is large.
inline constexpr std::size_t write_turn = 1024 * 1024;

} // namespace detail

LLMX_DECL std::size_t LLMX_OF(server_connection)::write_several(std::size_t most, boost::system::error_code& ec) noexcept {
    std::array<boost::asio::const_buffer, 4> now;
    std::size_t count = 0;
    for (; count != out_count_ && most != 0; most -= now[count++].size())
        now[count] = boost::asio::buffer(out_[count], most);
    return socket_.write_some(std::span<const boost::asio::const_buffer>(now.data(), count), ec);
}

LLMX_DECL typename LLMX_OF(server_connection)::progress LLMX_OF(server_connection)::try_write() noexcept {
    boost::system::error_code ec;
    if (broken_) return progress::broken;
    std::size_t left = detail::write_turn;
    while (out_count_ != 0) {
        if (left == 0) return progress::blocked;
        // One buffer goes out with send(), several with sendmsg(), which costs more.
        std::size_t n = out_count_ == 1 ? socket_.write_some(boost::asio::buffer(out_[0], left), ec)
                                        : write_several(left, ec);
        if (ec == boost::asio::error::would_block) return progress::blocked;
        if (ec) return progress::broken;
        left -= std::min(left, n);
        std::size_t whole = 0;
        while (whole != out_count_ && n >= out_[whole].size()) n -= out_[whole++].size();
        for (std::size_t i = whole; i != out_count_; ++i) out_[i - whole] = out_[i];
        out_count_ -= whole;
        if (out_count_ != 0) out_[0] += n;
    }
    return progress::done;
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::write_out() {
    progress p = try_write();
    if (p == progress::blocked) {
        const phase before = phase_;
        phase_ = phase::writing;
        // Not reading an answer must not protect a client without a key.
        const bool spared = !known_ && spare_in_ == nullptr;
        if (spared) spare();
        const duration patience = core_->options().write_timeout;
        const time_point over = core_->on->now() + patience + at_min_rate(boost::asio::buffer_size(unwritten()));
        while (p == progress::blocked) {
            expire_in(std::min(patience, over - core_->on->now()));
            const auto got =
                co_await socket_.async_wait(server_socket::wait_write, boost::asio::as_tuple(boost::asio::deferred));
            p = std::get<0>(got) ? progress::broken : try_write();
        }
        phase_ = before;
        if (spared) core_->keep(*this);
        timer_.never();
        // A slow write has lasted for longer than the check waits.
        if (before == phase::calling) watch_client();
    }
    head_out_.clear();
    if (!ping_.empty()) {
        wrote_at_ = core_->on->now();
        // A slow write has used the timer.
        if (p == progress::done && timer_.expiry() == time_point::max())
            timer_.expires_at(wrote_at_ + core_->options().stream_ping_interval);
    }
    if (p == progress::done) co_return true;
    must_close_ = broken_ = true;
    if (!failed_) {
        failure_ = error(errc::cancelled, "the client went away before it had the answer");
        failed_ = true;
    }
    client_gone();
    co_return false;
}

LLMX_DECL void LLMX_OF(server_connection)::begin_head(int status, std::string_view content_type) {
    status_ = status;
    answered_ = true;
    // Whether the request's framing can be trusted to have ended is known now.
    const bool whole = request_whole();
    const http_request_head& request = reader_.head();
    if (!whole || refused_ || core_->draining() || !request.keep_alive) must_close_ = true;
    head_out_.clear();
    append_status_line(head_out_, status);
    detail::text_memory memory;
    detail::text_writer w(head_out_, memory);
    if (!content_type.empty()) w.raw("content-type: ").copy(content_type).raw("\r\n");
    w.raw("date: ").copy(core_->date.at(core_->on->unix_seconds()));
    if (must_close_) w.raw("\r\nconnection: close");
    else if (request.version < 11) w.raw("\r\nconnection: keep-alive");
    w.raw("\r\nx-request-id: ").copy(context_->request_id).raw("\r\n");
    // Anthropic's SDKs read the id from a field of this name, and expect the one of the error's body in it.
    if (detail::reads_request_id(language_))
        w.field("request-id: ", failed_ ? std::string_view(failure_.request_id()) : std::string_view(context_->request_id));
    if (detail::reads_amzn_fields(language_)) w.field("x-amzn-requestid: ", context_->request_id);
    w.copy(fields_);
    w.spill();
}

LLMX_DECL bool LLMX_OF(server_connection)::try_reply(int status, std::string_view content_type, std::string_view body) {
    begin_head(status, content_type);
    append_field(head_out_, "content-length", static_cast<std::uint64_t>(body.size()));
    head_out_ += "\r\n";
    out_[0] = detail::buffer_of(head_out_);
    out_count_ = 1;
    // The answer to HEAD has the fields of GET's and no body (RFC 9110 section 9.3.2).
    if (!body.empty() && reader_.head().method != "HEAD") {
        // Copying a small body costs less than a second buffer costs the kernel.
        constexpr std::size_t small = 4096;
        if (body.size() <= small) {
            head_out_ += body;
            out_[0] = detail::buffer_of(head_out_);
        } else {
            out_[out_count_++] = detail::buffer_of(body);
        }
        bytes_out_ = body.size();
    }
    return try_write() == progress::done;
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::reply(int status, std::string_view content_type,
                                                                std::string_view body) {
    if (try_reply(status, content_type, body)) co_return true;
    const bool written = co_await write_out();
    co_return written;
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::fail(const error& e) {
    ping_ = std::string_view(); // nothing goes out behind the answer
    if (answered_) {
        // A head cannot be sent twice.
        co_await cut_stream(std::string_view(), e);
        co_return false;
    }
    failure_ = explained(e);
    failed_ = true;
    if (context_->started == time_point()) context_->started = core_->on->now();
    if (const auto wait = failure_.retry_after()) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
        if (seconds >= 0) append_field(fields_, "retry-after", static_cast<std::uint64_t>(seconds));
    } else if (failure_.value() == errc::shed) {
        // How long an overload lasts is unknown.
        append_field(fields_, "retry-after", std::uint64_t{1});
    }
    if (failure_.value() == errc::authentication && failure_.provider().empty())
        append_field(fields_, "www-authenticate", std::string_view("Bearer"));
    if (failure_.value() == errc::method_not_allowed) detail::append_allow(fields_, match_.allow);
    if (detail::reads_amzn_fields(language_)) append_field(fields_, "x-amzn-errortype", detail::bedrock_exception_of(failure_.value()));
    scratch_.clear();
    write_error_(failure_, scratch_);
    if (try_reply(failure_.http_status(), "application/json", scratch_)) co_return true;
    const bool written = co_await write_out();
    co_return written;
}

LLMX_DECL bool LLMX_OF(server_connection)::takes_trailers() const noexcept {
    if (reader_.head().version < 11) return false;
    bool takes = false;
    detail::for_each_listed(reader_.head(), "te", [&takes](std::string_view t) { takes |= iequals(t, "trailers"); });
    return takes;
}

LLMX_DECL error LLMX_OF(server_connection)::explained(const error& e) const {
    error told = e;
    // Not the client's doing, and another gateway may serve it.
    if (e.value() == errc::cancelled && !gone_ && core_->cancelling())
        told = error(errc::shed, "the gateway is shutting down").with_retry_after(std::chrono::seconds(1));
    if (told.request_id().empty() && detail::reads_request_id(language_)) told.with_request_id(context_->request_id);
    return told;
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::reply_options(bool path_exists) {
    context_->started = core_->on->now();
    if (!core_->options().cors_origins->empty()) detail::append_preflight_fields(fields_, reader_.head(), match_.allow);
    if (path_exists) detail::append_allow(fields_, match_.allow);
    begin_head(204, std::string_view());
    head_out_ += "\r\n";
    out_[0] = detail::buffer_of(head_out_);
    out_count_ = 1;
    const bool written = co_await write_out();
    co_return written;
}

LLMX_DECL void LLMX_OF(server_connection)::begin_stream(std::string_view content_type) {
    chunked_ = reader_.head().version >= 11;
    // Without chunks the end of the connection is the end of the answer.
    if (!chunked_) must_close_ = true;
    begin_head(200, content_type);
    fields_.clear();
    // nginx would collect what it passes on, and send it when a buffer is full.
    head_out_ += "cache-control: no-cache\r\nx-accel-buffering: no\r\n";
    head_out_ += chunked_ ? std::string_view("transfer-encoding: chunked\r\n\r\n") : std::string_view("\r\n");
}

LLMX_DECL void LLMX_OF(server_connection)::begin_passed(int status, std::string_view answered, std::optional<std::uint64_t> length) {
    const http_request_head& request = reader_.head();
    const bool empty = status == 204 || status == 304 || request.method == "HEAD";
    chunked_ = !empty && !length && request.version >= 11;
    status_ = status;
    answered_ = true;
    if (!empty && !length && !chunked_) must_close_ = true;
    const bool whole = request_whole();
    if (!whole || refused_ || core_->draining() || !request.keep_alive) must_close_ = true;
    head_out_.clear();
    append_status_line(head_out_, status);
    head_out_ += answered;
    if (must_close_) append_field(head_out_, "connection", std::string_view("close"));
    else if (request.version < 11) append_field(head_out_, "connection", std::string_view("keep-alive"));
    head_out_ += fields_;
    fields_.clear();
    if (length && status != 204) append_field(head_out_, "content-length", *length);
    head_out_ += chunked_ ? std::string_view("transfer-encoding: chunked\r\n\r\n") : std::string_view("\r\n");
}

LLMX_DECL void LLMX_OF(server_connection)::append_chunk(std::string_view bytes) {
    bytes_out_ += bytes.size();
    if (!chunked_) {
        head_out_ += bytes;
        return;
    }
    const auto digits = std::to_chars(chunk_size_.data(), chunk_size_.data() + 16, bytes.size(), 16);
    head_out_.append(chunk_size_.data(), digits.ptr).append("\r\n").append(bytes).append("\r\n");
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::write(std::string_view bytes) {
    out_count_ = 0;
    if (!head_out_.empty()) out_[out_count_++] = detail::buffer_of(head_out_);
    if (!bytes.empty()) {
        bytes_out_ += bytes.size();
        if (chunked_) {
            const auto digits = std::to_chars(chunk_size_.data(), chunk_size_.data() + 16, bytes.size(), 16);
            digits.ptr[0] = '\r';
            digits.ptr[1] = '\n';
            const auto length = static_cast<std::size_t>(digits.ptr + 2 - chunk_size_.data());
            out_[out_count_++] = boost::asio::const_buffer(chunk_size_.data(), length);
        }
        out_[out_count_++] = detail::buffer_of(bytes);
        if (chunked_) out_[out_count_++] = detail::buffer_of("\r\n");
    }
    const bool written = co_await write_out();
    co_return written;
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::end_stream() {
    ping_ = std::string_view();
    out_count_ = 0;
    if (!head_out_.empty()) out_[out_count_++] = detail::buffer_of(head_out_);
    if (chunked_ && !fields_.empty() && takes_trailers()) {
        out_[out_count_++] = detail::buffer_of("0\r\n");
        out_[out_count_++] = detail::buffer_of(fields_);
        out_[out_count_++] = detail::buffer_of("\r\n");
    } else if (chunked_) {
        out_[out_count_++] = detail::buffer_of("0\r\n\r\n");
    }
    const bool written = co_await write_out();
    co_return written;
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(server_connection)::cut_stream(std::string_view last_words,
                                                                     const error& why) {
    ping_ = std::string_view();
    failure_ = explained(why);
    failed_ = true;
    must_close_ = true;
    if (!last_words.empty() || !head_out_.empty()) (void)co_await write(last_words);
    // A client of HTTP/1.0 takes any orderly end of the connection for the end of the answer.
    if (!chunked_) reset_ = true;
}

} // namespace llmx::inline LLMX_ABI
