// SPDX-License-Identifier: BSL-1.0
#include "anthropic_messages_support.hpp"

#include <support/golden.hpp>

#include <llmx/wire/base64.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

namespace anthropic_messages_decode_unit {

using namespace anthropic_test;
using llmx::role;

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_decode)

BOOST_AUTO_TEST_CASE(everything_simple) {
    const auto r = decode(R"({"model":"claude-x","max_tokens":256.0,"system":"Be brief.","temperature":1,"top_p":0.9,
        "top_k":40,"stop_sequences":["END","\n\nX"],"stream":true,"metadata":{"user_id":"u-1"},
        "service_tier":"standard_only","cache_control":{"type":"ephemeral","ttl":"1h"},
        "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"yo"}],
        "container":"c_1","inference_geo":null})");
    BOOST_TEST(r.model == "claude-x");
    BOOST_TEST(r.max_output_tokens.value() == 256);
    BOOST_REQUIRE_EQUAL(r.messages.size(), 3u);
    BOOST_TEST((r.messages[0] == llmx::message::system("Be brief.")));
    BOOST_TEST((r.messages[1] == llmx::message::user("hi")));
    BOOST_TEST((r.messages[2] == llmx::message::assistant("yo")));
    BOOST_TEST(r.temperature.value() == 1.0);
    BOOST_TEST(r.top_p.value() == 0.9);
    BOOST_TEST(r.top_k.value() == 40);
    BOOST_TEST((r.stop == std::vector<std::string>{"END", "\n\nX"}));
    BOOST_TEST(r.stream);
    BOOST_TEST(r.include_usage);
    BOOST_TEST(r.user == "u-1");
    BOOST_TEST((r.service_tier == llmx::service_tier::standard));
    BOOST_TEST(r.cache.value().ttl == "1h");
    BOOST_REQUIRE_EQUAL(r.extra.members.size(), 1u); // null counts as absent
    BOOST_TEST(r.extra.origin == "anthropic_messages");
    BOOST_TEST(r.extra.find("container")->text == "\"c_1\"");
}

BOOST_AUTO_TEST_CASE(system_blocks) {
    const auto r = decode(body_with(R"(,"system":[{"type":"text","text":"a"},
        {"type":"text","text":"b","cache_control":{"type":"ephemeral"}}])"));
    BOOST_REQUIRE_EQUAL(r.messages.size(), 2u);
    BOOST_TEST((r.messages[0].from == role::system));
    BOOST_REQUIRE_EQUAL(r.messages[0].content.size(), 2u);
    const auto& b = std::get<llmx::text_part>(r.messages[0].content[1]);
    BOOST_TEST(b.text == "b");
    BOOST_TEST(b.cache.has_value());
    BOOST_TEST(b.cache->ttl.empty());
}

BOOST_AUTO_TEST_CASE(user_blocks) {
    const auto r = decode(llmx_test::golden("anthropic/request-content.json"));
    const auto& c = r.messages.at(0).content;
    BOOST_REQUIRE_EQUAL(c.size(), 11u);
    BOOST_TEST(std::get<llmx::text_part>(c[0]).extra.find("new")->text == "[1.5]");
    const auto& inlined = std::get<llmx::image_part>(c[1]);
    BOOST_TEST(inlined.source.media_type == "image/png");
    BOOST_TEST(inlined.source.data == "AAAA");
    BOOST_TEST(inlined.cache.has_value());
    BOOST_TEST(std::get<llmx::image_part>(c[2]).source.url == "https://e.org/i.png");
    BOOST_TEST(std::get<llmx::image_part>(c[3]).source.file_id == "file_1");
    const auto& pdf = std::get<llmx::file_part>(c[4]);
    BOOST_TEST(pdf.filename == "a.pdf");
    BOOST_TEST(pdf.extra.find("context")->text == "\"c\"");
    BOOST_TEST(pdf.extra.find("citations")->text == R"({"enabled":true})");
    BOOST_TEST(std::get<llmx::file_part>(c[5]).source.url == "https://e.org/d.pdf");
    const auto& plain = std::get<llmx::file_part>(c[6]);
    BOOST_TEST(plain.source.media_type == "text/plain");
    BOOST_TEST(llmx::base64_decode(plain.source.data).value() == "grüß");
    const auto& content = std::get<llmx::file_part>(c[7]);
    BOOST_TEST(llmx::base64_decode(content.source.data).value() == "one\ntwo");
    BOOST_TEST(content.extra.find("source") != nullptr);
    BOOST_TEST(std::get<llmx::file_part>(c[8]).source.file_id == "file_2");
    BOOST_TEST(std::get<llmx::text_part>(c[9]).extra.find("type") != nullptr);
    check_json(std::get<llmx::opaque_part>(c[10]).value.text, R"({"type":"container_upload","file_id":"f"})");
}

BOOST_AUTO_TEST_CASE(tool_turns_and_thinking) {
    const auto r = decode(llmx_test::golden("anthropic/request-tools.json"));
    const auto& a = r.messages.at(0).content;
    BOOST_REQUIRE_EQUAL(a.size(), 6u);
    BOOST_TEST(std::get<llmx::thinking_part>(a[0]).signature == "sig==");
    BOOST_TEST(std::get<llmx::thinking_part>(a[1]).redacted_data == "enc");
    const auto& cited = std::get<llmx::text_part>(a[2]).citations.at(0);
    BOOST_TEST(cited.quote == "q");
    BOOST_TEST(cited.title == "D");
    BOOST_TEST(cited.start == -1);
    BOOST_TEST(cited.original.find("start_char_index")->text == "1");
    const auto& call = std::get<llmx::tool_call_part>(a[3]);
    BOOST_TEST(call.arguments == R"({"b":1.5,"a":[1,2,{"c":null}]})");
    BOOST_TEST(call.extra.empty());
    BOOST_TEST(std::get<llmx::tool_call_part>(a[4]).extra.find("caller") != nullptr);
    BOOST_TEST(std::get<llmx::text_part>(a[5]).extra.find("type") != nullptr);
    const auto& u = r.messages.at(1).content;
    BOOST_TEST((std::get<llmx::tool_result_part>(u[0]) == llmx::tool_result_part("toolu_1", "ok")));
    const auto& bad = std::get<llmx::tool_result_part>(u[1]);
    BOOST_TEST(bad.is_error);
    BOOST_TEST(bad.content.size() == 4u);
    BOOST_TEST(std::get<llmx::text_part>(bad.content[3]).text == "t\ns\n");
    BOOST_TEST(bad.extra.find("content") != nullptr);
    BOOST_TEST(std::get<llmx::tool_result_part>(u[2]).content.empty());
}

BOOST_AUTO_TEST_CASE(tools_and_choice) {
    auto r = decode(body_with(R"(,"tools":[
        {"name":"f","description":"d","input_schema":{"type":"object","properties":{"x":{"type":"number","minimum":0.5}}},
          "cache_control":{"type":"ephemeral"},"strict":true,"eager_input_streaming":true},
        {"type":"custom","name":"g","input_schema":{"type":"object"}},
        {"type":"web_search_20250305","name":"web_search","max_uses":3}],
        "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true})"));
    BOOST_REQUIRE_EQUAL(r.tools.size(), 3u);
    BOOST_TEST(r.tools[0].description == "d");
    BOOST_TEST(r.tools[0].strict.value());
    BOOST_TEST(r.tools[0].cache.has_value());
    BOOST_TEST(r.tools[0].extra.find("eager_input_streaming")->text == "true");
    BOOST_TEST(r.tools[0].parameters.text ==
               R"({"type":"object","properties":{"x":{"type":"number","minimum":0.5}}})");
    BOOST_TEST(r.tools[1].extra.empty());
    BOOST_TEST(r.tools[2].builtin.value().origin == "anthropic_messages");
    BOOST_TEST((r.tool_choice.value() == llmx::tool_choice::function("f")));
    BOOST_TEST(r.parallel_tool_calls.value() == false);
    r = decode(body_with(R"(,"tool_choice":{"type":"any"})"));
    BOOST_TEST((r.tool_choice->how == llmx::tool_choice::mode::required));
    BOOST_TEST(!r.parallel_tool_calls.has_value());
    r = decode(body_with(R"(,"tool_choice":{"type":"auto","disable_parallel_tool_use":false})"));
    BOOST_TEST((r.tool_choice->how == llmx::tool_choice::mode::automatic));
    BOOST_TEST(r.parallel_tool_calls.value());
    r = decode(body_with(R"(,"tool_choice":{"type":"none"})"));
    BOOST_TEST((r.tool_choice->how == llmx::tool_choice::mode::none));
}

BOOST_AUTO_TEST_CASE(thinking_and_output) {
    auto r = decode(body_with(R"(,"thinking":{"type":"enabled","budget_tokens":2000,"display":"omitted"})"));
    BOOST_TEST(r.reasoning->budget_tokens.value() == 2000);
    BOOST_TEST(r.reasoning->include_thoughts.value() == false);
    r = decode(body_with(R"(,"thinking":{"type":"disabled"})"));
    BOOST_TEST(r.reasoning->budget_tokens.value() == 0);
    r = decode(body_with(R"(,"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh","format":{"type":"json_schema","schema":{"type":"object"}}})"));
    BOOST_TEST(r.reasoning->adaptive);
    BOOST_TEST((r.reasoning->effort == llmx::reasoning_effort::xhigh));
    BOOST_TEST((r.response_format->form == llmx::response_format::kind::json_schema));
    BOOST_TEST(r.response_format->schema.text == R"({"type":"object"})");
    BOOST_TEST(r.extra.empty());
    r = decode(body_with(R"(,"output_format":{"type":"json_schema","schema":{"type":"object"}})"));
    BOOST_TEST(r.response_format.has_value());
    // What the vocabulary cannot hold comes back whole.
    r = decode(body_with(R"(,"thinking":{"type":"between_tools"},"output_config":{"effort":"low","task_budget":5},"metadata":{"user_id":"u","x":1})"));
    BOOST_TEST(r.extra.find("thinking")->text == R"({"type":"between_tools"})");
    BOOST_TEST(r.extra.members.size() == 3u);
    check_json(encode(r).body,
               R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],
                   "thinking":{"type":"between_tools"},"output_config":{"effort":"low","task_budget":5},"metadata":{"user_id":"u","x":1}})");
}

// Objects of which the vocabulary has a part: the rest comes back, and other languages report it.
BOOST_AUTO_TEST_CASE(unknown_members_of_known_objects_are_kept) {
    const std::string body = llmx_test::golden("anthropic/request-unknown-members.json");
    const auto r = decode(body);
    BOOST_TEST(r.cache.has_value());
    BOOST_TEST(r.extra.find("cache_control")->text == R"({"type":"ephemeral","scope":"global"})");
    const auto& text = std::get<llmx::text_part>(r.messages[0].content[0]);
    BOOST_TEST(text.cache->ttl == "1h");
    BOOST_TEST(text.extra.members.at(0).hint);
    BOOST_TEST(std::get<llmx::image_part>(r.messages[0].content[1]).source.url == "https://e.org/i.png");
    check_json(encode(r, with_schemas()).body, body);
    BOOST_TEST(!r.extra.find("output_format")->empty());
    for (const auto& m : r.extra.members)
        BOOST_TEST(m.hint == (m.name == "cache_control" || m.name == "service_tier"), m.name);
}

BOOST_AUTO_TEST_CASE(members_that_change_no_answer_are_hints) {
    const auto r = decode(body_with(R"(,"inference_geo":"us","speed":"fast","container":"c","metadata":{"user_id":"u","x":1},
        "tools":[{"name":"f","input_schema":{},"eager_input_streaming":true,"defer_loading":true},{"type":"web_fetch_20260209","name":"web_fetch"}])"));
    llmx::drop_report drops;
    drops.foreign(r.extra, "other", llmx::request_place());
    drops.foreign(r.tools[0].extra, "other", llmx::request_place().tool(0));
    std::string report;
    for (const auto& e : drops.entries()) report += e.at.text() + (e.hint ? "? " : "! ");
    BOOST_TEST(report == "metadata? inference_geo? speed? container! tools[0].eager_input_streaming? tools[0].defer_loading? ");
    BOOST_TEST((r.tools[0].kind == llmx::builtin_kind::other));
    BOOST_TEST((r.tools[1].kind == llmx::builtin_kind::web_fetch));
}

BOOST_AUTO_TEST_CASE(model_and_stream_of_the_path) {
    llmx::request_target target;
    target.model = "from-path";
    target.stream = true;
    const auto r = dialect::decode_request(R"({"max_tokens":1,"messages":[{"role":"user","content":"x"}]})", target);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->model == "from-path");
    BOOST_TEST(r->stream);
    const auto head = dialect::scan_request(R"({"max_tokens":1,"messages":[{"role":"user","content":"x"}]})", target);
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->model == "from-path");
    BOOST_TEST(head->model_end == 0u);
}

struct fault {
    const char* body;
    const char* param;
};
std::ostream& operator<<(std::ostream& os, const fault& f) { return os << f.param << " in " << f.body; }

const fault faults[] = {
    {R"([])", ""},
    {R"({"max_tokens":1,"messages":[{"role":"user","content":"x"}]})", "model"},
    {R"({"model":3,"max_tokens":1,"messages":[{"role":"user","content":"x"}]})", "model"},
    {R"({"model":"m","messages":[{"role":"user","content":"x"}]})", "max_tokens"},
    {R"({"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"x"}]})", "max_tokens"},
    {R"({"model":"m","max_tokens":"9","messages":[{"role":"user","content":"x"}]})", "max_tokens"},
    {R"({"model":"m","max_tokens":1})", "messages"},
    {R"({"model":"m","max_tokens":1,"messages":[]})", "messages"},
    {R"({"model":"m","max_tokens":1,"messages":"x"})", "messages"},
    {R"({"model":"m","max_tokens":1,"messages":[3]})", "messages[0]"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"tool","content":"x"}]})", "messages[0].role"},
    {R"({"model":"m","max_tokens":1,"messages":[{"content":"x"}]})", "messages[0].role"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user"}]})", "messages[0].content"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":7}]})", "messages[0].content"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":["x"]}]})", "messages[0].content[0]"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"text":"x"}]}]})", "messages[0].content[0].type"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text"}]}]})", "messages[0].content[0].text"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"x"},{"type":"image"}]}]})",
     "messages[1].content[1].source"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"A"}}]}]})",
     "messages[0].content[0].source.media_type"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"text","data":"A"}}]}]})",
     "messages[0].content[0].source.type"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"nope"}}]}]})",
     "messages[0].content[0].source.type"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"forever"}}]}]})",
     "messages[0].content[0].cache_control.type"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]}]})",
     "messages[0].content[0].input"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{}}]}]})",
     "messages[0].content[0].id"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]})",
     "messages[0].content[0].tool_use_id"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text"}]}]}]})",
     "messages[0].content[0].content[0].text"},
    {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"thinking"}]}]})",
     "messages[0].content[0].thinking"},
};
BOOST_DATA_TEST_CASE(faults_name_their_member, boost::unit_test::data::make(faults), f) {
    const auto r = dialect::decode_request(f.body, llmx::request_target());
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    BOOST_TEST(r.error().param() == f.param);
    BOOST_TEST(r.error().message().find(f.param) != std::string::npos);
}

const fault member_faults[] = {
    {R"(,"system":5)", "system"},
    {R"(,"system":[{"type":"text","text":4}])", "system[0].text"},
    {R"(,"temperature":"hot")", "temperature"},
    {R"(,"top_k":1.5)", "top_k"},
    {R"(,"stream":"yes")", "stream"},
    {R"(,"stop_sequences":["a",1])", "stop_sequences"},
    {R"(,"tools":{})", "tools"},
    {R"(,"tools":[{"input_schema":{}}])", "tools[0].name"},
    {R"(,"tools":[{"name":"f"}])", "tools[0].input_schema"},
    {R"(,"tools":[{"name":"f","input_schema":[]}])", "tools[0].input_schema"},
    {R"(,"tool_choice":"auto")", "tool_choice"},
    {R"(,"tool_choice":{"type":"all"})", "tool_choice.type"},
    {R"(,"tool_choice":{"type":"tool"})", "tool_choice.name"},
    {R"(,"thinking":true)", "thinking"},
    {R"(,"thinking":{"budget_tokens":2000})", "thinking.type"},
    {R"(,"thinking":{"type":"enabled"})", "thinking.budget_tokens"},
    {R"(,"thinking":{"type":"enabled","budget_tokens":1000})", "thinking.budget_tokens"},
    {R"(,"output_config":{"effort":"enormous"})", "output_config.effort"},
    {R"(,"output_config":{"format":{"type":"json_schema"}})", "output_config.format.schema"},
    {R"(,"output_config":{"format":{"type":"xml"}})", "output_config.format.type"},
    {R"(,"metadata":"m")", "metadata"},
    {R"(,"metadata":{"user_id":1})", "metadata.user_id"},
    {R"(,"cache_control":{"type":"ephemeral","ttl":5})", "cache_control.ttl"},
};
BOOST_DATA_TEST_CASE(faults_beside_the_conversation, boost::unit_test::data::make(member_faults), f) {
    const auto r = dialect::decode_request(body_with(f.body), llmx::request_target());
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    BOOST_TEST(r.error().param() == f.param);
}

BOOST_AUTO_TEST_CASE(scan) {
    const std::string body = R"( {"stream" : true, "messages": [ {"role":"user",)"
        R"("content":"\"model\":\"no\""} ], "max_tokens": 1024, "model":"claude-y", "x":{"model":"z"}} )";
    const auto head = dialect::scan_request(body, llmx::request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->model == "claude-y");
    BOOST_TEST(head->stream);
    BOOST_TEST(head->max_output_tokens == 1024);
    BOOST_TEST(body.substr(head->model_begin, head->model_end - head->model_begin) == "\"claude-y\"");
}

// As PHP writes it: the span is the place, the caller resolves the escapes.
BOOST_AUTO_TEST_CASE(scan_escaped_model) {
    const std::string body = R"({"mod\u0065l":"org\/m","max_tokens":1,"messages":[1]})";
    const auto head = dialect::scan_request(body, llmx::request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->model.empty());
    BOOST_TEST(body.substr(head->model_begin, head->model_end - head->model_begin) == R"("org\/m")");
}

BOOST_DATA_TEST_CASE(scan_faults,
                     boost::unit_test::data::make(std::vector<fault>{
                         {R"({"max_tokens":1,"messages":[1]})", "model"},
                         {R"({"model":"m","messages":[1]})", "max_tokens"},
                         {R"({"model":"m","max_tokens":null,"messages":[1]})", "max_tokens"},
                         {R"({"model":"m","max_tokens":1})", "messages"},
                         {R"({"model":"m","max_tokens":1,"messages":[ ]})", "messages"},
                         {R"({"model":"m","max_tokens":1,"messages":{}})", "messages"},
                         {R"({"model":"m","max_tokens":1,"messages":[1],"stream":1})", "stream"},
                         {R"({"model":"","max_tokens":1,"messages":[1]})", "model"},
                         {R"({"model":"m","max_tokens":1,"messages":[1],"mod\u0065l":"n"})", "model"},
                         {R"({"model":["m"],"max_tokens":1,"messages":[1]})", "model"},
                         {R"({"model":"m","max_tokens":1,"messages":[1])", ""}}),
                     f) {
    const auto r = dialect::scan_request(f.body, llmx::request_target());
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    BOOST_TEST(r.error().param() == f.param);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_decode_unit
