// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_log.hpp>

#include <exception>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL access_log::access_log(deadline_service& deadlines, const access_log_options& options)
    : access_log(deadlines, options,
                 options.level == log_level::off
                     ? std::shared_ptr<log_writer>()
                     : std::make_shared<log_writer>(options.sink, options.max_queued, options.close_within)) {}

LLMX_DECL access_log::access_log(deadline_service& deadlines, const access_log_options& options,
                                 std::shared_ptr<log_writer> writer)
    : level_(writer ? options.level : log_level::off), flush_at_(options.flush_at), flush_every_(options.flush_every),
      writer_(std::move(writer)),
      // The last lines are flushed at destruction; the timer keeps nothing running.
      timer_(deadlines, [](void* self) noexcept { static_cast<access_log*>(self)->flush(); }, this, true) {
    if (level_ != log_level::off) make_room();
}

LLMX_DECL void access_log::make_room() { lines_.reserve(flush_at_ + 4096); }

LLMX_DECL void access_log::begin_line() {
    if (lines_.empty()) timer_.expires_at(clock::now() + flush_every_);
}

LLMX_DECL void access_log::end_line() noexcept {
    if (lines_.size() >= flush_at_) flush();
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
    append_note_line(lines_, to_string(l), message, time_);
    end_line();
}

LLMX_DECL void access_log::warn(std::string_view message) {
    if (!wants(log_level::error)) return;
    begin_line();
    append_note_line(lines_, "warn", message, time_);
    end_line();
}

LLMX_DECL void access_log::flush() noexcept {
    if (lines_.empty()) return;
    writer_->push(lines_);
    try {
        make_room();
    } catch (const std::exception&) {
        // The next line makes room for itself, or fails on its own.
    }
}

} // namespace llmx::inline LLMX_ABI
