// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/origin.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/azure/speech.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Azure Speech: speech by SSML and fast transcriptions, with the key in `Ocp-Apim-Subscription-Key`.
///
/// Configurations write `azure/speech/azure-tts`, as LiteLLM's do, or `azure_speech/…`. The base URL is one of the region's two
/// (`https://{region}.tts.speech.microsoft.com`, `https://{region}.api.cognitive.microsoft.com`), from which the other follows, or that of a
/// resource with a domain of its own; without one it is made of `region_name` or AZURE_SPEECH_REGION.
///
/// Sources: https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech, .../fast-transcription-create,
/// .../speech-services-private-link. Thread-safe.
struct azure_speech {
    static constexpr std::string_view name = "azure_speech";
    using codecs = codec_list<azure_speak, azure_transcribe>;
    /// The version of the transcription API that is generally available and has all that the codec writes.
    static constexpr std::string_view default_api_version = "2024-11-15";
    /// Settings of a deployment beside its key.
    struct settings {
        settings() = default;
        /// The `api-version` of transcriptions; empty: `default_api_version`.
        std::string api_version;
        /// The results of `complete`: where speech is made, and where it is recognised.
        base_url speaking, recognition;
        static constexpr auto keys = settings_keys(config_key("api_version", &settings::api_version));
    };
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = {"AZURE_SPEECH_KEY", "AZURE_TTS_API_KEY", "AZURE_API_KEY", "AZURE_OPENAI_API_KEY"},
        .base_env = "AZURE_SPEECH_ENDPOINT",
        .needs_key = true,
        .traits = {},
        .aliases = "azure/speech",
        .makes_base = true,
    };

    /// Makes the two addresses. Fails with `errc::bad_configuration` when there is neither a base URL nor a region.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    LLMX_DECL [[nodiscard]] static result<void> check(const deployment& d);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    /// Reads `{"error":{"code","message"}}`; refusals of speech have a status alone, or a plain text.
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/azure_speech.ipp>
#endif
