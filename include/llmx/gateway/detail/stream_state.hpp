// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/call_context.hpp>
#include <llmx/core/chat.hpp>
#include <llmx/gateway/chat_stream.hpp>
#include <llmx/gateway/detail/client_calls.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/service/reply_events.hpp>
#include <llmx/transport/io_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The context of a call of a client, or of a streamed one, and its link to the one that its
/// caller brought: that one may end first. While it exists, its cancellation is passed on and the
/// outcome is reported to it.
struct linked_context {
    linked_context() = default;
    linked_context(const linked_context&) = delete;
    linked_context& operator=(const linked_context&) = delete;

    /// Before the first attempt; \p brought is null when the caller has no context.
    LLMX_DECL void begin(runtime& on, call_context* brought);
    /// All that happened so far, to the caller's context.
    LLMX_DECL void report() const;
    LLMX_DECL void report_tokens() const noexcept;

    call_context own;
    call_context* caller = nullptr;
    std::optional<cancellation::registration> link;
};

/// Everything that a streamed call needs as long as its stream exists: shared by the stream and a read
/// of it that is under way, so that either may end first.
struct stream_state {
    explicit stream_state(runtime& on) { asked.emplace(on, context.own); }
    explicit stream_state(std::unique_ptr<call> c) noexcept : given(std::move(c)) {}
    stream_state(const stream_state&) = delete;
    stream_state& operator=(const stream_state&) = delete;

    [[nodiscard]] call& the_call() noexcept { return given ? *given : *asked; }

    /// Before the first attempt.
    LLMX_DECL void begin(call_context* caller, const chat_request& request);
    /// After the last one: the stream, or why there is none.
    LLMX_DECL [[nodiscard]] static result<chat_stream> opened(std::shared_ptr<stream_state> self,
                                                              result<reply> answer);
    /// The call's answer has come.
    LLMX_DECL void start(reply answer);
    LLMX_DECL void break_off(error why);
    /// The stream is gone while a read is under way.
    void abandon() noexcept { the_call().context->cancellation.cancel(); }
    /// The `io_context` of the connection is being destroyed.
    LLMX_DECL static void on_context_gone(void* self) noexcept;

    /// Keeps the maker of the stream (the client's state) alive; destroyed last.
    std::shared_ptr<const void> owner;
    linked_context context;
    /// Where a stream of a client is read, whichever executor its user is on. Empty for streams of a gateway, which
    /// are used on their runtime's executor, and once the context has been destroyed.
    std::optional<io_executor> home;
    std::string model;
    /// The request, when it was given to keep; not needed any more once the stream is open.
    std::unique_ptr<const chat_request> request;
    std::unique_ptr<call> given;
    std::optional<call> asked;
    reply answer;
    std::optional<reply_decoding<chat>> decoding;
    std::optional<error> failure;
    bool ended = false;
    bool reading = false;
    /// The connection has to go as soon as the read under way has.
    bool orphaned = false;
    client_calls::entry in_flight;
};

template <> inline constexpr bool keeps_frames<std::shared_ptr<stream_state>> = true;

/// The coroutine behind `chat_stream::read_more`.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<bool> read_stream(std::shared_ptr<stream_state> s);

/// Requests a streamed answer from \p gw. \p request must outlive the coroutine, \p caller
/// until it begins.
template <class Gateway>
boost::asio::awaitable<result<chat_stream>> open_stream(Gateway& gw, std::shared_ptr<stream_state> s,
                                                        call_context* caller, const chat_request& request) {
    s->begin(caller, request);
    result<reply> answer = co_await gw.execute(s->the_call());
    co_return stream_state::opened(std::move(s), std::move(answer));
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/stream_state.ipp>
#endif
