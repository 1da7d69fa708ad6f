// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_record.hpp>
#include <llmx/telemetry/log_writer.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <csignal>
#endif

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Lines that go out together, and how many were dropped before them.
struct log_chunk {
    log_chunk() = default;
    std::string text;
    std::uint64_t lost_before = 0;
};

struct log_queue {
    /// A buffer holds at least so much, or many short pushes would be many buffers.
    static constexpr std::size_t least_room = 16 * 1024;
    /// Few and none of unusual size: after a long standstill the memory is released.
    static constexpr std::size_t most_spare = 8, most_room = 256 * 1024;

    log_queue(std::shared_ptr<log_sink> s, std::size_t max, duration within)
        : sink(std::move(s)), max_queued(max), close_within(within) {
        spare.reserve(most_spare);
    }
    const std::shared_ptr<log_sink> sink;
    const std::size_t max_queued;
    const duration close_within;
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> dropped{0};

    std::mutex mutex;
    std::condition_variable work, done;
    /// The queued buffers, oldest first, and empty buffers for later.
    std::vector<log_chunk> queued;
    std::vector<std::string> spare;
    /// Bytes that wait or are being written.
    std::size_t bytes = 0;
    /// Lines dropped since the last chunk that was taken.
    std::uint64_t gap = 0;
    std::thread thread;
    bool waiting = false, reporting = false, closed = false, ended = false;

    [[nodiscard]] bool idle() const noexcept { return bytes == 0 && gap == 0 && !reporting; }
    LLMX_DECL void drop(std::string_view lines) noexcept;
    LLMX_DECL void take(std::string& lines);
    LLMX_DECL void start(std::shared_ptr<log_queue> self) noexcept;
    LLMX_DECL void write(log_chunk& c) noexcept;
    LLMX_DECL void run() noexcept;
    LLMX_DECL bool wait_done(std::unique_lock<std::mutex>& lock, duration limit, bool (*over)(const log_queue&));
};

LLMX_DECL void log_queue::drop(std::string_view lines) noexcept {
    const auto n = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
    if (!closed) gap += n;
    dropped.fetch_add(n, std::memory_order_relaxed);
}

LLMX_DECL void log_queue::take(std::string& lines) {
    const std::size_t size = lines.size();
    if (gap == 0 && !queued.empty() && queued.back().text.capacity() - queued.back().text.size() >= size) {
        // A few lines: copied, so that the queue is not many buffers with little in them.
        queued.back().text += lines;
        lines.clear();
    } else {
        std::string other;
        if (!spare.empty()) {
            other.swap(spare.back());
            spare.pop_back();
        }
        if (lines.capacity() < least_room) {
            other.reserve(std::max(least_room, size));
            other = lines;
            lines.clear();
            lines.swap(other);
        }
        log_chunk& c = queued.emplace_back();
        c.lost_before = std::exchange(gap, 0);
        c.text.swap(lines);
        lines.swap(other);
    }
    bytes += size;
}

LLMX_DECL void log_queue::start(std::shared_ptr<log_queue> self) noexcept {
#if defined(__unix__) || defined(__APPLE__)
    // The program's signals are handled by its own threads, and a reader that went away
    // is an error of `write` (EPIPE), not the end of the process.
    sigset_t all, before;
    ::sigfillset(&all);
    const bool masked = ::pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
#endif
    try {
        thread = std::thread([self = std::move(self)] { self->run(); });
    } catch (const std::exception&) {
        // No thread now: the next lines try again, and the queue has a limit.
    }
#if defined(__unix__) || defined(__APPLE__)
    if (masked) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
}

LLMX_DECL void log_queue::write(log_chunk& c) noexcept {
    if (c.lost_before != 0) {
        try {
            std::string text;
            rfc3339_text time;
            append_note_line(text, "warn",
                             std::to_string(c.lost_before) + " log lines were dropped: the log's reader is too slow", time);
            sink->write_until(text, stop);
        } catch (const std::exception&) {
            // Out of memory: the count of all drops still has them.
        }
    }
    if (!c.text.empty()) sink->write_until(c.text, stop);
}

LLMX_DECL void log_queue::run() noexcept {
    std::vector<log_chunk> batch;
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
        while (queued.empty() && gap == 0 && !closed) {
            waiting = true;
            work.wait(lock);
        }
        waiting = false;
        if (queued.empty() && gap == 0) break;
        batch.swap(queued);
        log_chunk last;
        if (batch.empty()) last.lost_before = std::exchange(gap, 0);
        reporting = last.lost_before != 0;
        lock.unlock();
        if (last.lost_before != 0) write(last);
        for (log_chunk& c : batch) {
            if (!stop.load(std::memory_order_relaxed)) write(c);
            else dropped.fetch_add(static_cast<std::uint64_t>(std::count(c.text.begin(), c.text.end(), '\n')),
                                   std::memory_order_relaxed);
            lock.lock();
            bytes -= c.text.size();
            c.text.clear();
            if (spare.size() < most_spare && c.text.capacity() <= most_room) spare.push_back(std::move(c.text));
            lock.unlock();
        }
        batch.clear();
        lock.lock();
        reporting = false;
        if (idle()) done.notify_all();
        if (stop.load(std::memory_order_relaxed)) {
            // Lines that came meanwhile; none come after `closed`.
            for (log_chunk& c : queued) drop(c.text);
            queued.clear();
            gap = bytes = 0;
        }
    }
    ended = true;
    done.notify_all();
}

LLMX_DECL bool log_queue::wait_done(std::unique_lock<std::mutex>& lock, duration limit,
                                    bool (*over)(const log_queue&)) {
    // Longer than any wait, and within the range of the clock.
    constexpr duration most = std::chrono::hours(24);
    return done.wait_for(lock, std::clamp(limit, duration::zero(), most), [&] { return over(*this); });
}

} // namespace detail

LLMX_DECL log_writer::log_writer(std::shared_ptr<log_sink> sink, std::size_t max_queued, duration close_within) {
    if (!sink) sink = std::make_shared<file_log_sink>();
    queue_ = std::make_shared<detail::log_queue>(std::move(sink), max_queued, close_within);
}

LLMX_DECL void log_writer::push(std::string& lines) noexcept {
    if (lines.empty()) return;
    detail::log_queue& q = *queue_;
    bool wake = false;
    {
        const std::lock_guard<std::mutex> lock(q.mutex);
        const bool fits = q.bytes == 0 || (q.bytes < q.max_queued && lines.size() <= q.max_queued - q.bytes);
        try {
            if (!q.closed && fits) q.take(lines);
            else q.drop(lines);
        } catch (const std::exception&) {
            q.drop(lines);
        }
        if (!q.closed && !q.thread.joinable()) q.start(queue_);
        wake = q.waiting;
    }
    if (wake) q.work.notify_one();
    lines.clear();
}

LLMX_DECL void log_writer::line(std::string_view text) noexcept {
    try {
        std::string one(text);
        one += '\n';
        push(one);
    } catch (const std::exception&) {
        const std::lock_guard<std::mutex> lock(queue_->mutex);
        queue_->drop("\n");
    }
}

LLMX_DECL bool log_writer::settle(duration limit) noexcept {
    std::unique_lock<std::mutex> lock(queue_->mutex);
    return queue_->wait_done(lock, limit, [](const detail::log_queue& q) { return q.idle(); });
}

LLMX_DECL void log_writer::close() noexcept {
    constexpr duration last_moment = std::chrono::milliseconds(250);
    detail::log_queue& q = *queue_;
    std::unique_lock<std::mutex> lock(q.mutex);
    if (std::exchange(q.closed, true)) return;
    if (!q.thread.joinable()) {
        for (const detail::log_chunk& c : q.queued) q.drop(c.text);
        return;
    }
    q.work.notify_one();
    const auto over = [](const detail::log_queue& queue) { return queue.ended; };
    bool ended = q.wait_done(lock, q.close_within, over);
    if (!ended) {
        q.stop.store(true, std::memory_order_relaxed);
        ended = q.wait_done(lock, last_moment, over);
    }
    lock.unlock();
    if (ended) q.thread.join();
    else q.thread.detach();
}

LLMX_DECL std::uint64_t log_writer::dropped() const noexcept {
    return queue_->dropped.load(std::memory_order_relaxed) + queue_->sink->lost();
}

} // namespace llmx::inline LLMX_ABI
