// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/telemetry/log_sink.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

namespace detail {
struct log_queue;
} // namespace detail

/// The thread that writes a log, and the bounded queue before it.
///
/// `push` takes whole buffers of lines and never waits for the log's reader. Lines that do
/// not fit into the queue are dropped and counted; when the sink takes lines again, one of
/// level "warn" reports their number in the place of those dropped. Lines of one thread
/// keep their order.
///
/// The thread is started by the first `push`: a log to which nothing is written has none,
/// and the process may fork before that (a child does not have the thread and must not
/// log). All signals are blocked in it. Thread-safe.
class log_writer {
public:
    /// 8 MiB hold the lines of some 16,000 calls: a reader may pause for seconds under high
    /// load. The buffers may take up to twice as much memory as the lines in them.
    static constexpr std::size_t default_max_queued = std::size_t(8) * 1024 * 1024;
    /// Any reader that still reads takes a full queue in less.
    static constexpr duration default_close_within = std::chrono::seconds(1);

    /// \p sink: null for a `file_log_sink` on stderr. \p max_queued: bytes that may wait,
    /// those that are being written included; an empty queue takes a buffer of any size.
    /// \p close_within: how long `close` waits for the sink.
    LLMX_DECL explicit log_writer(std::shared_ptr<log_sink> sink = nullptr,
                                  std::size_t max_queued = default_max_queued,
                                  duration close_within = default_close_within);
    log_writer(const log_writer&) = delete;
    log_writer& operator=(const log_writer&) = delete;
    ~log_writer() { close(); }

    /// Takes \p lines, each ended by a newline, and leaves an empty string, mostly with
    /// the memory of an earlier one. Never waits for the sink.
    LLMX_DECL void push(std::string& lines) noexcept;
    /// `push` for one line without its newline.
    LLMX_DECL void line(std::string_view text) noexcept;
    /// Waits until nothing is queued or being written, but no longer than \p limit; false
    /// when that was too short.
    LLMX_DECL bool settle(duration limit) noexcept;
    /// Writes the queued lines and ends the thread. After `close_within` the sink is asked to
    /// stop; when it has not returned a quarter of a second later, the thread is left
    /// running and ends when the sink returns. Lines that were not written count as
    /// dropped, and so do lines pushed later.
    LLMX_DECL void close() noexcept;
    /// Lines that were not written since the beginning, the sink's `lost` included.
    LLMX_DECL [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    /// Shared with the thread, which may be left behind.
    std::shared_ptr<detail::log_queue> queue_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/log_writer.ipp>
#endif
