// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

namespace llmx::inline LLMX_ABI::detail {

/// Finds out that several threads run the `io_context` of a client that has no strand: calls in flight
/// at the same time begin and end on one thread. Thread-safe; a few atomic operations for each call.
class client_threads {
public:
    client_threads() = default;

    /// A call, for as long as it lives.
    class call_in_flight {
    public:
        explicit call_in_flight(client_threads& of) noexcept : of_(of), alone_(of.begin()) {}
        call_in_flight(const call_in_flight&) = delete;
        call_in_flight& operator=(const call_in_flight&) = delete;
        ~call_in_flight() { of_.end(); }
        /// Failure: another thread is in a call, or was while the calls now in flight have been.
        [[nodiscard]] result<void> check() const {
            if (alone_) return success();
            return error(errc::bad_configuration,
                         "several threads run the io_context of this client, whose calls would race: give the client a "
                         "strand: boost::asio::make_strand(io)");
        }

    private:
        client_threads& of_;
        bool alone_;
    };

private:
    bool begin() noexcept {
        const std::thread::id self = std::this_thread::get_id();
        if (calls_.fetch_add(1, std::memory_order_acq_rel) == 0) {
            thread_.store(self, std::memory_order_relaxed);
            mixed_.store(false, std::memory_order_release);
            return true;
        }
        if (thread_.load(std::memory_order_relaxed) != self) mixed_.store(true, std::memory_order_release);
        return !mixed_.load(std::memory_order_acquire);
    }
    void end() noexcept {
        if (thread_.load(std::memory_order_relaxed) != std::this_thread::get_id())
            mixed_.store(true, std::memory_order_release);
        calls_.fetch_sub(1, std::memory_order_acq_rel);
    }

    std::atomic<std::thread::id> thread_{};
    std::atomic<std::uint32_t> calls_{0};
    std::atomic<bool> mixed_{false};
};

} // namespace llmx::inline LLMX_ABI::detail
