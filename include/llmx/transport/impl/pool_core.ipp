// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/pool_core.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// A call in line for a connection. Passes on what it was given but could not use.
LLMX_DECL struct basic_pool_waiter : pool_waiter_base {
    using timer_type = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>,
                                                         boost::asio::io_context::executor_type>;
    basic_pool_waiter(pool_core& p, pool_host& h, boost::asio::io_context& io, time_point until)
        : pool(&p), host(&h), timer(io, until) {
        h.waiters.push_back(*this);
    }
    basic_pool_waiter(const basic_pool_waiter&) = delete;
    basic_pool_waiter& operator=(const basic_pool_waiter&) = delete;
    ~basic_pool_waiter() {
        if (has_place) pool->give_place(*host);
        if (!in_line) return;
        host->waiters.remove(*this);
        pool->forget_if_unused(*host);
        // A connection that was handed over goes back with `given`.
    }
    void wake() noexcept {
        host->waiters.remove(*this);
        in_line = false;
        timer.cancel();
    }
    static void on_cancel(void* self) noexcept { static_cast<pool_waiter*>(self)->timer.cancel(); }

    pool_core* pool;
    pool_host* host;
    timer_type timer;
    connection_ptr given;
    bool has_place = false;
    bool in_line = true;
};
using pool_waiter = LLMX_PLAIN(basic_pool_waiter);

LLMX_DECL LLMX_OF(pool_core)::basic_pool_core(io_executor on, http_pool_options options)
    : on_(std::move(on)), io_(on_.context()), options_(std::move(options)), deadlines_(on_),
      sweep_(deadlines_, &LLMX_OF(pool_core)::on_sweep, this, true), dns_(on_, options_.dns_ttl) {
#if !defined(LLMX_NO_TLS)
    if (!options_.tls) options_.tls = std::make_shared<tls_client>();
#endif
}

LLMX_DECL LLMX_OF(pool_core)::~basic_pool_core() { close(); }

LLMX_DECL void LLMX_OF(pool_core)::close() noexcept {
    closed_ = true;
    while (connection* const c = idle_.front()) {
        unlink_idle(*c);
        discard(*c);
    }
    for (auto& [where, host] : hosts_)
        while (pool_waiter_base* const w = host.waiters.front()) static_cast<pool_waiter*>(w)->wake();
}

LLMX_DECL http_pool_stats LLMX_OF(pool_core)::stats() const noexcept {
    http_pool_stats s = stats_;
    s.idle = idle_.size();
    s.hosts = hosts_.size();
    for (const auto& [where, host] : hosts_) {
        s.open += host.open;
        s.waiting += host.waiters.size();
    }
    return s;
}

LLMX_DECL pool_host& LLMX_OF(pool_core)::host_of(const http_request& request) {
    auto at = hosts_.find(pool_place_view(request));
    if (at == hosts_.end()) at = hosts_.try_emplace(pool_place(*request.to, request.rules)).first;
    at->second.where = &at->first;
    return at->second;
}

LLMX_DECL void LLMX_OF(pool_core)::forget_if_unused(pool_host& h) noexcept {
    if (h.open != 0 || !h.waiters.empty()) return;
    const auto at = hosts_.find(*h.where);
    if (at != hosts_.end()) hosts_.erase(at);
}

LLMX_DECL void LLMX_OF(pool_core)::unlink_idle(connection& c) noexcept {
    idle_.remove(c);
    c.home->idle.remove(c);
}

LLMX_DECL void LLMX_OF(pool_core)::give_place(pool_host& h) noexcept {
    if (!h.waiters.empty()) {
        auto& w = static_cast<pool_waiter&>(*h.waiters.front());
        w.has_place = true;
        w.wake();
        return;
    }
    --h.open;
    forget_if_unused(h);
}

LLMX_DECL void LLMX_OF(pool_core)::retire(connection& c) noexcept {
    if (c.sent_unasked) ++stats_.unasked;
    c.destroy();
}

LLMX_DECL void LLMX_OF(pool_core)::discard(connection& c) noexcept {
    pool_host& h = *c.home;
    retire(c);
    give_place(h);
}

LLMX_DECL connection_ptr LLMX_OF(pool_core)::take_idle(const http_request& request) noexcept {
    const auto at = hosts_.find(pool_place_view(request));
    if (at == hosts_.end() || at->second.idle.empty()) return connection_ptr();
    connection& c = *at->second.idle.front();
    unlink_idle(c);
    c.reused = true;
    intrusive_ptr_add_ref(this);
    return connection_ptr(&c);
}

LLMX_DECL void LLMX_OF(pool_core)::take_back(connection& c) noexcept {
    // The reference the lease held; it may be the last.
    const boost::intrusive_ptr<pool_core> lease(this, false);
    pool_host& h = *c.home;
    if (closed_ || !c.reusable()) return discard(c);
    // A waiter is given a connection only after a look at the socket as well; an idle one is looked at
    // when it is taken.
    const connection::unread left = h.waiters.empty() ? c.look_behind_answer() : c.look();
    if (left != connection::unread::nothing) return discard(c);
    if (!h.waiters.empty()) {
        auto& w = static_cast<pool_waiter&>(*h.waiters.front());
        intrusive_ptr_add_ref(this);
        c.reused = true;
        w.given.reset(&c);
        return w.wake();
    }
    connection* oldest = nullptr;
    if (h.idle.size() >= options_.max_idle_per_host) oldest = h.idle.back();
    else if (idle_.size() >= options_.max_idle) oldest = idle_.back();
    if (oldest != nullptr) {
        unlink_idle(*oldest);
        discard(*oldest);
    } else if (options_.max_idle_per_host == 0 || options_.max_idle == 0) {
        return discard(c);
    }
    c.idle_since = clock::now();
    h.idle.push_front(c);
    idle_.push_front(c);
    if (sweep_.expiry() == time_point::max()) sweep_.expires_at(c.idle_since + options_.idle_timeout);
}

LLMX_DECL bool LLMX_OF(pool_core)::free_descriptor() noexcept {
    connection* const oldest = idle_.back();
    if (oldest == nullptr) return false;
    unlink_idle(*oldest);
    discard(*oldest);
    return true;
}

LLMX_DECL void LLMX_OF(pool_core)::on_sweep(void* self) noexcept {
    auto& pool = *static_cast<pool_core*>(self);
    const time_point now = clock::now();
    while (connection* const c = pool.idle_.back()) {
        if (c->idle_since + pool.options_.idle_timeout > now) {
            pool.sweep_.expires_at(c->idle_since + pool.options_.idle_timeout);
            return;
        }
        pool.unlink_idle(*c);
        pool.discard(*c);
    }
}

LLMX_DECL boost::asio::awaitable<result<bool>> LLMX_OF(pool_core)::wait_in_line(pool_host& h, const http_limits& limits,
                                                                       cancellation& stop, connection_ptr& given) {
    if (h.waiters.size() >= options_.max_waiting_per_host)
        co_return error(errc::shed, "too many calls wait for a connection to " + h.where->where.authority);
    pool_waiter waiter(*this, h, io_, std::min(limits.deadline, limits.first_byte_by));
    const cancellation::registration registered(stop, &pool_waiter::on_cancel, &waiter);
    const std::tuple<boost::system::error_code> woken =
        co_await waiter.timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    if (stop.cancelled() || closed_) co_return error(errc::cancelled);
    if (waiter.given) {
        given = std::move(waiter.given);
        co_return false;
    }
    if (std::exchange(waiter.has_place, false)) co_return true;
    if (std::get<0>(woken)) co_return error(errc::cancelled);
    if (limits.deadline <= limits.first_byte_by) co_return error(errc::deadline_exceeded);
    co_return error(errc::first_token_timeout);
}

LLMX_DECL result<tls_context*> LLMX_OF(pool_core)::tls_for(const http_request& request) {
    if (!request.to->tls) return static_cast<tls_context*>(nullptr);
#if defined(LLMX_NO_TLS)
    return error(errc::bad_configuration, "https is not available: this program was built with LLMX_NO_TLS");
#else
    tls_client& client = request.rules != nullptr && request.rules->tls != nullptr ? *request.rules->tls : *options_.tls;
    const result<boost::asio::ssl::context*> context = client.context();
    if (!context) return context.error();
    return static_cast<tls_context*>(*context);
#endif
}

LLMX_DECL boost::asio::awaitable<result<ip_addresses>>
LLMX_OF(pool_core)::look_up(const http_request& request, const http_proxy* via, const http_limits& limits, time_point connect_by, cancellation& stop) {
    const time_point until = std::min(std::min(connect_by, limits.deadline), limits.first_byte_by);
    const std::string& host = via != nullptr ? via->where.host : request.to->host;
    result<ip_addresses> addresses = co_await dns_.resolve(host, until, stop);
    if (addresses) co_return allowed_addresses(request.rules.get(), *request.to, via, std::move(*addresses));
    if (addresses.error().value() != errc::connect_failed || until == connect_by || clock::now() < until)
        co_return addresses;
    if (limits.deadline <= limits.first_byte_by) co_return error(errc::deadline_exceeded);
    co_return error(errc::first_token_timeout);
}

LLMX_DECL boost::asio::awaitable<result<connection_ptr>> LLMX_OF(pool_core)::open(const http_request& request, const http_limits& limits,
                                                                         cancellation& stop,
                                                                         connection_ptr& dead) {
    const result<tls_context*> tls = tls_for(request);
    if (!tls) co_return tls.error();
    pool_host& h = host_of(request);
    if (dead) {
        // Its place is taken over below.
    } else if (h.open < options_.max_per_host) {
        ++h.open;
    } else {
        connection_ptr given;
        const result<bool> place = co_await wait_in_line(h, limits, stop, given);
        if (!place) co_return place.error();
        if (!*place) co_return given;
    }
    // From here on a place at `h` is ours; the connection takes it along when it is made.
    connection_ptr c(new connection(on_, deadlines_, *this));
    c->home = &h;
    // The reference that a lease holds goes with the place.
    if (dead) retire(*dead.release());
    else intrusive_ptr_add_ref(this);
#if !defined(LLMX_NO_TLS)
    c->session = &h.session;
#endif
    const time_point connect_by = std::min(limits.connect_by, clock::now() + options_.connect_timeout);
    const origin& to = *request.to;
    const http_proxy* const via = proxy_by(request.rules.get(), options_.proxies, to);
    const result<ip_addresses> addresses = co_await look_up(request, via, limits, connect_by, stop);
    if (!addresses) co_return addresses.error();
    c->use_for(stop);
    ++stats_.connects;
    const std::span<const boost::asio::ip::address> all(**addresses);
    const result<void> connected = co_await c->connect(to, all, connect_by, limits, *tls, via);
    if (!connected) co_return connected.error();
    co_return c;
}

} // namespace llmx::inline LLMX_ABI::detail
