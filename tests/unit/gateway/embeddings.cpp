// SPDX-License-Identifier: BSL-1.0
// An operation unlike chat through the whole gateway: bytes that pass, translations, typed calls,
// usage, estimates, retries, fallbacks and what no provider can do.
#include "fixture.hpp"

#include <llmx/policies/rate_limit.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::embeddings_unit {
namespace {

using stack = gateway<providers, weighted, retry, fallback, timeout>;
const std::string vectors =
    R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1.25]}],"model":"te3","usage":{"prompt_tokens":5,"total_tokens":5}})";
const std::string batch = R"({"embeddings":[{"values":[0.5,-1.25]}]})";

template <class Codec> void ask(call& c, std::string_view body, std::string_view model = std::string_view()) {
    request_target target;
    target.model = model;
    const auto head = Codec::scan_request(body, target);
    BOOST_REQUIRE(head.has_value());
    c.in.operation = &embeddings::info;
    c.in.codec = &codec_of<Codec>;
    c.in.body = body;
    c.in.path_model = model;
    c.in.must_translate = head->must_translate;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.cut_begin = head->cut_begin;
    c.in.cut_end = head->cut_end;
    c.in.answer.base64 = head->base64;
    c.model = model.empty() ? head->model : model;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_embeddings)

BOOST_FIXTURE_TEST_CASE(bytes_pass_in_their_own_language, world) {
    stack gw(world_of({make("a", "m", "openai", "te3-small")}));
    network.reply(200, vectors);
    call c(runtime, context);
    const std::string body = R"({ "input" : "hi", "model":"m" , "unknown":[1.50]})";
    ask<openai_embeddings>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->passes_as(codec_of<openai_embeddings>));
    BOOST_TEST(r->body == vectors);
    BOOST_REQUIRE(network.requests().size() == 1u);
    BOOST_TEST(network.requests()[0].target == "/v1/embeddings");
    BOOST_TEST(network.requests()[0].body == R"({ "input" : "hi", "model":"te3-small" , "unknown":[1.50]})");
    BOOST_TEST(context.report.tokens.input_tokens == 5);
}

BOOST_FIXTURE_TEST_CASE(an_openai_caller_reaches_gemini, world) {
    stack gw(world_of({make("a", "m", "gemini", "gemini-embedding-001")}));
    network.reply(200, batch);
    call c(runtime, context);
    const std::string body = R"({"model":"m","input":["hi"],"dimensions":2,"user":"u"})";
    ask<openai_embeddings>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(network.requests()[0].target == "/v1beta/models/gemini-embedding-001:batchEmbedContents");
    const auto sent = boost::json::parse(network.requests()[0].body);
    BOOST_TEST(sent.at("requests").at(0).at("model").as_string() == "models/gemini-embedding-001");
    BOOST_TEST(sent.at("requests").at(0).at("outputDimensionality").as_int64() == 2);
    const auto read = r->as<embeddings>();
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->vectors.at(0).values.at(1) == -1.25f);
    BOOST_TEST(c.now.dropped.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_gemini_caller_reaches_openai_and_its_own_kind, world) {
    stack gw(world_of({make("a", "m", "openai", "te3"), make("b", "g", "gemini", "ge")}));
    network.reply(200, vectors);
    const std::string body = R"({"content":{"parts":[{"text":"hi"}]}})";
    {
        call c(runtime, context);
        ask<gemini_embed>(c, body, "m");
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(boost::json::parse(network.requests()[0].body).at("input").as_string() == "hi");
        BOOST_TEST(!r->passes_as(codec_of<gemini_embed>));
    }
    // The provider has both of its language's forms, so each passes as it came.
    network.reply(200, R"({"embedding":{"values":[1]}})");
    call c(runtime, context);
    ask<gemini_embed>(c, body, "g");
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(network.requests()[1].target == "/v1beta/models/ge:embedContent");
    BOOST_TEST(network.requests()[1].body == body);
    BOOST_TEST(r->passes_as(codec_of<gemini_embed>));
}

BOOST_FIXTURE_TEST_CASE(a_typed_call_retries_and_falls_back, world) {
    stack::policies_type policies;
    std::get<fallback>(policies).add("m", {"spare"});
    std::get<retry>(policies).max_retries = 1;
    stack gw(world_of({make("a", "m", "openai", "te3"), make("b", "spare", "gemini", "ge")}), policies);
    network.reply(503, "{}");
    network.reply(503, "{}");
    network.reply(200, batch);
    const embedding_request q("m", "hi");
    const auto r = testing::run(gw.embed(runtime, context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->vectors.at(0).values.at(0) == 0.5f);
    BOOST_TEST(context.report.retries == 1u);
    BOOST_TEST(context.report.fallbacks == 1u);
    BOOST_TEST(context.report.provider == "gemini");
}

BOOST_FIXTURE_TEST_CASE(a_provider_without_the_operation_is_passed_by_and_named, world) {
    stack::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    stack gw(world_of({make("a", "m", "anthropic", "c"), make("b", "m", "openai", "te3"), make("c", "only", "anthropic", "c")}), policies);
    network.reply_always(200, vectors);
    for (int i = 0; i < 6; ++i) {
        call_context each;
        each.started = runtime.now();
        const embedding_request q("m", "hi");
        BOOST_TEST(testing::run(gw.embed(runtime, each, q)).has_value());
        BOOST_TEST(each.report.provider == "openai");
    }
    const embedding_request q("only", "hi");
    const auto r = testing::run(gw.embed(runtime, context, q));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::unsupported_operation));
    BOOST_TEST(r.error().message().find("provider 'anthropic' of deployment 'c' has no embeddings") != std::string::npos);
    BOOST_TEST(http_status_of(r.error().value()) == 501);
}

BOOST_FIXTURE_TEST_CASE(token_ids_are_named_as_the_caller_wrote_them, world) {
    stack gw(world_of({make("a", "m", "gemini", "ge")}));
    call c(runtime, context);
    const std::string body = R"({"model":"m","input":[[1,2],[3]]})";
    ask<openai_embeddings>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::unsupported_parameter));
    BOOST_TEST(r.error().param() == "input[0]");
    BOOST_TEST(network.calls() == 0u);
}

BOOST_FIXTURE_TEST_CASE(limits_reserve_the_estimate_and_settle_on_the_count, world) {
    using limited = gateway<providers, weighted, rate_limit, timeout>;
    limited::policies_type policies;
    std::get<rate_limit>(policies).gateway(0, 120);
    limited gw(world_of({make("a", "m", "openai", "te3")}), policies);
    network.reply_always(200, vectors);
    const embedding_request q("m", std::string(400, 'a'));
    BOOST_TEST(testing::run(gw.embed(runtime, context, q)).has_value());
    // 100 were reserved and 5 used: there is room for the next.
    BOOST_TEST(testing::run(gw.embed(runtime, context, q)).has_value());
    const embedding_request large("m", std::string(4000, 'a'));
    const auto r = testing::run(gw.embed(runtime, context, large));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::rate_limited));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::embeddings_unit
