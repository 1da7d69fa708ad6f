// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/speech.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's speech, `POST /v1/audio/speech`, and the extensions of compatible servers.
///
/// Sources: OpenAI's OpenAPI description (CreateSpeechRequest, SpeechAudioDeltaEvent,
/// SpeechAudioDoneEvent).
///
/// Decisions where the vocabulary and the wire differ:
/// - A voice of the caller's own is the object `{"id": ...}`; a name beside it is lost.
/// - `stream_format: "sse"` makes a call a stream of events. It is written only when a stream is requested
///   (`encode_options::stream`), since the reply of the vocabulary is octets.
/// - A voice is not demanded: servers with one voice need none.
struct openai_speech : detail::openai_flat_codec {
    using operation = speech;
    static constexpr std::string_view name = "openai_speech";
    static constexpr std::string_view path = "/audio/speech";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model (here or in
    /// \p target) and an input. A model that is written with escapes: see `openai_chat::scan_request`.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body,
                                                                     const request_target& target);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<speech_request> decode_request(std::string_view body,
                                                                         const request_target& target);
    /// Fails with `errc::invalid_request` when there is no input; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const speech_request& request, const encode_options& options,
                                                 std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const speech_request& request);

    /// All bytes are the audio, unless \p content_type is that of JSON.
    LLMX_DECL [[nodiscard]] static result<speech_reply> decode_reply(std::string_view body,
                                                                     std::string_view content_type = std::string_view());
    LLMX_DECL static void encode_reply(const speech_reply& reply, const reply_options& options, std::string& out);
    /// None: only events report it.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    LLMX_DECL [[nodiscard]] static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type);
    LLMX_DECL [[nodiscard]] static error stream_failure(std::string_view bytes);
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/speech.ipp>
#endif
