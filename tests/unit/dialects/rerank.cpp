// SPDX-License-Identifier: BSL-1.0
// Reranking in the languages of Cohere, Voyage, Text Embeddings Inference and DeepInfra, and from each to each.
#include "audio_support.hpp"

#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/rerank.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <type_traits>

namespace rerank_unit {

namespace {

using namespace audio_test;
using cohere = llmx::cohere_rerank;
using voyage = llmx::voyage_rerank;
using tei = llmx::tei_rerank;
using deepinfra = llmx::deepinfra_rerank;

static_assert(!std::is_aggregate_v<llmx::rerank_request> && !std::is_aggregate_v<llmx::rerank_reply>);
static_assert(llmx::facade_codec<cohere> && llmx::facade_codec<tei>);
static_assert(!llmx::codec_of<tei>.model_in_body && llmx::codec_of<voyage>.model_in_body);

struct written {
    std::string body;
    std::unique_ptr<const llmx::rendering> how;
};
template <class C> written encode(const llmx::rerank_request& request, llmx::drop_report& drops, std::string_view model = {}) {
    llmx::encode_options options;
    options.model = model;
    written w;
    llmx::encoded_request out(w.body);
    C::encode_request(request, options, out, drops).value();
    w.how = std::move(out.how);
    return w;
}
llmx::rerank_request asked() {
    llmx::rerank_request r("m", "q", {"a", "b"});
    r.top_n = 1;
    r.return_documents = true;
    return r;
}
template <class C> std::string encoded(const llmx::rerank_request& r, std::string_view expected_drops = {}) {
    llmx::drop_report drops;
    const std::string out = encode<C>(r, drops).body;
    BOOST_TEST(dropped(drops) == expected_drops);
    return out;
}
/// What \p Of reads, written as \p To.
template <class Of, class To> std::string rewritten(std::string_view body) {
    std::string out;
    llmx::reply_options options;
    options.id = "req-1";
    options.model = "m";
    To::encode_reply(Of::decode_reply(body).value(), options, out);
    return out;
}

struct wrong {
    std::string_view body, param;
};

constexpr std::string_view cohere_answer =
    R"({"id":"r1","results":[{"index":1,"relevance_score":0.75},{"index":0,"relevance_score":0.25}],)"
    R"("meta":{"api_version":{"version":"2"},"billed_units":{"search_units":3}}})";
constexpr std::string_view jina_answer =
    R"({"model":"jina-reranker","object":"list","usage":{"total_tokens":12},"results":[{"index":0,"relevance_score":0.5,"document":{"text":"a"}}]})";
constexpr std::string_view voyage_answer =
    R"({"object":"list","data":[{"relevance_score":0.5,"index":1,"document":"b"}],"model":"rerank-2","usage":{"total_tokens":26}})";
constexpr std::string_view tei_answer = R"( [{"index":1,"score":0.75,"text":"b"},{"index":0,"score":0.25}])";
constexpr std::string_view deepinfra_answer = R"({"scores":[0.25,0.75],"input_tokens":9,"request_id":"x"})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_rerank)

BOOST_AUTO_TEST_CASE(cohere_reads_and_writes_every_member) {
    const std::string_view body =
        R"({"model":"m","query":"q","top_n":2,"return_documents":false,"rank_fields":["title"],"max_tokens_per_doc":100,)"
        R"("documents":["a",{"text":"b","title":"t"}],"priority":3})";
    const auto r = cohere::decode_request(body, target()).value();
    BOOST_TEST(r.documents[1].text == "b");
    BOOST_TEST(r.documents[1].fields.text == R"({"text":"b","title":"t"})");
    BOOST_TEST(encoded<cohere>(r) == body);
    // {"text": ...} is a text.
    BOOST_TEST(encoded<cohere>(cohere::decode_request(R"({"model":"m","query":"q","documents":[{"text":"a"}]})", target()).value()) ==
               R"({"model":"m","query":"q","documents":["a"]})");
    const auto head = cohere::scan_request(body, target()).value();
    BOOST_TEST(head.model == "m");
    BOOST_TEST(llmx::estimate_tokens(llmx::rerank_request("m", "12345678", {"1234", "1234"})) == 6u);
}

BOOST_AUTO_TEST_CASE(each_vendor_gets_the_request_in_its_own_words) {
    const auto r = asked();
    BOOST_TEST(encoded<voyage>(r) == R"({"model":"m","query":"q","top_k":1,"return_documents":true,"documents":["a","b"]})");
    BOOST_TEST(encoded<tei>(r) == R"({"query":"q","return_text":true,"texts":["a","b"]})");
    BOOST_TEST(encoded<deepinfra>(r) == R"({"queries":["q","q"],"documents":["a","b"]})");
    auto fields = asked();
    fields.documents[1].fields.text = R"({"text":"b","title":"t"})";
    fields.rank_fields = {"title"};
    fields.max_tokens_per_doc = 10;
    BOOST_TEST(encoded<voyage>(fields, "rank_fields max_tokens_per_doc documents[1].fields") ==
               R"({"model":"m","query":"q","top_k":1,"return_documents":true,"documents":["a","b"]})");
}

BOOST_AUTO_TEST_CASE(each_language_reads_what_it_writes) {
    boost::mp11::mp_for_each<boost::mp11::mp_list<cohere, voyage, tei, deepinfra>>([](auto codec) {
        using C = decltype(codec);
        const llmx::rerank_request r("m", "q", {"a", "b"});
        const std::string body = encoded<C>(r);
        const auto at = C::model_in_body ? target() : target("m");
        BOOST_TEST((C::decode_request(body, at).value() == r), C::name);
        BOOST_TEST(C::scan_request(body, at).value().model == "m");
    });
}

BOOST_AUTO_TEST_CASE(a_wrong_member_is_named) {
    constexpr std::array<wrong, 6> scanned = {{
        {R"({"query":"q","documents":["a"]})", "model"},
        {R"({"model":"m","documents":["a"]})", "query"},
        {R"({"model":"m","query":"","documents":["a"]})", "query"},
        {R"({"model":"m","query":"q","documents":[ ]})", "documents"},
        {R"({"model":"m","query":"q","documents":"a"})", "documents"},
        {R"({"model":"m","query":"q","Documents":["a"]})", "Documents"},
    }};
    for (const wrong& c : scanned) {
        const auto r = cohere::scan_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    constexpr std::array<wrong, 6> decoded = {{
        {R"({"model":"m","query":1,"documents":["a"]})", "query"},
        {R"({"model":"m","query":"q","documents":[1]})", "documents[0]"},
        {R"({"model":"m","query":"q","documents":["a"],"top_n":0})", "top_n"},
        {R"({"model":"m","query":"q","documents":["a"],"top_n":-1})", "top_n"},
        {R"({"model":"m","query":"q","documents":["a"],"return_documents":"yes"})", "return_documents"},
        {R"({"model":"m","query":"q","documents":[]})", "documents"},
    }};
    for (const wrong& c : decoded) {
        const auto r = cohere::decode_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    BOOST_TEST(deepinfra::decode_request(R"({"queries":["q","p"],"documents":["a","b"]})", target("m")).error().param() == "queries[1]");
    BOOST_TEST(voyage::decode_request(R"({"model":"m","query":"q","documents":[{"text":"a"}]})", target()).error().param() == "documents[0]");
}

BOOST_AUTO_TEST_CASE(a_query_is_not_copied_without_bound) {
    llmx::rerank_request r("m", std::string(1024 * 1024, 'q'), std::vector<std::string>(9, "a"));
    llmx::drop_report drops;
    std::string body;
    llmx::encoded_request out(body);
    const auto done = deepinfra::encode_request(r, llmx::encode_options(), out, drops);
    BOOST_REQUIRE(done.has_error());
    BOOST_TEST((done.error().value() == llmx::errc::unsupported_parameter));
    BOOST_TEST(body.empty());
    r.documents.resize(8);
    BOOST_TEST(deepinfra::encode_request(r, llmx::encode_options(), out, drops).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_charged_is_found_in_each_answer) {
    BOOST_TEST(cohere::scan_usage(cohere_answer).search_units == 3);
    BOOST_TEST(cohere::scan_usage(cohere_answer).input_tokens == 0);
    BOOST_TEST(cohere::scan_usage(jina_answer).input_tokens == 12);
    BOOST_TEST(cohere::scan_usage(jina_answer).search_units == 0);
    BOOST_TEST(voyage::scan_usage(voyage_answer).input_tokens == 26);
    BOOST_TEST(tei::scan_usage(tei_answer).search_units == 1);
    BOOST_TEST(deepinfra::scan_usage(deepinfra_answer).input_tokens == 9);
    BOOST_TEST(cohere::scan_usage(R"({"meta":{"billed_units":{"search_units":1.0,"input_tokens":2},"tokens":{"input_tokens":5}}})").input_tokens == 2);
    BOOST_TEST(!cohere::scan_usage(cohere_answer).empty());
    BOOST_TEST(cohere::holds_answer(cohere_answer));
    BOOST_TEST(!cohere::holds_answer(R"({"results":[]})"));
    BOOST_TEST(voyage::holds_answer(voyage_answer));
    BOOST_TEST(tei::holds_answer(tei_answer));
    BOOST_TEST(!tei::holds_answer(R"({"error":"no"})"));
    BOOST_TEST(deepinfra::holds_answer(deepinfra_answer));
}

BOOST_AUTO_TEST_CASE(every_answer_becomes_coheres) {
    BOOST_TEST(json(rewritten<cohere, cohere>(cohere_answer)) == json(cohere_answer));
    BOOST_TEST(json(rewritten<voyage, cohere>(voyage_answer)) ==
               json(R"({"id":"req-1","results":[{"index":1,"relevance_score":0.5,"document":{"text":"b"}}],)"
                    R"("meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":26}}})"));
    BOOST_TEST(json(rewritten<tei, cohere>(tei_answer)) ==
               json(R"({"id":"req-1","results":[{"index":1,"relevance_score":0.75,"document":{"text":"b"}},{"index":0,"relevance_score":0.25}],)"
                    R"("meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}})"));
    BOOST_TEST(json(rewritten<deepinfra, cohere>(deepinfra_answer)).at("results") ==
               json(R"([{"index":1,"relevance_score":0.75},{"index":0,"relevance_score":0.25}])"));
    // And each its own.
    BOOST_TEST(json(rewritten<voyage, voyage>(voyage_answer)) == json(voyage_answer));
    BOOST_TEST(json(rewritten<tei, tei>(tei_answer)) == json(tei_answer));
    BOOST_TEST(json(rewritten<deepinfra, deepinfra>(deepinfra_answer)) == json(deepinfra_answer));
}

BOOST_AUTO_TEST_CASE(what_a_vendor_cannot_do_is_done_to_its_answer) {
    llmx::drop_report drops;
    const auto to_tei = encode<tei>(asked(), drops);
    const auto first = tei::decode_reply(tei_answer, to_tei.how.get()).value();
    BOOST_REQUIRE(first.results.size() == 1u);
    BOOST_TEST(first.results[0].index == 1u);
    const auto to_deepinfra = encode<deepinfra>(asked(), drops);
    const auto second = deepinfra::decode_reply(deepinfra_answer, to_deepinfra.how.get()).value();
    BOOST_REQUIRE(second.results.size() == 1u);
    BOOST_TEST(second.results[0].document->text == "b");
    BOOST_TEST((encode<cohere>(asked(), drops).how == nullptr));
    BOOST_TEST((encode<tei>(llmx::rerank_request("m", "q", {"a"}), drops).how == nullptr));
    BOOST_TEST(dropped(drops) == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_a_failure) {
    BOOST_TEST((cohere::decode_reply(R"({"id":"x"})").error().value() == llmx::errc::bad_response));
    BOOST_TEST((cohere::decode_reply(R"({"results":[{"index":0}]})").error().value() == llmx::errc::bad_response));
    BOOST_TEST((tei::decode_reply(R"([1])").error().value() == llmx::errc::bad_response));
    BOOST_TEST(tei::decode_reply(R"({"error":{"message":"no"}})").error().provider_message() == "no");
    std::string out;
    cohere::encode_error(llmx::error(llmx::errc::invalid_request, "top_n: wrong").with_param("top_n"), out);
    BOOST_TEST(json(out).at("message").as_string() == "top_n: wrong");
    BOOST_TEST(json(out).at("error").at("param").as_string() == "top_n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rerank_unit
