// SPDX-License-Identifier: BSL-1.0
// The failures of every provider of the stock registry: one status is one failure, whatever form the body has, and a form that is known has its words.
#include <unit/gateway/fixture.hpp>

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/testing/run.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace error_bodies_unit {

using namespace llmx;

namespace {

/// A body in the form of a family of vendors; "@" is its sentence.
struct family {
    std::string_view name, body;
};
constexpr family families[] = {
    {"OpenAI", R"({"error":{"message":"@","type":"some_error","param":null,"code":"some_code"}})"},
    {"Anthropic", R"({"type":"error","error":{"type":"some_error","message":"@"},"request_id":"r"})"},
    {"Google", R"({"error":{"code":0,"message":"@","status":"SOME_STATUS"}})"},
    {"a list of Google's", R"([{"error":{"code":0,"message":"@","status":"SOME_STATUS"}}])"},
    {"Cohere, AWS", R"({"message":"@"})"},
    {"Mistral", R"({"object":"error","message":"@","type":"some_error","code":1})"},
    {"FastAPI", R"({"detail":"@"})"},
    {"Ollama", R"({"error":"@"})"},
    {"IBM", R"({"errors":[{"code":"some_code","message":"@"}],"trace":"t","status_code":0})"},
};
/// Bodies in no form that is known.
constexpr std::string_view strange[] = {"", "{}", "[]", "null", "17", R"({"fault":{"reason":"boom"}})",
                                        "upstream connect error", "<html><body>Bad gateway</body></html>",
                                        "{\"error\":", R"({"error":{}})", R"({"error":[1]})", R"({"message":{"a":1}})", "\xff\xfe"};
struct status_row {
    int status;
    errc expected;
};
constexpr status_row statuses[] = {{400, errc::invalid_request}, {401, errc::authentication}, {404, errc::not_found},
                                   {409, errc::conflict},        {422, errc::unprocessable},  {429, errc::rate_limited},
                                   {500, errc::provider_internal}, {502, errc::provider_internal}, {503, errc::overloaded}};

std::string with(std::string_view body, std::string_view words) {
    std::string out(body);
    if (const std::size_t at = out.find('@'); at != std::string::npos) out.replace(at, 1, words);
    return out;
}

/// The form that a provider's own failures have, by the language of its first codec of chats.
std::string_view own_form(const provider_ops& ops) {
    if (ops.name == "stability") return R"({"id":"i","name":"some_code","errors":["@"]})";
    const codec_ops* const chats = ops.codec_for(chat::info, nullptr);
    // Pictures and speech: what the APIs of media have in common.
    const std::string_view language = chats != nullptr ? chats->language : std::string_view("media");
    if (language == "media" || language == "replicate") return families[6].body;
    if (language == "anthropic") return families[1].body;
    if (language == "gemini") return families[2].body;
    if (language == "bedrock" || language == "cohere") return families[4].body;
    if (language == "ollama") return families[7].body;
    return families[0].body;
}

template <class F> void each_provider(F f) {
    const stock_registry all;
    for (std::size_t i = 0; i < stock_registry::size; ++i) {
        const provider_ops& ops = stock_registry::ops(i);
        BOOST_TEST_CONTEXT(ops.name) {
            f(ops, [&](int status, std::string_view body) { return ops.classify(all.self(i), status, std::vector<http_field>(), body); });
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_error_bodies)

BOOST_AUTO_TEST_CASE(a_status_is_one_failure_in_every_form) {
    each_provider([](const provider_ops& ops, const auto& classify) {
        for (const status_row& s : statuses) {
            const auto check = [&](std::string_view body) {
                const error e = classify(s.status, body);
                BOOST_TEST((e.value() == s.expected), s.status << " " << body << " became " << make_error_code(e.value()).message());
                BOOST_TEST(e.provider_status() == s.status);
                BOOST_TEST(e.provider() == ops.name);
                BOOST_TEST(!e.message().empty());
            };
            for (const family& f : families) check(with(f.body, "the words of the vendor"));
            for (const std::string_view body : strange) check(body);
        }
    });
}

BOOST_AUTO_TEST_CASE(a_providers_own_form_has_its_words_and_its_meaning) {
    each_provider([](const provider_ops& ops, const auto& classify) {
        const std::string_view form = own_form(ops);
        BOOST_TEST(classify(500, with(form, "the words of the vendor")).provider_message() == "the words of the vendor");
        // A prompt that is too long and a balance are matters of languages for text.
        if (form == families[6].body || ops.name == "stability") return;
        BOOST_TEST((classify(400, with(form, "This model's maximum context length is 8192 tokens")).value() == errc::context_window_exceeded));
        BOOST_TEST((classify(400, with(form, "prompt is too long: 210000 tokens > 200000 maximum")).value() == errc::context_window_exceeded));
        BOOST_TEST((classify(400, with(form, "Your request was rejected as a result of our safety system")).value() == errc::content_policy));
        BOOST_TEST((classify(429, with(form, "You exceeded your current quota, please check your plan and billing details")).value() == errc::quota_exceeded ||
                    own_form(ops) == families[2].body)); // Google's words for each minute's limit
        BOOST_TEST((classify(400, with(form, "Your credit balance is too low")).value() == errc::quota_exceeded));
    });
}

BOOST_AUTO_TEST_CASE(a_form_that_no_codec_knows_keeps_its_text) {
    const auto failed = [](int status, std::string body) {
        gateway_test::world w;
        gateway<gateway_test::providers, weighted> gw(gateway_test::world_of({gateway_test::make("a", "gpt", "openai", "gpt-4o")}));
        w.network.reply(status, std::move(body));
        call c(w.runtime, w.context);
        const std::string_view request = R"({"model":"gpt","messages":[{"role":"user","content":"x"}]})";
        const auto head = openai_chat::scan_request(request, request_target());
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = request;
        c.model = head->model;
        c.in.model_begin = head->model_begin;
        c.in.model_end = head->model_end;
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        return r.error();
    };
    const error e = failed(500, R"({"fault":{"reason":"boom","key":"sk-upstream"}})");
    BOOST_TEST((e.value() == errc::provider_internal));
    BOOST_TEST((make_error_code(e.value()) == condition::provider_fault));
    BOOST_TEST(e.provider_message() == R"({"fault":{"reason":"boom","key":"***"}})");
    BOOST_TEST(failed(502, "upstream connect error").provider_message() == "upstream connect error");
    BOOST_TEST(failed(400, std::string(4096, 'x')).provider_message().size() <= 512u);
    for (const char* const nothing : {"", " {} ", "[]", "<html>busy</html>"}) BOOST_TEST(failed(503, nothing).provider_message().empty(), nothing);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace error_bodies_unit
