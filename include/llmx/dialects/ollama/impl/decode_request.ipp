// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/chat_fields.hpp>

#include <string>
#include <string_view>
#include <utility>

// The document carries the first fault: its cursors read nothing more.

namespace llmx::inline LLMX_ABI::detail {

[[nodiscard]] inline wire_origin ollama_origin(ollama_part_list list, std::size_t index = wire_origin::no_index) noexcept {
    return wire_origin(static_cast<std::uint32_t>(list), index);
}

/// The list `images`: base64, whose bytes are the only thing that has a type.
LLMX_DECL void ollama_read_images(const json_cursor& images, message& to, request_origins& origins) {
    images.each([&](const json_cursor& one, std::size_t i) {
        if (!one.is_string()) return one.expected("base64 of an image");
        const std::string_view data = one.string_or(), seen = type_of_base64(data);
        to.content.emplace_back(image_part(media::from_base64(std::string(seen.empty() ? std::string_view("image/png") : seen),
            std::string(data))));
        origins.part(ollama_origin(ollama_part_list::images, i));
    });
}

LLMX_DECL void ollama_read_call(const json_cursor& in, const ollama_form& form, tool_call_part& to) {
    const json_cursor function = in["function"], name = function["name"], arguments = function["arguments"];
    in["id"].read(to.id);
    function.required();
    name.read(to.name);
    if (to.name.empty()) name.wrong("field required");
    if (arguments && !arguments.is_string() && arguments.object() == nullptr) arguments.expected("a JSON object");
    to.arguments = ollama_arguments(arguments);
    ollama_keep_extra(in, form, std::string_view(), to.extra, {"id", "function"});
}

LLMX_DECL void ollama_read_message(const json_cursor& in, std::size_t i, const ollama_form& form, chat_request& to) {
    const json_cursor from = in["role"], content = in["content"], images = in["images"], calls = in["tool_calls"],
        thinking = in["thinking"];
    const std::string_view name = from.string_or();
    message& m = to.messages.emplace_back(role::user);
    to.origins.message(wire_origin(static_cast<std::uint32_t>(ollama_list::messages), i));
    std::string text, thought;
    content.read(text);
    thinking.read(thought);
    if (name == "tool") {
        m.from = role::tool;
        tool_result_part& result = std::get<tool_result_part>(m.content.emplace_back(tool_result_part()));
        to.origins.part(ollama_origin(ollama_part_list::whole));
        in["tool_call_id"].read(result.call_id);
        in["tool_name"].read(result.name);
        // The name that it had at first.
        if (result.name.empty()) in["name"].read(result.name);
        if (!text.empty()) result.content.emplace_back(text_part(std::move(text)));
        return ollama_keep_extra(in, form, std::string_view(), m.extra, {"role", "content", "tool_call_id", "tool_name", "name"});
    }
    if (name == "assistant") m.from = role::assistant;
    else if (name == "system") m.from = role::system;
    else if (name != "user") from.expected("\"system\", \"user\", \"assistant\" or \"tool\"");
    if (!thought.empty()) {
        m.content.emplace_back(thinking_part(std::move(thought)));
        to.origins.part(ollama_origin(ollama_part_list::thinking));
    }
    if (!text.empty()) {
        m.content.emplace_back(text_part(std::move(text)));
        to.origins.part(ollama_origin(ollama_part_list::content));
    }
    ollama_read_images(images, m, to.origins);
    calls.each_object([&](const json_cursor& one, std::size_t k) {
        ollama_read_call(one, form, m.content.emplace_back().emplace<tool_call_part>());
        to.origins.part(ollama_origin(ollama_part_list::tool_calls, k));
    });
    ollama_keep_extra(in, form, std::string_view(), m.extra, {"role", "content", "images", "tool_calls", "thinking"});
}

/// The conversation that `system`, `prompt` and `images` are.
LLMX_DECL void ollama_read_prompt(const json_cursor& in, chat_request& to) {
    const wire_origin whole(static_cast<std::uint32_t>(ollama_list::whole));
    const json_cursor prompt = in["prompt"], images = in["images"];
    std::string system, text;
    in["system"].read(system);
    prompt.read(text);
    if (!system.empty()) {
        to.messages.push_back(message::system(std::move(system)));
        to.origins.message(whole);
        to.origins.part(ollama_origin(ollama_part_list::system));
    }
    message& m = to.messages.emplace_back(role::user);
    to.origins.message(whole);
    if (!text.empty()) {
        m.content.emplace_back(text_part(std::move(text)));
        to.origins.part(ollama_origin(ollama_part_list::prompt));
    }
    ollama_read_images(images, m, to.origins);
    if (m.content.empty()) prompt.wrong("a text is required");
}

LLMX_DECL void ollama_read_tool(const json_cursor& in, const ollama_form& form, tool& to) {
    const json_cursor type = in["type"], function = in["function"], schema = function["parameters"];
    if (type && type.string_or() != "function") return type.expected("\"function\"");
    function.required();
    if (!function.is_object()) return;
    read_fields(function, &to, ollama_tool_fields.view());
    if (to.name.empty()) function["name"].wrong("field required");
    if (schema && schema.object() == nullptr) schema.expected("a JSON Schema object");
    to.parameters = raw_json(schema.text());
    ollama_keep_extra(in, form, std::string_view(), to.extra, {"type", "function"});
}

LLMX_DECL void ollama_read_format(const json_cursor& format, chat_request& to) {
    if (format.object() != nullptr && !format.object()->empty()) {
        to.response_format = response_format::json_schema(std::string(), format.text());
    } else if (format.is_string() && format.string_or() == "json") {
        to.response_format.emplace(response_format::kind::json_object);
    } else if (format && !(format.is_string() && format.string_or().empty()) && format.object() == nullptr) {
        format.expected("\"json\" or a JSON Schema object");
    }
}

LLMX_DECL void ollama_read_think(const json_cursor& think, chat_request& to) {
    if (!think) return;
    reasoning_options how;
    if (think.is_string()) {
        how.effort = read_enum(ollama_efforts, think.string_or());
        if (!how.effort) return think.expected("true, false, \"high\", \"medium\" or \"low\"");
    } else if (think.value()->is_bool()) {
        // The model itself decides how much.
        if (think.bool_or()) how.adaptive = true;
        else how.budget_tokens = 0;
    } else {
        return think.expected("true, false, \"high\", \"medium\" or \"low\"");
    }
    to.reasoning = how;
}

LLMX_DECL void ollama_read_options(const json_cursor& options, const ollama_form& form, chat_request& to) {
    if (!options.is_object()) return;
    read_fields(options, &to, ollama_request_fields.view());
    std::optional<std::int64_t> limit;
    options["num_predict"].read(limit);
    // A negative number: no limit.
    if (limit && *limit >= 0) to.max_output_tokens = clamp_count(*limit);
    const json_cursor stop = options["stop"];
    if (stop.is_string()) to.stop.emplace_back(stop.string_or());
    else stop.read(to.stop);
    ollama_keep_extra(options, form, "options.", to.extra,
                      {"num_predict", "stop", "temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty"});
}

LLMX_DECL result<chat_request> ollama_decode_request(const ollama_form& form, std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root(), messages = in["messages"], tools = in["tools"], options = in["options"],
        logprobs = in["top_logprobs"];
    chat_request r;
    in["model"].read(r.model);
    if (!target.model.empty()) r.model = target.model;
    if (r.model.empty()) in["model"].wrong("field required");
    // It is on unless it is switched off.
    std::optional<bool> stream;
    in["stream"].read(stream);
    r.stream = stream.value_or(true) || target.stream;
    r.include_usage = r.stream;
    if (form.generates) {
        ollama_read_prompt(in, r);
    } else {
        messages.required();
        r.messages.reserve(messages.size());
        r.origins.reserve(messages.size());
        messages.each_object([&](const json_cursor& one, std::size_t i) { ollama_read_message(one, i, form, r); });
        if (messages && messages.size() == 0) messages.wrong("at least one message is required");
        tools.each_object([&](const json_cursor& one, std::size_t i) {
            ollama_read_tool(one, form, r.tools.emplace_back());
            r.origins.tool(wire_origin(0, i));
        });
    }
    ollama_read_format(in["format"], r);
    ollama_read_think(in["think"], r);
    ollama_read_options(options, form, r);
    in["logprobs"].read(r.logprobs);
    logprobs.read_count(r.top_logprobs);
    if (form.generates)
        ollama_keep_extra(in, form, std::string_view(), r.extra,
                          {"model", "prompt", "system", "images", "stream", "format", "think", "options", "logprobs", "top_logprobs"});
    else
        ollama_keep_extra(in, form, std::string_view(), r.extra,
                          {"model", "messages", "tools", "stream", "format", "think", "options", "logprobs", "top_logprobs"});
    drop_gateway_members(r.extra);
    if (const auto read = document.status(); !read) return read.error();
    return r;
}

} // namespace llmx::inline LLMX_ABI::detail
