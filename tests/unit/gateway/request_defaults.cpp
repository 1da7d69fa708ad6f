// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/core/chat_request.hpp>
#include <llmx/registry/stock_vendors.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <ostream>
#include <string>

namespace request_defaults_unit {

// What a deployment adds to requests: default values, members and header fields.

using namespace gateway_test;

namespace {

using all = registry<openai, anthropic, gemini, stock_vendors>;
using plain_gateway = gateway<all, weighted>;

struct added {
    const char *title, *provider, *language;
    /// A temperature of 0.25 and a limit of 77 tokens, or none.
    bool defaults;
    const char* members;
    /// Members of the caller's request beside the message.
    const char* stated;
    /// What the request then contains, and what it does not.
    const char *contains, *contains_too, *lacks;
};
std::ostream& operator<<(std::ostream& os, const added& a) { return os << a.title; }

const added cases[] = {
    {"passed through, nothing stated", "openai", "openai", true, "", R"("seed":5,)", R"("temperature":0.25)", R"(77)",
        "messages\":[{\"role\":\"user\",\"content\":\"x\"}"},
    {"passed through, the bytes before stay", "openai", "openai", true, "", R"("seed" : 5, "x_unknown":[ 1 ],)", R"("seed" : 5, "x_unknown":[ 1 ],)",
        R"("temperature":0.25)",
     R"("stream")"},
    {"passed through, all stated", "openai", "openai", true, "", R"("temperature":1,"max_tokens":5,)", R"("temperature":1,"max_tokens":5,)", "hi", "77"},
    {"passed through, the limit under its other name", "openai", "openai", true, "", R"("max_completion_tokens":5,)", R"("temperature":0.25)",
        R"("max_completion_tokens":5)", "77"},
    {"passed through, a vendor's name of the limit", "mistral", "openai", true, "", "", R"("max_tokens":77)", R"("temperature":0.25)", "max_completion_tokens"},
    {"translated from OpenAI", "anthropic", "openai", true, "", "", R"("temperature":0.25)", R"("max_tokens":77)", "max_completion_tokens"},
    {"translated from OpenAI, one stated", "anthropic", "openai", true, "", R"("temperature":0.5,)", R"("temperature":0.5)", R"("max_tokens":77)", "0.25"},
    {"passed through to Claude", "anthropic", "anthropic", true, "", R"("max_tokens":9, "x_unknown":{ },)", R"("max_tokens":9, "x_unknown":{ },)",
        R"("temperature":0.25)", "77"},
    {"from Claude to OpenAI", "openai", "anthropic", true, "", R"("max_tokens":9,)", R"("temperature":0.25)", R"(9)", "77"},
    {"from OpenAI to Gemini", "gemini", "openai", true, "", "", R"("temperature":0.25)", R"("maxOutputTokens":77)", "max_tokens"},
    {"members, passed through", "openai", "openai", false, R"({"service_tier":"flex","x":{"a":[1]}})", R"("seed":5,)", R"("service_tier":"flex")",
        R"("x":{"a":[1]})", "temperature"},
    {"members, in place of the caller's", "openai", "openai", false, R"({"seed":7})", R"("seed":5,)", R"("seed":7)", R"("hi")", R"("seed":5)"},
    {"members, translated", "anthropic", "openai", false, R"({"service_tier":"auto"})", R"("top_p":0.5,)", R"("service_tier":"auto")", R"("top_p":0.5)",
        "temperature"},
    {"members over defaults", "openai", "openai", true, R"({"temperature":0.75})", "", R"("temperature":0.75)", "77", "0.25"},
};

/// The one request that the deployment \p d gets for the body \p body.
std::string sent_by(const deployment& d, const std::string& body, bool claude, std::string* fields = nullptr, std::string* failure = nullptr) {
    world w;
    plain_gateway gw(all::make_topology({d}).value());
    const auto head = claude ? anthropic_messages::scan_request(body, request_target()) : openai_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    if (failure == nullptr) w.network.reply_always(200, openai_reply);
    else w.network.reply_always(401, R"({"error":{"message":"bad key sk-added-secret"}})");
    call c(w.runtime, w.context);
    c.in.codec = claude ? &codec_of<anthropic_messages> : &codec_of<openai_chat>;
    c.in.body = body;
    c.model = head->model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(w.network.requests().size() == 1u);
    if (fields != nullptr) *fields = w.network.requests()[0].fields;
    if (failure != nullptr) *failure = r.has_error() ? r.error().message() : std::string();
    return w.network.requests()[0].body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_request_defaults)

BOOST_DATA_TEST_CASE(a_deployment_adds_what_it_states_in_every_direction, boost::unit_test::data::make(cases), a) {
    deployment d = make("a", "m", a.provider, "chosen");
    d.key = secret("k-1");
    if (a.defaults) {
        chat_request defaults;
        defaults.temperature = 0.25;
        defaults.max_output_tokens = 77;
        d.chat_defaults = std::make_shared<const chat_request>(defaults);
    }
    d.added_members = a.members;
    const std::string body = R"({"model":"m",)" + std::string(a.stated) + R"("messages":[{"role":"user","content":"hi"}]})";
    const std::string sent = sent_by(d, body, std::string_view(a.language) == "anthropic");
    BOOST_TEST(sent.find(a.contains) != std::string::npos, sent);
    BOOST_TEST(sent.find(a.contains_too) != std::string::npos, sent);
    BOOST_TEST(sent.find(a.lacks) == std::string::npos, sent);
    if (std::string_view(a.provider) != "gemini") BOOST_TEST(sent.find(R"("model":"chosen")") != std::string::npos, sent);
}

BOOST_AUTO_TEST_CASE(header_fields_of_a_deployment_replace_those_of_its_provider) {
    deployment d = make("a", "m", "openai", "chosen");
    d.key = secret("k-1");
    BOOST_REQUIRE(d.added_fields.set("Authorization", "Bearer sk-added-secret").has_value());
    BOOST_REQUIRE(d.added_fields.set("x-team", "blue").has_value());
    BOOST_TEST(d.added_fields.set("content-length", "5").has_error());
    std::string fields, failure;
    (void)sent_by(d, R"({"model":"m","messages":[{"role":"user","content":"hi"}]})", false, &fields, &failure);
    BOOST_TEST(fields.find("Authorization: Bearer sk-added-secret\r\n") != std::string::npos, fields);
    BOOST_TEST(fields.find("x-team: blue\r\n") != std::string::npos, fields);
    BOOST_TEST(fields.find("k-1") == std::string::npos, fields);
    BOOST_TEST(!failure.empty());
    BOOST_TEST(failure.find("sk-added-secret") == std::string::npos, failure);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace request_defaults_unit
