// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/dialects/detail/reason_text.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/retry_after.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// OpenAI's `type` for a status.
/// Source: https://platform.openai.com/docs/guides/error-codes and the SDKs' classes.
LLMX_DECL [[nodiscard]] std::string_view openai_chat_error_type(errc e, int status) noexcept {
    if (e == errc::quota_exceeded) return "insufficient_quota";
    switch (status) {
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 408:
    case 504: return "timeout_error";
    case 429: return "rate_limit_error";
    case 503: return "service_unavailable_error";
    default: return status < 500 ? "invalid_request_error" : "server_error";
    }
}

/// The `code` for a failure without one of the provider's; OpenAI's own words where it has one.
inline constexpr errc_column<std::string_view> openai_chat_error_codes = {{
    {errc::invalid_request, "invalid_request"},
    {errc::unsupported_parameter, "unsupported_parameter"},
    {errc::context_window_exceeded, "context_length_exceeded"},
    {errc::content_policy, "content_policy_violation"},
    {errc::authentication, "invalid_api_key"},
    {errc::permission_denied, "permission_denied"},
    {errc::not_found, "model_not_found"},
    {errc::method_not_allowed, "method_not_allowed"},
    {errc::request_timeout, "timeout"},
    {errc::conflict, "conflict"},
    {errc::payload_too_large, "request_too_large"},
    {errc::unsupported_media_type, "unsupported_media_type"},
    {errc::unprocessable, "unprocessable_entity"},
    {errc::header_too_large, "header_too_large"},
    {errc::rate_limited, "rate_limit_exceeded"},
    {errc::quota_exceeded, "insufficient_quota"},
    {errc::cancelled, "cancelled"},
    {errc::provider_internal, "server_error"},
    {errc::unsupported_operation, "unsupported_operation"},
    {errc::bad_response, "bad_response"},
    {errc::connect_failed, "connect_failed"},
    {errc::connection_lost, "connection_lost"},
    {errc::truncated, "stream_truncated"},
    {errc::overloaded, "server_is_overloaded"},
    {errc::no_deployment, "no_deployment_available"},
    {errc::shed, "too_many_concurrent_requests"},
    {errc::deadline_exceeded, "timeout"},
    {errc::first_token_timeout, "timeout"},
    {errc::idle_timeout, "timeout"},
    {errc::bad_configuration, "bad_configuration"},
    {errc::internal, "internal_error"},
}};
static_assert(covers_each_errc(openai_chat_error_codes), "llmx: openai_chat_error_codes needs one row for each errc, in its order");

LLMX_DECL [[nodiscard]] std::string_view openai_chat_error_code(errc e) noexcept {
    return value_in(openai_chat_error_codes, e, std::string_view("internal_error"));
}

/// The code for an error object without an HTTP status of its own.
LLMX_DECL [[nodiscard]] errc openai_chat_classify(const error_body& e) noexcept {
    const auto is = [&e](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&e](std::string_view w) { return e.code == w || e.type == w; });
    };
    if (is({"insufficient_quota", "billing_hard_limit_reached", "credit_balance_exhausted",
            "billing_not_active", "402"}))
        return errc::quota_exceeded;
    if (is({"context_length_exceeded", "string_above_max_length"})) return errc::context_window_exceeded;
    if (e.message.find("maximum context length") != std::string::npos) return errc::context_window_exceeded;
    if (is({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"}))
        return errc::content_policy;
    if (is({"rate_limit_exceeded", "rate_limit_error", "requests", "tokens", "slow_down",
            "RESOURCE_EXHAUSTED", "throttling_error", "429"}))
        return errc::rate_limited;
    // Behind the limits of rate, which may be of "too many tokens" as well.
    if (words_report_overflow(e.message)) return errc::context_window_exceeded;
    if (is({"server_is_overloaded", "overloaded_error", "overloaded", "engine_overloaded",
            "service_unavailable", "service_unavailable_error", "UNAVAILABLE", "502", "503", "529"}))
        return errc::overloaded;
    if (is({"invalid_api_key", "authentication_error", "UNAUTHENTICATED", "401"}))
        return errc::authentication;
    if (is({"permission_error", "permission_denied", "PERMISSION_DENIED", "403"}))
        return errc::permission_denied;
    if (is({"model_not_found", "not_found_error", "NOT_FOUND", "404"})) return errc::not_found;
    if (is({"timeout", "timeout_error", "DEADLINE_EXCEEDED", "408", "504"})) return errc::provider_internal;
    if (is({"unsupported_parameter"})) return errc::unsupported_parameter;
    if (is({"invalid_request_error", "BadRequestError", "INVALID_ARGUMENT", "400", "422"}))
        return errc::invalid_request;
    return errc::provider_internal;
}

/// The wait in Google's RetryInfo or in OpenAI's "Please try again in 6m0s"; -1 for none.
LLMX_DECL [[nodiscard]] double openai_chat_wait(const json_cursor& from, std::string_view message) {
    std::optional<std::chrono::milliseconds> wait;
    const json_cursor details = from["details"];
    details.each_object_or_skip([&wait](const json_cursor& one, std::size_t) {
        if (!wait) wait = parse_duration(one["retryDelay"].string_or());
    });
    static constexpr std::string_view words = "try again in ";
    if (const std::size_t at = message.find(words); !wait && at != std::string_view::npos) {
        std::string_view text = message.substr(at + words.size());
        text = text.substr(0, text.find_first_not_of("0123456789.hmsun"));
        while (text.ends_with('.')) text.remove_suffix(1);
        wait = parse_duration(text);
    }
    return wait ? static_cast<double>(wait->count()) / 1000.0 : -1.0;
}

/// Text, or a number that some servers send for it; empty for objects and arrays.
LLMX_DECL [[nodiscard]] std::string openai_chat_word(const json_cursor& from) {
    if (from.object() != nullptr || from.array() != nullptr) return std::string();
    return from.is_string() ? std::string(from.string_or()) : from.text();
}

LLMX_DECL error_body openai_chat_read_error(const json_cursor& from) {
    error_body e;
    if (from.object() == nullptr) {
        e.message = reason_text(from);
        if (e.message.empty() && from.array() == nullptr) e.message = from.text();
        return e;
    }
    e.message = reason_text(from);
    e.type = openai_chat_word(from["type"]);
    if (e.type.empty()) e.type = from["status"].string_or(); // Google's OpenAI endpoint
    e.code = openai_chat_word(from["code"]);
    if (e.code.empty()) e.code = openai_chat_word(from["error_code"]); // Baidu's
    e.param = openai_chat_word(from["param"]);
    e.retry_after_s = openai_chat_wait(from, e.message);
    return e;
}

LLMX_DECL error openai_chat_failure(const json_cursor& from) {
    error_body body = openai_chat_read_error(from);
    const errc what = openai_chat_classify(body);
    error e(what);
    e.with_provider_message(std::move(body.message));
    e.with_provider_code(std::move(body.code.empty() ? body.type : body.code));
    if (!body.param.empty()) e.with_param(std::move(body.param));
    if (body.retry_after_s >= 0)
        e.with_retry_after(std::chrono::milliseconds(static_cast<std::int64_t>(body.retry_after_s * 1000.0)));
    return e;
}

LLMX_DECL error openai_chat_failure(const boost::json::value& v) {
    json_document document("{}");
    return openai_chat_failure(json_cursor(document, &v));
}

/// Proxies in between answer in plain text; a page of HTML has nothing of use.
LLMX_DECL [[nodiscard]] error_body openai_chat_plain_error(std::string_view body) {
    error_body e;
    const std::size_t start = body.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || body[start] == '<') return e;
    const std::string_view text = body.substr(start, 512);
    e.message = text.substr(0, valid_utf8_prefix(text));
    return e;
}

/// The sentence for a failure. Programs find an overflow by OpenAI's own words about it
/// (platform.openai.com/docs/guides/error-codes), behind which those of another vendor follow.
LLMX_DECL [[nodiscard]] std::string openai_chat_error_text(const error& failure) {
    const std::string& words = failure.provider_message();
    std::string text = failure.message();
    if (!words.empty()) (text += ": ") += words;
    if (failure.value() != errc::context_window_exceeded || words.empty() || words.find("maximum context length") != std::string::npos) return text;
    std::string known = "This model's maximum context length";
    if (const auto sizes = read_context_overflow(words))
        known += " is " + std::to_string(sizes->most) + " tokens. However, your messages resulted in " + std::to_string(sizes->asked) + " tokens";
    else known += " is exceeded. Please reduce the length of the messages";
    return known + ". (" + text + ")";
}

/// The code; empty for a path, or a response of an id, that the gateway does not have, which OpenAI answers without one.
LLMX_DECL [[nodiscard]] std::string_view openai_chat_code_of(const error& failure) noexcept {
    // Clients compare this one code to shorten the prompt, whichever vendor reported it in its own words.
    const bool own = failure.provider_code().empty() || failure.value() == errc::context_window_exceeded;
    const bool no_model = failure.param() == "path" || failure.param() == "id";
    if (failure.value() == errc::not_found && failure.provider().empty() && no_model) return std::string_view();
    return own ? openai_chat_error_code(failure.value()) : std::string_view(failure.provider_code());
}

} // namespace detail

LLMX_DECL error_body openai_chat::decode_error(std::string_view body) {
    json_document document(body);
    // It need not be an object.
    if (!document.forgive()) return detail::openai_chat_plain_error(body);
    const json_cursor root = document.root(), first = root[0];
    // Google's OpenAI endpoint wraps the object in an array.
    const json_cursor& all = root.array() != nullptr && root.array()->size() == 1 ? first : root;
    const json_cursor inner = all["error"], message = all["message"], reason = all["detail"], several = all["errors"];
    if (inner) {
        error_body e = detail::openai_chat_read_error(inner);
        // "error" as a bare word, with the sentence beside it.
        if (inner.is_string() && message) {
            e.type = std::move(e.message);
            e.message = message.string_or();
        }
        return e;
    }
    // IBM's and Cloudflare's list of failures: the first one.
    const json_cursor of_several = several[0];
    if (!message && !reason && several.array() != nullptr && of_several["message"]) return detail::openai_chat_read_error(of_several);
    return detail::openai_chat_read_error(reason && !message ? reason : all);
}

LLMX_DECL void openai_chat::encode_error(const error& failure, std::string& out) {
    json_writer w(out);
    w.object().key("error").object().member("message", detail::openai_chat_error_text(failure));
    w.member("type", detail::openai_chat_error_type(failure.value(), failure.http_status()));
    w.key("param");
    const std::string_view code = detail::openai_chat_code_of(failure);
    if (failure.param().empty() || code.empty()) w.null();
    else w.value(failure.param());
    w.key("code");
    if (code.empty()) w.null();
    else w.value(code);
    w.end_object().end_object();
}

} // namespace llmx::inline LLMX_ABI
