// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/wire/url.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace token_answers_unit {

using namespace llmx;

namespace {

error refused_with(std::string code) {
    return detail::token_refused(parse_base_url("https://tokens.test").value(), 400, std::move(code), "words", "check the keys",
                                 std::vector<std::string_view>{"sk-secret"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_token_answers)

BOOST_AUTO_TEST_CASE(the_code_of_a_refusal_stands_in_its_message) {
    const error e = refused_with("invalid_grant");
    BOOST_TEST(e.message() == "the token server tokens.test refused the credentials with status 400 (invalid_grant); check the keys");
    BOOST_TEST(e.provider_code() == "invalid_grant");
    BOOST_TEST(refused_with("sk-secret").message().find("sk-secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_code_that_is_not_printable_stays_out_of_the_message) {
    for (const char* code : {"Sig\x87nature", "two\r\nlines", "tab\there", "gr\xC3\xBC\xC3\x9F"}) {
        const std::string message = refused_with(code).message();
        BOOST_TEST(message == "the token server tokens.test refused the credentials with status 400; check the keys");
        BOOST_TEST(valid_utf8(message));
    }
    BOOST_TEST(refused_with(std::string(65, 'x')).message().find('x') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace token_answers_unit
