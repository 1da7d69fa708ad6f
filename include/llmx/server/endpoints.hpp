// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// All endpoint types; a server lists those that it needs.

#include <llmx/server/endpoints/anthropic_messages.hpp>
#include <llmx/server/endpoints/bedrock_converse.hpp>
#include <llmx/server/endpoints/cohere_chat.hpp>
#include <llmx/server/endpoints/cohere_rerank.hpp>
#include <llmx/server/endpoints/count_tokens.hpp>
#include <llmx/server/endpoints/gemini_embeddings.hpp>
#include <llmx/server/endpoints/gemini_generate.hpp>
#include <llmx/server/endpoints/health.hpp>
#include <llmx/server/endpoints/metrics.hpp>
#include <llmx/server/endpoints/mistral.hpp>
#include <llmx/server/endpoints/mistral_ocr.hpp>
#include <llmx/server/endpoints/model_info.hpp>
#include <llmx/server/endpoints/models.hpp>
#include <llmx/server/endpoints/ollama.hpp>
#include <llmx/server/endpoints/openai_audio.hpp>
#include <llmx/server/endpoints/openai_batches.hpp>
#include <llmx/server/endpoints/openai_chat.hpp>
#include <llmx/server/endpoints/openai_completions.hpp>
#include <llmx/server/endpoints/openai_embeddings.hpp>
#include <llmx/server/endpoints/openai_files.hpp>
#include <llmx/server/endpoints/openai_images.hpp>
#include <llmx/server/endpoints/openai_moderations.hpp>
#include <llmx/server/endpoints/openai_realtime.hpp>
#include <llmx/server/endpoints/openai_resources.hpp>
#include <llmx/server/endpoints/openai_videos.hpp>
#include <llmx/server/endpoints/openai_responses.hpp>
#include <llmx/server/endpoints/own_paths.hpp>
#include <llmx/server/endpoints/perplexity_search.hpp>
#include <llmx/server/endpoints/realtime_client_secrets.hpp>
#include <llmx/server/endpoints/stored_responses.hpp>
#include <llmx/server/endpoints/vendor_paths.hpp>
