// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/runway/videos.hpp>

#include <llmx/core/detail/pixel_size.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/detail/video_rendering.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/form.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto runway_fields = fields_of<video_request>(
    by_hand<&video_request::model>("model"), mapped<&video_request::prompt>("promptText"), by_hand<&video_request::reference>("promptImage"),
    by_hand<&video_request::seconds>("duration"), by_hand<&video_request::size>("ratio"), by_hand<&video_request::extra>(""));
static_assert(accounts_for_all<video_request>(runway_fields));

inline constexpr vendor_member runway_members[] = {
    {"seed", "", "seed"}, {"audio", "", "audio"}, {"contentModeration", "content_moderation", "contentModeration"}};

LLMX_DECL result<video_job> runway_read(std::string_view body, const rendering* how) {
    json_document document(body);
    if (const result<void> read = document.status(); !read) return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), output = in["output"], first = output[std::size_t{0}], progress = in["progress"];
    video_job to;
    const std::string_view id = in["id"].string_or(), status = in["status"].string_or("PENDING");
    if (id.empty()) return error(errc::bad_response, "the answer has no id of a task");
    to.id.assign(video_id_beginning).append(id);
    to.created_at = ollama_read_time(in["createdAt"].string_or());
    repeat_video_request(to, how);
    if (status == "SUCCEEDED") {
        to.status = "completed";
        to.progress = 100;
        to.content_url = first.string_or();
    } else if (status == "FAILED" || status == "CANCELLED") {
        to.status = "failed";
        to.error_code = in["failureCode"].string_or(status == "CANCELLED" ? "cancelled" : "failed");
        to.error_message = in["failure"].string_or(status == "CANCELLED" ? "the task was cancelled" : "the provider reports no reason");
    } else {
        to.status = status == "RUNNING" ? "in_progress" : "queued";
        // A share of one.
        if (const boost::json::value* const v = progress.value(); v != nullptr && v->is_number())
            to.progress = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::clamp(v->to_number<double>(), 0.0, 1.0) * 100), 0, 99);
    }
    return to;
}

LLMX_DECL bool runway_holds_answer(std::string_view body) noexcept {
    return any_json_member(body, "id", [body](std::size_t at) { return body[at] == '"'; });
}

} // namespace detail

LLMX_DECL result<void> runway_video::encode_request(const video_request& request, const encode_options& options, encoded_request& out,
                                                    drop_report& drops) {
    const request_place at;
    const video_reference& r = request.reference;
    if (request.prompt.empty()) return drops.refuse(at.of<&video_request::prompt>(), "expected a description of the video");
    if (auto one = detail::check_video_reference(request, drops); one.has_error()) return one;
    if (!r.empty() && r.octets.empty() && r.url.empty())
        return drops.refuse(at.of<&video_request::reference>(), "expected an image as a file or a URL: this provider has no files of other vendors",
                            errc::unsupported_parameter);
    const detail::pixel_size size = detail::read_pixel_size(request.size);
    if (size.empty() && !request.size.empty() && request.size != "auto") drops.lost(at.of<&video_request::size>());
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const std::int64_t seconds = request.seconds.value_or(default_seconds);
    json_writer w(out.body);
    w.object().member("model", model).member("promptText", request.prompt);
    if (!r.octets.empty()) w.member("promptImage", detail::video_reference_url(r));
    else if (!r.url.empty()) w.member("promptImage", r.url);
    if (!size.empty()) w.member("ratio", std::to_string(size.width).append(":").append(std::to_string(size.height)));
    w.member("duration", seconds);
    detail::take_vendor_members(request.extra, detail::runway_members, at, drops,
                                [&w](const detail::vendor_member& m, std::string_view json) { w.raw_member(m.written, json); });
    w.end_object();
    out.url_end += r.empty() ? "/text_to_video" : "/image_to_video";
    out.how = std::make_unique<detail::video_rendering>(request, seconds, model);
    return success();
}

LLMX_DECL usage runway_video::scan_usage(std::string_view body) {
    usage u;
    if (holds_answer(body)) u.output_milliseconds = static_cast<std::uint32_t>(default_seconds * 1000);
    return u;
}

LLMX_DECL result<void> runway_video_state::encode_request(const video_state_request& request, const encode_options&, encoded_request& out,
                                                          drop_report& drops) {
    const std::string_view id = detail::own_video_id(request.id);
    if (id.empty() || id == "." || id == "..") return drops.refuse(request_place().of<&video_state_request::id>(), "expected the id of a video");
    out.url_end += "/tasks/";
    append_percent_encoded(out.url_end, id);
    return success();
}

} // namespace llmx::inline LLMX_ABI
