// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Whether a layer of the gateway refused the call before anything was sent: another
/// deployment can take it at no cost.
[[nodiscard]] inline bool refused_here(const error& e) noexcept {
    switch (e.value()) {
    case errc::rate_limited:
    case errc::no_deployment:
    case errc::shed: return e.provider().empty() && e.provider_status() == 0;
    // A provider that has no codec of the operation.
    case errc::unsupported_operation: return e.provider_status() == 0;
    default: return false;
    }
}

/// Whether a failure shows that the deployment itself is broken or slow. Limits, wrong
/// requests and callers that disconnected do not show it.
[[nodiscard]] constexpr bool deployment_failed(errc e) noexcept {
    switch (e) {
    case errc::request_timeout:
    case errc::provider_internal:
    case errc::bad_response:
    case errc::connect_failed:
    case errc::connection_lost:
    case errc::truncated:
    case errc::overloaded:
    case errc::first_token_timeout:
    case errc::idle_timeout: return true;
    default: return false;
    }
}

} // namespace llmx::inline LLMX_ABI::detail
