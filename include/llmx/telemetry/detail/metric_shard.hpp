// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// A number of a metric, for one thread's share of it. Doubles are kept as their bits.
using metric_word = std::atomic<std::uint64_t>;

/// Shard 0 belongs to all threads without one of their own; atomic additions keep it correct.
inline constexpr std::size_t shared_metric_shard = 0;
/// Threads of a process that may have a shard of their own at the same time.
inline constexpr std::size_t metric_threads = 128;

/// Numbers 1 to `metric_threads`, each held by at most one thread. The end of a thread, whose
/// stores the next holder sees, frees its number.
class metric_thread_numbers {
public:
    /// The lowest free number; `shared_metric_shard` when there is none.
    [[nodiscard]] std::size_t take() noexcept {
        for (std::size_t i = 0; i < metric_threads; ++i)
            if (!taken_[i].load(std::memory_order_relaxed) && !taken_[i].exchange(true, std::memory_order_acquire))
                return i + 1;
        return shared_metric_shard;
    }
    void give_back(std::size_t number) noexcept {
        if (number != shared_metric_shard) taken_[number - 1].store(false, std::memory_order_release);
    }
    [[nodiscard]] static metric_thread_numbers& of_process() noexcept {
        static metric_thread_numbers numbers;
        return numbers;
    }

private:
    std::array<std::atomic<bool>, metric_threads> taken_{};
};

inline constexpr std::size_t no_metric_shard = static_cast<std::size_t>(-1);
/// The calling thread's number. Constant initialisation: reading it costs no guard.
inline constinit thread_local std::size_t metric_thread_number = no_metric_shard;

/// Takes the calling thread's number, for its lifetime.
LLMX_DECL [[nodiscard, gnu::cold]] std::size_t take_metric_thread_number() noexcept;

LLMX_DECL [[nodiscard]] inline std::size_t metric_shard_of_thread() noexcept {
    const std::size_t number = metric_thread_number;
    return number != no_metric_shard ? number : take_metric_thread_number();
}

/// Memory for the words of one shard: words of different threads share no cache line. Only the
/// shard's thread takes any; for the shared shard its registry holds a lock.
class metric_arena {
public:
    /// \p words zeros, valid as long as the arena; throws `std::bad_alloc`.
    [[nodiscard]] metric_word* take(std::size_t words) {
        if (words > left_) {
            const std::size_t lines = (words < block_words ? block_words : words) / words_of_line + 1;
            blocks_.push_back(std::make_unique<line[]>(lines));
            at_ = blocks_.back()[0].words.data();
            left_ = lines * words_of_line;
        }
        metric_word* const given = at_;
        at_ += words;
        left_ -= words;
        return given;
    }

private:
    static constexpr std::size_t words_of_line = 8;
    static constexpr std::size_t block_words = 248;
    struct alignas(64) line {
        std::array<metric_word, words_of_line> words{};
    };
    static_assert(sizeof(line) == 64);
    std::vector<std::unique_ptr<line[]>> blocks_;
    metric_word* at_ = nullptr;
    std::size_t left_ = 0;
};

/// Adds \p n to a word of shard \p shard. A thread's own words are written by it alone, which is
/// a plain load and store.
inline void add_to(metric_word& word, std::uint64_t n, std::size_t shard) noexcept {
    if (shard == shared_metric_shard) word.fetch_add(n, std::memory_order_relaxed);
    else word.store(word.load(std::memory_order_relaxed) + n, std::memory_order_release);
}
inline void add_to(metric_word& word, double n, std::size_t shard) noexcept {
    std::uint64_t bits = word.load(std::memory_order_relaxed);
    if (shard != shared_metric_shard) {
        word.store(std::bit_cast<std::uint64_t>(std::bit_cast<double>(bits) + n), std::memory_order_release);
        return;
    }
    while (!word.compare_exchange_weak(bits, std::bit_cast<std::uint64_t>(std::bit_cast<double>(bits) + n),
                                       std::memory_order_relaxed)) {
    }
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/metric_shard.ipp>
#endif
