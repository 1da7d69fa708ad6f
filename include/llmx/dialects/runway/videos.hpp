// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/video.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<video_job> runway_read(std::string_view body, const rendering* how);
LLMX_DECL [[nodiscard]] bool runway_holds_answer(std::string_view body) noexcept;

/// The part that Runway's codecs share: they are for providers alone.
struct runway_answers {
    static constexpr std::string_view language = "runway";
    static constexpr bool for_clients = false;

    /// A task; one that failed or was cancelled is an answer too.
    [[nodiscard]] static result<video_job> decode_reply(std::string_view body) { return runway_read(body, nullptr); }
    [[nodiscard]] static result<video_job> decode_reply(std::string_view body, const rendering* how) { return runway_read(body, how); }
    /// The id of a task.
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return runway_holds_answer(body); }
};

} // namespace detail

/// Videos by Runway: `POST /v1/image_to_video` for a request with an image, `POST /v1/text_to_video` for others.
///
/// Source: https://docs.dev.runwayml.com/api (version 2024-11-06) and Runway's own SDK for JavaScript.
///
/// Decisions where the vocabulary and the wire differ:
/// - A size in pixels, "1280x720", is the `ratio` "1280:720"; which of them a model has, the vendor decides. Another size is lost.
/// - `duration` is always written: the length that is requested, or 5 seconds.
/// - An image is a URL, https or data; the id of a file is refused.
/// - Members of a caller's request that have the vendor's names go along: `seed`, `audio`, `contentModeration`.
struct runway_video : detail::runway_answers {
    using operation = video;
    static constexpr std::string_view name = "runway_video";
    /// The path is in `encoded_request::url_end`.
    static constexpr std::string_view path = "";
    /// Seconds of a video whose request states no length.
    static constexpr std::int64_t default_seconds = 5;

    /// Fails with `errc::invalid_request` without a prompt, or for an image that has no URL; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const video_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    /// `default_seconds`; the gateway puts what the request states in its place.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
};

/// The state of a task, `GET /v1/tasks/{id}`.
struct runway_video_state : detail::runway_answers {
    using operation = video_state;
    static constexpr std::string_view name = "runway_video_state";
    static constexpr std::string_view path = "";

    /// Fails with `errc::invalid_request` without an id.
    LLMX_DECL static result<void> encode_request(const video_state_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    [[nodiscard]] static usage scan_usage(std::string_view) noexcept { return usage(); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/runway/impl/videos.ipp>
#endif
