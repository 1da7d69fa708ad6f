// SPDX-License-Identifier: BSL-1.0
// What a client can be given besides a model: policies, a provider with state, a pool; and a gateway from deployments.
#include <unit/gateway/client_fixture.hpp>
#include <unit/gateway/fixture.hpp>

#include <llmx/gateway/blocking_client.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/round_robin.hpp>

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>
#include <type_traits>

using namespace client_test;

namespace {

/// A vendor whose requests name a tenant, which is not a deployment's matter.
struct acme {
    static constexpr std::string_view name = "acme";
    using codecs = codec_list<openai_chat>;
    static constexpr provider_facts facts = {.default_base = "http://127.0.0.1:9", .key_env = {}, .base_env = {}, .needs_key = false, .traits = {}};
    std::string tenant = "nobody's";

    result<void> prepare(const deployment& d, const outgoing&, http_request& out) const {
        out.target = d.api_base.path + "/chat";
        out.add_field("x-tenant", tenant);
        return success();
    }
    error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
};

/// Answers \p failures requests with 500 and the next one with a reply.
asio::awaitable<std::string> serve(transport_test::upstream& peer, int failures) {
    std::string first;
    tcp::socket s = co_await peer.accept();
    for (int i = 0; i <= failures; ++i) {
        std::string request = co_await transport_test::read_request(s);
        if (first.empty()) first = std::move(request);
        std::string answer = transport_test::reply_text(i < failures ? std::string("{}") : whole_answer);
        if (i < failures) answer.replace(9, 6, "500 No");
        co_await transport_test::write(s, answer);
    }
    co_return first;
}

template <class Client> std::string text_after(asio::io_context& io, transport_test::upstream& peer, Client& ai, int failures) {
    std::string seen;
    asio::co_spawn(io, serve(peer, failures), [&](const std::exception_ptr&, std::string s) { seen = std::move(s); });
    const auto r = testing::run(io, ai.chat("hi"));
    BOOST_TEST(r.has_value(), r.error().message());
    return seen;
}

retry at_once(std::uint32_t times) {
    retry r(times);
    r.backoff(duration::zero(), duration::zero());
    return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_with_options)

BOOST_FIXTURE_TEST_CASE(a_retry_alone_replaces_the_default_one, program) {
    // The default number of retries does not reach the fifth.
    client<openai> patient(io, at(peer.where), at_once(5));
    text_after(io, peer, patient, 5);
    client<openai> none(io, at(peer.where), retry(0));
    asio::co_spawn(io, serve(peer, 0), asio::detached);
    BOOST_TEST(testing::run(io, none.chat("hi")).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_provider_with_state_is_used, program) {
    acme of_me;
    of_me.tenant = "me";
    client<acme> given(io, at(peer.where), of_me);
    BOOST_TEST(text_after(io, peer, given, 0).find("x-tenant: me\r\n") != std::string::npos);
    client deduced(io, of_me, "m");
    static_assert(std::is_same_v<decltype(deduced)::gateway_type::registry_type, registry<acme>>);
    client_options<acme> options(of_me, retry(0));
    BOOST_TEST(options.vendor.tenant == "me");
    client<acme> third(io, at(peer.where), options);
    BOOST_TEST(text_after(io, peer, third, 0).find("x-tenant: me\r\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_pool_with_limits_is_used, program) {
    http_pool_options pool;
    pool.max_per_host = 1;
    pool.max_waiting_per_host = 0;
    client<openai> narrow(io, at(peer.where), pool, retry(0));
    completion first, second;
    narrow.async_chat(chat_request("m", "hi"), first.handler());
    const socket_ptr connection = request_arrives();
    narrow.async_chat(chat_request("m", "hi"), second.handler());
    write(connection, transport_test::reply_text(whole_answer));
    run();
    BOOST_TEST(first.text() == "reply: Hello");
    BOOST_TEST(second.is(errc::shed), second.text());
}

BOOST_AUTO_TEST_CASE(policies_are_deduced) {
    blocking_client ai(mock(), "echo", retry(5), timeout());
    BOOST_TEST(ai.chat("hi")->text() == "hi");
    blocking_client with_more(mock(), "echo", round_robin(), fallback());
    BOOST_TEST(with_more.chat("hi")->text() == "hi");
    using policies = decltype(with_more)::gateway_type::policies_type;
    static_assert(std::is_same_v<policies, std::tuple<retry, timeout, route<round_robin>, fallback>>);
}

BOOST_AUTO_TEST_CASE(an_executor_of_another_kind_is_refused_with_a_sentence) {
    asio::thread_pool threads(1);
    client<mock> ai(threads.get_executor(), "echo");
    BOOST_REQUIRE(ai.ready().has_error());
    BOOST_TEST(ai.ready().error().message().find("boost::asio::make_strand(io)") != std::string::npos);
    BOOST_TEST(testing::run(ai.chat("hi")).has_error());
    BOOST_CHECK_THROW(http_pool(threads.get_executor()), call_failed);
    BOOST_CHECK_THROW(deadline_service(threads.get_executor()), call_failed);
    asio::io_context io(1);
    client<mock> typed(asio::any_io_executor(io.get_executor()), "echo");
    BOOST_TEST(testing::run(io, typed.chat("hi"))->text() == "hi");
}

// Nothing in Asio reveals how many threads run a context: a call that begins on another thread than those in flight does.
BOOST_AUTO_TEST_CASE(a_context_of_several_threads_is_refused_with_a_sentence) {
    asio::io_context io;
    std::optional<client<mock>> ai(std::in_place, io, "echo?latency_ms=3000000");
    completion first, second, third;
    ai->async_chat(chat_request(ai->model(), "hi"), first.handler());
    io.poll();
    ai->async_chat(chat_request(ai->model(), "hi"), second.handler());
    std::thread([&io] { io.poll(); }).join();
    BOOST_TEST(second.is(errc::bad_configuration), second.text());
    BOOST_TEST(second.text().find("boost::asio::make_strand(io)") != std::string::npos, second.text());
    BOOST_TEST(first.times == 0);
    ai.reset();
    io.restart();
    io.run();
    BOOST_TEST(first.is(errc::cancelled), first.text());
    // One thread after the other is no race, and a strand needs no thread of its own.
    ai.emplace(asio::make_strand(io), "echo");
    ai->async_chat(chat_request(ai->model(), "hi"), third.handler());
    io.restart();
    std::thread([&io] { io.run(); }).join();
    BOOST_TEST(third.text() == "reply: hi");
}

BOOST_AUTO_TEST_SUITE_END()

namespace gateway_test::client_options_unit {
namespace {
using made_gateway = gateway<providers, weighted, retry, timeout>;
deployment of(const char* provider) {
    deployment d = make("a", "m", provider, "x");
    d.provider_index = deployment::no_provider;
    d.api_base = base_url();
    return d;
}
} // namespace

BOOST_AUTO_TEST_SUITE(a_gateway_completes_its_deployments)

BOOST_FIXTURE_TEST_CASE(that_make_is_given, world) {
    auto made = made_gateway::make({of("anthropic")}, retry(0));
    BOOST_REQUIRE(made.has_value());
    network.reply(500, "{}");
    const chat_request question("m", "hi");
    BOOST_TEST(testing::run((*made)->chat(runtime, context, question)).has_error());
    BOOST_TEST(network.calls() == 1u);
    BOOST_TEST(context.report.provider == "anthropic");
}

BOOST_AUTO_TEST_CASE(or_says_why_it_cannot) {
    const auto made = made_gateway::make({of("nobody")});
    BOOST_REQUIRE(made.has_error());
    BOOST_TEST(made.error().message().find("unknown provider 'nobody'") != std::string::npos, made.error().message());
    made_gateway constructed(std::vector<deployment>(1, of("nobody")));
    BOOST_TEST(constructed.ready().error().message() == made.error().message());
    made_gateway good(std::vector<deployment>(1, of("openai")));
    BOOST_TEST(good.ready().has_value());
    BOOST_TEST(good.reload(std::vector<deployment>(1, of("nobody")), made_gateway::policies_type()).has_error());
    BOOST_TEST(good.world()->deployments().front().provider == "openai");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::client_options_unit
