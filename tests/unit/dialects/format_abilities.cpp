// SPDX-License-Identifier: BSL-1.0
// How an answer in JSON is asked for, by what the model can do: its own schemas, a forced tool, or neither.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace format_abilities_unit {

using namespace llmx;

namespace {

using kind = response_format::kind;

/// "schema", "tool" or the member that is lost.
template <class D> std::string asked(kind form, std::string_view schema, bool native, bool tools) {
    chat_request q("m", "hi");
    q.max_output_tokens = 100;
    response_format& f = q.response_format.emplace();
    f.form = form;
    f.name = "answer";
    f.schema.text = std::string(schema);
    encode_options options;
    options.model = "m";
    options.traits.native_json_schema = native;
    options.traits.tools = tools;
    std::string body;
    encoded_request out(body);
    drop_report drops;
    const result<void> done = codec_of<D>.encode_request(any_message::borrow(q), options, out, drops);
    BOOST_REQUIRE(done.has_value());
    const bool forced = body.find("json_answer") != std::string::npos || body.find("tool_choice") != std::string::npos ||
                        body.find("toolChoice") != std::string::npos;
    BOOST_TEST(forced == drops.answered_by_tool());
    // The reply is decoded as what was asked for.
    BOOST_TEST(forced == (out.how != nullptr));
    std::string way;
    if (forced) way = "tool";
    else if (body.find("output") != std::string::npos && body.find("schema") != std::string::npos) way = "schema";
    if (const request_place* const lost = drops.first_lost()) way += (way.empty() ? "" : " and ") + ("lost " + lost->text());
    return way;
}

template <class D> void check_abilities() {
    constexpr std::string_view plain = R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})";
    // Refers to itself, which native schemas do not take.
    constexpr std::string_view recursive =
        R"({"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"],"additionalProperties":false})";
    struct {
        kind form;
        std::string_view schema;
        bool native, tools;
        std::string_view way;
    } const rows[] = {
        {kind::json_schema, plain, true, true, "schema"},
        {kind::json_schema, plain, true, false, "schema"},
        {kind::json_schema, plain, false, true, "tool"},
        {kind::json_schema, plain, false, false, "lost response_format"},
        {kind::json_schema, recursive, true, true, "tool"},
        {kind::json_schema, recursive, true, false, "lost response_format"},
        {kind::json_object, "", true, true, "tool"},
        {kind::json_object, "", true, false, "lost response_format"},
        {kind::json_object, "", false, true, "tool"},
        {kind::json_object, "", false, false, "lost response_format"},
        {kind::text, "", false, false, ""},
    };
    for (const auto& r : rows)
        BOOST_TEST_CONTEXT(D::name << " form " << static_cast<int>(r.form) << (r.native ? " native" : "") << (r.tools ? " tools" : ""))
        BOOST_TEST(asked<D>(r.form, r.schema, r.native, r.tools) == r.way);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_format_abilities)

BOOST_AUTO_TEST_CASE(no_tool_is_forced_on_a_model_without_tools) {
    check_abilities<anthropic_messages>();
    check_abilities<bedrock_converse>();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace format_abilities_unit
