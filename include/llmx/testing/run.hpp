// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>
#include <llmx/core/detail/later.hpp>
#include <llmx/exceptions.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace llmx::inline LLMX_ABI::testing {

namespace detail {

/// Shared with the completion handler, which may outlive a `run` that gave up.
template <class T> struct run_state {
    run_state() = default;
    std::exception_ptr failure;
    std::optional<T> value;
    bool over = false;
};

/// The handler that sets \p over stops \p io. Not `run_one` in a loop: Asio's recycled
/// memory is kept for one call of `run`, and a loop would count as allocating.
inline void run_until(boost::asio::io_context& io, const bool& over) {
    io.restart();
    io.run();
    if (!over) throw std::logic_error("llmx: the context was stopped before the awaitable completed");
}

} // namespace detail

/// Drives \p work on \p io until it completes, and whatever else \p io has to do until
/// then; afterwards \p io is stopped, `restart` it to run it on. Rethrows any exception that \p work
/// throws; `std::logic_error` when \p io is stopped before. T must be default-constructible
/// (Asio asks for it).
template <class T> T run(boost::asio::io_context& io, boost::asio::awaitable<T> work) {
    const auto state = std::make_shared<detail::run_state<T>>();
    boost::asio::co_spawn(io, std::move(work), [state, &io](std::exception_ptr e, T v) {
        state->failure = std::move(e);
        if (!state->failure) state->value.emplace(std::move(v));
        state->over = true;
        io.stop();
    });
    detail::run_until(io, state->over);
    if (state->failure) std::rethrow_exception(state->failure);
    return std::move(*state->value);
}

/// The same for work without a value.
LLMX_DECL inline void run(boost::asio::io_context& io, boost::asio::awaitable<void> work) {
    const auto state = std::make_shared<detail::run_state<bool>>();
    boost::asio::co_spawn(LLMX_LATER(io), std::move(work), [state, &io](std::exception_ptr e) {
        state->failure = std::move(e);
        state->over = true;
        io.stop();
    });
    detail::run_until(io, state->over);
    if (state->failure) std::rethrow_exception(state->failure);
}

/// Drives \p work on an `io_context` of its own: for work that brings no sockets or
/// timers of another one.
template <class T> T run(boost::asio::awaitable<T> work) {
    boost::asio::io_context io(1);
    return run(io, std::move(work));
}

} // namespace llmx::inline LLMX_ABI::testing
