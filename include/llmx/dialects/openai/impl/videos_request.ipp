// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/videos.hpp>

#include <llmx/dialects/detail/video_rendering.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/videos_fields.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <array>
#include <charconv>
#include <span>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::optional<std::int64_t> openai_videos_read_seconds(std::string_view text) noexcept {
    std::int64_t n = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, n);
    if (text.empty() || text.size() > 5 || read.ec != std::errc() || read.ptr != end || n < 1) return std::nullopt;
    return n;
}

LLMX_DECL void openai_videos_read_reference(const json_cursor& in, video_reference& to) {
    if (in.is_string()) {
        in.read(to.url);
    } else if (in.object() == nullptr) {
        return in.expected(openai_videos_reference);
    } else {
        read_fields(in, &to, openai_video_reference_fields.view());
        // The vocabulary has no place for others, and none is left out unnoticed.
        for (const auto& [key, value] : *in.object())
            if (key != "image_url" && key != "file_id" && !value.is_null()) return in.expected(openai_videos_reference);
    }
    if (to.empty() || names_several_images(to)) in.expected(openai_videos_reference);
}

LLMX_DECL std::string openai_videos_path(const request_place& at) {
    static constexpr std::array<std::span<const field_rule>, 2> tables = {openai_videos_fields.view(), openai_video_reference_fields.view()};
    return wire_path(at, tables);
}

} // namespace detail

LLMX_DECL result<request_head> openai_videos::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "prompt"sv);
    bool has_prompt = false;
    const auto take = [&has_prompt](const json_member& m, request_head&) -> result<void> {
        has_prompt = is_json_string(m.value) && m.value != "\"\"";
        if (!has_prompt) return detail::member_expected("prompt", detail::openai_videos_prompt);
        return success();
    };
    auto head = detail::openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_prompt) return detail::member_expected("prompt", detail::openai_videos_prompt);
    return head;
}

LLMX_DECL result<video_request> openai_videos::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    video_request to;
    const auto fields = detail::openai_videos_fields.view();
    detail::openai_flat_read_model(in, target, to.model);
    detail::read_fields(in, &to, fields);
    const json_cursor prompt = in["prompt"], seconds = in["seconds"], reference = in["input_reference"];
    if (to.prompt.empty()) prompt.expected(detail::openai_videos_prompt);
    if (seconds.is_string()) to.seconds = detail::openai_videos_read_seconds(seconds.string_or());
    else seconds.read_count(to.seconds);
    if (seconds && (to.seconds.value_or(0) < 1 || *to.seconds > 99'999)) seconds.expected(detail::openai_videos_seconds);
    if (reference) detail::openai_videos_read_reference(reference, to.reference);
    detail::keep_extra(in, fields, {}, name, {}, detail::openai_flat_hints, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> openai_videos::encode_request(const video_request& request, const encode_options& options, std::string& out,
                                                     drop_report& drops) {
    const request_place at;
    if (request.prompt.empty())
        return drops.refuse(at.of<&video_request::prompt>(), std::string("expected ").append(detail::openai_videos_prompt));
    if (auto one = detail::check_video_reference(request, drops); one.has_error()) return one;
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    detail::write_fields(w, &request, detail::openai_videos_fields.view(), at, drops);
    if (request.seconds) w.member("seconds", std::to_string(*request.seconds));
    if (const video_reference& r = request.reference; !r.empty()) {
        w.key("input_reference").object();
        if (!r.octets.empty()) w.member("image_url", detail::video_reference_url(r));
        else if (!r.url.empty()) w.member("image_url", r.url);
        else w.member("file_id", r.file_id);
        w.end_object();
    }
    w.extra(request.extra, name).end_object();
    drops.foreign(request.extra, name, at);
    return success();
}

LLMX_DECL result<void> openai_video_state::encode_request(const video_state_request& request, const encode_options&, encoded_request& out,
                                                          drop_report& drops) {
    if (request.id.empty()) return drops.refuse(request_place().of<&video_state_request::id>(), "expected the id of a video");
    out.url_end += '/';
    append_percent_encoded(out.url_end, request.id);
    return success();
}

} // namespace llmx::inline LLMX_ABI
