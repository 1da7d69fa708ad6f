// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The source that a citation names, of whichever kind.
LLMX_DECL void bedrock_read_source_of(const json_cursor& in, citation& to) {
    to.title = in["title"].string_or();
    const json_cursor location = in["location"], web = location["web"], pieces = in["sourceContent"];
    to.url = web["url"].string_or();
    pieces.each_object_or_skip([&to](const json_cursor& piece, std::size_t) { to.quote += piece["text"].string_or(); });
}

/// A citation with the members that all vocabularies share taken out. Positions are those in the cited document.
LLMX_DECL [[nodiscard]] citation bedrock_citation(const json_cursor& in) {
    citation c;
    bedrock_read_source_of(in, c);
    for (const auto& m : *in.object()) c.original.add(bedrock_converse::name, std::string(std::string_view(m.key())), json_text(m.value()));
    return c;
}

LLMX_DECL [[nodiscard]] content_part bedrock_cited_text(const json_cursor& in) {
    text_part t;
    const json_cursor content = in["content"], citations = in["citations"];
    content.each_object_or_skip([&t](const json_cursor& piece, std::size_t) { t.text += piece["text"].string_or(); });
    citations.each_object_or_skip([&t](const json_cursor& one, std::size_t) { t.citations.push_back(bedrock_citation(one)); });
    return t;
}

LLMX_DECL [[nodiscard]] content_part bedrock_thought(const json_cursor& in) {
    thinking_part t;
    t.signer = bedrock_converse::name;
    const json_cursor text = in["reasoningText"];
    t.text = text["text"].string_or();
    t.signature = text["signature"].string_or();
    t.redacted_data = in["redactedContent"].string_or();
    // It is not signed.
    if (t.signature.empty() && t.redacted_data.empty()) t.signer.clear();
    return t;
}

/// Whether \p use, a toolUse, is of a tool that the service runs itself: it is not a call for the caller.
LLMX_DECL [[nodiscard]] bool bedrock_runs_itself(const json_cursor& use) noexcept { return !use["type"].string_or().empty(); }

/// One content block of an answer, read leniently: an object of one member.
LLMX_DECL [[nodiscard]] content_part bedrock_reply_part(const json_cursor& in) {
    static constexpr std::string_view known[] = {"toolUseId", "name", "input"};
    const json_cursor text = in["text"], cited = in["citationsContent"], thought = in["reasoningContent"], use = in["toolUse"];
    if (text.is_string()) return text_part(std::string(text.string_or()));
    if (cited.object() != nullptr) return bedrock_cited_text(cited);
    if (thought.object() != nullptr) return bedrock_thought(thought);
    if (use.object() == nullptr || bedrock_runs_itself(use)) return opaque_part(bedrock_converse::name, in.text());
    const json_cursor input = use["input"];
    tool_call_part c(std::string(use["toolUseId"].string_or()), std::string(use["name"].string_or()),
                     input ? input.text() : std::string("{}"));
    keep_extra(use, {}, known, bedrock_converse::name, {}, {}, c.extra);
    return c;
}

/// The member stop_sequence of additionalModelResponseFields.
LLMX_DECL [[nodiscard]] std::string_view bedrock_stop_sequence(const json_cursor& in) noexcept {
    const json_cursor more = in["additionalModelResponseFields"];
    return more["stop_sequence"].string_or();
}

} // namespace detail

LLMX_DECL result<chat_reply> bedrock_converse::decode_reply(std::string_view body) {
    static constexpr std::string_view known[] = {"output", "stopReason", "usage", "metrics", "serviceTier"};
    static constexpr std::string_view counted[] = {"inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens",
                                                   "cacheWriteInputTokens"};
    json_document document(body);
    if (const result<void> good = document.status(); !good) return llmx::error(errc::bad_response, good.error().message());
    const json_cursor in = document.root(), output = in["output"], message = output["message"], content = message["content"];
    if (content.array() == nullptr) return llmx::error(errc::bad_response, "the answer has no output.message.content");

    chat_reply r;
    chat_choice& choice = r.choices.emplace_back();
    content.each_object_or_skip([&choice](const json_cursor& block, std::size_t) {
        choice.answer.content.push_back(detail::bedrock_reply_part(block));
    });
    choice.finish = detail::bedrock_finish(in["stopReason"].string_or());
    choice.stop_sequence = choice.finish == finish_reason::failed ? in["stopReason"].string_or() : detail::bedrock_stop_sequence(in);
    detail::unwrap_answer_tool(choice, json_tool_name);
    // The latency is the provider's own; the call has its own times.
    detail::keep_extra(in, {}, known, name, {}, {}, r.extra);
    if (const json_cursor tier = in["serviceTier"]; tier.object() != nullptr) {
        r.service_tier = detail::read_enum(detail::bedrock_tiers, tier["type"].string_or());
        if (!r.service_tier) r.extra.add(name, "serviceTier", tier.text());
    }
    if (const json_cursor tokens = in["usage"]; tokens.object() != nullptr) {
        detail::bedrock_counts counts;
        detail::bedrock_read_counts(*tokens.object(), counts);
        counts.tier = r.service_tier;
        r.usage = counts.totals();
        detail::keep_extra(tokens, {}, counted, name, "usage.", {}, r.extra);
    }
    return r;
}

LLMX_DECL bool bedrock_converse::holds_answer(std::string_view body) noexcept {
    return detail::json_text_opens(body, "message", "{") || detail::json_text_has_word(body, "stopReason");
}

LLMX_DECL usage bedrock_converse::scan_usage(std::string_view body) {
    detail::bedrock_counts counts;
    const result<void> scanned = scan_json_members(body, [&counts](const json_member& m) {
        if (!m.value.starts_with('{')) return;
        if (m.named("usage")) detail::bedrock_scan_counts(m.value, counts);
        else if (m.named("serviceTier")) detail::bedrock_scan_tier(m.value, counts);
    });
    return scanned ? counts.totals() : usage();
}

} // namespace llmx::inline LLMX_ABI
