// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <string>

namespace llmx::inline LLMX_ABI {

/// Where to connect: scheme, host and port of a URL (RFC 6454 origin).
struct origin {
    origin() = default;
    std::string host;
    std::uint16_t port = 0;
    bool tls = false;
    /// Value of the Host header: the host, with the port unless it is the scheme's own.
    std::string authority;
    friend bool operator==(const origin&, const origin&) = default;
};

/// A base URL taken apart; `parse_base_url` in wire/url.hpp makes one.
struct base_url {
    base_url() = default;
    origin where;
    /// Path without a trailing slash ("" or "/v1"), percent-encoding kept.
    std::string path;
    friend bool operator==(const base_url&, const base_url&) = default;
};

} // namespace llmx::inline LLMX_ABI
