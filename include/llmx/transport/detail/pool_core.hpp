// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>
#include <llmx/transport/deadlines.hpp>
#include <llmx/transport/dns_cache.hpp>
#include <llmx/transport/http_pool_options.hpp>
#include <llmx/transport/io_executor.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstddef>
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

/// The connections to one origin.
struct pool_host {
    pool_host() = default;
    /// Newest first.
    chain<connection, &connection::host_link> idle;
    /// Busy, idle, being opened, or promised to a waiter.
    std::size_t open = 0;
    /// Longest waiting first; empty as long as any connection is idle.
    chain<pool_waiter_base, &pool_waiter_base::link> waiters;
    const origin* where = nullptr;
#if !defined(LLMX_NO_TLS)
    tls_session session;
#endif
};

struct origin_hash {
    std::size_t operator()(const origin& o) const noexcept {
        return std::hash<std::string_view>()(o.host) ^ (std::size_t(o.port) << 1) ^ std::size_t(o.tls);
    }
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
    [[nodiscard]] connection_ptr take_idle(const origin& to) noexcept;
    /// A new connection, or one that another call let go of while this one waited in line. When
    /// \p dead is a connection to the same origin, the new one takes its place without waiting.
    boost::asio::awaitable<result<connection_ptr>> open(const origin& to, const http_limits& limits,
                                                                  cancellation& stop, connection_ptr& dead);
    /// A new connection that the pool has no part in. Holds a reference as long as it lives.
    boost::asio::awaitable<result<connection_ptr>> open_apart(const origin& to, const http_limits& limits,
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
    pool_host& host_of(const origin& to);
    void unlink_idle(connection& c) noexcept;
    /// Destroys a connection, but not the place it had.
    void retire(connection& c) noexcept;
    /// Destroys a connection and passes its place on.
    void discard(connection& c) noexcept;
    /// A place at \p h is free: for the first in line, or for none.
    void give_place(pool_host& h) noexcept;
    void forget_if_unused(pool_host& h) noexcept;
    /// What TLS to \p to is made with; null when \p to does not use it.
    [[nodiscard]] result<tls_context*> tls_for(const origin& to);
    /// Addresses of \p host. When the call's own limits pass before \p connect_by, the failure names the limit.
    boost::asio::awaitable<result<ip_addresses>> look_up(const std::string& host, const http_limits& limits,
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
    std::unordered_map<origin, pool_host, origin_hash> hosts_;
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
