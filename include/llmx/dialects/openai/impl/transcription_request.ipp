// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/transcript.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/form_fields.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view openai_transcript_file = "the recording, as a file";

LLMX_DECL [[nodiscard]] result<void> openai_transcript_check_model(const form_part& p) {
    if (p.is_file() || p.data.empty() || p.data.find_first_of("\r\n") != std::string_view::npos)
        return member_expected("model", openai_flat_model);
    return success();
}

LLMX_DECL [[nodiscard]] result<void> openai_transcript_check_file(const form_part& p) {
    if (!p.is_file() || p.data.empty()) return member_expected("file", openai_transcript_file);
    return success();
}

/// Servers that ignore case in names would use a value that was not routed.
LLMX_DECL [[nodiscard]] result<void> openai_transcript_check_name(std::string_view written) {
    for (const std::string_view name : {std::string_view("model"), std::string_view("file"), std::string_view("stream")}) {
        if (!equals_ignoring_case(written, name)) continue;
        error e(errc::invalid_request, "'" + std::string(written) + "': names of fields are case-sensitive, write '" +
                                           std::string(name) + "'");
        return e.with_param(std::string(written));
    }
    return success();
}

LLMX_DECL result<request_head> openai_transcript_scan(std::string_view body, std::string_view content_type,
                                                      const request_target& target) {
    request_head head;
    bool has_file = false, has_url = false;
    members_seen seen;
    const auto read = read_form(body, content_type, [&](const form_part& p) -> result<void> {
        if (p.named("model")) {
            if (seen.again(0)) return form_field_twice("model");
            head.model = p.data;
            head.model_begin = p.begin;
            head.model_end = p.begin + p.data.size();
            return openai_transcript_check_model(p);
        }
        if (p.named("file")) {
            if (seen.again(1)) return form_field_twice("file");
            has_file = true;
            return openai_transcript_check_file(p);
        }
        if (p.named("stream")) {
            if (seen.again(2)) return form_field_twice("stream");
            const auto streamed = form_bool(p.data);
            if (!streamed || p.is_file()) return member_expected("stream", "true or false");
            head.stream = *streamed;
            return success();
        }
        if (p.named("response_format") && seen.again(3)) return form_field_twice("response_format");
        has_url |= p.named("url");
        return openai_transcript_check_name(p.about->name);
    });
    if (read.has_error()) return read.error();
    if (head.model.empty() && target.model.empty()) return member_expected("model", openai_flat_model);
    if (!has_file && !has_url) return member_expected("file", openai_transcript_file);
    if (head.model.empty()) head.must_translate = true;
    if (!target.model.empty()) head.model = target.model;
    return head;
}

/// Reads a form into a request.
class openai_transcript_reader {
public:
    openai_transcript_reader(transcription_request& to, const openai_transcript_form& form) noexcept
        : to_(to), form_(form), fields_(&to, form.fields) {}

    LLMX_DECL [[nodiscard]] result<void> take(const form_part& p);
    LLMX_DECL void finish() { fields_.finish(); }

private:
    LLMX_DECL [[nodiscard]] result<void> take_file(const form_part& p);
    LLMX_DECL void keep(const form_part& p);

    transcription_request& to_;
    const openai_transcript_form& form_;
    form_reader fields_;
    members_seen seen_;
};

LLMX_DECL result<void> openai_transcript_reader::take(const form_part& p) {
    if (p.named("file")) return take_file(p);
    // A second file has no place in the vocabulary.
    if (p.is_file()) return member_expected(form_field_name(p), "text: the recording is the one file of the form");
    if (p.named("model")) {
        if (seen_.again(1)) return form_field_twice("model");
        to_.model = p.data;
        return openai_transcript_check_model(p);
    }
    bool known = false;
    if (auto done = fields_.take(p, known); known) return done;
    if (auto good = openai_transcript_check_name(p.about->name); good.has_error()) return good;
    keep(p);
    return success();
}

LLMX_DECL result<void> openai_transcript_reader::take_file(const form_part& p) {
    if (seen_.again(0)) return form_field_twice("file");
    if (auto good = openai_transcript_check_file(p); good.has_error()) return good;
    to_.file = p.data;
    to_.filename = p.about->filename;
    to_.content_type = p.about->content_type;
    return success();
}

LLMX_DECL void openai_transcript_reader::keep(const form_part& p) {
    std::string json;
    append_json_string(json, p.data);
    const bool hint = std::find(openai_flat_hints.begin(), openai_flat_hints.end(), p.about->name) != openai_flat_hints.end();
    to_.extra.add(form_.codec, extra_members::kept_name(p.about->name), std::move(json)).hint = hint;
}

LLMX_DECL result<transcription_request> openai_transcript_decode(std::string_view body, std::string_view content_type,
                                                                 const request_target& target,
                                                                 const openai_transcript_form& form) {
    transcription_request to;
    openai_transcript_reader reader(to, form);
    const auto read = read_form(body, content_type, [&reader](const form_part& p) { return reader.take(p); });
    if (read.has_error()) return read.error();
    reader.finish();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return member_expected("model", openai_flat_model);
    if (to.file.empty() && to.extra.find("url") == nullptr) return member_expected("file", openai_transcript_file);
    return to;
}

/// Whether a form can be written at all.
LLMX_DECL [[nodiscard]] result<void> openai_transcript_check(const transcription_request& request, drop_report& drops,
                                                             std::string_view codec) {
    const request_place at;
    const bool has_url = request.extra.speaks(codec) && request.extra.find("url") != nullptr;
    if (request.file.empty() && !has_url)
        return drops.refuse(at.of<&transcription_request::file>(), std::string("expected ").append(openai_transcript_file));
    for (const char c : request.content_type)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
            return drops.refuse(at.of<&transcription_request::content_type>(), "expected a media type");
    return success();
}

/// Last of the fields, so that a server has the settings when the recording arrives.
LLMX_DECL void openai_transcript_write_file(form_writer& w, const transcription_request& request, drop_report& drops) {
    if (!request.file.empty())
        return w.file("file", request.filename.empty() ? "audio" : std::string_view(request.filename), request.content_type,
                      request.file);
    // Without octets they describe nothing.
    if (!request.filename.empty()) drops.hint(request_place().of<&transcription_request::filename>());
    if (!request.content_type.empty()) drops.hint(request_place().of<&transcription_request::content_type>());
}

LLMX_DECL result<void> openai_transcript_encode(const transcription_request& request, const encode_options& options,
                                                encoded_request& out, drop_report& drops,
                                                const openai_transcript_form& form) {
    if (auto good = openai_transcript_check(request, drops, form.codec); good.has_error()) return good;
    const request_place at;
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const std::string boundary = form_boundary_of(&request, form.fields, {model});
    out.content_type = "multipart/form-data; boundary=" + boundary;
    out.body.reserve(out.body.size() + request.file.size() + request.prompt.size() + 2048);
    form_writer w(out.body, boundary);
    w.text("model", model);
    for (const field_rule& r : form.fields) {
        if (r.how != field_rule::treatment::mapped) continue;
        if (r.member != &member_of<&transcription_request::stream>) w.member(r, &request, at, drops);
        else if (options.stream.value_or(request.stream.value_or(false))) w.text(r.name, "true");
    }
    report_fields(&request, form.fields, at, drops);
    if (request.extra.speaks(form.codec))
        for (const auto& m : request.extra.members) w.json(extra_members::wire_name(m.name), m.value.text);
    drops.foreign(request.extra, form.codec, at);
    openai_transcript_write_file(w, request, drops);
    append_multipart_end(out.body, boundary);
    return success();
}

LLMX_DECL std::string openai_transcript_path(const request_place& at, const openai_transcript_form& form) {
    const std::array<std::span<const field_rule>, 1> tables = {form.fields};
    return wire_path(at, tables);
}

} // namespace llmx::inline LLMX_ABI::detail
