// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

/// Runs the reloads of a program on a thread of its own: files are read and URLs fetched there, so that neither the thread that handles
/// signals nor one that serves waits for them. Requests that come while a reload runs are one reload after it.
class reload_worker {
public:
    /// \p reload gets a flag that becomes true when the program ends: it should give up then. It must not throw.
    explicit reload_worker(std::function<void(const std::atomic<bool>&)> reload) : reload_(std::move(reload)), thread_([this] { run(); }) {}
    /// Waits for a reload that is running, which the flag ends.
    ~reload_worker() {
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    reload_worker(const reload_worker&) = delete;
    reload_worker& operator=(const reload_worker&) = delete;

    /// Thread-safe, returns at once.
    void request() {
        {
            const std::lock_guard lock(mutex_);
            wanted_ = true;
        }
        wake_.notify_one();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [this] { return wanted_ || ends_; });
            if (ends_) return;
            wanted_ = false;
            lock.unlock();
            reload_(ends_);
            lock.lock();
        }
    }

    std::function<void(const std::atomic<bool>&)> reload_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool wanted_ = false;
    std::atomic<bool> ends_ = false;
    std::thread thread_; // last: the others exist before it begins
};
