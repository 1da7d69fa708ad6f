// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/mistral/chat.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Mistral's chat completions, below a prefix, since the path is OpenAI's: clients of Mistral have `/mistralai` as the path of their server's
/// URL. (`/mistral/` is for the vendor's own paths, which go to it as they come.)
struct mistral_chat_endpoint : codec_endpoint<mistral_chat_endpoint, mistral_chat> {
    static constexpr std::string_view usage = "POST /mistralai/v1/chat/completions";
    static constexpr path_pattern paths[] = {{"/mistralai/v1/chat/completions"}};
};

/// Mistral's completion of a gap: `POST /v1/fim/completions`, also below `/mistralai`.
struct mistral_fim_endpoint : codec_endpoint<mistral_fim_endpoint, mistral_fim_completions> {
    static constexpr std::string_view usage = "POST /v1/fim/completions";
    static constexpr path_pattern paths[] = {{"/v1/fim/completions"}, {"/mistralai/v1/fim/completions"}};
};

} // namespace llmx::inline LLMX_ABI
