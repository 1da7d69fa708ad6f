// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/call_context.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/gateway/detail/client_core.hpp>
#include <llmx/gateway/detail/stream_state.hpp>

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The shared inside of a client over \p Gateway; null for one that was moved from.
template <class Gateway> class client_state final : public client_core {
public:
    client_state(boost::asio::io_context& io, std::shared_ptr<const topology> world)
        : client_core(io), gateway(std::in_place, std::move(world)) {}
    client_state(boost::asio::io_context& io, error why) : client_core(io, std::move(why)) {}
    /// Nothing in a client that is broken.
    std::optional<Gateway> gateway;
};
template <class Gateway> using client_state_ptr = std::shared_ptr<client_state<Gateway>>;

/// Whether a call may begin. Asked by the coroutines, which may begin long after they were made.
template <class Gateway> [[nodiscard]] result<void> client_ready(const client_state_ptr<Gateway>& client) {
    if (client == nullptr) return moved_from_client();
    return client->ready();
}

/// One whole answer; \p ctx is null when the caller brings none. \p kept, if any, is what
/// \p request stands in. What `gateway::call` does stands here again, to have one frame for both.
template <operation Op, class Gateway>
boost::asio::awaitable<result<typename Op::reply>> client_call(client_state_ptr<Gateway> client, call_context* ctx,
                                                               const typename Op::request& request,
                                                               [[maybe_unused]] std::shared_ptr<const void> kept) {
    if (const result<void> ready = client_ready(client); !ready) co_return ready.error();
    linked_context context;
    context.begin(client->on(), ctx);
    client_calls::entry in_flight;
    in_flight.enter(client->calls(), context.own.cancellation);
    call c(client->on(), context.own);
    set_request<Op>(c, request, false);
    result<reply> r = co_await client->gateway->execute(c);
    context.own.report.keep_alive = c.keep_alive;
    context.report();
    if (r.has_error()) co_return r.error();
    result<typename Op::reply> decoded = co_await decode_reply<Op>(c, *r);
    context.report();
    co_return std::move(decoded);
}

/// A streamed answer; \p ctx is null when the caller brings none.
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> client_stream(client_state_ptr<Gateway> client, call_context* ctx,
                                                          const chat_request& request,
                                                          std::unique_ptr<const chat_request> kept) {
    if (const result<void> ready = client_ready(client); !ready) co_return ready.error();
    auto s = std::make_shared<stream_state>(client->on());
    s->owner = client;
    s->request = std::move(kept);
    s->in_flight.enter(client->calls(), s->context.own.cancellation, &stream_state::on_context_gone, s.get());
    auto r = co_await open_stream(*client->gateway, std::move(s), ctx, request);
    co_return std::move(r);
}

/// What a blocking function shares with the coroutine that works for it and may outlive it,
/// when the program stops its context or throws through it.
template <class T, class OnEvent, class Request = chat_request> struct blocking_call {
    blocking_call(Request r, OnEvent* f) : request(std::move(r)), on_event(f) {}
    Request request;
    call_context context;
    OnEvent* on_event;
    std::optional<result<T>> got;
    std::exception_ptr thrown;
    bool over = false;
    /// Nobody waits any more, and `on_event` is gone.
    bool left = false;
};
struct no_event_handler {};

/// Gives every event of a streamed answer to the blocked caller.
template <class Gateway, class OnEvent>
boost::asio::awaitable<result<void>> each_event(client_state_ptr<Gateway> client,
                                                std::shared_ptr<blocking_call<void, OnEvent>> work) {
    auto opened = co_await client_stream<Gateway>(std::move(client), &work->context, work->request, nullptr);
    if (opened.has_error()) co_return opened.error();
    while (co_await opened->read_more())
        while (const chat_event* e = opened->try_next()) {
            if (work->left) co_return error(errc::cancelled);
            (*work->on_event)(*e);
        }
    if (opened->failure()) co_return *opened->failure();
    co_return success();
}

/// Runs \p io until \p task is done; \p work is what the two share.
template <class T, class OnEvent, class Request>
result<T> block_on(boost::asio::io_context& io, const std::shared_ptr<blocking_call<T, OnEvent, Request>>& work,
                   boost::asio::awaitable<result<T>> task) {
    struct leave {
        explicit leave(blocking_call<T, OnEvent, Request>& c) noexcept : call(c) {}
        leave(const leave&) = delete;
        leave& operator=(const leave&) = delete;
        ~leave() {
            call.left = true;
            if (!call.over) call.context.cancellation.cancel();
        }
        blocking_call<T, OnEvent, Request>& call;
    };
    boost::asio::co_spawn(io, std::move(task), [work](const std::exception_ptr& e, result<T> value) {
        work->thrown = e;
        work->got.emplace(std::move(value));
        work->over = true;
    });
    const leave on_the_way_out(*work);
    io.restart();
    while (!work->over && io.run_one() > 0) {
    }
    if (!work->over) return error(errc::cancelled, "the io_context was stopped before the answer came");
    if (work->thrown) std::rethrow_exception(work->thrown);
    return std::move(*work->got);
}

} // namespace llmx::inline LLMX_ABI::detail
