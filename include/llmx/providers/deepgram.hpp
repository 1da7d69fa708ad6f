// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/deepgram/audio.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/detail/audio_vendor.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Deepgram: speech and transcriptions, with the key as `Authorization: Token` (https://developers.deepgram.com/guides/fundamentals/authenticating).
struct deepgram {
    static constexpr std::string_view name = "deepgram";
    using codecs = codec_list<deepgram_speak, deepgram_listen>;
    static constexpr provider_facts facts = {
        .default_base = "https://api.deepgram.com",
        .key_env = "DEEPGRAM_API_KEY",
        .base_env = "DEEPGRAM_API_BASE",
        .needs_key = true,
        .traits = {},
    };

    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        detail::prepare_audio(d, what, "authorization", "Token ", out);
        return success();
    }
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, detail::read_audio_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
