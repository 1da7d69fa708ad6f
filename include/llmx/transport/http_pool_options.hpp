// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/transport/http_proxy.hpp>

#include <cstddef>
#include <memory>

namespace llmx::inline LLMX_ABI {

class tls_client;

/// Sizes and times of an `http_pool`; each pool (one per core) has its own.
struct http_pool_options {
    http_pool_options() = default;
    /// Connections kept for later, per origin and in all. The oldest goes first.
    std::size_t max_idle_per_host = 256;
    std::size_t max_idle = 1024;
    /// Connections to one origin, busy and idle. Further calls wait in line.
    std::size_t max_per_host = 16 * 1024;
    /// Calls that may wait for one origin; beyond that `errc::shed`.
    std::size_t max_waiting_per_host = 1024;
    /// How long a connection is kept unused.
    duration idle_timeout = std::chrono::seconds(60);
    /// A request lost on a kept connection sooner than this, without a byte of an answer,
    /// was met by the peer's hanging up and is sent once more on a new one. Later the peer
    /// has worked on it: whether that may be done twice is not for a transport to say.
    duration stale_within = std::chrono::milliseconds(500);
    /// For name resolution, connect and TLS handshake; `http_limits::connect_by` can
    /// only shorten it.
    duration connect_timeout = std::chrono::seconds(10);
    /// How long a resolved name is believed.
    duration dns_ttl = std::chrono::seconds(30);
    /// Whom to believe over TLS; shared by the pools of all cores. Null: the system's
    /// certificate authorities.
    std::shared_ptr<tls_client> tls;
    /// Forward proxies; none by default, and not those of the environment: give
    /// `proxies_from_environment(process_variables())` for them. An origin's connections are all direct or all through
    /// the same proxy, since this does not change while the pool lives.
    proxy_settings proxies;
};

/// What a pool holds and has done, for tests and metrics.
struct http_pool_stats {
    std::size_t open = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;
    std::size_t hosts = 0;
    std::size_t connects = 0;
    std::size_t reuses = 0;
    std::size_t stale_retries = 0;
    /// Connections closed because the peer sent what no request had asked for: more than its
    /// answer, or something while the connection was idle.
    std::size_t unasked = 0;
};

} // namespace llmx::inline LLMX_ABI
