// SPDX-License-Identifier: BSL-1.0
// The words of a failure reach the caller, in whichever form a server has them.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/detail/context_overflow.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace error_reasons_unit {

using namespace llmx;

namespace {

struct row {
    std::string_view body, words;
};
constexpr row rows[] = {
    {R"({"object":"error","message":{"detail":[{"type":"missing","loc":["body","messages",0,"content"],"msg":"Field required"}]},"type":"e"})",
     "body.messages.0.content: Field required"},
    {R"({"error":{"message":{"reason":"x","detail":"no such model"}}})", "no such model"},
    {R"({"detail":[{"loc":["body","a"],"msg":"one"},{"loc":["body","b"],"msg":"two"}]})", "body.a: one; body.b: two"},
    {R"({"detail":"Not authenticated"})", "Not authenticated"},
    {R"({"msg":"bad key"})", "bad key"},
    {R"({"error_code":336002,"error_msg":"Invalid JSON"})", "Invalid JSON"},
    {R"({"error":{"message":"plain"}})", "plain"},
    {R"({"errors":[{"message":"first"}]})", "first"},
};

template <class D> void check(std::string_view language) {
    for (const row& r : rows) BOOST_TEST(D::decode_error(r.body).message == r.words, language << " " << r.body << " " << D::decode_error(r.body).message);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_error_reasons)

BOOST_AUTO_TEST_CASE(each_language_keeps_them) {
    check<openai_chat>("openai");
    check<anthropic_messages>("anthropic");
    check<gemini_generate>("gemini");
    check<cohere_chat>("cohere");
    check<ollama_chat>("ollama");
    check<bedrock_converse>("bedrock");
}

BOOST_AUTO_TEST_CASE(hostile_bodies_are_bounded) {
    std::string deep;
    for (int i = 0; i < 20; ++i) deep += R"({"error":)";
    deep += "\"x\"" + std::string(20, '}');
    BOOST_TEST(anthropic_messages::decode_error(deep).message.empty());
    std::string many = R"({"detail":[)";
    for (int i = 0; i < 5000; ++i) many += R"({"msg":"0123456789"},)";
    many += R"({"msg":"x"}]})";
    BOOST_TEST(cohere_chat::decode_error(many).message.size() == 8u * 10u + 7u * 2u);
    const std::string long_text = R"({"msg":")" + std::string(100000, 'a') + "\"}";
    BOOST_TEST(ollama_chat::decode_error(long_text).message.size() == 4096u);
}

BOOST_AUTO_TEST_CASE(ollamas_words_of_an_overflow) {
    BOOST_TEST(detail::words_report_overflow("the input length exceeds the context length"));
    BOOST_TEST(detail::words_report_overflow("request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it"));
    BOOST_TEST(!detail::words_report_overflow("the context length is set by num_ctx"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace error_reasons_unit
