// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/reasoning.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_decode_content.ipp>
#include <llmx/dialects/bedrock/impl/converse_fields.ipp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Keeps the members of \p in besides \p known as one object, the member \p name: the encoder merges it with what it writes.
LLMX_DECL void bedrock_keep_rest(const json_cursor& in, std::initializer_list<std::string_view> known, std::string_view name,
                                 extra_members& to) {
    const boost::json::object* const members = in.object();
    if (members == nullptr) return;
    std::string rest;
    json_writer w(rest);
    w.object();
    bool any = false, hints = true;
    for (const auto& m : *members) {
        const std::string_view key = m.key();
        if (is_as_absent(m.value(), absent_values::empty) || std::find(known.begin(), known.end(), key) != known.end()) continue;
        any = true;
        hints = hints && std::find(bedrock_hints.begin(), bedrock_hints.end(), key) != bedrock_hints.end();
        w.raw_member(key, json_text(m.value()));
    }
    w.end_object();
    if (any) to.add(bedrock_converse::name, std::string(name), std::move(rest)).hint = hints;
}

LLMX_DECL void bedrock_read_messages(const json_cursor& in, chat_request& to) {
    const json_cursor system = in["system"], messages = in["messages"];
    to.messages.reserve(messages.array() != nullptr ? messages.array()->size() + 1 : 1);
    if (system && !(system.array() != nullptr && system.array()->empty())) {
        to.origins.message(wire_origin(static_cast<std::uint32_t>(bedrock_list::system)));
        bedrock_read_blocks(system, static_cast<std::uint32_t>(bedrock_part_list::prompt), to.messages.emplace_back(role::system), to.origins);
    }
    messages.required();
    messages.each_object([&to](const json_cursor& one, std::size_t i) {
        static constexpr std::array<std::string_view, 2> known = {"role", "content"};
        const json_cursor from = one["role"], content = one["content"];
        message& m = to.messages.emplace_back(role::user);
        to.origins.message(wire_origin(static_cast<std::uint32_t>(bedrock_list::messages), i));
        const std::string_view who = bedrock_require_string(from);
        if (who == "assistant") m.from = role::assistant;
        else if (from && who != "user") from.expected("\"user\" or \"assistant\"");
        content.required();
        bedrock_read_blocks(content, static_cast<std::uint32_t>(bedrock_part_list::content), m, to.origins);
        const bool only_results = !m.content.empty() && std::all_of(m.content.begin(), m.content.end(), [](const content_part& p) {
            return std::holds_alternative<tool_result_part>(p);
        });
        if (m.from == role::user && only_results) m.from = role::tool;
        bedrock_keep_extra(one, known, m.extra);
    });
    if (messages && messages.size() == 0) messages.wrong("at least one message is required");
}

LLMX_DECL void bedrock_read_tool_spec(const json_cursor& in, tool& to) {
    static constexpr std::array<std::string_view, 4> known = {"name", "description", "inputSchema", "strict"};
    const json_cursor schema = in["inputSchema"], json = schema["json"];
    to.name = bedrock_require_string(in["name"]);
    in["description"].read(to.description);
    in["strict"].read(to.strict);
    schema.required();
    if (schema.is_object()) {
        json.required();
        json.read_object(to.parameters);
    }
    bedrock_keep_extra(in, known, to.extra);
}

LLMX_DECL void bedrock_read_choice(const json_cursor& in, chat_request& to) {
    if (!in.is_object() || in.object()->empty()) return;
    const std::string_view member = bedrock_union_member(in);
    const json_cursor value = in[member];
    if (member == "auto") {
        to.tool_choice.emplace(tool_choice::mode::automatic);
    } else if (member == "any") {
        to.tool_choice.emplace(tool_choice::mode::required);
    } else if (member == "tool") {
        to.tool_choice.emplace(tool_choice::mode::function);
        to.tool_choice->name = bedrock_require_string(value["name"]);
    } else if (!member.empty()) {
        in.expected("auto, any or tool");
    }
}

LLMX_DECL void bedrock_read_tools(const json_cursor& config, chat_request& to) {
    if (!config.is_object()) return;
    const json_cursor tools = config["tools"];
    tools.each_object([&to](const json_cursor& one, std::size_t i) {
        const std::string_view member = bedrock_union_member(one);
        const json_cursor value = one[member];
        if (member == "cachePoint") {
            std::optional<cache_control> point;
            bedrock_read_cache(value, point);
            // Before the first tool there is nothing to cache.
            if (!to.tools.empty()) to.tools.back().cache = std::move(point);
            return;
        }
        if (member.empty()) return;
        tool& t = to.tools.emplace_back();
        to.origins.tool(wire_origin(0, i));
        if (member == "toolSpec") {
            if (value.is_object()) bedrock_read_tool_spec(value, t);
            return;
        }
        // The service itself runs it.
        t.builtin.emplace(bedrock_converse::name, one.text());
        const std::string_view name = value["name"].string_or();
        for (const bedrock_vendor& v : bedrock_vendors)
            if (name.empty()) break;
            else if (name == v.web_search) t.kind = builtin_kind::web_search;
            else if (name == v.code_execution) t.kind = builtin_kind::code_execution;
    });
    bedrock_read_choice(config["toolChoice"], to);
    bedrock_keep_rest(config, {"tools", "toolChoice"}, "toolConfig", to.extra);
}

LLMX_DECL [[nodiscard]] std::optional<reasoning_effort> bedrock_read_effort(const json_cursor& in) {
    std::string word;
    in.read(word);
    if (word.empty()) return std::nullopt;
    const auto at = std::find(effort_names.begin(), effort_names.end(), std::string_view(word));
    if (at != effort_names.end()) return static_cast<reasoning_effort>(at - effort_names.begin());
    in.expected("\"low\", \"medium\", \"high\" or another effort");
    return std::nullopt;
}

/// Claude's `thinking`; false when it has more than the vocabulary.
LLMX_DECL [[nodiscard]] bool bedrock_read_thinking(const json_cursor& in, chat_request& to) {
    if (in.object() == nullptr) return false;
    const std::string_view type = in["type"].string_or(), display = in["display"].string_or();
    reasoning_options how = to.reasoning.value_or(reasoning_options());
    if (type == "enabled") {
        if (in["budget_tokens"].int_or() <= 0) return false;
        in["budget_tokens"].read_count(how.budget_tokens);
    } else if (type == "disabled") {
        how.budget_tokens = 0;
    } else if (type == "adaptive") {
        how.adaptive = true;
    } else {
        return false;
    }
    if (display == "summarized") how.include_thoughts = true;
    else if (display == "omitted") how.include_thoughts = false;
    to.reasoning = how;
    return true;
}

/// Members of the vendor's own request that the vocabulary has too; the others are kept.
LLMX_DECL void bedrock_read_more(const json_cursor& in, chat_request& to) {
    if (!in.is_object()) return;
    const json_cursor thinking = in["thinking"], older = in["reasoning_config"], nova = in["reasoningConfig"], effort = in["reasoning_effort"],
                      top_k = in["top_k"], k = in["k"], inference = in["inferenceConfig"], nova_k = inference["topK"],
                      choice = in["tool_choice"], single = choice["disable_parallel_tool_use"], level = nova["maxReasoningEffort"];
    std::vector<std::string_view> known;
    if (bedrock_read_thinking(thinking, to)) known.push_back("thinking");
    else if (bedrock_read_thinking(older, to)) known.push_back("reasoning_config");
    if (nova.object() != nullptr) {
        reasoning_options how = to.reasoning.value_or(reasoning_options());
        if (nova["type"].string_or() == "disabled") how.budget_tokens = 0;
        else if (level) how.effort = bedrock_read_effort(level);
        else how.effort = reasoning_effort::medium; // Nova's own default
        to.reasoning = how;
        known.push_back("reasoningConfig");
    }
    if (effort.is_string()) {
        (to.reasoning ? *to.reasoning : to.reasoning.emplace()).effort = bedrock_read_effort(effort);
        known.push_back("reasoning_effort");
    }
    for (const auto& [member, value] : {std::pair<std::string_view, const json_cursor*>("top_k", &top_k), {"k", &k}})
        if (*value && !to.top_k) {
            value->read_count(to.top_k);
            known.push_back(member);
        }
    if (inference.object() != nullptr && inference.object()->size() == 1 && nova_k && !to.top_k) {
        nova_k.read_count(to.top_k);
        known.push_back("inferenceConfig");
    }
    if (choice.object() != nullptr && choice.object()->size() == 2 && choice["type"].string_or() == "auto" && single) {
        to.parallel_tool_calls = !single.bool_or();
        known.push_back("tool_choice");
    }
    if (!in) return; // a fault in one of them
    const boost::json::object& members = *in.object();
    if (std::all_of(members.begin(), members.end(), [&known](const auto& m) {
            return std::find(known.begin(), known.end(), std::string_view(m.key())) != known.end();
        }))
        return;
    boost::json::object rest = members;
    for (const std::string_view one : known) rest.erase(one);
    extra_members::member& kept = to.extra.add(bedrock_converse::name, "additionalModelRequestFields", json_text(boost::json::value(rest)));
    kept.hint = std::all_of(rest.begin(), rest.end(), [](const auto& m) {
        return std::find(bedrock_hints.begin(), bedrock_hints.end(), std::string_view(m.key())) != bedrock_hints.end();
    });
    kept.is_absent = std::all_of(rest.begin(), rest.end(), [](const auto& m) { return is_as_absent(m.value(), absent_values::empty); });
}

LLMX_DECL void bedrock_read_output(const json_cursor& in, chat_request& to) {
    if (!in.is_object()) return;
    const json_cursor format = in["textFormat"], effort = in["effort"], structure = format["structure"], json = structure["jsonSchema"],
                      schema = json["schema"];
    if (effort)
        if (const auto read = bedrock_read_effort(effort)) (to.reasoning ? *to.reasoning : to.reasoning.emplace()).effort = *read;
    if (format.is_object() && !format.object()->empty()) {
        const json_cursor type = format["type"];
        if (type.string_or() != "json_schema") return type.expected("\"json_schema\"");
        // The schema is a string.
        const std::string_view text = bedrock_require_string(schema);
        if (schema && !parse_json_object(text)) return schema.expected("the text of a JSON Schema object");
        to.response_format = response_format::json_schema(std::string(json["name"].string_or()), std::string(text));
        json["description"].read(to.response_format->description);
    }
    bedrock_keep_rest(in, {"textFormat", "effort"}, "outputConfig", to.extra);
}

LLMX_DECL void bedrock_read_settings(const json_cursor& in, chat_request& to) {
    const json_cursor inference = in["inferenceConfig"], metadata = in["requestMetadata"], tier = in["serviceTier"], stops = inference["stopSequences"];
    if (inference.is_object()) {
        inference["maxTokens"].read_count(to.max_output_tokens);
        inference["temperature"].read(to.temperature);
        inference["topP"].read(to.top_p);
        stops.read(to.stop);
        bedrock_keep_rest(inference, {"maxTokens", "temperature", "topP", "stopSequences"}, "inferenceConfig", to.extra);
    }
    if (metadata.is_object())
        for (const auto& m : *metadata.object()) {
            const json_cursor value = metadata[m.key()];
            to.metadata.emplace_back(std::string(std::string_view(m.key())), std::string(bedrock_require_string(value)));
        }
    if (tier.is_object()) {
        const json_cursor type = tier["type"];
        to.service_tier = read_enum(bedrock_tiers, type.string_or());
        if (!to.service_tier && type) to.extra.add(bedrock_converse::name, "serviceTier", tier.text()).hint = true;
    }
}

} // namespace detail

LLMX_DECL result<chat_request> bedrock_converse::decode_request(std::string_view body, const request_target& target) {
    static constexpr std::array<std::string_view, 8> known = {"system", "messages", "toolConfig", "inferenceConfig",
                                                              "additionalModelRequestFields", "outputConfig", "requestMetadata", "serviceTier"};
    json_document document(body);
    const json_cursor in = document.root();
    chat_request r;
    r.model = target.model;
    r.stream = target.stream;
    r.include_usage = target.stream; // a stream of this API always ends with it
    detail::bedrock_read_messages(in, r);
    detail::bedrock_read_tools(in["toolConfig"], r);
    detail::bedrock_read_settings(in, r);
    detail::bedrock_read_more(in["additionalModelRequestFields"], r);
    detail::bedrock_read_output(in["outputConfig"], r);
    detail::bedrock_keep_extra(in, known, r.extra);
    detail::drop_gateway_members(r.extra);
    if (const result<void> read = document.status(); !read) return read.error();
    return r;
}

} // namespace llmx::inline LLMX_ABI
