// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/gateway/detail/client_calling.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/service/any_service.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The one deployment of a client: provider \p P, key and base URL from the vendor's
/// environment variables where \p d names none.
template <provider P> [[nodiscard]] result<std::shared_ptr<const topology>> client_topology(deployment d) {
    d.provider = P::name;
    if (d.id.empty()) d.id = std::string(P::name);
    if (d.model_group.empty()) d.model_group = d.model;
    const auto from_environment = [](const name_list& names) -> const char* {
        for (const std::string_view name : names)
            if (const char* value = std::getenv(std::string(name).c_str()); value != nullptr && *value != 0) return value;
        return nullptr;
    };
    if (d.key.empty())
        if (const char* key = from_environment(P::facts.key_env)) d.key = secret(key);
    if (d.key.empty() && P::facts.needs_key)
        return error(errc::bad_configuration, "no key for provider '" + std::string(P::name) + "': set " +
                                                  std::string(P::facts.key_env.front()) + " or give deployment::key");
    if (d.api_base.where.host.empty())
        if (const char* base = from_environment(P::facts.base_env)) {
            auto parsed = parse_base_url(base);
            if (parsed.has_error()) return parsed.error();
            d.api_base = std::move(*parsed);
        }
    std::vector<deployment> one;
    one.push_back(std::move(d));
    return registry<P>::make_topology(std::move(one));
}

} // namespace detail

/// One provider, called from inside the program: no sidecar, no server.
///
/// `client<openai> ai("gpt-4o"); ai.chat("Hello")->text();` gives the answer's text, or throws
/// `call_failed`, whose `what()` says what to do; `if (auto r = ai.chat("Hello"))` asks first.
/// Connections are kept between calls; failures are retried as `retry` says. Other policies may be
/// named behind the provider and then replace the defaults (`weighted, retry, timeout`).
///
/// A wrong configuration (no key, malformed base URL) is reported by `ready` and by each call.
/// Blocking functions run the client's `io_context` on the calling thread; called from inside of it
/// they fail with `errc::bad_configuration`. They return `errc::cancelled` when the program stops
/// the context, and let exceptions of its other handlers pass.
///
/// The client may be destroyed at any time on the thread of its context, from its own completion
/// handlers too: calls and streams under way are cancelled, their sockets closed at once, and they
/// complete with `errc::cancelled` through the context. Calls share what they need, so that
/// awaitables and streams may outlive the client. A context of the client's own runs what is
/// ready then inside of the destructor. The program's context may end first: calls that wait in it
/// end with it unheard, streams are cancelled, and later calls fail. A client that was moved from
/// fails every call. Not thread-safe.
template <provider P, class... Policies> class client {
    template <class... Ps> struct stack {
        using type = gateway<registry<P>, Ps...>;
    };
    template <class... Ps>
        requires(sizeof...(Ps) == 0)
    struct stack<Ps...> {
        using type = gateway<registry<P>, weighted, retry, timeout>;
    };

public:
    using gateway_type = typename stack<Policies...>::type;

    /// A client with an `io_context` of its own, for blocking use. \p model is the
    /// provider's name of the model; an empty \p key is looked up in the environment.
    explicit client(std::string model, secret key = secret()) : client(of(std::move(model), std::move(key))) {}
    explicit client(deployment d) : own_(std::make_shared<boost::asio::io_context>(1)) { open(*own_, std::move(d)); }

    /// A client on the program's `io_context`, which must be run by one thread.
    client(boost::asio::io_context& io, std::string model, secret key = secret())
        : client(io, of(std::move(model), std::move(key))) {}
    client(boost::asio::io_context& io, deployment d) { open(io, std::move(d)); }

    client(client&& other) noexcept = default;
    client& operator=(client&& other) noexcept {
        client taken(std::move(other));
        model_.swap(taken.model_);
        own_.swap(taken.own_);
        state_.swap(taken.state_);
        return *this;
    }
    ~client() {
        if (const auto state = std::move(state_)) state->close();
        if (own_) detail::end_own_context(std::move(own_));
    }

    /// Success, or why every call would fail.
    [[nodiscard]] result<void> ready() const { return detail::client_ready(state_); }
    /// The model given at construction: what requests of this client should name.
    [[nodiscard]] const std::string& model() const noexcept { return model_; }
    /// The client's gateway for policies that call it with a runtime of their own: it may outlive the
    /// client, whose destruction does not cancel such calls. Empty when `ready` fails.
    [[nodiscard]] any_service service() const {
        if (!state_ || !state_->gateway) return any_service();
        return any_service(std::shared_ptr<gateway_type>(state_, &*state_->gateway));
    }
    /// Throws `call_failed` when there is none (any more).
    [[nodiscard]] boost::asio::io_context& context() { return *context_or_throw(); }

    /// One whole answer. \p ctx (deadline, cancellation, what happened) must live until the
    /// coroutine begins and is linked to the call as long as it lives after that. \p request must
    /// live until the coroutine is done; a temporary one is kept by it.
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, const chat_request& request) {
        return detail::client_call<llmx::chat, gateway_type>(state_, &ctx, request, nullptr);
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, chat_request&& request) {
        return chat_of(&ctx, std::make_shared<const chat_request>(std::move(request)));
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, const chat_request&& request) {
        return chat(ctx, chat_request(request));
    }
    template <class Request> boost::asio::awaitable<result<chat_reply>> chat(call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<chat_reply>, Request>();
    }

    /// One whole answer of any operation, which keeps \p request:
    /// `co_await ai.call<llmx::embeddings>(context, request)`. \p ctx as for `chat`.
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(call_context& ctx, typename Op::request request) {
        auto kept = std::make_shared<const typename Op::request>(std::move(request));
        const typename Op::request& asked = *kept;
        return detail::client_call<Op, gateway_type>(state_, &ctx, asked, std::move(kept));
    }
    template <operation Op, class Request>
    boost::asio::awaitable<result<typename Op::reply>> call(call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<typename Op::reply>, Request>();
    }
    /// The same, blocking until the answer is there.
    template <operation Op> [[nodiscard]] result<typename Op::reply> call(typename Op::request request) {
        if (const result<void> may = may_block(); !may) return may.error();
        const auto keep = own_;
        using blocking = detail::blocking_call<typename Op::reply, detail::no_event_handler, typename Op::request>;
        auto work = std::make_shared<blocking>(std::move(request), nullptr);
        boost::asio::io_context& io = *state_->io();
        return detail::block_on(io, work, detail::client_call<Op, gateway_type>(state_, &work->context, work->request, work));
    }
    /// `call<embeddings>`.
    [[nodiscard]] boost::asio::awaitable<result<embedding_reply>> embed(call_context& ctx, embedding_request request) {
        return call<embeddings>(ctx, std::move(request));
    }
    [[nodiscard]] result<embedding_reply> embed(embedding_request request) { return call<embeddings>(std::move(request)); }

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

    /// For those who are not in a coroutine, or want nothing to keep alive: completes \p token
    /// with `void(std::exception_ptr, result<chat_reply>)` on the client's context. Cancel
    /// through the token's cancellation slot. Throws `call_failed` when there is no context (any
    /// more) that could complete it: the client was moved from, or its context destroyed.
    template <class Token> auto async_chat(chat_request request, Token&& token) {
        boost::asio::io_context& io = *context_or_throw();
        return boost::asio::co_spawn(io, chat_of(nullptr, std::make_shared<const chat_request>(std::move(request))),
                                     std::forward<Token>(token));
    }

    /// Blocks until the answer is there.
    [[nodiscard]] result<chat_reply> chat(const chat_request& request) {
        if (const result<void> may = may_block(); !may) return may.error();
        // The client may end inside of what runs then: nothing of it is used any more.
        const auto keep = own_;
        auto work = std::make_shared<detail::blocking_call<chat_reply, detail::no_event_handler>>(request, nullptr);
        boost::asio::io_context& io = *state_->io();
        return detail::block_on(
            io, work, detail::client_call<llmx::chat, gateway_type>(state_, &work->context, work->request, work));
    }
    [[nodiscard]] result<chat_reply> chat(std::string text) { return chat(chat_request(model_, std::move(text))); }

    /// Blocks and calls \p on_event for every event; returns what broke the stream, if so. What
    /// \p on_event throws ends the call and passes to the caller.
    template <class OnEvent> [[nodiscard]] result<void> stream(const chat_request& request, OnEvent on_event) {
        if (const result<void> may = may_block(); !may) return may.error();
        const auto keep = own_;
        auto work = std::make_shared<detail::blocking_call<void, OnEvent>>(request, &on_event);
        boost::asio::io_context& io = *state_->io();
        return detail::block_on(io, work, detail::each_event<gateway_type, OnEvent>(state_, work));
    }

private:
    static deployment of(std::string model, secret key) {
        deployment d;
        d.model = std::move(model);
        d.key = std::move(key);
        return d;
    }
    void open(boost::asio::io_context& io, deployment d) {
        model_ = d.model_group.empty() ? d.model : d.model_group;
        auto world = detail::client_topology<P>(std::move(d));
        if (world) state_ = std::make_shared<detail::client_state<gateway_type>>(io, std::move(*world));
        else state_ = std::make_shared<detail::client_state<gateway_type>>(io, world.error());
    }
    [[nodiscard]] boost::asio::io_context* context_or_throw() const {
        boost::asio::io_context* const io = state_ ? state_->io() : nullptr;
        if (io == nullptr) (void)ready().value();
        return io;
    }
    [[nodiscard]] result<void> may_block() const {
        result<void> can = ready();
        if (can) can = detail::may_block_on(*state_->io());
        return can;
    }
    boost::asio::awaitable<result<chat_reply>> chat_of(call_context* ctx, std::shared_ptr<const chat_request> kept) {
        const chat_request& asked = *kept;
        return detail::client_call<llmx::chat, gateway_type>(state_, ctx, asked, std::move(kept));
    }
    boost::asio::awaitable<result<chat_stream>> stream_of(call_context* ctx, std::unique_ptr<const chat_request> kept) {
        const chat_request& asked = *kept;
        return detail::client_stream<gateway_type>(state_, ctx, asked, std::move(kept));
    }

    std::string model_;
    /// Null on the program's context.
    std::shared_ptr<boost::asio::io_context> own_;
    /// Null after a move.
    std::shared_ptr<detail::client_state<gateway_type>> state_;
};

} // namespace llmx::inline LLMX_ABI
