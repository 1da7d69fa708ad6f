// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `service/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/service.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/service/impl/any_service.ipp>
#include <llmx/service/impl/asio_runtime.ipp>
#include <llmx/service/impl/background.ipp>
#include <llmx/service/impl/credentials.ipp>
#include <llmx/service/impl/offload_worker.ipp>
#include <llmx/service/impl/open_call.ipp>
#include <llmx/service/impl/read_request.ipp>
#include <llmx/service/impl/reply.ipp>
#include <llmx/service/impl/reply_events.ipp>
#include <llmx/service/impl/runtime.ipp>
#include <llmx/service/impl/usage_estimate.ipp>
#include <llmx/service/impl/view_of.ipp>

#endif
