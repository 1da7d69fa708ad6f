// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_read.hpp>

namespace llmx::inline v0 {
namespace detail {

LLMX_DECL std::string_view anthropic_error_type(const error& failure) noexcept {
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

/// Our code for an error type that came without an HTTP status.
[[nodiscard]] LLMX_DECL errc anthropic_errc(std::string_view type) noexcept {
    if (type == "invalid_request_error") return errc::invalid_request;
    if (type == "authentication_error") return errc::authentication;
    if (type == "billing_error") return errc::quota_exceeded;
    if (type == "permission_error") return errc::permission_denied;
    if (type == "not_found_error") return errc::not_found;
    if (type == "conflict_error") return errc::conflict;
    if (type == "request_too_large") return errc::payload_too_large;
    if (type == "rate_limit_error") return errc::rate_limited;
    if (type == "overloaded_error") return errc::overloaded;
    return errc::provider_internal; // api_error, timeout_error and what is added later
}

/// Reads {"error":{…}}, {"error":"…"} and {"message":"…"}: servers that speak this
/// dialect in front of something else answer with all three.
LLMX_DECL void anthropic_read_error(const boost::json::object& body, error_body& to) {
    const json_reader top(body);
    if (const auto* inner = top.object_or_null("error")) {
        const json_reader in(*inner);
        to.message = in.string_or("message");
        to.type = in.string_or("type");
        to.code = in.string_or("code");
        to.param = in.string_or("param");
        if (const auto* details = in.object_or_null("details"); details != nullptr && to.code.empty())
            to.code = json_reader(*details).string_or("error_code");
        return;
    }
    to.message = top.string_or("error", top.string_or("message"));
    if (const auto type = top.string_or("type"); type != "error") to.type = type;
}

LLMX_DECL error anthropic_failure(const boost::json::object& body) {
    error_body read;
    anthropic_read_error(body, read);
    error e(anthropic_errc(read.type));
    e.with_provider_code(std::move(read.type)).with_provider_message(std::move(read.message));
    if (const auto id = json_reader(body).string_or("request_id"); !id.empty()) e.with_request_id(std::string(id));
    return e;
}

} // namespace detail

LLMX_DECL error_body anthropic_messages::decode_error(std::string_view body) {
    error_body e;
    const auto parsed = parse_json(body);
    if (parsed.has_value() && parsed->is_object()) detail::anthropic_read_error(parsed->get_object(), e);
    return e;
}

LLMX_DECL void anthropic_messages::encode_error(const llmx::error& failure, std::string& out) {
    json_writer w(out);
    w.object().member("type", "error").key("error").object();
    w.member("type", detail::anthropic_error_type(failure));
    w.member("message", failure.provider_message().empty() ? failure.message() : failure.provider_message());
    w.end_object().key("request_id");
    if (failure.request_id().empty()) w.null();
    else w.value(failure.request_id());
    w.end_object();
}

} // namespace llmx::inline v0
