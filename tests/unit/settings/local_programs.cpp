// SPDX-License-Identifier: BSL-1.0
// Local programs and providers whose name has two parts, as configurations write them.
#include "support.hpp"

#include <llmx/providers/azure_speech.hpp>
#include <llmx/providers/local_process.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace local_programs_unit {

using namespace settings_test;

BOOST_AUTO_TEST_SUITE(settings_local_programs)

BOOST_AUTO_TEST_CASE(a_name_of_two_parts) {
    const auto r = from_json(R"({"model_list": [
        {"model_name": "voice", "litellm_params": {"model": "azure/speech/azure-tts", "api_key": "k", "region_name": "eastus"}},
        {"model_name": "chat", "litellm_params": {"model": "azure/gpt", "api_key": "k", "api_base": "https://own.openai.azure.com"}},
        {"model_name": "router", "litellm_params": {"model": "openrouter/openai/gpt-4o", "api_key": "k"}}]})");
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    BOOST_TEST(r->deployments[0].provider == "azure_speech");
    BOOST_TEST(r->deployments[0].model == "azure-tts");
    BOOST_TEST(r->deployments[0].settings.get<llmx::azure_speech::settings>().speaking.where.host == "eastus.tts.speech.microsoft.com");
    BOOST_TEST(r->deployments[1].provider == "azure");
    BOOST_TEST(r->deployments[1].model == "gpt");
    BOOST_TEST(r->deployments[2].provider == "openrouter");
    BOOST_TEST(r->deployments[2].model == "openai/gpt-4o");
}

BOOST_AUTO_TEST_CASE(a_program_with_its_variables) {
    const std::string text = R"({"model_list": [{"model_name": "m", "litellm_params": {"model": "local_process/mine",
        "command": ["/bin/sh", "-c", "sleep 1000"], "environment": {"A": "1", "MODEL_KEY": "os.environ/PROGRAM_KEY"}, "stop_grace": 2}}]})";
    const auto r = from_json(text, {{"PROGRAM_KEY", "sk-program"}, {"PATH", "/usr/bin:/bin"}});
    BOOST_TEST_REQUIRE(r.has_value(), message_of(r));
    BOOST_TEST(r->warnings.empty());
    const auto& own = r->deployments[0].settings.get<llmx::local_process::settings>();
    BOOST_TEST_REQUIRE(own.environment.size() == 2u);
    BOOST_TEST(own.environment[0].first == "A");
    BOOST_TEST(own.environment[1].second.reveal() == "sk-program");
    BOOST_TEST_REQUIRE(own.program != nullptr);
    BOOST_TEST(own.program->options().path == "/usr/bin:/bin");
    BOOST_TEST((own.program->options().times.stop_grace == std::chrono::seconds(2)));
    // Read again, as by a reload: the program that runs.
    const auto again = from_json(text, {{"PROGRAM_KEY", "sk-program"}, {"PATH", "/usr/bin:/bin"}});
    BOOST_TEST_REQUIRE(again.has_value(), message_of(again));
    BOOST_TEST(again->deployments[0].settings.get<llmx::local_process::settings>().program == own.program);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_reported) {
    const auto read = [](const std::string& params) {
        return message_of(from_json(R"({"model_list": [{"model_name": "m", "litellm_params": {"model": "local_process/mine")" + params + "}}]}"));
    };
    BOOST_TEST(read("").find("local_process needs command") != std::string::npos);
    BOOST_TEST(read(R"(, "command": "sh")").find("command: expected a list") != std::string::npos, read(R"(, "command": "sh")"));
    BOOST_TEST(read(R"(, "command": ["sh"], "environment": ["A"])").find("environment: expected a map") != std::string::npos);
    BOOST_TEST(read(R"(, "command": ["sh"], "environment": {"A=B": "x"})").find("the name of a variable") != std::string::npos);
    BOOST_TEST(read(R"(, "command": ["sh"], "protocol": "http")").find("{port}") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace local_programs_unit
