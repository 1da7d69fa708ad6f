// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A web source found in another dialect's citation: a member `url` or `uri`, of the
/// object or of an object in it, with the `title` and the `cited_text` beside it.
struct messages_web_source {
    std::string_view url, title, quote;
};
LLMX_DECL [[nodiscard]] messages_web_source messages_find_source(const json_cursor& in) noexcept {
    messages_web_source s;
    s.url = in["url"].string_or(in["uri"].string_or());
    s.title = in["title"].string_or();
    s.quote = in["cited_text"].string_or();
    if (const auto* const members = in.object(); members != nullptr && s.url.empty())
        for (const auto& m : *members)
            if (m.value().is_object() && s.url.empty()) s = messages_find_source(json_cursor(in.document(), &m.value()));
    return s;
}

} // namespace detail

LLMX_DECL anthropic_messages::stream_encoder::stream_encoder(const reply_options& options)
    : id_(options.id), model_(options.model) {}

LLMX_DECL chat_event anthropic_messages::stream_encoder::held_event::view() const noexcept {
    chat_event e;
    e.what = what;
    e.part = part;
    e.text = text;
    e.id = id;
    e.name = name;
    return e;
}

LLMX_DECL void anthropic_messages::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (over_ || event.choice != 0) return;
    switch (event.what) {
    case kind::start:
        // The message opens with the next event, which may be its usage.
        if (!begun_ && !event.id.empty()) id_ = event.id;
        if (!begun_ && !event.name.empty()) model_ = event.name;
        begun_ = true;
        return;
    case kind::usage:
        tokens_ = event.tokens;
        if (begun_) open_message(out);
        return;
    case kind::ping:
        if (begun_) open_message(out);
        append_sse_event(out, "ping", R"({"type": "ping"})");
        return;
    case kind::audio:
    case kind::logprobs: return;
    case kind::finish:
        open_message(out);
        reason_ = event.reason;
        stop_sequence_ = event.text;
        if (reason_ == finish_reason::failed)
            fail(llmx::error(errc::provider_internal, "the provider reports that generation broke off"), out);
        else close_all(out);
        return;
    default:
        open_message(out);
        accept(event, out);
        release_held(out);
    }
}

LLMX_DECL void anthropic_messages::stream_encoder::finish(std::string& out) {
    if (over_) return;
    open_message(out);
    close_all(out);
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "message_delta").key("delta").object();
    w.member("stop_reason", detail::messages_stop_reason(reason_, calls_ != 0, refused_)).key("stop_sequence");
    if (stop_sequence_.empty()) w.null();
    else w.value(stop_sequence_);
    w.key("stop_details").null().key("container").null().end_object();
    w.key("usage").object();
    const detail::anthropic_counts counts = detail::anthropic_counts::of(tokens_);
    detail::messages_write_counts(w, counts);
    // The API states it in `message_start`; of another provider it is known no sooner than here.
    if (counts.cache_write_1h > 0) detail::messages_write_cache_times(w, counts);
    detail::messages_write_tool_use(w, counts);
    w.end_object().end_object();
    append_sse_event(out, "message_delta", scratch_);
    append_sse_event(out, "message_stop", R"({"type":"message_stop"})");
    over_ = true;
}

LLMX_DECL void anthropic_messages::stream_encoder::fail(const llmx::error& failure, std::string& out) {
    if (over_) return;
    over_ = true;
    scratch_.clear();
    encode_error(failure, scratch_);
    append_sse_event(out, "error", scratch_);
}

LLMX_DECL void anthropic_messages::stream_encoder::open_message(std::string& out) {
    if (opened_) return;
    begun_ = opened_ = true;
    chat_reply head;
    head.id = id_;
    head.model = model_;
    head.usage = tokens_;
    head.service_tier = tokens_.tier;
    head.choices.emplace_back().finish = finish_reason::failed; // no stop reason yet
    scratch_ = R"({"type":"message_start","message":)";
    encode_reply(head, reply_options(), scratch_);
    scratch_ += '}';
    append_sse_event(out, "message_start", scratch_);
}

/// Whether the event continues the open block.
LLMX_DECL bool anthropic_messages::stream_encoder::live(const chat_event& event) const noexcept {
    using kind = chat_event::kind;
    if (event.part != part_) return false;
    switch (event.what) {
    case kind::text:
    case kind::refusal:
    case kind::citation: return open_ == block_kind::text;
    case kind::thinking: return open_ == block_kind::thinking;
    case kind::thinking_signature: return open_ == block_kind::thinking || open_ == block_kind::text;
    case kind::tool_arguments: return open_ == block_kind::tool;
    default: return false;
    }
}

LLMX_DECL void anthropic_messages::stream_encoder::accept(const chat_event& event, std::string& out) {
    if ((tool_unfinished() || !held_.empty()) && !live(event)) hold(event);
    else emit(event, out);
}

LLMX_DECL void anthropic_messages::stream_encoder::hold(const chat_event& event) {
    if (event.what == chat_event::kind::tool_arguments) {
        // Of a call that is not held they are too late.
        const auto at = held_arguments_.find(event.part);
        if (at == held_arguments_.end()) return;
        // Pieces that follow each other directly are one.
        if (held_last_ == event.part && !at->second.empty()) at->second.back() += event.text;
        else at->second.emplace_back(event.text);
        held_last_ = event.part;
        return;
    }
    held_last_.reset();
    if (event.what == chat_event::kind::tool_call) held_arguments_.try_emplace(event.part);
    held_event& h = held_.emplace_back();
    h.what = event.what;
    h.part = event.part;
    h.text = event.text;
    h.id = event.id;
    h.name = event.name;
}

LLMX_DECL void anthropic_messages::stream_encoder::emit_held_arguments(std::uint32_t part, std::string& out) {
    const auto at = held_arguments_.find(part);
    if (at == held_arguments_.end()) return;
    chat_event e;
    e.what = chat_event::kind::tool_arguments;
    e.part = part;
    for (const std::string& piece : at->second) {
        e.text = piece;
        emit(e, out);
    }
    held_arguments_.erase(at);
}

LLMX_DECL void anthropic_messages::stream_encoder::release_held(std::string& out) {
    while (!held_.empty() && !tool_unfinished()) {
        const held_event h = std::move(held_.front());
        held_.pop_front();
        emit(h.view(), out);
        if (open_ == block_kind::tool) emit_held_arguments(part_, out);
    }
}

LLMX_DECL void anthropic_messages::stream_encoder::close_all(std::string& out) {
    close_block(out);
    // Parts that are still held are sent one by one, in the order in which they began.
    std::map<std::uint32_t, std::size_t> ranks;
    std::vector<std::pair<std::size_t, std::size_t>> order; // rank of the part, place in held_
    for (std::size_t i = 0; i < held_.size(); ++i)
        order.emplace_back(ranks.emplace(held_[i].part, ranks.size()).first->second, i);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i != 0 && order[i].first != order[i - 1].first) close_block(out);
        emit(held_[order[i].second].view(), out);
        if (open_ == block_kind::tool) emit_held_arguments(part_, out);
    }
    held_.clear();
    held_arguments_.clear();
    close_block(out);
}

LLMX_DECL void anthropic_messages::stream_encoder::emit(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    switch (event.what) {
    case kind::refusal: refused_ = true; [[fallthrough]];
    case kind::text:
        if (event.text.empty()) return;
        need_block(block_kind::text, event.part, out);
        text_delta("text_delta", "text", event.text, out);
        return;
    case kind::thinking:
        if (event.text.empty()) return;
        need_block(block_kind::thinking, event.part, out);
        text_delta("thinking_delta", "thinking", event.text, out);
        return;
    case kind::thinking_signature:
        // Clients replace the signature with each delta: it is sent once, whole, at the
        // block's end. A signature on text is another vendor's and has no event here.
        if (event.text.empty() || (open_ == block_kind::text && event.part == part_)) return;
        need_block(block_kind::thinking, event.part, out);
        if (signature_.empty()) signature_ = detail::signature_tag(event.name, anthropic_messages::name);
        signature_ += event.text;
        return;
    case kind::redacted_thinking: {
        std::string block;
        json_writer(block).object().member("type", "redacted_thinking").member("data", event.text).end_object();
        whole_block(block, out);
        break;
    }
    case kind::opaque:
        if (event.name != anthropic_messages::name) return;
        whole_block(event.text, out);
        break;
    case kind::tool_call: open_tool(event, out); break;
    case kind::tool_arguments:
        // Text after the end of the arguments' object belongs to no call.
        if (open_ != block_kind::tool || event.part != part_ || event.text.empty() || arguments_.complete()) return;
        text_delta("input_json_delta", "partial_json", event.text.substr(0, arguments_.feed(event.text)), out);
        return;
    case kind::citation: cite(event, out); return;
    default: return;
    }
    fresh_part_ = std::max(fresh_part_, event.part + 1);
}

LLMX_DECL void anthropic_messages::stream_encoder::need_block(block_kind kind, std::uint32_t part,
                                                              std::string& out) {
    if (open_ == kind && part_ == part) return;
    close_block(out);
    open_ = kind;
    part_ = part;
    fresh_part_ = std::max(fresh_part_, part + 1);
    scratch_ = R"({"type":"content_block_start","index":)";
    json_writer(scratch_).value(next_index_);
    scratch_ += kind == block_kind::text
                    ? R"(,"content_block":{"type":"text","text":"","citations":null}})"
                    : R"(,"content_block":{"type":"thinking","thinking":"","signature":""}})";
    append_sse_event(out, "content_block_start", scratch_);
}

LLMX_DECL void anthropic_messages::stream_encoder::open_tool(const chat_event& event, std::string& out) {
    if (!event.text.empty()) {
        // The call's own proof travels in a thinking block before it: see call_signature_prefix.
        if (open_ != block_kind::thinking || !signature_.empty()) {
            close_block(out);
            need_block(block_kind::thinking, event.part, out);
        }
        signature_ = call_signature_prefix;
        signature_ += event.text;
    }
    close_block(out);
    open_ = block_kind::tool;
    part_ = event.part;
    arguments_ = detail::json_object_end();
    ++calls_;
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "content_block_start").member("index", next_index_);
    w.key("content_block").object().member("type", "tool_use");
    if (event.id.empty()) w.member("id", "toolu_" + std::to_string(calls_));
    else w.member("id", event.id);
    w.member("name", event.name).key("input").object().end_object();
    w.key("caller").object().member("type", "direct").end_object();
    w.end_object().end_object();
    append_sse_event(out, "content_block_start", scratch_);
}

LLMX_DECL void anthropic_messages::stream_encoder::close_block(std::string& out) {
    if (open_ == block_kind::none) return;
    if (open_ == block_kind::thinking && !signature_.empty())
        text_delta("signature_delta", "signature", signature_, out);
    signature_.clear();
    open_ = block_kind::none;
    scratch_ = R"({"type":"content_block_stop","index":)";
    json_writer(scratch_).value(next_index_++);
    scratch_ += '}';
    append_sse_event(out, "content_block_stop", scratch_);
}

LLMX_DECL void anthropic_messages::stream_encoder::whole_block(std::string_view json, std::string& out) {
    close_block(out);
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "content_block_start").member("index", next_index_);
    w.raw_member("content_block", json).end_object();
    append_sse_event(out, "content_block_start", scratch_);
    scratch_ = R"({"type":"content_block_stop","index":)";
    json_writer(scratch_).value(next_index_++);
    scratch_ += '}';
    append_sse_event(out, "content_block_stop", scratch_);
}

LLMX_DECL void anthropic_messages::stream_encoder::text_delta(std::string_view type, std::string_view member,
                                                              std::string_view text, std::string& out) {
    // Written in place: this happens once per token, and llmx's JSON text has no line ends.
    out += "event: content_block_delta\ndata: ";
    json_writer w(out);
    w.object().member("type", "content_block_delta").member("index", next_index_);
    w.key("delta").object().member("type", type).member(member, text).end_object().end_object();
    out += "\n\n";
}

LLMX_DECL void anthropic_messages::stream_encoder::cite(const chat_event& event, std::string& out) {
    // Some vendors cite after the text; then the citation belongs to the open text.
    if (event.part >= fresh_part_) need_block(block_kind::text, event.part, out);
    if (open_ != block_kind::text) return;
    scratch_.clear();
    json_writer w(scratch_);
    w.object().member("type", "content_block_delta").member("index", next_index_);
    w.key("delta").object().member("type", "citations_delta").key("citation");
    if (event.name == anthropic_messages::name) {
        w.raw(event.text);
    } else {
        json_document document(event.text);
        const auto source = detail::messages_find_source(document.root());
        if (source.url.empty()) return;
        detail::messages_write_web_citation(w, source.url, source.title, source.quote);
    }
    w.end_object().end_object();
    append_sse_event(out, "content_block_delta", scratch_);
}

} // namespace llmx::inline LLMX_ABI
