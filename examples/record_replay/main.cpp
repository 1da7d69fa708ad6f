// SPDX-License-Identifier: BSL-1.0
// Exchanges with a vendor, recorded once and replayed for ever: a test of a program without an account or a network.
//   example_record_replay                  replays the recording beside this file
//   example_record_replay --record BASE    records it anew, from OpenAI or any server of its language: the key is OPENAI_API_KEY
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/testing/record_transport.hpp>
#include <llmx/testing/replay_transport.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using gateway = llmx::gateway<llmx::registry<llmx::openai>, llmx::weighted>;

/// The program under test: a whole answer and a streamed one. What it prints must be the same each time.
static asio::awaitable<int> converse(gateway& ai, llmx::runtime& on) {
    llmx::call_context context;
    const llmx::chat_request question("assistant", "Name one river.");
    const auto whole = co_await ai.chat(on, context, question);
    if (whole.has_error()) {
        std::cerr << whole.error().message() << '\n';
        co_return 1;
    }
    std::cout << "whole: " << whole->text() << '\n';
    llmx::chat_request next("assistant", "Name two more.");
    auto opened = co_await ai.stream(on, next);
    if (opened.has_error()) {
        std::cerr << opened.error().message() << '\n';
        co_return 1;
    }
    std::cout << "streamed:";
    while (co_await opened->read_more())
        while (const llmx::chat_event* event = opened->try_next())
            if (event->what == llmx::chat_event::kind::text) std::cout << ' ' << '[' << event->text << ']';
    std::cout << '\n';
    co_return opened->failure() ? 1 : 0;
}

static int run_over(llmx::http_transport& network, asio::io_context& io, const std::string& base) {
    llmx::deployment d;
    d.id = "recorded";
    d.model_group = "assistant";
    d.provider = "openai";
    d.model = "gpt-4o-mini";
    const char* const key = std::getenv("OPENAI_API_KEY");
    d.key = llmx::secret(key != nullptr ? key : "sk-example");
    const auto where = llmx::parse_base_url(base);
    if (where.has_error()) {
        std::cerr << where.error().message() << '\n';
        return 2;
    }
    d.api_base = *where;
    gateway ai(std::vector<llmx::deployment>{d});
    llmx::asio_runtime on(io, network);
    int status = 2;
    asio::co_spawn(io, converse(ai, on), [&status](const std::exception_ptr& broken, int got) { status = broken ? 2 : got; });
    io.run();
    return status;
}

int main(int argc, char** argv) {
    const std::string path = std::string(LLMX_EXAMPLE_FOLDER) + "/rivers.jsonl";
    asio::io_context io(1);
    if (argc == 3 && std::string_view(argv[1]) == "--record") {
        auto file = llmx::testing::recording_file::create(path);
        if (file.has_error()) {
            std::cerr << file.error().message() << '\n';
            return 2;
        }
        llmx::http_pool pool(io);
        llmx::testing::record_transport network(pool, *file);
        const int status = run_over(network, io, argv[2]);
        return (*file)->status() ? status : 2;
    }
    auto recorded = llmx::testing::recording::load(path);
    if (recorded.has_error()) {
        std::cerr << recorded.error().message() << '\n';
        return 2;
    }
    llmx::testing::replay_transport network(std::move(*recorded));
    return run_over(network, io, "https://api.openai.com/v1");
}
