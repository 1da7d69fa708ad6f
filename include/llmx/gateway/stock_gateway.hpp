// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/count_tokens.hpp>
#include <llmx/dialects/bedrock/embeddings.hpp>
#include <llmx/dialects/bedrock/images.hpp>
#include <llmx/dialects/bedrock/invoke.hpp>
#include <llmx/dialects/bedrock/rerank.hpp>
#include <llmx/dialects/gemini/count_tokens.hpp>
#include <llmx/dialects/gemini/live.hpp>
#include <llmx/dialects/gemini/speech.hpp>
#include <llmx/dialects/openai/token_counter.hpp>
#include <llmx/dialects/vertex/rerank.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/dialects/watsonx/rerank.hpp>
#include <llmx/gateway/context_check.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/any_router.hpp>
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/least_busy.hpp>
#include <llmx/policies/model_access.hpp>
#include <llmx/policies/observers.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/assemblyai.hpp>
#include <llmx/providers/azure_ai.hpp>
#include <llmx/providers/azure_speech.hpp>
#include <llmx/providers/bedrock.hpp>
#include <llmx/providers/black_forest_labs.hpp>
#include <llmx/providers/cohere.hpp>
#include <llmx/providers/databricks.hpp>
#include <llmx/providers/deepgram.hpp>
#include <llmx/providers/elevenlabs.hpp>
#include <llmx/providers/fal_ai.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/github_copilot.hpp>
#include <llmx/providers/local_process.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/ollama.hpp>
#include <llmx/providers/openai_responses.hpp>
#include <llmx/providers/sagemaker.hpp>
#include <llmx/providers/sap.hpp>
#include <llmx/providers/runway.hpp>
#include <llmx/providers/search_vendors.hpp>
#include <llmx/providers/snowflake.hpp>
#include <llmx/providers/recraft.hpp>
#include <llmx/providers/replicate.hpp>
#include <llmx/providers/stability.hpp>
#include <llmx/providers/vertex.hpp>
#include <llmx/providers/watsonx.hpp>
#include <llmx/providers/with_codecs.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/registry/stock_vendors.hpp>
#include <llmx/telemetry/call_metrics.hpp>

namespace llmx::inline LLMX_ABI {

/// All providers; without OpenSSL all but those whose credentials sign.
#if defined(LLMX_NO_TLS)
using stock_registry = registry<with_codecs<openai_with_responses, openai_input_tokens>, with_codecs<anthropic, anthropic_count_tokens>,
                                with_codecs<gemini, gemini_count_tokens, gemini_speech, gemini_live>, azure_openai_with_responses, cohere,
                                ollama_native, openai_compatible, mock, stock_vendors, vendors<credential_rows>, tavily, exa_ai, brave, serper,
                                searxng, google_pse, duckduckgo, firecrawl, linkup, parallel_ai, searchapi, you_com, elevenlabs, deepgram, runway,
                                assemblyai, azure_speech, local_process, stability, black_forest_labs,
                                recraft, fal_ai, replicate>;
#else
using stock_registry = registry<with_codecs<openai_with_responses, openai_input_tokens>, with_codecs<anthropic, anthropic_count_tokens>,
                                with_codecs<gemini, gemini_count_tokens, gemini_speech, gemini_live>, azure_openai_with_responses,
                                with_codecs<vertex_ai, vertex_count_tokens, gemini_speech, vertex_rerank>,
                                with_codecs<bedrock, bedrock_embeddings, bedrock_rerank, bedrock_images, bedrock_invoke_messages,
                                            bedrock_invoke_nova, bedrock_invoke_chat, bedrock_invoke_text>,
                                github_copilot, cohere, ollama_native, openai_compatible, mock, stock_vendors, azure_ai, databricks, sagemaker_chat,
                                sagemaker, sap, snowflake, with_codecs<watsonx, watsonx_embeddings, watsonx_rerank>, tavily, exa_ai, brave, serper,
                                searxng, google_pse, duckduckgo, firecrawl, linkup, parallel_ai, searchapi, you_com, elevenlabs, deepgram, runway,
                                assemblyai, azure_speech, local_process, stability, black_forest_labs, recraft, fal_ai, replicate>;
#endif

/// All policies.
using stock_policies = policy_list<observers<call_metrics, observer_list>, any_router<weighted, round_robin, least_busy, latency>,
                                   retry, fallback, breaker, model_access, rate_limit, context_check, deployment_limit, concurrency_limit,
                                   timeout>;

/// All providers and all policies: the type of the ready program's gateway. With
/// `LLMX_SEPARATE_COMPILATION` it is compiled once, in the file that includes
/// `llmx/src.hpp`.
using stock_gateway = gateway<stock_registry, stock_policies>;

#if defined(LLMX_SEPARATE_COMPILATION)
extern template class gateway<stock_registry, stock_policies>;
#endif

} // namespace llmx::inline LLMX_ABI
