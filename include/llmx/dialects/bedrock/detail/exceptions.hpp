// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/errc.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The exception of each failure, for clients.
inline constexpr errc_column<std::string_view> bedrock_exceptions = {{
    {errc::invalid_request, "ValidationException"},
    {errc::unsupported_parameter, "ValidationException"},
    {errc::context_window_exceeded, "ValidationException"},
    {errc::content_policy, "ValidationException"},
    {errc::authentication, "UnrecognizedClientException"},
    {errc::permission_denied, "AccessDeniedException"},
    {errc::not_found, "ResourceNotFoundException"},
    {errc::method_not_allowed, "ValidationException"},
    {errc::request_timeout, "ModelTimeoutException"},
    {errc::conflict, "ModelNotReadyException"},
    {errc::payload_too_large, "ValidationException"},
    {errc::unsupported_media_type, "ValidationException"},
    {errc::unprocessable, "ValidationException"},
    {errc::header_too_large, "ValidationException"},
    {errc::rate_limited, "ThrottlingException"},
    {errc::quota_exceeded, "ServiceQuotaExceededException"},
    {errc::cancelled, "ModelTimeoutException"},
    {errc::provider_internal, "InternalServerException"},
    {errc::unsupported_operation, "ValidationException"},
    {errc::bad_response, "ModelErrorException"},
    {errc::connect_failed, "ServiceUnavailableException"},
    {errc::connection_lost, "ServiceUnavailableException"},
    {errc::truncated, "ModelErrorException"},
    {errc::overloaded, "ServiceUnavailableException"},
    {errc::no_deployment, "ServiceUnavailableException"},
    {errc::shed, "ServiceUnavailableException"},
    {errc::deadline_exceeded, "ModelTimeoutException"},
    {errc::first_token_timeout, "ModelTimeoutException"},
    {errc::idle_timeout, "ModelTimeoutException"},
    {errc::bad_configuration, "InternalServerException"},
    {errc::internal, "InternalServerException"},
}};
static_assert(covers_each_errc(bedrock_exceptions), "llmx: bedrock_exceptions needs one row for each errc, in the order of the enumeration");

[[nodiscard]] constexpr std::string_view bedrock_exception_of(errc e) noexcept {
    return value_in(bedrock_exceptions, e, std::string_view("InternalServerException"));
}

} // namespace llmx::inline LLMX_ABI::detail
