// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/detail/messages_fields.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/base64.hpp>

#include <string>
#include <string_view>
#include <utility>

// Content blocks of a client's request. The document carries the first fault: its cursors read nothing more.

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The string \p from; absence is a fault, and so is anything else.
LLMX_DECL std::string_view messages_require_string(const json_cursor& from) {
    from.required();
    if (from && !from.is_string()) from.expected("a string");
    return from.string_or();
}

/// Reads `cache_control`; members that the vocabulary does not have are kept in \p extra.
LLMX_DECL void messages_read_cache(const json_cursor& in, std::optional<cache_control>& to, extra_members& extra) {
    const json_cursor cache = in["cache_control"];
    if (!cache.is_object()) return;
    const json_cursor type = cache["type"];
    if (type.string_or() != "ephemeral") return type.expected("\"ephemeral\"");
    read_fields(cache, &to.emplace(), messages_cache_fields.view());
    messages_keep_whole(cache, {"type", "ttl"}, "cache_control", extra, true);
}

LLMX_DECL void messages_read_text(const json_cursor& in, text_part& to) {
    in["text"].required();
    read_fields(in, &to, messages_text_fields.view());
    messages_read_cache(in, to.cache, to.extra);
    const json_cursor citations = in["citations"];
    citations.each_object([&to](const json_cursor& one, std::size_t) { to.citations.push_back(messages_read_citation(one)); });
    messages_keep_extra(in, messages_text_fields.view(), to.extra, {"type"});
}

/// Reads a source of a kind that images and documents share; false when \p type is another.
LLMX_DECL bool messages_read_source(const json_cursor& source, std::string_view type, media& to) {
    if (type == "base64") {
        to.media_type = messages_require_string(source["media_type"]);
        to.data = messages_require_string(source["data"]);
    } else if (type == "url") {
        to.url = messages_require_string(source["url"]);
    } else if (type == "file") {
        to.file_id = messages_require_string(source["file_id"]);
    } else {
        return false;
    }
    return true;
}

/// Keeps a source that has more members than are read whole.
LLMX_DECL void messages_keep_source(const json_cursor& source, extra_members& to) {
    messages_keep_whole(source, {"type", "media_type", "data", "url", "file_id"}, "source", to);
}

LLMX_DECL void messages_read_image(const json_cursor& in, image_part& to) {
    const json_cursor source = in["source"], type = source["type"];
    source.required();
    if (source.is_object() && !messages_read_source(source, messages_require_string(type), to.source))
        type.expected("\"base64\", \"url\" or \"file\"");
    messages_keep_source(source, to.extra);
    messages_read_cache(in, to.cache, to.extra);
    messages_keep_extra(in, messages_image_fields.view(), to.extra, {"type"});
}

/// The text of a document that is made of blocks.
LLMX_DECL [[nodiscard]] std::string messages_read_document_text(const json_cursor& content) {
    std::string all(content.string_or());
    if (content.is_string()) return all;
    if (content.array() == nullptr) content.expected("a string or an array");
    content.each_object([&all](const json_cursor& block, std::size_t) {
        const std::string_view piece = block["text"].string_or();
        if (!all.empty() && !piece.empty()) all += '\n';
        all += piece;
    });
    return all;
}

LLMX_DECL void messages_read_document_source(const json_cursor& source, file_part& to) {
    const json_cursor type = source["type"], content = source["content"];
    const std::string_view kind = messages_require_string(type);
    if (kind == "text") {
        to.source = media::from_base64("text/plain", base64_encode(messages_require_string(source["data"])));
    } else if (kind == "content") {
        // Its text is the part that other languages have a form for; this one gets the source back whole.
        to.source = media::from_base64("text/plain", base64_encode(messages_read_document_text(content)));
        bool only_text = true;
        content.each_object_or_skip([&only_text](const json_cursor& block, std::size_t) {
            only_text = only_text && block["type"].string_or() == "text";
        });
        to.extra.add(anthropic_messages::name, "source", source.text()).hint = only_text;
        return;
    } else if (!messages_read_source(source, kind, to.source)) {
        return type.expected("\"base64\", \"text\", \"url\", \"content\" or \"file\"");
    }
    if (kind == "url") to.source.media_type = "application/pdf"; // the only kind this source takes
    messages_keep_source(source, to.extra);
}

LLMX_DECL void messages_read_document(const json_cursor& in, file_part& to) {
    const json_cursor source = in["source"];
    source.required();
    if (source.is_object()) messages_read_document_source(source, to);
    read_fields(in, &to, messages_file_fields.view());
    messages_read_cache(in, to.cache, to.extra);
    messages_keep_extra(in, messages_file_fields.view(), to.extra, {"type"});
}

LLMX_DECL void messages_read_tool_use(const json_cursor& in, tool_call_part& to) {
    to.id = messages_require_string(in["id"]);
    to.name = messages_require_string(in["name"]);
    const json_cursor input = in["input"], caller = in["caller"], caller_type = caller["type"];
    // Clients leave out the input of a call without arguments.
    if (input.is_object()) to.arguments = input.text();
    messages_read_cache(in, to.cache, to.extra);
    messages_keep_extra(in, messages_tool_call_fields.view(), to.extra, {"type", "caller"});
    // "direct" is the meaning of an absent caller.
    if (caller.is_object() && (caller_type.string_or() != "direct" || caller.object()->size() > 1))
        to.extra.add(anthropic_messages::name, "caller", caller.text());
}

/// Appends the texts of the members \p names of \p from, each followed by a line end.
LLMX_DECL void messages_append_lines(std::string& text, const json_cursor& from, std::initializer_list<std::string_view> names) {
    for (const std::string_view member : names)
        if (const std::string_view value = from[member].string_or(); !value.empty()) text.append(value) += '\n';
}

/// The text of a block of \p type, for a model that has no such block: the name of the tool that a search found; a search result's title,
/// source and text; the summary that stands for earlier turns; what tools of the vendor were called with, and what they answered.
/// Empty for other types.
LLMX_DECL [[nodiscard]] std::string messages_text_of_block(std::string_view type, const json_cursor& block) {
    const json_cursor content = block["content"];
    if (type == "tool_reference") return std::string(block["tool_name"].string_or());
    if (type == "compaction") return std::string(content.string_or());
    std::string text;
    if (type == "server_tool_use" || type == "mcp_tool_use") {
        const json_cursor input = block["input"];
        text = block["name"].string_or();
        if (input.object() != nullptr) (text += ' ') += input.text();
    } else if (type == "search_result") {
        messages_append_lines(text, block, {"title", "source"});
        content.each_object_or_skip([&text](const json_cursor& one, std::size_t) { text += one["text"].string_or(); });
    } else if (type == "mcp_tool_result") {
        text = content.string_or();
        content.each_object_or_skip([&text](const json_cursor& one, std::size_t) { messages_append_lines(text, one, {"text"}); });
    } else if (type.ends_with("_tool_result")) {
        // Searches have a list of results, other tools one object, and errors a code.
        content.each_object_or_skip([&text](const json_cursor& one, std::size_t) { messages_append_lines(text, one, {"title", "url"}); });
        if (content.object() != nullptr) {
            const json_cursor document = content["content"], source = document["source"], found = content["tool_references"];
            messages_append_lines(text, content, {"url", "stdout", "stderr", "error_code"});
            const json_cursor kind = source["type"];
            if (document.object() != nullptr && kind.string_or() == "text") messages_append_lines(text, source, {"data"});
            found.each_object_or_skip([&text](const json_cursor& one, std::size_t) { messages_append_lines(text, one, {"tool_name"}); });
        }
    }
    return text;
}

/// A block that no other language has: as its text, with the block beside it for Anthropic, or as it is when it has none.
LLMX_DECL void messages_read_other(const json_cursor& in, std::string_view type, content_part& to) {
    if (std::string text = messages_text_of_block(type, in); !text.empty()) {
        text_part& part = to.emplace<text_part>(std::move(text));
        part.extra.add(anthropic_messages::name, "type", in.text()).hint = true;
    } else {
        to.emplace<opaque_part>(anthropic_messages::name, in.text());
    }
}

LLMX_DECL void messages_read_tool_result(const json_cursor& in, tool_result_part& to) {
    to.call_id = messages_require_string(in["tool_use_id"]);
    read_fields(in, &to, messages_tool_result_fields.view());
    messages_read_cache(in, to.cache, to.extra);
    messages_keep_extra(in, messages_tool_result_fields.view(), to.extra, {"type"});
    const json_cursor content = in["content"];
    if (content.is_string()) {
        if (!content.string_or().empty()) to.content.emplace_back(text_part(std::string(content.string_or())));
        return;
    }
    if (content && content.array() == nullptr) content.expected("a string or an array of content blocks");
    bool whole = false, as_text = true;
    content.each_object([&](const json_cursor& block, std::size_t) {
        const std::string_view type = messages_require_string(block["type"]);
        if (type == "text") messages_read_text(block, std::get<text_part>(to.content.emplace_back(text_part())));
        else if (type == "image") messages_read_image(block, std::get<image_part>(to.content.emplace_back(image_part())));
        else if (type == "document") messages_read_document(block, std::get<file_part>(to.content.emplace_back(file_part())));
        else {
            // No other language has these blocks: their text is what another model can read.
            whole = true;
            std::string text = messages_text_of_block(type, block);
            as_text = as_text && !text.empty();
            if (!text.empty()) to.content.emplace_back(text_part(std::move(text)));
        }
    });
    if (whole && content) to.extra.add(anthropic_messages::name, "content", content.text()).hint = as_text;
}

LLMX_DECL void messages_read_thinking_block(const json_cursor& in, std::string_view type, thinking_part& to) {
    if (type == "redacted_thinking") {
        to.redacted_data = messages_require_string(in["data"]);
    } else {
        to.text = messages_require_string(in["thinking"]);
        std::string signature;
        in["signature"].read(signature);
        messages_read_signature(signature, to);
    }
    messages_keep_extra(in, messages_thinking_fields.view(), to.extra, {"type"});
}

/// Reads one content block.
LLMX_DECL void messages_read_part(const json_cursor& in, content_part& to) {
    const std::string_view type = messages_require_string(in["type"]);
    if (type == "text") messages_read_text(in, to.emplace<text_part>());
    else if (type == "image") messages_read_image(in, to.emplace<image_part>());
    else if (type == "document") messages_read_document(in, to.emplace<file_part>());
    else if (type == "tool_use") messages_read_tool_use(in, to.emplace<tool_call_part>());
    else if (type == "tool_result") messages_read_tool_result(in, to.emplace<tool_result_part>());
    else if (type == "thinking" || type == "redacted_thinking")
        messages_read_thinking_block(in, type, to.emplace<thinking_part>());
    else messages_read_other(in, type, to);
}

/// A system prompt or the content of a message: a string or an array of blocks. The latter are in the list
/// \p blocks, the string in \p text.
LLMX_DECL void messages_read_content(const json_cursor& content, messages_part_list blocks, messages_part_list text,
                                     message& to, request_origins& origins) {
    content.required();
    if (content.is_string()) {
        to.content.emplace_back(text_part(std::string(content.string_or())));
        origins.part(wire_origin(static_cast<std::uint32_t>(text)));
        return;
    }
    if (content && content.array() == nullptr) content.expected("a string or an array of content blocks");
    to.content.reserve(content.size());
    content.each_object([&to](const json_cursor& block, std::size_t) { messages_read_part(block, to.content.emplace_back()); });
    restore_call_signatures(to.content, &origins, static_cast<std::uint32_t>(blocks));
}

} // namespace detail
} // namespace llmx::inline LLMX_ABI
