// SPDX-License-Identifier: BSL-1.0
// Cohere's chat: requests, replies and streams in the forms of the vendor's description (cohere-openapi.yaml, /v2/chat).
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include "event_lines.hpp"
#include "translation_support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cohere_chat_unit {

using namespace llmx;
using translation_test::request;

namespace {

chat_request decode(std::string_view body) {
    const auto r = cohere_chat::decode_request(body, request_target());
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    return *r;
}
std::string with(std::string_view members) { return R"({"model":"command-a-03-2025","messages":[{"role":"user","content":"hi"}])" +
    std::string(members) + "}"; }

/// Encodes what \p body decodes to.
boost::json::value again(std::string_view body) {
    drop_report drops;
    std::string out;
    BOOST_REQUIRE(cohere_chat::encode_request(decode(body), encode_options(), out, drops).has_value());
    BOOST_TEST(drops.count() == 0u);
    return boost::json::parse(out);
}

std::string event(std::string_view type, std::string_view members) {
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}\n\n";
}
std::string text_event(std::string_view text, int index = 0) {
    return event("content-delta", R"(,"index":)" + std::to_string(index) + R"(,"delta":{"message":{"content":{"text":")" + std::string(text) +
        R"("}}})");
}
const std::string start = event("message-start", R"(,"id":"29f14a5a","delta":{"message":{"role":"assistant"}})");
std::string end(std::string_view reason, std::string_view more = "") {
    return event("message-end", R"(,"delta":{"finish_reason":")" + std::string(reason) +
        R"(","usage":{"billed_units":{"input_tokens":17,"output_tokens":28},)"
                                R"("tokens":{"input_tokens":83,"output_tokens":30},"cached_tokens":9})" + std::string(more) + "}");
}
const std::string text_block = event("content-start", R"(,"index":0,"delta":{"message":{"content":{"type":"text","text":""}}})");

std::string lines(std::string_view bytes, std::size_t piece = 0) { return event_lines::of<cohere_chat>(bytes, piece); }

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_cohere_chat)

BOOST_AUTO_TEST_CASE(requests_come_back_as_they_were) {
    for (const std::string& body :
         {with(R"(,"stream":false)"),
          with(R"(,"stream":true,"max_tokens":9,"temperature":0.5,"p":0.75,"k":7,"frequency_penalty":0.5,"presence_penalty":0.25,"seed":4,)"
              R"("logprobs":true,"stop_sequences":["a","b"])"),
          with(R"(,"stream":false,"thinking":{"type":"enabled","token_budget":100})"),
          with(R"(,"stream":false,"thinking":{"type":"enabled"})"),
          with(R"(,"stream":false,"thinking":{"type":"disabled"})"),
          with(R"(,"stream":false,"response_format":{"type":"json_object","json_schema":{"type":"object","properties":{"a":{"type":"string"}}}})"),
          with(R"(,"stream":false,"response_format":{"type":"json_object"})"),
          with(R"(,"stream":false,"response_format":{"type":"text"})"),
          with(R"(,"stream":false,"citation_options":{"mode":"ACCURATE"},"safety_mode":"STRICT","priority":3)"),
          with(R"(,"stream":false,"strict_tools":true,"tool_choice":"REQUIRED","tools":[{"type":"function","function":{"name":"f",)"
              R"("description":"d","parameters":{"type":"object","properties":{}}}}])"),
          with(R"(,"stream":false,"tool_choice":"NONE","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object",)"
              R"("properties":{}}}}])"),
          with(R"(,"stream":false,"documents":["plain",{"data":{"text":"body","title":"T"},"id":"1"},{"data":{"text":"only"}}])")})
        BOOST_TEST(again(body) == boost::json::parse(body), boost::json::serialize(again(body)) << "\n" << body);
}

BOOST_AUTO_TEST_CASE(conversations_come_back_as_they_were) {
    const std::string body = R"({"stream":false,"model":"m","messages":[{"role":"system","content":"be brief"},
        {"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"https://h/i.png","detail":"low"}}]},
        {"role":"assistant","tool_plan":"I will look.","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},
            {"id":"c2","type":"function","function":{"name":"look","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c1","content":[{"type":"document","document":{"data":{"x":1},"id":"d1"}}]},
        {"role":"tool","tool_call_id":"c2","content":"plain"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"It is so."}],
            "citations":[{"start":0,"end":5,"text":"It is","sources":[{"type":"tool","id":"c1:0","tool_output":{"x":1}}],"type":"TEXT_CONTENT",
            "content_index":1}]},
        {"role":"user","content":"thanks"}]})";
    BOOST_TEST(again(body) == boost::json::parse(body), boost::json::serialize(again(body)));
    const chat_request r = decode(body);
    BOOST_TEST(r.messages.size() == 7u);
    BOOST_TEST(std::get<text_part>(r.messages[2].content[0]).text == "I will look.");
    BOOST_TEST(std::get<text_part>(std::get<tool_result_part>(r.messages[3].content[0]).content[0]).text == R"({"x":1})");
    const citation& c = std::get<text_part>(r.messages[5].content[1]).citations.at(0);
    BOOST_TEST((c.start == 0 && c.end == 5));
}

BOOST_AUTO_TEST_CASE(documents_are_files_before_what_is_asked) {
    const std::string body = R"({"model":"m","documents":[{"data":{"text":"rain","title":"Weather"},"id":"w"}],"messages":[{"role":"user",)"
        R"("content":"a"},
        {"role":"assistant","content":"b"},{"role":"user","content":"c"}]})";
    const request openai = request::of<cohere_chat, openai_chat>(body);
    BOOST_TEST(openai.text("/messages/2/content/0/text") == R"({"text":"rain","title":"Weather"})");
    BOOST_TEST(openai.text("/messages/3/content") == "c");
    BOOST_TEST(openai.drops().find('!') == std::string::npos, openai.drops());
    request_place at = request_place().message(2).part(0);
    BOOST_TEST(cohere_chat::caller_path(at, decode(body)) == "documents[0]");
    BOOST_TEST(cohere_chat::caller_path(request_place().message(3).part(0), decode(body)) == "messages[2].content");
}

BOOST_AUTO_TEST_CASE(wrong_requests_name_the_member) {
    struct row {
        std::string body, param;
    };
    for (const row& r : {row{R"({"messages":[{"role":"user","content":"a"}]})", "model"}, row{R"({"model":"m"})", "messages"},
                         row{R"({"model":"m","messages":[]})", "messages"}, row{R"({"model":"m","messages":[{"role":"x","content":"a"}]})",
                             "messages[0].role"},
                         row{R"({"model":"m","messages":[{"role":"user"}]})", "messages[0].content"},
                         row{R"({"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]})", "messages[0].content[0].text"},
                         row{R"({"model":"m","messages":[{"role":"tool","content":"a"}]})", "messages[0].tool_call_id"},
                         row{R"({"model":"m","messages":[{"role":"tool","tool_call_id":"a","content":[{"type":"image_url"}]}]})",
                             "messages[0].content[0].type"},
                         row{R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]})", "messages[0].tool_calls[0].function"},
                         row{with(R"(,"tools":[{"type":"function","function":{"parameters":{}}}])"), "tools[0].function.name"},
                         row{with(R"(,"tools":[{"type":"function","function":{"name":"f","parameters":3}}])"), "tools[0].function.parameters"},
                         row{with(R"(,"tool_choice":"any")"), "tool_choice"}, row{with(R"(,"thinking":{"type":"x"})"), "thinking.type"},
                         row{with(R"(,"thinking":{"type":"enabled","token_budget":0})"), "thinking.token_budget"},
                         row{with(R"(,"response_format":{"type":"json_schema"})"), "response_format.type"},
                         row{with(R"(,"documents":[3])"), "documents[0]"}, row{with(R"(,"documents":{})"), "documents"},
                         row{with(R"(,"max_tokens":"9")"), "max_tokens"}}) {
        const auto read = cohere_chat::decode_request(r.body, request_target());
        BOOST_REQUIRE_MESSAGE(read.has_error(), r.body);
        BOOST_TEST((read.error().value() == errc::invalid_request));
        BOOST_TEST(read.error().param() == r.param, read.error().message());
    }
    for (const row& r : {row{R"({"model":"m"})", "messages"}, row{R"({"messages":[]})", "model"}, row{R"({"model":3,"messages":[]})", "model"},
                         row{R"({"model":"m","Model":"n","messages":[]})", "Model"}, row{with(R"(,"model":"n")"), "model"},
                         row{with(R"(,"stream":1)"), "stream"}, row{with(R"(,"max_tokens":-1)"), "max_tokens"}}) {
        const auto head = cohere_chat::scan_request(r.body, request_target());
        BOOST_REQUIRE_MESSAGE(head.has_error(), r.body);
        BOOST_TEST(head.error().param() == r.param, head.error().message());
    }
    const std::string body = with(R"(,"stream":true,"max_tokens":7)");
    const auto head = cohere_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST((head->model == "command-a-03-2025" && head->stream && head->max_output_tokens == 7 && head->include_usage));
}

BOOST_AUTO_TEST_CASE(what_the_api_limits_is_within_its_limits) {
    chat_request r("m", "q");
    r.temperature = 1.5;
    r.top_p = 1;
    r.top_k = 900;
    r.presence_penalty = -1;
    r.seed = -1;
    for (const char* s : {"a", "b", "c", "d", "e", "f"}) r.stop.emplace_back(s);
    r.max_output_tokens = 100;
    r.reasoning = reasoning_options(reasoning_effort::high);
    const request out = request::of<cohere_chat>(r);
    BOOST_TEST(out.text("/temperature") == "1");
    BOOST_TEST(out.text("/p") == "9.9E-1");
    BOOST_TEST(out.text("/k") == "500");
    BOOST_TEST(out.text("/presence_penalty") == "0");
    BOOST_TEST(out.at("/seed").is_null());
    BOOST_TEST(out.at("/stop_sequences").as_array().size() == 5u);
    BOOST_TEST(out.text("/thinking/token_budget") == "75");
    BOOST_TEST(out.drops() == "temperature? top_p? top_k? presence_penalty? seed? stop[5]! reasoning?");
}

BOOST_AUTO_TEST_CASE(a_function_that_is_demanded_is_sent_alone) {
    chat_request r("m", "q");
    r.tools.emplace_back("f", "", R"({"type":"object"})");
    r.tools.emplace_back("g", "", "");
    r.tools[0].strict = true;
    r.tool_choice = tool_choice::function("g");
    const request one = request::of<cohere_chat>(r);
    BOOST_TEST(one.text("/tool_choice") == "REQUIRED");
    BOOST_TEST(one.at("/tools").as_array().size() == 1u);
    BOOST_TEST(one.text("/tools/0/function/name") == "g");
    BOOST_TEST(one.text("/tools/0/function/parameters") == R"({"type":"object","properties":{}})");
    BOOST_TEST(one.drops() == "");
    r.tool_choice.reset();
    const request both = request::of<cohere_chat>(r);
    BOOST_TEST(both.at("/strict_tools").is_null());
    BOOST_TEST(both.drops() == "tools[0].strict?");
    r.tool_choice = tool_choice::function("h");
    BOOST_TEST(request::of<cohere_chat>(r).drops() == "tool_choice!");
    // The API takes no form of the answer beside tools.
    r.tool_choice.reset();
    r.response_format.emplace(response_format::kind::json_object);
    BOOST_TEST(request::of<cohere_chat>(r).drops() == "tools[0].strict? response_format!");
}

BOOST_AUTO_TEST_CASE(replies_are_read_and_written) {
    const std::string body = R"({"id":"c14c80c3","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"thinking",)"
        R"("thinking":"hm"},{"type":"text","text":"Grüße an Ada"}],
        "citations":[{"start":0,"end":5,"text":"Grüße","sources":[{"type":"document","id":"d","document":{"url":"https://h/a","title":"T",
        "snippet":"s"}}],"content_index":1,"type":"TEXT_CONTENT"}]},
        "usage":{"billed_units":{"input_tokens":5,"output_tokens":418,"search_units":2},"tokens":{"input_tokens":71,"output_tokens":420},
        "cached_tokens":40},
        "logprobs":[{"text":"Gr","token_ids":[1,2],"logprobs":[-0.5,-0.25]}]})";
    const auto r = cohere_chat::decode_reply(body).value();
    BOOST_TEST(r.id == "c14c80c3");
    BOOST_TEST(r.text() == "Grüße an Ada");
    BOOST_TEST((r.usage == cohere_chat::scan_usage(body)));
    BOOST_TEST((r.usage.input_tokens == 5 && r.usage.output_tokens == 418 && r.usage.cached_tokens == 5 && r.usage.search_units == 2));
    BOOST_TEST(r.choices[0].logprobs.text == R"({"content":[{"token":"Gr","logprob":-0.75,"bytes":null,"top_logprobs":[]}],"refusal":null})");
    const citation& c = std::get<text_part>(r.choices[0].answer.content[1]).citations.at(0);
    BOOST_TEST((c.url == "https://h/a" && c.title == "T" && c.quote == "s" && c.start == 0 && c.end == 5));
    std::string out;
    cohere_chat::encode_reply(r, reply_options(), out);
    BOOST_TEST((boost::json::parse(out).at("message") == boost::json::parse(body).at("message")), out);
    BOOST_TEST(boost::json::parse(out).at("finish_reason") == "COMPLETE");
    BOOST_TEST(boost::json::serialize(boost::json::parse(out).at("logprobs")) == R"([{"text":"Gr","token_ids":[],"logprobs":[-7.5E-1]}])");

    const std::string called = R"({"id":"x","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"I will look.",)"
        R"("tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"usage":{"tokens":{"input_tokens":3,)"
        R"("output_tokens":4}}})";
    const auto calls = cohere_chat::decode_reply(called).value();
    BOOST_TEST((calls.choices[0].finish == finish_reason::tool_calls && calls.usage.input_tokens == 3));
    out.clear();
    cohere_chat::encode_reply(calls, reply_options(), out);
    BOOST_TEST((boost::json::parse(out).at("message") == boost::json::parse(called).at("message")), out);

    // A source known only by its address, and a call of a vendor that reports a plain stop.
    chat_reply foreign;
    message& answer = foreign.choices.emplace_back().answer;
    text_part text("an Grüße");
    citation web;
    web.url = "https://w";
    web.start = 3;
    web.end = 6;
    text.citations.push_back(web);
    answer.add(text);
    out.clear();
    reply_options options;
    options.id = "made";
    cohere_chat::encode_reply(foreign, options, out);
    BOOST_TEST(boost::json::parse(out).at("id") == "made");
    BOOST_TEST(boost::json::parse(out).at_pointer("/message/citations/0/text") == "Grü");
    // Each citation of a long answer would look through all of it.
    std::get<text_part>(foreign.choices[0].answer.content[0]).text.append(20'000, 'x');
    out.clear();
    cohere_chat::encode_reply(foreign, options, out);
    BOOST_TEST(boost::json::parse(out).at_pointer("/message/citations/0/end") == 6);
    BOOST_TEST(!boost::json::parse(out).at_pointer("/message/citations/0").as_object().contains("text"));
    answer.add(tool_call_part("", "f", ""));
    out.clear();
    cohere_chat::encode_reply(foreign, options, out);
    BOOST_TEST(boost::json::parse(out).at("finish_reason") == "TOOL_CALL");
    BOOST_TEST(boost::json::parse(out).at_pointer("/message/tool_calls/0/function/arguments") == "{}");
    BOOST_TEST((cohere_chat::decode_reply("[]").error().value() == errc::bad_response));
    BOOST_TEST((cohere_chat::decode_reply(R"({"message":"no"})").error().value() == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(errors_have_a_message) {
    BOOST_TEST(cohere_chat::decode_error(R"({"id":"1",)"
        R"("message":"invalid request: model 'x' not found"})").message == "invalid request: model 'x' not found");
    BOOST_TEST(cohere_chat::decode_error("<html>").message == "");
    std::string out;
    cohere_chat::encode_error(error(errc::invalid_request, "k: wrong").with_param("k"), out);
    BOOST_TEST(out == R"({"message":"k: wrong"})");
    out.clear();
    cohere_chat::encode_error(error(errc::rate_limited, "slow").with_request_id("r-1"), out);
    BOOST_TEST(out == R"({"id":"r-1","message":"slow"})");
}

BOOST_AUTO_TEST_CASE(streams_are_read_however_they_are_cut) {
    struct row {
        std::string bytes, expected;
    };
    const std::string ended = "usage 0 17+28 c9\n";
    const std::string call = event("tool-call-start", R"(,"index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function",)"
        R"("function":{"name":"f","arguments":""}}}})");
    const auto arguments = [](std::string_view json) {
        return event("tool-call-delta", R"(,"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":")" + std::string(json) + R"("}}}})");
    };
    for (const row& r : {
             row{start + text_block + text_event("LL") + text_event("Ms \\u00fc") + event("content-end", R"(,"index":0)") + end("COMPLETE"),
                 "start 0 id=29f14a5a\ntext 0 [LL]\ntext 0 [Ms ü]\n" + ended + "finish 0 1\n"},
             row{start + event("tool-plan-delta", R"(,"delta":{"message":{"tool_plan":"I "}})") + event("tool-plan-delta",
                 R"(,"delta":{"message":{"tool_plan":"will"}})") +
                     call + arguments("{\\\"a\\\"") + arguments(":1}") + event("tool-call-end", R"(,"index":0)") + end("TOOL_CALL"),
                 "start 0 id=29f14a5a\ntext 0 [I ]\ntext 0 [will]\ncall 1 id=c1 name=f\narguments 1 [{\"a\"]\narguments 1 [:1}]\n" + ended +
                     "finish 0 4\n"},
             row{start + event("content-start", R"(,"index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}})") +
                     event("content-delta", R"(,"index":0,"delta":{"message":{"content":{"thinking":"hm"}}})") + event("content-end",
                         R"(,"index":0)") +
                     event("content-start", R"(,"index":1,"delta":{"message":{"content":{"type":"text","text":""}}})") + text_event("x", 1) +
                     event("citation-start", R"(,"index":0,"delta":{"message":{"citations":{"start":0,"end":1,"text":"x",)"
                         R"("sources":[{"type":"document","id":"d","document":{"id":"d"}}],"content_index":1}}})") +
                     event("citation-end", R"(,"index":0)") +
                     event("citation-start", R"(,"index":1,"delta":{"message":{"citations":{"start":0,"end":1,"text":"x",)"
                         R"("sources":[{"document":{"url":"https://u","title":"T"}}],"content_index":1}}})") +
                     end("MAX_TOKENS"),
                 "start 0 id=29f14a5a\nthinking 0 [hm]\ntext 1 [x]\n"
                 "citation 1 [{\"start\":0,\"end\":1,\"text\":\"x\",\"sources\":[{\"type\":\"document\",\"id\":\"d\",\"document\":{\"id\":\"d\"}}],"
                     "\"content_index\":1}] name=cohere_chat\n"
                 "citation 1 [{\"url\":\"https://u\",\"title\":\"T\",\"cited_text\":\"\",\"start_index\":0,\"end_index\":1}]\n" + ended +
                     "finish 0 3\n"},
             row{text_event("no start") + event("debug", R"(,"prompt":"p")") + end("STOP_SEQUENCE"), "start 0\ntext 0 [no start]\n" + ended +
                 "finish 0 2\n"},
             row{start + end("ERROR", R"(,"error":"it broke")"), "start 0 id=29f14a5a\n" + ended + "finish 0 [ERROR: it broke] 7\n"},
             row{start + text_block + text_event("x"), "start 0 id=29f14a5a\ntext 0 [x]\nfailed truncated "},
             row{start + "data: {\"message\":\"too late\"}\n\n", "start 0 id=29f14a5a\nfailed provider_internal too late"},
             row{start + "data: nothing\n\n", "start 0 id=29f14a5a\nfailed bad_response "}})
        for (const std::size_t piece : {std::size_t{0}, std::size_t{1}, std::size_t{7}}) BOOST_TEST(lines(r.bytes, piece) == r.expected);
}

BOOST_AUTO_TEST_CASE(streams_are_written_in_the_official_sequence) {
    const std::string openai =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n"
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Now\"}}]}\n\n"
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\","
            "\"arguments\":\"\"}}]}}]}\n\n"
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\","
            "\"arguments\":\"{\\\"x\\\":\"}}]}}]}\n\n"
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"1}\"}}]},"
            "\"finish_reason\":\"tool_calls\"}]}\n\n"
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n";
    const std::string sent = translation_test::stream<openai_chat, cohere_chat>(openai);
    std::string kinds;
    sse_parser parser;
    BOOST_REQUIRE(parser.feed(sent, [&kinds](const sse_event& e) { kinds.append(e.event).append(" "); }).has_value());
    BOOST_TEST(kinds == "message-start content-start content-delta content-end content-start content-delta content-end tool-call-start tool-call-start "
                        "tool-call-delta tool-call-delta tool-call-end tool-call-delta tool-call-end message-end ");
    BOOST_TEST(lines(sent) == "start 0 id=c\nthinking 0 [hm]\ntext 1 [Now]\ncall 2 id=a name=f\ncall 3 id=b name=g\narguments 3 [{\"x\":]\n"
                              "arguments 3 [1}]\narguments 2 [{}]\nusage 0 3+4\nfinish 0 4\n");
    // And its watch.
    cohere_chat::stream_watch watch;
    const stream_progress& seen = watch.feed(sent);
    BOOST_TEST((seen.begun && seen.complete && !seen.failed && seen.tokens.output_tokens == 4 && watch.estimated_tokens() == 0));
    // A failure is the reason ERROR with its words.
    cohere_chat::stream_encoder encoder{reply_options()};
    std::string out;
    encoder.fail(error(errc::overloaded, "gone"), out);
    encoder.finish(out);
    BOOST_TEST(out == "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"error\":\"gone\",\"finish_reason\":\"ERROR\"}}\n\n");
    cohere_chat::stream_watch broken;
    BOOST_TEST(broken.feed(out).failed);
}

BOOST_AUTO_TEST_CASE(the_view_of_a_request_is_that_of_the_decoded_one) {
    for (const std::string& body :
         {with(""), with(R"(,"documents":["a"],"tools":[{"type":"function","function":{"name":"f"}}])"),
          std::string(R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},)"
              R"({"type":"image_url","image_url":{"url":"https://h"}}]},
            {"role":"assistant","tool_plan":"p","tool_calls":[{"id":"a","function":{"name":"f"}}]},{"role":"tool","tool_call_id":"a",
            "content":"r"}]})")}) {
        request_view view;
        BOOST_REQUIRE(cohere_chat::scan_view(body, view));
        view.known = true;
        BOOST_TEST((view == detail::view_request(decode(body))), body);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace cohere_chat_unit
