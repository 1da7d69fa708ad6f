// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/speech.hpp>
#include <llmx/core/transcription.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <memory>
#include <string>
#include <string_view>

/// \file
/// The parts that the codecs of vendors of speech and transcriptions share. Not for others.

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] result<speech_reply> read_audio_reply(std::string_view body, std::string_view content_type);
LLMX_DECL [[nodiscard]] std::unique_ptr<any_stream_watch> make_audio_watch(std::string_view content_type);
LLMX_DECL [[nodiscard]] error audio_stream_failure(std::string_view bytes);
/// Refuses a request without a text, or for events.
LLMX_DECL [[nodiscard]] result<void> check_spoken(const speech_request& request, const encode_options& options, drop_report& drops);
/// Refuses a request without a recording, or for events; reports a form of the answer that cannot be made.
LLMX_DECL [[nodiscard]] result<void> check_transcribed(const transcription_request& request, const encode_options& options, drop_report& drops,
                                                       bool has_url);
/// The number at \p at; 0 where there is none.
LLMX_DECL [[nodiscard]] double number_or_zero(const json_cursor& at);

/// What the speech codecs of vendors with octets as answers share: they are for providers alone.
struct spoken_octets {
    using operation = speech;
    static constexpr bool for_clients = false;

    /// All bytes are the audio, unless \p content_type is that of JSON.
    [[nodiscard]] static result<speech_reply> decode_reply(std::string_view body, std::string_view content_type = std::string_view()) {
        return read_audio_reply(body, content_type);
    }
    /// None: the gateway counts the characters of the request.
    [[nodiscard]] static usage scan_usage(std::string_view) { return usage(); }
    [[nodiscard]] static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type) { return make_audio_watch(content_type); }
    [[nodiscard]] static error stream_failure(std::string_view bytes) { return audio_stream_failure(bytes); }
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/vendor_audio.ipp>
#endif
