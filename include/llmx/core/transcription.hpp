// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A call for the text of a recording, independent of any vendor's language: of a transcription, or of a translation
/// into English.
///
/// Only `model` and `file` are needed. Everything absent stays absent on the wire.
struct transcription_request {
    transcription_request() = default;
    transcription_request(std::string model_name, std::string octets, std::string name_of_file,
                          std::string media_type = std::string())
        : model(std::move(model_name)), file(std::move(octets)), filename(std::move(name_of_file)),
          content_type(std::move(media_type)) {}

    std::string model;
    /// Octets of the recording.
    std::string file;
    /// Many providers take its ending for the recording's form.
    std::string filename;
    /// Media type of `file`; empty: the provider finds out.
    std::string content_type;
    /// Language of the recording (ISO 639-1); languages that it may have.
    std::string language;
    std::vector<std::string> languages;
    /// Text that goes before the recording, or words that occur in it.
    std::string prompt;
    std::vector<std::string> keywords;
    /// "json", "verbose_json", "diarized_json", "text", "srt", "vtt".
    std::string response_format;
    std::optional<double> temperature;
    /// "word", "segment".
    std::vector<std::string> timestamp_granularities;
    /// Further content of the answer: "logprobs".
    std::vector<std::string> include;
    /// How the recording is cut: "auto" as JSON text, or an object.
    raw_json chunking_strategy;
    /// Names of speakers, and a sample of each as a data URL.
    std::vector<std::string> known_speaker_names;
    std::vector<std::string> known_speaker_references;
    /// Requests the answer as events. A typed call requests a whole one.
    std::optional<bool> stream;

    extra_members extra;
    friend bool operator==(const transcription_request&, const transcription_request&) = default;
};
LLMX_DESCRIBE(transcription_request,
              (model, file, filename, content_type, language, languages, prompt, keywords, response_format, temperature,
               timestamp_granularities, include, chunking_strategy, known_speaker_names, known_speaker_references, stream,
               extra))

/// A part of a recording with its times in seconds.
struct transcript_segment {
    transcript_segment() = default;

    double start = 0, end = 0;
    std::string text;
    /// Empty when speakers were not distinguished.
    std::string speaker;
    extra_members extra;
    friend bool operator==(const transcript_segment&, const transcript_segment&) = default;
};
LLMX_DESCRIBE(transcript_segment, (start, end, text, speaker, extra))

/// A word of a recording with its times in seconds.
struct transcript_word {
    transcript_word() = default;

    double start = 0, end = 0;
    std::string word;
    extra_members extra;
    friend bool operator==(const transcript_word&, const transcript_word&) = default;
};
LLMX_DESCRIBE(transcript_word, (start, end, word, extra))

/// The text of a recording.
struct transcription_reply {
    transcription_reply() = default;

    /// The text; of the forms "text", "srt" and "vtt" the whole answer.
    std::string text;
    /// Media type of an answer that is not JSON; else empty.
    std::string content_type;
    /// Language of the recording, as the provider names it.
    std::string language;
    /// Seconds of the recording.
    std::optional<double> duration;
    std::vector<transcript_segment> segments;
    std::vector<transcript_word> words;
    /// Tokens, of models that are billed by them.
    llmx::usage usage;
    /// Seconds that are billed, of other models.
    std::optional<double> billed_seconds;

    extra_members extra;
    friend bool operator==(const transcription_reply&, const transcription_reply&) = default;
};
LLMX_DESCRIBE(transcription_reply,
              (text, content_type, language, duration, segments, words, usage, billed_seconds, extra))

/// The operation: a recording to text in its own language.
struct transcription {
    using request = transcription_request;
    using reply = transcription_reply;
    static constexpr operation_info info{"transcription", operation_info::answers::text};
};
static_assert(operation<transcription>);

/// The operation: a recording to text in English.
struct translation {
    using request = transcription_request;
    using reply = transcription_reply;
    static constexpr operation_info info{"translation", operation_info::answers::text};
};
static_assert(operation<translation>);

} // namespace llmx::inline LLMX_ABI
