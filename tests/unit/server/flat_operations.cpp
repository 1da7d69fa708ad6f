// SPDX-License-Identifier: BSL-1.0
// Moderations, reranking, images and completions behind a socket.
#include "support.hpp"

namespace flat_operations_unit {

using namespace llmx;
using namespace server_test;

BOOST_AUTO_TEST_SUITE(server_flat_operations)

BOOST_AUTO_TEST_CASE(every_path_is_served_with_its_codecs) {
    fake_gateway gateway;
    std::vector<std::string> seen;
    gateway.act = [&](call& k) -> asio::awaitable<result<reply>> {
        seen.push_back(std::string(k.in.operation->name) + " " + std::string(k.model));
        BOOST_TEST((k.in.forms != nullptr));
        co_return error(errc::not_found);
    };
    running_server server(gateway);
    client c(server.port());
    const std::pair<std::string, std::string> requests[] = {
        {"/v1/moderations", R"({"input":"a"})"},
        {"/moderations", R"({"model":"m","input":"a"})"},
        {"/v2/rerank", R"({"model":"m","query":"q","documents":["a"]})"},
        {"/rerank", R"({"model":"m","query":"q","documents":["a"]})"},
        {"/v1/images/generations", R"({"model":"m","prompt":"a"})"},
        {"/openai/deployments/d/images/generations", R"({"prompt":"a"})"},
        {"/v1/completions", R"({"model":"m","prompt":"a"})"},
        {"/engines/e/completions", R"({"prompt":"a"})"},
        {"/v1/ocr", R"({"model":"m","document":{"document_url":"u"}})"},
        {"/v1/search", R"({"search_tool_name":"t","query":"a"})"},
        {"/search/my%20tool", R"({"query":"a"})"},
    };
    for (const auto& [path, body] : requests) {
        c.send(post(path, body));
        BOOST_TEST(c.read().status == 404, path);
    }
    const std::vector<std::string> expected = {"moderation omni-moderation-latest", "moderation m",       "rerank m", "rerank m",
                                               "image_generation m",                "image_generation d", "chat m",   "chat e",
                                               "ocr m",                             "search t",           "search my tool"};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failure_is_in_the_words_of_its_language) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> { co_return error(errc::rate_limited); };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v2/rerank", R"({"model":"m","query":"q"})"));
    const answer a = c.read();
    BOOST_TEST(a.status == 400);
    const boost::json::value body = a.json();
    BOOST_TEST(body.at("message").is_string());
    BOOST_TEST(body.at("error").at("param").as_string() == "documents");
    c.send(post("/v1/completions", R"({"model":"m","prompt":"a"})"));
    BOOST_TEST(c.read().status == 429);
}

BOOST_AUTO_TEST_CASE(a_chat_answers_completions) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_chat>,
                             R"({"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"b"},"finish_reason":"stop"}],)"
                             R"("usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})");
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/completions", R"({"model":"m","prompt":"a"})"));
    const boost::json::value body = c.read().json();
    BOOST_TEST(body.at("object").as_string() == "text_completion");
    BOOST_TEST(body.at("choices").at(0).at("text").as_string() == "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace flat_operations_unit
