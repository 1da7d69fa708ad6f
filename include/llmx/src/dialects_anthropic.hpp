// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, anthropic's languages: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_anthropic.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/anthropic/impl/count_tokens.ipp>
#include <llmx/dialects/anthropic/impl/messages_common.ipp>
#include <llmx/dialects/anthropic/impl/messages_decode_content.ipp>
#include <llmx/dialects/anthropic/impl/messages_decode_request.ipp>
#include <llmx/dialects/anthropic/impl/messages_encode_content.ipp>
#include <llmx/dialects/anthropic/impl/messages_encode_request.ipp>
#include <llmx/dialects/anthropic/impl/messages_servers.ipp>
#include <llmx/dialects/anthropic/impl/messages_thinking.ipp>
#include <llmx/dialects/anthropic/impl/messages_error.ipp>
#include <llmx/dialects/anthropic/impl/messages_exceeds.ipp>
#include <llmx/dialects/anthropic/impl/messages_fields.ipp>
#include <llmx/dialects/anthropic/impl/messages_reply.ipp>
#include <llmx/dialects/anthropic/impl/messages_scan.ipp>
#include <llmx/dialects/anthropic/impl/messages_stream_decoder.ipp>
#include <llmx/dialects/anthropic/impl/messages_stream_encoder.ipp>
#include <llmx/dialects/anthropic/impl/messages_view.ipp>

#endif
