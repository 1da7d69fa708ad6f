// SPDX-License-Identifier: BSL-1.0
// Faults that users of gateways reported, between one language and another: identifiers, calls without arguments, what a
// target demands and the source lacks, the order of turns.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace field_faults_unit {

using namespace llmx;

namespace {

template <class From, class To> struct translated {
    explicit translated(std::string_view body, const model_traits& traits = model_traits()) {
        auto request = From::decode_request(body, request_target());
        if (request.has_error()) throw call_failed(request.error());
        encode_options options;
        options.traits = traits;
        std::string out;
        if (const auto done = To::encode_request(*request, options, out, drops); done.has_error()) throw call_failed(done.error());
        tree = boost::json::parse(out);
    }
    [[nodiscard]] const boost::json::value& at(std::string_view pointer) const {
        boost::system::error_code ec;
        const boost::json::value* const v = tree.find_pointer(pointer, ec);
        static const boost::json::value absent;
        return v == nullptr ? absent : *v;
    }
    [[nodiscard]] std::string text(std::string_view pointer) const {
        const boost::json::value& v = at(pointer);
        return v.is_string() ? std::string(v.as_string()) : boost::json::serialize(v);
    }
    boost::json::value tree;
    drop_report drops;
};
using to_openai = translated<anthropic_messages, openai_chat>;

/// The stream of \p To for a stream of \p From.
template <class From, class To> std::string relay(std::string_view bytes) {
    typename From::stream_decoder in;
    reply_options options;
    typename To::stream_encoder out(options);
    event_batch events;
    std::string sent;
    BOOST_REQUIRE(in.feed(bytes, events).has_value());
    BOOST_REQUIRE(in.finish(events).has_value());
    for (const chat_event& e : events.events()) out.encode(e, sent);
    out.finish(sent);
    return sent;
}

std::string anthropic_call_of(std::string_view id) {
    return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":[{"type":"tool_use","id":")" + std::string(id) + R"(","name":"look","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":")" + std::string(id) + R"(","content":"r"}]}]})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_field_faults)

BOOST_AUTO_TEST_CASE(ids_of_calls_are_at_most_40_bytes_for_openai) {
    std::string ids[2];
    for (int i = 0; i < 2; ++i) {
        const to_openai done(anthropic_call_of("toolu_" + std::string(50, 'x') + std::to_string(i)));
        ids[i] = done.text("/messages/1/tool_calls/0/id");
        BOOST_TEST(ids[i].size() == 40u);
        BOOST_TEST(ids[i].starts_with("toolu_x"));
        BOOST_TEST(done.text("/messages/2/tool_call_id") == ids[i]);
    }
    BOOST_TEST(ids[0] != ids[1]);
    const to_openai kept(anthropic_call_of(std::string(40, 'k')));
    BOOST_TEST(kept.text("/messages/1/tool_calls/0/id") == std::string(40, 'k'));
    // Not in the middle of a character.
    const to_openai umlauts(anthropic_call_of("a" + std::string(3, 'b') + "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                                                       "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"));
    BOOST_TEST(umlauts.text("/messages/1/tool_calls/0/id").size() <= 40u);
}

BOOST_AUTO_TEST_CASE(bytes_of_a_file_have_a_name_for_openai) {
    const auto named = [](std::string_view block) {
        const to_openai done(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)" + std::string(block) + "]}]}");
        return done.text("/messages/0/content/0/file/filename");
    };
    BOOST_TEST(named(R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}})") == "document.pdf");
    BOOST_TEST(named(R"({"type":"document","title":"mine.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}})") ==
               "mine.pdf");
}

BOOST_AUTO_TEST_CASE(calls_of_consecutive_messages_are_one_message_for_openai) {
    const to_openai done(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":[{"type":"text","text":"first"},{"type":"tool_use","id":"a","name":"look","input":{}}]},
        {"role":"assistant","content":[{"type":"text","text":"second"},{"type":"tool_use","id":"b","name":"look","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"ra"}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"rb"}]}]})");
    BOOST_TEST(done.tree.at("messages").as_array().size() == 4u);
    BOOST_TEST(done.text("/messages/1/content/0/text") == "first");
    BOOST_TEST(done.text("/messages/1/content/1/text") == "second");
    BOOST_TEST(done.text("/messages/1/tool_calls/0/id") == "a");
    BOOST_TEST(done.text("/messages/1/tool_calls/1/id") == "b");
    BOOST_TEST(done.text("/messages/2/tool_call_id") == "a");
    BOOST_TEST(done.text("/messages/3/tool_call_id") == "b");
    // Without calls they stay as they are.
    const to_openai plain(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":"one"},{"role":"assistant","content":"two"}]})");
    BOOST_TEST(plain.tree.at("messages").as_array().size() == 3u);
}

BOOST_AUTO_TEST_CASE(stop_sequences_beyond_the_limit_are_reported) {
    constexpr std::string_view body = R"({"model":"m","max_tokens":9,"stop_sequences":["a","b","c","d","e"],
        "messages":[{"role":"user","content":"hi"}]})";
    model_traits traits;
    const to_openai any(body, traits);
    BOOST_TEST(any.tree.at("stop").as_array().size() == 5u);
    BOOST_TEST(any.drops.count() == 0u);
    traits.max_stop_sequences = 4;
    const to_openai four(body, traits);
    BOOST_TEST(four.tree.at("stop").as_array().size() == 4u);
    BOOST_REQUIRE(four.drops.first_lost() != nullptr);
    BOOST_TEST(four.drops.first_lost()->text() == "stop[4]");
}

BOOST_AUTO_TEST_CASE(the_bytes_of_an_image_decide_its_type) {
    using to_anthropic = translated<openai_chat, anthropic_messages>;
    using to_gemini = translated<openai_chat, gemini_generate>;
    constexpr std::string_view body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[
        {"type":"image_url","image_url":{"url":"data:image/png;base64,/9j/4AAQ"}},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]})";
    const to_anthropic done(body);
    BOOST_TEST(done.text("/messages/0/content/0/source/media_type") == "image/jpeg");
    // Unknown bytes are what they are declared to be.
    BOOST_TEST(done.text("/messages/0/content/1/source/media_type") == "image/png");
    BOOST_TEST(to_gemini(body).text("/contents/0/parts/0/inlineData/mimeType") == "image/jpeg");
}

BOOST_AUTO_TEST_CASE(what_claude_code_sends_with_every_request_is_a_hint) {
    const to_openai done(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],
        "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"speed":"fast","diagnostics":{"previous_message_id":"msg_1"}})");
    BOOST_TEST(done.drops.first_lost() == nullptr);
    BOOST_TEST(done.drops.count() == 3u);
    BOOST_TEST(done.text("/context_management") == "null");
}

BOOST_AUTO_TEST_CASE(blocks_of_a_result_that_others_lack_are_text) {
    constexpr std::string_view body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"find","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[
            {"type":"tool_reference","tool_name":"mcp__a__b"},
            {"type":"search_result","title":"T","source":"https://example.com","content":[{"type":"text","text":"found"}]}]}]}],
        "tools":[{"name":"mcp__a__b","input_schema":{"type":"object"},"defer_loading":true}]})";
    const to_openai done(body);
    BOOST_TEST(done.drops.first_lost() == nullptr);
    BOOST_TEST(done.text("/messages/2/content/0/text") == "mcp__a__b");
    BOOST_TEST(done.text("/messages/2/content/1/text") == "T\nhttps://example.com\nfound");
    // The vendor that has them gets them as they are.
    const translated<anthropic_messages, anthropic_messages> same(body);
    BOOST_TEST(same.text("/messages/2/content/0/content/0/type") == "tool_reference");
    BOOST_TEST(same.tree.at("messages").at(2).at("content").at(0).at("content").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_call_without_arguments_has_an_empty_object) {
    const std::string sent = relay<anthropic_messages, openai_chat>(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\",\"content\":[]}}\n\n"
        "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"now\",\"input\":{}}}\n\n"
        "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        "data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"u\",\"name\":\"at\",\"input\":{}}}\n\n"
        "data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":1}\"}}\n\n"
        "data: {\"type\":\"content_block_stop\",\"index\":1}\n\n"
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":1}}\n\n"
        "data: {\"type\":\"message_stop\"}\n\n");
    const auto empty = sent.find(R"({"index":0,"function":{"arguments":"{}"}})");
    BOOST_REQUIRE(empty != std::string::npos);
    BOOST_TEST(empty < sent.find(R"("finish_reason":"tool_calls")"));
    BOOST_TEST(sent.find(R"({"index":1,"function":{"arguments":"{}"}})") == std::string::npos);
    chat_reply reply;
    reply.choices.emplace_back().answer.add(tool_call_part("t", "now", ""));
    std::string whole;
    openai_chat::encode_reply(reply, reply_options(), whole);
    BOOST_TEST(whole.find(R"("arguments":"{}")") != std::string::npos, whole);
}

BOOST_AUTO_TEST_CASE(the_first_event_has_the_tokens_that_the_provider_names_first) {
    const std::string sent = relay<gemini_generate, anthropic_messages>(
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"ok\"}]},\"index\":0}],\"responseId\":\"r\","
        "\"usageMetadata\":{\"promptTokenCount\":1000,\"cachedContentTokenCount\":800,\"candidatesTokenCount\":1}}\n\n"
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"!\"}]},\"finishReason\":\"STOP\",\"index\":0}]}\n\n");
    const auto start = sent.find("message_start");
    const std::string_view first = std::string_view(sent).substr(start, sent.find("\n\n", start) - start);
    BOOST_TEST(first.find(R"("input_tokens":200)") != std::string_view::npos, first);
    BOOST_TEST(first.find(R"("cache_read_input_tokens":800)") != std::string_view::npos, first);
}

BOOST_AUTO_TEST_CASE(half_of_a_surrogate_pair_does_not_end_a_stream) {
    const auto chunk = [](std::string_view text) {
        return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + std::string(text) + "\"},\"finish_reason\":null}]}\n\n";
    };
    const std::string sent = relay<openai_chat, anthropic_messages>(
        chunk("a") + chunk("\\ud83d") + chunk("\\ude00") + chunk("z") +
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    BOOST_TEST(sent.find(R"("text":"z")") != std::string::npos);
    BOOST_TEST(sent.find("message_stop") != std::string::npos);
    BOOST_TEST(sent.find("\xEF\xBF\xBD") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace field_faults_unit
