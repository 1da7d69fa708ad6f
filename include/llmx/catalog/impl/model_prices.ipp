// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_prices.hpp>
#include <llmx/core/detail/sort_stably.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI {
namespace detail {
[[nodiscard]] constexpr std::uint32_t price_order(price_kind kind, price_tier tier, bool by_results) noexcept {
    return (by_results ? 0x10000u : 0u) | static_cast<std::uint32_t>(tier) << 8 | static_cast<std::uint32_t>(kind);
}
} // namespace detail

LLMX_DECL void model_prices::sort() {
    detail::sort_stably(rates.begin(), rates.end(), [](const price_rate& a, const price_rate& b) {
        const std::uint32_t left = detail::price_order(a.kind, a.tier, a.by_results), right = detail::price_order(b.kind, b.tier, b.by_results);
        return left != right ? left < right : a.above < b.above;
    });
}

LLMX_DECL const money* model_prices::rate(price_kind kind, price_tier tier, std::int64_t prompt_tokens) const noexcept {
    // The row with the highest threshold that the prompt exceeds: ranges of prompts lie side by side, and a prompt longer than the last
    // one pays that one's price. The last row that is not behind the one looked for, by halves.
    const std::uint32_t wanted = detail::price_order(kind, tier, false);
    const price_rate* at = rates.data();
    for (std::size_t left = rates.size(); left != 0;) {
        const std::size_t half = left / 2;
        const price_rate& r = at[half];
        const std::uint32_t order = detail::price_order(r.kind, r.tier, r.by_results);
        if (order < wanted || (order == wanted && (r.above == 0 || r.above < prompt_tokens))) {
            at += half + 1;
            left -= half + 1;
        } else {
            left = half;
        }
    }
    if (at == rates.data()) return nullptr;
    --at;
    return detail::price_order(at->kind, at->tier, at->by_results) == wanted ? &at->amount : nullptr;
}

LLMX_DECL const money* model_prices::rate_or_standard(price_kind kind, price_tier tier, std::int64_t prompt_tokens) const noexcept {
    const money* const own = rate(kind, tier, prompt_tokens);
    return own != nullptr || tier == price_tier::standard ? own : rate(kind, price_tier::standard, prompt_tokens);
}

} // namespace llmx::inline LLMX_ABI
