// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/base64.hpp>
#include <llmx/wire/jwt.hpp>

#include <support/rsa_key.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace jwt_unit {

#if !defined(LLMX_NO_TLS)

BOOST_AUTO_TEST_SUITE(jwt)

BOOST_AUTO_TEST_CASE(a_token_has_its_header_its_claims_and_a_signature_that_the_public_key_verifies) {
    const rsa_test::key key;
    const auto token = llmx::sign_jwt(R"({"iss":"a@b","exp":3600})", llmx::secret(key.private_pem()), "k1");
    BOOST_TEST_REQUIRE(token.has_value());
    const std::size_t first = token->find('.'), last = token->rfind('.');
    BOOST_TEST(llmx::base64url_decode(token->substr(0, first)).value() == R"({"alg":"RS256","typ":"JWT","kid":"k1"})");
    BOOST_TEST(llmx::base64url_decode(token->substr(first + 1, last - first - 1)).value() == R"({"iss":"a@b","exp":3600})");
    const std::string signature = llmx::base64url_decode(token->substr(last + 1)).value();
    BOOST_TEST(key.verifies(token->substr(0, last), signature));
    BOOST_TEST(!key.verifies(token->substr(0, last - 1), signature));
}

BOOST_AUTO_TEST_CASE(a_key_id_is_left_out_when_there_is_none) {
    const rsa_test::key key;
    const auto token = llmx::sign_jwt("{}", llmx::secret(key.private_pem()));
    BOOST_TEST_REQUIRE(token.has_value());
    BOOST_TEST(llmx::base64url_decode(token->substr(0, token->find('.'))).value() == R"({"alg":"RS256","typ":"JWT"})");
    BOOST_TEST(llmx::check_jwt_key(llmx::secret(key.private_pem())).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_that_does_not_fit_is_a_wrong_setting_and_is_not_quoted) {
    const auto refused = [](const std::string& pem) {
        const auto token = llmx::sign_jwt("{}", llmx::secret(pem));
        const auto checked = llmx::check_jwt_key(llmx::secret(pem));
        return token.has_error() && token.error() == llmx::errc::bad_configuration && checked.has_error() &&
               token.error().message().find("MII") == std::string::npos && token.error().message().find("hidden") == std::string::npos;
    };
    BOOST_TEST(refused(""));
    BOOST_TEST(refused("hidden"));
    const std::string good = rsa_test::key().private_pem();
    BOOST_TEST(refused(good.substr(0, good.size() / 2)));
    BOOST_TEST(refused(rsa_test::key(1024).private_pem()));
    BOOST_TEST(refused(rsa_test::elliptic_pem()));
    BOOST_TEST(refused(rsa_test::key().encrypted_pem("hidden")));
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace jwt_unit
