// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/completions.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// More alternative answers than any server gives: an attack.
inline constexpr std::size_t openai_completions_max_choices = 4096;

LLMX_DECL void openai_completions_write_choice(json_writer& w, std::size_t index, std::string_view text, std::string_view finish) {
    w.object().member("text", text).member("index", index).key("logprobs").null().key("finish_reason");
    if (finish.empty()) w.null();
    else w.value(finish);
    w.end_object();
}

/// A chat's reasons have the same words; calls and pauses are unknown here.
LLMX_DECL [[nodiscard]] std::string_view openai_completions_finish(finish_reason r) noexcept {
    if (r == finish_reason::tool_calls || r == finish_reason::pause) return "stop";
    return openai_chat_finish_word(r, false);
}

} // namespace detail

LLMX_DECL result<chat_reply> openai_completions::decode_reply(std::string_view body) {
    json_document document(body);
    const json_cursor in = document.root();
    if (const auto status = document.status(); status.has_error()) return error(errc::bad_response, status.error().message());
    const json_cursor failure = in["error"], choices = in["choices"], used = in["usage"], id = in["id"], model = in["model"],
                      created = in["created"];
    if (failure) return detail::openai_chat_failure(failure);
    if (choices.array() == nullptr) return error(errc::bad_response, "the answer has no list of choices");
    chat_reply to;
    to.id = id.string_or();
    to.model = model.string_or();
    to.created = created.count_or();
    choices.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        chat_choice& c = to.choices.emplace_back();
        const json_cursor text = one["text"], finish = one["finish_reason"];
        c.answer = message::assistant(std::string(text.string_or()));
        c.finish = detail::openai_chat_finish(finish.string_or(), false);
    });
    if (used.object() != nullptr) to.usage = detail::openai_chat_read_usage(*used.object());
    static constexpr std::string_view known[] = {"id", "model", "created", "object", "choices", "usage", "error"};
    detail::keep_extra(in, {}, known, name, {}, {}, to.extra);
    if (const auto status = document.status(); status.has_error()) return error(errc::bad_response, status.error().message());
    return to;
}

LLMX_DECL void openai_completions::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    json_writer w(out);
    w.object().member("id", reply.id.empty() ? options.id : std::string_view(reply.id)).member("object", "text_completion");
    w.member("created", reply.created != 0 ? reply.created : options.created);
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model)).key("choices").array();
    for (std::size_t i = 0; i < reply.choices.size(); ++i) {
        const std::string text = reply.choices[i].answer.text();
        detail::openai_completions_write_choice(w, i, text, detail::openai_completions_finish(reply.choices[i].finish));
    }
    w.end_array().key("usage");
    detail::openai_chat_write_usage(w, reply.usage);
    w.extra(reply.extra, name).end_object();
}

LLMX_DECL usage openai_completions::scan_usage(std::string_view body) { return openai_chat::scan_usage(body); }
LLMX_DECL bool openai_completions::holds_answer(std::string_view body) noexcept { return detail::json_text_opens(body, "choices", "[{"); }
LLMX_DECL error_body openai_completions::decode_error(std::string_view body) { return openai_chat::decode_error(body); }
LLMX_DECL void openai_completions::encode_error(const error& failure, std::string& out) { openai_chat::encode_error(failure, out); }
LLMX_DECL bool openai_completions::ask_usage(std::string_view body, const member_spans& known, splice_list& edits) {
    return openai_chat::ask_usage(body, known, edits);
}

LLMX_DECL result<void> openai_completions::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_ || event.data.empty()) return success();
    if (event.data == "[DONE]") {
        done_ = true;
        return success();
    }
    json_document document(event.data);
    if (const auto read = document.status(); !read)
        return error(errc::bad_response, "a chunk of the stream is " + read.error().message());
    const json_cursor chunk = document.root(), failure = chunk["error"], choices = chunk["choices"], used = chunk["usage"], id = chunk["id"],
                      model = chunk["model"], created = chunk["created"];
    if (failure) return detail::openai_chat_failure(failure);
    if (event.event == "error") return detail::openai_chat_failure(chunk);
    if (!started_) {
        started_ = true;
        chat_event& e = out.add(chat_event::kind::start);
        e.id = out.keep(id.string_or());
        e.name = out.keep(model.string_or());
        e.created = created.count_or();
    }
    bool too_many = false;
    choices.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        const json_cursor index = one["index"], text = one["text"], finish = one["finish_reason"];
        const std::int64_t which = index.count_or();
        too_many = too_many || (ended_.size() == detail::openai_completions_max_choices && ended_.find(which) == ended_.end());
        if (too_many) return;
        bool& ended = ended_[which];
        if (!text.string_or().empty()) {
            chat_event& e = out.add(chat_event::kind::text);
            e.choice = static_cast<std::uint32_t>(which);
            e.text = out.keep(text.string_or());
        }
        if (finish.string_or().empty() || ended) return;
        ended = true;
        chat_event& e = out.add(chat_event::kind::finish);
        e.choice = static_cast<std::uint32_t>(which);
        e.reason = detail::openai_chat_finish(finish.string_or(), false);
    });
    if (too_many) return error(errc::bad_response, "the answer has too many choices");
    if (used.object() != nullptr) out.add(chat_event::kind::usage).tokens = detail::openai_chat_read_usage(*used.object());
    return success();
}

LLMX_DECL result<void> openai_completions::stream_decoder::finish(event_batch& out) {
    const auto read = parser_.deliver_incomplete([this, &out](const sse_event& e) { return take(e, out); });
    if (read.has_error()) return read;
    const bool all = !ended_.empty() && std::all_of(ended_.begin(), ended_.end(), [](const auto& c) { return c.second; });
    if (!done_ && !all) return error(errc::truncated);
    return success();
}

LLMX_DECL openai_completions::stream_encoder::stream_encoder(const reply_options& options)
    : id_(options.id), model_(options.model), created_(options.created), include_usage_(options.include_usage) {
    set_head();
}

LLMX_DECL void openai_completions::stream_encoder::set_head() {
    head_ = "data: ";
    json_writer w(head_);
    w.object().member("id", id_).member("object", "text_completion").member("created", created_).member("model", model_);
}

LLMX_DECL void openai_completions::stream_encoder::write(std::uint32_t choice, std::string_view text, std::string_view finish,
                                                         std::string& out) const {
    out += head_;
    out += R"(,"choices":[)";
    json_writer w(out);
    detail::openai_completions_write_choice(w, choice, text, finish);
    out += include_usage_ ? "],\"usage\":null}\n\n" : "]}\n\n";
}

LLMX_DECL void openai_completions::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    switch (event.what) {
    case kind::start:
        if (!event.id.empty() && event.id.size() <= detail::max_stream_label) id_ = event.id;
        if (!event.name.empty() && event.name.size() <= detail::max_stream_label) model_ = event.name;
        if (event.created != 0) created_ = event.created;
        set_head();
        break;
    case kind::text:
    case kind::refusal: write(event.choice, event.text, std::string_view(), out); break;
    case kind::finish: write(event.choice, std::string_view(), detail::openai_completions_finish(event.reason), out); break;
    case kind::usage:
        tokens_ = event.tokens;
        has_usage_ = true;
        break;
    case kind::ping: append_sse_comment(out, "keep-alive"); break;
    default: break;
    }
}

LLMX_DECL void openai_completions::stream_encoder::finish(std::string& out) {
    if (include_usage_ && has_usage_) {
        out += head_;
        out += R"(,"choices":[],"usage":)";
        json_writer w(out);
        detail::openai_chat_write_usage(w, tokens_);
        out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
}

LLMX_DECL void openai_completions::stream_encoder::fail(const error& failure, std::string& out) {
    out += "data: ";
    openai_chat::encode_error(failure, out);
    out += "\n\n";
}

LLMX_DECL const stream_progress& openai_completions::stream_watch::feed(std::string_view bytes) {
    const bool begun = progress_.begun;
    progress_ = chunks_.feed(bytes);
    progress_.begun = progress_.begun || begun;
    if (progress_.begun) return progress_;
    // A text's name and its first character may come in two blocks.
    constexpr std::size_t longest = 64;
    tail_ += bytes;
    progress_.begun = detail::json_text_has_word(tail_, "text");
    if (progress_.begun) std::string().swap(tail_);
    else if (tail_.size() > longest) tail_.erase(0, tail_.size() - longest);
    return progress_;
}

LLMX_DECL result<chat_reply> mistral_fim::decode_reply(std::string_view body) { return openai_chat::decode_reply(body); }
LLMX_DECL usage mistral_fim::scan_usage(std::string_view body) { return openai_chat::scan_usage(body); }
LLMX_DECL bool mistral_fim::holds_answer(std::string_view body) noexcept { return openai_chat::holds_answer(body); }
LLMX_DECL error_body mistral_fim::decode_error(std::string_view body) { return openai_chat::decode_error(body); }

} // namespace llmx::inline LLMX_ABI
