// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_prices.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL const money* model_prices::rate(price_kind kind, price_tier tier, std::int64_t prompt_tokens) const noexcept {
    // The row with the highest threshold that the prompt exceeds: ranges of prompts lie side by side, and a prompt longer than the last
    // one pays that one's price.
    const price_rate* best = nullptr;
    for (const price_rate& r : rates) {
        if (r.kind != kind || r.tier != tier || r.by_results || (r.above != 0 && prompt_tokens <= r.above)) continue;
        if (best == nullptr || r.above >= best->above) best = &r;
    }
    return best != nullptr ? &best->amount : nullptr;
}

LLMX_DECL const money* model_prices::rate_or_standard(price_kind kind, price_tier tier, std::int64_t prompt_tokens) const noexcept {
    const money* const own = rate(kind, tier, prompt_tokens);
    return own != nullptr || tier == price_tier::standard ? own : rate(kind, price_tier::standard, prompt_tokens);
}

} // namespace llmx::inline LLMX_ABI
