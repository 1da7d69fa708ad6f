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
LLMX_DECL void gemini_support(const boost::json::object& support, const boost::json::array& chunks,
                              std::vector<gemini_citation>& to) {
    const auto* segment = proto_find(support, "segment");
    const boost::json::object none;
    const json_reader at(segment != nullptr && segment->is_object() ? segment->get_object() : none);
    const auto number = [&at](std::string_view camel, std::int64_t otherwise) {
        const auto* v = proto_find(at.object(), camel);
        return v != nullptr && v->is_int64() ? v->get_int64() : otherwise;
    };
    const auto* indices = proto_find(support, "groundingChunkIndices");
    if (indices == nullptr || !indices->is_array()) return;
    for (const auto& i : indices->get_array()) {
        if (!i.is_int64() || i.get_int64() < 0 || static_cast<std::size_t>(i.get_int64()) >= chunks.size()) continue;
        const auto* chunk = chunks[static_cast<std::size_t>(i.get_int64())].if_object();
        if (chunk == nullptr || chunk->empty()) continue;
        // {"web": {"uri","title"}}, {"maps": …} or {"retrievedContext": …}: all name it so.
        const auto* source = chunk->begin()->value().if_object();
        gemini_citation& c = to.emplace_back();
        c.part = number("partIndex", 0);
        if (source != nullptr) {
            c.what.url = json_reader(*source).string_or("uri");
            c.what.title = json_reader(*source).string_or("title");
        }
        c.what.quote = at.string_or("text");
        // proto3 leaves a start of 0 out.
        c.what.end = number("endIndex", -1);
        c.what.start = number("startIndex", c.what.end >= 0 ? 0 : -1);
        c.what.original.add(gemini_generate::name, "groundingSupport", proto_json_text(support));
    }
}

LLMX_DECL std::vector<gemini_citation> gemini_citations(const boost::json::object& candidate) {
    std::vector<gemini_citation> all;
    const auto* grounding = proto_find(candidate, "groundingMetadata");
    if (grounding != nullptr && grounding->is_object()) {
        const auto* chunks = proto_find(grounding->get_object(), "groundingChunks");
        const auto* supports = proto_find(grounding->get_object(), "groundingSupports");
        if (supports != nullptr && supports->is_array() && chunks != nullptr && chunks->is_array())
            for (const auto& s : supports->get_array())
                if (s.is_object()) gemini_support(s.get_object(), chunks->get_array(), all);
    }
    const auto* cited = proto_find(candidate, "citationMetadata");
    if (cited == nullptr || !cited->is_object()) return all;
    const auto* sources = proto_find(cited->get_object(), "citationSources");
    if (sources == nullptr) sources = proto_find(cited->get_object(), "citations");
    if (sources == nullptr || !sources->is_array()) return all;
    for (const auto& s : sources->get_array()) {
        if (!s.is_object()) continue;
        citation& c = all.emplace_back().what;
        c.url = json_reader(s.get_object()).string_or("uri");
        c.title = json_reader(s.get_object()).string_or("title");
        const auto* end = proto_find(s.get_object(), "endIndex");
        const auto* start = proto_find(s.get_object(), "startIndex");
        if (end != nullptr && end->is_int64()) c.end = end->get_int64();
        c.start = start != nullptr && start->is_int64() ? start->get_int64() : c.end >= 0 ? 0 : -1;
        c.original.add(gemini_generate::name, "citationSource", proto_json_text(s));
    }
    return all;
}

LLMX_DECL void decode_gemini_citations(const boost::json::object& candidate, message& answer) {
    const text_part* measured = nullptr;
    gemini_ruler ruler;
    for (auto& c : gemini_citations(candidate)) {
        text_part* text = gemini_text_at(answer, c.part);
        if (text == nullptr) continue;
        if (text != measured) {
            ruler = gemini_ruler();
            ruler.add(text->text);
            measured = text;
        }
        c.what.start = ruler.characters(c.what.start);
        c.what.end = ruler.characters(c.what.end);
        text->citations.push_back(std::move(c.what));
    }
}

LLMX_DECL void gemini_grounding::add(const citation& c, std::size_t part, const gemini_ruler& text) {
    if (c.url.empty()) return;
    if (n_ != 0) {
        chunks_ += ',';
        supports_ += ',';
    }
    json_writer chunk(chunks_), support(supports_);
    chunk.object().key("web").object().member("uri", c.url);
    if (!c.title.empty()) chunk.member("title", c.title);
    chunk.end_object().end_object();
    support.object().key("segment").object();
    if (part != 0) support.member("partIndex", part);
    if (c.start > 0) support.member("startIndex", text.bytes(c.start));
    if (c.end >= 0) support.member("endIndex", text.bytes(c.end));
    if (!c.quote.empty()) support.member("text", c.quote);
    support.end_object().key("groundingChunkIndices").array().value(n_++).end_array().end_object();
}

LLMX_DECL void gemini_grounding::write(json_writer& w) const {
    w.key("groundingMetadata").object();
    w.raw_member("groundingChunks", '[' + chunks_ + ']').raw_member("groundingSupports", '[' + supports_ + ']');
    w.end_object();
}

LLMX_DECL void write_gemini_citations(json_writer& w, const message& answer) {
    gemini_grounding grounding;
    for (std::size_t i = 0; i < answer.content.size(); ++i) {
        const auto* text = std::get_if<text_part>(&answer.content[i]);
        if (text == nullptr || text->citations.empty()) continue;
        gemini_ruler ruler;
        ruler.add(text->text);
        // Those of this dialect stand in the choice's extra, whole.
        for (const citation& c : text->citations)
            if (!c.original.speaks(gemini_generate::name)) grounding.add(c, i, ruler);
    }
    if (!grounding.empty()) grounding.write(w);
}

} // namespace llmx::inline v0::detail
