// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/images.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/openai/detail/form_fields.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view openai_images_file = "an image, as a file";

LLMX_DECL [[nodiscard]] result<void> openai_image_form_check_model(const form_part& p) {
    if (p.is_file() || p.data.empty() || p.data.find_first_of("\r\n") != std::string_view::npos)
        return member_expected("model", openai_flat_model);
    return success();
}

/// Servers that ignore case in names would use a value that was not routed.
LLMX_DECL [[nodiscard]] result<void> openai_image_form_check_name(std::string_view written) {
    for (const std::string_view name : {std::string_view("model"), std::string_view("image"), std::string_view("stream")}) {
        if (written == name || !equals_ignoring_case(written, name)) continue;
        error e(errc::invalid_request, "'" + std::string(written) + "': names of fields are case-sensitive, write '" +
                                           std::string(name) + "'");
        return e.with_param(std::string(written));
    }
    return success();
}

LLMX_DECL result<request_head> openai_image_form_scan(std::string_view body, std::string_view content_type, const request_target& target,
                                                      const openai_images_form& form) {
    request_head head;
    bool has_image = false, has_prompt = !form.needs_prompt;
    members_seen seen;
    const auto read = read_form(body, content_type, [&](const form_part& p) -> result<void> {
        if (p.named("model")) {
            if (seen.again(0)) return form_field_twice("model");
            head.model = p.data;
            head.model_begin = p.begin;
            head.model_end = p.begin + p.data.size();
            return openai_image_form_check_model(p);
        }
        if (p.listed("image")) {
            if (!form.several && seen.again(1)) return form_field_twice("image");
            has_image = p.is_file() && !p.data.empty();
            if (!has_image) return member_expected("image", openai_images_file);
        } else if (p.named("stream")) {
            if (seen.again(2)) return form_field_twice("stream");
            const auto streamed = form_bool(p.data);
            if (!streamed || p.is_file()) return member_expected("stream", "true or false");
            head.stream = *streamed;
        } else if (p.named("prompt")) {
            has_prompt = !p.data.empty();
        }
        return openai_image_form_check_name(p.about->name);
    });
    if (read.has_error()) return read.error();
    if (head.model.empty() && target.model.empty()) return member_expected("model", openai_flat_model);
    if (!has_image) return member_expected("image", openai_images_file);
    if (!has_prompt) return member_expected("prompt", "a description of the change");
    if (head.model.empty()) head.must_translate = true;
    if (!target.model.empty()) head.model = target.model;
    return head;
}

LLMX_DECL [[nodiscard]] image_file openai_image_form_file(const form_part& p) {
    return image_file(std::string(p.data), p.about->filename, p.about->content_type);
}

LLMX_DECL result<image_request> openai_image_form_decode(std::string_view body, std::string_view content_type, const request_target& target,
                                                         const openai_images_form& form) {
    image_request to;
    form_reader fields(&to, form.fields);
    members_seen seen;
    const auto read = read_form(body, content_type, [&](const form_part& p) -> result<void> {
        if (p.listed("image")) {
            if (!form.several && seen.again(0)) return form_field_twice("image");
            if (!p.is_file() || p.data.empty()) return member_expected("image", openai_images_file);
            if (to.images.size() >= max_request_images)
                return member_expected("image", "at most " + std::to_string(max_request_images) + " images");
            to.images.push_back(openai_image_form_file(p));
            return success();
        }
        if (form.several && p.named("mask")) {
            if (seen.again(1)) return form_field_twice("mask");
            if (!p.is_file() || p.data.empty()) return member_expected("mask", openai_images_file);
            to.mask = openai_image_form_file(p);
            return success();
        }
        if (p.is_file()) return member_expected(form_field_name(p), "text: the form has no other files than its images");
        if (p.named("model")) {
            if (seen.again(2)) return form_field_twice("model");
            to.model = p.data;
            return openai_image_form_check_model(p);
        }
        bool known = false;
        if (auto done = fields.take(p, known); known) return done;
        if (auto good = openai_image_form_check_name(p.about->name); good.has_error()) return good;
        std::string json;
        append_json_string(json, p.data);
        const bool hint = std::find(openai_flat_hints.begin(), openai_flat_hints.end(), p.about->name) != openai_flat_hints.end();
        to.extra.add(form.codec, extra_members::kept_name(p.about->name), std::move(json)).hint = hint;
        return success();
    });
    if (read.has_error()) return read.error();
    fields.finish();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return member_expected("model", openai_flat_model);
    if (to.images.empty()) return member_expected("image", openai_images_file);
    if (form.needs_prompt && to.prompt.empty()) return member_expected("prompt", "a description of the change");
    return to;
}

/// Whether a form can be written at all.
LLMX_DECL [[nodiscard]] result<void> openai_image_form_check(const image_request& request, const openai_images_form& form, drop_report& drops) {
    const request_place at, images = at.of<&image_request::images>();
    if (request.images.empty()) return drops.refuse(images, std::string("expected ").append(openai_images_file));
    if (form.needs_prompt && request.prompt.empty())
        return drops.refuse(at.of<&image_request::prompt>(), "expected a description of the change");
    if (!form.several && request.images.size() > 1) return drops.refuse(images.item(1), "expected one image");
    const auto sound = [](const image_file& f) {
        return !f.octets.empty() && std::none_of(f.content_type.begin(), f.content_type.end(), [](char c) {
            return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        });
    };
    for (std::size_t i = 0; i < request.images.size(); ++i)
        if (!sound(request.images[i])) return drops.refuse(images.item(i), "expected octets and a media type");
    if (request.mask && !sound(*request.mask)) return drops.refuse(at.of<&image_request::mask>(), "expected octets and a media type");
    return success();
}

LLMX_DECL result<void> openai_image_form_encode(const image_request& request, const encode_options& options, encoded_request& out,
                                                drop_report& drops, const openai_images_form& form) {
    if (auto good = openai_image_form_check(request, form, drops); good.has_error()) return good;
    const request_place at;
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const std::string boundary = form_boundary_of(&request, form.fields, {model});
    // The boundary occurs in no text; what it is for files is found with their octets.
    std::vector<std::string_view> files;
    for (const image_file& f : request.images) files.push_back(f.octets);
    if (request.mask) files.push_back(request.mask->octets);
    files.push_back(boundary);
    const bool taken = std::any_of(files.begin(), files.end() - 1, [&boundary](std::string_view f) { return f.find(boundary) != std::string_view::npos; });
    const std::string own = taken ? form_boundary(files) : boundary;
    out.content_type = "multipart/form-data; boundary=" + own;
    form_writer w(out.body, own);
    w.text("model", model);
    const bool streams = options.stream.value_or(request.stream.value_or(false));
    for (const field_rule& r : form.fields) {
        if (r.how != field_rule::treatment::mapped) continue;
        if (r.member == &member_of<&image_request::stream>) {
            if (streams) w.text(r.name, "true");
        } else if (r.member == &member_of<&image_request::partial_images> && !streams) {
            if (request.partial_images) drops.hint(at.of<&image_request::partial_images>());
        } else {
            w.member(r, &request, at, drops);
        }
    }
    report_fields(&request, form.fields, at, drops);
    if (request.extra.speaks(form.codec))
        for (const auto& m : request.extra.members) w.json(extra_members::wire_name(m.name), m.value.text);
    drops.foreign(request.extra, form.codec, at);
    const auto write_file = [&w](std::string_view field, const image_file& f) {
        w.file(field, f.filename.empty() ? std::string_view("image.png") : std::string_view(f.filename), f.content_type, f.octets);
    };
    for (const image_file& f : request.images) write_file(request.images.size() > 1 ? "image[]" : "image", f);
    if (form.several && request.mask) write_file("mask", *request.mask);
    append_multipart_end(out.body, own);
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
