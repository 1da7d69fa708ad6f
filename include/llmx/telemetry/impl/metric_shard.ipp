// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/detail/metric_shard.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Returns the number when its thread ends. Values recorded by later destructors go to the
/// shared shard.
struct metric_thread_holder {
    metric_thread_holder() noexcept { metric_thread_number = metric_thread_numbers::of_process().take(); }
    metric_thread_holder(const metric_thread_holder&) = delete;
    metric_thread_holder& operator=(const metric_thread_holder&) = delete;
    ~metric_thread_holder() {
        metric_thread_numbers::of_process().give_back(metric_thread_number);
        metric_thread_number = shared_metric_shard;
    }
};

LLMX_DECL std::size_t take_metric_thread_number() noexcept {
    static thread_local metric_thread_holder holder;
    return metric_thread_number;
}

} // namespace llmx::inline LLMX_ABI::detail
