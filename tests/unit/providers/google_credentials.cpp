// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/credentials/google.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <support/rsa_key.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace google_credentials_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;
using namespace std::chrono_literals;

namespace {

const rsa_test::key& the_key() {
    static const rsa_test::key key;
    return key;
}

std::string service_account(std::string_view token_uri = "https://oauth2.googleapis.com/token",
                            std::string_view email = "robot@p.iam.gserviceaccount.com", const rsa_test::key& key = the_key()) {
    std::string out;
    json_writer w(out);
    w.object();
    w.member("type", "service_account");
    w.member("project_id", "my-project");
    w.member("private_key_id", "kid-1");
    w.member("private_key", key.private_pem());
    w.member("client_email", email);
    w.member("token_uri", token_uri);
    w.end_object();
    return out;
}

const std::string user =
    R"({"type":"authorized_user","client_id":"id.apps","client_secret":"client-secret/1","refresh_token":"1//refresh-token","quota_project_id":"quota"})";

struct token_server {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    http_limits limits;
    cancellation stop;

    token_server() { network.use_clock(runtime.clock()); }
    result<access_token> fetch(const google_credentials& from) {
        return testing::run(io, from.tokens->fetch(runtime, limits, stop));
    }
    /// The form that was sent last.
    std::map<std::string, std::string> form() const {
        std::map<std::string, std::string> out;
        std::string_view rest = network.requests().back().body;
        while (!rest.empty()) {
            const std::string_view one = rest.substr(0, rest.find('&'));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
            out[std::string(one.substr(0, one.find('=')))] = percent_decode(one.substr(one.find('=') + 1)).value();
        }
        return out;
    }
};

std::string message_of(const result<google_credentials>& r) {
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error() == errc::bad_configuration));
    BOOST_TEST(r.error().message().find("PRIVATE KEY-----\n") == std::string::npos);
    return r.error().message();
}

/// A folder that goes away with it.
struct folder {
    std::filesystem::path at = std::filesystem::temp_directory_path() / ("llmx-google-" + std::to_string(std::rand()));
    folder() { std::filesystem::create_directories(at); }
    ~folder() { std::filesystem::remove_all(at); }
    std::string write(const std::string& name, std::string_view text) const {
        std::filesystem::create_directories((at / name).parent_path());
        std::ofstream(at / name) << text;
        return (at / name).string();
    }
};

variable_lookup variables(std::map<std::string, std::string, std::less<>> all) {
    return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
        const auto it = all.find(name);
        return it != all.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(google)

BOOST_FIXTURE_TEST_CASE(a_service_account_exchanges_a_signed_token_for_an_access_token, token_server) {
    const auto made = read_google_credentials(service_account());
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(made->project_id == "my-project");
    network.reply(200, R"({"access_token":"ya29.token","expires_in":3599,"token_type":"Bearer"})");
    const auto token = fetch(*made);
    BOOST_TEST_REQUIRE(token.has_value());
    BOOST_TEST(token->text.reveal() == "ya29.token");
    BOOST_TEST((token->lifetime == 3599s));
    const testing::recorded_request& sent = network.requests().at(0);
    BOOST_TEST(sent.to.authority == "oauth2.googleapis.com");
    BOOST_TEST(sent.to.tls);
    BOOST_TEST(sent.method == "POST");
    BOOST_TEST(sent.target == "/token");
    BOOST_TEST(sent.fields.find("content-type: application/x-www-form-urlencoded\r\n") != std::string::npos);
    auto fields = form();
    BOOST_TEST(fields["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer");
    const std::string jwt = fields["assertion"];
    const std::size_t first = jwt.find('.'), last = jwt.rfind('.');
    BOOST_TEST(the_key().verifies(jwt.substr(0, last), base64url_decode(jwt.substr(last + 1)).value()));
    BOOST_TEST(base64url_decode(jwt.substr(0, first)).value() == R"({"alg":"RS256","typ":"JWT","kid":"kid-1"})");
    BOOST_TEST(base64url_decode(jwt.substr(first + 1, last - first - 1)).value() ==
               R"({"iss":"robot@p.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform",)"
               R"("aud":"https://oauth2.googleapis.com/token","iat":2000000000,"exp":2000003600})");
}

BOOST_FIXTURE_TEST_CASE(a_user_exchanges_a_refresh_token, token_server) {
    const auto made = read_google_credentials(user);
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(made->project_id == "quota");
    network.reply(200, R"({"access_token":"t"})");
    const auto token = fetch(*made);
    BOOST_TEST_REQUIRE(token.has_value());
    BOOST_TEST((token->lifetime == 300s), "a lifetime that is not given is short");
    const std::map<std::string, std::string> expected = {{"grant_type", "refresh_token"}, {"client_id", "id.apps"},
                                                         {"client_secret", "client-secret/1"}, {"refresh_token", "1//refresh-token"}};
    BOOST_TEST((form() == expected));
}

BOOST_FIXTURE_TEST_CASE(the_metadata_server_gives_tokens_of_the_machine, token_server) {
    const auto made = find_google_credentials("metadata", variables({}));
    BOOST_TEST_REQUIRE(made.has_value());
    network.reply(200, R"({"access_token":"m","expires_in":600,"token_type":"Bearer"})");
    const auto token = fetch(*made);
    BOOST_TEST_REQUIRE(token.has_value());
    BOOST_TEST(token->text.reveal() == "m");
    const testing::recorded_request& sent = network.requests().at(0);
    BOOST_TEST(sent.to.authority == "metadata.google.internal");
    BOOST_TEST(!sent.to.tls);
    BOOST_TEST(sent.method == "GET");
    BOOST_TEST(sent.target == "/computeMetadata/v1/instance/service-accounts/default/token");
    BOOST_TEST(sent.fields == "metadata-flavor: Google\r\n");
    const auto elsewhere = find_google_credentials("", variables({{"GCE_METADATA_HOST", "127.0.0.1:8080"}}));
    network.reply(404, "");
    BOOST_TEST(fetch(*elsewhere).error().message() == "the token server 127.0.0.1:8080 refused the credentials with status 404; check that "
                                                      "a service account is attached to this machine");
    BOOST_TEST(message_of(google_metadata_credentials(variables({{"GCE_METADATA_HOST", "a b"}}))).find("GCE_METADATA_HOST") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_has_the_servers_words_and_no_secret, token_server) {
    const auto made = read_google_credentials(user);
    network.reply(400, R"({"error":"invalid_grant","error_description":"Token 1//refresh-token has been revoked."})");
    const auto token = fetch(*made);
    BOOST_TEST_REQUIRE(token.has_error());
    BOOST_TEST((token.error() == errc::authentication));
    BOOST_TEST(token.error().message() == "the token server oauth2.googleapis.com refused the credentials with status 400 "
                                          "(invalid_grant); log in again with gcloud auth application-default login");
    BOOST_TEST(token.error().provider_message() == "Token *** has been revoked.");
    const auto robot = read_google_credentials(service_account());
    network.reply(401, "no JSON");
    const auto refused = fetch(*robot);
    BOOST_TEST((refused.error() == errc::authentication));
    network.reply(400, "{}").when([](const http_request&) { return true; });
    BOOST_TEST((fetch(*robot).error() == errc::authentication));
}

BOOST_FIXTURE_TEST_CASE(a_server_that_fails_or_is_busy_is_worth_another_attempt, token_server) {
    const auto made = read_google_credentials(user);
    network.reply(503, "<html>");
    BOOST_TEST((fetch(*made).error() == errc::overloaded));
    network.reply(429, R"({"error":"rate_limit_exceeded"})");
    BOOST_TEST((fetch(*made).error() == errc::rate_limited));
    network.fail(error(errc::connect_failed, "no route"));
    const auto down = fetch(*made);
    BOOST_TEST((down.error() == errc::connect_failed));
    BOOST_TEST(down.error().is(condition::retryable));
    BOOST_TEST(down.error().message() == "the token server oauth2.googleapis.com did not answer: no route");
    for (const char* const body : {"", "[]", "{}", R"({"access_token":7})", R"({"access_token":""})"}) {
        network.reply(200, body);
        BOOST_TEST((fetch(*made).error() == errc::bad_response));
    }
    for (const char* const body : {R"({"access_token":"t","expires_in":-5})", R"({"access_token":"t","expires_in":"soon"})",
                                   R"({"access_token":"t","expires_in":1e300})"}) {
        network.reply(200, body);
        const auto odd = fetch(*made);
        BOOST_TEST_REQUIRE(odd.has_value());
        BOOST_TEST((odd->lifetime >= 0s && odd->lifetime <= 24h));
    }
}

BOOST_AUTO_TEST_CASE(wrong_credentials_are_noticed_when_they_are_read) {
    BOOST_TEST(message_of(read_google_credentials("")) == "Google credentials: not a JSON object");
    BOOST_TEST(message_of(read_google_credentials("[]")) == "Google credentials: not a JSON object");
    BOOST_TEST(message_of(read_google_credentials(R"({"type":"external_account"})")).find("other kinds") != std::string::npos);
    BOOST_TEST(message_of(read_google_credentials(R"({"type":"service_account","client_email":"a"})")).find("private_key is missing") != std::string::npos);
    const std::string no_key =
        message_of(read_google_credentials(R"({"type":"service_account","client_email":"a","private_key":"hidden"})"));
    BOOST_TEST(no_key.find("hidden") == std::string::npos);
    const std::string no_token =
        message_of(read_google_credentials(R"({"type":"authorized_user","client_id":"a","client_secret":"s"})"));
    BOOST_TEST(no_token.find("refresh_token is missing") != std::string::npos);
    BOOST_TEST(message_of(read_google_credentials(service_account("http://tokens.example/token"))).find("not https") != std::string::npos);
    BOOST_TEST(message_of(read_google_credentials(service_account("token"))).find("token_uri") != std::string::npos);
    BOOST_TEST(read_google_credentials(service_account("http://127.0.0.1:8080")).has_value());
}

BOOST_AUTO_TEST_CASE(equal_credentials_and_only_these_have_the_same_identity) {
    const auto identity = [](std::string_view json, std::string_view scope = google_cloud_scope) {
        return std::string(read_google_credentials(json, scope).value().tokens->identity());
    };
    const std::string one = identity(service_account());
    BOOST_TEST(one == identity(service_account()));
    BOOST_TEST(one != identity(service_account("https://other.googleapis.com/token")));
    BOOST_TEST(one != identity(service_account("https://oauth2.googleapis.com/token", "other@p")));
    BOOST_TEST(one != identity(service_account(), "https://www.googleapis.com/auth/other"));
    BOOST_TEST(one != identity(service_account("https://oauth2.googleapis.com/token", "robot@p.iam.gserviceaccount.com", rsa_test::key())));
    BOOST_TEST(one != identity(user));
    BOOST_TEST(identity(user).find("refresh") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(credentials_are_text_a_path_a_variable_or_what_gcloud_wrote) {
    const folder files;
    const std::string path = files.write("key.json", service_account());
    BOOST_TEST(find_google_credentials(" \n" + user, variables({})).value().project_id == "quota");
    BOOST_TEST(find_google_credentials(path, variables({})).value().project_id == "my-project");
    BOOST_TEST(find_google_credentials("", variables({{"GOOGLE_APPLICATION_CREDENTIALS", path}})).value().project_id == "my-project");
    BOOST_TEST(message_of(find_google_credentials("", variables({{"HOME", files.at.string()}}))).find("GOOGLE_APPLICATION_CREDENTIALS") != std::string::npos);
    files.write(".config/gcloud/application_default_credentials.json", user);
    BOOST_TEST(find_google_credentials("", variables({{"HOME", files.at.string()}})).value().project_id == "quota");
    // What is neither may be a key in another form, and is not quoted.
    for (const std::string& wrong : {std::string("LS0tLS1CRUdJTi0SECRET"), std::string("-----BEGIN PRIVATE KEY-----\nSECRET\n"), std::string(2000, 'S')}) {
        const std::string why = message_of(find_google_credentials(wrong, variables({})));
        BOOST_TEST(why.find("vertex_credentials is neither JSON, nor the path of a file that is there") != std::string::npos);
        BOOST_TEST(why.find("SECRET") == std::string::npos);
    }
    BOOST_TEST(message_of(find_google_credentials("", variables({}))).find("none found") != std::string::npos);
    const std::string missing = (files.at / "missing.json").string();
    BOOST_TEST(message_of(find_google_credentials(missing, variables({}))) ==
               "the file of Google credentials '" + missing + "' cannot be read, or is empty");
    const std::string wrong = files.write("wrong.json", "{}");
    BOOST_TEST(message_of(find_google_credentials(wrong, variables({}))).starts_with(wrong + ": Google credentials: type is"));
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace google_credentials_unit
