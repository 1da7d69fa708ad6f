// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// More alternative answers, or calls in one, than any server gives: an attack.
inline constexpr std::size_t openai_chat_max_choices = 128;
inline constexpr std::size_t openai_chat_max_calls = 4096;

} // namespace detail

/// One chunk's pass over one choice.
struct openai_chat::stream_decoder::reader {
    stream_decoder& d;
    choice_state& c;
    event_batch& out;

    chat_event& add(chat_event::kind k, std::uint32_t part) {
        chat_event& e = out.add(k);
        e.choice = static_cast<std::uint32_t>(c.index);
        e.part = part;
        return e;
    }

    /// The number of the part of kind \p k that is being written, or of a new one.
    std::uint32_t part_of(kind k) {
        if (c.open != k || (k == kind::thinking && c.sealed)) {
            c.open = k;
            c.open_part = c.parts++;
            c.sealed = false;
            c.by_blocks = false;
        }
        return c.open_part;
    }

    void append(kind k, chat_event::kind what, std::string_view text) {
        if (text.empty()) return;
        add(what, part_of(k)).text = out.keep(text);
    }

    LLMX_DECL void thinking(const json_cursor& delta) {
        std::string_view text = delta["reasoning_content"].string_or();
        if (text.empty()) text = delta["reasoning"].string_or();
        append(kind::thinking, chat_event::kind::thinking, text);
        const json_cursor blocks = delta["thinking_blocks"];
        blocks.each_object_or_skip(
            [&](const json_cursor& block, std::size_t) { thinking_block(block, !text.empty()); });
    }

    /// \p beside: the delta has the thought as text too.
    LLMX_DECL void thinking_block(const json_cursor& block, bool beside) {
        if (block["type"].string_or() == "redacted_thinking") {
            c.open = kind::none;
            add(chat_event::kind::redacted_thinking, c.parts++).text = out.keep(block["data"].string_or());
            return;
        }
        // Beside reasoning_content, or after it, a block repeats it.
        const std::string_view thought = block["thinking"].string_or();
        const bool repeats = beside || (c.open == kind::thinking && !c.sealed && !c.by_blocks);
        if (!thought.empty() && !repeats) {
            append(kind::thinking, chat_event::kind::thinking, thought);
            c.by_blocks = true;
        }
        const auto read = detail::read_signature(block["signature"].string_or(), detail::openai_chat_usual_signer);
        if (read.signature.empty()) return;
        chat_event& e = add(chat_event::kind::thinking_signature, part_of(kind::thinking));
        e.text = out.keep(read.signature);
        e.name = out.keep(read.signer);
        c.sealed = true;
    }

    LLMX_DECL void content(const json_cursor& from) {
        append(kind::text, chat_event::kind::text, from.string_or());
        from.each_object_or_skip([this](const json_cursor& part, std::size_t) {
            if (part["type"].string_or() == "thinking")
                append(kind::thinking, chat_event::kind::thinking, detail::openai_chat_thinking_text(part["thinking"]));
            else append(kind::text, chat_event::kind::text, part["text"].string_or());
        });
    }

    /// Allocates only while the scratch grows.
    LLMX_DECL void raw(chat_event::kind what, std::uint32_t part, const boost::json::value& v) {
        d.scratch_.clear();
        append_json(d.scratch_, v);
        chat_event& e = add(what, part);
        e.text = out.keep(d.scratch_);
        e.name = openai_chat::name;
    }

    void google_signature(std::uint32_t part, std::string_view text) {
        chat_event& e = add(chat_event::kind::thinking_signature, part);
        e.text = out.keep(text);
        e.name = detail::openai_chat_google_signer;
    }

    LLMX_DECL void beside_text(const json_cursor& delta) {
        const json_cursor annotations = delta["annotations"], audio = delta["audio"], images = delta["images"];
        if (const auto* const list = annotations.array(); list != nullptr)
            for (const auto& item : *list) raw(chat_event::kind::citation, part_of(kind::text), item);
        if (audio.object() != nullptr) {
            if (c.audio_part < 0) c.audio_part = c.parts++;
            raw(chat_event::kind::audio, static_cast<std::uint32_t>(c.audio_part), *audio.value());
        }
        if (const auto* const list = images.array(); list != nullptr) {
            c.open = kind::none;
            for (const auto& item : *list) raw(chat_event::kind::opaque, c.parts++, item);
        }
        if (const auto signature = detail::openai_chat_signature(delta); !signature.empty())
            google_signature(part_of(kind::text), signature);
    }

    /// The state of the call that a delta belongs to, new or known; null when there are
    /// too many. Some servers send no index, or the same for every call: then a new id
    /// begins a new call.
    LLMX_DECL call_state* call_of(const json_cursor& delta) {
        const std::string_view id = delta["id"].string_or();
        const json_cursor number = delta["index"], custom = delta["custom"];
        const bool indexed(number);
        const std::int64_t index = indexed ? number.int_or() : -1;
        call_state* last = c.calls.empty() ? nullptr : &c.calls.back();
        if (indexed && last != nullptr && last->index != index) {
            const auto at = c.by_index.find(index);
            last = at == c.by_index.end() ? nullptr : &c.calls[at->second];
        }
        if (last != nullptr && (id.empty() || last->id.empty() || last->id == id)) {
            if (last->id.empty()) last->id = id;
            return last;
        }
        if (c.calls.size() == detail::openai_chat_max_calls) return nullptr;
        c.by_index[index] = c.calls.size();
        call_state& call = c.calls.emplace_back();
        call.index = index;
        call.part = c.parts++;
        call.id = id;
        call.custom = delta["type"].string_or() == "custom" || custom.object() != nullptr;
        c.open = kind::none;
        return &call;
    }

    LLMX_DECL void begin(call_state& call, std::string_view function, std::string_view signature) {
        const auto ordinal = static_cast<std::size_t>(&call - c.calls.data());
        if (call.id.empty()) call.id = detail::openai_chat_call_id(d.id_, c.index, ordinal);
        call.begun = true;
        chat_event& e = add(chat_event::kind::tool_call, call.part);
        e.id = out.keep(call.id);
        e.name = out.keep(function);
        e.text = out.keep(signature);
    }

    /// A function's delta: `arguments` is a fragment of text, or a whole object.
    LLMX_DECL void fragment(call_state& call, const json_cursor& function, std::string_view signature) {
        const std::string_view called = function["name"].string_or();
        const json_cursor arguments = function["arguments"];
        std::string_view text = arguments.string_or();
        if (arguments && !arguments.is_string()) {
            d.scratch_.clear();
            append_json(d.scratch_, *arguments.value());
            text = d.scratch_;
        }
        if (!call.begun && (!called.empty() || !text.empty())) begin(call, called, signature);
        else if (!signature.empty() && call.begun)
            google_signature(call.part, signature);
        if (!text.empty()) add(chat_event::kind::tool_arguments, call.part).text = out.keep(text);
    }

    /// A custom tool's delta: its text is the only argument of the function that it is here.
    LLMX_DECL void input(call_state& call, std::string_view called, std::string_view piece) {
        if (!call.begun && (!called.empty() || !piece.empty())) begin(call, called, std::string_view());
        if (piece.empty()) return;
        std::string quoted;
        append_json_string(quoted, piece);
        d.scratch_ = call.has_input ? "" : R"({"input":")";
        d.scratch_.append(quoted, 1, quoted.size() - 2);
        call.has_input = true;
        add(chat_event::kind::tool_arguments, call.part).text = out.keep(d.scratch_);
    }

    /// False when there are too many calls.
    LLMX_DECL bool call(const json_cursor& delta) {
        call_state* const of = call_of(delta);
        if (of == nullptr) return false;
        const json_cursor custom = delta["custom"], function = delta["function"];
        if (of->custom) {
            input(*of, custom["name"].string_or(), custom["input"].string_or());
        } else if (function.object() != nullptr) {
            fragment(*of, function, detail::openai_chat_signature(delta));
        }
        return true;
    }

    LLMX_DECL bool calls(const json_cursor& delta) {
        const json_cursor list = delta["tool_calls"], function = delta["function_call"];
        bool good = true;
        list.each_object_or_skip([&](const json_cursor& one, std::size_t) { good = good && call(one); });
        if (!good || function.object() == nullptr) return good;
        if (c.calls.empty()) {
            c.by_index[0] = 0;
            c.calls.emplace_back().part = c.parts++;
            c.open = kind::none;
        }
        fragment(c.calls.front(), function, std::string_view());
        return true;
    }

    /// The ends of custom tools' inputs, and calls of which nothing but an id came.
    LLMX_DECL void end_calls() {
        for (auto& call : c.calls) {
            if (!call.begun) begin(call, std::string_view(), std::string_view());
            if (call.custom) add(chat_event::kind::tool_arguments, call.part).text = call.has_input ? R"("})" : R"({"input":""})";
        }
    }

    LLMX_DECL result<void> read_delta(const json_cursor& delta, const json_cursor& text) {
        thinking(delta);
        content(text);
        append(kind::refusal, chat_event::kind::refusal, delta["refusal"].string_or());
        beside_text(delta);
        if (!calls(delta)) return error(errc::bad_response, "the answer has too many tool calls");
        return success();
    }

    LLMX_DECL result<void> read(const json_cursor& choice) {
        const json_cursor streamed = choice["delta"], whole = choice["message"]; // of a server that does not stream
        if (const json_cursor& delta = streamed.object() != nullptr ? streamed : whole; delta.object() != nullptr) {
            const json_cursor text = delta["content"];
            // Nearly all chunks have a piece of text and nothing else: one look instead of twelve.
            const bool alone = delta.object()->size() == 1 && text.is_string();
            if (alone) append(kind::text, chat_event::kind::text, text.string_or());
            else if (const result<void> good = read_delta(delta, text); !good) return good;
        }
        if (const json_cursor logprobs = choice["logprobs"]; logprobs.object() != nullptr)
            raw(chat_event::kind::logprobs, c.open_part, *logprobs.value());
        const std::string_view word = choice["finish_reason"].string_or();
        if (word.empty() || c.finished) return success();
        end_calls();
        c.finished = true;
        chat_event& e = add(chat_event::kind::finish, c.parts);
        e.reason = detail::openai_chat_finish(word, !c.calls.empty());
        if (e.reason == finish_reason::failed) e.text = out.keep(detail::openai_chat_failure_words(choice));
        if (const std::string_view s = choice["stop_reason"].string_or();
            !s.empty() && e.reason == finish_reason::stop && s != "stop" && s != "end_turn") {
            e.reason = finish_reason::stop_sequence;
            e.text = out.keep(s);
        }
        return success();
    }
};

LLMX_DECL result<void> openai_chat::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_) return success();
    std::string_view data = event.data;
    while (data.starts_with(' ')) data.remove_prefix(1);
    while (data.ends_with(' ')) data.remove_suffix(1);
    if (data.empty()) return success();
    if (data == "[DONE]") {
        done_ = true;
        return success();
    }
    json_document document(data);
    if (const auto read = document.status(); !read)
        return error(errc::bad_response, "a chunk of the stream is " + read.error().message());
    const json_cursor chunk = document.root(), failure = chunk["error"];
    if (failure) return detail::openai_chat_failure(failure);
    if (event.event == "error") return detail::openai_chat_failure(chunk);

    const json_cursor choices = chunk["choices"], usual = chunk["usage"];
    const json_cursor groq = chunk["x_groq"], of_groq = groq["usage"];
    const boost::json::object* const tokens = usual.object() != nullptr ? usual.object() : of_groq.object();
    const std::size_t n = choices.array() != nullptr ? choices.array()->size() : 0;
    // Azure's first chunk has filter results and nothing else, not even an id.
    const bool filled = n != 0 || tokens != nullptr;
    const std::string_view id = chunk["id"].string_or();
    if (!started_ && (filled || !id.empty())) {
        started_ = true;
        id_ = id;
        chat_event& e = out.add(chat_event::kind::start);
        e.id = out.keep(id_);
        // Ids of calls are made from it; a server without either has others in its first chunk.
        if (id_.empty()) id_ = detail::hash_digits(data);
        e.name = out.keep(chunk["model"].string_or());
        e.created = chunk["created"].count_or();
    }
    const auto count = [&] {
        usage& used = out.add(chat_event::kind::usage).tokens;
        used = detail::openai_chat_read_usage(*tokens);
        used.tier = detail::read_enum(detail::openai_chat_tiers, chunk["service_tier"].string_or());
    };
    // Languages whose first event has the tokens of the prompt get them there, when the server names them so early.
    const bool first_count = tokens != nullptr && !std::exchange(counted_, true);
    if (first_count) count();
    for (std::size_t i = 0; i < n; ++i) {
        const json_cursor choice = choices[i];
        if (choice.object() == nullptr) continue;
        const std::int64_t index = choice["index"].int_or();
        auto at = std::find_if(choices_.begin(), choices_.end(),
                               [index](const choice_state& c) { return c.index == index; });
        if (at == choices_.end()) {
            if (choices_.size() == detail::openai_chat_max_choices || index < 0 || index > 0xFFFF)
                return error(errc::bad_response, "a choice of the stream has an impossible index");
            at = choices_.emplace(choices_.end());
            at->index = index;
        }
        reader r{*this, *at, out};
        if (auto done = r.read(choice); !done) return done;
    }
    if (tokens != nullptr && !first_count) count();
    return success();
}

LLMX_DECL result<void> openai_chat::stream_decoder::finish(event_batch& out) {
    auto last = parser_.deliver_incomplete([this, &out](const sse_event& e) { return take(e, out); });
    // The unfinished chunk at the end of the stream is dropped; a whole one can still be an error.
    if (last.has_error() && last.error().value() != errc::bad_response) return last;
    const bool ended = !choices_.empty() && std::all_of(choices_.begin(), choices_.end(),
                                                        [](const choice_state& c) { return c.finished; });
    if (done_ || (ended && !last.has_error())) return success();
    return error(errc::truncated, "the stream ended before the answer did");
}

} // namespace llmx::inline LLMX_ABI
