// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, openai's languages: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_openai.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/openai/impl/audio.ipp>
#include <llmx/dialects/openai/impl/chat_common.ipp>
#include <llmx/dialects/openai/impl/chat_decode_content.ipp>
#include <llmx/dialects/openai/impl/chat_decode_request.ipp>
#include <llmx/dialects/openai/impl/chat_encode_content.ipp>
#include <llmx/dialects/openai/impl/chat_encode_request.ipp>
#include <llmx/dialects/openai/impl/chat_error.ipp>
#include <llmx/dialects/openai/impl/chat_exceeds.ipp>
#include <llmx/dialects/openai/impl/chat_reply.ipp>
#include <llmx/dialects/openai/impl/chat_scan.ipp>
#include <llmx/dialects/openai/impl/chat_stream_decoder.ipp>
#include <llmx/dialects/openai/impl/chat_stream_encoder.ipp>
#include <llmx/dialects/openai/impl/chat_stream_watch.ipp>
#include <llmx/dialects/openai/impl/chat_view.ipp>
#include <llmx/dialects/openai/impl/completions_reply.ipp>
#include <llmx/dialects/openai/impl/completions_request.ipp>
#include <llmx/dialects/openai/impl/conversation.ipp>
#include <llmx/dialects/openai/impl/custom_tools.ipp>
#include <llmx/dialects/openai/impl/embeddings_reply.ipp>
#include <llmx/dialects/openai/impl/embeddings_request.ipp>
#include <llmx/dialects/openai/impl/flat.ipp>
#include <llmx/dialects/openai/impl/flat_usage.ipp>
#include <llmx/dialects/openai/impl/form.ipp>
#include <llmx/dialects/openai/impl/form_fields.ipp>
#include <llmx/dialects/openai/impl/images_form.ipp>
#include <llmx/dialects/openai/impl/images_reply.ipp>
#include <llmx/dialects/openai/impl/images_request.ipp>
#include <llmx/dialects/openai/impl/moderations_reply.ipp>
#include <llmx/dialects/openai/impl/moderations_request.ipp>
#include <llmx/dialects/openai/impl/realtime_record.ipp>
#include <llmx/dialects/openai/impl/responses_common.ipp>
#include <llmx/dialects/openai/impl/responses_decode_items.ipp>
#include <llmx/dialects/openai/impl/responses_decode_request.ipp>
#include <llmx/dialects/openai/impl/responses_encode_items.ipp>
#include <llmx/dialects/openai/impl/responses_encode_request.ipp>
#include <llmx/dialects/openai/impl/responses_reply.ipp>
#include <llmx/dialects/openai/impl/responses_scan.ipp>
#include <llmx/dialects/openai/impl/responses_stored.ipp>
#include <llmx/dialects/openai/impl/responses_stream_decoder.ipp>
#include <llmx/dialects/openai/impl/responses_stream_encoder.ipp>
#include <llmx/dialects/openai/impl/responses_stream_items.ipp>
#include <llmx/dialects/openai/impl/responses_stream_watch.ipp>
#include <llmx/dialects/openai/impl/speech.ipp>
#include <llmx/dialects/openai/impl/token_counter.ipp>
#include <llmx/dialects/openai/impl/transcription_reply.ipp>
#include <llmx/dialects/openai/impl/transcription_request.ipp>
#include <llmx/dialects/openai/impl/videos_form.ipp>
#include <llmx/dialects/openai/impl/videos_reply.ipp>
#include <llmx/dialects/openai/impl/videos_request.ipp>

#endif
