// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/impl/messages_decode_content.ipp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void messages_read_tool_choice(const json_cursor& choice, chat_request& to) {
    if (!choice.is_object() || choice.object()->empty()) return;
    const json_cursor type = choice["type"], name = choice["name"];
    const auto how = read_enum(messages_choices, type.string_or());
    if (!how) return type.expected("\"auto\", \"any\", \"tool\" or \"none\"");
    to.tool_choice.emplace(*how);
    name.read(to.tool_choice->name);
    if (*how != tool_choice::mode::function) to.tool_choice->name.clear();
    else if (to.tool_choice->name.empty()) name.wrong("field required");
    std::optional<bool> single;
    choice["disable_parallel_tool_use"].read(single);
    if (single) to.parallel_tool_calls = !*single;
    messages_keep_whole(choice, {"type", "name", "disable_parallel_tool_use"}, "tool_choice", to.extra);
}

LLMX_DECL void messages_read_thinking(const json_cursor& thinking, chat_request& to) {
    if (!thinking.is_object() || thinking.object()->empty()) return;
    const json_cursor budget = thinking["budget_tokens"];
    const std::string_view type = messages_require_string(thinking["type"]);
    std::string display;
    thinking["display"].read(display);
    reasoning_options how;
    if (type == "enabled") {
        budget.required();
        budget.read_count(how.budget_tokens);
        if (how.budget_tokens && *how.budget_tokens < anthropic_messages::min_budget_tokens)
            budget.expected("at least 1024");
    } else if (type == "disabled") {
        how.budget_tokens = 0;
    } else if (type == "adaptive") {
        how.adaptive = true;
    } else {
        messages_keep_whole(thinking, {}, "thinking", to.extra, true);
        return;
    }
    if (display == "summarized") how.include_thoughts = true;
    else if (display == "omitted") how.include_thoughts = false;
    else if (!display.empty()) messages_keep_whole(thinking, {}, "thinking", to.extra, true);
    if (display.empty() || how.include_thoughts)
        messages_keep_whole(thinking, {"type", "budget_tokens", "display"}, "thinking", to.extra, true);
    to.reasoning = how;
}

LLMX_DECL void messages_read_format(const json_cursor& format, chat_request& to) {
    if (!format.is_object() || format.object()->empty()) return;
    const json_cursor type = format["type"], schema = format["schema"];
    if (type.string_or() != "json_schema") return type.expected("\"json_schema\"");
    schema.required();
    if (schema && schema.object() == nullptr) schema.expected("a JSON Schema object");
    to.response_format = response_format::json_schema(std::string(), schema.text());
}

LLMX_DECL void messages_read_output_config(const json_cursor& config, chat_request& to) {
    if (!config.is_object()) return;
    const json_cursor effort = config["effort"], format = config["format"];
    if (effort) {
        const auto known = read_enum(messages_efforts, effort.string_or());
        if (!known) return effort.expected("\"low\", \"medium\", \"high\", \"xhigh\" or \"max\"");
        (to.reasoning ? *to.reasoning : to.reasoning.emplace()).effort = *known;
    }
    messages_read_format(format, to);
    extra_members unknown;
    messages_keep_whole(format, {"type", "schema"}, "format", unknown);
    if (!unknown.empty()) messages_keep_whole(config, {}, "output_config", to.extra);
    else messages_keep_whole(config, {"effort", "format"}, "output_config", to.extra);
}

/// Settings of the API's search, for other languages; this one gets the definition as it came.
LLMX_DECL void messages_read_search(const json_cursor& in, tool& to) {
    web_search_options how;
    const json_cursor location = in["user_location"];
    read_fields(in, &how, messages_search_fields.view());
    how.city = location["city"].string_or();
    how.region = location["region"].string_or();
    how.country = location["country"].string_or();
    how.timezone = location["timezone"].string_or();
    if (how != web_search_options()) to.search = std::move(how);
}

LLMX_DECL void messages_read_tool(const json_cursor& in, tool& to) {
    std::string type;
    in["type"].read(type);
    const json_cursor schema = in["input_schema"];
    if (!type.empty() && type != "custom") {
        in["name"].read(to.name);
        to.builtin.emplace(anthropic_messages::name, in.text());
        for (const messages_builtin& b : messages_builtins)
            if (type.starts_with(b.name) && type.substr(b.name.size()).starts_with("_2")) to.kind = b.kind;
        if (to.kind == builtin_kind::web_search) messages_read_search(in, to);
        return;
    }
    read_fields(in, &to, messages_tool_fields.view());
    if (to.name.empty()) in["name"].wrong("field required");
    in["strict"].read(to.strict);
    messages_read_cache(in, to.cache, to.extra);
    schema.required();
    if (schema && schema.object() == nullptr) schema.expected("a JSON Schema object");
    to.parameters = raw_json(schema.text());
    messages_keep_extra(in, messages_tool_fields.view(), to.extra, {"type"});
}

LLMX_DECL void messages_read_message(const json_cursor& in, std::size_t i, chat_request& to) {
    const json_cursor from = in["role"], content = in["content"];
    message& m = to.messages.emplace_back(role::user);
    to.origins.message(wire_origin(static_cast<std::uint32_t>(messages_list::messages), i));
    if (from.string_or() == "assistant") m.from = role::assistant;
    else if (from.string_or() == "system") m.from = role::system;
    else if (from.string_or() != "user") from.expected("\"user\" or \"assistant\"");
    messages_read_content(content, messages_part_list::content, messages_part_list::content, m, to.origins);
    messages_keep_extra(in, messages_message_fields.view(), m.extra, {});
}

LLMX_DECL void messages_read_messages(const json_cursor& in, chat_request& to) {
    const json_cursor system = in["system"], messages = in["messages"];
    to.messages.reserve(messages.size() + 1);
    to.origins.reserve(messages.size() + 1);
    if (system) {
        to.origins.message(wire_origin(static_cast<std::uint32_t>(messages_list::system)));
        messages_read_content(system, messages_part_list::prompt, messages_part_list::prompt_text,
                              to.messages.emplace_back(role::system), to.origins);
    }
    messages.required();
    messages.each_object([&to](const json_cursor& one, std::size_t i) { messages_read_message(one, i, to); });
    if (messages && messages.size() == 0) messages.wrong("at least one message is required");
}

/// Reads the members that have no table: those that represent several settings, or a part of one.
LLMX_DECL void messages_read_settings(const json_cursor& in, chat_request& to) {
    messages_read_tool_choice(in["tool_choice"], to);
    messages_read_thinking(in["thinking"], to);
    messages_read_output_config(in["output_config"], to);
    // An older name of output_config.format; where both are there it is an unknown member.
    const std::string_view format = to.response_format ? "output_config" : "output_format";
    if (!to.response_format) messages_read_format(in[format], to);
    const json_cursor metadata = in["metadata"], tier = in["service_tier"];
    if (metadata.is_object()) metadata["user_id"].read(to.user);
    messages_keep_whole(metadata, {"user_id"}, "metadata", to.extra, true);
    std::string name;
    tier.read(name);
    to.service_tier = read_enum(anthropic_tiers, name);
    if (!to.service_tier && !name.empty()) to.extra.add(anthropic_messages::name, "service_tier", tier.text()).hint = true;
    messages_read_cache(in, to.cache, to.extra);
    messages_keep_extra(in, messages_request_fields.view(), to.extra, {"system", "thinking", "output_config", "metadata", format});
    drop_gateway_members(to.extra);
    to.extra.mark_state(messages_states);
}

} // namespace detail

LLMX_DECL result<chat_request> anthropic_messages::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    chat_request r;
    detail::read_fields(in, &r, detail::messages_request_fields.view());
    if (!target.model.empty()) r.model = target.model;
    if (r.model.empty()) in["model"].wrong("field required");
    detail::messages_read_messages(in, r);
    in["max_tokens"].required();
    const json_cursor tools = in["tools"];
    tools.each_object([&r](const json_cursor& one, std::size_t i) {
        detail::messages_read_tool(one, r.tools.emplace_back());
        r.origins.tool(wire_origin(0, i));
    });
    detail::messages_read_settings(in, r);
    if (target.stream) r.stream = true;
    // Streams of this API always end with the usage.
    r.include_usage = r.stream;
    if (const auto read = document.status(); !read) return read.error();
    return r;
}

} // namespace llmx::inline LLMX_ABI
