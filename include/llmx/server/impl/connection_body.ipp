// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/connection.hpp>
#include <llmx/server/core.hpp>
#include <llmx/server/response_head.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(request_body)::read_some() {
    return connection_->read_body_some();
}

LLMX_DECL std::optional<std::uint64_t> LLMX_OF(request_body)::size() const noexcept {
    return connection_->reader_.declared_length();
}

LLMX_DECL bool LLMX_OF(server_connection)::open_body() {
    if (!reader_.announces_body()) return try_body();
    streamed_ = true;
    body_began_ = body_paused_ = core_->on->now();
    body_bytes_ = 0;
    return true;
}

LLMX_DECL result<std::string_view> LLMX_OF(server_connection)::take_body() {
    if (body_failure_) return *body_failure_;
    if (!streamed_) {
        if (std::exchange(body_given_, true)) return std::string_view();
        return body();
    }
    const result<std::string_view> piece = reader_.take_some();
    if (!piece) {
        body_failure_ = piece.error();
        must_close_ = true;
    }
    return piece;
}

LLMX_DECL void LLMX_OF(server_connection)::cancel_body_wait(void* self) noexcept {
    boost::system::error_code ignored;
    static_cast<server_connection*>(self)->socket_.cancel(ignored);
}

LLMX_DECL error LLMX_OF(server_connection)::body_wait_failed(const boost::system::error_code& ec) {
    if (context_->cancellation.cancelled()) return error(errc::cancelled);
    // Only this read was cancelled.
    if (ec == boost::asio::error::operation_aborted && !timed_out_) return error(errc::cancelled);
    must_close_ = true;
    if (timed_out_) {
        body_failure_ = error(errc::request_timeout, "the request body was not received in time");
    } else {
        body_failure_ = error(errc::cancelled, "the client went away before it had sent the whole request");
        client_gone();
    }
    return *body_failure_;
}

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(server_connection)::read_body_some() {
    for (;;) {
        const result<std::string_view> piece = take_body();
        if (!piece || !piece->empty() || reader_.where() == http_request_reader::stage::done) co_return piece;
        // Behind an answer the client does not wait for this any more.
        if (reader_.head().expects_continue && !std::exchange(continued_, true) && !answered_) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            out_[0] = boost::asio::const_buffer(go_on.data(), go_on.size());
            out_count_ = 1;
            const bool written = co_await write_out();
            if (!written) co_return body_failure_.emplace(errc::cancelled, "the client went away");
        }
        if (context_->cancellation.cancelled()) co_return error(errc::cancelled);
        // While a read is under way nothing else looks at the socket: see `client_readable`.
        phase_ = phase::body;
        body_began_ += core_->on->now() - body_paused_;
        expire_body();
        std::tuple<boost::system::error_code, std::size_t> got;
        {
            const cancellation::registration stop(context_->cancellation, &LLMX_OF(server_connection)::cancel_body_wait, this);
            got = co_await async_receive();
        }
        phase_ = phase::calling;
        body_paused_ = core_->on->now();
        if (watching_) timer_.never();
        else timer_.expires_at(body_paused_ + core_->options().hang_up_check);
        if (std::get<0>(got)) co_return body_wait_failed(std::get<0>(got));
        body_bytes_ += std::get<1>(got);
        reader_.commit(std::get<1>(got));
    }
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(server_connection)::decode_body(content_coding coding) {
    auto plain = std::make_unique<detail::plain_body>(memory());
    detail::LLMX_OF(body_decoding) work(reader_.body(), coding, core_->options().limits.max_body, *plain);
    const result<void> ran = co_await core_->on->offload(work, context_->cancellation);
    if (!ran) co_return ran.error();
    if (work.good) plain_ = std::move(plain);
    co_return work.good;
}

LLMX_DECL boost::asio::awaitable<bool> LLMX_OF(server_connection)::switch_protocols() {
    status_ = 101;
    answered_ = must_close_ = true;
    head_out_.clear();
    append_status_line(head_out_, 101);
    append_field(head_out_, "x-request-id", std::string_view(context_->request_id));
    head_out_ += fields_;
    head_out_ += "\r\n";
    out_[0] = boost::asio::const_buffer(head_out_.data(), head_out_.size());
    out_count_ = 1;
    const bool written = co_await write_out();
    co_return written;
}

LLMX_DECL taken_socket LLMX_OF(server_connection)::take_socket() noexcept {
    phase_ = phase::taken;
    status_ = 101;
    answered_ = must_close_ = true;
    timer_.never();
    return taken_socket(socket_, reader_.take_beyond());
}

} // namespace llmx::inline LLMX_ABI
