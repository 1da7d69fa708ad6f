// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// `POST /v2/chat`, the second version of Cohere's chat.
struct cohere_chat_endpoint : codec_endpoint<cohere_chat_endpoint, cohere_chat> {
    static constexpr std::string_view usage = "POST /v2/chat";
    static constexpr path_pattern paths[] = {{"/v2/chat"}};
};

} // namespace llmx::inline LLMX_ABI
