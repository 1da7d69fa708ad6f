// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/http_exchange.hpp>
#include <llmx/transport/tunnel.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL boost::asio::awaitable<result<tunnel_response>> LLMX_OF(http_transport)::open_tunnel(const http_request&,
                                                                                      const http_limits&,
                                                                                      cancellation&) {
    co_return error(errc::unsupported_operation, "this transport cannot upgrade a connection to another protocol");
}

} // namespace llmx::inline LLMX_ABI
