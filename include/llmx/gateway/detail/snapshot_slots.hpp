// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Which gateway something belongs to: a number that no other gateway of the process has or will
/// have, unlike an address, and that expires with its gateway.
using gateway_identity = std::shared_ptr<const std::uint64_t>;
[[nodiscard]] inline gateway_identity new_gateway_identity() {
    static std::atomic<std::uint64_t> last{0};
    return std::make_shared<const std::uint64_t>(last.fetch_add(1, std::memory_order_relaxed) + 1);
}

/// A gateway's handle of its current snapshot on one core, so that calls of different cores share
/// no counter.
struct snapshot_slot {
    std::uint64_t owner = 0;
    std::uint64_t generation = 0;
    std::shared_ptr<void> value;
    std::weak_ptr<const std::uint64_t> alive;
};

/// The slots of all gateways that are called on one core; a service of the core's `runtime`. Those
/// of gateways that are gone are dropped when another gateway comes.
class snapshot_slots {
public:
    [[nodiscard]] snapshot_slot& of(const gateway_identity& who) {
        for (snapshot_slot& s : slots_)
            if (s.owner == *who) return s;
        std::erase_if(slots_, [](const snapshot_slot& s) { return s.alive.expired(); });
        snapshot_slot& fresh = slots_.emplace_back();
        fresh.owner = *who;
        fresh.alive = who;
        return fresh;
    }
    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }

private:
    std::vector<snapshot_slot> slots_;
};

} // namespace llmx::inline LLMX_ABI::detail
