// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>
#include <llmx/transport/dns_cache.hpp>
#include <llmx/transport/http_proxy.hpp>
#include <llmx/transport/tls_client.hpp>

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI {

class tls_client;

/// How connections are made for some requests, where that differs from the options of the pool.
///
/// A pool keeps the connections of each object of this type apart from all others, so that a request never uses a
/// connection which was opened with another certificate, through another proxy or without a check of the address. A
/// program makes one for each deployment that needs it (`deployment::connection`), not one for each request. Immutable
/// once a request refers to it; may be shared by the pools of all cores.
struct connection_rules {
    connection_rules() = default;
    /// Which certificates are trusted, shown and pinned; null: those of `http_pool_options::tls`.
    std::shared_ptr<tls_client> tls;
    /// Forward proxies in place of `http_pool_options::proxies`; a value without any is for direct connections.
    std::optional<proxy_settings> proxies;
    /// The URL comes from a caller: only addresses that `is_public_address` accepts are connected to, whichever name led to
    /// them. The check is made of the addresses that the connection then uses, so that a name which resolves differently the
    /// next time gains nothing. Through a proxy, which resolves by itself, only `allowed_hosts` are reached.
    bool public_only = false;
    /// Hosts that `public_only` does not apply to, in the form of `proxy_settings::no_proxy`.
    std::vector<std::string> allowed_hosts;
};

/// Whether \p a is an address of the public Internet: none that is private, shared, loopback, link-local (where clouds have
/// their metadata), unique-local, multicast, documentation, reserved, or that stands for such an IPv4 address (mapped, NAT64,
/// 6to4, Teredo). Source: IANA's registries of special-purpose addresses (RFC 6890); 168.63.129.16 is Azure's host agent
/// (learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16), which is public by its number alone.
LLMX_DECL [[nodiscard]] bool is_public_address(const boost::asio::ip::address& a) noexcept;

namespace detail {

/// Of \p found, the addresses of \p to (or of \p via, when that is not null), those that \p rules, which may be null, allow
/// connections to. Fails with `invalid_request` when none is left; the message does not have the addresses.
LLMX_DECL [[nodiscard]] result<ip_addresses> allowed_addresses(const connection_rules* rules, const origin& to, const http_proxy* via,
                                                               ip_addresses found);
/// The proxy to \p to by \p rules, which may be null, else by \p pool; null: none.
LLMX_DECL [[nodiscard]] const http_proxy* proxy_by(const connection_rules* rules, const proxy_settings& pool, const origin& to);

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/connection_rules.ipp>
#endif
