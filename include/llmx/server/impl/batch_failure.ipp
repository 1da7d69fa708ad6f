// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/batch_job.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/server/detail/blob_source.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::fail_all(const known_ids& ids, cancellation& stop) {
    // A run before a restart may have written some.
    const result<void> found = co_await find_done(output_, ids, stop);
    if (!found) co_return found;
    std::string body;
    anthropic_messages::encode_error(error(errc::invalid_request, "the batch has failed: " + text_of(faults_.front().as_object(), "message")), body);
    for (place& p : lines_) {
        if (std::exchange(p.done, true)) continue;
        const result<std::string> text = co_await all->options.blobs->read(file_blob(input), p.offset, p.size, stop);
        if (!text) co_return text.error();
        batch_line line;
        (void)read_batch_line(*text, endpoint, line);
        if (line.custom_id.empty()) continue;
        std::string out;
        json_writer w(out);
        w.object().member("custom_id", line.custom_id).key("result").object().member("type", "errored").raw_member("error", body);
        w.end_object().end_object();
        out += '\n';
        const result<void> kept = co_await append(output_, std::move(out), stop);
        if (!kept) co_return kept;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    boost::json::object& counts = record.shown["request_counts"].as_object();
    counts["completed"] = 0;
    counts["failed"] = std::max(whole_of(counts, "total"), static_cast<std::int64_t>(lines_.size()));
    co_return success();
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
