// SPDX-License-Identifier: BSL-1.0
// A signature goes back to the vendor that gave it, byte for byte, and to no other.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace signatures_unit {

namespace {

using llmx::anthropic_messages;
using llmx::bedrock_converse;
using llmx::gemini_generate;
using llmx::openai_chat;

const std::string claude_signature = "Er/UB+kgIA==", gemini_signature = "CsI/B+XXAA==";

const std::string claude_reply =
    R"({"id":"m1","type":"message","role":"assistant","model":"c","content":[{"type":"thinking","thinking":"hm","signature":")" +
    claude_signature +
    R"("},{"type":"tool_use","id":"t1","name":"f","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}})";
const std::string gemini_reply =
    R"({"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":")" +
    gemini_signature + R"("},{"functionCall":{"id":"t1","name":"f","args":{}}}]}}]})";

std::string sse(std::string_view event, std::string_view data) {
    return "event: " + std::string(event) + "\ndata: " + std::string(data) + "\n\n";
}
const std::string claude_stream =
    sse("message_start", R"({"type":"message_start","message":{"id":"m1","model":"c"}})") +
    sse("content_block_start", R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})") +
    sse("content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})") +
    sse("content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":")" + claude_signature + "\"}}") +
    sse("content_block_stop", R"({"type":"content_block_stop","index":0})") +
    sse("content_block_start", R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}})") +
    sse("content_block_stop", R"({"type":"content_block_stop","index":1})") +
    sse("message_delta", R"({"type":"message_delta","delta":{"stop_reason":"tool_use"}})") +
    sse("message_stop", R"({"type":"message_stop"})");
const std::string gemini_stream = "data: " + gemini_reply + "\n\n";

boost::json::object parsed(std::string_view text) { return boost::json::parse(text).as_object(); }

/// What \p Facade writes for a whole reply in the language \p Upstream.
template <class Facade, class Upstream> boost::json::object whole(std::string_view body) {
    const auto reply = Upstream::decode_reply(body);
    BOOST_REQUIRE(reply.has_value());
    std::string out;
    Facade::encode_reply(*reply, llmx::reply_options(), out);
    return parsed(out);
}
/// The data lines of a stream.
template <class Facade, class Upstream> std::vector<boost::json::object> streamed(std::string_view bytes) {
    typename Upstream::stream_decoder decoder;
    typename Facade::stream_encoder encoder{llmx::reply_options()};
    llmx::event_batch batch;
    BOOST_REQUIRE(decoder.feed(bytes, batch).has_value());
    BOOST_REQUIRE(decoder.finish(batch).has_value());
    std::string out;
    while (const auto* e = batch.try_next()) encoder.encode(*e, out);
    encoder.finish(out);
    std::vector<boost::json::object> lines;
    if constexpr (std::is_same_v<Facade, bedrock_converse>) {
        llmx::aws_event_decoder messages;
        BOOST_REQUIRE(messages.feed(out, [&lines](const llmx::aws_event& e) { lines.push_back(parsed(e.payload)); }).has_value());
        return lines;
    }
    for (std::size_t at = out.find("data: {"); at != std::string::npos; at = out.find("data: {", at + 1))
        lines.push_back(parsed(std::string_view(out).substr(at + 6, out.find('\n', at) - at - 6)));
    return lines;
}

/// The assistant's turn as each client sends it back.
boost::json::object anthropic_turn(const boost::json::object& reply) {
    return {{"role", "assistant"}, {"content", reply.at("content")}};
}
boost::json::object anthropic_turn(const std::vector<boost::json::object>& events) {
    boost::json::array content;
    for (const auto& e : events) {
        if (e.at("type") == "content_block_start") content.push_back(e.at("content_block"));
        if (e.at("type") != "content_block_delta") continue;
        const auto& delta = e.at("delta").as_object();
        auto& block = content.at(e.at("index").to_number<std::size_t>()).as_object();
        if (const auto* text = delta.if_contains("thinking")) block["thinking"] = *text;
        if (const auto* proof = delta.if_contains("signature")) block["signature"] = *proof;
    }
    return {{"role", "assistant"}, {"content", content}};
}
boost::json::object openai_turn(const boost::json::object& reply) {
    return reply.at("choices").at(0).at("message").as_object();
}
boost::json::object openai_turn(const std::vector<boost::json::object>& chunks) {
    boost::json::object turn = {{"role", "assistant"}, {"content", ""}};
    for (const auto& c : chunks) {
        if (c.at("choices").as_array().empty()) continue;
        for (const auto& m : c.at("choices").at(0).at("delta").as_object())
            if (m.key() == "thinking_blocks" || (m.key() == "tool_calls" && !turn.contains("tool_calls")))
                turn[m.key()] = m.value();
    }
    return turn;
}
boost::json::object gemini_turn(const boost::json::object& reply) {
    return reply.at("candidates").at(0).at("content").as_object();
}
boost::json::object gemini_turn(const std::vector<boost::json::object>& chunks) {
    boost::json::array parts;
    for (const auto& c : chunks)
        if (const auto* all = c.if_contains("candidates"))
            for (const auto& p : all->at(0).at("content").at("parts").as_array()) parts.push_back(p);
    return {{"role", "model"}, {"parts", parts}};
}
boost::json::object bedrock_turn(const boost::json::object& reply) { return reply.at("output").at("message").as_object(); }
boost::json::object bedrock_turn(const std::vector<boost::json::object>& events) {
    boost::json::array content;
    for (const auto& e : events) {
        const auto* index = e.if_contains("contentBlockIndex");
        if (index == nullptr) continue;
        if (content.size() <= index->to_number<std::size_t>()) content.emplace_back(boost::json::object());
        auto& block = content.at(index->to_number<std::size_t>()).as_object();
        if (const auto* begun = e.if_contains("start")) {
            block = begun->as_object();
            block.at("toolUse").as_object()["input"] = boost::json::object();
        }
        const auto* delta = e.if_contains("delta");
        if (delta == nullptr || !delta->as_object().contains("reasoningContent")) continue;
        auto& thought = block["reasoningContent"];
        if (!thought.is_object()) thought = {{"reasoningText", {{"text", ""}}}};
        for (const auto& m : delta->at("reasoningContent").as_object()) thought.at("reasoningText").as_object()[m.key()] = m.value();
    }
    return {{"role", "assistant"}, {"content", content}};
}
/// Google's SDKs that keep a signature as bytes write it in the other alphabet, padded or not.
boost::json::object through_bytes(boost::json::object turn, bool padded) {
    for (auto& part : turn.at("parts").as_array()) {
        auto* proof = part.as_object().if_contains("thoughtSignature");
        if (proof == nullptr) continue;
        std::string text(proof->as_string());
        BOOST_TEST(text.size() % 4 == 0u);
        std::replace(text.begin(), text.end(), '+', '-');
        std::replace(text.begin(), text.end(), '/', '_');
        if (!padded) text.resize(text.find_last_not_of('=') + 1);
        *proof = text;
    }
    return turn;
}

std::string anthropic_body(const boost::json::object& turn) {
    return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},)" + boost::json::serialize(turn) +
           R"(,{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"1"}]}]})";
}
std::string openai_body(const boost::json::object& turn) {
    return R"({"model":"m","messages":[{"role":"user","content":"hi"},)" + boost::json::serialize(turn) +
           R"(,{"role":"tool","tool_call_id":"t1","content":"1"}]})";
}
std::string gemini_body(const boost::json::object& turn) {
    return R"({"contents":[{"role":"user","parts":[{"text":"hi"}]},)" + boost::json::serialize(turn) +
           R"(,{"role":"user","parts":[{"functionResponse":{"id":"t1","name":"f","response":{"result":"1"}}}]}]})";
}

std::string bedrock_body(const boost::json::object& turn) {
    return R"({"messages":[{"role":"user","content":[{"text":"hi"}]},)" + boost::json::serialize(turn) +
           R"(,{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"1"}]}}]}]})";
}

/// A request of a client, as \p Upstream gets it; `hint` is whether the thought was left out.
template <class Facade, class Upstream> std::string upstream(std::string_view body, bool* hint = nullptr) {
    llmx::request_target target;
    target.model = "m";
    const auto request = Facade::decode_request(body, target);
    BOOST_REQUIRE_MESSAGE(request.has_value(), body);
    std::string out;
    llmx::drop_report drops;
    BOOST_REQUIRE(Upstream::encode_request(*request, llmx::encode_options(), out, drops).has_value());
    if (hint != nullptr)
        *hint = std::any_of(drops.entries().begin(), drops.entries().end(), [](const auto& e) {
            return e.hint && e.at.text() == "messages[1].content[0]";
        });
    return out;
}

/// The turn of each façade's client, whole and streamed, back at both vendors.
template <class Facade, class Turn, class Body> void check(Turn turn, Body body) {
    const std::string claudes[] = {body(turn(whole<Facade, anthropic_messages>(claude_reply))),
                                   body(turn(streamed<Facade, anthropic_messages>(claude_stream)))};
    for (const auto& text : claudes) {
        BOOST_TEST_CONTEXT(text) {
            const auto own = parsed(upstream<Facade, anthropic_messages>(text));
            BOOST_TEST((own.at("messages").at(1).at("content").at(0) ==
                        boost::json::value({{"type", "thinking"}, {"thinking", "hm"}, {"signature", claude_signature}})));
            bool hint = false;
            const std::string elsewhere = upstream<Facade, gemini_generate>(text, &hint);
            BOOST_TEST(elsewhere.find("hm") == std::string::npos);
            BOOST_TEST(hint);
        }
    }
    const std::string geminis[] = {body(turn(whole<Facade, gemini_generate>(gemini_reply))),
                                   body(turn(streamed<Facade, gemini_generate>(gemini_stream)))};
    for (const auto& text : geminis) {
        BOOST_TEST_CONTEXT(text) {
            const auto own = parsed(upstream<Facade, gemini_generate>(text));
            BOOST_TEST((own.at("contents").at(1).at("parts").at(0) ==
                        boost::json::value({{"text", "hm"}, {"thought", true}, {"thoughtSignature", gemini_signature}})));
            bool hint = false;
            const std::string elsewhere = upstream<Facade, anthropic_messages>(text, &hint);
            BOOST_TEST(elsewhere.find("hm") == std::string::npos);
            BOOST_TEST(hint);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_signatures)

BOOST_AUTO_TEST_CASE(through_an_anthropic_client) {
    check<anthropic_messages>([](const auto& r) { return anthropic_turn(r); }, anthropic_body);
}

BOOST_AUTO_TEST_CASE(through_an_openai_client) {
    check<openai_chat>([](const auto& r) { return openai_turn(r); }, openai_body);
}

BOOST_AUTO_TEST_CASE(through_a_gemini_client) {
    check<gemini_generate>([](const auto& r) { return gemini_turn(r); }, gemini_body);
}

BOOST_AUTO_TEST_CASE(through_a_bedrock_client) {
    check<bedrock_converse>([](const auto& r) { return bedrock_turn(r); }, bedrock_body);
}

BOOST_AUTO_TEST_CASE(through_a_gemini_client_that_keeps_signatures_as_bytes) {
    for (const bool padded : {true, false}) {
        const auto turn = through_bytes(gemini_turn(whole<gemini_generate, anthropic_messages>(claude_reply)), padded);
        const auto own = parsed(upstream<gemini_generate, anthropic_messages>(gemini_body(turn)));
        BOOST_TEST((own.at("messages").at(1).at("content").at(0).at("signature").as_string() == claude_signature));
    }
}

// A façade's own vendor needs no tag, and in OpenAI's language LiteLLM made untagged ones Anthropic's.
BOOST_AUTO_TEST_CASE(without_a_tag) {
    const auto claude = whole<anthropic_messages, anthropic_messages>(claude_reply);
    BOOST_TEST((claude.at("content").at(0).at("signature").as_string() == claude_signature));
    const auto gemini = gemini_turn(whole<gemini_generate, gemini_generate>(gemini_reply));
    BOOST_TEST((gemini.at("parts").at(0).at("thoughtSignature").as_string() == gemini_signature));
    const std::string old = openai_body(
        {{"role", "assistant"},
         {"content", boost::json::value()},
         {"thinking_blocks", {{{"type", "thinking"}, {"thinking", "hm"}, {"signature", claude_signature}}}},
         {"tool_calls", {{{"id", "t1"}, {"type", "function"}, {"function", {{"name", "f"}, {"arguments", "{}"}}}}}}});
    const std::string to_claude = upstream<openai_chat, anthropic_messages>(old);
    const std::string to_gemini = upstream<openai_chat, gemini_generate>(old);
    BOOST_TEST(to_claude.find(claude_signature) != std::string::npos);
    BOOST_TEST(to_gemini.find(claude_signature) == std::string::npos);
}

// Google signs in OpenAI's language too, in a member of its own.
BOOST_AUTO_TEST_CASE(of_googles_openai_endpoint) {
    const std::string chunk = R"(data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant",)"
        R"("extra_content":{"google":{"thought_signature":"c2ln"}}},"finish_reason":"stop"}]})"
                              "\n\ndata: [DONE]\n\n";
    const auto events = streamed<anthropic_messages, openai_chat>(chunk);
    const auto turn = anthropic_turn(events);
    BOOST_TEST((turn.at("content").at(0).at("signature").as_string() == "llmx::gemini_generate:c2ln"));
    const std::string to_claude = upstream<anthropic_messages, anthropic_messages>(anthropic_body(turn));
    BOOST_TEST(to_claude.find("c2ln") == std::string::npos);
}

// A thinking budget requires the thoughts that led to a call, and another vendor's are none.
BOOST_AUTO_TEST_CASE(anothers_thought_does_not_stand_for_ones_own) {
    const std::string text = anthropic_body(anthropic_turn(whole<anthropic_messages, gemini_generate>(gemini_reply)));
    auto request = anthropic_messages::decode_request(text, llmx::request_target());
    BOOST_REQUIRE(request.has_value());
    request->reasoning = llmx::reasoning_options(llmx::reasoning_effort::low);
    std::string out;
    llmx::drop_report drops;
    BOOST_REQUIRE(anthropic_messages::encode_request(*request, llmx::encode_options(), out, drops).has_value());
    BOOST_TEST(out.find("budget_tokens") == std::string::npos);
    BOOST_TEST((drops.first_lost() == nullptr));
    BOOST_TEST(std::any_of(drops.entries().begin(), drops.entries().end(), [](const auto& e) { return e.at.text() == "reasoning"; }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signatures_unit
