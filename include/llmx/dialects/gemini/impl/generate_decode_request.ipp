// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/gemini/schema.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// Appends a part to a turn of the model. A thought that has no signature yet goes on in
/// the next one: streams bring it in pieces, the signature last.
LLMX_DECL void add_gemini_part(message& to, content_part&& part) {
    auto* thought = std::get_if<thinking_part>(&part);
    auto* before = to.content.empty() ? nullptr : std::get_if<thinking_part>(&to.content.back());
    if (thought == nullptr || before == nullptr || !before->signature.empty() || !before->extra.empty() ||
        !thought->extra.empty()) {
        to.content.push_back(std::move(part));
        return;
    }
    before->text += thought->text;
    before->signature = std::move(thought->signature);
    before->signer = std::move(thought->signer);
}

/// Appends a turn of the model to the one before it, joining a text that was cut between.
LLMX_DECL void join_gemini_turn(message& to, message&& next) {
    bool seam = true;
    for (auto& part : next.content) {
        auto* text = std::get_if<text_part>(&part);
        auto* before = to.content.empty() ? nullptr : std::get_if<text_part>(&to.content.back());
        if (seam && text != nullptr && before != nullptr && text->signature.empty() && before->signature.empty() &&
            text->extra.empty() && before->extra.empty())
            before->text += text->text;
        else
            add_gemini_part(to, std::move(part));
        seam = false;
    }
    for (auto& m : next.extra.members) to.extra.add(gemini_generate::name, std::move(m.name), std::move(m.value.text));
}

[[nodiscard]] LLMX_DECL result<message> decode_gemini_content(const boost::json::object& content, gemini_calls& calls) {
    const proto_reader in(content);
    std::string who;
    if (auto r = in.read("role", who); r.has_error()) return r.error();
    message m(role::user);
    if (who == "model")
        m.from = role::assistant;
    else if (!who.empty() && who != "user" && who != "function")
        return proto_expected("role", "\"user\", \"model\" or \"function\"");
    bool only_results = true;
    auto r = in.each("parts", [&](const boost::json::object& part, std::size_t) -> result<void> {
        auto p = decode_gemini_part(part, calls);
        if (p.has_error()) return p.error();
        only_results = only_results && std::holds_alternative<tool_result_part>(*p);
        if (m.from == role::assistant)
            add_gemini_part(m, std::move(*p));
        else
            m.content.push_back(std::move(*p));
        return success();
    });
    if (r.has_error()) return r.error();
    if (m.from == role::user && only_results && !m.content.empty()) m.from = role::tool;
    in.unknown({"role", "parts"}, {}, m.extra);
    return m;
}

[[nodiscard]] LLMX_DECL result<void> decode_gemini_contents(const proto_reader& in, chat_request& to) {
    gemini_calls calls;
    auto system = in.message("systemInstruction");
    if (system.has_error()) return system.error();
    if (*system != nullptr) {
        const proto_reader inner(**system);
        message m(role::system);
        auto r = inner.each("parts", [&](const boost::json::object& part, std::size_t) -> result<void> {
            auto p = decode_gemini_part(part, calls);
            if (p.has_error()) return p.error();
            m.content.push_back(std::move(*p));
            return success();
        });
        if (r.has_error()) return proto_at(r.error(), "systemInstruction");
        // Its role means nothing; SDKs send "user" or "system".
        inner.unknown({"role", "parts"}, {}, m.extra);
        to.messages.push_back(std::move(m));
    }
    bool any = false;
    auto r = in.each("contents", [&](const boost::json::object& content, std::size_t) -> result<void> {
        auto m = decode_gemini_content(content, calls);
        if (m.has_error()) return m.error();
        const bool follows = any && m->from == role::assistant && to.messages.back().from == role::assistant;
        any = true;
        if (follows)
            join_gemini_turn(to.messages.back(), std::move(*m));
        else
            to.messages.push_back(std::move(*m));
        return success();
    });
    if (r.has_error()) return r;
    if (!any) return proto_expected("contents", "at least one turn");
    return success();
}

[[nodiscard]] LLMX_DECL result<tool> decode_gemini_function(const boost::json::object& f) {
    const proto_reader in(f);
    tool t;
    if (auto r = in.read("name", t.name); r.has_error()) return r.error();
    if (t.name.empty()) return proto_expected("name", "the name of a function");
    if (auto r = in.read("description", t.description); r.has_error()) return r.error();
    auto schema = in.message("parameters");
    if (schema.has_error()) return schema.error();
    auto json_schema = in.message("parametersJsonSchema");
    if (json_schema.has_error()) return json_schema.error();
    if (*json_schema != nullptr)
        append_proto_json(t.parameters.text, **json_schema);
    else if (*schema != nullptr)
        append_json_schema(t.parameters.text, **schema);
    in.unknown({"name", "description", "parameters", "parametersJsonSchema"}, {}, t.extra);
    return t;
}

[[nodiscard]] LLMX_DECL result<void> decode_gemini_tools(const proto_reader& in, chat_request& to) {
    return in.each("tools", [&to](const boost::json::object& o, std::size_t) -> result<void> {
        const proto_reader inner(o);
        auto r = inner.each("functionDeclarations", [&to](const boost::json::object& f, std::size_t) -> result<void> {
            auto t = decode_gemini_function(f);
            if (t.has_error()) return t.error();
            to.tools.push_back(std::move(*t));
            return success();
        });
        if (r.has_error()) return r;
        extra_members others;
        inner.unknown({"functionDeclarations"}, {}, others);
        for (const auto& m : others.members) {
            std::string definition;
            json_writer(definition).object().raw_member(m.name, m.value.text).end_object();
            tool t;
            t.builtin = opaque_part(gemini_generate::name, std::move(definition));
            to.tools.push_back(std::move(t));
        }
        return success();
    });
}

[[nodiscard]] LLMX_DECL result<void> decode_gemini_calling(const boost::json::object& config, chat_request& to) {
    const proto_reader in(config);
    constexpr std::string_view prefix = "toolConfig.functionCallingConfig.";
    std::string mode;
    if (auto r = in.read("mode", mode); r.has_error()) return r;
    std::vector<std::string> allowed;
    if (auto r = in.read("allowedFunctionNames", allowed); r.has_error()) return r;
    if (mode == "ANY" && allowed.size() == 1) {
        to.tool_choice = tool_choice::function(std::move(allowed.front()));
        in.unknown({"mode", "allowedFunctionNames"}, prefix, to.extra);
        return success();
    }
    if (mode == "AUTO")
        to.tool_choice = tool_choice(tool_choice::mode::automatic);
    else if (mode == "NONE")
        to.tool_choice = tool_choice(tool_choice::mode::none);
    else if (mode == "ANY")
        to.tool_choice = tool_choice(tool_choice::mode::required);
    // Arguments in pieces (Vertex AI) would be a second way to say a call; the answer is
    // the same without, so that wish is not kept.
    constexpr std::string_view in_pieces = "streamFunctionCallArguments";
    // VALIDATED and what comes after it have no word here.
    if (to.tool_choice || mode == "MODE_UNSPECIFIED")
        in.unknown({"mode", in_pieces}, prefix, to.extra);
    else
        in.unknown({in_pieces}, prefix, to.extra);
    return success();
}

[[nodiscard]] LLMX_DECL result<void> decode_gemini_tool_config(const proto_reader& in, chat_request& to) {
    auto config = in.message("toolConfig");
    if (config.has_error()) return config.error();
    if (*config == nullptr) return success();
    const proto_reader outer(**config);
    auto calling = outer.message("functionCallingConfig");
    if (calling.has_error()) return proto_at(calling.error(), "toolConfig");
    if (*calling != nullptr)
        if (auto r = decode_gemini_calling(**calling, to); r.has_error())
            return proto_at(r.error(), "toolConfig.functionCallingConfig");
    outer.unknown({"functionCallingConfig"}, "toolConfig.", to.extra);
    return success();
}

[[nodiscard]] LLMX_DECL result<void> decode_gemini_thinking(const boost::json::object& config, chat_request& to) {
    const proto_reader in(config);
    reasoning_options reasoning;
    if (auto r = in.read("thinkingBudget", reasoning.budget_tokens); r.has_error()) return r;
    // -1 is a word: the model decides.
    if (auto& budget = reasoning.budget_tokens) budget = *budget < 0 ? -1 : clamp_count(*budget);
    reasoning.include_thoughts = false;
    if (auto r = in.read("includeThoughts", reasoning.include_thoughts); r.has_error()) return r;
    std::string level;
    if (auto r = in.read("thinkingLevel", level); r.has_error()) return r;
    for (char& c : level) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (level == "MINIMAL")
        reasoning.effort = reasoning_effort::minimal;
    else if (level == "LOW")
        reasoning.effort = reasoning_effort::low;
    else if (level == "MEDIUM")
        reasoning.effort = reasoning_effort::medium;
    else if (level == "HIGH")
        reasoning.effort = reasoning_effort::high;
    else if (!level.empty() && level != "THINKING_LEVEL_UNSPECIFIED")
        return proto_expected("thinkingLevel", "MINIMAL, LOW, MEDIUM or HIGH");
    to.reasoning = reasoning;
    in.unknown({"thinkingBudget", "includeThoughts", "thinkingLevel"}, "generationConfig.thinkingConfig.", to.extra);
    return success();
}

/// responseFormat, the newer list of one format per kind of output. False when it says
/// more than a JSON answer.
[[nodiscard]] LLMX_DECL bool decode_gemini_text_format(const boost::json::value& v, chat_request& to) {
    const auto* one = v.if_object();
    if (const auto* all = v.if_array(); all != nullptr && all->size() == 1) one = all->front().if_object();
    if (one == nullptr || one->size() != 1) return false;
    const auto* text = proto_find(*one, "text");
    if (text == nullptr || !text->is_object()) return false;
    const auto* type = proto_find(text->get_object(), "mimeType");
    if (type == nullptr || !type->is_string()) return false;
    if (type->get_string() != "application/json" && type->get_string() != "APPLICATION_JSON") return false;
    const auto* schema = proto_find(text->get_object(), "schema");
    if (schema != nullptr && !schema->is_object()) return false;
    to.response_format = schema == nullptr ? response_format(response_format::kind::json_object)
                                           : response_format::json_schema("response", proto_json_text(*schema));
    return true;
}

/// responseMimeType and the members that may hold a schema beside it.
[[nodiscard]] LLMX_DECL result<void> decode_gemini_format(const proto_reader& in, chat_request& to) {
    std::string type;
    if (auto r = in.read("responseMimeType", type); r.has_error()) return r;
    const auto* schema = in.find("responseSchema");
    const auto* json_schema = in.find("responseJsonSchema");
    if (json_schema == nullptr) json_schema = in.find("_responseJsonSchema");
    const auto keep = [&](std::string_view member) {
        if (const auto* v = in.find(member))
            to.extra.add(gemini_generate::name, "generationConfig." + std::string(member), proto_json_text(*v));
    };
    if (const auto* list = in.find("responseFormat"); list != nullptr && type.empty())
        if (decode_gemini_text_format(*list, to)) return success();
    keep("responseFormat");
    if (type == "application/json") {
        response_format format(response_format::kind::json_object);
        const auto* given = json_schema != nullptr ? json_schema : schema;
        if (given != nullptr) {
            const auto* o = given->if_object();
            if (o == nullptr)
                return proto_expected(json_schema != nullptr ? "responseJsonSchema" : "responseSchema", "an object");
            std::string text;
            if (json_schema != nullptr)
                append_proto_json(text, *o);
            else
                append_json_schema(text, *o);
            format = response_format::json_schema("response", std::move(text));
        }
        to.response_format = std::move(format);
        return success();
    }
    if (type == "text/plain") {
        to.response_format = response_format(response_format::kind::text);
    } else {
        keep("responseMimeType"); // text/x.enum: only Google knows what it means
    }
    keep("responseSchema");
    keep("responseJsonSchema");
    return success();
}

[[nodiscard]] LLMX_DECL result<void> decode_gemini_config(const boost::json::object& config, chat_request& to) {
    const proto_reader in(config);
    if (auto r = in.read("temperature", to.temperature); r.has_error()) return r;
    if (auto r = in.read("topP", to.top_p); r.has_error()) return r;
    if (auto r = in.read_count("topK", to.top_k); r.has_error()) return r;
    if (auto r = in.read_count("candidateCount", to.n); r.has_error()) return r;
    if (auto r = in.read_count("maxOutputTokens", to.max_output_tokens); r.has_error()) return r;
    if (auto r = in.read("stopSequences", to.stop); r.has_error()) return r;
    if (auto r = in.read("seed", to.seed); r.has_error()) return r;
    if (auto r = in.read("presencePenalty", to.presence_penalty); r.has_error()) return r;
    if (auto r = in.read("frequencyPenalty", to.frequency_penalty); r.has_error()) return r;
    if (auto r = in.read("responseLogprobs", to.logprobs); r.has_error()) return r;
    if (auto r = in.read_count("logprobs", to.top_logprobs); r.has_error()) return r;
    if (auto r = in.read("responseModalities", to.modalities); r.has_error()) return r;
    for (std::string& m : to.modalities)
        for (char& c : m) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (auto r = decode_gemini_format(in, to); r.has_error()) return r;
    auto thinking = in.message("thinkingConfig");
    if (thinking.has_error()) return thinking.error();
    if (*thinking != nullptr)
        if (auto r = decode_gemini_thinking(**thinking, to); r.has_error())
            return proto_at(r.error(), "thinkingConfig");
    in.unknown({"temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "stopSequences", "seed",
                "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "responseModalities",
                "responseMimeType", "responseSchema", "responseJsonSchema", "_responseJsonSchema", "responseFormat",
                "thinkingConfig"},
               "generationConfig.", to.extra);
    return success();
}

} // namespace detail

LLMX_DECL result<chat_request> gemini_generate::decode_request(std::string_view body, const request_target& target) {
    unsigned char space[16384];
    boost::json::monotonic_resource memory(space, sizeof space);
    auto parsed = parse_json_object(body, &memory);
    if (parsed.has_error()) return parsed.error();
    const detail::proto_reader in(*parsed);
    chat_request request;
    request.model = target.model;
    request.stream = target.stream;
    request.include_usage = target.stream; // a stream of this wire always ends with it
    if (request.model.empty()) {
        if (auto r = in.read("model", request.model); r.has_error()) return r.error();
        if (request.model.starts_with("models/")) request.model.erase(0, 7);
    }
    if (auto r = detail::decode_gemini_contents(in, request); r.has_error()) return r.error();
    if (auto r = detail::decode_gemini_tools(in, request); r.has_error()) return r.error();
    if (auto r = detail::decode_gemini_tool_config(in, request); r.has_error()) return r.error();
    auto config = in.message("generationConfig");
    if (config.has_error()) return config.error();
    if (*config != nullptr)
        if (auto r = detail::decode_gemini_config(**config, request); r.has_error())
            return detail::proto_at(r.error(), "generationConfig");
    std::string tier;
    if (auto r = in.read("serviceTier", tier); r.has_error()) return r.error();
    request.service_tier = detail::read_enum(detail::gemini_tiers, tier);
    if (!request.service_tier && !tier.empty() && tier != "unspecified")
        request.extra.add(name, "serviceTier", detail::proto_json_text(*in.find("serviceTier")));
    in.unknown({"model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "serviceTier"}, {},
               request.extra);
    return request;
}

} // namespace llmx::inline v0
