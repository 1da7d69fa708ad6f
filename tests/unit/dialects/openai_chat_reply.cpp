// SPDX-License-Identifier: BSL-1.0
#include "openai_chat_support.hpp"

#include <support/golden.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace openai_chat_reply_unit {

namespace {

using namespace llmx;
using openai_chat_test::encode;
using openai_chat_test::json;

chat_reply decoded(std::string_view body) {
    auto r = openai_chat::decode_reply(body);
    const std::string why = r.has_value() ? std::string() : r.error().message();
    BOOST_TEST_REQUIRE(why == "");
    return std::move(r.value());
}

chat_reply with_message(std::string_view message, std::string_view finish = "stop") {
    return decoded(R"({"id":"r1","choices":[{"index":0,"message":)" + std::string(message) +
                   R"(,"finish_reason":")" + std::string(finish) + "\"}]}");
}

chat_reply one_part(content_part part) {
    chat_reply r;
    r.choices.emplace_back().answer.add(std::move(part));
    r.choices[0].finish = finish_reason::stop;
    return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_chat_reply)

BOOST_AUTO_TEST_CASE(a_whole_reply) {
    const auto r = decoded(llmx_test::golden("openai/reply.json"));
    BOOST_TEST(r.id == "chatcmpl-1");
    BOOST_TEST(r.model == "gpt");
    BOOST_TEST(r.created == 7);
    BOOST_TEST((r.service_tier == llmx::service_tier::standard));
    BOOST_TEST(r.extra.members.size() == 1u);
    BOOST_TEST(r.extra.find("system_fingerprint")->text == "\"fp\"");
    BOOST_TEST_REQUIRE(r.choices.size() == 2u);
    BOOST_TEST(r.text() == "first");
    BOOST_TEST((r.choices[0].finish == finish_reason::stop));
    BOOST_TEST((r.choices[1].finish == finish_reason::length));
    BOOST_TEST(r.choices[0].logprobs.text.starts_with(R"({"content":[{"token")"));
    BOOST_TEST((std::get<thinking_part>(r.choices[0].answer.content[0]) == thinking_part("hm")));
    const auto& cited = std::get<text_part>(r.choices[0].answer.content[1]).citations.at(0);
    BOOST_TEST(cited.url == "https://e.com");
    BOOST_TEST(cited.title == "T");
    BOOST_TEST(cited.start == 1);
    BOOST_TEST(cited.end == 3);
    usage expected;
    expected.input_tokens = 10;
    expected.output_tokens = 5;
    expected.cached_tokens = 4;
    expected.input_audio_tokens = 1;
    expected.reasoning_tokens = 2;
    expected.output_audio_tokens = 3;
    expected.tier = r.service_tier;
    BOOST_TEST((r.usage == expected));
}

BOOST_AUTO_TEST_CASE(conventions_of_other_servers) {
    const auto calls = with_message(R"({"content":"","tool_calls":[
        {"type":"function","function":{"name":"f","arguments":{"a":1}}},
        {"id":"c2","type":"function","function":{"name":"g","arguments":"{}"},
         "extra_content":{"google":{"thought_signature":"gs"}}}]})");
    const auto& parts = calls.choices[0].answer.content;
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    BOOST_TEST(std::get<tool_call_part>(parts[0]).arguments == R"({"a":1})");
    BOOST_TEST(std::get<tool_call_part>(parts[0]).id == "call_r1_0_0");
    BOOST_TEST(std::get<tool_call_part>(parts[1]).signature == "gs");
    BOOST_TEST((calls.choices[0].finish == finish_reason::tool_calls));

    const auto old = with_message(R"({"content":null,"function_call":{"name":"f","arguments":"{}"}})", "function_call");
    BOOST_TEST(std::get<tool_call_part>(old.choices[0].answer.content[0]).name == "f");
    BOOST_TEST((old.choices[0].finish == finish_reason::tool_calls));

    const auto mistral = with_message(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},
        {"type":"text","text":"so"}]})");
    BOOST_TEST((std::get<thinking_part>(mistral.choices[0].answer.content[0]) == thinking_part("hm")));
    BOOST_TEST(mistral.text() == "so");

    const auto router = with_message(R"({"content":"x","reasoning":"why",
        "images":[{"type":"image_url","index":0,"image_url":{"url":"data:image/png;base64,AAAA"}}]})");
    BOOST_TEST((std::get<thinking_part>(router.choices[0].answer.content[0]) == thinking_part("why")));
    BOOST_TEST(std::get<image_part>(router.choices[0].answer.content[2]).source.data == "AAAA");

    const auto blocks = with_message(R"({"content":"x","reasoning_content":"why",
        "thinking_blocks":[{"type":"thinking","thinking":"why","signature":"s"},{"type":"redacted_thinking","data":"d"}]})");
    BOOST_TEST((std::get<thinking_part>(blocks.choices[0].answer.content[0]) == thinking_part("why", "s", "anthropic_messages")));
    BOOST_TEST(std::get<thinking_part>(blocks.choices[0].answer.content[1]).redacted_data == "d");

    const auto vllm = decoded(R"({"choices":[{"message":{"content":"x"},"finish_reason":"stop","stop_reason":"END"}]})");
    BOOST_TEST((vllm.choices[0].finish == finish_reason::stop_sequence));
    BOOST_TEST(vllm.choices[0].stop_sequence == "END");
}

BOOST_AUTO_TEST_CASE(finish_words) {
    static constexpr std::pair<std::string_view, finish_reason> cases[] = {
        {"stop", finish_reason::stop},
        {"length", finish_reason::length},
        {"tool_calls", finish_reason::tool_calls},
        {"function_call", finish_reason::tool_calls},
        {"content_filter", finish_reason::content_filter},
        {"error", finish_reason::failed},
        {"network_error", finish_reason::failed},
        {"eos", finish_reason::stop},
        {"", finish_reason::none},
    };
    for (const auto& [word, reason] : cases)
        BOOST_TEST_CONTEXT(word) {
            const auto r = with_message(R"({"content":"x"})", word);
            BOOST_TEST((r.choices[0].finish == reason));
        }
    static constexpr std::pair<finish_reason, std::string_view> words[] = {
        {finish_reason::none, "stop"},
        {finish_reason::stop, "stop"},
        {finish_reason::stop_sequence, "stop"},
        {finish_reason::length, "length"},
        {finish_reason::tool_calls, "tool_calls"},
        {finish_reason::content_filter, "content_filter"},
        {finish_reason::pause, "stop"},
        {finish_reason::failed, "content_filter"},
    };
    for (const auto& [reason, word] : words) {
        auto r = one_part(text_part("x"));
        r.choices[0].finish = reason;
        BOOST_TEST(std::string_view(json(encode(r)).at("choices").at(0).at("finish_reason").as_string()) == word);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_reply) {
    for (const std::string_view body : {"", "[]", "<html>", "{}", R"({"choices":{}})", R"({"choices":[1]})"}) {
        const auto r = openai_chat::decode_reply(body);
        BOOST_TEST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::bad_response));
    }
    const auto failed = openai_chat::decode_reply(
        R"({"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}})");
    BOOST_TEST_REQUIRE(failed.has_error());
    BOOST_TEST((failed.error().value() == errc::rate_limited));
    BOOST_TEST(failed.error().provider_message() == "slow down");
    BOOST_TEST(failed.error().provider_code() == "rate_limit_exceeded");
}

BOOST_AUTO_TEST_CASE(counters_of_other_servers) {
    struct row {
        std::string_view json;
        std::int64_t in, out, cached, written, reasoning;
    };
    static constexpr row rows[] = {
        {R"({"prompt_tokens":9,"completion_tokens":2,"total_tokens":11})", 9, 2, 0, 0, 0},
        {R"({"prompt_tokens":9,"completion_tokens":2,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":5})", 9, 2, 4, 0, 0},
        {R"({"prompt_tokens":9,"completion_tokens":2,"cache_read_input_tokens":3,"cache_creation_input_tokens":1})", 9, 2, 3, 1, 0},
        {R"({"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":2}})", 9, 2, 3, 2, 0},
        {R"({"prompt_tokens":9,"completion_tokens":2,"cached_tokens":6})", 9, 2, 6, 0, 0},
        // Reasoning beside the completion, only in the total.
        {R"({"prompt_tokens":9,"completion_tokens":2,"total_tokens":31,"completion_tokens_details":{"reasoning_tokens":20}})", 9, 22, 0, 0, 20},
        {R"({"prompt_tokens":9,"completion_tokens":2,"total_tokens":31})", 9, 22, 0, 0, 20},
        {R"({"prompt_tokens":9,"completion_tokens":22,"total_tokens":31,"completion_tokens_details":{"reasoning_tokens":20}})", 9, 22, 0, 0, 20},
        {R"({"prompt_tokens":"many"})", 0, 0, 0, 0, 0},
    };
    for (const auto& r : rows)
        BOOST_TEST_CONTEXT(r.json) {
            const auto u = openai_chat::scan_usage(R"({"choices":[{"x":{"usage":{"prompt_tokens":1}}}],"usage":)" +
                                                   std::string(r.json) + "}");
            BOOST_TEST(u.input_tokens == r.in);
            BOOST_TEST(u.output_tokens == r.out);
            BOOST_TEST(u.cached_tokens == r.cached);
            BOOST_TEST(u.cache_write_tokens == r.written);
            BOOST_TEST(u.reasoning_tokens == r.reasoning);
        }
    BOOST_TEST(openai_chat::scan_usage("nonsense").empty());
    BOOST_TEST(openai_chat::scan_usage(R"({"usage":null})").empty());
    BOOST_TEST(openai_chat::scan_usage(R"({"x_groq":{"usage":{"prompt_tokens":3}}})").input_tokens == 3);
}

BOOST_AUTO_TEST_CASE(decode_undoes_encode) {
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
        openai_chat_test::generator g(seed);
        const chat_reply reply = g.reply();
        const std::string body = encode(reply);
        const auto back = openai_chat::decode_reply(body);
        BOOST_TEST_CONTEXT("seed " << seed << ": " << body) {
            BOOST_TEST_REQUIRE(back.has_value());
            BOOST_TEST((back.value() == reply));
        }
        BOOST_TEST((openai_chat::scan_usage(body) == reply.usage));
    }
}

BOOST_AUTO_TEST_CASE(required_members_are_there) {
    reply_options options;
    options.id = "own-id";
    options.created = 99;
    options.model = "own-model";
    chat_reply empty;
    empty.choices.emplace_back();
    BOOST_TEST(encode(empty, options) ==
               R"({"id":"own-id","object":"chat.completion","created":99,"model":"own-model","choices":[)"
               R"({"index":0,"message":{"role":"assistant","content":null,"refusal":null},)"
               R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,)"
               R"("prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},)"
               R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}})");
    auto named = one_part(text_part("hi"));
    named.id = "theirs";
    named.model = "their-model";
    named.created = 5;
    const auto v = json(encode(named, options));
    BOOST_TEST((v.at("id") == "theirs"));
    BOOST_TEST((v.at("model") == "their-model"));
    BOOST_TEST(v.at("created").as_int64() == 5);
}

BOOST_AUTO_TEST_CASE(what_other_dialects_said) {
    chat_reply r;
    auto& m = r.choices.emplace_back().answer;
    text_part first("\xC3\xA9\xC3\xA9 ");
    m.add(first);
    text_part second("two");
    citation c;
    c.url = "https://e.com";
    c.title = "T";
    c.original.add("anthropic_messages", "type", R"("web_search_result_location")");
    second.citations.push_back(c);
    citation document;
    document.quote = "q";
    second.citations.push_back(document);
    m.add(second);
    m.add(opaque_part("anthropic_messages", R"({"type":"server_tool_use"})"));
    m.extra.add("anthropic_messages", "container", "1");
    r.extra.add("anthropic_messages", "type", R"("message")");
    const auto v = json(encode(r)).at("choices").at(0).at("message");
    BOOST_TEST((v == json(R"({"role":"assistant","content":"éé two","refusal":null,"annotations":[
        {"type":"url_citation","url_citation":{"start_index":3,"end_index":6,"url":"https://e.com","title":"T"}}]})")));
}

BOOST_AUTO_TEST_CASE(media_of_other_dialects) {
    chat_reply r;
    r.id = "r-1";
    auto& m = r.choices.emplace_back().answer;
    m.add(audio_part(media::from_base64("audio/L16;rate=24000", "AAEC")));
    reply_options options;
    options.created = 99;
    std::string out;
    openai_chat::encode_reply(r, options, out);
    // Nothing is kept for a later turn, so it has expired when it is made.
    BOOST_TEST((json(out).at("choices").at(0).at("message") == json(R"({"role":"assistant","content":null,"refusal":null,
        "audio":{"id":"audio_r-1","expires_at":99,"data":"AAEC","transcript":""}})")));
    m.add(image_part(media::from_base64("image/png", "AwQF")));
    m.add(audio_part(media::from_base64("audio/L16;rate=24000", "more")));
    const auto v = json(encode(r)).at("choices").at(0).at("message");
    BOOST_TEST((v.at("images") == json(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AwQF"}}])")));
    BOOST_TEST((v.at_pointer("/audio/data") == "AAEC"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_chat_reply_unit
