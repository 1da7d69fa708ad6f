// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/upgraded.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/transport/impl/http_pool.ipp>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL boost::asio::awaitable<result<connection_ptr>>
LLMX_OF(pool_core)::open_apart(const http_request& request, const http_limits& limits, cancellation& stop) {
    const result<tls_context*> tls = tls_for(request);
    if (!tls) co_return tls.error();
    const time_point connect_by = std::min(limits.connect_by, clock::now() + options_.connect_timeout);
    const origin& to = *request.to;
    const http_proxy* const via = proxy_by(request.rules.get(), options_.proxies, to);
    const result<ip_addresses> addresses = co_await look_up(request, via, limits, connect_by, stop);
    if (!addresses) co_return addresses.error();
    auto alone = std::make_unique<lone_owner>(boost::intrusive_ptr<pool_core>(this), request.rules);
    connection_ptr c(new connection(on_, deadlines_, *alone));
#if !defined(LLMX_NO_TLS)
    c->session = &alone->session;
#endif
    (void)alone.release();
    c->use_for(stop);
    const std::span<const boost::asio::ip::address> all(**addresses);
    const result<void> connected = co_await c->connect(to, all, connect_by, limits, *tls, via, true);
    if (!connected) co_return connected.error();
    co_return c;
}

/// The coroutine of `http_pool::open_tunnel`, which may outlive the pool.
LLMX_DECL boost::asio::awaitable<result<tunnel_response>> open_tunnel_over(boost::intrusive_ptr<pool_core> core,
                                                                           const http_request& request,
                                                                           const http_limits& limits,
                                                                           cancellation& stop) {
    if (const result<void> may = check_exchange(request, limits, stop, clock::now()); !may) co_return may.error();
    if (request.source != nullptr)
        co_return error(errc::invalid_request, "a request for an upgrade has no body to be pulled");
    result<connection_ptr> opened = co_await core->open_apart(request, limits, stop);
    if (!opened) co_return opened.error();
    connection_ptr c = std::move(*opened);
    if (c->send(request, limits) != connection::unread::nothing) co_return c->unasked();
    c->expect_upgrade();
    result<void> read = success();
    while (read && !c->head_done()) read = co_await c->fill();
    if (!read) co_return read.error();
    tunnel_response answer;
    answer.status = c->status();
    answer.fields = c->fields();
    if (answer.status == 101) answer.tunnel = std::make_unique<upgraded>(std::move(c));
    else answer.body.reset(c.release());
    co_return answer;
}

} // namespace detail

LLMX_DECL boost::asio::awaitable<result<tunnel_response>>
LLMX_OF(http_pool)::open_tunnel(const http_request& request, const http_limits& limits, cancellation& stop) {
    return detail::open_tunnel_over(core_, request, limits, stop);
}

} // namespace llmx::inline LLMX_ABI
