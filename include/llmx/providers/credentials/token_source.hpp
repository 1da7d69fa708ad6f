// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/providers/credentials/token_schedule.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The answer of a token server: a token and its lifetime.
struct access_token {
    access_token() = default;
    /// A bearer token, or the session token of AWS's temporary keys.
    secret text;
    /// AWS's temporary keys; empty for a bearer token.
    std::string access_key_id;
    secret secret_access_key;
    /// Counted from the moment when it was requested.
    duration lifetime{};
};

/// Long-lived credentials that are exchanged for short-lived ones. Immutable; shared by all cores, the deployments
/// that have it and the fetches under way.
class token_source {
public:
    virtual ~token_source() = default;
    /// Equal for equal credentials, and only for these: a digest, never a secret. Tokens are kept under it, so that a
    /// reload of the configuration does not fetch them again.
    [[nodiscard]] virtual std::string_view identity() const noexcept = 0;
    /// Requests a token from the server. Fails with `errc::authentication` when it refuses the credentials, and with something
    /// retryable when it cannot be reached or fails itself; no secret is in the message.
    virtual boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                               cancellation& stop) const = 0;
};
using token_source_ptr = std::shared_ptr<const token_source>;
using access_token_ptr = std::shared_ptr<const access_token>;

namespace detail {

/// A fetch that calls wait for. Its end wakes them.
struct token_flight {
    cancellation over;
    /// It ended without a result, and the runtime may be gone.
    bool given_up = false;
};

/// The state of a core for one identity; calls and fetches under way keep it alive.
struct token_entry {
    token_schedule schedule;
    access_token_ptr token;
    /// Why the last fetch failed.
    error why;
    /// When it was last used, in numbers of calls.
    std::uint64_t used = 0;
    std::shared_ptr<token_flight> flight;
};

} // namespace detail

/// The tokens of one core: `runtime::use<token_cache>()`. Not thread-safe, as the runtime is not.
///
/// Calls that need the same token wait for one fetch. It runs in `runtime::background()`, so that it continues when the call
/// that began it is cancelled; it has 30 s. A token is refreshed while it still serves (see `token_schedule`), and
/// a failed refresh changes nothing until it has expired.
///
/// At most `limit` identities are kept. Beyond that the least recently used one is discarded.
class token_cache {
public:
    /// More credentials than a configuration has; some 2 KiB each.
    static constexpr std::size_t default_limit = 1024;
    /// Token servers answer within a second, or not at all.
    static constexpr duration fetch_timeout = std::chrono::seconds(30), connect_timeout = std::chrono::seconds(10);

    token_cache() = default;
    token_cache(const token_cache&) = delete;
    token_cache& operator=(const token_cache&) = delete;

    /// The token of \p from, never null. Fails with the fetch's failure, `errc::cancelled`,
    /// `errc::deadline_exceeded` or, when the core has too many tasks in the background or ends them, `errc::shed`.
    /// \p on is the runtime that has this cache.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<access_token_ptr>>
    get(runtime& on, token_source_ptr from, const http_limits& limits, cancellation& stop);

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    void limit(std::size_t identities) noexcept { limit_ = identities; }

private:
    /// Null when all that there are have a fetch under way.
    LLMX_DECL [[nodiscard]] std::shared_ptr<detail::token_entry> entry_of(std::string_view identity);
    /// Begins a fetch; false when there may be no further task.
    LLMX_DECL [[nodiscard]] bool begin(runtime& on, const std::shared_ptr<detail::token_entry>& e, token_source_ptr from);

    std::map<std::string, std::shared_ptr<detail::token_entry>, std::less<>> entries_;
    std::size_t limit_ = default_limit;
    std::uint64_t uses_ = 0;
};

/// The token of \p from out of the core's cache, for `authorize`; a failure names \p d.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<access_token_ptr>>
token_for(runtime& on, token_source_ptr from, const deployment& d, const http_limits& limits, cancellation& stop);

/// Adds `authorization: Bearer` with the token of \p from to \p out: all that `authorize` of a provider with
/// such tokens does.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>>
authorize_with_token(runtime& on, token_source_ptr from, const deployment& d, http_request& out,
                     const http_limits& limits, cancellation& stop);

/// The same for a deployment that may have a key instead, which its request has by then: nothing is added. One with neither, which
/// was not completed, is `errc::bad_configuration`.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>>
authorize_unless_keyed(runtime& on, token_source_ptr from, const deployment& d, http_request& out,
                       const http_limits& limits, cancellation& stop);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/token_source.ipp>
#endif
