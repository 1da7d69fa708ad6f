// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline v0 {
namespace detail {

LLMX_DECL void anthropic_read_counts(const boost::json::object& o, anthropic_counts& to) noexcept {
    const auto read = [](const boost::json::object& from, std::string_view name, std::int64_t& into) {
        if (const auto* v = from.if_contains(name); v != nullptr) into = json_count(*v).value_or(into);
    };
    read(o, "input_tokens", to.input);
    read(o, "cache_read_input_tokens", to.cache_read);
    read(o, "cache_creation_input_tokens", to.cache_write);
    read(o, "output_tokens", to.output);
    if (const auto* details = o.if_contains("output_tokens_details"); details != nullptr && details->is_object())
        read(details->get_object(), "thinking_tokens", to.thinking);
}

LLMX_DECL void anthropic_scan_counts(std::string_view json, anthropic_counts& to) {
    const auto read = [](const json_member& m, std::string_view name, std::int64_t& into) {
        if (m.key != name) return;
        into = json_count(m.value).value_or(into);
    };
    // A damaged usage object costs the figures behind the damage, never the reply.
    static_cast<void>(scan_json_members(json, [&](const json_member& m) {
        read(m, "input_tokens", to.input);
        read(m, "cache_read_input_tokens", to.cache_read);
        read(m, "cache_creation_input_tokens", to.cache_write);
        read(m, "output_tokens", to.output);
        if (m.key == "output_tokens_details" && m.value.starts_with('{'))
            static_cast<void>(scan_json_members(
                m.value, [&](const json_member& d) { read(d, "thinking_tokens", to.thinking); }));
    }));
}

LLMX_DECL void anthropic_write_counts(json_writer& w, const anthropic_counts& c) {
    w.member("input_tokens", c.input)
        .member("cache_creation_input_tokens", c.cache_write)
        .member("cache_read_input_tokens", c.cache_read)
        .member("output_tokens", c.output);
    w.key("output_tokens_details");
    if (c.thinking > 0) w.object().member("thinking_tokens", c.thinking).end_object();
    else w.null();
}

LLMX_DECL finish_reason anthropic_finish(std::string_view stop_reason) noexcept {
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

LLMX_DECL std::string_view anthropic_stop_reason(finish_reason r, bool called_tool, bool refused) noexcept {
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

LLMX_DECL void anthropic_write_json(json_writer& w, const boost::json::value& v) {
    switch (v.kind()) {
    case boost::json::kind::null: w.null(); break;
    case boost::json::kind::bool_: w.value(v.get_bool()); break;
    case boost::json::kind::int64: w.value(v.get_int64()); break;
    case boost::json::kind::uint64: w.value(v.get_uint64()); break;
    case boost::json::kind::double_: w.value(v.get_double()); break;
    case boost::json::kind::string: w.value(std::string_view(v.get_string())); break;
    case boost::json::kind::array:
        w.array();
        for (const auto& e : v.get_array()) anthropic_write_json(w, e);
        w.end_array();
        break;
    case boost::json::kind::object:
        w.object();
        for (const auto& m : v.get_object()) {
            w.key(std::string_view(m.key()));
            anthropic_write_json(w, m.value());
        }
        w.end_object();
        break;
    }
}

LLMX_DECL std::string anthropic_json_text(const boost::json::value& v) {
    std::string out;
    json_writer w(out);
    anthropic_write_json(w, v);
    return out;
}

LLMX_DECL void anthropic_keep_extra(const boost::json::object& o, std::initializer_list<std::string_view> known,
                                    extra_members& to) {
    for (const auto& m : o) {
        const std::string_view name = m.key();
        if (m.value().is_null() || std::find(known.begin(), known.end(), name) != known.end()) continue;
        to.add(anthropic_messages::name, std::string(name), anthropic_json_text(m.value()));
    }
}

LLMX_DECL citation anthropic_citation(const boost::json::object& o) {
    const json_reader in(o);
    citation c;
    // Indices are not taken over: here they count in the cited document, in the
    // vocabulary they count in the answer.
    c.url = in.string_or("url");
    c.title = in.string_or("title", in.string_or("document_title"));
    c.quote = in.string_or("cited_text");
    for (const auto& m : o)
        c.original.add(anthropic_messages::name, std::string(m.key()), anthropic_json_text(m.value()));
    return c;
}

LLMX_DECL void anthropic_read_signature(std::string_view text, thinking_part& to) {
    const signed_by read = read_signature(text, anthropic_messages::name);
    to.signature = read.signature;
    to.signer = read.signer;
}

LLMX_DECL void anthropic_restore_call_signatures(std::vector<content_part>& parts) {
    constexpr auto prefix = anthropic_messages::call_signature_prefix;
    const auto is_carrier = [prefix](const content_part& p) {
        const auto* t = std::get_if<thinking_part>(&p);
        return t != nullptr && t->signature.starts_with(prefix);
    };
    if (std::none_of(parts.begin(), parts.end(), is_carrier)) return;
    std::string carried; // by the latest block, for the next call
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        bool keep = true;
        if (is_carrier(parts[i])) {
            auto& carrier = std::get<thinking_part>(parts[i]);
            carried = carrier.signature.substr(prefix.size());
            carrier.signature.clear();
            carrier.signer.clear();
            keep = !carrier.text.empty();
        } else if (auto* call = std::get_if<tool_call_part>(&parts[i]); call != nullptr && !carried.empty()) {
            call->signature = std::exchange(carried, std::string());
        }
        if (!keep) continue;
        if (kept != i) parts[kept] = std::move(parts[i]);
        ++kept;
    }
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(kept), parts.end());
}

LLMX_DECL void anthropic_write_cache(json_writer& w, const std::optional<cache_control>& cache) {
    if (!cache) return;
    w.key("cache_control").object().member("type", "ephemeral");
    if (!cache->ttl.empty()) w.member("ttl", cache->ttl);
    w.end_object();
}

LLMX_DECL void anthropic_write_citation(json_writer& w, const citation& c) {
    w.object().extra(c.original, anthropic_messages::name).end_object();
}

LLMX_DECL void anthropic_write_web_citation(json_writer& w, std::string_view url, std::string_view title,
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
} // namespace llmx::inline v0
