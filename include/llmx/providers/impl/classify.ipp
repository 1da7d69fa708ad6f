// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/wire/detail/has_words.hpp>
#include <llmx/wire/retry_after.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <initializer_list>
#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// \p words are lower case.
LLMX_DECL [[nodiscard]] bool has_any(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
    return std::any_of(words.begin(), words.end(), [text](std::string_view w) { return has_words(text, w); });
}

/// OpenAI describes a prompt as too long a string, and a name, a user or a cache's key too.
LLMX_DECL [[nodiscard]] bool reports_long_content(const error_body& reported) noexcept {
    if (!has_any(reported.code, {"string_above_max_length"}) &&
        !has_any(reported.message, {"string too long. expected a string with maximum length"}))
        return false;
    std::string_view what = reported.param;
    if (what.empty()) { // "Invalid 'user': string too long."
        what = reported.message;
        what = what.substr(std::min(what.find('\''), what.size()));
        what = what.substr(0, what.find('\'', 1));
    }
    return has_any(what, {"content"}) || what.ends_with("input") || what.ends_with("prompt");
}

LLMX_DECL [[nodiscard]] bool reports_context_window(const error_body& reported) noexcept {
    return reports_long_content(reported) || has_any(reported.code, {"context_length_exceeded"}) ||
           words_report_overflow(reported.message);
}

LLMX_DECL [[nodiscard]] bool reports_content_policy(const error_body& reported) noexcept {
    return has_any(reported.code, {"content_policy_violation", "content_filter", "responsibleaipolicyviolation"}) ||
           has_any(reported.type, {"content_policy", "content_filter"}) ||
           has_any(reported.message, {"content_policy_violation", "responsibleaipolicyviolation", "content management policy",
                                   "safety system", "content filtering policy", "content_filter_policy"});
}

LLMX_DECL [[nodiscard]] bool reports_quota(const error_body& reported) noexcept {
    if (has_any(reported.code, {"insufficient_quota", "billing_hard_limit_reached"}) ||
        has_any(reported.type, {"insufficient_quota", "billing_error"}) ||
        has_any(reported.message, {"credit balance is too low", "billing hard limit", "insufficient credits"}))
        return true;
    // Google has OpenAI's words for an empty account for every quota, a minute's too: a
    // day's limit is permanent for the call, unless it soon admits calls again.
    if (reported.type == "RESOURCE_EXHAUSTED") {
        const bool soon = reported.retry_after_s >= 0 && reported.retry_after_s <= 60;
        return !soon && has_any(reported.quota, {"perday"});
    }
    return has_any(reported.message, {"exceeded your current quota, please check your plan and billing"});
}

LLMX_DECL [[nodiscard]] errc errc_of_status(int status) noexcept {
    switch (status) {
    case 400: return errc::invalid_request;
    case 401: return errc::authentication;
    case 402: return errc::quota_exceeded;
    case 403: return errc::permission_denied;
    case 404: return errc::not_found;
    case 405: return errc::method_not_allowed;
    case 409: return errc::conflict;
    case 413: return errc::payload_too_large;
    case 415: return errc::unsupported_media_type;
    case 422: return errc::unprocessable;
    case 429: return errc::rate_limited;
    case 501: return errc::unsupported_operation;
    case 408:
    case 503:
    case 504:
    case 524:
    case 529: return errc::overloaded;
    default: break;
    }
    if (status >= 500 && status <= 599) return errc::provider_internal;
    if (status >= 400 && status <= 499) return errc::invalid_request;
    // 1xx and 3xx: no request leads to them.
    return errc::bad_response;
}

} // namespace detail

LLMX_DECL error classify_http(std::string_view provider, int status, std::span<const http_field> fields,
                              const error_body& reported) {
    // Some proxies answer 200 and put the status into the body.
    if (status < 300 && reported.code.size() == 3)
        if (int real = 0; std::from_chars(reported.code.data(), reported.code.data() + 3, real).ec == std::errc() && real >= 400)
            status = real;
    errc code = detail::errc_of_status(status);
    if (status == 400 || status == 413 || status == 422 || status == 403) {
        if (detail::reports_context_window(reported)) code = errc::context_window_exceeded;
        else if (detail::reports_content_policy(reported)) code = errc::content_policy;
        else if (detail::reports_quota(reported)) code = errc::quota_exceeded;
        // Gemini answers a wrong key with 400 API_KEY_INVALID.
        else if (status == 400 && detail::has_any(reported.message, {"api key not valid", "api key expired"}))
            code = errc::authentication;
    } else if (status == 429 && detail::reports_quota(reported)) {
        code = errc::quota_exceeded;
    } else if (status == 500 && (detail::has_any(reported.type, {"overloaded"}) ||
                                 detail::has_any(reported.message, {"overloaded"}))) {
        code = errc::overloaded;
    }

    std::string text(provider);
    text += " answered ";
    text += std::to_string(status);
    if (status >= 300 && status < 400) {
        // A query may have credentials.
        const std::string_view target = find_field(fields, "location").substr(0, 256), place = target.substr(0, target.find_first_of("?#"));
        text += ", a redirect";
        if (!place.empty()) text.append(" to ").append(place);
        text += ": redirects are not followed; set api_base to the API itself";
    } else if (status < 300 && reported.message.empty() && reported.code.empty() && reported.type.empty()) {
        text += " with JSON that is neither the answer asked for nor an error; check that api_base names its API";
    }
    error e(code, std::move(text));
    e.with_provider(provider).with_provider_status(status);
    if (!reported.message.empty()) e.with_provider_message(reported.message);
    if (!reported.code.empty()) e.with_provider_code(reported.code);
    else if (!reported.type.empty()) e.with_provider_code(reported.type);
    if (!reported.param.empty()) e.with_param(reported.param);

    if (const std::string_view id = provider_request_id(fields); !id.empty()) e.with_request_id(std::string(id));
    auto wait = parse_retry_after_ms(find_field(fields, "retry-after-ms"));
    if (!wait) wait = parse_retry_after(find_field(fields, "retry-after"), std::chrono::system_clock::now());
    if (!wait && reported.retry_after_s >= 0)
        wait = std::chrono::milliseconds(static_cast<std::int64_t>(std::min(reported.retry_after_s, 86400.0) * 1000));
    if (wait) e.with_retry_after(*wait);
    return e;
}

LLMX_DECL std::string_view provider_request_id(std::span<const http_field> fields) noexcept {
    std::string_view found[4];
    // Once over the fields, whose lengths distinguish nearly all of them.
    for (const http_field& f : fields) {
        const std::size_t n = f.name.size();
        if (n == 12 && iequals(f.name, "x-request-id")) found[0] = f.value;
        else if (n == 10 && iequals(f.name, "request-id")) found[1] = f.value;
        else if (n == 15 && iequals(f.name, "apim-request-id")) found[2] = f.value;
        else if (n == 16 && iequals(f.name, "x-amzn-requestid")) found[3] = f.value;
    }
    for (const std::string_view id : found)
        if (!id.empty()) return id;
    return std::string_view();
}

} // namespace llmx::inline LLMX_ABI
