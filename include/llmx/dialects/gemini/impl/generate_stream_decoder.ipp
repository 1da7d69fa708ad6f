// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>


namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::size_t gemini_first_byte(std::string_view bytes) noexcept {
    return bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
}

/// More candidates than any server gives: an attack.
inline constexpr std::size_t gemini_max_candidates = 128;

/// Whether a part is text of the answer.
LLMX_DECL [[nodiscard]] bool generate_is_text(const json_cursor& part) noexcept {
    return !part["text"].string_or().empty() && !part["thought"].bool_or();
}

} // namespace detail

LLMX_DECL result<void> gemini_generate::stream_decoder::feed(std::string_view bytes, event_batch& out) {
    if (framing_ == framing::unknown) {
        const auto first = detail::gemini_first_byte(bytes);
        if (first == std::string_view::npos) return success();
        framing_ = bytes[first] == '[' ? framing::array : framing::sse;
        bytes.remove_prefix(first);
    }
    if (framing_ == framing::array)
        return array_.feed(bytes, [this, &out](std::string_view object) { return take(object, out); });
    return sse_.feed(bytes, [this, &out](const sse_event& e) { return take(e.data, out); });
}

LLMX_DECL result<void> gemini_generate::stream_decoder::finish(event_batch& out) {
    const auto truncated = [](const char* text) { return error(errc::truncated, text); };
    if (framing_ == framing::array && !array_.complete())
        return truncated("the stream ended before its array was closed");
    if (framing_ == framing::sse && !sse_.idle()) {
        // Some servers close right after the last line; half a line is not JSON.
        auto r = sse_.deliver_incomplete([this, &out](const sse_event& e) { return take(e.data, out); });
        if (r.has_error() && r.error().value() == errc::bad_response)
            return truncated("the stream ended within a chunk");
        if (r.has_error()) return r;
    }
    if (choices_.empty()) return truncated("the stream ended before a candidate began");
    for (const choice_state& s : choices_)
        if (!s.finished) return truncated("the stream ended before a candidate had its finish reason");
    for (const choice_state& s : choices_) {
        chat_event& e = out.add(chat_event::kind::finish);
        e.choice = s.index;
        e.reason = s.reason == finish_reason::stop && s.has_calls ? finish_reason::tool_calls : s.reason;
        if (e.reason == finish_reason::failed) e.text = out.keep(s.failure);
    }
    return success();
}

LLMX_DECL gemini_generate::stream_decoder::choice_state*
gemini_generate::stream_decoder::state_of(std::int64_t index) {
    for (choice_state& s : choices_)
        if (s.index == index) return &s;
    if (index < 0 || index > 0xffff || choices_.size() == detail::gemini_max_candidates) return nullptr;
    choice_state& s = choices_.emplace_back();
    s.index = static_cast<std::uint32_t>(index);
    return &s;
}

LLMX_DECL result<void> gemini_generate::stream_decoder::take(std::string_view json, event_batch& out) {
    if (json == "[DONE]") return success(); // of servers that imitate two vendors at once
    json_document document(json, json_naming::proto);
    if (const result<void> read = document.status(); !read)
        return error(errc::bad_response, "a chunk of the provider's stream is " + read.error().message());
    const json_cursor in = document.root(), failure = in["error"], candidates = in["candidates"], feedback = in["promptFeedback"],
                      metadata = in["usageMetadata"];
    if (failure.object() != nullptr) return detail::generate_read_failure(failure);
    if (failure.is_string())
        return error(errc::provider_internal).with_provider_message(std::string(failure.string_or()));

    if (!started_) {
        started_ = true;
        const std::string_view id = in["responseId"].string_or();
        call_id_begin_ = detail::generate_call_id_begin(id);
        chat_event& e = out.add(chat_event::kind::start);
        e.id = out.keep(id);
        e.name = out.keep(in["modelVersion"].string_or());
        // Languages whose first event has the tokens of the prompt get them there.
        add_usage(metadata, candidates, out);
    }
    const boost::json::array* const list = candidates.array();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const json_cursor one = candidates[i];
        if (one.object() == nullptr) continue;
        if (result<void> taken = candidate(one, i, out); !taken) return taken;
    }
    if (choices_.empty() && !feedback["blockReason"].string_or().empty()) {
        choice_state& s = *state_of(0);
        s.finished = true;
        s.reason = finish_reason::content_filter;
    }
    add_usage(metadata, candidates, out);
    return success();
}

LLMX_DECL void gemini_generate::stream_decoder::add_usage(const json_cursor& metadata, const json_cursor& candidates, event_batch& out) {
    if (candidates.array() != nullptr) searches_ = std::max(searches_, detail::generate_count_searches(candidates));
    if (metadata.object() == nullptr) return;
    usage now = detail::generate_read_usage(metadata);
    now.web_searches = searches_;
    if (now == tokens_) return;
    tokens_ = now;
    out.add(chat_event::kind::usage).tokens = now;
}

LLMX_DECL result<void> gemini_generate::stream_decoder::candidate(const json_cursor& c, std::size_t position, event_batch& out) {
    choice_state* const state = state_of(c["index"].int_or(static_cast<std::int64_t>(position)));
    if (state == nullptr) return error(errc::bad_response, "a candidate of the stream has an impossible index");
    choice_state& s = *state;
    // Reasons of earlier chunks do not count once there is more.
    s.finished = false;
    const json_cursor content = c["content"], parts = content["parts"], logprobs = c["logprobsResult"];
    const std::size_t count = parts.array() != nullptr ? parts.array()->size() : 0;
    // Citations are right after the text: any other part ends it for languages that
    // cite within it.
    std::size_t text_end = count;
    while (text_end > 0 && !detail::generate_is_text(parts[text_end - 1])) --text_end;
    for (std::size_t i = 0; i < count; ++i) {
        if (i == text_end) cite(c, s, out);
        if (const json_cursor one = parts[i]; one.object() != nullptr) part(one, s, out);
    }
    if (text_end == count) cite(c, s, out);
    if (logprobs.object() != nullptr) {
        const std::string text = detail::generate_read_logprobs(logprobs);
        if (!text.empty()) {
            chat_event& e = out.add(chat_event::kind::logprobs);
            e.choice = s.index;
            e.text = out.keep(text);
        }
    }
    const auto reason = detail::generate_read_finish(c["finishReason"].string_or(), s.has_calls);
    if (reason == finish_reason::none) return success();
    s.finished = true;
    s.reason = reason;
    if (reason == finish_reason::failed) s.failure = detail::generate_failure_words(c);
    return success();
}

LLMX_DECL void gemini_generate::stream_decoder::cite(const json_cursor& c, const choice_state& s, event_batch& out) {
    const auto add = [&s, &out](std::string_view json) -> chat_event& {
        chat_event& e = out.add(chat_event::kind::citation);
        e.choice = s.index;
        e.part = s.text_part;
        e.text = out.keep(json);
        return e;
    };
    std::string json;
    bool any = false;
    for (const std::string_view member : {"groundingMetadata", "citationMetadata"}) {
        const json_cursor metadata = c[member];
        if (metadata.object() == nullptr || metadata.object()->empty()) continue;
        any = true;
        json.clear();
        json_writer(json).object().raw_member(member, metadata.text()).end_object();
        add(json).name = name;
    }
    if (!any) return;
    for (const auto& [what, of_part] : detail::generate_read_citations(c)) {
        if (what.url.empty()) continue;
        json.clear();
        json_writer w(json);
        w.object().member("url", what.url);
        if (!what.title.empty()) w.member("title", what.title);
        if (!what.quote.empty()) w.member("cited_text", what.quote);
        if (what.start >= 0) w.member("start_index", s.text.characters(what.start));
        if (what.end >= 0) w.member("end_index", s.text.characters(what.end));
        w.end_object();
        add(json);
    }
}

LLMX_DECL void gemini_generate::stream_decoder::part(const json_cursor& p, choice_state& s, event_batch& out) {
    const std::string_view signature = p["thoughtSignature"].string_or();
    const auto add = [&s, &out](chat_event::kind k, std::string_view text) -> chat_event& {
        chat_event& e = out.add(k);
        e.choice = s.index;
        e.part = s.parts - 1;
        e.text = out.keep(text);
        return e;
    };
    if (const json_cursor call = p["functionCall"]; call.object() != nullptr) {
        const std::string_view given = call["id"].string_or();
        s.open = kind::none;
        s.has_calls = true;
        ++s.parts;
        chat_event& e = add(chat_event::kind::tool_call, signature);
        e.name = out.keep(call["name"].string_or());
        e.id = given.empty() ? out.keep(call_id_begin_ + std::to_string(calls_++)) : out.keep(given);
        const json_cursor args = call["args"];
        add(chat_event::kind::tool_arguments, args.object() != nullptr ? args.text() : std::string("{}"));
        return;
    }
    const json_cursor text = p["text"], data = p["inlineData"];
    if (!text.is_string() && (signature.empty() || p.object()->size() != 1)) {
        if (p.object()->empty()) return;
        s.open = kind::none;
        ++s.parts;
        const bool audio = data["mimeType"].string_or().starts_with("audio/");
        add(audio ? chat_event::kind::audio : chat_event::kind::opaque, p.text()).name = name;
        return;
    }
    const std::string_view words = text.string_or();
    if (words.empty() && signature.empty()) return;
    const kind k = p["thought"].bool_or() ? kind::thinking : kind::text;
    // A signature comes with the last piece of what it signs. One that comes alone is a part of its own, as it has to go back.
    if (s.open != k || words.empty()) ++s.parts;
    s.open = k;
    if (k == kind::text && !words.empty()) {
        s.text.add(words);
        s.text_part = s.parts - 1;
    }
    add(k == kind::text ? chat_event::kind::text : chat_event::kind::thinking, words);
    if (signature.empty()) return;
    thinking_part proof;
    detail::generate_read_signature(signature, proof);
    const std::string_view signer = out.keep(proof.signer);
    add(chat_event::kind::thinking_signature, proof.signature).name = signer;
    s.open = kind::none;
}

} // namespace llmx::inline LLMX_ABI
