// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> ollama_stream_decoder::feed(std::string_view bytes, event_batch& out) {
    if (failure_) return *failure_;
    auto fed = lines_.feed(bytes, [&](std::string_view line) { return take(line, out); });
    if (fed.has_error()) failure_ = fed.error();
    return fed;
}

LLMX_DECL result<void> ollama_stream_decoder::finish(event_batch& out) {
    if (failure_) return *failure_;
    // The last line may have no end.
    auto last = lines_.finish([&](std::string_view line) { return take(line, out); });
    if (last.has_error()) failure_ = last.error();
    else if (!done_) failure_ = error(errc::truncated, "the stream ended before a line with done");
    return failure_ ? result<void>(*failure_) : success();
}

LLMX_DECL result<void> ollama_stream_decoder::take(std::string_view line, event_batch& out) {
    if (done_) return success();
    if (!arena_) arena_ = std::make_unique<unsigned char[]>(arena_size);
    json_document document(line, json_naming::exact, arena_.get(), arena_size);
    const json_cursor in = document.root(), inner = in["message"], failure = in["error"], logprobs = in["logprobs"];
    if (!in) return error(errc::bad_response, "a line of the stream is not a JSON object");
    if (failure) {
        error e(errc::provider_internal, "the provider reports a failure inside the stream");
        e.with_provider_message(ollama_codec::decode_error(line).message);
        return e;
    }
    begin(in, out);
    const json_cursor& answer = form_.generates ? in : inner;
    add_text(chat_event::kind::thinking, answer["thinking"].string_or(), out);
    add_text(chat_event::kind::text, answer[form_.generates ? "response" : "content"].string_or(), out);
    const json_cursor list = answer["tool_calls"];
    list.each_object_or_skip([&](const json_cursor& one, std::size_t) { add_call(one, line, out); });
    if (logprobs.array() != nullptr && !logprobs.array()->empty()) {
        const std::string_view kept = out.keep("{\"content\":" + logprobs.text() + ",\"refusal\":null}");
        chat_event& e = out.add(chat_event::kind::logprobs);
        e.part = next_part_ == 0 ? 0 : next_part_ - 1;
        e.text = kept;
    }
    if (in["done"].bool_or()) end(in, out);
    return success();
}

LLMX_DECL void ollama_stream_decoder::begin(const json_cursor& in, event_batch& out) {
    if (started_) return;
    started_ = true;
    const std::string_view model = out.keep(in["model"].string_or());
    chat_event& e = out.add(chat_event::kind::start);
    e.name = model;
    e.created = ollama_read_time(in["created_at"].string_or());
}

LLMX_DECL void ollama_stream_decoder::add_text(chat_event::kind kind, std::string_view text, event_batch& out) {
    if (text.empty()) return;
    if (open_ != kind) ++next_part_;
    open_ = kind;
    const std::string_view kept = out.keep(text);
    chat_event& e = out.add(kind);
    e.part = next_part_ - 1;
    e.text = kept;
}

LLMX_DECL void ollama_stream_decoder::add_call(const json_cursor& in, std::string_view line, event_batch& out) {
    const json_cursor function = in["function"], arguments = function["arguments"];
    called_ = true;
    open_ = chat_event::kind::tool_call;
    const std::uint32_t part = next_part_++;
    const std::string_view own = in["id"].string_or();
    // A line has the time of its writing in nanoseconds.
    const std::string_view id = own.empty() ? out.keep(answer_call_id(line, part)) : out.keep(own), name = out.keep(function["name"].string_or());
    chat_event& e = out.add(chat_event::kind::tool_call);
    e.part = part;
    e.id = id;
    e.name = name;
    const std::string_view json = out.keep(ollama_arguments(arguments));
    if (json.empty()) return;
    chat_event& a = out.add(chat_event::kind::tool_arguments);
    a.part = part;
    a.text = json;
}

LLMX_DECL void ollama_stream_decoder::end(const json_cursor& in, event_batch& out) {
    const json_cursor read = in["prompt_eval_count"], written = in["eval_count"];
    if (read || written) {
        // Before the finish, so that the reader of the finish has the totals.
        chat_event& u = out.add(chat_event::kind::usage);
        u.tokens.input_tokens = read.count_or();
        u.tokens.output_tokens = written.count_or();
    }
    out.add(chat_event::kind::finish).reason = ollama_finish(in["done_reason"].string_or(), called_);
    done_ = true;
}

} // namespace llmx::inline LLMX_ABI::detail
