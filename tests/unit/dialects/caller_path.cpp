// SPDX-License-Identifier: BSL-1.0
// Paths of the vocabulary in each caller's words: the element named is the one in the body.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace {

struct row {
    std::string_view ours, theirs;
};

template <class Dialect, std::size_t N> void check(std::string_view body, const row (&rows)[N]) {
    llmx::request_target target;
    target.model = "m";
    const auto request = Dialect::decode_request(body, target);
    BOOST_REQUIRE_MESSAGE(request.has_value(), body);
    for (const row& r : rows) {
        const std::string said = Dialect::caller_path(r.ours, *request);
        BOOST_CHECK_MESSAGE(said == r.theirs, r.ours << " became " << said << ", not " << r.theirs);
    }
}

constexpr std::string_view anthropic_rest =
    R"("messages":[{"role":"user","content":"hi"},
      {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"thinking","thinking":"","signature":"call-signature:g"},
        {"type":"tool_use","id":"t","name":"f","input":{}},{"type":"text","text":"x"}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"}]}]}],
      "tools":[{"name":"f","input_schema":{}}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_caller_path)

BOOST_AUTO_TEST_CASE(anthropic) {
    using dialect = llmx::anthropic_messages;
    const std::string rest(anthropic_rest);
    check<dialect>(R"({"max_tokens":9,"system":"s","thinking":{"type":"enabled","budget_tokens":2000},)" + rest,
                   {{"messages[0].content[0]", "system"},
                    {"messages[0].content[0].cache_control", "system[0].cache_control"},
                    {"messages[1]", "messages[0]"},
                    {"messages[1].content[0]", "messages[0].content[0]"},
                    {"messages[2].content[0]", "messages[1].content[0]"},
                    {"messages[2].content[1].arguments", "messages[1].content[2].input"},
                    {"messages[2].content[2]", "messages[1].content[3]"},
                    {"messages[3].content[0].content[0]", "messages[2].content[0].content[0]"},
                    {"messages[9].content[0]", "messages[9].content[0]"},
                    {"tools[0]", "tools[0]"},
                    {"tools[0].parameters", "tools[0].input_schema"},
                    {"parallel_tool_calls", "tool_choice.disable_parallel_tool_use"},
                    {"stop[1]", "stop_sequences[1]"},
                    {"user", "metadata.user_id"},
                    {"reasoning", "thinking"},
                    {"reasoning.include_thoughts", "thinking.display"},
                    {"response_format.json_schema.schema", "output_config.format.schema"},
                    {"top_k", "top_k"},
                    {"container", "container"}});
    check<dialect>(R"({"max_tokens":9,"system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"output_config":{"effort":"low"},)" + rest,
                   {{"messages[0].content[1]", "system[1]"},
                    {"messages[0]", "system"},
                    {"messages[2].content[2]", "messages[1].content[3]"},
                    {"reasoning", "output_config.effort"}});
    check<dialect>(R"({"max_tokens":9,)" + rest,
                   {{"messages[0].content[0]", "messages[0].content[0]"}, {"messages[1].content[0]", "messages[1].content[0]"}});
}

BOOST_AUTO_TEST_CASE(openai) {
    check<llmx::openai_chat>(
        R"({"model":"m","reasoning_effort":"low","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
          {"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"}],
           "tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"u","type":"custom","custom":{"name":"g","input":"x"}}]},
          {"role":"tool","tool_call_id":"t","content":[{"type":"text","text":"1"},{"type":"text","text":"2"}]},
          {"role":"assistant","content":"y","reasoning_content":"hm"}]})",
        {{"messages[0].content[0]", "messages[0].content[0]"},
         {"messages[1].content[1]", "messages[1].content[1]"},
         {"messages[2].content[1]", "messages[2].thinking_blocks[1]"},
         {"messages[2].content[2]", "messages[2].content[0]"},
         {"messages[2].content[3].arguments", "messages[2].tool_calls[0].function.arguments"},
         {"messages[2].content[4]", "messages[2].tool_calls[1]"},
         {"messages[3].content[0]", "messages[3]"},
         {"messages[3].content[0].content[1]", "messages[3].content[1]"},
         {"messages[4].content[0]", "messages[4].reasoning_content"},
         {"messages[4].content[1]", "messages[4].content[0]"},
         {"tools[1].parameters", "tools[1].function.parameters"},
         {"reasoning", "reasoning_effort"},
         {"top_k", "top_k"},
         {"seed", "seed"}});
    check<llmx::openai_chat>(R"({"model":"m","thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"x"}]})",
                             {{"reasoning", "thinking"}});
}

BOOST_AUTO_TEST_SUITE_END()
