// SPDX-License-Identifier: BSL-1.0
// Where requests to Cohere go, whatever base a configuration has, and what its failures mean.
#include <llmx/dialects/rerank.hpp>
#include <llmx/providers/cohere.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/wire/url.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace providers_cohere_unit {

using namespace llmx;

static_assert(provider<cohere> && provider_supports<cohere, chat> && provider_supports<cohere, embeddings> && provider_supports<cohere, rerank>);

BOOST_AUTO_TEST_SUITE(providers_cohere)

BOOST_AUTO_TEST_CASE(each_operation_has_its_address) {
    struct row {
        const char* base;
        const codec_ops* form;
        std::string_view target;
    };
    const codec_ops *const talk = &codec_of<cohere_chat>, *const vectors = &codec_of<openai_embeddings>, *const ranks = &codec_of<cohere_rerank>;
    for (const row& r : {row{"https://api.cohere.com", talk, "/v2/chat"}, row{"https://api.cohere.com", vectors, "/compatibility/v1/embeddings"},
                         row{"https://api.cohere.com", ranks, "/v2/rerank"}, row{"https://api.cohere.ai/compatibility/v1", talk, "/v2/chat"},
                         row{"https://api.cohere.ai/compatibility/v1/", vectors, "/compatibility/v1/embeddings"},
                         row{"https://api.cohere.ai/compatibility/v1", ranks, "/v2/rerank"}, row{"https://api.cohere.com/v2", talk, "/v2/chat"},
                         row{"https://api.cohere.com/v1", ranks, "/v2/rerank"}, row{"https://api.cohere.com/v2/chat", talk, "/v2/chat"},
                         row{"https://proxy/co", talk, "/co/v2/chat"}, row{"https://proxy/co/v1", ranks, "/co/v2/rerank"}}) {
        deployment d;
        d.key = secret("k");
        d.api_base = parse_base_url(r.base).value();
        http_request out;
        BOOST_REQUIRE(cohere().prepare(d, outgoing(*r.form), out).has_value());
        BOOST_TEST(out.target == r.target, r.base);
        BOOST_TEST(out.fields == "authorization: Bearer k\r\n");
    }
}

BOOST_AUTO_TEST_CASE(a_configuration_has_both_names) {
    using all = registry<cohere>;
    for (const std::string_view name : {"cohere", "cohere_chat"}) {
        deployment d;
        d.id = "d";
        d.provider = name;
        d.model = "command-a-03-2025";
        d.key = secret("k");
        BOOST_REQUIRE(all::complete(d).has_value());
        BOOST_TEST(d.provider == "cohere");
        BOOST_TEST(d.api_base.where.host == "api.cohere.com");
    }
}

BOOST_AUTO_TEST_CASE(failures_have_their_words) {
    const error e = cohere().classify(401, {}, R"({"id":"1","message":"invalid api token"})");
    BOOST_TEST((e.value() == errc::authentication));
    BOOST_TEST(e.provider_message() == "invalid api token");
    BOOST_TEST((cohere().classify(429, {}, R"({"message":"slow down"})").value() == errc::rate_limited));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace providers_cohere_unit
