// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/gateway/detail/call_bridge.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The context of a blocking client; running calls hold it.
struct blocking_context {
    blocking_context() = default;
    boost::asio::io_context io{1};
    /// A thread is in a blocking call.
    std::atomic<bool> busy{false};
};

/// Makes \p own busy, or returns the reason why a blocking function may not be called now.
LLMX_DECL [[nodiscard]] result<void> claim_context(blocking_context& own);

/// Lets the handlers of a client's own context run that are ready now, the client having been
/// closed, and releases the context. One that is running on this thread ends with the thread
/// or with the next such context, whichever comes first.
LLMX_DECL void end_own_context(std::shared_ptr<blocking_context> own) noexcept;

/// What a blocking function shares with the coroutine that works for it and may outlive it,
/// when an exception passes through it.
template <class T> struct blocking_call {
    blocking_call() = default;
    std::optional<result<T>> got;
    std::exception_ptr thrown;
    bool over = false;
};

/// Runs \p own until \p task is done, whose context \p bridge has; \p stop cancels it from any thread.
template <class T>
result<T> block_on(const std::shared_ptr<blocking_context>& own, const std::shared_ptr<call_bridge>& bridge,
                   boost::asio::awaitable<result<T>> task, const std::stop_token& stop) {
    if (stop.stop_requested()) return error(errc::cancelled);
    if (const result<void> mine = claim_context(*own); !mine) return mine.error();
    struct leave {
        leave(const std::shared_ptr<blocking_context>& c, const std::shared_ptr<call_bridge>& b) : own(c), bridge(b) {}
        leave(const leave&) = delete;
        leave& operator=(const leave&) = delete;
        ~leave() {
            if (!over) bridge->own.cancellation.cancel();
            own->busy.store(false, std::memory_order_release);
        }
        std::shared_ptr<blocking_context> own;
        std::shared_ptr<call_bridge> bridge;
        bool over = false;
    };
    leave on_the_way_out(own, bridge);
    const auto work = std::make_shared<blocking_call<T>>();
    boost::asio::co_spawn(own->io, std::move(task), [work](const std::exception_ptr& e, result<T> value) {
        work->thrown = e;
        work->got.emplace(std::move(value));
        work->over = true;
    });
    const std::stop_callback cancels(stop, [&bridge] { bridge->cancel(); });
    own->io.restart();
    while (!work->over && own->io.run_one() > 0) {
    }
    on_the_way_out.over = work->over;
    bridge->finish();
    if (!work->over) return error(errc::cancelled, "the call's io_context was stopped before the answer came");
    if (work->thrown) std::rethrow_exception(work->thrown);
    return std::move(*work->got);
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/client_blocking.ipp>
#endif
