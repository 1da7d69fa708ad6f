// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI {

/// Work for `runtime::offload`: a function of data that its call owns, run once, on another thread.
///
/// It may touch nothing that belongs to the event loop's thread (the runtime, the transport, a
/// coroutine, thread-local storage), only objects that its maker keeps alive and does not touch until the
/// awaiting coroutine resumes. Its exception is rethrown there.
class offloaded_work {
public:
    virtual void run() = 0;
    /// About how many bytes it processes: long work is not queued before short.
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;

protected:
    ~offloaded_work() = default;
};

/// Bytes of JSON up to which decoding, encoding and freeing them is left to the event loop.
///
/// The slowest text there is (an array of the shortest possible parts, decoded into the vocabulary and encoded
/// for another vendor) takes 47 ms per MiB on a core of 2024, thus 6 ms at this size. An ordinary
/// conversation of this size takes 0.1 to 1 ms; another thread costs 0.05 ms.
inline constexpr std::size_t offload_translation_above = std::size_t{128} * 1024;

/// Bytes of JSON up to which reading them once without a tree is left to the event loop. One
/// such pass takes at most 1.7 ms per MiB, and a request that passes through has two of them.
inline constexpr std::size_t offload_scan_above = std::size_t{1024} * 1024;

/// Bytes of a request up to which its tokens are counted by the event loop. A tokenizer takes at most 200 ms per MiB, for a text
/// without any boundary, and 2 to 100 ms for texts as they are.
inline constexpr std::size_t offload_count_above = std::size_t{256} * 1024;

/// Bytes from which on offloaded work has a thread apart from that of the shorter, which at this
/// size takes at most 50 ms: conversations of some hundred KiB do not wait for 32 MiB.
inline constexpr std::size_t offload_long_above = std::size_t{1024} * 1024;

} // namespace llmx::inline LLMX_ABI
