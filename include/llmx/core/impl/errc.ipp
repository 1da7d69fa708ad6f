// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/errc.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] const char* errc_message(errc e) noexcept {
    switch (e) {
    case errc::invalid_request: return "the request is not valid";
    case errc::unsupported_parameter: return "a parameter is not supported by the provider";
    case errc::context_window_exceeded: return "the prompt exceeds the model's context window";
    case errc::content_policy: return "the provider's content policy rejected the request";
    case errc::authentication: return "the key is missing or wrong";
    case errc::permission_denied: return "the key may not do this";
    case errc::not_found: return "no such model or path";
    case errc::method_not_allowed: return "the path does not take this method";
    case errc::request_timeout: return "the request was not received in time";
    case errc::conflict: return "the request conflicts with another one";
    case errc::payload_too_large: return "the request is too large";
    case errc::unsupported_media_type: return "the content type is not supported";
    case errc::unprocessable: return "the request cannot be processed";
    case errc::header_too_large: return "the request header is too large";
    case errc::rate_limited: return "a rate limit was reached";
    case errc::quota_exceeded: return "the account's quota is used up";
    case errc::cancelled: return "the call was cancelled";
    case errc::provider_internal: return "the provider failed";
    case errc::unsupported_operation: return "the provider does not offer this operation";
    case errc::bad_response: return "the provider's answer could not be understood";
    case errc::connect_failed: return "the provider could not be reached";
    case errc::connection_lost: return "the connection to the provider was lost before it answered";
    case errc::truncated: return "the provider's answer broke off";
    case errc::overloaded: return "the provider is overloaded";
    case errc::no_deployment: return "no deployment of the model is available now";
    case errc::shed: return "too many calls at once";
    case errc::deadline_exceeded: return "the call's deadline passed";
    case errc::first_token_timeout: return "the provider did not begin to answer in time";
    case errc::idle_timeout: return "the provider paused too long within its answer";
    case errc::bad_configuration: return "a setting is wrong";
    case errc::internal: return "internal error";
    }
    return "unknown llmx error";
}

LLMX_DECL [[nodiscard]] bool errc_is(errc e, condition c) noexcept {
    switch (c) {
    case condition::retryable:
        return e == errc::rate_limited || e == errc::provider_internal || e == errc::bad_response ||
               e == errc::connect_failed || e == errc::connection_lost || e == errc::overloaded ||
               e == errc::no_deployment || e == errc::shed || e == errc::first_token_timeout ||
               e == errc::request_timeout || e == errc::conflict || e == errc::idle_timeout ||
               e == errc::truncated;
    case condition::quota: return e == errc::rate_limited || e == errc::quota_exceeded;
    case condition::auth: return e == errc::authentication || e == errc::permission_denied;
    case condition::client_fault:
        return e == errc::invalid_request || e == errc::unsupported_parameter ||
               e == errc::context_window_exceeded || e == errc::content_policy || e == errc::not_found ||
               e == errc::method_not_allowed || e == errc::payload_too_large ||
               e == errc::unsupported_media_type || e == errc::unprocessable || e == errc::header_too_large;
    case condition::provider_fault:
        return e == errc::provider_internal || e == errc::bad_response || e == errc::overloaded ||
               e == errc::truncated;
    case condition::transport:
        return e == errc::connect_failed || e == errc::connection_lost || e == errc::truncated;
    case condition::deadline:
        return e == errc::deadline_exceeded || e == errc::first_token_timeout || e == errc::idle_timeout ||
               e == errc::request_timeout;
    case condition::cancelled: return e == errc::cancelled;
    case condition::truncated: return e == errc::truncated || e == errc::idle_timeout;
    }
    return false;
}

class llmx_error_category final : public boost::system::error_category {
public:
    // A fixed id keeps two shared objects of one program in agreement.
    constexpr llmx_error_category() noexcept : error_category(0x6c6c6d7865727263ull) {}
    const char* name() const noexcept override { return "llmx"; }
    std::string message(int ev) const override { return errc_message(static_cast<errc>(ev)); }
};

class llmx_condition_category final : public boost::system::error_category {
public:
    constexpr llmx_condition_category() noexcept : error_category(0x6c6c6d78636f6e64ull) {}
    const char* name() const noexcept override { return "llmx.condition"; }
    std::string message(int ev) const override {
        switch (static_cast<condition>(ev)) {
        case condition::retryable: return "retryable";
        case condition::quota: return "quota";
        case condition::auth: return "auth";
        case condition::client_fault: return "client fault";
        case condition::provider_fault: return "provider fault";
        case condition::transport: return "transport";
        case condition::deadline: return "deadline";
        case condition::cancelled: return "cancelled";
        case condition::truncated: return "truncated";
        }
        return "unknown llmx condition";
    }
    bool equivalent(const boost::system::error_code& code, int cond) const noexcept override {
        return code.category() == llmx_category() &&
               errc_is(static_cast<errc>(code.value()), static_cast<condition>(cond));
    }
};

} // namespace detail

LLMX_DECL const boost::system::error_category& llmx_category() noexcept {
    static constexpr detail::llmx_error_category instance;
    return instance;
}

LLMX_DECL const boost::system::error_category& condition_category() noexcept {
    static constexpr detail::llmx_condition_category instance;
    return instance;
}

LLMX_DECL int http_status_of(errc e) noexcept {
    switch (e) {
    case errc::invalid_request:
    case errc::unsupported_parameter:
    case errc::context_window_exceeded:
    case errc::content_policy: return 400;
    case errc::authentication: return 401;
    case errc::permission_denied: return 403;
    case errc::not_found: return 404;
    case errc::method_not_allowed: return 405;
    case errc::request_timeout: return 408;
    case errc::conflict: return 409;
    case errc::payload_too_large: return 413;
    case errc::unsupported_media_type: return 415;
    case errc::unprocessable: return 422;
    case errc::header_too_large: return 431;
    case errc::rate_limited:
    case errc::quota_exceeded: return 429;
    case errc::cancelled: return 499;
    case errc::unsupported_operation: return 501;
    case errc::bad_response:
    case errc::connect_failed:
    case errc::connection_lost:
    case errc::truncated: return 502;
    case errc::overloaded:
    case errc::no_deployment:
    case errc::shed: return 503;
    case errc::deadline_exceeded:
    case errc::first_token_timeout:
    case errc::idle_timeout: return 504;
    case errc::provider_internal:
    case errc::bad_configuration:
    case errc::internal: return 500;
    }
    return 500;
}

LLMX_DECL std::string_view errc_name(errc e) noexcept {
    switch (e) {
    case errc::invalid_request: return "invalid_request";
    case errc::unsupported_parameter: return "unsupported_parameter";
    case errc::context_window_exceeded: return "context_window_exceeded";
    case errc::content_policy: return "content_policy";
    case errc::authentication: return "authentication";
    case errc::permission_denied: return "permission_denied";
    case errc::not_found: return "not_found";
    case errc::method_not_allowed: return "method_not_allowed";
    case errc::request_timeout: return "request_timeout";
    case errc::conflict: return "conflict";
    case errc::payload_too_large: return "payload_too_large";
    case errc::unsupported_media_type: return "unsupported_media_type";
    case errc::unprocessable: return "unprocessable";
    case errc::header_too_large: return "header_too_large";
    case errc::rate_limited: return "rate_limited";
    case errc::quota_exceeded: return "quota_exceeded";
    case errc::cancelled: return "cancelled";
    case errc::provider_internal: return "provider_internal";
    case errc::unsupported_operation: return "unsupported_operation";
    case errc::bad_response: return "bad_response";
    case errc::connect_failed: return "connect_failed";
    case errc::connection_lost: return "connection_lost";
    case errc::truncated: return "truncated";
    case errc::overloaded: return "overloaded";
    case errc::no_deployment: return "no_deployment";
    case errc::shed: return "shed";
    case errc::deadline_exceeded: return "deadline_exceeded";
    case errc::first_token_timeout: return "first_token_timeout";
    case errc::idle_timeout: return "idle_timeout";
    case errc::bad_configuration: return "bad_configuration";
    case errc::internal: return "internal";
    }
    return "internal";
}

} // namespace llmx::inline LLMX_ABI
