// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/transport/io_executor.hpp>

#include <memory>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// Gives \p own, a new context for the call of \p caller, what the caller has brought, and what the call has used up of
/// its retries, fallbacks and time.
LLMX_DECL void continue_call(call_context& own, const call_context& caller);

/// Ties a call on a client's executor to a caller who may be on another one.
///
/// `own` is the call's context and belongs to the client's executor; the caller's is read by `begin`
/// and written by `finish`, both on the caller's side, and may end before the call.
class call_bridge : public std::enable_shared_from_this<call_bridge> {
public:
    explicit call_bridge(const io_executor& where) : where_(where) {}
    call_bridge(const call_bridge&) = delete;
    call_bridge& operator=(const call_bridge&) = delete;

    /// \p caller is null when the caller has no context.
    LLMX_DECL void begin(call_context* caller);
    /// Cancels the call soon. Thread-safe.
    LLMX_DECL void cancel() noexcept;
    /// What happened, to the caller's context; ends the tie.
    LLMX_DECL void finish();

    [[nodiscard]] const io_executor& where() const noexcept { return where_; }

    call_context own;

private:
    LLMX_DECL static void on_cancel(void* self) noexcept;

    io_executor where_;
    call_context* caller_ = nullptr;
    std::optional<cancellation::registration> link_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/call_bridge.ipp>
#endif
