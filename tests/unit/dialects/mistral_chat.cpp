// SPDX-License-Identifier: BSL-1.0
// Mistral's members beside OpenAI's form (docs.mistral.ai/openapi.yaml), requests, replies and streams.
#include "translation_support.hpp"

#include <llmx/dialects/mistral/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace mistral_chat_unit {

using namespace llmx;
using translation_test::request;

namespace {

chat_request decoded(std::string_view body) {
    auto r = mistral_chat::decode_request(body, request_target());
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()) << "\n" << body);
    return std::move(*r);
}
std::string ask(std::string_view members) { return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + std::string(members) + "}"; }
std::string content(std::string_view chunks, std::string_view who = "user") {
    return R"({"model":"m","messages":[{"role":")" + std::string(who) + R"(","content":[)" + std::string(chunks) + "]}]}";
}
void check_json(std::string_view got, std::string_view expected) {
    BOOST_CHECK_MESSAGE(boost::json::parse(got) == boost::json::parse(expected), "got      " << got << "\nexpected " << expected);
}

constexpr std::string_view whole = R"({"model":"m","messages":[
  {"role":"system","content":"s"},
  {"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":"data:image/png;base64,AAAA"},
     {"type":"document_url","document_url":"https://e.com/a.pdf","document_name":"a.pdf"},
     {"type":"input_audio","input_audio":"data:audio/wav;base64,AAAA"}]},
  {"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true},{"type":"text","text":"a"},
     {"type":"reference","reference_ids":[1]}],"tool_calls":[{"id":"abcdefghi","function":{"name":"f","arguments":{"x":1}},"index":0}]},
  {"role":"tool","tool_call_id":"abcdefghi","name":"f","content":"r"},
  {"role":"assistant","content":"Begin","prefix":true}],
 "random_seed":7,"safe_prompt":true,"prompt_mode":"reasoning","tool_choice":"any","stop":"END","n":2,"max_tokens":5,
 "parallel_tool_calls":false,"prediction":{"type":"content","content":"p"},
 "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_mistral_chat)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
    const chat_request r = decoded(whole);
    BOOST_REQUIRE(r.messages.size() == 5u);
    const auto& seen = r.messages[1].content;
    BOOST_TEST(std::get<image_part>(seen.at(1)).source.data == "AAAA");
    BOOST_TEST(std::get<file_part>(seen.at(2)).source.url == "https://e.com/a.pdf");
    BOOST_TEST(std::get<file_part>(seen.at(2)).filename == "a.pdf");
    BOOST_TEST(std::get<audio_part>(seen.at(3)).source.media_type == "audio/wav");
    const auto& answer = r.messages[2].content;
    BOOST_TEST(std::get<thinking_part>(answer.at(0)).text == "hm");
    BOOST_TEST(std::get<text_part>(answer.at(1)).text == "a");
    BOOST_REQUIRE(answer.size() == 3u);
    BOOST_TEST(std::get<tool_call_part>(answer.at(2)).arguments == R"({"x":1})");
    BOOST_TEST(r.messages[4].extra.find("prefix")->text == "true");
    BOOST_TEST(*r.seed == 7);
    BOOST_TEST(*r.n == 2);
    BOOST_TEST(r.stop.at(0) == "END");
    BOOST_CHECK(r.tool_choice->how == tool_choice::mode::required);
    BOOST_TEST(!*r.parallel_tool_calls);
    BOOST_TEST(r.extra.find("safe_prompt")->text == "true");
    const auto head = mistral_chat::scan_request(whole, request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->model == "m");
    BOOST_TEST(head->max_output_tokens == 5);
}

BOOST_AUTO_TEST_CASE(its_own_words_come_back) {
    const request own = request::of<mistral_chat, mistral_chat>(whole);
    BOOST_TEST(own.text("/random_seed") == "7");
    BOOST_TEST(own.text("/seed") == "null");
    BOOST_TEST(own.text("/safe_prompt") == "true");
    BOOST_TEST(own.text("/prompt_mode") == "reasoning");
    BOOST_TEST(own.text("/tool_choice") == "any");
    BOOST_TEST(own.text("/max_tokens") == "5");
    BOOST_TEST(own.text("/messages/4/prefix") == "true");
    BOOST_TEST(own.text("/prediction/content") == "p");
    BOOST_TEST(own.text("/stream_options") == "null");
}

BOOST_AUTO_TEST_CASE(other_languages_get_what_they_have) {
    const request openai = request::of<mistral_chat, openai_chat>(whole);
    BOOST_TEST(openai.text("/seed") == "7");
    BOOST_TEST(openai.text("/safe_prompt") == "null");
    BOOST_TEST(openai.text("/messages/1/content/1/image_url/url") == "data:image/png;base64,AAAA");
    BOOST_TEST(openai.drops().find("safe_prompt!") != std::string::npos, openai.drops());
    BOOST_TEST(openai.drops().find("prompt_mode?") != std::string::npos);
    BOOST_TEST(openai.drops().find("prefix?") != std::string::npos);
    BOOST_TEST(openai.drops().find("reference_ids?") != std::string::npos);
    const std::string pdf = content(R"({"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0="})");
    const request claude = request::of<mistral_chat, anthropic_messages>(pdf);
    BOOST_TEST(claude.text("/messages/0/content/0/source/media_type") == "application/pdf");
    // Off is what a request without it means.
    BOOST_TEST((request::of<mistral_chat, openai_chat>(ask(R"("safe_prompt":false)")).drops().empty()));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const std::pair<std::string, std::string_view> rows[] = {
        {"[]", ""},
        {ask(R"("random_seed":"x")"), "random_seed"},
        {R"({"model":"m","messages":[]})", "messages"},
        {content(R"({"type":"document_url"})"), "content"},
        {content(R"({"type":"image_url","image_url":5})"), "image_url"},
    };
    for (const auto& [body, place] : rows) {
        const auto r = mistral_chat::decode_request(body, request_target());
        const bool opaque = r.has_value() && place == "content"; // an unknown chunk is passed on, or reported
        if (opaque) continue;
        BOOST_REQUIRE_MESSAGE(r.has_error(), body);
        BOOST_TEST(r.error().message().find(place) != std::string::npos, r.error().message());
    }
    const chat_request r = decoded(whole);
    BOOST_TEST(mistral_chat::caller_path(request_place().of<&chat_request::seed>(), r) == "random_seed");
}

BOOST_AUTO_TEST_CASE(replies_are_the_apis) {
    chat_reply r;
    r.id = "1";
    r.model = "x";
    r.created = 5;
    chat_choice& c = r.choices.emplace_back();
    c.answer.content = {thinking_part("hm"), text_part("Hi"), tool_call_part("t", "f", "")};
    c.finish = finish_reason::stop;
    r.choices.emplace_back().answer.content = {text_part("No")};
    r.choices.back().finish = finish_reason::content_filter;
    r.usage.input_tokens = 3;
    r.usage.output_tokens = 2;
    std::string out;
    mistral_chat::encode_reply(r, reply_options(), out);
    check_json(out, R"({"id":"1","object":"chat.completion","created":5,"model":"x","choices":[
        {"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"Hi"}],
          "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"},"index":0}]},"finish_reason":"tool_calls"},
        {"index":1,"message":{"role":"assistant","content":"No"},"finish_reason":"error"}],
        "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})");
    const auto again = mistral_chat::decode_reply(out);
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->text() == "Hi");
    out.clear();
    mistral_chat::encode_error(error(errc::rate_limited, "slow"), out);
    check_json(out, R"({"object":"error","message":"slow","type":"rate_limited","param":null,"code":null})");
}

BOOST_AUTO_TEST_CASE(streams_are_the_apis) {
    const auto event = [](std::string_view type, std::string_view members) {
        const std::string name(type);
        return "event: " + name + "\ndata: {\"type\":\"" + name + "\"" + std::string(members) + "}\n\n";
    };
    const std::string claude =
        event("message_start", R"(,"message":{"id":"m1","model":"c","usage":{"input_tokens":3}})") +
        event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})") +
        event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"Hi"})") + event("content_block_stop", R"(,"index":0)") +
        event("content_block_start", R"(,"index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}})") +
        event("content_block_delta", R"(,"index":1,"delta":{"type":"input_json_delta","partial_json":"{\"x\":"})") +
        event("content_block_delta", R"(,"index":1,"delta":{"type":"input_json_delta","partial_json":"1}"})") +
        event("content_block_stop", R"(,"index":1)") +
        event("message_delta", R"(,"delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2})") + event("message_stop", "");
    const std::string out = translation_test::stream<anthropic_messages, mistral_chat>(claude);
    const std::string head = R"(data: {"id":"m1","object":"chat.completion.chunk","created":0,"model":"c","choices":[{"index":0,"delta":)";
    const std::string calls = R"([{"id":"t","type":"function","function":{"name":"f","arguments":"{\"x\":1}"},"index":0}])";
    const std::string used = R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5})";
    BOOST_TEST(out == head + R"({"role":"assistant","content":""},"finish_reason":null}]})" "\n\n" +
                          head + R"({"content":"Hi"},"finish_reason":null}]})" "\n\n" +
                          head + R"({"role":"assistant","content":"","tool_calls":)" + calls + R"(},"finish_reason":null}]})" "\n\n" +
                          head + R"({"content":""},"finish_reason":"tool_calls"}],)" + used + "}\n\n" + "data: [DONE]\n\n");
    std::string broken;
    mistral_chat::stream_encoder encoder{reply_options()};
    encoder.fail(error(errc::overloaded, "busy"), broken);
    encoder.finish(broken);
    BOOST_TEST(broken == "data: {\"object\":\"error\",\"message\":\"busy\",\"type\":\"overloaded\",\"param\":null,\"code\":null}\n\n");
}

BOOST_AUTO_TEST_CASE(a_gap_is_completed) {
    using fim = mistral_fim_completions;
    const std::string body = R"({"model":"c","prompt":"def","suffix":"end","random_seed":3,"stop":["x"],"stream":true})";
    const auto head = fim::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->infill);
    BOOST_TEST(head->include_usage);
    const auto read = fim::decode_request(body, request_target());
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(*read->seed == 3);
    std::string out;
    drop_report drops;
    BOOST_REQUIRE(fim::encode_request(*read, encode_options(), out, drops).has_value());
    check_json(out, R"({"model":"c","prompt":"def","suffix":"end","random_seed":3,"stop":["x"],"stream":true})");
    BOOST_TEST(drops.entries().empty());
    BOOST_TEST((request::of<fim, openai_chat>(body).drops() == "suffix!"));
    BOOST_TEST(fim::scan_request(R"({"model":"c"})", request_target()).has_error());
    BOOST_TEST((fim::forms_for(*head)[0] == &codec_of<fim>));
    BOOST_TEST(fim::name == mistral_fim::name);
}

BOOST_AUTO_TEST_CASE(what_openai_has_and_mistral_refuses_is_not_written) {
    const auto written = [](std::string_view body) {
        const auto r = openai_chat::decode_request(body, request_target());
        BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()) << "\n" << body);
        std::string out;
        drop_report drops;
        encode_options options;
        options.model = "m";
        BOOST_REQUIRE(mistral_chat::encode_request(*r, options, out, drops).has_value());
        return out;
    };
    // An answer of the gateway's in OpenAI's form, sent back.
    check_json(written(R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","refusal":null,"annotations":[],
        "reasoning_content":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"c2ln"}],"tool_calls":[{"id":"abcdefghi",
        "type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"eA=="}}}]},
        {"role":"tool","tool_call_id":"abcdefghi","content":[{"type":"text","text":"r","cache_control":{"type":"ephemeral"}}]}],
        "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}]})"),
               R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[{"id":"abcdefghi",
        "type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"abcdefghi","content":"r"}],
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})");
    check_json(written(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},
        {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"}},{"type":"file","file":{"file_id":"f-1"}},
        {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]})"),
               R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},
        {"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0=","document_name":"a.pdf"},{"type":"file","file_id":"f-1"},
        {"type":"input_audio","input_audio":"AAAA"}]}]})");
    check_json(written(R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"Begin"}]})"),
               R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"Begin","prefix":true}]})");
}

BOOST_AUTO_TEST_CASE(the_url_of_a_document_stays_one) {
    const chat_request r = decoded(content(R"({"type":"document_url","document_url":"https://e.com/a.pdf","document_name":"a.pdf"})"));
    std::string out;
    drop_report drops;
    BOOST_REQUIRE(mistral_chat::encode_request(r, encode_options(), out, drops).has_value());
    BOOST_TEST(out.find(R"({"type":"document_url","document_url":"https://e.com/a.pdf","document_name":"a.pdf"})") != std::string::npos, out);
    BOOST_TEST(drops.entries().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace mistral_chat_unit
