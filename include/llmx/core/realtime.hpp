// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/operation.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

/// A conversation by voice or text over a WebSocket, whose messages pass as they are.
///
/// Its call is admitted, routed and observed like any other; its reply is a connection
/// (`reply_tunnel`), not a reply in the vocabulary.
struct realtime {
    /// All that is read of the request is in its URL.
    struct request {
        request() = default;
        std::string model;
    };
    /// Empty: the reply is the connection.
    struct reply {
        reply() = default;
    };
    static constexpr operation_info info{"realtime", operation_info::answers::duplex};
};
static_assert(operation<realtime>);

} // namespace llmx::inline LLMX_ABI
