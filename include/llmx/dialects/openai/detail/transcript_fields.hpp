// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/dialects/field_table.hpp>

/// \file
/// How `openai_transcription` and `openai_translation` handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// platform.openai.com/docs/api-reference/audio/createTranscription, in the order in which fields are written.
inline constexpr auto openai_transcription_fields = fields_of<transcription_request>(
    by_hand<&transcription_request::model>("model"), // that of the options wins
    mapped<&transcription_request::prompt>("prompt"), mapped<&transcription_request::response_format>("response_format"),
    mapped<&transcription_request::temperature>("temperature"),
    mapped<&transcription_request::stream>("stream"), // as the options have it
    mapped<&transcription_request::language>("language"), mapped<&transcription_request::languages>("languages"),
    mapped<&transcription_request::keywords>("keywords"),
    mapped<&transcription_request::timestamp_granularities>("timestamp_granularities"),
    mapped<&transcription_request::include>("include"),
    mapped<&transcription_request::chunking_strategy>("chunking_strategy"),
    mapped<&transcription_request::known_speaker_names>("known_speaker_names"),
    mapped<&transcription_request::known_speaker_references>("known_speaker_references"),
    by_hand<&transcription_request::extra>(""), by_hand<&transcription_request::file>("file"),
    by_hand<&transcription_request::filename>("file"), by_hand<&transcription_request::content_type>("file"));
static_assert(accounts_for_all<transcription_request>(openai_transcription_fields));

/// platform.openai.com/docs/api-reference/audio/createTranslation: the answer is English whatever is set.
inline constexpr auto openai_translation_fields = fields_of<transcription_request>(
    by_hand<&transcription_request::model>("model"), mapped<&transcription_request::prompt>("prompt"),
    mapped<&transcription_request::response_format>("response_format"),
    mapped<&transcription_request::temperature>("temperature"), mapped<&transcription_request::stream>("stream"),
    lost<&transcription_request::language>(), lost<&transcription_request::languages>(),
    lost<&transcription_request::keywords>(), lost<&transcription_request::timestamp_granularities>(),
    lost<&transcription_request::include>(), lost<&transcription_request::chunking_strategy>(),
    lost<&transcription_request::known_speaker_names>(), lost<&transcription_request::known_speaker_references>(),
    by_hand<&transcription_request::extra>(""), by_hand<&transcription_request::file>("file"),
    by_hand<&transcription_request::filename>("file"), by_hand<&transcription_request::content_type>("file"));
static_assert(accounts_for_all<transcription_request>(openai_translation_fields));

/// Replies of both.
inline constexpr auto openai_transcript_reply_fields = fields_of<transcription_reply>(
    mapped<&transcription_reply::text>("text").always(),
    by_hand<&transcription_reply::content_type>(""), // of replies that are not JSON
    mapped<&transcription_reply::language>("language"), mapped<&transcription_reply::duration>("duration"),
    by_hand<&transcription_reply::segments>("segments"), by_hand<&transcription_reply::words>("words"),
    by_hand<&transcription_reply::usage>("usage"), by_hand<&transcription_reply::billed_seconds>("usage"),
    by_hand<&transcription_reply::extra>(""));
static_assert(accounts_for_all<transcription_reply>(openai_transcript_reply_fields));

inline constexpr auto openai_transcript_segment_fields = fields_of<transcript_segment>(
    mapped<&transcript_segment::start>("start").always(), mapped<&transcript_segment::end>("end").always(),
    mapped<&transcript_segment::text>("text").always(), mapped<&transcript_segment::speaker>("speaker"),
    by_hand<&transcript_segment::extra>(""));
static_assert(accounts_for_all<transcript_segment>(openai_transcript_segment_fields));

inline constexpr auto openai_transcript_word_fields = fields_of<transcript_word>(
    mapped<&transcript_word::word>("word").always(), mapped<&transcript_word::start>("start").always(),
    mapped<&transcript_word::end>("end").always(), by_hand<&transcript_word::extra>(""));
static_assert(accounts_for_all<transcript_word>(openai_transcript_word_fields));

} // namespace llmx::inline LLMX_ABI::detail
