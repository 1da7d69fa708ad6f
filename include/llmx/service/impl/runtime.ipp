// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/background.hpp>
#include <llmx/service/runtime.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL background_tasks& LLMX_OF(runtime)::background() { return use<background_tasks>(); }

LLMX_DECL std::size_t LLMX_OF(runtime)::in_background() const noexcept {
    const background_tasks* const tasks = services_.find<background_tasks>();
    return tasks == nullptr ? 0 : tasks->size();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(runtime)::offload(offloaded_work& work, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    work.run();
    co_return success();
}

} // namespace llmx::inline LLMX_ABI
