// SPDX-License-Identifier: BSL-1.0
// A place of a request in the words of the caller who wrote it.
#include "openai_chat_support.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace openai_chat_names_unit {

namespace {

using namespace llmx;

chat_request decoded(std::string_view body) {
    auto r = openai_chat_test::decode(body);
    BOOST_TEST_REQUIRE(r.has_value());
    return std::move(*r);
}

const request_place top;

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_chat_names)

BOOST_AUTO_TEST_CASE(parts_have_the_places_that_they_were_read_from) {
    const chat_request r = decoded(
        R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
          {"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"}],
           "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"u","type":"custom","custom":{"name":"g","input":"x"}}]},
          {"role":"tool","tool_call_id":"t","content":[{"type":"text","text":"1"},{"type":"text","text":"2"}]},
          {"role":"assistant","content":"y","reasoning_content":"hm"},
          {"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"z"}],"refusal":"no","audio":{"id":"a"},
           "images":[{"type":"image_url","image_url":{"url":"https://e.org/1.png"}},{"type":"image_url","image_url":{"url":"https://e.org/2.png"}}]},
          {"role":"assistant","reasoning":"hm","content":"q"}]})");
    const auto path = [&r](const request_place& p) { return openai_chat::caller_path(p, r); };
    BOOST_TEST(path(top.message(0)) == "messages[0]");
    BOOST_TEST(path(top.message(0).part(0)) == "messages[0].content[0]");
    BOOST_TEST(path(top.message(1).part(1)) == "messages[1].content[1]");
    BOOST_TEST(path(top.message(1).part(1).of<&text_part::cache>()) == "messages[1].content[1].cache_control");
    BOOST_TEST(path(top.message(2).part(1)) == "messages[2].thinking_blocks[1]");
    BOOST_TEST(path(top.message(2).part(2)) == "messages[2].content[0]");
    BOOST_TEST(path(top.message(2).part(2).of<&text_part::citations>()) == "messages[2].annotations");
    BOOST_TEST(path(top.message(2).part(2).of<&text_part::signature>()) == "messages[2].extra_content.google.thought_signature");
    BOOST_TEST(path(top.message(2).part(3).of<&tool_call_part::arguments>()) == "messages[2].tool_calls[0].function.arguments");
    BOOST_TEST(path(top.message(2).part(3).of<&tool_call_part::signature>()) ==
               "messages[2].tool_calls[0].extra_content.google.thought_signature");
    BOOST_TEST(path(top.message(2).part(4)) == "messages[2].tool_calls[1]");
    BOOST_TEST(path(top.message(3).part(0)) == "messages[3]");
    BOOST_TEST(path(top.message(3).part(0).of<&tool_result_part::call_id>()) == "messages[3].tool_call_id");
    BOOST_TEST(path(top.message(3).part(0).item(1)) == "messages[3].content[1]");
    BOOST_TEST(path(top.message(3).part(0).item(1).of<&text_part::cache>()) == "messages[3].content[1].cache_control");
    BOOST_TEST(path(top.message(4).part(0)) == "messages[4].reasoning_content");
    BOOST_TEST(path(top.message(4).part(1)) == "messages[4].content[0]");
    BOOST_TEST(path(top.message(5).part(0)) == "messages[5].content[0]");
    BOOST_TEST(path(top.message(5).part(1)) == "messages[5].content[1]");
    BOOST_TEST(path(top.message(5).part(2)) == "messages[5].refusal");
    BOOST_TEST(path(top.message(5).part(3)) == "messages[5].audio");
    BOOST_TEST(path(top.message(5).part(5).of<&image_part::detail>()) == "messages[5].images[1].image_url.detail");
    BOOST_TEST(path(top.message(5).part(5).of<&image_part::source>().of<&media::url>()) == "messages[5].images[1].image_url");
    BOOST_TEST(path(top.message(6).part(0)) == "messages[6].reasoning");
    // What a layer added.
    BOOST_TEST(path(top.message(9).part(1)) == "messages[9].content[1]");
}

BOOST_AUTO_TEST_CASE(tools_have_the_list_that_they_were_read_from) {
    const chat_request r = decoded(
        R"({"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"x","function_call":{"name":"g","arguments":"{}"}}],
            "tools":[{"type":"custom","custom":{"name":"c"}},{"type":"function","function":{"name":"f"}}],
            "functions":[{"name":"g","parameters":{}}],"web_search_options":{"search_context_size":"low"}})");
    const auto path = [&r](const request_place& p) { return openai_chat::caller_path(p, r); };
    BOOST_TEST_REQUIRE(r.tools.size() == 4u);
    BOOST_TEST(path(top.tool(0)) == "tools[0]");
    BOOST_TEST(path(top.tool(1).of<&tool::parameters>()) == "tools[1].function.parameters");
    BOOST_TEST(path(top.tool(1).of<&tool::cache>()) == "tools[1].cache_control");
    BOOST_TEST(path(top.tool(2)) == "functions[0]");
    BOOST_TEST(path(top.tool(2).of<&tool::parameters>()) == "functions[0].parameters");
    BOOST_TEST(path(top.tool(3)) == "web_search_options");
    BOOST_TEST(path(top.message(1).part(1)) == "messages[1].function_call");
    BOOST_TEST(path(top.message(1).part(1).of<&tool_call_part::arguments>()) == "messages[1].function_call.arguments");
    BOOST_TEST(path(top.tool(9).of<&tool::strict>()) == "tools[9].function.strict");
}

BOOST_AUTO_TEST_CASE(members_have_the_names_of_the_api) {
    chat_request r("m", "x");
    const auto path = [&r](const request_place& p) { return openai_chat::caller_path(p, r); };
    BOOST_TEST(path(top.of<&chat_request::top_k>()) == "top_k");
    BOOST_TEST(path(top.of<&chat_request::seed>()) == "seed");
    BOOST_TEST(path(top.of<&chat_request::stop>().item(1)) == "stop[1]");
    BOOST_TEST(path(top.of<&chat_request::max_output_tokens>()) == "max_tokens");
    BOOST_TEST(path(top.of<&chat_request::include_usage>()) == "stream_options.include_usage");
    BOOST_TEST(path(top.of<&chat_request::cache>()) == "cache_control");
    BOOST_TEST(path(top.of<&chat_request::response_format>().of<&response_format::schema>()) == "response_format.json_schema.schema");
    BOOST_TEST(path(top.of<&chat_request::tool_choice>().of<&tool_choice::name>()) == "tool_choice.function.name");
    BOOST_TEST(path(top.other("verbosity")) == "verbosity");
    BOOST_TEST(path(top.of<&chat_request::reasoning>()) == "thinking");
    r.reasoning.emplace(reasoning_effort::low);
    BOOST_TEST(path(top.of<&chat_request::reasoning>()) == "reasoning_effort");
    BOOST_TEST(path(top.of<&chat_request::reasoning>().of<&reasoning_options::budget_tokens>()) == "thinking.budget_tokens");
    BOOST_TEST(path(top.of<&chat_request::reasoning>().of<&reasoning_options::include_thoughts>()) == "reasoning.include_thoughts");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_chat_names_unit
