// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/sort_stably.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_fields.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] chat_choice generate_read_candidate(const json_cursor& in, generate_calls& calls) {
    static constexpr std::array<std::string_view, 1> known = {"index"};
    chat_choice choice;
    bool has_calls = false;
    const json_cursor content = in["content"], parts = content["parts"], reason = in["finishReason"], logprobs = in["logprobsResult"];
    parts.each_object_or_skip([&](const json_cursor& part, std::size_t) {
        choice.answer.content.push_back(generate_read_reply_part(part, calls));
        has_calls = has_calls || std::holds_alternative<tool_call_part>(choice.answer.content.back());
    });
    const std::string_view word = reason.string_or();
    choice.finish = generate_read_finish(word, has_calls);
    if (choice.finish == finish_reason::failed) choice.stop_sequence = generate_failure_words(in);
    if (choice.finish != finish_reason::none && word != generate_finish_word(choice.finish) && word != "FUNCTION_CALL" &&
        word != "TOOL_CALLS")
        choice.extra.add(gemini_generate::name, "finishReason", reason.text());
    if (logprobs.object() != nullptr) choice.logprobs = raw_json(generate_read_logprobs(logprobs));
    generate_add_citations(in, choice.answer);
    keep_extra_inside(in, generate_candidate_fields.view(), known, gemini_generate::name, {}, {}, choice.extra);
    return choice;
}

/// The parts of an answer. False when a call could not be written; \p broken is its name.
LLMX_DECL [[nodiscard]] bool generate_write_answer(json_writer& w, const message& answer, std::string_view& broken) {
    bool whole = true;
    w.key("content").object().key("parts").array();
    for (const auto& part : answer.content) {
        if (const auto* t = std::get_if<text_part>(&part)) {
            w.object().member("text", t->text);
            if (!t->signature.empty()) w.member("thoughtSignature", t->signature);
            write_proto_extra(w, t->extra, {});
            w.end_object();
        } else if (const auto* refusal = std::get_if<refusal_part>(&part)) {
            w.object().member("text", refusal->text).end_object();
        } else if (const auto* thought = std::get_if<thinking_part>(&part)) {
            if (thought->text.empty() && thought->signature.empty()) continue; // redacted thinking has no equivalent
            w.object().member("text", thought->text).member("thought", true);
            if (!thought->signature.empty())
                w.member("thoughtSignature", generate_write_signature(thought->signature, thought->signer));
            write_proto_extra(w, thought->extra, {});
            w.end_object();
        } else if (const auto* call = std::get_if<tool_call_part>(&part)) {
            if (!trim_json(call->arguments).empty() && !is_json_object_text(call->arguments)) {
                broken = call->name;
                whole = false;
                continue;
            }
            w.object();
            generate_write_call(w, call->id, call->name, call->arguments, &call->extra);
            if (!call->signature.empty()) w.member("thoughtSignature", call->signature);
            write_proto_extra(w, call->extra, {});
            w.end_object();
        } else if (const auto* opaque = std::get_if<opaque_part>(&part)) {
            if (opaque->origin == gemini_generate::name) w.raw(opaque->value.text);
        } else {
            const auto media_of = [&w](const media& m, std::string_view otherwise, const extra_members& extra) {
                if (m.data.empty() && m.url.empty() && m.file_id.empty()) return;
                w.object();
                generate_write_media(w, m, otherwise, extra);
                write_proto_extra(w, extra, {});
                w.end_object();
            };
            if (const auto* image = std::get_if<image_part>(&part)) media_of(image->source, "image/png", image->extra);
            if (const auto* audio = std::get_if<audio_part>(&part)) media_of(audio->source, "audio/wav", audio->extra);
            if (const auto* file = std::get_if<file_part>(&part))
                media_of(file->source, "application/octet-stream", file->extra);
        }
    }
    w.end_array().member("role", "model").end_object();
    return whole;
}

LLMX_DECL void generate_write_candidate(json_writer& w, const chat_choice& choice, std::size_t index) {
    std::string_view broken;
    w.object();
    const bool whole = generate_write_answer(w, choice.answer, broken);
    const bool ours = choice.extra.speaks(gemini_generate::name);
    const bool own_reason = ours && choice.extra.find("finishReason") != nullptr;
    if (!whole) {
        w.member("finishReason", "MALFORMED_FUNCTION_CALL");
        w.member("finishMessage", "the arguments of the call of " + std::string(broken) + " are not a JSON object");
    } else if (!own_reason) {
        const std::string_view word = generate_finish_word(choice.finish);
        if (!word.empty()) w.member("finishReason", word);
    }
    w.member("index", index);
    if (!choice.logprobs.empty()) {
        const std::string logprobs = generate_write_logprobs(choice.logprobs.text);
        if (!logprobs.empty()) w.raw_member("logprobsResult", logprobs);
    }
    if (!ours || choice.extra.find("groundingMetadata") == nullptr) generate_write_citations(w, choice.answer);
    if (ours) {
        for (const auto& m : choice.extra.members) {
            if (!whole && (m.name == "finishReason" || m.name == "finishMessage")) continue;
            w.raw_member(extra_members::wire_name(m.name), m.value.text);
        }
    }
    w.end_object();
}

/// Whether the reply is a prompt that was blocked: there is no candidate then.
LLMX_DECL [[nodiscard]] bool generate_is_blocked(const chat_reply& reply) noexcept {
    return reply.choices.size() == 1 && reply.choices.front().answer.content.empty() &&
           reply.choices.front().finish == finish_reason::content_filter && reply.extra.speaks(gemini_generate::name) &&
           reply.extra.find("promptFeedback") != nullptr;
}

} // namespace detail

LLMX_DECL result<chat_reply> gemini_generate::decode_reply(std::string_view body) {
    json_document document(body, json_naming::proto);
    if (const result<void> read = document.status(); !read)
        return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), failure = in["error"], candidates = in["candidates"], feedback = in["promptFeedback"],
                      metadata = in["usageMetadata"];
    if (failure.object() != nullptr) return detail::generate_read_failure(failure);
    if (candidates.array() == nullptr && !feedback && !metadata) return error(errc::bad_response, "the provider's answer has no candidates");

    chat_reply reply;
    reply.id = in["responseId"].string_or();
    reply.model = in["modelVersion"].string_or();
    detail::generate_calls calls;
    calls.response_id(reply.id);
    std::vector<std::pair<std::int64_t, chat_choice>> found;
    candidates.each_object_or_skip([&found, &calls](const json_cursor& one, std::size_t) {
        const std::int64_t index = one["index"].count_or(static_cast<std::int64_t>(found.size()));
        found.emplace_back(index, detail::generate_read_candidate(one, calls));
    });
    detail::sort_stably(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& f : found) reply.choices.push_back(std::move(f.second));
    if (reply.choices.empty() && feedback["blockReason"]) reply.choices.emplace_back().finish = finish_reason::content_filter;
    reply.usage = detail::generate_read_usage(metadata);
    reply.usage.web_searches = detail::generate_count_searches(candidates);
    detail::keep_extra_inside(in, detail::generate_reply_fields.view(), {}, name, {}, {}, reply.extra);
    return reply;
}

LLMX_DECL void gemini_generate::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    json_writer w(out);
    w.object();
    if (!detail::generate_is_blocked(reply)) {
        w.key("candidates").array();
        for (std::size_t i = 0; i < reply.choices.size(); ++i) detail::generate_write_candidate(w, reply.choices[i], i);
        w.end_array();
    }
    w.key("usageMetadata");
    detail::generate_write_usage(w, reply.usage);
    const std::string_view model = reply.model.empty() ? options.model : std::string_view(reply.model);
    if (!model.empty()) w.member("modelVersion", model);
    const std::string_view id = reply.id.empty() ? options.id : std::string_view(reply.id);
    if (!id.empty()) w.member("responseId", id);
    detail::write_proto_extra(w, reply.extra, {});
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI
