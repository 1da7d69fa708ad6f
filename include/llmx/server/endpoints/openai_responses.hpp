// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's Responses API, `POST` of a request, also at the paths without a version and of Azure's v1 API.
struct openai_responses_endpoint : codec_endpoint<openai_responses_endpoint, openai_responses> {
    static constexpr std::string_view usage = "POST /v1/responses";
    static constexpr path_pattern paths[] = {{"/v1/responses"}, {"/responses"}, {"/openai/v1/responses"}};
};

} // namespace llmx::inline LLMX_ABI
