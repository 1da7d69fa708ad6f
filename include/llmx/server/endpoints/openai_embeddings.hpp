// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's embeddings, also at the paths that Azure's SDK and older clients use.
struct openai_embeddings_endpoint : codec_endpoint<openai_embeddings_endpoint, openai_embeddings> {
    static constexpr std::string_view usage = "POST /v1/embeddings";
    static constexpr path_pattern paths[] = {
        {"/v1/embeddings"},
        {"/embeddings"},
        {"/openai/deployments/", "/embeddings"},
        {"/engines/", "/embeddings"},
    };
};

} // namespace llmx::inline LLMX_ABI
