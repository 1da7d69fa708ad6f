// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>
#include <llmx/dialects/openai/detail/transcript.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// OpenAI's transcriptions, `POST /v1/audio/transcriptions`, and what compatible servers made of them.
///
/// Sources: OpenAI's OpenAPI description (CreateTranscriptionRequest, CreateTranscriptionResponseJson,
/// ...VerboseJson, ...DiarizedJson, TranscriptTextDoneEvent), the forms that OpenAI's SDKs write.
///
/// Decisions where the vocabulary and the wire differ:
/// - Elements of lists are fields called "name[]"; "name" is read too. An object is written as fields
///   "name[member]", and read as those or as JSON text.
/// - Fields that are not known are kept as JSON strings; a second file is refused where a form is read,
///   and passes with the bytes where it is not.
/// - A form without a file but with a field "url" is Groq's way to name a recording.
struct openai_transcription {
    using operation = transcription;
    static constexpr std::string_view name = "openai_transcription";
    static constexpr std::string_view language = "openai";
    static constexpr std::string_view path = "/audio/transcriptions";
    static constexpr bool model_in_body = true;
    static constexpr bool json_request = false;

    /// Finds what routing needs. Fails unless the body is a form with one model (here or in \p target)
    /// and one file. The model's bytes are those of its field. A form that leaves the model to
    /// \p target has to be written anew.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, std::string_view content_type,
                                                           const request_target& target) {
        return detail::openai_transcript_scan(body, content_type, target);
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<transcription_request> decode_request(std::string_view body, std::string_view content_type,
                                                                      const request_target& target) {
        return detail::openai_transcript_decode(body, content_type, target, name, false);
    }
    /// Fails with `errc::invalid_request` when there is no file; \p out is then as it was.
    static result<void> encode_request(const transcription_request& request, const encode_options& options,
                                       encoded_request& out, drop_report& drops) {
        return detail::openai_transcript_encode(request, options, out, drops, name, false);
    }
    [[nodiscard]] static std::string caller_path(std::string_view member, const transcription_request&) {
        return detail::openai_transcript_path(member);
    }

    /// JSON, or the text itself when \p content_type is another. Without a type, what is not an object
    /// is text.
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body,
                                                                  std::string_view content_type = std::string_view()) {
        return detail::openai_transcript_read(body, content_type, name);
    }
    /// Text when the reply has a media type, else JSON.
    static void encode_reply(const transcription_reply& reply, const reply_options&, std::string& out) {
        detail::openai_transcript_write(reply, out, name);
    }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::openai_transcript_usage(body); }
    [[nodiscard]] static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type) {
        return detail::openai_audio_make_watch(content_type);
    }
    [[nodiscard]] static error stream_failure(std::string_view bytes) { return detail::openai_audio_failure(bytes); }

    /// Those of `openai_chat`.
    [[nodiscard]] static error_body decode_error(std::string_view body) { return openai_chat::decode_error(body); }
    static void encode_error(const error& failure, std::string& out) { openai_chat::encode_error(failure, out); }
};

/// OpenAI's translations of recordings into English, `POST /v1/audio/translations`: forms and replies are
/// those of `openai_transcription`, and fewer fields are known (CreateTranslationRequest).
struct openai_translation {
    using operation = translation;
    static constexpr std::string_view name = "openai_translation";
    static constexpr std::string_view language = "openai";
    static constexpr std::string_view path = "/audio/translations";
    static constexpr bool model_in_body = true;
    static constexpr bool json_request = false;

    /// Finds what routing needs. Fails unless the body is a form with one model (here or in \p target)
    /// and one file. The model's bytes are those of its field. A form that leaves the model to
    /// \p target has to be written anew.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, std::string_view content_type,
                                                           const request_target& target) {
        return detail::openai_transcript_scan(body, content_type, target);
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<transcription_request> decode_request(std::string_view body, std::string_view content_type,
                                                                      const request_target& target) {
        return detail::openai_transcript_decode(body, content_type, target, name, true);
    }
    /// Fails with `errc::invalid_request` when there is no file; \p out is then as it was.
    static result<void> encode_request(const transcription_request& request, const encode_options& options,
                                       encoded_request& out, drop_report& drops) {
        return detail::openai_transcript_encode(request, options, out, drops, name, true);
    }
    [[nodiscard]] static std::string caller_path(std::string_view member, const transcription_request&) {
        return detail::openai_transcript_path(member);
    }

    /// JSON, or the text itself when \p content_type is another. Without a type, what is not an object
    /// is text.
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body,
                                                                  std::string_view content_type = std::string_view()) {
        return detail::openai_transcript_read(body, content_type, name);
    }
    /// Text when the reply has a media type, else JSON.
    static void encode_reply(const transcription_reply& reply, const reply_options&, std::string& out) {
        detail::openai_transcript_write(reply, out, name);
    }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::openai_transcript_usage(body); }
    [[nodiscard]] static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type) {
        return detail::openai_audio_make_watch(content_type);
    }
    [[nodiscard]] static error stream_failure(std::string_view bytes) { return detail::openai_audio_failure(bytes); }

    /// Those of `openai_chat`.
    [[nodiscard]] static error_body decode_error(std::string_view body) { return openai_chat::decode_error(body); }
    static void encode_error(const error& failure, std::string& out) { openai_chat::encode_error(failure, out); }
};

} // namespace llmx::inline v0
