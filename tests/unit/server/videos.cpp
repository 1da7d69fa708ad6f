// SPDX-License-Identifier: BSL-1.0
// Videos of OpenAI's API: whose they are, which account is asked, and what a caller sees of a failure.
#include "resources.hpp"

#if !defined(LLMX_NO_TLS)
namespace videos_unit {

using namespace llmx;
using namespace server_test::resource_cases;
using server_test::answer;

namespace {
testing::scripted_reply& replies(keeping& k, const std::string& body, int status = 200) {
    return k.network.reply(status, body).field("content-type", "application/json");
}
const std::string operation = R"({"name":"models/veo/operations/o"})";
} // namespace

BOOST_AUTO_TEST_SUITE(server_videos)

BOOST_AUTO_TEST_CASE(a_video_behind_a_wildcard_is_its_callers_alone) {
    keeping k;
    replies(k, operation);
    const answer made = k.post("/v1/videos", R"({"model":"gemini/veo","prompt":"a cat","size":"1280x720"})", "painter");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = k.text(made, "id");
    BOOST_TEST(id.starts_with("video_llmx"));
    BOOST_TEST(k.text(made, "model") == "veo");
    // A key that may use one model asks for what it has made with it.
    replies(k, operation);
    const answer state = k.get("/v1/videos/" + id, "painter");
    BOOST_REQUIRE_MESSAGE(state.status == 200, state.body);
    BOOST_TEST(k.text(state, "status") == "in_progress");
    BOOST_TEST(k.text(state, "prompt") == "a cat");
    BOOST_TEST(k.text(state, "id") == id);
    for (const std::string verb : {"", "/content"}) BOOST_TEST(k.get("/v1/videos/" + id + verb).status == 404, verb);
    BOOST_TEST(k.post("/v1/videos/" + id + "/remix", R"({"prompt":"x"})").status == 404);
    BOOST_TEST(k.remove("/v1/videos/" + id).status == 404);
    BOOST_TEST(k.get("/v1/videos").json().at("data").as_array().empty());
    // The list asks for what is unfinished.
    replies(k, R"({"name":"models/veo/operations/o","done":true,"error":{"code":3,"message":"no cats"}})");
    const answer list = k.get("/v1/videos", "painter");
    BOOST_TEST(list.json().at("data").at(0).at("status").as_string() == "failed");
    BOOST_TEST(list.json().at("data").at(0).at("error").at("message").as_string() == "no cats");
    // And for no more than that.
    BOOST_TEST(k.get("/v1/videos", "painter").json().at("data").as_array().size() == 1u);
    // What the vendor has no request for.
    BOOST_TEST(k.remove("/v1/videos/" + id, "painter").status == 501);
    BOOST_TEST(k.post("/v1/videos/" + id + "/remix", R"({"prompt":"x"})", "painter").status == 501);
    BOOST_TEST(k.post("/v1/videos", R"({"model":"gpt","prompt":"a cat"})", "painter").status == 403);
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 3u);
    BOOST_TEST(sent[0].target == "/v1beta/models/veo:predictLongRunning");
    for (const std::size_t i : {1u, 2u}) {
        BOOST_TEST(sent[i].method == "GET");
        BOOST_TEST(sent[i].target == "/v1beta/models/veo/operations/o");
        BOOST_TEST(sent[i].to.host == "google.test");
    }
}

BOOST_AUTO_TEST_CASE(a_video_of_openai_passes_with_its_ids_changed) {
    keeping k;
    replies(k, R"({"id":"video_1","object":"video","status":"queued","seconds":"4","own":{"x":1}})");
    const answer made = k.post("/v1/videos", R"({"model":"gpt","prompt":"a cat","own":true})");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = k.text(made, "id");
    // What the gateway does not know stays.
    BOOST_TEST(made.json().at("own").at("x").as_int64() == 1);
    replies(k, R"({"id":"video_1","object":"video","status":"failed","error":{"code":"moderation_blocked","message":"no"}})");
    const answer failed = k.get("/openai/v1/videos/" + id);
    BOOST_TEST(failed.status == 200);
    BOOST_TEST(failed.json().at("error").at("code").as_string() == "moderation_blocked");
    replies(k, R"({"error":{"message":"no content yet","type":"invalid_request_error"}})", 404);
    BOOST_TEST(k.get("/v1/videos/" + id + "/content").status == 404);
    replies(k, R"({"error":{"message":"bad size","type":"invalid_request_error","param":"size"}})", 400);
    const answer refused = k.post("/v1/videos", R"({"model":"gpt","prompt":"a cat","size":"1x1"})");
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.body.find("bad size") != std::string::npos);
    // Anthropic makes none.
    BOOST_TEST(k.post("/v1/videos", R"({"model":"claude","prompt":"a cat"})").status == 501);
    for (const std::string path : {"/v1/videos/", "/v1/videos/video_1", "/v1/videos/file-llmxAAAA", "/v1/videos/x/other", "/v1/videos/x/content/y"})
        BOOST_TEST(k.get(path).status == (path == "/v1/videos/" ? 200 : 404), path);
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 4u);
    BOOST_TEST(sent[0].body == R"({"model":"gpt-4o","prompt":"a cat","own":true})");
    BOOST_TEST(sent[1].target == "/v1/videos/video_1");
    BOOST_TEST(sent[2].target == "/v1/videos/video_1/content");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace videos_unit

#endif // LLMX_NO_TLS
