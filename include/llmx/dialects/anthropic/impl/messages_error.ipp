// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/dialects/detail/reason_text.hpp>
#include <llmx/wire/json_cursor.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::string_view messages_error_type(const error& failure) noexcept {
    switch (failure.http_status()) {
    case 401: return "authentication_error";
    case 402: return "billing_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 408:
    case 504: return "timeout_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 503:
    case 529: return "overloaded_error";
    default: return failure.http_status() < 499 ? "invalid_request_error" : "api_error";
    }
}

/// llmx's code for an error type that came without an HTTP status.
LLMX_DECL [[nodiscard]] errc messages_errc(std::string_view type) noexcept {
    if (type == "invalid_request_error") return errc::invalid_request;
    if (type == "authentication_error") return errc::authentication;
    if (type == "billing_error") return errc::quota_exceeded;
    if (type == "permission_error") return errc::permission_denied;
    if (type == "not_found_error") return errc::not_found;
    if (type == "conflict_error") return errc::conflict;
    if (type == "request_too_large") return errc::payload_too_large;
    if (type == "rate_limit_error") return errc::rate_limited;
    if (type == "overloaded_error") return errc::overloaded;
    return errc::provider_internal; // api_error, timeout_error and types that are added later
}

/// Reads {"error":{…}}, {"error":"…"} and {"message":"…"}: servers with this API in front of something else answer
/// with all three.
LLMX_DECL void messages_read_error(const json_cursor& body, error_body& to) {
    const json_cursor inner = body["error"], details = inner["details"];
    if (inner.object() != nullptr) {
        to.message = inner["message"].string_or();
        to.type = inner["type"].string_or();
        to.code = inner["code"].string_or();
        to.param = inner["param"].string_or();
        if (to.code.empty()) to.code = details["error_code"].string_or();
        return;
    }
    to.message = inner.string_or(body["message"].string_or());
    if (const auto type = body["type"].string_or(); type != "error") to.type = type;
}

LLMX_DECL error messages_failure(const json_cursor& body) {
    error_body read;
    messages_read_error(body, read);
    const errc known = messages_errc(read.type);
    error e(known == errc::invalid_request && words_report_overflow(read.message) ? errc::context_window_exceeded : known);
    e.with_provider_code(std::move(read.type)).with_provider_message(std::move(read.message));
    if (const auto id = body["request_id"].string_or(); !id.empty()) e.with_request_id(std::string(id));
    return e;
}

/// Anthropic begins with these words, and agents compact their conversation upon them alone.
LLMX_DECL [[nodiscard]] std::string messages_error_text(const error& failure) {
    constexpr std::string_view too_long = "prompt is too long";
    std::string text(failure.provider_message().empty() ? failure.message() : failure.provider_message());
    if (failure.value() != errc::context_window_exceeded || text.find(too_long) != std::string::npos) return text;
    const auto sizes = read_context_overflow(text);
    if (!sizes) return std::string(too_long) + ": " + text;
    return std::string(too_long) + ": " + std::to_string(sizes->asked) + " tokens > " + std::to_string(sizes->most) + " maximum (" + text + ")";
}

} // namespace detail

LLMX_DECL error_body anthropic_messages::decode_error(std::string_view body) {
    error_body e;
    json_document document(body);
    const json_cursor in = document.root();
    if (in) detail::messages_read_error(in, e);
    if (e.message.empty()) e.message = detail::reason_text(in);
    return e;
}

LLMX_DECL void anthropic_messages::encode_error(const llmx::error& failure, std::string& out) {
    json_writer w(out);
    w.object().member("type", "error").key("error").object();
    w.member("type", detail::messages_error_type(failure));
    w.member("message", detail::messages_error_text(failure));
    // Upon these details Anthropic's SDKs go on without threads, with the whole conversation in each request.
    if (failure.value() == errc::unsupported_parameter && failure.param() == "thread") {
        w.key("details").object().member("error_code", "thread_unsupported_request");
        w.key("unsupported").array().value("thread").end_array().end_object();
    }
    w.end_object().key("request_id");
    if (failure.request_id().empty()) w.null();
    else w.value(failure.request_id());
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI
