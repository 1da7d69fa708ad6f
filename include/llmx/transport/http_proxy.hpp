// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/core/variable_lookup.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A forward proxy that speaks HTTP/1.1 without TLS.
///
/// Origins with TLS are reached through a tunnel that the proxy opens (CONNECT, RFC 9110 section 9.3.6), so that the proxy
/// sees their host and port alone. For others the request names the whole URL (RFC 9112 section 3.2.2).
struct http_proxy {
    http_proxy() = default;
    explicit http_proxy(origin at, secret user_and_password = secret())
        : where(std::move(at)), credentials(std::move(user_and_password)) {}
    origin where;
    /// `user:password` for Basic authentication (RFC 7617), sent with each request to the proxy and to no other peer; empty: none.
    secret credentials;
};

/// Which proxy leads to which origin. A value: a pool copies it, and it does not change while the pool lives.
struct proxy_settings {
    proxy_settings() = default;
    /// For origins without TLS.
    std::optional<http_proxy> http;
    /// For origins with TLS.
    std::optional<http_proxy> https;
    /// Origins to connect to directly. An entry is `*` (all), a host name, which also names the hosts below it (with or
    /// without a dot or `*.` in front), an address, or a network as `10.0.0.0/8`; `:port` behind a name or an IPv4
    /// address restricts it to that port. Letters of either case are equal.
    std::vector<std::string> no_proxy;

    /// The proxy to \p to, or null for a direct connection.
    LLMX_DECL [[nodiscard]] const http_proxy* proxy_for(const origin& to) const;
};

/// Parses `[http://][user:password@]host[:port]`, with user and password percent-encoded; the port is 80 when there is
/// none. Fails with `bad_configuration`: the message begins with \p name (of the setting) and never repeats \p text,
/// which may hold a password. `https://` and `socks` proxies are refused.
LLMX_DECL [[nodiscard]] result<http_proxy> parse_proxy(std::string_view name, std::string_view text);

/// The proxies of the environment, as curl reads it: `https_proxy`, `http_proxy`, `all_proxy` for what neither names, and
/// `no_proxy` (separated by commas or blanks); upper case when the lower-case variable is not set. `HTTP_PROXY` is
/// ignored when `REQUEST_METHOD` is set, because a CGI program's caller can set it with a field `Proxy`. An empty
/// variable means no proxy. Fails like `parse_proxy`.
LLMX_DECL [[nodiscard]] result<proxy_settings> proxies_from_environment(const variable_lookup& variables);

/// One sentence for the person who starts a program: which proxies \p s leads through and what goes past them; empty when there
/// is no proxy. Never with credentials.
LLMX_DECL [[nodiscard]] std::string describe(const proxy_settings& s);

namespace detail {
/// Appends a field `Proxy-Authorization` when \p via has credentials.
LLMX_DECL void append_proxy_authorization(std::string& head, const http_proxy& via);
/// `host:port` of \p to, as CONNECT names it: the port always stands there.
LLMX_DECL [[nodiscard]] std::string connect_target(const origin& to);
/// Whether \p entry, of the form of `proxy_settings::no_proxy`, names \p to.
LLMX_DECL [[nodiscard]] bool proxy_exempts(std::string_view entry, const origin& to);
/// Why \p via did not open a tunnel to \p target.
LLMX_DECL [[nodiscard]] error proxy_failure(const http_proxy& via, std::string_view target, std::string_view why);
/// Why nothing can be sent through \p via to \p target: the proxy answered with \p status.
LLMX_DECL [[nodiscard]] error proxy_refusal(const http_proxy& via, std::string_view target, int status);
} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/http_proxy.ipp>
#endif
