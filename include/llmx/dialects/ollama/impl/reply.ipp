// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/chat_fields.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The calls of the message or of the reply, whose bytes are \p body. Not every server gives them ids.
LLMX_DECL bool ollama_read_calls(const json_cursor& calls, const ollama_form& form, std::string_view body, message& to) {
    bool any = false;
    calls.each_object_or_skip([&](const json_cursor& one, std::size_t i) {
        const json_cursor function = one["function"], arguments = function["arguments"];
        tool_call_part& call = to.content.emplace_back().emplace<tool_call_part>();
        call.id = one["id"].string_or();
        if (call.id.empty()) call.id = answer_call_id(body, i);
        call.name = function["name"].string_or();
        call.arguments = ollama_arguments(arguments);
        ollama_keep_extra(one, form, std::string_view(), call.extra, {"id", "function"});
        any = true;
    });
    return any;
}

LLMX_DECL result<chat_reply> ollama_decode_reply(const ollama_form& form, std::string_view body) {
    json_document document(body);
    const json_cursor in = document.root(), inner = in["message"], failure = in["error"], logprobs = in["logprobs"];
    if (const auto parsed = document.status(); !parsed) return error(errc::bad_response, parsed.error().message());
    if (failure) {
        error e(errc::provider_internal, "the provider reports a failure in place of an answer");
        e.with_provider_message(ollama_codec::decode_error(body).message);
        return e;
    }
    const json_cursor& answer = form.generates ? in : inner;
    const json_cursor text = answer[form.generates ? "response" : "content"];
    if (form.generates ? !text.is_string() : answer.object() == nullptr)
        return error(errc::bad_response, form.generates ? "the answer has no response" : "the answer has no message object");
    chat_reply r;
    r.model = in["model"].string_or();
    r.created = ollama_read_time(in["created_at"].string_or());
    chat_choice& choice = r.choices.emplace_back();
    if (const std::string_view thought = answer["thinking"].string_or(); !thought.empty())
        choice.answer.content.emplace_back(thinking_part(std::string(thought)));
    if (!text.string_or().empty()) choice.answer.content.emplace_back(text_part(std::string(text.string_or())));
    const bool called = ollama_read_calls(answer["tool_calls"], form, body, choice.answer);
    choice.finish = ollama_finish(in["done_reason"].string_or(), called);
    if (logprobs.array() != nullptr && !logprobs.array()->empty())
        choice.logprobs.text = "{\"content\":" + logprobs.text() + ",\"refusal\":null}";
    r.usage.input_tokens = in["prompt_eval_count"].count_or();
    r.usage.output_tokens = in["eval_count"].count_or();
    if (!form.generates) ollama_keep_extra(inner, form, std::string_view(), choice.answer.extra, {"role", "content", "thinking",
        "tool_calls"});
    ollama_keep_extra(in, form, std::string_view(), r.extra,
                      {"model", "created_at", form.generates ? "response" : "message", form.generates ? "thinking" : "message",
                       form.generates ? "tool_calls" : "message", "done", "done_reason", "logprobs", "prompt_eval_count", "eval_count"});
    return r;
}

LLMX_DECL void ollama_encode_reply(const ollama_form& form, const chat_reply& reply, const reply_options& options, std::string& out) {
    static const chat_choice nothing;
    const chat_choice& choice = reply.choices.empty() ? nothing : reply.choices.front();
    std::string text, thought, calls;
    std::size_t number = 0;
    for (const content_part& p : choice.answer.content) {
        if (const auto* const t = std::get_if<text_part>(&p)) text += t->text;
        else if (const auto* const refusal = std::get_if<refusal_part>(&p)) text += refusal->text;
        else if (const auto* const thinking = std::get_if<thinking_part>(&p)) thought += thinking->text;
        else if (const auto* const call = std::get_if<tool_call_part>(&p)) {
            if (!calls.empty()) calls += ',';
            json_writer w(calls);
            ++number;
            ollama_write_call(w, call->id.empty() ? "call_" + std::to_string(number) : call->id, call->name, call->arguments);
        }
    }
    json_writer w(out);
    w.object().member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.member("created_at", ollama_write_time(reply.created != 0 ? reply.created : options.created));
    if (!form.generates) w.key("message").object().member("role", "assistant");
    w.member(form.generates ? "response" : "content", text);
    if (!thought.empty()) w.member("thinking", thought);
    if (!calls.empty()) w.key("tool_calls").array().raw(calls).end_array();
    if (!form.generates) w.extra(choice.answer.extra, form.name).end_object();
    w.member("done", true).member("done_reason", ollama_reason(choice.finish));
    ollama_write_counts(w, reply.usage);
    if (!choice.logprobs.empty()) {
        json_document document(choice.logprobs.text);
        const json_cursor root = document.root(), content = root["content"];
        if (content.array() != nullptr) w.raw_member("logprobs", content.text());
    }
    w.extra(choice.extra, form.name).extra(reply.extra, form.name).end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
