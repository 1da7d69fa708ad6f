// SPDX-License-Identifier: BSL-1.0
// A streamed answer in a coroutine: text is printed as it arrives.
#include <llmx/gateway/client.hpp>
#include <llmx/providers/mock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>

namespace asio = boost::asio;

asio::awaitable<int> print_stream(llmx::client<llmx::mock>& ai) {
    llmx::call_context context;
    const llmx::chat_request request(ai.model(), "Tell me something in a few words, please.");
    auto opened = co_await ai.stream(context, request);
    if (opened.has_error()) {
        std::cerr << opened.error().message() << '\n';
        co_return 1;
    }
    llmx::chat_stream& stream = *opened;
    while (co_await stream.read_more())
        while (const llmx::chat_event* event = stream.try_next())
            if (event->what == llmx::chat_event::kind::text) std::cout << event->text << std::flush;
    std::cout << '\n';
    // A stream that broke is never a clean end.
    if (stream.failure()) std::cerr << "broken: " << stream.failure()->message() << '\n';
    co_return stream.failure() ? 1 : 0;
}

int main() {
    asio::io_context io(1);
    llmx::client<llmx::mock> ai(io, "echo?tokens_per_second=200");
    int status = 1;
    asio::co_spawn(io, print_stream(ai), [&](const std::exception_ptr& broken, int got) {
        status = broken ? 2 : got;
    });
    io.run();
    return status;
}
