// SPDX-License-Identifier: BSL-1.0
// Which successful replies hold an answer, in each language.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/embed.hpp>
#include <llmx/dialects/ollama/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace holds_answer_unit {

using namespace llmx;

namespace {

struct row {
    const codec_ops* codec;
    std::string_view body;
    bool answer;
};

const row rows[] = {
    {&codec_of<openai_chat>, R"({"choices":[{"index":0,"message":{"role":"assistant","content":""}}]})", true},
    {&codec_of<openai_chat>, "{\"choices\" :\r\n\t[ { \"message\" : { \"role\":\"assistant\" } } ]}", true},
    {&codec_of<openai_chat>, R"({"choices":[{"message":null,"finish_reason":"stop"}]})", true},
    {&codec_of<openai_chat>, R"({"choices":[{"message":null,"finish_reason":""}]})", false},
    {&codec_of<openai_chat>, R"({"choices":[{}]})", false},
    {&codec_of<openai_chat>, R"({"choices":[]})", false},
    {&codec_of<openai_chat>, R"({"choices":[null]})", false},
    {&codec_of<openai_chat>, R"({"choices":{}})", false},
    {&codec_of<openai_chat>, R"({"message":{"role":"assistant","content":"another form"}})", false},
    {&codec_of<openai_chat>, R"({"text":"\"choices\":[{\"message\":{\"role\""})", false},
    {&codec_of<openai_chat>, R"("choices)", false},
    {&codec_of<openai_chat>, R"({"usage":{"prompt_tokens":3},"choices":[{"index":0,"finish_reason":"stop"}],"service_tier":"flex"})", true},
    {&codec_of<openai_chat>, R"({"data":{"choices":[{"message":{"role":"assistant"}}]}})", true},
    {&codec_of<anthropic_messages>, R"({"content":[{"type":"text","text":""}]})", true},
    {&codec_of<anthropic_messages>, R"({"content":[],"stop_reason":"end_turn"})", true},
    {&codec_of<anthropic_messages>, R"({"content":[],"stop_reason":null})", false},
    {&codec_of<anthropic_messages>, R"({"content":[]})", false},
    {&codec_of<anthropic_messages>, "{}", false},
    {&codec_of<gemini_generate>, R"({"candidates":[{"content":{"role":"model"}}]})", true},
    {&codec_of<gemini_generate>, R"({"candidates":[{"finish_reason":"SAFETY"}]})", true},
    {&codec_of<gemini_generate>, R"({"promptFeedback":{"blockReason":"SAFETY"}})", true},
    {&codec_of<gemini_generate>, R"({"promptFeedback":{}})", false},
    {&codec_of<gemini_generate>, R"({"candidates":[{"content":{}}]})", false},
    {&codec_of<gemini_generate>, R"({"candidates":[]})", false},
    {&codec_of<bedrock_converse>, R"({"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"})", true},
    {&codec_of<bedrock_converse>, R"({"output":{},"stopReason":"guardrail_intervened"})", true},
    {&codec_of<bedrock_converse>, R"({"output":{"message":null},"usage":{"inputTokens":1}})", false},
    {&codec_of<bedrock_converse>, "{}", false},
    {&codec_of<cohere_chat>, R"({"message":{"role":"assistant"}})", true},
    {&codec_of<cohere_chat>, R"({"finish_reason":"MAX_TOKENS"})", true},
    {&codec_of<cohere_chat>, R"({"message":"too many requests"})", false},
    {&codec_of<cohere_chat>, "{}", false},
    {&codec_of<ollama_chat>, R"({"message":{"role":"assistant","content":""},"done":true})", true},
    {&codec_of<ollama_chat>, R"({"error":"model not found"})", false},
    {&codec_of<ollama_generate>, R"({"response":"","done":true})", true},
    {&codec_of<ollama_generate>, R"({"response":null})", false},
    {&codec_of<ollama_embed>, R"({"embeddings":[[0.5]]})", true},
    {&codec_of<ollama_embed>, R"({"embeddings":[]})", false},
    {&codec_of<ollama_embeddings>, R"({"embedding":[0.5]})", true},
    {&codec_of<ollama_embeddings>, "{}", false},
    {&codec_of<openai_embeddings>, R"({"data":[{"index":0,"embedding":[0.5]}]})", true},
    {&codec_of<openai_embeddings>, R"({"data":[],"usage":{"prompt_tokens":1}})", false},
    {&codec_of<openai_embeddings>, "{}", false},
    {&codec_of<gemini_embed>, R"({"embedding":{"values":[0.5]}})", true},
    {&codec_of<gemini_embed>, R"({"embedding":{}})", false},
    {&codec_of<gemini_batch_embed>, R"({"embeddings":[{"values":[0.5]}]})", true},
    {&codec_of<gemini_batch_embed>, R"({"embeddings":[]})", false},
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_holds_answer)

BOOST_AUTO_TEST_CASE(replies_with_and_without_an_answer) {
    for (const row& r : rows) {
        BOOST_REQUIRE(r.codec->holds_answer != nullptr);
        BOOST_TEST(r.codec->holds_answer(r.body) == r.answer, r.codec->name << " " << r.body);
        if (r.codec->scan_reply == nullptr) continue;
        bool answered = false;
        BOOST_TEST((r.codec->scan_reply(r.body, answered) == r.codec->scan_usage(r.body)));
        BOOST_TEST(answered == r.answer, r.codec->name << " in one scan " << r.body);
    }
}

BOOST_AUTO_TEST_CASE(end_markers_and_cached_tokens_of_each_language) {
    BOOST_TEST(codec_of<openai_chat>.end_marker == "data: [DONE]\n\n");
    BOOST_TEST(codec_of<anthropic_messages>.end_marker.empty());
    BOOST_TEST(codec_of<gemini_generate>.end_marker.empty());
    BOOST_TEST(codec_of<openai_chat>.limits_count_cached);
    BOOST_TEST(codec_of<gemini_generate>.limits_count_cached);
    BOOST_TEST(!codec_of<anthropic_messages>.limits_count_cached);
    BOOST_TEST(!codec_of<bedrock_converse>.limits_count_cached);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace holds_answer_unit
