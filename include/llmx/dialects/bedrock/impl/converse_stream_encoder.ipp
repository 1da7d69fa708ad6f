// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_reply.ipp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <initializer_list>
#include <string>
#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends a message of the kind "event" or "exception".
LLMX_DECL void append_bedrock_event(std::string& out, std::string_view kind, std::string_view type, std::string_view payload) {
    std::string headers;
    const std::string type_header = std::string(":").append(kind).append("-type");
    for (const aws_event_header& h : {aws_event_header(type_header, aws_header_type::text, type),
                                      aws_event_header(":content-type", aws_header_type::text, "application/json"),
                                      aws_event_header(":message-type", aws_header_type::text, kind)})
        static_cast<void>(append_aws_header(headers, h)); // short texts always fit
    static_cast<void>(append_aws_event(out, headers, payload));
}

LLMX_DECL void bedrock_write_counts(json_writer& w, const usage& u) {
    const std::int64_t input = subtract_counts(subtract_counts(u.input_tokens, u.cached_tokens), u.cache_write_tokens);
    w.object().member("inputTokens", input).member("outputTokens", u.output_tokens).member("totalTokens", u.total_tokens());
    w.member("cacheReadInputTokens", u.cached_tokens).member("cacheWriteInputTokens", u.cache_write_tokens);
    if (u.cache_write_1h_tokens > 0) {
        // API_runtime_CacheDetail: one for each time that a cache is kept.
        w.key("cacheDetails").array();
        const std::int64_t brief = subtract_counts(u.cache_write_tokens, u.cache_write_1h_tokens);
        if (brief > 0) w.object().member("ttl", "5m").member("inputTokens", brief).end_object();
        w.object().member("ttl", "1h").member("inputTokens", u.cache_write_1h_tokens).end_object().end_array();
    }
    w.end_object();
}

LLMX_DECL [[nodiscard]] std::string_view bedrock_stop_reason(finish_reason r) noexcept {
    const std::string_view word = enum_name(bedrock_stop_reasons, r);
    return word.empty() ? std::string_view("end_turn") : word;
}

/// The stop sequence, where the API has it.
LLMX_DECL void bedrock_write_stop_sequence(json_writer& w, std::string_view sequence) {
    if (sequence.empty()) return;
    w.key("additionalModelResponseFields").object().member("stop_sequence", sequence).end_object();
}

LLMX_DECL void bedrock_write_source(json_writer& w, std::string_view url, std::string_view title, std::string_view quote) {
    w.object().member("title", title).key("sourceContent").array().object().member("text", quote).end_object().end_array();
    w.key("location").object().key("web").object().member("url", url).end_object().end_object().end_object();
}

LLMX_DECL void bedrock_write_part(json_writer& w, const content_part& p) {
    const auto write_text = [&w](const text_part& t) {
        w.object();
        if (t.citations.empty()) {
            w.member("text", t.text).end_object();
            return;
        }
        w.key("citationsContent").object().key("content").array().object().member("text", t.text).end_object().end_array();
        w.key("citations").array();
        for (const citation& c : t.citations) {
            if (c.original.speaks(bedrock_converse::name)) w.object().extra(c.original, bedrock_converse::name).end_object();
            else bedrock_write_source(w, c.url, c.title, c.quote);
        }
        w.end_array().end_object().end_object();
    };
    if (const auto* t = std::get_if<text_part>(&p)) {
        write_text(*t);
    } else if (const auto* refusal = std::get_if<refusal_part>(&p)) {
        write_text(text_part(refusal->text));
    } else if (const auto* thought = std::get_if<thinking_part>(&p)) {
        w.object().key("reasoningContent").object();
        if (!thought->redacted_data.empty()) {
            w.member("redactedContent", thought->redacted_data);
        } else {
            w.key("reasoningText").object().member("text", thought->text);
            if (!thought->signature.empty()) w.member("signature", thought->signature);
            w.end_object();
        }
        w.end_object().end_object();
    } else if (const auto* call = std::get_if<tool_call_part>(&p)) {
        const bool whole = parse_json(call->arguments).has_value();
        w.object().key("toolUse").object().member("toolUseId", call->id).member("name", call->name).key("input");
        if (whole) w.raw(call->arguments);
        else w.object().end_object();
        w.extra(call->extra, bedrock_converse::name).end_object().end_object();
    } else if (const auto* own = std::get_if<opaque_part>(&p); own != nullptr && own->origin == bedrock_converse::name) {
        w.raw(own->value.text);
    }
}

} // namespace detail

LLMX_DECL void bedrock_converse::encode_reply(const chat_reply& reply, const reply_options&, std::string& out) {
    json_writer w(out);
    w.object().key("output").object().key("message").object().member("role", "assistant").key("content").array();
    const chat_choice* const choice = reply.choices.empty() ? nullptr : &reply.choices.front();
    if (choice != nullptr)
        for (const content_part& p : choice->answer.content) detail::bedrock_write_part(w, p);
    w.end_array().end_object().end_object();
    w.member("stopReason", detail::bedrock_stop_reason(choice != nullptr ? choice->finish : finish_reason::stop));
    const bool own = reply.extra.speaks(name);
    if (choice != nullptr && !(own && reply.extra.find("additionalModelResponseFields") != nullptr))
        detail::bedrock_write_stop_sequence(w, choice->stop_sequence);
    w.key("usage");
    detail::bedrock_write_counts(w, reply.usage);
    if (reply.service_tier)
        if (const std::string_view tier = detail::enum_name(detail::bedrock_tiers, *reply.service_tier); !tier.empty())
            w.key("serviceTier").object().member("type", tier).end_object();
    if (own)
        for (const extra_members::member& m : reply.extra.members)
            if (!m.name.starts_with("usage.")) w.raw_member(extra_members::wire_name(m.name), m.value.text);
    w.end_object();
}

LLMX_DECL void bedrock_converse::stream_encoder::delta(const chat_event& event, std::string_view json, std::string& out) {
    std::string payload;
    json_writer(payload).object().member("contentBlockIndex", event.part).raw_member("delta", json).end_object();
    detail::append_bedrock_event(out, "event", "contentBlockDelta", payload);
}

LLMX_DECL void bedrock_converse::stream_encoder::end_block(const chat_event& event, std::string& out) {
    std::string payload;
    json_writer(payload).object().member("contentBlockIndex", event.part).end_object();
    detail::append_bedrock_event(out, "event", "contentBlockStop", payload);
}

LLMX_DECL void bedrock_converse::stream_encoder::opaque_block(const chat_event& event, std::string& out) {
    const auto parsed = parse_json_object(event.text);
    if (!parsed || parsed->empty() || !parsed->begin()->value().is_object()) return;
    const std::string_view kind = parsed->begin()->key();
    boost::json::object start = parsed->begin()->value().get_object();
    // The decoder joins the streamed pieces again.
    const std::string_view streamed = kind == "toolUse" ? "input" : kind == "toolResult" ? "content" : "source";
    std::string rest;
    if (const auto* v = start.if_contains(streamed)) rest = json_text(*v);
    start.erase(streamed);
    std::string payload, inner;
    json_writer(payload).object().member("contentBlockIndex", event.part).key("start").object().raw_member(kind, json_text(start)).end_object().end_object();
    detail::append_bedrock_event(out, "event", "contentBlockStart", payload);
    json_writer w(inner);
    w.object().key(kind);
    if (kind == "toolUse") w.object().member("input", rest).end_object();
    else if (kind == "toolResult") w.raw(rest.empty() ? "[]" : rest);
    else w.object().raw_member("source", rest.empty() ? "{}" : rest).end_object();
    w.end_object();
    delta(event, inner, out);
    end_block(event, out);
}

LLMX_DECL void bedrock_converse::stream_encoder::stop(finish_reason reason, std::string_view sequence, std::string& out) {
    if (std::exchange(stopped_, true)) return;
    std::string payload;
    json_writer w(payload);
    w.object().member("stopReason", detail::bedrock_stop_reason(reason));
    detail::bedrock_write_stop_sequence(w, sequence);
    w.end_object();
    detail::append_bedrock_event(out, "event", "messageStop", payload);
}

LLMX_DECL void bedrock_converse::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (over_ || event.choice != 0) return;
    std::string json;
    json_writer w(json);
    switch (event.what) {
    case kind::start: detail::append_bedrock_event(out, "event", "messageStart", R"({"role":"assistant"})"); break;
    case kind::text:
    case kind::refusal:
        w.object().member("text", event.text).end_object();
        delta(event, json, out);
        break;
    case kind::thinking:
    case kind::thinking_signature:
    case kind::redacted_thinking:
        w.object().key("reasoningContent").object();
        w.member(event.what == kind::thinking ? "text" : event.what == kind::thinking_signature ? "signature" : "redactedContent", event.text);
        w.end_object().end_object();
        delta(event, json, out);
        // The event is the whole block.
        if (event.what == kind::redacted_thinking) end_block(event, out);
        break;
    case kind::tool_call:
        w.object().member("contentBlockIndex", event.part).key("start").object().key("toolUse").object();
        w.member("toolUseId", event.id).member("name", event.name).end_object().end_object().end_object();
        detail::append_bedrock_event(out, "event", "contentBlockStart", json);
        break;
    case kind::tool_arguments:
        w.object().key("toolUse").object().member("input", event.text).end_object().end_object();
        delta(event, json, out);
        break;
    case kind::citation: {
        json_document document(event.text);
        if (!document.good()) break;
        const json_cursor in = document.root();
        w.object().key("citation");
        detail::bedrock_write_source(w, in["url"].string_or(), in["title"].string_or(), in["cited_text"].string_or());
        w.end_object();
        delta(event, json, out);
        break;
    }
    case kind::opaque:
        if (event.name == bedrock_converse::name) opaque_block(event, out);
        break;
    case kind::finish: stop(event.reason, event.text, out); break;
    case kind::usage:
        w.object().key("usage");
        detail::bedrock_write_counts(w, event.tokens);
        w.end_object();
        detail::append_bedrock_event(out, "event", "metadata", json);
        break;
    case kind::audio:
    case kind::logprobs:
    case kind::ping: break;
    }
}

LLMX_DECL void bedrock_converse::stream_encoder::finish(std::string& out) {
    if (!std::exchange(over_, true)) stop(finish_reason::stop, std::string_view(), out);
}

LLMX_DECL void bedrock_converse::stream_encoder::fail(const llmx::error& failure, std::string& out) {
    if (std::exchange(over_, true)) return;
    std::string payload;
    json_writer(payload).object().member("message", failure.message()).end_object();
    detail::append_bedrock_event(out, "exception", "modelStreamErrorException", payload);
}

} // namespace llmx::inline LLMX_ABI
