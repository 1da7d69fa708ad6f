// SPDX-License-Identifier: BSL-1.0
// Clients and runtimes of an io_context that four threads run, with real sockets: for ThreadSanitizer.
#include <llmx/gateway/client.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/testing/run.hpp>
#include <unit/transport/upstream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace threads_client_unit {

namespace client_threads_test {

using namespace llmx;
using transport_test::tcp;
namespace asio = boost::asio;

const std::string answer =
    R"({"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":)"
    R"({"role":"assistant","content":"Hello"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})";
const std::string streamed_answer =
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n"
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";

/// A provider on a context and a thread of its own: answers each request of each connection.
class provider_server {
public:
    provider_server() {
        asio::co_spawn(io_, accept_all(), asio::detached);
        worker_ = std::thread([this] { io_.run(); });
    }
    provider_server(const provider_server&) = delete;
    provider_server& operator=(const provider_server&) = delete;
    ~provider_server() {
        io_.stop();
        worker_.join();
    }
    [[nodiscard]] deployment place() const {
        deployment d;
        d.model = "m";
        d.key = secret("sk-test");
        d.api_base.where = peer_.where;
        d.api_base.path = "/v1";
        return d;
    }

private:
    static asio::awaitable<void> answer_all(tcp::socket s) {
        for (;;) {
            const std::string request = co_await transport_test::read_request(s);
            if (request.empty()) co_return;
            const bool streams = request.find("\"stream\":true") != std::string::npos;
            std::string text = "HTTP/1.1 200 OK\r\nContent-Type: ";
            text += streams ? "text/event-stream" : "application/json";
            text += "\r\nContent-Length: " + std::to_string(streams ? streamed_answer.size() : answer.size()) + "\r\n\r\n";
            text += streams ? streamed_answer : answer;
            co_await transport_test::write(s, text);
        }
    }
    asio::awaitable<void> accept_all() {
        for (;;) {
            tcp::socket s = co_await peer_.accept();
            asio::co_spawn(io_, answer_all(std::move(s)), asio::detached);
        }
    }
    asio::io_context io_{1};
    transport_test::upstream peer_{io_};
    std::thread worker_;
};

/// An `io_context` that four threads run, until it is out of scope.
class four_threads {
public:
    four_threads() : work_(io.get_executor()) {
        for (std::thread& t : threads_) t = std::thread([this] { io.run(); });
    }
    four_threads(const four_threads&) = delete;
    four_threads& operator=(const four_threads&) = delete;
    ~four_threads() { finish(); }
    void finish() {
        work_.reset();
        for (std::thread& t : threads_)
            if (t.joinable()) t.join();
    }
    asio::io_context io{4};

private:
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::array<std::thread, 4> threads_;
};

constexpr int rounds = 40;

/// Whole answers and streams, each with a deadline; on whatever executor it is spawned.
asio::awaitable<int> ask(client<openai>& ai) {
    int good = 0;
    for (int i = 0; i < rounds; ++i) {
        call_context context;
        context.deadline = clock::now() + std::chrono::minutes(1);
        const chat_request request("m", "hi");
        auto whole = co_await ai.chat(context, request);
        if (whole && whole->text() == "Hello" && context.report.tokens.output_tokens == 5) ++good;
        call_context of_stream;
        auto opened = co_await ai.stream(of_stream, request);
        if (!opened) continue;
        auto joined = co_await opened->collect();
        if (joined && joined->text() == "Hello") ++good;
    }
    co_return good;
}

asio::awaitable<int> ask_gateway(gateway<registry<openai>, weighted, retry, timeout>& gw, runtime& on) {
    int good = 0;
    for (int i = 0; i < rounds; ++i) {
        call_context context;
        context.deadline = clock::now() + std::chrono::minutes(1);
        const chat_request request("m", "hi");
        auto whole = co_await gw.chat(on, context, request);
        if (whole && whole->text() == "Hello") ++good;
    }
    co_return good;
}

BOOST_AUTO_TEST_SUITE(threads_client)

// Coroutines in the strand, in other strands, on the bare context, and completion tokens from other threads.
BOOST_AUTO_TEST_CASE(a_client_on_a_strand_is_called_from_everywhere) {
    provider_server peer;
    four_threads program;
    const auto strand = asio::make_strand(program.io);
    client<openai> ai(strand, peer.place());
    std::vector<std::future<int>> inside, outside;
    for (int i = 0; i < 4; ++i) {
        inside.push_back(asio::co_spawn(strand, ask(ai), asio::use_future));
        outside.push_back(asio::co_spawn(asio::make_strand(program.io), ask(ai), asio::use_future));
        outside.push_back(asio::co_spawn(program.io, ask(ai), asio::use_future));
    }
    std::vector<std::future<result<chat_reply>>> tokens;
    std::atomic<int> letters{0};
    std::vector<std::future<result<void>>> streams;
    for (int i = 0; i < rounds; ++i) {
        tokens.push_back(ai.async_chat(chat_request("m", "hi"), asio::use_future));
        streams.push_back(ai.async_stream(
            chat_request("m", "hi"), [&letters](const chat_event& e) { letters += static_cast<int>(e.text.size()); },
            asio::use_future));
    }
    for (auto& f : inside) BOOST_TEST(f.get() == 2 * rounds);
    for (auto& f : outside) BOOST_TEST(f.get() == 2 * rounds);
    for (auto& f : tokens) BOOST_TEST(f.get().value().text() == "Hello");
    for (auto& f : streams) BOOST_TEST(f.get().has_value());
    BOOST_TEST(letters == rounds * 5);
}

// Destroyed by a thread that is not in the strand, with calls under way.
BOOST_AUTO_TEST_CASE(a_client_on_a_strand_is_destroyed_from_outside) {
    provider_server peer;
    for (int i = 0; i < 20; ++i) {
        four_threads program;
        std::optional<client<openai>> ai(std::in_place, asio::make_strand(program.io), peer.place());
        std::vector<std::future<result<chat_reply>>> tokens;
        for (int n = 0; n < 8; ++n) tokens.push_back(ai->async_chat(chat_request("m", "hi"), asio::use_future));
        if (i % 2 != 0) tokens.front().wait();
        ai.reset();
        for (auto& f : tokens) {
            const auto r = f.get();
            BOOST_TEST((r.has_value() || r.error().value() == errc::cancelled), r.error().message());
        }
    }
}

// Cancelled by the executor that asks, while the strand works.
BOOST_AUTO_TEST_CASE(a_call_on_a_strand_is_cancelled_from_outside) {
    provider_server peer;
    four_threads program;
    client<openai> ai(asio::make_strand(program.io), peer.place());
    for (int i = 0; i < rounds; ++i) {
        const auto mine = asio::make_strand(program.io);
        call_context context;
        std::promise<void> over;
        asio::post(mine, [&] {
            asio::co_spawn(mine, ai.chat(context, chat_request("m", "hi")),
                           [&](const std::exception_ptr& thrown, const result<chat_reply>& r) {
                               BOOST_TEST(!thrown);
                               BOOST_TEST((r.has_value() || r.error().value() == errc::cancelled), r.error().message());
                               over.set_value();
                           });
            asio::post(mine, [&] { context.cancellation.cancel(); });
        });
        over.get_future().wait();
        std::promise<void> left;
        asio::post(mine, [&] { left.set_value(); });
        left.get_future().wait();
    }
}

BOOST_AUTO_TEST_CASE(runtimes_on_strands_share_a_gateway) {
    provider_server peer;
    four_threads program;
    deployment d = peer.place();
    d.id = "a";
    d.model_group = "m";
    d.provider = "openai";
    gateway<registry<openai>, weighted, retry, timeout> gw(std::vector<deployment>(1, d));
    struct core {
        explicit core(asio::io_context& io) : strand(asio::make_strand(io)), pool(strand), on(strand, pool) {}
        asio::strand<asio::io_context::executor_type> strand;
        http_pool pool;
        asio_runtime on;
    };
    std::vector<std::unique_ptr<core>> cores;
    std::vector<std::future<int>> got;
    for (int i = 0; i < 4; ++i) cores.push_back(std::make_unique<core>(program.io));
    for (auto& c : cores)
        for (int i = 0; i < 4; ++i) got.push_back(asio::co_spawn(c->strand, ask_gateway(gw, c->on), asio::use_future));
    for (auto& f : got) BOOST_TEST(f.get() == rounds);
    program.finish();
}

// Work that is done beside the strands is completed in the strand that it came from.
BOOST_AUTO_TEST_CASE(strands_share_the_threads_for_long_work) {
    struct counting final : offloaded_work {
        void run() override { ++times; }
        [[nodiscard]] std::size_t bytes() const noexcept override { return 1; }
        int times = 0;
    };
    struct core {
        explicit core(asio::io_context& io) : strand(asio::make_strand(io)), pool(strand), on(strand, pool) {}
        asio::awaitable<int> work() {
            for (int i = 0; i < rounds; ++i) {
                counting one;
                cancellation stop;
                const result<void> ran = co_await on.offload(one, stop);
                if (ran) sum += one.times;
            }
            co_return sum;
        }
        asio::strand<asio::io_context::executor_type> strand;
        http_pool pool;
        asio_runtime on;
        int sum = 0;
    };
    four_threads program;
    std::vector<std::unique_ptr<core>> cores;
    std::vector<std::future<int>> got;
    for (int i = 0; i < 4; ++i) cores.push_back(std::make_unique<core>(program.io));
    for (auto& c : cores) got.push_back(asio::co_spawn(c->strand, c->work(), asio::use_future));
    for (auto& f : got) BOOST_TEST(f.get() == rounds);
    program.finish();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace client_threads_test

} // namespace threads_client_unit
