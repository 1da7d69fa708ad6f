// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/credentials/aws.hpp>
#include <llmx/providers/credentials/detail/aws_role.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace aws_credentials_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;
using namespace std::chrono_literals;

namespace {

using names = std::map<std::string, std::string, std::less<>>;

variable_lookup variables(names all) {
    return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
        const auto it = all.find(name);
        return it != all.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

/// A home with AWS's two files, which goes away with it.
struct home {
    std::filesystem::path at = std::filesystem::temp_directory_path() / ("llmx-aws-" + std::to_string(std::rand()));
    home() {
        std::filesystem::create_directories(at / ".aws");
        write("credentials", "# keys\n[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key=default-secret\n\n"
                             "[work]\r\naws_access_key_id=AKWORK\r\naws_secret_access_key = work=secret \r\naws_session_token = work-token\r\n"
                             "[half]\naws_access_key_id = AKHALF\n");
        write("config", "[default]\ns3 =\n  region = us-west-1\nregion = eu-west-1\n; comment\n[profile work]\nregion=ap-south-1\n"
                        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = work\nexternal_id = ext\nregion = us-east-2\n"
                        "[profile lost]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = nowhere\n"
                        "[profile \"two words\"]\naws_access_key_id = AKTWO\naws_secret_access_key = two\n");
    }
    ~home() { std::filesystem::remove_all(at); }
    std::string write(const std::string& name, std::string_view text) const {
        std::ofstream(at / ".aws" / name) << text;
        return (at / ".aws" / name).string();
    }
    [[nodiscard]] variable_lookup with(names more = {}) const {
        more["HOME"] = at.string();
        return variables(std::move(more));
    }
};

aws_settings in_region(std::string region = "us-east-1") {
    aws_settings s;
    s.region = std::move(region);
    return s;
}

/// "id/secret/token/region", or the sentence of the failure.
std::string found(const aws_settings& given, const variable_lookup& where) {
    const auto r = find_aws_credentials(given, where);
    if (!r) {
        BOOST_TEST((r.error() == errc::bad_configuration));
        return r.error().message();
    }
    std::string out = r->keys.access_key_id;
    for (const std::string_view part : {r->keys.secret_access_key.reveal(), r->keys.session_token.reveal(),
                                        r->bearer_token.reveal(), std::string_view(r->region), std::string_view(r->role ? "role" : "")})
        out.append("/").append(part);
    return out;
}

struct core {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    http_limits limits;
    cancellation stop;
    deployment d;
    origin bedrock;

    core() {
        network.use_clock(runtime.clock());
        runtime.hold_sleeps(true);
        d.id = "bedrock-1";
        bedrock.authority = "bedrock-runtime.us-east-1.amazonaws.com";
    }
    /// The fields of a request that was authorized; or the sentence of the failure.
    std::string authorized(const aws_credentials& by) {
        http_request out;
        out.to = &bedrock;
        out.target = "/model/m/converse";
        const auto went = testing::run(io, authorize_aws(runtime, by, "bedrock", d, out, limits, stop));
        last = went;
        return went ? out.fields : went.error().message();
    }
    result<void> last = success();
};

/// What AWS documents as the answer to AssumeRole.
std::string assumed(std::string_view expiration, std::string_view action = "AssumeRole") {
    const std::string a(action);
    return "<" + a + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n<" + a +
           "Result>\n<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/demo/s</Arn></AssumedRoleUser>\n"
           "<Credentials>\n<AccessKeyId>ASIAROLE</AccessKeyId>\n<SecretAccessKey>role/secret&amp;+</SecretAccessKey>\n"
           "<SessionToken>role-token==</SessionToken>\n<Expiration>" + std::string(expiration) +
           "</Expiration>\n</Credentials>\n</" + a + "Result>\n</" + a + "Response>";
}

} // namespace

BOOST_AUTO_TEST_SUITE(aws)

BOOST_AUTO_TEST_CASE(what_is_given_comes_before_variables_and_these_before_files) {
    const home h;
    aws_settings given = in_region();
    BOOST_TEST(found(given, h.with()) == "AKDEFAULT/default-secret///us-east-1/");
    const names keys = {{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "env"}, {"AWS_SESSION_TOKEN", "tok"}};
    BOOST_TEST(found(given, h.with(keys)) == "AKENV/env/tok//us-east-1/");
    names all = keys;
    all["AWS_BEARER_TOKEN_BEDROCK"] = "bearer";
    BOOST_TEST(found(given, h.with(all)) == "///bearer/us-east-1/");
    given.profile = "work";
    BOOST_TEST(found(given, h.with(all)) == "AKWORK/work=secret/work-token//us-east-1/");
    given.access_key_id = "AKGIVEN";
    given.secret_access_key = secret("given");
    BOOST_TEST(found(given, h.with(all)) == "AKGIVEN/given///us-east-1/");
    given.bearer_token = secret("mine");
    BOOST_TEST(found(given, h.with(all)) == "///mine/us-east-1/");
}

BOOST_AUTO_TEST_CASE(the_region_is_given_or_a_variable_or_the_profiles) {
    const home h;
    aws_settings given;
    BOOST_TEST(found(given, h.with()) == "AKDEFAULT/default-secret///eu-west-1/");
    BOOST_TEST(found(given, h.with({{"AWS_PROFILE", "work"}})) == "AKWORK/work=secret/work-token//ap-south-1/");
    BOOST_TEST(found(given, h.with({{"AWS_REGION_NAME", "a-1"}})) == "AKDEFAULT/default-secret///a-1/");
    BOOST_TEST(found(given, h.with({{"AWS_REGION_NAME", "a-1"}, {"AWS_DEFAULT_REGION", "b-1"}})) == "AKDEFAULT/default-secret///b-1/");
    BOOST_TEST(found(given, h.with({{"AWS_DEFAULT_REGION", "b-1"}, {"AWS_REGION", "c-1"}})) == "AKDEFAULT/default-secret///c-1/");
    BOOST_TEST(found(in_region("d-1"), h.with({{"AWS_REGION", "c-1"}})) == "AKDEFAULT/default-secret///d-1/");
    given.access_key_id = "AK";
    given.secret_access_key = secret("s");
    BOOST_TEST(found(given, h.with()) == "AK/s///eu-west-1/", "the default profile has a region without being the source of keys");
    BOOST_TEST(found(given, variables({})) == "AWS credentials: there is no region; give aws_region_name or set AWS_REGION, such as us-east-1");
    BOOST_TEST(found(in_region("evil.example/"), h.with()) == "AWS credentials: the region is not a name such as us-east-1");
}

BOOST_AUTO_TEST_CASE(files_may_stand_elsewhere_and_a_named_one_must_exist) {
    const home h;
    const std::string other = h.write("other", "[default]\naws_access_key_id=AKOTHER\naws_secret_access_key=o\n");
    BOOST_TEST(found(in_region(), h.with({{"AWS_SHARED_CREDENTIALS_FILE", other}})) == "AKOTHER/o///us-east-1/");
    BOOST_TEST(found(in_region(), h.with({{"AWS_SHARED_CREDENTIALS_FILE", other + "x"}})) ==
               "the file of AWS credentials '" + other + "x' cannot be read, or is empty");
    aws_settings given = in_region();
    given.profile = "two words";
    BOOST_TEST(found(given, h.with()) == "AKTWO/two///us-east-1/");
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_cannot_be_sent_is_named_and_no_secret_is) {
    const home h;
    aws_settings given = in_region();
    BOOST_TEST(found(given, variables({})).starts_with("AWS credentials: none found; give aws_access_key_id"));
    given.profile = "missing";
    BOOST_TEST(found(given, h.with()) == "AWS credentials: there is no profile 'missing' in AWS's files");
    given.profile = "half";
    BOOST_TEST(found(given, h.with()) == "AWS credentials: the access key id has no secret access key");
    given.profile = "lost";
    BOOST_TEST(found(given, h.with()) == "AWS credentials: there is no profile 'nowhere', the source_profile of 'lost'");
    given = in_region();
    given.secret_access_key = secret("s");
    BOOST_TEST(found(given, h.with()) == "AWS credentials: the secret access key has no access key id");
    given.access_key_id = "AK";
    given.session_token = secret("hidden\r\nx: y");
    BOOST_TEST(found(given, h.with()) == "AWS credentials: a key, token or region holds a line break");
}

BOOST_FIXTURE_TEST_CASE(keys_sign_and_a_bearer_token_is_sent_as_it_is, core) {
    const auto keys = find_aws_credentials(in_region(), variables({{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "env"}}));
    const std::string signature = authorized(*keys);
    BOOST_TEST(signature.starts_with("x-amz-date: 20330518T033320Z\r\n"));
    BOOST_TEST(signature.find("authorization: AWS4-HMAC-SHA256 Credential=AKENV/20330518/us-east-1/bedrock/aws4_request, ") != std::string::npos);
    const auto bearer = find_aws_credentials(in_region(), variables({{"AWS_BEARER_TOKEN_BEDROCK", "b"}}));
    BOOST_TEST(authorized(*bearer) == "authorization: Bearer b\r\n");
    BOOST_TEST(network.calls() == 0u);
    BOOST_TEST(authorized(aws_credentials()).starts_with("deployment 'bedrock-1': no AWS keys"));
}

BOOST_FIXTURE_TEST_CASE(a_role_is_assumed_with_the_keys_and_its_own_keys_sign_for_an_hour, core) {
    const home h;
    aws_settings given = in_region();
    given.profile = "role";
    const auto role = find_aws_credentials(given, h.with());
    BOOST_TEST_REQUIRE(role.has_value());
    BOOST_TEST(role->keys.access_key_id.empty());
    // 2033-05-18T03:33:20Z is the runtime's beginning.
    network.reply(200, assumed("2033-05-18T04:33:20Z"));
    const std::string fields = authorized(*role);
    BOOST_TEST(fields.find("Credential=ASIAROLE/20330518/us-east-1/bedrock/") != std::string::npos);
    BOOST_TEST(fields.find("x-amz-security-token: role-token==\r\n") != std::string::npos);
    const testing::recorded_request& asked = network.requests().at(0);
    BOOST_TEST(asked.to.authority == "sts.us-east-1.amazonaws.com");
    BOOST_TEST(asked.to.tls);
    BOOST_TEST(asked.target == "/");
    BOOST_TEST(asked.body == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr&"
                             "RoleSessionName=llmx&DurationSeconds=3600&ExternalId=ext");
    BOOST_TEST(asked.fields.find("Credential=AKWORK/20330518/us-east-1/sts/aws4_request") != std::string::npos);
    BOOST_TEST(asked.fields.find("x-amz-security-token: work-token\r\n") != std::string::npos);
    runtime.advance(54min);
    BOOST_TEST(authorized(*role).find("ASIAROLE") != std::string::npos);
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_web_identity_is_read_anew_for_each_fetch_and_nothing_is_signed_with_it, core) {
    const home h;
    const std::string file = h.write("token", "first.jwt\n");
    const auto role = find_aws_credentials(in_region("cn-north-1"), h.with({{"AWS_WEB_IDENTITY_TOKEN_FILE", file},
                                                               {"AWS_ROLE_ARN", "arn:aws:iam::1:role/web"},
                                                               {"AWS_ROLE_SESSION_NAME", "pod"}}));
    BOOST_TEST_REQUIRE(role.has_value());
    network.reply(200, assumed("2033-05-18T03:43:20.5Z", "AssumeRoleWithWebIdentity"));
    BOOST_TEST(authorized(*role).find("ASIAROLE") != std::string::npos);
    BOOST_TEST(network.requests()[0].to.authority == "sts.cn-north-1.amazonaws.com.cn");
    BOOST_TEST(network.requests()[0].body == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fweb&"
                                             "RoleSessionName=pod&DurationSeconds=3600&WebIdentityToken=first.jwt");
    BOOST_TEST(network.requests()[0].fields.find("authorization") == std::string::npos);
    h.write("token", "second.jwt");
    runtime.advance(1h);
    network.reply(200, assumed("2033-05-18T05:33:20Z"));
    BOOST_TEST(authorized(*role).find("ASIAROLE") != std::string::npos);
    BOOST_TEST(network.requests()[1].body.ends_with("WebIdentityToken=second.jwt"));
}

BOOST_FIXTURE_TEST_CASE(a_containers_agent_is_asked_when_there_is_nothing_else, core) {
    const home h;
    const std::string file = h.write("agent", "agent-token-1\n");
    names eks = {{"AWS_REGION", "us-east-1"}, {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file}};
    BOOST_TEST(found(aws_settings(), h.with(eks)) == "AKDEFAULT/default-secret///us-east-1/");
    const auto by = find_aws_credentials(aws_settings(), variables(eks));
    BOOST_TEST_REQUIRE(by.has_value());
    network.reply(200, R"({"AccessKeyId":"ASIAPOD","SecretAccessKey":"s","Token":"pod-token","Expiration":"2033-05-18T09:33:20Z"})");
    BOOST_TEST(authorized(*by).find("x-amz-security-token: pod-token\r\n") != std::string::npos);
    const testing::recorded_request& asked = network.requests().at(0);
    BOOST_TEST(asked.method == "GET");
    BOOST_TEST(asked.target == "/v1/credentials");
    BOOST_TEST(asked.fields.find("authorization: agent-token-1\r\n") != std::string::npos);
    const auto ecs = find_aws_credentials(aws_settings(), variables({{"AWS_REGION", "us-east-1"}, {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}}));
    BOOST_TEST_REQUIRE(ecs.has_value());
    network.reply(404, R"({"code":"NoRole","message":"none"})");
    BOOST_TEST(authorized(*ecs) == "deployment 'bedrock-1': the token server 169.254.170.2 refused the credentials with status 404 (NoRole); "
                                   "check that a role is attached to this task or pod");
    BOOST_TEST(network.requests().at(1).target == "/v2/x");
    eks["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://agent.example/";
    BOOST_TEST(found(aws_settings(), variables(eks)).find("neither https nor") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_role_is_assumed_with_the_keys_of_a_container, core) {
    aws_settings given = in_region();
    given.role_arn = "arn:aws:iam::2:role/other";
    const auto role = find_aws_credentials(given, variables({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}}));
    BOOST_TEST_REQUIRE(role.has_value());
    network.reply(200, R"({"AccessKeyId":"ASIAPOD","SecretAccessKey":"s","Token":"pod-token","Expiration":"2033-05-18T09:33:20Z"})");
    network.reply(200, assumed("2033-05-18T04:33:20Z"));
    BOOST_TEST(authorized(*role).find("Credential=ASIAROLE/") != std::string::npos);
    BOOST_TEST_REQUIRE(network.requests().size() == 2u);
    BOOST_TEST(network.requests()[1].body.find("Action=AssumeRole&") != std::string::npos);
    BOOST_TEST(network.requests()[1].body.find("role%2Fother") != std::string::npos);
    BOOST_TEST(network.requests()[1].fields.find("Credential=ASIAPOD/20330518/us-east-1/sts/aws4_request") != std::string::npos);
    BOOST_TEST(network.requests()[1].fields.find("x-amz-security-token: pod-token\r\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_role_is_assumed_with_the_role_of_the_environments_web_identity, core) {
    const home h;
    const names pod = {{"AWS_WEB_IDENTITY_TOKEN_FILE", h.write("token", "one.jwt\n")}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/web"}};
    aws_settings given = in_region();
    given.role_arn = "arn:aws:iam::2:role/other";
    const auto role = find_aws_credentials(given, variables(pod));
    BOOST_TEST_REQUIRE(role.has_value());
    network.reply(200, assumed("2033-05-18T04:33:20Z", "AssumeRoleWithWebIdentity"));
    network.reply(200, assumed("2033-05-18T04:33:20Z"));
    BOOST_TEST(authorized(*role).find("Credential=ASIAROLE/") != std::string::npos);
    BOOST_TEST_REQUIRE(network.requests().size() == 2u);
    BOOST_TEST(network.requests()[0].body.find("role%2Fweb") != std::string::npos);
    BOOST_TEST(network.requests()[0].body.ends_with("WebIdentityToken=one.jwt"));
    BOOST_TEST(network.requests()[1].body.find("role%2Fother") != std::string::npos);
    BOOST_TEST(network.requests()[1].fields.find("Credential=ASIAROLE/20330518/us-east-1/sts/aws4_request") != std::string::npos);
    // The pod's own role needs no second one.
    given.role_arn = "arn:aws:iam::1:role/web";
    const auto own = find_aws_credentials(given, variables(pod));
    BOOST_TEST_REQUIRE(own.has_value());
    network.reply(200, assumed("2033-05-18T04:33:20Z", "AssumeRoleWithWebIdentity"));
    BOOST_TEST(authorized(*own).find("Credential=ASIAROLE/") != std::string::npos);
    BOOST_TEST(network.requests().size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_refused_role_names_the_deployment_and_hides_the_secrets, core) {
    aws_settings given = in_region();
    given.access_key_id = "AKGIVEN";
    given.secret_access_key = secret("given-secret-key");
    given.role_arn = "arn:aws:iam::1:role/r";
    given.sts_endpoint = "http://127.0.0.1:4566";
    const auto role = find_aws_credentials(given, variables({}));
    BOOST_TEST_REQUIRE(role.has_value());
    network.reply(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>given-secret-key &lt;no&gt;<"
        "/Message></Error></ErrorResponse>");
    BOOST_TEST(authorized(*role) == "deployment 'bedrock-1': the token server 127.0.0.1:4566 refused the credentials with status 403 "
                                    "(AccessDenied); check the keys, that the role trusts them, and that this machine's clock is right");
    BOOST_TEST((last.error() == errc::authentication));
    BOOST_TEST(last.error().provider_message() == "*** <no>");
    runtime.advance(1min);
    network.reply(400, "<Error><Code>Throttling</Code></Error>");
    (void)authorized(*role);
    BOOST_TEST((last.error() == errc::rate_limited));
    runtime.advance(1min);
    network.reply(200, "<AssumeRoleResponse/>");
    (void)authorized(*role);
    BOOST_TEST((last.error() == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(times_and_texts_of_aws_are_read_strictly) {
    using detail::aws_time;
    BOOST_TEST(aws_time("1970-01-01T00:00:00Z").value() == 0);
    BOOST_TEST(aws_time("2011-07-15T23:28:33.359Z").value() == 1310772513);
    BOOST_TEST(aws_time("2024-02-29T23:59:59Z").value() == 1709251199);
    for (const char* const bad : {"", "Z", "2011-07-15T23:28:33", "2011-07-15 23:28:33Z", "2011-02-30T00:00:00Z", "2011-13-01T00:00:00Z",
                                  "2011-07-15T24:00:00Z", "2011-07-15T23:28:33+00:00Z", "2011-07-15T23:28:33,5Z", "2o11-07-15T23:28:33Z"})
        BOOST_TEST(!aws_time(bad).has_value(), bad);
    using detail::xml_text;
    BOOST_TEST(xml_text("<a><b>1 &amp;amp; 2&gt;</b><b>3</b></a>", "b").value() == "1 &amp; 2>");
    BOOST_TEST(!xml_text("<a><b>1", "b").has_value());
    BOOST_TEST(!xml_text("<bb>1</bb>", "b").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace aws_credentials_unit
