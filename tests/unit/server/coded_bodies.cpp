// SPDX-License-Identifier: BSL-1.0
// Request bodies that clients have compressed.
#include "support.hpp"

#include <llmx/wire/content_coding.hpp>

#if defined(LLMX_WITH_ZLIB)
#include <support/deflated.hpp>
#endif

#include <string>
#include <string_view>

namespace coded_bodies_unit {

using namespace llmx;
using namespace server_test;

namespace {

std::string coding_field(std::string_view coding) { return "Content-Encoding: " + std::string(coding) + "\r\n"; }

std::string message_of(const answer& a) { return std::string(a.json().at("error").at("message").as_string()); }

#if defined(LLMX_WITH_ZLIB)
using llmx_test::deflated;
#endif

} // namespace

BOOST_AUTO_TEST_SUITE(server_coded_bodies)

BOOST_AUTO_TEST_CASE(an_unknown_coding_is_refused_with_what_is_accepted) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    for (const std::string_view coding : {"zstd", "gzip, gzip", "compress"}) {
        c.send(post("/v1/chat/completions", chat_body, coding_field(coding)));
        const answer a = c.read();
        BOOST_TEST(a.status == 415);
        BOOST_TEST(message_of(a).find("uncompressed and without Content-Encoding") != std::string::npos, message_of(a));
    }
    c.send(post("/v1/chat/completions", chat_body, coding_field("identity")));
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(gateway.executed == 1);
}

#if defined(LLMX_WITH_ZLIB)
BOOST_AUTO_TEST_CASE(compressed_bodies_are_decoded) {
    fake_gateway gateway;
    std::string seen;
    gateway.act = [&seen, answer = says()](call& c) {
        seen = std::string(c.in.body);
        return answer(c);
    };
    running_server server(gateway);
    client c(server.port());
    const std::string large = R"({"model":"m","messages":[{"role":"user","content":")" + std::string(3'000'000, 'x') + R"("}]})";
    for (const std::string& body : {std::string(chat_body), large}) {
        for (const auto& [coding, window] : {std::pair<std::string_view, int>("gzip", 31), {"x-gzip", 31}, {"deflate", 15}}) {
            seen.clear();
            c.send(post("/v1/chat/completions", deflated(body, window), coding_field(coding)));
            BOOST_TEST(c.read().status == 200);
            BOOST_TEST((seen == body));
            // The next request on the connection has a body of its own.
            c.send(post("/v1/chat/completions", chat_body));
            BOOST_TEST(c.read().status == 200);
            BOOST_TEST(seen == chat_body);
        }
    }
}

BOOST_AUTO_TEST_CASE(bodies_that_are_not_of_their_coding_or_too_large_are_refused) {
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    o.limits.max_body = 100'000;
    const auto budget = std::make_shared<memory_budget>(10'000'000);
    o.memory = budget;
    running_server server(gateway, o);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body, coding_field("gzip")));
    answer a = c.read();
    BOOST_TEST(a.status == 400);
    BOOST_TEST(message_of(a).find("Content-Encoding") != std::string::npos, message_of(a));
    std::string cut = deflated(chat_body, 31);
    cut.resize(cut.size() - 3);
    c.send(post("/v1/chat/completions", cut, coding_field("gzip")));
    BOOST_TEST(c.read().status == 400);
    // 50 MB in 50 KB.
    const std::string bomb = deflated(std::string(50'000'000, ' '), 31);
    BOOST_TEST(bomb.size() < 100'000u);
    c.send(post("/v1/chat/completions", bomb, coding_field("gzip")));
    a = c.read();
    BOOST_TEST(a.status == 413);
    BOOST_TEST(message_of(a).find("max_request_size_mb") != std::string::npos, message_of(a));
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(budget->in_use() == 0u);
    BOOST_TEST(gateway.executed == 1);
}

BOOST_AUTO_TEST_CASE(a_body_that_needs_more_memory_than_there_is_is_shed) {
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    const auto budget = std::make_shared<memory_budget>(400'000);
    o.memory = budget;
    o.limits.max_body = 90'000'000;
    running_server server(gateway, o);
    client c(server.port());
    c.send(post("/v1/chat/completions", deflated(std::string(20'000'000, ' '), 31), coding_field("gzip")));
    const answer a = c.read();
    BOOST_TEST((a.status == 503 || a.status == 413), a.status);
    BOOST_TEST(budget->in_use() == 0u);
    BOOST_TEST(gateway.executed == 0);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace coded_bodies_unit
