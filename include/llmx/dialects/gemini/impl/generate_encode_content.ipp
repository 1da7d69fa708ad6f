// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/gemini/detail/generate_content.hpp>
#include <llmx/dialects/gemini/detail/generate_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <optional>
#include <variant>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] bool generate_is_system(const message& m) noexcept {
    return m.from == role::system || m.from == role::developer;
}

/// Whether \p m holds the bytes themselves.
LLMX_DECL [[nodiscard]] bool generate_has_bytes(const media& m) noexcept { return !m.data.empty() || is_data_url(m.url); }

LLMX_DECL std::string_view generate_type_of_url(std::string_view url) noexcept {
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
    if (dot == std::string_view::npos || url[dot] != '.') return std::string_view();
    const std::string_view extension = url.substr(dot + 1);
    for (const auto& t : types) {
        if (std::equal(extension.begin(), extension.end(), t.extension.begin(), t.extension.end(), [](char a, char b) {
                return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
            }))
            return t.type;
    }
    return std::string_view();
}

LLMX_DECL std::string_view generate_write_media(json_writer& w, const media& m, std::string_view otherwise,
                                                const extra_members& extra) {
    static constexpr std::string_view of_bytes = "inlineData.", of_file = "fileData.";
    std::string_view type = m.media_type, data = m.data;
    std::string converted;
    if (data.empty() && is_data_url(m.url)) {
        const auto url = parse_data_url(m.url);
        if (url.has_value() && url->base64) {
            converted = generate_base64(url->payload);
            data = converted;
            if (type.empty()) type = url->media_type;
        }
    }
    if (!data.empty()) {
        type = type_by_bytes(type, data);
        if (type.empty()) type = otherwise;
        w.key("inlineData").object().member("mimeType", type).member("data", data);
        write_proto_extra(w, extra, of_bytes);
        w.end_object();
        return of_bytes;
    }
    const std::string_view uri = m.url.empty() ? m.file_id : m.url;
    if (uri.empty()) return std::string_view();
    if (type.empty()) type = generate_type_of_url(uri);
    w.key("fileData").object();
    if (!type.empty()) w.member("mimeType", type);
    w.member("fileUri", uri);
    write_proto_extra(w, extra, of_file);
    w.end_object();
    return of_file;
}

LLMX_DECL void generate_write_response(json_writer& w, std::string_view text, bool is_error) {
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

LLMX_DECL void generate_write_call(json_writer& w, std::string_view id, std::string_view name,
                                   std::string_view arguments, const extra_members* extra) {
    w.key("functionCall").object();
    if (!id.empty() && !id.starts_with(generate_made_up_id)) w.member("id", id);
    w.member("name", name);
    const std::string_view text = trim_json(arguments);
    w.key("args");
    if (text.empty()) {
        w.raw("{}");
    } else if (text.find_first_of("\r\n") != std::string_view::npos) {
        // A line end between tokens would end a line of the event stream.
        json_document document(text);
        const json_cursor parsed = document.root();
        w.raw(document.good() ? parsed.text() : std::string("{}"));
    } else {
        w.raw(text);
    }
    if (extra != nullptr) write_proto_extra(w, *extra, "functionCall.");
    w.end_object();
}

LLMX_DECL void generate_foreign(const extra_members& extra, const request_place& at, bool from_model, drop_report& drops) {
    if (!from_model) return drops.foreign(extra, gemini_generate::name, at);
    if (extra.speaks(gemini_generate::name)) return;
    for (const auto& m : extra.members)
        if (!m.is_absent) drops.hint(at.other(std::string(extra_members::wire_name(m.name))));
}

LLMX_DECL void generate_content_writer::report(const void* object, std::span<const field_rule> rules,
                                               const extra_members& extra, const request_place& at) {
    report_fields(object, rules, at, drops_);
    generate_foreign(extra, at, from_model_, drops_);
}

LLMX_DECL void generate_content_writer::report_unwritten(const extra_members& extra, const request_place& at, bool all,
                                                         std::string_view written) {
    if (!extra.speaks(gemini_generate::name)) return;
    for (const auto& m : extra.members) {
        const bool inner = !m.name.starts_with('.') && m.name.find('.') != std::string::npos;
        if (m.is_absent) continue;
        if (!all && (!inner || (!written.empty() && m.name.starts_with(written)))) continue;
        const request_place place = at.other(std::string(extra_members::wire_name(m.name)));
        if (m.hint) drops_.hint(place);
        else drops_.lost(place);
    }
}

/// One of the bytes, the URL and the file's id is written.
LLMX_DECL void generate_content_writer::report_references(const media& m, const described_member& source,
                                                          const request_place& at) {
    const request_place in = at.of(source);
    if (!m.data.empty() && !m.url.empty()) drops_.hint(in.of<&media::url>());
    if ((!m.data.empty() || !m.url.empty()) && !m.file_id.empty()) drops_.hint(in.of<&media::file_id>());
}

LLMX_DECL void generate_content_writer::next(turn who, const message& m) {
    if (open_ && (who != who_ || (extra_ != nullptr && !extra_->empty()) || !m.extra.empty())) close();
    who_ = who;
    extra_ = &m.extra;
}

LLMX_DECL void generate_content_writer::begin_part() {
    if (!open_) {
        w_.object().member("role", who_ == turn::model ? "model" : "user").key("parts").array();
        open_ = any_ = true;
        signed_call_ = false;
    }
    w_.object();
}

LLMX_DECL void generate_content_writer::close() {
    if (!open_) return;
    write_kept();
    w_.end_array();
    if (extra_ != nullptr) write_proto_extra(w_, *extra_, {});
    w_.end_object();
    open_ = false;
}

LLMX_DECL void generate_content_writer::write_kept() {
    for (const kept_media& m : kept_) {
        begin_part();
        generate_write_media(w_, *m.what, "application/octet-stream", *m.extra);
        write_proto_extra(w_, *m.extra, {});
        end_part();
    }
    kept_.clear();
}

LLMX_DECL std::string_view generate_content_writer::signature_of(const tool_call_part& call) noexcept {
    const bool first = !signed_call_;
    signed_call_ = true;
    if (!signs_) return std::string_view();
    if (!call.signature.empty() || !first || !gemini_3_) return call.signature;
    return generate_no_signature;
}

LLMX_DECL void generate_content_writer::write_text(std::string_view text, bool thought, std::string_view signature,
                                                   const extra_members* extra) {
    begin_part();
    w_.member("text", text);
    if (thought) w_.member("thought", true);
    if (!signature.empty() && signs_) w_.member("thoughtSignature", signature);
    if (extra != nullptr) write_proto_extra(w_, *extra, {});
    end_part();
}

LLMX_DECL void generate_content_writer::write_part(const text_part& p) {
    report(&p, generate_text_fields.view(), p.extra, at_);
    // The server refuses empty text, which only accompanied calls or media.
    const bool nothing = p.text.empty() && (p.signature.empty() || !signs_);
    report_unwritten(p.extra, at_, nothing);
    if (!nothing) write_text(p.text, false, p.signature, &p.extra);
}

LLMX_DECL void generate_content_writer::write_part(const refusal_part& p) {
    // It is written, as any other text.
    drops_.hint(at_.of<&refusal_part::text>());
    write_text(p.text, false, std::string_view(), nullptr);
}

LLMX_DECL void generate_content_writer::write_media(const media& m, const described_member& source,
                                                    std::string_view otherwise, const extra_members& extra) {
    const bool nothing = m.data.empty() && m.url.empty() && m.file_id.empty();
    if (nothing || !may_know_file(gemini_generate::name, m.file_id)) return drops_.lost(at_);
    report_references(m, source, at_);
    begin_part();
    const std::string_view written = generate_write_media(w_, m, otherwise, extra);
    write_proto_extra(w_, extra, {});
    end_part();
    report_unwritten(extra, at_, false, written);
}

LLMX_DECL void generate_content_writer::write_part(const image_part& p) {
    report(&p, generate_image_fields.view(), p.extra, at_);
    write_media(p.source, member_of<&image_part::source>, "image/jpeg", p.extra);
}

LLMX_DECL void generate_content_writer::write_part(const audio_part& p) {
    report(&p, generate_audio_fields.view(), p.extra, at_);
    write_media(p.source, member_of<&audio_part::source>, "audio/wav", p.extra);
}

LLMX_DECL void generate_content_writer::write_part(const file_part& p) {
    report(&p, generate_file_fields.view(), p.extra, at_);
    write_media(p.source, member_of<&file_part::source>, "application/octet-stream", p.extra);
}

LLMX_DECL void generate_content_writer::write_part(const thinking_part& p) {
    // The server refuses a thought that it did not sign, and each one for a model that does not think.
    if (!thinks_ || !p.signed_for(gemini_generate::name)) return drops_.hint(at_);
    report(&p, generate_thinking_fields.view(), p.extra, at_);
    report_unwritten(p.extra, at_, false);
    write_text(p.text, true, p.signature, &p.extra);
}

LLMX_DECL void generate_content_writer::write_part(const tool_call_part& p) {
    report(&p, generate_call_fields.view(), p.extra, at_);
    report_unwritten(p.extra, at_, false, "functionCall.");
    calls_.add(p.id, p.name);
    begin_part();
    std::string space;
    generate_write_call(w_, p.id, p.name, call_arguments_object(p.arguments, space), &p.extra);
    const std::string_view signature = signature_of(p);
    if (!signature.empty()) w_.member("thoughtSignature", signature);
    write_proto_extra(w_, p.extra, {});
    end_part();
}

LLMX_DECL void generate_content_writer::take_media(const media& m, const described_member& source,
                                                   const extra_members& extra, const request_place& at,
                                                   std::vector<kept_media>& inside) {
    // A response holds bytes only, and before Gemini 3 not even those.
    const bool bytes = generate_has_bytes(m);
    const bool reference = !m.url.empty() || (!m.file_id.empty() && may_know_file(gemini_generate::name, m.file_id));
    if (!bytes && !reference) return drops_.lost(at);
    report_references(m, source, at);
    std::vector<kept_media>& list = bytes && gemini_3_ ? inside : kept_;
    list.push_back(kept_media{&m, &extra});
    report_unwritten(extra, at, false, bytes ? "inlineData." : "fileData.");
}

/// The text of a document that is one; a function's response has a place for it.
LLMX_DECL [[nodiscard]] std::optional<std::string> generate_text_of(const file_part& f) {
    if (!f.source.media_type.starts_with("text/") || f.source.data.empty()) return std::nullopt;
    auto text = base64_decode(f.source.data);
    if (!text || !valid_utf8(*text)) return std::nullopt;
    return std::move(*text);
}

LLMX_DECL void generate_content_writer::write_part(const tool_result_part& p) {
    std::string_view function = p.name;
    if (function.empty()) function = p.call_id.empty() ? calls_.answer_next() : calls_.name_of(p.call_id);
    if (function.empty()) {
        fault_ = drops_.refuse(at_.of<&tool_result_part::call_id>(), "no earlier call of a tool has the id \"" + p.call_id + '"');
        return;
    }
    report(&p, generate_result_fields.view(), p.extra, at_);
    report_unwritten(p.extra, at_, false, "functionResponse.");
    std::string text;
    std::vector<kept_media> inside;
    const auto add_text = [&text](std::string_view more) {
        if (!text.empty() && !more.empty()) text += '\n';
        text += more;
    };
    for (std::size_t i = 0; i < p.content.size(); ++i) {
        const request_place at = at_.item(i);
        if (const auto* const t = std::get_if<text_part>(&p.content[i])) {
            add_text(t->text);
            report(t, generate_text_fields.view(), t->extra, at);
            report_unwritten(t->extra, at, true);
            if (!t->signature.empty()) drops_.hint(at.of<&text_part::signature>());
        } else if (const auto* const image = std::get_if<image_part>(&p.content[i])) {
            report(image, generate_image_fields.view(), image->extra, at);
            take_media(image->source, member_of<&image_part::source>, image->extra, at, inside);
        } else if (const auto* const file = std::get_if<file_part>(&p.content[i])) {
            report(file, generate_file_fields.view(), file->extra, at);
            if (const std::optional<std::string> words = generate_text_of(*file)) {
                add_text(*words);
                report_references(file->source, member_of<&file_part::source>, at);
                report_unwritten(file->extra, at, true);
            } else take_media(file->source, member_of<&file_part::source>, file->extra, at, inside);
        }
    }
    begin_part();
    w_.key("functionResponse").object();
    if (!p.call_id.empty() && !p.call_id.starts_with(generate_made_up_id)) w_.member("id", p.call_id);
    w_.member("name", function).key("response");
    generate_write_response(w_, text, p.is_error);
    if (!inside.empty()) {
        w_.key("parts").array();
        for (const kept_media& m : inside) {
            w_.object();
            generate_write_media(w_, *m.what, "application/octet-stream", *m.extra);
            write_proto_extra(w_, *m.extra, {});
            w_.end_object();
        }
        w_.end_array();
    }
    write_proto_extra(w_, p.extra, "functionResponse.");
    w_.end_object();
    write_proto_extra(w_, p.extra, {});
    end_part();
}

LLMX_DECL void generate_content_writer::write_part(const opaque_part& p) {
    json_document document(p.value.text);
    const json_cursor part = document.root();
    if (p.origin != gemini_generate::name || part.object() == nullptr) return drops_.lost(at_);
    begin_part();
    for (const auto& m : *part.object()) w_.raw_member(m.key(), json_text(m.value()));
    end_part();
}

LLMX_DECL void generate_content_writer::write_message(const message& m, std::size_t index) {
    const request_place at = request_place().message(index);
    from_model_ = m.from == role::assistant;
    report(&m, generate_message_fields.view(), m.extra, at);
    if (generate_is_system(m) && !system_only_) return;
    // The wire needs a turn to answer; instructions alone become the user's.
    if (generate_is_system(m)) drops_.hint(at.of<&message::from>());
    next(from_model_ ? turn::model : m.from == role::tool ? turn::tool : turn::user, m);
    std::size_t results_end = m.content.size();
    while (results_end > 0 && !std::holds_alternative<tool_result_part>(m.content[results_end - 1])) --results_end;
    for (std::size_t i = 0; i < m.content.size() && !fault_; ++i) {
        if (index < results_end_ && std::holds_alternative<tool_result_part>(m.content[i])) continue; // is written already
        at_ = at.part(i);
        if (i >= results_end) write_kept();
        std::visit([this](const auto& part) { write_part(part); }, m.content[i]);
    }
    // Without a part there is no turn to hold them.
    report_unwritten(m.extra, at, !open_);
}

/// Writes the results in the messages from \p begin up to the model's next one first when something stands before one of them: the
/// server demands the turn of results directly behind the turn of calls.
LLMX_DECL void generate_content_writer::write_results(const std::vector<message>& messages, std::size_t begin) {
    static const message plain(role::tool);
    bool other = false, out_of_order = false;
    std::size_t end = begin;
    for (; end < messages.size() && messages[end].from != role::assistant; ++end) {
        if (generate_is_system(messages[end])) continue;
        for (const content_part& part : messages[end].content) {
            const bool result = std::holds_alternative<tool_result_part>(part);
            out_of_order = out_of_order || (result && other);
            other = other || !result;
        }
    }
    if (!out_of_order) return;
    from_model_ = false;
    for (std::size_t i = begin; i < end; ++i)
        for (std::size_t k = 0; k < messages[i].content.size() && !fault_; ++k) {
            const auto* const answer = std::get_if<tool_result_part>(&messages[i].content[k]);
            if (answer == nullptr || generate_is_system(messages[i])) continue;
            next(turn::tool, plain);
            at_ = request_place().message(i).part(k);
            write_part(*answer);
        }
    results_end_ = end;
}

LLMX_DECL void generate_content_writer::write_instructions(const message& m, const request_place& at, bool& open) {
    for (std::size_t i = 0; i < m.content.size(); ++i) {
        const request_place part = at.part(i);
        const auto* const text = std::get_if<text_part>(&m.content[i]);
        if (text == nullptr) {
            drops_.lost(part);
            continue;
        }
        report(text, generate_text_fields.view(), text->extra, part);
        // The server refuses empty text.
        report_unwritten(text->extra, part, text->text.empty());
        if (!text->signature.empty()) drops_.hint(part.of<&text_part::signature>());
        if (text->text.empty()) continue;
        if (!open) w_.key("systemInstruction").object().key("parts").array();
        open = true;
        w_.object().member("text", text->text);
        write_proto_extra(w_, text->extra, {});
        w_.end_object();
    }
}

LLMX_DECL void generate_content_writer::write_system(const std::vector<message>& messages) {
    bool open = false, begun = false;
    const extra_members* extra = nullptr;
    from_model_ = false;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const message& m = messages[i];
        const request_place at = request_place().message(i);
        if (!generate_is_system(m)) {
            begun = true;
            continue;
        }
        // It moves to the front.
        if (begun) drops_.hint(at);
        write_instructions(m, at, open);
        // One content has the members of one message.
        const bool kept = open && extra == nullptr && m.extra.speaks(gemini_generate::name);
        if (kept) extra = &m.extra;
        report_unwritten(m.extra, at, !kept);
    }
    if (!open) return;
    w_.end_array();
    if (extra != nullptr) write_proto_extra(w_, *extra, {});
    w_.end_object();
}

LLMX_DECL result<void> generate_content_writer::write(const std::vector<message>& messages) {
    system_only_ = std::all_of(messages.begin(), messages.end(), [](const message& m) { return generate_is_system(m); });
    w_.key("contents").array();
    bool called = false;
    for (std::size_t i = 0; i < messages.size() && !fault_; ++i) {
        const message& m = messages[i];
        if (m.from != role::assistant) {
            if (called) write_results(messages, i);
            called = false;
        }
        write_message(m, i);
        if (m.from == role::assistant)
            for (const content_part& part : m.content) called = called || std::holds_alternative<tool_call_part>(part);
    }
    close();
    w_.end_array();
    if (!any_ && !fault_)
        fault_ = drops_.refuse_empty(request_place().of<&chat_request::messages>(), "expected at least one message with content");
    if (!system_only_ && !fault_) write_system(messages);
    if (fault_) return *fault_;
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
