// SPDX-License-Identifier: BSL-1.0
// The endpoints that count: what a provider counts, what is counted here, and usage that no provider reports.
#include "support.hpp"

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/token_counter.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/json/parse.hpp>

namespace server_count_tokens_unit {

using namespace llmx;
using namespace server_test;

namespace {

using counting_server = llmx::server<fake_gateway, openai_chat_endpoint, anthropic_messages_endpoint, gemini_generate_endpoint,
                                     anthropic_count_tokens_endpoint, gemini_count_tokens_endpoint, token_counter_endpoint,
                                     openai_input_tokens_endpoint, models_endpoint>;

/// Ranks of bytes alone: a token is a byte.
std::shared_ptr<const any_token_counter> byte_counter() {
    std::string text;
    for (int c = 0; c < 256; ++c) {
        const char byte = static_cast<char>(c);
        text += base64_encode(std::string_view(&byte, 1)) + " " + std::to_string(c) + "\n";
    }
    auto counter = std::make_shared<token_counter>();
    counter->add(tokenizer::load("o200k_base", text).value());
    return counter;
}

/// Facts of a model whose tokenizer is \p name.
model_facts facts_with(std::string name) {
    model_facts f;
    f.tokenizer = std::move(name);
    return f;
}

answer ask(fake_gateway& gateway, std::string_view path, std::string_view body, std::shared_ptr<const any_token_counter> tokens = nullptr) {
    server_options o;
    o.port = 0;
    o.threads = 1;
    o.handle_signals = false;
    o.log.sink = std::make_shared<memory_sink>();
    o.tokens = std::move(tokens);
    counting_server server(gateway, std::move(o));
    BOOST_REQUIRE(server.listen());
    std::thread thread([&server] { (void)server.run(); });
    client c(server.port());
    c.send(post(path, body));
    answer a = c.read();
    server.stop();
    thread.join();
    return a;
}

/// A gateway whose provider does not count; \p facts may be null.
void never_counts(fake_gateway& gateway, const model_facts* facts) {
    gateway.act = [facts](call& c) -> asio::awaitable<result<reply>> {
        c.report.facts = facts;
        BOOST_TEST(c.in.no_fallback);
        BOOST_TEST(c.in.estimated_tokens == 0u);
        co_return error(errc::unsupported_operation);
    };
}

constexpr std::string_view anthropic_body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
constexpr std::string_view gemini_body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";

} // namespace

BOOST_AUTO_TEST_SUITE(server_count_tokens)

BOOST_AUTO_TEST_CASE(each_form_is_counted_here_when_no_provider_counts) {
    const model_facts facts = facts_with("o200k_base");
    fake_gateway gateway;
    never_counts(gateway, &facts);
    const auto counter = byte_counter();
    // Two bytes, four of the message, three of the answer's beginning.
    const answer a = ask(gateway, "/v1/messages/count_tokens", anthropic_body, counter);
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.body == R"({"input_tokens":9})");
    BOOST_TEST(a.field("x-llmx-tokenizer") == "o200k_base");
    BOOST_TEST(ask(gateway, "/v1beta/models/m:countTokens", gemini_body, counter).body == R"({"totalTokens":9})");
    BOOST_TEST(ask(gateway, "/utils/token_counter", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})", counter).body ==
               R"({"total_tokens":9,"request_model":"m","model_used":"fake-large","tokenizer_type":"openai_tokenizer"})");
    BOOST_TEST(ask(gateway, "/utils/token_counter", R"({"model":"m","prompt":"hi"})", counter).body ==
               R"({"total_tokens":2,"request_model":"m","model_used":"fake-large","tokenizer_type":"openai_tokenizer"})");
}

BOOST_AUTO_TEST_CASE(a_model_without_ranks_is_estimated_and_the_head_names_how) {
    const model_facts facts = facts_with("claude");
    fake_gateway gateway;
    never_counts(gateway, &facts);
    for (const auto& counter : {std::shared_ptr<const any_token_counter>(), byte_counter()}) {
        const answer a = ask(gateway, "/v1/messages/count_tokens", anthropic_body, counter);
        BOOST_TEST(a.status == 200);
        const auto n = a.json().at("input_tokens").as_int64();
        BOOST_TEST((n >= 8 && n <= 10));
        BOOST_TEST(a.field("x-llmx-tokenizer") == "estimate claude");
    }
    never_counts(gateway, nullptr);
    BOOST_TEST(ask(gateway, "/v1/messages/count_tokens", anthropic_body).field("x-llmx-tokenizer") == "estimate o200k");
}

BOOST_AUTO_TEST_CASE(a_long_request_is_counted_too) {
    const model_facts facts = facts_with("o200k_base");
    fake_gateway gateway;
    never_counts(gateway, &facts);
    const std::string long_text(600'000, 'a');
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":")" + long_text + R"("}]})";
    const answer a = ask(gateway, "/v1/messages/count_tokens", body, byte_counter());
    BOOST_TEST(a.body == R"({"input_tokens":600007})");
}

BOOST_AUTO_TEST_CASE(a_providers_count_is_written_in_the_callers_form) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> { co_return reply_with(codec_of<gemini_count_tokens>, R"({"totalTokens":31})"); };
    BOOST_TEST(ask(gateway, "/v1/messages/count_tokens", anthropic_body).body == R"({"input_tokens":31})");
    BOOST_TEST(ask(gateway, "/v1beta/models/m:countTokens", gemini_body).body == R"({"totalTokens":31})");
    BOOST_TEST(ask(gateway, "/utils/token_counter", R"({"model":"m","prompt":"hi"})").body ==
               R"({"total_tokens":31,"request_model":"m","model_used":"fake-large","tokenizer_type":"fake_api"})");
}

BOOST_AUTO_TEST_CASE(failures_are_in_the_callers_language) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> { co_return error(errc::rate_limited, "slow down"); };
    const answer limited = ask(gateway, "/v1/messages/count_tokens", anthropic_body);
    BOOST_TEST(limited.status == 429);
    BOOST_TEST(limited.body.find(R"("type":"rate_limit_error")") != std::string::npos);
    BOOST_TEST(ask(gateway, "/v1/messages/count_tokens", R"({"model":"m"})").status == 400);
    never_counts(gateway, nullptr);
    // A content that cannot be read.
    const answer wrong = ask(gateway, "/v1/messages/count_tokens", R"({"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]})");
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.body.find("messages[0].content[0].text: field required") != std::string::npos, wrong.body);
    // OpenAI's own call is only passed on.
    gateway.act = [](call&) -> asio::awaitable<result<reply>> { co_return error(errc::unsupported_operation); };
    BOOST_TEST(ask(gateway, "/v1/responses/input_tokens", R"({"model":"m","input":"hi"})").status == 501);
    gateway.act = [](call&) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_input_tokens>, R"({"object":"response.input_tokens","input_tokens":7,"x":1})");
    };
    BOOST_TEST(ask(gateway, "/v1/responses/input_tokens", R"({"model":"m","input":"hi"})").body ==
               R"({"object":"response.input_tokens","input_tokens":7,"x":1})");
}

BOOST_AUTO_TEST_CASE(usage_that_no_provider_reports_is_counted_with_the_models_ranks) {
    const model_facts facts = facts_with("o200k_base");
    fake_gateway gateway;
    gateway.act = [&facts](call& c) -> asio::awaitable<result<reply>> {
        c.report.facts = &facts;
        co_return reply_with(codec_of<openai_chat>, R"({"id":"c","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":)"
                                                    R"({"role":"assistant","content":"Hello!"},"finish_reason":"stop"}]})");
    };
    const std::string_view body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
    const answer exact = ask(gateway, "/v1/chat/completions", body, byte_counter());
    BOOST_TEST(exact.json().at("usage").at("prompt_tokens").as_int64() == 9);
    BOOST_TEST(exact.json().at("usage").at("completion_tokens").as_int64() == 6);
    BOOST_TEST(exact.field("x-llmx-usage-estimated") == "true");
    const answer estimated = ask(gateway, "/v1/chat/completions", body);
    BOOST_TEST(estimated.json().at("usage").at("completion_tokens").as_int64() != 6);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace server_count_tokens_unit
