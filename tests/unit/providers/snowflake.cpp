// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/snowflake.hpp>

#include <llmx/registry/registry.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/digest.hpp>
#include <llmx/wire/jwt.hpp>
#include <support/rsa_key.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace snowflake_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;

namespace {

static_assert(authorizing_provider<snowflake> && completing_provider<snowflake>);
using only = registry<snowflake>;
using variables_map = std::map<std::string, std::string, std::less<>>;

variable_lookup variables(variables_map values) {
    return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
        const auto it = values.find(name);
        return it != values.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

deployment at(std::string host = "myorg-acct.snowflakecomputing.com", std::string key = std::string()) {
    deployment d;
    d.id = "d";
    d.provider = "snowflake";
    d.model = "m";
    d.key = secret(std::move(key));
    d.api_base = parse_base_url("https://" + host + "/api/v2").value();
    return d;
}

const rsa_test::key& pair() {
    static const rsa_test::key made;
    return made;
}

struct world {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    http_limits limits;
    cancellation stop;
    world() {
        network.use_clock(runtime.clock());
        runtime.hold_sleeps(true);
    }
    std::string fields_of(const deployment& d) {
        http_request out;
        const result<void> done = testing::run(io, snowflake().authorize(runtime, d, out, limits, stop));
        BOOST_REQUIRE_MESSAGE(done.has_value(), (done.has_error() ? done.error().message() : std::string()));
        return out.fields;
    }
};

constexpr std::string_view before = "authorization: Bearer ";
std::string token_of(const std::string& fields) { return fields.substr(before.size(), fields.find("\r\n") - before.size()); }
boost::json::object claims_of(const std::string& token) {
    const std::size_t first = token.find('.'), second = token.rfind('.');
    return boost::json::parse(base64url_decode(token.substr(first + 1, second - first - 1)).value()).as_object();
}
std::string issuer_for(std::string host, variables_map values) {
    world w;
    deployment d = at(std::move(host));
    values["SNOWFLAKE_USER"] = "ann";
    values["SNOWFLAKE_PRIVATE_KEY"] = pair().private_pem();
    const result<void> done = only::complete(d, variables(values));
    if (!done) return done.error().message();
    const std::string issuer(claims_of(token_of(w.fields_of(d))).at("iss").as_string());
    return issuer.substr(0, issuer.find(".SHA256:"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_snowflake)

BOOST_AUTO_TEST_CASE(a_key_pair_signs_tokens_of_an_hour) {
    world w;
    deployment d = at();
    BOOST_REQUIRE(only::complete(d, variables({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY", pair().private_pem()}})).has_value());
    const std::string fields = w.fields_of(d);
    BOOST_TEST(fields.starts_with(before));
    BOOST_TEST(fields.ends_with("\r\nx-snowflake-authorization-token-type: KEYPAIR_JWT\r\n"));
    const std::string token = token_of(fields);
    BOOST_TEST(pair().verifies(token.substr(0, token.rfind('.')), base64url_decode(token.substr(token.rfind('.') + 1)).value()));
    const boost::json::object claims = claims_of(token);
    BOOST_TEST(claims.at("sub") == "MYORG-ACCT.ANN");
    // Base64 of SHA-256 of the DER between the lines of the public key's PEM.
    std::string body = pair().public_pem();
    body = body.substr(body.find('\n') + 1);
    body.resize(body.find("-----END"));
    std::erase(body, '\n');
    const std::string fingerprint = base64_encode(bytes_of(sha256_of(base64_decode(body).value()).value()));
    BOOST_TEST(std::string(claims.at("iss").as_string()) == "MYORG-ACCT.ANN.SHA256:" + fingerprint);
    BOOST_TEST(claims.at("iat").as_int64() == w.runtime.unix_seconds());
    BOOST_TEST(claims.at("exp").as_int64() == w.runtime.unix_seconds() + 3600);
    // It is used again, and signed anew in time. There is no token server.
    BOOST_TEST(w.fields_of(d) == fields);
    w.runtime.advance(std::chrono::minutes(61));
    BOOST_TEST(w.fields_of(d) != fields);
    BOOST_TEST(w.network.requests().empty());
}

BOOST_AUTO_TEST_CASE(an_account_has_no_region) {
    BOOST_TEST(issuer_for("xy12345.us-east-1.snowflakecomputing.com", {}) == "XY12345.ANN");
    BOOST_TEST(issuer_for("xy12345-ext7.global.snowflakecomputing.com", {}) == "XY12345.ANN");
    BOOST_TEST(issuer_for("acct.privatelink.snowflakecomputing.com", {}) == "ACCT.ANN");
    BOOST_TEST(issuer_for("proxy.test", {{"SNOWFLAKE_ACCOUNT_ID", "MyOrg-my_acct"}}) == "MYORG-MY_ACCT.ANN");
    BOOST_TEST(issuer_for("proxy.test", {}) == "deployment 'd': the tokens of a Snowflake key pair name the account: give snowflake_account or set "
                                               "SNOWFLAKE_ACCOUNT_ID");
}

BOOST_AUTO_TEST_CASE(a_token_counts_for_more_and_is_sent_as_before) {
    world w;
    deployment d = at("myorg-acct.snowflakecomputing.com", "pat/secret-token");
    BOOST_REQUIRE(only::complete(d, variables({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY", pair().private_pem()}})).has_value());
    BOOST_TEST(w.fields_of(d) == "");
    http_request out;
    BOOST_REQUIRE(snowflake().prepare(d, outgoing(codec_of<openai_chat>), out).has_value());
    BOOST_TEST(out.fields == "authorization: Bearer secret-token\r\n");
}

BOOST_AUTO_TEST_CASE(a_key_may_be_in_a_file_and_what_is_wrong_is_named) {
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("llmx-snowflake-" + std::to_string(std::rand()));
    std::ofstream(file) << pair().private_pem();
    world w;
    deployment d = at();
    BOOST_REQUIRE(only::complete(d, variables({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY_FILE", file.string()}})).has_value());
    std::filesystem::remove(file);
    BOOST_TEST(w.fields_of(d).starts_with(before));
    // One line, as some variables have it.
    std::string one_line;
    for (const char c : pair().private_pem()) one_line += c == '\n' ? std::string("\\n") : std::string(1, c);
    deployment flat = at();
    BOOST_REQUIRE(only::complete(flat, variables({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY", one_line}})).has_value());
    BOOST_TEST(w.fields_of(flat) == w.fields_of(d));
    const auto failure = [](variables_map values) {
        deployment other = at();
        const result<void> done = only::complete(other, variables(std::move(values)));
        return done ? std::string() : done.error().message();
    };
    BOOST_TEST(failure({}).find("give api_key (SNOWFLAKE_PAT, SNOWFLAKE_JWT), or snowflake_user") != std::string::npos);
    BOOST_TEST(failure({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY", "no key"}}).starts_with("deployment 'd': snowflake_private_key: the private"));
    BOOST_TEST(failure({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY", pair().encrypted_pem("pw")}}).find("without a password") != std::string::npos);
    BOOST_TEST(failure({{"SNOWFLAKE_USER", "ann"}, {"SNOWFLAKE_PRIVATE_KEY_FILE", file.string()}}).find(file.string()) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace snowflake_unit
