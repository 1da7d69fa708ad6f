// SPDX-License-Identifier: BSL-1.0
// OpenAI's and Mistral's moderations, in both directions and from one to the other.
#include "audio_support.hpp"

#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/openai/moderations.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <type_traits>

namespace moderations_unit {

namespace {

using namespace audio_test;
using openai = llmx::openai_moderations;
using mistral = llmx::mistral_moderations;

static_assert(!std::is_aggregate_v<llmx::moderation_request> && !std::is_aggregate_v<llmx::moderation_reply>);
static_assert(llmx::codec_of<openai>.json_request && llmx::codec_of<openai>.operation == &llmx::moderation::info);
static_assert(llmx::facade_codec<openai> && llmx::facade_codec<mistral>);

template <class C> std::string encode(const llmx::moderation_request& request, llmx::drop_report& drops, std::string_view model = {}) {
    llmx::encode_options options;
    options.model = model;
    std::string out;
    C::encode_request(request, options, out, drops).value();
    return out;
}
template <class C> std::string again(std::string_view body) {
    llmx::drop_report drops;
    const std::string out = encode<C>(C::decode_request(body, target()).value(), drops);
    BOOST_TEST(dropped(drops) == "");
    return out;
}

struct wrong {
    std::string_view body, param;
};

constexpr std::string_view answer =
    R"({"id":"modr-1","model":"omni","results":[{"flagged":true,"categories":{"hate":false,"illicit":null,"violence":true},)"
    R"("category_scores":{"hate":0.25,"illicit":0,"violence":0.75},"category_applied_input_types":{"hate":["text"],"illicit":[],)"
    R"("violence":["text","image"]},"note":{"x":1}}],"region":"eu"})";
constexpr std::string_view mistral_answer =
    R"({"id":"m-1","model":"mistral-moderation-2603","results":[{"categories":{"pii":false},"category_scores":{"pii":0.5}},)"
    R"({"categories":{"pii":true},"category_scores":{"pii":0.875}}],"usage":{"prompt_tokens":7,"completion_tokens":0,"total_tokens":7}})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_moderations)

BOOST_AUTO_TEST_CASE(each_form_of_an_input_is_read_and_written_the_same) {
    for (const std::string_view body : {
             std::string_view(R"({"model":"m","input":"a\nb"})"),
             std::string_view(R"({"model":"m","input":["a","b"],"x":[1]})"),
             std::string_view(R"({"model":"m","input":[{"type":"text","text":"a","x":1},)"
                              R"({"type":"image_url","image_url":{"url":"data:,a","detail":"low"},"y":2}]})"),
         })
        BOOST_TEST(again<openai>(body) == body);
    BOOST_TEST(again<mistral>(R"({"model":"m","input":["a","b"]})") == R"({"model":"m","input":["a","b"]})");
    const auto parts = openai::decode_request(R"({"model":"m","input":[{"type":"text","text":"a"}]})", target()).value();
    BOOST_TEST(parts.as_one);
    const auto texts = openai::decode_request(R"({"model":"m","input":["a"]})", target()).value();
    BOOST_TEST(!texts.as_one);
    llmx::drop_report drops;
    BOOST_TEST(encode<openai>(texts, drops, "other") == R"({"model":"other","input":"a"})");
    BOOST_TEST(openai::decode_request(R"({"model":"m","input":"a"})", target("t"))->model == "t");
    const auto image = openai::decode_request(R"({"input":[{"type":"image_url","image_url":{"url":"u"}}]})", target()).value();
    BOOST_TEST(llmx::estimate_tokens(image) == llmx::tokens_of_media);
}

BOOST_AUTO_TEST_CASE(a_request_without_a_model_is_for_openais_default_and_mistral_has_none) {
    const std::string_view body = R"({"input":"a"})";
    const auto head = openai::scan_request(body, target()).value();
    BOOST_TEST(head.model == "omni-moderation-latest");
    BOOST_TEST(head.model_begin == head.model_end);
    BOOST_TEST(openai::decode_request(body, target())->model == "omni-moderation-latest");
    BOOST_TEST(mistral::scan_request(body, target()).error().param() == "model");
    BOOST_TEST(mistral::decode_request(body, target()).error().param() == "model");
    const std::string_view named = R"({"input":"a", "model": "mm" })";
    const auto with = openai::scan_request(named, target()).value();
    BOOST_TEST(with.model == "mm");
    BOOST_TEST(named.substr(with.model_begin, with.model_end - with.model_begin) == "\"mm\"");
}

BOOST_AUTO_TEST_CASE(a_wrong_member_is_named) {
    constexpr std::array<wrong, 6> scanned = {{
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":{}})", "input"},
        {R"({"model":"m","input":[ ]})", "input"},
        {R"({"model":1,"input":"a"})", "model"},
        {R"({"model":"m","input":"a","input":"b"})", "input"},
        {R"({"model":"m","Input":"a","input":"b"})", "Input"},
    }};
    for (const wrong& c : scanned) {
        const auto r = openai::scan_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    constexpr std::array<wrong, 7> decoded = {{
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":["a",1]})", "input[1]"},
        {R"({"model":"m","input":[1]})", "input[0]"},
        {R"({"model":"m","input":[{"type":"text","text":"a"},"b"]})", "input[1]"},
        {R"({"model":"m","input":[{"type":"audio"}]})", "input[0].type"},
        {R"({"model":"m","input":[{"type":"image_url","image_url":{}}]})", "input[0].image_url.url"},
        {R"({"model":"m","input":[{"type":"text"}]})", "input[0].text"},
    }};
    for (const wrong& c : decoded) {
        const auto r = openai::decode_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    BOOST_TEST(mistral::decode_request(R"({"model":"m","input":[{"type":"text","text":"a"}]})", target()).error().param() == "input[0]");
}

BOOST_AUTO_TEST_CASE(what_mistral_does_not_judge_is_refused_as_the_caller_wrote_it) {
    const auto refused = [](std::string_view body) {
        const auto request = openai::decode_request(body, target()).value();
        llmx::drop_report drops;
        std::string out;
        const auto done = mistral::encode_request(request, llmx::encode_options(), out, drops);
        BOOST_REQUIRE(done.has_error());
        BOOST_TEST((done.error().value() == llmx::errc::unsupported_parameter));
        BOOST_TEST(out.empty());
        return openai::caller_path(*drops.refused(), request);
    };
    BOOST_TEST(refused(R"({"model":"m","input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]})") == "input[1].image_url");
    BOOST_TEST(refused(R"({"model":"m","input":[{"type":"text","text":"a"},{"type":"text","text":"b"}]})") == "input");
    llmx::drop_report drops;
    const auto one = openai::decode_request(R"({"model":"m","input":[{"type":"text","text":"a"}],"store":true,"x":1})", target()).value();
    BOOST_TEST(encode<mistral>(one, drops) == R"({"model":"m","input":"a"})");
    BOOST_TEST(dropped(drops) == "(store) x");
}

BOOST_AUTO_TEST_CASE(a_reply_survives_its_own_language) {
    const auto r = openai::decode_reply(answer).value();
    BOOST_REQUIRE(r.results.size() == 1u);
    BOOST_TEST(r.results[0].flagged);
    BOOST_TEST(r.results[0].find("violence")->score == 0.75);
    BOOST_TEST(r.results[0].find("violence")->applied_to.size() == 2u);
    BOOST_TEST(!r.results[0].find("illicit")->flagged);
    BOOST_TEST((r.results[0].find("none") == nullptr));
    std::string out;
    openai::encode_reply(r, llmx::reply_options(), out);
    auto expected = json(answer);
    expected.at("results").at(0).at("categories").as_object()["illicit"] = false;
    BOOST_TEST(json(out) == expected);
    BOOST_TEST(openai::holds_answer(answer));
    BOOST_TEST(!openai::holds_answer(R"({"results":[]})"));
}

BOOST_AUTO_TEST_CASE(a_result_of_mistrals_is_flagged_when_a_category_is) {
    const auto r = mistral::decode_reply(mistral_answer).value();
    BOOST_REQUIRE(r.results.size() == 2u);
    BOOST_TEST(!r.results[0].flagged);
    BOOST_TEST(r.results[1].flagged);
    BOOST_TEST(r.usage.input_tokens == 7);
    BOOST_TEST(mistral::scan_usage(mistral_answer).input_tokens == 7);
    std::string out;
    openai::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(json(out).at("results").at(1).at("flagged").as_bool());
    out.clear();
    mistral::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(json(out) == json(mistral_answer));
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_a_failure) {
    BOOST_TEST((openai::decode_reply("[]").error().value() == llmx::errc::bad_response));
    BOOST_TEST((openai::decode_reply(R"({"id":"x"})").error().value() == llmx::errc::bad_response));
    BOOST_TEST(openai::decode_reply(R"({"error":{"message":"no"}})").error().provider_message() == "no");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace moderations_unit
