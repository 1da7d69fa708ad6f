// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>

#include <array>
#include <cstdint>

namespace llmx::inline LLMX_ABI::detail {

/// Which number of `retry` limits the attempts after a failure.
enum class retried_as : std::uint8_t {
    never,
    elsewhere, ///< at another deployment alone, `max_retries` times
    invalid_request,
    content_policy,
    authentication,
    not_found,
    rate_limit,
    timeout,
    internal,
    overloaded,
    connection,
};
/// What a failure shows of the deployment it comes from.
enum class deployment_is : std::uint8_t {
    sound,    ///< nothing: wrong requests, callers that went away
    unusable, ///< it works and takes no calls of ours: limits, credentials
    broken,   ///< broken or slow
};
/// When a failure is of a layer of ours, before anything was sent.
enum class refused_by_us : std::uint8_t {
    never,
    without_status,   ///< when no provider answered
    without_provider, ///< when, besides, no provider is named
};

/// What policies do about one `errc`.
struct failure_row {
    constexpr failure_row() noexcept = default;
    constexpr failure_row(errc key, retried_as limit, deployment_is shown, refused_by_us when, bool wrong) noexcept
        : code(key), retried(limit), deployment(shown), refused(when), caller_is_wrong(wrong) {}
    errc code{};
    retried_as retried{};
    deployment_is deployment{};
    refused_by_us refused{};
    /// The request itself is wrong, at each deployment: no fallback follows.
    bool caller_is_wrong = false;
};

/// One row for each `errc`.
// clang-format off
inline constexpr std::array<failure_row, errc_count> failure_table = {{
    {errc::invalid_request, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::unsupported_parameter, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::context_window_exceeded, retried_as::invalid_request, deployment_is::sound, refused_by_us::without_provider, false},
    {errc::content_policy, retried_as::content_policy, deployment_is::sound, refused_by_us::never, false},
    {errc::authentication, retried_as::authentication, deployment_is::unusable, refused_by_us::never, false},
    {errc::permission_denied, retried_as::authentication, deployment_is::sound, refused_by_us::never, false},
    {errc::not_found, retried_as::not_found, deployment_is::unusable, refused_by_us::never, false},
    {errc::method_not_allowed, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::request_timeout, retried_as::timeout, deployment_is::broken, refused_by_us::never, false},
    {errc::conflict, retried_as::internal, deployment_is::sound, refused_by_us::never, false},
    {errc::payload_too_large, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::unsupported_media_type, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::unprocessable, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::header_too_large, retried_as::invalid_request, deployment_is::sound, refused_by_us::never, true},
    {errc::rate_limited, retried_as::rate_limit, deployment_is::unusable, refused_by_us::without_provider, false},
    {errc::quota_exceeded, retried_as::elsewhere, deployment_is::unusable, refused_by_us::never, false},
    {errc::cancelled, retried_as::never, deployment_is::sound, refused_by_us::never, false},
    {errc::provider_internal, retried_as::internal, deployment_is::broken, refused_by_us::never, false},
    {errc::unsupported_operation, retried_as::elsewhere, deployment_is::sound, refused_by_us::without_status, false},
    {errc::bad_response, retried_as::internal, deployment_is::broken, refused_by_us::never, false},
    {errc::connect_failed, retried_as::connection, deployment_is::broken, refused_by_us::never, false},
    {errc::connection_lost, retried_as::connection, deployment_is::broken, refused_by_us::never, false},
    {errc::truncated, retried_as::connection, deployment_is::broken, refused_by_us::never, false},
    {errc::overloaded, retried_as::overloaded, deployment_is::broken, refused_by_us::never, false},
    {errc::no_deployment, retried_as::overloaded, deployment_is::sound, refused_by_us::without_provider, false},
    {errc::shed, retried_as::overloaded, deployment_is::sound, refused_by_us::without_provider, false},
    {errc::deadline_exceeded, retried_as::never, deployment_is::sound, refused_by_us::never, false},
    {errc::first_token_timeout, retried_as::timeout, deployment_is::broken, refused_by_us::never, false},
    {errc::idle_timeout, retried_as::timeout, deployment_is::broken, refused_by_us::never, false},
    {errc::bad_configuration, retried_as::never, deployment_is::sound, refused_by_us::never, false},
    {errc::internal, retried_as::never, deployment_is::sound, refused_by_us::never, false},
}};
// clang-format on
static_assert(covers_each_errc(failure_table), "llmx: failure_table needs one row for each errc, in the order of the enumeration");

/// A number that is no `errc` is a failure after which nothing is done.
[[nodiscard]] constexpr failure_row failure_kind(errc e) noexcept {
    const failure_row* const row = find_row(failure_table, e);
    return row != nullptr ? *row : failure_row();
}

/// Whether a layer of the gateway refused the call before anything was sent: another
/// deployment can take it at no cost.
[[nodiscard]] inline bool refused_here(const error& e) noexcept {
    const refused_by_us when = failure_kind(e.value()).refused;
    return when != refused_by_us::never && e.provider_status() == 0 &&
           (when == refused_by_us::without_status || e.provider().empty());
}

/// Whether a failure shows that the deployment itself is broken or slow. Limits, wrong
/// requests and callers that disconnected do not show it.
[[nodiscard]] constexpr bool deployment_failed(errc e) noexcept {
    return failure_kind(e).deployment == deployment_is::broken;
}

} // namespace llmx::inline LLMX_ABI::detail
