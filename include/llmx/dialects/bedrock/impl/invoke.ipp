// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/invoke.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends the request that \p Inner writes, changed by \p change, which takes its text.
template <class Inner, class Change>
[[nodiscard]] result<void> bedrock_invoke_encode(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops,
                                                 Change change) {
    std::string body;
    if (const result<void> written = Inner::encode_request(request, options, body, drops); !written) return written;
    // Which model and which of the two forms of an answer is in the URL.
    for (const std::string_view name : {"model", "stream"}) static_cast<void>(omit_member(body, name));
    if (const result<void> changed = change(body); !changed) return changed;
    out += body;
    return success();
}

/// The form of the vendor of \p model.
LLMX_DECL [[nodiscard]] prompted_form bedrock_prompted_form(std::string_view model) noexcept {
    const auto has = [model](std::string_view word) { return model.find(word) != std::string_view::npos; };
    if (has("amazon.titan"))
        return {.prompt = "inputText", .parameters = "textGenerationConfig", .limit = "maxTokenCount", .temperature = "temperature",
                .top_p = "topP", .stop = "stopSequences"};
    if (has("meta.llama")) return {.prompt = "prompt", .limit = "max_gen_len", .temperature = "temperature", .top_p = "top_p"};
    if (has("cohere.command"))
        return {.prompt = "prompt", .limit = "max_tokens", .temperature = "temperature", .top_p = "p", .top_k = "k", .stop = "stop_sequences",
                .has_history = has("command-r"), .names_stream = !has("command-r")};
    return {.prompt = "prompt", .limit = "max_tokens", .temperature = "temperature", .top_p = "top_p", .top_k = "top_k", .stop = "stop"};
}

/// Moves the members of Converse's `additionalModelRequestFields` to the top level, where objects of one name become one.
LLMX_DECL [[nodiscard]] result<void> bedrock_flatten_nova(std::string& body) {
    auto parsed = parse_json(body);
    if (parsed.has_error() || !parsed->is_object()) return error(errc::internal, "the request for Nova is not a JSON object");
    boost::json::object& top = parsed->get_object();
    if (const auto found = top.find("additionalModelRequestFields"); found != top.end()) {
        const boost::json::value more = std::move(found->value());
        top.erase("additionalModelRequestFields");
        if (const boost::json::object* const fields = more.if_object())
            for (const auto& field : *fields) {
                boost::json::value& there = top[field.key()];
                boost::json::object* const into = there.if_object();
                const boost::json::object* const from = field.value().if_object();
                if (into == nullptr || from == nullptr) there = field.value();
                else
                    for (const auto& member : *from) (*into)[member.key()] = member.value();
            }
    }
    if (!top.contains("schemaVersion")) top["schemaVersion"] = "messages-v1";
    body = json_text(*parsed);
    return success();
}

} // namespace detail

LLMX_DECL result<void> bedrock_invoke_messages::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                               drop_report& drops) {
    return detail::bedrock_invoke_encode<anthropic_messages>(request, options, out, drops, [](std::string& body) {
        if (!json_member_value(body, "anthropic_version"))
            body.insert(body.find('{') + 1, "\"anthropic_version\":\"" + std::string(anthropic_version) + "\",");
        return success();
    });
}

LLMX_DECL result<void> bedrock_invoke_nova::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                           drop_report& drops) {
    return detail::bedrock_invoke_encode<bedrock_converse>(request, options, out, drops, [&request, &drops](std::string& body) {
        if (omit_member(body, "serviceTier") && request.service_tier) drops.hint(request_place().of<&chat_request::service_tier>());
        return detail::bedrock_flatten_nova(body);
    });
}

LLMX_DECL result<void> bedrock_invoke_chat::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                           drop_report& drops) {
    return detail::bedrock_invoke_encode<openai_chat>(request, options, out, drops, [](std::string& body) {
        // Without `stream` it has no meaning; the last chunk has Bedrock's own counts.
        static_cast<void>(omit_member(body, "stream_options"));
        return success();
    });
}

LLMX_DECL result<chat_reply> bedrock_invoke_chat::decode_reply(std::string_view body) {
    std::string completed(body);
    detail::bedrock_complete_openai(completed);
    return openai_chat::decode_reply(completed);
}

LLMX_DECL bool bedrock_invoke_chat::holds_answer(std::string_view body) noexcept {
    return openai_chat::holds_answer(body) || detail::json_text_opens(body, "choices", "[{");
}

LLMX_DECL result<void> bedrock_invoke_text::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                           drop_report& drops) {
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const detail::prompt_template by = model.find("cohere.") != std::string_view::npos ? detail::prompt_template::plain : detail::prompt_template_of(model);
    return detail::prompted_encode(request, options, detail::bedrock_prompted_form(model), by, name, out, drops);
}

LLMX_DECL result<chat_reply> bedrock_invoke_text::decode_reply(std::string_view body) {
    const result<std::string> reply = detail::prompted_to_openai(body, false);
    if (!reply) return reply.error();
    return openai_chat::decode_reply(*reply);
}

} // namespace llmx::inline LLMX_ABI
