// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/http_proxy.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool proxy_same_text(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

/// Whether the address \p host is in the network \p text, "10.0.0.0/8" or "fd00::/8".
LLMX_DECL [[nodiscard]] bool proxy_in_network(std::string_view text, const std::string& host) {
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address(host, ec);
    if (ec) return false;
    if (address.is_v4()) {
        const auto network = boost::asio::ip::make_network_v4(std::string(text), ec);
        return !ec && boost::asio::ip::network_v4(address.to_v4(), network.prefix_length()).canonical() == network.canonical();
    }
    const auto network = boost::asio::ip::make_network_v6(std::string(text), ec);
    return !ec && boost::asio::ip::network_v6(address.to_v6(), network.prefix_length()).canonical() == network.canonical();
}

LLMX_DECL bool proxy_exempts(std::string_view entry, const origin& to) {
    if (entry == "*") return true;
    if (entry.find('/') != std::string_view::npos) return proxy_in_network(entry, to.host);
    if (entry.starts_with('[')) {
        entry.remove_prefix(1);
        return proxy_same_text(entry.substr(0, entry.find(']')), to.host);
    }
    // One colon is that of a port; an IPv6 address has more.
    if (const auto colon = entry.find(':'); colon != std::string_view::npos && entry.rfind(':') == colon) {
        std::uint16_t port = 0;
        const char* const end = entry.data() + entry.size();
        const auto parsed = std::from_chars(entry.data() + colon + 1, end, port);
        if (parsed.ec != std::errc() || parsed.ptr != end || port != to.port) return false;
        entry = entry.substr(0, colon);
    }
    if (entry.starts_with("*.")) entry.remove_prefix(2);
    else if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty() || entry.size() > to.host.size()) return false;
    const std::size_t above = to.host.size() - entry.size();
    return proxy_same_text(entry, std::string_view(to.host).substr(above)) && (above == 0 || to.host[above - 1] == '.');
}

LLMX_DECL void append_proxy_authorization(std::string& head, const http_proxy& via) {
    if (via.credentials.empty()) return;
    head += "Proxy-Authorization: Basic ";
    append_base64(head, via.credentials.reveal());
    head += "\r\n";
}

LLMX_DECL std::string connect_target(const origin& to) {
    const bool literal = to.host.find(':') != std::string::npos;
    return (literal ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

LLMX_DECL error proxy_failure(const http_proxy& via, std::string_view target, std::string_view why) {
    std::string m = "the proxy " + via.where.authority + " did not open a tunnel to ";
    m += target;
    m += ": ";
    m += why;
    return error(errc::connect_failed, std::move(m));
}

LLMX_DECL error proxy_refusal(const http_proxy& via, std::string_view target, int status) {
    std::string m = "the proxy " + via.where.authority + " refused the way to ";
    m += target;
    m += " with status " + std::to_string(status);
    if (status == 407 && via.credentials.empty()) m += ": it asks for credentials; give the proxy's URL a user and password";
    else if (status == 407) m += ": check the user and password of the proxy";
    return error(errc::connect_failed, std::move(m));
}

LLMX_DECL [[nodiscard]] std::optional<std::string> proxy_variable(const variable_lookup& variables, std::string_view name) {
    if (!variables) return std::nullopt;
    if (auto value = variables(name)) return value;
    std::string upper(name);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (upper == "HTTP_PROXY" && variables("REQUEST_METHOD")) return std::nullopt;
    return variables(upper);
}

} // namespace detail

LLMX_DECL const http_proxy* proxy_settings::proxy_for(const origin& to) const {
    const std::optional<http_proxy>& via = to.tls ? https : http;
    if (!via) return nullptr;
    for (const std::string& entry : no_proxy)
        if (detail::proxy_exempts(entry, to)) return nullptr;
    return &*via;
}

LLMX_DECL std::string describe(const proxy_settings& s) {
    std::string text;
    const auto add = [&text](const std::optional<http_proxy>& via, std::string_view what) {
        if (!via) return;
        text += text.empty() ? "upstream connections " : ", ";
        text += what;
        text += " go through the proxy http://" + via->where.authority;
        if (!via->credentials.empty()) text += " (with credentials)";
    };
    add(s.http, "without TLS");
    add(s.https, "with TLS");
    if (text.empty() || s.no_proxy.empty()) return text;
    text += "; directly to";
    for (const std::string& one : s.no_proxy) text += (&one == &s.no_proxy.front() ? " " : ", ") + one;
    return text;
}

LLMX_DECL result<http_proxy> parse_proxy(std::string_view name, std::string_view text) {
    const auto wrong = [&](std::string_view why) {
        std::string m(name);
        m += ": ";
        m += why;
        m += "; expected http://[user:password@]host[:port]";
        return error(errc::bad_configuration, std::move(m));
    };
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
        if (!detail::proxy_same_text(text.substr(0, scheme), "http")) return wrong("proxies other than http:// are not supported");
        text.remove_prefix(scheme + 3);
    }
    http_proxy p;
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        std::string plain;
        const std::string_view given = text.substr(0, at);
        const auto colon = given.find(':');
        result<std::string> user = percent_decode(given.substr(0, colon));
        result<std::string> password =
            percent_decode(colon == std::string_view::npos ? std::string_view() : given.substr(colon + 1));
        // A user with a colon could not be separated from the password (RFC 7617 section 2).
        if (!user || !password || user->find(':') != std::string::npos)
            return wrong("the user or the password is not percent-encoded correctly");
        p.credentials = secret(*user + ":" + *password);
        text.remove_prefix(at + 1);
    }
    const result<base_url> url = parse_base_url("http://" + std::string(text));
    if (!url || !url->path.empty()) return wrong("the host or the port is malformed");
    p.where = url->where;
    return p;
}

LLMX_DECL result<proxy_settings> proxies_from_environment(const variable_lookup& variables) {
    proxy_settings s;
    const std::optional<std::string> all = detail::proxy_variable(variables, "all_proxy");
    const auto read = [&](std::string_view name, std::optional<http_proxy>& into) -> result<void> {
        const std::optional<std::string> own = detail::proxy_variable(variables, name);
        const std::optional<std::string>& text = own ? own : all;
        if (!text || text->empty()) return success();
        result<http_proxy> parsed = parse_proxy(own ? name : "all_proxy", *text);
        if (!parsed) return parsed.error();
        into = std::move(*parsed);
        return success();
    };
    if (const result<void> done = read("http_proxy", s.http); !done) return done.error();
    if (const result<void> done = read("https_proxy", s.https); !done) return done.error();
    const std::string none = detail::proxy_variable(variables, "no_proxy").value_or(std::string());
    for (std::size_t at = 0; at < none.size();) {
        const std::size_t end = std::min(none.find_first_of(", \t", at), none.size());
        if (end != at) s.no_proxy.push_back(none.substr(at, end - at));
        at = end + 1;
    }
    return s;
}

} // namespace llmx::inline LLMX_ABI
