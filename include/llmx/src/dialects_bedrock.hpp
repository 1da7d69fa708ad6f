// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, Bedrock's language: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_bedrock.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/dialects/bedrock/impl/converse_decode_content.ipp>
#include <llmx/dialects/bedrock/impl/converse_decode_request.ipp>
#include <llmx/dialects/bedrock/impl/converse_encode_content.ipp>
#include <llmx/dialects/bedrock/impl/converse_encode_request.ipp>
#include <llmx/dialects/bedrock/impl/converse_error.ipp>
#include <llmx/dialects/bedrock/impl/converse_fields.ipp>
#include <llmx/dialects/bedrock/impl/converse_object.ipp>
#include <llmx/dialects/bedrock/impl/converse_reply.ipp>
#include <llmx/dialects/bedrock/impl/converse_scan.ipp>
#include <llmx/dialects/bedrock/impl/converse_stream_decoder.ipp>
#include <llmx/dialects/bedrock/impl/converse_stream_encoder.ipp>
#include <llmx/dialects/bedrock/impl/converse_stream_watch.ipp>
#include <llmx/dialects/bedrock/impl/converse_thinking.ipp>
#include <llmx/dialects/bedrock/impl/converse_view.ipp>
#include <llmx/dialects/bedrock/impl/embeddings.ipp>
#include <llmx/dialects/bedrock/impl/frames.ipp>
#include <llmx/dialects/bedrock/impl/images.ipp>
#include <llmx/dialects/bedrock/impl/invoke.ipp>
#include <llmx/dialects/bedrock/impl/media_formats.ipp>
#include <llmx/dialects/sagemaker/impl/chat.ipp>
#include <llmx/dialects/sagemaker/impl/text.ipp>

#endif
