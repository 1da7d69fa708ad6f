// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>


#include <algorithm>
#include <initializer_list>
#include <string>

namespace llmx::inline v0 {
namespace detail {

/// Keeps the members that are neither in \p known nor null.
LLMX_DECL void bedrock_keep_extra(const boost::json::object& o, std::initializer_list<std::string_view> known, extra_members& to) {
    for (const auto& m : o) {
        const std::string_view name = m.key();
        if (m.value().is_null() || std::find(known.begin(), known.end(), name) != known.end()) continue;
        to.add(bedrock_converse::name, std::string(name), json_text(m.value()));
    }
}

/// The texts of a list of objects that have one, joined.
[[nodiscard]] LLMX_DECL std::string bedrock_joined_text(const json_cursor& list) {
    std::string text;
    if (list.array() != nullptr) list.each([&text](const json_cursor& one, std::size_t) { text += one["text"].string_or(); });
    return text;
}

/// The source that a citation names, of whichever kind.
LLMX_DECL void bedrock_read_source_of(const json_cursor& in, citation& to) {
    to.title = in["title"].string_or();
    const json_cursor location = in["location"];
    const json_cursor web = location["web"];
    to.url = web["url"].string_or();
    to.quote = bedrock_joined_text(in["sourceContent"]);
}

/// A citation with the members that all vocabularies share taken out. Positions are those in the cited document.
[[nodiscard]] LLMX_DECL citation bedrock_citation(const json_cursor& in) {
    citation c;
    bedrock_read_source_of(in, c);
    for (const auto& m : *in.object()) c.original.add(bedrock_converse::name, std::string(std::string_view(m.key())), json_text(m.value()));
    return c;
}

[[nodiscard]] LLMX_DECL content_part bedrock_cited_text(const json_cursor& in) {
    text_part t;
    t.text = bedrock_joined_text(in["content"]);
    const json_cursor citations = in["citations"];
    if (citations.array() != nullptr)
        citations.each([&t](const json_cursor& one, std::size_t) {
            if (one.object() != nullptr) t.citations.push_back(bedrock_citation(one));
        });
    return t;
}

[[nodiscard]] LLMX_DECL content_part bedrock_thought(const json_cursor& in) {
    thinking_part t;
    t.signer = bedrock_converse::name;
    const json_cursor text = in["reasoningText"];
    t.text = text["text"].string_or();
    t.signature = text["signature"].string_or();
    t.redacted_data = in["redactedContent"].string_or();
    // Nobody signed it.
    if (t.signature.empty() && t.redacted_data.empty()) t.signer.clear();
    return t;
}

/// One content block of an answer, read leniently: an object of one member.
[[nodiscard]] LLMX_DECL content_part bedrock_reply_part(const json_cursor& in) {
    if (in["text"].is_string()) return text_part(std::string(in["text"].string_or()));
    if (const json_cursor cited = in["citationsContent"]; cited.object() != nullptr) return bedrock_cited_text(cited);
    if (const json_cursor thought = in["reasoningContent"]; thought.object() != nullptr) return bedrock_thought(thought);
    // A tool that the service ran is no call for the caller.
    if (const json_cursor call = in["toolUse"]; call.object() != nullptr && call["type"].string_or().empty()) {
        const json_cursor input = call["input"];
        tool_call_part c(std::string(call["toolUseId"].string_or()), std::string(call["name"].string_or()), input ? input.text() : std::string("{}"));
        bedrock_keep_extra(*call.object(), {"toolUseId", "name", "input"}, c.extra);
        return c;
    }
    return opaque_part(bedrock_converse::name, in.text());
}

/// The member stop_sequence of additionalModelResponseFields.
[[nodiscard]] LLMX_DECL std::string_view bedrock_stop_sequence(const json_cursor& in) noexcept {
    const json_cursor more = in["additionalModelResponseFields"];
    return more["stop_sequence"].string_or();
}

} // namespace detail

LLMX_DECL result<chat_reply> bedrock_converse::decode_reply(std::string_view body) {
    json_document parsed(body);
    if (!parsed.good()) return llmx::error(errc::bad_response, parsed.status().error().message());
    const json_cursor in = parsed.root();
    const json_cursor output = in["output"];
    const json_cursor message = output["message"];
    const json_cursor content = message["content"];
    if (content.array() == nullptr) return llmx::error(errc::bad_response, "the answer has no output.message.content");

    chat_reply r;
    chat_choice& choice = r.choices.emplace_back();
    content.each([&choice](const json_cursor& block, std::size_t) {
        if (block.object() != nullptr) choice.answer.content.push_back(detail::bedrock_reply_part(block));
    });
    choice.finish = detail::bedrock_finish(in["stopReason"].string_or());
    choice.stop_sequence = detail::bedrock_stop_sequence(in);
    detail::unwrap_answer_tool(choice, json_tool_name);
    // The latency is the provider's own; the call has its own times.
    detail::bedrock_keep_extra(*in.object(), {"output", "stopReason", "usage", "metrics", "serviceTier"}, r.extra);
    if (const json_cursor tier = in["serviceTier"]) {
        r.service_tier = detail::read_enum(detail::bedrock_tiers, tier["type"].string_or());
        if (!r.service_tier) r.extra.add(name, "serviceTier", tier.text());
    }
    const json_cursor used = in["usage"];
    if (const boost::json::object* const tokens = used.object()) {
        detail::bedrock_counts counts;
        detail::bedrock_read_counts(*tokens, counts);
        r.usage = counts.totals();
        extra_members more;
        detail::bedrock_keep_extra(*tokens, {"inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens"}, more);
        for (const extra_members::member& m : more.members) r.extra.add(name, "usage." + m.name, m.value.text);
    }
    return r;
}

LLMX_DECL usage bedrock_converse::scan_usage(std::string_view body) {
    detail::bedrock_counts counts;
    const result<void> scanned = scan_json_members(body, [&counts](const json_member& m) {
        if (m.named("usage") && m.value.starts_with('{')) detail::bedrock_scan_counts(m.value, counts);
    });
    return scanned ? counts.totals() : usage();
}

} // namespace llmx::inline v0
