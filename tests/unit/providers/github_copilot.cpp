// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/github_copilot.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/wire/url.hpp>

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
#include <utility>

namespace github_copilot_unit {

#if !defined(LLMX_NO_TLS)

using namespace llmx;

namespace {

using all = registry<github_copilot>;
using variables_map = std::map<std::string, std::string, std::less<>>;

variable_lookup variables(variables_map values) {
    return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
        const auto it = values.find(name);
        return it != values.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

deployment copilot(std::string_view key = "gho_secret") {
    deployment d;
    d.id = "d";
    d.provider = "github_copilot";
    d.model = "gpt-5";
    d.key = secret(std::string(key));
    return d;
}

struct github {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    http_limits limits;
    cancellation stop;

    github() {
        network.use_clock(runtime.clock());
        runtime.hold_sleeps(true);
    }
    result<void> authorize(const deployment& d, http_request& out) {
        return testing::run(io, github_copilot().authorize(runtime, d, out, limits, stop));
    }
};

std::string fields_of(std::string_view body, const codec_ops& form = codec_of<openai_chat>) {
    deployment d = copilot();
    BOOST_REQUIRE(all::complete(d, variables({})).has_value());
    http_request out;
    out.body.append(body.substr(0, body.size() / 2));
    out.body.append(body.substr(body.size() / 2));
    BOOST_REQUIRE(github_copilot().prepare(d, outgoing(form), out).has_value());
    BOOST_TEST(out.target == (&form == &codec_of<openai_chat> ? "/chat/completions" : "/embeddings"));
    BOOST_TEST(out.fields.find("copilot-integration-id: vscode-chat\r\n") != std::string::npos);
    BOOST_TEST(out.fields.find("authorization") == std::string::npos, "the GitHub token is for GitHub alone");
    return out.fields;
}

bool has(const std::string& fields, std::string_view line) { return fields.find(std::string(line) + "\r\n") != std::string::npos; }

struct folder {
    std::filesystem::path at = std::filesystem::temp_directory_path() / ("llmx-copilot-" + std::to_string(std::rand()));
    folder() { std::filesystem::create_directories(at); }
    ~folder() { std::filesystem::remove_all(at); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(copilot_of_github)

BOOST_AUTO_TEST_CASE(a_github_token_is_exchanged_once_for_many_requests) {
    github g;
    g.network.reply(200, R"({"token":"tid=1;exp=2:mac","expires_at":1800,"refresh_in":1500,"endpoints":{"api":"https://x"}})");
    deployment d = copilot();
    BOOST_REQUIRE(all::complete(d, variables({})).has_value());
    BOOST_TEST(d.api_base.where.host == "api.githubcopilot.com");
    for (int i = 0; i < 3; ++i) {
        http_request out;
        BOOST_REQUIRE(g.authorize(d, out).has_value());
        BOOST_TEST(out.fields == "authorization: Bearer tid=1;exp=2:mac\r\n");
    }
    BOOST_REQUIRE(g.network.requests().size() == 1u);
    const auto& asked = g.network.requests()[0];
    BOOST_TEST(asked.method == "GET");
    BOOST_TEST(asked.to.host == "api.github.com");
    BOOST_TEST(asked.target == "/copilot_internal/v2/token");
    BOOST_TEST(has(asked.fields, "authorization: token gho_secret"));
    BOOST_TEST(asked.fields.find("editor-version: vscode/") != std::string::npos);
    // A new token when GitHub's time is over.
    g.runtime.advance(std::chrono::seconds(1500));
    g.network.reply(200, R"({"token":"second","expires_at":99999999999})");
    http_request out;
    BOOST_REQUIRE(g.authorize(d, out).has_value());
    BOOST_TEST(out.fields == "authorization: Bearer second\r\n");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_deployment_and_no_secret) {
    github g;
    g.network.reply(403, R"({"message":"no access for gho_secret","documentation_url":"https://docs.github.com"})");
    deployment d = copilot();
    BOOST_REQUIRE(all::complete(d, variables({})).has_value());
    http_request out;
    const auto refused = g.authorize(d, out);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().value() == errc::authentication));
    BOOST_TEST(refused.error().message() == "deployment 'd': the token server api.github.com refused the credentials with status 403; give the "
                                            "GitHub token of an account that has Copilot, or log in again");
    BOOST_TEST(refused.error().provider_message().find("gho_secret") == std::string::npos);
    for (const char* const odd : {"{}", "[]", "no", R"({"token":7})", R"({"token":"a\r\nb: c"})"}) {
        github h;
        h.network.reply(200, odd);
        const auto r = h.authorize(d, out);
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::bad_response), odd);
    }
}

BOOST_AUTO_TEST_CASE(a_request_tells_its_initiator_and_images) {
    const std::string user = fields_of(R"({"messages":[{"role":"assistant","content":"a"},{"role":"user","content":"\"role\":\"tool\""}]})");
    BOOST_TEST(has(user, "x-initiator: user"));
    BOOST_TEST(user.find("vision") == std::string::npos);
    BOOST_TEST(has(fields_of(R"({"messages":[{"role":"user","content":"q"},{"content":"r","tool_call_id":"1","role":"tool"}],"tools":[]})"),
                   "x-initiator: agent"));
    BOOST_TEST(has(fields_of(R"({"messages":[{"role":"assistant","content":"begin"}]})"), "x-initiator: agent"));
    BOOST_TEST(has(fields_of(R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]},{"role":"user","content":"q"}]})"),
                   "copilot-vision-request: true"));
    BOOST_TEST(has(fields_of(R"({"messages":[{"role":"us)"), "x-initiator: user"));
    BOOST_TEST(fields_of(R"({"input":"x"})", codec_of<openai_embeddings>).find("x-initiator") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_github_token_comes_from_the_file_of_a_login) {
    const folder here;
    std::ofstream(here.at / "access-token") << "gho_file\n";
    std::ofstream(here.at / "other") << "gho_other";
    deployment d = copilot("");
    BOOST_REQUIRE(all::complete(d, variables({{"GITHUB_COPILOT_TOKEN_DIR", here.at.string()}})).has_value());
    BOOST_TEST(d.key.reveal() == "gho_file");
    const std::string identity(d.settings.get<github_copilot::settings>().tokens->identity());
    BOOST_TEST(identity.find("gho_file") == std::string::npos);
    // A second call reads no file and changes nothing.
    std::filesystem::remove(here.at / "access-token");
    BOOST_REQUIRE(all::complete(d, variables({{"GITHUB_COPILOT_TOKEN_DIR", here.at.string()}})).has_value());
    BOOST_TEST(d.settings.get<github_copilot::settings>().tokens->identity() == identity);
    deployment other = copilot("");
    BOOST_REQUIRE(all::complete(other, variables({{"GITHUB_COPILOT_TOKEN_DIR", here.at.string()}, {"GITHUB_COPILOT_ACCESS_TOKEN_FILE", "other"}})).has_value());
    BOOST_TEST(other.key.reveal() == "gho_other");
    BOOST_TEST(other.settings.get<github_copilot::settings>().tokens->identity() != identity);

    deployment none = copilot("");
    const auto missing = all::complete(none, variables({{"HOME", here.at.string()}}));
    BOOST_TEST(missing.error().message() == "deployment 'd': the file of the GitHub token '" + here.at.string() +
                                                "/.config/litellm/github_copilot/access-token' cannot be read, or is empty; give api_key or set "
                                                "GITHUB_COPILOT_TOKEN to the GitHub token of an account that has Copilot");
}

BOOST_AUTO_TEST_CASE(an_enterprise_exchanges_its_tokens_at_its_own_host) {
    const auto completed = [](std::string url) {
        deployment d = copilot();
        github_copilot::settings own;
        own.token_url = std::move(url);
        d.settings = any_settings::of(own);
        const result<void> r = all::complete(d, variables({}));
        if (!r) return r.error().message();
        github g;
        g.network.reply(200, R"({"token":"t"})");
        http_request out;
        BOOST_REQUIRE(g.authorize(d, out).has_value());
        return g.network.requests()[0].to.host + g.network.requests()[0].target;
    };
    BOOST_TEST(completed("https://api.octo.ghe.com/copilot_internal/v2/token") == "api.octo.ghe.com/copilot_internal/v2/token");
    BOOST_TEST(completed("http://127.0.0.1:8/token") == "127.0.0.1/token");
    BOOST_TEST(completed("http://api.octo.ghe.com/token") ==
               "deployment 'd': github_copilot_token_url is not https, which would expose the credentials; use an https URL");
    BOOST_TEST(completed("nonsense").starts_with("deployment 'd': github_copilot_token_url: "));
    // Without `complete` there is nothing to exchange.
    github g;
    http_request out;
    BOOST_TEST(g.authorize(copilot(), out).error().message() ==
               "deployment 'd' of github_copilot has no source of tokens; complete it with registry::complete");
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace github_copilot_unit
