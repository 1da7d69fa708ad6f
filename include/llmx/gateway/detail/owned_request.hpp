// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/call_context.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/result.hpp>
#include <llmx/gateway/detail/stream_state.hpp>
#include <llmx/service/runtime.hpp>

#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// A context that would end before its call, told by the compiler.
template <class T, class Request> boost::asio::awaitable<T> refuse_temporary_context() {
    static_assert(sizeof(Request) == 0, "llmx: the call_context must outlive the call: give it a name "
                                        "(llmx::call_context context;), or use a form of the function without a context");
    return boost::asio::awaitable<T>();
}

/// A request on the heap, which keeps it out of coroutine frames.
template <class Request> [[nodiscard]] std::unique_ptr<const Request> kept(Request request) {
    return std::make_unique<const Request>(std::move(request));
}

/// `gateway::call` with a request that the coroutine keeps.
template <operation Op, class Gateway>
boost::asio::awaitable<result<typename Op::reply>> call_keeping(Gateway& gw, runtime& on, call_context& ctx,
                                                                std::unique_ptr<const typename Op::request> request) {
    auto r = co_await gw.template call<Op>(on, ctx, *request);
    co_return std::move(r);
}

/// `gateway::stream` with a request that is kept until the stream is open.
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> stream_keeping(Gateway& gw, runtime& on, call_context* ctx,
                                                           std::unique_ptr<const chat_request> request) {
    auto s = std::make_shared<stream_state>(on);
    const chat_request& asked = *request;
    s->request = std::move(request);
    return open_stream(gw, std::move(s), ctx, asked);
}

} // namespace llmx::inline LLMX_ABI::detail
