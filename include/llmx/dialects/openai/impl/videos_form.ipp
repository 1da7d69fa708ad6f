// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/videos.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/video_rendering.hpp>
#include <llmx/dialects/openai/detail/form_fields.hpp>
#include <llmx/dialects/openai/detail/videos_fields.hpp>
#include <llmx/dialects/openai/impl/images_form.ipp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Reads the part \p p when it is of the reference; \p known: whether it is.
LLMX_DECL [[nodiscard]] result<void> openai_video_form_reference(const form_part& p, video_reference& to, bool& known) {
    constexpr std::string_view field = "input_reference";
    known = true;
    const bool first = to.empty();
    if (p.named("input_reference[image_url]")) to.url = p.data;
    else if (p.named("input_reference[file_id]")) to.file_id = p.data;
    else if (p.named(field) && p.is_file()) {
        to.octets = p.data;
        to.filename = p.about->filename;
        to.content_type = p.about->content_type;
    } else if (p.named(field) && p.data.starts_with('{')) {
        json_document document(p.data);
        const json_cursor in = document.root();
        openai_videos_read_reference(in, to);
        if (!document.good()) return member_expected(field, openai_videos_reference);
    } else if (p.named(field)) {
        to.url = p.data;
    } else {
        known = false;
        return success();
    }
    if (!first) return form_field_twice(field);
    return to.empty() ? result<void>(member_expected(field, openai_videos_reference)) : success();
}

} // namespace detail

LLMX_DECL result<request_head> openai_video_form::scan_request(std::string_view body, std::string_view content_type, const request_target& target) {
    request_head head;
    bool has_prompt = false;
    detail::members_seen seen;
    const auto read = detail::read_form(body, content_type, [&](const detail::form_part& p) -> result<void> {
        if (p.named("model")) {
            if (seen.again(0)) return detail::form_field_twice("model");
            head.model = p.data;
            head.model_begin = p.begin;
            head.model_end = p.begin + p.data.size();
            return detail::openai_image_form_check_model(p);
        }
        if (p.named("prompt")) has_prompt = !p.data.empty() && !p.is_file();
        return detail::openai_image_form_check_name(p.about->name);
    });
    if (read.has_error()) return read.error();
    if (head.model.empty() && target.model.empty()) return detail::member_expected("model", detail::openai_flat_model);
    if (!has_prompt) return detail::member_expected("prompt", detail::openai_videos_prompt);
    if (head.model.empty()) head.must_translate = true;
    if (!target.model.empty()) head.model = target.model;
    return head;
}

LLMX_DECL result<video_request> openai_video_form::decode_request(std::string_view body, std::string_view content_type, const request_target& target) {
    video_request to;
    detail::form_reader fields(&to, detail::openai_videos_fields.view());
    detail::members_seen seen;
    const auto read = detail::read_form(body, content_type, [&](const detail::form_part& p) -> result<void> {
        bool known = false;
        if (auto done = detail::openai_video_form_reference(p, to.reference, known); known) return done;
        if (p.is_file()) return detail::member_expected(detail::form_field_name(p), "text: the form has no other file than input_reference");
        if (p.named("model")) {
            if (seen.again(0)) return detail::form_field_twice("model");
            to.model = p.data;
            return detail::openai_image_form_check_model(p);
        }
        if (p.named("seconds")) {
            if (seen.again(1)) return detail::form_field_twice("seconds");
            to.seconds = detail::openai_videos_read_seconds(p.data);
            return to.seconds ? success() : result<void>(detail::member_expected("seconds", detail::openai_videos_seconds));
        }
        if (auto done = fields.take(p, known); known) return done;
        if (auto good = detail::openai_image_form_check_name(p.about->name); good.has_error()) return good;
        std::string json;
        append_json_string(json, p.data);
        const auto& hints = detail::openai_flat_hints;
        const bool hint = std::find(hints.begin(), hints.end(), p.about->name) != hints.end();
        to.extra.add(name, extra_members::kept_name(p.about->name), std::move(json)).hint = hint;
        return success();
    });
    if (read.has_error()) return read.error();
    fields.finish();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return detail::member_expected("model", detail::openai_flat_model);
    if (to.prompt.empty()) return detail::member_expected("prompt", detail::openai_videos_prompt);
    return to;
}

LLMX_DECL result<void> openai_video_form::encode_request(const video_request& request, const encode_options& options, encoded_request& out,
                                                         drop_report& drops) {
    const request_place at;
    const video_reference& r = request.reference;
    if (request.prompt.empty())
        return drops.refuse(at.of<&video_request::prompt>(), std::string("expected ").append(detail::openai_videos_prompt));
    if (auto one = detail::check_video_reference(request, drops); one.has_error()) return one;
    const bool lines = std::any_of(r.content_type.begin(), r.content_type.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
    if (lines) return drops.refuse(at.of<&video_request::reference>(), "expected octets and a media type");
    const auto fields = detail::openai_videos_fields.view();
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const std::string boundary = detail::form_boundary_of(&request, fields, {model, r.url, r.file_id});
    // The boundary occurs in no text; what it is for a file is found with its octets.
    const std::array<std::string_view, 2> apart = {r.octets, boundary};
    const std::string own = r.octets.find(boundary) != std::string::npos ? detail::form_boundary(apart) : boundary;
    out.content_type = "multipart/form-data; boundary=" + own;
    detail::form_writer w(out.body, own);
    w.text("model", model);
    for (const field_rule& rule : fields)
        if (rule.how == field_rule::treatment::mapped) w.member(rule, &request, at, drops);
    if (request.seconds) w.text("seconds", std::to_string(*request.seconds));
    if (request.extra.speaks(name))
        for (const auto& m : request.extra.members) w.json(extra_members::wire_name(m.name), m.value.text);
    drops.foreign(request.extra, name, at);
    const std::string_view filename = r.filename.empty() ? std::string_view("image.png") : std::string_view(r.filename);
    if (!r.octets.empty()) w.file("input_reference", filename, r.content_type, r.octets);
    else if (!r.url.empty()) w.text("input_reference[image_url]", r.url);
    else if (!r.file_id.empty()) w.text("input_reference[file_id]", r.file_id);
    append_multipart_end(out.body, own);
    return success();
}

} // namespace llmx::inline LLMX_ABI
