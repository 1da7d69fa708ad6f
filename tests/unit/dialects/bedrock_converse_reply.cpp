// SPDX-License-Identifier: BSL-1.0
#include "bedrock_converse_support.hpp"

#include <support/golden.hpp>

namespace bedrock_converse_reply_unit {

using namespace bedrock_test;
using namespace llmx;

namespace {

std::string reply_with(std::string_view content, std::string_view stop_reason = "end_turn") {
    return R"({"metrics":{"latencyMs":9},"output":{"message":{"role":"assistant","content":)" + std::string(content) +
           R"(}},"stopReason":")" + std::string(stop_reason) +
           R"(","usage":{"inputTokens":5,"outputTokens":7,"totalTokens":42,"cacheReadInputTokens":10,"cacheWriteInputTokens":20}})";
}
chat_reply decode(std::string_view body) {
    auto r = dialect::decode_reply(body);
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    return std::move(*r);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_bedrock_converse_reply)

BOOST_AUTO_TEST_CASE(blocks_become_parts) {
    const chat_reply r = decode(reply_with(llmx_test::golden("bedrock/reply-content.json"),
                                           "tool_use"));
    BOOST_REQUIRE(r.choices.size() == 1u);
    const auto& parts = r.choices[0].answer.content;
    BOOST_REQUIRE(parts.size() == 7u);
    BOOST_TEST((std::get<thinking_part>(parts[0]) == thinking_part("hm", "s", std::string(dialect::name))));
    BOOST_TEST(std::get<thinking_part>(parts[1]).redacted_data == "AAAA");
    BOOST_TEST(std::get<thinking_part>(parts[2]).signer == "");
    BOOST_TEST(std::get<text_part>(parts[3]).text == "hello");
    const text_part& cited = std::get<text_part>(parts[4]);
    BOOST_TEST(cited.text == "as seen");
    BOOST_REQUIRE(cited.citations.size() == 1u);
    BOOST_TEST(cited.citations[0].url == "https://e.com");
    BOOST_TEST(cited.citations[0].title == "T");
    BOOST_TEST(cited.citations[0].quote == "q");
    BOOST_TEST((std::get<tool_call_part>(parts[5]) == tool_call_part("t1", "f", R"({"a":1})")));
    BOOST_TEST(std::get<opaque_part>(parts[6]).origin == dialect::name);
    BOOST_TEST((r.choices[0].finish == finish_reason::tool_calls));

    // The same answer goes back as it came.
    chat_request next = hello();
    next.tools.push_back(weather());
    next.messages.push_back(r.choices[0].answer);
    const encoded e = encode(next);
    check_json(e.at("messages/1/content"), llmx_test::golden("bedrock/request-content.json"));
    BOOST_TEST(e.drops == "messages[1].content[2]?");
}

BOOST_AUTO_TEST_CASE(totals_of_tokens_include_what_the_cache_read_and_wrote) {
    const std::string body = reply_with("[]");
    for (const usage& u : {decode(body).usage, dialect::scan_usage(body)}) {
        BOOST_TEST(u.input_tokens == 35);
        BOOST_TEST(u.output_tokens == 7);
        BOOST_TEST(u.cached_tokens == 10);
        BOOST_TEST(u.cache_write_tokens == 20);
    }
    BOOST_TEST(dialect::scan_usage(R"({"usage":{"inputTokens":5}} x)").empty());
}

BOOST_AUTO_TEST_CASE(every_stop_reason_has_its_meaning) {
    using f = finish_reason;
    for (const auto& [word, meaning] : {std::pair<std::string_view, f>("end_turn", f::stop), {"tool_use", f::tool_calls}, {"max_tokens", f::length},
                                        {"stop_sequence", f::stop_sequence}, {"guardrail_intervened", f::content_filter},
                                        {"content_filtered", f::content_filter}, {"model_context_window_exceeded", f::length},
                                        {"malformed_model_output", f::failed}, {"malformed_tool_use", f::failed}, {"something_new", f::stop}})
        BOOST_TEST((decode(reply_with("[]", word)).choices[0].finish == meaning), word);
}

BOOST_AUTO_TEST_CASE(what_stands_beside_the_message_is_kept) {
    const chat_reply r = decode(R"({"output":{"message":{"content":[]}},"stopReason":"stop_sequence","trace":{"guardrail":{}},
        "additionalModelResponseFields":{"stop_sequence":"END"},"serviceTier":{"type":"flex"},"metrics":{},
        "usage":{"inputTokens":1,"cacheDetails":[{"ttl":"1h","inputTokens":1}]}})");
    BOOST_TEST(r.choices[0].stop_sequence == "END");
    BOOST_TEST((r.service_tier == service_tier::flex));
    BOOST_REQUIRE(r.extra.find("trace") != nullptr);
    BOOST_TEST(r.extra.find("metrics") == nullptr);
    BOOST_TEST(r.extra.find("usage.cacheDetails")->text == R"([{"ttl":"1h","inputTokens":1}])");
    const chat_reply unknown = decode(R"({"output":{"message":{"content":[]}},"serviceTier":{"type":"new"}})");
    BOOST_TEST(unknown.extra.find("serviceTier")->text == R"({"type":"new"})");
}

BOOST_AUTO_TEST_CASE(the_call_of_the_answer_tool_is_the_answers_only_text) {
    const chat_reply r = decode(reply_with(R"([{"text":"Here:"},{"toolUse":{"toolUseId":"t","name":"json_tool_call","input":{"a":1}}},
        {"toolUse":{"toolUseId":"u","name":"json_tool_call","input":{"a":2}}}])",
                                           "tool_use"));
    BOOST_TEST(r.choices[0].answer.content.size() == 1u);
    BOOST_TEST(r.text() == R"({"a":1})");
    BOOST_TEST((r.choices[0].finish == finish_reason::stop));
    const chat_reply more = decode(reply_with(R"([{"toolUse":{"toolUseId":"t","name":"json_tool_call","input":{}}},
        {"toolUse":{"toolUseId":"u","name":"f","input":{}}}])",
                                              "tool_use"));
    BOOST_TEST(more.choices[0].answer.content.size() == 2u);
    BOOST_TEST((more.choices[0].finish == finish_reason::tool_calls));
}

BOOST_AUTO_TEST_CASE(what_is_decoded_is_written_again_as_it_was) {
    chat_reply r = decode(llmx_test::golden("bedrock/reply.json"));
    std::string body;
    dialect::encode_reply(r, reply_options(), body);
    BOOST_TEST((decode(body) == r));
    r.extra = extra_members();
    body.clear();
    dialect::encode_reply(r, reply_options(), body);
    BOOST_TEST(decode(body).choices[0].stop_sequence == "END");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_one) {
    for (const std::string_view body : {"", "[]", "{}", R"({"output":{}})", R"({"output":{"message":{"content":1}}})", R"({"message":"x"})"}) {
        const auto r = dialect::decode_reply(body);
        BOOST_TEST((r.has_error() && r.error() == errc::bad_response), body);
    }
}

BOOST_AUTO_TEST_CASE(errors_name_their_type_in_several_ways) {
    error_body e = dialect::decode_error(R"({"message":"no","__type":"com.amazon.coral.service#AccessDeniedException"})");
    BOOST_TEST(e.message == "no");
    BOOST_TEST(e.type == "AccessDeniedException");
    e = dialect::decode_error(R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})");
    BOOST_TEST(e.type == "UnknownOperationException");
    e = dialect::decode_error(R"({"Message":"big M"})");
    BOOST_TEST(e.message == "big M");
    BOOST_TEST(dialect::decode_error("<html>").message == "");
    BOOST_TEST(detail::bedrock_error_type("ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/") == "ValidationException");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_converse_reply_unit
