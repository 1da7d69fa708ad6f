// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/` that all languages share: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/assemblyai/impl/transcription.ipp>
#include <llmx/dialects/azure/impl/speech.ipp>
#include <llmx/dialects/azure/impl/transcription.ipp>
#include <llmx/dialects/deepgram/impl/audio.ipp>
#include <llmx/dialects/elevenlabs/impl/speech.ipp>
#include <llmx/dialects/elevenlabs/impl/transcription.ipp>
#include <llmx/dialects/huggingface/impl/features.ipp>
#include <llmx/dialects/impl/answer_tool.ipp>
#include <llmx/dialects/impl/call_ids.ipp>
#include <llmx/dialects/impl/call_signatures.ipp>
#include <llmx/dialects/impl/chat_codec.ipp>
#include <llmx/dialects/impl/closed_schema.ipp>
#include <llmx/dialects/impl/context_overflow.ipp>
#include <llmx/dialects/impl/drop_report.ipp>
#include <llmx/dialects/impl/embedding_values.ipp>
#include <llmx/dialects/impl/field_table.ipp>
#include <llmx/dialects/impl/gateway_members.ipp>
#include <llmx/dialects/impl/image_shape.ipp>
#include <llmx/dialects/impl/image_vendor.ipp>
#include <llmx/dialects/impl/json_object_text.ipp>
#include <llmx/dialects/impl/json_texts.ipp>
#include <llmx/dialects/impl/member_names.ipp>
#include <llmx/dialects/impl/model_fit.ipp>
#include <llmx/dialects/impl/object_schema.ipp>
#include <llmx/dialects/impl/passed_request.ipp>
#include <llmx/dialects/impl/prompted_chat.ipp>
#include <llmx/dialects/impl/reason_text.ipp>
#include <llmx/dialects/impl/request_weight.ipp>
#include <llmx/dialects/impl/rerank_reply.ipp>
#include <llmx/dialects/impl/rerank_request.ipp>
#include <llmx/dialects/impl/scanned_fields.ipp>
#include <llmx/dialects/impl/search.ipp>
#include <llmx/dialects/impl/strict_schema.ipp>
#include <llmx/dialects/impl/token_count_body.ipp>
#include <llmx/dialects/impl/transcript_text.ipp>
#include <llmx/dialects/impl/vendor_audio.ipp>
#include <llmx/dialects/impl/wire_names.ipp>
#include <llmx/dialects/mistral/impl/ocr.ipp>
#include <llmx/dialects/perplexity/impl/search.ipp>
#include <llmx/dialects/sap/impl/orchestration.ipp>
#include <llmx/dialects/vertex/impl/rerank.ipp>
#include <llmx/dialects/watsonx/impl/embeddings.ipp>
#include <llmx/dialects/watsonx/impl/rerank.ipp>
#include <llmx/dialects/runway/impl/videos.ipp>
#include <llmx/dialects/replicate/impl/chat.ipp>

#endif
