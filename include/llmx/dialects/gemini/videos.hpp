// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/video.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<video_job> gemini_veo_read(std::string_view body, const rendering* how);
LLMX_DECL [[nodiscard]] bool gemini_veo_holds_answer(std::string_view body) noexcept;

/// The part that the codecs of Veo share: they are for providers alone.
struct gemini_veo_answers {
    static constexpr std::string_view language = "gemini";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;

    /// An operation: unfinished, with videos, or with a failure, which is an answer too. One that the filters left without a video failed with
    /// the code "content_policy".
    [[nodiscard]] static result<video_job> decode_reply(std::string_view body) { return gemini_veo_read(body, nullptr); }
    [[nodiscard]] static result<video_job> decode_reply(std::string_view body, const rendering* how) { return gemini_veo_read(body, how); }
    /// The name of an operation.
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return gemini_veo_holds_answer(body); }
};

} // namespace detail

/// Videos of a prompt by Veo, `POST …/models/{m}:predictLongRunning` of the Gemini API and of Vertex AI.
///
/// Sources: https://ai.google.dev/gemini-api/docs/video, https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation,
/// the Gen AI SDK.
///
/// Decisions where the vocabulary and the wire differ:
/// - A size in pixels becomes `aspectRatio`, 16:9 or 9:16 within 5 %, and `resolution` where its shorter side has 1080 or 2160 pixels; 720 are
///   the default and are not written, since older models take no resolution. Another size is lost.
/// - The first image is sent in base64; one in Google Cloud Storage by its URI. Other URLs and ids of files are refused.
/// - One request makes one video. Members of a caller's request that have the vendor's names go along: `negativePrompt`, `personGeneration`,
///   `seed`, `generateAudio`, `storageUri`, `enhancePrompt`, `resizeMode`, `compressionQuality`, also in snake_case.
/// - The answer is the name of an operation, "video_" before it is the id. What is charged is the length that was requested, or 8 seconds, the
///   vendor's default.
struct gemini_veo : detail::gemini_veo_answers {
    using operation = video;
    static constexpr std::string_view name = "gemini_veo";
    static constexpr std::string_view path = ":predictLongRunning";
    /// Seconds of a video whose request states no length.
    static constexpr std::int64_t default_seconds = 8;

    /// Fails with `errc::invalid_request` without a prompt, or for an image that Google cannot be sent; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const video_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    /// `default_seconds`; the gateway puts what the request states in its place.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
};

/// The state of a video of the Gemini API, `GET …/{name of the operation}`.
struct gemini_veo_state : detail::gemini_veo_answers {
    using operation = video_state;
    static constexpr std::string_view name = "gemini_veo_state";
    static constexpr std::string_view path = "";

    /// The path is in `encoded_request::url_end`. Fails with `errc::invalid_request` for an id that is no name of an operation.
    LLMX_DECL static result<void> encode_request(const video_state_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    [[nodiscard]] static usage scan_usage(std::string_view) noexcept { return usage(); }
};

/// The same of Vertex AI: `POST …/models/{m}:fetchPredictOperation` with the operation's name in the body.
struct vertex_veo_state : detail::gemini_veo_answers {
    using operation = video_state;
    static constexpr std::string_view name = "vertex_veo_state";
    static constexpr std::string_view path = "";

    /// As that of `gemini_veo_state`.
    LLMX_DECL static result<void> encode_request(const video_state_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    [[nodiscard]] static usage scan_usage(std::string_view) noexcept { return usage(); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/videos.ipp>
#endif
