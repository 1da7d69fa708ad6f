// SPDX-License-Identifier: BSL-1.0
// Header fields that policies add to answers, as clients get them.
#include "support.hpp"

namespace reply_fields_unit {

using namespace llmx;
using namespace server_test;

namespace {

/// Does what \p then does, and adds a field before.
fake_gateway::behaviour with_field(fake_gateway::behaviour then) {
    return [then](call& c) -> asio::awaitable<result<reply>> {
        BOOST_TEST(c.report.reply_fields.set("x-cost", "3").has_value());
        result<reply> r = co_await then(c);
        co_return std::move(r);
    };
}

std::string cost_of(fake_gateway::behaviour act, std::string_view path, std::string_view body) {
    fake_gateway gateway;
    gateway.act = with_field(std::move(act));
    running_server server(gateway);
    client c(server.port());
    c.send(post(path, body));
    const answer first = c.read();
    // The next request of the connection has none of it.
    gateway.act = says();
    c.send(post("/v1/chat/completions", chat_body));
    if (first.field("connection") != "close") BOOST_TEST(c.read().field("x-cost").empty());
    return first.field("x-cost");
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_reply_fields)

BOOST_AUTO_TEST_CASE(answers_that_pass_are_translated_streamed_or_fail_have_the_fields_of_policies) {
    const std::string anthropic = R"({"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}]})";
    BOOST_TEST(cost_of(says(), "/v1/chat/completions", chat_body) == "3");
    BOOST_TEST(cost_of(says(), "/v1/messages", anthropic) == "3");
    BOOST_TEST(cost_of(fails(error(errc::rate_limited)), "/v1/chat/completions", chat_body) == "3");
    const std::string piece =
        R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]})"
        "\n\n";
    BOOST_TEST(cost_of(streams<openai_chat>({piece, "data: [DONE]\n\n"}), "/v1/chat/completions", stream_body) == "3");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reply_fields_unit
