// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `gateway/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/gateway.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/gateway/impl/call_bridge.ipp>
#include <llmx/gateway/impl/chat_stream.ipp>
#include <llmx/gateway/impl/client_blocking.ipp>
#include <llmx/gateway/impl/client_core.ipp>
#include <llmx/gateway/impl/context_check.ipp>
#include <llmx/gateway/impl/pass_through.ipp>
#include <llmx/gateway/impl/resource_id.ipp>
#include <llmx/gateway/impl/stock_gateway.ipp>
#include <llmx/gateway/impl/stream_state.ipp>
#include <llmx/gateway/impl/upstream.ipp>
#include <llmx/gateway/impl/upstream_measures.ipp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/impl/upstream_request.ipp>
#include <llmx/gateway/impl/upstream_session.ipp>
#include <llmx/gateway/impl/upstream_stream.ipp>
#include <llmx/gateway/impl/served_topology.ipp>

#endif
