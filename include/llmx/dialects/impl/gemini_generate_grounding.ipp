// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini_generate.hpp>

#include <llmx/dialects/detail/gemini_generate_parts.hpp>

namespace llmx::inline v0::detail {

[[nodiscard]] LLMX_DECL text_part* gemini_text_at(message& answer, std::int64_t part) {
    if (part >= 0 && static_cast<std::size_t>(part) < answer.content.size())
        if (auto* t = std::get_if<text_part>(&answer.content[static_cast<std::size_t>(part)])) return t;
    for (auto& p : answer.content)
        if (auto* t = std::get_if<text_part>(&p)) return t;
    return nullptr;
}

/// GroundingSupport: a segment of the answer and the chunks that it rests on.
LLMX_DECL void decode_gemini_support(const boost::json::object& support, const boost::json::array* chunks,
                                     message& answer) {
    const auto* segment = proto_find(support, "segment");
    const boost::json::object none;
    const json_reader at(segment != nullptr && segment->is_object() ? segment->get_object() : none);
    const auto number = [&at](std::string_view camel, std::int64_t otherwise) {
        const auto* v = proto_find(at.object(), camel);
        return v != nullptr && v->is_int64() ? v->get_int64() : otherwise;
    };
    text_part* text = gemini_text_at(answer, number("partIndex", 0));
    const auto* indices = proto_find(support, "groundingChunkIndices");
    if (text == nullptr || chunks == nullptr || indices == nullptr || !indices->is_array()) return;
    for (const auto& i : indices->get_array()) {
        if (!i.is_int64() || i.get_int64() < 0 || static_cast<std::size_t>(i.get_int64()) >= chunks->size()) continue;
        const auto* chunk = (*chunks)[static_cast<std::size_t>(i.get_int64())].if_object();
        if (chunk == nullptr || chunk->empty()) continue;
        // {"web": {"uri","title"}}, {"maps": …} or {"retrievedContext": …}: all name it so.
        const auto* source = chunk->begin()->value().if_object();
        citation c;
        if (source != nullptr) {
            c.url = json_reader(*source).string_or("uri");
            c.title = json_reader(*source).string_or("title");
        }
        c.quote = at.string_or("text");
        // proto3 leaves a start of 0 out.
        c.end = number("endIndex", -1);
        c.start = number("startIndex", c.end >= 0 ? 0 : -1);
        c.original.add(gemini_generate::name, "groundingSupport", proto_json_text(support));
        text->citations.push_back(std::move(c));
    }
}

LLMX_DECL void decode_gemini_citations(const boost::json::object& candidate, message& answer) {
    const auto* grounding = proto_find(candidate, "groundingMetadata");
    if (grounding != nullptr && grounding->is_object()) {
        const auto* chunks = proto_find(grounding->get_object(), "groundingChunks");
        const auto* supports = proto_find(grounding->get_object(), "groundingSupports");
        if (supports != nullptr && supports->is_array())
            for (const auto& s : supports->get_array())
                if (s.is_object())
                    decode_gemini_support(s.get_object(), chunks == nullptr ? nullptr : chunks->if_array(), answer);
    }
    const auto* cited = proto_find(candidate, "citationMetadata");
    if (cited == nullptr || !cited->is_object()) return;
    const auto* sources = proto_find(cited->get_object(), "citationSources");
    if (sources == nullptr) sources = proto_find(cited->get_object(), "citations");
    text_part* text = gemini_text_at(answer, 0);
    if (sources == nullptr || !sources->is_array() || text == nullptr) return;
    for (const auto& s : sources->get_array()) {
        if (!s.is_object()) continue;
        citation c;
        c.url = json_reader(s.get_object()).string_or("uri");
        c.title = json_reader(s.get_object()).string_or("title");
        const auto* end = proto_find(s.get_object(), "endIndex");
        const auto* start = proto_find(s.get_object(), "startIndex");
        if (end != nullptr && end->is_int64()) c.end = end->get_int64();
        c.start = start != nullptr && start->is_int64() ? start->get_int64() : c.end >= 0 ? 0 : -1;
        c.original.add(gemini_generate::name, "citationSource", proto_json_text(s));
        text->citations.push_back(std::move(c));
    }
}

LLMX_DECL void write_gemini_citations(json_writer& w, const message& answer) {
    // Those of this dialect stand in the choice's extra, whole.
    const auto ours = [](const citation& c) { return c.original.speaks(gemini_generate::name); };
    std::string chunks, supports;
    json_writer chunk(chunks), support(supports);
    chunk.array();
    support.array();
    std::size_t n = 0;
    for (std::size_t i = 0; i < answer.content.size(); ++i) {
        const auto* text = std::get_if<text_part>(&answer.content[i]);
        if (text == nullptr) continue;
        for (const citation& c : text->citations) {
            if (ours(c) || c.url.empty()) continue;
            chunk.object().key("web").object().member("uri", c.url);
            if (!c.title.empty()) chunk.member("title", c.title);
            chunk.end_object().end_object();
            support.object().key("segment").object();
            if (i != 0) support.member("partIndex", i);
            if (c.start > 0) support.member("startIndex", c.start);
            if (c.end >= 0) support.member("endIndex", c.end);
            if (!c.quote.empty()) support.member("text", c.quote);
            support.end_object().key("groundingChunkIndices").array().value(n++).end_array().end_object();
        }
    }
    if (n == 0) return;
    chunk.end_array();
    support.end_array();
    w.key("groundingMetadata").object();
    w.raw_member("groundingChunks", chunks).raw_member("groundingSupports", supports).end_object();
}

} // namespace llmx::inline v0::detail
