// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/guard/detail/chosen_guardrails.hpp>
#include <llmx/service/call.hpp>

#include <memory>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// The guardrails that run beside a call. `join` must have been awaited before the call's layer
/// completes; destruction without it, when the `io_context` is destroyed, only cancels them.
class running_checks {
public:
    /// \p c must outlive it.
    LLMX_DECL explicit running_checks(call& c);
    running_checks(const running_checks&) = delete;
    running_checks& operator=(const running_checks&) = delete;
    LLMX_INLINE ~running_checks();

    /// Begins `during_call` of each; a check that does not wait has ended when this returns.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> start(const chosen_guardrails& list);
    /// Waits until all have ended. \p failed: the call has failed, they are cancelled and their results
    /// do not count. Rethrows an exception that one of them threw.
    LLMX_DECL boost::asio::awaitable<void> join(bool failed);
    /// The first failure of one of them, after which the call was cancelled.
    LLMX_DECL [[nodiscard]] const std::optional<error>& refusal() const noexcept;
    /// One of them has refused or thrown.
    LLMX_DECL [[nodiscard]] bool broken() const noexcept;

private:
    struct state;
    LLMX_DECL static boost::asio::awaitable<void> check(std::shared_ptr<state> s, any_guardrail* g);

    std::shared_ptr<state> state_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/guard/impl/running_checks.ipp>
#endif
