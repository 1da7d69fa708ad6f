// SPDX-License-Identifier: BSL-1.0
// Ollama's chat and its second form: requests, replies and lines of streams as docs/api.md of github.com/ollama/ollama has them.
#include "event_lines.hpp"
#include "translation_support.hpp"

#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/generate.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace ollama_chat_unit {

using namespace llmx;
using translation_test::request;

namespace {

template <class D = ollama_chat> chat_request decode(std::string_view body) {
    const auto r = D::decode_request(body, request_target());
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    return *r;
}
std::string with(std::string_view members) {
    return R"({"model":"llama3.2","messages":[{"role":"user","content":"hi"}])" + std::string(members) + "}";
}
/// Encodes what \p body decodes to.
template <class D = ollama_chat> boost::json::value again(std::string_view body, const model_traits& traits = model_traits()) {
    drop_report drops;
    std::string out;
    encode_options options;
    options.traits = traits;
    BOOST_REQUIRE(D::encode_request(decode<D>(body), options, out, drops).has_value());
    BOOST_TEST(drops.count() == 0u);
    return boost::json::parse(out);
}

std::string line(std::string_view message, std::string_view rest = R"(,"done":false)") {
    return R"({"model":"llama3.2","created_at":"2023-08-04T08:52:19.385406455-07:00","message":{"role":"assistant",)" + std::string(message) + "}" +
           std::string(rest) + "}\n";
}
const std::string last = line(R"("content":"")", R"(,"done":true,"done_reason":"stop","total_duration":4883583458,"load_duration":1334875,)"
                                                R"("prompt_eval_count":26,"prompt_eval_duration":342546000,"eval_count":282,)"
                                                    R"("eval_duration":4535599000)");

template <class D = ollama_chat> std::string lines(std::string_view bytes, std::size_t piece = 0) { return event_lines::of<D>(bytes, piece); }

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_ollama_chat)

BOOST_AUTO_TEST_CASE(requests_come_back_as_they_were) {
    for (const std::string_view members :
         {R"(,"stream":false)", R"(,"stream":true)",
          R"(,"stream":false,"options":{"num_predict":100,"temperature":0.5,"top_p":0.75,"top_k":20,"presence_penalty":1.5,)"
          R"("frequency_penalty":1,"seed":42,"stop":["\n","user:"],"num_ctx":1024,"mirostat":1,"repeat_penalty":1.2})",
          R"(,"stream":false,"keep_alive":"5m","truncate":true)", R"(,"stream":false,"think":true)", R"(,"stream":false,"think":false)",
          R"(,"stream":false,"format":"json")", R"(,"stream":false,"format":{"type":"object","properties":{"age":{"type":"integer"}}})",
          R"(,"stream":false,"logprobs":true,"top_logprobs":3)",
          R"(,"stream":false,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object",)"
              R"("properties":{}}}}])"}) {
        const std::string body = with(members);
        BOOST_TEST(again(body) == boost::json::parse(body), boost::json::serialize(again(body)) << "\n" << body);
    }
    model_traits levels;
    levels.reasoning = model_traits::reasoning_style::effort;
    const std::string thinking = with(R"(,"stream":false,"think":"medium")");
    BOOST_TEST(again(thinking, levels) == boost::json::parse(thinking));
}

BOOST_AUTO_TEST_CASE(a_request_without_stream_asks_for_one) {
    BOOST_TEST(decode(with("")).stream);
    BOOST_TEST(!decode(with(R"(,"stream":false)")).stream);
    const std::string body = with(R"(,"options":{"num_predict":7})"), quiet = with(R"(,"stream":false,"options":{"num_predict":-1})");
    const auto head = ollama_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST((head->stream && head->include_usage && head->model == "llama3.2" && head->max_output_tokens == 7));
    const auto other = ollama_chat::scan_request(quiet, request_target());
    BOOST_TEST((!other->stream && other->max_output_tokens == 0));
    BOOST_TEST(!decode(quiet).max_output_tokens.has_value());
}

BOOST_AUTO_TEST_CASE(conversations_come_back_as_they_were) {
    const std::string body = R"({"stream":false,"model":"m","messages":[{"role":"system","content":"be brief"},
        {"role":"user","content":"see","images":["iVBORw0KGgo="]},
        {"role":"assistant","content":"I look.","thinking":"hm","tool_calls":[{"id":"c1","function":{"name":"look","arguments":{"a":1}}}]},
        {"role":"tool","content":"11 degrees","tool_name":"look","tool_call_id":"c1"},
        {"role":"user","content":"thanks"}]})";
    BOOST_TEST(again(body) == boost::json::parse(body), boost::json::serialize(again(body)));
    // Clients of before ids: calls are matched by their name.
    const std::string older = R"({"model":"m","messages":[{"role":"user","content":"q"},
        {"role":"assistant","content":"","tool_calls":[{"function":{"name":"look","arguments":{"a":1}}}]},{"role":"tool","content":"r",
        "tool_name":"look"}]})";
    const request openai = request::of<ollama_chat, openai_chat>(older);
    BOOST_TEST(openai.text("/messages/1/tool_calls/0/function/arguments") == R"({"a":1})");
    BOOST_TEST(openai.text("/messages/1/tool_calls/0/id") == openai.text("/messages/2/tool_call_id"));
    const request image = request::of<ollama_chat, openai_chat>(body);
    BOOST_TEST(image.text("/messages/1/content/1/image_url/url") == "data:image/png;base64,iVBORw0KGgo=");
}

BOOST_AUTO_TEST_CASE(wrong_requests_name_the_member) {
    struct row {
        std::string body, param;
    };
    for (const row& r : {row{R"({"messages":[]})", "model"}, row{R"({"model":"m"})", "messages"}, row{R"({"model":"m","messages":[]})", "messages"},
                         row{R"({"model":"m","messages":[{"role":"x","content":"a"}]})", "messages[0].role"},
                         row{R"({"model":"m","messages":[{"role":"user","content":[]}]})", "messages[0].content"},
                         row{R"({"model":"m","messages":[{"role":"user","content":"a","images":[3]}]})", "messages[0].images[0]"},
                         row{R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]})",
                             "messages[0].tool_calls[0].function.name"},
                         row{R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":3}}]}]})",
                             "messages[0].tool_calls[0].function.arguments"},
                         row{with(R"(,"format":"xml")"), "format"}, row{with(R"(,"think":"much")"), "think"},
                             row{with(R"(,"options":{"seed":"x"})"), "options.seed"},
                         row{with(R"(,"tools":[{"type":"function"}])"), "tools[0].function"}}) {
        const auto read = ollama_chat::decode_request(r.body, request_target());
        BOOST_REQUIRE_MESSAGE(read.has_error(), r.body);
        BOOST_TEST(read.error().param() == r.param, read.error().message());
    }
    for (const row& r : {row{R"({"model":"m"})", "messages"}, row{R"({"messages":[]})", "model"}, row{with(R"(,"stream":1)"), "stream"},
                         row{R"({"model":"m","MODEL":"n","messages":[]})", "MODEL"}, row{with(R"(,"model":"n")"), "model"},
                         row{with(R"(,"options":{"num_predict":"7"})"), "options.num_predict"}}) {
        const auto head = ollama_chat::scan_request(r.body, request_target());
        BOOST_REQUIRE_MESSAGE(head.has_error(), r.body);
        BOOST_TEST(head.error().param() == r.param, head.error().message());
    }
    const auto none = ollama_generate::decode_request(R"({"model":"m"})", request_target());
    BOOST_TEST(none.error().param() == "prompt");
}

BOOST_AUTO_TEST_CASE(what_has_no_form_is_reported) {
    chat_request r("m", "q");
    r.tools.emplace_back("f", "", R"({"type":"object"})");
    r.tools.emplace_back("g", "", "");
    r.tool_choice = tool_choice::function("g");
    r.messages[0].add(image_part(media::from_url("https://h/i.png")));
    r.reasoning = reasoning_options(reasoning_effort::high);
    r.n = 2;
    const request out = request::of<ollama_chat>(r);
    BOOST_TEST(out.at("/tools").as_array().size() == 1u);
    BOOST_TEST(out.text("/tools/0/function/name") == "g");
    BOOST_TEST(out.text("/think") == "true");
    BOOST_TEST(out.drops() == "messages[0].content[1]! tool_choice! reasoning.effort? n!");
    model_traits levels;
    levels.reasoning = model_traits::reasoning_style::effort;
    BOOST_TEST(request::of<ollama_chat>(r, levels).text("/think") == "high");
    r.tool_choice.emplace(tool_choice::mode::none);
    BOOST_TEST(request::of<ollama_chat>(r).at("/tools").is_null());
    r.reasoning = reasoning_options(reasoning_effort::none);
    BOOST_TEST(request::of<ollama_chat>(r).text("/think") == "false");
}

BOOST_AUTO_TEST_CASE(the_second_form_has_one_prompt) {
    const std::string body = R"({"stream":false,"model":"m","system":"be brief","prompt":"why?","images":["iVBORw0KGgo="],"suffix":"end",)"
        R"("raw":true,"keep_alive":0,
        "options":{"temperature":0.5}})";
    BOOST_TEST(again<ollama_generate>(body) == boost::json::parse(body), boost::json::serialize(again<ollama_generate>(body)));
    const request openai = request::of<ollama_generate, openai_chat>(R"({"model":"m","system":"s","prompt":"p","options":{"temperature":0.5}})");
    BOOST_TEST(openai.text("/messages/0/role") == "system");
    BOOST_TEST(openai.text("/messages/1/content") == "p");
    BOOST_TEST(openai.text("/temperature") == "5E-1");
    BOOST_TEST(openai.drops() == "");
    BOOST_TEST((request::of<ollama_generate, openai_chat>(R"({"model":"m","prompt":"p","suffix":"x"})").drops() == "suffix!"));
    chat_request talk("m", "q");
    talk.messages.push_back(message::assistant("a"));
    drop_report drops;
    std::string out;
    const auto refused = ollama_generate::encode_request(talk, encode_options(), out, drops);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().value() == errc::unsupported_parameter));
    BOOST_TEST(out.empty());
    const chat_request asked = decode<ollama_generate>(R"({"model":"m","system":"s","prompt":"p"})");
    BOOST_TEST(ollama_generate::caller_path(request_place().message(1).part(0), asked) == "prompt");
    BOOST_TEST(ollama_generate::caller_path(request_place().message(0).part(0), asked) == "system");
}

BOOST_AUTO_TEST_CASE(replies_are_read_and_written) {
    const std::string body = R"({"model":"llama3.2","created_at":"2023-12-12T14:13:43.416799Z","message":{"role":"assistant","content":"Hello!",)"
        R"("thinking":"hm",
        "tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a":[1.5]}}}]},"done":true,"done_reason":"stop","total_duration":5191566416,
        "load_duration":2154458,"prompt_eval_count":26,"eval_count":298,"logprobs":[{"token":"Hello","logprob":-0.25,"top_logprobs":[]}]})";
    const auto r = ollama_chat::decode_reply(body).value();
    BOOST_TEST((r.model == "llama3.2" && r.created == 1702390423 && r.text() == "Hello!"));
    BOOST_TEST((r.usage == ollama_chat::scan_usage(body) && r.usage.input_tokens == 26 && r.usage.output_tokens == 298));
    BOOST_TEST((r.choices[0].finish == finish_reason::tool_calls));
    BOOST_TEST(r.choices[0].logprobs.text == R"({"content":[{"token":"Hello","logprob":-0.25,"top_logprobs":[]}],"refusal":null})");
    std::string out;
    ollama_chat::encode_reply(r, reply_options(), out);
    boost::json::value expected = boost::json::parse(body);
    expected.as_object()["created_at"] = "2023-12-12T14:13:43Z";
    BOOST_TEST(boost::json::parse(out) == expected, out);
    const std::string generated = R"({"model":"m","created_at":"2023-08-04T19:22:45Z","response":"The sky","done":true,"done_reason":"length",)"
        R"("context":[1,2],)"
                                  R"("prompt_eval_count":1,"eval_count":2})";
    const auto text = ollama_generate::decode_reply(generated).value();
    BOOST_TEST((text.text() == "The sky" && text.choices[0].finish == finish_reason::length));
    out.clear();
    ollama_generate::encode_reply(text, reply_options(), out);
    BOOST_TEST(boost::json::parse(out) == boost::json::parse(generated), out);
    BOOST_TEST((ollama_chat::decode_reply(R"({"error":"model 'x' not found"})").error().provider_message() == "model 'x' not found"));
    BOOST_TEST((ollama_chat::decode_reply(R"({"done":true})").error().value() == errc::bad_response));
    BOOST_TEST((ollama_generate::decode_reply(R"({"done":true})").error().value() == errc::bad_response));
    out.clear();
    ollama_chat::encode_error(error(errc::not_found, "no such model"), out);
    BOOST_TEST(out == R"({"error":"no such model"})");
}

BOOST_AUTO_TEST_CASE(times_are_those_of_rfc_3339) {
    BOOST_TEST(detail::ollama_read_time("1970-01-01T00:00:00Z") == 0);
    BOOST_TEST(detail::ollama_read_time("2023-08-04T08:52:19.385406455-07:00") == 1691164339);
    BOOST_TEST(detail::ollama_read_time("2024-02-29T23:59:59+01:30") == 1709245799);
    for (const std::string_view wrong : {"", "2023", "2023-13-01T00:00:00Z", "2023-02-30T00:00:00Z", "2023-01-01T24:00:00Z", "yyyy-01-01T00:00:00Z"})
        BOOST_TEST(detail::ollama_read_time(wrong) == 0, wrong);
    for (const std::int64_t at : {std::int64_t{0}, std::int64_t{1691164339}, std::int64_t{1709245799}, std::int64_t{253402300799}})
        BOOST_TEST(detail::ollama_read_time(detail::ollama_write_time(at)) == at);
}

BOOST_AUTO_TEST_CASE(streams_are_read_however_they_are_cut) {
    struct row {
        std::string bytes, expected;
    };
    const std::string start = "start 0 name=llama3.2 at 1691164339\n", end = "usage 0 26+282\nfinish 0 1\n";
    for (const row& r : {row{line(R"("content":"The")") + line(R"("content":" \u00fc")") + last, start + "text 0 [The]\ntext 0 [ ü]\n" + end},
                         row{line(R"("content":"","thinking":"h")") + line(R"("content":"","thinking":"m")") + line(R"("content":"x")") + last,
                             start + "thinking 0 [h]\nthinking 0 [m]\ntext 1 [x]\n" + end},
                         row{line(R"("content":"","tool_calls":[{"id":"c","function":{"name":"f","arguments":{"city":"Tokyo"}}}])") + last,
                             start + "call 0 id=c name=f\narguments 0 [{\"city\":\"Tokyo\"}]\nusage 0 26+282\nfinish 0 4\n"},
                         row{line(R"("content":"x")") + last.substr(0, last.size() - 1), start + "text 0 [x]\n" + end},
                         row{line(R"("content":"x")"), start + "text 0 [x]\nfailed truncated "},
                         row{line(R"("content":"x")") + "{\"error\":\"out of memory\"}\n", start +
                             "text 0 [x]\nfailed provider_internal out of memory"},
                         row{"nothing\n", "failed bad_response "}})
        for (const std::size_t piece : {std::size_t{0}, std::size_t{1}, std::size_t{7}}) BOOST_TEST(lines(r.bytes, piece) == r.expected);
    BOOST_TEST(lines<ollama_generate>("{\"model\":\"m\",\"response\":\"a\",\"done\":false}\n{\"model\":\"m\",\"response\":\"\",\"done\":true,"
        "\"done_reason\":\"length\"}\n") ==
               "start 0 name=m\ntext 0 [a]\nfinish 0 3\n");
}

BOOST_AUTO_TEST_CASE(streams_are_lines_of_json) {
    const std::string openai =
        "data: {\"id\":\"c\",\"model\":\"gpt\",\"created\":1691164339,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Now\"}}]}\n\n"
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}\n\n"
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\","
            "\"arguments\":\"{\\\"x\\\":\"}}]}}]}\n\n"
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"1}\"}}]},"
            "\"finish_reason\":\"tool_calls\"}]}\n\n"
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n";
    const std::string sent = translation_test::stream<openai_chat, ollama_chat>(openai);
    BOOST_TEST(sent ==
               R"({"model":"gpt","created_at":"2023-08-04T15:52:19Z","message":{"role":"assistant","content":"Now"},"done":false})" "\n"
               R"({"model":"gpt","created_at":"2023-08-04T15:52:19Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"b",)"
                   R"("function":{"name":"g","arguments":{"x":1}}}]},"done":false})" "\n"
               R"({"model":"gpt","created_at":"2023-08-04T15:52:19Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"a",)"
                   R"("function":{"name":"f","arguments":{}}}]},"done":false})" "\n"
               R"({"model":"gpt","created_at":"2023-08-04T15:52:19Z","message":{"role":"assistant","content":""},"done":true,)"
                   R"("done_reason":"stop","prompt_eval_count":3,"eval_count":4})" "\n");
    for (const std::size_t piece : {sent.size(), std::size_t{5}}) {
        ollama_chat::stream_watch watch;
        stream_progress seen;
        for (std::size_t at = 0; at < sent.size(); at += piece) seen = watch.feed(std::string_view(sent).substr(at, piece));
        BOOST_TEST((seen.begun && seen.complete && !seen.failed && seen.pending == 0 && seen.tokens.output_tokens == 4 && watch.estimated_tokens() == 0));
    }
    ollama_chat::stream_watch watch;
    BOOST_TEST(watch.feed("{\"error\"").pending == 8u);
    BOOST_TEST(watch.feed(":\"x\"}\n").failed);
    ollama_generate::stream_encoder encoder{reply_options()};
    std::string out;
    encoder.fail(error(errc::overloaded, "gone"), out);
    encoder.finish(out);
    BOOST_TEST(out == "{\"error\":\"gone\"}\n");
}

BOOST_AUTO_TEST_CASE(the_view_of_a_request_is_that_of_the_decoded_one) {
    const auto same = []<class D>(D, std::string_view body) {
        request_view view;
        BOOST_REQUIRE(D::scan_view(body, view));
        view.known = true;
        BOOST_TEST((view == detail::view_request(decode<D>(body))), body);
    };
    same(ollama_chat(), with(R"(,"tools":[{"function":{"name":"f"}}])"));
    same(ollama_chat(), R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"a","images":["iVBORw0KGgo="]},
        {"role":"assistant","thinking":"t","tool_calls":[{"function":{"name":"f","arguments":{}}}]},{"role":"tool","content":"r",
        "tool_name":"f"}]})");
    same(ollama_generate(), R"({"model":"m","system":"s","prompt":"p","images":["iVBORw0KGgo="]})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ollama_chat_unit
