// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL class basic_server_connection;
using server_connection = LLMX_PLAIN(basic_server_connection);

/// What a server needs of a gateway: calls executed, and its current deployments.
/// Both are used from all of the server's threads.
template <class G>
concept server_gateway = requires(G& g, const G& cg, call& c) {
    { g.execute(c) } -> std::same_as<boost::asio::awaitable<result<reply>>>;
    { cg.world() } -> std::convertible_to<std::shared_ptr<const topology>>;
};

/// An endpoint's answer to a method and a path. Views into the path.
struct endpoint_match {
    enum class verdict : std::uint8_t {
        none,         ///< not my path
        wrong_method, ///< my path, another method: see `allow`
        matched,
    };
    verdict what = verdict::none;
    /// Methods of the path, as in the Allow field.
    std::string_view allow;
    /// The path's variable part (model or deployment), percent-encoded.
    std::string_view name;
    /// Which of the endpoint's paths; the endpoint gives it a meaning.
    std::uint8_t form = 0;

    /// \p method is one of \p allowed ("GET, HEAD"), else `wrong_method`.
    [[nodiscard]] static endpoint_match of(std::string_view method, std::string_view allowed,
                                           std::string_view name = std::string_view(),
                                           std::uint8_t form = 0) noexcept {
        endpoint_match m;
        m.allow = allowed;
        m.name = name;
        m.form = form;
        m.what = verdict::wrong_method;
        for (std::string_view rest = allowed; !rest.empty();) {
            const auto comma = rest.find(", ");
            if (rest.substr(0, comma) == method) m.what = verdict::matched;
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 2);
        }
        return m;
    }
};

/// One thing a server does: the paths it owns, the language of its errors, and the
/// coroutine that answers.
///
/// All but `serve` is static, except `match` of an endpoint whose paths are known at run time alone.
/// `serve(connection, gateway)` is a template (or takes the server's gateway),
/// returns `awaitable<void>` and must answer exactly once. It may be static, or a member of an object with state (a
/// database, counters), which the constructor of the server takes; one object serves all threads, so a
/// member that changes something is thread-safe, except in a server that was begun with `start`, which has one.
/// `language` is the name of its
/// dialect; empty for endpoints that have none, whose errors are written in the caller's as
/// far as it is known. `needs_key` returns for a match whether the caller must show the key;
/// `quiet` keeps calls that succeed out of the log below level debug (probes).
///
/// An endpoint may have `static constexpr std::string_view name`: what the log
/// has as `endpoint` when it has no language; else that is its `usage`. An endpoint may have
/// `static constexpr bool takes_body(const endpoint_match&) noexcept`:
/// whether requests that match may have a body. Without it those by GET, HEAD and TRACE may not,
/// and all others may. A request with a body where none is taken is refused by its head with
/// `errc::payload_too_large`: it is well-formed, and its content is larger than the server is
/// willing to process, which is nothing at all (RFC 9110 section 15.5.14; sections 9.3.1, 9.3.2
/// and 9.3.8 on the methods). Not a byte of it is read for the endpoint.
/// An endpoint may have `static constexpr bool streams_body = true`: it is called when the head of
/// a request has come and its caller is identified, and reads the body through
/// `server_connection::body_reader()`. The body is not in memory as a whole and takes nothing of
/// `server_options::memory`; all limits for bodies hold. What it leaves unread closes the connection
/// behind the answer, unless it has come already. One with `static constexpr bool takes_codings = true` beside it gets bodies with a
/// content coding as they are, and decodes or refuses them itself; else such a request is refused with `errc::unsupported_media_type`.
template <class E>
concept server_endpoint = requires(const E& endpoint, std::string_view text, const endpoint_match& match, const error& e,
                                   std::string& out) {
    { endpoint.match(text, text) } noexcept -> std::same_as<endpoint_match>;
    { E::usage } -> std::convertible_to<std::string_view>;
    { E::language } -> std::convertible_to<std::string_view>;
    { E::needs_key(match) } noexcept -> std::same_as<bool>;
    { E::quiet } -> std::convertible_to<bool>;
    { E::encode_error(e, out) } -> std::same_as<void>;
};

namespace detail {

template <class E> concept says_takes_body = requires(const endpoint_match& match) {
    { E::takes_body(match) } noexcept -> std::same_as<bool>;
};

/// Whether the endpoint \p E takes a body with a request by \p method that it matched.
template <class E>
[[nodiscard]] constexpr bool takes_body(const endpoint_match& match, std::string_view method) noexcept {
    if constexpr (says_takes_body<E>) return E::takes_body(match);
    if (method.starts_with('P')) return true; // POST, PUT and PATCH, as nearly always
    return method != "GET" && method != "HEAD" && method != "TRACE";
}

/// What the log calls the endpoint \p E; empty for one with a language, which is what is logged.
template <class E> [[nodiscard]] constexpr std::string_view endpoint_name() noexcept {
    if (!std::string_view(E::language).empty()) return std::string_view();
    if constexpr (requires { { E::name } -> std::convertible_to<std::string_view>; }) return E::name;
    else return E::usage;
}

/// Whether the endpoint \p E is called before the body of its request has been read.
template <class E> [[nodiscard]] constexpr bool streams_body() noexcept {
    if constexpr (requires { E::streams_body; }) return E::streams_body;
    else return false;
}

/// Whether it reads bodies with a content coding itself.
template <class E> [[nodiscard]] constexpr bool takes_codings() noexcept {
    if constexpr (requires { E::takes_codings; }) return E::takes_codings;
    else return false;
}

} // namespace detail

} // namespace llmx::inline LLMX_ABI
