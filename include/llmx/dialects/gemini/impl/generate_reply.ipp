// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

[[nodiscard]] LLMX_DECL chat_choice decode_gemini_candidate(const boost::json::object& o, gemini_calls& calls) {
    const proto_reader in(o);
    chat_choice choice;
    bool has_calls = false;
    const auto* content = in.find("content");
    if (content != nullptr && content->is_object()) {
        const auto* parts = proto_find(content->get_object(), "parts");
        if (parts != nullptr && parts->is_array()) {
            for (const auto& p : parts->get_array()) {
                if (!p.is_object()) continue;
                choice.answer.content.push_back(decode_gemini_reply_part(p.get_object(), calls));
                has_calls = has_calls || std::holds_alternative<tool_call_part>(choice.answer.content.back());
            }
        }
    }
    const std::string_view word = json_reader(o).string_or("finishReason", json_reader(o).string_or("finish_reason"));
    choice.finish = gemini_finish_reason(word, has_calls);
    if (!word.empty() && choice.finish != finish_reason::none && word != gemini_finish_word(choice.finish) &&
        word != "FUNCTION_CALL" && word != "TOOL_CALLS")
        choice.extra.add(gemini_generate::name, "finishReason", proto_json_text(*in.find("finishReason")));
    if (const auto* logprobs = in.find("logprobsResult"); logprobs != nullptr && logprobs->is_object())
        choice.logprobs = raw_json(gemini_logprobs_to_openai(logprobs->get_object()));
    decode_gemini_citations(o, choice.answer);
    in.unknown({"content", "finishReason", "index", "logprobsResult"}, {}, choice.extra);
    return choice;
}

/// The parts of an answer. False when a call could not be written; \p broken is its name.
[[nodiscard]] LLMX_DECL bool write_gemini_answer(json_writer& w, const message& answer, std::string_view& broken) {
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
            if (thought->text.empty() && thought->signature.empty()) continue; // redacted: no words for it
            w.object().member("text", thought->text).member("thought", true);
            if (!thought->signature.empty())
                w.member("thoughtSignature", gemini_write_signature(thought->signature, thought->signer));
            write_proto_extra(w, thought->extra, {});
            w.end_object();
        } else if (const auto* call = std::get_if<tool_call_part>(&part)) {
            if (!trim_json(call->arguments).empty() && !is_json_object_text(call->arguments)) {
                broken = call->name;
                whole = false;
                continue;
            }
            w.object();
            write_gemini_call(w, call->id, call->name, call->arguments, &call->extra);
            if (!call->signature.empty()) w.member("thoughtSignature", call->signature);
            write_proto_extra(w, call->extra, {});
            w.end_object();
        } else if (const auto* opaque = std::get_if<opaque_part>(&part)) {
            if (opaque->origin == gemini_generate::name) w.raw(opaque->value.text);
        } else {
            const auto media_of = [&w](const media& m, std::string_view otherwise, const extra_members& extra) {
                if (m.data.empty() && m.url.empty() && m.file_id.empty()) return;
                w.object();
                write_gemini_media(w, m, otherwise, &extra);
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

LLMX_DECL void write_gemini_candidate(json_writer& w, const chat_choice& choice, std::size_t index) {
    std::string_view broken;
    w.object();
    const bool whole = write_gemini_answer(w, choice.answer, broken);
    const bool ours = choice.extra.speaks(gemini_generate::name);
    const bool own_reason = ours && choice.extra.find("finishReason") != nullptr;
    if (!whole) {
        w.member("finishReason", "MALFORMED_FUNCTION_CALL");
        w.member("finishMessage", "the arguments of the call of " + std::string(broken) + " are no JSON object");
    } else if (!own_reason) {
        const std::string_view word = gemini_finish_word(choice.finish);
        if (!word.empty()) w.member("finishReason", word);
    }
    w.member("index", index);
    if (!choice.logprobs.empty()) {
        const std::string logprobs = gemini_logprobs_from_openai(choice.logprobs.text);
        if (!logprobs.empty()) w.raw_member("logprobsResult", logprobs);
    }
    if (!ours || choice.extra.find("groundingMetadata") == nullptr) write_gemini_citations(w, choice.answer);
    if (ours) {
        for (const auto& m : choice.extra.members) {
            if (!whole && (m.name == "finishReason" || m.name == "finishMessage")) continue;
            w.raw_member(m.name, m.value.text);
        }
    }
    w.end_object();
}

/// Whether the reply is a prompt that was blocked: there is no candidate then.
[[nodiscard]] LLMX_DECL bool gemini_is_blocked(const chat_reply& reply) noexcept {
    return reply.choices.size() == 1 && reply.choices.front().answer.content.empty() &&
           reply.choices.front().finish == finish_reason::content_filter && reply.extra.speaks(gemini_generate::name) &&
           reply.extra.find("promptFeedback") != nullptr;
}

} // namespace detail

LLMX_DECL result<chat_reply> gemini_generate::decode_reply(std::string_view body) {
    unsigned char space[16384];
    boost::json::monotonic_resource memory(space, sizeof space);
    auto parsed = parse_json_object(body, &memory);
    if (parsed.has_error()) return error(errc::bad_response, "the provider's answer is " + parsed.error().message());
    const detail::proto_reader in(*parsed);
    if (const auto* failure = json_reader(*parsed).object_or_null("error"))
        return detail::gemini_stream_error(*failure);
    const json_reader lenient(*parsed);
    const auto* candidates = lenient.array_or_null("candidates");
    const auto* feedback = in.find("promptFeedback");
    const auto* metadata = in.find("usageMetadata");
    if (candidates == nullptr && feedback == nullptr && metadata == nullptr)
        return error(errc::bad_response, "the provider's answer has no candidates");

    chat_reply reply;
    if (const auto* v = in.find("responseId"); v != nullptr && v->is_string())
        reply.id = std::string_view(v->get_string());
    if (const auto* v = in.find("modelVersion"); v != nullptr && v->is_string())
        reply.model = std::string_view(v->get_string());
    detail::gemini_calls calls;
    calls.response_id(reply.id);
    std::vector<std::pair<std::int64_t, chat_choice>> found;
    if (candidates != nullptr) {
        for (const auto& c : *candidates) {
            if (!c.is_object()) continue;
            const std::int64_t index =
                json_reader(c.get_object()).count_or("index", static_cast<std::int64_t>(found.size()));
            found.emplace_back(index, detail::decode_gemini_candidate(c.get_object(), calls));
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& f : found) reply.choices.push_back(std::move(f.second));
    if (reply.choices.empty() && feedback != nullptr && feedback->is_object() &&
        detail::proto_find(feedback->get_object(), "blockReason") != nullptr) {
        chat_choice blocked;
        blocked.finish = finish_reason::content_filter;
        reply.choices.push_back(std::move(blocked));
    }
    if (metadata != nullptr && metadata->is_object()) reply.usage = detail::gemini_usage(metadata->get_object());
    in.unknown({"candidates", "usageMetadata", "modelVersion", "responseId"}, {}, reply.extra);
    return reply;
}

LLMX_DECL void gemini_generate::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    json_writer w(out);
    w.object();
    if (!detail::gemini_is_blocked(reply)) {
        w.key("candidates").array();
        for (std::size_t i = 0; i < reply.choices.size(); ++i) detail::write_gemini_candidate(w, reply.choices[i], i);
        w.end_array();
    }
    w.key("usageMetadata");
    detail::write_gemini_usage(w, reply.usage);
    const std::string_view model = reply.model.empty() ? options.model : std::string_view(reply.model);
    if (!model.empty()) w.member("modelVersion", model);
    const std::string_view id = reply.id.empty() ? options.id : std::string_view(reply.id);
    if (!id.empty()) w.member("responseId", id);
    detail::write_proto_extra(w, reply.extra, {});
    w.end_object();
}

} // namespace llmx::inline v0
