// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/operation.hpp>

namespace llmx::inline LLMX_ABI {

/// A conversation's next turn, whole or streamed.
struct chat {
    using request = chat_request;
    using reply = chat_reply;
    using event = chat_event;
    using batch = event_batch;
    static constexpr operation_info info{"chat", operation_info::answers::json};
};
static_assert(operation<chat>);

} // namespace llmx::inline LLMX_ABI
