// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/core/rerank.hpp>
#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
/// Text Embeddings Inference, a server of one's own, whose base URL a deployment names; embeddings of the router are a task of Hugging
/// Face's Inference API, whose path has the model (huggingface.co/docs/inference-providers/tasks/feature-extraction).
inline constexpr operation_path huggingface_paths[] = {
    {&rerank::info, "/rerank", "tei_rerank", true},
    {&embeddings::info, "/embed", "huggingface_features", true},
    {&embeddings::info, "/hf-inference/models/{model}/pipeline/feature-extraction", "huggingface_features", true, "router.huggingface.co"}};
} // namespace detail

namespace rows {
/// Hugging Face's router (huggingface.co/docs/inference-providers).
inline constexpr vendor_row huggingface = {
    .name = "huggingface",
    .base = "https://router.huggingface.co/v1",
    .version = "/v1",
    .key_env = {"HF_TOKEN", "HUGGINGFACE_API_KEY"},
    .base_env = {"HF_API_BASE", "HUGGINGFACE_API_BASE"},
    .operations = serves::chat | serves::huggingface_features | serves::tei_rerank,
    .paths = detail::huggingface_paths,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
