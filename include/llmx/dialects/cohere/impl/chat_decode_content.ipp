// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/cohere/detail/chat_fields.hpp>
#include <llmx/wire/base64.hpp>

#include <string>
#include <string_view>
#include <utility>

// Messages of a client's request. The document carries the first fault: its cursors read nothing more.

namespace llmx::inline LLMX_ABI::detail {

/// The string \p from; absence is a fault, and so is anything else.
LLMX_DECL std::string_view cohere_require_string(const json_cursor& from) {
    from.required();
    if (from && !from.is_string()) from.expected("a string");
    return from.string_or();
}

LLMX_DECL void cohere_read_image(const json_cursor& in, image_part& to) {
    const json_cursor image = in["image_url"];
    image.required();
    if (image.is_object()) {
        to.source.url = cohere_require_string(image["url"]);
        image["detail"].read(to.detail);
    }
    cohere_keep_extra(in, {}, to.extra, {"type", "image_url"});
}

/// Reads one content block of a message that is no result of a tool.
LLMX_DECL void cohere_read_part(const json_cursor& in, content_part& to) {
    const std::string_view type = cohere_require_string(in["type"]);
    if (type == "text") {
        text_part& text = to.emplace<text_part>(std::string(cohere_require_string(in["text"])));
        cohere_keep_extra(in, {}, text.extra, {"type", "text"});
    } else if (type == "image_url") {
        cohere_read_image(in, to.emplace<image_part>());
    } else if (type == "thinking") {
        thinking_part& thought = to.emplace<thinking_part>(std::string(cohere_require_string(in["thinking"])));
        cohere_keep_extra(in, {}, thought.extra, {"type", "thinking"});
    } else {
        to.emplace<opaque_part>(cohere_chat::name, in.text());
    }
}

/// Content of a message: a string or an array of blocks.
LLMX_DECL void cohere_read_content(const json_cursor& content, message& to, request_origins& origins) {
    constexpr auto list = static_cast<std::uint32_t>(cohere_part_list::content);
    if (content.is_string()) {
        to.content.emplace_back(text_part(std::string(content.string_or())));
        origins.part(wire_origin(list));
        return;
    }
    if (content && content.array() == nullptr) content.expected("a string or an array of content blocks");
    content.each_object([&](const json_cursor& block, std::size_t i) {
        cohere_read_part(block, to.content.emplace_back());
        origins.part(wire_origin(list, i));
    });
}

/// The result of a tool: a string, texts, and documents, which stay documents for Cohere alone.
LLMX_DECL void cohere_read_result(const json_cursor& in, message& to, request_origins& origins) {
    tool_result_part& result = std::get<tool_result_part>(to.content.emplace_back(tool_result_part()));
    origins.part(wire_origin(static_cast<std::uint32_t>(cohere_part_list::whole)));
    result.call_id = cohere_require_string(in["tool_call_id"]);
    const json_cursor content = in["content"];
    content.required();
    if (content.is_string()) {
        if (!content.string_or().empty()) result.content.emplace_back(text_part(std::string(content.string_or())));
        return;
    }
    if (content && content.array() == nullptr) content.expected("a string or an array of content blocks");
    content.each_object([&result](const json_cursor& block, std::size_t) {
        const std::string_view type = cohere_require_string(block["type"]);
        const json_cursor document = block["document"];
        text_part text;
        if (type == "document") {
            document.required();
            text.text = cohere_document_text(document);
            text.extra.add(cohere_chat::name, "document", document.text()).hint = true;
        } else if (type == "text") {
            text.text = cohere_require_string(block["text"]);
            cohere_keep_extra(block, {}, text.extra, {"type", "text"});
        } else {
            return block["type"].expected("\"text\" or \"document\"");
        }
        result.content.emplace_back(std::move(text));
    });
}

LLMX_DECL void cohere_read_call(const json_cursor& in, tool_call_part& to) {
    const json_cursor function = in["function"], arguments = function["arguments"];
    to.id = cohere_require_string(in["id"]);
    function.required();
    to.name = cohere_require_string(function["name"]);
    if (arguments.object() != nullptr) to.arguments = arguments.text();
    else arguments.read(to.arguments);
    cohere_keep_extra(in, {}, to.extra, {"type", "id", "function"});
}

/// Reads the parts of an assistant's message in the order in which the model made them: the plan is before the calls.
LLMX_DECL void cohere_read_assistant(const json_cursor& in, message& to, request_origins& origins) {
    const json_cursor content = in["content"], plan = in["tool_plan"], calls = in["tool_calls"], citations = in["citations"];
    cohere_read_content(content, to, origins);
    const std::size_t blocks = to.content.size();
    std::string planned;
    plan.read(planned);
    if (!planned.empty()) {
        to.content.emplace_back(text_part(std::move(planned)));
        origins.part(wire_origin(static_cast<std::uint32_t>(cohere_part_list::tool_plan)));
    }
    citations.each_object([&](const json_cursor& one, std::size_t) {
        const bool of_plan = one["type"].string_or() == "PLAN" && to.content.size() > blocks;
        const auto at = of_plan ? blocks : static_cast<std::size_t>(one["content_index"].count_or());
        // Where the text is not in the message, there is nothing that it cites.
        if (at >= to.content.size()) return;
        if (auto* const text = std::get_if<text_part>(&to.content[at])) text->citations.push_back(cohere_read_citation(one));
    });
    calls.each_object([&](const json_cursor& one, std::size_t i) {
        cohere_read_call(one, to.content.emplace_back().emplace<tool_call_part>());
        origins.part(wire_origin(static_cast<std::uint32_t>(cohere_part_list::tool_calls), i));
    });
}

LLMX_DECL void cohere_read_message(const json_cursor& in, std::size_t i, chat_request& to) {
    const json_cursor from = in["role"], content = in["content"];
    const std::string_view role_name = from.string_or();
    message& m = to.messages.emplace_back(role::user);
    to.origins.message(wire_origin(static_cast<std::uint32_t>(cohere_list::messages), i));
    if (role_name == "tool") {
        m.from = role::tool;
        cohere_read_result(in, m, to.origins);
        return cohere_keep_extra(in, {}, m.extra, {"role", "tool_call_id", "content"});
    }
    if (role_name == "assistant") {
        m.from = role::assistant;
        cohere_read_assistant(in, m, to.origins);
        return cohere_keep_extra(in, {}, m.extra, {"role", "content", "tool_plan", "tool_calls", "citations"});
    }
    if (role_name == "system") m.from = role::system;
    else if (role_name != "user") from.expected("\"user\", \"assistant\", \"system\" or \"tool\"");
    content.required();
    cohere_read_content(content, m, to.origins);
    cohere_keep_extra(in, {}, m.extra, {"role", "content"});
}

/// The request's documents as files in a message of their own.
LLMX_DECL void cohere_read_documents(const json_cursor& documents, chat_request& to) {
    if (documents.array() == nullptr || documents.array()->empty()) return;
    message& m = to.messages.emplace_back(role::user);
    to.origins.message(wire_origin(static_cast<std::uint32_t>(cohere_list::documents)));
    documents.each([&](const json_cursor& one, std::size_t i) {
        if (!one.is_string() && one.object() == nullptr) return one.expected("a string or an object");
        const json_cursor data = one["data"];
        file_part& file = m.content.emplace_back().emplace<file_part>();
        file.source = media::from_base64("text/plain", base64_encode(cohere_document_text(one)));
        file.filename = data["title"].string_or(one["id"].string_or());
        file.extra.add(cohere_chat::name, "document", one.text()).hint = true;
        to.origins.part(wire_origin(static_cast<std::uint32_t>(cohere_part_list::documents), i));
    });
}

LLMX_DECL void cohere_read_messages(const json_cursor& in, chat_request& to) {
    const json_cursor messages = in["messages"], documents = in["documents"];
    messages.required();
    const std::size_t count = messages.size();
    if (messages && count == 0) messages.wrong("at least one message is required");
    if (documents) static_cast<void>(documents.size()); // anything but a list is a fault
    // They are about what is asked now.
    std::size_t last = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (const json_cursor one = messages[i]; one["role"].string_or() == "user") last = i;
    to.messages.reserve(count + 1);
    to.origins.reserve(count + 1);
    messages.each_object([&](const json_cursor& one, std::size_t i) {
        if (i == last) cohere_read_documents(documents, to);
        cohere_read_message(one, i, to);
    });
}

} // namespace llmx::inline LLMX_ABI::detail
