// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/client_blocking.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> claim_context(blocking_context& own) {
    if (own.io.get_executor().running_in_this_thread())
        return error(errc::bad_configuration, "a blocking call from inside of a call of the same client would wait for itself: use "
                                              "another blocking_client, or a client and co_await");
    if (own.busy.exchange(true, std::memory_order_acquire))
        return error(errc::bad_configuration, "another thread is in a call of this blocking_client: give each thread a "
                                              "client of its own");
    return success();
}

LLMX_DECL void end_own_context(std::shared_ptr<blocking_context> own) noexcept {
    using context_ptr = std::shared_ptr<blocking_context>;
    const auto runs = [](const context_ptr& c) { return c->io.get_executor().running_in_this_thread(); };
    // Contexts that were running when their client ended: none can end inside of its own `run`.
    thread_local std::vector<context_ptr> running;
    std::vector<context_ptr> over;
    const auto first_over = std::partition(running.begin(), running.end(), runs);
    over.assign(std::move_iterator(first_over), std::move_iterator(running.end()));
    running.erase(first_over, running.end());
    if (runs(own)) return running.push_back(std::move(own));
    // Enough for every call to end; a handler that always posts another does not keep us.
    constexpr int most = 100000;
    own->io.restart();
    for (int i = 0; i < most; ++i) {
        try {
            if (own->io.poll_one() == 0) return;
        } catch (...) { // NOLINT: the handler's, and its client has ended
        }
    }
}

} // namespace llmx::inline LLMX_ABI::detail
