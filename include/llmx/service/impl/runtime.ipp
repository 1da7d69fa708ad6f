// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/runtime.hpp>

namespace llmx::inline v0 {

LLMX_DECL boost::asio::awaitable<result<void>> runtime::offload(offloaded_work& work, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    work.run();
    co_return success();
}

} // namespace llmx::inline v0
