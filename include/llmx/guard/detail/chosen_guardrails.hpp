// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/guard/guardrail.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <memory>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The guardrails that have something to do in one call, in order. They belong to the layer.
class chosen_guardrails {
public:
    struct entry {
        entry(any_guardrail* g, guardrail_needs n) noexcept : rail(g), needs(n) {}
        any_guardrail* rail;
        guardrail_needs needs;
    };

    LLMX_DECL chosen_guardrails(const std::vector<std::shared_ptr<any_guardrail>>& all, const call& c);
    [[nodiscard]] bool empty() const noexcept { return chosen_.empty(); }
    /// The parts of a call that any of them needs.
    [[nodiscard]] const guardrail_needs& needs() const noexcept { return any_; }
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return chosen_; }

    /// `before_call` of each, until one fails.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> ask_before(call& c) const;
    /// `after_call` of each; \p r is written anew when they changed it.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> ask_after(call& c, reply& r) const;
    /// The streamed \p r, filtered by those that return a filter.
    LLMX_DECL [[nodiscard]] result<reply> watch(call& c, reply r) const;

private:
    std::vector<entry> chosen_;
    guardrail_needs any_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/guard/impl/chosen_guardrails.ipp>
#endif
