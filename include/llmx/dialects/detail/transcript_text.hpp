// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/dialects/codec.hpp>

#include <string>
#include <string_view>

/// \file
/// The forms of a transcript that OpenAI's callers ask for, made of the answers of vendors that have one form.

namespace llmx::inline LLMX_ABI::detail {

/// The form that a caller asked for.
class transcript_rendering final : public rendering {
public:
    explicit transcript_rendering(std::string_view wanted) : format(wanted) {}
    const std::string format;
};

/// Whether \p format is one that `shape_transcript` makes; the empty one is "json".
[[nodiscard]] constexpr bool is_transcript_format(std::string_view format) noexcept {
    return format.empty() || format == "json" || format == "text" || format == "srt" || format == "vtt" || format == "verbose_json" ||
           format == "diarized_json";
}

/// Gives \p reply, which has a text and words, the form that \p how is about: the text alone, subtitles (SubRip, WebVTT) of its segments, or what
/// the JSON form has. Segments that the vendor does not have are made of words: up to seven seconds, one speaker each.
LLMX_DECL void shape_transcript(transcription_reply& reply, const rendering* how);

/// \p seconds as a count of milliseconds, within its range.
LLMX_DECL [[nodiscard]] std::uint32_t milliseconds_of(double seconds) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/transcript_text.ipp>
#endif
