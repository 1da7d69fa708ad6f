// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/strict_schema.hpp>
#include <llmx/dialects/gemini/detail/generate_fields.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/gemini/impl/generate_decode_content.ipp>
#include <llmx/dialects/gemini/schema.hpp>

#include <array>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Lists of places: messages are in `contents` or are the system instruction.
enum class generate_list : std::uint32_t { contents, system };

/// A thought without a signature continues in the next one: streams bring it in pieces, the signature last.
LLMX_DECL [[nodiscard]] bool generate_join_thoughts(message& to, const content_part& part) {
    const auto* const thought = std::get_if<thinking_part>(&part);
    auto* const before = to.content.empty() ? nullptr : std::get_if<thinking_part>(&to.content.back());
    if (thought == nullptr || before == nullptr || !before->signature.empty() || !before->extra.empty() ||
        !thought->extra.empty())
        return false;
    before->text += thought->text;
    before->signature = thought->signature;
    before->signer = thought->signer;
    return true;
}

/// A text that was cut between two turns.
LLMX_DECL [[nodiscard]] bool generate_join_texts(message& to, const content_part& part) {
    const auto* const text = std::get_if<text_part>(&part);
    auto* const before = to.content.empty() ? nullptr : std::get_if<text_part>(&to.content.back());
    if (text == nullptr || before == nullptr || !text->signature.empty() || !before->signature.empty() ||
        !text->extra.empty() || !before->extra.empty())
        return false;
    before->text += text->text;
    return true;
}

/// Element \p index of `contents`. A turn of the model that follows another one is joined to it.
LLMX_DECL void generate_read_turn(const json_cursor& in, std::size_t index, generate_calls& calls, chat_request& to) {
    static constexpr std::array<std::string_view, 2> known = {"role", "parts"};
    std::string who;
    in["role"].read(who);
    const bool model = who == "model";
    if (!model && !who.empty() && who != "user" && who != "function")
        in["role"].expected("\"user\", \"model\" or \"function\"");
    const bool joined = model && !to.messages.empty() && to.messages.back().from == role::assistant;
    if (!joined) {
        to.messages.emplace_back(model ? role::assistant : role::user);
        to.origins.message(wire_origin(static_cast<std::uint32_t>(generate_list::contents), index));
    }
    message& m = to.messages.back();
    bool only_results = true;
    const json_cursor parts = in["parts"];
    parts.each_object([&](const json_cursor& one, std::size_t i) {
        content_part part = generate_read_part(one, calls);
        only_results = only_results && std::holds_alternative<tool_result_part>(part);
        if (joined && i == 0 && generate_join_texts(m, part)) return;
        if (model && generate_join_thoughts(m, part)) return;
        m.content.push_back(std::move(part));
        to.origins.part(joined ? wire_origin(0, index, i) : wire_origin(0, i));
    });
    if (!model && only_results && !m.content.empty()) m.from = role::tool;
    keep_extra_inside(in, {}, known, gemini_generate::name, std::string_view(), generate_hints, m.extra);
}

LLMX_DECL void generate_read_contents(const json_cursor& in, chat_request& to) {
    // The role of the system instruction means nothing: SDKs send "user" or "system".
    static constexpr std::array<std::string_view, 2> known = {"role", "parts"};
    generate_calls calls;
    const json_cursor system = in["systemInstruction"];
    if (system.is_object() && !is_as_absent(*system.value(), absent_values::empty)) {
        message& m = to.messages.emplace_back(role::system);
        to.origins.message(wire_origin(static_cast<std::uint32_t>(generate_list::system)));
        const json_cursor parts = system["parts"];
        parts.each_object([&](const json_cursor& one, std::size_t i) {
            m.content.push_back(generate_read_part(one, calls));
            to.origins.part(wire_origin(0, i));
        });
        keep_extra_inside(system, {}, known, gemini_generate::name, std::string_view(), generate_hints, m.extra);
    }
    const json_cursor contents = in["contents"];
    if (contents.size() == 0) contents.expected("at least one turn");
    contents.each_object([&](const json_cursor& one, std::size_t i) { generate_read_turn(one, i, calls, to); });
}

/// A FunctionDeclaration.
LLMX_DECL void generate_read_function(const json_cursor& in, tool& to) {
    static constexpr std::array<std::string_view, 1> known = {"parametersJsonSchema"};
    read_fields(in, &to, generate_tool_fields.view());
    if (to.name.empty()) in["name"].expected("the name of a function");
    const json_cursor json_schema = in["parametersJsonSchema"], schema = in["parameters"];
    json_schema.read_object(to.parameters);
    if (schema.is_object() && to.parameters.empty()) append_json_schema(to.parameters.text, *schema.object());
    keep_extra_inside(in, generate_tool_fields.view(), known, gemini_generate::name, std::string_view(), generate_hints, to.extra);
}

LLMX_DECL void generate_read_tools(const json_cursor& in, chat_request& to) {
    static constexpr std::array<std::string_view, 1> known = {"functionDeclarations"};
    const json_cursor tools = in["tools"];
    tools.each_object([&to](const json_cursor& one, std::size_t i) {
        const json_cursor functions = one["functionDeclarations"];
        functions.each_object([&to, i](const json_cursor& f, std::size_t k) {
            generate_read_function(f, to.tools.emplace_back());
            to.origins.tool(wire_origin(0, i, k));
        });
        // Each other member is a tool that Google itself runs, mostly an empty object.
        extra_members others;
        keep_extra_inside(one, {}, known, gemini_generate::name, std::string_view(), {}, others, absent_values::null);
        for (const auto& m : others.members) {
            std::string definition;
            json_writer(definition).object().raw_member(extra_members::wire_name(m.name), m.value.text).end_object();
            tool& t = to.tools.emplace_back();
            t.builtin = opaque_part(gemini_generate::name, std::move(definition));
            t.kind = read_enum(generate_builtins, m.name).value_or(builtin_kind::other);
            if (t.kind == builtin_kind::web_search) {
                web_search_options how;
                const json_cursor search = one[m.name];
                read_fields(search, &how, generate_search_fields.view());
                if (how != web_search_options()) t.search = std::move(how);
            }
            to.origins.tool(wire_origin(0, i));
        }
    });
}

LLMX_DECL void generate_read_tool_config(const json_cursor& in, chat_request& to) {
    // Arguments in pieces (Vertex AI) would be a second form of a call. The answer is the same without, so
    // that is not kept.
    static constexpr std::array<std::string_view, 3> known = {"streamFunctionCallArguments", "mode", "allowedFunctionNames"};
    static constexpr std::string_view prefix = "toolConfig.functionCallingConfig.";
    const json_cursor config = in["toolConfig"];
    if (!config.is_object()) return;
    if (const json_cursor calling = config["functionCallingConfig"]; calling.is_object()) {
        std::string mode;
        std::vector<std::string> allowed;
        calling["mode"].read(mode);
        calling["allowedFunctionNames"].read(allowed);
        std::size_t understood = 2;
        if (mode == "ANY" && allowed.size() == 1) {
            to.tool_choice = tool_choice::function(std::move(allowed.front()));
            understood = 3;
        } else if (!allowed.empty() && (mode == "ANY" || mode == "AUTO" || mode == "VALIDATED")) {
            to.tool_choice = tool_choice(mode == "ANY" ? tool_choice::mode::required : tool_choice::mode::automatic);
            to.tool_choice->allowed = std::move(allowed);
            understood = 3;
        } else if (const auto how = read_enum(generate_modes, mode)) {
            to.tool_choice = tool_choice(*how);
        } else if (mode == "VALIDATED") {
            // AUTO, with arguments that follow the schemas: Google's own word goes back to Google alone.
            to.tool_choice = tool_choice(tool_choice::mode::automatic);
            to.extra.add(gemini_generate::name, std::string(prefix).append("mode"), calling["mode"].text()).hint = true;
            for (tool& t : to.tools)
                if (!t.builtin && close_strict_schema(t.parameters.text)) t.strict = true;
        } else if (mode != "MODE_UNSPECIFIED") {
            understood = 1; // later ones
        }
        keep_extra_inside(calling, {}, std::span(known).first(understood), gemini_generate::name, prefix, generate_hints, to.extra);
    }
    keep_extra_inside(config, generate_request_fields.view(), {}, gemini_generate::name, "toolConfig.", generate_hints, to.extra);
}

LLMX_DECL void generate_read_thinking(const json_cursor& config, chat_request& to) {
    const json_cursor in = config["thinkingConfig"], level = in["thinkingLevel"];
    if (!in.is_object()) return;
    reasoning_options r;
    in["thinkingBudget"].read(r.budget_tokens);
    // -1: the model decides.
    if (auto& budget = r.budget_tokens) budget = *budget < 0 ? -1 : clamp_count(*budget);
    r.include_thoughts = false;
    in["includeThoughts"].read(r.include_thoughts);
    std::string word;
    level.read(word);
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    r.effort = read_enum(generate_levels, word);
    if (!r.effort && !word.empty() && word != "THINKING_LEVEL_UNSPECIFIED") level.expected("MINIMAL, LOW, MEDIUM or HIGH");
    to.reasoning = r;
    keep_extra(in, generate_reasoning_fields.view(), {}, gemini_generate::name, "generationConfig.thinkingConfig.",
               generate_hints, to.extra);
}

/// responseFormat, the newer list of one format per kind of output. False when it is more than a JSON answer.
LLMX_DECL [[nodiscard]] bool generate_read_text_format(const json_cursor& in, chat_request& to) {
    const json_cursor one = in[std::size_t{0}], text = one["text"], schema = text["schema"];
    if (in.size() != 1 || one.object() == nullptr || one.object()->size() != 1) return false;
    const std::string_view type = text["mimeType"].string_or();
    if (type != "application/json" && type != "APPLICATION_JSON") return false;
    if (schema && schema.object() == nullptr) return false;
    to.response_format = schema ? response_format::json_schema(std::string(generate_format_name), schema.text())
                                : response_format(response_format::kind::json_object);
    return true;
}

/// responseMimeType and the members that may hold a schema beside it.
LLMX_DECL void generate_read_format(const json_cursor& in, chat_request& to) {
    const json_cursor formats = in["responseFormat"], schema = in["responseSchema"], newer = in["responseJsonSchema"],
                      older = in["_responseJsonSchema"];
    const json_cursor& json_schema = newer ? newer : older;
    const auto keep = [&to](std::string_view member, const json_cursor& value) {
        if (!value) return;
        extra_members::member& kept = to.extra.add(gemini_generate::name, std::string("generationConfig.").append(member), value.text());
        kept.is_absent = is_as_absent(*value.value(), absent_values::proto);
    };
    std::string type;
    in["responseMimeType"].read(type);
    if ((formats.array() != nullptr || formats.object() != nullptr) && type.empty() && generate_read_text_format(formats, to))
        return;
    keep("responseFormat", formats);
    if (type == "application/json") {
        raw_json given;
        // An empty schema is none.
        if (json_schema.is_object() && !json_schema.object()->empty()) json_schema.read_object(given);
        if (given.empty() && schema.is_object() && !schema.object()->empty()) append_json_schema(given.text, *schema.object());
        to.response_format = given.empty() ? response_format(response_format::kind::json_object)
                                           : response_format::json_schema(std::string(generate_format_name), std::move(given.text));
        return;
    }
    if (type == "text/plain") to.response_format = response_format(response_format::kind::text);
    else keep("responseMimeType", in["responseMimeType"]); // text/x.enum: only Google defines its meaning
    keep("responseSchema", schema);
    keep("responseJsonSchema", newer);
}

LLMX_DECL void generate_read_config(const json_cursor& root, chat_request& to) {
    static constexpr std::array<std::string_view, 4> formats = {"responseSchema", "responseJsonSchema", "_responseJsonSchema",
                                                                "responseFormat"};
    const json_cursor in = root[generate_config], stop = in["stopSequences"];
    if (!in.is_object()) return;
    stop.each([](const json_cursor& one, std::size_t) {
        if (!one.is_string()) one.expected("a string");
    });
    read_fields(in, &to, generate_request_fields.view());
    in["candidateCount"].read_count(to.n);
    if (to.n == 0) to.n.reset(); // proto3's default
    stop.read(to.stop);
    in["responseModalities"].read(to.modalities);
    for (std::string& m : to.modalities)
        for (char& c : m) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    generate_read_format(in, to);
    generate_read_thinking(in, to);
    keep_extra_inside(in, generate_request_fields.view(), formats, gemini_generate::name, "generationConfig.", generate_hints, to.extra);
}

/// Whether \p settings turn Google's filters off, which no other provider has.
/// Source: https://ai.google.dev/api/generate-content, HarmBlockThreshold.
LLMX_DECL [[nodiscard]] bool generate_filters_nothing(const json_cursor& settings) {
    bool nothing = settings.array() != nullptr;
    settings.each_object_or_skip([&nothing](const json_cursor& one, std::size_t) {
        const std::string_view threshold = one["threshold"].string_or();
        nothing = nothing && (threshold.empty() || threshold == "OFF" || threshold == "BLOCK_NONE" || threshold == "HARM_BLOCK_THRESHOLD_UNSPECIFIED");
    });
    return nothing;
}

} // namespace detail

LLMX_DECL result<chat_request> gemini_generate::decode_request(std::string_view body, const request_target& target) {
    static constexpr std::array<std::string_view, 1> known = {"systemInstruction"};
    json_document document(body, json_naming::proto);
    const json_cursor in = document.root(), tier = in["serviceTier"];
    chat_request request;
    request.model = target.model;
    request.stream = target.stream;
    request.include_usage = target.stream; // a stream of this wire always ends with it
    if (request.model.empty()) {
        in["model"].read(request.model);
        if (request.model.starts_with("models/")) request.model.erase(0, 7);
    }
    detail::generate_read_contents(in, request);
    detail::generate_read_tools(in, request);
    detail::generate_read_tool_config(in, request);
    detail::generate_read_config(in, request);
    std::string word;
    tier.read(word);
    request.service_tier = detail::read_enum(detail::generate_tiers, word);
    const bool open = word.empty() || word == "unspecified" || word == "SERVICE_TIER_UNSPECIFIED";
    if (!request.service_tier && !open) request.extra.add(name, "serviceTier", tier.text());
    detail::keep_extra_inside(in, detail::generate_request_fields.view(), known, name, {}, detail::generate_hints, request.extra);
    detail::drop_gateway_members(request.extra, true);
    request.extra.mark_state(detail::generate_states);
    const json_cursor safety = in["safetySettings"];
    if (detail::generate_filters_nothing(safety))
        for (extra_members::member& m : request.extra.members) m.hint = m.hint || m.name == "safetySettings";
    if (const result<void> read = document.status(); !read) return read.error();
    return request;
}

} // namespace llmx::inline LLMX_ABI
