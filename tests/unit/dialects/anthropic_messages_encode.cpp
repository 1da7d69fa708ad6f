// SPDX-License-Identifier: BSL-1.0
#include "anthropic_messages_support.hpp"

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <functional>

namespace anthropic_messages_encode_unit {

using namespace anthropic_test;
using llmx::chat_request;
using llmx::message;
using llmx::role;

namespace {
std::string member(const encoded& e, const char* name) {
    const auto* v = e.tree.as_object().if_contains(name);
    return v == nullptr ? std::string() : boost::json::serialize(*v);
}
} // namespace

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_encode)

BOOST_AUTO_TEST_CASE(smallest) {
    const auto e = encode(chat_request("claude", "hi"));
    check_json(e.body, R"({"model":"claude","max_tokens":4096,
        "messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]})");
    BOOST_TEST(e.lost.empty());
    BOOST_TEST(e.hints.empty());
}

BOOST_AUTO_TEST_CASE(system_is_hoisted) {
    auto r = hello();
    r.messages.insert(r.messages.begin(), message::system("one"));
    BOOST_TEST(member(encode(r), "system") == "\"one\"");
    r.messages.push_back(message(role::developer, "two"));
    r.messages.push_back(message::system(" \n"));
    BOOST_TEST(member(encode(r), "system") == R"([{"type":"text","text":"one"},{"type":"text","text":"two"}])");
    r.messages.resize(2);
    std::get<llmx::text_part>(r.messages[0].content[0]).cache = llmx::cache_control("1h");
    BOOST_TEST(member(encode(r), "system") ==
               R"([{"type":"text","text":"one","cache_control":{"type":"ephemeral","ttl":"1h"}}])");
    r.messages[0].add(llmx::image_part(llmx::media::from_url("https://e.org/x")));
    BOOST_TEST((encode(r).lost == std::vector<std::string>{"messages[0].content[1]"}));
}

BOOST_AUTO_TEST_CASE(one_of_temperature_and_top_p) {
    auto r = hello();
    r.temperature = 1;
    r.top_p = 0.5;
    BOOST_TEST(member(encode(r), "temperature") == "");
    BOOST_TEST(member(encode(r), "top_p") != "");
    r.temperature = 0.5;
    r.top_p = 1;
    BOOST_TEST(member(encode(r), "temperature") != "");
    BOOST_TEST(member(encode(r), "top_p") == "");
    r.temperature = 1;
    BOOST_TEST(member(encode(r), "top_p") != "");
    BOOST_TEST(encode(r).lost.empty());
}

BOOST_AUTO_TEST_CASE(files_of_others) {
    for (const auto& [id, ours] : {std::pair("file_011C", true), std::pair("file-abc", false), std::pair("files/abc", false)}) {
        auto r = hello();
        llmx::file_part f;
        f.source = llmx::media::from_file_id(id);
        r.messages[0].add(f);
        BOOST_TEST((encode(r).lost.empty()) == ours);
    }
    const auto uri = llmx::media::from_url("https://generativelanguage.googleapis.com/v1beta/files/abc");
    auto r = hello();
    r.messages[0].add(llmx::image_part(uri)).add(llmx::file_part(uri));
    BOOST_TEST((encode(r).lost == std::vector<std::string>{"messages[0].content[1]", "messages[0].content[2]"}));
}

BOOST_AUTO_TEST_CASE(turns_are_merged_and_results_come_first) {
    chat_request r("m", "one");
    r.messages.push_back(message::user("two"));
    r.messages.push_back(message::assistant("")); // nothing in it: no turn
    message calls(role::assistant);
    calls.add(llmx::tool_call_part("a", "f", "{\"x\": 1}")).add(llmx::tool_call_part("b", "f", ""));
    r.messages.push_back(calls);
    r.messages.push_back(message::user("and also"));
    r.messages.push_back(message::tool_result("a", "1"));
    message second(role::tool);
    llmx::tool_result_part failed("b", "no");
    failed.is_error = true;
    failed.content.emplace_back(llmx::image_part(llmx::media::from_base64("image/jpg", "/9j/")));
    second.add(failed);
    r.messages.push_back(second);
    r.tools.emplace_back("f", "", "");
    const auto e = encode(r);
    BOOST_TEST(e.lost.empty());
    check_json(member(e, "messages"), R"([
      {"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},
      {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1}},{"type":"tool_use","id":"b","name":"f","input":{}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},
        {"type":"tool_result","tool_use_id":"b","is_error":true,"content":[{"type":"text","text":"no"},
          {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/"}}]},
        {"type":"text","text":"and also"}]}])");
}

BOOST_AUTO_TEST_CASE(tool_ids) {
    chat_request r("m", "x");
    message calls(role::assistant);
    calls.add(llmx::tool_call_part("functions.f:0", "f", "{}"))
        .add(llmx::tool_call_part("functions.f_0", "f", "{}"))
        .add(llmx::tool_call_part("", "g", "{}"))
        .add(llmx::tool_call_part("", "h", "{}"));
    r.messages.push_back(calls);
    message results(role::tool);
    llmx::tool_result_part h("", "h!");
    h.name = "h";
    llmx::tool_result_part g("", "g!");
    g.name = "g";
    results.add(h).add(g).add(llmx::tool_result_part("functions.f:0", "f!"));
    r.messages.push_back(results);
    const auto e = encode(r);
    const auto& m = e.tree.at("messages").as_array();
    std::vector<std::string> ids;
    for (const auto& b : m[1].at("content").as_array()) ids.emplace_back(b.at("id").as_string());
    for (const auto& id : ids)
        BOOST_TEST(id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
                   std::string::npos);
    BOOST_TEST(ids[0] != ids[1]);
    BOOST_TEST(ids[2] != ids[3]);
    const auto& answers = m[2].at("content").as_array();
    BOOST_TEST(answers[0].at("tool_use_id").as_string() == ids[3]);
    BOOST_TEST(answers[1].at("tool_use_id").as_string() == ids[2]);
    BOOST_TEST(answers[2].at("tool_use_id").as_string() == ids[0]);
    BOOST_TEST(encode(r).body == e.body);
}

BOOST_AUTO_TEST_CASE(arguments_that_are_no_object_are_kept_as_text) {
    for (const std::string bad : {"[1]", "{\"a\":", "null", "{} x"}) {
        chat_request r("m", "x");
        message calls(role::assistant);
        calls.add(llmx::text_part("t")).add(llmx::tool_call_part("call_7", "f", bad));
        r.messages.push_back(calls);
        const auto e = encode(r);
        const auto& input = e.tree.at("messages").at(1).at("content").at(1).at("input");
        BOOST_TEST(input.as_object().size() == 1u);
        BOOST_TEST(input.at("arguments").as_string() == bad);
    }
}

BOOST_AUTO_TEST_CASE(nothing_to_answer) {
    chat_request r;
    r.model = "m";
    r.messages.push_back(message::user("\n"));
    std::string out;
    llmx::drop_report drops;
    const auto done = dialect::encode_request(r, llmx::encode_options(), out, drops);
    BOOST_REQUIRE(done.has_error());
    BOOST_TEST(done.error().param() == "messages");
}

BOOST_AUTO_TEST_CASE(media) {
    using llmx::media;
    chat_request r("m", "x");
    message& m = r.messages[0];
    m.content.clear();
    m.add(llmx::image_part(media::from_url("https://e.org/i.png")))
        .add(llmx::image_part(media::from_base64("", "iVBORw0KGgoAAAA")))
        .add(llmx::image_part(media::from_url("data:image/gif;base64,R0lGODlh")))
        .add(llmx::image_part(media::from_file_id("f1")))
        .add(llmx::file_part(media::from_base64("application/pdf", "JVBERi0x"), "a.pdf"))
        .add(llmx::file_part(media::from_base64("text/markdown", "IyBoaQ=="), "a.md"))
        .add(llmx::file_part(media::from_url("https://e.org/a.pdf")))
        .add(llmx::file_part(media::from_file_id("f2")))
        .add(llmx::image_part(media::from_base64("image/svg+xml", "PHN2Zz4=")))
        .add(llmx::image_part(media::from_url("gs://bucket/i.png")))
        .add(llmx::file_part(media::from_base64("application/zip", "UEsD")))
        .add(llmx::audio_part(media::from_base64("audio/wav", "AAAA")))
        .add(llmx::image_part(media::from_base64("", "UklGRiQAAABXQVZF"))); // RIFF, but WAVE
    const auto e = encode(r);
    check_json(boost::json::serialize(e.tree.at("messages").at(0).at("content")), R"([
      {"type":"image","source":{"type":"url","url":"https://e.org/i.png"}},
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAA"}},
      {"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlh"}},
      {"type":"image","source":{"type":"file","file_id":"f1"}},
      {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"},"title":"a.pdf"},
      {"type":"document","source":{"type":"text","media_type":"text/plain","data":"# hi"},"title":"a.md"},
      {"type":"document","source":{"type":"url","url":"https://e.org/a.pdf"}},
      {"type":"document","source":{"type":"file","file_id":"f2"}}])");
    BOOST_TEST((e.lost == std::vector<std::string>{"messages[0].content[8]", "messages[0].content[9]",
                                                   "messages[0].content[10]", "messages[0].content[11]",
                                                   "messages[0].content[12]"}));
}

BOOST_AUTO_TEST_CASE(history_parts) {
    chat_request r("m", "x");
    message a(role::assistant);
    llmx::text_part signed_text("t");
    signed_text.signature = "gemini";
    llmx::thinking_part redacted;
    redacted.redacted_data = "enc";
    a.add(llmx::thinking_part("unsigned"))
        .add(llmx::thinking_part("signed", "sig"))
        .add(redacted)
        .add(signed_text)
        .add(llmx::refusal_part("I will not."))
        .add(llmx::opaque_part("anthropic_messages", R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}})"))
        .add(llmx::opaque_part("gemini_generate", "{}"))
        .add(llmx::image_part(llmx::media::from_url("https://e.org/i.png")));
    r.messages.push_back(a);
    r.messages.push_back(message::user("y"));
    r.messages.back().name = "bob";
    const auto e = encode(r);
    check_json(boost::json::serialize(e.tree.at("messages").at(1).at("content")), R"([
      {"type":"thinking","thinking":"signed","signature":"sig"},{"type":"redacted_thinking","data":"enc"},
      {"type":"text","text":"t"},{"type":"text","text":"I will not."},
      {"type":"server_tool_use","id":"s","name":"web_search","input":{}}])");
    BOOST_TEST((e.lost == std::vector<std::string>{"messages[1].content[6]", "messages[1].content[7]"}));
    BOOST_TEST((e.hints == std::vector<std::string>{"messages[1].content[0]", "messages[1].content[3].signature",
                                                    "messages[2].name"}));
}

BOOST_AUTO_TEST_CASE(prefill_ends_without_space) {
    auto r = hello();
    r.messages.push_back(message::assistant("The answer is \n"));
    r.messages.push_back(message::system("late"));
    check_json(member(encode(r), "messages"), R"([{"role":"user","content":[{"type":"text","text":"hi"}]},
        {"role":"assistant","content":[{"type":"text","text":"The answer is"}]}])");
}

BOOST_AUTO_TEST_CASE(tools_and_choice) {
    auto r = hello();
    r.tools.emplace_back("f", "does f", R"( {"properties":{}} )");
    r.tools.emplace_back("g", "", "");
    r.tools[0].strict = true;
    r.tools[1].cache = llmx::cache_control();
    llmx::tool search;
    search.builtin = llmx::opaque_part("anthropic_messages", R"({"type":"web_search_20250305","name":"web_search"})");
    r.tools.push_back(search);
    search.builtin = llmx::opaque_part("gemini_generate", R"({"googleSearch":{}})");
    r.tools.push_back(search);
    r.parallel_tool_calls = false;
    auto e = encode(r);
    check_json(member(e, "tools"), R"([{"name":"f","description":"does f","input_schema":{"type":"object","properties":{}}},
        {"name":"g","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}},
        {"type":"web_search_20250305","name":"web_search"}])");
    check_json(member(e, "tool_choice"), R"({"type":"auto","disable_parallel_tool_use":true})");
    BOOST_TEST((e.lost == std::vector<std::string>{"tools[3]"}));
    BOOST_TEST((e.hints == std::vector<std::string>{"tools[0].strict"}));
    BOOST_TEST(encode(r, with_schemas()).tree.at("tools").at(0).at("strict").as_bool());

    r.parallel_tool_calls.reset();
    BOOST_TEST(member(encode(r), "tool_choice").empty());
    using mode = llmx::tool_choice::mode;
    r.tool_choice = llmx::tool_choice(mode::required);
    BOOST_TEST(member(encode(r), "tool_choice") == R"({"type":"any"})");
    r.tool_choice = llmx::tool_choice(mode::none);
    r.parallel_tool_calls = true;
    BOOST_TEST(member(encode(r), "tool_choice") == R"({"type":"none"})");
    r.tool_choice = llmx::tool_choice::function("f");
    check_json(member(encode(r), "tool_choice"), R"({"type":"tool","name":"f","disable_parallel_tool_use":false})");
    r.tools.clear();
    BOOST_TEST((encode(r).lost == std::vector<std::string>{"tool_choice"}));
}

BOOST_AUTO_TEST_CASE(schema_that_is_no_object) {
    auto r = hello();
    r.tools.emplace_back("f", "", "[1]");
    std::string out;
    llmx::drop_report drops;
    auto done = dialect::encode_request(r, llmx::encode_options(), out, drops);
    BOOST_REQUIRE(done.has_error());
    BOOST_TEST(done.error().param() == "tools[0].parameters");
    r.tools.clear();
    r.response_format = llmx::response_format::json_schema("x", "nope");
    for (const bool native : {false, true}) {
        llmx::encode_options options;
        options.traits.native_json_schema = native;
        done = dialect::encode_request(r, options, out, drops);
        BOOST_REQUIRE(done.has_error());
        BOOST_TEST(done.error().param() == "response_format.schema");
        BOOST_REQUIRE(drops.refused() != nullptr);
        BOOST_TEST(dialect::caller_path(*drops.refused(), r) == "output_config.format.schema");
    }
}

// Calls in the history of a request without tools: the API requires their definitions.
BOOST_AUTO_TEST_CASE(history_without_tools) {
    auto r = hello();
    message call(role::assistant);
    call.add(llmx::tool_call_part("a", "f", "{}"));
    r.messages.push_back(call);
    r.messages.push_back(message::tool_result("a", "1"));
    const auto e = encode(r);
    check_json(member(e, "tools"), R"([{"name":"f","input_schema":{"type":"object"}}])");
    BOOST_TEST(member(e, "tool_choice") == R"({"type":"none"})");
}

BOOST_AUTO_TEST_CASE(structured_output) {
    auto r = hello();
    r.response_format = llmx::response_format::json_schema("p", R"({"type":"object","properties":{"a":{"type":"string"}}})");
    r.response_format->description = "A person.";
    auto e = encode(r, with_schemas());
    check_json(member(e, "output_config"), R"({"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},
        "additionalProperties":false}}})");
    BOOST_TEST(member(e, "tools").empty());
    BOOST_TEST(!e.answer_by_tool);

    e = encode(r);
    BOOST_TEST(e.answer_by_tool);
    check_json(member(e, "tools"), R"([{"name":"json_tool_call","description":"A person.","input_schema":{"type":"object",)"
        R"("properties":{"a":{"type":"string"}}}}])");
    BOOST_TEST(member(e, "tool_choice") == R"({"type":"tool","name":"json_tool_call"})");
    BOOST_TEST(e.lost.empty());

    r.reasoning = llmx::reasoning_options(llmx::reasoning_effort::low); // thinking takes no forced tool
    r.max_output_tokens = 2000;
    e = encode(r);
    BOOST_TEST(member(e, "tool_choice") == R"({"type":"auto"})");
    BOOST_TEST(e.lost.empty());
    r.reasoning.reset();

    r.tools.emplace_back("f", "", "");
    BOOST_TEST(member(encode(r), "tool_choice") == R"({"type":"any"})");
    r.tool_choice = llmx::tool_choice::function("f");
    BOOST_TEST(member(encode(r), "tool_choice") == R"({"type":"tool","name":"f"})");
    r.tool_choice = llmx::tool_choice(llmx::tool_choice::mode::none);
    BOOST_TEST(member(encode(r), "tool_choice") == R"({"type":"tool","name":"json_tool_call"})");

    r = hello();
    r.response_format = llmx::response_format(llmx::response_format::kind::json_object);
    for (const auto& traits : {llmx::model_traits(), with_schemas()}) {
        e = encode(r, traits);
        check_json(boost::json::serialize(e.tree.at("tools").at(0).at("input_schema")),
                   R"({"type":"object","additionalProperties":true})");
    }
    r.response_format = llmx::response_format(llmx::response_format::kind::text);
    BOOST_TEST(member(encode(r), "tools").empty());
}

struct thinking_row {
    const char* what;
    std::function<void(chat_request&)> set;
    bool efforts;
    const char* thinking;
    const char* output_config;
    std::int64_t max_tokens;
    std::vector<std::string> lost, hints;
};
std::ostream& operator<<(std::ostream& os, const thinking_row& r) { return os << r.what; }

namespace {
using effort = llmx::reasoning_effort;
std::function<void(chat_request&)> with_effort(effort e) {
    return [e](chat_request& r) { r.reasoning = llmx::reasoning_options(e); };
}
std::function<void(chat_request&)> with_budget(std::int64_t n) {
    return [n](chat_request& r) { r.reasoning.emplace().budget_tokens = n; };
}
const std::vector<thinking_row> thinking_rows = {
    {"minimal", with_effort(effort::minimal), false, R"({"type":"enabled","budget_tokens":1024})", "", 30000, {}, {}},
    {"low", with_effort(effort::low), false, R"({"type":"enabled","budget_tokens":1024})", "", 30000, {}, {}},
    {"medium", with_effort(effort::medium), false, R"({"type":"enabled","budget_tokens":2048})", "", 30000, {}, {}},
    {"high", with_effort(effort::high), false, R"({"type":"enabled","budget_tokens":4096})", "", 30000, {}, {}},
    {"xhigh", with_effort(effort::xhigh), false, R"({"type":"enabled","budget_tokens":8192})", "", 30000, {}, {}},
    {"max", with_effort(effort::max), false, R"({"type":"enabled","budget_tokens":24576})", "", 30000, {}, {}},
    {"none", with_effort(effort::none), false, R"({"type":"disabled"})", "", 30000, {}, {}},
    {"budget 0", with_budget(0), false, R"({"type":"disabled"})", "", 30000, {}, {}},
    {"budget 1", with_budget(1), false, R"({"type":"enabled","budget_tokens":1024})", "", 30000, {}, {}},
    {"dynamic budget", with_budget(-1), false, R"({"type":"enabled","budget_tokens":4096})", "", 30000, {}, {}},
    {"budget fits", [](chat_request& r) { with_budget(2000)(r); r.max_output_tokens = 2001; }, false,
     R"({"type":"enabled","budget_tokens":2000})", "", 2001, {}, {}},
    {"budget does not fit", [](chat_request& r) { with_budget(2000)(r); r.max_output_tokens = 2000; }, false,
     R"({"type":"enabled","budget_tokens":1500})", "", 2000, {}, {"reasoning"}},
    {"no room for a budget", [](chat_request& r) { with_budget(2000)(r); r.max_output_tokens = 1024; }, false, "", "", 1024, {}, {"reasoning"}},
    {"no limit", [](chat_request& r) { with_budget(5000)(r); r.max_output_tokens.reset(); }, false,
     R"({"type":"enabled","budget_tokens":5000})", "", 9096, {}, {}},
    {"adaptive, old model", [](chat_request& r) { r.reasoning.emplace().adaptive = true; }, false,
     R"({"type":"enabled","budget_tokens":4096})", "", 30000, {}, {}},
    {"adaptive", [](chat_request& r) { r.reasoning.emplace().adaptive = true; }, true, R"({"type":"adaptive","display":"summarized"})", "", 30000, {}, {}},
    {"effort low", with_effort(effort::low), true, R"({"type":"adaptive","display":"summarized"})", R"({"effort":"low"})", 30000, {}, {}},
    {"effort minimal", with_effort(effort::minimal), true, R"({"type":"adaptive","display":"summarized"})", R"({"effort":"low"})", 30000, {}, {}},
    {"effort xhigh", with_effort(effort::xhigh), true, R"({"type":"adaptive","display":"summarized"})", R"({"effort":"xhigh"})", 30000, {}, {}},
    {"effort max", with_effort(effort::max), true, R"({"type":"adaptive","display":"summarized"})", R"({"effort":"max"})", 30000, {}, {}},
    {"effort none", with_effort(effort::none), true, R"({"type":"disabled"})", "", 30000, {}, {}},
    {"budget to effort", with_budget(3000), true, R"({"type":"adaptive","display":"summarized"})", R"({"effort":"medium"})", 30000, {}, {}},
    {"large budget to effort", with_budget(32000), true, R"({"type":"adaptive","display":"summarized"})", R"({"effort":"high"})", 30000, {}, {}},
    {"hidden thoughts", [](chat_request& r) { with_budget(1024)(r); r.reasoning->include_thoughts = false; }, false,
     R"({"type":"enabled","budget_tokens":1024,"display":"omitted"})", "", 30000, {}, {}},
    {"thoughts of no thinking", [](chat_request& r) { r.reasoning.emplace().include_thoughts = true; }, false, "", "", 30000,
     {}, {"reasoning.include_thoughts"}},
    {"sampling", [](chat_request& r) { with_budget(1024)(r); r.temperature = 0.5; r.top_p = 0.5; r.top_k = 3; }, false,
     R"({"type":"enabled","budget_tokens":1024})", "", 30000, {}, {"temperature", "top_p", "top_k"}},
    {"sampling that fits", [](chat_request& r) { with_budget(1024)(r); r.temperature = 1; r.top_p = 0.95; }, false,
     R"({"type":"enabled","budget_tokens":1024})", "", 30000, {}, {}},
    {"forced tool", [](chat_request& r) { with_budget(1024)(r); r.tools.emplace_back("f", "", ""); r.tool_choice = llmx::tool_choice::function("f"); },
     false, "", "", 30000, {}, {"reasoning"}},
    {"a call without its thinking", [](chat_request& r) {
         with_budget(1024)(r);
         r.tools.emplace_back("f", "", "");
         message m(role::assistant);
         m.add(llmx::tool_call_part("a", "f", "{}"));
         r.messages.push_back(m);
         r.messages.push_back(message::tool_result("a", "1"));
     }, false, "", "", 30000, {}, {"reasoning"}},
    {"an old call without its thinking", [](chat_request& r) {
         with_budget(1024)(r);
         r.tools.emplace_back("f", "", "");
         message m(role::assistant);
         m.add(llmx::tool_call_part("a", "f", "{}"));
         r.messages.push_back(m);
         r.messages.push_back(message::tool_result("a", "1"));
         r.messages.push_back(message::assistant("done"));
         r.messages.push_back(message::user("more"));
     }, false, R"({"type":"enabled","budget_tokens":1024})", "", 30000, {}, {}},
};
} // namespace

BOOST_DATA_TEST_CASE(thinking, boost::unit_test::data::make(thinking_rows), row) {
    auto r = hello();
    r.max_output_tokens = 30000;
    row.set(r);
    const auto e = encode(r, row.efforts ? with_efforts() : llmx::model_traits());
    BOOST_TEST(member(e, "thinking") == row.thinking);
    BOOST_TEST(member(e, "output_config") == row.output_config);
    BOOST_TEST(e.tree.at("max_tokens").as_int64() == row.max_tokens);
    BOOST_TEST(e.lost == row.lost, boost::test_tools::per_element());
    std::vector<std::string> hints = row.hints;
    std::sort(hints.begin(), hints.end());
    auto reported = e.hints;
    std::sort(reported.begin(), reported.end());
    BOOST_TEST(reported == hints, boost::test_tools::per_element());
    hints.insert(hints.end(), row.lost.begin(), row.lost.end());
    for (const auto& name : hints)
        if (name != "tool_choice" && name != "reasoning") BOOST_TEST(member(e, name.c_str()).empty());
}

struct drop_row {
    const char* what;
    std::function<void(chat_request&)> set;
    bool hint;
};
std::ostream& operator<<(std::ostream& os, const drop_row& r) { return os << r.what; }
namespace {
llmx::extra_members foreign() {
    llmx::extra_members x;
    x.add("openai_chat", "verbosity", "{}");
    return x;
}
const std::vector<drop_row> drop_rows = {
    {"n", [](chat_request& r) { r.n = 2; }, false},
    {"seed", [](chat_request& r) { r.seed = 7; }, true},
    {"logprobs", [](chat_request& r) { r.logprobs = true; }, false},
    {"top_logprobs", [](chat_request& r) { r.top_logprobs = 3; }, false},
    {"presence_penalty", [](chat_request& r) { r.presence_penalty = 0.1; }, true},
    {"frequency_penalty", [](chat_request& r) { r.frequency_penalty = -0.1; }, true},
    {"logit_bias", [](chat_request& r) { r.logit_bias = llmx::raw_json(R"({"1":2})"); }, false},
    {"modalities", [](chat_request& r) { r.modalities = {"text", "audio"}; }, false},
    {"temperature", [](chat_request& r) { r.temperature = 1.5; }, true},
    {"stop[1]", [](chat_request& r) { r.stop = {"a", "\n\n"}; }, false},
    {"verbosity", [](chat_request& r) { r.extra = foreign(); }, false},
    {"store", [](chat_request& r) { r.extra.add("openai_chat", "store", "true").hint = true; }, true},
    {"messages[0].verbosity", [](chat_request& r) { r.messages[0].extra = foreign(); }, false},
    {"messages[0].content[0].verbosity",
     [](chat_request& r) { std::get<llmx::text_part>(r.messages[0].content[0]).extra = foreign(); }, false},
    {"tools[0].verbosity",
     [](chat_request& r) {
         r.tools.emplace_back("f", "", "");
         r.tools[0].extra = foreign();
     }, false},
    {"metadata", [](chat_request& r) { r.metadata.emplace_back("k", "v"); }, true},
    {"user", [](chat_request& r) { r.user = "bob@example.org"; }, true},
    {"service_tier", [](chat_request& r) { r.service_tier = llmx::service_tier::flex; }, true},
};
} // namespace
BOOST_DATA_TEST_CASE(drops, boost::unit_test::data::make(drop_rows), row) {
    auto r = hello();
    row.set(r);
    const auto e = encode(r);
    const std::vector<std::string> expected = {row.what};
    BOOST_TEST((row.hint ? e.hints : e.lost) == expected, boost::test_tools::per_element());
    BOOST_TEST((row.hint ? e.lost : e.hints).empty());
    BOOST_TEST(e.body.find("verbosity") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_of_reasoning_that_decide_nothing_are_reported) {
    auto r = hello();
    r.max_output_tokens = 9000;
    auto& how = r.reasoning.emplace(effort::low);
    how.budget_tokens = 2000;
    how.adaptive = true;
    const std::vector<std::string> beside_budget = {"reasoning.effort", "reasoning.adaptive"}, beside_effort = {"reasoning.budget_tokens"};
    BOOST_TEST(encode(r).hints == beside_budget, boost::test_tools::per_element());
    BOOST_TEST(encode(r, with_efforts()).hints == beside_effort, boost::test_tools::per_element());
    // An effort is preferred to a budget that names no number of tokens.
    const std::vector<std::string> beside_low = {"reasoning.budget_tokens", "reasoning.adaptive"};
    for (const std::int64_t budget : {0, -1}) {
        how.budget_tokens = budget;
        BOOST_TEST(encode(r).hints == beside_low, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(parts_of_a_format_without_a_form_are_reported) {
    using format = llmx::response_format;
    auto r = hello();
    r.response_format = format::json_schema("person", R"({"type":"object","properties":{"a":{"type":"string"}}})");
    r.response_format->description = "A person.";
    r.response_format->strict = true;
    const std::vector<std::string> by_tool = {"response_format.name", "response_format.strict"},
                                   native = {"response_format.name", "response_format.description"};
    BOOST_TEST(encode(r).hints == by_tool, boost::test_tools::per_element());
    BOOST_TEST(encode(r, with_schemas()).hints == native, boost::test_tools::per_element());
    r.response_format = format(format::kind::json_object);
    r.response_format->schema = llmx::raw_json("{}");
    BOOST_TEST(encode(r).hints == std::vector<std::string>{"response_format.schema"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(built_in_tools_of_others_become_the_ones_of_this_api) {
    auto r = hello();
    for (const auto kind : {llmx::builtin_kind::web_search, llmx::builtin_kind::web_fetch, llmx::builtin_kind::code_execution,
                            llmx::builtin_kind::web_search, llmx::builtin_kind::other}) {
        llmx::tool& t = r.tools.emplace_back();
        t.builtin = llmx::opaque_part("openai_chat", "{}");
        t.kind = kind;
    }
    r.tools[1].cache = llmx::cache_control();
    const auto e = encode(r);
    check_json(member(e, "tools"), R"([{"type":"web_search_20250305","name":"web_search"},{"type":"web_fetch_20250910","name":"web_fetch"},
        {"type":"code_execution_20250825","name":"code_execution"}])");
    const std::vector<std::string> hints = {"tools[0]", "tools[1].cache", "tools[1]", "tools[2]", "tools[3]"};
    BOOST_TEST(e.hints == hints, boost::test_tools::per_element());
    BOOST_TEST(e.lost == std::vector<std::string>{"tools[4]"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parts_of_content_without_a_form_are_reported) {
    using llmx::media;
    auto r = hello();
    message& m = r.messages[0];
    llmx::text_part blank(" ");
    blank.cache = llmx::cache_control();
    llmx::image_part image(media::from_url("https://e.org/i.png"));
    image.source.media_type = "image/png";
    llmx::file_part file(media::from_file_id("f"));
    file.source.url = "https://e.org/f.pdf";
    m.add(blank).add(image).add(file).add(llmx::file_part(media::from_base64("text/csv", "YQ==")));
    llmx::tool_result_part result("c", "r");
    result.name = "f";
    std::get<llmx::text_part>(result.content[0]).signature = "s";
    r.messages.push_back(message(role::tool).add(result));
    r.messages.insert(r.messages.begin(), message::system("s"));
    std::get<llmx::text_part>(r.messages[0].content[0]).signature = "s";
    auto e = encode(r);
    const std::vector<std::string> hints = {"messages[0].content[0].signature",        "messages[1].content[1]",
                                            "messages[1].content[2].source.media_type", "messages[1].content[3].source.url",
                                            "messages[1].content[4].source.media_type", "messages[2].content[0].name",
                                            "messages[2].content[0].content[0].signature"};
    BOOST_TEST(e.hints == hints, boost::test_tools::per_element());
    BOOST_TEST(e.lost.empty());
    // The call has the name.
    message call(role::assistant);
    call.add(llmx::tool_call_part("c", "f", "{}"));
    r.messages.insert(r.messages.begin() + 2, call);
    e = encode(r);
    BOOST_TEST(e.hints.size() == hints.size() - 1);
}

// Members that only this language has, of messages that are no turns.
BOOST_AUTO_TEST_CASE(members_of_messages_that_are_not_written_are_reported) {
    auto r = hello();
    r.messages[0].extra.add(dialect::name, "a", "1");
    r.messages.push_back(message::assistant(""));
    r.messages[1].extra.add(dialect::name, "b", "2");
    r.messages.push_back(message::system("s"));
    r.messages[2].extra.add(dialect::name, "c", "3");
    const auto e = encode(r);
    check_json(member(e, "messages"), R"([{"role":"user","content":[{"type":"text","text":"hi"}],"a":1}])");
    const std::vector<std::string> lost = {"messages[1].b", "messages[2].c"};
    BOOST_TEST(e.lost == lost, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_means_nothing_is_not_reported) {
    auto r = hello();
    r.n = 1;
    r.logprobs = false;
    r.presence_penalty = 0;
    r.logit_bias = llmx::raw_json("{}");
    r.modalities = {"text"};
    r.include_usage = true;
    r.parallel_tool_calls = true;
    const auto e = encode(r);
    BOOST_TEST(e.lost.empty());
    BOOST_TEST(e.hints.empty());
}

BOOST_AUTO_TEST_CASE(the_rest_is_said) {
    auto r = hello();
    r.temperature = 0.25;
    r.top_p = 0.5;
    r.top_k = 4;
    r.stop = {"END"};
    r.user = "u-7";
    r.service_tier = llmx::service_tier::automatic;
    r.cache = llmx::cache_control("5m");
    r.stream = true;
    r.extra.add("anthropic_messages", "container", "\"c\"");
    const auto e = encode(r);
    check_json(e.body, R"({"model":"claude","max_tokens":100,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],
        "temperature":0.25,"top_k":4,"stop_sequences":["END"],"metadata":{"user_id":"u-7"},"service_tier":"auto",
        "cache_control":{"type":"ephemeral","ttl":"5m"},"stream":true,"container":"c"})");
    r.service_tier = llmx::service_tier::standard;
    BOOST_TEST(member(encode(r), "service_tier") == "\"standard_only\"");
    r.extra.add("anthropic_messages", "service_tier", "\"gold\"");
    const std::string own = encode(r).body;
    BOOST_TEST(own.find("service_tier") == own.rfind("service_tier"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_encode_unit
