// SPDX-License-Identifier: BSL-1.0
// Images by vendors whose calls are jobs, and by Recraft, through the whole gateway: what is sent where, what comes back, what is refused.
#include "fixture.hpp"

#include <llmx/dialects/images.hpp>
#include <llmx/providers/black_forest_labs.hpp>
#include <llmx/providers/fal_ai.hpp>
#include <llmx/providers/recraft.hpp>
#include <llmx/providers/replicate.hpp>
#include <llmx/providers/stability.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace gateway_test::image_vendors_unit {
namespace {

using image_providers = registry<openai, stability, black_forest_labs, recraft, fal_ai, replicate>;
using stack = gateway<image_providers, weighted, retry, fallback, timeout>;

static_assert(provider_supports<stability, image_generation> && provider_supports<stability, image_edit> && !provider_supports<stability, chat>);
static_assert(provider_supports<recraft, image_generation> && provider_supports<recraft, image_edit>);
static_assert(provider_with_settings<fal_ai>);

std::shared_ptr<const topology> image_world(std::vector<deployment> ds) {
    for (auto& d : ds)
        if (auto completed = image_providers::complete(d); completed.has_error()) throw call_failed(completed.error());
    return topology::make(std::move(ds)).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_image_vendors)

BOOST_FIXTURE_TEST_CASE(a_typed_call_is_one_answer_of_a_job, world) {
    stack gw(image_world({make("a", "m", "replicate", "black-forest-labs/flux-schnell")}));
    network.reply(201, R"({"status":"processing","urls":{"get":"https://api.replicate.com/v1/predictions/1",)"
                       R"("cancel":"https://api.replicate.com/v1/predictions/1/cancel"}})");
    network.reply(200, R"({"status":"succeeded","error":null,"output":["https://replicate.delivery/a.webp"],"urls":{}})");
    network.reply(200, "RIFF0000WEBPVP8 ").field("content-type", "image/webp");
    image_request q("m", "a cat");
    q.response_format = "b64_json";
    const auto r = testing::run(gw.call<image_generation>(runtime, context, q));
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(r->images.at(0).base64 == "UklGRjAwMDBXRUJQVlA4IA==");
    BOOST_TEST(r->output_format == "webp");
    BOOST_TEST(context.report.tokens.images == 1u);
    BOOST_REQUIRE(network.requests().size() == 3u);
    BOOST_TEST(network.requests()[0].target == "/v1/models/black-forest-labs/flux-schnell/predictions");
    BOOST_TEST(network.requests()[0].fields.find("authorization: Bearer sk-upstream\r\n") != std::string::npos);
    BOOST_TEST(network.requests()[0].fields.find("prefer: wait=60\r\n") != std::string::npos);
    BOOST_TEST(network.requests()[2].fields.find("sk-upstream") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_failed_job_is_typed_and_another_deployment_may_answer, world) {
    stack gw(image_world({make("a", "m", "fal_ai", "fal-ai/flux/dev")}));
    network.reply(200, R"({"status":"IN_QUEUE","request_id":"1","status_url":"https://queue.fal.run/s","response_url":"https://queue.fal.run/r"})");
    network.reply(200, R"({"status":"COMPLETED"})");
    network.reply(422, R"({"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]})");
    const image_request q("m", "x");
    const auto refused = testing::run(gw.call<image_generation>(runtime, context, q));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().value() == errc::content_policy));
    BOOST_TEST(refused.error().provider() == "fal_ai");
    BOOST_TEST(network.calls() == 3u);
}

BOOST_FIXTURE_TEST_CASE(stability_answers_a_form_with_json, world) {
    stack gw(image_world({make("a", "m", "stability", "stable-image-core"), make("b", "e", "stability", "erase")}));
    network.reply(200, R"({"image":"AAEC","finish_reason":"SUCCESS","seed":1})").field("content-type", "application/json");
    const image_request q("m", "a cat");
    const auto r = testing::run(gw.call<image_generation>(runtime, context, q));
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(r->images.at(0).base64 == "AAEC");
    BOOST_TEST(network.requests()[0].target == "/v2beta/stable-image/generate/core");
    BOOST_TEST(network.requests()[0].fields.find("accept: application/json\r\n") != std::string::npos);
    BOOST_TEST(network.requests()[0].fields.find("multipart/form-data; boundary=") != std::string::npos);
    network.reply(403, R"({"id":"1","name":"content_moderation","errors":["flagged"]})");
    call_context second;
    const auto refused = testing::run(gw.call<image_generation>(runtime, second, q));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().value() == errc::content_policy));
    BOOST_TEST(refused.error().provider_message() == "flagged");
}

BOOST_FIXTURE_TEST_CASE(recraft_answers_at_once_and_in_openais_form, world) {
    stack gw(image_world({make("a", "m", "recraft", "recraftv3")}));
    network.reply(200, R"({"created":1,"data":[{"url":"https://img.recraft.ai/a"}]})").field("content-type", "application/json");
    image_request q("m", "a cat");
    q.size = "1024x1024";
    q.extra.add("openai_images", "seed", "7");
    q.extra.add("openai_images", "style_id", "\"s1\"");
    const auto r = testing::run(gw.call<image_generation>(runtime, context, q));
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(r->images.at(0).url == "https://img.recraft.ai/a");
    BOOST_TEST(network.requests()[0].target == "/v1/images/generations");
    BOOST_TEST(network.requests()[0].body == R"({"random_seed":7,"style_id":"s1","model":"recraftv3","prompt":"a cat","size":"1024x1024"})");
    network.reply(200, R"({"created":1,"data":[{"b64_json":"AAEC"}]})").field("content-type", "application/json");
    call_context second;
    const image_request change("m", "a hat", image_file("PNG", "a.png", "image/png"));
    const auto changed = testing::run(gw.call<image_edit>(runtime, second, change));
    BOOST_REQUIRE_MESSAGE(changed.has_value(), (changed.has_error() ? changed.error().message() : std::string()));
    BOOST_TEST(changed->images.at(0).base64 == "AAEC");
    BOOST_TEST(network.requests()[1].target == "/v1/images/imageToImage");
    image_request bad("m", "a cat");
    bad.background = "transparent";
    call_context third;
    BOOST_TEST((testing::run(gw.call<image_generation>(runtime, third, bad)).error().value() == errc::unsupported_parameter));
}

BOOST_FIXTURE_TEST_CASE(settings_of_a_deployment_pace_its_polls, world) {
    deployment d = make("a", "m", "black_forest_labs", "flux-dev");
    polled_job_options slow;
    slow.first_wait = std::chrono::seconds(3);
    d.settings = any_settings::of(slow);
    d.api_base = parse_base_url("https://api.bfl.ai/v1").value();
    stack gw(image_world({d}));
    network.reply(200, R"({"id":"1","polling_url":"https://api.bfl.ai/v1/get_result?id=1"})");
    network.reply(200, R"({"status":"Ready","result":{"sample":"https://cdn.example.com/a.png"}})");
    const image_request q("m", "a cat");
    const auto r = testing::run(gw.call<image_generation>(runtime, context, q));
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(r->images.at(0).url == "https://cdn.example.com/a.png");
    BOOST_TEST(network.requests()[0].target == "/v1/flux-dev");
    BOOST_TEST((runtime.sleeps() == std::vector<duration>{std::chrono::seconds(3)}));
}

BOOST_FIXTURE_TEST_CASE(a_chat_streams_from_where_its_prediction_says_and_polls_where_there_is_no_stream, world) {
    stack gw(image_world({make("a", "m", "replicate", "meta/llama-3-70b-instruct")}));
    const std::string urls = R"("urls":{"get":"https://api.replicate.com/v1/predictions/1","cancel":"https://api.replicate.com/v1/predictions/1/cancel")";
    network.reply(201, R"({"status":"starting",)" + urls + R"(,"stream":"https://stream.replicate.com/v1/1"}})");
    network.reply(200).field("content-type", "text/event-stream")
        .piece("event: output\ndata: Hel\n\nevent: output\ndata: lo\n\nevent: do").piece("ne\ndata: {}\n\n");
    chat_request q("m", "Hi");
    q.stream = true;
    const auto text_of = [this, &gw, &q](call_context& ctx) {
        auto s = testing::run(gw.stream(runtime, ctx, q));
        BOOST_REQUIRE_MESSAGE(s.has_value(), (s.has_error() ? s.error().message() : std::string()));
        std::string text;
        while (testing::run(s->read_more()))
            while (const chat_event* const e = s->try_next())
                if (e->what == chat_event::kind::text) text += e->text;
        BOOST_TEST(!s->failure().has_value());
        return text;
    };
    BOOST_TEST(text_of(context) == "Hello");
    BOOST_REQUIRE(network.requests().size() == 2u);
    BOOST_TEST(network.requests()[0].target == "/v1/models/meta/llama-3-70b-instruct/predictions");
    BOOST_TEST(network.requests()[0].body == R"({"input":{"prompt":"Hi"}})");
    BOOST_TEST(network.requests()[0].fields.find("prefer") == std::string::npos);
    BOOST_TEST(network.requests()[1].to.host == "stream.replicate.com");
    BOOST_TEST(network.requests()[1].fields.find("accept: text/event-stream\r\n") != std::string::npos);
    BOOST_TEST(network.requests()[1].fields.find("application/json") == std::string::npos);
    BOOST_TEST(network.open_bodies() == 0u);
    // It was read to its end: there is nothing to cancel.
    BOOST_TEST(runtime.in_background() == 0u);
    network.reply(201, R"({"status":"starting",)" + urls + "}}");
    network.reply(200, R"({"status":"succeeded","error":null,"output":["Hel","lo"],)" + urls + "}}");
    call_context second;
    BOOST_TEST(text_of(second) == "Hello");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::image_vendors_unit
