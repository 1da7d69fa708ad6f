// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/dialects/openai/realtime_record.hpp>
#include <llmx/service/call.hpp>

#include <chrono>
#include <cstddef>
#include <functional>

namespace llmx::inline LLMX_ABI {

/// Limits and times of realtime sessions.
struct realtime_options {
    realtime_options() = default;
    /// Without a message in either direction: the session ends with `idle_timeout`. Pings do not count.
    duration idle = std::chrono::minutes(10);
    /// Each side that has sent nothing for so long gets a ping; a client that has sent nothing for three times as long, not even a pong, is
    /// taken to have gone. 0: never. The default is below the 30 seconds after which common intermediaries close silent connections.
    duration ping = std::chrono::seconds(20);
    /// The longest session; 0: as long as the provider allows (60 minutes at OpenAI).
    duration longest = duration::zero();
    /// How long the other side may take to answer a close frame.
    duration linger = std::chrono::seconds(5);
    /// How long one write may wait for a side that does not read; it is noticed after twice this time at most.
    duration write = std::chrono::seconds(60);
    /// Bytes of one message. The default takes OpenAI's largest event, 15 MiB of audio.
    std::size_t max_message = 16 * 1024 * 1024;
    /// Sessions at one time, of the server and of each principal; 0: no limit. One more is refused with 429.
    std::size_t max_sessions = 0, max_sessions_per_caller = 0;
    /// Bytes of the texts that `realtime_record` keeps for `on_end`; without that function nothing is kept.
    std::size_t max_record = 64 * 1024;
    /// Called once when a session has ended, on the thread of its core; must not throw.
    std::function<void(const realtime_record&, const call&)> on_end;
};

} // namespace llmx::inline LLMX_ABI
