// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/completions.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's completions, which chat replaced, also at the paths that Azure's SDK and older clients use. In the list of a
/// server it stands behind the endpoint of chat, whose paths end the same.
struct openai_completions_endpoint : codec_endpoint<openai_completions_endpoint, openai_completions> {
    static constexpr std::string_view usage = "POST /v1/completions";
    static constexpr path_pattern paths[] = {
        {"/v1/completions"},
        {"/completions"},
        {"/openai/deployments/", "/completions"},
        {"/engines/", "/completions"},
    };
};

} // namespace llmx::inline LLMX_ABI
