// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>
#include <llmx/transport/connection_rules.hpp>
#include <llmx/transport/deadlines.hpp>
#include <llmx/transport/dns_cache.hpp>
#include <llmx/transport/http_pool_options.hpp>
#include <llmx/transport/io_executor.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL struct basic_pool_waiter;
using pool_waiter = LLMX_PLAIN(basic_pool_waiter);
LLMX_DECL class basic_pool_core;
using pool_core = LLMX_PLAIN(basic_pool_core);

/// What a waiter's chain needs to know of it.
struct pool_waiter_base {
    chain_link<pool_waiter_base> link;
};

/// What connections are kept apart by: where they lead, and the rules by which they were opened, which may be null.
struct pool_place {
    pool_place(const origin& to, std::shared_ptr<const connection_rules> by) : where(to), rules(std::move(by)) {}
    origin where;
    std::shared_ptr<const connection_rules> rules;
};
/// The same, borrowed from a request.
struct pool_place_view {
    explicit pool_place_view(const http_request& r) noexcept : where(r.to), rules(r.rules.get()) {}
    explicit pool_place_view(const pool_place& p) noexcept : where(&p.where), rules(p.rules.get()) {}
    const origin* where;
    const connection_rules* rules;
};

/// The connections to one place.
struct pool_host {
    pool_host() = default;
    /// Newest first.
    chain<connection, &connection::host_link> idle;
    /// Busy, idle, being opened, or promised to a waiter.
    std::size_t open = 0;
    /// Longest waiting first; empty as long as any connection is idle.
    chain<pool_waiter_base, &pool_waiter_base::link> waiters;
    const pool_place* where = nullptr;
#if !defined(LLMX_NO_TLS)
    tls_session session;
#endif
};

struct pool_place_hash {
    using is_transparent = void;
    std::size_t operator()(const pool_place_view& p) const noexcept {
        const origin& o = *p.where;
        return std::hash<std::string_view>()(o.host) ^ (std::size_t(o.port) << 1) ^ std::size_t(o.tls) ^ std::hash<const void*>()(p.rules);
    }
    std::size_t operator()(const pool_place& p) const noexcept { return (*this)(pool_place_view(p)); }
};
struct pool_place_equal {
    using is_transparent = void;
    static bool same(const pool_place_view& a, const pool_place_view& b) noexcept { return a.rules == b.rules && *a.where == *b.where; }
    bool operator()(const pool_place& a, const pool_place& b) const noexcept { return same(pool_place_view(a), pool_place_view(b)); }
    bool operator()(const pool_place_view& a, const pool_place& b) const noexcept { return same(a, pool_place_view(b)); }
    bool operator()(const pool_place& a, const pool_place_view& b) const noexcept { return same(pool_place_view(a), b); }
};

/// The inside of an `http_pool`. Bodies and exchanges in flight may outlive the pool
/// object (they are destroyed with the `io_context`), so it is counted; the count is not
/// atomic, as a pool belongs to one thread or strand.
LLMX_DECL class basic_pool_core final : public connection::owner {
public:
    basic_pool_core(io_executor on, http_pool_options options);
    basic_pool_core(const basic_pool_core&) = delete;
    basic_pool_core& operator=(const basic_pool_core&) = delete;
    ~basic_pool_core();

    /// The most recently used idle connection, or null. `connection::send` looks whether it is
    /// still good for anything.
    [[nodiscard]] connection_ptr take_idle(const http_request& request) noexcept;
    /// A new connection, or one that another call let go of while this one waited in line. When
    /// \p dead is a connection to the same place, the new one takes its place without waiting.
    boost::asio::awaitable<result<connection_ptr>> open(const http_request& request, const http_limits& limits,
                                                                  cancellation& stop, connection_ptr& dead);
    /// A new connection that the pool has no part in. Holds a reference as long as it lives.
    boost::asio::awaitable<result<connection_ptr>> open_apart(const http_request& request, const http_limits& limits,
                                                                        cancellation& stop);
    void take_back(connection& c) noexcept override;
    /// Closes the connection that has been idle the longest, to whatever origin.
    bool free_descriptor() noexcept override;
    /// The pool object is gone: closes what is idle and sends those who wait away.
    void close() noexcept;
    [[nodiscard]] http_pool_stats stats() const noexcept;
    [[nodiscard]] duration stale_within() const noexcept { return options_.stale_within; }
    void count_stale_retry() noexcept { ++stats_.stale_retries; }
    void count_reuse() noexcept { ++stats_.reuses; }

    friend void intrusive_ptr_add_ref(pool_core* p) noexcept { ++p->references_; }
    friend void intrusive_ptr_release(pool_core* p) noexcept {
        if (--p->references_ == 0) delete p;
    }

private:
    friend pool_waiter;
    static void on_sweep(void* self) noexcept;
    pool_host& host_of(const http_request& request);
    void unlink_idle(connection& c) noexcept;
    /// Destroys a connection, but not the place it had.
    void retire(connection& c) noexcept;
    /// Destroys a connection and passes its place on.
    void discard(connection& c) noexcept;
    /// A place at \p h is free: for the first in line, or for none.
    void give_place(pool_host& h) noexcept;
    void forget_if_unused(pool_host& h) noexcept;
    /// What TLS for \p request is made with; null when its origin does not use it.
    [[nodiscard]] result<tls_context*> tls_for(const http_request& request);
    /// The addresses to connect to for \p request, those of \p via when that is not null. When the call's own limits pass before
    /// \p connect_by, the failure names the limit.
    boost::asio::awaitable<result<ip_addresses>> look_up(const http_request& request, const http_proxy* via, const http_limits& limits,
                                                                   time_point connect_by, cancellation& stop);
    /// Waits in line for a place (true) or a connection handed over (false, in \p given).
    boost::asio::awaitable<result<bool>> wait_in_line(pool_host& h, const http_limits& limits,
                                                                cancellation& stop, connection_ptr& given);

    io_executor on_;
    boost::asio::io_context& io_;
    http_pool_options options_;
    deadline_service deadlines_;
    deadline_service::watcher sweep_;
    dns_cache dns_;
    std::unordered_map<pool_place, pool_host, pool_place_hash, pool_place_equal> hosts_;
    /// Idle connections of all hosts, newest first.
    chain<connection, &connection::pool_link> idle_;
    http_pool_stats stats_;
    std::size_t references_ = 0;
    bool closed_ = false;
};
using pool_core = LLMX_PLAIN(basic_pool_core);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/pool_core.ipp>
#endif
