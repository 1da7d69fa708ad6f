// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, gemini's languages: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_gemini.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/impl/gemini_generate_common.ipp>
#include <llmx/dialects/impl/gemini_generate_decode_parts.ipp>
#include <llmx/dialects/impl/gemini_generate_decode_request.ipp>
#include <llmx/dialects/impl/gemini_generate_encode_parts.ipp>
#include <llmx/dialects/impl/gemini_generate_encode_request.ipp>
#include <llmx/dialects/impl/gemini_generate_error.ipp>
#include <llmx/dialects/impl/gemini_generate_grounding.ipp>
#include <llmx/dialects/impl/gemini_generate_path.ipp>
#include <llmx/dialects/impl/gemini_generate_reply.ipp>
#include <llmx/dialects/impl/gemini_generate_scan.ipp>
#include <llmx/dialects/impl/gemini_generate_stream_decoder.ipp>
#include <llmx/dialects/impl/gemini_generate_stream_encoder.ipp>
#include <llmx/dialects/impl/gemini_generate_stream_watch.ipp>
#include <llmx/dialects/impl/gemini_json.ipp>
#include <llmx/dialects/impl/gemini_ruler.ipp>
#include <llmx/dialects/impl/gemini_schema.ipp>
#include <llmx/dialects/impl/gemini_schema_decode.ipp>
#include <llmx/dialects/impl/gemini_schema_node.ipp>

#endif
