// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/moderations.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's moderations. A request without a model is one for "omni-moderation-latest".
struct openai_moderations_endpoint : codec_endpoint<openai_moderations_endpoint, openai_moderations> {
    static constexpr std::string_view usage = "POST /v1/moderations";
    static constexpr path_pattern paths[] = {{"/v1/moderations"}, {"/moderations"}};
};

} // namespace llmx::inline LLMX_ABI
