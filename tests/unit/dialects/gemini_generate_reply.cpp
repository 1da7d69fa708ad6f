// SPDX-License-Identifier: BSL-1.0
#include "gemini_generate_support.hpp"

#include <support/golden.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace gemini_generate_reply_unit {

namespace {
using namespace gemini_test;
using llmx::errc;
using llmx::finish_reason;

llmx::chat_reply reply_of(std::string_view body) { return llmx::gemini_generate::decode_reply(body).value(); }

std::string with_reason(std::string_view reason, bool call = false) {
    std::string body = R"({"candidates":[{"content":{"parts":[)";
    body += call ? R"({"functionCall":{"name":"f","args":{}}})" : R"({"text":"x"})";
    body += R"(],"role":"model"},"finishReason":")";
    body += reason;
    return body += R"("}]})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_generate_reply)

BOOST_AUTO_TEST_CASE(a_whole_reply) {
    const auto r = reply_of(llmx_test::golden("gemini/reply.json"));
    BOOST_TEST(r.id == "r-1");
    BOOST_TEST(r.model == "gemini-2.5-flash");
    BOOST_REQUIRE(r.choices.size() == 1u);
    const auto& c = r.choices[0];
    BOOST_TEST((c.finish == finish_reason::tool_calls)); // STOP, but it called
    BOOST_TEST((c.answer.content[0] == llmx::content_part(llmx::thinking_part("I think."))));
    BOOST_TEST(std::get<llmx::text_part>(c.answer.content[1]).signature == "c2ln");
    const auto& call = std::get<llmx::tool_call_part>(c.answer.content[2]);
    BOOST_TEST(call.arguments == R"({"a":[1,2.5]})");
    BOOST_TEST(call.signature == "Y2FsbA==");
    BOOST_TEST(call.id.starts_with("llmx_call_"));
    BOOST_TEST(call.id.size() <= 40u);
    BOOST_TEST(call.id == std::get<llmx::tool_call_part>(reply_of(encode(r)).choices[0].answer.content[2]).id);
    BOOST_TEST(std::holds_alternative<llmx::image_part>(c.answer.content[3]));
    BOOST_TEST(c.extra.find("safetyRatings") != nullptr);
    BOOST_TEST(c.extra.find("avgLogprobs")->text == "-0.5");
    BOOST_TEST(r.extra.find("modelStatus") != nullptr);
    BOOST_TEST(r.usage.input_tokens == 105);
    BOOST_TEST(r.usage.output_tokens == 30);
    BOOST_TEST(r.usage.reasoning_tokens == 12);
    BOOST_TEST(r.usage.cached_tokens == 40);
    BOOST_TEST(r.usage.input_audio_tokens == 30);
    BOOST_TEST((reply_of(encode(r)) == r));
    BOOST_TEST(encode(r).find("llmx_call_") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_part_that_cannot_be_read_is_kept_and_the_rest_is_read) {
    const auto r = reply_of(R"({"candidates":[{"content":{"parts":[
        {"functionCall":{"name":7}},{"text":5},{"functionCall":{"name":"f","args":{}}},{"text":"t"}]},
        "finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3}})");
    const auto& parts = r.choices.at(0).answer.content;
    BOOST_REQUIRE(parts.size() == 4u);
    BOOST_TEST((parts[0] == llmx::content_part(llmx::opaque_part("gemini_generate", R"({"functionCall":{"name":7}})"))));
    BOOST_TEST((parts[1] == llmx::content_part(llmx::opaque_part("gemini_generate", R"({"text":5})"))));
    // What cannot be read takes no id.
    BOOST_TEST(std::get<llmx::tool_call_part>(parts[2]).id == "llmx_call_0");
    BOOST_TEST(std::get<llmx::text_part>(parts[3]).text == "t");
    BOOST_TEST((r.choices[0].finish == finish_reason::tool_calls));
    BOOST_TEST(r.usage.input_tokens == 3);
}

BOOST_AUTO_TEST_CASE(made_up_ids_differ_between_turns) {
    const char* body = R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}}]}}],"responseId":"%"})";
    std::string one = body, two = body;
    one[one.find('%')] = 'A';
    two[two.find('%')] = 'B';
    const auto id = [](const llmx::chat_reply& r, std::size_t i) { return std::get<llmx::tool_call_part>(r.choices[0].answer.content[i]).id; };
    BOOST_TEST(id(reply_of(one), 0) != id(reply_of(one), 1));
    BOOST_TEST(id(reply_of(one), 0) != id(reply_of(two), 0));
    BOOST_TEST(id(reply_of(one), 0) == id(reply_of(one), 0));
}

BOOST_AUTO_TEST_CASE(finish_reasons) {
    struct row {
        const char* word;
        finish_reason plain, with_call;
        const char* again;
    };
    using enum finish_reason;
    const row rows[] = {
        {"STOP", stop, tool_calls, "STOP"},
        {"FUNCTION_CALL", tool_calls, tool_calls, "STOP"},
        {"MAX_TOKENS", length, length, "MAX_TOKENS"},
        {"SAFETY", content_filter, content_filter, "SAFETY"},
        {"RECITATION", content_filter, content_filter, "RECITATION"},
        {"LANGUAGE", content_filter, content_filter, "LANGUAGE"},
        {"BLOCKLIST", content_filter, content_filter, "BLOCKLIST"},
        {"PROHIBITED_CONTENT", content_filter, content_filter, "PROHIBITED_CONTENT"},
        {"SPII", content_filter, content_filter, "SPII"},
        {"IMAGE_SAFETY", content_filter, content_filter, "IMAGE_SAFETY"},
        {"MALFORMED_FUNCTION_CALL", failed, failed, "MALFORMED_FUNCTION_CALL"},
        {"UNEXPECTED_TOOL_CALL", failed, failed, "UNEXPECTED_TOOL_CALL"},
        {"TOO_MANY_TOOL_CALLS", failed, failed, "TOO_MANY_TOOL_CALLS"},
        {"MALFORMED_RESPONSE", failed, failed, "MALFORMED_RESPONSE"},
        {"MISSING_THOUGHT_SIGNATURE", failed, failed, "MISSING_THOUGHT_SIGNATURE"},
        {"OTHER", failed, failed, "OTHER"},
        {"SOMETHING_NEW", failed, failed, "SOMETHING_NEW"},
    };
    for (const row& r : rows) {
        const auto plain = reply_of(with_reason(r.word)), call = reply_of(with_reason(r.word, true));
        BOOST_TEST((plain.choices[0].finish == r.plain), r.word);
        BOOST_TEST((call.choices[0].finish == r.with_call), r.word);
        BOOST_TEST((json(encode(plain)).at_pointer("/candidates/0/finishReason") == r.again), r.word);
    }
    // What other dialects can say, in words that the protos have.
    const std::pair<finish_reason, const char*> out[] = {{stop, "STOP"}, {stop_sequence, "STOP"}, {pause, "STOP"}, {tool_calls, "STOP"},
        {length, "MAX_TOKENS"}, {content_filter, "SAFETY"}, {failed, "OTHER"}};
    for (const auto& [reason, word] : out) {
        llmx::chat_reply r;
        r.choices.resize(1);
        r.choices[0].finish = reason;
        BOOST_TEST((json(encode(r)).at_pointer("/candidates/0/finishReason") == word), word);
    }
}

BOOST_AUTO_TEST_CASE(a_blocked_prompt_is_a_filtered_choice) {
    const std::string body = R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":7,"totalTokenCount":7}})";
    const auto r = reply_of(body);
    BOOST_REQUIRE(r.choices.size() == 1u);
    BOOST_TEST((r.choices[0].finish == finish_reason::content_filter));
    const auto again = json(encode(r));
    BOOST_TEST(!again.as_object().contains("candidates"));
    BOOST_TEST((again.at_pointer("/promptFeedback/blockReason") == "SAFETY"));
}

BOOST_AUTO_TEST_CASE(usage_without_an_answer) {
    const auto r = reply_of(R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],)"
        R"("usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":90,"totalTokenCount":100}})");
    BOOST_TEST(r.usage.output_tokens == 90);
    BOOST_TEST(r.usage.reasoning_tokens == 90);
    const auto s = reply_of(R"({"candidates":[],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":14}})");
    BOOST_TEST(s.usage.output_tokens == 4);
}

BOOST_AUTO_TEST_CASE(choices_stand_by_index) {
    const auto r = reply_of(R"({"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]}},{"index":0,"content":{"parts":[{"text":"a"}]}}]})");
    BOOST_TEST(r.choices[0].answer.text() == "a");
    BOOST_TEST(r.choices[1].answer.text() == "b");
}

BOOST_AUTO_TEST_CASE(grounding_becomes_citations_and_stays_whole) {
    const std::string body = R"({"candidates":[{"content":{"parts":[{"text":"It is 18."}],"role":"model"},"finishReason":"STOP","index":0,
        "groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"web":{"uri":"https://b"}}],
        "groundingSupports":[{"segment":{"endIndex":9,"text":"It is 18."},"groundingChunkIndices":[0,1]}]},
        "citationMetadata":{"citationSources":[{"startIndex":2,"endIndex":5,"uri":"https://c"}]}}]})";
    const auto r = reply_of(body);
    const auto& text = std::get<llmx::text_part>(r.choices[0].answer.content[0]);
    BOOST_REQUIRE(text.citations.size() == 3u);
    BOOST_TEST(text.citations[0].url == "https://a");
    BOOST_TEST(text.citations[0].title == "A");
    BOOST_TEST(text.citations[0].quote == "It is 18.");
    BOOST_TEST(text.citations[0].start == 0);
    BOOST_TEST(text.citations[0].end == 9);
    BOOST_TEST(text.citations[1].url == "https://b");
    BOOST_TEST(text.citations[2].start == 2);
    BOOST_TEST((json(encode(r)).at_pointer("/candidates/0") == json(body).at_pointer("/candidates/0")));

    llmx::chat_reply foreign;
    foreign.choices.resize(1);
    llmx::text_part cited("x");
    cited.citations.resize(1);
    cited.citations[0].url = "https://d";
    cited.citations[0].title = "D";
    cited.citations[0].end = 1;
    cited.citations[0].original.add("openai_chat", "type", "\"url_citation\"");
    foreign.choices[0].answer.content.emplace_back(cited);
    BOOST_TEST((json(encode(foreign)).at_pointer("/candidates/0/groundingMetadata") ==
                json(R"({"groundingChunks":[{"web":{"uri":"https://d","title":"D"}}],)"
                    R"("groundingSupports":[{"segment":{"endIndex":1},"groundingChunkIndices":[0]}]})")));
}

BOOST_AUTO_TEST_CASE(citations_count_bytes_on_the_wire_and_characters_here) {
    const std::string body = llmx_test::golden("gemini/reply-citations.json");
    auto r = reply_of(body);
    const auto range = [&r](std::size_t part, std::size_t n) {
        const auto& c = std::get<llmx::text_part>(r.choices[0].answer.content[part]).citations.at(n);
        return std::pair(c.start, c.end);
    };
    BOOST_TEST((range(1, 0) == std::pair<std::int64_t, std::int64_t>(7, 13)));
    BOOST_TEST((range(0, 0) == std::pair<std::int64_t, std::int64_t>(1, 4)));
    BOOST_TEST((range(0, 1) == std::pair<std::int64_t, std::int64_t>(0, 2)));
    // And back, when they are somebody else's.
    auto& text = std::get<llmx::text_part>(r.choices[0].answer.content[1]);
    text.citations[0].original = llmx::extra_members();
    r.choices[0].extra = llmx::extra_members();
    BOOST_TEST((json(encode(r)).at_pointer("/candidates/0/groundingMetadata/groundingSupports/0/segment") == json(R"({"partIndex":1,"startIndex":9,)"
        R"("endIndex":19})")));
}

BOOST_AUTO_TEST_CASE(logprobs_have_openais_form) {
    const auto r = reply_of(llmx_test::golden("gemini/reply-logprobs.json"));
    BOOST_TEST((json(r.choices[0].logprobs.text) == json(R"({"content":[{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[
        {"token":"a","logprob":-0.5,"bytes":null},{"token":"b","logprob":-1,"bytes":null}]}]})")));
}

BOOST_AUTO_TEST_CASE(calls_that_cannot_be_written_are_no_clean_end) {
    llmx::chat_reply r;
    r.choices.resize(1);
    r.choices[0].answer.add(llmx::text_part("t")).add(llmx::tool_call_part("c", "f", "{\"a\""));
    r.choices[0].finish = finish_reason::tool_calls;
    const auto body = json(encode(r));
    BOOST_TEST((body.at_pointer("/candidates/0/finishReason") == "MALFORMED_FUNCTION_CALL"));
    BOOST_TEST(body.at_pointer("/candidates/0/content/parts").as_array().size() == 1u);
    BOOST_TEST((reply_of(encode(r)).choices[0].finish == finish_reason::failed));
}

BOOST_AUTO_TEST_CASE(names_that_the_upstream_did_not_give) {
    llmx::chat_reply r;
    r.choices.resize(1);
    llmx::reply_options o;
    o.id = "id";
    o.model = "alias";
    const auto body = json(encode(r, o));
    BOOST_TEST((body.at("responseId") == "id"));
    BOOST_TEST((body.at("modelVersion") == "alias"));
}

BOOST_AUTO_TEST_CASE(what_is_no_answer) {
    for (const char* bad : {"", "[]", "{}", "<html>", R"({"candidates":)"}) {
        const auto r = llmx::gemini_generate::decode_reply(bad);
        BOOST_REQUIRE_MESSAGE(r.has_error(), bad);
        BOOST_TEST((r.error().value() == errc::bad_response), bad);
    }
    // Parts of the wrong shape do not lose the rest.
    const auto r = reply_of(R"({"candidates":[7,{"content":{"parts":[7,{"text":5},{"functionCall":{"args":{}}},{"text":"ok"}]},)"
        R"("finishReason":3}],"usageMetadata":[]})");
    BOOST_TEST(r.choices[0].answer.text() == "ok");
    BOOST_TEST((r.choices[0].finish == finish_reason::none));
}

BOOST_AUTO_TEST_CASE(errors_in) {
    struct row {
        const char* body;
        errc value;
        int status;
    };
    const row rows[] = {
        {R"({"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}})", errc::invalid_request, 400},
        {R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}})", errc::authentication, 400},
        {R"({"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8).",)"
         R"("status":"INVALID_ARGUMENT"}})", errc::context_window_exceeded, 400},
        {R"({"error":{"code":401,"message":"m","status":"UNAUTHENTICATED"}})", errc::authentication, 401},
        {R"({"error":{"code":403,"message":"m","status":"PERMISSION_DENIED"}})", errc::permission_denied, 403},
        {R"({"error":{"code":404,"message":"m","status":"NOT_FOUND"}})", errc::not_found, 404},
        {R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})", errc::rate_limited, 429},
        {R"({"error":{"code":500,"message":"m","status":"INTERNAL"}})", errc::provider_internal, 500},
        {R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})", errc::overloaded, 503},
        {R"({"error":{"code":504,"message":"m","status":"DEADLINE_EXCEEDED"}})", errc::provider_internal, 504},
        {R"({"error":{"code":503,"message":"m"}})", errc::overloaded, 503},
        {R"({"error":{"code":418,"message":"m"}})", errc::invalid_request, 418},
        {R"({"error":{"message":"m"}})", errc::provider_internal, 0},
    };
    for (const row& r : rows) {
        const auto e = llmx::gemini_generate::decode_reply(r.body).error();
        BOOST_TEST((e.value() == r.value), r.body);
        BOOST_TEST(e.provider_status() == r.status, r.body);
    }
    const char* inner = R"({"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED","details":[
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"},
        {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED"},
        {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"contents"}]}]}})";
    for (const std::string& body : {std::string(inner), "[" + std::string(inner) + "]"}) {
        const auto e = llmx::gemini_generate::decode_error(body);
        BOOST_TEST(e.message == "slow down");
        BOOST_TEST(e.type == "RESOURCE_EXHAUSTED");
        BOOST_TEST(e.code == "RATE_LIMIT_EXCEEDED");
        BOOST_TEST(e.param == "contents");
        BOOST_TEST(e.retry_after_s == 34.5);
    }
    for (const char* none : {"", "<html>", "[]", "7", "{}"}) {
        BOOST_TEST(llmx::gemini_generate::decode_error(none).message == "", none);
        BOOST_TEST(llmx::gemini_generate::decode_error(none).retry_after_s < 0, none);
    }
}

BOOST_AUTO_TEST_CASE(errors_out) {
    const std::pair<errc, const char*> rows[] = {
        {errc::invalid_request, "INVALID_ARGUMENT"}, {errc::unsupported_parameter, "INVALID_ARGUMENT"},
        {errc::context_window_exceeded, "INVALID_ARGUMENT"}, {errc::authentication, "UNAUTHENTICATED"},
        {errc::permission_denied, "PERMISSION_DENIED"}, {errc::not_found, "NOT_FOUND"}, {errc::conflict, "ABORTED"},
        {errc::rate_limited, "RESOURCE_EXHAUSTED"}, {errc::quota_exceeded, "RESOURCE_EXHAUSTED"}, {errc::cancelled, "CANCELLED"},
        {errc::provider_internal, "INTERNAL"}, {errc::internal, "INTERNAL"}, {errc::unsupported_operation, "UNIMPLEMENTED"},
        {errc::overloaded, "UNAVAILABLE"}, {errc::shed, "UNAVAILABLE"}, {errc::truncated, "UNAVAILABLE"},
        {errc::deadline_exceeded, "DEADLINE_EXCEEDED"}, {errc::idle_timeout, "DEADLINE_EXCEEDED"}};
    for (const auto& [value, status] : rows) {
        std::string out;
        llmx::gemini_generate::encode_error(llmx::error(value), out);
        const auto e = json(out).at("error");
        BOOST_TEST((e.at("status") == status), status);
        BOOST_TEST(e.at("code") == llmx::http_status_of(value));
        BOOST_TEST(!e.at("message").as_string().empty());
    }
    llmx::error e(errc::rate_limited, "ours");
    e.with_provider_message("theirs").with_retry_after(std::chrono::milliseconds(1500)).with_param("n").with_provider_status(429);
    std::string out;
    llmx::gemini_generate::encode_error(e, out);
    const auto back = llmx::gemini_generate::decode_error(out);
    BOOST_TEST(back.message == "ours: theirs");
    BOOST_TEST(back.param == "n");
    BOOST_TEST(back.retry_after_s == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_generate_reply_unit
