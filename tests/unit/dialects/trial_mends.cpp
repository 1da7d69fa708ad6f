// SPDX-License-Identifier: BSL-1.0
// Empty texts and streams that lack their end, as a trial of the gateway found them.
#include "event_lines.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace trial_mends_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(dialects_trial_mends)

BOOST_AUTO_TEST_CASE(gemini_gets_no_empty_instructions) {
    const auto sent = [](std::string_view system) {
        const chat_request r = openai_chat::decode_request(
            R"({"model":"m","messages":[{"role":"system","content":)" + std::string(system) + R"(},{"role":"user","content":"hi"}]})",
            request_target()).value();
        drop_report drops;
        std::string out;
        BOOST_REQUIRE(gemini_generate::encode_request(r, encode_options(), out, drops).has_value());
        return boost::json::parse(out).as_object();
    };
    BOOST_TEST(!sent(R"("")").contains("systemInstruction"));
    BOOST_TEST(sent(R"([{"type":"text","text":""},{"type":"text","text":"be brief"}])").at("systemInstruction").at("parts").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_answer_has_no_block) {
    const chat_reply r = openai_chat::decode_reply(R"({"id":"c","choices":[{"index":0,"message":{"content":""},"finish_reason":"stop"}]})").value();
    std::string out;
    anthropic_messages::encode_reply(r, reply_options(), out);
    BOOST_TEST(boost::json::parse(out).at("content").as_array().empty(), out);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trial_mends_unit
