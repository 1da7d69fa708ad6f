// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/guard/chat_filter.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Filters in a row, as `change_events` requires them: the next one receives the events that one emits.
class filter_chain {
public:
    void add(std::unique_ptr<chat_filter> f) { filters_.push_back(std::move(f)); }
    [[nodiscard]] bool empty() const noexcept { return filters_.empty(); }

    template <class Emit> result<void> operator()(const chat_event& e, Emit emit) {
        last_sink<Emit> last(emit);
        return see(e, last);
    }
    template <class Emit> result<void> end(Emit emit) {
        last_sink<Emit> last(emit);
        return end_all(last);
    }

private:
    template <class Emit> struct last_sink final : chat_sink {
        explicit last_sink(Emit& f) noexcept : emit_to(&f) {}
        void emit(const chat_event& e) override { (*emit_to)(e); }
        Emit* emit_to;
    };
    /// In front of the filter \p next, or of the encoder.
    struct step;

    LLMX_DECL result<void> see(const chat_event& e, chat_sink& last);
    LLMX_DECL result<void> end_all(chat_sink& last);
    /// Success, or the first refusal: nothing is emitted after it.
    LLMX_DECL [[nodiscard]] result<void> so_far() const;

    std::vector<std::unique_ptr<chat_filter>> filters_;
    std::optional<error> refusal_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/guard/impl/filter_chain.ipp>
#endif
