// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/dialects/openai/detail/transcript_fields.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

/// \file
/// The parts that `openai_transcription` and `openai_translation` share. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// In which the two differ.
struct openai_transcript_form {
    /// The codec, whose members those are that \c fields do not have.
    std::string_view codec;
    /// Of `transcription_request`.
    std::span<const field_rule> fields;
};

LLMX_DECL [[nodiscard]] result<request_head> openai_transcript_scan(std::string_view body, std::string_view content_type,
                                                                    const request_target& target);
LLMX_DECL [[nodiscard]] result<transcription_request> openai_transcript_decode(std::string_view body,
                                                                               std::string_view content_type,
                                                                               const request_target& target,
                                                                               const openai_transcript_form& form);
LLMX_DECL [[nodiscard]] result<void> openai_transcript_encode(const transcription_request& request,
                                                              const encode_options& options, encoded_request& out,
                                                              drop_report& drops, const openai_transcript_form& form);
LLMX_DECL [[nodiscard]] std::string openai_transcript_path(const request_place& at, const openai_transcript_form& form);

LLMX_DECL [[nodiscard]] result<transcription_reply> openai_transcript_read(std::string_view body,
                                                                           std::string_view content_type,
                                                                           std::string_view codec);
LLMX_DECL void openai_transcript_write(const transcription_reply& reply, std::string& out, std::string_view codec);
LLMX_DECL [[nodiscard]] usage openai_transcript_usage(std::string_view body);

/// All of a codec of forms with a recording but its name, path and operation; \p Fields: its table.
template <class Self, const auto& Fields> struct openai_transcript_codec : openai_flat_codec {
    static constexpr bool json_request = false;

    /// Finds the values that routing needs. Fails unless the body is a form with one model (here or in \p target)
    /// and one file. The model's bytes are those of its field. A form that leaves the model to
    /// \p target has to be written anew.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, std::string_view content_type,
                                                           const request_target& target) {
        return openai_transcript_scan(body, content_type, target);
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<transcription_request> decode_request(std::string_view body, std::string_view content_type,
                                                                      const request_target& target) {
        return openai_transcript_decode(body, content_type, target, form());
    }
    /// Fails with `errc::invalid_request` when there is no file; \p out is then as it was.
    static result<void> encode_request(const transcription_request& request, const encode_options& options,
                                       encoded_request& out, drop_report& drops) {
        return openai_transcript_encode(request, options, out, drops, form());
    }
    [[nodiscard]] static std::string caller_path(const request_place& at, const transcription_request&) {
        return openai_transcript_path(at, form());
    }

    /// JSON, or the text itself when \p content_type is another. Without a type, bytes that are not an object
    /// are text.
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body,
                                                                  std::string_view content_type = std::string_view()) {
        return openai_transcript_read(body, content_type, Self::name);
    }
    /// Text when the reply has a media type, else JSON.
    static void encode_reply(const transcription_reply& reply, const reply_options&, std::string& out) {
        openai_transcript_write(reply, out, Self::name);
    }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return openai_transcript_usage(body); }
    [[nodiscard]] static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type) {
        return openai_audio_make_watch(content_type);
    }
    [[nodiscard]] static error stream_failure(std::string_view bytes) { return openai_audio_failure(bytes); }

private:
    [[nodiscard]] static constexpr openai_transcript_form form() noexcept { return {Self::name, Fields.view()}; }
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/transcription_reply.ipp>
#include <llmx/dialects/openai/impl/transcription_request.ipp>
#endif
