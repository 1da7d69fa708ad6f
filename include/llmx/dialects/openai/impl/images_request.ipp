// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/images.hpp>

#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view openai_images_prompt = "a description of the image";

LLMX_DECL result<request_head> openai_images_scan(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("model"sv, "prompt"sv, "stream"sv);
    bool has_prompt = false;
    const auto take = [&has_prompt](const json_member& m, request_head& head) -> result<void> {
        if (m.named("prompt")) {
            has_prompt = is_json_string(m.value) && m.value != "\"\"";
            if (!has_prompt) return member_expected("prompt", openai_images_prompt);
        } else {
            if (m.value != "true" && m.value != "false" && !is_json_null(m.value)) return member_expected("stream", "true or false");
            head.stream = is_true(m.value);
        }
        return success();
    };
    auto head = openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_prompt) return member_expected("prompt", openai_images_prompt);
    return head;
}

LLMX_DECL result<image_request> openai_images_decode(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    image_request to;
    const auto fields = openai_images_fields.view();
    openai_flat_read_model(in, target, to.model);
    read_fields(in, &to, fields);
    const json_cursor prompt = in["prompt"], n = in["n"];
    if (to.prompt.empty()) prompt.expected(openai_images_prompt);
    if (to.n == 0) n.expected("a whole number of at least 1");
    keep_extra(in, fields, {}, openai_images::name, {}, openai_flat_hints, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> openai_images_encode(const image_request& request, const encode_options& options, std::string& out,
                                            drop_report& drops) {
    const request_place at;
    if (request.prompt.empty())
        return drops.refuse(at.of<&image_request::prompt>(), std::string("expected ").append(openai_images_prompt));
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    constexpr std::uint64_t of_streams = std::uint64_t{1} << member_of<&image_request::stream>.index |
                                         std::uint64_t{1} << member_of<&image_request::partial_images>.index;
    write_fields(w, &request, openai_images_fields.view(), at, drops, of_streams);
    if (options.stream.value_or(request.stream.value_or(false))) {
        w.member("stream", true);
        if (request.partial_images) w.member("partial_images", *request.partial_images);
    } else if (request.partial_images) {
        // A whole answer has none.
        drops.hint(at.of<&image_request::partial_images>());
    }
    w.extra(request.extra, openai_images::name).end_object();
    drops.foreign(request.extra, openai_images::name, at);
    return success();
}

LLMX_DECL std::string openai_images_path(const request_place& at, std::span<const field_rule> fields) {
    const std::array<std::span<const field_rule>, 2> tables = {fields, openai_images_file_fields.view()};
    return wire_path(at, tables);
}

} // namespace llmx::inline LLMX_ABI::detail
