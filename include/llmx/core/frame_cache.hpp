// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define LLMX_FRAMES_UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LLMX_FRAMES_UNDER_ASAN 1
#endif
#endif
#if defined(LLMX_FRAMES_UNDER_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace llmx::inline LLMX_ABI {

/// Memory of finished coroutines, kept by the thread that freed it for the next coroutine of about the same size.
///
/// Sizes are rounded up to a multiple of `step` bytes; each rounded size has its own list, which keeps at most
/// `kept_bytes` (and always one block). A thread therefore keeps at most `most_kept` bytes, whatever it ran; what is
/// beyond that, or larger than `largest`, goes back to `operator delete` at once. A thread returns what it keeps when it
/// exits. A block may be freed by another thread than the one that took it: it is then kept by the freeing thread.
///
/// `llmx/awaitable.hpp` takes the frames of coroutines that return an `awaitable<result<T>>` from here. Every thread has
/// its own; there is no lock. Under AddressSanitizer a kept block is poisoned, so that a use after its coroutine has
/// ended is reported.
class frame_cache {
public:
    static constexpr std::size_t step = 128;
    static constexpr std::size_t largest = 4096;
    static constexpr std::size_t sizes = largest / step;
    /// Bytes kept per rounded size: 64 frames of the smallest, 2 of the largest.
    static constexpr std::size_t kept_bytes = 8192;
    static constexpr std::size_t most_kept = sizes * kept_bytes;

    /// The cache of the calling thread.
    [[nodiscard]] static frame_cache& of_thread() noexcept;

    /// Memory for \p size bytes with the alignment of `operator new`. Throws `std::bad_alloc`.
    [[nodiscard]] void* take(std::size_t size) {
        const std::size_t at = list_of(size);
        if (at >= sizes) return ::operator new(size);
        block* const first = lists_[at].first;
        if (first == nullptr) return ::operator new((at + 1) * step);
        poison(first, at, false);
        lists_[at].first = first->next;
        ++lists_[at].room;
        return first;
    }
    /// Takes back \p memory, which `take` of any thread gave for the same \p size.
    void give(void* memory, std::size_t size) noexcept {
        const std::size_t at = list_of(size);
        // No room also means that this thread has not given anything back yet, or is exiting.
        if (at >= sizes || (lists_[at].room == 0 && !open())) {
            ::operator delete(memory);
            return;
        }
        keep(memory, at);
    }
    /// Bytes kept now.
    LLMX_DECL [[nodiscard]] std::size_t kept() const noexcept;
    /// Returns everything that is kept to `operator delete`.
    LLMX_DECL void clear() noexcept;

private:
    struct block {
        block* next;
    };
    struct list {
        block* first = nullptr;
        /// Blocks that may still be added.
        std::uint32_t room = 0;
    };
    enum class state : char { unused, open, closed };
    struct at_thread_exit;

    constexpr frame_cache() noexcept = default;
    [[nodiscard]] static constexpr std::size_t list_of(std::size_t size) noexcept { return (size - 1) / step; }
    [[nodiscard]] static constexpr std::uint32_t most_of(std::size_t at) noexcept {
        return static_cast<std::uint32_t>(kept_bytes / ((at + 1) * step));
    }
    static void poison([[maybe_unused]] block* b, [[maybe_unused]] std::size_t at, [[maybe_unused]] bool on) noexcept {
#if defined(LLMX_FRAMES_UNDER_ASAN)
        if (on) __asan_poison_memory_region(b, (at + 1) * step);
        else __asan_unpoison_memory_region(b, (at + 1) * step);
#endif
    }
    void keep(void* memory, std::size_t at) noexcept {
        lists_[at].first = ::new (memory) block{lists_[at].first};
        --lists_[at].room;
        poison(lists_[at].first, at, true);
    }
    /// Makes this cache ready for its first block; false when it is full or its thread is exiting.
    LLMX_DECL [[nodiscard]] bool open() noexcept;

    // Constant initialisation and no destructor: an access needs no test whether it was initialised.
    static constinit thread_local frame_cache mine_;

    std::array<list, sizes> lists_{};
    state state_ = state::unused;
};

inline constinit thread_local frame_cache frame_cache::mine_{};

inline frame_cache& frame_cache::of_thread() noexcept { return mine_; }

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/abi.ipp>
#include <llmx/core/impl/frame_cache.ipp>
#endif
