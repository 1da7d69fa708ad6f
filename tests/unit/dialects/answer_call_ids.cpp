// SPDX-License-Identifier: BSL-1.0
// Calls whose server gave them no id get one that is their own in the conversation; an id of the server stays.
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/responses.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace answer_call_ids_unit {

using namespace llmx;

namespace {

template <class D> std::vector<std::string> of_reply(const std::string& body) {
    const result<chat_reply> r = D::decode_reply(body);
    BOOST_REQUIRE_MESSAGE(r.has_value(), body);
    std::vector<std::string> ids;
    for (const content_part& p : r->choices.front().answer.content)
        if (const auto* const c = std::get_if<tool_call_part>(&p)) ids.push_back(c->id);
    return ids;
}

template <class D> std::vector<std::string> of_stream(const std::string& bytes) {
    typename D::stream_decoder decoder;
    event_batch out;
    BOOST_REQUIRE(decoder.feed(bytes, out).has_value());
    std::vector<std::string> ids;
    for (const chat_event& e : out.events())
        if (e.what == chat_event::kind::tool_call) ids.emplace_back(e.id);
    return ids;
}

/// Two answers of two calls each: four ids, each of them fit for the strictest vendor.
void check(const std::string& what, const std::vector<std::string>& first, const std::vector<std::string>& second) {
    BOOST_TEST_CONTEXT(what) {
        BOOST_TEST((first.size() == 2u && second.size() == 2u));
        std::set<std::string> all(first.begin(), first.end());
        all.insert(second.begin(), second.end());
        BOOST_TEST(all.size() == 4u);
        for (const std::string& id : all) {
            BOOST_TEST((!id.empty() && id.size() <= 40u), id);
            BOOST_TEST((id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos), id);
        }
    }
}

const std::string two = R"({"function":{"name":"f","arguments":{}}},{"function":{"name":"f","arguments":{}}})";
const std::string two_text = R"({"index":0,"function":{"name":"f","arguments":"{}"}},{"index":1,"function":{"name":"f","arguments":"{}"}})";

std::string ollama(std::string_view fraction, bool done) {
    return R"({"model":"q","created_at":"2025-01-01T00:00:00.)" + std::string(fraction) + R"(Z","message":{"role":"assistant","content":"","tool_calls":[)" +
           two + "]},\"done\":" + (done ? "true" : "false") + "}\n";
}
std::string cohere(std::string_view id) {
    return R"({"id":")" + std::string(id) + R"(","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_calls":[)" + two_text + "]}}";
}
std::string openai(std::string_view head) {
    return "{" + std::string(head) + R"("choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[)" + two_text +
           R"(]},"finish_reason":"tool_calls"}]})";
}
std::string openai_stream(std::string_view head) {
    return "data: {" + std::string(head) + R"("choices":[{"index":0,"delta":{"tool_calls":[)" + two_text + "]}}]}\n\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_answer_call_ids)

BOOST_AUTO_TEST_CASE(calls_without_ids_get_their_own) {
    check("ollama", of_reply<ollama_chat>(ollama("1", true)), of_reply<ollama_chat>(ollama("2", true)));
    check("cohere", of_reply<cohere_chat>(cohere("a")), of_reply<cohere_chat>(cohere("b")));
    check("openai", of_reply<openai_chat>(openai(R"("id":"a",)")), of_reply<openai_chat>(openai(R"("id":"b",)")));
    check("openai without an id", of_reply<openai_chat>(openai(R"("created":1,)")), of_reply<openai_chat>(openai(R"("created":2,)")));
    const auto gemini = [](std::string_view id) {
        return R"({"responseId":")" + std::string(id) +
               R"(","candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}}]}}]})";
    };
    check("gemini", of_reply<gemini_generate>(gemini("a")), of_reply<gemini_generate>(gemini("b")));
    const auto responses = [](std::string_view id) {
        const std::string call = R"({"type":"function_call","id":"fc_)" + std::string(id);
        return R"({"id":"r","status":"completed","output":[)" + call +
               R"(1","name":"f","arguments":"{}"},)" + call + R"(2","name":"f","arguments":"{}"}]})";
    };
    check("responses", of_reply<openai_responses>(responses("a")), of_reply<openai_responses>(responses("b")));
}

BOOST_AUTO_TEST_CASE(calls_of_streams_without_ids_get_their_own) {
    check("ollama", of_stream<ollama_chat>(ollama("1", false)), of_stream<ollama_chat>(ollama("2", false)));
    check("openai", of_stream<openai_chat>(openai_stream(R"("id":"a",)")), of_stream<openai_chat>(openai_stream(R"("id":"b",)")));
    check("openai without an id", of_stream<openai_chat>(openai_stream(R"("created":1,)")), of_stream<openai_chat>(openai_stream(R"("created":2,)")));
    const auto cohere_stream = [](std::string_view id) {
        std::string out = R"(data: {"type":"message-start","id":")" + std::string(id) + "\"}\n\n";
        for (const char* const i : {"0", "1"})
            out += std::string(R"(data: {"type":"tool-call-start","index":)") + i +
                   R"(,"delta":{"message":{"tool_calls":{"type":"function","function":{"name":"f","arguments":""}}}}})" + "\n\n";
        return out;
    };
    check("cohere", of_stream<cohere_chat>(cohere_stream("a")), of_stream<cohere_chat>(cohere_stream("b")));
}

BOOST_AUTO_TEST_CASE(ids_of_the_server_stay_and_the_same_answer_has_the_same) {
    const std::string with_id =
        R"({"model":"q","message":{"role":"assistant","tool_calls":[{"id":"mine","function":{"name":"f","arguments":{}}}]},"done":true})";
    BOOST_TEST(of_reply<ollama_chat>(with_id).front() == "mine");
    BOOST_TEST(of_stream<ollama_chat>(with_id + "\n").front() == "mine");
    BOOST_TEST((of_reply<ollama_chat>(ollama("1", true)) == of_reply<ollama_chat>(ollama("1", true))));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace answer_call_ids_unit
