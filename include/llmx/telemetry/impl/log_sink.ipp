// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_record.hpp>
#include <llmx/telemetry/detail/descriptor_write.hpp>
#include <llmx/telemetry/log_sink.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>

namespace llmx::inline LLMX_ABI {

LLMX_DECL file_log_sink::file_log_sink(std::FILE* file) noexcept : file_(file) { std::fflush(file_); }

LLMX_INLINE void file_log_sink::write(std::string_view lines) noexcept {
    static const std::atomic<bool> never{false};
    write_until(lines, never);
}

LLMX_INLINE void file_log_sink::write_until(std::string_view lines, const std::atomic<bool>& stop) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    lose(finish_line(stop) && report_lost(stop) ? put(lines, stop) : lines);
}

LLMX_DECL std::string_view file_log_sink::put(std::string_view lines, const std::atomic<bool>& stop) noexcept {
    int fault = 0;
    const std::size_t n = detail::write_to(file_, lines, stop, fault);
    if (n == lines.size()) return std::string_view();
    fault_ = fault;
    std::string_view left = lines.substr(n);
    if (n == 0 || lines[n - 1] == '\n') return left;
    const std::size_t end = left.find('\n');
    const std::string_view cut = left.substr(0, end == std::string_view::npos ? end : end + 1);
    try {
        rest_ = cut;
    } catch (const std::exception&) {
        rest_ = "\n"; // no memory for the rest: at least the next line begins where a line begins
    }
    left.remove_prefix(cut.size());
    return left;
}

LLMX_DECL bool file_log_sink::finish_line(const std::atomic<bool>& stop) noexcept {
    if (rest_.empty()) return true;
    int fault = 0;
    rest_.erase(0, detail::write_to(file_, rest_, stop, fault));
    if (fault != 0) fault_ = fault;
    return rest_.empty();
}

LLMX_DECL bool file_log_sink::report_lost(const std::atomic<bool>& stop) noexcept {
    if (unreported_ == 0) return true;
    std::string text;
    try {
        rfc3339_text time;
        std::string what = std::to_string(unreported_) + " log lines could not be written";
        if (fault_ != 0) what += ": " + std::error_code(fault_, std::generic_category()).message();
        append_note_line(text, "warn", what, time);
    } catch (const std::exception&) {
        return true; // no memory: reported later
    }
    if (!put(text, stop).empty()) return false;
    unreported_ = 0;
    return rest_.empty();
}

LLMX_DECL void file_log_sink::lose(std::string_view lines) noexcept {
    const auto n = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
    unreported_ += n;
    lost_.fetch_add(n, std::memory_order_relaxed);
}

} // namespace llmx::inline LLMX_ABI
