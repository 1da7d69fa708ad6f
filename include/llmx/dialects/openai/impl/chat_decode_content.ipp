// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/chat_fields.hpp>
#include <llmx/wire/data_url.hpp>

#include <map>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void openai_chat_read_text(const json_cursor& from, text_part& to) {
    openai_chat_need(from["text"], to.text);
    openai_chat_read_cache(from, to.cache);
    openai_chat_keep(from, {"type", "text", "cache_control"}, "", to.extra);
}

LLMX_DECL void openai_chat_read_audio(const json_cursor& from, audio_part& to) {
    const json_cursor audio = from["input_audio"];
    audio.expect_object();
    std::string format;
    openai_chat_need(audio["data"], to.source.data);
    openai_chat_need(audio["format"], format);
    to.source.media_type = format == "mp3" ? "audio/mpeg" : "audio/" + format;
    openai_chat_read_cache(from, to.cache);
    openai_chat_keep(audio, {"data", "format"}, "input_audio.", to.extra);
    openai_chat_keep(from, {"type", "input_audio", "cache_control"}, "", to.extra);
}

LLMX_DECL void openai_chat_read_file(const json_cursor& from, file_part& to) {
    const json_cursor file = from["file"];
    file.expect_object();
    std::string id, data;
    file["file_id"].read(id);
    file["file_data"].read(data);
    read_fields(file, &to, openai_chat_file_fields.view());
    if (!data.empty() && is_data_url(data)) {
        if (openai_chat_read_media_url(data, to.source).has_error())
            file["file_data"].expected("a data URL or base64");
    } else if (!data.empty()) {
        to.source = media::from_base64("application/octet-stream", std::move(data));
        if (to.filename.ends_with(".pdf")) to.source.media_type = "application/pdf";
    } else if (id.starts_with("https://") || id.starts_with("http://")) {
        to.source.url = std::move(id); // LiteLLM takes a URL for an id
    } else if (!id.empty()) {
        to.source.file_id = std::move(id);
    } else {
        file.expected("file_id or file_data");
    }
    openai_chat_read_media_format(file, to.source);
    openai_chat_read_cache(from, to.cache);
    openai_chat_keep(file, {"file_id", "file_data", "filename", "format"}, "file.", to.extra);
    openai_chat_keep(from, {"type", "file", "cache_control"}, "", to.extra);
}

/// Mistral's parts of thinking, and LiteLLM's blocks among the content.
LLMX_DECL void openai_chat_read_thinking_part(const json_cursor& from, std::string_view type, thinking_part& to) {
    static constexpr std::string_view known[] = {"type", "thinking", "signature"};
    static constexpr std::string_view redacted[] = {"type", "data"};
    std::span<const std::string_view> taken = known;
    if (type == "thinking") {
        to.text = openai_chat_thinking_text(from["thinking"]);
        openai_chat_read_proof(from, to);
    } else {
        openai_chat_need(from["data"], to.redacted_data);
        taken = redacted;
    }
    keep_extra(from, std::span<const field_rule>(), taken, openai_chat::name, "", openai_chat_hints, to.extra);
}

/// One element of a content array outside of tool messages.
LLMX_DECL content_part openai_chat_read_part(const json_cursor& from) {
    std::string type;
    openai_chat_need(from["type"], type);
    if (type == "text") {
        text_part part;
        openai_chat_read_text(from, part);
        return part;
    }
    if (type == "image_url") {
        image_part part;
        openai_chat_read_image(from, part);
        return part;
    }
    if (type == "input_audio") {
        audio_part part;
        openai_chat_read_audio(from, part);
        return part;
    }
    if (type == "file") {
        file_part part;
        openai_chat_read_file(from, part);
        return part;
    }
    if (type == "refusal") {
        refusal_part part;
        openai_chat_need(from["refusal"], part.text);
        return part;
    }
    if (type == "thinking" || type == "redacted_thinking") {
        thinking_part part;
        openai_chat_read_thinking_part(from, type, part);
        return part;
    }
    return opaque_part(openai_chat::name, from.text());
}

LLMX_DECL void openai_chat_read_content(const json_cursor& from, openai_chat_parts& to) {
    const json_cursor content = from["content"];
    if (content.is_string()) {
        // An empty text is a message without parts. A text is the first element of itself.
        if (const std::string_view text = content.string_or(); !text.empty())
            to.add(text_part(std::string(text)), openai_chat_list::content, 0);
        return;
    }
    if (content && content.array() == nullptr) return content.expected("a string or an array");
    content.each_object([&to](const json_cursor& part, std::size_t i) {
        to.add(openai_chat_read_part(part), openai_chat_list::content, i);
    });
}

/// Puts a message's own cache_control on its last part, when that can carry one.
LLMX_DECL void openai_chat_read_message_cache(const json_cursor& from, message& to) {
    std::optional<cache_control> cache;
    openai_chat_read_cache(from, cache);
    if (!cache || to.content.empty()) return;
    std::visit(
        [&cache](auto& part) {
            if constexpr (requires { part.cache; }) {
                if (!part.cache) part.cache = std::move(cache);
            }
        },
        to.content.back());
}

LLMX_DECL void openai_chat_read_tool_content(const json_cursor& content, tool_result_part& to) {
    if (content.is_string()) {
        if (const std::string_view text = content.string_or(); !text.empty())
            to.content.emplace_back(text_part(std::string(text)));
        return;
    }
    if (content.array() == nullptr) return content.expected("a string or an array");
    content.each_object([&to](const json_cursor& part, std::size_t) {
        const json_cursor member = part["type"];
        const std::string_view type = member.string_or();
        if (type == "text") openai_chat_read_text(part, std::get<text_part>(to.content.emplace_back()));
        else if (type == "image_url")
            openai_chat_read_image(part, std::get<image_part>(to.content.emplace_back(image_part())));
        else if (type == "file") openai_chat_read_file(part, std::get<file_part>(to.content.emplace_back(file_part())));
        else member.expected("\"text\", \"image_url\" or \"file\"");
    });
}

LLMX_DECL content_part openai_chat_read_call(const json_cursor& from) {
    std::string type;
    from["type"].read(type);
    if (!type.empty() && type != "function" && type != "custom") return opaque_part(openai_chat::name, from.text());
    const json_cursor function = from["function"], custom = from["custom"];
    tool_call_part call;
    openai_chat_need(from["id"], call.id);
    if (type == "custom" && custom.expect_object()) {
        std::string input;
        openai_chat_need(custom["name"], call.name);
        custom["input"].read(input);
        call.arguments = custom_tool_arguments(input);
        mark_custom_tool(call.extra, openai_chat::name);
        openai_chat_keep(from, {"id", "type", "custom", "index"}, "", call.extra);
        return call;
    }
    function.expect_object();
    openai_chat_need(function["name"], call.name);
    function["arguments"].read(call.arguments);
    openai_chat_read_cache(from, call.cache);
    call.signature = openai_chat_signature(from);
    openai_chat_keep(function, {"name", "arguments"}, "function.", call.extra);
    const std::string_view taken = call.signature.empty() ? "id" : "extra_content";
    openai_chat_keep(from, {"id", "type", "function", "index", "cache_control", taken}, "", call.extra);
    return call;
}

/// Reads the messages of one request.
class openai_chat_message_reader {
public:
    explicit openai_chat_message_reader(chat_request& to) noexcept : to_(to) {}

    LLMX_DECL void read(const json_cursor& from, std::size_t index) {
        index_ = index;
        to_.origins.message(wire_origin(0, index));
        message& m = to_.messages.emplace_back();
        openai_chat_parts parts(m, &to_.origins);
        const json_cursor member = from["role"];
        std::string word;
        openai_chat_need(member, word);
        if (word == "assistant") {
            m.from = role::assistant;
            read_assistant(from, parts);
        } else if (word == "tool" || word == "function") {
            m.from = role::tool;
            read_tool(from, word == "function", parts);
        } else {
            if (word == "system") m.from = role::system;
            else if (word == "developer") m.from = role::developer;
            else if (word != "user") member.expected("system, developer, user, assistant, tool or function");
            if (const json_cursor content = from["content"]; !content) content.expected("a string or an array");
            openai_chat_read_content(from, parts);
            from["name"].read(m.name);
            openai_chat_read_message_cache(from, m);
            openai_chat_keep(from, {"role", "content", "name", "cache_control"}, "", m.extra);
        }
    }

private:
    /// Calls of the old functions API by their function's name: the made-up ids, oldest first, of which
    /// the first `answered` have their answer.
    struct old_calls {
        std::vector<std::string> ids;
        std::size_t answered = 0;
    };

    LLMX_DECL void read_assistant(const json_cursor& from, openai_chat_parts& to) {
        message& m = to.to();
        openai_chat_read_thinking(from, to);
        openai_chat_read_content(from, to);
        const bool annotated = from["annotations"].size() != 0; // has to be a list
        const std::string_view signature = openai_chat_signature(from);
        text_part* text = nullptr;
        for (auto& part : m.content)
            if (text == nullptr) text = std::get_if<text_part>(&part);
        if (text != nullptr) {
            openai_chat_read_annotations(from, text->citations);
            text->signature = signature;
        }
        const bool kept_annotations = annotated && text == nullptr;
        const bool kept_signature = signature.empty() || text == nullptr;
        std::string refusal;
        from["refusal"].read(refusal);
        if (!refusal.empty()) to.add(refusal_part(std::move(refusal)), openai_chat_list::refusal);
        if (const json_cursor audio = from["audio"]; audio.is_object())
            to.add(openai_chat_audio(audio.text()), openai_chat_list::audio);
        const json_cursor images = from["images"];
        images.each_object([&to](const json_cursor& item, std::size_t i) {
            image_part image;
            openai_chat_read_image(item, image);
            to.add(std::move(image), openai_chat_list::images, i);
        });
        read_calls(from, to);
        openai_chat_read_message_cache(from, m);
        from["name"].read(m.name);
        // What belongs to a text is kept when there is none.
        static constexpr std::string_view hints[] = {"annotations", "extra_content", "reasoning", "id", "citations", "metadata",
                                                     "provider_specific_fields", "reasoning_details", "weight", "index", "timestamp",
                                                     "created_at"};
        const std::string_view known[] = {
            "role", "content", "name", "refusal", "audio", "images", "tool_calls", "function_call", "thinking_blocks",
            "reasoning_content", "cache_control", from["reasoning"].is_string() ? "reasoning" : "role",
            kept_annotations ? "role" : "annotations", kept_signature ? "role" : "extra_content"};
        keep_extra(from, std::span<const field_rule>(), known, openai_chat::name, "", hints, m.extra);
    }

    LLMX_DECL void read_calls(const json_cursor& from, openai_chat_parts& to) {
        const json_cursor calls = from["tool_calls"];
        calls.each_object([&to](const json_cursor& call, std::size_t i) {
            to.add(openai_chat_read_call(call), openai_chat_list::tool_calls, i);
        });
        const json_cursor call = from["function_call"];
        if (!call.is_object()) return;
        tool_call_part part;
        openai_chat_need(call["name"], part.name);
        call["arguments"].read(part.arguments);
        part.id = openai_chat_call_id("legacy", static_cast<std::int64_t>(index_), 0);
        openai_chat_keep(call, {"name", "arguments"}, "function.", part.extra);
        old_[part.name].ids.push_back(part.id);
        to.add(std::move(part), openai_chat_list::function_call);
    }

    /// A message of role `tool`, or of the old role `function`.
    LLMX_DECL void read_tool(const json_cursor& from, bool old, openai_chat_parts& to) {
        tool_result_part part;
        from["name"].read(part.name);
        if (old) {
            if (part.name.empty()) from["name"].expected("a string");
            part.call_id = openai_chat_call_id("legacy", static_cast<std::int64_t>(index_), 1);
            if (const auto of = old_.find(part.name); of != old_.end() && of->second.answered < of->second.ids.size())
                part.call_id = std::move(of->second.ids[of->second.answered++]);
        } else {
            openai_chat_need(from["tool_call_id"], part.call_id);
        }
        if (const json_cursor content = from["content"]; !old || content) openai_chat_read_tool_content(content, part);
        openai_chat_read_cache(from, part.cache);
        openai_chat_keep(from, {"role", "content", "name", "tool_call_id", "cache_control"}, "", part.extra);
        to.add(std::move(part), openai_chat_list::message);
    }

    chat_request& to_;
    std::size_t index_ = 0;
    // Ordered: a caller can choose names that have one hash.
    std::map<std::string, old_calls, std::less<>> old_;
};

LLMX_DECL void openai_chat_read_messages(const json_cursor& list, chat_request& to) {
    const std::size_t n = list.size();
    to.messages.reserve(n);
    to.origins.reserve(n);
    openai_chat_message_reader reader(to);
    list.each_object([&reader](const json_cursor& from, std::size_t i) { reader.read(from, i); });
}

} // namespace llmx::inline LLMX_ABI::detail
