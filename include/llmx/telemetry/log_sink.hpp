// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The destination of log lines.
///
/// A `log_writer` calls its sink on a thread of its own, one call after the other, so that
/// no call to a model waits for a slow sink. Lines for which the writer's queue has no
/// room meanwhile are dropped and counted. A sink that several writers share is called by
/// the threads of all of them, also at the same time.
class log_sink {
public:
    virtual ~log_sink() = default;
    /// Writes \p lines, each ended by a newline, in one piece. A failure is not reported to the caller:
    /// a full disk must not stop calls.
    virtual void write(std::string_view lines) noexcept = 0;
    /// The destination of a `log_writer`: writes \p lines, and returns soon after \p stop has become
    /// true, whether they are written or not. A sink that can wait for long (for a reader,
    /// for a network) should override it. When one that does not is still waiting at the
    /// end, the writer leaves its thread running (see `log_writer::close`); objects that the sink
    /// refers to must then stay valid until the process ends.
    virtual void write_until(std::string_view lines, const std::atomic<bool>& stop) noexcept {
        (void)stop;
        write(lines);
    }
    /// Lines that `write` could not write since the beginning, for metrics. Thread-safe.
    [[nodiscard]] virtual std::uint64_t lost() const noexcept { return 0; }
};

/// The descriptor beneath an open C stream, stderr by default; nothing is buffered.
///
/// For a slow reader of a pipe, a terminal or a socket the sink waits with poll(2), and then
/// writes no more than the reader's buffer takes, so that `write_until` can give up.
/// O_NONBLOCK is not set: other processes may share the descriptor. (When another process
/// writes into the same full pipe between poll and write, the write can still block.)
///
/// A line of which a part was written is completed before other lines are written. Lines
/// that could not be written (disk full, reader gone) are counted, and when writing
/// succeeds again, a line of level "warn" reports their number. Thread-safe.
class file_log_sink final : public log_sink {
public:
    /// \p file must outlive the sink. Its buffered content is flushed here. The sink writes
    /// past the stream's buffer: flush the program's own output to \p file later.
    LLMX_DECL explicit file_log_sink(std::FILE* file = stderr) noexcept;
    /// Waits until \p lines are written or cannot be.
    LLMX_INLINE void write(std::string_view lines) noexcept override;
    LLMX_INLINE void write_until(std::string_view lines, const std::atomic<bool>& stop) noexcept override;
    [[nodiscard]] std::uint64_t lost() const noexcept override { return lost_.load(std::memory_order_relaxed); }

private:
    /// Writes as much of \p lines as it can; returns the whole lines that are left and keeps
    /// the rest of one that was cut.
    LLMX_DECL std::string_view put(std::string_view lines, const std::atomic<bool>& stop) noexcept;
    LLMX_DECL bool finish_line(const std::atomic<bool>& stop) noexcept;
    LLMX_DECL bool report_lost(const std::atomic<bool>& stop) noexcept;
    LLMX_DECL void lose(std::string_view lines) noexcept;

    std::FILE* file_;
    std::mutex mutex_;
    /// The end of the line of which a part was written.
    std::string rest_;
    int fault_ = 0;
    std::uint64_t unreported_ = 0;
    std::atomic<std::uint64_t> lost_{0};
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/log_sink.ipp>
#endif
