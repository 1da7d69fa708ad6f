// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends JSON on one line, as a line of an event stream needs it.
LLMX_DECL void generate_append_line(std::string& out, std::string_view json) {
    if (json.find_first_of("\r\n") == std::string_view::npos) {
        out += json;
        return;
    }
    const auto parsed = parse_json(json);
    if (parsed.has_value()) append_json(out, *parsed);
    else out += "null";
}

/// A citation of \p text, another language's or the vocabulary's, as groundingMetadata; empty when
/// it names no source. Without a range it has the one from \p begin to \p end, in characters.
LLMX_DECL [[nodiscard]] std::string generate_grounding_of(std::string_view citation_json, const gemini_ruler& text, std::int64_t begin,
                                                          std::int64_t end) {
    json_document document(citation_json);
    const json_cursor root = document.root(), inner = root["url_citation"];
    const json_cursor& in = inner.object() != nullptr ? inner : root;
    citation c;
    c.url = in["url"].string_or();
    c.title = in["title"].string_or();
    c.quote = in["cited_text"].string_or();
    c.start = in["start_index"].count_or(-1);
    c.end = in["end_index"].count_or(-1);
    if (c.end < 0 && end > begin) {
        c.start = begin;
        c.end = end;
    }
    generate_grounding grounding;
    grounding.add(c, 0, text);
    std::string out;
    if (grounding.empty()) return out;
    json_writer w(out);
    w.object();
    grounding.write(w);
    w.end_object();
    return out;
}

} // namespace detail

LLMX_DECL gemini_generate::stream_encoder::stream_encoder(const reply_options& options)
    : id_(options.id), model_(options.model), array_(options.json_array) {
    set_tail({}, {});
}

LLMX_DECL void gemini_generate::stream_encoder::set_tail(std::string_view id, std::string_view model) {
    // Each chunk repeats them: a longer one is left out, and the caller's own replaces it.
    if (!id.empty() && id.size() <= detail::max_stream_label) id_ = id;
    if (!model.empty() && model.size() <= detail::max_stream_label) model_ = model;
    tail_.clear();
    const auto member = [this](std::string_view key, const std::string& v) {
        if (v.empty()) return;
        tail_ += key;
        append_json_string(tail_, v);
    };
    member(",\"modelVersion\":", model_);
    member(",\"responseId\":", id_);
    tail_ += '}';
}

LLMX_DECL gemini_generate::stream_encoder::choice_state&
gemini_generate::stream_encoder::state_of(std::uint32_t index) {
    choice_state& s = choices_[index];
    s.index = index;
    return s;
}

LLMX_DECL void gemini_generate::stream_encoder::open_chunk(std::string& out) {
    if (array_)
        out += first_ ? "[" : ",\r\n";
    else
        out += "data: ";
    first_ = false;
}

LLMX_DECL void gemini_generate::stream_encoder::close_chunk(std::string& out) {
    if (!array_) out += "\r\n\r\n";
}

LLMX_DECL void gemini_generate::stream_encoder::open_part(std::string& out) {
    open_chunk(out);
    out += R"({"candidates":[{"content":{"parts":[)";
}

LLMX_DECL void gemini_generate::stream_encoder::close_part(const choice_state& s, std::string& out) {
    out += R"(],"role":"model"},"index":)";
    json_writer(out).value(s.index);
    out += "}]";
    out += tail_;
    close_chunk(out);
}

LLMX_DECL void gemini_generate::stream_encoder::candidate_members(const choice_state& s, std::string_view object,
                                                                  std::string& out) {
    std::string line;
    detail::generate_append_line(line, detail::trim_json(object));
    if (line.size() < 3 || line.front() != '{') return;
    open_chunk(out);
    // SDKs take a candidate without parts for a broken one.
    out += R"({"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},)";
    out.append(line, 1, line.size() - 2);
    out += R"(,"index":)";
    json_writer(out).value(s.index);
    out += "}]";
    out += tail_;
    close_chunk(out);
}

LLMX_DECL void gemini_generate::stream_encoder::flush_signature(choice_state& s, std::string& out) {
    if (s.signature.empty()) return;
    open_part(out);
    out += s.thinking ? R"({"text":"","thought":true,"thoughtSignature":)" : R"({"text":"","thoughtSignature":)";
    append_json_string(out, detail::generate_write_signature(s.signature, s.signer));
    out += '}';
    close_part(s, out);
    s.signature.clear();
}

LLMX_DECL void gemini_generate::stream_encoder::write_call(const choice_state& s, const call_state& c,
                                                           std::string& out) {
    if (!detail::trim_json(c.arguments).empty() && !detail::is_json_object_text(c.arguments)) {
        fail(error(errc::bad_response, "the arguments of the call of " + c.name + " are not a JSON object"), out);
        return;
    }
    open_part(out);
    json_writer w(out);
    w.object();
    detail::generate_write_call(w, c.id, c.name, c.arguments, nullptr);
    if (!c.signature.empty()) w.member("thoughtSignature", c.signature);
    w.end_object();
    close_part(s, out);
}

LLMX_DECL void gemini_generate::stream_encoder::flush_calls(choice_state& s, bool whole_ones_only, std::string& out) {
    while (!s.calls.empty() && !failed_) {
        call_state& c = s.calls.front();
        if (whole_ones_only) {
            // Checked once, when the brackets are closed: each later call needs the answer.
            if (!c.end.complete() || c.broken) break;
            c.broken = !detail::is_json_object_text(c.arguments);
            if (c.broken) break;
        }
        write_call(s, c, out);
        s.places.erase(c.part);
        s.calls.pop_front();
        ++s.written;
    }
}

LLMX_DECL void gemini_generate::stream_encoder::take_arguments(choice_state& s, const chat_event& event,
                                                               std::string& out) {
    if (const auto at = s.places.find(event.part); at != s.places.end()) {
        call_state& c = s.calls[at->second - s.written];
        c.arguments += event.text;
        static_cast<void>(c.end.feed(event.text));
    } else if (!detail::trim_json(event.text).empty()) {
        fail(error(errc::bad_response, "arguments of a call came after its end"), out);
    }
}

LLMX_DECL void gemini_generate::stream_encoder::begin_text(choice_state& s, std::uint32_t part, std::string& out) {
    if (s.text_part == static_cast<std::int64_t>(part)) return;
    end_citations(s, out);
    s.text_part = part;
    s.part_begin = s.text_bytes;
}

LLMX_DECL void gemini_generate::stream_encoder::end_citations(choice_state& s, std::string& out) {
    const std::int64_t begin = s.text.characters(s.part_begin), end = s.text.characters(s.text_bytes);
    for (const std::string& one : s.citations) {
        const std::string grounding = detail::generate_grounding_of(one, s.text, begin, end);
        if (!grounding.empty()) candidate_members(s, grounding, out);
    }
    s.citations.clear();
    s.citation_bytes = 0;
}

LLMX_DECL void gemini_generate::stream_encoder::encode(const chat_event& event, std::string& out) {
    using kind = chat_event::kind;
    if (failed_) return;
    if (event.what == kind::start) {
        set_tail(event.id, event.name);
        return;
    }
    if (event.what == kind::usage) {
        tokens_ = event.tokens;
        has_usage_ = true;
        return;
    }
    if (event.what == kind::ping) return;
    choice_state& s = state_of(event.choice);
    if (event.what == kind::thinking_signature) {
        // Without a text before it, it is a thought that was not shown.
        if (!s.has_part || s.part != event.part) s.thinking = true;
        s.has_part = true;
        s.part = event.part;
        s.signature += event.text;
        s.signer = event.name;
        return;
    }
    flush_signature(s, out);
    const bool beside = event.what == kind::citation || event.what == kind::logprobs;
    if (!beside && static_cast<std::int64_t>(event.part) > s.text_part) end_citations(s, out);
    if (event.what == kind::tool_call) {
        // An earlier call that is a whole object cannot have more to come; streams may
        // bring the arguments of parallel calls in turns.
        flush_calls(s, true, out);
        s.places.emplace(event.part, s.written + s.calls.size());
        call_state& c = s.calls.emplace_back();
        c.part = event.part;
        c.id = event.id;
        c.name = event.name;
        c.signature = event.text;
        return;
    }
    if (event.what == kind::tool_arguments) {
        take_arguments(s, event, out);
        return;
    }
    flush_calls(s, false, out);
    if (failed_) return;
    switch (event.what) {
    case kind::text:
    case kind::refusal:
    case kind::thinking:
        s.thinking = event.what == kind::thinking;
        if (!s.thinking) {
            begin_text(s, event.part, out);
            s.text.add(event.text);
            s.text_bytes += static_cast<std::int64_t>(event.text.size());
        }
        s.has_part = true;
        s.part = event.part;
        if (event.text.empty()) return;
        open_part(out);
        out += R"({"text":)";
        append_json_string(out, event.text);
        out += s.thinking ? R"(,"thought":true})" : "}";
        close_part(s, out);
        return;
    case kind::audio:
    case kind::opaque:
        if (event.name != name) return;
        open_part(out);
        detail::generate_append_line(out, event.text);
        close_part(s, out);
        return;
    case kind::citation:
        if (event.name == name) {
            s.grounded = true;
            candidate_members(s, event.text, out);
        } else if (!s.grounded || !event.name.empty()) {
            // The citation may come before the text of its part.
            if (static_cast<std::int64_t>(event.part) > s.text_part) begin_text(s, event.part, out);
            constexpr std::size_t most = std::size_t{1} << 20;
            if (s.citation_bytes + event.text.size() > most) end_citations(s, out);
            s.citation_bytes += event.text.size();
            s.citations.emplace_back(event.text);
        }
        return;
    case kind::logprobs: {
        const std::string logprobs = detail::generate_write_logprobs(event.text);
        if (!logprobs.empty()) candidate_members(s, "{\"logprobsResult\":" + logprobs + '}', out);
        return;
    }
    case kind::finish:
        end_citations(s, out);
        s.finished = true;
        s.reason = event.reason;
        return;
    default: return; // redacted thinking has no equivalent
    }
}

LLMX_DECL void gemini_generate::stream_encoder::finish(std::string& out) {
    for (auto& [index, s] : choices_) {
        if (failed_) return;
        flush_signature(s, out);
        flush_calls(s, false, out);
    }
    if (failed_) return;
    const bool any = std::any_of(choices_.begin(), choices_.end(), [](const auto& s) { return s.second.finished; });
    if (any || has_usage_) {
        open_chunk(out);
        json_writer w(out);
        w.object();
        if (any) {
            w.key("candidates").array();
            for (const auto& [index, s] : choices_) {
                if (!s.finished) continue;
                const std::string_view word = detail::generate_finish_word(s.reason);
                w.object().raw_member("content", R"({"parts":[{"text":""}],"role":"model"})");
                w.member("finishReason", word.empty() ? std::string_view("STOP") : word);
                w.member("index", index).end_object();
            }
            w.end_array();
        }
        if (has_usage_) {
            w.key("usageMetadata");
            detail::generate_write_usage(w, tokens_);
        }
        out += tail_;
        close_chunk(out);
    }
    if (array_) out += first_ ? "[]" : "]";
}

LLMX_DECL void gemini_generate::stream_encoder::fail(const error& failure, std::string& out) {
    if (failed_) return;
    failed_ = true;
    open_chunk(out);
    encode_error(failure, out);
    close_chunk(out);
}

} // namespace llmx::inline LLMX_ABI
