// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// What an entry of a memory store counts for besides its bytes.
inline constexpr std::size_t memory_entry_bytes = 128;

/// An awaitable that is complete.
template <class T> [[nodiscard]] boost::asio::awaitable<result<T>> completed(result<T> r) { co_return r; }

/// Text found by a view of it.
struct text_hash {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>()(text);
    }
};

/// \p now plus \p ttl, or never.
[[nodiscard]] inline time_point end_of(time_point now, duration ttl) noexcept {
    return ttl >= time_point::max() - now ? time_point::max() : now + ttl;
}

/// Data of one kind in parts with a lock each.
template <class Part> class memory_shards {
public:
    static constexpr std::size_t count = 16;

    /// Calls \p work with the part that \p key belongs to, locked.
    template <class F> decltype(auto) with(std::string_view key, F&& work) {
        place& p = places_[text_hash()(key) / 7 % count];
        const std::lock_guard<std::mutex> lock(p.mutex);
        return std::forward<F>(work)(p.part);
    }

private:
    struct alignas(64) place {
        std::mutex mutex;
        Part part;
    };
    std::array<place, count> places_;
};

} // namespace llmx::inline LLMX_ABI::detail
