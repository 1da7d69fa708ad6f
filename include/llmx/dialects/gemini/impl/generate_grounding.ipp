// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace llmx::inline v0::detail {

/// How much of the metadata citations may take over. A source can stand in any number of them, and
/// a quote: written out at each they would be as large as the metadata squared.
class gemini_citation_room {
public:
    explicit gemini_citation_room(const boost::json::object& metadata) : left_(least + 8 * weight(metadata)) {}
    /// Whether \p bytes more are.
    [[nodiscard]] bool take(std::size_t bytes) noexcept {
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }

private:
    static constexpr std::size_t least = std::size_t{64} * 1024;

    /// About the size of its text.
    [[nodiscard]] static std::size_t weight(const boost::json::value& v) {
        if (const auto* s = v.if_string()) return 2 + s->size();
        std::size_t all = 4;
        if (const auto* a = v.if_array())
            for (const auto& e : *a) all += weight(e);
        if (const auto* o = v.if_object()) all += weight(*o);
        return all;
    }
    [[nodiscard]] static std::size_t weight(const boost::json::object& o) {
        std::size_t all = 0;
        for (const auto& m : o) all += 4 + m.key().size() + weight(m.value());
        return all;
    }
    std::size_t left_;
};

/// GroundingSupport: a segment of the answer and the chunks that it rests on.
LLMX_DECL void gemini_support(const boost::json::object& support, const boost::json::array& chunks,
                              gemini_citation_room& room, std::vector<gemini_citation>& to) {
    const auto* segment = proto_find(support, "segment");
    const boost::json::object none;
    const json_reader at(segment != nullptr && segment->is_object() ? segment->get_object() : none);
    const auto number = [&at](std::string_view camel, std::int64_t otherwise) {
        const auto* v = proto_find(at.object(), camel);
        return v != nullptr && v->is_int64() ? clamp_count(v->get_int64()) : otherwise;
    };
    const auto* indices = proto_find(support, "groundingChunkIndices");
    if (indices == nullptr || !indices->is_array()) return;
    const std::string_view quote = at.string_or("text");
    const std::string whole = proto_json_text(support);
    std::set<std::int64_t> known;
    bool first = true;
    for (const auto& i : indices->get_array()) {
        if (!i.is_int64() || i.get_int64() < 0 || static_cast<std::size_t>(i.get_int64()) >= chunks.size()) continue;
        const auto* chunk = chunks[static_cast<std::size_t>(i.get_int64())].if_object();
        if (chunk == nullptr || chunk->empty() || !known.insert(i.get_int64()).second) continue;
        // {"web": {"uri","title"}}, {"maps": …} or {"retrievedContext": …}: all name it so.
        const auto* source = chunk->begin()->value().if_object();
        const json_reader names(source != nullptr ? *source : none);
        const std::string_view url = names.string_or("uri"), title = names.string_or("title");
        if (!room.take(sizeof(gemini_citation) / 8 + url.size() + title.size() + quote.size())) return;
        gemini_citation& c = to.emplace_back();
        c.part = number("partIndex", 0);
        c.what.url = url;
        c.what.title = title;
        c.what.quote = quote;
        // proto3 leaves a start of 0 out.
        c.what.end = number("endIndex", -1);
        c.what.start = number("startIndex", c.what.end >= 0 ? 0 : -1);
        c.what.original.origin = gemini_generate::name;
        // Once for all its sources.
        if (first) c.what.original.add(gemini_generate::name, "groundingSupport", whole);
        first = false;
    }
}

LLMX_DECL std::vector<gemini_citation> gemini_citations(const boost::json::object& candidate) {
    std::vector<gemini_citation> all;
    const auto* grounding = proto_find(candidate, "groundingMetadata");
    if (grounding != nullptr && grounding->is_object()) {
        gemini_citation_room room(grounding->get_object());
        const auto* chunks = proto_find(grounding->get_object(), "groundingChunks");
        const auto* supports = proto_find(grounding->get_object(), "groundingSupports");
        if (supports != nullptr && supports->is_array() && chunks != nullptr && chunks->is_array())
            for (const auto& s : supports->get_array())
                if (s.is_object()) gemini_support(s.get_object(), chunks->get_array(), room, all);
    }
    const auto* cited = proto_find(candidate, "citationMetadata");
    if (cited == nullptr || !cited->is_object()) return all;
    const auto* sources = proto_find(cited->get_object(), "citationSources");
    if (sources == nullptr) sources = proto_find(cited->get_object(), "citations");
    if (sources == nullptr || !sources->is_array()) return all;
    for (const auto& s : sources->get_array()) {
        if (!s.is_object() || s.get_object().empty()) continue;
        citation& c = all.emplace_back().what;
        c.url = json_reader(s.get_object()).string_or("uri");
        c.title = json_reader(s.get_object()).string_or("title");
        const auto* end = proto_find(s.get_object(), "endIndex");
        const auto* start = proto_find(s.get_object(), "startIndex");
        if (end != nullptr && end->is_int64()) c.end = clamp_count(end->get_int64());
        c.start = start != nullptr && start->is_int64() ? clamp_count(start->get_int64()) : c.end >= 0 ? 0 : -1;
        c.original.add(gemini_generate::name, "citationSource", proto_json_text(s));
    }
    return all;
}

LLMX_DECL void decode_gemini_citations(const boost::json::object& candidate, message& answer) {
    std::vector<gemini_citation> all = gemini_citations(candidate);
    if (all.empty()) return;
    const auto is_text = [](const content_part& p) { return std::holds_alternative<text_part>(p); };
    const auto first = std::find_if(answer.content.begin(), answer.content.end(), is_text);
    if (first == answer.content.end()) return;
    std::map<text_part*, gemini_ruler> rulers;
    for (auto& c : all) {
        const auto part = static_cast<std::size_t>(c.part);
        const bool named = part < answer.content.size() && is_text(answer.content[part]);
        auto* const text = &std::get<text_part>(named ? answer.content[part] : *first);
        const auto [ruler, added] = rulers.try_emplace(text);
        if (added) ruler->second.add(text->text);
        c.what.start = ruler->second.characters(c.what.start);
        c.what.end = ruler->second.characters(c.what.end);
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
