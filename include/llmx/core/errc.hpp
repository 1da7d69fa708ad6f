// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// Every kind of failure of a call, distinguished by the reaction that it needs.
enum class errc : int {
    /// The request is malformed or a value is out of range. 400
    invalid_request = 1,
    /// A parameter has no equivalent at the provider and `drop_params` is off. 400
    unsupported_parameter,
    /// The prompt does not fit the model's context window. 400
    context_window_exceeded,
    /// The provider's safety system rejected the prompt. 400
    content_policy,
    /// Missing or wrong key. 401
    authentication,
    /// The key may not do this. 403
    permission_denied,
    /// No such model, deployment or path. 404
    not_found,
    /// The path exists, the method does not. 405
    method_not_allowed,
    /// The caller did not send its request in time. 408
    request_timeout,
    /// The request conflicts with another; trying again may help. 409
    conflict,
    /// The request is larger than the limit. 413
    payload_too_large,
    /// The media type is not one the endpoint reads. 415
    unsupported_media_type,
    /// Well-formed but not processable. 422
    unprocessable,
    /// Header section larger than the limit. 431
    header_too_large,
    /// Too many requests or tokens per time; the provider's limit or the gateway's (see error::provider). 429
    rate_limited,
    /// The account has no credit left; waiting does not help. 429
    quota_exceeded,
    /// The caller disconnected or cancelled. 499
    cancelled,
    /// The provider failed inside. 500
    provider_internal,
    /// The provider does not offer this operation. 501
    unsupported_operation,
    /// The provider answered with something that is not an answer. 502
    bad_response,
    /// Name resolution, connect or TLS handshake failed; nothing was sent. 502
    connect_failed,
    /// The connection broke before the answer began. 502
    connection_lost,
    /// The answer broke off in the middle. 502
    truncated,
    /// The provider is overloaded or down. 503
    overloaded,
    /// No deployment is available now (all cooling down, full or limited). 503
    no_deployment,
    /// A queue or connection limit of the gateway is full. 503
    shed,
    /// The call's deadline passed. 504
    deadline_exceeded,
    /// Nothing of the answer came within the first-token timeout. 504
    first_token_timeout,
    /// The answer paused longer than the idle timeout. 504
    idle_timeout,
    /// A setting is wrong.
    bad_configuration,
    /// A defect in llmx or out of memory. 500
    internal,
};

/// What a caller can do about an `errc`: compare an `error_code` with these.
enum class condition : int {
    retryable = 1,  ///< the same call may succeed later or elsewhere
    quota,          ///< a limit or budget, the gateway's or the provider's
    auth,           ///< credentials or permissions
    client_fault,   ///< the request itself is wrong
    provider_fault, ///< the provider failed
    transport,      ///< the network failed
    deadline,       ///< some time limit passed
    cancelled,      ///< the caller gave up
    truncated,      ///< part of the answer was delivered, the rest is lost
};

/// The category "llmx".
LLMX_DECL [[nodiscard]] const boost::system::error_category& llmx_category() noexcept;
/// The category of `condition`.
LLMX_DECL [[nodiscard]] const boost::system::error_category& condition_category() noexcept;

[[nodiscard]] inline boost::system::error_code make_error_code(errc e) noexcept {
    return boost::system::error_code(static_cast<int>(e), llmx_category());
}
[[nodiscard]] inline boost::system::error_condition make_error_condition(condition c) noexcept {
    return boost::system::error_condition(static_cast<int>(c), condition_category());
}

/// The name of \p e in logs, metrics and codes of errors: its enumerator.
LLMX_DECL [[nodiscard]] std::string_view errc_name(errc e) noexcept;
/// The HTTP status a façade answers with when the provider gave none.
LLMX_DECL [[nodiscard]] int http_status_of(errc e) noexcept;

/// Number of values of `errc`, whose last one is `internal`: a new value stands before it.
inline constexpr std::size_t errc_count = static_cast<std::size_t>(errc::internal);

/// A set of `condition`, as a mask of bits.
class condition_set {
public:
    constexpr condition_set() noexcept = default;
    template <class... Conditions> constexpr explicit condition_set(condition first, Conditions... rest) noexcept
        : bits_((bit(first) | ... | bit(rest))) {}
    /// False for a number that is no `condition`.
    [[nodiscard]] constexpr bool contains(condition c) const noexcept { return (bits_ & bit(c)) != 0; }

private:
    [[nodiscard]] static constexpr std::uint32_t bit(condition c) noexcept {
        const int n = static_cast<int>(c);
        return n > 0 && n < 32 ? std::uint32_t(1) << n : 0;
    }
    std::uint32_t bits_ = 0;
};

/// All that the library has about one `errc`.
struct errc_row {
    constexpr errc_row() noexcept = default;
    constexpr errc_row(errc value, std::string_view called, const char* text, int http, condition_set are) noexcept
        : code(value), name(called), sentence(text), status(http), conditions(are) {}
    errc code{};
    /// The enumerator, for logs, metrics and codes of errors.
    std::string_view name;
    /// What `error::message` returns when the error has no sentence of its own; ends with a zero byte.
    const char* sentence = nullptr;
    /// The HTTP status of an answer that reports the failure (RFC 9110 section 15; 499 is nginx's for a client that has gone).
    int status = 0;
    /// What an `error_code` of this value compares equal with.
    condition_set conditions;
};

/// A further column for `errc`, which a policy or a language keeps in its own file: `errc_column<int>`.
template <class T> struct errc_cell {
    constexpr errc_cell() = default;
    constexpr errc_cell(errc key, T what) : code(key), value(what) {}
    errc code{};
    T value{};
};
template <class T> using errc_column = std::array<errc_cell<T>, errc_count>;

/// Whether \p rows has one row for each `errc`, in the order of the enumeration: for a `static_assert` behind each table.
template <class Row> [[nodiscard]] constexpr bool covers_each_errc(const std::array<Row, errc_count>& rows) noexcept {
    for (std::size_t i = 0; i < errc_count; ++i)
        if (rows[i].code != static_cast<errc>(i + 1)) return false;
    return true;
}

/// The row of \p e in a complete table; null for a number that is no `errc`.
template <class Row>
[[nodiscard]] constexpr const Row* find_row(const std::array<Row, errc_count>& rows, errc e) noexcept {
    const int n = static_cast<int>(e);
    return n >= 1 && static_cast<std::size_t>(n) <= errc_count ? &rows[static_cast<std::size_t>(n - 1)] : nullptr;
}
/// The value of \p e in a complete column; \p otherwise for a number that is no `errc`.
template <class T> [[nodiscard]] constexpr T value_in(const errc_column<T>& column, errc e, T otherwise) noexcept {
    const errc_cell<T>* const row = find_row(column, e);
    return row != nullptr ? row->value : otherwise;
}

/// One row for each `errc`.
// clang-format off
inline constexpr std::array<errc_row, errc_count> errc_table = {{
    {errc::invalid_request, "invalid_request", "the request is not valid", 400,
     condition_set(condition::client_fault)},
    {errc::unsupported_parameter, "unsupported_parameter", "a parameter is not supported by the provider", 400,
     condition_set(condition::client_fault)},
    {errc::context_window_exceeded, "context_window_exceeded", "the prompt exceeds the model's context window", 400,
     condition_set(condition::client_fault)},
    {errc::content_policy, "content_policy", "the provider's content policy rejected the request", 400,
     condition_set(condition::client_fault)},
    {errc::authentication, "authentication", "the key is missing or wrong", 401,
     condition_set(condition::auth)},
    {errc::permission_denied, "permission_denied", "the key may not do this", 403,
     condition_set(condition::auth)},
    {errc::not_found, "not_found", "no such model or path", 404,
     condition_set(condition::client_fault)},
    {errc::method_not_allowed, "method_not_allowed", "the path does not take this method", 405,
     condition_set(condition::client_fault)},
    {errc::request_timeout, "request_timeout", "the request was not received in time", 408,
     condition_set(condition::retryable, condition::deadline)},
    {errc::conflict, "conflict", "the request conflicts with another one", 409,
     condition_set(condition::retryable)},
    {errc::payload_too_large, "payload_too_large", "the request is too large", 413,
     condition_set(condition::client_fault)},
    {errc::unsupported_media_type, "unsupported_media_type", "the content type is not supported", 415,
     condition_set(condition::client_fault)},
    {errc::unprocessable, "unprocessable", "the request cannot be processed", 422,
     condition_set(condition::client_fault)},
    {errc::header_too_large, "header_too_large", "the request header is too large", 431,
     condition_set(condition::client_fault)},
    {errc::rate_limited, "rate_limited", "a rate limit was reached", 429,
     condition_set(condition::retryable, condition::quota)},
    {errc::quota_exceeded, "quota_exceeded", "the account's quota is used up", 429,
     condition_set(condition::quota)},
    {errc::cancelled, "cancelled", "the call was cancelled", 499,
     condition_set(condition::cancelled)},
    {errc::provider_internal, "provider_internal", "the provider failed", 500,
     condition_set(condition::retryable, condition::provider_fault)},
    {errc::unsupported_operation, "unsupported_operation", "the provider does not offer this operation", 501,
     condition_set()},
    {errc::bad_response, "bad_response", "the provider's answer could not be understood", 502,
     condition_set(condition::retryable, condition::provider_fault)},
    {errc::connect_failed, "connect_failed", "the provider could not be reached", 502,
     condition_set(condition::retryable, condition::transport)},
    {errc::connection_lost, "connection_lost", "the connection to the provider was lost before it answered", 502,
     condition_set(condition::retryable, condition::transport)},
    {errc::truncated, "truncated", "the provider's answer broke off", 502,
     condition_set(condition::retryable, condition::provider_fault, condition::transport, condition::truncated)},
    {errc::overloaded, "overloaded", "the provider is overloaded", 503,
     condition_set(condition::retryable, condition::provider_fault)},
    {errc::no_deployment, "no_deployment", "no deployment of the model is available now", 503,
     condition_set(condition::retryable)},
    {errc::shed, "shed", "too many calls at once", 503,
     condition_set(condition::retryable)},
    {errc::deadline_exceeded, "deadline_exceeded", "the call's deadline passed", 504,
     condition_set(condition::deadline)},
    {errc::first_token_timeout, "first_token_timeout", "the provider did not begin to answer in time", 504,
     condition_set(condition::retryable, condition::deadline)},
    {errc::idle_timeout, "idle_timeout", "the provider paused too long within its answer", 504,
     condition_set(condition::retryable, condition::deadline, condition::truncated)},
    {errc::bad_configuration, "bad_configuration", "a setting is wrong", 500,
     condition_set()},
    {errc::internal, "internal", "internal error", 500,
     condition_set()},
}};
// clang-format on
static_assert(covers_each_errc(errc_table), "llmx: errc_table needs one row for each errc, in the order of the enumeration");

} // namespace llmx::inline LLMX_ABI

namespace boost::system {
template <> struct is_error_code_enum<llmx::errc> : std::true_type {};
template <> struct is_error_condition_enum<llmx::condition> : std::true_type {};
} // namespace boost::system

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/errc.ipp>
#endif
