// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection_rules.hpp>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A network of IPv4 addresses that are not public: its first address, and how many bits of it count.
struct special_network {
    std::uint32_t first;
    unsigned bits;
};
/// IANA's registry of special-purpose IPv4 addresses, and what lies above it (multicast, reserved).
inline constexpr special_network special_networks[] = {
    {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa83f8110, 32}, {0xa9fe0000, 16}, {0xac100000, 12},
    {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24},
    {0xe0000000, 4},  {0xf0000000, 4},
};

LLMX_DECL [[nodiscard]] bool is_public_v4(std::uint32_t a) noexcept {
    return std::none_of(std::begin(special_networks), std::end(special_networks),
                        [a](const special_network& n) { return (a ^ n.first) >> (32 - n.bits) == 0; });
}

LLMX_DECL [[nodiscard]] bool is_public_v6(const boost::asio::ip::address_v6::bytes_type& b) noexcept {
    const auto word = [&b](std::size_t i) { return static_cast<unsigned>(b[i]) << 8 | b[i + 1]; };
    const auto v4 = [&b](std::size_t i) {
        return static_cast<std::uint32_t>(b[i]) << 24 | static_cast<std::uint32_t>(b[i + 1]) << 16 | static_cast<std::uint32_t>(b[i + 2]) << 8 | b[i + 3];
    };
    const bool zeros = std::all_of(b.begin(), b.begin() + 10, [](unsigned char c) { return c == 0; });
    // ::ffff:0:0/96 is the IPv4 address itself.
    if (zeros && word(10) == 0xffff) return is_public_v4(v4(12));
    // Global unicast is 2000::/3 (RFC 4291 section 2.4); NAT64's prefixes are outside of it.
    if ((b[0] & 0xe0u) != 0x20) return false;
    // 2001::/23 for protocols (Teredo, ORCHID), documentation in 2001:db8::/32 and 3fff::/20.
    if (word(0) == 0x2001 && (word(2) < 0x0200 || word(2) == 0x0db8)) return false;
    if (word(0) == 0x3fff && word(2) < 0x1000) return false;
    // 6to4 has an IPv4 address behind 2002.
    return word(0) != 0x2002 || is_public_v4(v4(2));
}

} // namespace detail

LLMX_DECL bool is_public_address(const boost::asio::ip::address& a) noexcept {
    return a.is_v4() ? detail::is_public_v4(a.to_v4().to_uint()) : detail::is_public_v6(a.to_v6().to_bytes());
}

namespace detail {

LLMX_DECL result<ip_addresses> allowed_addresses(const connection_rules* rules, const origin& to, const http_proxy* via, ip_addresses found) {
    if (rules == nullptr || !rules->public_only) return found;
    for (const std::string& entry : rules->allowed_hosts)
        if (proxy_exempts(entry, to)) return found;
    const auto refuse = [&to](std::string_view why) {
        error e(errc::invalid_request, "'api_base': the host " + to.authority + std::string(why) +
                                           "; use a public host, or have the operator list this one in user_url_allowed_hosts");
        return e.with_param("api_base");
    };
    if (via != nullptr) return refuse(" would be reached through a proxy, behind which its address cannot be checked");
    auto left = std::make_shared<std::vector<boost::asio::ip::address>>();
    for (const boost::asio::ip::address& a : *found)
        if (is_public_address(a)) left->push_back(a);
    if (left->empty()) return refuse(" has no address that a caller may choose: private, loopback, link-local and reserved ones are refused");
    return ip_addresses(std::move(left));
}

LLMX_DECL const http_proxy* proxy_by(const connection_rules* rules, const proxy_settings& pool, const origin& to) {
    const proxy_settings& s = rules != nullptr && rules->proxies ? *rules->proxies : pool;
    return s.proxy_for(to);
}

} // namespace detail
} // namespace llmx::inline LLMX_ABI
