// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> cohere_chat::stream_decoder::feed(std::string_view bytes, event_batch& out) {
    if (failure_) return *failure_;
    auto fed = sse_.feed(bytes, [&](const sse_event& e) { return take(e, out); });
    if (fed.has_error()) failure_ = fed.error();
    return fed;
}

LLMX_DECL result<void> cohere_chat::stream_decoder::finish(event_batch&) {
    if (failure_) return *failure_;
    if (!done_) failure_ = llmx::error(errc::truncated, "the stream ended before message-end");
    return done_ ? success() : result<void>(*failure_);
}

LLMX_DECL result<void> cohere_chat::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_ || event.data.empty() || event.data == "[DONE]") return success();
    if (!arena_) arena_ = std::make_unique<unsigned char[]>(arena_size);
    json_document document(event.data, json_naming::exact, arena_.get(), arena_size);
    const json_cursor in = document.root();
    if (!in) return llmx::error(errc::bad_response, "an event of the stream is not a JSON object");
    const std::string_view type = in["type"].string_or(event.event);
    if (type == "message-start") begin(in["id"].string_or(), out);
    else if (type == "content-start" || type == "content-delta") add_content(in, type == "content-start", out);
    else if (type == "tool-plan-delta") add_plan(in, out);
    else if (type == "tool-call-start" || type == "tool-call-delta") add_call(in, type == "tool-call-start", out);
    else if (type == "citation-start") add_citation(in, out);
    else if (type == "message-end") end_message(in, out);
    else if (type.empty() || ((type == "error" || type == "message") && !in["type"])) {
        // An error in place of an event.
        llmx::error e(errc::provider_internal, "the provider reports a failure inside the stream");
        e.with_provider_message(decode_error(event.data).message);
        return e;
    }
    return success();
}

LLMX_DECL chat_event& cohere_chat::stream_decoder::add(chat_event::kind kind, std::uint32_t part, std::string_view text, event_batch& out) {
    begin(std::string_view(), out);
    const std::string_view kept = out.keep(text);
    chat_event& e = out.add(kind);
    e.part = part;
    e.text = kept;
    return e;
}

LLMX_DECL void cohere_chat::stream_decoder::begin(std::string_view id, event_batch& out) {
    if (started_) return;
    started_ = true;
    reply_ = id;
    const std::string_view kept = out.keep(id);
    out.add(chat_event::kind::start).id = kept;
}

LLMX_DECL void cohere_chat::stream_decoder::add_content(const json_cursor& in, bool begins, event_batch& out) {
    const json_cursor delta = in["delta"], message = delta["message"], content = message["content"], logprobs = in["logprobs"];
    const std::int64_t index = in["index"].int_or();
    const json_cursor text = content["text"], thought = content["thinking"];
    auto block = blocks_.find(index);
    if (begins || block == blocks_.end()) {
        const bool thinks = begins ? content["type"].string_or() == "thinking" : thought && !text;
        block = blocks_.insert_or_assign(index, open_block(next_part_++, thinks)).first;
    }
    const open_block& to = block->second;
    const std::string_view words = to.thinks ? thought.string_or(text.string_or()) : text.string_or();
    if (!words.empty()) add(to.thinks ? chat_event::kind::thinking : chat_event::kind::text, to.part, words, out);
    if (logprobs.object() == nullptr) return;
    std::string json;
    json_writer w(json);
    w.object().key("content").array();
    detail::cohere_read_logprob(logprobs, w);
    w.end_array().key("refusal").null().end_object();
    add(chat_event::kind::logprobs, to.part, json, out);
}

LLMX_DECL void cohere_chat::stream_decoder::add_plan(const json_cursor& in, event_batch& out) {
    const json_cursor delta = in["delta"], message = delta["message"];
    const std::string_view text = message["tool_plan"].string_or();
    if (text.empty()) return;
    if (!plan_) plan_ = next_part_++;
    add(chat_event::kind::text, *plan_, text, out);
}

LLMX_DECL void cohere_chat::stream_decoder::add_call(const json_cursor& in, bool begins, event_batch& out) {
    const json_cursor delta = in["delta"], message = delta["message"], list = message["tool_calls"], first = list[std::size_t{0}];
    const json_cursor& call = list.array() != nullptr ? first : list;
    const json_cursor function = call["function"];
    const std::int64_t index = in["index"].int_or();
    if (begins) {
        const std::uint32_t part = next_part_++;
        calls_.insert_or_assign(index, part);
        const std::string_view own = call["id"].string_or();
        const std::string_view id = own.empty() ? out.keep(detail::answer_call_id(reply_, part)) : out.keep(own);
        const std::string_view called = out.keep(function["name"].string_or());
        chat_event& e = add(chat_event::kind::tool_call, part, std::string_view(), out);
        e.id = id;
        e.name = called;
    }
    const auto at = calls_.find(index);
    const std::string_view arguments = function["arguments"].string_or();
    if (at != calls_.end() && !arguments.empty()) add(chat_event::kind::tool_arguments, at->second, arguments, out);
}

LLMX_DECL void cohere_chat::stream_decoder::add_citation(const json_cursor& in, event_batch& out) {
    const json_cursor delta = in["delta"], message = delta["message"], list = message["citations"], first = list[std::size_t{0}];
    const json_cursor& cited = list.array() != nullptr ? first : list;
    if (cited.object() == nullptr) return;
    std::uint32_t part = 0;
    if (cited["type"].string_or() == "PLAN" && plan_) part = *plan_;
    else if (const auto block = blocks_.find(cited["content_index"].count_or()); block != blocks_.end()) part = block->second.part;
    const citation c = detail::cohere_read_citation(cited);
    if (c.url.empty()) {
        add(chat_event::kind::citation, part, cited.text(), out).name = cohere_chat::name;
        return;
    }
    // A source with an address is one that every language has a form for.
    std::string json;
    json_writer w(json);
    w.object().member("url", c.url).member("title", c.title).member("cited_text", c.quote);
    if (c.start >= 0 && c.end >= c.start) w.member("start_index", c.start).member("end_index", c.end);
    w.end_object();
    add(chat_event::kind::citation, part, json, out);
}

LLMX_DECL void cohere_chat::stream_decoder::end_message(const json_cursor& in, event_batch& out) {
    const json_cursor delta = in["delta"], used = delta["usage"];
    begin(in["id"].string_or(), out);
    if (used.object() != nullptr) {
        detail::cohere_counts counts;
        detail::cohere_scan_counts(used.text(), counts);
        // Before the finish, so that the reader of the finish has the totals.
        out.add(chat_event::kind::usage).tokens = counts.totals();
    }
    const std::string_view reason = delta["finish_reason"].string_or(), why = delta["error"].string_or();
    const finish_reason how = detail::cohere_finish(reason);
    std::string words;
    if (how == finish_reason::failed) {
        words = reason;
        if (!why.empty()) words.append(": ").append(why);
    }
    if (how != finish_reason::none) add(chat_event::kind::finish, 0, words, out).reason = how;
    done_ = true;
}

} // namespace llmx::inline LLMX_ABI
