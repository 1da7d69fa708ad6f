// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/call_cost.hpp>
#include <llmx/telemetry/access_record.hpp>
#include <llmx/telemetry/detail/line_writer.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] std::int64_t in_microseconds(duration d) noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

/// A code in the usual form of vendors; any other text may quote the request.
LLMX_DECL [[nodiscard]] bool is_word(std::string_view text) noexcept {
    return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                      c == '.';
           });
}

/// At most the first eight: a trail is for a person.
LLMX_DECL void log_attempts(line_writer& w, const std::vector<failed_attempt>& trail) {
    constexpr std::size_t most = 8;
    w.raw(",\"attempts\":[");
    for (std::size_t i = 0; i < std::min(most, trail.size()); ++i) {
        if (i != 0) w.raw(",");
        w.raw("{\"error\":");
        w.text(errc_name(trail[i].code));
        w.member(",\"deployment\":", trail[i].deployment);
        if (trail[i].status != 0) w.raw(",\"status\":").number(trail[i].status);
        w.raw("}");
    }
    w.raw("]");
}

LLMX_DECL [[nodiscard]] bool has_media_tokens(const usage& t) noexcept {
    return (t.input_audio_tokens | t.output_audio_tokens | t.input_image_tokens | t.output_image_tokens | t.web_searches) != 0 ||
           price_tier_of(t.tier) != price_tier::standard;
}

LLMX_DECL void log_media_tokens(line_writer& w, const usage& t) {
    if (t.input_audio_tokens != 0) w.raw(",\"tokens_audio_in\":").number(t.input_audio_tokens);
    if (t.output_audio_tokens != 0) w.raw(",\"tokens_audio_out\":").number(t.output_audio_tokens);
    if (t.input_image_tokens != 0) w.raw(",\"tokens_image_in\":").number(t.input_image_tokens);
    if (t.output_image_tokens != 0) w.raw(",\"tokens_image_out\":").number(t.output_image_tokens);
    if (t.web_searches != 0) w.raw(",\"web_searches\":").number(t.web_searches);
    if (const price_tier tier = price_tier_of(t.tier); tier != price_tier::standard) w.member(",\"service_tier\":", to_string(tier));
}

LLMX_DECL void log_cost_parts(line_writer& w, const call_cost& c) {
    bool first = true;
    const auto part = [&](std::string_view name, const money& amount) {
        if (amount.zero()) return;
        if (first) w.raw(",\"cost_parts\":{\"");
        else w.raw(",\"");
        w.copy(name).raw("\":").copy(dollar_text(amount).view());
        first = false;
    };
    part("input", c.input);
    part("cached", c.cached);
    part("cache_write", c.cache_write);
    part("output", c.output);
    part("reasoning", c.reasoning);
    part("audio_input", c.audio_input);
    part("audio_output", c.audio_output);
    part("images", c.images);
    part("units", c.units);
    part("web_search", c.web_search);
    if (!first) w.raw("}");
}

/// Members that are written only for calls in which something failed.
LLMX_DECL void append_failure(std::string& out, const error* e, const call_context* c) {
    text_memory memory;
    line_writer w(out, memory);
    if (e != nullptr) {
        w.member(",\"error\":", errc_name(e->value()));
        // A message of llmx may name a member of the request, never quote its content.
        w.member(",\"error_message\":", e->message());
        if (e->provider_status() != 0) w.raw(",\"provider_status\":").number(e->provider_status());
        if (is_word(e->provider_code())) w.member(",\"provider_code\":", e->provider_code());
    }
    if (c != nullptr && !c->report.trail.empty()) log_attempts(w, c->report.trail);
    else if (c != nullptr && e != nullptr && !e->attempts().empty()) log_attempts(w, e->attempts());
    w.spill();
}

} // namespace detail

LLMX_DECL std::optional<log_level> parse_log_level(std::string_view word) noexcept {
    for (const log_level l : {log_level::off, log_level::error, log_level::info, log_level::debug})
        if (word == to_string(l)) return l;
    return std::nullopt;
}

LLMX_DECL std::string_view rfc3339_text::at(std::chrono::system_clock::time_point when) noexcept {
    namespace chr = std::chrono;
    const auto ms = chr::floor<chr::milliseconds>(when);
    const auto second = chr::floor<chr::seconds>(ms);
    const auto put = [this](std::size_t at, unsigned value, unsigned width, char after) {
        for (unsigned i = width; i-- > 0; value /= 10) text_[at + i] = static_cast<char>('0' + value % 10);
        text_[at + width] = after;
    };
    if (second != second_) {
        second_ = second;
        const auto day = chr::floor<chr::days>(second);
        const chr::year_month_day date(day);
        const chr::hh_mm_ss<chr::seconds> time(second - day);
        put(0, static_cast<unsigned>(static_cast<int>(date.year())), 4, '-');
        put(5, static_cast<unsigned>(date.month()), 2, '-');
        put(8, static_cast<unsigned>(date.day()), 2, 'T');
        put(11, static_cast<unsigned>(time.hours().count()), 2, ':');
        put(14, static_cast<unsigned>(time.minutes().count()), 2, ':');
        put(17, static_cast<unsigned>(time.seconds().count()), 2, '.');
    }
    put(20, static_cast<unsigned>((ms - second).count()), 3, 'Z');
    return std::string_view(text_, sizeof text_);
}

LLMX_DECL void append_access_line(std::string& out, const access_record& r, rfc3339_text& memory) {
    const call_context* const c = r.context;
    detail::text_memory stack;
    detail::line_writer w(out, stack);
    w.raw("{\"time\":\"").copy(memory.at(r.when)).raw("\",\"level\":\"").copy(to_string(r.level)).raw("\"");
    if (c != nullptr) w.member(",\"request_id\":", c->request_id);
    w.member(",\"client\":", r.client);
    if (c != nullptr) w.member(",\"caller\":", c->caller);
    if (c != nullptr && c->principal && !c->principal->tags.empty()) {
        bool first = true;
        for (const std::string& tag : c->principal->tags) {
            if (first) w.raw(",\"tags\":[");
            else w.raw(",");
            w.text(tag);
            first = false;
        }
        w.raw("]");
    }
    w.member(",\"method\":", r.method);
    w.member(",\"path\":", r.path);
    w.raw(",\"status\":").number(r.status);
    w.member(",\"dialect\":", r.dialect);
    w.member(",\"endpoint\":", r.endpoint);
    w.member(",\"model\":", r.model);
    if (r.stream) w.raw(",\"stream\":true");
    if (c != nullptr) {
        w.member(",\"provider\":", c->report.provider);
        w.member(",\"deployment\":", c->report.deployment_id);
        w.member(",\"upstream_model\":", c->report.upstream_model);
        if (!c->report.provider.empty() || c->report.retries != 0 || c->report.fallbacks != 0)
            w.raw(",\"retries\":").number(c->report.retries).raw(",\"fallbacks\":").number(c->report.fallbacks);
        if (const usage& guessed = c->report.estimate; !guessed.empty() && c->report.tokens.empty())
            w.raw(",\"tokens_in\":").number(guessed.input_tokens).raw(",\"tokens_out\":").number(guessed.output_tokens).raw(",\"tokens_estimated\":true");
        if (const usage& t = c->report.tokens; !t.empty()) {
            w.raw(",\"tokens_in\":").number(t.input_tokens).raw(",\"tokens_out\":").number(t.output_tokens);
            if (t.cached_tokens != 0) w.raw(",\"tokens_cached\":").number(t.cached_tokens);
            if (t.cache_write_tokens != 0) w.raw(",\"tokens_cache_write\":").number(t.cache_write_tokens);
            if (t.cache_write_1h_tokens != 0) w.raw(",\"tokens_cache_write_1h\":").number(t.cache_write_1h_tokens);
            if (t.reasoning_tokens != 0) w.raw(",\"tokens_reasoning\":").number(t.reasoning_tokens);
            const bool media = detail::has_media_tokens(t);
            if (media) detail::log_media_tokens(w, t);
            if (const auto cost = cost_of(c->report, r.when); cost) {
                w.raw(",\"cost\":").copy(dollar_text(*cost).view());
                // Of plain input and output the whole is all there is.
                const bool plain = t.cached_tokens == 0 && t.cache_write_tokens == 0 && !media && !t.fast && !t.us_only;
                if (!plain)
                    if (const auto parts = cost_parts_of(c->report, r.when); parts) detail::log_cost_parts(w, *parts);
            }
        } else if (c->report.cost) {
            w.raw(",\"cost\":").copy(dollar_text(*c->report.cost).view()); // of the request itself
        }
    }
    w.raw(",\"bytes_in\":").number(r.bytes_in).raw(",\"bytes_out\":").number(r.bytes_out);
    w.raw(",\"duration_ms\":");
    w.milli(detail::in_microseconds(r.took));
    if (c != nullptr && c->report.first_token > c->started) {
        w.raw(",\"ttft_ms\":");
        w.milli(detail::in_microseconds(c->report.first_token - c->started));
    }
    if (r.overhead) w.raw(",\"overhead_us\":").number(detail::in_microseconds(*r.overhead));
    if (r.failure != nullptr || (c != nullptr && !c->report.trail.empty())) {
        w.spill();
        detail::append_failure(out, r.failure, c);
    }
    w.raw("}\n");
    w.spill();
}

LLMX_DECL void append_note_line(std::string& out, std::string_view level, std::string_view message,
                                rfc3339_text& memory) {
    out += "{\"time\":\"";
    out += memory.at(std::chrono::system_clock::now());
    out += "\",\"level\":\"";
    out += level;
    out += "\",\"message\":";
    append_json_string(out, message);
    out += "}\n";
}

} // namespace llmx::inline LLMX_ABI
