// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/openai.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace classify_unit {

using namespace llmx;

namespace {

struct row {
    int status;
    const char* body;
    errc expected;
};

template <class P> void check(const std::vector<row>& rows) {
    for (const row& r : rows) {
        const std::vector<http_field> fields;
        const error e = P().classify(r.status, fields, r.body);
        BOOST_TEST((e.value() == r.expected), P::name << " " << r.status << " " << r.body << " became '" << e.message() << "' "
                                                      << make_error_code(e.value()).message());
        BOOST_TEST(e.provider() == P::name);
        BOOST_TEST(e.provider_status() == r.status);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_classify)

BOOST_AUTO_TEST_CASE(an_answer_that_is_neither_success_nor_failure_has_a_remedy) {
    std::vector<http_field> fields;
    BOOST_TEST(openai().classify(308, fields, "").message() == "openai answered 308, a redirect: redirects are not followed; set api_base to the API itself");
    fields.emplace_back("location", "https://new.example/v1?key=secret");
    BOOST_TEST(openai().classify(301, fields, "").message() ==
               "openai answered 301, a redirect to https://new.example/v1: redirects are not followed; set api_base to the API itself");
    BOOST_TEST(openai().classify(200, fields, R"({"id":"c"})").message() ==
               "openai answered 200 with JSON that is neither the answer asked for nor an error; check that api_base names its API");
    BOOST_TEST(openai().classify(200, fields, R"({"error":{"message":"boom"}})").message() == "openai answered 200");
}

BOOST_AUTO_TEST_CASE(openai_answers) {
    check<openai>({
        {400, R"({"error":{"message":"bad","type":"invalid_request_error","param":"x","code":null}})", errc::invalid_request},
        {400, R"({"error":{"message":"This model's maximum context length is 8192 tokens","type":"invalid_request_error",)"
            R"("param":"messages","code":"context_length_exceeded"}})", errc::context_window_exceeded},
        {400, R"({"error":{"message":"Invalid 'messages[1].content': string too long. Expected a string with maximum length )"
            R"(1048576","param":"messages[1].content","code":"string_above_max_length"}})", errc::context_window_exceeded},
        {400, R"({"error":{"message":"Invalid 'tools[0].function.name': string too long. Expected a string with maximum length )"
            R"(64","param":"tools[0].function.name","code":"string_above_max_length"}})", errc::invalid_request},
        {400, R"({"error":{"message":"Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64",)"
            R"("param":"prompt_cache_key","code":"string_above_max_length"}})", errc::invalid_request},
        {400, R"({"error":{"message":"Invalid 'user': string too long. Expected a string with maximum length 64","param":null,)"
            R"("code":"string_above_max_length"}})", errc::invalid_request},
        {400, R"({"error":{"message":"Invalid 'messages[1].content[0].text': string too long. Expected a string with maximum )"
            R"(length 1048576","param":null,"code":"string_above_max_length"}})", errc::context_window_exceeded},
        {400, R"({"error":{"message":"Invalid 'input': string too long. Expected a string with maximum length 10485760",)"
            R"("param":"input","code":"string_above_max_length"}})", errc::context_window_exceeded},
        {400, R"({"error":{"message":"Your request was rejected as a result of our safety system",)"
            R"("type":"invalid_request_error","code":"content_policy_violation"}})", errc::content_policy},
        {401, R"({"error":{"message":"Incorrect API key","type":"invalid_request_error","code":"invalid_api_key"}})", errc::authentication},
        {403, "{}", errc::permission_denied},
        {404, R"({"error":{"message":"no such model","code":"model_not_found"}})", errc::not_found},
        {408, "{}", errc::overloaded},
        {409, "{}", errc::conflict},
        {413, "", errc::payload_too_large},
        {422, "{}", errc::unprocessable},
        {429, R"({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}})", errc::rate_limited},
        {429, R"({"error":{"message":"You exceeded your current quota, please check your plan and billing details.",)"
            R"("type":"insufficient_quota","code":"insufficient_quota"}})", errc::quota_exceeded},
        {500, "{}", errc::provider_internal},
        {502, "<html>", errc::provider_internal},
        {503, "{}", errc::overloaded},
        {504, "", errc::overloaded},
        {302, "", errc::bad_response},
        {418, "", errc::invalid_request},
    });
}

BOOST_AUTO_TEST_CASE(anthropic_answers) {
    check<anthropic>({
        {400, R"({"type":"error","error":{"type":"invalid_request_error",)"
            R"("message":"prompt is too long: 210000 tokens > 200000 maximum"}})", errc::context_window_exceeded},
        {400, R"({"type":"error","error":{"type":"invalid_request_error",)"
            R"("message":"Your credit balance is too low to access the API"}})", errc::quota_exceeded},
        {400, R"({"type":"error","error":{"type":"invalid_request_error","message":"messages: required"}})", errc::invalid_request},
        {401, R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})", errc::authentication},
        {413, R"({"type":"error","error":{"type":"request_too_large","message":"too large"}})", errc::payload_too_large},
        {429, R"({"type":"error","error":{"type":"rate_limit_error","message":"slow"}})", errc::rate_limited},
        {500, R"({"type":"error","error":{"type":"api_error","message":"x"}})", errc::provider_internal},
        {529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", errc::overloaded},
    });
}

BOOST_AUTO_TEST_CASE(gemini_answers) {
    check<gemini>({
        {400, R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}})", errc::authentication},
        {400, R"({"error":{"code":400,)"
            R"("message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",)"
            R"("status":"INVALID_ARGUMENT"}})", errc::context_window_exceeded},
        {403, R"({"error":{"code":403,"message":"x","status":"PERMISSION_DENIED"}})", errc::permission_denied},
        {404, R"({"error":{"code":404,"message":"x","status":"NOT_FOUND"}})", errc::not_found},
        {503, R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})", errc::overloaded},
    });
    const std::vector<http_field> fields;
    const error e = gemini().classify(429, fields, R"({"error":{"code":429,"message":"Resource exhausted",)"
        R"("status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}})");
    BOOST_TEST((e.value() == errc::rate_limited));
    BOOST_REQUIRE(e.retry_after().has_value());
    BOOST_TEST(e.retry_after()->count() == 34000);
}

BOOST_AUTO_TEST_CASE(gemini_says_the_same_of_every_quota) {
    const auto answer = [](std::string_view quota, std::string_view delay) {
        std::string body = R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED",)"
            R"("message":"You exceeded your current quota, please check your plan and billing details. For more information, head to: )"
            R"(https://ai.google.dev/gemini-api/docs/rate-limits.","details":[)";
        body += R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure",)"
            R"("violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests",)"
            R"("quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"},{"quotaId":")";
        body += quota;
        body += "\"}]}";
        if (!delay.empty()) {
            body += R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")";
            body += delay;
            body += "\"}";
        }
        return gemini().classify(429, std::vector<http_field>(), body + "]}}");
    };
    const error minute = answer("GenerateContentInputTokensPerModelPerMinute-FreeTier", "1s");
    BOOST_TEST((minute.value() == errc::rate_limited));
    BOOST_REQUIRE(minute.retry_after().has_value());
    BOOST_TEST(minute.retry_after()->count() == 1000);
    BOOST_TEST((answer("GenerateContentInputTokensPerModelPerMinute-FreeTier", "").value() == errc::rate_limited));
    // A day's quota is as good as an empty account, unless it soon lets somebody in again.
    constexpr std::string_view day = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
    BOOST_TEST((answer(day, "").value() == errc::quota_exceeded));
    BOOST_TEST((answer(day, "41000s").value() == errc::quota_exceeded));
    BOOST_TEST((answer(day, "41000s").retry_after()->count() == 41000000));
    BOOST_TEST((answer(day, "17.5s").value() == errc::rate_limited));
    check<gemini>({
        {429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED",)"
            R"("message":"You exceeded your current quota, please check your plan and billing details."}})", errc::rate_limited},
        {429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Your credit balance is too low."}})", errc::quota_exceeded},
    });
}

BOOST_AUTO_TEST_CASE(headers_say_how_long_to_wait_and_whom_to_ask) {
    http_field wait{"Retry-After", "2"}, finer{"retry-after-ms", "150"}, id{"X-Request-Id", "req_9"};
    std::vector<http_field> fields{wait, id};
    error e = openai().classify(429, fields, "{}");
    BOOST_TEST(e.retry_after()->count() == 2000);
    BOOST_TEST(e.request_id() == "req_9");
    // Azure sends its gateway's id too, and first.
    const std::vector<http_field> several{{"apim-request-id", "apim"}, {"Request-Id", ""}, {"x-request-id", "x"}};
    BOOST_TEST(provider_request_id(several) == "x");
    BOOST_TEST(provider_request_id(std::span(several).first(2)) == "apim");
    fields.push_back(finer);
    e = openai().classify(429, fields, "{}");
    BOOST_TEST(e.retry_after()->count() == 150);
    BOOST_TEST(!openai().classify(429, std::vector<http_field>(), "{}").retry_after().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace classify_unit
