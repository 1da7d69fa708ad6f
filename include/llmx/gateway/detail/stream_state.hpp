// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/dialects/dialect.hpp>
#include <llmx/gateway/chat_stream.hpp>
#include <llmx/gateway/detail/client_calls.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline v0::detail {

/// All that a streamed call needs as long as its stream lives: shared by the stream and a read
/// of it that is under way, so that either may end first.
///
/// The call has a context of its own. The caller's is linked to it as long as that lives: its
/// cancellation is passed on, and what happened is reported to it.
struct stream_state {
    explicit stream_state(runtime& on) { asked.emplace(on, context); }
    explicit stream_state(std::unique_ptr<call> c) noexcept : given(std::move(c)) {}
    stream_state(const stream_state&) = delete;
    stream_state& operator=(const stream_state&) = delete;

    [[nodiscard]] call& the_call() noexcept { return given ? *given : *asked; }

    /// Before the first attempt; \p caller is null when the caller brought no context.
    LLMX_DECL void begin(call_context* caller, const chat_request& request);
    /// After the last one: the stream, or why there is none. \p caller is alive still.
    [[nodiscard]] LLMX_DECL static result<chat_stream> opened(std::shared_ptr<stream_state> self, call_context* caller,
                                                              result<reply> answer);
    /// The call's answer has come.
    LLMX_DECL void start(reply answer);
    LLMX_DECL void break_off(error why);
    /// What has been used so far, for the caller's context when that is alive.
    LLMX_DECL void report_tokens() noexcept;
    /// The stream is gone while a read is under way.
    void abandon() noexcept { the_call().context->cancellation.cancel(); }
    /// The `io_context` of the connection is being destroyed.
    LLMX_DECL static void on_context_gone(void* self) noexcept;

    /// Keeps alive what made the stream (the client's state); goes last.
    std::shared_ptr<const void> owner;
    call_context context;
    std::string model;
    /// The request, when it was given to keep; not needed any more once the stream is open.
    std::unique_ptr<const chat_request> request;
    std::unique_ptr<call> given;
    std::optional<call> asked;
    reply answer;
    std::unique_ptr<any_stream_decoder> decoder;
    event_batch batch;
    std::optional<error> failure;
    bool ended = false;
    bool reading = false;
    /// The connection has to go as soon as the read under way has.
    bool orphaned = false;
    call_context* reports_to = nullptr;
    std::optional<cancellation::registration> link;
    client_calls::entry in_flight;
};

/// The coroutine behind `chat_stream::read_more`.
[[nodiscard]] LLMX_DECL boost::asio::awaitable<bool> read_stream(std::shared_ptr<stream_state> s);

/// Asks \p gw for a streamed answer. \p request and \p caller must live until the coroutine is done.
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> open_stream(Gateway& gw, std::shared_ptr<stream_state> s,
                                                        call_context* caller, const chat_request& request) {
    s->begin(caller, request);
    result<reply> answer = co_await gw.execute(s->the_call());
    co_return stream_state::opened(std::move(s), caller, std::move(answer));
}

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/stream_state.ipp>
#endif
