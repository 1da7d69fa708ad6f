// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/policies/detail/caller_table.hpp>
#include <llmx/policies/routers.hpp>

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <new>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL caller_table::caller_table(std::size_t callers)
    : sets_(std::bit_ceil(std::max<std::size_t>(1, (callers + ways - 1) / ways))) {}

LLMX_INLINE caller_table::~caller_table() { delete[] places_.load(std::memory_order_relaxed); }

LLMX_DECL caller_table::place* caller_table::allocated() noexcept {
    place* all = places_.load(std::memory_order_acquire);
    if (all != nullptr) return all;
    place* const fresh = new (std::nothrow) place[sets_ * ways];
    if (fresh != nullptr && places_.compare_exchange_strong(all, fresh, std::memory_order_acq_rel)) return fresh;
    // Another thread was faster, or there is no memory.
    delete[] fresh;
    return all;
}

LLMX_DECL token_account* caller_table::find(std::string_view caller, bool make, time_point now) noexcept {
    // std::hash alone may leave low bits weak; one round of mixing spreads them.
    std::uint64_t id = random_bits(std::hash<std::string_view>()(caller))();
    if (id == 0) id = 1;
    place* const all = make ? allocated() : places_.load(std::memory_order_acquire);
    if (all == nullptr) return nullptr;
    place* const set = &all[(id & (sets_ - 1)) * ways];
    for (;;) {
        place* victim = nullptr;
        std::uint64_t victim_owner = 0;
        std::int64_t nearest = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i < ways; ++i) {
            const std::uint64_t owner = set[i].owner.load(std::memory_order_acquire);
            if (owner == id) return &set[i].account;
            const token_account& a = set[i].account;
            std::int64_t rank = std::max(a.requests.full_at(), a.tokens.full_at());
            if (owner == 0) rank = std::numeric_limits<std::int64_t>::min();
            if (victim == nullptr || rank < nearest) {
                victim = &set[i];
                victim_owner = owner;
                nearest = rank;
            }
        }
        if (!make) return nullptr;
        const bool idle = victim->account.requests.idle(now) && victim->account.tokens.idle(now);
        if (!victim->owner.compare_exchange_strong(victim_owner, id, std::memory_order_acq_rel)) continue;
        // Calls of the former owner that are under way may still touch the account once:
        // one request too many or too few, never more.
        if (!idle) {
            victim->account.requests.reset();
            victim->account.tokens.reset();
        }
        return &victim->account;
    }
}

} // namespace llmx::inline LLMX_ABI::detail
