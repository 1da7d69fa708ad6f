// SPDX-License-Identifier: BSL-1.0
// Members that both of OpenAI's languages have come from one into the other; elsewhere they are hints.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/responses.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace openai_shared_members_unit {

using namespace llmx;

namespace {

struct sent {
    sent() = default;
    boost::json::object body;
    std::size_t drops = 0;
};
template <class From, class To> sent translate(std::string_view body) {
    const result<chat_request> r = From::decode_request(body, request_target());
    BOOST_REQUIRE_MESSAGE(r.has_value(), body);
    encode_options options;
    drop_report drops;
    std::string out;
    BOOST_REQUIRE(To::encode_request(*r, options, out, drops).has_value());
    sent s;
    s.body = boost::json::parse(out).as_object();
    s.drops = drops.count();
    return s;
}
std::string chat(std::string_view more) {
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + std::string(more) + "}";
}
const std::string cached = R"("prompt_cache_key":"k","prompt_cache_retention":"24h","safety_identifier":"s")";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_shared_members)

BOOST_AUTO_TEST_CASE(chats_reach_responses) {
    const sent s = translate<openai_chat, openai_responses>(chat(cached + R"(,"verbosity":"low")"));
    BOOST_TEST(s.drops == 0u);
    BOOST_TEST(s.body.at("prompt_cache_key") == "k");
    BOOST_TEST(s.body.at("prompt_cache_retention") == "24h");
    BOOST_TEST(s.body.at("safety_identifier") == "s");
    BOOST_TEST(s.body.at("text").at("verbosity") == "low");
    BOOST_TEST(!s.body.contains("verbosity"));
    // Beside a format, and beside a member that Responses does not have.
    const sent both = translate<openai_chat, openai_responses>(
        chat(R"("verbosity":"high","prediction":{"type":"content","content":"x"},"response_format":{"type":"json_object"})"));
    BOOST_TEST(both.body.at("text").at("verbosity") == "high");
    BOOST_TEST(both.body.at("text").at("format").at("type") == "json_object");
    BOOST_TEST(both.drops == 1u);
}

BOOST_AUTO_TEST_CASE(responses_reach_chat) {
    const sent s = translate<openai_responses, openai_chat>(R"({"model":"m","input":"hi","text":{"verbosity":"low"},"truncation":"auto",)" + cached + "}");
    BOOST_TEST(s.drops == 1u);
    BOOST_TEST(s.body.at("prompt_cache_key") == "k");
    BOOST_TEST(s.body.at("safety_identifier") == "s");
    BOOST_TEST(s.body.at("verbosity") == "low");
    BOOST_TEST(!s.body.contains("text"));
}

BOOST_AUTO_TEST_CASE(other_languages_report_them) {
    BOOST_TEST((translate<openai_chat, anthropic_messages>(chat(cached + R"(,"verbosity":"low")")).drops == 4u));
    BOOST_TEST((translate<openai_responses, anthropic_messages>(R"({"model":"m","input":"hi","text":{"verbosity":"low"},)" + cached + "}").drops == 4u));
}

BOOST_AUTO_TEST_CASE(an_effort_as_an_object_is_effort_and_summary) {
    const std::string body = chat(R"("reasoning_effort":{"effort":"high","summary":"detailed"})");
    const chat_request r = openai_chat::decode_request(body, request_target()).value();
    BOOST_REQUIRE(r.reasoning.has_value());
    BOOST_TEST((r.reasoning->effort == reasoning_effort::high && r.reasoning->include_thoughts == true));
    const sent s = translate<openai_chat, openai_responses>(body);
    BOOST_TEST(s.body.at("reasoning").at("effort") == "high");
    BOOST_TEST(s.body.at("reasoning").at("summary") == "detailed");
    BOOST_TEST(!s.body.contains("reasoning_effort.summary"));
    const sent automatic = translate<openai_chat, openai_responses>(chat(R"("reasoning_effort":{"effort":"low","summary":"auto"})"));
    BOOST_TEST(automatic.body.at("reasoning").at("summary") == "auto");
    const sent back = translate<openai_chat, openai_chat>(body);
    BOOST_TEST(back.body.at("reasoning_effort") == "high");
    BOOST_TEST(!back.body.contains("reasoning_effort.summary"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_shared_members_unit
