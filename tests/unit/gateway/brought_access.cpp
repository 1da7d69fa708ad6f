// SPDX-License-Identifier: BSL-1.0
// Keys, addresses and answers that a caller brings for its own request.
#include <unit/gateway/fixture.hpp>

#include <llmx/core/callers_access.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/transport/connection_rules.hpp>
#include <llmx/wire/url.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace brought_access_unit {

using namespace gateway_test;

namespace {

using all = registry<openai, anthropic, azure_openai, mock>;
using plain_gateway = gateway<all, weighted, breaker, retry>;

std::shared_ptr<callers_access> allowed(bool key, bool base, std::vector<std::string_view> bases = {}) {
    auto may = std::make_shared<callers_access>();
    may->key = key;
    may->base = base;
    may->version = true;
    for (const std::string_view one : bases) {
        base_url made = *parse_base_url(one);
        if (made.where.host.starts_with("any.")) made.where.host.replace(0, 3, "*");
        may->bases.push_back(std::move(made));
    }
    auto rules = std::make_shared<connection_rules>();
    rules->public_only = true;
    may->connection = std::move(rules);
    return may;
}

deployment place(std::shared_ptr<const callers_access> may, std::string provider = "openai") {
    deployment d = make("a", "m", std::move(provider), "upstream");
    if (d.provider == "azure") d.api_base = *parse_base_url("https://own.azure.test");
    d.callers = std::move(may);
    return d;
}

/// What became of a call that brings something.
struct outcome {
    outcome() = default;
    std::optional<error> failure;
    std::vector<testing::recorded_request> sent;
    std::vector<std::string> dropped;
    std::string body;
};

outcome call_with(deployment d, std::string_view key, std::string_view base, int status = 200, std::string_view mock = "", std::string_view version = "",
                  int times = 1) {
    world w;
    plain_gateway gw(all::make_topology({std::move(d)}).value());
    w.network.reply_always(status, status == 200 ? openai_reply : R"({"error":{"message":"no such key: sk-brought and sk-upstream"}})");
    outcome o;
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
    const auto head = openai_chat::scan_request(body, request_target());
    for (int i = 0; i < times; ++i) {
        call c(w.runtime, w.context);
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = body;
        c.model = head->model;
        c.in.model_begin = head->model_begin;
        c.in.model_end = head->model_end;
        c.in.members = head->members;
        c.in.retries = 0;
        c.in.brought = std::make_unique<brought_access>();
        c.in.brought->key = secret(std::string(key));
        c.in.brought->base = base;
        c.in.brought->base_member = "api_base";
        c.in.brought->mock = mock;
        c.in.brought->version = version;
        auto r = testing::run(gw.execute(c));
        if (r.has_error()) o.failure = r.error();
        else o.body = r->body;
        o.dropped = c.now.dropped;
    }
    o.sent = w.network.requests();
    return o;
}

bool has(const std::vector<std::string>& list, std::string_view name) { return std::find(list.begin(), list.end(), name) != list.end(); }

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_brought_access)

BOOST_AUTO_TEST_CASE(a_key_takes_the_place_of_the_deployments) {
    const outcome o = call_with(place(allowed(true, false)), "sk-brought", "");
    BOOST_TEST_REQUIRE(o.sent.size() == 1u);
    BOOST_TEST(o.sent[0].fields.find("Bearer sk-brought\r\n") != std::string::npos, o.sent[0].fields);
    BOOST_TEST(o.sent[0].fields.find("sk-upstream") == std::string::npos);
    BOOST_TEST(o.sent[0].to.host == "api.openai.com");
    BOOST_TEST(!has(o.dropped, "api_key"));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_taken_is_named_and_not_used) {
    for (const auto& may : {std::shared_ptr<callers_access>(), allowed(false, false)}) {
        const outcome o = call_with(place(may), "sk-brought", "");
        BOOST_TEST_REQUIRE(o.sent.size() == 1u);
        BOOST_TEST(o.sent[0].fields.find("sk-brought") == std::string::npos);
        BOOST_TEST(has(o.dropped, "api_key"));
    }
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_taken_is_an_error) {
    for (const auto& may : {std::shared_ptr<callers_access>(), allowed(true, false)}) {
        const outcome o = call_with(place(may), "sk-brought", "https://other.example/v1");
        BOOST_TEST(o.sent.empty());
        BOOST_TEST_REQUIRE(o.failure.has_value());
        BOOST_TEST((o.failure->value() == errc::invalid_request));
        BOOST_TEST(o.failure->param() == "api_base");
        BOOST_TEST(o.failure->message().find("sk-") == std::string::npos, o.failure->message());
    }
}

BOOST_AUTO_TEST_CASE(nothing_of_the_operators_goes_to_a_callers_server) {
    deployment d = place(allowed(true, true));
    BOOST_REQUIRE(d.added_fields.set("x-operator", "token-1"));
    d.added_members = R"({"operator":"member-1"})";
    const outcome o = call_with(d, "sk-brought", "https://other.example/base/v1");
    BOOST_TEST_REQUIRE(o.sent.size() == 1u);
    BOOST_TEST(o.sent[0].to.host == "other.example");
    BOOST_TEST(o.sent[0].target.starts_with("/base/v1/"), o.sent[0].target);
    BOOST_TEST(o.sent[0].fields.find("Bearer sk-brought\r\n") != std::string::npos);
    for (const std::string_view secret : {"sk-upstream", "token-1", "member-1"})
        BOOST_TEST((o.sent[0].fields + o.sent[0].body).find(secret) == std::string::npos, secret);
    // Not without a key either.
    const outcome keyless = call_with(d, "", "https://other.example/v1");
    BOOST_TEST(keyless.sent.empty());
    BOOST_TEST_REQUIRE(keyless.failure.has_value());
    BOOST_TEST(keyless.failure->message().find("api_key") != std::string::npos, keyless.failure->message());
}

BOOST_AUTO_TEST_CASE(only_the_listed_servers) {
    const auto may = allowed(true, true, {"https://api.example.com/v1", "https://any.cloud.example"});
    for (const std::string_view good : {"https://api.example.com/v1", "https://api.example.com/v1/sub", "https://API.example.com/v1/",
                                        "https://x.cloud.example", "https://a.b.cloud.example/v1"})
        BOOST_TEST(call_with(place(may), "sk-brought", good).sent.size() == 1u, good);
    for (const std::string_view bad :
         {"https://api.example.com", "https://api.example.com/v10", "http://api.example.com/v1", "https://api.example.com:8443/v1",
          "https://cloud.example", "https://evilcloud.example", "https://x.cloud.example.evil.test", "https://api.example.com.evil.test/v1",
          "https://evil.test/?x=.cloud.example",
          "https://api.example.com/v1/../admin", "https://api.example.com/v1/%2e%2e/admin", "https://api.example.com@evil.test/v1",
          "ftp://api.example.com/v1", "?", "x"}) {
        const outcome o = call_with(place(may), "sk-brought", bad);
        BOOST_TEST(o.sent.empty(), bad);
        BOOST_TEST((o.failure && o.failure->value() == errc::invalid_request), bad);
    }
}

BOOST_AUTO_TEST_CASE(failures_show_neither_key) {
    const outcome o = call_with(place(allowed(true, true)), "sk-brought", "", 401);
    BOOST_TEST_REQUIRE(o.failure.has_value());
    BOOST_TEST(o.failure->message().find("sk-brought") == std::string::npos, o.failure->message());
}

BOOST_AUTO_TEST_CASE(a_callers_own_failures_rest_no_deployment) {
    deployment d = place(allowed(true, true));
    d.cool_down = std::chrono::seconds(60);
    BOOST_TEST(call_with(d, "sk-brought", "", 401, "", "", 6).sent.size() == 6u);
    // Those of the deployment do.
    BOOST_TEST(call_with(d, "", "", 401, "", "", 6).sent.size() < 6u);
}

BOOST_AUTO_TEST_CASE(azure_takes_a_version_and_a_key) {
    const outcome o = call_with(place(allowed(true, true), "azure"), "sk-brought", "", 200, "", "2099-01-01");
    BOOST_TEST_REQUIRE(o.sent.size() == 1u);
    BOOST_TEST(o.sent[0].target.find("api-version=2099-01-01") != std::string::npos, o.sent[0].target);
    BOOST_TEST(o.sent[0].fields.find("api-key: sk-brought\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_that_the_request_brings) {
    auto may = allowed(false, false);
    may->mock_provider = "mock";
    may->mock_settings = [](std::string_view answer) { return any_settings::of(mock::settings::answering(answer)); };
    const outcome o = call_with(place(may), "", "", 200, "brought text");
    BOOST_TEST(o.sent.empty());
    BOOST_TEST(o.body.find("brought text") != std::string::npos, o.body);
    const outcome failed = call_with(place(may), "", "", 200, "litellm.RateLimitError");
    BOOST_TEST_REQUIRE(failed.failure.has_value());
    BOOST_TEST((failed.failure->value() == errc::rate_limited));
    // Where it is not allowed the provider answers.
    const outcome refused = call_with(place(nullptr), "", "", 200, "brought text");
    BOOST_TEST(refused.sent.size() == 1u);
    BOOST_TEST(has(refused.dropped, "mock_response"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace brought_access_unit
