// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>

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

/// The source that a citation names, of whichever kind.
LLMX_DECL void bedrock_read_source_of(const boost::json::object& o, citation& to) {
    const json_reader in(o);
    to.title = in.string_or("title");
    if (const auto* location = in.object_or_null("location"))
        if (const auto* web = json_reader(*location).object_or_null("web")) to.url = json_reader(*web).string_or("url");
    if (const auto* pieces = in.array_or_null("sourceContent"))
        for (const auto& piece : *pieces)
            if (piece.is_object()) to.quote += json_reader(piece.get_object()).string_or("text");
}

/// A citation with the members that all vocabularies share taken out. Positions are those in the cited document.
[[nodiscard]] LLMX_DECL citation bedrock_citation(const boost::json::object& o) {
    citation c;
    bedrock_read_source_of(o, c);
    for (const auto& m : o) c.original.add(bedrock_converse::name, std::string(std::string_view(m.key())), json_text(m.value()));
    return c;
}

[[nodiscard]] LLMX_DECL content_part bedrock_cited_text(const boost::json::object& o) {
    const json_reader in(o);
    text_part t;
    if (const auto* content = in.array_or_null("content"))
        for (const auto& piece : *content)
            if (piece.is_object()) t.text += json_reader(piece.get_object()).string_or("text");
    if (const auto* citations = in.array_or_null("citations"))
        for (const auto& c : *citations)
            if (c.is_object()) t.citations.push_back(bedrock_citation(c.get_object()));
    return t;
}

[[nodiscard]] LLMX_DECL content_part bedrock_thought(const boost::json::object& o) {
    const json_reader in(o);
    thinking_part t;
    t.signer = bedrock_converse::name;
    if (const auto* text = in.object_or_null("reasoningText")) {
        t.text = json_reader(*text).string_or("text");
        t.signature = json_reader(*text).string_or("signature");
    }
    t.redacted_data = in.string_or("redactedContent");
    // Nobody signed it.
    if (t.signature.empty() && t.redacted_data.empty()) t.signer.clear();
    return t;
}

/// One content block of an answer, read leniently: an object of one member.
[[nodiscard]] LLMX_DECL content_part bedrock_reply_part(const boost::json::object& o) {
    const json_reader in(o);
    if (const auto* text = in.find("text"); text != nullptr && text->is_string()) return text_part(std::string(text->get_string()));
    if (const auto* cited = in.object_or_null("citationsContent")) return bedrock_cited_text(*cited);
    if (const auto* thought = in.object_or_null("reasoningContent")) return bedrock_thought(*thought);
    // A tool that the service ran is no call for the caller.
    if (const auto* use = in.object_or_null("toolUse"); use != nullptr && json_reader(*use).string_or("type").empty()) {
        const json_reader call(*use);
        const auto* const input = call.find("input");
        tool_call_part c(std::string(call.string_or("toolUseId")), std::string(call.string_or("name")),
                         input != nullptr ? json_text(*input) : std::string("{}"));
        bedrock_keep_extra(*use, {"toolUseId", "name", "input"}, c.extra);
        return c;
    }
    return opaque_part(bedrock_converse::name, json_text(o));
}

/// The member stop_sequence of additionalModelResponseFields.
[[nodiscard]] LLMX_DECL std::string_view bedrock_stop_sequence(const boost::json::object& o) noexcept {
    const auto* const more = json_reader(o).object_or_null("additionalModelResponseFields");
    return more != nullptr ? json_reader(*more).string_or("stop_sequence") : std::string_view();
}

} // namespace detail

LLMX_DECL result<chat_reply> bedrock_converse::decode_reply(std::string_view body) {
    boost::json::monotonic_resource memory;
    const auto parsed = parse_json_object(body, &memory);
    if (!parsed) return llmx::error(errc::bad_response, parsed.error().message());
    const json_reader in(*parsed);
    const auto* const output = in.object_or_null("output");
    const auto* const message = output != nullptr ? json_reader(*output).object_or_null("message") : nullptr;
    const auto* const content = message != nullptr ? json_reader(*message).array_or_null("content") : nullptr;
    if (content == nullptr) return llmx::error(errc::bad_response, "the answer has no output.message.content");

    chat_reply r;
    chat_choice& choice = r.choices.emplace_back();
    for (const auto& block : *content)
        if (block.is_object()) choice.answer.content.push_back(detail::bedrock_reply_part(block.get_object()));
    choice.finish = detail::bedrock_finish(in.string_or("stopReason"));
    choice.stop_sequence = detail::bedrock_stop_sequence(*parsed);
    detail::unwrap_answer_tool(choice, json_tool_name);
    // The latency is the provider's own; the call has its own times.
    detail::bedrock_keep_extra(*parsed, {"output", "stopReason", "usage", "metrics", "serviceTier"}, r.extra);
    if (const auto* tier = in.object_or_null("serviceTier")) {
        r.service_tier = detail::read_enum(detail::bedrock_tiers, json_reader(*tier).string_or("type"));
        if (!r.service_tier) r.extra.add(name, "serviceTier", json_text(*tier));
    }
    if (const auto* tokens = in.object_or_null("usage")) {
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
