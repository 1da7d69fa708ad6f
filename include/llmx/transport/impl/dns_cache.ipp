// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/chain.hpp>
#include <llmx/transport/dns_cache.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <tuple>
#include <unordered_map>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A coroutine that waits for an answer. Its timer ends when it is woken, too.
struct dns_waiter {
    using timer_type = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>,
                                                         boost::asio::io_context::executor_type>;
    dns_waiter(boost::asio::io_context& io, time_point until) : timer(io, until) {}
    timer_type timer;
    ip_addresses found;
    boost::system::error_code failure;
    bool answered = false;
    chain_link<dns_waiter> link;
};

struct dns_name {
    dns_name() = default;
    ip_addresses found;
    time_point good_until{};
    bool asking = false;
    chain<dns_waiter, &dns_waiter::link> waiters;
};

struct dns_state : std::enable_shared_from_this<dns_state> {
    using protocol = boost::asio::ip::tcp;
    using resolver_type = boost::asio::ip::basic_resolver<protocol, boost::asio::io_context::executor_type>;

    dns_state(const io_executor& where, duration ttl)
        : on(where.executor()), io(where.context()), time_to_live(ttl), resolver(io) {}

    LLMX_DECL [[nodiscard]] bool make_room(time_point now);
    LLMX_DECL void ask(const std::string& host);
    LLMX_DECL void answer(const std::string& host, const boost::system::error_code& ec,
                          const resolver_type::results_type& found);

    boost::asio::any_io_executor on;
    boost::asio::io_context& io;
    duration time_to_live;
    resolver_type resolver;
    std::unordered_map<std::string, dns_name> names;
};

LLMX_DECL bool dns_state::make_room(time_point now) {
    if (names.size() < dns_cache::max_names) return true;
    auto spare = names.end();
    for (auto i = names.begin(); i != names.end();) {
        const bool idle = !i->second.asking && i->second.waiters.empty();
        if (idle && i->second.good_until <= now) {
            i = names.erase(i);
            continue;
        }
        if (idle) spare = i;
        ++i;
    }
    if (names.size() < dns_cache::max_names) return true;
    if (spare == names.end()) return false;
    names.erase(spare);
    return true;
}

LLMX_DECL void dns_state::ask(const std::string& host) {
    resolver.async_resolve(host, std::string_view(),
                           boost::asio::bind_executor(on, [self = shared_from_this(),
                                                           host](const boost::system::error_code& ec,
                                                                 const resolver_type::results_type& found) {
                               self->answer(host, ec, found);
                           }));
}

LLMX_DECL void dns_state::answer(const std::string& host, const boost::system::error_code& ec,
                                 const resolver_type::results_type& found) {
    const auto at = names.find(host);
    if (at == names.end()) return;
    dns_name& name = at->second;
    name.asking = false;
    if (!ec) {
        auto addresses = std::make_shared<std::vector<boost::asio::ip::address>>();
        for (const auto& entry : found) addresses->push_back(entry.endpoint().address());
        name.found = std::move(addresses);
        name.good_until = clock::now() + time_to_live;
    }
    while (dns_waiter* const w = name.waiters.front()) {
        name.waiters.remove(*w);
        w->found = name.found;
        w->failure = ec;
        w->answered = true;
        w->timer.cancel();
    }
    if (ec) names.erase(at);
}

LLMX_DECL void wake_dns_waiter(void* w) noexcept { static_cast<dns_waiter*>(w)->timer.cancel(); }

/// Leaves the list of waiters however the coroutine ends, also when it is destroyed while
/// waiting.
class dns_leaver {
public:
    dns_leaver(dns_state& s, const std::string& h, dns_waiter& w) : state_(s), host_(h), waiter_(w) {}
    dns_leaver(const dns_leaver&) = delete;
    dns_leaver& operator=(const dns_leaver&) = delete;
    ~dns_leaver() {
        if (waiter_.answered) return;
        if (const auto at = state_.names.find(host_); at != state_.names.end()) at->second.waiters.remove(waiter_);
    }

private:
    dns_state& state_;
    const std::string& host_;
    dns_waiter& waiter_;
};

} // namespace detail

LLMX_DECL dns_cache::dns_cache(const io_executor& on, duration time_to_live)
    : state_(std::make_shared<detail::dns_state>(on, time_to_live)) {}

LLMX_INLINE dns_cache::~dns_cache() { state_->resolver.cancel(); }

LLMX_DECL boost::asio::awaitable<result<ip_addresses>> dns_cache::resolve(std::string host, time_point until,
                                                                          cancellation& stop) {
    const std::shared_ptr<detail::dns_state> state = state_;
    boost::system::error_code not_numeric;
    const boost::asio::ip::address literal = boost::asio::ip::make_address(host, not_numeric);
    if (!not_numeric) {
        ip_addresses one = std::make_shared<std::vector<boost::asio::ip::address>>(std::size_t(1), literal);
        co_return one;
    }
    const time_point now = clock::now();
    if (const auto known = state->names.find(host);
        known != state->names.end() && known->second.found && known->second.good_until > now)
        co_return known->second.found;
    if (stop.cancelled()) co_return error(errc::cancelled);
    if (!state->names.contains(host) && !state->make_room(now))
        co_return error(errc::shed, "too many host names are being resolved");

    detail::dns_waiter waiter(state->io, until);
    {
        detail::dns_name& name = state->names[host];
        name.waiters.push_back(waiter);
        if (!name.asking) {
            name.asking = true;
            state->ask(host);
        }
    }
    const detail::dns_leaver leave(*state, host, waiter);
    const cancellation::registration registered(stop, &detail::wake_dns_waiter, &waiter);
    const std::tuple<boost::system::error_code> woken =
        co_await waiter.timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    if (stop.cancelled()) co_return error(errc::cancelled);
    if (waiter.answered && !waiter.failure) co_return waiter.found;
    if (waiter.answered)
        co_return error(errc::connect_failed, "cannot resolve " + host + ": " + waiter.failure.message());
    if (std::get<0>(woken)) co_return error(errc::cancelled);
    co_return error(errc::connect_failed, "cannot resolve " + host + ": timed out");
}

} // namespace llmx::inline LLMX_ABI
