// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's Chat Completions, also at the paths that Azure's SDK and older clients use.
struct openai_chat_endpoint : codec_endpoint<openai_chat_endpoint, openai_chat> {
    static constexpr std::string_view usage = "POST /v1/chat/completions";
    static constexpr path_pattern paths[] = {
        {"/v1/chat/completions"},
        {"/chat/completions"},
        {"/openai/deployments/", "/chat/completions"},
        {"/engines/", "/chat/completions"},
    };
};

} // namespace llmx::inline LLMX_ABI
