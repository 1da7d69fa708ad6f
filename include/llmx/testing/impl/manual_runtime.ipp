// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/testing/manual_runtime.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::testing {

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(manual_runtime)::sleep_until(time_point when, cancellation& stop) {
    sleeps_.push_back(std::max(when - clock_.now(), duration::zero()));
    if (stop.cancelled()) co_return error(errc::cancelled);
    if (!hold_) {
        clock_.advance_to(when);
        co_return success();
    }
    co_return co_await clock_.wait_until(when, stop);
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(manual_runtime)::offload(offloaded_work& work, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    ++offloaded_;
    work.run();
    co_return success();
}

} // namespace llmx::inline LLMX_ABI::testing
