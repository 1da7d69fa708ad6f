// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <tuple>

namespace llmx::inline LLMX_ABI {

LLMX_DECL void LLMX_OF(connection)::watch_idle() noexcept {
    watch(idle_ == duration::max() ? time_point::max() : clock::now() + idle_, errc::idle_timeout);
}

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(connection)::read_raw() {
    if (stopped_) co_return stopped();
    if (begin_ != end_) {
        // What came with the head.
        const std::string_view early(buffer_.get() + begin_, end_ - begin_);
        begin_ = end_ = 0;
        watch_idle();
        co_return early;
    }
    if (ended_) co_return std::string_view();
    begin_ = end_ = 0;
    watch_idle();
    std::tuple<boost::system::error_code, std::size_t> got;
#if !defined(LLMX_NO_TLS)
    if (tls_) got = co_await tls_->async_read_some(room(), boost::asio::as_tuple(boost::asio::deferred));
    else
#endif
        got = co_await async_receive();
    const boost::system::error_code ec = std::get<0>(got);
    if (stopped_) co_return stopped();
    watch_idle();
    if (ec == boost::asio::error::eof) {
        ended_ = true;
        co_return std::string_view();
    }
    if (ec) {
        error e = read_failure(ec);
        stop(e.value());
        co_return e;
    }
    co_return std::string_view(buffer_.get(), std::get<1>(got));
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(connection)::write_raw(std::string_view bytes) {
    while (!bytes.empty()) {
        if (stopped_) co_return stopped();
        watch_idle();
        const boost::asio::const_buffer left(bytes.data(), bytes.size());
        std::tuple<boost::system::error_code, std::size_t> put;
#if !defined(LLMX_NO_TLS)
        if (tls_) put = co_await tls_->async_write_some(left, boost::asio::as_tuple(boost::asio::deferred));
        else
#endif
            put = co_await socket_.async_write_some(left, boost::asio::as_tuple(boost::asio::deferred));
        if (stopped_) co_return stopped();
        watch_idle();
        if (std::get<0>(put)) {
            // What the peer has sent before may still be read.
            co_return error(errc::truncated, name_ + ": " + std::get<0>(put).message());
        }
        bytes.remove_prefix(std::get<1>(put));
    }
    co_return success();
}

LLMX_DECL void LLMX_OF(connection)::finish_raw() noexcept {
    boost::system::error_code ignored;
    if (!encrypted()) socket_.shutdown(socket_type::shutdown_send, ignored);
}

} // namespace llmx::inline LLMX_ABI
