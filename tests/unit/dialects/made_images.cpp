// SPDX-License-Identifier: BSL-1.0
// Pictures that a model made stay in the conversation, with Gemini's signatures.
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/responses.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace made_images_unit {

using namespace llmx;

namespace {

template <class From, class To> boost::json::value translate(std::string_view body) {
    const result<chat_request> r = From::decode_request(body, request_target());
    BOOST_REQUIRE_MESSAGE(r.has_value(), body);
    encode_options options;
    // As the catalogue has image models.
    options.traits.reasoning = model_traits::reasoning_style::none;
    options.traits.output_modalities = static_cast<std::uint8_t>(modality::text) | static_cast<std::uint8_t>(modality::image);
    drop_report drops;
    std::string out;
    BOOST_REQUIRE(To::encode_request(*r, options, out, drops).has_value());
    BOOST_TEST(drops.count() == 0u);
    return boost::json::parse(out);
}

const std::string picture = R"({"id":"ig_1","type":"image_generation_call","status":"completed","result":"iVBORw0KGgo=","output_format":"png"})";
const std::string history = R"({"model":"m","input":[{"role":"user","content":"a cat"},)" + picture + R"(,{"role":"user","content":"make it red"}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_made_images)

BOOST_AUTO_TEST_CASE(a_picture_of_responses_is_in_the_models_turn) {
    const boost::json::value gemini = translate<openai_responses, gemini_generate>(history);
    const auto& turns = gemini.at("contents").as_array();
    BOOST_REQUIRE_EQUAL(turns.size(), 3u);
    BOOST_TEST(turns[1].at("role") == "model");
    const auto& inline_data = turns[1].at("parts").at(0).at("inlineData");
    BOOST_TEST(inline_data.at("mimeType") == "image/png");
    BOOST_TEST(inline_data.at("data") == "iVBORw0KGgo=");
}

BOOST_AUTO_TEST_CASE(its_own_language_gets_the_item_back) {
    const boost::json::value again = translate<openai_responses, openai_responses>(history);
    BOOST_TEST(again.at("input").at(1) == boost::json::parse(picture), boost::json::serialize(again));
}

BOOST_AUTO_TEST_CASE(tools_of_the_client_are_text_elsewhere) {
    for (const std::string_view kind : {"local_shell", "shell", "apply_patch", "computer"}) {
        const std::string name(kind);
        const std::string call = R"({"type":")" + name + R"(_call","id":"i","call_id":"c","status":"completed","action":{"command":["ls"]}})";
        const std::string answer = R"({"type":")" + name + R"(_call_output","call_id":"c","output":"a.txt"})";
        const std::string body = R"({"model":"m","input":[{"role":"user","content":"list"},)" + call + "," + answer + R"(,{"role":"user","content":"go on"}]})";
        BOOST_TEST_CONTEXT(name) {
            const std::string gemini = boost::json::serialize(translate<openai_responses, gemini_generate>(body));
            BOOST_TEST(gemini.find("[" + name + "_call]") != std::string::npos, gemini);
            BOOST_TEST(gemini.find("a.txt") != std::string::npos, gemini);
            const boost::json::value chat = translate<openai_responses, openai_chat>(body);
            BOOST_TEST(boost::json::serialize(chat).find("a.txt") != std::string::npos);
            const boost::json::value again = translate<openai_responses, openai_responses>(body);
            BOOST_TEST(again.at("input").at(1) == boost::json::parse(call));
            BOOST_TEST(again.at("input").at(2) == boost::json::parse(answer));
        }
    }
    const std::string shot = R"({"model":"m","input":[{"role":"user","content":"look"},{"type":"computer_call_output","call_id":"c",)"
                             R"("output":{"type":"computer_screenshot","image_url":"data:image/png;base64,iVBORw0KGgo="}},)"
                             R"({"type":"code_interpreter_call","id":"i","code":"1+1","container_id":"k"}]})";
    const std::string gemini = boost::json::serialize(translate<openai_responses, gemini_generate>(shot));
    BOOST_TEST(gemini.find(R"("inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="})") != std::string::npos, gemini);
    BOOST_TEST(gemini.find("1+1") != std::string::npos, gemini);
}

BOOST_AUTO_TEST_CASE(geminis_signatures_come_back_over_chat) {
    const chat_reply r = gemini_generate::decode_reply(R"({"responseId":"r","candidates":[{"content":{"role":"model","parts":[
        {"text":"Here","thoughtSignature":"dA=="},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="},"thoughtSignature":"aQ=="}]},
        "finishReason":"STOP"}]})").value();
    std::string out;
    openai_chat::encode_reply(r, reply_options(), out);
    const std::string answer = boost::json::serialize(boost::json::parse(out).at("choices").at(0).at("message"));
    const boost::json::value gemini = translate<openai_chat, gemini_generate>(
        R"({"model":"m","messages":[{"role":"user","content":"a cat"},)" + answer + R"(,{"role":"user","content":"make it red"}]})");
    const auto& parts = gemini.at("contents").at(1).at("parts").as_array();
    BOOST_REQUIRE_EQUAL(parts.size(), 2u);
    BOOST_TEST(parts[0].at("thoughtSignature") == "dA==");
    BOOST_TEST(parts[1].at("thoughtSignature") == "aQ==");
    BOOST_TEST(parts[1].at("inlineData").at("data") == "iVBORw0KGgo=");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace made_images_unit
