// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/principal.hpp>
#include <llmx/core/result.hpp>
#include <llmx/server/http_request_reader.hpp>
#include <llmx/service/runtime.hpp>

#include <concepts>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Finds out who makes a request: a template argument of `basic_server`.
///
/// - `std::optional<result<principal_ptr>> try_identify(runtime&, const http_request_head&) const`
///   answers at once, or nothing when it has to ask elsewhere. A null principal is an anonymous
///   caller who is let in; a failure (`errc::authentication`, `errc::permission_denied`) is answered
///   with its status. Runs for every request: keep what was learnt in a service of the runtime.
/// - `awaitable<result<principal_ptr>> identify(runtime&, const http_request_head&) const` is awaited
///   when there was nothing. The request's body has not been read then; the head outlives the
///   coroutine. The server's `header_timeout` does not bound it: it sets limits of its own.
///
/// Both are called on the thread of the runtime, from all threads of a server at once.
template <class A>
concept authenticator = requires(const A& a, runtime& on, const http_request_head& head) {
    { a.try_identify(on, head) } -> std::same_as<std::optional<result<principal_ptr>>>;
    { a.identify(on, head) } -> std::same_as<boost::asio::awaitable<result<principal_ptr>>>;
};

/// The members of the authenticator \p A, each with a sentence.
template <class A> struct check_authenticator {
    static_assert(requires(const A& a, runtime& on, const http_request_head& head) {
        { a.try_identify(on, head) } -> std::same_as<std::optional<result<principal_ptr>>>;
    }, "llmx: an authenticator's try_identify is std::optional<result<principal_ptr>> try_identify(runtime& on, const http_request_head& "
       "head) const");
    static_assert(requires(const A& a, runtime& on, const http_request_head& head) {
        { a.identify(on, head) } -> std::same_as<boost::asio::awaitable<result<principal_ptr>>>;
    }, "llmx: an authenticator's identify is boost::asio::awaitable<result<principal_ptr>> identify(runtime& on, const http_request_head& "
       "head) const");
};

/// Whether a server on \p host can be reached from this machine alone: "localhost",
/// 127.0.0.0/8 or ::1.
LLMX_DECL [[nodiscard]] bool is_loopback_host(std::string_view host) noexcept;

/// Whether a web page that is not of this machine sent \p request, as its Origin field states
/// (RFC 6454 section 7).
LLMX_DECL [[nodiscard]] bool from_foreign_page(const http_request_head& request) noexcept;

/// Whether \p path is one of those at which realtime sessions are opened: OpenAI's and Azure's, with and without a version.
[[nodiscard]] constexpr bool is_realtime_path(std::string_view path) noexcept {
    return path == "/v1/realtime" || path == "/realtime" || path == "/openai/realtime" || path == "/openai/v1/realtime";
}

/// Calls \p consider with each key in \p request, from all places where the vendors' SDKs put it:
/// `Authorization: Bearer` (RFC 6750 section 2.1), `x-api-key` (Anthropic), `api-key` (Azure),
/// `x-goog-api-key` and the query's `key` (Gemini). The view is valid until \p consider returns.
template <class Consider> void for_each_key(const http_request_head& request, Consider&& consider);

} // namespace llmx::inline LLMX_ABI

#include <llmx/server/detail/request_keys.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/auth.ipp>
#endif
