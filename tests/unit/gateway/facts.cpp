// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/call_cost.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace facts_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted>;

std::shared_ptr<const model_catalog> catalog_of_two() {
    auto made = std::make_shared<model_catalog>();
    const auto merged = made->merge(R"({"schema":"llmx-models-1","models":{"openai/small":{"price":{"in":100,"out":1000}},
        "openai/large":{"price":{"in":2000,"out":9000},"max_output":100}}})",
                                    "test");
    BOOST_REQUIRE(merged.has_value());
    return made;
}

/// The cost of one call of \p name at a deployment of \p group and \p model.
std::string cost_of_call(const std::string& group, const std::string& model, const std::string& name) {
    world w;
    deployment d = make("a", group, "openai", model);
    BOOST_REQUIRE(attach_facts(d, catalog_of_two()).has_value());
    plain_gateway gw(world_of({d}));
    w.network.reply_always(200, openai_reply);
    const std::string body = R"({"model":")" + name + R"(","messages":[{"role":"user","content":"Hi"}]})";
    const auto head = openai_chat::scan_request(body, request_target());
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = head->model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    const auto cost = cost_of(w.context.report);
    return cost ? to_dollars(*cost) : std::string("unknown");
}

} // namespace

BOOST_AUTO_TEST_SUITE(facts)

BOOST_AUTO_TEST_CASE(a_call_is_charged_by_the_facts_of_its_deployment) {
    BOOST_TEST(cost_of_call("m", "small", "m") == "0.0000053");
    BOOST_TEST(cost_of_call("m", "unheard-of", "m") == "unknown");
}

BOOST_AUTO_TEST_CASE(a_call_of_a_wildcard_is_charged_by_the_facts_of_the_model_that_was_named) {
    BOOST_TEST(cost_of_call("any/*", "*", "any/large") == "0.000051");
    BOOST_TEST(cost_of_call("any/*", "*", "any/small") == "0.0000053");
    BOOST_TEST(cost_of_call("any/*", "*", "any/unheard-of") == "unknown");
}

BOOST_AUTO_TEST_CASE(bytes_of_the_providers_language_are_written_anew_when_they_exceed_the_model) {
    const auto sent = [](const std::string& limit) {
        world w;
        deployment d = make("a", "m", "openai", "large");
        BOOST_REQUIRE(attach_facts(d, catalog_of_two()).has_value());
        plain_gateway gw(world_of({d}));
        w.network.reply_always(200, openai_reply);
        const std::string body = R"({"model":"large","max_completion_tokens":)" + limit + R"( ,"messages":[{"role":"user","content":"Hi"}]})";
        const auto head = openai_chat::scan_request(body, request_target());
        call c(w.runtime, w.context);
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = body;
        c.in.members = head->members;
        c.model = "m";
        c.in.model_begin = head->model_begin;
        c.in.model_end = head->model_end;
        BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
        return w.network.requests().at(0).body;
    };
    BOOST_TEST(sent("100") == R"({"model":"large","max_completion_tokens":100 ,"messages":[{"role":"user","content":"Hi"}]})");
    BOOST_TEST(sent("101") == R"({"model":"large","messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":100})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace facts_unit
