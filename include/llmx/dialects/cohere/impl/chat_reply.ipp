// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/cohere/detail/chat_fields.hpp>
#include <llmx/dialects/detail/call_ids.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Reads the message of a reply leniently; \p reply is its id, or its bytes when it has none.
LLMX_DECL void cohere_read_answer(const json_cursor& in, std::string_view reply, message& to) {
    const json_cursor content = in["content"], plan = in["tool_plan"], calls = in["tool_calls"], citations = in["citations"];
    std::vector<std::size_t> blocks; // the parts of the content's blocks
    if (content.is_string() && !content.string_or().empty()) {
        blocks.push_back(0);
        to.content.emplace_back(text_part(std::string(content.string_or())));
    }
    content.each_object_or_skip([&](const json_cursor& block, std::size_t) {
        const std::string_view type = block["type"].string_or();
        blocks.push_back(to.content.size());
        if (type == "text") {
            text_part& text = to.content.emplace_back().emplace<text_part>(std::string(block["text"].string_or()));
            cohere_keep_extra(block, {}, text.extra, {"type", "text"});
        } else if (type == "thinking") {
            thinking_part& thought = to.content.emplace_back().emplace<thinking_part>(std::string(block["thinking"].string_or()));
            cohere_keep_extra(block, {}, thought.extra, {"type", "thinking"});
        } else {
            to.content.emplace_back().emplace<opaque_part>(cohere_chat::name, block.text());
        }
    });
    const std::size_t planned = to.content.size();
    if (const std::string_view text = plan.string_or(); !text.empty()) to.content.emplace_back(text_part(std::string(text)));
    citations.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        std::size_t at = static_cast<std::size_t>(one["content_index"].count_or());
        at = one["type"].string_or() == "PLAN" ? planned : at < blocks.size() ? blocks[at] : to.content.size();
        if (at >= to.content.size()) return;
        if (auto* const text = std::get_if<text_part>(&to.content[at])) text->citations.push_back(cohere_read_citation(one));
    });
    calls.each_object_or_skip([&](const json_cursor& one, std::size_t i) {
        const json_cursor function = one["function"], arguments = function["arguments"];
        tool_call_part& call = to.content.emplace_back().emplace<tool_call_part>();
        call.id = one["id"].string_or();
        if (call.id.empty()) call.id = answer_call_id(reply, i);
        call.name = function["name"].string_or();
        call.arguments = arguments.is_string() ? std::string(arguments.string_or()) : arguments.text();
        cohere_keep_extra(one, {}, call.extra, {"type", "id", "function"});
    });
    cohere_keep_extra(in, {}, to.extra, {"role", "content", "tool_plan", "tool_calls", "citations"});
}

/// Writes the message of a reply; whether it has calls.
LLMX_DECL bool cohere_write_answer(json_writer& w, const message& m) {
    const bool called = std::any_of(m.content.begin(), m.content.end(),
        [](const content_part& p) { return std::holds_alternative<tool_call_part>(p); });
    std::string plan, citations;
    std::size_t blocks = 0, calls = 0;
    const auto begin_block = [&w, &blocks] {
        if (blocks++ == 0) w.key("content").array();
    };
    const auto cite = [&citations](const text_part& t, std::size_t block) {
        for (const citation& c : t.citations) {
            if (!c.original.speaks(cohere_chat::name) && c.url.empty()) continue;
            if (!citations.empty()) citations += ',';
            json_writer one(citations);
            cohere_write_citation(one, c, t.text, block);
        }
    };
    w.object().member("role", "assistant");
    for (const content_part& p : m.content) {
        const auto* const text = std::get_if<text_part>(&p);
        const auto* const refusal = std::get_if<refusal_part>(&p);
        if (called && (text != nullptr || refusal != nullptr)) {
            plan += text != nullptr ? text->text : refusal->text;
            if (text != nullptr) cite(*text, 0);
        } else if (text != nullptr) {
            cite(*text, blocks);
            begin_block();
            w.object().member("type", "text").member("text", text->text).extra(text->extra, cohere_chat::name).end_object();
        } else if (refusal != nullptr) {
            begin_block();
            w.object().member("type", "text").member("text", refusal->text).end_object();
        } else if (const auto* const thought = std::get_if<thinking_part>(&p); thought != nullptr && !thought->text.empty()) {
            begin_block();
            w.object().member("type", "thinking").member("thinking", thought->text).extra(thought->extra, cohere_chat::name).end_object();
        } else if (const auto* const own = std::get_if<opaque_part>(&p); own != nullptr && own->origin == cohere_chat::name) {
            begin_block();
            w.raw(own->value.text);
        }
    }
    if (blocks != 0) w.end_array();
    if (!plan.empty()) w.member("tool_plan", plan);
    for (const content_part& p : m.content) {
        const auto* const call = std::get_if<tool_call_part>(&p);
        if (call == nullptr) continue;
        if (calls++ == 0) w.key("tool_calls").array();
        w.object().member("id", call->id.empty() ? "call_" + std::to_string(calls) : call->id).member("type", "function");
        w.key("function").object().member("name", call->name);
        w.member("arguments", call->arguments.empty() ? std::string_view("{}") : std::string_view(call->arguments)).end_object();
        w.extra(call->extra, cohere_chat::name).end_object();
    }
    if (calls != 0) w.end_array();
    if (!citations.empty()) w.key("citations").array().raw(citations).end_array();
    w.extra(m.extra, cohere_chat::name).end_object();
    return called;
}

} // namespace detail

LLMX_DECL result<chat_reply> cohere_chat::decode_reply(std::string_view body) {
    json_document document(body);
    const json_cursor in = document.root(), answer = in["message"], logprobs = in["logprobs"], used = in["usage"];
    if (const auto parsed = document.status(); !parsed) return llmx::error(errc::bad_response, parsed.error().message());
    if (answer.object() == nullptr) return llmx::error(errc::bad_response, "the answer has no message object");
    chat_reply r;
    r.id = in["id"].string_or();
    chat_choice& choice = r.choices.emplace_back();
    detail::cohere_read_answer(answer, r.id.empty() ? body : std::string_view(r.id), choice.answer);
    const std::string_view reason = in["finish_reason"].string_or();
    choice.finish = detail::cohere_finish(reason);
    if (choice.finish == finish_reason::failed) choice.stop_sequence = reason;
    if (logprobs.array() != nullptr && !logprobs.array()->empty()) {
        json_writer w(choice.logprobs.text);
        w.object().key("content").array();
        logprobs.each_object_or_skip([&w](const json_cursor& one, std::size_t) { detail::cohere_read_logprob(one, w); });
        w.end_array().key("refusal").null().end_object();
    }
    detail::cohere_keep_extra(in, detail::cohere_reply_fields.view(), r.extra, {"finish_reason", "logprobs"});
    if (used.object() != nullptr) {
        detail::cohere_counts counts;
        detail::cohere_scan_counts(used.text(), counts);
        r.usage = counts.totals();
    }
    return r;
}

LLMX_DECL void cohere_chat::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    static const chat_choice nothing;
    const chat_choice& choice = reply.choices.empty() ? nothing : reply.choices.front();
    json_writer w(out);
    w.object().member("id", reply.id.empty() ? options.id : std::string_view(reply.id)).key("message");
    const bool called = detail::cohere_write_answer(w, choice.answer);
    w.member("finish_reason", detail::cohere_reason(choice.finish, called));
    w.key("usage");
    detail::cohere_write_usage(w, reply.usage);
    if (!choice.logprobs.empty()) {
        json_document document(choice.logprobs.text);
        const json_cursor root = document.root(), content = root["content"];
        w.key("logprobs").array();
        content.each_object_or_skip([&w](const json_cursor& one, std::size_t) { detail::cohere_write_logprob(w, one); });
        w.end_array();
    }
    w.extra(choice.extra, name).extra(reply.extra, name).end_object();
}

} // namespace llmx::inline LLMX_ABI
