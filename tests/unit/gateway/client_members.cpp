// SPDX-License-Identifier: BSL-1.0
// Members that are for a gateway reach no vendor, whether the bytes of a request pass or are translated.
#include <unit/gateway/fixture.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

namespace client_members_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, retry, fallback, timeout>;

/// What the provider got of the body \p body in the language \p From.
template <class From> std::string sent_to(std::string_view provider, const std::string& body, std::vector<std::string>* dropped = nullptr) {
    world w;
    plain_gateway gw(world_of({make("a", "m", std::string(provider), "upstream")}));
    w.network.reply(400, "{}");
    request_target target;
    if (std::is_same_v<From, gemini_generate>) target.model = "m"; // in the URL
    const auto head = From::scan_request(body, target);
    BOOST_REQUIRE(head.has_value());
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<From>;
    c.in.body = body;
    c.in.path_model = target.model;
    c.model = "m";
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    c.in.has_gateway_members = head->has_gateway_members;
    c.in.not_obeyed.emplace_back("tags");
    (void)testing::run(gw.execute(c));
    if (dropped != nullptr) *dropped = c.now.dropped;
    return w.network.requests().empty() ? std::string() : w.network.requests()[0].body;
}

constexpr std::string_view own = R"("num_retries":2,"tags":["secret-tag"],"timeout":9,"cache":{"ttl":1},"guardrails":["g"],"fallbacks":["x"],)"
                                 R"("api_key":"sk-caller","api_base":"https://a.example","litellm_metadata":{"k":[1]},"drop_params":true,)"
                                 R"("mock_response":"no","no-log":true,"stream_timeout":3,)";
constexpr std::string_view names[] = {"num_retries", "tags", "timeout", "cache", "guardrails", "fallbacks", "api_key", "api_base",
                                      "litellm_metadata", "drop_params", "mock_response", "no-log", "numRetries", "litellmMetadata"};

template <class From> std::string request_of(std::string_view members) {
    if constexpr (std::is_same_v<From, openai_chat>)
        return "{" + std::string(members) + R"("model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0.5})";
    else if constexpr (std::is_same_v<From, anthropic_messages>)
        return "{" + std::string(members) + R"("model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"temperature":0.5})";
    else
        return "{" + std::string(members) + R"("contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"temperature":0.5}})";
}

template <class From> void check_each_provider() {
    for (const std::string_view provider : {"openai", "anthropic", "gemini"}) BOOST_TEST_CONTEXT(From::name << " to " << provider) {
        std::vector<std::string> dropped;
        const std::string with = sent_to<From>(provider, request_of<From>(own), &dropped), without = sent_to<From>(provider, request_of<From>(""));
        BOOST_TEST_REQUIRE(!with.empty());
        const boost::json::value tree = boost::json::parse(with);
        for (const std::string_view name : names) BOOST_TEST(!tree.as_object().contains(name), name);
        BOOST_TEST(tree == boost::json::parse(without));
        // What the façade found that nothing obeys is named.
        BOOST_TEST((std::find(dropped.begin(), dropped.end(), "tags") != dropped.end()));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_client_members)

BOOST_AUTO_TEST_CASE(members_for_a_gateway_reach_no_vendor) {
    check_each_provider<openai_chat>();
    check_each_provider<anthropic_messages>();
    check_each_provider<gemini_generate>();
}

BOOST_AUTO_TEST_CASE(metadata_goes_to_openai_in_the_form_that_it_takes) {
    const auto sent = [](std::string_view metadata, std::string_view provider = "openai") {
        const std::string body = sent_to<openai_chat>(provider, request_of<openai_chat>("\"metadata\":" + std::string(metadata) + ","));
        BOOST_TEST_REQUIRE(!body.empty());
        const boost::json::value tree = boost::json::parse(body);
        const boost::json::value* const m = tree.as_object().if_contains("metadata");
        return m == nullptr ? std::string() : boost::json::serialize(*m);
    };
    BOOST_TEST(sent(R"({"a":"b"})") == R"({"a":"b"})");
    BOOST_TEST(sent(R"({"a":"b","tags":["x"],"n":1,"o":{"p":"q"}})") == R"({"a":"b"})");
    BOOST_TEST(sent(R"({"tags":["x"]})") == "");
    BOOST_TEST(sent(R"(["x"])") == "");
    BOOST_TEST(sent(R"("x")") == "");
    BOOST_TEST(sent("{\"a\":\"" + std::string(600, 'v') + "\",\"c\":\"d\"}") == R"({"c":"d"})");
    std::string many = "{";
    for (int i = 0; i < 20; ++i) many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"v\"";
    BOOST_TEST(boost::json::parse(sent(many + "}")).as_object().size() == 16u);
    for (const std::string_view provider : {"anthropic", "gemini"})
        for (const std::string_view form : {R"({"a":"b"})", R"({"a":["b"]})", R"(["x"])"}) BOOST_TEST(sent(form, provider) == "");
}

BOOST_AUTO_TEST_CASE(the_format_of_a_file_is_its_media_type_and_reaches_no_vendor) {
    const std::string image = R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url",)"
        R"("image_url":{"url":"https://a.example/i","format":"image/png"}},)"
                              R"({"type":"file","file":{"file_id":"https://a.example/f","format":"application/pdf"}}]}]})";
    BOOST_TEST((sent_to<openai_chat>("openai", image).find("\"format\"") == std::string::npos));
    const std::string gemini = sent_to<openai_chat>("gemini", image);
    BOOST_TEST((gemini.find(R"("mimeType":"image/png")") != std::string::npos), gemini);
    BOOST_TEST((gemini.find(R"("mimeType":"application/pdf")") != std::string::npos), gemini);
    // The format of a sound, and of a schema, is OpenAI's own: the bytes pass.
    const std::string sound = R"({ "model":"upstream","messages":[{"role":"user","content":[{"type":"input_audio",)"
        R"("input_audio":{"data":"UklG","format":"wav"}}]}]})";
    BOOST_TEST(sent_to<openai_chat>("openai", sound) == sound);
}

BOOST_AUTO_TEST_CASE(a_callers_own_number_of_retries_and_limit_of_time_count) {
    for (const unsigned asked : {0u, 1u, 3u}) {
        world w;
        plain_gateway gw(world_of({make("a", "m", "openai", "gpt")}));
        for (int i = 0; i < 6; ++i) w.network.reply(500, R"({"error":{"message":"x"}})");
        const std::string body = request_of<openai_chat>("");
        call c(w.runtime, w.context);
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = body;
        c.model = "m";
        c.in.retries = asked;
        (void)testing::run(gw.execute(c));
        BOOST_TEST(w.network.requests().size() == asked + 1);
    }
    world w;
    plain_gateway gw(world_of({make("a", "m", "openai", "gpt")}));
    w.network.reply(200, openai_reply);
    const std::string body = request_of<openai_chat>("");
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = "m";
    c.in.time_limit = std::chrono::seconds(3);
    (void)testing::run(gw.execute(c));
    BOOST_TEST((w.context.deadline == w.context.started + std::chrono::seconds(3)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace client_members_unit
