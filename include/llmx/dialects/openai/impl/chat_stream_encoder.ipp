// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A delta's member for the bytes in a part of Google's dialect, which has them as
/// `{"inlineData":{"mimeType","data"}}`; empty for other parts. \p audio_id may be empty.
LLMX_DECL [[nodiscard]] std::string openai_chat_media_delta(std::string_view part, std::string_view audio_id) {
    std::string member;
    json_document document(part);
    const json_cursor root = document.root(), blob = root["inlineData"];
    const std::string_view type = blob["mimeType"].string_or(), data = blob["data"].string_or();
    json_writer w(member);
    if (data.empty()) return member;
    if (type.starts_with("image/")) {
        member = R"("images":[)";
        openai_chat_write_image(w, image_part(media::from_base64(std::string(type), std::string(data))));
        member += ']';
    } else if (type.starts_with("audio/")) {
        member = R"("audio":)";
        w.object();
        if (!audio_id.empty()) w.member("id", audio_id);
        w.member("data", data).end_object();
    }
    return member;
}

} // namespace detail

LLMX_DECL openai_chat::stream_encoder::stream_encoder(const reply_options& options)
    : id_(options.id), model_(options.model), custom_(detail::custom_tool_names(options.request)), created_(options.created),
      include_usage_(options.include_usage) {
    set_head(id_, created_, model_);
}

LLMX_DECL void openai_chat::stream_encoder::set_head(std::string_view id, std::int64_t created,
                                                     std::string_view model) {
    head_ = "data: ";
    json_writer w(head_);
    w.object().member("id", id).member("object", "chat.completion.chunk");
    w.member("created", created).member("model", model);
}

LLMX_DECL openai_chat::stream_encoder::choice_state& openai_chat::stream_encoder::begin(std::uint32_t choice,
                                                                                        std::string& out) {
    choice_state& s = choices_[choice];
    if (!s.begun) {
        s.begun = true;
        s.choice = choice;
        open_delta(choice, out);
        out += R"("role":"assistant","content":"")";
        close_delta(out);
    }
    return s;
}

LLMX_DECL void openai_chat::stream_encoder::open_delta(std::uint32_t choice, std::string& out) const {
    out += head_;
    out += R"(,"choices":[{"index":)";
    json_writer(out).value(choice);
    out += R"(,"delta":{)";
}

LLMX_DECL void openai_chat::stream_encoder::close_delta(std::string& out) const {
    out += R"(},"finish_reason":null}])";
    close_chunk(out);
}

LLMX_DECL void openai_chat::stream_encoder::close_chunk(std::string& out) const {
    if (include_usage_) out += R"(,"usage":null)";
    out += "}\n\n";
}

LLMX_DECL void openai_chat::stream_encoder::end_thinking(choice_state& s, std::string& out) const {
    if (!s.thinks) return;
    s.thinks = false;
    if (!s.signature.empty()) {
        open_delta(s.choice, out);
        out += R"("thinking_blocks":[{"type":"thinking","thinking":)";
        append_json_string(out, s.thought);
        out += R"(,"signature":)";
        append_json_string(out, s.signature);
        out += "}]";
        close_delta(out);
    }
    s.thought.clear();
    s.signature.clear();
}

LLMX_DECL void openai_chat::stream_encoder::encode_thinking(choice_state& s, const chat_event& event,
                                                            std::string& out) const {
    if (s.thinks && s.thinking_part != event.part) end_thinking(s, out);
    s.thinks = true;
    s.thinking_part = event.part;
    if (event.text.empty()) return;
    s.thought += event.text;
    open_delta(s.choice, out);
    out += R"("reasoning_content":)";
    append_json_string(out, event.text);
    close_delta(out);
}

LLMX_DECL void openai_chat::stream_encoder::encode_signature(choice_state& s, const chat_event& event,
                                                             std::string& out) const {
    if (s.thinks && s.thinking_part == event.part) {
        if (s.signature.empty()) s.signature = detail::signature_tag(event.name, openai_chat::name);
        s.signature += event.text;
        return;
    }
    end_thinking(s, out);
    const auto call = s.calls.find(event.part);
    const bool of_text = s.text_part == static_cast<std::int64_t>(event.part);
    if (call == s.calls.end() && !of_text) {
        // A provider can sign thoughts that it keeps to itself.
        s.thinks = true;
        s.thinking_part = event.part;
        s.signature = detail::signature_tag(event.name, openai_chat::name).append(event.text);
        return;
    }
    open_delta(s.choice, out);
    if (!of_text) {
        out += R"("tool_calls":[{"index":)";
        json_writer(out).value(call->second.index);
        out += ',';
    }
    json_writer w(out);
    detail::openai_chat_write_signature(w, event.text);
    if (!of_text) out += "}]";
    close_delta(out);
}

LLMX_DECL void openai_chat::stream_encoder::encode_call(choice_state& s, const chat_event& event,
                                                        std::string& out) const {
    const bool begins = event.what == chat_event::kind::tool_call;
    auto at = s.calls.find(event.part);
    if (at == s.calls.end()) {
        if (!begins) return;
        at = s.calls.emplace(event.part, sent_call(s.calls.size())).first;
        at->second.custom = custom_.contains(event.name);
    }
    if (!begins && at->second.custom) return custom_input(s.choice, at->second.index, at->second.input.feed(event.text), out);
    open_delta(s.choice, out);
    out += R"("tool_calls":[)";
    json_writer w(out);
    w.object().member("index", at->second.index);
    if (begins) {
        const std::string_view kind = at->second.custom ? "custom" : "function";
        w.member("id", event.id).member("type", kind).key(kind).object();
        w.member("name", event.name).member(at->second.custom ? "input" : "arguments", "").end_object();
        if (!event.text.empty()) detail::openai_chat_write_signature(w, event.text);
    } else {
        at->second.has_arguments = at->second.has_arguments || !event.text.empty();
        w.key("function").object().member("arguments", event.text).end_object();
    }
    w.end_object();
    out += ']';
    close_delta(out);
}

LLMX_DECL void openai_chat::stream_encoder::custom_input(std::uint32_t choice, std::size_t index, std::string_view piece, std::string& out) const {
    if (piece.empty()) return;
    open_delta(choice, out);
    out += R"("tool_calls":[)";
    json_writer(out).object().member("index", index).key("custom").object().member("input", piece).end_object().end_object();
    out += ']';
    close_delta(out);
}

/// Clients parse the arguments: a call that had none, whichever its vendor, has an empty object.
LLMX_DECL void openai_chat::stream_encoder::end_calls(choice_state& s, std::string& out) const {
    for (auto& [part, call] : s.calls) {
        if (call.has_arguments) continue;
        call.has_arguments = true;
        if (call.custom) {
            custom_input(s.choice, call.index, call.input.finish(), out);
            continue;
        }
        open_delta(s.choice, out);
        out += R"("tool_calls":[)";
        json_writer(out).object().member("index", call.index).key("function").object().member("arguments", "{}").end_object().end_object();
        out += ']';
        close_delta(out);
    }
}

LLMX_DECL void openai_chat::stream_encoder::begin_text(choice_state& s, std::uint32_t part, std::string& out) const {
    if (s.text_part == static_cast<std::int64_t>(part)) return;
    end_citations(s, out);
    s.text_part = part;
    s.part_begin = s.characters;
}

LLMX_DECL void openai_chat::stream_encoder::end_citations(choice_state& s, std::string& out) const {
    // Of a part without text it is about the whole answer.
    const std::int64_t begin = s.characters > s.part_begin ? s.part_begin : 0;
    for (const std::string& one : s.citations) write_annotation(s, one, begin, s.characters, out);
    s.citations.clear();
    s.citation_bytes = 0;
}

LLMX_DECL void openai_chat::stream_encoder::write_annotation(const choice_state& s, std::string_view citation, std::int64_t begin,
                                                             std::int64_t end, std::string& out) const {
    json_document document(citation);
    const json_cursor cited = document.root();
    open_delta(s.choice, out);
    out += R"("annotations":[)";
    json_writer w(out);
    w.object().member("type", "url_citation").key("url_citation").object();
    w.member("start_index", begin).member("end_index", end);
    w.member("url", cited["url"].string_or(cited["uri"].string_or())).member("title", cited["title"].string_or());
    w.end_object().end_object();
    out += ']';
    close_delta(out);
}

LLMX_DECL void openai_chat::stream_encoder::encode_foreign(choice_state& s, const chat_event& event,
                                                           std::string& out) const {
    const bool ours = event.name == openai_chat::name;
    if (event.what == chat_event::kind::citation && !ours) {
        // Every language that cites web pages names them "url" or "uri".
        json_document document(event.text);
        const json_cursor cited = document.root();
        if (cited["url"].string_or(cited["uri"].string_or()).empty()) return;
        const std::int64_t end = event.name.empty() ? cited["end_index"].count_or(-1) : -1;
        if (end >= 0) return write_annotation(s, event.text, cited["start_index"].count_or(), end, out);
        // The citation may come before the text of its part.
        if (static_cast<std::int64_t>(event.part) > s.text_part) begin_text(s, event.part, out);
        constexpr std::size_t most = std::size_t{1} << 20;
        if (s.citation_bytes + event.text.size() > most) end_citations(s, out);
        s.citation_bytes += event.text.size();
        s.citations.emplace_back(event.text);
        return;
    }
    if (!ours) {
        // SDKs join the text of the pieces of audio, so its id is sent once.
        const std::string id = s.has_audio ? std::string() : "audio_" + id_;
        const std::string member = detail::openai_chat_media_delta(event.text, id);
        if (member.empty()) return;
        s.has_audio = s.has_audio || event.what == chat_event::kind::audio;
        open_delta(s.choice, out);
        out += member;
        close_delta(out);
        return;
    }
    std::string_view before, after;
    if (event.what == chat_event::kind::citation) {
        before = R"("annotations":[)";
        after = "]";
    } else if (event.what == chat_event::kind::audio) {
        before = R"("audio":)";
    } else {
        const std::string type = detail::openai_chat_opaque_type(event.text);
        if (type == "custom") {
            const std::size_t index = s.calls.emplace(event.part, sent_call(s.calls.size(), true)).first->second.index;
            open_delta(s.choice, out);
            out += R"("tool_calls":[{"index":)";
            json_writer(out).value(index);
            out += ',';
            detail::openai_chat_append_flat(out, event.text.substr(event.text.find('{') + 1));
            out += ']';
            close_delta(out);
            return;
        }
        if (type != "image_url") return;
        before = R"("images":[)";
        after = "]";
    }
    open_delta(s.choice, out);
    out += before;
    detail::openai_chat_append_flat(out, event.text);
    out += after;
    close_delta(out);
}

LLMX_DECL void openai_chat::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (event.what == kind::ping) {
        append_sse_comment(out, "keep-alive");
        return;
    }
    if (event.what == kind::usage) {
        tokens_ = event.tokens;
        has_usage_ = true;
        return;
    }
    if (event.what == kind::start) {
        // Each chunk repeats them: a longer one is left out, and the caller's own replaces it.
        if (!event.id.empty() && event.id.size() <= detail::max_stream_label) id_ = event.id;
        if (!event.name.empty() && event.name.size() <= detail::max_stream_label) model_ = event.name;
        if (event.created != 0) created_ = event.created;
        set_head(id_, created_, model_);
    }
    choice_state& s = begin(event.choice, out);
    const bool thinks = event.what == kind::thinking || event.what == kind::thinking_signature;
    if (!thinks && event.what != kind::logprobs) end_thinking(s, out);
    const bool beside = event.what == kind::citation || event.what == kind::logprobs || event.what == kind::thinking_signature;
    if (!beside && static_cast<std::int64_t>(event.part) > s.text_part) end_citations(s, out);
    switch (event.what) {
    case kind::text:
    case kind::refusal:
        if (event.what == kind::text) {
            begin_text(s, event.part, out);
            s.characters += detail::openai_chat_length(event.text);
        }
        open_delta(s.choice, out);
        out += event.what == kind::text ? R"("content":)" : R"("refusal":)";
        append_json_string(out, event.text);
        close_delta(out);
        break;
    case kind::thinking: encode_thinking(s, event, out); break;
    case kind::thinking_signature: encode_signature(s, event, out); break;
    case kind::redacted_thinking:
        open_delta(s.choice, out);
        out += R"("thinking_blocks":[{"type":"redacted_thinking","data":)";
        append_json_string(out, event.text);
        out += "}]";
        close_delta(out);
        break;
    case kind::tool_call:
    case kind::tool_arguments: encode_call(s, event, out); break;
    case kind::citation:
    case kind::audio:
    case kind::opaque: encode_foreign(s, event, out); break;
    case kind::logprobs:
        open_delta(s.choice, out);
        out += R"(},"logprobs":)";
        detail::openai_chat_append_flat(out, event.text);
        out += R"(,"finish_reason":null}])";
        close_chunk(out);
        break;
    case kind::finish:
        // An answer that was cut may have lost the arguments.
        if (event.reason == finish_reason::tool_calls || event.reason == finish_reason::stop) end_calls(s, out);
        end_citations(s, out);
        open_delta(s.choice, out);
        out += R"(},"finish_reason":)";
        append_json_string(out, detail::openai_chat_finish_word(event.reason, !s.calls.empty()));
        out += "}]";
        close_chunk(out);
        break;
    case kind::start:
    case kind::usage:
    case kind::ping: break;
    }
}

LLMX_DECL void openai_chat::stream_encoder::finish(std::string& out) {
    if (include_usage_ && has_usage_) {
        out += head_;
        out += R"(,"choices":[],"usage":)";
        json_writer w(out);
        detail::openai_chat_write_usage(w, tokens_);
        out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
}

LLMX_DECL void openai_chat::stream_encoder::fail(const error& failure, std::string& out) {
    out += "data: ";
    openai_chat::encode_error(failure, out);
    out += "\n\n";
}

} // namespace llmx::inline LLMX_ABI
