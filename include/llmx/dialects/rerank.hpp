// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/rerank.hpp>
#include <llmx/dialects/deepinfra/rerank.hpp>
#include <llmx/dialects/huggingface/rerank.hpp>
#include <llmx/dialects/voyage/rerank.hpp>

namespace llmx::inline LLMX_ABI {

/// The codecs of `rerank`.
struct rerank_forms {
    using list = codec_list<cohere_rerank, voyage_rerank, tei_rerank, deepinfra_rerank>;
};

} // namespace llmx::inline LLMX_ABI
