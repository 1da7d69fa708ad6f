// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/retry_after.hpp>

#include <chrono>

namespace llmx::inline v0 {
namespace detail {

/// google.rpc.Code's name for a failure.
[[nodiscard]] LLMX_DECL std::string_view gemini_status_of(errc e) noexcept {
    switch (e) {
    case errc::authentication: return "UNAUTHENTICATED";
    case errc::permission_denied: return "PERMISSION_DENIED";
    case errc::not_found: return "NOT_FOUND";
    case errc::conflict: return "ABORTED";
    case errc::rate_limited:
    case errc::quota_exceeded: return "RESOURCE_EXHAUSTED";
    case errc::cancelled: return "CANCELLED";
    case errc::unsupported_operation: return "UNIMPLEMENTED";
    case errc::connect_failed:
    case errc::connection_lost:
    case errc::truncated:
    case errc::overloaded:
    case errc::no_deployment:
    case errc::shed: return "UNAVAILABLE";
    case errc::request_timeout:
    case errc::deadline_exceeded:
    case errc::first_token_timeout:
    case errc::idle_timeout: return "DEADLINE_EXCEEDED";
    case errc::provider_internal:
    case errc::bad_response:
    case errc::bad_configuration:
    case errc::internal: return "INTERNAL";
    default: return "INVALID_ARGUMENT";
    }
}

/// What a google.rpc.Status means; \p code, the HTTP status, counts when the name is unknown.
[[nodiscard]] LLMX_DECL errc gemini_errc_of(std::string_view status, std::int64_t code) noexcept {
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

/// The members of an error object, its details included.
[[nodiscard]] LLMX_DECL error_body read_gemini_error(const boost::json::object& o) {
    const json_reader in(o);
    error_body body;
    body.message = in.string_or("message");
    body.type = in.string_or("status");
    const auto* details = in.array_or_null("details");
    if (details == nullptr) return body;
    for (const auto& d : *details) {
        if (!d.is_object()) continue;
        const json_reader detail(d.get_object());
        const std::string_view type = detail.string_or("@type");
        if (type.ends_with("google.rpc.RetryInfo")) {
            const auto* delay = proto_find(d.get_object(), "retryDelay");
            if (delay == nullptr || !delay->is_string()) continue;
            if (const auto wait = parse_duration(delay->get_string()))
                body.retry_after_s = std::chrono::duration<double>(*wait).count();
        } else if (type.ends_with("google.rpc.QuotaFailure")) {
            const auto* violations = detail.array_or_null("violations");
            if (violations == nullptr) continue;
            for (const auto& v : *violations) {
                const auto* id = v.is_object() ? proto_find(v.get_object(), "quotaId") : nullptr;
                if (id == nullptr || !id->is_string()) continue;
                // Of several the one that takes longest says how long it will be.
                const std::string_view quota = id->get_string();
                if (body.quota.empty() || quota.find("PerDay") != std::string_view::npos) body.quota = quota;
            }
        } else if (type.ends_with("google.rpc.ErrorInfo")) {
            body.code = detail.string_or("reason");
        } else if (type.ends_with("google.rpc.BadRequest") && body.param.empty()) {
            const auto* violations = proto_find(d.get_object(), "fieldViolations");
            if (violations != nullptr && violations->is_array() && !violations->get_array().empty() &&
                violations->get_array().front().is_object())
                body.param = json_reader(violations->get_array().front().get_object()).string_or("field");
        }
    }
    return body;
}

LLMX_DECL error gemini_stream_error(const boost::json::object& o) {
    error_body body = read_gemini_error(o);
    const std::int64_t code = json_reader(o).int_or("code");
    errc value = gemini_errc_of(body.type, code);
    const auto says = [&body](std::string_view text) { return body.message.find(text) != std::string::npos; };
    if (value == errc::invalid_request) {
        if (body.code == "API_KEY_INVALID" || says("API key not valid"))
            value = errc::authentication;
        else if (says("token count") && says("exceeds"))
            value = errc::context_window_exceeded;
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

} // namespace detail

LLMX_DECL error_body gemini_generate::decode_error(std::string_view body) {
    auto parsed = parse_json(body);
    if (parsed.has_error()) return error_body();
    const auto* v = &*parsed;
    // The array stream wraps its error like any other element.
    if (const auto* all = v->if_array(); all != nullptr && !all->empty()) v = &all->front();
    const auto* o = v->if_object();
    if (o == nullptr) return error_body();
    if (const auto* inner = json_reader(*o).object_or_null("error")) return detail::read_gemini_error(*inner);
    error_body plain;
    plain.message = json_reader(*o).string_or("error", json_reader(*o).string_or("message"));
    return plain;
}

LLMX_DECL void gemini_generate::encode_error(const error& failure, std::string& out) {
    json_writer w(out);
    std::string text = failure.message();
    if (!failure.provider_message().empty()) {
        text += ": ";
        text += failure.provider_message();
    }
    w.object().key("error").object();
    w.member("code", failure.http_status());
    w.member("message", text);
    w.member("status", detail::gemini_status_of(failure.value()));
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

} // namespace llmx::inline v0
