// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/detail/media_formats.hpp>
#include <llmx/dialects/bedrock/impl/converse_fields.ipp>
#include <llmx/dialects/bedrock/impl/converse_reply.ipp>
#include <llmx/dialects/bedrock/impl/media_formats.ipp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

// Content blocks of a client's request: objects of one member (API_runtime_ContentBlock). The document carries the first fault.

namespace llmx::inline LLMX_ABI::detail {

/// Members without which the answer means the same, at any depth.
inline constexpr std::array<std::string_view, 6> bedrock_hints = {"performanceConfig", "additionalModelResponseFieldPaths", "citations",
                                                                  "anthropic_beta", "trace", "streamProcessingMode"};

LLMX_DECL void bedrock_keep_extra(const json_cursor& in, std::span<const std::string_view> known, extra_members& to) {
    keep_extra(in, {}, known, bedrock_converse::name, std::string_view(), bedrock_hints, to, absent_values::empty);
}

/// The string \p from; absence is a fault, and so is anything else.
LLMX_DECL std::string_view bedrock_require_string(const json_cursor& from) {
    from.required();
    if (from && !from.is_string()) from.expected("a string");
    return from.string_or();
}

/// The one member that a block or another union has; an empty name is a fault.
LLMX_DECL [[nodiscard]] std::string_view bedrock_union_member(const json_cursor& in) {
    const boost::json::object* const members = in.object();
    std::string_view name;
    std::size_t n = 0;
    if (members != nullptr)
        for (const auto& m : *members)
            if (!m.value().is_null()) name = m.key(), ++n;
    if (n == 1) return name;
    in.expected("an object of one member");
    return std::string_view();
}

LLMX_DECL void bedrock_read_cache(const json_cursor& point, std::optional<cache_control>& to) {
    if (!point.is_object()) return;
    const json_cursor type = point["type"], ttl = point["ttl"];
    if (type.string_or() != "default") return type.expected("\"default\"");
    ttl.read(to.emplace().ttl);
}

/// The texts of a list of blocks, a line each.
LLMX_DECL [[nodiscard]] std::string bedrock_joined_texts(const json_cursor& content) {
    std::string all;
    content.each_object([&all](const json_cursor& piece, std::size_t) {
        const std::string_view text = piece["text"].string_or();
        if (!all.empty() && !text.empty()) all += '\n';
        all += text;
    });
    return all;
}

/// Reads `format` and `source` of a block of the kind \p kind.
LLMX_DECL void bedrock_read_media(const json_cursor& in, bedrock_format::block kind, media& to, extra_members& extra) {
    static constexpr std::array<std::string_view, 3> known = {"format", "source", "name"};
    static constexpr std::array<std::string_view, 1> known_place = {"uri"};
    const json_cursor format = in["format"], source = in["source"], bytes = source["bytes"], place = source["s3Location"],
                      text = source["text"], content = source["content"];
    bedrock_keep_extra(in, known, extra);
    // A document's format has a default: a text has none of its own.
    const bool document = kind == bedrock_format::block::document;
    const std::string_view word = document && !format ? std::string_view("txt") : bedrock_require_string(format);
    const bedrock_format* const found = bedrock_format_of_name(kind, word);
    if (found == nullptr) return format.expected("a format that the API has");
    to.media_type = found->media_type;
    source.required();
    if (!source.is_object()) return;
    if (bytes) {
        to.data = bedrock_require_string(bytes);
    } else if (place.is_object()) {
        to.url = bedrock_require_string(place["uri"]);
        extra_members more;
        bedrock_keep_extra(place, known_place, more);
        if (!more.empty()) extra.add(bedrock_converse::name, "source", source.text());
    } else if (document && (text || content)) {
        // Its text is what other languages have a form for; this one gets the source back whole.
        to.data = base64_encode(text ? bedrock_require_string(text) : std::string_view(bedrock_joined_texts(content)));
        to.media_type = "text/plain";
        extra.add(bedrock_converse::name, "source", source.text()).is_absent = true;
        if (word != "txt") extra.add(bedrock_converse::name, "format", format.text()).is_absent = true;
    } else {
        source.expected(document ? "bytes, s3Location, text or content" : "bytes or s3Location");
    }
}

LLMX_DECL void bedrock_read_document(const json_cursor& in, file_part& to) {
    bedrock_read_media(in, bedrock_format::block::document, to.source, to.extra);
    const json_cursor format = in["format"];
    to.filename = bedrock_require_string(in["name"]);
    // Names of the API have no extension, others need one.
    if (!to.filename.empty()) to.filename.append(".").append(format.string_or("txt"));
}

/// A block of media of any kind but a document.
LLMX_DECL [[nodiscard]] content_part bedrock_read_media_part(std::string_view member, const json_cursor& in) {
    using block = bedrock_format::block;
    if (member == "image") {
        image_part p;
        bedrock_read_media(in, block::image, p.source, p.extra);
        return p;
    }
    if (member == "audio") {
        audio_part p;
        bedrock_read_media(in, block::audio, p.source, p.extra);
        return p;
    }
    file_part p;
    if (member == "document") bedrock_read_document(in, p);
    else bedrock_read_media(in, block::video, p.source, p.extra);
    return p;
}

/// \p in, which is the member \p member, as \p text for models of other vendors.
LLMX_DECL [[nodiscard]] text_part bedrock_as_text(std::string_view member, const json_cursor& in, std::string text, bool same) {
    text_part p(std::move(text));
    extra_members::member& kept = p.extra.add(bedrock_converse::name, std::string(member), in.text());
    kept.hint = true;
    kept.is_absent = same;
    return p;
}

/// A searchResult: title, source and text.
LLMX_DECL [[nodiscard]] text_part bedrock_read_search_result(const json_cursor& in) {
    const json_cursor content = in["content"];
    std::string text;
    for (const std::string_view member : {std::string_view("title"), std::string_view("source")})
        if (const std::string_view value = in[member].string_or(); !value.empty()) text.append(value) += '\n';
    return bedrock_as_text("searchResult", in, text + bedrock_joined_texts(content), false);
}

LLMX_DECL [[nodiscard]] content_part bedrock_read_call(const json_cursor& in) {
    static constexpr std::array<std::string_view, 3> known = {"toolUseId", "name", "input"};
    const json_cursor input = in["input"];
    tool_call_part c(std::string(bedrock_require_string(in["toolUseId"])), std::string(bedrock_require_string(in["name"])), "{}");
    if (input.is_object()) c.arguments = input.text();
    bedrock_keep_extra(in, known, c.extra);
    return c;
}

LLMX_DECL [[nodiscard]] content_part bedrock_read_result(const json_cursor& in) {
    static constexpr std::array<std::string_view, 3> known = {"toolUseId", "content", "status"};
    const json_cursor content = in["content"], status = in["status"];
    tool_result_part r;
    r.call_id = bedrock_require_string(in["toolUseId"]);
    std::string how;
    status.read(how);
    if (!how.empty() && how != "success" && how != "error") status.expected("\"success\" or \"error\"");
    r.is_error = how == "error";
    bedrock_keep_extra(in, known, r.extra);
    content.required();
    content.each_object([&r](const json_cursor& block, std::size_t) {
        const std::string_view member = bedrock_union_member(block);
        const json_cursor value = block[member];
        if (member == "text") r.content.emplace_back(text_part(std::string(bedrock_require_string(value))));
        else if (member == "json") r.content.emplace_back(bedrock_as_text(member, value, value.text(), true));
        else if (member == "searchResult") r.content.emplace_back(bedrock_read_search_result(value));
        else if (member == "image") r.content.emplace_back(std::get<image_part>(bedrock_read_media_part(member, value)));
        else if (member == "document" || member == "video") r.content.emplace_back(std::get<file_part>(bedrock_read_media_part(member, value)));
        else if (!member.empty()) block.expected("text, json, image, document, video or searchResult");
    });
    return r;
}

/// A thought with its signature's tag taken off.
LLMX_DECL [[nodiscard]] content_part bedrock_read_thought(const json_cursor& in) {
    thinking_part t;
    const json_cursor reasoning = in["reasoningText"], data = in["redactedContent"];
    if (data) {
        t.redacted_data = bedrock_require_string(data);
        t.signer = bedrock_converse::name;
        const result<std::string> bytes = base64_decode(t.redacted_data);
        if (!bytes) data.expected("base64");
        else if (bytes->starts_with(signature_mark)) {
            const signed_by read = read_signature(*bytes, bedrock_converse::name);
            t.signer = read.signer;
            t.redacted_data = read.signature;
        }
        return t;
    }
    reasoning.required();
    if (!reasoning.is_object()) return t;
    t.text = bedrock_require_string(reasoning["text"]);
    std::string proof;
    reasoning["signature"].read(proof);
    const signed_by read = read_signature(proof, bedrock_converse::name);
    t.signature = read.signature;
    t.signer = read.signer;
    return t;
}

/// A block of a message: its part. A cache point is not one.
LLMX_DECL [[nodiscard]] content_part bedrock_read_block(const json_cursor& block, std::string_view member) {
    const json_cursor value = block[member];
    if (member == "text") return text_part(std::string(bedrock_require_string(value)));
    if (member == "image" || member == "document" || member == "video" || member == "audio") return bedrock_read_media_part(member, value);
    if (member == "toolUse" && !bedrock_runs_itself(value)) return bedrock_read_call(value);
    if (const json_cursor kind = value["type"]; member == "toolResult" && !kind) return bedrock_read_result(value);
    if (member == "reasoningContent") return bedrock_read_thought(value);
    if (member == "citationsContent") return bedrock_cited_text(value);
    if (member == "searchResult") return bedrock_read_search_result(value);
    const json_cursor guarded = value["text"];
    if (member == "guardContent" && guarded.object() != nullptr)
        return bedrock_as_text(member, value, std::string(guarded["text"].string_or()), false);
    return opaque_part(bedrock_converse::name, block.text());
}

/// The breakpoint of a part; null for a part that has none.
LLMX_DECL [[nodiscard]] std::optional<cache_control>* bedrock_cache_of(content_part& p) noexcept {
    std::optional<cache_control>* found = nullptr;
    std::visit([&found](auto& part) {
        if constexpr (requires { part.cache; }) found = &part.cache;
    }, p);
    return found;
}

/// Blocks of a message or of the system prompt, in the list \p list of `request_origins`.
LLMX_DECL void bedrock_read_blocks(const json_cursor& blocks, std::uint32_t list, message& to, request_origins& origins) {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<std::size_t> places;
    // Thoughts and blocks of the API's own have no breakpoint: that of the part before them is the nearest.
    std::size_t last = none;
    blocks.each_object([&](const json_cursor& block, std::size_t i) {
        const std::string_view member = bedrock_union_member(block);
        if (member != "cachePoint") {
            to.content.push_back(bedrock_read_block(block, member));
            places.push_back(i);
            if (bedrock_cache_of(to.content.back()) != nullptr) last = to.content.size() - 1;
            return;
        }
        std::optional<cache_control> point;
        bedrock_read_cache(block[member], point);
        if (last == none) {
            last = to.content.size();
            to.content.emplace_back(text_part());
            places.push_back(i);
        }
        *bedrock_cache_of(to.content[last]) = std::move(point);
    });
    const std::size_t before = to.content.size();
    request_origins kept;
    kept.message(wire_origin());
    restore_call_signatures(to.content, &kept);
    for (std::size_t i = 0; i < to.content.size(); ++i) {
        const wire_origin* const from = kept.find_part(0, i);
        const std::size_t at = from != nullptr && from->index < before ? from->index : i;
        origins.part(wire_origin(list, places[at]));
    }
}

} // namespace llmx::inline LLMX_ABI::detail
