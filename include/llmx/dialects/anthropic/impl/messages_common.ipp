// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void messages_read_counts(const json_cursor& in, anthropic_counts& to) noexcept {
    to.input = in["input_tokens"].count_or(to.input);
    to.cache_read = in["cache_read_input_tokens"].count_or(to.cache_read);
    to.cache_write = in["cache_creation_input_tokens"].count_or(to.cache_write);
    to.output = in["output_tokens"].count_or(to.output);
    const json_cursor details = in["output_tokens_details"], written = in["cache_creation"], tools = in["server_tool_use"];
    to.thinking = details["thinking_tokens"].count_or(to.thinking);
    to.cache_write_1h = written["ephemeral_1h_input_tokens"].count_or(to.cache_write_1h);
    to.web_searches = tools["web_search_requests"].count_or(to.web_searches);
    if (const json_cursor tier = in["service_tier"]) to.tier = read_enum(anthropic_reply_tiers, tier.string_or());
    if (const json_cursor speed = in["speed"]) to.fast = speed.string_or() == "fast";
    if (const json_cursor place = in["inference_geo"]) to.us_only = place.string_or() == "us";
}

LLMX_DECL void anthropic_scan_counts(std::string_view json, anthropic_counts& to) {
    const auto read = [](const json_member& m, std::string_view name, std::int64_t& into) {
        if (m.key != name) return;
        into = json_count(m.value).value_or(into);
    };
    // A damaged usage object costs the figures after the damage, never the reply.
    static_cast<void>(scan_json_members(json, [&](const json_member& m) {
        read(m, "input_tokens", to.input);
        read(m, "cache_read_input_tokens", to.cache_read);
        read(m, "cache_creation_input_tokens", to.cache_write);
        read(m, "output_tokens", to.output);
        if (m.value.starts_with('"')) {
            const std::string_view word = plain_json_string(m.value).value_or(std::string_view());
            if (m.key == "service_tier") to.tier = read_enum(anthropic_reply_tiers, word);
            else if (m.key == "speed") to.fast = word == "fast";
            else if (m.key == "inference_geo") to.us_only = word == "us";
        }
        if (!m.value.starts_with('{')) return;
        static_cast<void>(scan_json_members(m.value, [&](const json_member& d) {
            if (m.key == "output_tokens_details") read(d, "thinking_tokens", to.thinking);
            else if (m.key == "cache_creation") read(d, "ephemeral_1h_input_tokens", to.cache_write_1h);
            else if (m.key == "server_tool_use") read(d, "web_search_requests", to.web_searches);
        }));
    }));
}

LLMX_DECL void messages_write_counts(json_writer& w, const anthropic_counts& c) {
    w.member("input_tokens", c.input)
        .member("cache_creation_input_tokens", c.cache_write)
        .member("cache_read_input_tokens", c.cache_read)
        .member("output_tokens", c.output);
    w.key("output_tokens_details");
    if (c.thinking > 0) w.object().member("thinking_tokens", c.thinking).end_object();
    else w.null();
}

LLMX_DECL void messages_write_cache_times(json_writer& w, const anthropic_counts& c) {
    w.key("cache_creation");
    if (c.cache_write_1h <= 0) {
        w.null();
        return;
    }
    w.object().member("ephemeral_1h_input_tokens", c.cache_write_1h);
    w.member("ephemeral_5m_input_tokens", subtract_counts(c.cache_write, c.cache_write_1h)).end_object();
}

LLMX_DECL void messages_write_tool_use(json_writer& w, const anthropic_counts& c) {
    w.key("server_tool_use");
    if (c.web_searches <= 0) w.null();
    else w.object().member("web_search_requests", c.web_searches).member("web_fetch_requests", 0).end_object();
}

LLMX_DECL finish_reason messages_finish(std::string_view stop_reason) noexcept {
    if (stop_reason.empty()) return finish_reason::none;
    if (stop_reason == "stop_sequence") return finish_reason::stop_sequence;
    if (stop_reason == "tool_use") return finish_reason::tool_calls;
    if (stop_reason == "refusal") return finish_reason::content_filter;
    if (stop_reason == "pause_turn") return finish_reason::pause;
    if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded" || stop_reason == "compaction")
        return finish_reason::length;
    // "end_turn", and whatever is added later: the API has no reason that means failure.
    return finish_reason::stop;
}

LLMX_DECL std::string_view messages_stop_reason(finish_reason r, bool called_tool, bool refused) noexcept {
    switch (r) {
    case finish_reason::none:
    case finish_reason::stop:
        // Some vendors answer "stop" beside a tool call; a client of this API then would
        // never run the tool.
        if (called_tool) return "tool_use";
        return refused ? "refusal" : "end_turn";
    case finish_reason::stop_sequence: return "stop_sequence";
    case finish_reason::length: return "max_tokens";
    case finish_reason::tool_calls: return "tool_use";
    case finish_reason::content_filter: return "refusal";
    case finish_reason::pause: return "pause_turn";
    case finish_reason::failed: break;
    }
    return std::string_view();
}

LLMX_DECL void messages_keep_extra(const json_cursor& in, std::span<const field_rule> rules, extra_members& to,
                                   std::initializer_list<std::string_view> known) {
    keep_extra(in, rules, std::span(known.begin(), known.size()), anthropic_messages::name, std::string_view(), messages_hints, to,
               absent_values::flags);
}

LLMX_DECL void messages_keep_whole(const json_cursor& in, std::initializer_list<std::string_view> known,
                                   std::string_view name, extra_members& to, bool hint) {
    const boost::json::object* const members = in.object();
    if (members == nullptr) return;
    bool all_known = true, all_hints = true, all_absent = true;
    for (const auto& m : *members) {
        const std::string_view key = m.key();
        if (m.value().is_null() || std::find(known.begin(), known.end(), key) != known.end()) continue;
        all_known = false;
        if (is_as_absent(m.value(), absent_values::flags)) continue;
        all_absent = false;
        all_hints = all_hints && std::find(std::begin(messages_hints), std::end(messages_hints), key) != std::end(messages_hints);
    }
    if (all_known) return;
    extra_members::member& kept = to.add(anthropic_messages::name, std::string(name), in.text());
    kept.hint = hint || all_hints;
    kept.is_absent = all_absent;
}

LLMX_DECL const raw_json* messages_own(const extra_members& extra, std::string_view name) noexcept {
    return extra.speaks(anthropic_messages::name) ? extra.find(name) : nullptr;
}

LLMX_DECL citation messages_read_citation(const json_cursor& in) {
    citation c;
    // Indices are not taken over: here they count in the cited document, in the
    // vocabulary they count in the answer.
    c.url = in["url"].string_or();
    c.title = in["title"].string_or(in["document_title"].string_or());
    c.quote = in["cited_text"].string_or();
    if (const boost::json::object* const members = in.object())
        for (const auto& m : *members)
            c.original.add(anthropic_messages::name, std::string(std::string_view(m.key())), json_text(m.value()));
    return c;
}

LLMX_DECL void messages_read_signature(std::string_view text, thinking_part& to) {
    const signed_by read = read_signature(text, anthropic_messages::name);
    to.signature = read.signature;
    to.signer = read.signer;
}

LLMX_DECL void messages_write_cache(json_writer& w, const std::optional<cache_control>& cache, const extra_members& extra) {
    if (!cache || messages_own(extra, "cache_control") != nullptr) return;
    w.key("cache_control").object().member("type", "ephemeral");
    if (!cache->ttl.empty()) w.member("ttl", cache->ttl);
    w.end_object();
}

LLMX_DECL void messages_write_citation(json_writer& w, const citation& c) {
    w.object().extra(c.original, anthropic_messages::name).end_object();
}

LLMX_DECL void messages_write_web_citation(json_writer& w, std::string_view url, std::string_view title,
                                            std::string_view quote) {
    w.object()
        .member("type", "web_search_result_location")
        .member("url", url)
        .member("title", title)
        .member("cited_text", quote)
        .member("encrypted_index", "")
        .end_object();
}

} // namespace detail
} // namespace llmx::inline LLMX_ABI
