// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL ollama_stream_encoder::ollama_stream_encoder(ollama_form form, const reply_options& options)
    : form_(form), model_(options.model), created_(ollama_write_time(options.created)) {}

LLMX_DECL void ollama_stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (over_ || event.choice != 0) return;
    switch (event.what) {
    case kind::start:
        if (!event.name.empty()) model_ = event.name.substr(0, max_stream_label);
        if (event.created != 0) created_ = ollama_write_time(event.created);
        return;
    case kind::usage: tokens_ = event.tokens; return;
    case kind::finish:
        reason_ = event.reason;
        if (reason_ == finish_reason::failed) fail(error(errc::provider_internal, "the provider reports that generation broke off"), out);
        return;
    case kind::text:
    case kind::refusal:
    case kind::thinking:
        if (!event.text.empty()) text_line(event.text, event.what == kind::thinking, out);
        return;
    case kind::logprobs: return logprobs_line(event.text, out);
    case kind::tool_call: {
        held_call& call = calls_[event.part];
        call.id = event.id.empty() ? "call_" + std::to_string(event.part) : std::string(event.id);
        call.name = event.name;
        return;
    }
    case kind::tool_arguments: {
        const auto at = calls_.find(event.part);
        if (at == calls_.end()) return;
        held_call& call = at->second;
        call.arguments += event.text.substr(0, call.end.feed(event.text));
        if (!call.end.complete()) return;
        call_line(call, out);
        calls_.erase(at);
        return;
    }
    default: return;
    }
}

LLMX_DECL void ollama_stream_encoder::begin_line(json_writer& w) const {
    w.object().member("model", model_).member("created_at", created_);
    if (!form_.generates) w.key("message").object().member("role", "assistant");
}

LLMX_DECL void ollama_stream_encoder::text_line(std::string_view text, bool thought, std::string& out) {
    json_writer w(out);
    begin_line(w);
    w.member(form_.generates ? "response" : "content", thought ? std::string_view() : text);
    if (thought) w.member("thinking", text);
    if (!form_.generates) w.end_object();
    w.member("done", false).end_object();
    out += '\n';
}

LLMX_DECL void ollama_stream_encoder::logprobs_line(std::string_view openai, std::string& out) {
    json_document document(openai);
    const json_cursor in = document.root(), content = in["content"];
    if (content.array() == nullptr) return;
    json_writer w(out);
    begin_line(w);
    w.member(form_.generates ? "response" : "content", "");
    if (!form_.generates) w.end_object();
    w.member("done", false).raw_member("logprobs", content.text()).end_object();
    out += '\n';
}

LLMX_DECL void ollama_stream_encoder::call_line(const held_call& call, std::string& out) {
    json_writer w(out);
    begin_line(w);
    w.member(form_.generates ? "response" : "content", "").key("tool_calls").array();
    ollama_write_call(w, call.id, call.name, call.arguments);
    w.end_array();
    if (!form_.generates) w.end_object();
    w.member("done", false).end_object();
    out += '\n';
}

LLMX_DECL void ollama_stream_encoder::finish(std::string& out) {
    if (over_) return;
    over_ = true;
    for (const auto& [part, call] : calls_) call_line(call, out);
    calls_.clear();
    json_writer w(out);
    begin_line(w);
    w.member(form_.generates ? "response" : "content", "");
    if (!form_.generates) w.end_object();
    w.member("done", true).member("done_reason", ollama_reason(reason_));
    ollama_write_counts(w, tokens_);
    w.end_object();
    out += '\n';
}

LLMX_DECL void ollama_stream_encoder::fail(const llmx::error& failure, std::string& out) {
    if (over_) return;
    over_ = true;
    ollama_codec::encode_error(failure, out);
    out += '\n';
}

} // namespace llmx::inline LLMX_ABI::detail
