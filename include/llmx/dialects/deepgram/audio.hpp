// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/vendor_audio.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<void> deepgram_speak_encode(const speech_request& request, const encode_options& options, encoded_request& out,
                                                           drop_report& drops);
LLMX_DECL [[nodiscard]] result<void> deepgram_listen_encode(const transcription_request& request, const encode_options& options,
                                                            encoded_request& out, drop_report& drops);
LLMX_DECL [[nodiscard]] result<transcription_reply> deepgram_listen_read(std::string_view body, const rendering* how);
LLMX_DECL [[nodiscard]] usage deepgram_listen_usage(std::string_view body);

} // namespace detail

/// Deepgram's speech, `POST /v1/speak?model=…`.
///
/// Source: https://developers.deepgram.com/reference/text-to-speech/speak-request, .../docs/tts-media-output-settings.
///
/// Decisions where the vocabulary and the wire differ:
/// - A model is a voice ("aura-2-thalia-en"): a voice of the request that begins with "aura-" takes the deployment's place, another is lost.
/// - "wav" and "pcm" are linear16 at 24 kHz with and without a header, "opus" is in Ogg. Instructions and the speed are lost.
struct deepgram_speak : detail::spoken_octets {
    static constexpr std::string_view name = "deepgram_speak";
    static constexpr std::string_view language = "deepgram";
    static constexpr std::string_view path = "/v1/speak";

    /// Fails with `errc::invalid_request` without an input, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const speech_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
        return detail::deepgram_speak_encode(request, options, out, drops);
    }
};

/// Deepgram's transcriptions of recordings, `POST /v1/listen?model=…`: the octets are the body.
///
/// Source: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded.
///
/// Decisions where the vocabulary and the wire differ:
/// - `punctuate=true` is sent unless the caller states `punctuate` or `smart_format`: transcripts of OpenAI's form have punctuation.
/// - Words have the vendor's punctuation. "text", "srt", "vtt" and "verbose_json" are made of them (`shape_transcript`); "diarized_json"
///   asks for speakers. Keywords are `keyterm`. A prompt and a temperature have no equivalent; the second is a hint.
/// - A caller's members of the vendor's names are parameters: `smart_format`, `punctuate`, `diarize`, `utterances`, `detect_language`,
///   `numerals`, `profanity_filter`, `redact`, `search`, `tag`, `version`, `filler_words`, `paragraphs`, `multichannel`, `keywords`.
struct deepgram_listen {
    using operation = transcription;
    static constexpr std::string_view name = "deepgram_listen";
    static constexpr std::string_view language = "deepgram";
    static constexpr std::string_view path = "/v1/listen";
    static constexpr bool for_clients = false;
    static constexpr bool json_request = false;

    /// Fails with `errc::invalid_request` without a recording, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const transcription_request& request, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        return detail::deepgram_listen_encode(request, options, out, drops);
    }
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body, const rendering* how = nullptr) {
        return detail::deepgram_listen_read(body, how);
    }
    /// The length of the recording, times the channels that were read.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::deepgram_listen_usage(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/deepgram/impl/audio.ipp>
#endif
