// SPDX-License-Identifier: BSL-1.0
// Places of the vocabulary as a caller of Anthropic's API wrote them: the element named is the one in the body.
#include <llmx/dialects/anthropic/messages.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace anthropic_messages_places_unit {

namespace {

constexpr std::string_view anthropic_rest =
    R"("messages":[{"role":"user","content":"hi"},
      {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"thinking","thinking":"","signature":"call-signature:g"},
        {"type":"tool_use","id":"t","name":"f","input":{}},{"type":"text","text":"x"}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"}]}]}],
      "tools":[{"name":"f","input_schema":{}}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_places)

BOOST_AUTO_TEST_CASE(anthropic) {
    using namespace llmx;
    using caller = std::function<std::string(const request_place&)>;
    const auto paths_of = [](const std::string& head) -> caller {
        request_target target;
        target.model = "m";
        const auto request = anthropic_messages::decode_request(head + std::string(anthropic_rest), target);
        BOOST_REQUIRE(request.has_value());
        return [r = *request](const request_place& at) { return anthropic_messages::caller_path(at, r); };
    };
    const request_place at;
    const auto thinking = at.of<&chat_request::reasoning>();
    const auto format = at.of<&chat_request::response_format>();

    caller path = paths_of(R"({"max_tokens":9,"system":"s","thinking":{"type":"enabled","budget_tokens":2000},)");
    BOOST_TEST(path(at.message(0)) == "system");
    BOOST_TEST(path(at.message(0).part(0)) == "system");
    BOOST_TEST(path(at.message(1)) == "messages[0]");
    BOOST_TEST(path(at.message(1).part(0)) == "messages[0].content"); // a string
    BOOST_TEST(path(at.message(2).part(0)) == "messages[1].content[0]");
    // A block that carried the signature stood before the call.
    BOOST_TEST(path(at.message(2).part(1).of<&tool_call_part::arguments>()) == "messages[1].content[2].input");
    BOOST_TEST(path(at.message(2).part(2).of<&text_part::cache>()) == "messages[1].content[3].cache_control");
    BOOST_TEST(path(at.message(3).part(0).item(0)) == "messages[2].content[0].content[0]");
    BOOST_TEST(path(at.message(9).part(0)) == "messages[9].content[0]");
    BOOST_TEST(path(at.message(2).part(1).other("x")) == "messages[1].content[2].x");
    BOOST_TEST(path(at.tool(0)) == "tools[0]");
    BOOST_TEST(path(at.tool(0).of<&tool::parameters>()) == "tools[0].input_schema");
    BOOST_TEST(path(at.of<&chat_request::parallel_tool_calls>()) == "tool_choice.disable_parallel_tool_use");
    BOOST_TEST(path(at.of<&chat_request::stop>().item(1)) == "stop_sequences[1]");
    BOOST_TEST(path(at.of<&chat_request::user>()) == "metadata.user_id");
    BOOST_TEST(path(thinking) == "thinking");
    BOOST_TEST(path(thinking.of<&reasoning_options::budget_tokens>()) == "thinking.budget_tokens");
    BOOST_TEST(path(thinking.of<&reasoning_options::include_thoughts>()) == "thinking.display");
    BOOST_TEST(path(format) == "output_config.format");
    BOOST_TEST(path(format.of<&response_format::schema>()) == "output_config.format.schema");
    BOOST_TEST(path(at.of<&chat_request::top_k>()) == "top_k");
    BOOST_TEST(path(at.other("container")) == "container");

    path = paths_of(R"({"max_tokens":9,"system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"output_config":{"effort":"low"},)");
    BOOST_TEST(path(at.message(0).part(1)) == "system[1]");
    BOOST_TEST(path(at.message(0).part(1).of<&text_part::cache>()) == "system[1].cache_control");
    BOOST_TEST(path(at.message(0)) == "system");
    BOOST_TEST(path(at.message(2).part(2)) == "messages[1].content[3]");
    BOOST_TEST(path(thinking) == "output_config.effort");
    BOOST_TEST(path(thinking.of<&reasoning_options::effort>()) == "output_config.effort");

    path = paths_of(R"({"max_tokens":9,)");
    BOOST_TEST(path(at.message(0).part(0)) == "messages[0].content");
    BOOST_TEST(path(at.message(1).part(0)) == "messages[1].content[0]");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_places_unit
