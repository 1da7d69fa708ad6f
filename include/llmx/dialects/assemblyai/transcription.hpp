// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/vendor_audio.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<void> assemblyai_encode(const transcription_request& request, const encode_options& options, encoded_request& out,
                                                       drop_report& drops);
LLMX_DECL [[nodiscard]] result<transcription_reply> assemblyai_read(std::string_view body, const rendering* how);
LLMX_DECL [[nodiscard]] usage assemblyai_usage(std::string_view body);

} // namespace detail

/// AssemblyAI's transcriptions of recordings: an upload, `POST /v2/transcript`, and its result, which the provider waits for.
///
/// A request is written as one line, the parameters of `POST /v2/transcript` as JSON, and the octets of the recording behind it; the provider
/// separates them. An answer is the completed transcript, with the member `subtitles` where the vendor made them.
///
/// Source: https://www.assemblyai.com/docs/api-reference/transcripts/submit, .../docs/pre-recorded-audio/select-the-speech-model.
///
/// Decisions where the vocabulary and the wire differ:
/// - Without a language the vendor finds it (`language_detection`); without both it would take the recording for English. Keywords are
///   `keyterms_prompt`. A temperature has no equivalent and is a hint.
/// - "srt" and "vtt" are the vendor's own subtitles; "text" and "verbose_json" are made of the words; "diarized_json" asks for speakers.
/// - A caller's `url` is the recording in place of a file. Further members of the vendor's names are sent: `speaker_labels`,
///   `speakers_expected`, `speaker_options`, `punctuate`, `format_text`, `disfluencies`, `filter_profanity`, `multichannel`, `word_boost`,
///   `boost_param`, `custom_spelling`, `language_detection`, `language_confidence_threshold`, `speech_models`, `speech_threshold`,
///   `audio_start_from`, `audio_end_at`, `redact_pii`, `redact_pii_policies`, `redact_pii_sub`.
struct assemblyai_transcription {
    using operation = transcription;
    static constexpr std::string_view name = "assemblyai_transcription";
    static constexpr std::string_view language = "assemblyai";
    static constexpr std::string_view path = "/v2/transcript";
    static constexpr bool for_clients = false;
    static constexpr bool json_request = false;

    /// Fails with `errc::invalid_request` without a recording, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const transcription_request& request, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        return detail::assemblyai_encode(request, options, out, drops);
    }
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body, const rendering* how = nullptr) {
        return detail::assemblyai_read(body, how);
    }
    /// The length of the recording.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::assemblyai_usage(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/assemblyai/impl/transcription.ipp>
#endif
