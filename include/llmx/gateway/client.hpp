// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/transport/http_pool.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline v0 {
namespace detail {

/// The one deployment of a client: provider \p P, key and base URL from the vendor's
/// environment variables where \p d names none.
template <provider P> [[nodiscard]] result<std::shared_ptr<const topology>> client_topology(deployment d) {
    d.provider = P::name;
    if (d.id.empty()) d.id = std::string(P::name);
    if (d.model_group.empty()) d.model_group = d.model;
    const auto from_environment = [](std::string_view name) -> const char* {
        return name.empty() ? nullptr : std::getenv(std::string(name).c_str());
    };
    if (d.key.empty())
        if (const char* key = from_environment(P::facts.key_env)) d.key = secret(key);
    if (d.key.empty() && P::facts.needs_key)
        return error(errc::bad_configuration, "no key for provider '" + std::string(P::name) + "': set " +
                                                  std::string(P::facts.key_env) + " or give deployment::key");
    if (d.api_base.where.host.empty())
        if (const char* base = from_environment(P::facts.base_env)) {
            auto parsed = parse_base_url(base);
            if (parsed.has_error()) return parsed.error();
            d.api_base = std::move(*parsed);
        }
    if (auto completed = registry<P>::complete(d); completed.has_error()) return completed.error();
    std::vector<deployment> one;
    one.push_back(std::move(d));
    return topology::make(std::move(one));
}

} // namespace detail

/// One provider, called from inside the program: no sidecar, no server.
///
/// `client<openai> ai("gpt-4o"); ai.chat("Hello")->text();`. Connections are kept between
/// calls; failures are retried as `retry` says. Other policies may be named behind the
/// provider and then replace the defaults (`weighted, retry, timeout`).
///
/// A wrong configuration (no key, malformed base URL) is reported by the first call.
/// Blocking functions run the client's `io_context` on the calling thread; they may not be
/// called from inside it. Not thread-safe; the client must outlive its streams.
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
    explicit client(deployment d) : own_(std::make_unique<boost::asio::io_context>(1)), io_(own_.get()) { open(std::move(d)); }

    /// A client on the program's `io_context`, which must be run by one thread and outlive it.
    client(boost::asio::io_context& io, std::string model, secret key = secret())
        : client(io, of(std::move(model), std::move(key))) {}
    client(boost::asio::io_context& io, deployment d) : io_(&io) { open(std::move(d)); }

    /// The model given at construction: what requests of this client should name.
    [[nodiscard]] const std::string& model() const noexcept { return model_; }
    [[nodiscard]] boost::asio::io_context& context() noexcept { return *io_; }

    /// One whole answer. \p ctx (deadline, cancellation, what happened) and \p request must
    /// live until the coroutine is done.
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(call_context& ctx, const chat_request& request) {
        if (broken_) co_return *broken_;
        auto r = co_await gateway_->chat(*runtime_, ctx, request);
        co_return std::move(r);
    }
    /// A streamed answer; \p ctx and \p request must outlive it.
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(call_context& ctx, const chat_request& request) {
        if (broken_) co_return *broken_;
        auto r = co_await gateway_->stream(*runtime_, ctx, request);
        co_return std::move(r);
    }

    /// For those who are not in a coroutine: completes \p token with
    /// `void(std::exception_ptr, result<chat_reply>)` on the client's context. Cancel
    /// through the token's cancellation slot.
    template <class Token> auto async_chat(chat_request request, Token&& token) {
        return boost::asio::co_spawn(*io_, owned_chat(std::move(request)), std::forward<Token>(token));
    }

    /// Blocks until the answer is there.
    [[nodiscard]] result<chat_reply> chat(const chat_request& request) {
        return run(owned_chat(request));
    }
    [[nodiscard]] result<chat_reply> chat(std::string text) { return chat(chat_request(model_, std::move(text))); }

    /// Blocks and calls \p on_event for every event; returns what broke the stream, if so.
    template <class OnEvent> [[nodiscard]] result<void> stream(const chat_request& request, OnEvent on_event) {
        return run(each_event(request, on_event));
    }

private:
    static deployment of(std::string model, secret key) {
        deployment d;
        d.model = std::move(model);
        d.key = std::move(key);
        return d;
    }
    void open(deployment d) {
        model_ = d.model_group.empty() ? d.model : d.model_group;
        auto world = detail::client_topology<P>(std::move(d));
        if (world.has_error()) {
            broken_ = world.error();
            return;
        }
        pool_ = std::make_unique<http_pool>(*io_);
        runtime_ = std::make_unique<asio_runtime>(*io_, *pool_);
        gateway_ = std::make_unique<gateway_type>(std::move(*world));
    }
    boost::asio::awaitable<result<chat_reply>> owned_chat(chat_request request) {
        call_context ctx;
        auto r = co_await chat(ctx, request);
        co_return std::move(r);
    }
    template <class OnEvent>
    boost::asio::awaitable<result<void>> each_event(const chat_request& request, OnEvent& on_event) {
        call_context ctx;
        auto opened = co_await stream(ctx, request);
        if (opened.has_error()) co_return opened.error();
        while (co_await opened->read_more())
            while (const chat_event* e = opened->try_next()) on_event(*e);
        if (opened->failure()) co_return *opened->failure();
        co_return success();
    }
    template <class T> T run(boost::asio::awaitable<T> work) {
        std::optional<T> got;
        std::exception_ptr thrown;
        boost::asio::co_spawn(*io_, std::move(work), [&](const std::exception_ptr& e, T value) {
            thrown = e;
            got.emplace(std::move(value));
        });
        io_->restart();
        while (!got && io_->run_one() > 0) {
        }
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*got);
    }

    std::string model_;
    std::optional<error> broken_;
    std::unique_ptr<boost::asio::io_context> own_;
    boost::asio::io_context* io_;
    std::unique_ptr<http_pool> pool_;
    std::unique_ptr<asio_runtime> runtime_;
    std::unique_ptr<gateway_type> gateway_;
};

} // namespace llmx::inline v0
