// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL error LLMX_OF(connection)::connect_failure(std::string_view what, std::string_view why) const {
    std::string message = "cannot ";
    message += what;
    message += ' ';
    message += name_;
    message += ": ";
    message += why;
    return error(errc::connect_failed, std::move(message));
}

LLMX_DECL boost::asio::awaitable<result<void>>
LLMX_OF(connection)::connect(const origin& to, std::span<const boost::asio::ip::address> addresses, time_point connect_by,
                    const http_limits& limits, detail::tls_context* tls, const http_proxy* via, bool tunnelled) {
    name_ = via != nullptr ? "proxy " + via->where.authority : to.authority;
    const std::uint16_t port = via != nullptr ? via->where.port : to.port;
    deadline_ = limits.deadline;
    const bool reply_first = limits.first_byte_by < connect_by;
    const time_point until = std::min(limits.first_byte_by, connect_by);
    const errc limit = reply_first ? errc::first_token_timeout : errc::connect_failed;

    boost::system::error_code ec = boost::asio::error::host_not_found;
    for (std::size_t i = 0; i < addresses.size() && ec; ++i) {
        if (stopped_) co_return stopped();
        const boost::asio::ip::tcp::endpoint endpoint(addresses[i], port);
        socket_.open(endpoint.protocol(), ec);
        if (ec == boost::asio::error::no_descriptors && owner_->free_descriptor()) socket_.open(endpoint.protocol(), ec);
        if (ec) continue;
        // An address that swallows packets must leave time for the next.
        const time_point now = clock::now();
        const std::size_t left = addresses.size() - i;
        time_point attempt_by = until;
        if (left > 1 && until > now && until != time_point::max())
            attempt_by = now + (until - now) / static_cast<duration::rep>(left);
        watch(attempt_by, limit);
        attempt_only_ = left > 1 && attempt_by < deadline_ && attempt_by < until;
        const std::tuple<boost::system::error_code> done =
            co_await socket_.async_connect(endpoint, boost::asio::as_tuple(boost::asio::deferred));
        ec = std::get<0>(done);
        if (stopped_) co_return stopped();
        // A deadline may have closed the socket while the good news was under way.
        const bool timed_out = attempt_only_ && watcher_.expiry() == time_point::max();
        attempt_only_ = false;
        if (ec == boost::asio::error::operation_aborted && !timed_out) co_return error(errc::cancelled);
        if (timed_out) ec = boost::asio::error::timed_out;
        if (ec) close();
    }
    if (ec) co_return connect_failure("connect to", ec.message());

    watch(until, limit);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ec);
    if (!ec) socket_.non_blocking(true, ec);
    if (ec) co_return connect_failure("connect to", ec.message());
    if (via != nullptr) {
        if (!to.tls && !tunnelled) {
            absolute_ = via;
        } else if (const result<void> opened = co_await open_through(to, *via, limits.max_header); !opened) {
            close();
            co_return opened.error();
        }
        name_ = to.authority;
    }
    if (!to.tls) co_return success();
    const result<void> shaken = co_await handshake(to, tls);
    if (!shaken) close();
    co_return shaken;
}

#if defined(LLMX_NO_TLS)
LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(connection)::handshake(const origin&, detail::tls_context*) {
    co_return error(errc::bad_configuration, "https is not available: this program was built with LLMX_NO_TLS");
}
#else
LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(connection)::handshake(const origin& to, detail::tls_context* tls) {
    tls_.emplace(below_tls_, *tls);
    SSL* const ssl = tls_->native_handle();
    const bool verify = SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE;
    const result<void> ready = detail::tls_expect_peer(ssl, to.host, verify, *session);
    if (!ready) co_return ready.error();
    const std::tuple<boost::system::error_code> done = co_await tls_->async_handshake(
        boost::asio::ssl::stream_base::client, boost::asio::as_tuple(boost::asio::deferred));
    const boost::system::error_code ec = std::get<0>(done);
    if (stopped_) co_return stopped();
    if (ec == boost::asio::error::operation_aborted) co_return error(errc::cancelled);
    if (ec) co_return connect_failure("establish TLS with", detail::tls_failure(ssl, ec));
    co_return detail::tls_check_pins(ssl, to.host, *session);
}
#endif

} // namespace llmx::inline LLMX_ABI
