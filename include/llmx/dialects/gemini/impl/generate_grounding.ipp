// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace llmx::inline LLMX_ABI::detail {

/// How much of the metadata citations may take over. A source can be in any number of them, and
/// a quote: written out at each they would be as large as the metadata squared.
class generate_citation_room {
public:
    explicit generate_citation_room(const boost::json::object& metadata) : left_(least + 8 * weight(metadata)) {}
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

/// An offset of a segment; \p otherwise when it is not a whole number.
LLMX_DECL [[nodiscard]] std::int64_t generate_read_offset(const json_cursor& in, std::int64_t otherwise) noexcept {
    return in.value() != nullptr && in.value()->is_int64() ? clamp_count(in.value()->get_int64()) : otherwise;
}

/// A segment's range. proto3 leaves a start of 0 out.
LLMX_DECL void generate_read_range(const json_cursor& in, citation& to) noexcept {
    to.end = generate_read_offset(in["endIndex"], -1);
    to.start = generate_read_offset(in["startIndex"], to.end >= 0 ? 0 : -1);
}

/// GroundingSupport: a segment of the answer and the chunks that it rests on.
LLMX_DECL void generate_read_support(const json_cursor& support, const json_cursor& chunks, generate_citation_room& room,
                                     std::vector<generate_citation>& to) {
    const json_cursor segment = support["segment"], indices = support["groundingChunkIndices"];
    const boost::json::array* const list = indices.array();
    if (list == nullptr) return;
    const std::string_view quote = segment["text"].string_or();
    const std::string whole = support.text();
    std::set<std::int64_t> known;
    for (const boost::json::value& i : *list) {
        if (!i.is_int64() || i.get_int64() < 0 || static_cast<std::size_t>(i.get_int64()) >= chunks.array()->size()) continue;
        const json_cursor chunk = chunks[static_cast<std::size_t>(i.get_int64())];
        if (chunk.object() == nullptr || chunk.object()->empty() || !known.insert(i.get_int64()).second) continue;
        // {"web": {"uri","title"}}, {"maps": …} or {"retrievedContext": …}: all name it so.
        const json_cursor source(chunk.document(), &chunk.object()->begin()->value());
        const std::string_view url = source["uri"].string_or(), title = source["title"].string_or();
        if (!room.take(sizeof(generate_citation) / 8 + url.size() + title.size() + quote.size())) return;
        generate_citation& c = to.emplace_back();
        c.part = generate_read_offset(segment["partIndex"], 0);
        c.what.url = url;
        c.what.title = title;
        c.what.quote = quote;
        generate_read_range(segment, c.what);
        c.what.original.origin = gemini_generate::name;
        // Once for all its sources.
        if (known.size() == 1) c.what.original.add(gemini_generate::name, "groundingSupport", whole);
    }
}

LLMX_DECL std::vector<generate_citation> generate_read_citations(const json_cursor& candidate) {
    std::vector<generate_citation> all;
    const json_cursor grounding = candidate["groundingMetadata"], chunks = grounding["groundingChunks"],
                      supports = grounding["groundingSupports"], cited = candidate["citationMetadata"],
                      newer = cited["citationSources"], older = cited["citations"];
    if (chunks.array() != nullptr && supports.array() != nullptr) {
        generate_citation_room room(*grounding.object());
        supports.each_object_or_skip([&](const json_cursor& one, std::size_t) { generate_read_support(one, chunks, room, all); });
    }
    const json_cursor& sources = newer ? newer : older;
    sources.each_object_or_skip([&all](const json_cursor& one, std::size_t) {
        if (one.object()->empty()) return;
        citation& c = all.emplace_back().what;
        c.url = one["uri"].string_or();
        c.title = one["title"].string_or();
        generate_read_range(one, c);
        c.original.add(gemini_generate::name, "citationSource", one.text());
    });
    return all;
}

LLMX_DECL void generate_add_citations(const json_cursor& candidate, message& answer) {
    std::vector<generate_citation> all = generate_read_citations(candidate);
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

LLMX_DECL void generate_grounding::add(const citation& c, std::size_t part, const gemini_ruler& text) {
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

LLMX_DECL void generate_grounding::write(json_writer& w) const {
    w.key("groundingMetadata").object();
    w.raw_member("groundingChunks", '[' + chunks_ + ']').raw_member("groundingSupports", '[' + supports_ + ']');
    w.end_object();
}

LLMX_DECL void generate_write_citations(json_writer& w, const message& answer) {
    generate_grounding grounding;
    for (std::size_t i = 0; i < answer.content.size(); ++i) {
        const auto* text = std::get_if<text_part>(&answer.content[i]);
        if (text == nullptr || text->citations.empty()) continue;
        gemini_ruler ruler;
        ruler.add(text->text);
        // Those of this dialect are in the choice's extra, whole.
        for (const citation& c : text->citations) {
            if (c.original.speaks(gemini_generate::name)) continue;
            // Without a range it is about the whole part, as Claude's are.
            citation ranged = c;
            if (c.end < 0) {
                ranged.start = 0;
                ranged.end = ruler.characters(static_cast<std::int64_t>(text->text.size()));
            }
            grounding.add(ranged, i, ruler);
        }
    }
    if (!grounding.empty()) grounding.write(w);
}

} // namespace llmx::inline LLMX_ABI::detail
