// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/registry/stock_vendors.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>

namespace vendors_unit {

using namespace llmx;

namespace {

using groq = vendor<rows::groq>;
using all = registry<openai, stock_vendors, anthropic, vendors<credential_rows>>;
constexpr std::size_t row_count = std::size(stock_rows);

// A program's own row, with all that a URL and fields can have.
constexpr base_form own_forms[] = {{.host = "one.test", .path = "/a", .replaces = true, .suffix = "/b", .query = "?v=1", .auth_field = "x-key"},
                                   {.path = "/in/", .anywhere = true, .auth_field = "x-other", .auth_prefix = "K "}};
constexpr vendor_row own_row = {.name = "own", .base = "http://two.test/x", .version = "/v1", .key_env = "OWN_KEY", .forms = own_forms,
                                .fields = "x-client: llmx\r\nx-b: 2\r\n", .key_mark = "mark:"};
constexpr const vendor_row* own_rows[] = {&own_row};
static_assert(own_row.has_forms() && !rows::groq.has_forms(), "a row without them executes nothing for them");

static_assert(provider<groq>);
static_assert(provider_supports<groq, chat> && provider_supports<groq, speech> && !provider_supports<groq, embeddings>);
static_assert(all::size == row_count + 2 + std::size(credential_rows));
static_assert(all::contains<stock_vendors> && all::contains<openai> && !all::contains<groq>);
static_assert(provider_supports<stock_vendors, embeddings>);
// Of an array those rows are left that can.
static_assert(std::is_same_v<providers_with<registry<openai, anthropic>, chat>, registry<openai, anthropic>>);
static_assert(providers_with<all, chat>::size < all::size && providers_with<all, chat>::size > providers_with<all, embeddings>::size);
static_assert(providers_with<all, embeddings>::size < all::size);
static_assert(std::is_same_v<registry_union_t<registry<openai>, registry<stock_vendors, openai>>, registry<openai, stock_vendors>>);
template <class P> struct is_array : std::bool_constant<std::is_same_v<P, stock_vendors>> {};
static_assert(std::is_same_v<registry_filter_t<all, is_array>, registry<stock_vendors>>);

} // namespace

BOOST_AUTO_TEST_SUITE(registry_vendors)

BOOST_AUTO_TEST_CASE(each_row_of_an_array_has_a_position) {
    const all r;
    for (std::size_t i = 0; i < row_count; ++i) {
        const auto at = all::find(stock_rows[i]->name);
        BOOST_REQUIRE(at.has_value());
        BOOST_TEST(*at == i + 1);
        BOOST_TEST(all::names()[*at] == stock_rows[i]->name);
        BOOST_TEST(all::ops(*at).edit != nullptr);
        BOOST_TEST(all::ops(*at).takes_stream_options == !stock_rows[i]->does_refuse("stream_options"));
        BOOST_TEST((r.self(*at) == stock_rows[i]));
        for (const std::string_view alias : stock_rows[i]->aliases) BOOST_TEST(all::find(alias).value() == *at);
    }
    BOOST_TEST(all::find("openai").value() == 0u);
    BOOST_TEST(all::find("anthropic").value() == row_count + 1);
    BOOST_TEST((r.self(row_count + 1) == &r.get<anthropic>()));
    BOOST_TEST((r.self(0) == &r.get<openai>()));
    BOOST_TEST(!all::find("").has_value());
}

BOOST_AUTO_TEST_CASE(an_alias_is_completed_to_the_name) {
    deployment d;
    d.id = "d";
    d.provider = "together";
    d.model = "llama3";
    BOOST_REQUIRE(all::complete(d).has_value());
    BOOST_TEST(d.provider == "together_ai");
    BOOST_TEST(d.provider_index == all::find("together_ai").value());
}

BOOST_AUTO_TEST_CASE(a_row_serves_the_operations_it_names) {
    const provider_ops& perplexity = all::ops(all::find("perplexity").value());
    BOOST_TEST((perplexity.codec_for(embeddings::info, nullptr) == &codec_of<openai_embeddings>));
    BOOST_TEST((perplexity.codec_for(speech::info, nullptr) == nullptr));
    BOOST_TEST((all::ops(all::find("groq").value()).codec_for(speech::info, nullptr) == &codec_of<openai_speech>));
    for (std::size_t i = 0; i < providers_with<all, embeddings>::size; ++i)
        BOOST_TEST((providers_with<all, embeddings>::ops(i).codec_for(embeddings::info, nullptr) != nullptr ||
                    providers_with<all, embeddings>::ops(i).name == "anthropic"));
}

BOOST_AUTO_TEST_CASE(a_row_alone_is_a_provider_like_any_other) {
    const registry<groq> r;
    deployment d;
    d.id = "d";
    d.provider = "groq";
    d.model = "m";
    d.key = secret("k");
    BOOST_REQUIRE(registry<groq>::complete(d).has_value());
    http_request out;
    BOOST_REQUIRE(registry<groq>::ops(0).prepare(r.self(0), d, outgoing(codec_of<openai_chat>), out).has_value());
    BOOST_TEST(out.target == "/openai/v1/chat/completions");
    BOOST_TEST(out.fields == "authorization: Bearer k\r\n");
    BOOST_TEST(registry<groq>::ops(0).edit != nullptr);
}

BOOST_AUTO_TEST_CASE(paths_versions_and_keys_follow_the_row) {
    const auto target = [](std::string_view vendor, const char* base, const codec_ops& form) {
        deployment d;
        d.id = "d";
        d.provider = vendor;
        d.model = "m";
        if (*base != '\0') d.api_base = parse_base_url(base).value();
        BOOST_REQUIRE(all::complete(d).has_value());
        const std::size_t at = all::find(vendor).value();
        http_request out;
        outgoing what(form);
        what.model = "grok voice";
        BOOST_REQUIRE(all::ops(at).prepare(all().self(at), d, what, out).has_value());
        BOOST_TEST(out.fields == "", "no key, no field");
        return out.target;
    };
    BOOST_TEST(target("mistral", "http://h", codec_of<openai_chat>) == "/v1/chat/completions");
    BOOST_TEST(target("mistral", "http://h/v1", codec_of<openai_chat>) == "/v1/chat/completions");
    BOOST_TEST(target("ollama_v1", "http://h/", codec_of<openai_embeddings>) == "/v1/embeddings");
    BOOST_TEST(target("groq", "http://h/x", codec_of<openai_chat>) == "/x/chat/completions");
    BOOST_TEST(target("azure_ai", "https://r.services.ai.azure.com", codec_of<openai_chat>) == "/models/chat/completions?api-version=2024-05-01-preview");
    BOOST_TEST(target("azure_ai", "https://r.services.ai.azure.com/models/", codec_of<openai_embeddings>) ==
               "/models/embeddings?api-version=2024-05-01-preview");
    BOOST_TEST(target("azure_ai", "https://r.services.ai.azure.com/openai/v1", codec_of<openai_chat>) == "/openai/v1/chat/completions");
    BOOST_TEST(target("azure_ai", "https://own.eastus.models.ai.azure.com", codec_of<openai_chat>) == "/chat/completions");
    BOOST_TEST(target("cloudflare", "https://api.cloudflare.com/client/v4/accounts/a/ai/run/", codec_of<openai_chat>) ==
               "/client/v4/accounts/a/ai/v1/chat/completions");
    BOOST_TEST(target("cloudflare", "https://api.cloudflare.com/client/v4/accounts/a/ai/v1", codec_of<openai_chat>) ==
               "/client/v4/accounts/a/ai/v1/chat/completions");
    BOOST_TEST(target("datarobot", "", codec_of<openai_chat>) == "/api/v2/genai/llmgw/chat/completions/");
    BOOST_TEST(target("datarobot", "https://app.eu.datarobot.com/api/v2", codec_of<openai_chat>) == "/api/v2/genai/llmgw/chat/completions/");
    BOOST_TEST(target("datarobot", "https://h/api/v2/deployments/7", codec_of<openai_chat>) == "/api/v2/deployments/7/chat/completions/");
    BOOST_TEST(target("gradient_ai", "", codec_of<openai_chat>) == "/v1/chat/completions");
    BOOST_TEST(target("gradient_ai", "https://inference.do-ai.run/v1", codec_of<openai_chat>) == "/v1/chat/completions");
    BOOST_TEST(target("gradient_ai", "https://x.agents.do-ai.run", codec_of<openai_chat>) == "/api/v1/chat/completions");
    BOOST_TEST(target("gradient_ai", "https://x.agents.do-ai.run/api/v1", codec_of<openai_chat>) == "/api/v1/chat/completions");
    BOOST_TEST(target("heroku", "", codec_of<openai_embeddings>) == "/v1/embeddings");
    BOOST_TEST(target("docker_model_runner", "", codec_of<openai_chat>) == "/engines/llama.cpp/v1/chat/completions");
    BOOST_TEST(target("snowflake", "https://a.snowflakecomputing.com", codec_of<openai_chat>) == "/api/v2/cortex/v1/chat/completions");
    BOOST_TEST(target("xai", "", codec_of<openai_transcription>) == "/v1/stt");
    BOOST_TEST(target("perplexity", "", codec_of<openai_embeddings>) == "/v1/embeddings");
    BOOST_TEST(target("xai", "", codec_of<openai_realtime>) == "/v1/realtime?model=grok%20voice");
}

BOOST_AUTO_TEST_CASE(a_row_of_ones_own_has_forms_and_fields_alone_and_in_an_array) {
    const auto asked = [](const auto& r, const char* base) {
        using of = std::remove_cvref_t<decltype(r)>;
        deployment d;
        d.id = "d";
        d.provider = "own";
        d.model = "m";
        d.key = secret("mark:k");
        if (*base != '\0') d.api_base = parse_base_url(base).value();
        BOOST_REQUIRE(of::complete(d).has_value());
        http_request out;
        BOOST_REQUIRE(of::ops(0).prepare(r.self(0), d, outgoing(codec_of<openai_chat>), out).has_value());
        return out.target + " " + out.fields;
    };
    const std::string fixed = "x-client: llmx\r\nx-b: 2\r\n";
    const auto both = [&](const char* base, const std::string& expected) {
        BOOST_TEST(asked(registry<vendor<own_row>>(), base) == expected);
        BOOST_TEST(asked(registry<vendors<own_rows>>(), base) == expected);
    };
    both("", "/x/v1/chat/completions " + fixed + "authorization: Bearer k\r\n");
    both("http://two.test/v1", "/v1/chat/completions " + fixed + "authorization: Bearer k\r\n");
    both("http://sub.one.test/x/a", "/x/b/chat/completions?v=1 " + fixed + "x-key: k\r\n");
    both("http://one.test/a/x", "/a/x/v1/chat/completions " + fixed + "authorization: Bearer k\r\n");
    both("http://one.test/in/7", "/in/7/chat/completions " + fixed + "x-other: K k\r\n");
}

BOOST_AUTO_TEST_CASE(the_key_is_sent_as_the_host_takes_it) {
    const auto fields = [](std::string_view vendor, const char* base, const char* key) {
        deployment d;
        d.id = "d";
        d.provider = vendor;
        d.model = "m";
        d.key = secret(key);
        d.api_base = parse_base_url(base).value();
        BOOST_REQUIRE(all::complete(d).has_value());
        const std::size_t at = all::find(vendor).value();
        http_request out;
        BOOST_REQUIRE(all::ops(at).prepare(all().self(at), d, outgoing(codec_of<openai_chat>), out).has_value());
        BOOST_TEST(out.fields.find(d.key.reveal()) != std::string::npos, "what is hidden in answers is what was sent");
        return out.fields;
    };
    BOOST_TEST(fields("azure_ai", "https://r.services.ai.azure.com", "k") == "api-key: k\r\n");
    BOOST_TEST(fields("azure_ai", "https://r.services.ai.azure.com/openai/v1", "k") == "api-key: k\r\n");
    BOOST_TEST(fields("azure_ai", "https://own.eastus.models.ai.azure.com", "k") == "authorization: Bearer k\r\n");
    BOOST_TEST(fields("azure_ai", "https://services.ai.azure.com.evil.test", "k") == "authorization: Bearer k\r\n");
    BOOST_TEST(fields("oobabooga", "http://h", "k") == "authorization: Bearer k\r\n");
    BOOST_TEST(fields("snowflake", "https://h", "pat/k") == "authorization: Bearer k\r\n");
    BOOST_TEST(fields("snowflake", "https://h", "k") == "authorization: Bearer k\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendors_unit
