// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/cohere/impl/chat_decode_content.ipp>
#include <llmx/dialects/detail/gateway_members.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void cohere_read_tool(const json_cursor& in, bool strict, tool& to) {
    const json_cursor type = in["type"], function = in["function"], schema = function["parameters"];
    if (type && type.string_or() != "function") return type.expected("\"function\"");
    function.required();
    if (!function.is_object()) return;
    read_fields(function, &to, cohere_tool_fields.view());
    if (to.name.empty()) function["name"].wrong("field required");
    if (schema && schema.object() == nullptr) schema.expected("a JSON Schema object");
    to.parameters = raw_json(schema.text());
    if (strict) to.strict = true;
    cohere_keep_extra(in, {}, to.extra, {"type", "function"});
}

LLMX_DECL void cohere_read_choice(const json_cursor& choice, chat_request& to) {
    std::string how;
    choice.read(how);
    if (how == "REQUIRED") to.tool_choice.emplace(tool_choice::mode::required);
    else if (how == "NONE") to.tool_choice.emplace(tool_choice::mode::none);
    else if (!how.empty()) choice.expected("\"REQUIRED\" or \"NONE\"");
}

LLMX_DECL void cohere_read_format(const json_cursor& format, chat_request& to) {
    if (!format.is_object()) return;
    const json_cursor type = format["type"], older = format["schema"], newer = format["json_schema"];
    const json_cursor& schema = newer ? newer : older;
    if (type.string_or() == "text") {
        to.response_format.emplace(response_format::kind::text);
    } else if (type.string_or() == "json_object") {
        if (schema && schema.object() == nullptr) return schema.expected("a JSON Schema object");
        if (schema && !schema.object()->empty()) to.response_format = response_format::json_schema(std::string(), schema.text());
        else to.response_format.emplace(response_format::kind::json_object);
    } else {
        type.expected("\"text\" or \"json_object\"");
    }
}

LLMX_DECL void cohere_read_thinking(const json_cursor& thinking, chat_request& to) {
    if (!thinking.is_object()) return;
    const json_cursor type = thinking["type"], budget = thinking["token_budget"];
    reasoning_options how;
    if (type.string_or() == "disabled") {
        how.budget_tokens = 0;
    } else if (type.string_or() == "enabled") {
        budget.read_count(how.budget_tokens);
        if (how.budget_tokens && *how.budget_tokens < 1) return budget.expected("at least 1");
        // The model itself decides how much.
        how.adaptive = !how.budget_tokens;
    } else {
        return type.expected("\"enabled\" or \"disabled\"");
    }
    to.reasoning = how;
}

LLMX_DECL void cohere_read_settings(const json_cursor& in, chat_request& to) {
    cohere_read_choice(in["tool_choice"], to);
    cohere_read_format(in["response_format"], to);
    cohere_read_thinking(in["thinking"], to);
    // 0 switches it off.
    if (to.top_k == 0) to.top_k.reset();
    const bool strict = in["strict_tools"].bool_or();
    const json_cursor tools = in["tools"], safety = in["safety_mode"];
    tools.each_object([&to, strict](const json_cursor& one, std::size_t i) {
        cohere_read_tool(one, strict, to.tools.emplace_back());
        to.origins.tool(wire_origin(0, i));
    });
    // The default of the API; the others demand a filter, or that there is none.
    if (safety && safety.string_or() != "CONTEXTUAL") to.extra.add(cohere_chat::name, "safety_mode", safety.text());
    cohere_keep_extra(in, cohere_request_fields.view(), to.extra, {"documents", "strict_tools", "safety_mode"});
    drop_gateway_members(to.extra);
}

} // namespace detail

LLMX_DECL result<chat_request> cohere_chat::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    chat_request r;
    detail::read_fields(in, &r, detail::cohere_request_fields.view());
    if (!target.model.empty()) r.model = target.model;
    if (r.model.empty()) in["model"].wrong("field required");
    detail::cohere_read_messages(in, r);
    detail::cohere_read_settings(in, r);
    if (target.stream) r.stream = true;
    // Streams of this API always end with the usage.
    r.include_usage = r.stream;
    if (const auto read = document.status(); !read) return read.error();
    return r;
}

} // namespace llmx::inline LLMX_ABI
