// SPDX-License-Identifier: BSL-1.0
// What a gateway that keeps responses writes and reads: requests with a conversation before them, records, lists of items, responses and
// events with other ids. The forms are those of OpenAI's OpenAPI description (Response, ItemResource, ResponseStreamEvent).
#include <llmx/dialects/openai/detail/responses_stored.hpp>
#include <llmx/dialects/openai/responses.hpp>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace openai_responses_stored_unit {

namespace {

using namespace llmx;
using namespace llmx::detail;

boost::json::value json(std::string_view text) { return boost::json::parse(text); }

responses_change after(std::string_view history, std::string_view previous = std::string_view(), bool detached = false) {
    responses_change c;
    c.history = history;
    c.previous = previous;
    c.detached = detached;
    return c;
}

} // namespace

BOOST_AUTO_TEST_SUITE(openai_responses_stored)

BOOST_AUTO_TEST_CASE(what_a_request_demands) {
    const auto plain = responses_demands_of(R"({"model":"m","input":"hi"})");
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST((plain->store && !plain->background && !plain->stream && plain->previous.empty()));
    BOOST_TEST(plain->input == "\"hi\"");
    const auto all = responses_demands_of(R"({"store":false,"background":true,"stream":true,"previous_response_id":"resp_\u0031","input":[ 1 ]})");
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST((!all->store && all->background && all->stream));
    BOOST_TEST(all->previous == "resp_1");
    BOOST_TEST(all->input == "[ 1 ]");
    // OpenAI takes null for a member that is left out.
    const auto nulls = responses_demands_of(R"({"store":null,"background":null,"previous_response_id":null})");
    BOOST_REQUIRE(nulls.has_value());
    BOOST_TEST((nulls->store && !nulls->background && nulls->previous.empty()));
    for (const std::string_view wrong : {"", "[]", "{", R"({"input":"a)", "{}x"}) BOOST_TEST(responses_demands_of(wrong).has_error(), wrong);
}

BOOST_AUTO_TEST_CASE(a_request_gets_the_conversation_before_it) {
    struct row {
        std::string_view body;
        responses_change change;
        std::string_view made;
    };
    const row rows[] = {
        {R"({"model":"m","previous_response_id":"r","input":"hi"})", after(R"({"role":"user","content":"a"})"),
         R"({"model":"m","input":[{"role":"user","content":"a"},{"role":"user","content":"hi"}]})"},
        {R"({"input":[{"type":"function_call_output","call_id":"c","output":"1"}],"previous_response_id":"r","x":[ 1.50 ]})", after(R"({"a":1},{"b":2})"),
         R"({"input":[{"a":1},{"b":2},{"type":"function_call_output","call_id":"c","output":"1"}],"x":[ 1.50 ]})"},
        // Without an input of its own.
        {R"({"model":"m","previous_response_id":"r"})", after(R"({"a":1})"), R"({"model":"m","input":[{"a":1}]})"},
        // The vendor continues it, under its own id.
        {R"({"model":"m","previous_response_id":"r","input":"hi"})", after("", "up"), R"({"model":"m","input":"hi","previous_response_id":"up"})"},
        {R"({"background":true,"stream":false,"input":"hi","\u006dodel":"m"})", after("", "", true), R"({"input":"hi","model":"m","stream":true})"},
    };
    for (const row& r : rows) BOOST_TEST(responses_changed(r.body, r.change) == r.made);
}

BOOST_AUTO_TEST_CASE(items_of_a_response_are_input_of_the_next_one) {
    response_record r;
    r.input = "\"What is 6x7?\"";
    r.response = R"({"id":"resp_1","output":[{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"e"},)"
                 R"({"id":"fc_1","type":"function_call","status":"completed","call_id":"c1","name":"f","arguments":"{}"},)"
                 R"({"id":"ws_1","type":"web_search_call","status":"completed"},)"
                 R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"42","annotations":[]}]}]})";
    std::string history;
    append_response_history(r, history);
    BOOST_TEST(json("[" + history + "]") ==
               json(R"([{"role":"user","content":"What is 6x7?"},{"type":"reasoning","summary":[],"encrypted_content":"e"},)"
                    R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"id":"ws_1","type":"web_search_call","status":"completed"},)"
                    R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"42","annotations":[]}]}])"));
    // Only the vendor can read reasoning that is not encrypted.
    response_record theirs;
    theirs.deployment = "d";
    theirs.input = R"([{"role":"user","content":"x"}])";
    theirs.response = R"({"output":[{"id":"rs_1","type":"reasoning","summary":[]}]})";
    append_response_history(theirs, history);
    BOOST_TEST(history.ends_with(R"(,{"role":"user","content":"x"})"));
}

BOOST_AUTO_TEST_CASE(a_record_reads_back) {
    response_record r;
    r.model = "a \"model\"";
    r.deployment = "d";
    r.upstream = "up";
    r.previous = "resp_0";
    r.background = true;
    r.input = R"([{"role":"user"}])";
    r.response = R"({"id":"resp_1","output":[]})";
    const auto read = read_response_record(write_response_record(r));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->model == r.model);
    BOOST_TEST(read->deployment == "d");
    BOOST_TEST(read->upstream == "up");
    BOOST_TEST(read->previous == "resp_0");
    BOOST_TEST(read->background);
    BOOST_TEST(read->input == r.input);
    BOOST_TEST(read->response == r.response);
    for (const std::string_view wrong : {"", "{}", "[1]", R"({"response":null})", R"({"response":{})"})
        BOOST_TEST(read_response_record(wrong).has_error(), wrong);
}

BOOST_AUTO_TEST_CASE(items_are_listed_as_openai_lists_them) {
    std::vector<responses_listed_item> items;
    list_response_input("\"hi\"", "resp_ab", items);
    list_response_input(R"([{"role":"assistant","content":"yes"},{"type":"function_call_output","call_id":"c","output":"1"},)"
                        R"({"type":"message","id":"msg_9","role":"user","content":[{"type":"input_image","image_url":"https://x/y"}]}])",
                        "resp_ab", items);
    BOOST_REQUIRE(items.size() == 4u);
    BOOST_TEST(json(items[0].json) == json(R"({"id":"msg_in_ab_0","type":"message","role":"user","status":"completed",)"
                                           R"("content":[{"type":"input_text","text":"hi"}]})"));
    BOOST_TEST(json(items[1].json) == json(R"({"id":"msg_in_ab_1","type":"message","role":"assistant","status":"completed",)"
                                           R"("content":[{"type":"output_text","text":"yes","annotations":[]}]})"));
    BOOST_TEST(json(items[2].json) == json(R"({"id":"fc_in_ab_2","type":"function_call_output","call_id":"c","output":"1","status":"completed"})"));
    BOOST_TEST(items[3].id == "msg_9");
    BOOST_TEST(json(items[3].json).at("content").at(0).at("detail").as_string() == "auto");
    items.clear();
    list_response_input("", "resp_1", items);
    list_response_input("7", "resp_1", items);
    BOOST_TEST(items.empty());
}

BOOST_AUTO_TEST_CASE(members_of_a_response_are_replaced) {
    responses_override change;
    change.id = "resp_own";
    change.status = "cancelled";
    change.previous = "resp_0";
    change.background = true;
    std::string out;
    override_response(R"({"id":"resp_up","status":"queued","store":false,"output":[ 1 ],"previous_response_id":null})", change, out);
    BOOST_TEST(out == R"({"id":"resp_own","status":"cancelled","store":true,"output":[ 1 ],"previous_response_id":"resp_0","background":true})");
    out.clear();
    append_response_event("response.completed", "{\"type\":\"response.completed\",\"sequence_number\":1,\n\"response\":{\"id\":\"x\"}}", 7, change, out);
    BOOST_TEST(out.starts_with("event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":7,\"response\":{\"id\":\"resp_own\""));
    BOOST_TEST(out.ends_with("}}\n\n"));
}

BOOST_AUTO_TEST_CASE(a_response_begins_with_the_settings_of_its_request) {
    const auto begun = json(begun_response(R"({"model":"m","instructions":"Be brief.","metadata":{"a":"b"}})", "resp_1", "m", 17, "queued")).as_object();
    BOOST_TEST(begun.at("id").as_string() == "resp_1");
    BOOST_TEST(begun.at("status").as_string() == "queued");
    BOOST_TEST(begun.at("instructions").as_string() == "Be brief.");
    BOOST_TEST(begun.at("store").as_bool());
    BOOST_TEST(begun.at("output").as_array().empty());
    const auto failure = json(response_failure(error(errc::rate_limited, "slow down"))).as_object();
    BOOST_TEST(failure.at("code").as_string() == "rate_limit_exceeded");
    BOOST_TEST(std::string(failure.at("message").as_string()).find("slow down") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_kept_has_the_gateways_id) {
    reply_options o;
    o.kept_as = "resp_own";
    chat_reply reply;
    reply.id = "chatcmpl-1";
    reply.choices.emplace_back();
    std::string out;
    openai_responses::encode_reply(reply, o, out);
    BOOST_TEST(json(out).at("id").as_string() == "resp_own");
    BOOST_TEST(json(out).at("store").as_bool());
    std::string stream;
    openai_responses::stream_encoder encoder(o);
    chat_event start;
    start.what = chat_event::kind::start;
    start.id = "chatcmpl-1";
    encoder.encode(start, stream);
    encoder.finish(stream);
    BOOST_TEST(stream.find("chatcmpl") == std::string::npos);
    BOOST_TEST(stream.find(R"("id":"resp_own")") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_responses_stored_unit
