// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/videos.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/openai/detail/videos_fields.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace llmx::inline LLMX_ABI::detail {

/// A length in seconds, a text or a number; 0 for others.
LLMX_DECL [[nodiscard]] std::int64_t openai_videos_length(std::string_view json) noexcept {
    if (const auto text = plain_json_string(json)) return openai_videos_read_seconds(*text).value_or(0);
    return json_count(json).value_or(0);
}

/// The length of a video as it is charged.
LLMX_DECL [[nodiscard]] usage video_usage(std::int64_t seconds) noexcept {
    usage u;
    u.output_milliseconds = static_cast<std::uint32_t>(std::min<std::int64_t>(clamp_count(seconds), std::numeric_limits<std::uint32_t>::max() / 1000) * 1000);
    return u;
}

LLMX_DECL result<video_job> openai_videos_read(std::string_view body) {
    video_job to;
    std::string_view failure;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("error")) failure = is_json_null(m.value) ? std::string_view() : m.value;
        else if (m.named("progress")) to.progress = std::min<std::int64_t>(json_count(m.value).value_or(0), 100);
        else if (m.named("created_at")) to.created_at = json_count(m.value).value_or(0);
        else if (m.named("completed_at")) to.completed_at = json_count(m.value).value_or(0);
        else if (m.named("expires_at")) to.expires_at = json_count(m.value).value_or(0);
        else if (m.named("seconds")) to.seconds = openai_videos_length(m.value);
        else if (!m.named("object") && !take_scanned_field(m, &to, openai_video_job_fields.view()))
            return add_scanned_extra(m, openai_videos::name, to.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (to.id.empty() && !failure.empty()) return openai_flat_failure(failure);
    if (to.id.empty()) return error(errc::bad_response, "the answer has no id of a video");
    if (!failure.empty()) {
        const auto read = scan_json_members(failure, [&to](const json_member& m) {
            if (m.named("code") && is_json_string(m.value)) to.error_code = unescape_json_string(m.value);
            else if (m.named("message") && is_json_string(m.value)) to.error_message = unescape_json_string(m.value);
        });
        if (read.has_error()) to.error_message = is_json_string(failure) ? unescape_json_string(failure) : std::string(failure);
    }
    to.usage = video_usage(to.seconds);
    return to;
}

LLMX_DECL usage openai_videos_usage(std::string_view body) {
    usage found;
    const auto done = scan_json_members(body, [&found](const json_member& m) {
        if (m.named("seconds")) found = video_usage(openai_videos_length(m.value));
    });
    return done.has_error() ? usage() : found;
}

LLMX_DECL bool openai_videos_hold_answer(std::string_view body) noexcept {
    return any_json_member(body, "id", [body](std::size_t at) { return body[at] == '"'; });
}

LLMX_DECL void openai_videos_answers::encode_reply(const video_job& job, const reply_options& options, std::string& out) {
    json_writer w(out);
    const auto text_or_null = [&w](std::string_view key, std::string_view value) {
        if (value.empty()) w.raw_member(key, "null");
        else w.member(key, value);
    };
    const auto time_or_null = [&w](std::string_view key, std::int64_t value) {
        if (value == 0) w.raw_member(key, "null");
        else w.member(key, value);
    };
    w.object().member("id", job.id).member("object", "video");
    w.member("model", job.model.empty() ? options.model : std::string_view(job.model));
    w.member("status", job.status.empty() ? std::string_view("queued") : std::string_view(job.status)).member("progress", job.progress);
    w.member("created_at", job.created_at != 0 ? job.created_at : options.created);
    time_or_null("completed_at", job.completed_at);
    time_or_null("expires_at", job.expires_at);
    text_or_null("prompt", job.prompt);
    text_or_null("size", job.size);
    text_or_null("seconds", job.seconds == 0 ? std::string() : std::to_string(job.seconds));
    text_or_null("remixed_from_video_id", job.remixed_from);
    if (job.error_code.empty() && job.error_message.empty()) w.raw_member("error", "null");
    else w.key("error").object().member("code", job.error_code).member("message", job.error_message).end_object();
    w.extra(job.extra, openai_videos::name).end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
