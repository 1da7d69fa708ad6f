// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/rerank.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Cohere's reranking, also at the paths of its first version and of the servers that took it over.
struct cohere_rerank_endpoint : codec_endpoint<cohere_rerank_endpoint, cohere_rerank> {
    static constexpr std::string_view usage = "POST /v2/rerank";
    static constexpr path_pattern paths[] = {{"/v2/rerank"}, {"/v1/rerank"}, {"/rerank"}};
};

} // namespace llmx::inline LLMX_ABI
