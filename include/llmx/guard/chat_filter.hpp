// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/result.hpp>

namespace llmx::inline LLMX_ABI {

/// Destination of the events that a `chat_filter` passes on.
class chat_sink {
public:
    /// The memory that \p e views is copied before it returns.
    virtual void emit(const chat_event& e) = 0;

protected:
    ~chat_sink() = default;
};

/// A guardrail's filter of one streamed answer.
///
/// A failure ends the stream, which is a broken one to the caller; events emitted before it may
/// have been sent. Events held back are copied by the filter, which limits how many there are. Not
/// thread-safe.
class chat_filter {
public:
    virtual ~chat_filter() = default;
    /// Receives the next event of the answer; its replacement (the event itself, others, none) goes to \p out.
    virtual result<void> see(const chat_event& e, chat_sink& out) = 0;
    /// The proper end: events that were held back go to \p out. It may still refuse, and then the stream is a
    /// broken one, although observers have counted the provider's answer as complete.
    virtual result<void> end(chat_sink& out) {
        static_cast<void>(out);
        return success();
    }
};

} // namespace llmx::inline LLMX_ABI
