// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

LLMX_DECL std::size_t gemini_first_byte(std::string_view bytes) noexcept {
    return bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
}

[[nodiscard]] LLMX_DECL std::string_view gemini_text(const boost::json::object& o, std::string_view camel) noexcept {
    const auto* v = proto_find(o, camel);
    return v != nullptr && v->is_string() ? std::string_view(v->get_string()) : std::string_view();
}

[[nodiscard]] LLMX_DECL const boost::json::object* gemini_object(const boost::json::object& o,
                                                                 std::string_view camel) noexcept {
    const auto* v = proto_find(o, camel);
    return v == nullptr ? nullptr : v->if_object();
}

[[nodiscard]] LLMX_DECL bool gemini_is_thought(const boost::json::object& part) noexcept {
    const auto* v = proto_find(part, "thought");
    return v != nullptr && v->is_bool() && v->get_bool();
}

/// More candidates than any server gives: an attack.
inline constexpr std::size_t gemini_max_candidates = 128;

/// Whether a part is text of the answer.
[[nodiscard]] LLMX_DECL bool gemini_says(const boost::json::value& part) noexcept {
    const auto* o = part.if_object();
    return o != nullptr && !gemini_text(*o, "text").empty() && !gemini_is_thought(*o);
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
        // Servers exist that close right behind the last line; half a line is no JSON.
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
    unsigned char space[8192];
    boost::json::monotonic_resource memory(space, sizeof space);
    auto parsed = parse_json_object(json, &memory);
    if (parsed.has_error())
        return error(errc::bad_response, "a chunk of the provider's stream is " + parsed.error().message());
    const auto& o = *parsed;
    if (const auto* failure = detail::gemini_object(o, "error")) return detail::gemini_stream_error(*failure);
    if (const auto* text = detail::proto_find(o, "error"); text != nullptr && text->is_string())
        return error(errc::provider_internal).with_provider_message(std::string(std::string_view(text->get_string())));

    if (!started_) {
        started_ = true;
        const std::string_view id = detail::gemini_text(o, "responseId");
        call_id_begin_ = detail::gemini_call_id_begin(id);
        chat_event& e = out.add(chat_event::kind::start);
        e.id = out.keep(id);
        e.name = out.keep(detail::gemini_text(o, "modelVersion"));
    }
    const auto* candidates = detail::proto_find(o, "candidates");
    if (candidates != nullptr && candidates->is_array()) {
        const auto& all = candidates->get_array();
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].is_object())
                if (auto r = candidate(all[i].get_object(), i, out); r.has_error()) return r;
    }
    const auto* feedback = detail::gemini_object(o, "promptFeedback");
    if (feedback != nullptr && choices_.empty() && !detail::gemini_text(*feedback, "blockReason").empty()) {
        choice_state& s = *state_of(0);
        s.finished = true;
        s.reason = finish_reason::content_filter;
    }
    if (const auto* metadata = detail::gemini_object(o, "usageMetadata")) {
        const usage now = detail::gemini_usage(*metadata);
        if (now != tokens_) {
            tokens_ = now;
            out.add(chat_event::kind::usage).tokens = now;
        }
    }
    return success();
}

LLMX_DECL result<void> gemini_generate::stream_decoder::candidate(const boost::json::object& c, std::size_t position,
                                                                  event_batch& out) {
    choice_state* const state = state_of(json_reader(c).int_or("index", static_cast<std::int64_t>(position)));
    if (state == nullptr) return error(errc::bad_response, "a candidate of the stream has an impossible index");
    choice_state& s = *state;
    // Reasons of earlier chunks do not count once there is more.
    s.finished = false;
    const auto* content = detail::gemini_object(c, "content");
    const auto* parts = content == nullptr ? nullptr : detail::proto_find(*content, "parts");
    const boost::json::array none;
    const auto& all = parts != nullptr && parts->is_array() ? parts->get_array() : none;
    // Citations stand right behind the text: what else follows ends it for dialects that
    // cite within it.
    std::size_t text_end = all.size();
    while (text_end > 0 && !detail::gemini_says(all[text_end - 1])) --text_end;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == text_end) cite(c, s, out);
        if (all[i].is_object()) part(all[i].get_object(), s, out);
    }
    if (text_end == all.size()) cite(c, s, out);
    if (const auto* logprobs = detail::gemini_object(c, "logprobsResult")) {
        const std::string text = detail::gemini_logprobs_to_openai(*logprobs);
        if (!text.empty()) {
            chat_event& e = out.add(chat_event::kind::logprobs);
            e.choice = s.index;
            e.text = out.keep(text);
        }
    }
    const auto reason = detail::gemini_finish_reason(detail::gemini_text(c, "finishReason"), s.has_calls);
    if (reason == finish_reason::none) return success();
    s.finished = true;
    s.reason = reason;
    return success();
}

LLMX_DECL void gemini_generate::stream_decoder::cite(const boost::json::object& c, const choice_state& s,
                                                     event_batch& out) {
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
        const auto* metadata = detail::gemini_object(c, member);
        if (metadata == nullptr || metadata->empty()) continue;
        any = true;
        json.clear();
        json_writer(json).object().raw_member(member, detail::proto_json_text(*metadata)).end_object();
        add(json).name = name;
    }
    if (!any) return;
    for (const auto& [what, of_part] : detail::gemini_citations(c)) {
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

LLMX_DECL void gemini_generate::stream_decoder::part(const boost::json::object& p, choice_state& s, event_batch& out) {
    const std::string_view signature = detail::gemini_text(p, "thoughtSignature");
    const auto add = [&s, &out](chat_event::kind k, std::string_view text) -> chat_event& {
        chat_event& e = out.add(k);
        e.choice = s.index;
        e.part = s.parts - 1;
        e.text = out.keep(text);
        return e;
    };
    if (const auto* call = detail::gemini_object(p, "functionCall")) {
        const std::string_view given = detail::gemini_text(*call, "id");
        s.open = kind::none;
        s.has_calls = true;
        ++s.parts;
        chat_event& e = add(chat_event::kind::tool_call, signature);
        e.name = out.keep(detail::gemini_text(*call, "name"));
        e.id = given.empty() ? out.keep(call_id_begin_ + std::to_string(calls_++)) : out.keep(given);
        const auto* args = detail::gemini_object(*call, "args");
        if (args == nullptr)
            add(chat_event::kind::tool_arguments, "{}");
        else
            add(chat_event::kind::tool_arguments, detail::proto_json_text(*args));
        return;
    }
    const auto* text = detail::proto_find(p, "text");
    const bool has_text = text != nullptr && text->is_string();
    if (!has_text && (signature.empty() || p.size() != 1)) {
        if (p.empty()) return;
        s.open = kind::none;
        ++s.parts;
        const auto* data = detail::gemini_object(p, "inlineData");
        const bool audio = data != nullptr && detail::gemini_text(*data, "mimeType").starts_with("audio/");
        add(audio ? chat_event::kind::audio : chat_event::kind::opaque, detail::proto_json_text(p)).name = name;
        return;
    }
    const std::string_view words = has_text ? std::string_view(text->get_string()) : std::string_view();
    if (words.empty() && signature.empty()) return;
    const kind k = detail::gemini_is_thought(p) ? kind::thinking : kind::text;
    if (s.open != k || !signature.empty()) ++s.parts;
    s.open = k;
    if (k == kind::text && !words.empty()) {
        s.text.add(words);
        s.text_part = s.parts - 1;
    }
    add(k == kind::text ? chat_event::kind::text : chat_event::kind::thinking, words);
    if (signature.empty()) return;
    thinking_part proof;
    detail::gemini_read_signature(signature, proof);
    const std::string_view signer = out.keep(proof.signer);
    add(chat_event::kind::thinking_signature, proof.signature).name = signer;
    s.open = kind::none;
}

} // namespace llmx::inline v0
