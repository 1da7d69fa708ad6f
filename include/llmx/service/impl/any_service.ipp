// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/any_service.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void cancel_inner_context(void* own) noexcept { static_cast<call_context*>(own)->cancellation.cancel(); }

LLMX_DECL inner_context::inner_context(call& outer) : link(outer.stop, &cancel_inner_context, &own) {
    own.request_id = outer.context->request_id;
    own.caller = outer.context->caller;
    own.principal = outer.context->principal;
    own.deadline = outer.context->deadline;
    if (outer.stop.cancelled()) own.cancellation.cancel();
}

LLMX_DECL boost::asio::awaitable<result<reply>> no_service() {
    co_return error(errc::bad_configuration, "an any_service without a gateway was called");
}

} // namespace llmx::inline LLMX_ABI::detail
