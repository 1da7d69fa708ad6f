// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/moderations.hpp>

#include <llmx/dialects/detail/nested_extra.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/moderations_fields.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view moderations_input = "a string, an array of strings, or an array of texts and images";
/// What OpenAI's endpoint uses when a request names none (CreateModerationRequest).
inline constexpr std::string_view moderations_default_model = "omni-moderation-latest";
/// Inputs that a decoder accepts in one request; OpenAI documents no limit.
inline constexpr std::size_t moderations_most_inputs = 4096;
/// The place of members that the vocabulary does not have.
inline constexpr std::string_view moderations_nested[] = {"image_url."};

LLMX_DECL result<request_head> moderations_scan(std::string_view body, const request_target& target, moderation_form form) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("model"sv, "input"sv);
    bool has_input = false, has_model = false;
    members_seen seen;
    request_head head;
    const auto take = [&](const json_member& m) -> result<void> {
        const std::size_t which = routed.find(m);
        if (which == 2) return routed.check(m);
        if (seen.again(static_cast<unsigned>(which))) return member_given_twice(m);
        if (which == 0) return openai_flat_scan_model(m, head, has_model);
        if (!is_json_string(m.value) && !m.value.starts_with('[')) return member_expected("input", moderations_input);
        const auto first = m.value.find_first_not_of(" \t\r\n", 1);
        has_input = is_json_string(m.value) || m.value[first] != ']';
        if (!has_input) return member_expected("input", "at least one input");
        return success();
    };
    if (const auto done = scan_json_members(body, take); done.has_error()) return done.error();
    if (!has_input) return member_expected("input", moderations_input);
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model && form == moderation_form::openai) head.model = moderations_default_model;
    else if (!has_model) return member_expected("model", openai_flat_model);
    return head;
}

/// One object of a list: a text or an image.
LLMX_DECL void moderations_read_part(const json_cursor& from, std::string_view codec, moderation_input& to) {
    if (!from.expect_object()) return;
    const json_cursor type = from["type"], image = from["image_url"], text = from["text"];
    if (type.string_or() == "image_url") {
        if (!image.expect_object()) return;
        const json_cursor url = image["url"];
        url.read(to.image_url);
        if (to.image_url.empty()) return url.expected("the URL of an image");
        static constexpr std::string_view in_image[] = {"url"};
        keep_extra(image, {}, in_image, codec, moderations_nested[0], {}, to.extra);
    } else if (type.string_or() == "text") {
        text.required();
        text.read(to.text);
    } else {
        return type.expected("\"text\" or \"image_url\"");
    }
    static constexpr std::string_view of_text[] = {"type", "text"}, of_image[] = {"type", "image_url"};
    keep_extra(from, {}, to.image_url.empty() ? std::span<const std::string_view>(of_text) : std::span<const std::string_view>(of_image),
               codec, {}, {}, to.extra);
}

LLMX_DECL void moderations_read_input(const json_cursor& from, std::string_view codec, moderation_form form, moderation_request& to) {
    if (from.is_string()) return from.read(to.inputs.emplace_back().text);
    const boost::json::array* const list = from.array();
    if (list == nullptr || list->empty()) return from.expected(list == nullptr ? moderations_input : std::string_view("at least one input"));
    if (list->size() > moderations_most_inputs)
        return from.expected("at most " + std::to_string(moderations_most_inputs) + " inputs");
    to.as_one = list->front().is_object() && form == moderation_form::openai;
    to.inputs.reserve(list->size());
    from.each([&](const json_cursor& one, std::size_t) {
        moderation_input& input = to.inputs.emplace_back();
        if (to.as_one) moderations_read_part(one, codec, input);
        else if (!one.is_string()) one.expected("a string");
        else one.read(input.text);
    });
}

LLMX_DECL result<moderation_request> moderations_decode(std::string_view body, const request_target& target, moderation_form form) {
    json_document document(body);
    const json_cursor in = document.root();
    moderation_request to;
    const json_cursor model = in["model"], input = in["input"];
    if (!target.model.empty()) {
        model.read(to.model);
        to.model = target.model;
    } else if (model || form == moderation_form::mistral) {
        openai_flat_read_model(in, target, to.model);
    } else {
        to.model = moderations_default_model;
    }
    const std::string_view codec = moderations_codec_name(form);
    moderations_read_input(input, codec, form, to);
    keep_extra(in, moderations_fields.view(), {}, codec, {}, openai_flat_hints, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

/// Whether one request can hold the inputs, and how.
LLMX_DECL [[nodiscard]] result<void> moderations_check(const moderation_request& request, drop_report& drops, moderation_form form) {
    const request_place all = request_place().of<&moderation_request::inputs>();
    if (request.inputs.empty()) return drops.refuse(all, "expected at least one input");
    if (form == moderation_form::openai) return success();
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (!request.inputs[i].image_url.empty())
            return drops.refuse(all.item(i).of<&moderation_input::image_url>(), "this provider judges texts alone", errc::unsupported_parameter);
    if (request.as_one && request.inputs.size() > 1)
        return drops.refuse(request_place().of<&moderation_request::as_one>(), "this provider judges each text by itself; send one text",
                            errc::unsupported_parameter);
    return success();
}

LLMX_DECL void moderations_write_part(json_writer& w, const moderation_input& input, std::string_view codec) {
    w.object();
    if (input.image_url.empty()) {
        w.member("type", "text").member("text", input.text);
    } else {
        w.member("type", "image_url").key("image_url").object().member("url", input.image_url);
        if (input.extra.speaks(codec)) write_nested_extra(w, input.extra, moderations_nested[0]);
        w.end_object();
    }
    if (input.extra.speaks(codec)) write_outer_extra(w, input.extra, moderations_nested);
    w.end_object();
}

LLMX_DECL result<void> moderations_encode(const moderation_request& request, const encode_options& options, std::string& out,
                                          drop_report& drops, moderation_form form) {
    if (auto fits = moderations_check(request, drops, form); fits.has_error()) return fits;
    const std::string_view codec = moderations_codec_name(form);
    const request_place at, all = at.of<&moderation_request::inputs>();
    bool parts = request.as_one && form == moderation_form::openai;
    for (const moderation_input& i : request.inputs) parts = parts || !i.image_url.empty();
    json_writer w(out);
    w.object();
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    if (!model.empty()) w.member("model", model);
    w.key("input");
    const bool list = parts || request.inputs.size() != 1;
    if (list) w.array();
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        const moderation_input& input = request.inputs[i];
        if (parts) {
            moderations_write_part(w, input, codec);
            if (!input.image_url.empty() && !input.text.empty()) drops.lost(all.item(i).of<&moderation_input::text>());
        } else {
            w.value(input.text);
        }
        // A string has no members.
        drops.foreign(input.extra, parts ? codec : std::string_view(), all.item(i));
    }
    if (list) w.end_array();
    w.extra(request.extra, codec).end_object();
    drops.foreign(request.extra, codec, at);
    return success();
}

LLMX_DECL std::string moderations_path(const request_place& at, const moderation_request& request) {
    const bool alone = at.is<&moderation_request::inputs>() && request.inputs.size() == 1 && !request.as_one;
    return wire_path(alone ? at.without_item() : at, moderations_tables);
}

} // namespace llmx::inline LLMX_ABI::detail
