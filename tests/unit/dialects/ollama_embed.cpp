// SPDX-License-Identifier: BSL-1.0
// Ollama's embeddings in both forms, as docs/api.md of github.com/ollama/ollama has them.
#include "embeddings_support.hpp"

#include <llmx/dialects/ollama/embed.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace ollama_embed_unit {

using namespace embeddings_test;
using llmx::errc;
using llmx::ollama_embed;
using llmx::ollama_embeddings;
using openai = llmx::openai_embeddings;

BOOST_AUTO_TEST_SUITE(dialects_ollama_embed)

BOOST_AUTO_TEST_CASE(requests_come_back_as_they_were) {
    for (const std::string_view body : {R"({"model":"all-minilm","input":"Why is the sky blue?"})",
        R"({"model":"m","input":["a","b"],"dimensions":7})",
                                        R"({"model":"m","input":"a","truncate":false,"keep_alive":"5m","options":{"num_ctx":9}})"}) {
        const auto r = ollama_embed::decode_request(body, llmx::request_target());
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(json(encode<ollama_embed>(*r)) == json(body), encode<ollama_embed>(*r));
    }
    const std::string_view older = R"({"model":"m","prompt":"a","keep_alive":0})";
    BOOST_TEST(json(encode<ollama_embeddings>(ollama_embeddings::decode_request(older, llmx::request_target()).value())) == json(older));
    const std::string body = R"({"model":"m","input":["a"]})";
    BOOST_TEST(ollama_embed::scan_request(body, llmx::request_target()).value().model == "m");
}

BOOST_AUTO_TEST_CASE(other_languages_have_the_same_inputs) {
    llmx::drop_report drops;
    const auto r = ollama_embed::decode_request(R"({"model":"m","input":["a","b"],"dimensions":7,"keep_alive":"5m"})",
        llmx::request_target()).value();
    BOOST_TEST(encode<openai>(r, drops) == R"({"model":"m","input":["a","b"],"dimensions":7})");
    BOOST_TEST(drops.count() == 1u);
    BOOST_TEST((drops.first_lost() == nullptr));
    const auto theirs = openai::decode_request(R"({"model":"m","input":"a","encoding_format":"base64"})", llmx::request_target()).value();
    BOOST_TEST(encode<ollama_embed>(theirs) == R"({"model":"m","input":"a"})");
}

BOOST_AUTO_TEST_CASE(what_has_no_form_is_refused) {
    llmx::drop_report drops;
    const auto ids = openai::decode_request(R"({"model":"m","input":[1,2]})", llmx::request_target()).value();
    BOOST_TEST((refusal<ollama_embed>(ids, drops).value() == errc::unsupported_parameter));
    const auto two = openai::decode_request(R"({"model":"m","input":["a","b"]})", llmx::request_target()).value();
    const llmx::error e = refusal<ollama_embeddings>(two, drops);
    BOOST_TEST((e.value() == errc::unsupported_parameter));
    BOOST_TEST(e.param() == "inputs[1]");
    BOOST_TEST((refusal<ollama_embed>(llmx::embedding_request(), drops).value() == errc::invalid_request));
    struct row {
        std::string_view body, param;
    };
    for (const row& x : {row{R"({"input":"a"})", "model"}, row{R"({"model":"m"})", "input"}, row{R"({"model":"m","input":[]})", "input"},
                         row{R"({"model":"m","input":[3]})", "input[0]"}, row{R"({"model":"m","input":"a","dimensions":0})", "dimensions"}}) {
        const auto r = ollama_embed::decode_request(x.body, llmx::request_target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), x.body);
        BOOST_TEST(r.error().param() == x.param, r.error().message());
    }
    for (const row& x : {row{R"({"input":"a"})", "model"}, row{R"({"model":"m"})", "input"}, row{R"({"model":"m","input":3})", "input"},
                         row{R"({"model":"m","model":"n","input":"a"})", "model"}, row{R"({"model":"m","Input":"a"})", "Input"}}) {
        const auto r = ollama_embed::scan_request(x.body, llmx::request_target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), x.body);
        BOOST_TEST(r.error().param() == x.param, r.error().message());
    }
}

BOOST_AUTO_TEST_CASE(replies_are_read_and_written) {
    const std::string_view body = R"({"model":"all-minilm","embeddings":[[0.5,-1],[0.25,2]],"prompt_eval_count":8,"total_duration":14143917})";
    const auto r = ollama_embed::decode_reply(body).value();
    BOOST_TEST((r.vectors.size() == 2u && r.vectors[1].index == 1 && r.vectors[1].values == std::vector<float>{0.25F, 2.0F}));
    BOOST_TEST((r.usage == ollama_embed::scan_usage(body) && r.usage.input_tokens == 8));
    BOOST_TEST(json(encode<ollama_embed>(r)) == json(body), encode<ollama_embed>(r));
    const auto one = ollama_embeddings::decode_reply(R"({"embedding":[0.5,-1]})").value();
    BOOST_TEST(encode<ollama_embeddings>(one) == R"({"embedding":[0.5,-1]})");
    BOOST_TEST(json(encode<openai>(one)).at("data").at(0).at("embedding") == json("[0.5,-1]"));
    for (const std::string_view wrong : {"{}", R"({"embeddings":3})", R"({"embeddings":[["a"]]})", R"({"embeddings":[[1e400]]})", "[]"})
        BOOST_TEST((ollama_embed::decode_reply(wrong).error().value() == errc::bad_response), wrong);
    BOOST_TEST(ollama_embed::decode_reply(R"({"error":"gone"})").error().provider_message() == "gone");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ollama_embed_unit
