// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/transcript_text.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::uint32_t milliseconds_of(double seconds) noexcept {
    if (!(seconds > 0)) return 0;
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    return seconds >= most / 1000.0 ? most : static_cast<std::uint32_t>(seconds * 1000 + 0.5);
}

/// "01:02:03,004"; \p point is what stands before the milliseconds.
LLMX_DECL void append_subtitle_time(std::string& out, double seconds, char point) {
    const std::uint32_t all = milliseconds_of(seconds);
    const auto digits = [&out](std::uint32_t n, std::uint32_t from) {
        for (; from != 0; from /= 10) out += static_cast<char>('0' + n / from % 10);
    };
    digits(all / 3'600'000, all >= 360'000'000 ? 1000 : 10);
    out += ':';
    digits(all / 60'000 % 60, 10);
    out += ':';
    digits(all / 1000 % 60, 10);
    out += point;
    digits(all % 1000, 100);
}

/// The language is spoken without blanks between words when a word does not end with one; then one is put between them.
LLMX_DECL void append_transcript_word(std::string& out, std::string_view word) {
    if (!out.empty() && !out.ends_with(' ') && !word.starts_with(' ')) out += ' ';
    out += word;
}

/// Segments of words: a pause, another speaker or seven seconds begin a new one.
LLMX_DECL [[nodiscard]] std::vector<transcript_segment> segments_of_words(const std::vector<transcript_word>& words) {
    constexpr double longest = 7, pause = 1;
    std::vector<transcript_segment> made;
    const raw_json* spoken_by = nullptr;
    for (const transcript_word& w : words) {
        const raw_json* const speaker = w.extra.find("speaker");
        const bool other = (speaker == nullptr) != (spoken_by == nullptr) || (speaker != nullptr && spoken_by != nullptr && !(*speaker == *spoken_by));
        if (made.empty() || other || w.end - made.back().start > longest || w.start - made.back().end > pause) {
            transcript_segment& next = made.emplace_back();
            next.start = w.start;
            if (speaker != nullptr) next.speaker = speaker->text;
            // A text keeps its quotes in JSON.
            if (next.speaker.size() > 1 && next.speaker.front() == '"') next.speaker = next.speaker.substr(1, next.speaker.size() - 2);
        }
        spoken_by = speaker;
        append_transcript_word(made.back().text, w.word);
        made.back().end = w.end;
    }
    return made;
}

LLMX_DECL void write_subtitles(const std::vector<transcript_segment>& segments, bool web, std::string& out) {
    if (web) out += "WEBVTT\n\n";
    std::size_t n = 0;
    for (const transcript_segment& s : segments) {
        if (!web) out.append(std::to_string(++n)).append("\n");
        append_subtitle_time(out, s.start, web ? '.' : ',');
        out += " --> ";
        append_subtitle_time(out, s.end, web ? '.' : ',');
        out.append("\n").append(s.text).append("\n\n");
    }
}

LLMX_DECL void shape_transcript(transcription_reply& reply, const rendering* how) {
    const std::string_view format = how != nullptr ? std::string_view(static_cast<const transcript_rendering&>(*how).format) : std::string_view();
    if (format == "text") {
        reply.text += '\n';
        reply.content_type = "text/plain; charset=utf-8";
        return;
    }
    const bool segmented = format == "srt" || format == "vtt" || format == "diarized_json" || format == "verbose_json";
    if (segmented && reply.segments.empty()) reply.segments = segments_of_words(reply.words);
    if (format == "srt" || format == "vtt") {
        std::string text;
        write_subtitles(reply.segments, format == "vtt", text);
        reply.text = std::move(text);
        reply.content_type = format == "vtt" ? "text/vtt; charset=utf-8" : "text/plain; charset=utf-8";
        return;
    }
    // The short form has the text alone, and what is billed.
    if (!segmented) {
        reply.segments.clear();
        reply.words.clear();
        reply.duration.reset();
        reply.language.clear();
    } else if (format == "diarized_json") {
        reply.words.clear();
    }
}

} // namespace llmx::inline LLMX_ABI::detail
