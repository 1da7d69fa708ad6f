// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, Cohere's chat: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_cohere.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/cohere/impl/chat_common.ipp>
#include <llmx/dialects/cohere/impl/chat_decode_content.ipp>
#include <llmx/dialects/cohere/impl/chat_decode_request.ipp>
#include <llmx/dialects/cohere/impl/chat_encode_content.ipp>
#include <llmx/dialects/cohere/impl/chat_encode_request.ipp>
#include <llmx/dialects/cohere/impl/chat_error.ipp>
#include <llmx/dialects/cohere/impl/chat_fields.ipp>
#include <llmx/dialects/cohere/impl/chat_reply.ipp>
#include <llmx/dialects/cohere/impl/chat_scan.ipp>
#include <llmx/dialects/cohere/impl/chat_stream_decoder.ipp>
#include <llmx/dialects/cohere/impl/chat_stream_encoder.ipp>
#include <llmx/dialects/cohere/impl/chat_view.ipp>

#endif
