// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_record.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// The name of an errc in logs: its enumerator.
[[nodiscard]] LLMX_DECL std::string_view errc_name(errc e) noexcept {
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

/// Cuts what a caller chose to a bounded length and to what may stand in a log.
LLMX_DECL void log_text(json_writer& w, std::string_view name, std::string_view text) {
    constexpr std::size_t longest = 256;
    if (text.empty()) return;
    if (text.size() > longest) {
        text = text.substr(0, longest);
        // Not in the middle of a character.
        if (const std::size_t whole = valid_utf8_prefix(text); longest - whole < 4) text = text.substr(0, whole);
    }
    if (valid_utf8(text)) {
        w.member(name, text);
        return;
    }
    std::string plain(text);
    for (char& c : plain)
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    w.member(name, plain);
}

[[nodiscard]] LLMX_DECL double in_ms(duration d) noexcept {
    // Microseconds are enough: a shorter number for the reader.
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(d).count()) / 1000.0;
}

LLMX_DECL void log_context(json_writer& w, const call_context& c) {
    log_text(w, "provider", c.provider);
    log_text(w, "deployment", c.deployment_id);
    log_text(w, "upstream_model", c.upstream_model);
    if (!c.provider.empty() || c.retries != 0 || c.fallbacks != 0) {
        w.member("retries", c.retries);
        w.member("fallbacks", c.fallbacks);
    }
    if (!c.tokens.empty()) {
        w.member("tokens_in", c.tokens.input_tokens);
        w.member("tokens_out", c.tokens.output_tokens);
        if (c.tokens.cached_tokens != 0) w.member("tokens_cached", c.tokens.cached_tokens);
        if (c.tokens.reasoning_tokens != 0) w.member("tokens_reasoning", c.tokens.reasoning_tokens);
    }
}

LLMX_DECL void log_failure(json_writer& w, const error& e) {
    w.member("error", errc_name(e.value()));
    // A message of ours may name a member of the request, never quote its content.
    log_text(w, "error_message", e.message());
    if (e.provider_status() != 0) w.member("provider_status", e.provider_status());
    log_text(w, "provider_code", e.provider_code());
}

/// At most the first eight: a trail is for a person.
LLMX_DECL void log_attempts(json_writer& w, const std::vector<failed_attempt>& trail) {
    constexpr std::size_t most = 8;
    if (trail.empty()) return;
    w.key("attempts").array();
    for (std::size_t i = 0; i < std::min(most, trail.size()); ++i) {
        w.object();
        log_text(w, "deployment", trail[i].deployment);
        w.member("error", errc_name(trail[i].code));
        if (trail[i].status != 0) w.member("status", trail[i].status);
        w.end_object();
    }
    w.end_array();
}

} // namespace detail

LLMX_DECL std::optional<log_level> parse_log_level(std::string_view word) noexcept {
    for (const log_level l : {log_level::off, log_level::error, log_level::info, log_level::debug})
        if (word == to_string(l)) return l;
    return std::nullopt;
}

LLMX_DECL void append_rfc3339(std::string& out, std::chrono::system_clock::time_point when) {
    namespace chr = std::chrono;
    const auto ms = chr::floor<chr::milliseconds>(when);
    const auto day = chr::floor<chr::days>(ms);
    const chr::year_month_day date(day);
    const chr::hh_mm_ss<chr::milliseconds> time(ms - day);
    char text[24];
    char* p = text;
    const auto put = [&p](unsigned value, unsigned width, char after) {
        for (unsigned i = width; i-- > 0; value /= 10) p[i] = static_cast<char>('0' + value % 10);
        p += width;
        *p++ = after;
    };
    put(static_cast<unsigned>(static_cast<int>(date.year())), 4, '-');
    put(static_cast<unsigned>(date.month()), 2, '-');
    put(static_cast<unsigned>(date.day()), 2, 'T');
    put(static_cast<unsigned>(time.hours().count()), 2, ':');
    put(static_cast<unsigned>(time.minutes().count()), 2, ':');
    put(static_cast<unsigned>(time.seconds().count()), 2, '.');
    put(static_cast<unsigned>(time.subseconds().count()), 3, 'Z');
    out.append(text, sizeof text);
}

LLMX_DECL void append_access_line(std::string& out, const access_record& r) {
    out += "{\"time\":\"";
    append_rfc3339(out, r.when);
    out += "\",\"level\":\"";
    out += to_string(r.level);
    out += "\",";
    json_writer w(out);
    if (r.context != nullptr) detail::log_text(w, "request_id", r.context->request_id);
    detail::log_text(w, "client", r.client);
    if (r.context != nullptr) detail::log_text(w, "caller", r.context->caller);
    detail::log_text(w, "method", r.method);
    detail::log_text(w, "path", r.path);
    w.member("status", r.status);
    detail::log_text(w, "dialect", r.dialect);
    detail::log_text(w, "model", r.model);
    if (r.stream) w.member("stream", true);
    if (r.context != nullptr) detail::log_context(w, *r.context);
    w.member("bytes_in", r.bytes_in);
    w.member("bytes_out", r.bytes_out);
    w.member("duration_ms", detail::in_ms(r.took));
    if (r.context != nullptr && r.context->first_token > r.context->started)
        w.member("ttft_ms", detail::in_ms(r.context->first_token - r.context->started));
    if (r.overhead)
        w.member("overhead_us", std::chrono::duration_cast<std::chrono::microseconds>(*r.overhead).count());
    if (r.failure != nullptr) detail::log_failure(w, *r.failure);
    if (r.context != nullptr)
        detail::log_attempts(w, r.context->trail.empty() && r.failure != nullptr ? r.failure->attempts()
                                                                                 : r.context->trail);
    out += "}\n";
}

} // namespace llmx::inline v0
