// SPDX-License-Identifier: BSL-1.0
#include "openai_responses_support.hpp"

#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace openai_responses_reply_unit {

namespace {

using namespace llmx;
using namespace openai_responses_test;
using kind = chat_event::kind;

reply_options answering(std::string_view request = std::string_view()) {
    reply_options o;
    o.id = "req-1";
    o.created = 1700000000;
    o.model = "m";
    o.request = request;
    return o;
}

/// An event as its type, its data and the response in it.
struct sent {
    std::string type;
    boost::json::object data;
};

std::vector<sent> events_of(std::string_view stream) {
    std::vector<sent> all;
    sse_parser parser;
    const auto done = parser.feed(stream, [&all](const sse_event& e) {
        sent& s = all.emplace_back();
        s.type = e.event;
        s.data = json(e.data).as_object();
    });
    BOOST_REQUIRE(done.has_value());
    return all;
}

/// Checks the grammar of a stream: the numbers, what is open when, that each delta belongs to an item that has begun, and that what
/// the pieces make is what the events of an end and the last response have. Returns the last response.
boost::json::object check_stream(std::string_view stream) {
    const std::vector<sent> all = events_of(stream);
    std::map<std::int64_t, std::string> open, texts;
    std::set<std::int64_t> ended;
    boost::json::array items;
    std::int64_t number = 0;
    boost::json::object last;
    BOOST_REQUIRE(all.size() >= 3);
    BOOST_TEST(all[0].type == "response.created");
    BOOST_TEST(all[1].type == "response.in_progress");
    for (const sent& e : all) {
        BOOST_TEST(e.data.at("type").as_string() == e.type);
        BOOST_TEST(e.data.at("sequence_number").as_int64() == number++);
        if (e.type == "response.output_item.added") {
            const std::int64_t at = e.data.at("output_index").as_int64();
            BOOST_TEST(at == static_cast<std::int64_t>(open.size()));
            open[at] = e.data.at("item").as_object().at("id").as_string();
        } else if (e.type == "response.output_item.done") {
            const std::int64_t at = e.data.at("output_index").as_int64();
            BOOST_TEST(ended.insert(at).second);
            BOOST_TEST(e.data.at("item").as_object().at("id").as_string() == open.at(at));
            if (items.size() <= static_cast<std::size_t>(at)) items.resize(static_cast<std::size_t>(at) + 1);
            items[static_cast<std::size_t>(at)] = e.data.at("item");
        } else if (e.data.contains("item_id")) {
            const std::int64_t at = e.data.at("output_index").as_int64();
            BOOST_TEST(e.data.at("item_id").as_string() == open.at(at));
            BOOST_TEST(!ended.contains(at));
            if (e.data.contains("delta")) texts[at] += e.data.at("delta").as_string();
            for (const std::string_view whole : {"text", "arguments", "input", "refusal"})
                if (const auto* const v = e.data.if_contains(whole)) BOOST_TEST(texts[at].ends_with(std::string_view(v->as_string())));
            if (e.type == "response.output_text.done") texts[at].clear();
        }
        if (const auto* const r = e.data.if_contains("response")) last = r->as_object();
    }
    BOOST_TEST(open.size() == ended.size());
    BOOST_TEST(text_of(last.at("output")) == text_of(items));
    return last;
}

chat_event made(kind k, std::uint32_t part, std::string_view text, std::string_view id = {}, std::string_view name = {}) {
    chat_event e;
    e.what = k;
    e.part = part;
    e.text = text;
    e.id = id;
    e.name = name;
    return e;
}

std::string streamed(const std::vector<chat_event>& events, finish_reason why = finish_reason::stop, std::string_view request = std::string_view()) {
    std::string out;
    const std::string kept(request);
    openai_responses::stream_encoder encoder(answering(kept));
    for (const chat_event& e : events) encoder.encode(e, out);
    chat_event end = made(kind::finish, 9, "");
    end.reason = why;
    encoder.encode(end, out);
    chat_event tokens = made(kind::usage, 0, "");
    tokens.tokens.input_tokens = 5;
    tokens.tokens.output_tokens = 3;
    encoder.encode(tokens, out);
    encoder.finish(out);
    return out;
}

/// The events that \p bytes decode to, as text; split after each byte when \p cut.
std::string decoded(std::string_view bytes, bool cut = false) {
    openai_responses::stream_decoder decoder;
    event_batch batch;
    std::string s;
    result<void> good = success();
    if (!cut) good = decoder.feed(bytes, batch);
    else
        for (std::size_t i = 0; i < bytes.size() && good; ++i) good = decoder.feed(bytes.substr(i, 1), batch);
    if (good) good = decoder.finish(batch);
    for (const chat_event& e : batch.events()) {
        s += std::to_string(static_cast<int>(e.what)) + "." + std::to_string(e.part) + " " + std::string(e.text);
        s.append("|").append(e.id).append("|").append(e.name);
        if (e.what == kind::finish) s += " r" + std::to_string(static_cast<int>(e.reason));
        if (e.what == kind::usage) s += " u" + std::to_string(e.tokens.input_tokens) + "/" + std::to_string(e.tokens.output_tokens);
        s += "\n";
    }
    if (!good) s += "failure " + good.error().message();
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_responses_reply)

BOOST_AUTO_TEST_CASE(a_reply_has_all_that_the_description_demands_and_repeats_its_request) {
    chat_reply r;
    r.id = "chatcmpl-1";
    r.choices.emplace_back().answer = message::assistant("hello");
    r.choices.front().finish = finish_reason::stop;
    r.usage.input_tokens = 4;
    r.usage.cached_tokens = 2;
    r.usage.output_tokens = 3;
    std::string out;
    openai_responses::encode_reply(r, answering(codex_request), out);
    const auto o = json(out).as_object();
    BOOST_TEST(o.at("id").as_string() == "resp_chatcmpl-1");
    BOOST_TEST(o.at("object").as_string() == "response");
    BOOST_TEST(o.at("status").as_string() == "completed");
    BOOST_TEST(o.at("created_at").as_int64() == 1700000000);
    BOOST_TEST(o.at("error").is_null());
    BOOST_TEST(!o.contains("user"));
    BOOST_TEST(o.at("incomplete_details").is_null());
    BOOST_TEST(o.at("instructions").as_string() == "You are Codex.");
    BOOST_TEST(o.at("parallel_tool_calls").as_bool() == false);
    BOOST_TEST(o.at("tools").as_array().size() == 4u);
    BOOST_TEST(text_of(o.at("reasoning")) == R"({"effort":"medium","summary":"auto"})");
    BOOST_TEST(o.at("output") == json(R"([{"id":"msg_chatcmpl-1_0","type":"message","status":"completed","role":"assistant",
        "content":[{"type":"output_text","text":"hello","annotations":[],"logprobs":[]}]}])"));
    BOOST_TEST(o.at("usage") ==
               json(R"({"input_tokens":4,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":3,
                   "output_tokens_details":{"reasoning_tokens":0},"total_tokens":7})"));
    out.clear();
    openai_responses::encode_reply(r, answering(R"({"model":"m","input":"a","tools":[{"type":"function","name":"f"}]})"), out);
    BOOST_TEST(text_of(json(out).at("tools")) == R"([{"type":"function","name":"f","description":null,"parameters":null,"strict":true}])");
    out.clear();
    openai_responses::encode_reply(r, answering(), out);
    for (const std::string_view name : {"instructions", "metadata", "model", "parallel_tool_calls", "temperature", "tool_choice", "tools", "top_p",
        "text"})
        BOOST_TEST(json(out).as_object().contains(name), name << " is missing");
}

BOOST_AUTO_TEST_CASE(reasons_are_statuses) {
    const std::pair<finish_reason, std::string_view> reasons[] = {{finish_reason::stop, "completed"}, {finish_reason::tool_calls, "completed"},
                                                                  {finish_reason::length, "incomplete max_output_tokens"},
                                                                  {finish_reason::content_filter, "incomplete content_filter"}};
    for (const auto& [reason, expected] : reasons) {
        chat_reply r;
        r.choices.emplace_back().answer = message::assistant("x");
        r.choices.front().finish = reason;
        std::string out;
        openai_responses::encode_reply(r, answering(), out);
        const auto o = json(out).as_object();
        std::string got(o.at("status").as_string());
        if (!o.at("incomplete_details").is_null()) got.append(" ").append(std::string(o.at("incomplete_details").at("reason").as_string()));
        BOOST_TEST(got == expected);
        const auto last = check_stream(streamed({made(kind::start, 0, "", "i", "m"), made(kind::text, 0, "x")}, reason));
        BOOST_TEST(last.at("status").as_string() == o.at("status").as_string());
    }
}

BOOST_AUTO_TEST_CASE(a_reply_reads_back_as_it_was_written) {
    chat_reply r;
    r.id = "resp_1";
    r.model = "m";
    r.created = 5;
    chat_choice& c = r.choices.emplace_back();
    thinking_part own("why", "enc", std::string(openai_responses::name)), foreign("how", "c2ln", "anthropic_messages"), hidden;
    hidden.redacted_data = "ZGF0YQ==";
    text_part text("see");
    citation& cited = text.citations.emplace_back();
    cited.url = "https://h";
    cited.title = "t";
    cited.start = 0;
    cited.end = 3;
    text.signature = "sig1";
    tool_call_part call("call_1", "ns.f", "{\"a\":1}"), custom("call_2", "edit", R"({"input":"x\"y"})");
    call.signature = "sig2";
    for (thinking_part* const t : {&own, &foreign, &hidden}) c.answer.add(*t);
    c.answer.add(text).add(refusal_part("no")).add(call).add(custom);
    c.finish = finish_reason::tool_calls;
    std::string out;
    openai_responses::encode_reply(r, answering(R"({"tools":[{"type":"custom","name":"edit"}]})"), out);
    const auto again = openai_responses::decode_reply(out);
    BOOST_REQUIRE(again.has_value());
    const auto& got = again->choices.front().answer.content;
    BOOST_REQUIRE_EQUAL(got.size(), 7u);
    BOOST_TEST(std::get<thinking_part>(got[0]).signature == "enc");
    BOOST_TEST(std::get<thinking_part>(got[0]).signer == openai_responses::name);
    BOOST_TEST(std::get<thinking_part>(got[1]).text == "how");
    BOOST_TEST(std::get<thinking_part>(got[1]).signer == "anthropic_messages");
    BOOST_TEST(std::get<thinking_part>(got[2]).redacted_data == "ZGF0YQ==");
    BOOST_TEST(std::get<text_part>(got[3]).signature == "sig1");
    BOOST_TEST(std::get<text_part>(got[3]).citations.front().url == "https://h");
    BOOST_TEST(std::get<refusal_part>(got[4]).text == "no");
    BOOST_TEST(std::get<tool_call_part>(got[5]).name == "ns.f");
    BOOST_TEST(std::get<tool_call_part>(got[5]).signature == "sig2");
    BOOST_TEST(std::get<tool_call_part>(got[6]).arguments == custom.arguments);
    BOOST_TEST(out.find(R"("type":"custom_tool_call","call_id":"call_2","name":"edit","input":"x\"y")") != std::string::npos);
    BOOST_TEST((again->choices.front().finish == finish_reason::tool_calls));
}

BOOST_AUTO_TEST_CASE(what_a_client_sends_back_has_the_signatures_of_the_answer) {
    chat_reply r;
    chat_choice& c = r.choices.emplace_back();
    tool_call_part call("call_1", "f", "{}");
    call.signature = "sig2";
    thinking_part hidden;
    hidden.redacted_data = "ZGF0YQ==";
    text_part text("hello");
    text.signature = "sig1";
    c.answer.add(thinking_part("how", "c2ln", "gemini_generate")).add(hidden).add(text).add(call);
    std::string out;
    openai_responses::encode_reply(r, answering(), out);
    const auto request = decode(std::string(R"({"model":"m","input":)").append(text_of(json(out).at("output"))).append("}"));
    BOOST_REQUIRE(request.has_value());
    BOOST_REQUIRE_EQUAL(request->messages.size(), 1u);
    const auto& got = request->messages.front().content;
    BOOST_REQUIRE_EQUAL(got.size(), 4u);
    BOOST_TEST(std::get<thinking_part>(got[0]).signature == "c2ln");
    BOOST_TEST(std::get<thinking_part>(got[1]).redacted_data == "ZGF0YQ==");
    BOOST_TEST(std::get<text_part>(got[2]).signature == "sig1");
    BOOST_TEST(std::get<tool_call_part>(got[3]).signature == "sig2");
}

BOOST_AUTO_TEST_CASE(a_failed_reply_is_its_error) {
    const auto failed = openai_responses::decode_reply(R"({"id":"resp_1","status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"},
        "output":[]})");
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST((failed.error().value() == errc::rate_limited));
    BOOST_TEST(openai_responses::decode_reply("{}").has_error());
    BOOST_TEST(!openai_responses::holds_answer("{}"));
    BOOST_TEST(openai_responses::holds_answer(R"({"status":"completed","output":[]})"));
}

BOOST_AUTO_TEST_CASE(a_stream_has_its_events_in_order_whatever_the_answer) {
    const chat_event start = made(kind::start, 0, "", "i", "m");
    const std::string_view request = R"({"tools":[{"type":"custom","name":"edit"}]})";
    const std::vector<std::vector<chat_event>> answers = {
        {start},
        {start, made(kind::text, 0, "a"), made(kind::text, 0, "b")},
        {start, made(kind::thinking, 0, "why"), made(kind::thinking_signature, 0, "c2ln", {}, "anthropic_messages"), made(kind::text, 1, "a"),
            made(kind::text, 2, "b")},
        {start, made(kind::redacted_thinking, 0, "ZGF0YQ=="), made(kind::refusal, 1, "no")},
        {start, made(kind::tool_call, 0, "", "c1", "f"), made(kind::tool_arguments, 0, "{\"a\":"), made(kind::tool_arguments, 0, "1}"),
         made(kind::tool_call, 1, "sig", "c2", "ns.g"), made(kind::tool_arguments, 1, "{}")},
        // By turns: the first is not complete when the second begins.
        {start, made(kind::tool_call, 0, "", "c1", "f"), made(kind::tool_call, 1, "", "c2", "g"), made(kind::tool_arguments, 1, "{}"),
            made(kind::tool_arguments, 0, "{}"),
         made(kind::text, 2, "after")},
        {start, made(kind::tool_call, 0, "", "c1", "f")},
        {start, made(kind::tool_call, 0, "", "c1", "edit"), made(kind::tool_arguments, 0, "{\"inp"), made(kind::tool_arguments, 0, "ut\":\"x\"}")},
        {start, made(kind::text, 0, "abc"), made(kind::citation, 0, R"({"url":"https://h","title":"t","start_index":1,"end_index":2})"),
         made(kind::citation, 0, R"({"uri":"https://g"})", {}, "gemini_generate"),
         made(kind::thinking_signature, 0, "sig", {}, "gemini_generate"), made(kind::text, 0, "more")},
        {start, made(kind::opaque, 0, R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}})", {}, "gemini_generate")},
        {start, made(kind::text, 0, "a"), made(kind::logprobs, 0, R"({"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]})")}};
    for (const auto& events : answers) {
        const std::string stream = streamed(events, finish_reason::stop, request);
        const auto last = check_stream(stream);
        BOOST_TEST(last.at("usage").at("input_tokens").as_int64() == 5);
        BOOST_TEST(decoded(stream) == decoded(stream, true));
        openai_responses::stream_watch watch;
        const stream_progress* seen = nullptr;
        for (std::size_t i = 0; i < stream.size(); ++i) {
            seen = &watch.feed(std::string_view(stream).substr(i, 1));
            if (i + 2 < stream.size()) BOOST_REQUIRE(!seen->complete);
        }
        BOOST_TEST(seen->complete);
        BOOST_TEST(!seen->failed);
        BOOST_TEST(seen->tokens.input_tokens == 5);
    }
}

BOOST_AUTO_TEST_CASE(the_events_of_a_stream_read_back) {
    const std::string stream = streamed({made(kind::start, 0, "", "i", "m"), made(kind::thinking, 0, "why"), made(kind::thinking_signature, 0,
        "c2ln", {}, "anthropic_messages"),
                                         made(kind::text, 1, "hi"), made(kind::tool_call, 2, "sig", "c1", "ns.f"), made(kind::tool_arguments, 2,
                                             "{\"a\":1}"),
                                         made(kind::tool_call, 3, "", "c2", "edit"), made(kind::tool_arguments, 3, R"({"input":"x\"y"})")},
                                        finish_reason::tool_calls, R"({"tools":[{"type":"custom","name":"edit"}]})");
    BOOST_TEST(decoded(stream) == "0.0 |resp_i|m\n3.0 why||\n4.0 c2ln||anthropic_messages\n1.1 hi||\n6.2 sig|c1|ns.f\n7.2 {\"a\":1}||\n"
                                  "6.3 |c2|edit\n7.3 {\"input\":\"x\\\"y||\n7.3 \"}||\n13.0 || u5/3\n12.4 || r4\n");
}

BOOST_AUTO_TEST_CASE(a_stream_of_the_vendor_is_understood) {
    constexpr std::string_view stream =
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"model\":\"gpt\","
        "\"created_at\":7,\"output\":[]}}\n\n"
        "data: {\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[]}}\n\n"
        "data: {\"type\":\"response.reasoning_summary_text.delta\",\"output_index\":0,\"summary_index\":0,\"delta\":\"a\"}\n\n"
        "data: {\"type\":\"response.reasoning_summary_text.delta\",\"output_index\":0,\"summary_index\":1,\"delta\":\"b\"}\n\n"
        "data: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],"
        "\"encrypted_content\":\"enc\"}}\n\n"
        "data: {\"type\":\"response.output_item.done\",\"output_index\":1,\"item\":{\"type\":\"web_search_call\",\"id\":\"ws\","
        "\"status\":\"completed\",\"action\":{\"type\":\"search\"}}}\n\n"
        "data: {\"type\":\"response.output_text.delta\",\"output_index\":2,\"content_index\":0,\"delta\":\"x\"}\n\n"
        "data: {\"type\":\"response.output_text.annotation.added\",\"output_index\":2,\"content_index\":0,\"annotation_index\":0,"
        "\"annotation\":{\"type\":\"url_citation\",\"url\":\"u\",\"title\":\"t\",\"start_index\":0,\"end_index\":1}}\n\n"
        "data: {\"type\":\"response.unknown.delta\",\"delta\":\"x\"}\n\n"
        "data: {\"type\":\"response.incomplete\",\"response\":{\"id\":\"resp_1\",\"status\":\"incomplete\","
        "\"incomplete_details\":{\"reason\":\"max_output_tokens\"},\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}\n\n";
    BOOST_TEST(decoded(stream) ==
               "0.0 |resp_1|gpt\n3.0 a||\n3.0 \n\n||\n3.0 b||\n4.0 enc||openai_responses\n"
               "11.1 {\"type\":\"web_search_call\",\"id\":\"ws\",\"status\":\"completed\",\"action\":{\"type\":\"search\"}}||openai_responses\n"
               "1.2 x||\n8.2 {\"url\":\"u\",\"title\":\"t\",\"start_index\":0,\"end_index\":1}||\n13.0 || u1/2\n12.3 || r3\n");
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_is_no_clean_end) {
    openai_responses::stream_encoder encoder(answering());
    std::string out;
    encoder.encode(made(kind::start, 0, "", "i", "m"), out);
    encoder.encode(made(kind::text, 0, "a"), out);
    encoder.fail(error(errc::rate_limited), out);
    const auto all = events_of(out);
    BOOST_TEST(all[all.size() - 2].type == "error");
    BOOST_TEST(all.back().type == "response.failed");
    BOOST_TEST(all.back().data.at("response").at("status").as_string() == "failed");
    BOOST_TEST(all.back().data.at("response").at("error").at("code").as_string() == "rate_limit_exceeded");
    BOOST_TEST(decoded(out).find("failure") != std::string::npos);
    openai_responses::stream_watch watch;
    BOOST_TEST(watch.feed(out).failed);
    BOOST_TEST(!watch.feed("").complete);
    // Before anything was sent there is no response that could have failed.
    std::string alone;
    openai_responses::stream_encoder(answering()).fail(error(errc::overloaded), alone);
    BOOST_TEST(events_of(alone).size() == 1u);
    // Cut without a word.
    const std::string_view whole = out;
    BOOST_TEST(decoded(whole.substr(0, whole.find("event: error"))).find("the stream ended before the answer did") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_responses_reply_unit
