// SPDX-License-Identifier: BSL-1.0
#include "openai_chat_support.hpp"

#include <llmx/wire/json_scan.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace openai_chat_error_unit {

namespace {

using namespace llmx;
using openai_chat_test::json;

boost::json::value encoded(const error& e) {
    std::string out;
    openai_chat::encode_error(e, out);
    return json(out);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_chat_error)

BOOST_AUTO_TEST_CASE(bodies_are_taken_apart) {
    struct row {
        std::string_view body, message, type, code, param;
        double wait;
    };
    static constexpr row rows[] = {
        {R"({"error":{"message":"bad key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})",
         "bad key", "invalid_request_error", "invalid_api_key", "", -1},
        {R"({"error":{"message":"no","type":"invalid_request_error","param":"messages[0]","code":null}})", "no",
         "invalid_request_error", "", "messages[0]", -1},
        {R"({"error":{"message":"Rate limit reached. Please try again in 1m2.5s.","type":"requests","code":429}})",
         "Rate limit reached. Please try again in 1m2.5s.", "requests", "429", "", 62.5},
        {R"({"error":{"message":"Please try again in 120ms. Visit us","type":"tokens"}})",
         "Please try again in 120ms. Visit us", "tokens", "", "", 0.12},
        {R"([{"error":{"code":429,"message":"full","status":"RESOURCE_EXHAUSTED",
            "details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}])",
         "full", "RESOURCE_EXHAUSTED", "429", "", 34},
        {R"({"object":"error","message":"m","type":"t","param":null,"code":"c"})", "m", "t", "c", "", -1},
        {R"({"error":"just text"})", "just text", "", "", "", -1},
        {R"({"error":"kind","message":"sentence"})", "sentence", "kind", "", "", -1},
        {R"({"detail":"Not Found"})", "Not Found", "", "", "", -1},
        {R"({"detail":[{"loc":["body"],"msg":"x"}]})", "body: x", "", "", "", -1},
        {"upstream connect error", "upstream connect error", "", "", "", -1},
        {"<html><body>502</body></html>", "", "", "", "", -1},
        {"", "", "", "", "", -1},
        {"null", "", "", "", "", -1},
    };
    for (const auto& r : rows)
        BOOST_TEST_CONTEXT(r.body) {
            const auto e = openai_chat::decode_error(r.body);
            BOOST_TEST(e.message == r.message);
            BOOST_TEST(e.type == r.type);
            BOOST_TEST(e.code == r.code);
            BOOST_TEST(e.param == r.param);
            BOOST_TEST(e.retry_after_s == r.wait);
        }
}

BOOST_AUTO_TEST_CASE(plain_text_is_cut_at_a_character) {
    std::string text(511, 'x');
    text += "\xC3\xA9";
    BOOST_TEST(openai_chat::decode_error(text).message == std::string(511, 'x'));
    BOOST_TEST(openai_chat::decode_error("ok\xFF").message == "ok");
}

BOOST_AUTO_TEST_CASE(types_and_codes) {
    struct row {
        errc e;
        std::string_view type, code;
    };
    static constexpr row rows[] = {
        {errc::invalid_request, "invalid_request_error", "invalid_request"},
        {errc::unsupported_parameter, "invalid_request_error", "unsupported_parameter"},
        {errc::context_window_exceeded, "invalid_request_error", "context_length_exceeded"},
        {errc::content_policy, "invalid_request_error", "content_policy_violation"},
        {errc::authentication, "authentication_error", "invalid_api_key"},
        {errc::permission_denied, "permission_error", "permission_denied"},
        {errc::not_found, "invalid_request_error", "model_not_found"},
        {errc::method_not_allowed, "invalid_request_error", "method_not_allowed"},
        {errc::request_timeout, "timeout_error", "timeout"},
        {errc::payload_too_large, "invalid_request_error", "request_too_large"},
        {errc::rate_limited, "rate_limit_error", "rate_limit_exceeded"},
        {errc::quota_exceeded, "insufficient_quota", "insufficient_quota"},
        {errc::provider_internal, "server_error", "server_error"},
        {errc::bad_response, "server_error", "bad_response"},
        {errc::truncated, "server_error", "stream_truncated"},
        {errc::overloaded, "service_unavailable_error", "server_is_overloaded"},
        {errc::no_deployment, "service_unavailable_error", "no_deployment_available"},
        {errc::deadline_exceeded, "timeout_error", "timeout"},
        {errc::internal, "server_error", "internal_error"},
    };
    for (const auto& r : rows) {
        const auto v = encoded(error(r.e, "why")).at("error");
        BOOST_TEST((v.at("message") == "why"));
        BOOST_TEST(std::string_view(v.at("type").as_string()) == r.type);
        BOOST_TEST(std::string_view(v.at("code").as_string()) == r.code);
        BOOST_TEST(v.at("param").is_null());
        BOOST_TEST(v.as_object().size() == 4u);
    }
}

BOOST_AUTO_TEST_CASE(the_provider_is_quoted) {
    error e(errc::rate_limited, "openai refused");
    e.with_provider("openai").with_provider_status(429).with_provider_code("tokens_exceeded");
    e.with_provider_message("TPM \"reached\"").with_param("model");
    BOOST_TEST((encoded(e) == json(R"({"error":{"message":"openai refused: TPM \"reached\"",
        "type":"rate_limit_error","param":"model","code":"tokens_exceeded"}})")));
    const auto back = openai_chat::decode_error(boost::json::serialize(encoded(e)));
    BOOST_TEST(back.code == "tokens_exceeded");
    BOOST_TEST(back.param == "model");
}

BOOST_AUTO_TEST_CASE(heads_of_requests) {
    const std::string body = R"( {"messages":[{"role":"user","content":"\"model\":\"no\""}], "model" : "gpt-x",
        "stream":true,"stream_options":{"include_usage":true},"max_tokens":7,"max_completion_tokens":9} )";
    const auto head = openai_chat::scan_request(body, request_target());
    BOOST_TEST_REQUIRE(head.has_value());
    BOOST_TEST(head->model == "gpt-x");
    BOOST_TEST(head->stream);
    BOOST_TEST(head->include_usage);
    BOOST_TEST(head->max_output_tokens == 9);
    BOOST_TEST(body.substr(head->model_begin, head->model_end - head->model_begin) == "\"gpt-x\"");

    request_target target;
    target.model = "path";
    const auto named = openai_chat::scan_request(R"({"messages":[1]})", target);
    BOOST_TEST_REQUIRE(named.has_value());
    BOOST_TEST(named->model == "path");
    BOOST_TEST(named->model_end == 0u);
    BOOST_TEST(!named->stream);

    const std::string escaped = R"({"model":"openai\/gpt","messages":[1]})";
    const auto slashed = openai_chat::scan_request(escaped, request_target());
    BOOST_TEST_REQUIRE(slashed.has_value());
    BOOST_TEST(slashed->model == "");
    BOOST_TEST(unescape_json_string(std::string_view(escaped).substr(
                   slashed->model_begin, slashed->model_end - slashed->model_begin)) == "openai/gpt");
}

BOOST_AUTO_TEST_CASE(bodies_that_cannot_be_routed) {
    static constexpr std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"[]", ""},
        {R"({"model":"m","messages":[1]}{})", ""},
        {R"({"messages":[1]})", "model"},
        {R"({"model":null,"messages":[1]})", "model"},
        {R"({"model":5,"messages":[1]})", "model"},
        {R"({"model":"","messages":[1]})", "model"},
        {R"({"model":"a","messages":[1],"model":"b"})", "model"},
        {R"({"model":"a","messages":[1],"mod\u0065l":"b"})", "model"},
        {R"({"model":"m"})", "messages"},
        {R"({"model":"m","messages":[ ]})", "messages"},
        {R"({"model":"m","messages":"hi"})", "messages"},
    };
    for (const auto& [body, param] : cases)
        BOOST_TEST_CONTEXT(body) {
            const auto head = openai_chat::scan_request(body, request_target());
            BOOST_TEST_REQUIRE(head.has_error());
            BOOST_TEST((head.error().value() == errc::invalid_request));
            BOOST_TEST(head.error().param() == param);
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_chat_error_unit
