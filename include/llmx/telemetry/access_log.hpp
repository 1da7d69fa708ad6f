// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_record.hpp>
#include <llmx/transport/deadlines.hpp>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// Where log lines go. Called from all threads, with whole lines only.
class log_sink {
public:
    virtual ~log_sink() = default;
    /// Writes \p lines, each ended by a newline, in one piece. A failure is swallowed:
    /// a full disk must not stop calls.
    virtual void write(std::string_view lines) noexcept = 0;
};

/// An open C stream, "stderr" by default; unbuffered use, one system call per write.
class file_log_sink final : public log_sink {
public:
    /// \p file must outlive the sink.
    explicit file_log_sink(std::FILE* file = stderr) noexcept : file_(file) {}
    LLMX_DECL void write(std::string_view lines) noexcept override;

private:
    std::FILE* file_;
};

/// What is logged and where.
struct access_log_options {
    access_log_options() = default;
    log_level level = log_level::info;
    /// Lines wait at most so long, and at most so many bytes of them, to be written together:
    /// a few pages cost a file system much more per byte, and a pipe holds 64 KiB.
    duration flush_every = std::chrono::milliseconds(100);
    std::size_t flush_at = 60 * 1024;
    /// Null: stderr.
    std::shared_ptr<log_sink> sink;
};

/// One thread's access log: lines gather in a buffer of its own and go out together.
///
/// No lock and no system call per line. Whatever is in the buffer is written when it is
/// destroyed. Not thread-safe; use on the thread of \p deadlines.
class access_log {
public:
    LLMX_DECL access_log(deadline_service& deadlines, const access_log_options& options);
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;
    ~access_log() { flush(); }

    /// Whether a line of level \p l would be written.
    [[nodiscard]] bool wants(log_level l) const noexcept {
        return l != log_level::off && options_.level >= l;
    }
    LLMX_DECL void write(const access_record& r);
    /// A line that is not about a call: `time`, `level`, `message`.
    LLMX_DECL void note(log_level l, std::string_view message);
    LLMX_DECL void flush() noexcept;

private:
    LLMX_DECL void begin_line();
    LLMX_DECL void end_line() noexcept;
    access_log_options options_;
    std::string lines_;
    rfc3339_text time_;
    deadline_service::watcher timer_;
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/access_log.ipp>
#endif
