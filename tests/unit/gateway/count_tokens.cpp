// SPDX-License-Identifier: BSL-1.0
// Counting through the whole gateway: bytes that pass, translations to providers that count, and providers that do not.
#include <unit/gateway/fixture.hpp>

#include <llmx/dialects/anthropic/count_tokens.hpp>
#include <llmx/dialects/gemini/count_tokens.hpp>
#include <llmx/dialects/openai/token_counter.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/providers/with_codecs.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace count_tokens_unit {

using namespace gateway_test;

namespace {

using counting = registry<with_codecs<openai, openai_input_tokens>, with_codecs<anthropic, anthropic_count_tokens>,
                          with_codecs<gemini, gemini_count_tokens>, mock>;
using counting_gateway = gateway<counting, weighted, retry, fallback, timeout>;

template <class Codec> void ask(call& c, std::string_view body, std::string_view model = std::string_view()) {
    request_target target;
    target.model = model;
    const auto head = Codec::scan_request(body, target);
    BOOST_REQUIRE_MESSAGE(head.has_value(), "the scan refuses " << body);
    c.in.operation = &Codec::operation::info;
    c.in.codec = &codec_of<Codec>;
    c.in.body = body;
    c.in.path_model = model;
    c.in.must_translate = head->must_translate;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.cut_begin = head->cut_begin;
    c.in.cut_end = head->cut_end;
    c.model = model.empty() ? head->model : model;
}

struct counted_call {
    errc why = errc::internal;
    std::string target, sent;
    std::int64_t tokens = -1;
    bool passed = false;
};

/// Asks a deployment of \p provider in the form \p Codec; the provider answers \p answer.
template <class Codec>
counted_call count_by(std::string provider, std::string_view body, std::string_view model, std::string answer) {
    world w;
    counting_gateway gw(world_of({make("a", "m", std::move(provider), "theirs")}));
    w.network.reply(200, std::move(answer));
    call c(w.runtime, w.context);
    ask<Codec>(c, body, model);
    const auto r = testing::run(gw.execute(c));
    counted_call seen;
    if (!w.network.requests().empty()) {
        seen.target = w.network.requests()[0].target;
        seen.sent = w.network.requests()[0].body;
    }
    if (!r) {
        seen.why = r.error().value();
        return seen;
    }
    seen.passed = r->passes_as(codec_of<Codec>);
    const auto read = r->template as<typename Codec::operation>();
    if (read) seen.tokens = read->input_tokens;
    BOOST_TEST(w.context.report.tokens.empty());
    return seen;
}

constexpr std::string_view anthropic_body =
    R"({"model":"m","system":"Be brief.","messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f","input_schema":{"type":"object"}}]})";
constexpr std::string_view gemini_body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
constexpr std::string_view gemini_whole =
    R"({"generateContentRequest":{"model":"models/m","contents":[{"role":"user","parts":[{"text":"hi"}]}],)"
    R"("systemInstruction":{"parts":[{"text":"Be brief."}]}}})";

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_count_tokens)

BOOST_AUTO_TEST_CASE(bytes_pass_to_a_provider_of_the_language) {
    const auto a = count_by<anthropic_count_tokens>("anthropic", anthropic_body, "", R"({"input_tokens":14,"new":1})");
    BOOST_TEST(a.passed);
    BOOST_TEST(a.tokens == 14);
    BOOST_TEST(a.target == "/v1/messages/count_tokens");
    std::string sent(anthropic_body);
    sent.replace(sent.find("\"m\""), 3, "\"theirs\"");
    BOOST_TEST(a.sent == sent);

    const auto g = count_by<gemini_count_tokens>("gemini", gemini_body, "m", R"({"totalTokens":3})");
    BOOST_TEST(g.passed);
    BOOST_TEST(g.tokens == 3);
    BOOST_TEST(g.target == "/v1beta/models/theirs:countTokens");
    BOOST_TEST(g.sent == gemini_body);

    const auto o = count_by<openai_input_tokens>("openai", R"({"model":"m","input":"hi","tools":[]})", "",
                                                 R"({"object":"response.input_tokens","input_tokens":8})");
    BOOST_TEST(o.passed);
    BOOST_TEST(o.tokens == 8);
    BOOST_TEST(o.target == "/v1/responses/input_tokens");
    BOOST_TEST(o.sent == R"({"model":"theirs","input":"hi","tools":[]})");
}

BOOST_AUTO_TEST_CASE(a_request_in_another_language_is_counted_by_the_provider_in_its_own) {
    const auto g = count_by<anthropic_count_tokens>("gemini", anthropic_body, "", R"({"totalTokens":9,"cachedContentTokenCount":2})");
    BOOST_TEST(!g.passed);
    BOOST_TEST(g.tokens == 9);
    const auto inner = boost::json::parse(g.sent).at("generateContentRequest").as_object();
    BOOST_TEST(inner.at("model").as_string() == "models/theirs");
    BOOST_TEST(inner.at("systemInstruction").at("parts").at(0).at("text").as_string() == "Be brief.");
    BOOST_TEST(inner.at("contents").at(0).at("parts").at(0).at("text").as_string() == "hi");
    BOOST_TEST(inner.at("tools").at(0).at("functionDeclarations").at(0).at("name").as_string() == "f");

    const auto a = count_by<gemini_count_tokens>("anthropic", gemini_whole, "m", R"({"input_tokens":9})");
    BOOST_TEST(a.tokens == 9);
    const auto sent = boost::json::parse(a.sent).as_object();
    BOOST_TEST(sent.at("model").as_string() == "theirs");
    BOOST_TEST(!sent.contains("max_tokens"));
    BOOST_TEST(sent.contains("system"));
    BOOST_TEST(sent.at("messages").at(0).at("role").as_string() == "user");

    const auto p = count_by<openai_token_counter>("anthropic", R"({"model":"m","prompt":"hi"})", "", R"({"input_tokens":4})");
    BOOST_TEST(p.tokens == 4);
    BOOST_TEST(boost::json::parse(p.sent).at("messages").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_whole_request_of_gemini_is_written_anew_with_the_providers_name_of_the_model) {
    const auto g = count_by<gemini_count_tokens>("gemini", gemini_whole, "m", R"({"totalTokens":9})");
    BOOST_TEST(g.tokens == 9);
    const auto inner = boost::json::parse(g.sent).at("generateContentRequest").as_object();
    BOOST_TEST(inner.at("model").as_string() == "models/theirs");
    BOOST_TEST(inner.contains("systemInstruction"));
}

BOOST_AUTO_TEST_CASE(a_provider_that_does_not_count_fails_without_a_request) {
    const auto a = count_by<anthropic_count_tokens>("openai", anthropic_body, "", "{}");
    BOOST_TEST((a.why == errc::unsupported_operation));
    BOOST_TEST(a.target == "");
    const auto i = count_by<openai_input_tokens>("anthropic", R"({"model":"m","input":"hi"})", "", "{}");
    BOOST_TEST((i.why == errc::unsupported_operation));
    BOOST_TEST(i.target == "");
}

BOOST_AUTO_TEST_CASE(a_200_without_a_number_is_no_answer) {
    for (const std::string_view body : {"{}", "[]", "<html>", R"({"input_tokens":null})", R"({"total":3})"})
        BOOST_TEST(count_by<anthropic_count_tokens>("anthropic", anthropic_body, "", std::string(body)).tokens == -1);
    BOOST_TEST(count_by<gemini_count_tokens>("gemini", gemini_body, "m", "{}").tokens == -1);
}

BOOST_FIXTURE_TEST_CASE(a_program_counts_by_a_typed_call_that_reserves_no_tokens, world) {
    using limited = gateway<counting, weighted, rate_limit, timeout>;
    limited gw(world_of({make("a", "m", "anthropic", "theirs")}));
    network.reply(200, R"({"input_tokens":5})");
    token_count_request asked(chat_request("m", "hi"));
    asked.max_output_tokens = 1'000'000;
    call c(runtime, context);
    detail::set_request<count_tokens>(c, asked, false);
    BOOST_TEST(c.in.estimated_tokens == 0u);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->as<count_tokens>().value().input_tokens == 5);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace count_tokens_unit
