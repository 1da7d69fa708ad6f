// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `dialects/`, anthropic's languages: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/dialects_anthropic.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/dialects/anthropic/impl/messages_common.ipp>
#include <llmx/dialects/anthropic/impl/messages_content_in.ipp>
#include <llmx/dialects/anthropic/impl/messages_content_out.ipp>
#include <llmx/dialects/anthropic/impl/messages_error.ipp>
#include <llmx/dialects/anthropic/impl/messages_path.ipp>
#include <llmx/dialects/anthropic/impl/messages_reply.ipp>
#include <llmx/dialects/anthropic/impl/messages_request_in.ipp>
#include <llmx/dialects/anthropic/impl/messages_request_out.ipp>
#include <llmx/dialects/anthropic/impl/messages_scan.ipp>
#include <llmx/dialects/anthropic/impl/messages_stream_in.ipp>
#include <llmx/dialects/anthropic/impl/messages_stream_out.ipp>

#endif
