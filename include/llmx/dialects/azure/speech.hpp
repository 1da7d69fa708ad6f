// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/vendor_audio.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<void> azure_speak_encode(const speech_request& request, const encode_options& options, encoded_request& out,
                                                        drop_report& drops);
LLMX_DECL [[nodiscard]] result<void> azure_transcribe_encode(const transcription_request& request, const encode_options& options,
                                                             encoded_request& out, drop_report& drops);
LLMX_DECL [[nodiscard]] result<transcription_reply> azure_transcribe_read(std::string_view body, const rendering* how);
LLMX_DECL [[nodiscard]] usage azure_transcribe_usage(std::string_view body);

} // namespace detail

/// Azure Speech's text to speech, `POST /cognitiveservices/v1` with SSML.
///
/// Source: https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech, .../speech-synthesis-markup-voice; names of
/// voices and formats: docs.litellm.ai/docs/providers/azure_ai_speech.
///
/// Decisions where the vocabulary and the wire differ:
/// - OpenAI's voices are those that LiteLLM takes for them (alloy: en-US-JennyNeural, …). A name with a "-" is one of Azure's. Another is lost,
///   and en-US-AriaNeural speaks, as without a voice.
/// - The format ("mp3", "opus", "wav", "pcm", or a name of Azure's) is `url_end`, from which the provider makes the field
///   `X-Microsoft-OutputFormat`. Azure has no "aac" and no "flac".
/// - The speed is a prosody rate; Azure has 0.5 to 2. Members `style`, `styledegree`, `role` and `lang` of the caller's are those of SSML.
///   An input that is an SSML document is sent as it is.
struct azure_speak : detail::spoken_octets {
    static constexpr std::string_view name = "azure_speak";
    static constexpr std::string_view language = "azure_speech";
    static constexpr std::string_view path = "/cognitiveservices/v1";

    /// Fails with `errc::invalid_request` without an input, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const speech_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
        return detail::azure_speak_encode(request, options, out, drops);
    }
};

/// Azure Speech's fast transcription, `POST /speechtotext/transcriptions:transcribe`: a form with the recording and a `definition`.
///
/// Source: https://learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create.
///
/// Decisions where the vocabulary and the wire differ:
/// - A language of two letters is its most spoken locale ("de": de-DE); one with a "-" is sent as it is; without one Azure finds it.
/// - "text", "srt", "vtt" and "verbose_json" are made of the phrases; "diarized_json" asks for speakers. Keywords, a prompt and the temperature have
///   no equivalent; the last is a hint.
/// - A caller's members of the vendor's names go into the definition: `profanityFilterMode`, `channels`, `diarization`, `phraseList`, `locales`.
struct azure_transcribe {
    using operation = transcription;
    static constexpr std::string_view name = "azure_transcribe";
    static constexpr std::string_view language = "azure_speech";
    static constexpr std::string_view path = "/speechtotext/transcriptions:transcribe";
    static constexpr bool for_clients = false;
    static constexpr bool json_request = false;

    /// Fails with `errc::invalid_request` without a recording, with `errc::unsupported_parameter` for events.
    static result<void> encode_request(const transcription_request& request, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        return detail::azure_transcribe_encode(request, options, out, drops);
    }
    [[nodiscard]] static result<transcription_reply> decode_reply(std::string_view body, const rendering* how = nullptr) {
        return detail::azure_transcribe_read(body, how);
    }
    /// The length of the recording.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::azure_transcribe_usage(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/azure/impl/speech.ipp>
#include <llmx/dialects/azure/impl/transcription.ipp>
#endif
