// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/call_context.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/gateway/detail/call_bridge.hpp>
#include <llmx/gateway/detail/client_core.hpp>
#include <llmx/gateway/detail/client_tokens.hpp>
#include <llmx/gateway/detail/stream_state.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The shared inside of a client over \p Gateway; null for one that was moved from.
template <class Gateway> class client_state final : public client_core {
public:
    template <class... GatewayArguments>
    client_state(io_executor on, http_pool_options pool, GatewayArguments&&... of)
        : client_core(std::move(on), std::move(pool)), gateway(std::in_place, std::forward<GatewayArguments>(of)...) {}
    client_state(io_executor on, error why) : client_core(std::move(on), std::move(why)) {}
    /// Nothing in a client that is broken.
    std::optional<Gateway> gateway;
};
template <class Gateway> using client_state_ptr = std::shared_ptr<client_state<Gateway>>;

/// Whether a call may begin. Asked by the coroutines, which may begin long after they were made.
template <class Gateway> [[nodiscard]] result<void> client_ready(const client_state_ptr<Gateway>& client) {
    if (client == nullptr) return moved_from_client();
    return client->ready();
}

template <operation Op, class Gateway>
boost::asio::awaitable<result<typename Op::reply>>
client_call_elsewhere(client_state_ptr<Gateway> client, call_context* ctx, std::shared_ptr<const typename Op::request> request);

/// One whole answer; \p ctx is null when the caller brings none. \p kept, if any, is what
/// \p request stands in. What `gateway::call` does stands here again, to have one frame for both.
template <operation Op, class Gateway>
boost::asio::awaitable<result<typename Op::reply>> client_call(client_state_ptr<Gateway> client, call_context* ctx,
                                                               const typename Op::request& request,
                                                               std::shared_ptr<const void> kept) {
    if (const result<void> ready = client_ready(client); !ready) co_return ready.error();
    const boost::asio::any_io_executor here = co_await boost::asio::this_coro::executor;
    if (here != client->where().executor()) {
        // The caller's frame may end before the call does.
        auto own = kept ? std::shared_ptr<const typename Op::request>(std::move(kept), &request)
                        : std::make_shared<const typename Op::request>(request);
        auto answer = co_await client_call_elsewhere<Op, Gateway>(std::move(client), ctx, std::move(own));
        co_return std::move(answer);
    }
    const client_threads::call_in_flight thread(client->threads());
    if (!client->where().is_strand())
        if (const result<void> alone = thread.check(); !alone) co_return alone.error();
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

template <class Gateway>
boost::asio::awaitable<result<chat_stream>> client_stream_elsewhere(client_state_ptr<Gateway> client, call_context* ctx,
                                                                    std::unique_ptr<const chat_request> request);

/// A streamed answer; \p ctx is null when the caller brings none. The stream runs on the client's
/// executor; one that the caller reads on another goes there for each read.
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> client_stream(client_state_ptr<Gateway> client, call_context* ctx,
                                                          const chat_request& request,
                                                          std::unique_ptr<const chat_request> kept) {
    if (const result<void> ready = client_ready(client); !ready) co_return ready.error();
    const boost::asio::any_io_executor here = co_await boost::asio::this_coro::executor;
    if (here != client->where().executor()) {
        if (!kept) kept = std::make_unique<const chat_request>(request);
        auto opened = co_await client_stream_elsewhere<Gateway>(std::move(client), ctx, std::move(kept));
        co_return std::move(opened);
    }
    const client_threads::call_in_flight thread(client->threads());
    if (!client->where().is_strand())
        if (const result<void> alone = thread.check(); !alone) co_return alone.error();
    auto s = std::make_shared<stream_state>(client->on());
    s->owner = client;
    s->home.emplace(client->where());
    s->request = std::move(kept);
    s->in_flight.enter(client->calls(), s->context.own.cancellation, &stream_state::on_context_gone, s.get());
    auto r = co_await open_stream(*client->gateway, std::move(s), ctx, request);
    co_return std::move(r);
}

/// Of a `call_context` that the client's executor may use.
template <class Gateway, class Request> struct client_asking {
    client_asking(client_state_ptr<Gateway> c, std::shared_ptr<call_bridge> b, std::shared_ptr<const Request> r)
        : client(std::move(c)), bridge(std::move(b)), request(std::move(r)) {}
    client_state_ptr<Gateway> client;
    std::shared_ptr<call_bridge> bridge;
    std::shared_ptr<const Request> request;
};

/// `client_call` with all that it needs; the caller may be anywhere.
template <operation Op, class Gateway>
boost::asio::awaitable<result<typename Op::reply>> client_call_bridged(client_asking<Gateway, typename Op::request> with) {
    const typename Op::request& asked = *with.request;
    call_context* const own = &with.bridge->own;
    auto answer = co_await client_call<Op, Gateway>(std::move(with.client), own, asked, with.request);
    co_return std::move(answer);
}
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> client_stream_bridged(client_state_ptr<Gateway> client,
                                                                  std::shared_ptr<call_bridge> bridge,
                                                                  std::unique_ptr<const chat_request> request) {
    const chat_request& asked = *request;
    call_context* const own = &bridge->own;
    auto opened = co_await client_stream<Gateway>(std::move(client), own, asked, std::move(request));
    co_return std::move(opened);
}

template <operation Op, class Gateway>
boost::asio::awaitable<result<typename Op::reply>>
client_call_elsewhere(client_state_ptr<Gateway> client, call_context* ctx, std::shared_ptr<const typename Op::request> request) {
    auto bridge = std::make_shared<call_bridge>(client->where());
    bridge->begin(ctx);
    client_asking<Gateway, typename Op::request> with(std::move(client), bridge, std::move(request));
    auto work = client_call_bridged<Op, Gateway>(std::move(with));
    return complete_by_token<typename Op::reply>(std::move(bridge), std::move(work), boost::asio::use_awaitable);
}
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> client_stream_elsewhere(client_state_ptr<Gateway> client, call_context* ctx,
                                                                    std::unique_ptr<const chat_request> request) {
    auto bridge = std::make_shared<call_bridge>(client->where());
    bridge->begin(ctx);
    auto work = client_stream_bridged<Gateway>(std::move(client), bridge, std::move(request));
    return complete_by_token<chat_stream>(std::move(bridge), std::move(work), boost::asio::use_awaitable);
}

/// Where the events of a stream go.
template <class OnEvent> struct event_target {
    explicit event_target(OnEvent f) : on_event(std::forward<OnEvent>(f)) {}
    OnEvent on_event;
    /// The caller no longer waits, and what `on_event` refers to may be gone.
    bool left = false;
};

/// Gives every event of a streamed answer to \p to.
template <class Gateway, class OnEvent>
boost::asio::awaitable<result<void>> client_events(client_asking<Gateway, chat_request> with,
                                                   std::shared_ptr<event_target<OnEvent>> to) {
    call_context* const own = &with.bridge->own;
    auto opened = co_await client_stream<Gateway>(std::move(with.client), own, *with.request, nullptr);
    if (opened.has_error()) co_return opened.error();
    while (co_await opened->read_more())
        while (const chat_event* e = opened->try_next()) {
            if (to->left) co_return error(errc::cancelled);
            to->on_event(*e);
        }
    if (opened->failure()) co_return *opened->failure();
    co_return success();
}

} // namespace llmx::inline LLMX_ABI::detail
