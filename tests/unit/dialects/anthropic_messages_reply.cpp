// SPDX-License-Identifier: BSL-1.0
#include "anthropic_messages_support.hpp"

#include <support/golden.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

namespace anthropic_messages_reply_unit {

using namespace anthropic_test;
using llmx::chat_reply;
using llmx::finish_reason;

namespace {
chat_reply decode_reply(std::string_view body) {
    auto r = dialect::decode_reply(body);
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    return *r;
}
std::string encode_reply(const chat_reply& r) {
    std::string out;
    llmx::reply_options options;
    options.id = "msg_made";
    options.model = "asked";
    dialect::encode_reply(r, options, out);
    return out;
}
chat_reply saying(llmx::content_part p, finish_reason f = finish_reason::stop) {
    chat_reply r;
    r.id = "msg_1";
    r.model = "claude";
    r.choices.emplace_back().finish = f;
    r.choices[0].answer.content.push_back(std::move(p));
    return r;
}
} // namespace

BOOST_AUTO_TEST_SUITE(dialects_anthropic_messages_reply)

BOOST_AUTO_TEST_CASE(whole_message) {
    const auto r = decode_reply(llmx_test::golden("anthropic/reply.json"));
    BOOST_TEST(r.id == "msg_1");
    BOOST_TEST(r.model == "claude-x");
    BOOST_TEST((r.service_tier == llmx::service_tier::standard));
    BOOST_TEST(r.usage.input_tokens == 18);
    BOOST_TEST(r.usage.output_tokens == 7);
    BOOST_TEST(r.usage.cached_tokens == 5);
    BOOST_TEST(r.usage.cache_write_tokens == 3);
    BOOST_TEST(r.usage.reasoning_tokens == 2);
    BOOST_REQUIRE_EQUAL(r.choices.size(), 1u);
    BOOST_TEST((r.choices[0].finish == finish_reason::tool_calls));
    const auto& c = r.choices[0].answer.content;
    BOOST_REQUIRE_EQUAL(c.size(), 5u);
    BOOST_TEST(std::get<llmx::text_part>(c[2]).citations.at(0).url == "https://e.org");
    BOOST_TEST(std::get<llmx::tool_call_part>(c[3]).arguments == R"({"x":1.5})");
    BOOST_TEST(std::get<llmx::tool_call_part>(c[3]).extra.empty());
    BOOST_TEST(std::get<llmx::opaque_part>(c[4]).origin == "anthropic_messages");
    BOOST_TEST(r.extra.find("container") != nullptr);
    check_json(r.extra.find("usage")->text, R"({"server_tool_use":{"web_search_requests":1}})");
    // And back: every member that the API has is there.
    check_json(encode_reply(r), llmx_test::golden("anthropic/reply-encoded.json"));
}

struct reason_row {
    const char* wire;
    finish_reason ours;
    bool both_ways;
};
std::ostream& operator<<(std::ostream& os, const reason_row& r) { return os << r.wire; }
BOOST_DATA_TEST_CASE(stop_reasons,
                     boost::unit_test::data::make(std::vector<reason_row>{
                         {"end_turn", finish_reason::stop, true},
                         {"stop_sequence", finish_reason::stop_sequence, true},
                         {"max_tokens", finish_reason::length, true},
                         {"tool_use", finish_reason::tool_calls, true},
                         {"refusal", finish_reason::content_filter, true},
                         {"pause_turn", finish_reason::pause, true},
                         {"model_context_window_exceeded", finish_reason::length, false},
                         {"something_new", finish_reason::stop, false}}),
                     row) {
    const auto r = decode_reply(std::string(R"({"content":[],"stop_reason":")") + row.wire + "\"}");
    BOOST_TEST((r.choices[0].finish == row.ours));
    if (row.both_ways) BOOST_TEST(json(encode_reply(r)).at("stop_reason").as_string() == row.wire);
}

BOOST_AUTO_TEST_CASE(stop_reasons_of_others) {
    auto r = saying(llmx::tool_call_part("a", "f", "{}"), finish_reason::stop);
    BOOST_TEST(json(encode_reply(r)).at("stop_reason").as_string() == "tool_use");
    r = saying(llmx::refusal_part("no"));
    BOOST_TEST(json(encode_reply(r)).at("stop_reason").as_string() == "refusal");
    r = saying(llmx::text_part("x"), finish_reason::none);
    BOOST_TEST(json(encode_reply(r)).at("stop_reason").as_string() == "end_turn");
    r = saying(llmx::text_part("x"), finish_reason::failed); // never a clean stop
    BOOST_TEST(json(encode_reply(r)).at("stop_reason").is_null());
    BOOST_TEST((decode_reply(R"({"content":[],"stop_reason":null})").choices[0].finish == finish_reason::none));
}

BOOST_AUTO_TEST_CASE(what_the_upstream_did_not_name) {
    const auto v = json(encode_reply(chat_reply()));
    BOOST_TEST(v.at("id").as_string() == "msg_made");
    BOOST_TEST(v.at("model").as_string() == "asked");
    BOOST_TEST(v.at("content").as_array().empty());
    BOOST_TEST(v.at("usage").at("input_tokens").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(arguments_are_always_an_object) {
    const auto input = [](const char* arguments) {
        return boost::json::serialize(
            json(encode_reply(saying(llmx::tool_call_part("", "f", arguments)))).at("content").at(0).at("input"));
    };
    BOOST_TEST(input("") == "{}");
    BOOST_TEST(input("{\"a\": 1}") == R"({"a":1})");
    BOOST_TEST(input("{\"a\": ") == R"({"invalid_arguments":"{\"a\": "})");
    BOOST_TEST(input("[1]") == R"({"invalid_arguments":"[1]"})");
    BOOST_TEST(json(encode_reply(saying(llmx::tool_call_part("", "f", "{}")))).at("content").at(0).at("id").as_string() ==
               "toolu_1");
}

BOOST_AUTO_TEST_CASE(foreign_citations) {
    llmx::text_part t("x");
    llmx::citation web;
    web.url = "https://e.org";
    web.title = "E";
    web.original.add("openai_chat", "type", "\"url_citation\"");
    t.citations = {llmx::citation(), web};
    check_json(boost::json::serialize(json(encode_reply(saying(t))).at("content").at(0).at("citations")),
               R"([{"type":"web_search_result_location","url":"https://e.org","title":"E","cited_text":"","encrypted_index":""}])");
    // What a façade made up goes no further: the API would refuse it.
    auto r = hello();
    const auto back = decode_reply(encode_reply(saying(t)));
    r.messages.push_back(back.choices[0].answer);
    r.messages.push_back(llmx::message::user("more"));
    const auto e = encode(r);
    BOOST_TEST((e.hints == std::vector<std::string>{"messages[1].content[0].citations"}));
    BOOST_TEST(e.body.find("web_search_result_location") == std::string::npos);
}

// Gemini signs calls; the proof travels in a thinking block and comes back with the call.
BOOST_AUTO_TEST_CASE(signatures_of_calls) {
    llmx::tool_call_part call("a", "f", "{}");
    call.signature = "gem/ini+==";
    for (const bool thought : {false, true}) {
        auto r = saying(call, finish_reason::tool_calls);
        if (thought) r.choices[0].answer.content.insert(r.choices[0].answer.content.begin(), llmx::thinking_part("hm"));
        const auto wire = encode_reply(r);
        check_json(boost::json::serialize(json(wire).at("content").at(0)),
                   std::string(R"({"type":"thinking","thinking":")") + (thought ? "hm" : "") +
                       R"(","signature":"call-signature:gem/ini+=="})");
        BOOST_TEST((decode_reply(wire).choices[0].answer == r.choices[0].answer));
        // A client returns the content as it got it.
        const auto asked = decode(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":)" +
                                  boost::json::serialize(json(wire).at("content")) + "}]}");
        BOOST_TEST((asked.messages[1].content == r.choices[0].answer.content));
        const auto e = encode(asked);
        BOOST_TEST(e.body.find("gem/ini") == std::string::npos); // the API would not know it
        BOOST_TEST(e.lost.empty());
    }
}

BOOST_AUTO_TEST_CASE(json_tool_becomes_text) {
    const auto r = decode_reply(R"({"content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"Here:"},
        {"type":"tool_use","id":"a","name":"json_tool_call","input":{"b":[1,true]}}],"stop_reason":"tool_use"})");
    BOOST_TEST((r.choices[0].finish == finish_reason::stop));
    BOOST_TEST(r.text() == R"({"b":[1,true]})");
    BOOST_TEST(r.choices[0].answer.content.size() == 2u);
    // Beside another call it is no call either, and a second answer is none.
    const auto two = decode_reply(R"({"content":[{"type":"text","text":"Sure."},{"type":"tool_use","id":"a","name":"json_tool_call","input":{"b":1}},
        {"type":"tool_use","id":"b","name":"f","input":{}},{"type":"tool_use","id":"c","name":"json_tool_call","input":{"b":2}}],"stop_reason":"tool_use"})");
    BOOST_REQUIRE(two.choices[0].answer.content.size() == 2u);
    BOOST_TEST(two.text() == R"({"b":1})");
    BOOST_TEST(std::get<llmx::tool_call_part>(two.choices[0].answer.content[1]).name == "f");
    BOOST_TEST((two.choices[0].finish == finish_reason::tool_calls));
    const auto cut = decode_reply(R"({"content":[{"type":"tool_use","id":"a","name":"json_tool_call","input":{}}],"stop_reason":"max_tokens"})");
    BOOST_TEST((cut.choices[0].finish == finish_reason::length));
}

BOOST_AUTO_TEST_CASE(lenient_but_not_blind) {
    const auto r = decode_reply(R"({"id":7,"content":["x",{"type":"text","text":5},{"type":"tool_use"}],"usage":{"input_tokens":"9","output_tokens":-1}})");
    BOOST_TEST(r.id.empty());
    BOOST_TEST(r.choices[0].answer.content.size() == 2u);
    BOOST_TEST(r.usage.empty());
    for (const char* bad : {"", "<html>", "[]", "{}", R"({"content":"x"})"}) {
        const auto failed = dialect::decode_reply(bad);
        BOOST_REQUIRE(failed.has_error());
        BOOST_TEST((failed.error().value() == llmx::errc::bad_response));
    }
    const auto overloaded = dialect::decode_reply(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
    BOOST_TEST((overloaded.error().value() == llmx::errc::overloaded));
}

BOOST_AUTO_TEST_CASE(usage_by_scan) {
    const auto u = dialect::scan_usage(R"({"content":[{"usage":{"input_tokens":9}}],"usage":{"input_tokens":1,"cache_read_input_tokens":2,
        "cache_creation_input_tokens":4,"output_tokens":8,"output_tokens_details":{"thinking_tokens":3}},"x":1})");
    BOOST_TEST(u.input_tokens == 7);
    BOOST_TEST(u.output_tokens == 8);
    BOOST_TEST(u.cached_tokens == 2);
    BOOST_TEST(u.cache_write_tokens == 4);
    BOOST_TEST(u.reasoning_tokens == 3);
    BOOST_TEST(dialect::scan_usage("{").empty());
    BOOST_TEST(dialect::scan_usage(R"({"usage":null})").empty());
}

struct status_row {
    llmx::errc code;
    int provider_status;
    const char* type;
};
std::ostream& operator<<(std::ostream& os, const status_row& r) { return os << r.type << ' ' << r.provider_status; }
BOOST_DATA_TEST_CASE(error_types,
                     boost::unit_test::data::make(std::vector<status_row>{
                         {llmx::errc::invalid_request, 0, "invalid_request_error"},
                         {llmx::errc::unsupported_parameter, 0, "invalid_request_error"},
                         {llmx::errc::authentication, 0, "authentication_error"},
                         {llmx::errc::quota_exceeded, 402, "billing_error"},
                         {llmx::errc::permission_denied, 0, "permission_error"},
                         {llmx::errc::not_found, 0, "not_found_error"},
                         {llmx::errc::method_not_allowed, 0, "invalid_request_error"},
                         {llmx::errc::payload_too_large, 0, "request_too_large"},
                         {llmx::errc::unprocessable, 0, "invalid_request_error"},
                         {llmx::errc::rate_limited, 0, "rate_limit_error"},
                         {llmx::errc::quota_exceeded, 0, "rate_limit_error"},
                         {llmx::errc::internal, 0, "api_error"},
                         {llmx::errc::bad_response, 0, "api_error"},
                         {llmx::errc::overloaded, 529, "overloaded_error"},
                         {llmx::errc::overloaded, 0, "overloaded_error"},
                         {llmx::errc::no_deployment, 0, "overloaded_error"},
                         {llmx::errc::deadline_exceeded, 0, "timeout_error"}}),
                     row) {
    llmx::error e(row.code, "ours");
    if (row.provider_status != 0) e.with_provider_status(row.provider_status);
    std::string out;
    dialect::encode_error(e, out);
    check_json(out, std::string(R"({"type":"error","error":{"type":")") + row.type +
                        R"(","message":"ours"},"request_id":null})");
    const auto back = dialect::decode_error(out);
    BOOST_TEST(back.type == row.type);
    BOOST_TEST(back.message == "ours");
}

BOOST_AUTO_TEST_CASE(a_prompt_that_is_too_long_is_named_as_agents_expect_it) {
    const auto text = [](llmx::error e) {
        std::string out;
        dialect::encode_error(e, out);
        return dialect::decode_error(out).message;
    };
    const llmx::error plain(llmx::errc::context_window_exceeded, "ours");
    BOOST_TEST(text(plain) == "prompt is too long: ours");
    llmx::error foreign(plain);
    foreign.with_provider_message("This model's maximum context length is 8 tokens.");
    BOOST_TEST(text(foreign) == "prompt is too long: This model's maximum context length is 8 tokens.");
    llmx::error own(plain);
    own.with_provider_message("prompt is too long: 9 tokens > 8 maximum");
    BOOST_TEST(text(own) == "prompt is too long: 9 tokens > 8 maximum");
}

BOOST_AUTO_TEST_CASE(error_bodies) {
    llmx::error e(llmx::errc::rate_limited, "ours");
    e.with_provider_message("theirs \"quoted\"").with_request_id("req_1");
    std::string out;
    dialect::encode_error(e, out);
    check_json(out, R"({"type":"error","error":{"type":"rate_limit_error","message":"theirs \"quoted\""},"request_id":"req_1"})");
    auto b = dialect::decode_error(R"({"error":{"message":"m","type":"t","code":"c","param":"p"}})");
    BOOST_TEST(b.message == "m");
    BOOST_TEST(b.type == "t");
    BOOST_TEST(b.code == "c");
    BOOST_TEST(b.param == "p");
    b = dialect::decode_error(R"({"type":"error","error":{"type":"invalid_request_error","message":"m","details":{"error_code":"x"}}})");
    BOOST_TEST(b.code == "x");
    BOOST_TEST(dialect::decode_error(R"({"message":"Forbidden"})").message == "Forbidden");
    BOOST_TEST(dialect::decode_error(R"({"error":"nope"})").message == "nope");
    BOOST_TEST(dialect::decode_error("<html>").message.empty());
}

BOOST_AUTO_TEST_CASE(members_that_the_vocabulary_does_not_have_come_back) {
    const auto r = dialect::decode_reply(
        R"({"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2,"service_tier":"gold"}})");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(!r->service_tier.has_value());
    llmx::chat_reply reply = *r;
    reply.choices[0].extra.add(dialect::name, "later", "1");
    std::string body;
    dialect::encode_reply(reply, llmx::reply_options(), body);
    const auto tree = json(body);
    BOOST_TEST(tree.at("usage").at("service_tier").as_string() == "gold");
    BOOST_TEST(tree.at("later").as_int64() == 1);
    BOOST_TEST(body.find("service_tier") == body.rfind("service_tier"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace anthropic_messages_reply_unit
