// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/gemini/detail/generate_fields.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/base64.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::string generate_call_id_begin(std::string_view response_id) {
    std::string id(generate_made_up_id);
    if (!response_id.empty()) {
        // Response ids are too long for vendors that allow 40 characters.
        id += hash_digits(response_id);
        id += '_';
    }
    return id;
}

LLMX_DECL void generate_calls::response_id(std::string_view id) { made_up_begin_ = generate_call_id_begin(id); }

LLMX_DECL std::string generate_calls::add(std::string_view id, std::string_view name) {
    noted_call& c = calls_.emplace_back();
    c.id = id.empty() ? make_up() : std::string(id);
    c.name = name;
    by_id_[c.id].calls.push_back(&c);
    if (id.empty()) by_id_[std::string_view()].calls.push_back(&c);
    by_name_[c.name].calls.push_back(&c);
    return c.id;
}

LLMX_DECL generate_calls::noted_call* generate_calls::oldest(index& of, std::string_view key) noexcept {
    const auto at = of.find(key);
    if (at == of.end()) return nullptr;
    auto& [calls, first] = at->second;
    while (first < calls.size() && calls[first]->answered) ++first;
    return first < calls.size() ? calls[first] : nullptr;
}

LLMX_DECL std::string generate_calls::answer(std::string_view id, std::string_view name) {
    if (noted_call* const c = id.empty() ? oldest(by_name_, name) : oldest(by_id_, id)) {
        c->answered = true;
        return c->id;
    }
    return id.empty() ? make_up() : std::string(id);
}

LLMX_DECL std::string_view generate_calls::name_of(std::string_view id) const noexcept {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? std::string_view() : at->second.calls.back()->name;
}

LLMX_DECL std::string_view generate_calls::answer_next() noexcept {
    noted_call* const c = oldest(by_id_, std::string_view());
    if (c == nullptr) return std::string_view();
    c->answered = true;
    return c->name;
}

LLMX_DECL std::string generate_base64(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c == '-')
            c = '+';
        else if (c == '_')
            c = '/';
    }
    while (out.size() % 4 != 0) out += '=';
    return out;
}

LLMX_DECL std::string generate_write_signature(std::string_view signature, std::string_view signer) {
    const std::string tag = signature_tag(signer, gemini_generate::name);
    return tag.empty() ? std::string(signature) : base64_encode(tag + std::string(signature));
}

LLMX_DECL void generate_read_signature(std::string_view text, thinking_part& to) {
    std::string tagged;
    if (text.starts_with(gemini_foreign_signature))
        if (auto bytes = base64_decode(generate_base64(text)); bytes.has_value()) tagged = std::move(*bytes);
    const signed_by read = read_signature(tagged.empty() ? text : std::string_view(tagged), gemini_generate::name);
    to.signature = read.signature;
    to.signer = read.signer;
}

LLMX_DECL finish_reason generate_read_finish(std::string_view word, bool has_calls) noexcept {
    if (word == "STOP") return has_calls ? finish_reason::tool_calls : finish_reason::stop;
    if (word == "MAX_TOKENS") return finish_reason::length;
    if (word.empty() || word == "FINISH_REASON_UNSPECIFIED") return finish_reason::none;
    // No word of Google's, but of servers that imitate it.
    if (word == "FUNCTION_CALL" || word == "TOOL_CALLS") return finish_reason::tool_calls;
    if (word == "CONTINUATION") return finish_reason::pause;
    for (const std::string_view filtered :
         {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
          "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "ESCALATION", "MODEL_ARMOR"})
        if (word == filtered) return finish_reason::content_filter;
    return finish_reason::failed;
}

LLMX_DECL std::string generate_failure_words(const json_cursor& candidate) {
    std::string words(candidate["finishReason"].string_or());
    if (const std::string_view why = candidate["finishMessage"].string_or(); !why.empty()) (words += ": ") += why;
    return words;
}

LLMX_DECL std::string_view generate_finish_word(finish_reason reason) noexcept {
    switch (reason) {
    case finish_reason::none: return {};
    case finish_reason::stop:
    case finish_reason::stop_sequence:
    case finish_reason::tool_calls:
    case finish_reason::pause: return "STOP";
    case finish_reason::length: return "MAX_TOKENS";
    case finish_reason::content_filter: return "SAFETY";
    case finish_reason::failed: return "OTHER";
    }
    return "OTHER";
}

/// The tokens of \p kind that \p details, a list of ModalityTokenCount, has.
LLMX_DECL [[nodiscard]] std::int64_t generate_read_modality(const json_cursor& details, std::string_view kind) {
    const boost::json::array* const list = details.array();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const json_cursor one = details[i];
        if (one["modality"].string_or() == kind) return one["tokenCount"].count_or();
    }
    return 0;
}

LLMX_DECL std::optional<service_tier> generate_tier_of(std::string_view word) noexcept {
    if (word == "ON_DEMAND_PRIORITY" || word == "priority" || word == "SERVICE_TIER_PRIORITY") return service_tier::priority;
    if (word == "ON_DEMAND_FLEX" || word == "flex" || word == "SERVICE_TIER_FLEX") return service_tier::flex;
    return std::nullopt;
}

LLMX_DECL std::int64_t generate_count_searches(const json_cursor& candidates) {
    std::int64_t count = 0;
    candidates.each_object_or_skip([&count](const json_cursor& one, std::size_t) {
        const json_cursor grounding = one["groundingMetadata"], queries = grounding["webSearchQueries"];
        if (queries.array() != nullptr) count += static_cast<std::int64_t>(queries.array()->size());
    });
    return count;
}

LLMX_DECL usage generate_read_usage(const json_cursor& in) {
    usage u;
    u.input_tokens = add_counts(in["promptTokenCount"].count_or(), in["toolUsePromptTokenCount"].count_or());
    u.reasoning_tokens = in["thoughtsTokenCount"].count_or();
    if (const json_cursor answer = in["candidatesTokenCount"]) {
        u.output_tokens = add_counts(answer.count_or(), u.reasoning_tokens);
    } else {
        // Left out when nothing but thoughts was generated: the total shows how many.
        u.output_tokens = std::max(u.reasoning_tokens, subtract_counts(in["totalTokenCount"].count_or(), u.input_tokens));
    }
    u.cached_tokens = in["cachedContentTokenCount"].count_or();
    const json_cursor prompt = in["promptTokensDetails"], answered = in["candidatesTokensDetails"];
    u.input_audio_tokens = generate_read_modality(prompt, "AUDIO");
    u.output_audio_tokens = generate_read_modality(answered, "AUDIO");
    u.input_image_tokens = generate_read_modality(prompt, "IMAGE");
    u.output_image_tokens = generate_read_modality(answered, "IMAGE");
    for (const char* const name : {"serviceTier", "trafficType"})
        if (const auto tier = generate_tier_of(in[name].string_or()); tier) u.tier = tier;
    return u;
}

LLMX_DECL void generate_write_usage(json_writer& w, const usage& u) {
    const auto details = [&w](std::string_view key, std::int64_t all, std::int64_t audio, std::int64_t images) {
        if (audio <= 0 && images <= 0) return;
        w.key(key).array();
        const auto one = [&w](std::string_view modality, std::int64_t count) {
            if (count > 0) w.object().member("modality", modality).member("tokenCount", count).end_object();
        };
        one("TEXT", subtract_counts(subtract_counts(all, audio), images));
        one("AUDIO", audio);
        one("IMAGE", images);
        w.end_array();
    };
    const std::int64_t answer = subtract_counts(u.output_tokens, u.reasoning_tokens);
    w.object();
    w.member("promptTokenCount", u.input_tokens);
    w.member("candidatesTokenCount", answer);
    w.member("totalTokenCount", u.total_tokens());
    if (u.cached_tokens > 0) w.member("cachedContentTokenCount", u.cached_tokens);
    if (u.reasoning_tokens > 0) w.member("thoughtsTokenCount", u.reasoning_tokens);
    details("promptTokensDetails", u.input_tokens, u.input_audio_tokens, u.input_image_tokens);
    details("candidatesTokensDetails", answer, u.output_audio_tokens, u.output_image_tokens);
    w.end_object();
}

/// A LogprobsResult.Candidate as the members of OpenAI's token.
LLMX_DECL void generate_read_token(const json_cursor& candidate, json_writer& w) {
    const json_cursor p = candidate["logProbability"];
    w.member("token", candidate["token"].string_or()).key("logprob");
    if (p.value() != nullptr && p.value()->is_number()) w.raw(p.text());
    else w.value(0);
    w.key("bytes").null();
}

LLMX_DECL std::string generate_read_logprobs(const json_cursor& in) {
    const json_cursor chosen = in["chosenCandidates"], top = in["topCandidates"];
    if (chosen.array() == nullptr) return std::string();
    std::string out;
    json_writer w(out);
    w.object().key("content").array();
    chosen.each_object_or_skip([&w, &top](const json_cursor& token, std::size_t i) {
        const json_cursor step = top[i], likely = step["candidates"];
        w.object();
        generate_read_token(token, w);
        w.key("top_logprobs").array();
        likely.each_object_or_skip([&w](const json_cursor& one, std::size_t) {
            w.object();
            generate_read_token(one, w);
            w.end_object();
        });
        w.end_array().end_object();
    });
    w.end_array().end_object();
    return out;
}

LLMX_DECL void generate_write_token(json_writer& w, const json_cursor& token) {
    const json_cursor p = token["logprob"];
    w.object().member("token", token["token"].string_or());
    if (p.value() != nullptr && p.value()->is_number()) w.raw_member("logProbability", p.text());
    w.end_object();
}

LLMX_DECL std::string generate_write_logprobs(std::string_view logprobs) {
    json_document document(logprobs);
    const json_cursor in = document.root(), content = in["content"];
    const boost::json::array* const all = content.array();
    if (all == nullptr) return std::string();
    std::string out;
    json_writer w(out);
    const auto write = [&w](const json_cursor& token, std::size_t) { generate_write_token(w, token); };
    w.object().key("topCandidates").array();
    for (std::size_t i = 0; i < all->size(); ++i) {
        const json_cursor token = content[i], likely = token["top_logprobs"];
        w.object().key("candidates").array();
        likely.each_object_or_skip(write);
        w.end_array().end_object();
    }
    w.end_array().key("chosenCandidates").array();
    content.each_object_or_skip(write);
    w.end_array().end_object();
    return out;
}

/// Where a piece of a tool's result was: the response is its text, media follow it.
LLMX_DECL [[nodiscard]] std::string generate_piece_path(const request_place& at, const chat_request& request) {
    std::size_t media = at.item_index();
    const tool_result_part* answer = nullptr;
    if (at.message_index() < request.messages.size()) {
        const message& m = request.messages[at.message_index()];
        if (at.part_index() < m.content.size()) answer = std::get_if<tool_result_part>(&m.content[at.part_index()]);
    }
    const bool has_text = answer != nullptr && !answer->content.empty() && std::holds_alternative<text_part>(answer->content[0]);
    if (has_text && media == 0) return "functionResponse.response";
    std::string path = "functionResponse.parts";
    append_place_index(path, static_cast<std::uint32_t>(media - (has_text ? 1 : 0)));
    return path;
}

} // namespace detail

LLMX_DECL std::string gemini_generate::caller_path(const request_place& at, const chat_request& request) {
    static constexpr std::string_view messages[] = {"contents", "systemInstruction"}, parts[] = {"parts"}, tools[] = {"tools"};
    static constexpr detail::wire_names names{messages, parts, tools, "functionDeclarations", detail::generate_tables};
    request_place inside;
    if (at.member() != nullptr) inside = inside.of(*at.member());
    if (at.inner() != nullptr) inside = inside.of(*at.inner());
    if (at.part_index() != request_place::no_index && at.item_index() != request_place::no_index) {
        std::string full = detail::wire_path(request_place().message(at.message_index()).part(at.part_index()), request, names);
        detail::append_place_member(full, detail::generate_piece_path(at, request));
        const std::string rest = detail::wire_path(inside.other(at.other_name()), detail::generate_tables);
        if (!rest.empty()) detail::append_place_member(full, rest);
        return full;
    }
    if (at.is<&chat_request::response_format>() && at.inner() != nullptr) {
        // Its members are beside those of the request. A place without a name there belongs to the whole.
        const field_rule* const rule = detail::find_field_rule(detail::generate_format_fields.view(), at.inner());
        const bool named = rule != nullptr && !rule->name.empty();
        return detail::wire_path(named ? request_place().of(*at.inner()) : request_place().of<&chat_request::response_format>(),
                                 detail::generate_tables);
    }
    return detail::wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI
