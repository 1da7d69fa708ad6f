// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_record.hpp>
#include <llmx/telemetry/log_sink.hpp>
#include <llmx/telemetry/log_writer.hpp>
#include <llmx/transport/deadlines.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The log's level and destination.
struct access_log_options {
    access_log_options() = default;
    log_level level = log_level::info;
    /// Lines wait at most so long, and at most so many bytes of them, to be written together:
    /// a few pages cost a file system much more per byte, and a pipe holds 64 KiB.
    duration flush_every = std::chrono::milliseconds(100);
    std::size_t flush_at = 60 * 1024;
    /// Null: stderr. It is called on the thread of a `log_writer`.
    std::shared_ptr<log_sink> sink;
    /// Bytes that may wait for a slow sink, all threads of a server together; lines beyond
    /// it are dropped and counted. For the default see `log_writer`.
    std::size_t max_queued = log_writer::default_max_queued;
    /// How long the end of the log, and so that of a server, waits for the sink to take
    /// lines that are queued.
    duration close_within = log_writer::default_close_within;
};

/// One thread's access log: lines gather in a buffer of its own and are written together, by
/// the thread of a `log_writer`.
///
/// No lock and no system call per line, and no waiting for the log's reader. Lines in
/// the buffer go to the writer when the log is destroyed. At `log_level::off` there is
/// neither buffer nor writer. Not thread-safe; use on the thread of \p deadlines.
class access_log {
public:
    /// With a writer of its own, which is closed with the log.
    LLMX_DECL access_log(deadline_service& deadlines, const access_log_options& options);
    /// With \p writer, which the logs of several threads may share; its sink and limits
    /// count, not those of \p options.
    LLMX_DECL access_log(deadline_service& deadlines, const access_log_options& options,
                         std::shared_ptr<log_writer> writer);
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;
    ~access_log() { flush(); }

    /// Whether a line of level \p l would be written.
    [[nodiscard]] bool wants(log_level l) const noexcept {
        return l != log_level::off && level_ >= l;
    }
    LLMX_DECL void write(const access_record& r);
    /// A line that is not about a call: `time`, `level`, `message`.
    LLMX_DECL void note(log_level l, std::string_view message);
    /// The same with level "warn", for the operator: calls continue. Written unless the log is off.
    LLMX_DECL void warn(std::string_view message);
    /// Passes the gathered lines to the writer. Waits for nothing.
    LLMX_DECL void flush() noexcept;
    /// Lines that were not written, those of all logs that share the writer.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return writer_ ? writer_->dropped() : 0; }

private:
    LLMX_DECL void begin_line();
    LLMX_DECL void end_line() noexcept;
    LLMX_DECL void make_room();
    log_level level_;
    std::size_t flush_at_;
    duration flush_every_;
    std::shared_ptr<log_writer> writer_;
    std::string lines_;
    rfc3339_text time_;
    deadline_service::watcher timer_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/access_log.ipp>
#endif
