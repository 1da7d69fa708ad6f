// SPDX-License-Identifier: BSL-1.0
// Bodies of InvokeModel as the vendors' pages have them: embeddings, rerankings and images.
#include <llmx/dialects/bedrock/embeddings.hpp>
#include <llmx/dialects/bedrock/images.hpp>
#include <llmx/dialects/bedrock/rerank.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/images.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bedrock_operations_unit {

using namespace llmx;

namespace {

struct written {
    std::string body, drops, refusal;
};
template <class C> written write(const typename C::operation::request& r, std::string_view model) {
    written w;
    drop_report drops;
    encode_options options;
    options.model = model;
    result<void> done = success();
    if constexpr (requires { C::encode_request(r, options, w.body, drops); }) {
        done = C::encode_request(r, options, w.body, drops);
    } else {
        encoded_request out(w.body);
        done = C::encode_request(r, options, out, drops);
    }
    if (!done) w.refusal = done.error().message();
    for (const auto& e : drops.entries()) w.drops += (w.drops.empty() ? "" : " ") + e.at.text() + (e.hint ? "?" : "!");
    return w;
}
void check_json(std::string_view got, std::string_view expected) {
    BOOST_CHECK_MESSAGE(boost::json::parse(got) == boost::json::parse(expected), "got      " << got << "\nexpected " << expected);
}
embedding_request vectors(std::vector<std::string> texts) {
    embedding_request r;
    r.model = "m";
    for (std::string& t : texts) r.inputs.emplace_back(std::move(t));
    return r;
}

constexpr std::string_view titan_1 = "amazon.titan-embed-text-v1", titan_2 = "amazon.titan-embed-text-v2:0", titan_image = "amazon.titan-embed-image-v1",
                           nova = "amazon.nova-2-multimodal-embeddings-v1:0", cohere_3 = "cohere.embed-english-v3", cohere_4 = "us.cohere.embed-v4:0";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_bedrock_operations)

BOOST_AUTO_TEST_CASE(embeddings_in_each_vendors_form) {
    embedding_request r = vectors({"hi"});
    r.dimensions = 256;
    r.extra.add("openai_embeddings", "normalize", "false");
    written w = write<bedrock_embeddings>(r, titan_2);
    check_json(w.body, R"({"inputText":"hi","dimensions":256,"normalize":false})");
    BOOST_TEST(w.drops == "");
    r.extra = extra_members();
    w = write<bedrock_embeddings>(r, titan_1);
    check_json(w.body, R"({"inputText":"hi"})");
    BOOST_TEST(w.drops == "dimensions!");
    check_json(write<bedrock_embeddings>(r, titan_image).body, R"({"inputText":"hi","embeddingConfig":{"outputEmbeddingLength":256}})");
    r.task_type = "RETRIEVAL_QUERY";
    w = write<bedrock_embeddings>(r, nova);
    check_json(w.body, R"({"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"GENERIC_RETRIEVAL",
        "embeddingDimension":256,"text":{"truncationMode":"END","value":"hi"}}})");
    BOOST_TEST(w.drops == "");
    BOOST_TEST(write<bedrock_embeddings>(r, titan_2).drops == "task_type?");
    embedding_request several = vectors({"a", "b"});
    check_json(write<bedrock_embeddings>(several, cohere_3).body, R"({"texts":["a","b"],"input_type":"search_document"})");
    several.dimensions = 512;
    several.extra.add("openai_embeddings", "input_type", R"("classification")");
    several.extra.add("openai_embeddings", "truncate", R"("END")");
    several.extra.add("openai_embeddings", "other", "1");
    several.user = "u";
    w = write<bedrock_embeddings>(several, cohere_4);
    check_json(w.body, R"({"texts":["a","b"],"input_type":"classification","truncate":"END","output_dimension":512})");
    BOOST_TEST(w.drops == "user? other!");
}

BOOST_AUTO_TEST_CASE(what_a_model_does_not_take_is_named) {
    BOOST_TEST(write<bedrock_embeddings>(vectors({"a", "b"}), titan_2).refusal.starts_with("inputs[1]"));
    BOOST_TEST(write<bedrock_embeddings>(vectors({"a", "b"}), nova).refusal.find("one input") != std::string::npos);
    BOOST_TEST(write<bedrock_embeddings>(vectors(std::vector<std::string>(97, "a")), cohere_3).refusal.starts_with("inputs[96]"));
    BOOST_TEST(write<bedrock_embeddings>(vectors({}), titan_2).refusal.find("at least one") != std::string::npos);
    embedding_request ids = vectors({});
    ids.inputs.emplace_back(std::vector<std::uint32_t>{1, 2});
    const written w = write<bedrock_embeddings>(ids, cohere_3);
    BOOST_TEST(w.refusal.find("token ids") != std::string::npos);
    BOOST_TEST(w.body.empty());
}

BOOST_AUTO_TEST_CASE(embeddings_come_back) {
    const auto read = [](std::string_view body) {
        auto r = bedrock_embeddings::decode_reply(body);
        BOOST_REQUIRE_MESSAGE(r.has_value(), body);
        BOOST_TEST(bedrock_embeddings::holds_answer(body));
        return std::move(*r);
    };
    embedding_reply r = read(R"({"embedding":[0.5,-1],"inputTextTokenCount":3,"embeddingsByType":{"float":[0.5,-1]}})");
    BOOST_REQUIRE(r.vectors.size() == 1u);
    BOOST_TEST(r.vectors[0].values.at(1) == -1.f);
    BOOST_TEST(r.usage.input_tokens == 3);
    BOOST_TEST(bedrock_embeddings::scan_usage(R"({"embedding":[],"inputTextTokenCount":3})").input_tokens == 3);
    r = read(R"({"id":"1","embeddings":[[1,2],[3,4]],"response_type":"embeddings_floats","texts":["a","b"]})");
    BOOST_REQUIRE(r.vectors.size() == 2u);
    BOOST_TEST(r.vectors[1].index == 1u);
    BOOST_TEST(r.vectors[1].values.at(0) == 3.f);
    r = read(R"({"embeddings":{"int8":[[1]],"float":[[1.5]]},"response_type":"embeddings_by_type"})");
    BOOST_TEST(r.vectors.at(0).values.at(0) == 1.5f);
    r = read(R"({"embeddings":[{"embeddingType":"TEXT","embedding":[2.5],"truncatedCharLength":1}]})");
    BOOST_TEST(r.vectors.at(0).values.at(0) == 2.5f);
    for (const std::string_view bad : {"", "[]", "{}", R"({"embedding":"x"})", R"({"embeddings":[["x"]]})", R"({"embeddings":{"int8":[[1]]}})"})
        BOOST_TEST(bedrock_embeddings::decode_reply(bad).has_error(), bad);
    for (const std::string_view body : {R"({"inputText":"a","dimensions":8})", R"({"texts":["a"],"input_type":"search_query","output_dimension":8})",
                                        R"({"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingDimension":8,"text":{"value":"a"}}})"}) {
        const auto request = bedrock_embeddings::decode_request(body, request_target());
        BOOST_REQUIRE_MESSAGE(request.has_value(), body);
        BOOST_TEST(request->inputs.at(0).text == "a");
        BOOST_TEST(*request->dimensions == 8);
    }
    BOOST_TEST(bedrock_embeddings::decode_request("{}", request_target()).has_error());
}

BOOST_AUTO_TEST_CASE(rerankings_are_coheres) {
    rerank_request r("m", "q", {"a", "b"});
    r.top_n = 1;
    r.return_documents = true;
    written w = write<bedrock_rerank>(r, "cohere.rerank-v3-5:0");
    check_json(w.body, R"({"api_version":2,"query":"q","top_n":1,"documents":["a","b"]})");
    BOOST_TEST(w.drops == "return_documents?");
    check_json(write<bedrock_rerank>(r, "amazon.rerank-v1:0").body, R"({"query":"q","top_n":1,"documents":["a","b"]})");
    const auto reply = bedrock_rerank::decode_reply(R"({"results":[{"index":1,"relevance_score":0.9}]})");
    BOOST_REQUIRE(reply.has_value());
    BOOST_TEST(reply->results.at(0).index == 1u);
    BOOST_TEST(reply->results.at(0).relevance_score == 0.9);
}

BOOST_AUTO_TEST_CASE(images_in_each_vendors_form) {
    image_request r("m", "a cat");
    r.n = 2;
    r.size = "1280x720";
    r.quality = "hd";
    r.response_format = "url";
    r.extra.add("openai_images", "negative_prompt", R"("dog")");
    r.extra.add("openai_images", "seed", "7");
    written w = write<bedrock_images>(r, "amazon.nova-canvas-v1:0");
    check_json(w.body, R"({"taskType":"TEXT_IMAGE","textToImageParams":{"text":"a cat","negativeText":"dog"},
        "imageGenerationConfig":{"numberOfImages":2,"width":1280,"height":720,"quality":"premium","seed":7}})");
    BOOST_TEST(w.drops == "response_format?");
    w = write<bedrock_images>(r, "stability.sd3-5-large-v1:0");
    check_json(w.body, R"({"prompt":"a cat","aspect_ratio":"16:9","negative_prompt":"dog","seed":7})");
    BOOST_TEST(w.drops == "response_format? n! size? quality?");
    r.size = "1000x300";
    BOOST_TEST(write<bedrock_images>(r, "stability.stable-image-core-v1:1").drops.find("size!") != std::string::npos);
    r.size = "large";
    BOOST_TEST(write<bedrock_images>(r, "amazon.nova-canvas-v1:0").drops.find("size!") != std::string::npos);
    BOOST_TEST(write<bedrock_images>(image_request(), "amazon.nova-canvas-v1:0").refusal.find("prompt") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(images_come_back) {
    const auto reply = bedrock_images::decode_reply(R"({"images":["AAAA","BBBB"],"seeds":[1,2],"finish_reasons":[null,null]})");
    BOOST_REQUIRE(reply.has_value());
    BOOST_TEST(reply->images.at(1).base64 == "BBBB");
    BOOST_TEST(reply->usage.images == 2u);
    BOOST_TEST(bedrock_images::scan_usage(R"({"images":["AAAA"]})").images == 1u);
    BOOST_TEST(bedrock_images::holds_answer(R"({"images":["AAAA"]})"));
    BOOST_TEST(bedrock_images::holds_answer(R"({"finish_reasons":["Filter reason: prompt"]})"));
    BOOST_TEST(!bedrock_images::holds_answer(R"({"x":1})"));
    const auto filtered = bedrock_images::decode_reply(R"({"finish_reasons":["Filter reason: prompt"]})");
    BOOST_REQUIRE(filtered.has_error());
    BOOST_CHECK(filtered.error() == errc::content_policy);
    BOOST_TEST(filtered.error().provider_message() == "Filter reason: prompt");
    BOOST_CHECK(bedrock_images::decode_reply(R"({"images":[],"error":"blocked"})").error() == errc::content_policy);
    BOOST_CHECK(bedrock_images::decode_reply(R"({"finish_reasons":["Inference error"]})").error() == errc::provider_internal);
    BOOST_CHECK(bedrock_images::decode_reply("{}").error() == errc::bad_response);
    std::string out;
    openai_images::encode_reply(*reply, reply_options(), out);
    BOOST_TEST(out.find("BBBB") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_operations_unit
