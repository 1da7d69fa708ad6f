// SPDX-License-Identifier: BSL-1.0
// A gateway's server inside a program that has an io_context of its own: the program's timer, its client and the
// server share one thread, an endpoint keeps what it is sent in an object of the program, and the program ends
// by its own decision.
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/server/endpoints/health.hpp>
#include <llmx/server/endpoints/openai_chat.hpp>
#include <llmx/server/server.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace asio = boost::asio;

/// `POST /v1/feedback`: keeps what users think of an answer.
struct feedback_endpoint {
    explicit feedback_endpoint(std::vector<std::string>& store) : store_(&store) {}
    static constexpr std::string_view usage = "POST /v1/feedback";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "feedback";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const llmx::endpoint_match&) noexcept { return true; }
    static llmx::endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/v1/feedback" ? llmx::endpoint_match::of(method, "POST") : llmx::endpoint_match();
    }
    static void encode_error(const llmx::error& e, std::string& out) { llmx::encode_plain_error(e, out); }

    template <class Gateway> asio::awaitable<void> serve(llmx::server_connection& connection, Gateway&) {
        store_->emplace_back(connection.body());
        connection.scratch() = "{\"kept\":" + std::to_string(store_->size()) + "}";
        co_await connection.reply(200, "application/json", connection.scratch());
    }

private:
    std::vector<std::string>* store_;
};

using my_providers = llmx::registry<llmx::mock>;
using my_gateway = llmx::gateway<my_providers, llmx::weighted, llmx::retry, llmx::timeout>;
using my_server = llmx::server<my_gateway, llmx::openai_chat_endpoint, llmx::health_endpoint, feedback_endpoint>;

/// All of a program that runs in one context.
struct program {
    program(asio::io_context& context, my_server& on) : io(context), models(on), ticker(context) {}

    asio::awaitable<void> tick() {
        while (!over) {
            ticker.expires_after(std::chrono::milliseconds(1));
            const auto woken = co_await ticker.async_wait(asio::as_tuple(asio::deferred));
            if (std::get<0>(woken)) co_return;
            ++ticks;
        }
    }
    /// The answer to one request.
    asio::awaitable<std::string> ask(std::string path, std::string body) {
        asio::ip::tcp::socket socket(io);
        const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), models.port());
        co_await socket.async_connect(where, asio::deferred);
        const std::string request = "POST " + path + " HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: " +
                                    std::to_string(body.size()) + "\r\n\r\n" + body;
        co_await asio::async_write(socket, asio::buffer(request), asio::deferred);
        std::string answer;
        char piece[4096];
        for (;;) {
            const auto got = co_await socket.async_read_some(asio::buffer(piece), asio::as_tuple(asio::deferred));
            answer.append(piece, std::get<1>(got));
            if (std::get<0>(got)) break;
        }
        co_return answer;
    }
    asio::awaitable<void> run() {
        const std::string chat = R"({"model":"model","messages":[{"role":"user","content":"Are you there?"}]})";
        std::string answer;
        do answer = co_await ask("/v1/chat/completions", chat);
        while (ticks == 0);
        const std::string kept = co_await ask("/v1/feedback", R"({"good":true})");
        good = answer.starts_with("HTTP/1.1 200") && kept.ends_with("{\"kept\":1}");
        std::cout << answer.substr(answer.find("\r\n\r\n") + 4) << '\n' << kept.substr(kept.find("\r\n\r\n") + 4) << '\n';
        // The last calls end, then the server lets go of the context.
        const llmx::result<void> drained = co_await models.drain();
        good = good && drained.has_value();
        // A wait that has just ended is not cancelled.
        over = true;
        ticker.cancel();
    }

    asio::io_context& io;
    my_server& models;
    asio::steady_timer ticker;
    int ticks = 0;
    bool good = false, over = false;
};

int main() {
    llmx::deployment d;
    d.id = d.model_group = "model";
    d.provider = "mock";
    d.model = "echo";
    my_gateway models(my_providers::make_topology({d}).value());

    std::vector<std::string> store;
    asio::io_context io(1);
    llmx::server_options options;
    options.port = 0;
    my_server on(models, options, feedback_endpoint(store));
    if (const auto started = on.start(io); !started) {
        std::cerr << started.error().message() << '\n';
        return 1;
    }
    program p(io, on);
    const auto rethrow = [](const std::exception_ptr& e) {
        if (e) std::rethrow_exception(e);
    };
    asio::co_spawn(io, p.tick(), rethrow);
    asio::co_spawn(io, p.run(), rethrow);
    io.run();
    std::cout << "the program's timer ran " << (p.ticks > 0 ? "meanwhile" : "never") << '\n';
    return p.good && store.size() == 1 ? 0 : 1;
}
