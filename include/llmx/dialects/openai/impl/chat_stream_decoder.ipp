// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serializer.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// More alternative answers, or calls in one, than any server gives: an attack.
inline constexpr std::size_t openai_chat_max_choices = 128;
inline constexpr std::size_t openai_chat_max_calls = 4096;

/// Replaces \p to with the JSON text of \p v; allocates only while \p to grows.
LLMX_DECL void openai_chat_render(const boost::json::value& v, std::string& to) {
    to.clear();
    boost::json::serializer writer;
    writer.reset(&v);
    char piece[512];
    while (!writer.done()) {
        const auto text = writer.read(piece, sizeof piece);
        to.append(text.data(), text.size());
    }
}

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

    void thinking(const json_reader& delta) {
        std::string_view text = delta.string_or("reasoning_content");
        if (text.empty()) text = delta.string_or("reasoning");
        append(kind::thinking, chat_event::kind::thinking, text);
        const auto* blocks = delta.array_or_null("thinking_blocks");
        if (blocks == nullptr) return;
        for (const auto& item : *blocks) {
            if (!item.is_object()) continue;
            const json_reader block(item.get_object());
            if (block.string_or("type") == "redacted_thinking") {
                c.open = kind::none;
                add(chat_event::kind::redacted_thinking, c.parts++).text = out.keep(block.string_or("data"));
                continue;
            }
            // Beside reasoning_content, or after it, a block repeats what it said.
            const std::string_view thought = block.string_or("thinking");
            const bool repeats = !text.empty() || (c.open == kind::thinking && !c.sealed && !c.by_blocks);
            if (!thought.empty() && !repeats) {
                append(kind::thinking, chat_event::kind::thinking, thought);
                c.by_blocks = true;
            }
            const auto read = detail::read_signature(block.string_or("signature"), detail::openai_chat_usual_signer);
            if (!read.signature.empty()) {
                chat_event& e = add(chat_event::kind::thinking_signature, part_of(kind::thinking));
                e.text = out.keep(read.signature);
                e.name = out.keep(read.signer);
                c.sealed = true;
            }
        }
    }

    void content(const json_reader& delta) {
        const auto* v = delta.find("content");
        if (v == nullptr) return;
        if (v->is_string()) append(kind::text, chat_event::kind::text, v->get_string());
        if (!v->is_array()) return;
        for (const auto& item : v->get_array()) {
            if (!item.is_object()) continue;
            const json_reader part(item.get_object());
            if (part.string_or("type") == "thinking")
                append(kind::thinking, chat_event::kind::thinking,
                       detail::openai_chat_thinking_text(part.find("thinking")));
            else append(kind::text, chat_event::kind::text, part.string_or("text"));
        }
    }

    void raw(chat_event::kind what, std::uint32_t part, const boost::json::value& v) {
        detail::openai_chat_render(v, d.scratch_);
        chat_event& e = add(what, part);
        e.text = out.keep(d.scratch_);
        e.name = openai_chat::name;
    }

    void google_signature(std::uint32_t part, std::string_view text) {
        chat_event& e = add(chat_event::kind::thinking_signature, part);
        e.text = out.keep(text);
        e.name = detail::openai_chat_google_signer;
    }

    void beside_text(const json_reader& delta) {
        if (const auto* list = delta.array_or_null("annotations"); list != nullptr)
            for (const auto& item : *list) raw(chat_event::kind::citation, part_of(kind::text), item);
        if (const auto* v = delta.find("audio"); v != nullptr && v->is_object()) {
            if (c.audio_part < 0) c.audio_part = c.parts++;
            raw(chat_event::kind::audio, static_cast<std::uint32_t>(c.audio_part), *v);
        }
        if (const auto* list = delta.array_or_null("images"); list != nullptr) {
            c.open = kind::none;
            for (const auto& item : *list) raw(chat_event::kind::opaque, c.parts++, item);
        }
        if (const auto signature = detail::openai_chat_signature(delta); !signature.empty())
            google_signature(part_of(kind::text), signature);
    }

    /// The state of the call that a delta belongs to, new or known; null when there are
    /// too many. Some servers send no index, or the same for every call: then a new id
    /// begins a new call.
    call_state* call_of(const json_reader& delta) {
        const std::string_view id = delta.string_or("id");
        const bool indexed = delta.find("index") != nullptr;
        const std::int64_t index = indexed ? delta.int_or("index") : -1;
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
        call.custom = delta.string_or("type") == "custom" || delta.object_or_null("custom") != nullptr;
        c.open = kind::none;
        return &call;
    }

    void begin(call_state& call, std::string_view name, std::string_view signature) {
        const auto ordinal = static_cast<std::size_t>(&call - c.calls.data());
        if (call.id.empty()) call.id = detail::openai_chat_call_id(d.id_, c.index, ordinal);
        call.begun = true;
        chat_event& e = add(chat_event::kind::tool_call, call.part);
        e.id = out.keep(call.id);
        e.name = out.keep(name);
        e.text = out.keep(signature);
    }

    /// A function's delta: \p arguments is a fragment of text, or a whole object.
    void fragment(call_state& call, const json_reader& function, std::string_view signature) {
        const std::string_view name = function.string_or("name");
        const auto* arguments = function.find("arguments");
        std::string_view text;
        if (arguments != nullptr && arguments->is_string()) {
            text = arguments->get_string();
        } else if (arguments != nullptr) {
            detail::openai_chat_render(*arguments, d.scratch_);
            text = d.scratch_;
        }
        if (!call.begun && (!name.empty() || !text.empty())) begin(call, name, signature);
        else if (!signature.empty() && call.begun)
            google_signature(call.part, signature);
        if (!text.empty()) add(chat_event::kind::tool_arguments, call.part).text = out.keep(text);
    }

    result<void> calls(const json_reader& delta) {
        if (const auto* list = delta.array_or_null("tool_calls"); list != nullptr) {
            for (const auto& item : *list) {
                if (!item.is_object()) continue;
                const json_reader one(item.get_object());
                call_state* call = call_of(one);
                if (call == nullptr) return error(errc::bad_response, "the answer has too many tool calls");
                if (const auto* o = one.object_or_null("custom"); call->custom) {
                    if (o == nullptr) continue;
                    const json_reader custom(*o);
                    call->name += custom.string_or("name");
                    call->input += custom.string_or("input");
                } else if (const auto* f = one.object_or_null("function"); f != nullptr) {
                    fragment(*call, json_reader(*f), detail::openai_chat_signature(one));
                }
            }
        }
        if (const auto* o = delta.object_or_null("function_call"); o != nullptr) {
            if (c.calls.empty()) {
                c.by_index[0] = 0;
                c.calls.emplace_back().part = c.parts++;
                c.open = kind::none;
            }
            fragment(c.calls.front(), json_reader(*o), std::string_view());
        }
        return success();
    }

    /// Whole custom calls, and calls of which nothing but an id came.
    void end_calls() {
        for (auto& call : c.calls) {
            if (call.custom) {
                d.scratch_.clear();
                json_writer w(d.scratch_);
                w.object().member("id", call.id).member("type", "custom").key("custom").object();
                w.member("name", call.name).member("input", call.input).end_object().end_object();
                chat_event& e = add(chat_event::kind::opaque, call.part);
                e.text = out.keep(d.scratch_);
                e.name = openai_chat::name;
            } else if (!call.begun) {
                begin(call, std::string_view(), std::string_view());
            }
        }
    }

    result<void> read(const json_reader& choice) {
        const auto* o = choice.object_or_null("delta");
        if (o == nullptr) o = choice.object_or_null("message"); // a server that does not stream
        if (o != nullptr) {
            const json_reader delta(*o);
            thinking(delta);
            content(delta);
            append(kind::refusal, chat_event::kind::refusal, delta.string_or("refusal"));
            beside_text(delta);
            if (auto done = calls(delta); done.has_error()) return done;
        }
        if (const auto* v = choice.find("logprobs"); v != nullptr && v->is_object())
            raw(chat_event::kind::logprobs, c.open_part, *v);
        const std::string_view word = choice.string_or("finish_reason");
        if (word.empty() || c.finished) return success();
        end_calls();
        c.finished = true;
        chat_event& e = add(chat_event::kind::finish, c.parts);
        e.reason = detail::openai_chat_finish(word, !c.calls.empty());
        if (const std::string_view s = choice.string_or("stop_reason");
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
    unsigned char memory[8192];
    boost::json::monotonic_resource arena(memory, sizeof memory);
    const auto parsed = parse_json_object(data, &arena);
    if (parsed.has_error())
        return error(errc::bad_response, "a chunk of the stream is " + parsed.error().message());
    const json_reader chunk(*parsed);
    if (const auto* e = chunk.find("error"); e != nullptr) return detail::openai_chat_failure(*e);
    if (event.event == "error") return detail::openai_chat_failure(boost::json::value(*parsed));

    const auto* choices = chunk.array_or_null("choices");
    const auto* tokens = chunk.object_or_null("usage");
    if (const auto* groq = chunk.object_or_null("x_groq"); tokens == nullptr && groq != nullptr)
        tokens = json_reader(*groq).object_or_null("usage");
    // Azure's first chunk has filter results and nothing else, not even an id.
    const bool says = (choices != nullptr && !choices->empty()) || tokens != nullptr;
    if (!started_ && (says || !chunk.string_or("id").empty())) {
        started_ = true;
        id_ = chunk.string_or("id");
        chat_event& e = out.add(chat_event::kind::start);
        e.id = out.keep(id_);
        e.name = out.keep(chunk.string_or("model"));
        e.created = chunk.count_or("created");
    }
    for (std::size_t i = 0; choices != nullptr && i < choices->size(); ++i) {
        const auto* o = (*choices)[i].if_object();
        if (o == nullptr) continue;
        const json_reader choice(*o);
        const std::int64_t index = choice.int_or("index");
        auto at = std::find_if(choices_.begin(), choices_.end(),
                               [index](const choice_state& c) { return c.index == index; });
        if (at == choices_.end()) {
            if (choices_.size() == detail::openai_chat_max_choices || index < 0 || index > 0xFFFF)
                return error(errc::bad_response, "a choice of the stream has an impossible index");
            at = choices_.emplace(choices_.end());
            at->index = index;
        }
        reader r{*this, *at, out};
        if (auto done = r.read(choice); done.has_error()) return done;
    }
    if (tokens != nullptr) out.add(chat_event::kind::usage).tokens = detail::openai_chat_read_usage(*tokens);
    return success();
}

LLMX_DECL result<void> openai_chat::stream_decoder::finish(event_batch& out) {
    auto last = parser_.deliver_incomplete([this, &out](const sse_event& e) { return take(e, out); });
    // What the stream ended within is no chunk; a whole one can still be an error.
    if (last.has_error() && last.error().value() != errc::bad_response) return last;
    const bool ended = !choices_.empty() && std::all_of(choices_.begin(), choices_.end(),
                                                        [](const choice_state& c) { return c.finished; });
    if (done_ || (ended && !last.has_error())) return success();
    return error(errc::truncated, "the stream ended before the answer did");
}

} // namespace llmx::inline v0
