// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/registry/stock_vendors.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace member_lists_unit {

// The lists of a deployment, `additional_drop_params` and `allowed_openai_params`, in each direction.

using namespace gateway_test;

namespace {

using all = registry<openai, anthropic, gemini, stock_vendors>;
using plain_gateway = gateway<all, weighted>;
using names = std::vector<std::string>;

struct listed {
    const char *title, *provider, *language;
    names omitted, allowed;
    /// Members of the request beside the model and the message.
    const char* members;
    /// What the request then contains, and what it does not; the failure instead when `contains` is null.
    const char *contains, *lacks;
    const char* dropped;
};
std::ostream& operator<<(std::ostream& os, const listed& l) { return os << l.title; }

const listed cases[] = {
    {"passed through, a name", "openai", "openai", {"temperature"}, {}, R"("temperature":1,"seed":5)", R"("seed":5)", "temperature", "temperature"},
    {"passed through, the bytes stay", "openai", "openai", {"store"}, {}, R"("seed" : 5)", R"("seed" : 5)", "store", ""},
    {"passed through, nested", "openai", "openai", {"metadata.trace"}, {}, R"("metadata":{"trace":"x","team":"y"})", R"("metadata":{"team":"y"})", "trace",
     "metadata.trace"},
    {"passed through, in every item", "openai", "openai", {"tools[*].function.strict"}, {},
     R"("tools":[{"type":"function","function":{"name":"f","strict":true}},{"type":"function","function":{"strict":true,"name":"g"}}])",
     R"([{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}])", "strict", "tools[*].function.strict"},
    {"translated from OpenAI", "anthropic", "openai", {"temperature", "max_tokens"}, {}, R"("temperature":1,"max_tokens":7,"top_p":0.5)", R"("top_p":0.5)",
     "temperature", "temperature,max_tokens"},
    {"translated from OpenAI, the target's own need stays", "anthropic", "openai", {"max_tokens"}, {}, R"("max_tokens":7)", R"("max_tokens":)",
     R"("max_tokens":7)", "max_tokens"},
    {"passed through to Claude", "anthropic", "anthropic", {"tools[*].input_examples"}, {},
     R"("max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"},"input_examples":[{}]}])", R"("name":"f")", "input_examples",
     "tools[*].input_examples"},
    {"translated from Claude, OpenAI's names", "openai", "anthropic", {"max_completion_tokens"}, {}, R"("max_tokens":9,"temperature":0.5)",
     R"("temperature":0.5)", "max_completion_tokens", "max_completion_tokens"},
    {"translated from Claude, Claude's names", "openai", "anthropic", {"stop_sequences"}, {}, R"("max_tokens":9,"stop_sequences":["x"])",
     R"("messages":)", "stop", "stop_sequences"},
    {"translated to Gemini", "gemini", "openai", {"seed"}, {}, R"("seed":5,"temperature":0.5)", R"("temperature":0.5)", "seed", "seed"},
    {"lost without the list", "anthropic", "openai", {}, {}, R"("logprobs":true)", nullptr, "logprobs", ""},
    {"lost and left out", "anthropic", "openai", {"logprobs"}, {}, R"("logprobs":true,"top_p":0.5)", R"("top_p":0.5)", "logprobs", "logprobs"},
    {"allowed in a translation", "anthropic", "openai", {}, {"logprobs"}, R"("logprobs" : true)", R"("logprobs":true)", "logit_bias", ""},
    {"allowed, and another one lost", "anthropic", "openai", {}, {"logprobs"}, R"("logprobs":true,"logit_bias":{"5":1})", nullptr, "logit_bias", ""},
    {"allowed and not in the request", "anthropic", "openai", {}, {"logprobs"}, R"("top_p":0.5)", R"("top_p":0.5)", "logprobs", ""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_member_lists)

BOOST_DATA_TEST_CASE(lists_of_a_deployment_are_obeyed_in_every_direction, boost::unit_test::data::make(cases), l) {
    world w;
    deployment d = make("a", "m", l.provider, "chosen");
    d.key = secret("k-1");
    d.omitted_members = l.omitted;
    d.allowed_members = l.allowed;
    plain_gateway gw(all::make_topology({d}).value());
    const bool claude = std::string_view(l.language) == "anthropic";
    const std::string body = R"({"model":"m",)" + std::string(l.members) + R"(,"messages":[{"role":"user","content":"hi"}]})";
    const auto head = claude ? anthropic_messages::scan_request(body, request_target()) : openai_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    w.network.reply_always(200, openai_reply);
    call c(w.runtime, w.context);
    c.in.codec = claude ? &codec_of<anthropic_messages> : &codec_of<openai_chat>;
    c.in.body = body;
    c.model = head->model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    const auto r = testing::run(gw.execute(c));
    if (l.contains == nullptr) {
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::unsupported_parameter));
        BOOST_TEST(r.error().param() == l.lacks);
        BOOST_TEST(w.network.requests().empty());
        return;
    }
    // The scripted answer is in OpenAI's language: what is looked at is the request.
    BOOST_REQUIRE(w.network.requests().size() == 1u);
    const std::string& sent = w.network.requests()[0].body;
    BOOST_TEST(sent.find(l.contains) != std::string::npos, sent);
    BOOST_TEST(sent.find(l.lacks) == std::string::npos, sent);
    std::string dropped;
    for (const std::string& name : c.now.dropped) dropped += (dropped.empty() ? "" : ",") + name;
    BOOST_TEST(dropped == l.dropped);
}

BOOST_AUTO_TEST_CASE(another_deployment_of_the_same_call_gets_all_members) {
    world w;
    deployment first = make("a", "m", "anthropic", "one"), second = make("b", "m", "anthropic", "two");
    first.omitted_members = {"top_p"};
    first.key = second.key = secret("k");
    second.order = 1;
    gateway<all, weighted, retry> gw(all::make_topology({first, second}).value());
    w.network.reply(500, R"({"type":"error","error":{"type":"api_error","message":"x"}})");
    w.network.reply_always(500, "{}");
    const std::string body = R"({"model":"m","top_p":0.5,"messages":[{"role":"user","content":"hi"}]})";
    const auto head = openai_chat::scan_request(body, request_target());
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = head->model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    (void)testing::run(gw.execute(c));
    BOOST_REQUIRE_MESSAGE(w.network.requests().size() >= 2u, w.network.requests().size());
    BOOST_TEST(w.network.requests()[0].body.find("top_p") == std::string::npos);
    BOOST_TEST(w.network.requests()[1].body.find(R"("top_p":0.5)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace member_lists_unit
