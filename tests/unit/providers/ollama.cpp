// SPDX-License-Identifier: BSL-1.0
// Where requests to Ollama go, whatever base a configuration has, and what its failures mean.
#include <llmx/dialects/openai/completions.hpp>
#include <llmx/providers/ollama.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/wire/url.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace providers_ollama_unit {

using namespace llmx;

static_assert(provider<ollama_native> && provider_supports<ollama_native, chat> && provider_supports<ollama_native, embeddings>);

BOOST_AUTO_TEST_SUITE(providers_ollama)

BOOST_AUTO_TEST_CASE(each_operation_has_its_address) {
    struct row {
        const char* base;
        const codec_ops* form;
        std::string_view target;
    };
    const codec_ops *const talk = &codec_of<ollama_chat>, *const prompt = &codec_of<ollama_generate>, *const vectors = &codec_of<ollama_embed>;
    for (const row& r : {row{"http://127.0.0.1:11434", talk, "/api/chat"}, row{"http://127.0.0.1:11434/", prompt, "/api/generate"},
                         row{"http://h/v1", talk, "/api/chat"}, row{"http://h/v1/", vectors, "/api/embed"}, row{"https://ollama.com/api", talk, "/api/chat"},
                         row{"http://h/api/generate", talk, "/api/chat"}, row{"http://h/x", &codec_of<ollama_embeddings>, "/x/api/embeddings"},
                         row{"http://h/v1", &codec_of<openai_completions>, "/v1/completions"}}) {
        deployment d;
        d.api_base = parse_base_url(r.base).value();
        http_request out;
        BOOST_REQUIRE(ollama_native().prepare(d, outgoing(*r.form), out).has_value());
        BOOST_TEST(out.target == r.target, r.base);
        BOOST_TEST(out.fields == "");
        d.key = secret("k");
        http_request keyed;
        BOOST_REQUIRE(ollama_native().prepare(d, outgoing(*r.form), keyed).has_value());
        BOOST_TEST(keyed.fields == "authorization: Bearer k\r\n");
    }
}

BOOST_AUTO_TEST_CASE(requests_in_other_languages_are_translated_to_chat_and_own_ones_pass) {
    const provider_ops& ops = provider_ops_of<ollama_native>;
    BOOST_TEST((ops.codec_for(chat::info, nullptr) == &codec_of<ollama_chat>));
    BOOST_TEST((ops.codec_for(chat::info, &codec_of<ollama_generate>) == &codec_of<ollama_generate>));
    BOOST_TEST((ops.codec_for(embeddings::info, nullptr) == &codec_of<ollama_embed>));
}

BOOST_AUTO_TEST_CASE(a_configuration_has_each_name) {
    using all = registry<ollama_native>;
    for (const std::string_view name : {"ollama", "ollama_chat", "ollama_native"}) {
        deployment d;
        d.id = "d";
        d.provider = name;
        d.model = "llama3.2";
        BOOST_REQUIRE(all::complete(d).has_value());
        BOOST_TEST(d.provider == "ollama");
        BOOST_TEST(d.api_base.where.authority == "127.0.0.1:11434");
    }
}

BOOST_AUTO_TEST_CASE(failures_have_their_words) {
    const error e = ollama_native().classify(404, {}, R"({"error":"model 'x' not found"})");
    BOOST_TEST((e.value() == errc::not_found));
    BOOST_TEST(e.provider_message() == "model 'x' not found");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace providers_ollama_unit
