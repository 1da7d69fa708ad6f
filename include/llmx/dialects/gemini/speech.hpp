// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/vendor_audio.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Speech by a Gemini model, `POST …/models/{m}:generateContent` with audio as the answer. For providers alone, which name it:
/// `with_codecs<gemini, gemini_speech>`.
///
/// Source: https://ai.google.dev/gemini-api/docs/speech-generation.
///
/// Decisions where the vocabulary and the wire differ:
/// - The vendor makes PCM (16 bits, 24 kHz, one channel). "pcm" is that as it is; "wav", and no format, is that behind a RIFF header. Other
///   formats are lost.
/// - A voice is one of the vendor's ("Kore"), demanded by the API; without one its first, "Kore", is asked for.
/// - Instructions stand before the text, as the vendor documents a style: "instructions: text".
/// - A speed is lost.
struct gemini_speech {
    using operation = speech;
    static constexpr std::string_view name = "gemini_speech";
    static constexpr std::string_view language = "gemini";
    static constexpr std::string_view path = ":generateContent";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;

    /// Fails with `errc::invalid_request` without an input, with `errc::unsupported_parameter` for events.
    LLMX_DECL static result<void> encode_request(const speech_request& request, const encode_options& options, encoded_request& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<speech_reply> decode_reply(std::string_view body, const rendering* how = nullptr);
    /// Tokens.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return gemini_generate::scan_usage(body); }
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return gemini_generate::holds_answer(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/speech.ipp>
#endif
