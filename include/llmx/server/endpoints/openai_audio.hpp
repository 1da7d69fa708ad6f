// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's speech, also at the path that Azure's SDK uses.
struct openai_speech_endpoint : codec_endpoint<openai_speech_endpoint, openai_speech> {
    static constexpr std::string_view usage = "POST /v1/audio/speech";
    static constexpr path_pattern paths[] = {
        {"/v1/audio/speech"},
        {"/audio/speech"},
        {"/openai/deployments/", "/audio/speech"},
    };
};

/// OpenAI's transcriptions, also at the path that Azure's SDK uses.
struct openai_transcription_endpoint : codec_endpoint<openai_transcription_endpoint, openai_transcription> {
    static constexpr std::string_view usage = "POST /v1/audio/transcriptions";
    static constexpr path_pattern paths[] = {
        {"/v1/audio/transcriptions"},
        {"/audio/transcriptions"},
        {"/openai/deployments/", "/audio/transcriptions"},
    };
};

/// OpenAI's translations of recordings, also at the path that Azure's SDK uses.
struct openai_translation_endpoint : codec_endpoint<openai_translation_endpoint, openai_translation> {
    static constexpr std::string_view usage = "POST /v1/audio/translations";
    static constexpr path_pattern paths[] = {
        {"/v1/audio/translations"},
        {"/audio/translations"},
        {"/openai/deployments/", "/audio/translations"},
    };
};

} // namespace llmx::inline LLMX_ABI
