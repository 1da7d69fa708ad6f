// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/detail/responses_fields.hpp>
#include <llmx/dialects/openai/impl/chat_decode_request.ipp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Reads `tools`; those of a namespace become functions with both names.
class responses_tool_reader {
public:
    explicit responses_tool_reader(chat_request& to) noexcept : to_(to) {}

    LLMX_DECL void read(const json_cursor& from, std::size_t index) {
        const json_cursor member = from["type"];
        std::string type;
        member.read(type);
        if (type.empty()) return member.expected("a string");
        if (type != "namespace") return add(read_one(from, type, std::string_view()), index);
        std::string space;
        openai_chat_need(from["name"], space);
        const json_cursor tools = from["tools"], description = from["description"];
        if (tools.array() == nullptr) return tools.expected("an array");
        tools.each_object([&](const json_cursor& one, std::size_t i) {
            const std::string_view kind = one["type"].string_or("function");
            tool t = read_one(one, kind, space);
            if (i == 0 && description.is_string()) {
                extra_members::member& m = t.extra.add(openai_responses::name, "namespace.description", description.text());
                m.hint = true;
            }
            add(std::move(t), index);
        });
    }

private:
    void add(tool t, std::size_t index) {
        to_.tools.push_back(std::move(t));
        to_.origins.tool(wire_origin(0, index));
    }

    LLMX_DECL static tool read_one(const json_cursor& from, std::string_view type, std::string_view space) {
        tool t;
        if (type == "function" || type == "custom") {
            std::string name;
            openai_chat_need(from["name"], name);
            t.name = responses_joined(space, name);
            read_fields(from, &t, responses_tool_fields.view());
            if (type == "custom") {
                mark_custom_tool(t.extra, openai_responses::name);
                const json_cursor format = from["format"];
                t.parameters = raw_json(custom_tool_schema(format));
                responses_keep(from, {"type", "name", "description"}, "", t.extra);
                mark_custom_format(t.extra, format);
                return t;
            }
            from["parameters"].read_object(t.parameters);
            // False is what every other language has without it.
            bool strict = false;
            from["strict"].read(strict);
            if (strict) t.strict = true;
            responses_keep(from, {"type", "name", "description", "parameters", "strict"}, "", t.extra);
            return t;
        }
        t.name = from["name"].string_or();
        t.builtin = opaque_part(openai_responses::name, from.text());
        t.kind = openai_chat_builtin_kind(type);
        if (t.kind == builtin_kind::web_search) openai_chat_read_search(from, t);
        if (type == "mcp") read_mcp(from, t);
        return t;
    }

    /// What of a server's settings changes which calls are made, and no other language has, is kept by its name: a call that the caller
    /// wants to approve must not be made without that.
    LLMX_DECL static void read_mcp(const json_cursor& from, tool& to) {
        const json_cursor label = from["server_label"], url = from["server_url"], token = from["authorization"], tools = from["allowed_tools"],
                          approval = from["require_approval"], headers = from["headers"], connector = from["connector_id"];
        mcp_server& server = to.mcp.emplace();
        server.name = label.string_or();
        server.url = url.string_or();
        server.authorization = token.string_or();
        const json_cursor names = tools["tool_names"];
        const json_cursor& list = tools.array() != nullptr ? tools : names;
        for (std::size_t i = 0; list.array() != nullptr && i < list.array()->size(); ++i)
            if (const json_cursor one = list[i]; !one.string_or().empty()) server.allowed_tools.emplace_back(one.string_or());
        const auto keep = [&to](std::string_view name, std::string json) {
            to.extra.add(openai_responses::name, std::string(name), std::move(json));
        };
        if (approval.string_or() != "never") keep("require_approval", approval ? approval.text() : "\"always\"");
        if (headers.object() != nullptr && !headers.object()->empty()) keep("headers", "{}"); // they may be secrets
        if (connector.is_string()) keep("connector_id", connector.text());
        if (const json_cursor read_only = tools["read_only"]; read_only) keep("allowed_tools.read_only", read_only.text());
    }

    chat_request& to_;
};

LLMX_DECL void responses_read_choice(const json_cursor& from, chat_request& to) {
    if (!from) return;
    using mode = tool_choice::mode;
    if (from.is_string()) {
        const std::string_view word = from.string_or();
        if (word == "auto") to.tool_choice = tool_choice(mode::automatic);
        else if (word == "none") to.tool_choice = tool_choice(mode::none);
        else if (word == "required") to.tool_choice = tool_choice(mode::required);
        else from.expected("\"none\", \"auto\", \"required\" or an object");
        return;
    }
    if (from.object() == nullptr) return from.expected("a string or an object");
    const json_cursor kind = from["type"];
    const std::string_view type = kind.string_or();
    if (type == "function" || type == "custom") {
        std::string name, space;
        openai_chat_need(from["name"], name);
        from["namespace"].read(space);
        to.tool_choice = tool_choice::function(responses_joined(space, name));
        return;
    }
    if (type == "allowed_tools" && openai_chat_read_allowed(from, to)) return;
    to.extra.add(openai_responses::name, "tool_choice", from.text());
}

LLMX_DECL void responses_read_text_settings(const json_cursor& text, chat_request& to) {
    if (!text.is_object()) return;
    responses_keep(text, {"format"}, "text.", to.extra);
    const json_cursor format = text["format"];
    if (!format.is_object() || format.object()->empty()) return;
    const json_cursor kind = format["type"];
    std::string type;
    kind.read(type);
    using form = response_format::kind;
    if (type == "text" || type == "json_object") {
        // Text is what a request without a format gets.
        if (type != "text") to.response_format.emplace(form::json_object);
        responses_keep(format, {"type"}, "text.format.", to.extra);
    } else if (type == "json_schema") {
        response_format& f = to.response_format.emplace(form::json_schema);
        openai_chat_need(format["name"], f.name);
        read_fields(format, &f, responses_format_fields.view());
        responses_keep(format, {"type", "name", "description", "schema", "strict"}, "text.format.", to.extra);
    } else if (type.empty()) {
        kind.expected("a string");
    } else {
        to.extra.add(openai_responses::name, "text.format", format.text());
    }
}

LLMX_DECL void responses_read_reasoning(const json_cursor& from, chat_request& to) {
    if (!from.is_object()) return;
    std::string effort, summary;
    const json_cursor older = from["generate_summary"];
    from["effort"].read(effort);
    from["summary"].read(summary);
    if (summary.empty()) older.read(summary);
    const auto keep = [&to](std::string_view name, std::string_view word) {
        std::string json;
        append_json_string(json, word);
        to.extra.add(openai_responses::name, std::string("reasoning.").append(name), std::move(json)).hint = true;
    };
    for (std::size_t i = 0; i < effort_names.size(); ++i)
        if (effort == effort_names[i]) to.reasoning = reasoning_options(static_cast<reasoning_effort>(i));
    if (!effort.empty() && !to.reasoning) keep("effort", effort);
    if (!summary.empty() && summary != "none") {
        if (!to.reasoning) to.reasoning.emplace();
        to.reasoning->include_thoughts = true;
        if (summary != "auto") keep("summary", summary);
    }
    responses_keep(from, {"effort", "summary", "generate_summary"}, "reasoning.", to.extra);
}

/// `include`: log probabilities are a member of the vocabulary, encrypted reasoning is always included.
LLMX_DECL void responses_read_include(const json_cursor& from, chat_request& to) {
    std::vector<std::string> all;
    from.read(all);
    std::string rest;
    json_writer w(rest);
    w.array();
    bool any = false;
    for (const std::string& one : all) {
        if (one == "message.output_text.logprobs") {
            to.logprobs = true;
        } else if (one != "reasoning.encrypted_content") {
            any = true;
            w.value(one);
        }
    }
    w.end_array();
    if (any) to.extra.add(openai_responses::name, "include", std::move(rest)).hint = true;
}

/// The API stores a reply unless a request forbids it; nothing else does.
LLMX_DECL void responses_read_store(const json_cursor& from, chat_request& to) {
    std::optional<bool> store;
    from.read(store);
    if (store == false) return;
    extra_members::member& m = to.extra.add(openai_responses::name, "store", "true");
    m.hint = true;
    m.is_absent = !store.has_value();
}

LLMX_DECL void responses_read_instructions(const json_cursor& from, chat_request& to) {
    std::string text;
    from.read(text);
    if (text.empty()) return;
    to.origins.message(wire_origin(1));
    to.origins.part(wire_origin(2));
    to.messages.push_back(message::system(std::move(text)));
}

/// Members that a table does not have: they are in none of the vocabulary, or in two places.
inline constexpr std::string_view responses_known[] = {"instructions", "include", "text", "store", "tool_choice"};

inline constexpr std::span<const field_rule> responses_tables[] = {
    responses_request_fields.view(), responses_reasoning_fields.view(), responses_format_fields.view(), responses_tool_fields.view(),
    responses_search_fields.view(),  responses_choice_fields.view(),    responses_message_fields.view(), responses_cache_fields.view(),
    responses_media_fields.view(),   responses_citation_fields.view(),  responses_text_fields.view(),    responses_refusal_fields.view(),
    responses_image_fields.view(),   responses_audio_fields.view(),     responses_file_fields.view(),    responses_thinking_fields.view(),
    responses_call_fields.view(),    responses_result_fields.view(),    responses_opaque_fields.view()};

} // namespace detail

LLMX_DECL result<chat_request> openai_responses::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor root = document.root();
    chat_request to;
    const json_cursor model = root["model"], input = root["input"], tools = root["tools"], prompt = root["prompt"],
                      earlier = root["previous_response_id"], conversation = root["conversation"];
    model.read(to.model);
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) model.expected("the name of a model");
    detail::responses_read_instructions(root["instructions"], to);
    detail::responses_read_input(input, to);
    if (!input && !prompt && !earlier && !conversation) input.expected("a string or an array");
    else if (const auto* const items = input.array(); items != nullptr && items->empty() && !prompt && !earlier && !conversation)
        input.expected("at least one item");
    root["max_output_tokens"].read_count(to.max_output_tokens);
    detail::read_fields(root, &to, detail::responses_request_fields.view());
    root["parallel_tool_calls"].read(to.parallel_tool_calls);
    root["stream"].read(to.stream);
    root["user"].read(to.user);
    std::string tier;
    root["service_tier"].read(tier);
    to.service_tier = detail::read_enum(detail::openai_chat_tiers, tier);
    if (!to.service_tier && !tier.empty()) {
        std::string json;
        append_json_string(json, tier);
        to.extra.add(name, "service_tier", std::move(json)).hint = true;
    }
    detail::responses_tool_reader reader(to);
    tools.each_object([&reader](const json_cursor& one, std::size_t i) { reader.read(one, i); });
    detail::responses_read_choice(root["tool_choice"], to);
    detail::responses_read_text_settings(root["text"], to);
    detail::responses_read_reasoning(root["reasoning"], to);
    detail::responses_read_include(root["include"], to);
    detail::responses_read_store(root["store"], to);
    detail::openai_chat_read_metadata(root["metadata"], to);
    if (target.stream) to.stream = true;
    detail::keep_extra(root, detail::responses_request_fields.view(), detail::responses_known, name, "", detail::responses_hints, to.extra);
    std::erase_if(to.extra.members, [](const extra_members::member& m) {
        // Their defaults: the same as requests without them.
        return (m.name == "background" && m.value.text == "false") || (m.name == "truncation" && m.value.text == "\"disabled\"");
    });
    detail::drop_gateway_members(to.extra);
    to.extra.mark_state(detail::responses_states);
    if (const result<void> done = document.status(); !done) return done.error();
    return to;
}

LLMX_DECL std::string openai_responses::caller_path(const request_place& at, const chat_request& request) {
    detail::wire_names names;
    names.message_lists = detail::responses_message_lists;
    names.part_lists = detail::responses_part_lists;
    names.tool_lists = detail::responses_tool_lists;
    names.tables = detail::responses_tables;
    return detail::wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI
