// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/video.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<video_job> openai_videos_read(std::string_view body);
LLMX_DECL [[nodiscard]] usage openai_videos_usage(std::string_view body);
LLMX_DECL [[nodiscard]] bool openai_videos_hold_answer(std::string_view body) noexcept;
LLMX_DECL [[nodiscard]] std::string openai_videos_path(const request_place& at);
/// Seconds in a text of at most five digits; nothing for others.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> openai_videos_read_seconds(std::string_view text) noexcept;
/// Reads `input_reference`, a URL or an object.
LLMX_DECL void openai_videos_read_reference(const json_cursor& in, video_reference& to);

/// The part of the codecs that is about answers.
struct openai_videos_answers : openai_flat_codec {
    /// An error object without a video in a body that came with status 200 is a failure; a video that failed is an answer.
    [[nodiscard]] static result<video_job> decode_reply(std::string_view body) { return openai_videos_read(body); }
    /// Fails never; members that OpenAI's description demands are written as null where they are not known.
    LLMX_DECL static void encode_reply(const video_job& job, const reply_options& options, std::string& out);
    /// The length of the video, as the answer states it.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return openai_videos_usage(body); }
    /// An id (`codec_ops::holds_answer`).
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return openai_videos_hold_answer(body); }
};

} // namespace detail

/// OpenAI's making of videos, `POST /v1/videos` as JSON.
///
/// Sources: OpenAI's OpenAPI description (CreateVideoJsonBody, ImageRefParam, VideoResource).
///
/// Decisions where the vocabulary and the wire differ:
/// - `seconds` is a text of digits there; a number is read too.
/// - An image in octets is written as a data URL. `input_reference` is read as an object with `image_url` or `file_id`, and as a text, a URL.
struct openai_videos : detail::openai_videos_answers {
    using operation = video;
    static constexpr std::string_view name = "openai_videos";
    static constexpr std::string_view path = "/videos";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model (here or in \p target) and a prompt.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<video_request> decode_request(std::string_view body, const request_target& target);
    /// Fails with `errc::invalid_request` when there is no prompt; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const video_request& request, const encode_options& options, std::string& out, drop_report& drops);
    [[nodiscard]] static std::string caller_path(const request_place& at, const video_request&) { return detail::openai_videos_path(at); }
};

/// The same as a form, whose `input_reference` is a file as a rule. Source: CreateVideoMultipartBody.
struct openai_video_form : detail::openai_videos_answers {
    using operation = video;
    static constexpr std::string_view name = "openai_video_form";
    static constexpr std::string_view path = "/videos";
    static constexpr bool json_request = false;

    /// Finds the values that routing needs. Fails unless the body is a form with one model (here or in \p target) and a prompt. A form that
    /// leaves the model to \p target has to be written anew.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, std::string_view content_type,
                                                                     const request_target& target);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<video_request> decode_request(std::string_view body, std::string_view content_type,
                                                                        const request_target& target);
    /// Fails with `errc::invalid_request` when there is no prompt; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const video_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    [[nodiscard]] static std::string caller_path(const request_place& at, const video_request&) { return detail::openai_videos_path(at); }
};

/// The state of a video, `GET /v1/videos/{id}`: a request without a body, for providers alone.
struct openai_video_state : detail::openai_videos_answers {
    using operation = video_state;
    static constexpr std::string_view name = "openai_video_state";
    static constexpr std::string_view path = "/videos";
    static constexpr bool for_clients = false;

    /// Fails with `errc::invalid_request` without an id.
    LLMX_DECL static result<void> encode_request(const video_state_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    /// A video is charged when it is begun.
    [[nodiscard]] static usage scan_usage(std::string_view) noexcept { return usage(); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/videos_form.ipp>
#include <llmx/dialects/openai/impl/videos_reply.ipp>
#include <llmx/dialects/openai/impl/videos_request.ipp>
#endif
