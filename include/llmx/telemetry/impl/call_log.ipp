// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/call_log.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace llmx::inline LLMX_ABI {

LLMX_INLINE void call_log::call_ended(const call& c, const outcome& how) noexcept try {
    access_record r;
    r.status = how.failure ? http_status_of(*how.failure) : 200;
    r.level = access_record::level_of(r.status, false);
    if (level_ == log_level::off || r.level > level_) return;
    r.when = std::chrono::system_clock::now();
    if (c.in.codec != nullptr) r.dialect = c.in.codec->name;
    r.model = c.model;
    r.stream = c.in.stream;
    if (c.context->started != time_point()) r.took = c.end_of(how) - c.context->started;
    r.bytes_in = c.in.body.size();
    r.context = c.context;
    std::optional<error> failure;
    if (how.failure) r.failure = &failure.emplace(*how.failure);
    std::string line;
    rfc3339_text time;
    append_access_line(line, r, time);
    writer_->push(line);
} catch (...) {
    // No memory for the line.
}

} // namespace llmx::inline LLMX_ABI
