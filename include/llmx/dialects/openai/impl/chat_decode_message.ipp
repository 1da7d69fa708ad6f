// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/data_url.hpp>

#include <map>

namespace llmx::inline v0 {
namespace detail {

/// Calls of the old functions API by their function's name: the made-up ids, oldest first, of which
/// the first `answered` have their answer.
struct openai_chat_legacy_ids {
    std::vector<std::string> ids;
    std::size_t answered = 0;
};
// Ordered: a caller can choose names that have one hash.
using openai_chat_legacy_calls = std::map<std::string, openai_chat_legacy_ids, std::less<>>;

[[nodiscard]] LLMX_DECL std::string openai_chat_item(std::string_view list, std::size_t i) {
    std::string path(list);
    path += '[';
    path += std::to_string(i);
    path += ']';
    return path;
}

/// Strict: a string that must be there.
LLMX_DECL result<void> openai_chat_need(const json_reader& r, std::string_view name, std::string& to) {
    if (r.find(name) == nullptr) return r.expected(name, "a string");
    return r.read(name, to);
}

LLMX_DECL result<void> openai_chat_read_text(const json_reader& r, text_part& to) {
    if (auto done = openai_chat_need(r, "text", to.text); done.has_error()) return done;
    if (auto done = openai_chat_read_cache(r, to.cache); done.has_error()) return done;
    openai_chat_collect(r, {"type", "text", "cache_control"}, "", to.extra);
    return success();
}

LLMX_DECL result<void> openai_chat_read_audio(const json_reader& r, audio_part& to) {
    const auto* o = r.object_or_null("input_audio");
    if (o == nullptr) return r.expected("input_audio", "an object");
    const json_reader audio(*o, r.path_of("input_audio"));
    std::string format;
    if (auto done = openai_chat_need(audio, "data", to.source.data); done.has_error()) return done;
    if (auto done = openai_chat_need(audio, "format", format); done.has_error()) return done;
    to.source.media_type = format == "mp3" ? "audio/mpeg" : "audio/" + format;
    if (auto done = openai_chat_read_cache(r, to.cache); done.has_error()) return done;
    openai_chat_collect(audio, {"data", "format"}, "input_audio.", to.extra);
    openai_chat_collect(r, {"type", "input_audio", "cache_control"}, "", to.extra);
    return success();
}

LLMX_DECL result<void> openai_chat_read_file(const json_reader& r, file_part& to) {
    const auto* o = r.object_or_null("file");
    if (o == nullptr) return r.expected("file", "an object");
    const json_reader file(*o, r.path_of("file"));
    std::string id, data;
    if (auto done = file.read("file_id", id); done.has_error()) return done;
    if (auto done = file.read("file_data", data); done.has_error()) return done;
    if (auto done = file.read("filename", to.filename); done.has_error()) return done;
    if (!data.empty() && is_data_url(data)) {
        if (openai_chat_read_media_url(data, to.source).has_error())
            return file.expected("file_data", "a data URL or base64");
    } else if (!data.empty()) {
        to.source = media::from_base64("application/octet-stream", std::move(data));
        if (to.filename.ends_with(".pdf")) to.source.media_type = "application/pdf";
    } else if (id.starts_with("https://") || id.starts_with("http://")) {
        to.source.url = std::move(id); // LiteLLM takes a URL for an id
    } else if (!id.empty()) {
        to.source.file_id = std::move(id);
    } else {
        return r.expected("file", "file_id or file_data");
    }
    if (auto done = openai_chat_read_cache(r, to.cache); done.has_error()) return done;
    openai_chat_collect(file, {"file_id", "file_data", "filename"}, "file.", to.extra);
    openai_chat_collect(r, {"type", "file", "cache_control"}, "", to.extra);
    return success();
}

/// One member of a content array outside tool messages.
LLMX_DECL result<void> openai_chat_read_part(const json_reader& r, message& to) {
    std::string type;
    if (auto done = openai_chat_need(r, "type", type); done.has_error()) return done;
    if (type == "text") {
        text_part part;
        if (auto done = openai_chat_read_text(r, part); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else if (type == "image_url") {
        image_part part;
        if (auto done = openai_chat_read_image(r, part); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else if (type == "input_audio") {
        audio_part part;
        if (auto done = openai_chat_read_audio(r, part); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else if (type == "file") {
        file_part part;
        if (auto done = openai_chat_read_file(r, part); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else if (type == "refusal") {
        refusal_part part;
        if (auto done = openai_chat_need(r, "refusal", part.text); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else if (type == "thinking") {
        thinking_part part(openai_chat_thinking_text(r.find("thinking")));
        if (auto done = openai_chat_read_proof(r, part); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else if (type == "redacted_thinking") {
        thinking_part part;
        if (auto done = openai_chat_need(r, "data", part.redacted_data); done.has_error()) return done;
        to.content.emplace_back(std::move(part));
    } else {
        to.content.emplace_back(opaque_part(openai_chat::name, openai_chat_json(r.object())));
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_content(const json_reader& r, message& to) {
    const auto* v = r.find("content");
    if (v == nullptr) return success();
    if (v->is_string()) {
        if (!v->get_string().empty())
            to.content.emplace_back(text_part(std::string(std::string_view(v->get_string()))));
        return success();
    }
    if (!v->is_array()) return r.expected("content", "a string or an array");
    const auto& list = v->get_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = openai_chat_item("content", i);
        if (!list[i].is_object()) return r.expected(where, "an object");
        const json_reader part(list[i].get_object(), r.path_of(where));
        if (auto done = openai_chat_read_part(part, to); done.has_error()) return done;
    }
    return success();
}

/// Puts a message's own cache_control on its last part that can carry one.
LLMX_DECL result<void> openai_chat_read_message_cache(const json_reader& r, message& to) {
    std::optional<cache_control> cache;
    if (auto done = openai_chat_read_cache(r, cache); done.has_error()) return done;
    if (!cache || to.content.empty()) return success();
    std::visit(
        [&cache](auto& part) {
            if constexpr (requires { part.cache; }) {
                if (!part.cache) part.cache = std::move(cache);
            }
        },
        to.content.back());
    return success();
}

LLMX_DECL result<void> openai_chat_read_tool_content(const json_reader& r, tool_result_part& to) {
    const auto* v = r.find("content");
    if (v == nullptr) return r.expected("content", "a string or an array");
    if (v->is_string()) {
        if (!v->get_string().empty())
            to.content.emplace_back(text_part(std::string(std::string_view(v->get_string()))));
        return success();
    }
    if (!v->is_array()) return r.expected("content", "a string or an array");
    const auto& list = v->get_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = openai_chat_item("content", i);
        if (!list[i].is_object()) return r.expected(where, "an object");
        const json_reader part(list[i].get_object(), r.path_of(where));
        const std::string_view type = part.string_or("type");
        result<void> done = success();
        if (type == "text") done = openai_chat_read_text(part, std::get<text_part>(to.content.emplace_back()));
        else if (type == "image_url")
            done = openai_chat_read_image(part, std::get<image_part>(to.content.emplace_back(image_part())));
        else if (type == "file")
            done = openai_chat_read_file(part, std::get<file_part>(to.content.emplace_back(file_part())));
        else done = part.expected("type", "\"text\", \"image_url\" or \"file\"");
        if (done.has_error()) return done;
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_call(const json_reader& r, message& to) {
    std::string type;
    if (auto done = r.read("type", type); done.has_error()) return done;
    if (!type.empty() && type != "function") {
        to.content.emplace_back(opaque_part(openai_chat::name, openai_chat_json(r.object())));
        return success();
    }
    const auto* o = r.object_or_null("function");
    if (o == nullptr) return r.expected("function", "an object");
    const json_reader function(*o, r.path_of("function"));
    tool_call_part call;
    if (auto done = openai_chat_need(r, "id", call.id); done.has_error()) return done;
    if (auto done = openai_chat_need(function, "name", call.name); done.has_error()) return done;
    if (auto done = function.read("arguments", call.arguments); done.has_error()) return done;
    if (auto done = openai_chat_read_cache(r, call.cache); done.has_error()) return done;
    call.signature = openai_chat_signature(r);
    openai_chat_collect(function, {"name", "arguments"}, "function.", call.extra);
    if (call.signature.empty())
        openai_chat_collect(r, {"id", "type", "function", "index", "cache_control"}, "", call.extra);
    else
        openai_chat_collect(r, {"id", "type", "function", "index", "cache_control", "extra_content"}, "",
                            call.extra);
    to.content.emplace_back(std::move(call));
    return success();
}

LLMX_DECL result<void> openai_chat_read_calls(const json_reader& r, std::size_t index,
                                              openai_chat_legacy_calls& legacy, message& to) {
    if (const auto* v = r.find("tool_calls"); v != nullptr) {
        if (!v->is_array()) return r.expected("tool_calls", "an array");
        const auto& list = v->get_array();
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string where = openai_chat_item("tool_calls", i);
            if (!list[i].is_object()) return r.expected(where, "an object");
            const json_reader call(list[i].get_object(), r.path_of(where));
            if (auto done = openai_chat_read_call(call, to); done.has_error()) return done;
        }
    }
    if (const auto* v = r.find("function_call"); v != nullptr) {
        if (!v->is_object()) return r.expected("function_call", "an object");
        const json_reader call(v->get_object(), r.path_of("function_call"));
        tool_call_part part;
        if (auto done = openai_chat_need(call, "name", part.name); done.has_error()) return done;
        if (auto done = call.read("arguments", part.arguments); done.has_error()) return done;
        part.id = openai_chat_call_id("legacy", static_cast<std::int64_t>(index), 0);
        legacy[part.name].ids.push_back(part.id);
        to.content.emplace_back(std::move(part));
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_assistant(const json_reader& r, std::size_t index,
                                                  openai_chat_legacy_calls& legacy, message& to) {
    if (auto done = openai_chat_read_thinking(r, to); done.has_error()) return done;
    if (auto done = openai_chat_read_content(r, to); done.has_error()) return done;
    if (const auto* v = r.find("annotations"); v != nullptr && !v->is_array())
        return r.expected("annotations", "an array");
    for (auto& part : to.content) {
        if (auto* text = std::get_if<text_part>(&part); text != nullptr) {
            openai_chat_read_annotations(r, text->citations);
            text->signature = openai_chat_signature(r);
            break;
        }
    }
    std::string refusal;
    if (auto done = r.read("refusal", refusal); done.has_error()) return done;
    if (!refusal.empty()) to.content.emplace_back(refusal_part(std::move(refusal)));
    if (const auto* v = r.find("audio"); v != nullptr) {
        if (!v->is_object()) return r.expected("audio", "an object");
        std::string json = R"({"type":"audio","audio":)" + openai_chat_json(*v) + "}";
        to.content.emplace_back(opaque_part(openai_chat::name, std::move(json)));
    }
    if (const auto* v = r.find("images"); v != nullptr) {
        if (!v->is_array()) return r.expected("images", "an array");
        const auto& list = v->get_array();
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string where = openai_chat_item("images", i);
            if (!list[i].is_object()) return r.expected(where, "an object");
            image_part image;
            const json_reader item(list[i].get_object(), r.path_of(where));
            if (auto done = openai_chat_read_image(item, image); done.has_error()) return done;
            to.content.emplace_back(std::move(image));
        }
    }
    if (auto done = openai_chat_read_calls(r, index, legacy, to); done.has_error()) return done;
    if (auto done = openai_chat_read_message_cache(r, to); done.has_error()) return done;
    openai_chat_collect(r,
                        {"role", "content", "name", "refusal", "audio", "images", "tool_calls",
                         "function_call", "annotations", "thinking_blocks", "reasoning_content",
                         "reasoning", "cache_control", "extra_content"},
                        "", to.extra);
    return r.read("name", to.name);
}

/// A message of role `tool`, or of the old role `function`.
LLMX_DECL result<void> openai_chat_read_tool(const json_reader& r, std::size_t index, bool old,
                                             openai_chat_legacy_calls& legacy, message& to) {
    tool_result_part part;
    if (auto done = r.read("name", part.name); done.has_error()) return done;
    if (old) {
        if (part.name.empty()) return r.expected("name", "a string");
        part.call_id = openai_chat_call_id("legacy", static_cast<std::int64_t>(index), 1);
        if (const auto of = legacy.find(part.name); of != legacy.end() && of->second.answered < of->second.ids.size())
            part.call_id = std::move(of->second.ids[of->second.answered++]);
    } else if (auto done = openai_chat_need(r, "tool_call_id", part.call_id); done.has_error()) {
        return done;
    }
    if (!old || r.find("content") != nullptr) {
        if (auto done = openai_chat_read_tool_content(r, part); done.has_error()) return done;
    }
    if (auto done = openai_chat_read_cache(r, part.cache); done.has_error()) return done;
    openai_chat_collect(r, {"role", "content", "name", "tool_call_id", "cache_control"}, "", part.extra);
    to.from = role::tool;
    to.content.emplace_back(std::move(part));
    return success();
}

LLMX_DECL result<void> openai_chat_read_messages(const boost::json::array& list, std::vector<message>& to) {
    openai_chat_legacy_calls legacy;
    to.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        std::string path = openai_chat_item("messages", i);
        const boost::json::object empty;
        if (!list[i].is_object()) return json_reader(empty).expected(path, "an object");
        const json_reader r(list[i].get_object(), std::move(path));
        message m;
        std::string word;
        if (auto done = openai_chat_need(r, "role", word); done.has_error()) return done;
        result<void> done = success();
        if (word == "assistant") {
            m.from = role::assistant;
            done = openai_chat_read_assistant(r, i, legacy, m);
        } else if (word == "tool" || word == "function") {
            done = openai_chat_read_tool(r, i, word == "function", legacy, m);
        } else {
            if (word == "system") m.from = role::system;
            else if (word == "developer") m.from = role::developer;
            else if (word != "user")
                return r.expected("role", "system, developer, user, assistant, tool or function");
            if (r.find("content") == nullptr) return r.expected("content", "a string or an array");
            done = openai_chat_read_content(r, m);
            if (!done.has_error()) done = r.read("name", m.name);
            if (!done.has_error()) done = openai_chat_read_message_cache(r, m);
            openai_chat_collect(r, {"role", "content", "name", "cache_control"}, "", m.extra);
        }
        if (done.has_error()) return done;
        to.push_back(std::move(m));
    }
    return success();
}

} // namespace detail
} // namespace llmx::inline v0
