// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/service/call.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Start time and request id, when the caller set none.
LLMX_DECL void open_context(runtime& on, call_context& ctx);
/// Makes \p request, which must outlive its use, the request of \p c.
template <operation Op> void set_request(call& c, const typename Op::request& request, bool stream) {
    c.model = request.model;
    c.in.operation = &Op::info;
    if constexpr (requires { typename Op::forms; }) c.in.forms = forms_of<Op>();
    c.in.stream = stream;
    c.in.canonical = any_message::borrow(request);
    c.in.estimated_tokens = estimate_tokens(request);
    if constexpr (requires { request.max_output_tokens.value_or(0); })
        c.in.reserved_output = static_cast<std::uint64_t>(clamp_count(request.max_output_tokens.value_or(0)));
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/open_call.ipp>
#endif
