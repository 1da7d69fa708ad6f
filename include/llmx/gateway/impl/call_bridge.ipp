// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/call_bridge.hpp>

#include <boost/asio/dispatch.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void continue_call(call_context& own, const call_context& caller) {
    own.request_id = caller.request_id;
    own.caller = caller.caller;
    own.principal = caller.principal;
    own.started = caller.started;
    own.deadline = caller.deadline;
    own.report.retries = caller.report.retries;
    own.report.fallbacks = caller.report.fallbacks;
    own.report.trail = caller.report.trail;
    own.report.upstream_time = caller.report.upstream_time;
}

LLMX_DECL void call_bridge::begin(call_context* caller) {
    if (caller == nullptr) return;
    caller_ = caller;
    continue_call(own, *caller);
    link_.emplace(caller->cancellation, static_cast<void (*)(void*) noexcept>(&call_bridge::on_cancel), this);
    // Nothing else refers to the call yet.
    if (caller->cancellation.cancelled()) own.cancellation.cancel();
}

LLMX_DECL void call_bridge::on_cancel(void* self) noexcept { static_cast<call_bridge*>(self)->cancel(); }

LLMX_DECL void call_bridge::cancel() noexcept {
    boost::asio::dispatch(where_.executor(), [self = shared_from_this()] { self->own.cancellation.cancel(); });
}

LLMX_DECL void call_bridge::finish() {
    if (!link_ || !link_->attached()) return;
    caller_->request_id = own.request_id;
    caller_->started = own.started;
    caller_->deadline = own.deadline;
    caller_->report = own.report;
    link_.reset();
}

} // namespace llmx::inline LLMX_ABI::detail
