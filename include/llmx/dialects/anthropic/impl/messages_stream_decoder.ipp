// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The object \p block with the streamed \p input, when that is an object, in place of the empty one that it began with.
LLMX_DECL [[nodiscard]] std::string messages_with_input(const std::string& block, std::string_view input) {
    if (input.empty()) return block;
    json_document streamed(input), began(block);
    const json_cursor in = streamed.root(), whole = began.root();
    if (!in || !whole) return block;
    boost::json::object merged(*whole.object());
    merged["input"] = *in.value();
    return json_text(merged);
}

} // namespace detail

LLMX_DECL result<void> anthropic_messages::stream_decoder::feed(std::string_view bytes, event_batch& out) {
    if (failure_) return *failure_;
    auto fed = sse_.feed(bytes, [&](const sse_event& e) { return take(e, out); });
    if (fed.has_error()) failure_ = fed.error();
    return fed;
}

LLMX_DECL result<void> anthropic_messages::stream_decoder::finish(event_batch&) {
    if (failure_) return *failure_;
    if (!done_) failure_ = llmx::error(errc::truncated, "the stream ended before message_stop");
    return done_ ? success() : result<void>(*failure_);
}

LLMX_DECL result<void> anthropic_messages::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_ || event.data.empty() || event.data == "[DONE]") return success();
    if (!arena_) arena_ = std::make_unique<unsigned char[]>(arena_size);
    json_document document(event.data, json_naming::exact, arena_.get(), arena_size);
    const json_cursor in = document.root(), delta = in["delta"], content = in["content_block"];
    if (!in) return llmx::error(errc::bad_response, "an event of the stream is not a JSON object");
    const std::string_view type = in["type"].string_or(event.event);
    const std::int64_t index = in["index"].int_or(-1);
    if (type == "content_block_delta") {
        const open_block* const block = find_block(index);
        if (delta.object() != nullptr && block != nullptr) add_delta(*block, delta, out);
    } else if (type == "content_block_start") {
        if (content.object() == nullptr) return success();
        begin(json_cursor(document, nullptr), out);
        begin_block(index, content, out);
    } else if (type == "content_block_stop") {
        end_block(index, out);
    } else if (type == "message_start") {
        begin(in["message"], out);
    } else if (type == "message_delta") {
        begin(json_cursor(document, nullptr), out);
        end_message(in, out);
    } else if (type == "message_stop") {
        begin(json_cursor(document, nullptr), out);
        release_text(out);
        done_ = true;
    } else if (type == "ping") {
        out.add(chat_event::kind::ping);
    } else if (type == "error" || in["error"]) {
        return detail::messages_failure(in);
    }
    return success();
}

LLMX_DECL chat_event& anthropic_messages::stream_decoder::add(chat_event::kind kind, std::uint32_t part,
                                                              std::string_view text, event_batch& out) {
    const std::string_view kept = out.keep(text);
    chat_event& e = out.add(kind);
    e.part = part;
    e.text = kept;
    return e;
}

LLMX_DECL void anthropic_messages::stream_decoder::add_prose(chat_event::kind kind, std::uint32_t part,
                                                             std::string_view text, event_batch& out) {
    if (text.empty() || answered_by_tool_) return;
    if (holds_text_) {
        if (!held_.empty() && held_.back().part == part && kind == chat_event::kind::text && held_.back().what == kind)
            held_.back().text += text;
        else held_.push_back(held_text{kind, part, std::string(text)});
        return;
    }
    chat_event& e = add(kind, part, text, out);
    if (kind == chat_event::kind::citation) e.name = anthropic_messages::name;
}

/// The answer did not come by the tool: the text is all there is.
LLMX_DECL void anthropic_messages::stream_decoder::release_text(event_batch& out) {
    holds_text_ = false;
    for (const auto& h : held_) add_prose(h.what, h.part, h.text, out);
    held_.clear();
}

LLMX_DECL void anthropic_messages::stream_decoder::add_signature(std::uint32_t part, std::string_view text,
                                                                 event_batch& out) {
    if (text.starts_with(call_signature_prefix)) {
        call_signature_ = text.substr(call_signature_prefix.size());
        return;
    }
    const detail::signed_by read = detail::read_signature(text, name);
    if (read.signature.empty()) return;
    const std::string_view signer = out.keep(read.signer);
    add(chat_event::kind::thinking_signature, part, read.signature, out).name = signer;
}

LLMX_DECL void anthropic_messages::stream_decoder::begin(const json_cursor& message, event_batch& out) {
    if (started_) return;
    started_ = true;
    chat_event& e = out.add(chat_event::kind::start);
    e.id = out.keep(message["id"].string_or());
    e.name = out.keep(message["model"].string_or());
    add_usage(message["usage"], out);
}

LLMX_DECL void anthropic_messages::stream_decoder::add_usage(const json_cursor& used, event_batch& out) {
    if (used.object() == nullptr) return;
    detail::messages_read_counts(used, counts_);
    out.add(chat_event::kind::usage).tokens = counts_.totals();
}

LLMX_DECL anthropic_messages::stream_decoder::open_block*
anthropic_messages::stream_decoder::find_block(std::int64_t index) noexcept {
    const auto at = open_.find(index);
    return at == open_.end() ? nullptr : &at->second;
}

LLMX_DECL void anthropic_messages::stream_decoder::begin_block(std::int64_t index, const json_cursor& in,
                                                               event_batch& out) {
    using kind = chat_event::kind;
    end_block(index, out);
    open_block b;
    b.index = index;
    b.part = next_part_++;
    const std::string_view type = in["type"].string_or();
    if (type == "text") {
        add_prose(kind::text, b.part, in["text"].string_or(), out);
    } else if (type == "thinking") {
        b.kind = block_kind::thinking;
        if (const auto text = in["thinking"].string_or(); !text.empty()) add(kind::thinking, b.part, text, out);
        add_signature(b.part, in["signature"].string_or(), out);
    } else if (type == "redacted_thinking") {
        b.kind = block_kind::thinking;
        add(kind::redacted_thinking, b.part, in["data"].string_or(), out);
    } else if (type == "tool_use") {
        const bool answer = in["name"].string_or() == json_tool_name;
        b.kind = !answer ? block_kind::tool : answered_by_tool_ ? block_kind::ignored : block_kind::json_answer;
        (answer ? answered_by_tool_ : called_tool_) = true;
        if (answer) held_.clear();
        if (!answer) {
            const auto id = out.keep(in["id"].string_or());
            const auto tool_name = out.keep(in["name"].string_or());
            chat_event& e = add(kind::tool_call, b.part, call_signature_, out);
            call_signature_.clear();
            e.id = id;
            e.name = tool_name;
        }
        // The API begins with {} and streams the input; some servers send it here at once.
        const json_cursor input = in["input"];
        if (input.object() != nullptr && !input.object()->empty() && b.kind != block_kind::ignored) {
            has_answer_ = has_answer_ || answer;
            add(answer ? kind::text : kind::tool_arguments, b.part, input.text(), out);
        }
    } else {
        b.kind = block_kind::opaque;
        b.json = in.text();
    }
    open_.emplace(index, std::move(b));
}

LLMX_DECL void anthropic_messages::stream_decoder::add_delta(const open_block& block, const json_cursor& in,
                                                             event_batch& out) {
    using kind = chat_event::kind;
    const std::string_view type = in["type"].string_or();
    const auto add_text = [&](kind k, std::string_view member) {
        if (const auto text = in[member].string_or(); !text.empty()) add(k, block.part, text, out);
    };
    if (type == "text_delta") {
        add_prose(kind::text, block.part, in["text"].string_or(), out);
    } else if (type == "input_json_delta") {
        if (block.kind == block_kind::tool) {
            add_text(kind::tool_arguments, "partial_json");
        } else if (block.kind == block_kind::json_answer) {
            has_answer_ = has_answer_ || !in["partial_json"].string_or().empty();
            add_text(kind::text, "partial_json");
        } else if (auto* own = find_block(block.index); own != nullptr && own->kind == block_kind::opaque) {
            own->input += in["partial_json"].string_or();
        }
    } else if (type == "thinking_delta") {
        add_text(kind::thinking, "thinking");
    } else if (type == "signature_delta") {
        add_signature(block.part, in["signature"].string_or(), out);
    } else if (type == "citations_delta") {
        const json_cursor citation = in["citation"];
        if (citation.object() == nullptr) return;
        scratch_.clear();
        append_json(scratch_, *citation.object());
        add_prose(kind::citation, block.part, scratch_, out);
    }
}

LLMX_DECL void anthropic_messages::stream_decoder::end_block(std::int64_t index, event_batch& out) {
    open_block* b = find_block(index);
    if (b == nullptr) return;
    if (b->kind == block_kind::opaque) {
        const std::string whole = detail::messages_with_input(b->json, b->input);
        add(chat_event::kind::opaque, b->part, whole, out).name = anthropic_messages::name;
    }
    // A call without arguments is streamed as nothing.
    if (b->kind == block_kind::json_answer && !has_answer_) add(chat_event::kind::text, b->part, "{}", out);
    open_.erase(index);
}

LLMX_DECL void anthropic_messages::stream_decoder::end_message(const json_cursor& in, event_batch& out) {
    // Before the finish, so that the reader of the finish has the totals.
    add_usage(in["usage"], out);
    const json_cursor delta = in["delta"];
    auto reason = detail::messages_finish(delta["stop_reason"].string_or());
    if (reason == finish_reason::none) return;
    if (reason == finish_reason::tool_calls && answered_by_tool_ && !called_tool_) reason = finish_reason::stop;
    release_text(out);
    add(chat_event::kind::finish, 0, delta["stop_sequence"].string_or(), out).reason = reason;
}

} // namespace llmx::inline LLMX_ABI
