// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/elevenlabs/audio.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/detail/audio_vendor.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {
/// ElevenLabs: speech and transcriptions, with the key in `xi-api-key` (https://elevenlabs.io/docs/api-reference/authentication).
struct elevenlabs {
    static constexpr std::string_view name = "elevenlabs";
    using codecs = codec_list<elevenlabs_speech, elevenlabs_transcription>;
    static constexpr provider_facts facts = {
        .default_base = "https://api.elevenlabs.io",
        .key_env = {"ELEVENLABS_API_KEY", "ELEVEN_API_KEY"},
        .base_env = "ELEVENLABS_API_BASE",
        .needs_key = true,
        .traits = {},
    };

    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        detail::prepare_audio(d, what, "xi-api-key", std::string_view(), out);
        return success();
    }
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, detail::read_audio_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
