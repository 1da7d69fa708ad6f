// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/call.hpp>

#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Whether the JSON object \p body, a whole reply of a chat in any language, has an object of counters: each language calls it `usage` or
/// `usageMetadata`. Zeros in it are the provider's word, not a lack of one.
LLMX_DECL [[nodiscard]] bool reports_usage(std::string_view body) noexcept;

/// Makes `call_report::estimate` of a chat whose provider has reported no tokens: the prompt's part of `inbound::estimated_tokens`, which
/// was weighed when the call began, and \p answer_tokens; one at least of each. It costs the same whatever the size of the call.
LLMX_DECL void estimate_usage(call& c, std::uint64_t answer_tokens) noexcept;
/// The same of a whole reply, which it weighs: linear in the size of \p body. Replies above `offload_scan_above` are for another thread.
LLMX_DECL void estimate_usage(call& c, std::string_view body) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/usage_estimate.ipp>
#endif
