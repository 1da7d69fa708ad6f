// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/dialects/detail/reason_text.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/retry_after.hpp>

#include <chrono>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// google.rpc.Code's name for a failure.
inline constexpr errc_column<std::string_view> generate_statuses = {{
    {errc::invalid_request, "INVALID_ARGUMENT"},
    {errc::unsupported_parameter, "INVALID_ARGUMENT"},
    {errc::context_window_exceeded, "INVALID_ARGUMENT"},
    {errc::content_policy, "INVALID_ARGUMENT"},
    {errc::authentication, "UNAUTHENTICATED"},
    {errc::permission_denied, "PERMISSION_DENIED"},
    {errc::not_found, "NOT_FOUND"},
    {errc::method_not_allowed, "INVALID_ARGUMENT"},
    {errc::request_timeout, "DEADLINE_EXCEEDED"},
    {errc::conflict, "ABORTED"},
    {errc::payload_too_large, "INVALID_ARGUMENT"},
    {errc::unsupported_media_type, "INVALID_ARGUMENT"},
    {errc::unprocessable, "INVALID_ARGUMENT"},
    {errc::header_too_large, "INVALID_ARGUMENT"},
    {errc::rate_limited, "RESOURCE_EXHAUSTED"},
    {errc::quota_exceeded, "RESOURCE_EXHAUSTED"},
    {errc::cancelled, "CANCELLED"},
    {errc::provider_internal, "INTERNAL"},
    {errc::unsupported_operation, "UNIMPLEMENTED"},
    {errc::bad_response, "INTERNAL"},
    {errc::connect_failed, "UNAVAILABLE"},
    {errc::connection_lost, "UNAVAILABLE"},
    {errc::truncated, "UNAVAILABLE"},
    {errc::overloaded, "UNAVAILABLE"},
    {errc::no_deployment, "UNAVAILABLE"},
    {errc::shed, "UNAVAILABLE"},
    {errc::deadline_exceeded, "DEADLINE_EXCEEDED"},
    {errc::first_token_timeout, "DEADLINE_EXCEEDED"},
    {errc::idle_timeout, "DEADLINE_EXCEEDED"},
    {errc::bad_configuration, "INTERNAL"},
    {errc::internal, "INTERNAL"},
}};
static_assert(covers_each_errc(generate_statuses), "llmx: generate_statuses needs one row for each errc, in its order");

LLMX_DECL [[nodiscard]] std::string_view generate_status_of(errc e) noexcept {
    return value_in(generate_statuses, e, std::string_view("INVALID_ARGUMENT"));
}

/// The code for a google.rpc.Status; \p code, the HTTP status, counts when the name is unknown.
LLMX_DECL [[nodiscard]] errc generate_errc_of(std::string_view status, std::int64_t code) noexcept {
    struct row {
        std::string_view status;
        std::int64_t code;
        errc value;
    };
    static constexpr row rows[] = {{"INVALID_ARGUMENT", 400, errc::invalid_request},
                                   {"FAILED_PRECONDITION", 400, errc::invalid_request},
                                   {"OUT_OF_RANGE", 400, errc::invalid_request},
                                   {"UNAUTHENTICATED", 401, errc::authentication},
                                   {"PERMISSION_DENIED", 403, errc::permission_denied},
                                   {"NOT_FOUND", 404, errc::not_found},
                                   {"ABORTED", 409, errc::conflict},
                                   {"ALREADY_EXISTS", 409, errc::conflict},
                                   {"RESOURCE_EXHAUSTED", 429, errc::rate_limited},
                                   {"CANCELLED", 499, errc::provider_internal},
                                   {"INTERNAL", 500, errc::provider_internal},
                                   {"UNKNOWN", 500, errc::provider_internal},
                                   {"DATA_LOSS", 500, errc::provider_internal},
                                   {"UNIMPLEMENTED", 501, errc::unsupported_operation},
                                   {"UNAVAILABLE", 503, errc::overloaded},
                                   {"DEADLINE_EXCEEDED", 504, errc::provider_internal}};
    for (const row& r : rows)
        if (r.status == status) return r.value;
    for (const row& r : rows)
        if (r.code == code) return r.value;
    return code >= 400 && code < 500 ? errc::invalid_request : errc::provider_internal;
}

/// One of an error's details, a google.protobuf.Any.
LLMX_DECL void generate_read_detail(const json_cursor& in, error_body& to) {
    const std::string_view type = in["@type"].string_or();
    if (type.ends_with("google.rpc.RetryInfo")) {
        if (const auto wait = parse_duration(in["retryDelay"].string_or()))
            to.retry_after_s = std::chrono::duration<double>(*wait).count();
    } else if (type.ends_with("google.rpc.QuotaFailure")) {
        const json_cursor violations = in["violations"];
        violations.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
            // Of several the one that takes longest decides how long it will be.
            const std::string_view quota = one["quotaId"].string_or();
            if (!quota.empty() && (to.quota.empty() || quota.find("PerDay") != std::string_view::npos)) to.quota = quota;
        });
    } else if (type.ends_with("google.rpc.ErrorInfo")) {
        to.code = in["reason"].string_or();
    } else if (type.ends_with("google.rpc.BadRequest") && to.param.empty()) {
        const json_cursor violations = in["fieldViolations"], first = violations[std::size_t{0}];
        to.param = first["field"].string_or();
    }
}

/// The members of an error object, its details included.
LLMX_DECL [[nodiscard]] error_body generate_read_error(const json_cursor& in) {
    error_body body;
    body.message = reason_text(in);
    body.type = in["status"].string_or();
    const json_cursor details = in["details"];
    details.each_object_or_skip([&body](const json_cursor& one, std::size_t) { generate_read_detail(one, body); });
    return body;
}

LLMX_DECL error generate_read_failure(const json_cursor& in) {
    error_body body = generate_read_error(in);
    const std::int64_t code = in["code"].int_or();
    errc value = generate_errc_of(body.type, code);
    const auto has = [&body](std::string_view text) { return body.message.find(text) != std::string::npos; };
    if (value == errc::invalid_request) {
        if (body.code == "API_KEY_INVALID" || has("API key not valid")) value = errc::authentication;
        else if (words_report_overflow(body.message)) value = errc::context_window_exceeded;
    }
    error e(value);
    if (code >= 400 && code <= 599) e.with_provider_status(static_cast<int>(code));
    e.with_provider_code(std::move(body.type));
    e.with_provider_message(std::move(body.message));
    if (!body.param.empty()) e.with_param(std::move(body.param));
    if (body.retry_after_s >= 0)
        e.with_retry_after(std::chrono::milliseconds(static_cast<std::int64_t>(body.retry_after_s * 1000)));
    return e;
}

LLMX_DECL error gemini_stream_error(const boost::json::object& error_object) {
    json_document document(json_text(error_object), json_naming::proto);
    const json_cursor in = document.root();
    return generate_read_failure(in);
}

/// The sentence for a failure. Programs find an overflow by Google's own words about it, behind which those of another vendor follow.
LLMX_DECL [[nodiscard]] std::string generate_error_text(const error& failure) {
    constexpr std::string_view count = "The input token count", exceeds = " exceeds the maximum number of tokens allowed";
    const std::string& words = failure.provider_message();
    std::string text = failure.message();
    if (!words.empty()) (text += ": ") += words;
    if (failure.value() != errc::context_window_exceeded || words.empty() || words.find(exceeds) != std::string::npos) return text;
    std::string known(count);
    const auto sizes = read_context_overflow(words);
    if (sizes) known += " (" + std::to_string(sizes->asked) + ")";
    known += exceeds;
    if (sizes) known += " (" + std::to_string(sizes->most) + ")";
    return known + ". (" + text + ")";
}

} // namespace detail

LLMX_DECL error_body gemini_generate::decode_error(std::string_view body) {
    json_document document(body, json_naming::proto);
    if (!document.forgive()) return error_body();
    // The array stream wraps its error as it wraps any other element.
    const json_cursor all = document.root(), in = all[std::size_t{0}], inner = in["error"];
    if (inner.object() != nullptr) return detail::generate_read_error(inner);
    error_body plain;
    plain.message = inner.string_or();
    if (plain.message.empty()) plain.message = detail::reason_text(in);
    if (plain.message.empty()) plain.message = detail::reason_text(all);
    return plain;
}

LLMX_DECL void gemini_generate::encode_error(const error& failure, std::string& out) {
    json_writer w(out);
    const std::string text = detail::generate_error_text(failure);
    w.object().key("error").object();
    w.member("code", failure.http_status());
    w.member("message", text);
    w.member("status", detail::generate_status_of(failure.value()));
    const auto wait = failure.retry_after();
    if (wait || !failure.param().empty()) {
        w.key("details").array();
        if (!failure.param().empty()) {
            w.object().member("@type", "type.googleapis.com/google.rpc.BadRequest").key("fieldViolations").array();
            w.object().member("field", failure.param()).member("description", failure.message()).end_object();
            w.end_array().end_object();
        }
        if (wait) {
            // A google.protobuf.Duration; whole seconds, rounded up, never too early.
            const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
            w.object().member("@type", "type.googleapis.com/google.rpc.RetryInfo");
            w.member("retryDelay", std::to_string(seconds) + 's').end_object();
        }
        w.end_array();
    }
    w.end_object().end_object();
}

} // namespace llmx::inline LLMX_ABI
