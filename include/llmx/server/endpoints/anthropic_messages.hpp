// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// `POST /v1/messages`, Anthropic's Messages API.
struct anthropic_messages_endpoint : codec_endpoint<anthropic_messages_endpoint, anthropic_messages> {
    static constexpr std::string_view usage = "POST /v1/messages";
    static constexpr path_pattern paths[] = {{"/v1/messages"}};
};

} // namespace llmx::inline LLMX_ABI
