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

namespace llmx::inline v0 {

namespace detail {
struct log_queue;
} // namespace detail

/// The thread that writes a log, and the bounded queue before it.
///
/// Whoever logs never waits for the log's reader: `push` takes whole buffers of lines and
/// returns. What does not fit into the queue any more is dropped and counted, the newest
/// first; when the sink gets through again, a line of level "warn" stands where the
/// dropped ones would. Lines of one thread keep their order.
///
/// The thread begins with the first line, so a log of which nothing is written has none,
/// and a program may fork until then (a child process has no such thread and must not
/// log). It blocks all signals. Thread-safe.
class log_writer {
public:
    /// 8 MiB are some 16,000 calls: a reader may stand still for seconds of high load. The
    /// buffers in which lines wait may take up to twice as much memory.
    static constexpr std::size_t default_max_queued = std::size_t(8) * 1024 * 1024;
    /// A reader that is alive takes a full queue in less.
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
    /// Writes what is queued and ends the thread. A sink that does not get it done in
    /// `close_within` is asked to stop; one that has not done so a quarter of a second
    /// later is left behind with its thread, which ends as soon as the sink returns.
    /// Whatever was not written counts as dropped, and so does what is pushed later.
    LLMX_DECL void close() noexcept;
    /// Lines that were not written since the beginning, the sink's `lost` included.
    [[nodiscard]] LLMX_DECL std::uint64_t dropped() const noexcept;

private:
    /// Shared with the thread, which may be left behind.
    std::shared_ptr<detail::log_queue> queue_;
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/log_writer.ipp>
#endif
