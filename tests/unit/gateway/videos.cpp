// SPDX-License-Identifier: BSL-1.0
// Videos through the whole gateway: what is sent where, what comes back, what it costs.
#include "fixture.hpp"

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/model_catalog.hpp>
#include <llmx/dialects/images.hpp>
#include <llmx/dialects/perplexity/search.hpp>
#include <llmx/dialects/videos.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/runway.hpp>
#include <llmx/providers/search_vendors.hpp>
#include <llmx/providers/vertex.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::videos_unit {
namespace {

using video_providers = registry<openai, azure_openai, gemini, vertex_ai, runway, exa_ai>;
using stack = gateway<video_providers, weighted, retry, fallback, timeout>;

static_assert(provider_supports<openai, video> && provider_supports<azure_openai, video_state> && provider_supports<gemini, video>);
static_assert(provider_supports<vertex_ai, video> && provider_supports<runway, video_state> && !provider_supports<runway, chat>);

std::shared_ptr<const model_catalog> prices() {
    auto made = std::make_shared<model_catalog>();
    const result<void> merged = made->merge(R"({"schema":"llmx-models-1","models":{
        "openai/sora-2":{"price":{"video_second_out":100000000}}, "azure/sora-2":{"price":{"video_second_out":100000000}},
        "gemini/veo-3.1-generate-001":{"price":{"second_out":400000000}}, "vertex_ai/veo-3.1-fast-generate-001":{"price":{"second_out":100000000}},
        "runwayml/gen4_turbo":{"price":{"video_second_out":50000000}}, "openai/high/1024-x-1536/gpt-image-1":{"price":{"image_in":250000000}},
        "openai/low/1024-x-1024/gpt-image-1":{"price":{"image_in":11000000}},
        "exa_ai/search":{"price":{"ranges":[{"from":0,"to":25,"by":"results","query":5000000},{"from":26,"to":100,"by":"results","query":25000000}]}}}})",
                                            "test");
    if (!merged) throw call_failed(merged.error());
    return made;
}
std::shared_ptr<const topology> video_world(std::vector<deployment> ds) {
    for (auto& d : ds) {
        if (d.provider == "azure") d.api_base = parse_base_url("https://r.openai.azure.com").value();
        if (auto completed = video_providers::complete(d); completed.has_error()) throw call_failed(completed.error());
        if (auto known = attach_facts(d, prices()); known.has_error()) throw call_failed(known.error());
    }
    return topology::make(std::move(ds)).value();
}
std::string cost(const call_report& r) {
    const auto c = cost_of(r);
    return c ? to_dollars(*c) : std::string("unknown");
}
const std::string made = R"({"id":"video_1","object":"video","model":"sora-2","status":"queued","progress":0,"created_at":7,"seconds":"4"})";

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_videos)

BOOST_FIXTURE_TEST_CASE(a_typed_call_begins_a_video_at_each_vendor, world) {
    struct row {
        deployment where;
        std::string answer, target, id, cost;
    };
    const row rows[] = {
        {make("a", "m", "openai", "sora-2"), made, "/v1/videos", "video_1", "0.8"},
        {make("b", "m", "azure", "sora-2"), made, "/openai/v1/videos?api-version=preview", "video_1", "0.8"},
        {make("c", "m", "gemini", "veo-3.1-generate-001"), R"({"name":"models/veo/operations/o"})", "/v1beta/models/veo-3.1-generate-001:predictLongRunning",
         "video_models/veo/operations/o", "3.2"},
        {make("d", "m", "vertex_ai", "veo-3.1-fast-generate-001"), R"({"name":"publishers/google/models/v/operations/o"})",
         "/v1/publishers/google/models/veo-3.1-fast-generate-001:predictLongRunning", "video_publishers/google/models/v/operations/o", "0.8"},
        {make("e", "m", "runwayml", "gen4_turbo"), R"({"id":"t"})", "/v1/text_to_video", "video_t", "0.4"},
    };
    for (const row& one : rows) {
        stack gw(video_world({one.where}));
        network.reply(200, one.answer).field("content-type", "application/json");
        video_request q("m", "a cat");
        q.seconds = 8;
        q.size = "1280x720";
        call_context own;
        own.started = runtime.now();
        const auto r = testing::run(gw.call<video>(runtime, own, q));
        BOOST_REQUIRE_MESSAGE(r.has_value(), one.target << (r.has_error() ? r.error().message() : std::string()));
        BOOST_TEST(r->id == one.id);
        const auto& sent = network.requests().back();
        BOOST_TEST(sent.method == "POST");
        BOOST_TEST(sent.target == one.target);
        BOOST_TEST(own.report.tokens.output_milliseconds == 8000u, one.target);
        BOOST_TEST(cost(own.report) == one.cost, one.target);
        BOOST_TEST(own.report.measures.width == 1280);
    }
}

BOOST_FIXTURE_TEST_CASE(the_vendors_default_length_is_charged, world) {
    const std::pair<deployment, std::string> rows[] = {
        {make("a", "m", "openai", "sora-2"), "0.4"}, {make("c", "m", "gemini", "veo-3.1-generate-001"), "3.2"},
        {make("e", "m", "runwayml", "gen4_turbo"), "0.25"}};
    for (const auto& [where, expected] : rows) {
        stack gw(video_world({where}));
        network.reply(200, where.provider == "openai" ? made : std::string(R"({"id":"t","name":"o/operations/x"})")).field("content-type", "application/json");
        const video_request q("m", "a cat");
        call_context own;
        own.started = runtime.now();
        BOOST_REQUIRE(testing::run(gw.call<video>(runtime, own, q)).has_value());
        BOOST_TEST(cost(own.report) == expected, where.provider);
    }
}

BOOST_FIXTURE_TEST_CASE(the_state_of_a_video_is_asked_of_the_same_vendor, world) {
    struct row {
        deployment where;
        std::string id, answer, method, target;
    };
    const row rows[] = {
        {make("a", "m", "openai", "sora-2"), "video_1", R"({"id":"video_1","status":"in_progress"})", "GET", "/v1/videos/video_1"},
        {make("b", "m", "azure", "sora-2"), "video_1", R"({"id":"video_1","status":"in_progress"})", "GET", "/openai/v1/videos/video_1?api-version=preview"},
        {make("c", "m", "gemini", "veo"), "video_models/veo/operations/o", R"({"name":"models/veo/operations/o"})", "GET", "/v1beta/models/veo/operations/o"},
        {make("d", "m", "vertex_ai", "veo"), "video_projects/p/models/v/operations/o", R"({"name":"projects/p/models/v/operations/o"})", "POST",
         "/v1/projects/p/models/v:fetchPredictOperation"},
        {make("e", "m", "runwayml", "gen4_turbo"), "video_t", R"({"id":"t","status":"RUNNING"})", "GET", "/v1/tasks/t"},
    };
    for (const row& one : rows) {
        stack gw(video_world({one.where}));
        network.reply(200, one.answer).field("content-type", "application/json");
        const video_state_request q("m", one.id);
        call_context own;
        own.started = runtime.now();
        const auto r = testing::run(gw.call<video_state>(runtime, own, q));
        BOOST_REQUIRE_MESSAGE(r.has_value(), one.target << (r.has_error() ? r.error().message() : std::string()));
        BOOST_TEST(r->status == "in_progress");
        const auto& sent = network.requests().back();
        BOOST_TEST(sent.method == one.method);
        BOOST_TEST(sent.target == one.target);
        BOOST_TEST(sent.body.empty() == (one.method == "GET"));
        BOOST_TEST((sent.fields.find("content-type") == std::string::npos) == (one.method == "GET"), sent.fields);
        if (one.where.provider == "runwayml") BOOST_TEST(sent.fields.find("x-runway-version: 2024-11-06") != std::string::npos);
        BOOST_TEST(own.report.tokens.empty());
        BOOST_TEST(cost(own.report) == "unknown");
    }
}

BOOST_FIXTURE_TEST_CASE(a_video_that_failed_is_an_answer_and_an_error_is_a_failure, world) {
    stack gw(video_world({make("a", "m", "openai", "sora-2")}));
    network.reply(200, R"({"id":"video_1","status":"failed","error":{"code":"c","message":"why"}})").field("content-type", "application/json");
    const video_state_request q("m", "video_1");
    const auto r = testing::run(gw.call<video_state>(runtime, context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->error_message == "why");
    network.reply(404, R"({"error":{"message":"no such video"}})").field("content-type", "application/json");
    call_context second;
    const auto gone = testing::run(gw.call<video_state>(runtime, second, q));
    BOOST_REQUIRE(gone.has_error());
    BOOST_TEST(gone.error().http_status() == 404);
}

BOOST_FIXTURE_TEST_CASE(images_and_searches_are_charged_by_what_was_asked_for, world) {
    stack gw(video_world({make("a", "i", "openai", "gpt-image-1"), make("b", "s", "exa_ai", "search")}));
    network.reply(200, R"({"created":1,"data":[{"b64_json":"AAEC"},{"b64_json":"AAEC"}]})").field("content-type", "application/json");
    image_request q("i", "a cat");
    q.size = "1024x1536";
    q.quality = "high";
    BOOST_REQUIRE(testing::run(gw.call<image_generation>(runtime, context, q)).has_value());
    BOOST_TEST(cost(context.report) == "0.5");

    // The same of a client's bytes.
    const std::string body = R"({"model":"i","prompt":"a cat","size":"1024x1024","quality":"low"})";
    network.reply(200, R"({"created":1,"data":[{"b64_json":"AAEC"}]})").field("content-type", "application/json");
    {
        call_context second;
        second.started = runtime.now();
        call c(runtime, second);
        const auto head = openai_images::scan_request(body, request_target()).value();
        c.in.operation = &image_generation::info;
        c.in.codec = &codec_of<openai_images>;
        c.in.forms = forms_of<image_generation>();
        c.in.body = body;
        c.in.model_begin = head.model_begin;
        c.in.model_end = head.model_end;
        c.model = "i";
        BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
        BOOST_TEST(cost(second.report) == "0.011");
    }

    network.reply(200, R"({"results":[{"title":"t","url":"https://h","text":"x"}]})").field("content-type", "application/json");
    search_request s("s", "cats");
    s.max_results = 30;
    call_context third;
    BOOST_REQUIRE(testing::run(gw.call<web_search>(runtime, third, s)).has_value());
    BOOST_TEST(cost(third.report) == "0.025");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::videos_unit
