// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/transcript.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's transcriptions, `POST /v1/audio/transcriptions`, and the extensions of compatible servers.
///
/// Sources: OpenAI's OpenAPI description (CreateTranscriptionRequest, CreateTranscriptionResponseJson,
/// ...VerboseJson, ...DiarizedJson, TranscriptTextDoneEvent), the forms that OpenAI's SDKs write.
///
/// Decisions where the vocabulary and the wire differ:
/// - Elements of lists are fields called "name[]"; "name" is read too. An object is written as fields
///   "name[member]", and read as those or as JSON text.
/// - Fields that are not known are kept as JSON strings; a second file is refused where a form is read,
///   and passes with the bytes where it is not.
/// - A form without a file but with a field "url" is Groq's way to name a recording.
struct openai_transcription : detail::openai_transcript_codec<openai_transcription, detail::openai_transcription_fields> {
    using operation = transcription;
    static constexpr std::string_view name = "openai_transcription";
    static constexpr std::string_view path = "/audio/transcriptions";
};

/// OpenAI's translations of recordings into English, `POST /v1/audio/translations`: forms and replies are
/// those of `openai_transcription`, and fewer fields are known (CreateTranslationRequest).
struct openai_translation : detail::openai_transcript_codec<openai_translation, detail::openai_translation_fields> {
    using operation = translation;
    static constexpr std::string_view name = "openai_translation";
    static constexpr std::string_view path = "/audio/translations";
};

} // namespace llmx::inline LLMX_ABI
