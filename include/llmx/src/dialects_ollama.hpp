// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, Ollama's languages: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_ollama.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/ollama/impl/common.ipp>
#include <llmx/dialects/ollama/impl/decode_request.ipp>
#include <llmx/dialects/ollama/impl/embed.ipp>
#include <llmx/dialects/ollama/impl/encode_messages.ipp>
#include <llmx/dialects/ollama/impl/encode_request.ipp>
#include <llmx/dialects/ollama/impl/fields.ipp>
#include <llmx/dialects/ollama/impl/generate.ipp>
#include <llmx/dialects/ollama/impl/reply.ipp>
#include <llmx/dialects/ollama/impl/scan.ipp>
#include <llmx/dialects/ollama/impl/stream_decoder.ipp>
#include <llmx/dialects/ollama/impl/stream_encoder.ipp>
#include <llmx/dialects/ollama/impl/stream_watch.ipp>

#endif
