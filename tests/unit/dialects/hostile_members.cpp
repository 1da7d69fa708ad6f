// SPDX-License-Identifier: BSL-1.0
// Members of requests that are made to cost much: chains of references, ids with one beginning, long lists of names.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/strict_schema.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace hostile_members_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(dialects_hostile_members)

BOOST_AUTO_TEST_CASE(a_long_chain_of_references_ends_the_native_schema_and_not_the_program) {
    std::string schema = R"({"type":"object","properties":{"x":{"$ref":"#/$defs/a0"}},"$defs":{)";
    for (int i = 0; i < 9000; ++i) schema += "\"a" + std::to_string(i) + R"(":{"$ref":"#/$defs/a)" + std::to_string(i + 1) + "\"},";
    schema += R"("a9000":{"type":"string"}}})";
    chat_request request;
    request.model = "m";
    request.messages.push_back(message::user("hi"));
    request.response_format = response_format::json_schema("r", schema);
    encode_options options;
    options.traits.native_json_schema = true;
    std::string out;
    drop_report drops;
    BOOST_TEST(anthropic_messages::encode_request(request, options, out, drops).has_value());
    // What cannot be enforced natively is carried by a forced tool.
    BOOST_TEST(out.find("output_config") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(ids_with_one_beginning_are_distinct_however_many_there_are) {
    static constexpr detail::call_id_rule rule(40, true, "_-", "call_");
    detail::call_ids ids{rule};
    std::set<std::string> seen;
    // Each twice: the second call of an id has another one.
    for (int turn = 0; turn < 2; ++turn)
        for (int i = 0; i < 20000; ++i) {
            std::string id = std::to_string(i);
            id.insert(0, 40 - id.size(), 'a');
            seen.insert(ids.of_call(tool_call_part(id, "f", "{}")));
        }
    BOOST_TEST(seen.size() == 40000u);
}

BOOST_AUTO_TEST_CASE(a_strict_schema_with_many_names_is_looked_at_once) {
    std::string schema = R"({"type":"object","properties":{)", required;
    for (int i = 0; i < 10000; ++i) schema += "\"p" + std::to_string(i) + R"(":{"type":"string"},)";
    schema.back() = '}';
    for (int i = 0; i < 300000; ++i) required += "\"x\",";
    for (int i = 0; i < 10000; ++i) required += "\"p" + std::to_string(i) + "\",";
    required.pop_back();
    schema += R"(,"required":[)" + required + "]}";
    // The limit of members of one object is that of all JSON that is read.
    const bool closed = detail::close_strict_schema(schema);
    BOOST_TEST(closed == (schema.find("additionalProperties") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(metadata_is_measured_in_characters) {
    std::string han;
    for (int i = 0; i < 500; ++i) han += "\xe6\xbc\xa2";
    BOOST_TEST(detail::fits_metadata(R"({"title":")" + han + "\"}"));
    std::string escaped;
    for (int i = 0; i < 500; ++i) escaped += "\\u6f22";
    BOOST_TEST(detail::fits_metadata(R"({"title":")" + escaped + "\"}"));
    for (int i = 0; i < 13; ++i) han += "\xe6\xbc\xa2";
    BOOST_TEST(!detail::fits_metadata(R"({"title":")" + han + "\"}"));
}

BOOST_AUTO_TEST_CASE(a_limit_of_rate_about_tokens_is_no_overflow) {
    openai_chat::stream_decoder decoder;
    event_batch events;
    const result<void> taken =
        decoder.feed("data: {\"error\":{\"code\":\"429\",\"message\":\"Too many tokens, please wait before trying again.\"}}\n\n", events);
    BOOST_REQUIRE(taken.has_error());
    BOOST_TEST((taken.error().value() == errc::rate_limited));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace hostile_members_unit
