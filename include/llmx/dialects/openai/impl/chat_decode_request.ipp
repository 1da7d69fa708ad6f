// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/chat_fields.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void openai_chat_read_function(const json_cursor& from, tool& to) {
    openai_chat_need(from["name"], to.name);
    read_fields(from, &to, openai_chat_tool_fields.view());
    from["parameters"].read_object(to.parameters);
    openai_chat_read_cache(from, to.cache);
    openai_chat_keep(from, {"name", "description", "parameters", "strict", "cache_control"}, "function.", to.extra);
}

/// A function in the form of Anthropic's Messages API or of OpenAI's Responses API.
LLMX_DECL void openai_chat_read_flat_function(const json_cursor& from, tool& to) {
    openai_chat_need(from["name"], to.name);
    read_fields(from, &to, openai_chat_tool_fields.view());
    const json_cursor schema = from["input_schema"];
    (schema.is_object() ? schema : from["parameters"]).read_object(to.parameters);
    openai_chat_read_cache(from, to.cache);
    openai_chat_keep(from, {"type", "name", "description", "parameters", "input_schema", "strict", "cache_control"}, "function.", to.extra);
}

/// The function of OpenAI's own tools, by their `type`.
/// Source: platform.openai.com/docs/guides/tools.
LLMX_DECL [[nodiscard]] builtin_kind openai_chat_builtin_kind(std::string_view type) noexcept {
    if (type.starts_with("web_search")) return builtin_kind::web_search; // "web_search_preview" and dated ones too
    if (type == "code_interpreter") return builtin_kind::code_execution;
    return builtin_kind::other;
}

/// Settings of a search: `web_search_options`, or a tool that searches, where the place of the user is not in an object of its own.
LLMX_DECL void openai_chat_read_search(const json_cursor& from, tool& to) {
    web_search_options how;
    const json_cursor size = from["search_context_size"], location = from["user_location"], inner = location["approximate"],
                      filters = from["filters"];
    const json_cursor& place = inner.object() != nullptr ? inner : location;
    how.context_size = size.string_or();
    how.city = place["city"].string_or();
    how.region = place["region"].string_or();
    how.country = place["country"].string_or();
    how.timezone = place["timezone"].string_or();
    const auto domains = [&filters](std::string_view name, std::vector<std::string>& list) {
        const json_cursor all = filters[name];
        for (std::size_t i = 0; all.array() != nullptr && i < all.array()->size(); ++i)
            if (const json_cursor one = all[i]; !one.string_or().empty()) list.emplace_back(one.string_or());
    };
    domains("allowed_domains", how.allowed_domains);
    domains("blocked_domains", how.blocked_domains);
    if (how != web_search_options()) to.search = std::move(how);
}

/// Whether \p from is a tool of a vendor whose tools are named by the member that they are: `{"googleSearch":{}}`.
LLMX_DECL [[nodiscard]] bool openai_chat_is_named_by_member(const json_cursor& from) noexcept {
    const boost::json::object* const members = from.object();
    return members != nullptr && !members->empty() && !from["function"] && !from["custom"] &&
           std::all_of(members->begin(), members->end(), [](const auto& m) { return m.value().is_object(); });
}

LLMX_DECL void openai_chat_read_tool(const json_cursor& from, tool& to) {
    const json_cursor member = from["type"];
    std::string type;
    member.read(type);
    // The vendor that has the tool knows it.
    if (!member && openai_chat_is_named_by_member(from)) {
        to.builtin = opaque_part(openai_chat::name, from.text());
        return;
    }
    const json_cursor function = from["function"], schema = from["input_schema"];
    // Agents write the functions of one vendor in requests of another: Anthropic's have no type and an `input_schema`, those of the
    // Responses API have the members of `function` beside the type.
    if ((type.empty() || type == "function" || type == "custom") && !function && (schema.is_object() || (type == "function" && from["name"]))) {
        openai_chat_read_flat_function(from, to);
        return;
    }
    if (type.empty()) return member.expected("a string");
    if (type == "function") {
        if (!function.expect_object()) return;
        openai_chat_read_function(function, to);
        openai_chat_read_cache(from, to.cache);
        openai_chat_keep(from, {"type", "function", "cache_control"}, "", to.extra);
        return;
    }
    const json_cursor custom = from["custom"];
    if (type == "custom") {
        if (!custom.expect_object()) return;
        const json_cursor format = custom["format"];
        openai_chat_need(custom["name"], to.name);
        read_fields(custom, &to, openai_chat_tool_fields.view());
        mark_custom_tool(to.extra, openai_chat::name);
        to.parameters = raw_json(custom_tool_schema(format));
        openai_chat_keep(custom, {"name", "description"}, "", to.extra);
        mark_custom_format(to.extra, format);
        return;
    }
    to.name = custom["name"].string_or();
    to.builtin = opaque_part(openai_chat::name, from.text());
    to.kind = openai_chat_builtin_kind(type);
    if (to.kind == builtin_kind::web_search) openai_chat_read_search(from, to);
}

/// `tools`, `functions` of the API before them, and `web_search_options`, which is a tool in all but its place.
LLMX_DECL void openai_chat_read_tools(const json_cursor& from, chat_request& to) {
    const auto add = [&to](tool t, std::uint32_t list, std::size_t index) {
        to.tools.push_back(std::move(t));
        to.origins.tool(wire_origin(list, index));
    };
    const json_cursor tools = from["tools"], functions = from["functions"], search = from[openai_chat_search_options];
    tools.each_object([&add](const json_cursor& one, std::size_t i) {
        tool t;
        openai_chat_read_tool(one, t);
        add(std::move(t), 0, i);
    });
    functions.each_object([&add](const json_cursor& one, std::size_t i) {
        tool t;
        openai_chat_read_function(one, t);
        add(std::move(t), 1, i);
    });
    if (!search.is_object()) return;
    tool t;
    t.builtin = openai_chat_search_tool(search.text());
    t.kind = builtin_kind::web_search;
    openai_chat_read_search(search, t);
    add(std::move(t), 2, wire_origin::no_index);
}

/// `allowed_tools`, in which a mode and a list of names are, or the two beside `type` as the Responses API has them. False when the
/// object has something that the vocabulary has not.
/// Source: platform.openai.com/docs/api-reference/chat/create, `tool_choice`, "Allowed tools".
LLMX_DECL [[nodiscard]] bool openai_chat_read_allowed(const json_cursor& from, chat_request& to) {
    const json_cursor inner = from["allowed_tools"];
    const json_cursor& in = inner.object() != nullptr ? inner : from;
    const json_cursor mode = in["mode"], tools = in["tools"];
    tool_choice choice;
    const std::string_view word = mode.string_or();
    if (word == "required") choice.how = tool_choice::mode::required;
    else if (word != "auto") return false;
    bool named = tools.size() != 0 && in.object()->size() == (&in == &inner ? 2u : 3u);
    tools.each_object([&](const json_cursor& one, std::size_t) {
        const json_cursor type = one["type"];
        const std::string_view kind = type.string_or();
        const json_cursor of = one[kind.empty() ? std::string_view("function") : kind];
        const std::string_view name = of["name"].string_or(one["name"].string_or());
        named = named && (kind == "function" || kind == "custom") && !name.empty();
        choice.allowed.emplace_back(name);
    });
    if (named) to.tool_choice = std::move(choice);
    return named;
}

/// A choice without a name; "any" is Mistral's and Anthropic's word for "required". False when it is none of these.
LLMX_DECL [[nodiscard]] bool openai_chat_read_choice_word(std::string_view word, chat_request& to) {
    using mode = tool_choice::mode;
    if (word == "auto") to.tool_choice = tool_choice(mode::automatic);
    else if (word == "none") to.tool_choice = tool_choice(mode::none);
    else if (word == "required" || word == "any") to.tool_choice = tool_choice(mode::required);
    else return false;
    return true;
}

/// A choice by one word, or of a function. Agents write it as they write it for other vendors: the word in an object
/// (`{"type":"auto"}`), the name beside the type (`{"type":"tool","name":"f"}` of Anthropic, `{"type":"function","name":"f"}` of the
/// Responses API). A choice of another kind is kept whole.
LLMX_DECL void openai_chat_read_tool_choice(const json_cursor& from, bool old, chat_request& to) {
    if (!from || to.tool_choice) return;
    if (from.is_string()) {
        if (!openai_chat_read_choice_word(from.string_or(), to)) from.expected("\"none\", \"auto\", \"required\" or an object");
        return;
    }
    if (from.object() == nullptr) return from.expected("a string or an object");
    const json_cursor type = from["type"], function = from["function"], beside = from["name"];
    const json_cursor custom = from["custom"];
    const std::string_view kind = type.string_or(function.is_object() || !beside.string_or().empty() ? "function" : "");
    if (!old && kind == "allowed_tools" && openai_chat_read_allowed(from, to)) return;
    if (!old && from.object()->size() == 1 && openai_chat_read_choice_word(kind, to)) return;
    if (!old && kind == "custom" && from.object()->size() == 2 && !custom["name"].string_or().empty()) {
        to.tool_choice = tool_choice::function(std::string(custom["name"].string_or()));
        return;
    }
    if (!old && kind != "function" && !(kind == "tool" && from.object()->size() == 2 && !beside.string_or().empty())) {
        to.extra.add(openai_chat::name, "tool_choice", from.text());
        return;
    }
    const bool flat = old || (!function && beside);
    const json_cursor& named = flat ? from : function;
    named.expect_object();
    std::string name;
    named["name"].read(name);
    if (name.empty()) named["name"].expected("a string");
    to.tool_choice = tool_choice::function(std::move(name));
    if (!old) openai_chat_keep(from, {"type", flat ? "name" : "function"}, "tool_choice.", to.extra);
}

LLMX_DECL void openai_chat_read_format(const json_cursor& from, chat_request& to) {
    if (!from.is_object() || from.object()->empty()) return;
    // LiteLLM's form: a schema for Gemini beside the type, and whether LiteLLM checks the answer.
    const json_cursor member = from["type"], schema = from["json_schema"], beside = from["response_schema"];
    std::string type;
    member.read(type);
    if (type.empty()) return member.expected("a string");
    if (type != "text" && type != "json_object" && type != "json_schema") {
        // Grammars and similar formats, which only some compatible servers have.
        to.extra.add(openai_chat::name, "response_format", from.text());
        return;
    }
    using kind = response_format::kind;
    const bool by_schema = type == "json_schema" && !(beside.is_object() && !schema);
    openai_chat_keep(from, {"type", by_schema ? "json_schema" : "type", "response_schema", "enforce_validation"},
                     "response_format.", to.extra);
    if (type != "text" && !by_schema && beside.is_object()) {
        to.response_format = response_format::json_schema("response", beside.text());
        return;
    }
    response_format& f = to.response_format.emplace(type == "text" ? kind::text : kind::json_object);
    if (!by_schema || !schema.expect_object()) return;
    f.form = kind::json_schema;
    schema["name"].read(f.name);
    if (f.name.empty()) schema["name"].expected("a string");
    read_fields(schema, &f, openai_chat_format_fields.view());
    openai_chat_keep(schema, {"name", "description", "schema", "strict"}, "response_format.json_schema.", to.extra);
}

LLMX_DECL void openai_chat_read_reasoning(const json_cursor& from, chat_request& to) {
    std::string word, summary;
    const json_cursor asked = from["reasoning_effort"];
    // LiteLLM's form for models of Responses: {"effort":…,"summary":…}.
    if (asked.object() != nullptr) {
        asked["effort"].read(word);
        asked["summary"].read(summary);
    } else {
        asked.read(word);
    }
    for (std::size_t i = 0; i < effort_names.size(); ++i)
        if (word == effort_names[i]) to.reasoning = reasoning_options(static_cast<reasoning_effort>(i));
    // A server's own word ("default", "disable") is for that server to judge.
    if (!word.empty() && !to.reasoning) {
        std::string json;
        append_json_string(json, word);
        to.extra.add(openai_chat::name, "reasoning_effort", std::move(json)).hint = true;
    }
    if (!summary.empty() && summary != "none") {
        if (!to.reasoning) to.reasoning.emplace();
        to.reasoning->include_thoughts = true;
        std::string json;
        append_json_string(json, summary);
        if (summary != "auto") to.extra.add(openai_chat::name, "reasoning_effort.summary", std::move(json)).hint = true;
    }
    const json_cursor thinking = from["thinking"];
    if (!thinking.is_object() || thinking.object()->empty()) return;
    if (!to.reasoning) to.reasoning.emplace();
    const json_cursor member = thinking["type"];
    std::string type;
    member.read(type);
    thinking["budget_tokens"].read_count(to.reasoning->budget_tokens);
    if (type == "disabled") to.reasoning->budget_tokens = 0;
    else if (type == "adaptive") to.reasoning->adaptive = true;
    else if (type != "enabled") member.expected("\"enabled\", \"disabled\" or \"adaptive\"");
    openai_chat_keep(thinking, {"type", "budget_tokens"}, "thinking.", to.extra);
}

LLMX_DECL void openai_chat_read_stop(const json_cursor& from, std::vector<std::string>& to) {
    if (from.is_string()) {
        if (const std::string_view text = from.string_or(); !text.empty()) to.emplace_back(text);
        return;
    }
    if (from && from.array() == nullptr) return from.expected("a string or an array of strings");
    from.read(to);
}

LLMX_DECL void openai_chat_read_metadata(const json_cursor& from, chat_request& to) {
    // LiteLLM's clients put labels of any form here; texts alone are labels of a vendor's.
    if (from.object() == nullptr) return;
    for (const auto& m : *from.object()) {
        const std::string_view key = m.key();
        if (!m.value().is_string()) continue;
        to.metadata.emplace_back(std::string(key), std::string(std::string_view(m.value().get_string())));
    }
}

LLMX_DECL void openai_chat_read_stream_options(const json_cursor& from, chat_request& to) {
    static constexpr std::string_view known[] = {"include_usage"};
    if (!from.is_object()) return;
    from["include_usage"].read(to.include_usage);
    keep_extra(from, std::span<const field_rule>(), known, openai_chat::name, "stream_options.", openai_chat_hints, to.extra);
}

/// Members that a table does not have because they are in none of the vocabulary, or in two places.
inline constexpr std::string_view openai_chat_known[] = {"max_completion_tokens", "functions", "function_call",
                                                        "web_search_options", "reasoning_effort", "thinking"};

inline constexpr std::string_view openai_chat_message_lists[] = {"messages"};
inline constexpr std::span<const field_rule> openai_chat_tables[] = {
    openai_chat_request_fields.view(),  openai_chat_reasoning_fields.view(), openai_chat_format_fields.view(),
    openai_chat_tool_fields.view(),     openai_chat_search_fields.view(),    openai_chat_choice_fields.view(),    openai_chat_message_fields.view(),
    openai_chat_cache_fields.view(),    openai_chat_media_fields.view(),     openai_chat_citation_fields.view(),
    openai_chat_text_fields.view(),     openai_chat_refusal_fields.view(),   openai_chat_image_fields.view(),
    openai_chat_audio_fields.view(),    openai_chat_file_fields.view(),      openai_chat_thinking_fields.view(),
    openai_chat_call_fields.view(),     openai_chat_result_fields.view(),    openai_chat_opaque_fields.view()};

// The functions API has in the object itself the members that a tool and its call have in `function`.
template <class T, std::size_t N>
[[nodiscard]] constexpr field_table<T, N> openai_chat_without_objects(field_table<T, N> table) noexcept {
    for (field_rule& r : table.rules) r.object = std::string_view();
    return table;
}
inline constexpr auto openai_chat_old_tool_fields = openai_chat_without_objects(openai_chat_tool_fields);
inline constexpr auto openai_chat_old_call_fields = openai_chat_without_objects(openai_chat_call_fields);
inline constexpr std::span<const field_rule> openai_chat_old_tables[] = {openai_chat_old_tool_fields.view(),
                                                                       openai_chat_old_call_fields.view()};

} // namespace detail

LLMX_DECL result<chat_request> openai_chat::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor root = document.root();
    chat_request to;
    const json_cursor model = root["model"], messages = root["messages"];
    model.read(to.model);
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) model.expected("the name of a model");
    if (messages.array() == nullptr) messages.expected("an array");
    else if (messages.array()->empty()) messages.expected("at least one message");
    detail::openai_chat_read_messages(messages, to);

    // The newer name of the limit wins.
    root["max_tokens"].read_count(to.max_output_tokens);
    root["max_completion_tokens"].read_count(to.max_output_tokens);
    detail::read_fields(root, &to, detail::openai_chat_request_fields.view());
    root["n"].read_count(to.n);
    root["parallel_tool_calls"].read(to.parallel_tool_calls);
    root["stream"].read(to.stream);
    root["user"].read(to.user);
    std::string tier;
    root["service_tier"].read(tier);
    detail::openai_chat_read_tier(tier, to.service_tier, to.extra);
    detail::openai_chat_read_cache(root, to.cache);
    detail::openai_chat_read_tools(root, to);
    detail::openai_chat_read_tool_choice(root["tool_choice"], false, to);
    detail::openai_chat_read_tool_choice(root["function_call"], true, to);
    detail::openai_chat_read_format(root["response_format"], to);
    detail::openai_chat_read_reasoning(root, to);
    detail::openai_chat_read_stop(root["stop"], to.stop);
    detail::openai_chat_read_metadata(root["metadata"], to);
    detail::openai_chat_read_stream_options(root["stream_options"], to);
    if (target.stream) to.stream = true;
    detail::keep_extra(root, detail::openai_chat_request_fields.view(), detail::openai_chat_known, name, "",
                       detail::openai_chat_hints, to.extra);
    detail::drop_gateway_members(to.extra);
    to.extra.mark_state(detail::openai_chat_states);
    if (const result<void> done = document.status(); !done) return done.error();
    return to;
}

LLMX_DECL std::string openai_chat::caller_path(const request_place& at, const chat_request& request) {
    detail::wire_names names;
    names.message_lists = detail::openai_chat_message_lists;
    names.part_lists = detail::openai_chat_part_lists;
    names.tool_lists = detail::openai_chat_tool_lists;
    names.tables = detail::openai_chat_tables;
    if (at.is<&chat_request::reasoning>() && at.inner() == nullptr) {
        const bool by_effort = request.reasoning && request.reasoning->effort;
        return by_effort ? "reasoning_effort" : "thinking";
    }
    // They are in the message.
    if (at.is<&text_part::citations>() || at.is<&text_part::signature>())
        return detail::wire_path(request_place().message(at.message_index()).of(*at.member()), request, names);
    const wire_origin* const part = request.origins.find_part(at.message_index(), at.part_index());
    const wire_origin* const tool = request.origins.find_tool(at.tool_index());
    if ((part != nullptr && part->list == static_cast<std::uint32_t>(detail::openai_chat_list::function_call)) ||
        (tool != nullptr && tool->list == 1))
        names.tables = detail::openai_chat_old_tables;
    return detail::wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI
