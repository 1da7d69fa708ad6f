// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/stock_gateway.hpp>

#if defined(LLMX_SEPARATE_COMPILATION)
namespace llmx::inline v0 {

template class gateway<stock_registry, observers<call_metrics, observer_list>,
                       any_router<weighted, round_robin, least_busy, latency>, retry, fallback, breaker, model_access,
                       rate_limit, deployment_limit, concurrency_limit, timeout>;

} // namespace llmx::inline v0
#endif
