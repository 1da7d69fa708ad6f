// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `transport/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/transport.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/transport/impl/child_process.ipp>
#include <llmx/transport/impl/connection.ipp>
#include <llmx/transport/impl/connection_open.ipp>
#include <llmx/transport/impl/connection_proxy.ipp>
#include <llmx/transport/impl/connection_raw.ipp>
#include <llmx/transport/impl/connection_rules.ipp>
#include <llmx/transport/impl/connection_send.ipp>
#include <llmx/transport/impl/deadlines.ipp>
#include <llmx/transport/impl/decoded_body.ipp>
#include <llmx/transport/impl/dns_cache.ipp>
#include <llmx/transport/impl/http_exchange.ipp>
#include <llmx/transport/impl/http_pool.ipp>
#include <llmx/transport/impl/http_proxy.ipp>
#include <llmx/transport/impl/http_reader.ipp>
#include <llmx/transport/impl/io_executor.ipp>
#include <llmx/transport/impl/model_program.ipp>
#include <llmx/transport/impl/model_program_options.ipp>
#include <llmx/transport/impl/pool_core.ipp>
#include <llmx/transport/impl/program_answer.ipp>
#include <llmx/transport/impl/program_core.ipp>
#include <llmx/transport/impl/program_host.ipp>
#include <llmx/transport/impl/program_life.ipp>
#include <llmx/transport/impl/program_log.ipp>
#include <llmx/transport/impl/program_pipes.ipp>
#include <llmx/transport/impl/tls_client.ipp>
#include <llmx/transport/impl/tunnel.ipp>
#include <llmx/transport/impl/upload.ipp>

#endif
