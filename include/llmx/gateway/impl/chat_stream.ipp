// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/chat_stream.hpp>
#include <llmx/gateway/detail/stream_state.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <type_traits>
#include <variant>

namespace llmx::inline LLMX_ABI {

namespace detail {
template <class Part, class... Parts>
[[nodiscard]] constexpr std::size_t content_part_index(const std::variant<Parts...>*) noexcept {
    std::size_t i = 0;
    static_cast<void>(((std::is_same_v<Part, Parts> || (++i, false)) || ...));
    return i;
}
} // namespace detail

template <class Part> Part* reply_builder::find(const chat_event& event) {
    choice_state& s = choices_[event.choice];
    constexpr std::size_t kind = detail::content_part_index<Part>(static_cast<const content_part*>(nullptr));
    const auto at = s.places.find({event.part, kind});
    return at == s.places.end() ? nullptr : &std::get<Part>(s.choice.answer.content[at->second]);
}

template <class Part> Part& reply_builder::part(const chat_event& event) {
    if (Part* const same = find<Part>(event)) return *same;
    choice_state& s = choices_[event.choice];
    auto& content = s.choice.answer.content;
    auto& added = content.emplace_back(std::in_place_type<Part>);
    s.places.emplace(std::pair(event.part, added.index()), content.size() - 1);
    return std::get<Part>(added);
}

namespace detail {
/// OpenAI logprobs objects as one: each chunk lists its own tokens.
LLMX_DECL [[nodiscard]] std::string join_logprobs(const std::vector<std::string>& chunks) {
    if (chunks.size() == 1) return chunks.front();
    boost::json::object all;
    for (const std::string& chunk : chunks) {
        const auto read = parse_json_object(chunk);
        if (read.has_error()) continue;
        for (const auto& [key, value] : *read) {
            boost::json::value& to = all[key];
            if (to.is_array() && value.is_array())
                to.get_array().insert(to.get_array().end(), value.get_array().begin(), value.get_array().end());
            else if (to.is_null())
                to = value;
        }
    }
    return boost::json::serialize(all);
}
/// A citation that names no language.
LLMX_DECL void read_citation(std::string_view json, citation& to) {
    json_document document(json);
    const json_cursor in = document.root();
    to.url = in["url"].string_or();
    to.title = in["title"].string_or();
    to.quote = in["cited_text"].string_or();
    to.start = in["start_index"].count_or(-1);
    to.end = in["end_index"].count_or(-1);
}
} // namespace detail

LLMX_DECL void reply_builder::add(const chat_event& e) {
    switch (e.what) {
    case chat_event::kind::start:
        reply_.id = e.id;
        reply_.model = e.name;
        reply_.created = e.created;
        break;
    case chat_event::kind::text: part<text_part>(e).text += e.text; break;
    case chat_event::kind::refusal: part<refusal_part>(e).text += e.text; break;
    case chat_event::kind::thinking: part<thinking_part>(e).text += e.text; break;
    case chat_event::kind::thinking_signature: {
        if (auto* const text = find<text_part>(e)) {
            text->signature += e.text;
            return;
        }
        auto& p = part<thinking_part>(e);
        p.signature += e.text;
        p.signer = e.name;
        break;
    }
    case chat_event::kind::redacted_thinking: part<thinking_part>(e).redacted_data += e.text; break;
    case chat_event::kind::tool_call: {
        auto& p = part<tool_call_part>(e);
        p.id = e.id;
        p.name = e.name;
        p.signature = e.text;
        break;
    }
    case chat_event::kind::tool_arguments: part<tool_call_part>(e).arguments += e.text; break;
    case chat_event::kind::citation: {
        citation c;
        if (e.name.empty()) detail::read_citation(e.text, c);
        else c.original.add(e.name, "citation", std::string(e.text));
        part<text_part>(e).citations.push_back(std::move(c));
        break;
    }
    case chat_event::kind::audio:
    case chat_event::kind::opaque: {
        auto& p = part<opaque_part>(e);
        p.origin = e.name;
        p.value.text = e.text;
        break;
    }
    case chat_event::kind::logprobs: choices_[e.choice].logprobs.emplace_back(e.text); break;
    case chat_event::kind::finish: {
        chat_choice& ended = choices_[e.choice].choice;
        ended.finish = e.reason;
        ended.stop_sequence = e.text;
        break;
    }
    case chat_event::kind::usage: reply_.usage = e.tokens; break;
    case chat_event::kind::ping: break;
    }
}

LLMX_DECL chat_reply reply_builder::take() {
    for (auto& [index, s] : choices_) {
        if (!s.logprobs.empty()) s.choice.logprobs = raw_json(detail::join_logprobs(s.logprobs));
        reply_.choices.push_back(std::move(s.choice));
    }
    choices_.clear();
    return std::move(reply_);
}

} // namespace llmx::inline LLMX_ABI
