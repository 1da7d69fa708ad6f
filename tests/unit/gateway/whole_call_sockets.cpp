// SPDX-License-Identifier: BSL-1.0
// A whole call over the pool and loopback sockets: the provider's connection breaks behind each byte of its first answer.
#include <support/whole_call.hpp>
#include <unit/transport/upstream.hpp>

#include <llmx/core/origin.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/wire/url.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>

namespace whole_call_sockets_unit {

using namespace gateway_test;
namespace data = boost::unit_test::data;
namespace asio = boost::asio;

namespace {

/// Answers the first request with \p broken and ends that connection; with a reset when \p resets. Later requests
/// get \p whole.
asio::awaitable<void> serve(transport_test::upstream& peer, std::string broken, std::string whole, bool resets) {
    for (bool first = true;; first = false) {
        asio::ip::tcp::socket s = co_await peer.accept();
        for (;;) {
            const std::string request = co_await transport_test::read_request(s);
            if (request.empty()) break;
            const std::string& answer = first ? broken : whole;
            co_await transport_test::write(s, answer);
            if (first) break;
        }
        if (!resets || !first) continue;
        co_await transport_test::settle();
        s.set_option(asio::socket_base::linger(true, 0));
        s.close();
    }
}

asio::awaitable<caller_result> result_of(full_gateway& gw, runtime& on, call_context& context, bool streamed) {
    caller_result s;
    co_await ask(gw, on, context, "m", streamed, s);
    co_return s;
}

std::string answer_of(bool streamed) {
    if (!streamed) return transport_test::reply_text(openai_reply);
    std::string events;
    for (const auto& piece : openai_stream) events += piece;
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " + std::to_string(events.size()) + "\r\n\r\n" +
           events;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_whole_call_sockets)

BOOST_DATA_TEST_CASE(a_connection_may_break_behind_each_byte, data::make({false, true}) * data::make({false, true}), streamed,
                     resets) {
    const std::string whole = answer_of(streamed);
    // The head of an answer that breaks is most of the cases; every byte of it, and every seventh of the body.
    const std::size_t head = whole.find("\r\n\r\n") + 4;
    for (std::size_t cut = 0; cut < whole.size(); cut += cut < head ? 1 : 7) {
        BOOST_TEST_CONTEXT("broken behind byte " << cut) {
            asio::io_context io(1);
            http_pool pool(io);
            transport_test::upstream peer(io);
            asio_runtime runtime(io, pool);
            deployment d = make("a", "m", "openai", "gpt-x");
            d.api_base = parse_base_url("http://" + peer.where.authority).value();
            d.max_parallel = 1;
            full_gateway::policies_type policies;
            std::get<retry>(policies) = retry(1).backoff(std::chrono::nanoseconds(1), std::chrono::nanoseconds(1));
            full_gateway gw(world_of({d}), policies);
            asio::co_spawn(io, serve(peer, whole.substr(0, cut), whole, resets), asio::detached);

            call_context context;
            const caller_result s = testing::run(io, result_of(gw, runtime, context, streamed));
            if (!s.failure) BOOST_TEST(s.text == "Hello");
            // Only a caller who has content already sees the break, and no part twice.
            else BOOST_TEST((s.opened && std::string_view("Hello").starts_with(s.text)), s.failure->message());
            if (s.failure) BOOST_TEST((s.failure->value() == errc::truncated), s.failure->message());
            const tally& counts = *gw.observer<tally>();
            BOOST_TEST(counts.began == 1);
            BOOST_TEST(counts.ended == 1);
            BOOST_TEST(counts.attempts == (s.failure ? 1 : 2));
            BOOST_TEST(counts.attempts_ended == counts.attempts);

            // The slot is back, and the pool serves.
            call_context next;
            const caller_result again = testing::run(io, result_of(gw, runtime, next, streamed));
            BOOST_TEST_REQUIRE(!again.failure.has_value(), (again.failure ? again.failure->message() : std::string()));
            BOOST_TEST(again.text == "Hello");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace whole_call_sockets_unit
