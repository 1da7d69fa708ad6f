// SPDX-License-Identifier: BSL-1.0
// A whole server on several threads: calls of all kinds while the gateway is reloaded, and
// the way down while they go on. What it is for shows under ThreadSanitizer.
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/server/endpoints.hpp>
#include <llmx/server/server.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace threads_unit {

namespace {

namespace asio = boost::asio;
using namespace llmx;

using providers = registry<mock>;
using shared_gateway = gateway<providers, latency, retry, fallback, breaker, rate_limit, concurrency_limit, timeout>;
using shared_server = server<shared_gateway, openai_chat_endpoint, anthropic_messages_endpoint,
                             gemini_generate_endpoint, models_endpoint, health_endpoint>;

class silent_sink final : public log_sink {
public:
    void write(std::string_view lines) noexcept override { bytes += lines.size(); }
    std::atomic<std::size_t> bytes{0};
};

std::shared_ptr<const topology> world_of(std::uint32_t parallel) {
    std::vector<deployment> ds;
    for (const char* const id : {"one", "two", "broken", "spare"}) {
        deployment d;
        d.id = id;
        const std::string_view name = d.id;
        d.model_group = name == "broken" ? "down" : name == "spare" ? "spare" : "m";
        d.provider = "mock";
        d.model = name == "broken" ? "error?status=503" : "text?say=one%20two%20three";
        d.max_parallel = parallel;
        if (providers::complete(d).has_error()) return nullptr;
        ds.push_back(std::move(d));
    }
    return topology::make(std::move(ds)).value();
}

shared_gateway::policies_type policies() {
    shared_gateway::policies_type p;
    std::get<retry>(p).backoff(std::chrono::milliseconds(1), std::chrono::milliseconds(5));
    std::get<fallback>(p).add("down", {"spare"});
    std::get<rate_limit>(p).gateway(1'000'000, 1'000'000'000).each_caller(1'000'000);
    std::get<concurrency_limit>(p).max_queue = 1000;
    return p;
}

/// Sends one request and reads until the server closes; what came, nothing when there was
/// no server, or "hung".
std::string ask(std::uint16_t port, std::string_view path, const std::string& body) {
    asio::io_context io;
    asio::ip::tcp::socket s(io);
    boost::system::error_code ec;
    s.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port), ec);
    if (ec) return std::string();
    std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n";
    request += "Authorization: Bearer k\r\nContent-Type: application/json\r\nContent-Length: ";
    request += std::to_string(body.size()) + "\r\n\r\n" + body;
    asio::write(s, asio::buffer(request), ec);
    std::string answer;
    bool ended = false;
    asio::async_read(s, asio::dynamic_buffer(answer),
                     [&ended](const boost::system::error_code&, std::size_t) { ended = true; });
    io.run_for(std::chrono::seconds(30));
    return ended ? answer : "hung";
}

/// The \p i-th request of a mixture; true when it was answered whole and rightly.
bool one_call(std::uint16_t port, int i) {
    switch (i % 4) {
    case 0: {
        const auto a = ask(port, "/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
        return a.starts_with("HTTP/1.1 200") && a.find("one two three") != std::string::npos;
    }
    case 1: {
        const auto a = ask(port, "/v1/chat/completions",
                           R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]})");
        return a.starts_with("HTTP/1.1 200") && a.find("data: [DONE]") != std::string::npos && a.ends_with("0\r\n\r\n");
    }
    case 2: {
        const auto a = ask(port, "/v1/messages",
                           R"({"model":"down","max_tokens":9,"messages":[{"role":"user","content":"x"}]})");
        return a.starts_with("HTTP/1.1 200") && a.find("x-llmx-attempted-fallbacks: 1") != std::string::npos;
    }
    default: {
        const auto a = ask(port, "/v1beta/models/m:streamGenerateContent?alt=sse",
                           R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})");
        return a.starts_with("HTTP/1.1 200") && a.find("\"finishReason\":\"STOP\"") != std::string::npos;
    }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_threads)

BOOST_DATA_TEST_CASE(calls_reloads_and_the_way_down_on_several_threads,
                     boost::unit_test::data::make({false, true}) * boost::unit_test::data::xrange(5), single, round) {
    (void)round;
    constexpr int threads = 4, calls_each = 40, reloads = 30;
    shared_gateway gw(world_of(3), policies());
    server_options o;
    o.port = 0;
    o.threads = 3;
    o.single_acceptor = single;
    o.handle_signals = false;
    o.key = secret("k");
    const auto sink = std::make_shared<silent_sink>();
    o.log.sink = sink;
    std::atomic<int> reloaded{0};
    o.reload = [&] {
        gw.reload(world_of(2 + static_cast<std::uint32_t>(reloaded.load() % 3)), policies());
        ++reloaded;
    };
    shared_server s(gw, o);
    const auto bound = s.listen();
    BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
    std::thread serving([&] { (void)s.run(); });

    std::atomic<int> good{0}, done{0};
    std::vector<std::thread> clients;
    for (int t = 0; t < threads; ++t)
        clients.emplace_back([&, t] {
            for (int i = 0; i < calls_each; ++i) {
                good += one_call(s.port(), t + i);
                ++done;
            }
        });
    for (int i = 0; i < reloads; ++i) {
        // One reload for every few calls, so that they meet.
        while (done.load() < i * threads * calls_each / reloads) std::this_thread::sleep_for(std::chrono::microseconds(200));
        s.reload();
    }
    for (auto& c : clients) c.join();
    BOOST_TEST(good.load() == threads * calls_each);

    // The way down meets calls: each is answered whole or not at all.
    std::atomic<int> torn{0};
    std::vector<std::thread> late;
    for (int t = 0; t < threads; ++t)
        late.emplace_back([&] {
            for (int i = 0; i < 10; ++i) {
                const auto a = ask(s.port(), "/v1/chat/completions",
                                   R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]})");
                torn += !a.empty() && !a.ends_with("0\r\n\r\n");
            }
        });
    s.stop();
    serving.join();
    for (auto& c : late) c.join();
    BOOST_TEST(torn.load() == 0);
    BOOST_TEST(reloaded.load() > 0);
    BOOST_TEST(sink->bytes.load() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_unit
