// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/client.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <unit/transport/upstream.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace client_test {

using namespace llmx;
using transport_test::asio::ip::tcp;
namespace asio = boost::asio;

inline const std::string whole_answer =
    R"({"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant",)"
    R"("content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})";

/// One word of a stream, as a chunk of HTTP.
inline const std::string word =
    "72\r\ndata: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}],\"pad\":\"   \"}\n\n\r\n";
/// The head of a stream and its first word; nothing more follows until a test writes it.
inline const std::string stream_begins =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + word;

inline deployment at(const origin& where) {
    deployment d;
    d.model = "m";
    d.key = secret("sk-test");
    d.api_base.where = where;
    d.api_base.path = "/v1";
    return d;
}

/// How often a call completed, and with what.
struct completion {
    int times = 0;
    std::exception_ptr thrown;
    std::optional<result<chat_reply>> got;
    [[nodiscard]] bool is(errc e) const { return !thrown && got && got->has_error() && got->error().value() == e; }
    [[nodiscard]] std::string text() const {
        if (times == 0) return "not completed";
        if (thrown) return "an exception";
        return got->has_error() ? got->error().message() : "reply: " + got->value().text();
    }
    /// For `async_chat`, and for `co_spawn` of an awaitable.
    struct taker {
        completion* to;
        void operator()(result<chat_reply> r) const { (*this)(nullptr, std::move(r)); }
        void operator()(std::exception_ptr e, result<chat_reply> r) const {
            ++to->times;
            to->thrown = std::move(e);
            to->got.emplace(std::move(r));
        }
    };
    [[nodiscard]] taker handler() { return taker{this}; }
};

using socket_ptr = std::shared_ptr<tcp::socket>;

/// Accepts a connection and reads one request from it.
inline asio::awaitable<socket_ptr> receive(transport_test::upstream& peer) {
    tcp::socket s = co_await peer.accept();
    co_await transport_test::read_request(s);
    co_return std::make_shared<tcp::socket>(std::move(s));
}

/// A program: its context, a provider that answers when a test allows it, and a client.
struct program {
    asio::io_context io{1};
    transport_test::upstream peer{io};
    std::unique_ptr<client<openai>> ai = std::make_unique<client<openai>>(io, at(peer.where));

    /// Runs until the provider has a request; the connection that it came on.
    [[nodiscard]] socket_ptr request_arrives() { return testing::run(io, receive(peer)); }
    void run() {
        io.restart();
        io.run();
    }
    /// Not `run` for what an open stream is part of: its deadline keeps the context going.
    template <class Done> void run_until(Done done) {
        io.restart();
        while (!done()) io.run_one();
    }
    void write(const socket_ptr& to, const std::string& text) { asio::write(*to, asio::buffer(text)); }
    [[nodiscard]] bool is_closed(const socket_ptr& s) { return testing::run(io, transport_test::sees_close(*s)); }
};

} // namespace client_test
