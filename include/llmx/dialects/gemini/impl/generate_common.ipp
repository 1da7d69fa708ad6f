// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/fnv1a.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/base64.hpp>

#include <algorithm>
#include <cstdio>

namespace llmx::inline v0::detail {

LLMX_DECL std::string gemini_call_id_begin(std::string_view response_id) {
    std::string id(gemini_made_up_id);
    if (!response_id.empty()) {
        // Response ids are too long for vendors that allow 40 characters.
        char digits[20];
        std::snprintf(digits, sizeof digits, "%016llx_", static_cast<unsigned long long>(fnv1a(response_id)));
        id += digits;
    }
    return id;
}

LLMX_DECL void gemini_calls::response_id(std::string_view id) { made_up_begin_ = gemini_call_id_begin(id); }

LLMX_DECL std::string gemini_calls::add(std::string_view id, std::string_view name) {
    call& c = calls_.emplace_back();
    c.id = id.empty() ? make_up() : std::string(id);
    c.name = name;
    by_id_[c.id].calls.push_back(&c);
    by_name_[c.name].calls.push_back(&c);
    return c.id;
}

LLMX_DECL gemini_calls::call* gemini_calls::oldest(index& of, std::string_view key) noexcept {
    const auto at = of.find(key);
    if (at == of.end()) return nullptr;
    auto& [calls, first] = at->second;
    while (first < calls.size() && calls[first]->answered) ++first;
    return first < calls.size() ? calls[first] : nullptr;
}

LLMX_DECL std::string gemini_calls::answer(std::string_view id, std::string_view name) {
    if (call* const c = id.empty() ? oldest(by_name_, name) : oldest(by_id_, id)) {
        c->answered = true;
        return c->id;
    }
    return id.empty() ? make_up() : std::string(id);
}

LLMX_DECL std::string_view gemini_calls::name_of(std::string_view id) const noexcept {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? std::string_view() : at->second.calls.back()->name;
}

LLMX_DECL std::string gemini_base64(std::string_view text) {
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

LLMX_DECL std::string gemini_write_signature(std::string_view signature, std::string_view signer) {
    const std::string tag = signature_tag(signer, gemini_generate::name);
    return tag.empty() ? std::string(signature) : base64_encode(tag + std::string(signature));
}

LLMX_DECL void gemini_read_signature(std::string_view text, thinking_part& to) {
    std::string tagged;
    if (text.starts_with(gemini_foreign_signature))
        if (auto bytes = base64_decode(gemini_base64(text)); bytes.has_value()) tagged = std::move(*bytes);
    const signed_by read = read_signature(tagged.empty() ? text : std::string_view(tagged), gemini_generate::name);
    to.signature = read.signature;
    to.signer = read.signer;
}

LLMX_DECL finish_reason gemini_finish_reason(std::string_view word, bool has_calls) noexcept {
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

LLMX_DECL std::string_view gemini_finish_word(finish_reason reason) noexcept {
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

[[nodiscard]] LLMX_DECL std::int64_t gemini_count(const boost::json::object& o, std::string_view camel) noexcept {
    const auto* v = proto_find(o, camel);
    return v == nullptr ? 0 : json_count(*v).value_or(0);
}

[[nodiscard]] LLMX_DECL std::int64_t gemini_audio_count(const boost::json::object& o, std::string_view camel) noexcept {
    const auto* v = proto_find(o, camel);
    if (v == nullptr || !v->is_array()) return 0;
    for (const auto& e : v->get_array()) {
        const auto* detail = e.if_object();
        if (detail == nullptr) continue;
        const auto* modality = detail->if_contains("modality");
        if (modality != nullptr && modality->is_string() && modality->get_string() == "AUDIO")
            return gemini_count(*detail, "tokenCount");
    }
    return 0;
}

LLMX_DECL usage gemini_usage(const boost::json::object& m) {
    usage u;
    const std::int64_t tool_prompt = gemini_count(m, "toolUsePromptTokenCount");
    u.input_tokens = add_counts(gemini_count(m, "promptTokenCount"), tool_prompt);
    u.reasoning_tokens = gemini_count(m, "thoughtsTokenCount");
    if (proto_find(m, "candidatesTokenCount") != nullptr) {
        u.output_tokens = add_counts(gemini_count(m, "candidatesTokenCount"), u.reasoning_tokens);
    } else {
        // Left out when nothing but thoughts was generated: the total tells.
        u.output_tokens = std::max(u.reasoning_tokens, subtract_counts(gemini_count(m, "totalTokenCount"), u.input_tokens));
    }
    u.cached_tokens = gemini_count(m, "cachedContentTokenCount");
    u.input_audio_tokens = gemini_audio_count(m, "promptTokensDetails");
    u.output_audio_tokens = gemini_audio_count(m, "candidatesTokensDetails");
    return u;
}

LLMX_DECL void write_gemini_usage(json_writer& w, const usage& u) {
    const auto details = [&w](std::string_view key, std::int64_t all, std::int64_t audio) {
        if (audio <= 0) return;
        w.key(key).array();
        if (all > audio) w.object().member("modality", "TEXT").member("tokenCount", all - audio).end_object();
        w.object().member("modality", "AUDIO").member("tokenCount", audio).end_object().end_array();
    };
    const std::int64_t answer = subtract_counts(u.output_tokens, u.reasoning_tokens);
    w.object();
    w.member("promptTokenCount", u.input_tokens);
    w.member("candidatesTokenCount", answer);
    w.member("totalTokenCount", u.total_tokens());
    if (u.cached_tokens > 0) w.member("cachedContentTokenCount", u.cached_tokens);
    if (u.reasoning_tokens > 0) w.member("thoughtsTokenCount", u.reasoning_tokens);
    details("promptTokensDetails", u.input_tokens, u.input_audio_tokens);
    details("candidatesTokensDetails", answer, u.output_audio_tokens);
    w.end_object();
}

LLMX_DECL void write_openai_token(json_writer& w, const boost::json::object& candidate) {
    const auto* token = proto_find(candidate, "token");
    const auto* p = proto_find(candidate, "logProbability");
    w.member("token",
             token != nullptr && token->is_string() ? std::string_view(token->get_string()) : std::string_view());
    w.key("logprob");
    if (p != nullptr && p->is_number())
        w.raw(proto_json_text(*p));
    else
        w.value(0);
    w.key("bytes").null();
}

LLMX_DECL std::string gemini_logprobs_to_openai(const boost::json::object& logprobs_result) {
    const auto* chosen = proto_find(logprobs_result, "chosenCandidates");
    if (chosen == nullptr || !chosen->is_array()) return {};
    const auto* top = proto_find(logprobs_result, "topCandidates");
    std::string out;
    json_writer w(out);
    w.object().key("content").array();
    const auto& all = chosen->get_array();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto* c = all[i].if_object();
        if (c == nullptr) continue;
        w.object();
        write_openai_token(w, *c);
        w.key("top_logprobs").array();
        if (top != nullptr && top->is_array() && i < top->get_array().size()) {
            const auto* step = top->get_array()[i].if_object();
            const auto* list = step == nullptr ? nullptr : proto_find(*step, "candidates");
            if (list != nullptr && list->is_array()) {
                for (const auto& e : list->get_array()) {
                    if (!e.is_object()) continue;
                    w.object();
                    write_openai_token(w, e.get_object());
                    w.end_object();
                }
            }
        }
        w.end_array().end_object();
    }
    w.end_array().end_object();
    return out;
}

LLMX_DECL void write_gemini_token(json_writer& w, const boost::json::object& token) {
    w.object();
    const json_reader in(token);
    w.member("token", in.string_or("token"));
    if (const auto* p = in.find("logprob"); p != nullptr && p->is_number())
        w.raw_member("logProbability", proto_json_text(*p));
    w.end_object();
}

LLMX_DECL std::string gemini_logprobs_from_openai(std::string_view logprobs) {
    auto parsed = parse_json_object(logprobs);
    if (parsed.has_error()) return {};
    const auto* content = json_reader(*parsed).array_or_null("content");
    if (content == nullptr) return {};
    std::string out;
    json_writer w(out);
    w.object().key("topCandidates").array();
    for (const auto& e : *content) {
        w.object().key("candidates").array();
        if (e.is_object())
            if (const auto* top = json_reader(e.get_object()).array_or_null("top_logprobs"))
                for (const auto& t : *top)
                    if (t.is_object()) write_gemini_token(w, t.get_object());
        w.end_array().end_object();
    }
    w.end_array().key("chosenCandidates").array();
    for (const auto& e : *content)
        if (e.is_object()) write_gemini_token(w, e.get_object());
    w.end_array().end_object();
    return out;
}

} // namespace llmx::inline v0::detail
