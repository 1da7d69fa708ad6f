// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/detail/media_formats.hpp>
#include <llmx/dialects/bedrock/impl/converse_error.ipp>
#include <llmx/dialects/bedrock/impl/converse_reply.ipp>
#include <llmx/dialects/bedrock/impl/media_formats.ipp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
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

/// \p called: a call is in the answer, beside which some vendors answer "stop"; a client would never run its tool.
LLMX_DECL [[nodiscard]] std::string_view bedrock_stop_reason(finish_reason r, bool called) noexcept {
    if (called && (r == finish_reason::stop || r == finish_reason::none)) r = finish_reason::tool_calls;
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

LLMX_DECL void bedrock_write_thought(json_writer& w, std::string_view text, std::string_view signature) {
    w.object().key("reasoningContent").object().key("reasoningText").object().member("text", text);
    if (!signature.empty()) w.member("signature", signature);
    w.end_object().end_object().end_object();
}

/// Encrypted thinking as the base64 that the API has: another vendor's with its name in front.
LLMX_DECL [[nodiscard]] std::string bedrock_redacted(std::string_view data, std::string_view signer) {
    if (signer == bedrock_converse::name) return std::string(data);
    // Of all others Anthropic alone encrypts.
    const std::string_view by = signer.empty() ? std::string_view("anthropic_messages") : signer;
    return base64_encode(std::string(signature_mark).append(by).append(":").append(data));
}

LLMX_DECL void bedrock_write_redacted(json_writer& w, std::string_view data, std::string_view signer) {
    w.object().key("reasoningContent").object().member("redactedContent", bedrock_redacted(data, signer)).end_object().end_object();
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
        if (!thought->redacted_data.empty()) bedrock_write_redacted(w, thought->redacted_data, thought->signer);
        else bedrock_write_thought(w, thought->text, signature_tag(thought->signer, bedrock_converse::name) + thought->signature);
    } else if (const auto* call = std::get_if<tool_call_part>(&p)) {
        const bool whole = parse_json_object(call->arguments).has_value();
        w.object().key("toolUse").object().member("toolUseId", call->id).member("name", call->name).key("input");
        if (whole) w.raw(call->arguments);
        else w.object().end_object();
        w.extra(call->extra, bedrock_converse::name).end_object().end_object();
    } else if (const auto* image = std::get_if<image_part>(&p)) {
        bedrock_source source;
        if (!bedrock_read_source(image->source, std::string_view(), source) || source.format.kind != bedrock_format::block::image) return;
        w.object().key("image").object().member("format", source.format.name).key("source").object();
        if (source.s3.empty()) w.member("bytes", source.data);
        else w.key("s3Location").object().member("uri", source.s3).end_object();
        w.end_object().end_object().end_object();
    } else if (const auto* own = std::get_if<opaque_part>(&p); own != nullptr && own->origin == bedrock_converse::name) {
        w.raw(own->value.text);
    }
}

} // namespace detail

LLMX_DECL void bedrock_converse::encode_reply(const chat_reply& reply, const reply_options&, std::string& out) {
    json_writer w(out);
    w.object().key("output").object().key("message").object().member("role", "assistant").key("content").array();
    const chat_choice* const choice = reply.choices.empty() ? nullptr : &reply.choices.front();
    bool called = false;
    if (choice != nullptr)
        for (const content_part& p : choice->answer.content) {
            const auto* const call = std::get_if<tool_call_part>(&p);
            called = called || call != nullptr;
            // The call's own proof travels in a block of reasoning before it.
            if (call != nullptr && !call->signature.empty())
                detail::bedrock_write_thought(w, std::string_view(), std::string(detail::call_signature_mark).append(call->signature));
            detail::bedrock_write_part(w, p);
        }
    w.end_array().end_object().end_object();
    w.member("stopReason", detail::bedrock_stop_reason(choice != nullptr ? choice->finish : finish_reason::stop, called));
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
    w.key("metrics").object().member("latencyMs", 0).end_object();
    w.end_object();
}

LLMX_DECL void bedrock_converse::set_latency(std::string& body, std::int64_t milliseconds) {
    constexpr std::string_view unset = "0}}";
    if (!body.ends_with(R"("metrics":{"latencyMs":0}})")) return;
    body.resize(body.size() - unset.size());
    body.append(std::to_string(milliseconds)).append("}}");
}

LLMX_DECL void bedrock_converse::stream_encoder::delta(std::string_view json, std::string& out) {
    std::string payload;
    json_writer(payload).object().member("contentBlockIndex", next_index_).raw_member("delta", json).end_object();
    detail::append_bedrock_event(out, "event", "contentBlockDelta", payload);
}

LLMX_DECL void bedrock_converse::stream_encoder::close_block(std::string& out) {
    if (std::exchange(open_, block_kind::none) == block_kind::none) return;
    std::string payload;
    json_writer(payload).object().member("contentBlockIndex", next_index_++).end_object();
    detail::append_bedrock_event(out, "event", "contentBlockStop", payload);
}

LLMX_DECL void bedrock_converse::stream_encoder::need_block(block_kind kind, std::uint32_t part, std::string& out) {
    if (open_ == kind && part_ == part) return;
    // Blocks of text and of reasoning begin with their first delta.
    close_block(out);
    open_ = kind;
    part_ = part;
    signed_ = false;
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
    close_block(out);
    json_writer(payload).object().member("contentBlockIndex", next_index_).key("start").object().raw_member(kind, json_text(start)).end_object().end_object();
    detail::append_bedrock_event(out, "event", "contentBlockStart", payload);
    json_writer w(inner);
    w.object().key(kind);
    if (kind == "toolUse") w.object().member("input", rest).end_object();
    else if (kind == "toolResult") w.raw(rest.empty() ? "[]" : rest);
    else w.object().raw_member("source", rest.empty() ? "{}" : rest).end_object();
    w.end_object();
    delta(inner, out);
    open_ = block_kind::text;
    close_block(out);
}

LLMX_DECL void bedrock_converse::stream_encoder::stop(std::string& out) {
    begin(out);
    release(true, out);
    close_block(out);
    std::string payload;
    json_writer w(payload);
    w.object().member("stopReason", detail::bedrock_stop_reason(reason_, calls_ != 0));
    detail::bedrock_write_stop_sequence(w, sequence_);
    w.end_object();
    detail::append_bedrock_event(out, "event", "messageStop", payload);
}

LLMX_DECL void bedrock_converse::stream_encoder::begin(std::string& out) {
    if (!std::exchange(started_, true)) detail::append_bedrock_event(out, "event", "messageStart", R"({"role":"assistant"})");
}

LLMX_DECL void bedrock_converse::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (over_ || event.choice != 0) return;
    switch (event.what) {
    case kind::start: return begin(out);
    case kind::finish:
        // Some servers send text after the reason: the event is the stream's last but one.
        if (std::exchange(ended_, true)) return;
        reason_ = event.reason;
        sequence_ = event.text;
        return;
    case kind::usage: tokens_ = event.tokens; return;
    case kind::audio:
    case kind::logprobs:
    case kind::ping: return;
    default: break;
    }
    begin(out);
    accept(event, out);
    release(false, out);
}

LLMX_DECL void bedrock_converse::stream_encoder::accept(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    const bool of_open_call = open_ == block_kind::tool && event.part == part_ && event.what == kind::tool_arguments;
    if (!of_open_call && (tool_unfinished() || !held_.empty())) hold(event);
    else emit(event, out);
}

LLMX_DECL void bedrock_converse::stream_encoder::hold(const chat_event& event) {
    if (event.what == chat_event::kind::tool_arguments) {
        // Of a call that is not held they are too late.
        if (const auto at = held_calls_.find(event.part); at != held_calls_.end()) at->second->arguments += event.text;
        return;
    }
    if (!held_.empty() && held_.back().what == event.what && held_.back().part == event.part &&
        (event.what == chat_event::kind::text || event.what == chat_event::kind::thinking)) {
        held_.back().text += event.text;
        return;
    }
    held_event& h = held_.emplace_back();
    h.what = event.what;
    h.part = event.part;
    h.text = event.text;
    h.id = event.id;
    h.name = event.name;
    if (h.what == chat_event::kind::tool_call) held_calls_.insert_or_assign(h.part, &h);
}

LLMX_DECL void bedrock_converse::stream_encoder::release(bool all, std::string& out) {
    while (!held_.empty() && (all || !tool_unfinished())) {
        if (held_.front().what == chat_event::kind::tool_call) held_calls_.erase(held_.front().part);
        const held_event h = std::move(held_.front());
        held_.pop_front();
        chat_event e;
        e.what = h.what;
        e.part = h.part;
        e.text = h.text;
        e.id = h.id;
        e.name = h.name;
        emit(e, out);
        if (h.arguments.empty()) continue;
        e.what = chat_event::kind::tool_arguments;
        e.text = h.arguments;
        emit(e, out);
    }
}

LLMX_DECL void bedrock_converse::stream_encoder::open_tool(const chat_event& event, std::string& out) {
    std::string json;
    if (!event.text.empty()) {
        // The call's own proof travels in a block of reasoning before it.
        if (open_ != block_kind::thinking || signed_) need_block(block_kind::thinking, event.part, out);
        json_writer(json).object().key("reasoningContent").object()
            .member("signature", std::string(detail::call_signature_mark).append(event.text)).end_object().end_object();
        delta(json, out);
    }
    close_block(out);
    open_ = block_kind::tool;
    part_ = event.part;
    arguments_ = detail::json_object_end();
    ++calls_;
    json.clear();
    json_writer w(json);
    w.object().member("contentBlockIndex", next_index_).key("start").object().key("toolUse").object();
    if (event.id.empty()) w.member("toolUseId", "tooluse_" + std::to_string(calls_));
    else w.member("toolUseId", event.id);
    w.member("name", event.name).end_object().end_object().end_object();
    detail::append_bedrock_event(out, "event", "contentBlockStart", json);
}

LLMX_DECL void bedrock_converse::stream_encoder::emit(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    std::string json;
    json_writer w(json);
    switch (event.what) {
    case kind::text:
    case kind::refusal:
        if (event.text.empty()) return;
        need_block(block_kind::text, event.part, out);
        w.object().member("text", event.text).end_object();
        return delta(json, out);
    case kind::thinking:
        if (event.text.empty()) return;
        need_block(block_kind::thinking, event.part, out);
        w.object().key("reasoningContent").object().member("text", event.text).end_object().end_object();
        return delta(json, out);
    case kind::thinking_signature:
        // A signature on a text is another vendor's and has no event here.
        if (event.text.empty() || (open_ == block_kind::text && event.part == part_)) return;
        need_block(block_kind::thinking, event.part, out);
        w.object().key("reasoningContent").object();
        w.member("signature", (signed_ ? std::string() : detail::signature_tag(event.name, bedrock_converse::name)).append(event.text));
        signed_ = true;
        w.end_object().end_object();
        return delta(json, out);
    case kind::redacted_thinking:
        close_block(out);
        open_ = block_kind::thinking;
        detail::bedrock_write_redacted(w, event.text, event.name);
        delta(json, out);
        return close_block(out);
    case kind::tool_call: return open_tool(event, out);
    case kind::tool_arguments:
        // Text after the end of the arguments' object belongs to no call.
        if (open_ != block_kind::tool || event.part != part_ || event.text.empty() || arguments_.complete()) return;
        w.object().key("toolUse").object().member("input", event.text.substr(0, arguments_.feed(event.text))).end_object().end_object();
        return delta(json, out);
    case kind::citation: {
        json_document document(event.text);
        if (!document.good()) return;
        const json_cursor in = document.root();
        // Some vendors cite after the text: the citation belongs to the open one.
        if (open_ != block_kind::text) need_block(block_kind::text, event.part, out);
        w.object().key("citation");
        detail::bedrock_write_source(w, in["url"].string_or(), in["title"].string_or(), in["cited_text"].string_or());
        w.end_object();
        return delta(json, out);
    }
    case kind::opaque:
        if (event.name == bedrock_converse::name) opaque_block(event, out);
        return;
    default: return;
    }
}

LLMX_DECL void bedrock_converse::stream_encoder::finish(std::string& out) {
    if (std::exchange(over_, true)) return;
    stop(out);
    std::string json;
    json_writer w(json);
    w.object().key("usage");
    detail::bedrock_write_counts(w, tokens_);
    w.key("metrics").object().member("latencyMs", latency_ms_).end_object();
    if (tokens_.tier)
        if (const std::string_view tier = detail::enum_name(detail::bedrock_tiers, *tokens_.tier); !tier.empty())
            w.key("serviceTier").object().member("type", tier).end_object();
    w.end_object();
    detail::append_bedrock_event(out, "event", "metadata", json);
}

LLMX_DECL void bedrock_converse::stream_encoder::fail(const llmx::error& failure, std::string& out) {
    if (std::exchange(over_, true)) return;
    // Those that a stream may have (API_runtime_ConverseStreamOutput).
    std::string_view type = error_type(failure);
    static constexpr std::string_view of_streams[] = {"internalServerException", "serviceUnavailableException", "throttlingException",
                                                      "validationException"};
    std::string first(type);
    first.front() = static_cast<char>(first.front() | 0x20);
    const bool known = std::find(std::begin(of_streams), std::end(of_streams), first) != std::end(of_streams);
    std::string payload;
    json_writer(payload).object().member("message", detail::bedrock_error_text(failure)).end_object();
    detail::append_bedrock_event(out, "exception", known ? std::string_view(first) : std::string_view("modelStreamErrorException"), payload);
}

} // namespace llmx::inline LLMX_ABI
