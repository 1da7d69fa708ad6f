// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/mistral/chat.hpp>
#include <llmx/wire/json_writer.hpp>

#include <string>
#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The member finish_reason of ChatCompletionChoice.
LLMX_DECL [[nodiscard]] std::string_view mistral_finish(finish_reason r, bool called) noexcept {
    switch (r) {
    case finish_reason::length: return "length";
    case finish_reason::tool_calls: return "tool_calls";
    case finish_reason::content_filter:
    case finish_reason::failed: return "error";
    default: return called ? std::string_view("tool_calls") : std::string_view("stop");
    }
}

/// UsageInfo.
LLMX_DECL void mistral_write_usage(json_writer& w, const usage& u) {
    w.object().member("prompt_tokens", u.input_tokens).member("completion_tokens", u.output_tokens).member("total_tokens", u.total_tokens());
    if (u.cached_tokens > 0) w.key("prompt_tokens_details").object().member("cached_tokens", u.cached_tokens).end_object();
    w.end_object();
}

/// A ThinkChunk.
LLMX_DECL void mistral_write_thought(json_writer& w, std::string_view text) {
    w.object().member("type", "thinking").key("thinking").array().object().member("type", "text").member("text", text).end_object();
    w.end_array().end_object();
}

/// A ToolCall.
LLMX_DECL void mistral_write_call(json_writer& w, std::string_view id, std::string_view function, std::string_view arguments, std::uint32_t index) {
    w.object().member("id", id).member("type", "function").key("function").object().member("name", function);
    w.member("arguments", arguments.empty() ? std::string_view("{}") : arguments).end_object().member("index", index).end_object();
}

/// The content and the calls of an AssistantMessage.
LLMX_DECL bool mistral_write_answer(json_writer& w, const message& m) {
    std::string text, chunks, calls;
    bool thought = false;
    std::uint32_t called = 0;
    json_writer list(chunks), call_list(calls);
    list.array();
    call_list.array();
    const auto add_text = [&](std::string_view piece) {
        text += piece;
        if (!piece.empty()) list.object().member("type", "text").member("text", piece).end_object();
    };
    for (const content_part& p : m.content) {
        if (const auto* t = std::get_if<text_part>(&p)) {
            add_text(t->text);
        } else if (const auto* refusal = std::get_if<refusal_part>(&p)) {
            add_text(refusal->text);
        } else if (const auto* thinking = std::get_if<thinking_part>(&p); thinking != nullptr && !thinking->text.empty()) {
            thought = true;
            mistral_write_thought(list, thinking->text);
        } else if (const auto* call = std::get_if<tool_call_part>(&p)) {
            mistral_write_call(call_list, call->id, call->name, call->arguments, called++);
        }
    }
    list.end_array();
    call_list.end_array();
    if (thought) w.raw_member("content", chunks);
    else w.member("content", text);
    if (called != 0) w.raw_member("tool_calls", calls);
    return called != 0;
}

} // namespace detail

LLMX_DECL void mistral_chat::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    json_writer w(out);
    w.object().member("id", reply.id.empty() ? options.id : std::string_view(reply.id)).member("object", "chat.completion");
    w.member("created", reply.created != 0 ? reply.created : options.created);
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model)).key("choices").array();
    std::uint32_t index = 0;
    for (const chat_choice& c : reply.choices) {
        w.object().member("index", index++).key("message").object().member("role", "assistant");
        const bool called = detail::mistral_write_answer(w, c.answer);
        w.end_object().member("finish_reason", detail::mistral_finish(c.finish, called)).end_object();
    }
    w.end_array().key("usage");
    detail::mistral_write_usage(w, reply.usage);
    w.end_object();
}

LLMX_DECL void mistral_chat::encode_error(const error& failure, std::string& out) {
    const std::string own = failure.message();
    const std::string_view words = failure.provider_message().empty() ? std::string_view(own) : failure.provider_message();
    json_writer w(out);
    w.object().member("object", "error").member("message", words).member("type", errc_name(failure.value())).key("param");
    if (failure.param().empty()) w.null();
    else w.value(failure.param());
    w.key("code").null().end_object();
}

LLMX_DECL mistral_chat::stream_encoder::stream_encoder(const reply_options& options)
    : id_(options.id), model_(options.model), created_(options.created) {
    set_head();
}

LLMX_DECL void mistral_chat::stream_encoder::set_head() {
    head_ = "data: ";
    json_writer w(head_);
    w.object().member("id", std::string_view(id_).substr(0, detail::max_stream_label)).member("object", "chat.completion.chunk");
    w.member("created", created_).member("model", std::string_view(model_).substr(0, detail::max_stream_label));
}

LLMX_DECL void mistral_chat::stream_encoder::write(std::uint32_t choice, std::string_view delta, std::string_view reason, bool with_usage,
                                                   std::string& out) {
    out += head_;
    out += R"(,"choices":[)";
    json_writer w(out);
    w.object().member("index", choice).raw_member("delta", delta).key("finish_reason");
    if (reason.empty()) w.null();
    else w.value(reason);
    w.end_object();
    out += ']';
    if (with_usage) {
        out += R"(,"usage":)";
        json_writer used(out);
        detail::mistral_write_usage(used, tokens_);
    }
    out += "}\n\n";
}

LLMX_DECL void mistral_chat::stream_encoder::flush_calls(std::uint32_t choice, choice_state& s, std::string& out) {
    if (s.calls.empty()) return;
    std::string delta = R"({"role":"assistant","content":"","tool_calls":)";
    json_writer w(delta);
    w.array();
    for (const auto& [part, call] : s.calls) detail::mistral_write_call(w, call.id, call.name, call.arguments, s.written++);
    w.end_array();
    delta += '}';
    s.calls.clear();
    write(choice, delta, std::string_view(), false, out);
}

LLMX_DECL void mistral_chat::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (over_) return;
    if (event.what == kind::start) {
        if (!event.id.empty()) id_ = event.id;
        if (!event.name.empty()) model_ = event.name;
        if (event.created != 0) created_ = event.created;
        return set_head();
    }
    if (event.what == kind::usage) {
        tokens_ = event.tokens;
        return;
    }
    const bool words = event.what == kind::text || event.what == kind::refusal || event.what == kind::thinking;
    if (!words && event.what != kind::tool_call && event.what != kind::tool_arguments && event.what != kind::finish) return;
    choice_state& s = choices_[event.choice];
    if (!std::exchange(s.begun, true)) write(event.choice, R"({"role":"assistant","content":""})", std::string_view(), false, out);
    std::string delta;
    json_writer w(delta);
    if (event.what == kind::finish) {
        s.reason = event.reason;
    } else if (event.what == kind::tool_call) {
        call_state& call = s.calls[event.part];
        call.id = event.id;
        call.name = event.name;
    } else if (event.what == kind::tool_arguments) {
        if (const auto call = s.calls.find(event.part); call != s.calls.end()) call->second.arguments += event.text;
    } else if (!event.text.empty()) {
        w.object().key("content");
        if (event.what == kind::thinking) {
            w.array();
            detail::mistral_write_thought(w, event.text);
            w.end_array();
        } else {
            w.value(event.text);
        }
        w.end_object();
        write(event.choice, delta, std::string_view(), false, out);
    }
}

LLMX_DECL void mistral_chat::stream_encoder::finish(std::string& out) {
    if (std::exchange(over_, true)) return;
    if (choices_.empty()) choices_.try_emplace(0);
    for (auto at = choices_.begin(); at != choices_.end(); ++at) {
        auto& [choice, s] = *at;
        const bool called = !s.calls.empty();
        flush_calls(choice, s, out);
        write(choice, R"({"content":""})", detail::mistral_finish(s.reason, called), std::next(at) == choices_.end(), out);
    }
    out += "data: [DONE]\n\n";
}

LLMX_DECL void mistral_chat::stream_encoder::fail(const error& failure, std::string& out) {
    if (std::exchange(over_, true)) return;
    out += "data: ";
    encode_error(failure, out);
    out += "\n\n";
}

} // namespace llmx::inline LLMX_ABI
