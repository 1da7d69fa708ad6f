// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL cohere_chat::stream_encoder::stream_encoder(const reply_options& options) : id_(options.id) {}

LLMX_DECL void cohere_chat::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (over_ || event.choice != 0) return;
    switch (event.what) {
    case kind::start:
        if (!opened_ && !event.id.empty()) id_ = event.id.substr(0, detail::max_stream_label);
        open_message(out);
        return;
    case kind::usage: tokens_ = event.tokens; return;
    case kind::finish:
        open_message(out);
        reason_ = event.reason;
        if (reason_ == finish_reason::failed) fail(llmx::error(errc::provider_internal, "the provider reports that generation broke off"),
            out);
        return;
    case kind::text:
    case kind::refusal:
    case kind::thinking:
        if (event.text.empty()) return;
        open_message(out);
        need_block(event.what == kind::thinking ? block_kind::thinking : block_kind::text, event.part, out);
        content_delta(event.text, out);
        return;
    case kind::logprobs:
        // They come behind their text: events without words have them.
        if (open_ != block_kind::text) return;
        write_logprobs(event.text, out);
        return;
    case kind::tool_call: return open_call(event, out);
    case kind::tool_arguments: return add_arguments(event, out);
    case kind::citation: return cite(event, out);
    default: return;
    }
}

LLMX_DECL void cohere_chat::stream_encoder::finish(std::string& out) {
    if (over_) return;
    open_message(out);
    close_block(out);
    end_calls(out);
    end(detail::cohere_reason(reason_, next_call_ != 0), std::string_view(), out);
}

LLMX_DECL void cohere_chat::stream_encoder::fail(const llmx::error& failure, std::string& out) {
    if (over_) return;
    end("ERROR", failure.provider_message().empty() ? std::string_view(failure.message()) : std::string_view(failure.provider_message()),
        out);
}

LLMX_DECL void cohere_chat::stream_encoder::end(std::string_view reason, std::string_view why, std::string& out) {
    over_ = true;
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "message-end");
    if (!id_.empty()) w.member("id", id_);
    w.key("delta").object();
    if (!why.empty()) w.member("error", why);
    w.member("finish_reason", reason);
    if (why.empty()) {
        w.key("usage");
        detail::cohere_write_usage(w, tokens_);
    }
    w.end_object().end_object();
    append_sse_event(out, "message-end", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::open_message(std::string& out) {
    if (opened_) return;
    opened_ = true;
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "message-start").member("id", id_).key("delta").object().key("message").object();
    w.member("role", "assistant").key("content").array().end_array().member("tool_plan", "");
    w.key("tool_calls").array().end_array().key("citations").array().end_array();
    w.end_object().end_object().end_object();
    append_sse_event(out, "message-start", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::need_block(block_kind kind, std::uint32_t part, std::string& out) {
    if (open_ == kind && part_ == part) return;
    close_block(out);
    open_ = kind;
    part_ = part;
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "content-start").member("index", next_block_).key("delta").object().key("message").object();
    const std::string_view type = kind == block_kind::text ? "text" : "thinking";
    w.key("content").object().member("type", type).member(type, "").end_object().end_object().end_object().end_object();
    append_sse_event(out, "content-start", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::close_block(std::string& out) {
    if (open_ == block_kind::none) return;
    open_ = block_kind::none;
    scratch_.clear();
    json_writer(scratch_).object().member("type", "content-end").member("index", next_block_++).end_object();
    append_sse_event(out, "content-end", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::content_delta(std::string_view text, std::string& out) {
    // Written in place: this happens once per token, and llmx's JSON text has no line ends.
    out += "event: content-delta\ndata: ";
    json_writer w(out);
    w.object().member("type", "content-delta").member("index", next_block_).key("delta").object().key("message").object();
    w.key("content").object().member(open_ == block_kind::text ? "text" : "thinking", text).end_object().end_object().end_object();
    w.end_object();
    out += "\n\n";
}

LLMX_DECL void cohere_chat::stream_encoder::write_logprobs(std::string_view openai, std::string& out) {
    json_document document(openai);
    const json_cursor in = document.root(), content = in["content"];
    content.each_object_or_skip([this, &out](const json_cursor& one, std::size_t) {
        scratch_.clear();
        json_writer w(scratch_);
        w.object().member("type", "content-delta").member("index", next_block_).key("delta").object().key("message").object();
        w.key("content").object().member("text", "").end_object().end_object().end_object().key("logprobs");
        detail::cohere_write_logprob(w, one);
        w.end_object();
        append_sse_event(out, "content-delta", scratch_);
    });
}

LLMX_DECL void cohere_chat::stream_encoder::open_call(const chat_event& event, std::string& out) {
    open_message(out);
    close_block(out);
    const auto known = calls_.find(event.part);
    if (known != calls_.end()) return;
    const std::uint32_t index = next_call_++;
    calls_.emplace(event.part, sent_call(index));
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "tool-call-start").member("index", index).key("delta").object().key("message").object();
    w.key("tool_calls").object();
    if (event.id.empty()) w.member("id", "call_" + std::to_string(next_call_));
    else w.member("id", event.id);
    w.member("type", "function").key("function").object().member("name", event.name).member("arguments", "").end_object();
    w.end_object().end_object().end_object().end_object();
    append_sse_event(out, "tool-call-start", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::write_arguments(std::uint32_t index, std::string_view text, std::string& out) {
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "tool-call-delta").member("index", index).key("delta").object().key("message").object();
    w.key("tool_calls").object().key("function").object().member("arguments", text).end_object().end_object();
    w.end_object().end_object().end_object();
    append_sse_event(out, "tool-call-delta", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::add_arguments(const chat_event& event, std::string& out) {
    const auto at = calls_.find(event.part);
    if (at == calls_.end() || event.text.empty()) return;
    sent_call& call = at->second;
    const std::string_view text = event.text.substr(0, call.arguments.feed(event.text));
    if (!text.empty()) write_arguments(call.index, text, out);
    call.any = call.any || !text.empty();
    if (!call.arguments.complete()) return;
    end_call(call.index, out);
    calls_.erase(at);
}

LLMX_DECL void cohere_chat::stream_encoder::end_call(std::uint32_t index, std::string& out) {
    scratch_.clear();
    json_writer(scratch_).object().member("type", "tool-call-end").member("index", index).end_object();
    append_sse_event(out, "tool-call-end", scratch_);
}

LLMX_DECL void cohere_chat::stream_encoder::end_calls(std::string& out) {
    for (const auto& [part, call] : calls_) {
        // A call without arguments has an empty object.
        if (!call.any) write_arguments(call.index, "{}", out);
        end_call(call.index, out);
    }
    calls_.clear();
}

LLMX_DECL void cohere_chat::stream_encoder::cite(const chat_event& event, std::string& out) {
    json_document document(event.text);
    const json_cursor in = document.root();
    const bool own = event.name == cohere_chat::name;
    citation c;
    c.url = in["url"].string_or(in["uri"].string_or());
    if (in.object() == nullptr || (!own && c.url.empty())) return;
    c.title = in["title"].string_or();
    c.quote = in["cited_text"].string_or();
    c.start = in["start_index"].count_or(-1);
    c.end = in["end_index"].count_or(-1);
    open_message(out);
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "citation-start").member("index", next_citation_).key("delta").object().key("message").object();
    w.key("citations");
    if (own) w.raw(event.text);
    else detail::cohere_write_citation(w, c, std::string_view(),
        open_ == block_kind::none && next_block_ != 0 ? next_block_ - 1 : next_block_);
    w.end_object().end_object().end_object();
    append_sse_event(out, "citation-start", scratch_);
    scratch_.clear();
    json_writer(scratch_).object().member("type", "citation-end").member("index", next_citation_++).end_object();
    append_sse_event(out, "citation-end", scratch_);
}

} // namespace llmx::inline LLMX_ABI
