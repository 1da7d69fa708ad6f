// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>
#include <llmx/providers/vendors/cerebras.hpp>
#include <llmx/providers/vendors/cloudflare.hpp>
#include <llmx/providers/vendors/codestral.hpp>
#include <llmx/providers/vendors/cohere.hpp>
#include <llmx/providers/vendors/dashscope.hpp>
#include <llmx/providers/vendors/databricks.hpp>
#include <llmx/providers/vendors/deepinfra.hpp>
#include <llmx/providers/vendors/deepseek.hpp>
#include <llmx/providers/vendors/fireworks_ai.hpp>
#include <llmx/providers/vendors/friendliai.hpp>
#include <llmx/providers/vendors/github.hpp>
#include <llmx/providers/vendors/groq.hpp>
#include <llmx/providers/vendors/hosted_vllm.hpp>
#include <llmx/providers/vendors/huggingface.hpp>
#include <llmx/providers/vendors/hyperbolic.hpp>
#include <llmx/providers/vendors/lambda_ai.hpp>
#include <llmx/providers/vendors/llamafile.hpp>
#include <llmx/providers/vendors/lm_studio.hpp>
#include <llmx/providers/vendors/minimax.hpp>
#include <llmx/providers/vendors/mistral.hpp>
#include <llmx/providers/vendors/moonshot.hpp>
#include <llmx/providers/vendors/nebius.hpp>
#include <llmx/providers/vendors/novita.hpp>
#include <llmx/providers/vendors/nvidia_nim.hpp>
#include <llmx/providers/vendors/ollama_v1.hpp>
#include <llmx/providers/vendors/openrouter.hpp>
#include <llmx/providers/vendors/perplexity.hpp>
#include <llmx/providers/vendors/sambanova.hpp>
#include <llmx/providers/vendors/together_ai.hpp>
#include <llmx/providers/vendors/volcengine.hpp>
#include <llmx/providers/vendors/xai.hpp>
#include <llmx/providers/vendors/zai.hpp>

namespace llmx::inline LLMX_ABI {

/// The rows of all OpenAI-compatible vendors in llmx.
///
/// Source of their URLs, variables and members, where a row names no other: the vendors' own pages and
/// LiteLLM's documentation of providers (docs.litellm.ai/docs/providers), read in November 2026.
inline constexpr const vendor_row* stock_rows[] = {
    &rows::cerebras, &rows::cloudflare, &rows::codestral, &rows::cohere, &rows::dashscope, &rows::databricks,
    &rows::deepinfra, &rows::deepseek, &rows::fireworks_ai, &rows::friendliai, &rows::github, &rows::groq,
    &rows::hosted_vllm, &rows::huggingface, &rows::hyperbolic, &rows::lambda_ai, &rows::llamafile, &rows::lm_studio,
    &rows::minimax, &rows::mistral, &rows::moonshot, &rows::nebius, &rows::novita, &rows::nvidia_nim,
    &rows::ollama_v1, &rows::openrouter, &rows::perplexity, &rows::sambanova, &rows::together_ai, &rows::volcengine,
    &rows::xai, &rows::zai};

} // namespace llmx::inline LLMX_ABI
