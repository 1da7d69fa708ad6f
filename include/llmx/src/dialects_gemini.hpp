// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, gemini's languages: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_gemini.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/gemini/impl/count_tokens.ipp>
#include <llmx/dialects/gemini/impl/embeddings_decode_request.ipp>
#include <llmx/dialects/gemini/impl/embeddings_encode_request.ipp>
#include <llmx/dialects/gemini/impl/embeddings_reply.ipp>
#include <llmx/dialects/gemini/impl/embeddings_scan.ipp>
#include <llmx/dialects/gemini/impl/generate_common.ipp>
#include <llmx/dialects/gemini/impl/generate_decode_content.ipp>
#include <llmx/dialects/gemini/impl/generate_decode_request.ipp>
#include <llmx/dialects/gemini/impl/generate_encode_content.ipp>
#include <llmx/dialects/gemini/impl/generate_encode_request.ipp>
#include <llmx/dialects/gemini/impl/generate_error.ipp>
#include <llmx/dialects/gemini/impl/generate_exceeds.ipp>
#include <llmx/dialects/gemini/impl/generate_grounding.ipp>
#include <llmx/dialects/gemini/impl/generate_reply.ipp>
#include <llmx/dialects/gemini/impl/generate_scan.ipp>
#include <llmx/dialects/gemini/impl/generate_stream_decoder.ipp>
#include <llmx/dialects/gemini/impl/generate_stream_encoder.ipp>
#include <llmx/dialects/gemini/impl/generate_stream_watch.ipp>
#include <llmx/dialects/gemini/impl/generate_view.ipp>
#include <llmx/dialects/gemini/impl/images_reply.ipp>
#include <llmx/dialects/gemini/impl/images_request.ipp>
#include <llmx/dialects/gemini/impl/json.ipp>
#include <llmx/dialects/gemini/impl/live_client.ipp>
#include <llmx/dialects/gemini/impl/live_server.ipp>
#include <llmx/dialects/gemini/impl/live_setup.ipp>
#include <llmx/dialects/gemini/impl/ruler.ipp>
#include <llmx/dialects/gemini/impl/schema.ipp>
#include <llmx/dialects/gemini/impl/schema_decode.ipp>
#include <llmx/dialects/gemini/impl/schema_node.ipp>
#include <llmx/dialects/gemini/impl/speech.ipp>
#include <llmx/dialects/gemini/impl/videos.ipp>

#endif
