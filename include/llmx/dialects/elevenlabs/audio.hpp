// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/vendor_audio.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<void> elevenlabs_speech_encode(const speech_request& request, const encode_options& options, encoded_request& out,
                                                              drop_report& drops);
LLMX_DECL [[nodiscard]] result<void> elevenlabs_transcription_encode(const transcription_request& request, const encode_options& options,
                                                                     encoded_request& out, drop_report& drops);
LLMX_DECL [[nodiscard]] result<transcription_reply> elevenlabs_transcription_read(std::string_view body, const rendering* how);
LLMX_DECL [[nodiscard]] usage elevenlabs_transcription_usage(std::string_view body);

} // namespace detail

/// ElevenLabs' speech, `POST /v1/text-to-speech/{voice}?output_format=…`.
///
/// Source: https://elevenlabs.io/docs/api-reference/text-to-speech/convert.
///
/// Decisions where the vocabulary and the wire differ:
/// - A voice is an id of the vendor's, and demanded. Instructions are lost.
/// - "mp3" is mp3_44100_128, "opus" opus_48000_128 and "pcm" pcm_24000, the rate of OpenAI's; names of the vendor's own ("mp3_22050_32") go
///   along, other formats are lost.
/// - The speed is one of 0.7 to 1.2.
/// - Members with the vendor's names go along: `voice_settings`, `language_code`, `seed`, `previous_text`, `next_text`,
///   `apply_text_normalization`, `pronunciation_dictionary_locators`.
struct elevenlabs_speech : detail::spoken_octets {
    static constexpr std::string_view name = "elevenlabs_speech";
    static constexpr std::string_view language = "elevenlabs";
    static constexpr std::string_view path = "/v1/text-to-speech";

    /// Fails with `errc::invalid_request` without an input or a voice, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const speech_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
        return detail::elevenlabs_speech_encode(request, options, out, drops);
    }
};

/// ElevenLabs' transcriptions, `POST /v1/speech-to-text`: a form.
///
/// Source: https://elevenlabs.io/docs/api-reference/speech-to-text/convert.
///
/// Decisions where the vocabulary and the wire differ:
/// - Words have their times as the vendor gives them; blanks and sounds ("spacing", "audio_event") are no words. "text", "srt", "vtt" and
///   "verbose_json" are made of them (`shape_transcript`); "diarized_json" asks for speakers.
/// - A prompt and log probabilities are lost; keywords are `keyterms`.
/// - Members with the vendor's names go along: `diarize`, `num_speakers`, `tag_audio_events`, `timestamps_granularity`, `cloud_storage_url`,
///   `use_multi_channel`, `seed`.
struct elevenlabs_transcription {
    using operation = transcription;
    static constexpr std::string_view name = "elevenlabs_transcription";
    static constexpr std::string_view language = "elevenlabs";
    static constexpr std::string_view path = "/v1/speech-to-text";
    static constexpr bool for_clients = false;
    static constexpr bool json_request = false;

    /// Fails with `errc::invalid_request` without a recording, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const transcription_request& request, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        return detail::elevenlabs_transcription_encode(request, options, out, drops);
    }
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body, const rendering* how = nullptr) {
        return detail::elevenlabs_transcription_read(body, how);
    }
    /// The length of the recording: as the vendor states it, else the end of the last word.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::elevenlabs_transcription_usage(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/elevenlabs/impl/speech.ipp>
#include <llmx/dialects/elevenlabs/impl/transcription.ipp>
#endif
