// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// Everything that can go wrong with a call, told apart by what to do about it.
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
    /// Too many requests or tokens per time; the provider's or ours (see error::provider). 429
    rate_limited,
    /// The account has no credit left; waiting does not help. 429
    quota_exceeded,
    /// The caller went away or cancelled. 499
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
    /// Our own queue or connection limit is full. 503
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
    quota,          ///< a limit or budget, ours or the provider's
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

} // namespace llmx::inline LLMX_ABI

namespace boost::system {
template <> struct is_error_code_enum<llmx::errc> : std::true_type {};
template <> struct is_error_condition_enum<llmx::condition> : std::true_type {};
} // namespace boost::system

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/errc.ipp>
#endif
