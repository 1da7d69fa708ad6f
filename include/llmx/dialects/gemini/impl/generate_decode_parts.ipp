// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>

namespace llmx::inline v0::detail {

/// An image, audio or file part by \p m's MIME type; \p extra goes with it.
[[nodiscard]] LLMX_DECL content_part gemini_media_part(media m, extra_members extra) {
    if (m.media_type.starts_with("image/")) {
        image_part p(std::move(m));
        p.extra = std::move(extra);
        return p;
    }
    if (m.media_type.starts_with("audio/")) {
        audio_part p(std::move(m));
        p.extra = std::move(extra);
        return p;
    }
    file_part p(std::move(m));
    p.extra = std::move(extra);
    return p;
}

/// Reads a Blob or a FileData; \p prefix names the member that holds it.
[[nodiscard]] LLMX_DECL result<media> decode_gemini_media(const boost::json::object& o, bool is_inline,
                                                          std::string_view prefix, extra_members& extra) {
    const proto_reader in(o);
    media m;
    if (auto r = in.read("mimeType", m.media_type); r.has_error()) return r.error();
    if (is_inline) {
        if (m.media_type.empty()) return proto_expected("mimeType", "a MIME type");
        const auto* data = in.find("data");
        if (data == nullptr || !data->is_string()) return proto_expected("data", "a base64 string");
        m.data = gemini_base64(data->get_string());
        in.unknown({"mimeType", "data"}, std::string(prefix) + '.', extra);
    } else {
        if (auto r = in.read("fileUri", m.url); r.has_error()) return r.error();
        if (m.url.empty()) return proto_expected("fileUri", "a URI");
        in.unknown({"mimeType", "fileUri"}, std::string(prefix) + '.', extra);
    }
    return m;
}

[[nodiscard]] LLMX_DECL result<content_part> decode_gemini_call(const boost::json::object& call, std::string signature,
                                                                extra_members extra, gemini_calls& calls) {
    const proto_reader in(call);
    tool_call_part p;
    if (auto r = in.read("id", p.id); r.has_error()) return r.error();
    if (auto r = in.read("name", p.name); r.has_error()) return r.error();
    if (p.name.empty()) return proto_expected("name", "the name of a function");
    auto args = in.message("args");
    if (args.has_error()) return args.error();
    p.arguments = *args == nullptr ? std::string("{}") : proto_json_text(**args);
    p.id = calls.add(p.id, p.name);
    if (signature != gemini_no_signature) p.signature = std::move(signature);
    p.extra = std::move(extra);
    in.unknown({"id", "name", "args"}, "functionCall.", p.extra);
    return content_part(std::move(p));
}

/// The text of a FunctionResponse's object, see the decisions at `gemini_generate`.
LLMX_DECL void decode_gemini_response(const boost::json::object& response, tool_result_part& to) {
    if (response.size() == 1) {
        const std::string_view key = response.begin()->key();
        const auto& value = response.begin()->value();
        const bool failed = key == "error";
        if (failed || key == "result" || key == "output") {
            if (value.is_string()) {
                to.is_error = failed;
                to.content.emplace_back(text_part(std::string(std::string_view(value.get_string()))));
                return;
            }
            if (failed) {
                to.is_error = true;
                to.content.emplace_back(text_part(proto_json_text(value)));
                return;
            }
        }
    }
    to.content.emplace_back(text_part(proto_json_text(response)));
}

[[nodiscard]] LLMX_DECL result<content_part> decode_gemini_result(const boost::json::object& answer,
                                                                  extra_members extra, gemini_calls& calls) {
    const proto_reader in(answer);
    tool_result_part p;
    if (auto r = in.read("id", p.call_id); r.has_error()) return r.error();
    if (auto r = in.read("name", p.name); r.has_error()) return r.error();
    if (p.name.empty()) p.name = calls.name_of(p.call_id);
    if (p.name.empty()) return proto_expected("name", "the name of a function");
    auto response = in.message("response");
    if (response.has_error()) return response.error();
    if (*response != nullptr) decode_gemini_response(**response, p);
    auto r = in.each("parts", [&p](const boost::json::object& part, std::size_t) -> result<void> {
        const proto_reader inner(part);
        for (const std::string_view member : {"inlineData", "fileData"}) {
            auto blob = inner.message(member);
            if (blob.has_error()) return blob.error();
            if (*blob == nullptr) continue;
            extra_members more;
            auto m = decode_gemini_media(**blob, member == "inlineData", member, more);
            if (m.has_error()) return proto_at(m.error(), member);
            if (m->media_type.starts_with("image/")) {
                image_part image(std::move(*m));
                image.extra = std::move(more);
                p.content.emplace_back(std::move(image));
            } else {
                file_part file(std::move(*m));
                file.extra = std::move(more);
                p.content.emplace_back(std::move(file));
            }
            return success();
        }
        return proto_expected({}, "inlineData or fileData");
    });
    if (r.has_error()) return r.error();
    p.call_id = calls.answer(p.call_id, p.name);
    p.extra = std::move(extra);
    in.unknown({"id", "name", "response", "parts"}, "functionResponse.", p.extra);
    return content_part(std::move(p));
}

LLMX_DECL result<content_part> decode_gemini_part(const boost::json::object& part, gemini_calls& calls) {
    const proto_reader in(part);
    std::string signature;
    if (auto r = in.read("thoughtSignature", signature); r.has_error()) return r.error();
    // Python's SDK writes bytes in the alphabet for URLs, but whoever made the signature wants his own text.
    if (signature != gemini_no_signature) signature = gemini_base64(signature);
    std::optional<bool> thought;
    if (auto r = in.read("thought", thought); r.has_error()) return r.error();
    // A façade writes them on thoughts alone.
    if (!thought.value_or(false) && signature.starts_with(gemini_foreign_signature)) signature.clear();
    for (const std::string_view member : {"functionCall", "functionResponse", "inlineData", "fileData"}) {
        auto data = in.message(member);
        if (data.has_error()) return data.error();
        if (*data == nullptr) continue;
        extra_members extra;
        if (member == "functionCall") {
            in.unknown({"functionCall", "thoughtSignature"}, {}, extra);
            auto p = decode_gemini_call(**data, std::move(signature), std::move(extra), calls);
            if (p.has_error()) return proto_at(p.error(), member);
            return p;
        }
        in.unknown({member}, {}, extra);
        if (member == "functionResponse") {
            auto p = decode_gemini_result(**data, std::move(extra), calls);
            if (p.has_error()) return proto_at(p.error(), member);
            return p;
        }
        auto m = decode_gemini_media(**data, member == "inlineData", member, extra);
        if (m.has_error()) return proto_at(m.error(), member);
        return gemini_media_part(std::move(*m), std::move(extra));
    }
    const bool has_text = in.find("text") != nullptr;
    const bool only_signature = part.size() == 1 && in.find("thoughtSignature") != nullptr;
    if (!has_text && !only_signature) {
        if (part.empty()) return proto_expected({}, "a part with data");
        return content_part(opaque_part(gemini_generate::name, proto_json_text(part)));
    }
    std::string text;
    if (auto r = in.read("text", text); r.has_error()) return r.error();
    if (thought && *thought) {
        thinking_part p(std::move(text));
        gemini_read_signature(signature, p);
        in.unknown({"text", "thought", "thoughtSignature"}, {}, p.extra);
        return content_part(std::move(p));
    }
    text_part p(std::move(text));
    p.signature = std::move(signature);
    in.unknown({"text", "thought", "thoughtSignature"}, {}, p.extra);
    return content_part(std::move(p));
}

LLMX_DECL content_part decode_gemini_reply_part(const boost::json::object& part, gemini_calls& calls) {
    auto p = decode_gemini_part(part, calls);
    if (p.has_value()) return std::move(*p);
    return opaque_part(gemini_generate::name, proto_json_text(part));
}

} // namespace llmx::inline v0::detail
