// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_report.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/principal.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

/// The caller's part of one call, of any operation: its id, its principal, its deadline; and the
/// report of the call.
///
/// Must outlive a `gateway::chat` or `execute` it is given to. Calls of a `client` and streams have
/// a context of their own, linked to it: it may end before them. Not thread-safe.
struct call_context {
    call_context() = default;

    /// Given out by the caller or by llmx; in logs and in the reply's headers.
    std::string request_id;
    /// Alias of the key that made the call, never the key itself.
    std::string caller;
    /// The principal that makes the call, with limits of its own; null when only `caller` is known, or nothing.
    principal_ptr principal;
    time_point started{};
    /// No layer may move it later; `tighten` moves it nearer.
    time_point deadline = time_point::max();
    llmx::cancellation cancellation;

    /// Filled in as the call proceeds.
    call_report report;

    void tighten(time_point limit) noexcept {
        if (limit < deadline) deadline = limit;
    }
};

} // namespace llmx::inline LLMX_ABI
