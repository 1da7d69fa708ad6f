// SPDX-License-Identifier: BSL-1.0
// A client in a program that runs an io_context: callbacks, a stream's events, futures.
#include <llmx/gateway/client.hpp>
#include <llmx/providers/mock.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>
#include <thread>

namespace asio = boost::asio;

/// Callbacks on the program's own thread.
bool with_callbacks() {
    asio::io_context io(1);
    llmx::client<llmx::mock> ai(io, "echo");
    int done = 0;
    ai.async_chat(llmx::chat_request(ai.model(), "Hello, callback!"), [&done](const llmx::result<llmx::chat_reply>& reply) {
        if (reply) {
            std::cout << reply->text() << '\n';
            ++done;
        } else {
            std::cerr << reply.error().message() << '\n';
        }
    });
    ai.async_stream(
        llmx::chat_request(ai.model(), "Hello, stream!"),
        [](const llmx::chat_event& event) {
            if (event.what == llmx::chat_event::kind::text) std::cout << event.text;
        },
        [&done](const llmx::result<void>& ended) {
            std::cout << '\n';
            if (ended) ++done;
        });
    io.run();
    return done == 2;
}

/// Futures, while two threads run the context: the client is on a strand.
bool with_futures() {
    asio::io_context io(2);
    auto work = asio::make_work_guard(io);
    std::thread first([&io] { io.run(); }), second([&io] { io.run(); });
    bool good = false;
    {
        llmx::client<llmx::mock> ai(asio::make_strand(io), "echo");
        auto one = ai.async_chat(llmx::chat_request(ai.model(), "Hello, future!"), asio::use_future);
        auto two = ai.async_chat(llmx::chat_request(ai.model(), "Hello again!"), asio::use_future);
        const auto a = one.get(), b = two.get();
        good = a.has_value() && b.has_value();
        if (good) std::cout << a->text() << '\n' << b->text() << '\n';
    }
    work.reset();
    first.join();
    second.join();
    return good;
}

int main() {
    const bool callbacks = with_callbacks(), futures = with_futures();
    return callbacks && futures ? 0 : 1;
}
