// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/guard/detail/filter_chain.hpp>

namespace llmx::inline LLMX_ABI::detail {

struct filter_chain::step final : chat_sink {
    step(filter_chain& c, std::size_t n, chat_sink& l) noexcept : chain(&c), next(n), last(&l) {}
    void emit(const chat_event& e) override {
        if (chain->refusal_) return;
        if (next == chain->filters_.size()) return last->emit(e);
        step behind(*chain, next + 1, *last);
        const result<void> seen = chain->filters_[next]->see(e, behind);
        if (!seen && !chain->refusal_) chain->refusal_ = seen.error();
    }
    filter_chain* chain;
    std::size_t next;
    chat_sink* last;
};

LLMX_DECL result<void> filter_chain::so_far() const {
    if (refusal_) return *refusal_;
    return success();
}

LLMX_DECL result<void> filter_chain::see(const chat_event& e, chat_sink& last) {
    step first(*this, 0, last);
    first.emit(e);
    return so_far();
}

LLMX_DECL result<void> filter_chain::end_all(chat_sink& last) {
    for (std::size_t i = 0; i < filters_.size() && !refusal_; ++i) {
        step behind(*this, i + 1, last);
        const result<void> ended = filters_[i]->end(behind);
        if (!ended && !refusal_) refusal_ = ended.error();
    }
    return so_far();
}

} // namespace llmx::inline LLMX_ABI::detail
