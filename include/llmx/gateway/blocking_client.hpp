// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/client_options.hpp>
#include <llmx/gateway/detail/client_base.hpp>
#include <llmx/gateway/detail/client_blocking.hpp>

#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// One provider, called by functions that return the answer: no sidecar, no server, no knowledge of Asio.
///
/// `blocking_client<openai> ai("gpt-4o"); ai.chat("Hello")->text();` gives the answer's text, or throws
/// `call_failed`, whose `what()` names the cause and the remedy; `if (auto r = ai.chat("Hello"))` asks first.
/// Connections are kept between calls; failures are retried according to `retry`. Other policies may be
/// named behind the provider and then replace the defaults (`weighted, retry, timeout`).
///
/// Every function may be given a `call_context` (deadline, tags, and afterwards the report of what happened), and as its
/// last argument a `std::stop_token`, by which any thread cancels the call (`errc::cancelled`). The context
/// itself is used on the calling thread. A wrong configuration (no key, malformed base URL) is reported by `ready` and by
/// each call. Exceptions of policies, providers and event handlers of the program pass to the caller.
///
/// Not thread-safe: a thread that calls while another one waits gets `errc::bad_configuration`, and so does a call from
/// inside of a call; each thread has a client of its own. May be moved between threads, and destroyed inside of a call:
/// that call ends with `errc::cancelled`. A client that was moved from fails every call.
template <class P, class... Policies> class blocking_client : public detail::client_base<P, Policies...> {
    using base = detail::client_base<P, Policies...>;
    using base::model_;
    using base::state_;

public:
    using typename base::gateway_type;

    /// \p model is the provider's name of the model. \p given may be a key (a text or a `secret`; without
    /// one it is looked up in the environment), and whatever `client_options` takes, or one of these:
    /// `blocking_client<openai> ai("gpt-4o", "sk-...", llmx::retry(5))`.
    template <class... Given>
    explicit blocking_client(std::string model, const Given&... given)
        : blocking_client(detail::client_deployment(std::move(model)), given...) {}
    /// The same with a base URL, tags, a provider's settings and what else a deployment has.
    template <class... Given>
    explicit blocking_client(deployment d, const Given&... given)
        : blocking_client(std::make_shared<detail::blocking_context>(), std::move(d), given...) {}
    /// The same with a provider's object, from which the client's type can be deduced:
    /// `blocking_client ai(llmx::openai(), "gpt-4o", llmx::retry(5))`.
    template <class... Given>
    explicit blocking_client(P vendor, std::string model, const Given&... given)
        : blocking_client(detail::client_deployment(std::move(model)), vendor, given...) {}

    blocking_client(blocking_client&& other) noexcept = default;
    blocking_client& operator=(blocking_client&& other) noexcept {
        blocking_client taken(std::move(other));
        this->swap(taken);
        own_.swap(taken.own_);
        return *this;
    }
    ~blocking_client() {
        this->close();
        if (own_) detail::end_own_context(std::move(own_));
    }

    /// One whole answer.
    [[nodiscard]] result<chat_reply> chat(call_context& ctx, chat_request request, std::stop_token stop = std::stop_token()) {
        return run<llmx::chat>(&ctx, std::move(request), stop);
    }
    [[nodiscard]] result<chat_reply> chat(chat_request request, std::stop_token stop = std::stop_token()) {
        return run<llmx::chat>(nullptr, std::move(request), stop);
    }
    [[nodiscard]] result<chat_reply> chat(std::string text, std::stop_token stop = std::stop_token()) {
        return run<llmx::chat>(nullptr, chat_request(model_, std::move(text)), stop);
    }

    /// The same for any operation: `ai.call<llmx::embeddings>(request)`.
    template <operation Op>
    [[nodiscard]] result<typename Op::reply> call(call_context& ctx, typename Op::request request,
                                                  std::stop_token stop = std::stop_token()) {
        return run<Op>(&ctx, std::move(request), stop);
    }
    template <operation Op>
    [[nodiscard]] result<typename Op::reply> call(typename Op::request request, std::stop_token stop = std::stop_token()) {
        return run<Op>(nullptr, std::move(request), stop);
    }
    /// `call<embeddings>`.
    [[nodiscard]] result<embedding_reply> embed(call_context& ctx, embedding_request request,
                                                std::stop_token stop = std::stop_token()) {
        return run<embeddings>(&ctx, std::move(request), stop);
    }
    [[nodiscard]] result<embedding_reply> embed(embedding_request request, std::stop_token stop = std::stop_token()) {
        return run<embeddings>(nullptr, std::move(request), stop);
    }

    /// A streamed answer: \p on_event is called with each `const chat_event&`, on the calling thread; returns what broke
    /// the stream, if so. What \p on_event throws ends the call and passes to the caller.
    template <class OnEvent>
    [[nodiscard]] result<void> stream(call_context& ctx, chat_request request, OnEvent on_event,
                                      std::stop_token stop = std::stop_token()) {
        return run_stream(&ctx, std::move(request), on_event, stop);
    }
    template <class OnEvent>
    [[nodiscard]] result<void> stream(chat_request request, OnEvent on_event, std::stop_token stop = std::stop_token()) {
        return run_stream(nullptr, std::move(request), on_event, stop);
    }

private:
    template <class... Given>
    explicit blocking_client(std::shared_ptr<detail::blocking_context> own, deployment d, const Given&... given)
        : base(io_executor(own->io), std::move(d), given...), own_(std::move(own)) {}
    template <operation Op>
    result<typename Op::reply> run(call_context* ctx, typename Op::request request, const std::stop_token& stop) {
        if (const result<void> can = this->ready(); !can) return can.error();
        // The client may end inside of what runs then: nothing of it is used any more.
        const auto own = own_;
        auto with = this->asking(state_->where(), ctx, std::move(request));
        const auto bridge = with.bridge;
        return detail::block_on(own, bridge, detail::client_call_bridged<Op, gateway_type>(std::move(with)), stop);
    }
    template <class OnEvent>
    result<void> run_stream(call_context* ctx, chat_request request, OnEvent& on_event, const std::stop_token& stop) {
        if (const result<void> can = this->ready(); !can) return can.error();
        const auto own = own_;
        auto with = this->asking(state_->where(), ctx, std::move(request));
        const auto bridge = with.bridge;
        const auto to = std::make_shared<detail::event_target<OnEvent&>>(on_event);
        struct leave {
            explicit leave(detail::event_target<OnEvent&>& t) noexcept : target(t) {}
            leave(const leave&) = delete;
            leave& operator=(const leave&) = delete;
            ~leave() { target.left = true; }
            detail::event_target<OnEvent&>& target;
        };
        const leave on_the_way_out(*to);
        return detail::block_on(own, bridge, detail::client_events<gateway_type, OnEvent&>(std::move(with), to), stop);
    }

    /// Null after a move.
    std::shared_ptr<detail::blocking_context> own_;
};

template <provider P, class... Given>
blocking_client(P, std::string, Given...) -> blocking_client<P, detail::client_policies<Given...>>;

} // namespace llmx::inline LLMX_ABI
