// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The members of the endpoint \p E, each with a sentence.
template <class E> struct check_endpoint {
    static_assert(requires(const E& e, std::string_view text) { { e.match(text, text) } noexcept -> std::same_as<endpoint_match>; },
                  "llmx: an endpoint's match is static endpoint_match match(std::string_view method, std::string_view path) noexcept");
    static_assert(requires { { E::usage } -> std::convertible_to<std::string_view>; },
                  "llmx: an endpoint's usage is static constexpr std::string_view usage, its method and path for the list of a 404");
    static_assert(requires { { E::language } -> std::convertible_to<std::string_view>; },
                  "llmx: an endpoint's language is static constexpr std::string_view language, empty when it has none");
    static_assert(requires(const endpoint_match& m) { { E::needs_key(m) } noexcept -> std::same_as<bool>; },
                  "llmx: an endpoint's needs_key is static bool needs_key(const endpoint_match& match) noexcept");
    static_assert(requires { { E::quiet } -> std::convertible_to<bool>; }, "llmx: an endpoint's quiet is static constexpr bool quiet");
    static_assert(requires(const error& e, std::string& out) { { E::encode_error(e, out) } -> std::same_as<void>; },
                  "llmx: an endpoint's encode_error is static void encode_error(const error& e, std::string& out)");
    static_assert(!requires { &E::takes_body; } || detail::says_takes_body<E>,
                  "llmx: an endpoint's takes_body is static constexpr bool takes_body(const endpoint_match& match) noexcept");
    static_assert(!requires { &E::streams_body; } || requires { { E::streams_body } -> std::convertible_to<bool>; },
                  "llmx: an endpoint's streams_body is static constexpr bool streams_body");
    static_assert(!requires { &E::takes_codings; } || requires { { E::takes_codings } -> std::convertible_to<bool>; },
                  "llmx: an endpoint's takes_codings is static constexpr bool takes_codings");
};

/// The coroutine of the endpoint \p E, for a gateway of type \p Gateway.
template <class E, class Gateway> struct check_serving {
    static_assert(requires(E& e, server_connection& c, Gateway& g) { { e.serve(c, g) } -> std::same_as<boost::asio::awaitable<void>>; },
                  "llmx: an endpoint's serve is template <class Gateway> boost::asio::awaitable<void> serve(server_connection& "
                  "connection, Gateway& gateway), static unless the endpoint has state");
};

/// The members that a server needs of a gateway \p G, each with a sentence.
template <class G> struct check_server_gateway {
    static_assert(requires(G& g, call& c) { { g.execute(c) } -> std::same_as<boost::asio::awaitable<result<reply>>>; },
                  "llmx: the gateway of a server has boost::asio::awaitable<result<reply>> execute(call& c)");
    static_assert(requires(const G& g) { { g.world() } -> std::convertible_to<std::shared_ptr<const topology>>; },
                  "llmx: the gateway of a server has std::shared_ptr<const topology> world() const");
};

} // namespace llmx::inline LLMX_ABI
