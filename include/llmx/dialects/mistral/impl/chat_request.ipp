// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/mistral/chat.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Members of a request that are Mistral's own; without the second half of them the answer is another one.
inline constexpr std::array<std::string_view, 3> mistral_own = {"prompt_mode", "safe_prompt", "guardrails"};

/// Members taken out of a request, and where they were: of the request, or of the message \c message.
struct mistral_member {
    static constexpr std::size_t of_request = static_cast<std::size_t>(-1);
    std::size_t message = of_request;
    std::string name, json;
    bool hint = false, absent = false;
};

LLMX_DECL void mistral_take(boost::json::object& from, std::string_view name, bool hint, std::size_t message,
                            std::vector<mistral_member>& to) {
    const auto* const value = from.if_contains(name);
    if (value == nullptr) return;
    if (!value->is_null()) {
        mistral_member& m = to.emplace_back();
        m.message = message;
        m.name = name;
        m.json = json_text(*value);
        m.hint = hint;
        m.absent = is_as_absent(*value, absent_values::flags);
    }
    from.erase(name);
}

/// OpenAI's name of a format of sound, of the media type \p type.
LLMX_DECL [[nodiscard]] std::string_view mistral_audio_format(std::string_view type) noexcept {
    if (type == "audio/wav" || type == "audio/x-wav" || type == "audio/wave" || type == "audio/vnd.wave") return "wav";
    if (type == "audio/flac" || type == "audio/x-flac") return "flac";
    if (type == "audio/ogg") return "ogg";
    return "mp3";
}

/// Writes a chunk of content in OpenAI's form; false for one that other languages have no form for.
LLMX_DECL [[nodiscard]] bool mistral_read_chunk(boost::json::object& chunk) {
    namespace json = boost::json;
    const auto* const kind = chunk.if_contains("type");
    const std::string_view type = kind != nullptr && kind->is_string() ? std::string_view(kind->get_string()) : std::string_view();
    const auto text_of = [&chunk](std::string_view name) {
        const auto* const value = chunk.if_contains(name);
        return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string())) : std::string();
    };
    if (type == "image_url") {
        if (const std::string url = text_of("image_url"); !url.empty()) chunk["image_url"] = json::object({{"url", url}});
    } else if (type == "document_url") {
        const std::string url = text_of("document_url"), name = text_of("document_name");
        if (url.empty()) return true; // the decoder names what is missing
        json::object file;
        // A URL goes where clients of LiteLLM write it.
        file[is_data_url(url) ? "file_data" : "file_id"] = url;
        if (!name.empty()) file["filename"] = name;
        chunk = json::object({{"type", "file"}, {"file", std::move(file)}});
    } else if (type == "file") {
        if (const std::string id = text_of("file_id"); !id.empty()) chunk = json::object({{"type", "file"}, {"file", json::object({{"file_id", id}})}});
    } else if (type == "input_audio") {
        const std::string sound = text_of("input_audio");
        if (sound.empty()) return true;
        std::string_view data = sound, media_type = type_of_base64(sound);
        if (const auto inlined = is_data_url(sound) ? parse_data_url(sound) : decltype(parse_data_url(sound))(errc::invalid_request); inlined) {
            data = inlined->payload;
            media_type = inlined->media_type;
        }
        chunk["input_audio"] = json::object({{"data", data}, {"format", mistral_audio_format(media_type)}});
    } else if (type == "thinking") {
        chunk.erase("closed");
    } else if (type == "reference") {
        return false;
    }
    return true;
}

LLMX_DECL void mistral_read_message(boost::json::object& message, std::size_t index, std::vector<mistral_member>& taken) {
    mistral_take(message, "prefix", true, index, taken);
    if (auto* const content = message.if_contains("content"); content != nullptr && content->is_array()) {
        boost::json::array& chunks = content->get_array();
        std::size_t kept = 0;
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            if (chunks[i].is_object() && !mistral_read_chunk(chunks[i].get_object())) {
                mistral_take(chunks[i].get_object(), "reference_ids", true, index, taken);
                continue;
            }
            if (kept != i) chunks[kept] = std::move(chunks[i]);
            ++kept;
        }
        chunks.resize(kept);
    }
    auto* const calls = message.if_contains("tool_calls");
    if (calls == nullptr || !calls->is_array()) return;
    for (auto& one : calls->get_array()) {
        if (!one.is_object()) continue;
        boost::json::object& call = one.get_object();
        call.erase("index");
        if (call.if_contains("type") == nullptr) call["type"] = "function";
        auto* const function = call.if_contains("function");
        if (function == nullptr || !function->is_object()) continue;
        auto* const arguments = function->get_object().if_contains("arguments");
        if (arguments != nullptr && arguments->is_object()) *arguments = json_text(*arguments);
    }
}

/// The request in OpenAI's form; what it has no form for is in \p taken.
LLMX_DECL void mistral_read(boost::json::object& request, std::vector<mistral_member>& taken) {
    for (const std::string_view name : mistral_own) mistral_take(request, name, name == "prompt_mode", mistral_member::of_request, taken);
    if (auto* const seed = request.if_contains("random_seed")) {
        boost::json::value value = std::move(*seed);
        request.erase("random_seed");
        if (request.if_contains("seed") == nullptr) request["seed"] = std::move(value);
    }
    auto* const messages = request.if_contains("messages");
    if (messages == nullptr || !messages->is_array()) return;
    for (std::size_t i = 0; i < messages->get_array().size(); ++i)
        if (auto& one = messages->get_array()[i]; one.is_object()) mistral_read_message(one.get_object(), i, taken);
}

/// Gives the members under the names of \p from to \p to.
LLMX_DECL void mistral_rename_origin(extra_members& members, std::string_view from, std::string_view to) noexcept {
    if (members.speaks(from)) members.origin = to;
}

/// The same for a whole request.
LLMX_DECL void mistral_rename_origins(chat_request& request, std::string_view from, std::string_view to) noexcept {
    mistral_rename_origin(request.extra, from, to);
    for (message& m : request.messages) mistral_rename_origin(m.extra, from, to);
}

/// Before the URL of a file, which OpenAI's form has no place for, in the place of an id, until `mistral_write_part` has it.
inline constexpr std::string_view mistral_document_mark = "llmx:url:";

LLMX_DECL void mistral_mark_documents(chat_request& request) {
    const auto mark = [](file_part* file) {
        if (file == nullptr || file->source.url.empty()) return;
        file->source.file_id = std::string(mistral_document_mark) + file->source.url;
        file->source.url.clear();
    };
    for (message& m : request.messages)
        for (content_part& part : m.content) {
            mark(std::get_if<file_part>(&part));
            if (auto* const result = std::get_if<tool_result_part>(&part))
                for (auto& inner : result->content) mark(std::get_if<file_part>(&inner));
        }
}

/// Signatures of calls are Google's.
LLMX_DECL void mistral_drop_signatures(chat_request& request, drop_report& drops) {
    for (std::size_t i = 0; i < request.messages.size(); ++i)
        for (std::size_t k = 0; k < request.messages[i].content.size(); ++k)
            if (auto* const call = std::get_if<tool_call_part>(&request.messages[i].content[k]); call != nullptr && !call->signature.empty()) {
                drops.hint(request_place().message(i).part(k).of<&tool_call_part::signature>());
                call->signature.clear();
            }
}

/// A part of a message's content, out of OpenAI's form.
LLMX_DECL void mistral_write_part(boost::json::object& part) {
    const auto* const type = part.if_contains("type");
    if (type == nullptr || !type->is_string()) return;
    if (*type == boost::json::value("input_audio")) {
        const auto* const audio = part.if_contains("input_audio");
        if (audio == nullptr || !audio->is_object()) return;
        boost::json::value data = audio->get_object().contains("data") ? audio->at("data") : boost::json::value();
        part["input_audio"] = std::move(data);
    } else if (*type == boost::json::value("file")) {
        auto* const file = part.if_contains("file");
        if (file == nullptr || !file->is_object()) return;
        const boost::json::object from = std::move(file->get_object());
        part.erase("file");
        const auto text = [&from](std::string_view member) {
            const auto* const value = from.if_contains(member);
            return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
        };
        const std::string_view id = text("file_id");
        if (!id.empty() && !id.starts_with(mistral_document_mark)) {
            part["file_id"] = id;
            return;
        }
        part["type"] = "document_url";
        part["document_url"] = id.empty() ? text("file_data") : id.substr(mistral_document_mark.size());
        if (!text("filename").empty()) part["document_name"] = text("filename");
    }
}

LLMX_DECL void mistral_write_messages(boost::json::object& request) {
    auto* const messages = request.if_contains("messages");
    if (messages == nullptr || !messages->is_array() || messages->get_array().empty()) return;
    for (boost::json::value& one : messages->get_array()) {
        if (!one.is_object()) continue;
        // A signature of Google's, which the encoder has named.
        one.get_object().erase("extra_content");
        auto* const content = one.get_object().if_contains("content");
        if (content == nullptr || !content->is_array()) continue;
        for (boost::json::value& part : content->get_array())
            if (part.is_object()) mistral_write_part(part.get_object());
    }
    boost::json::value& last = messages->get_array().back();
    if (!last.is_object()) return;
    boost::json::object& end = last.get_object();
    const auto* const role = end.if_contains("role");
    if (role != nullptr && *role == boost::json::value("assistant") && !end.contains("tool_calls")) end["prefix"] = true;
}

LLMX_DECL void mistral_write_tools(boost::json::object& request) {
    auto* const tools = request.if_contains("tools");
    if (tools == nullptr || !tools->is_array()) return;
    for (boost::json::value& one : tools->get_array()) {
        auto* const function = one.is_object() ? one.get_object().if_contains("function") : nullptr;
        if (function == nullptr || !function->is_object() || function->get_object().contains("parameters")) continue;
        function->get_object()["parameters"] = boost::json::object({{"type", "object"}, {"properties", boost::json::object()}});
    }
}

} // namespace detail

LLMX_DECL result<request_head> mistral_chat::scan_request(std::string_view body, const request_target& target) {
    result<request_head> head = openai_chat::scan_request(body, target);
    // Streams always end with it.
    if (head) head->include_usage = head->stream;
    return head;
}

LLMX_DECL result<chat_request> mistral_chat::decode_request(std::string_view body, const request_target& target) {
    auto parsed = parse_json_object(body);
    // The failure is in its words.
    if (!parsed) return openai_chat::decode_request(body, target);
    std::vector<detail::mistral_member> taken;
    detail::mistral_read(*parsed, taken);
    result<chat_request> read = openai_chat::decode_request(json_text(boost::json::value(std::move(*parsed))), target);
    if (!read) {
        if (read.error().param() != "seed") return read;
        error e(errc::invalid_request, "random_" + read.error().message());
        return e.with_param("random_seed");
    }
    read->include_usage = read->stream;
    if (taken.empty()) return read;
    std::map<std::size_t, message*> written; // by their position in the body
    for (std::size_t i = 0; i < read->messages.size(); ++i)
        if (const wire_origin* const at = read->origins.find_message(i); at != nullptr) written.try_emplace(at->index, &read->messages[i]);
    for (detail::mistral_member& m : taken) {
        extra_members* to = &read->extra;
        if (m.message != detail::mistral_member::of_request) {
            const auto at = written.find(m.message);
            to = at != written.end() ? &at->second->extra : nullptr;
        }
        if (to == nullptr) continue;
        extra_members::member& kept = to->add(name, std::move(m.name), std::move(m.json));
        kept.hint = m.hint;
        kept.is_absent = m.absent;
    }
    return read;
}

LLMX_DECL std::string mistral_chat::caller_path(const request_place& at, const chat_request& request) {
    if (at.is<&chat_request::seed>()) return "random_seed";
    return openai_chat::caller_path(at, request);
}

LLMX_DECL result<void> mistral_chat::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                    drop_report& drops) {
    // Its own members are written as they are.
    chat_request own = request;
    for (message& m : own.messages)
        if (m.extra.speaks(name)) std::erase_if(m.extra.members, [](const extra_members::member& e) { return e.name == "reference_ids"; });
    detail::mistral_rename_origins(own, name, openai_chat::name);
    detail::mistral_mark_documents(own);
    detail::mistral_drop_signatures(own, drops);
    encode_options how = options;
    how.include_usage = false;
    own.include_usage = false;
    how.traits.max_completion_tokens = how.traits.allowed_tools = how.traits.custom_tools = false;
    std::string written;
    if (const result<void> done = openai_chat::encode_request(own, how, written, drops); !done) return done;
    auto parsed = parse_json_object(written);
    if (!parsed) return error(errc::internal, "a request that was written is not JSON");
    boost::json::object& r = *parsed;
    r.erase("stream_options");
    if (const auto* const seed = r.if_contains("seed")) {
        boost::json::value value = *seed;
        r.erase("seed");
        r["random_seed"] = std::move(value);
    }
    detail::mistral_write_messages(r);
    detail::mistral_write_tools(r);
    if (auto* const choice = r.if_contains("tool_choice"); choice != nullptr && *choice == boost::json::value("required")) *choice = "any";
    out += json_text(boost::json::value(std::move(r)));
    return success();
}

LLMX_DECL const codec_ops* const* mistral_fim_completions::forms_for(const request_head&) noexcept {
    return detail::form_array<codec_list<mistral_fim_completions, openai_completions>>::all.data();
}

LLMX_DECL result<request_head> mistral_fim_completions::scan_request(std::string_view body, const request_target& target) {
    result<request_head> head = openai_completions::scan_request(body, target);
    if (head) head->include_usage = head->stream;
    return head;
}

LLMX_DECL result<chat_request> mistral_fim_completions::decode_request(std::string_view body, const request_target& target) {
    auto parsed = parse_json_object(body);
    if (!parsed) return openai_completions::decode_request(body, target);
    if (auto* const seed = parsed->if_contains("random_seed")) {
        boost::json::value value = std::move(*seed);
        parsed->erase("random_seed");
        parsed->emplace("seed", std::move(value));
    }
    result<chat_request> read = openai_completions::decode_request(json_text(boost::json::value(std::move(*parsed))), target);
    if (read) read->include_usage = read->stream;
    return read;
}

LLMX_DECL std::string mistral_fim_completions::caller_path(const request_place& at, const chat_request& request) {
    if (at.is<&chat_request::seed>()) return "random_seed";
    return openai_completions::caller_path(at, request);
}

} // namespace llmx::inline LLMX_ABI
