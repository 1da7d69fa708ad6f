// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <span>
#include <string>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(connection)::open_through(const origin& to, const http_proxy& via,
                                                                        std::size_t max_header) {
    const std::string target = detail::connect_target(to);
    head_ = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    detail::append_proxy_authorization(head_, via);
    head_ += "\r\n";
    for (std::string_view left = head_; !left.empty();) {
        const boost::asio::const_buffer bytes(left.data(), left.size());
        const std::tuple<boost::system::error_code, std::size_t> put =
            co_await socket_.async_write_some(bytes, boost::asio::as_tuple(boost::asio::deferred));
        if (stopped_) co_return stopped();
        if (std::get<0>(put) == boost::asio::error::operation_aborted) co_return error(errc::cancelled);
        if (std::get<0>(put)) co_return detail::proxy_failure(via, target, std::get<0>(put).message());
        left.remove_prefix(std::get<1>(put));
    }
    // What follows the head of a 2xx belongs to the tunnel, and the body of a refusal is of no use: none is read.
    reader_.begin(max_header, true);
    begin_ = end_ = 0;
    while (!reader_.header_done()) {
        if (const result<void> ready = make_room(); !ready) co_return detail::proxy_failure(via, target, ready.error().message());
        const std::tuple<boost::system::error_code, std::size_t> got = co_await async_receive();
        if (stopped_) co_return stopped();
        const boost::system::error_code ec = std::get<0>(got);
        if (ec == boost::asio::error::operation_aborted) co_return error(errc::cancelled);
        if (ec == boost::asio::error::eof) co_return detail::proxy_failure(via, target, "it closed the connection before it answered");
        if (ec) co_return detail::proxy_failure(via, target, ec.message());
        end_ += std::get<1>(got);
        const std::span<char> bytes(buffer_.get() + begin_, end_ - begin_);
        const result<http_reader::step> step = reader_.feed(bytes);
        if (!step) co_return detail::proxy_failure(via, target, step.error().message());
        begin_ += step->consumed;
    }
    const int status = reader_.status();
    if (status < 200 || status > 299) co_return detail::proxy_refusal(via, target, status);
    // The origin sends nothing before the client has begun.
    if (begin_ != end_) co_return detail::proxy_failure(via, target, "bytes came before anything was sent");
    begin_ = end_ = 0;
    co_return success();
}

} // namespace llmx::inline LLMX_ABI
