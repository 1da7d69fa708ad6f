// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/gateway/client_options.hpp>
#include <llmx/gateway/detail/client_base.hpp>
#include <llmx/gateway/detail/client_tokens.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// One provider, called from inside a program that uses Asio: no sidecar, no server. For a program without Asio
/// there is `blocking_client`.
///
/// `client<openai> ai(io, "gpt-4o"); auto answer = co_await ai.chat("Hello");`. Each operation has an awaitable form and a
/// form for any completion token (`async_...`), which completes with `void(result<T>)`. Connections are kept between
/// calls; failures are retried according to `retry`. Other policies may be named behind the provider and then replace the
/// defaults (`weighted, retry, timeout`). A wrong configuration (no key, malformed base URL, an executor of another kind
/// of context) is reported by `ready` and by each call.
///
/// Thread safety: the client belongs to its executor. On a strand, calls, reads of streams and the destruction of
/// either may come from any thread and go to the strand by themselves; an awaitable continues on the caller's own
/// executor. On the executor of an `io_context`, one thread runs the context and uses the client; when several do, calls fail with
/// `errc::bad_configuration`, whose message asks for a strand. A `call_context` belongs to the executor of the coroutine that
/// awaits the call, or of the token's handler, and is linked to the call as long as it lives; to a stream that is
/// opened from another executor only until the stream is open.
///
/// Lifetime: the client may be destroyed at any time, from its own completion handlers too: calls and streams under
/// way are cancelled, their sockets closed at once (on a strand: as soon as the strand runs), and they complete with
/// `errc::cancelled` through the context. Calls share what they need, so that awaitables and streams may outlive the client.
/// The context may end first: calls that wait in it end with it uncompleted, streams are cancelled, and later calls
/// fail. A client that was moved from fails every call.
template <class P, class... Policies> class client : public detail::client_base<P, Policies...> {
    using base = detail::client_base<P, Policies...>;
    using base::model_;
    using base::state_;

public:
    using typename base::gateway_type;

    /// \p on is an `io_context`, its executor, or a strand. \p model is the provider's name of the model. \p given may be
    /// a key (a text or a `secret`; without one it is looked up in the environment), and whatever
    /// `client_options` takes, or one of these: `client<openai> ai(io, "gpt-4o", "sk-...", llmx::retry(5))`.
    template <class... Given>
    explicit client(io_executor on, std::string model, const Given&... given)
        : client(std::move(on), detail::client_deployment(std::move(model)), given...) {}
    /// The same with a base URL, tags, a provider's settings and what else a deployment has.
    template <class... Given>
    explicit client(io_executor on, deployment d, const Given&... given) : base(std::move(on), std::move(d), given...) {}
    /// The same with a provider's object, from which the client's type can be deduced:
    /// `client ai(io, llmx::openai(), "gpt-4o", llmx::retry(5))`.
    template <class... Given>
    explicit client(io_executor on, P vendor, std::string model, const Given&... given)
        : client(std::move(on), detail::client_deployment(std::move(model)), vendor, given...) {}

    client(client&& other) noexcept = default;
    client& operator=(client&& other) noexcept {
        client taken(std::move(other));
        this->swap(taken);
        return *this;
    }
    ~client() = default;

    /// Throws `call_failed` when there is none (any more).
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return place().executor(); }

    /// One whole answer. \p ctx (deadline, cancellation, what happened) must live until the
    /// coroutine begins and is linked to the call as long as it lives after that. \p request must
    /// live until the coroutine is done; a temporary one is kept by it.
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, const chat_request& request) {
        return detail::client_call<llmx::chat, gateway_type>(state_, &ctx, request, nullptr);
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, chat_request&& request) {
        return keeping<llmx::chat>(&ctx, std::move(request));
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, const chat_request&& request) {
        return keeping<llmx::chat>(&ctx, chat_request(request));
    }
    template <class Request> boost::asio::awaitable<result<chat_reply>> chat(call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<chat_reply>, Request>();
    }
    /// The same without a context of the caller's: no deadline, and only Asio's cancellation and the end of the client
    /// cancel it. The coroutine keeps the request.
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(chat_request request) {
        return keeping<llmx::chat>(nullptr, std::move(request));
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(std::string text) {
        return chat(chat_request(model_, std::move(text)));
    }

    /// One whole answer of any operation, which keeps \p request:
    /// `co_await ai.call<llmx::embeddings>(context, request)`. \p ctx as for `chat`.
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(call_context& ctx, typename Op::request request) {
        return keeping<Op>(&ctx, std::move(request));
    }
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(typename Op::request request) {
        return keeping<Op>(nullptr, std::move(request));
    }
    template <operation Op, class Request>
    boost::asio::awaitable<result<typename Op::reply>> call(call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<typename Op::reply>, Request>();
    }
    /// `call<embeddings>`.
    [[nodiscard]] boost::asio::awaitable<result<embedding_reply>> embed(call_context& ctx, embedding_request request) {
        return keeping<embeddings>(&ctx, std::move(request));
    }
    [[nodiscard]] boost::asio::awaitable<result<embedding_reply>> embed(embedding_request request) {
        return keeping<embeddings>(nullptr, std::move(request));
    }

    /// A streamed answer, from when its first content is there. \p request must live until then,
    /// \p ctx until the coroutine begins; the stream needs neither.
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(call_context& ctx, const chat_request& request) {
        return detail::client_stream<gateway_type>(state_, &ctx, request, nullptr);
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(call_context& ctx, chat_request&& request) {
        return stream_of(&ctx, detail::kept(std::move(request)));
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(call_context& ctx, const chat_request&& request) {
        return stream_of(&ctx, detail::kept(request));
    }
    template <class Request> boost::asio::awaitable<result<chat_stream>> stream(call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<chat_stream>, Request>();
    }
    /// The same without a context of the caller's: no deadline, and only the end of the stream or
    /// of the client cancels it.
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(chat_request request) {
        return stream_of(nullptr, detail::kept(std::move(request)));
    }

    /// One whole answer; completes \p token with `void(result<chat_reply>)` on its handler's executor, which is the
    /// client's when the handler has none. \p ctx is read now, and written on that executor before the completion.
    /// The token's cancellation slot cancels the call (`errc::cancelled`), as \p ctx does. An exception
    /// that leaves a policy or a provider is `errc::internal`; one of the handler passes to whatever
    /// runs the context. Throws `call_failed` when there is no context (any more) that could complete it: the
    /// client was moved from, or its context destroyed.
    template <BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<chat_reply>)) Token>
    auto async_chat(call_context& ctx, chat_request request, Token&& token) {
        return begin<llmx::chat>(&ctx, std::move(request), std::forward<Token>(token));
    }
    template <BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<chat_reply>)) Token>
    auto async_chat(chat_request request, Token&& token) {
        return begin<llmx::chat>(nullptr, std::move(request), std::forward<Token>(token));
    }
    /// The same for any operation: `ai.async_call<llmx::embeddings>(request, token)`.
    template <operation Op, BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<typename Op::reply>)) Token>
    auto async_call(call_context& ctx, typename Op::request request, Token&& token) {
        return begin<Op>(&ctx, std::move(request), std::forward<Token>(token));
    }
    template <operation Op, BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<typename Op::reply>)) Token>
    auto async_call(typename Op::request request, Token&& token) {
        return begin<Op>(nullptr, std::move(request), std::forward<Token>(token));
    }
    /// A streamed answer: \p on_event is called with each `const chat_event&`, on the client's executor; completes
    /// \p token with `void(result<void>)`: what broke the stream, if so. An exception of \p on_event cancels the call,
    /// which completes with `errc::internal`.
    template <class OnEvent, BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<void>)) Token>
    auto async_stream(call_context& ctx, chat_request request, OnEvent on_event, Token&& token) {
        return begin_stream(&ctx, std::move(request), std::move(on_event), std::forward<Token>(token));
    }
    template <class OnEvent, BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<void>)) Token>
    auto async_stream(chat_request request, OnEvent on_event, Token&& token) {
        return begin_stream(nullptr, std::move(request), std::move(on_event), std::forward<Token>(token));
    }

private:
    [[nodiscard]] const io_executor& place() const {
        if (!state_ || state_->io() == nullptr) this->ready().value();
        return state_->where();
    }
    template <operation Op>
    boost::asio::awaitable<result<typename Op::reply>> keeping(call_context* ctx, typename Op::request request) {
        auto kept = std::make_shared<const typename Op::request>(std::move(request));
        const typename Op::request& asked = *kept;
        return detail::client_call<Op, gateway_type>(state_, ctx, asked, std::move(kept));
    }
    boost::asio::awaitable<result<chat_stream>> stream_of(call_context* ctx, std::unique_ptr<const chat_request> kept) {
        const chat_request& asked = *kept;
        return detail::client_stream<gateway_type>(state_, ctx, asked, std::move(kept));
    }
    template <operation Op, class Token> auto begin(call_context* ctx, typename Op::request request, Token&& token) {
        auto with = this->asking(place(), ctx, std::move(request));
        auto bridge = with.bridge;
        return detail::complete_by_token<typename Op::reply>(
            std::move(bridge), detail::client_call_bridged<Op, gateway_type>(std::move(with)), std::forward<Token>(token));
    }
    template <class OnEvent, class Token>
    auto begin_stream(call_context* ctx, chat_request request, OnEvent on_event, Token&& token) {
        auto with = this->asking(place(), ctx, std::move(request));
        auto bridge = with.bridge;
        auto to = std::make_shared<detail::event_target<OnEvent>>(std::move(on_event));
        return detail::complete_by_token<void>(
            std::move(bridge), detail::client_events<gateway_type, OnEvent>(std::move(with), std::move(to)),
            std::forward<Token>(token));
    }
};

template <provider P, class... Given>
client(io_executor, P, std::string, Given...) -> client<P, detail::client_policies<Given...>>;

} // namespace llmx::inline LLMX_ABI
