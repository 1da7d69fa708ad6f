// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_log.hpp>
#include <llmx/wire/json_writer.hpp>

namespace llmx::inline v0 {

LLMX_DECL void file_log_sink::write(std::string_view lines) noexcept {
    if (std::fwrite(lines.data(), 1, lines.size(), file_) == lines.size()) std::fflush(file_);
    else std::clearerr(file_);
}

LLMX_DECL access_log::access_log(deadline_service& deadlines, const access_log_options& options)
    : options_(options),
      // The last lines are flushed at destruction; the timer keeps nothing running.
      timer_(deadlines, [](void* self) noexcept { static_cast<access_log*>(self)->flush(); }, this, true) {
    if (!options_.sink) options_.sink = std::make_shared<file_log_sink>();
    if (options_.level != log_level::off) lines_.reserve(options_.flush_at + 4096);
}

LLMX_DECL void access_log::begin_line() {
    if (lines_.empty()) timer_.expires_at(clock::now() + options_.flush_every);
}

LLMX_DECL void access_log::end_line() noexcept {
    if (lines_.size() >= options_.flush_at) flush();
}

LLMX_DECL void access_log::write(const access_record& r) {
    if (!wants(r.level)) return;
    begin_line();
    append_access_line(lines_, r, time_);
    end_line();
}

LLMX_DECL void access_log::note(log_level l, std::string_view message) {
    if (!wants(l)) return;
    begin_line();
    lines_ += "{\"time\":\"";
    lines_ += time_.at(std::chrono::system_clock::now());
    lines_ += "\",\"level\":\"";
    lines_ += to_string(l);
    lines_ += "\",\"message\":";
    append_json_string(lines_, message);
    lines_ += "}\n";
    end_line();
}

LLMX_DECL void access_log::flush() noexcept {
    if (lines_.empty()) return;
    options_.sink->write(lines_);
    lines_.clear();
}

} // namespace llmx::inline v0
