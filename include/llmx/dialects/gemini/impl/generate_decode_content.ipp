// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_fields.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/json_text.hpp>

#include <array>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Keeps the members of a part that \p rules and \p known do not have.
LLMX_DECL void generate_keep_extra(const json_cursor& part, std::span<const field_rule> rules,
                                   std::span<const std::string_view> known, std::string_view prefix, extra_members& to) {
    keep_extra_inside(part, rules, known, gemini_generate::name, prefix, generate_hints, to);
}

/// The member of \p part that holds media: inlineData or fileData; empty when there is none.
LLMX_DECL [[nodiscard]] std::string_view generate_media_member(const json_cursor& part) {
    if (part["inlineData"].is_object()) return "inlineData";
    return part["fileData"].is_object() ? std::string_view("fileData") : std::string_view();
}

/// Reads a Blob or a FileData, which the member \p name is.
LLMX_DECL [[nodiscard]] media generate_read_media(const json_cursor& part, std::string_view name, extra_members& extra) {
    static constexpr std::array<std::string_view, 1> known = {"mimeType"};
    const json_cursor in = part[name], type = in["mimeType"], data = in["data"], uri = in["fileUri"];
    media m;
    type.read(m.media_type);
    std::string prefix(name);
    prefix += '.';
    if (name == "inlineData") {
        if (m.media_type.empty()) type.expected("a MIME type");
        if (!data.is_string()) data.expected("a base64 string");
        m.data = generate_base64(data.string_or());
    } else {
        uri.read(m.url);
        if (m.url.empty()) uri.expected("a URI");
    }
    generate_keep_extra(in, generate_media_fields.view(), known, prefix, extra);
    return m;
}

/// An image, audio or file part by the MIME type.
LLMX_DECL [[nodiscard]] content_part generate_read_media_part(const json_cursor& part, std::string_view name) {
    const std::array<std::string_view, 1> known = {name};
    extra_members extra;
    generate_keep_extra(part, {}, known, std::string_view(), extra);
    media m = generate_read_media(part, name, extra);
    const auto made = [&m, &extra](auto p) {
        p.source = std::move(m);
        p.extra = std::move(extra);
        return content_part(std::move(p));
    };
    if (m.media_type.starts_with("image/")) return made(image_part());
    if (m.media_type.starts_with("audio/")) return made(audio_part());
    return made(file_part());
}

LLMX_DECL [[nodiscard]] content_part generate_read_call(const json_cursor& part, std::string signature, generate_calls& calls) {
    const json_cursor in = part["functionCall"], name = in["name"], args = in["args"];
    tool_call_part p;
    in["id"].read(p.id);
    name.read(p.name);
    if (p.name.empty()) name.expected("the name of a function");
    p.arguments = args.is_object() ? args.text() : std::string("{}");
    // A call that cannot be read takes no id.
    if (!in) return p;
    p.id = calls.add(p.id, p.name);
    if (signature != generate_no_signature) p.signature = std::move(signature);
    generate_keep_extra(part, generate_call_fields.view(), {}, std::string_view(), p.extra);
    generate_keep_extra(in, generate_call_fields.view(), {}, "functionCall.", p.extra);
    return p;
}

/// The text of a FunctionResponse's object, see the decisions at `gemini_generate`.
LLMX_DECL void generate_read_response(const json_cursor& response, tool_result_part& to) {
    const boost::json::object& members = *response.object();
    if (members.size() == 1) {
        const std::string_view key = members.begin()->key();
        const auto& value = members.begin()->value();
        const bool failed = key == "error";
        if (failed || ((key == "result" || key == "output") && value.is_string())) {
            to.is_error = failed;
            to.content.emplace_back(
                text_part(value.is_string() ? std::string(std::string_view(value.get_string())) : json_text(value)));
            return;
        }
    }
    to.content.emplace_back(text_part(response.text()));
}

/// A FunctionResponsePart.
LLMX_DECL void generate_read_response_part(const json_cursor& part, tool_result_part& to) {
    const std::string_view name = generate_media_member(part);
    if (name.empty()) return part.expected("inlineData or fileData");
    const std::array<std::string_view, 1> known = {name};
    extra_members extra;
    media m = generate_read_media(part, name, extra);
    generate_keep_extra(part, {}, known, std::string_view(), extra);
    if (m.media_type.starts_with("image/")) {
        image_part image(std::move(m));
        image.extra = std::move(extra);
        to.content.emplace_back(std::move(image));
    } else {
        file_part file(std::move(m));
        file.extra = std::move(extra);
        to.content.emplace_back(std::move(file));
    }
}

LLMX_DECL [[nodiscard]] content_part generate_read_result(const json_cursor& part, generate_calls& calls) {
    static constexpr std::array<std::string_view, 1> known = {"parts"};
    const json_cursor in = part["functionResponse"], name = in["name"], response = in["response"], media_parts = in["parts"];
    tool_result_part p;
    in["id"].read(p.call_id);
    name.read(p.name);
    if (p.name.empty()) p.name = calls.name_of(p.call_id);
    if (p.name.empty()) name.expected("the name of a function");
    if (response.is_object()) generate_read_response(response, p);
    media_parts.each_object([&p](const json_cursor& one, std::size_t) { generate_read_response_part(one, p); });
    if (!in) return p;
    p.call_id = calls.answer(p.call_id, p.name);
    generate_keep_extra(part, generate_result_fields.view(), {}, std::string_view(), p.extra);
    generate_keep_extra(in, generate_result_fields.view(), known, "functionResponse.", p.extra);
    return p;
}

LLMX_DECL content_part generate_read_part(const json_cursor& part, generate_calls& calls) {
    static constexpr std::array<std::string_view, 1> known = {"thought"};
    std::string signature;
    part["thoughtSignature"].read(signature);
    // Python's SDK writes bytes in the alphabet for URLs; the vendor that signed expects the standard one.
    if (signature != generate_no_signature) signature = generate_base64(signature);
    bool thought = false;
    part["thought"].read(thought);
    // A façade writes them on thoughts alone.
    if (!thought && signature.starts_with(gemini_foreign_signature)) signature.clear();
    if (part["functionCall"].is_object()) return generate_read_call(part, std::move(signature), calls);
    if (part["functionResponse"].is_object()) return generate_read_result(part, calls);
    if (const std::string_view name = generate_media_member(part); !name.empty()) return generate_read_media_part(part, name);

    const json_cursor words = part["text"];
    const boost::json::object* const members = part.object();
    const bool only_signature = members != nullptr && members->size() == 1 && part["thoughtSignature"];
    if (!words && !only_signature) {
        if (members != nullptr && members->empty()) part.expected("a part with data");
        return opaque_part(gemini_generate::name, part.text());
    }
    std::string text;
    words.read(text);
    if (thought) {
        thinking_part p(std::move(text));
        generate_read_signature(signature, p);
        generate_keep_extra(part, generate_thinking_fields.view(), known, std::string_view(), p.extra);
        return p;
    }
    text_part p(std::move(text));
    p.signature = std::move(signature);
    generate_keep_extra(part, generate_text_fields.view(), known, std::string_view(), p.extra);
    return p;
}

LLMX_DECL content_part generate_read_reply_part(const json_cursor& part, generate_calls& calls) {
    content_part p = generate_read_part(part, calls);
    if (part) return p;
    static_cast<void>(part.document().forgive());
    return opaque_part(gemini_generate::name, part.text());
}

} // namespace llmx::inline LLMX_ABI::detail
