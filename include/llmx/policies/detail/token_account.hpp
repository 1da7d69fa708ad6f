// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/policies/gcra.hpp>
#include <llmx/service/call.hpp>

#include <cstdint>
#include <string>

namespace llmx::inline LLMX_ABI::detail {

/// The remaining allowance of one party (a deployment, a caller, the gateway).
struct token_account {
    gcra requests, tokens;
};
struct account_rates {
    constexpr account_rates() = default;
    constexpr account_rates(gcra_rate r, gcra_rate t) noexcept : requests(r), tokens(t) {}
    [[nodiscard]] constexpr bool limited() const noexcept { return requests.limited() || tokens.limited(); }
    gcra_rate requests, tokens;
};

/// Takes one request and reserves \p estimate tokens, or neither: `rate_limited` with
/// `retry_after`, without one and with a `param` when the estimate can never fit.
LLMX_DECL [[nodiscard]] result<void> take(token_account& a, const account_rates& rate, std::uint64_t estimate,
                                          time_point now);
/// Takes one request and \p tokens that were used already, whether there is room or not: `rate_limited`, with \p whom before its message,
/// when
/// the limit is used up then.
LLMX_DECL [[nodiscard]] result<void> charge(token_account& a, const account_rates& rate, std::uint64_t tokens, time_point now,
    const std::string& whom);
/// Undoes a `take`.
LLMX_DECL void give_back(token_account& a, const account_rates& rate, std::uint64_t estimate, time_point now) noexcept;
/// Corrects the reserved tokens to the actual use; the request stays taken. Tokens that the vendor's own limits leave out
/// because they came from its prompt cache are not counted (\p counts_cached: `call_report::limits_count_cached`).
///
/// Where the provider reported no tokens of an answer that is complete, the estimate \p guessed (`call_report::estimate`) counts. Where it
/// reported none and may have worked all the same (a stream that was cut or left, an operation that has no estimate), the reservation stays.
LLMX_DECL void settle(token_account& a, const account_rates& rate, std::uint64_t estimate, const outcome& how, const usage& guessed,
                      bool counts_cached, time_point now) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/token_account.ipp>
#endif
