// SPDX-License-Identifier: BSL-1.0
// A gateway as a value, by way of a policy that asks an embedder before each call.
#include "fixture.hpp"

#include <llmx/gateway/blocking_client.hpp>
#include <llmx/service/any_service.hpp>

#include <boost/test/unit_test.hpp>

namespace gateway_test::any_service_unit {
namespace {

/// Has each chat call's model name embedded, as a semantic cache would its prompt.
struct embedding_first {
    static constexpr stage_position position = at(stage::cache);
    any_service embedder;
    std::shared_ptr<std::vector<float>> got = std::make_shared<std::vector<float>>();
    std::shared_ptr<call_report> report = std::make_shared<call_report>();

    template <class Next> class layer;
};

template <class Next> class embedding_first::layer : public layer_base<Next> {
public:
    layer(const embedding_first& p, std::shared_ptr<const topology>, Next next)
        : layer_base<Next>(std::move(next)), policy_(p) {}
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        const embedding_request request("e", std::string(c.model));
        const result<embedding_reply> r = co_await policy_.embedder.call_within<embeddings>(c, request, policy_.report.get());
        if (!r) co_return r.error();
        *policy_.got = r->vectors.at(0).values;
        co_return co_await this->next_(c);
    }

private:
    embedding_first policy_;
};

using embedding_gateway = gateway<providers, weighted, timeout>;
using outer_gateway = gateway<providers, weighted, timeout, embedding_first>;

const std::string vectors =
    R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1.25]}],"model":"te3","usage":{"prompt_tokens":5,"total_tokens":5}})";

struct embedded_world : world {
    embedded_world() {
        std::get<embedding_first>(policies).embedder = any_service(std::make_shared<embedding_gateway>(world_of({make("e", "e", "openai", "te3")})));
        gw.emplace(world_of({make("a", "m", "openai", "x")}), policies);
    }
    outer_gateway::policies_type policies;
    std::optional<outer_gateway> gw;
    const chat_request question{"m", "hi"};
};

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_any_service)

BOOST_FIXTURE_TEST_CASE(a_policy_calls_an_embedder_within_its_layer, embedded_world) {
    network.reply(200, vectors).when_path("/v1/embeddings");
    network.reply(200, openai_reply).when_path("/v1/chat/completions");
    context.caller = "me";
    context.deadline = runtime.now() + std::chrono::seconds(7);
    const time_point deadline = context.deadline;
    const auto r = testing::run(gw->chat(runtime, context, question));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    const auto& p = std::get<embedding_first>(policies);
    const std::vector<float> expected = {0.5f, -1.25f};
    BOOST_TEST(*p.got == expected, boost::test_tools::per_element());
    BOOST_REQUIRE(network.requests().size() == 2u);
    BOOST_TEST(network.requests()[0].body.find("\"m\"") != std::string::npos);
    BOOST_TEST((network.requests()[0].limits.deadline == deadline));
    // What the inner call cost stays its own.
    BOOST_TEST(p.report->tokens.input_tokens == 5);
    BOOST_TEST(p.report->deployment_id == "e");
    BOOST_TEST(context.report.tokens.input_tokens == 3);
    BOOST_TEST(context.report.deployment_id == "a");
}

BOOST_FIXTURE_TEST_CASE(cancelling_the_call_cancels_the_one_within, embedded_world) {
    network.reply(200).stall();
    boost::asio::io_context io(1);
    std::optional<result<chat_reply>> got;
    boost::asio::co_spawn(io, gw->chat(runtime, context, question), [&](const std::exception_ptr& e, result<chat_reply> r) {
        BOOST_TEST(!e);
        got.emplace(std::move(r));
    });
    io.poll();
    BOOST_TEST(network.calls() == 1u);
    BOOST_TEST(!got.has_value());
    context.cancellation.cancel();
    io.restart();
    io.poll();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->error().value() == errc::cancelled));
    BOOST_TEST(network.cancelled() == 1u);
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_deadline_of_the_call_ends_the_one_within, embedded_world) {
    network.reply(200, vectors).takes(std::chrono::seconds(9));
    context.deadline = runtime.now() + std::chrono::seconds(7);
    const auto r = testing::run(gw->chat(runtime, context, question));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::deadline_exceeded));
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(it_executes_what_it_is_made_of, world) {
    embedding_gateway gw(world_of({make("a", "m", "openai", "x")}));
    const any_service one = any_service::refer_to(gw), copy = one;
    BOOST_TEST(static_cast<bool>(copy));
    const chat_request question("m", "hi");
    network.reply(200, openai_reply);
    const auto r = testing::run(copy.call<chat>(runtime, context, question));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->text() == "Hello");
    BOOST_TEST(context.report.deployment_id == "a");
    struct refusing {
        boost::asio::awaitable<result<reply>> operator()(call&) { co_return error(errc::overloaded); }
    };
    const any_service layers(std::make_shared<refusing>());
    call c(runtime, context);
    BOOST_TEST((testing::run(layers.execute(c)).error().value() == errc::overloaded));
}

BOOST_FIXTURE_TEST_CASE(an_empty_one_says_so, world) {
    const any_service none;
    BOOST_TEST(!none);
    call c(runtime, context);
    BOOST_TEST((testing::run(none.execute(c)).error().value() == errc::bad_configuration));
}

BOOST_FIXTURE_TEST_CASE(a_clients_gateway_outlives_the_client, world) {
    any_service from;
    {
        deployment d;
        d.model = "x";
        d.key = secret("k");
        blocking_client<openai> ai(d);
        from = ai.service();
        blocking_client<openai> other(std::move(ai));
        BOOST_TEST(!ai.service());
    }
    BOOST_REQUIRE(from);
    network.reply(200, openai_reply);
    const chat_request question("x", "hi");
    BOOST_TEST(testing::run(from.call<chat>(runtime, context, question)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::any_service_unit
