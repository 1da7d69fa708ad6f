// SPDX-License-Identifier: BSL-1.0
// Embeddings and reranking of watsonx.ai and reranking of Google Cloud, whose words are in the vendors' documents.
#include "audio_support.hpp"

#include <llmx/dialects/vertex/rerank.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/dialects/watsonx/rerank.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloud_operations_unit {

namespace {

using namespace audio_test;

static_assert(llmx::codec<llmx::watsonx_embeddings> && !llmx::facade_codec<llmx::watsonx_embeddings>);
static_assert(llmx::codec<llmx::watsonx_rerank> && !llmx::facade_codec<llmx::watsonx_rerank>);

template <class C> llmx::result<std::string> encode(const typename C::operation::request& request, llmx::drop_report& drops) {
    std::string out;
    if (const auto done = C::encode_request(request, llmx::encode_options(), out, drops); done.has_error()) return done.error();
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_watsonx)

BOOST_AUTO_TEST_CASE(inputs_are_texts_and_parameters_are_the_vendors) {
    llmx::embedding_request r("m", "one");
    r.inputs.emplace_back("two");
    llmx::drop_report drops;
    BOOST_TEST(encode<llmx::watsonx_embeddings>(r, drops).value() == R"({"inputs":["one","two"]})");
    BOOST_TEST(drops.entries().size() == 0u);
    r.dimensions = 64;
    r.extra.add("openai_embeddings", "truncate_input_tokens", "128");
    BOOST_TEST(encode<llmx::watsonx_embeddings>(r, drops).value() ==
               R"({"inputs":["one","two"],"parameters":{"truncate_input_tokens":128}})");
    BOOST_TEST(dropped(drops) == "dimensions");
    llmx::embedding_request whole("m", "one");
    whole.extra.add("openai_embeddings", "parameters", R"({"return_options":{"input_text":true}})");
    llmx::drop_report none;
    BOOST_TEST(encode<llmx::watsonx_embeddings>(whole, none).value() ==
               R"({"inputs":["one"],"parameters":{"return_options":{"input_text":true}}})");
    BOOST_TEST(none.entries().size() == 0u);
    llmx::embedding_request ids;
    ids.model = "m";
    ids.inputs.emplace_back(std::vector<std::uint32_t>{1, 2});
    llmx::drop_report refused;
    BOOST_TEST((encode<llmx::watsonx_embeddings>(ids, refused).error() == llmx::errc::unsupported_parameter));
    ids.inputs.clear();
    BOOST_TEST((encode<llmx::watsonx_embeddings>(ids, refused).error() == llmx::errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(vectors_are_in_the_order_of_the_inputs) {
    const std::string body = R"({"model_id":"ibm/slate","results":[{"embedding":[-0.5,0.25],"input":"one"},{"embedding":[1,2]}],)"
                             R"("created_at":"2024-02-21T17:32:28Z","input_token_count":20})";
    const auto r = llmx::watsonx_embeddings::decode_reply(body);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->model == "ibm/slate");
    BOOST_REQUIRE(r->vectors.size() == 2u);
    BOOST_TEST(r->vectors[0].values[0] == -0.5f);
    BOOST_TEST(r->vectors[1].index == 1u);
    BOOST_TEST(r->usage.input_tokens == 20);
    BOOST_TEST(llmx::watsonx_embeddings::scan_usage(body).input_tokens == 20);
    BOOST_TEST(llmx::watsonx_embeddings::holds_answer(body));
    BOOST_TEST(!llmx::watsonx_embeddings::holds_answer(R"({"results":[]})"));
    for (const char* const broken : {"", "[]", "{}", R"({"results":{}})", R"({"results":[1]})", R"({"results":[{"embedding":["a"]}]})"})
        BOOST_TEST((llmx::watsonx_embeddings::decode_reply(broken).error() == llmx::errc::bad_response), broken);
}

BOOST_AUTO_TEST_CASE(documents_are_objects_and_options_are_nested) {
    llmx::rerank_request r("m", "q", {"a", "b"});
    llmx::drop_report drops;
    BOOST_TEST(encode<llmx::watsonx_rerank>(r, drops).value() == R"({"query":"q","inputs":[{"text":"a"},{"text":"b"}]})");
    r.top_n = 1;
    r.return_documents = true;
    r.max_tokens_per_doc = 512;
    r.documents[1].fields.text = R"({"text":"b","page":3})";
    BOOST_TEST(encode<llmx::watsonx_rerank>(r, drops).value() ==
               R"({"query":"q","inputs":[{"text":"a"},{"text":"b"}],"parameters":{"truncate_input_tokens":512,)"
               R"("return_options":{"top_n":1,"inputs":true}}})");
    BOOST_TEST(dropped(drops) == "documents[1].fields");
    llmx::drop_report refused;
    BOOST_TEST((encode<llmx::watsonx_rerank>(llmx::rerank_request("m", "", {"a"}), refused).error() == llmx::errc::invalid_request));
    BOOST_TEST((encode<llmx::watsonx_rerank>(llmx::rerank_request("m", "q", {}), refused).error() == llmx::errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(scores_come_with_their_documents) {
    const std::string body = R"({"model_id":"cross-encoder/x","results":[{"index":1,"score":0.95,"input":{"text":"b"}},)"
                             R"({"index":0,"score":-7.5}],"created_at":"t","input_token_count":318})";
    const auto r = llmx::watsonx_rerank::decode_reply(body);
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(r->results.size() == 2u);
    BOOST_TEST(r->results[0].index == 1u);
    BOOST_TEST(r->results[0].document->text == "b");
    BOOST_TEST(r->results[1].relevance_score == -7.5);
    BOOST_TEST(!r->results[1].document.has_value());
    BOOST_TEST(r->usage.input_tokens == 318);
    BOOST_TEST(llmx::watsonx_rerank::holds_answer(body));
    for (const char* const broken : {"{}", R"({"results":[{"index":0}]})", R"({"results":[{"score":1}]})", R"({"results":[7]})"})
        BOOST_TEST((llmx::watsonx_rerank::decode_reply(broken).error() == llmx::errc::bad_response), broken);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(dialects_vertex_rerank)

BOOST_AUTO_TEST_CASE(documents_are_records_with_their_positions_as_ids) {
    llmx::rerank_request r("semantic-ranker-default@latest", "q", {"a", "b"});
    llmx::drop_report drops;
    BOOST_TEST(encode<llmx::vertex_rerank>(r, drops).value() ==
               R"({"model":"semantic-ranker-default@latest","query":"q",)"
               R"("records":[{"id":"0","content":"a"},{"id":"1","content":"b"}]})");
    r.top_n = 1;
    r.return_documents = true;
    r.documents[0].fields.text = R"({"title":"T","text":"a"})";
    r.documents[1].fields.text = R"({"title":"U","page":3})";
    r.documents[1].text.clear();
    BOOST_TEST(encode<llmx::vertex_rerank>(r, drops).value() ==
               R"({"model":"semantic-ranker-default@latest","query":"q","topN":1,"ignoreRecordDetailsInResponse":false,)"
               R"("records":[{"id":"0","title":"T","content":"a"},{"id":"1","title":"U"}]})");
    BOOST_TEST(dropped(drops) == "documents[1].fields");
    llmx::drop_report refused;
    BOOST_TEST((encode<llmx::vertex_rerank>(llmx::rerank_request("m", "q", std::vector<std::string>(201, "a")), refused).error() ==
                llmx::errc::unsupported_parameter));
    BOOST_TEST((encode<llmx::vertex_rerank>(llmx::rerank_request("m", "", {"a"}), refused).error() == llmx::errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(records_are_results) {
    const std::string body = R"({"records":[{"id":"1","score":0.98,"content":"b"},{"id":"0","title":"T","score":0.1}]})";
    const auto r = llmx::vertex_rerank::decode_reply(body);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->results[0].index == 1u);
    BOOST_TEST(r->results[0].document->text == "b");
    BOOST_TEST(r->results[1].relevance_score == 0.1);
    BOOST_TEST(r->usage.search_units == 1u);
    BOOST_TEST(llmx::vertex_rerank::scan_usage(body).search_units == 1u);
    for (const char* const broken : {"{}", R"({"records":[{"id":"x","score":1}]})", R"({"records":[{"id":"0"}]})", R"({"records":[{"id":0,"score":1}]})"})
        BOOST_TEST((llmx::vertex_rerank::decode_reply(broken).error() == llmx::errc::bad_response), broken);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace cloud_operations_unit
