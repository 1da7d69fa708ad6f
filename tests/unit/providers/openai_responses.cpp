// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/openai_responses.hpp>
#include <llmx/registry/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace openai_responses_unit {

namespace {

using namespace llmx;
using both = registry<openai_with_responses, azure_openai_with_responses>;

deployment made(std::string_view provider, std::string_view model, std::string_view base) {
    deployment d;
    d.provider = provider;
    d.model = model;
    d.key = secret("k");
    const auto parsed = parse_base_url(base);
    BOOST_REQUIRE(parsed.has_value());
    d.api_base = *parsed;
    BOOST_REQUIRE(both::complete(d).has_value());
    return d;
}

template <class C> std::string target_of(const deployment& d) {
    outgoing what(codec_of<C>);
    what.model = d.model;
    http_request out;
    const bool azure = d.provider == "azure";
    const auto done = azure ? azure_openai_with_responses().prepare(d, what, out) : openai_with_responses().prepare(d, what, out);
    BOOST_REQUIRE(done.has_value());
    return out.target;
}

/// The form in which a request in the form \p From goes up.
template <class P, class From> std::string_view form_for(const deployment& d) {
    const codec_ops* const form = provider_ops_of<P>.codec_for(chat::info, &codec_of<From>, d, d.model);
    return form != nullptr ? form->name : std::string_view("none");
}

template <class Settings> deployment of_chats_alone(deployment d) {
    Settings own = d.settings.get<Settings>();
    own.use_chat_completions_api = true;
    d.settings = any_settings::of(own);
    return d;
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_openai_responses)

BOOST_AUTO_TEST_CASE(a_request_of_either_language_passes_and_others_are_chat_completions) {
    const deployment d = made("openai", "gpt", "https://h/v1"), a = made("azure", "gpt", "https://h");
    BOOST_TEST((form_for<openai_with_responses, openai_responses>(d) == "openai_responses"));
    BOOST_TEST((form_for<openai_with_responses, openai_chat>(d) == "openai_chat"));
    BOOST_TEST((form_for<azure_openai_with_responses, openai_responses>(a) == "openai_responses"));
    BOOST_TEST((form_for<azure_openai_with_responses, openai_chat>(a) == "openai_chat"));
    BOOST_TEST(target_of<openai_responses>(d) == "/v1/responses");
    BOOST_TEST(target_of<openai_chat>(d) == "/v1/chat/completions");
}

BOOST_AUTO_TEST_CASE(a_model_behind_responses_gets_all_requests_in_that_language) {
    for (const std::string_view provider : {"openai", "azure"}) {
        deployment d = made(provider, "responses/gpt", "https://h/v1");
        BOOST_TEST(d.model == "gpt");
        const bool azure = provider == "azure";
        BOOST_TEST((azure ? form_for<azure_openai_with_responses, openai_chat>(d) : form_for<openai_with_responses, openai_chat>(d)) == "openai_responses");
        // Completing twice changes nothing more.
        BOOST_REQUIRE(both::complete(d).has_value());
        BOOST_TEST(d.model == "gpt");
    }
    deployment nameless;
    nameless.provider = "openai";
    nameless.model = "responses/";
    BOOST_TEST(both::complete(nameless).has_error());
}

BOOST_AUTO_TEST_CASE(a_name_behind_a_wildcard_may_ask_for_that_language) {
    const deployment d = made("openai", "*", "https://h/v1");
    const provider_ops& ops = provider_ops_of<openai_with_responses>;
    BOOST_TEST(ops.form_prefix == "responses/");
    BOOST_TEST(ops.codec_for(chat::info, &codec_of<openai_chat>, d, "responses/gpt")->name == "openai_responses");
    BOOST_TEST(ops.codec_for(chat::info, &codec_of<openai_responses>, d, "responses/gpt")->name == "openai_responses");
    BOOST_TEST(ops.codec_for(chat::info, &codec_of<openai_chat>, d, "gpt")->name == "openai_chat");
    // Other operations have one language.
    BOOST_TEST(ops.codec_for(embeddings::info, &codec_of<openai_embeddings>, d, "responses/e")->name == "openai_embeddings");
    BOOST_TEST(provider_ops_of<openai>.form_prefix.empty());
}

BOOST_AUTO_TEST_CASE(a_server_without_the_responses_api_gets_chat_completions) {
    const deployment d = of_chats_alone<openai::settings>(made("openai", "gpt", "https://h/v1"));
    BOOST_TEST((form_for<openai_with_responses, openai_responses>(d) == "openai_chat"));
    const deployment a = of_chats_alone<azure_openai::settings>(made("azure", "gpt", "https://h"));
    BOOST_TEST((form_for<azure_openai_with_responses, openai_responses>(a) == "openai_chat"));
}

BOOST_AUTO_TEST_CASE(azure_has_it_without_a_dated_version) {
    for (const std::string_view base : {"https://h", "https://h/openai", "https://h/openai/v1"})
        BOOST_TEST(target_of<openai_responses>(made("azure", "gpt", base)) == "/openai/v1/responses");
    BOOST_TEST(target_of<openai_chat>(made("azure", "gpt", "https://h")) == "/openai/deployments/gpt/chat/completions?api-version=2024-10-21");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_responses_unit
