// SPDX-License-Identifier: BSL-1.0
// Failures in the words on which clients of each language act, whichever vendor reported them in its own.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace client_errors_unit {

using namespace llmx;

namespace {

template <class Codec> boost::json::value answer_of(const error& e) {
    std::string out;
    Codec::encode_error(e, out);
    return boost::json::parse(out).at("error");
}
template <class Codec> std::string words_of(const error& e) { return std::string(answer_of<Codec>(e).at("message").as_string()); }

/// A vendor's words about a prompt that is too long, and the sizes in them; 0: none.
struct overflow {
    std::string_view words;
    std::int64_t asked, most;
};
constexpr overflow overflows[] = {
    {"This model's maximum context length is 128000 tokens. However, your messages resulted in 199906 tokens.", 199906, 128000},
    {"This model's maximum context length is 8192 tokens, however you requested 8400 tokens (4400 in your prompt; 4000 for the "
     "completion). Please reduce your prompt.",
     8400, 8192},
    {"prompt is too long: 200251 tokens > 200000 maximum", 200251, 200000},
    {"input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens`", 209573, 200000},
    {"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1200000, 1048576},
    {"The input token count exceeds the maximum number of tokens allowed 1,048,576.", 0, 0},
    {"Prompt contains 40000 tokens, too large for model with 32768 maximum context length", 40000, 32768},
    {"This model's maximum prompt length is 131072 but the request contains 155000 tokens.", 155000, 131072},
    {"Invalid request: Your request exceeded model token limit: 8192 (requested: 9000)", 9000, 8192},
    {"gpt-4-32768 has a context window that your input of 40000 tokens does not fit into", 0, 0},
    {"Input is too long for requested model.", 0, 0},
    {"Please reduce the length of the messages or completion.", 0, 0},
    {"Prompt exceeds max length", 0, 0},
    {"the request exceeds the available context size, try increasing it", 0, 0}};

/// A whole reply and the end of a stream in which generation failed.
template <class Codec> void check_failed(std::string_view whole, std::string_view stream, std::string_view reason, std::string_view words) {
    const auto reply = codec_of<Codec>.decode_reply(whole, std::string_view(), nullptr);
    BOOST_REQUIRE(reply.has_error());
    const auto decoder = stream_codec<chat>(codec_of<Codec>)->make_decoder(nullptr);
    event_batch events;
    result<void> read = decoder->feed(stream, events);
    if (read) read = decoder->finish(events);
    BOOST_REQUIRE(read.has_error());
    for (const error& e : {reply.error(), read.error()}) {
        BOOST_TEST((e.value() == errc::bad_response));
        BOOST_TEST(e.provider_code() == reason);
        BOOST_TEST(e.provider_message() == words);
        BOOST_TEST(words_of<openai_chat>(e).ends_with(words));
        BOOST_TEST(words_of<anthropic_messages>(e).ends_with(words));
        BOOST_TEST(words_of<gemini_generate>(e).ends_with(words));
        BOOST_TEST((answer_of<openai_chat>(e).at("code") == boost::json::value(reason)));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_client_errors)

BOOST_AUTO_TEST_CASE(a_prompt_that_is_too_long_is_reported_in_the_words_of_each_language) {
    for (const overflow& o : overflows) BOOST_TEST_CONTEXT(o.words) {
        BOOST_TEST(detail::words_report_overflow(o.words));
        const auto sizes = detail::read_context_overflow(o.words);
        BOOST_TEST(sizes.has_value() == (o.asked != 0));
        if (sizes) BOOST_TEST(sizes->asked == o.asked);
        if (sizes) BOOST_TEST(sizes->most == o.most);
        error e(errc::context_window_exceeded, "somebody answered 400");
        e.with_provider("somebody").with_provider_status(400).with_provider_code("own").with_provider_message(std::string(o.words));
        const std::string asked = std::to_string(o.asked), most = std::to_string(o.most);

        const std::string anthropic = words_of<anthropic_messages>(e);
        const bool own_anthropic = o.words.starts_with("prompt is too long");
        if (o.asked != 0) BOOST_TEST(anthropic.starts_with("prompt is too long: " + asked + " tokens > " + most + " maximum"));
        else BOOST_TEST(anthropic.starts_with("prompt is too long"));
        BOOST_TEST(anthropic.ends_with(own_anthropic || o.asked == 0 ? std::string(o.words) : std::string(o.words) + ")"));
        BOOST_TEST(answer_of<anthropic_messages>(e).at("type") == "invalid_request_error");

        const std::string openai = words_of<openai_chat>(e);
        BOOST_TEST((openai.find("maximum context length") != std::string::npos));
        BOOST_TEST((openai.find(o.words) != std::string::npos));
        if (o.asked != 0) BOOST_TEST((openai.find(most) != std::string::npos));
        BOOST_TEST(answer_of<openai_chat>(e).at("code") == "context_length_exceeded");

        const std::string google = words_of<gemini_generate>(e);
        BOOST_TEST((google.find("exceeds the maximum number of tokens allowed") != std::string::npos));
        if (o.asked != 0) BOOST_TEST((google.find("(" + asked + ")") != std::string::npos));
        BOOST_TEST(answer_of<gemini_generate>(e).at("status") == "INVALID_ARGUMENT");
        BOOST_TEST(answer_of<gemini_generate>(e).at("code") == 400);
    }
    BOOST_TEST(!detail::words_report_overflow("Unsupported value: 'temperature'"));
}

BOOST_AUTO_TEST_CASE(an_overflow_inside_of_a_reply_is_one_too) {
    const auto code = [](const result<chat_reply>& r) { return r.has_error() ? r.error().value() : errc::internal; };
    BOOST_TEST((code(openai_chat::decode_reply(R"({"error":{"message":"maximum prompt length is 1000"}})")) == errc::context_window_exceeded));
    BOOST_TEST((code(anthropic_messages::decode_reply(
                    R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}})")) ==
                errc::context_window_exceeded));
    BOOST_TEST((code(gemini_generate::decode_reply(
                    R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"The input token count (9) exceeds the maximum number"}})")) ==
                errc::context_window_exceeded));
}

BOOST_AUTO_TEST_CASE(a_failed_generation_has_the_reason_and_the_words_of_its_vendor) {
    check_failed<gemini_generate>(
        R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Malformed function call: print("}]})",
        "data: {\"candidates\":[{\"finishReason\":\"MALFORMED_FUNCTION_CALL\",\"finishMessage\":\"Malformed function call: print(\"}]}\n\n",
        "MALFORMED_FUNCTION_CALL", "MALFORMED_FUNCTION_CALL: Malformed function call: print(");
    check_failed<gemini_generate>(R"({"candidates":[{"finishReason":"UNEXPECTED_TOOL_CALL"}]})",
                                  "data: {\"candidates\":[{\"finishReason\":\"UNEXPECTED_TOOL_CALL\"}]}\n\n", "UNEXPECTED_TOOL_CALL",
                                  "UNEXPECTED_TOOL_CALL");
    check_failed<openai_chat>(
        R"({"choices":[{"finish_reason":"error","native_finish_reason":"MALFORMED","error":{"code":502,"message":"the host broke off"},)"
        R"("message":{"content":"a"}}]})",
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\",\"native_finish_reason\":\"MALFORMED\",\"error\":{\"message\":\"the host "
        "broke off\"}}]}\n\ndata: [DONE]\n\n",
        "MALFORMED", "MALFORMED: the host broke off");
    check_failed<openai_chat>(R"({"choices":[{"finish_reason":"network_error","message":{"content":"a"}}]})",
                              "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"network_error\"}]}\n\ndata: [DONE]\n\n", "network_error",
                              "network_error");
}

BOOST_AUTO_TEST_CASE(an_unknown_path_has_no_code_for_callers_of_openai) {
    const auto path = answer_of<openai_chat>(error(errc::not_found, "no such path").with_param("path"));
    BOOST_TEST(path.at("code").is_null());
    BOOST_TEST(path.at("param").is_null());
    BOOST_TEST(path.at("type") == "invalid_request_error");
    BOOST_TEST(answer_of<openai_chat>(error(errc::not_found, "no such model").with_param("model")).at("code") == "model_not_found");
    BOOST_TEST(answer_of<openai_chat>(error(errc::not_found, "no such model")).at("code") == "model_not_found");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace client_errors_unit
