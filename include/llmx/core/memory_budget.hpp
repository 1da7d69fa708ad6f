// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// The bytes that a process may hold in buffers whose size its callers and providers choose.
///
/// A counter and no allocator: code that is about to let a buffer grow takes the bytes first
/// and does not grow it when they are refused. One object is shared by everything that buffers
/// (the server's request bodies, whole answers of providers, translated copies).
///
/// The first three quarters (`high_water`) are for request bodies. The last quarter is kept for
/// everything that brings admitted calls to their end: answers, translated copies, and the
/// rest of one request body at a time (`enter_reserve`). Without it, bodies that are half read
/// could hold every byte, and none of them could ever be read to its end.
///
/// Thread-safe: atomics only, no lock, no order between threads is implied. Must outlive the
/// `memory_lease` objects on it.
class memory_budget {
public:
    /// \p limit in bytes.
    explicit memory_budget(std::size_t limit) noexcept : limit_(limit) {}
    memory_budget(const memory_budget&) = delete;
    memory_budget& operator=(const memory_budget&) = delete;

    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// Bytes taken now; another thread may change it at once.
    [[nodiscard]] std::size_t in_use() const noexcept { return used_.load(std::memory_order_relaxed); }
    /// Up to here request bodies may grow, and new ones are admitted.
    [[nodiscard]] std::size_t high_water() const noexcept { return limit_ - limit_ / 4; }
    /// The largest single body that can always be read to its end: a quarter, since that much is
    /// in reserve.
    [[nodiscard]] std::size_t largest_body() const noexcept { return limit_ / 4; }

    /// Takes \p n bytes, or nothing when that would be more than the limit.
    [[nodiscard]] bool try_take(std::size_t n) noexcept { return take_up_to(n, limit_); }
    /// The same below the high-water mark.
    [[nodiscard]] bool try_take_below_mark(std::size_t n) noexcept { return take_up_to(n, high_water()); }
    /// \p n must have been taken.
    void give_back(std::size_t n) noexcept { used_.fetch_sub(n, std::memory_order_relaxed); }

    /// Whether a request body of \p n bytes should be begun now. Takes nothing: a client that
    /// announces much and sends little must not keep others out.
    [[nodiscard]] bool admits(std::size_t n) const noexcept {
        const std::size_t used = in_use();
        return used <= high_water() && n <= high_water() - used;
    }

    /// Makes the caller the one whose request body may use the last quarter; false while there
    /// is another. Ends with `leave_reserve`.
    [[nodiscard]] bool enter_reserve() noexcept { return !reserve_.exchange(true, std::memory_order_relaxed); }
    void leave_reserve() noexcept { reserve_.store(false, std::memory_order_relaxed); }

private:
    [[nodiscard]] bool take_up_to(std::size_t n, std::size_t most) noexcept {
        std::size_t used = used_.load(std::memory_order_relaxed);
        do {
            // In this order no sum can overflow.
            if (used > most || n > most - used) return false;
        } while (!used_.compare_exchange_weak(used, used + n, std::memory_order_relaxed));
        return true;
    }

    const std::size_t limit_;
    /// On a cache line of its own: a value that every thread reads must not share one with values that all write.
    alignas(64) std::atomic<std::size_t> used_{0};
    std::atomic<bool> reserve_{false};
};

/// Bytes of a `memory_budget` that one owner holds; released when it is destroyed.
///
/// The first `allowance` bytes of a lease are not taken from the budget, so that an ordinary call
/// never touches memory that threads share; bytes beyond them are taken together with them. So
/// up to `allowance` bytes per lease are outside the budget, and the number of leases is
/// limited elsewhere (`server_options::max_connections`). A lease on no budget grants everything.
///
/// Not thread-safe, but for the budget behind it.
class memory_lease {
public:
    static constexpr std::size_t allowance = 16 * 1024;

    memory_lease() = default;
    /// \p of may be null and must outlive the lease.
    explicit memory_lease(memory_budget* of) noexcept : budget_(of) {}
    memory_lease(const memory_lease&) = delete;
    memory_lease& operator=(const memory_lease&) = delete;
    ~memory_lease() { release(); }

    [[nodiscard]] memory_budget* budget() const noexcept { return budget_; }
    /// Bytes held, those of the allowance included.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Holds \p n bytes more; false when the budget does not have them, and then nothing changed.
    [[nodiscard]] bool grow(std::size_t n) noexcept {
        return grow_by(n, [](memory_budget& b, std::size_t more) noexcept { return b.try_take(more); });
    }
    /// The same for a request body: below the budget's high-water mark only.
    [[nodiscard]] bool grow_body(std::size_t n) noexcept {
        return grow_by(n, [](memory_budget& b, std::size_t more) noexcept { return b.try_take_below_mark(more); });
    }
    /// The same for a request body out of the budget's last quarter, which this lease has to itself
    /// from now on until `leave_reserve` or `release`; false as long as another one has it.
    [[nodiscard]] bool grow_body_from_reserve(std::size_t n) noexcept {
        if (budget_ == nullptr) return grow(n);
        if (!reserve_ && !budget_->enter_reserve()) return false;
        reserve_ = true;
        return grow(n);
    }
    void leave_reserve() noexcept {
        if (std::exchange(reserve_, false)) budget_->leave_reserve();
    }
    /// Holds \p n bytes less, at least none.
    void shrink(std::size_t n) noexcept {
        const std::size_t before = share(size_);
        size_ -= std::min(n, size_);
        if (const std::size_t now = share(size_); now < before) budget_->give_back(before - now);
    }
    void release() noexcept {
        if (size_ == 0 && !reserve_) return;
        leave_reserve();
        shrink(size_);
    }

private:
    /// The share of \p size bytes that is taken from the budget.
    [[nodiscard]] std::size_t share(std::size_t size) const noexcept {
        return budget_ == nullptr || size <= allowance ? 0 : size;
    }
    template <class Take> [[nodiscard]] bool grow_by(std::size_t n, Take take) noexcept {
        if (n > static_cast<std::size_t>(-1) - size_) return false;
        if (const std::size_t more = share(size_ + n) - share(size_); more != 0 && !take(*budget_, more)) return false;
        size_ += n;
        return true;
    }

    memory_budget* budget_ = nullptr;
    std::size_t size_ = 0;
    bool reserve_ = false;
};

namespace detail {

/// `append_within` where the text has to move to a larger block.
[[nodiscard]] inline bool append_by_growing(memory_lease* held, std::string& out, std::string_view bytes) {
    const std::size_t had = out.capacity();
    if (held != nullptr) {
        const std::size_t next = std::max(had * 2, out.size() + bytes.size());
        if (!held->grow(next)) return false;
        out.reserve(next);
        held->shrink(had);
    }
    out += bytes;
    return true;
}

} // namespace detail

/// Appends \p bytes to \p out, whose capacity \p held accounts for; false when there is no memory
/// for them, and then nothing changed. While the text moves to a larger block both are counted.
/// \p held may be null: nothing is counted then.
[[nodiscard]] inline bool append_within(memory_lease* held, std::string& out, std::string_view bytes) {
    if (bytes.size() > out.capacity() - out.size()) return detail::append_by_growing(held, out, bytes);
    out += bytes;
    return true;
}

} // namespace llmx::inline LLMX_ABI
