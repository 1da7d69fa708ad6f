// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>
#include <string>

namespace error_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(core_error)

BOOST_AUTO_TEST_CASE(every_code_has_a_sentence_and_a_status) {
    std::set<std::string> sentences;
    for (int v = static_cast<int>(errc::invalid_request); v <= static_cast<int>(errc::internal); ++v) {
        const error e(static_cast<errc>(v));
        BOOST_TEST(e.message() != "unknown llmx error");
        BOOST_TEST(sentences.insert(e.message()).second, e.message());
        BOOST_TEST(e.http_status() >= 400);
        BOOST_TEST(e.http_status() <= 599);
    }
}

BOOST_AUTO_TEST_CASE(conditions_say_what_to_do) {
    BOOST_TEST(error(errc::rate_limited).is(condition::retryable));
    BOOST_TEST(error(errc::rate_limited).is(condition::quota));
    BOOST_TEST(error(errc::quota_exceeded).is(condition::quota));
    BOOST_TEST(!error(errc::quota_exceeded).is(condition::retryable));
    BOOST_TEST(error(errc::invalid_request).is(condition::client_fault));
    BOOST_TEST(!error(errc::invalid_request).is(condition::retryable));
    BOOST_TEST(error(errc::connect_failed).is(condition::transport));
    BOOST_TEST(error(errc::deadline_exceeded).is(condition::deadline));
    BOOST_TEST(!error(errc::deadline_exceeded).is(condition::retryable));
    BOOST_TEST(error(errc::truncated).is(condition::truncated));
    BOOST_TEST(!error(errc::cancelled).is(condition::retryable));
}

BOOST_AUTO_TEST_CASE(copies_share_until_written) {
    error a(errc::shed, "full");
    error b = a;
    b.with_param("x");
    BOOST_TEST(a.param().empty());
    BOOST_TEST(b.param() == "x");
    BOOST_TEST(b.message() == "full");
}

BOOST_AUTO_TEST_CASE(the_provider_s_status_is_kept) {
    error e(errc::rate_limited);
    BOOST_TEST(e.http_status() == 429);
    e.with_provider_status(418);
    BOOST_TEST(e.http_status() == 418);
    e.with_provider_status(302);
    BOOST_TEST(e.http_status() == 429);
}

BOOST_AUTO_TEST_CASE(value_of_a_failure_throws_with_the_error) {
    const result<int> r = error(errc::shed, "full");
    BOOST_CHECK_EXCEPTION((void)r.value(), call_failed,
                          [](const call_failed& f) { return f.error().value() == errc::shed && f.what() == std::string("full"); });
}

BOOST_AUTO_TEST_CASE(a_secret_does_not_print_itself) {
    const secret s("sk-very-secret");
    std::ostringstream out;
    out << s << secret();
    BOOST_TEST(out.str() == "(secret)(none)");
    BOOST_TEST(s.matches("sk-very-secret"));
    BOOST_TEST(!s.matches("sk-very-secre"));
    BOOST_TEST(!s.matches("sk-very-secret!"));
    BOOST_TEST(!s.matches(""));
    BOOST_TEST(!secret().matches(""));
    BOOST_TEST(!secret().matches(std::string_view("\0", 1)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace error_unit
