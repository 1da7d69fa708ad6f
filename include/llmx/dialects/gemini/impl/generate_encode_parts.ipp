// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/gemini/detail/contents_writer.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/wire/data_url.hpp>

#include <algorithm>

namespace llmx::inline v0::detail {

LLMX_DECL std::string gemini_part_context::place(std::string_view member) const {
    std::string p = "messages[" + std::to_string(message) + "].content[" + std::to_string(part) + ']';
    if (!member.empty()) {
        p += '.';
        p += member;
    }
    return p;
}

LLMX_DECL void gemini_part_context::lost(std::string_view member) const {
    if (drops != nullptr) drops->lost(place(member));
}

LLMX_DECL void gemini_part_context::hint(std::string_view member) const {
    if (drops != nullptr) drops->hint(place(member));
}

LLMX_DECL void gemini_part_context::foreign(const extra_members& extra) const {
    if (drops == nullptr || extra.empty() || extra.speaks(gemini_generate::name)) return;
    // What a model's turn carried besides its parts (log probabilities, annotations, …)
    // says nothing to the next model.
    for (const auto& m : extra.members) from_model ? hint(m.name) : lost(m.name);
}

LLMX_DECL std::string_view gemini_type_of_url(std::string_view url) noexcept {
    struct pair {
        std::string_view extension, type;
    };
    static constexpr pair types[] = {
        {"png", "image/png"},       {"jpg", "image/jpeg"},      {"jpeg", "image/jpeg"},  {"webp", "image/webp"},
        {"gif", "image/gif"},       {"heic", "image/heic"},     {"heif", "image/heif"},  {"bmp", "image/bmp"},
        {"svg", "image/svg+xml"},   {"mp3", "audio/mpeg"},      {"wav", "audio/wav"},    {"flac", "audio/flac"},
        {"ogg", "audio/ogg"},       {"aac", "audio/aac"},       {"aiff", "audio/aiff"},  {"m4a", "audio/mp4"},
        {"mp4", "video/mp4"},       {"mov", "video/quicktime"}, {"webm", "video/webm"},  {"mpeg", "video/mpeg"},
        {"pdf", "application/pdf"}, {"txt", "text/plain"},      {"md", "text/markdown"}, {"html", "text/html"},
        {"css", "text/css"},        {"csv", "text/csv"},        {"xml", "text/xml"},     {"json", "application/json"},
        {"rtf", "text/rtf"}};
    url = url.substr(0, url.find_first_of("?#"));
    const auto dot = url.find_last_of("./");
    if (dot == std::string_view::npos || url[dot] != '.') return {};
    const std::string_view extension = url.substr(dot + 1);
    for (const auto& t : types) {
        if (std::equal(extension.begin(), extension.end(), t.extension.begin(), t.extension.end(), [](char a, char b) {
                return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
            }))
            return t.type;
    }
    return {};
}

LLMX_DECL bool write_gemini_media(json_writer& w, const media& m, std::string_view otherwise,
                                  const extra_members* extra) {
    std::string_view type = m.media_type, data = m.data;
    std::string converted;
    if (data.empty() && is_data_url(m.url)) {
        const auto url = parse_data_url(m.url);
        if (url.has_value() && url->base64) {
            converted = gemini_base64(url->payload);
            data = converted;
            if (type.empty()) type = url->media_type;
        }
    }
    if (!data.empty()) {
        if (type.empty() || type == "application/octet-stream")
            if (const std::string_view seen = type_of_base64(data); !seen.empty()) type = seen;
        if (type.empty()) type = otherwise;
        w.key("inlineData").object().member("mimeType", type).member("data", data);
        if (extra != nullptr) write_proto_extra(w, *extra, "inlineData.");
        w.end_object();
        return true;
    }
    const std::string_view uri = m.url.empty() ? m.file_id : m.url;
    if (uri.empty()) return false;
    if (type.empty()) type = gemini_type_of_url(uri);
    w.key("fileData").object();
    if (!type.empty()) w.member("mimeType", type);
    w.member("fileUri", uri);
    if (extra != nullptr) write_proto_extra(w, *extra, "fileData.");
    w.end_object();
    return true;
}

LLMX_DECL void gemini_contents_writer::next(turn who, const message& m) {
    if (open_ && (who != who_ || (extra_ != nullptr && !extra_->empty()) || !m.extra.empty())) close();
    who_ = who;
    extra_ = &m.extra;
}

LLMX_DECL void gemini_contents_writer::close() {
    if (!open_) return;
    write_kept();
    w_.end_array();
    if (extra_ != nullptr) write_proto_extra(w_, *extra_, {});
    w_.end_object();
    open_ = false;
}

LLMX_DECL void gemini_contents_writer::write_kept() {
    for (const media* m : kept_) {
        begin_part();
        write_gemini_media(w_, *m, "application/octet-stream", nullptr);
        end_part();
    }
    kept_.clear();
}

LLMX_DECL void write_gemini_response(json_writer& w, std::string_view text, bool is_error) {
    const bool object = is_json_object_text(text);
    if (object && !is_error) {
        w.raw(trim_json(text));
        return;
    }
    w.object().key(is_error ? "error" : "result");
    if (object)
        w.raw(trim_json(text));
    else
        w.value(text);
    w.end_object();
}

LLMX_DECL void write_gemini_call(json_writer& w, std::string_view id, std::string_view name, std::string_view arguments,
                                 const extra_members* extra) {
    w.key("functionCall").object();
    if (!id.empty() && !id.starts_with(gemini_made_up_id)) w.member("id", id);
    w.member("name", name);
    const std::string_view text = trim_json(arguments);
    w.key("args");
    if (text.empty()) {
        w.raw("{}");
    } else if (text.find_first_of("\r\n") != std::string_view::npos) {
        // A line end between tokens would end a line of the event stream.
        auto parsed = parse_json_object(text);
        w.raw(parsed.has_value() ? proto_json_text(*parsed) : std::string("{}"));
    } else {
        w.raw(text);
    }
    if (extra != nullptr) write_proto_extra(w, *extra, "functionCall.");
    w.end_object();
}

LLMX_DECL void write_gemini_text(gemini_contents_writer& c, std::string_view text, bool thought,
                                 std::string_view signature, const extra_members* extra) {
    c.begin_part();
    c.out().member("text", text);
    if (thought) c.out().member("thought", true);
    if (!signature.empty()) c.out().member("thoughtSignature", signature);
    if (extra != nullptr) write_proto_extra(c.out(), *extra, {});
    c.end_part();
}

LLMX_DECL void write_gemini_media_part(gemini_contents_writer& c, const media& m, std::string_view otherwise,
                                       const extra_members& extra, const gemini_part_context& at) {
    at.foreign(extra);
    const bool nothing = m.data.empty() && m.url.empty() && m.file_id.empty();
    if (nothing || !may_know_file(gemini_generate::name, m.file_id)) {
        at.lost();
        return;
    }
    c.begin_part();
    write_gemini_media(c.out(), m, otherwise, &extra);
    write_proto_extra(c.out(), extra, {});
    c.end_part();
}

[[nodiscard]] LLMX_DECL result<void> write_gemini_result(gemini_contents_writer& c, const tool_result_part& p,
                                                         const gemini_part_context& at) {
    std::string_view function = p.name;
    if (function.empty()) function = at.calls->name_of(p.call_id);
    if (function.empty()) {
        std::string where = at.place("call_id");
        std::string text = where + ": no earlier call of a tool has the id \"" + p.call_id + '"';
        error e(errc::invalid_request, std::move(text));
        e.with_param(std::move(where));
        return e;
    }
    at.foreign(p.extra);
    if (p.cache) at.hint("cache_control");
    std::string text;
    std::vector<const media*> inside;
    for (const auto& piece : p.content) {
        if (const auto* t = std::get_if<text_part>(&piece)) {
            text += t->text;
            continue;
        }
        const auto* image = std::get_if<image_part>(&piece);
        const media& m = image != nullptr ? image->source : std::get_if<file_part>(&piece)->source;
        // A response holds bytes only, and before Gemini 3 not even those.
        const bool bytes = !m.data.empty() || is_data_url(m.url);
        if (bytes && c.responses_take_media())
            inside.push_back(&m);
        else if (bytes || !m.url.empty() || (!m.file_id.empty() && may_know_file(gemini_generate::name, m.file_id)))
            c.keep(m);
        else
            at.lost();
    }
    json_writer& w = c.out();
    c.begin_part();
    w.key("functionResponse").object();
    if (!p.call_id.empty() && !p.call_id.starts_with(gemini_made_up_id)) w.member("id", p.call_id);
    w.member("name", function).key("response");
    write_gemini_response(w, text, p.is_error);
    if (!inside.empty()) {
        w.key("parts").array();
        for (const media* m : inside) {
            w.object();
            write_gemini_media(w, *m, "application/octet-stream", nullptr);
            w.end_object();
        }
        w.end_array();
    }
    write_proto_extra(w, p.extra, "functionResponse.");
    w.end_object();
    write_proto_extra(w, p.extra, {});
    c.end_part();
    return success();
}

LLMX_DECL void write_gemini_call_part(gemini_contents_writer& c, const tool_call_part& p,
                                      const gemini_part_context& at) {
    at.foreign(p.extra);
    if (p.cache) at.hint("cache_control");
    c.begin_part();
    const std::string_view text = trim_json(p.arguments);
    if (text.empty() || is_json_object_text(text)) {
        write_gemini_call(c.out(), p.id, p.name, text, &p.extra);
    } else {
        // A model may have written anything; the wire takes objects only.
        at.lost("arguments");
        std::string wrapped;
        json_writer(wrapped).object().member("arguments", p.arguments).end_object();
        write_gemini_call(c.out(), p.id, p.name, wrapped, &p.extra);
    }
    const std::string_view signature = c.signature_of(p);
    if (!signature.empty()) c.out().member("thoughtSignature", signature);
    write_proto_extra(c.out(), p.extra, {});
    c.end_part();
}

LLMX_DECL result<void> write_gemini_part(gemini_contents_writer& c, const content_part& part,
                                         const gemini_part_context& at) {
    if (const auto* p = std::get_if<text_part>(&part)) {
        if (p->cache) at.hint("cache_control");
        if (!p->citations.empty()) at.hint("citations");
        at.foreign(p->extra);
        // The server refuses empty text; in a model's turn it is only what came beside calls.
        if (p->text.empty() && p->signature.empty() && at.from_model) return success();
        write_gemini_text(c, p->text, false, p->signature, &p->extra);
    } else if (const auto* r = std::get_if<refusal_part>(&part)) {
        at.hint("refusal");
        write_gemini_text(c, r->text, false, {}, nullptr);
    } else if (const auto* image = std::get_if<image_part>(&part)) {
        if (image->cache) at.hint("cache_control");
        if (!image->detail.empty()) at.hint("detail");
        write_gemini_media_part(c, image->source, "image/jpeg", image->extra, at);
    } else if (const auto* audio = std::get_if<audio_part>(&part)) {
        if (audio->cache) at.hint("cache_control");
        write_gemini_media_part(c, audio->source, "audio/wav", audio->extra, at);
    } else if (const auto* file = std::get_if<file_part>(&part)) {
        if (file->cache) at.hint("cache_control");
        if (!file->filename.empty()) at.hint("filename");
        write_gemini_media_part(c, file->source, "application/octet-stream", file->extra, at);
    } else if (const auto* thought = std::get_if<thinking_part>(&part)) {
        if (!thought->signed_for(gemini_generate::name)) {
            at.hint(); // unsigned, or another vendor's: the server refuses what it did not sign
        } else {
            at.foreign(thought->extra);
            write_gemini_text(c, thought->text, true, thought->signature, &thought->extra);
        }
    } else if (const auto* call = std::get_if<tool_call_part>(&part)) {
        write_gemini_call_part(c, *call, at);
    } else if (const auto* answer = std::get_if<tool_result_part>(&part)) {
        return write_gemini_result(c, *answer, at);
    } else if (const auto* opaque = std::get_if<opaque_part>(&part)) {
        auto parsed = opaque->origin == gemini_generate::name ? parse_json_object(opaque->value.text)
                                                              : result<boost::json::object>(errc::invalid_request);
        if (parsed.has_error()) {
            at.lost();
            return success();
        }
        c.begin_part();
        for (const auto& m : *parsed) c.out().raw_member(m.key(), proto_json_text(m.value()));
        c.end_part();
    }
    return success();
}

} // namespace llmx::inline v0::detail
