// SPDX-License-Identifier: BSL-1.0
// Documents that are read: the members of Mistral's description (OCRRequest, OCRResponse).
#include "audio_support.hpp"

#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/mistral/ocr.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace mistral_ocr_unit {

namespace {

using namespace audio_test;
using ocr = llmx::mistral_ocr;

static_assert(llmx::facade_codec<ocr>);

std::string encode(const llmx::ocr_request& request, llmx::drop_report& drops) {
    std::string out;
    ocr::encode_request(request, llmx::encode_options(), out, drops).value();
    return out;
}

struct wrong {
    std::string_view body, param;
};

constexpr std::string_view answer =
    R"({"pages":[{"index":0,"markdown":"# A\n![i](i.png) .","images":[{"id":"i","top_left_x":1,"image_base64":"data:image/png;base64,AA==",)"
    R"("image_annotation":null}],"dimensions":{"dpi":200,"height":2,"width":1},"header":null},{"index":1,"markdown":"","images":[],"dimensions":null}],)"
    R"("model":"mistral-ocr-2512","document_annotation":null,"usage_info":{"pages_processed":2,"doc_size_bytes":9}})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_mistral_ocr)

BOOST_AUTO_TEST_CASE(a_request_reads_and_writes_every_member) {
    const std::string_view bodies[] = {
        R"({"model":"m","id":"7","document":{"type":"document_url","document_url":"https://h/a.pdf","document_name":"a","x":1},"pages":[0,2],)"
        R"("include_image_base64":true,"image_limit":3,"image_min_size":10,"bbox_annotation_format":{"type":"json_schema"},)"
        R"("document_annotation_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}},"document_annotation_prompt":"p",)"
        R"("table_format":"html","extract_header":true,"extract_footer":false,"include_blocks":true,"confidence_scores_granularity":"page"})",
        R"({"model":"m","document":{"type":"image_url","image_url":"data:image/png;base64,AA=="},"pages":"0-5"})",
        R"({"model":"m","document":{"type":"file","file_id":"f"}})",
    };
    for (const std::string_view body : bodies) {
        const auto r = ocr::decode_request(body, target()).value();
        llmx::drop_report drops;
        BOOST_TEST(json(encode(r, drops)) == json(body));
        BOOST_TEST(dropped(drops) == "");
        const auto head = ocr::scan_request(body, target()).value();
        BOOST_TEST(head.model == "m");
    }
    // The image's URL may be in an object.
    const auto r = ocr::decode_request(R"({"model":"m","document":{"type":"image_url","image_url":{"url":"u"}}})", target("t")).value();
    BOOST_TEST(r.document.url == "u");
    BOOST_TEST(r.document.is_image);
    BOOST_TEST(r.model == "t");
    BOOST_TEST(llmx::estimate_tokens(r) != 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused_by_name) {
    const wrong rows[] = {
        {R"({"document":{"document_url":"u"}})", "model"},   {R"({"model":"m"})", "document"},
        {R"({"model":"m","document":"u"})", "document"},     {R"({"model":"m","document":{}})", "document"},
        {R"({"model":"m","document":{"document_url":7}})", "document.document_url"},
        {R"({"model":"m","document":{"document_url":"u"},"image_limit":-1})", "image_limit"},
    };
    for (const wrong& one : rows) BOOST_TEST(ocr::decode_request(one.body, target()).error().param() == one.param, one.body);
    for (const std::string_view body : {R"({"model":"m"})", R"({"model":"m","document":[]})", R"({"document":{}})",
                                        R"({"model":"m","document":{},"document":{}})"})
        BOOST_TEST(ocr::scan_request(body, target()).has_error(), body);
    llmx::drop_report drops;
    std::string out;
    BOOST_TEST(ocr::encode_request(llmx::ocr_request("m", llmx::ocr_document()), llmx::encode_options(), out, drops).has_error());
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_reads_and_writes_every_member) {
    const auto r = ocr::decode_reply(answer).value();
    BOOST_REQUIRE(r.pages.size() == 2u);
    BOOST_TEST(r.pages[0].markdown == "# A\n![i](i.png) .");
    BOOST_TEST(r.pages[0].images.at(0).base64 == "data:image/png;base64,AA==");
    BOOST_TEST(r.usage.pages == 2);
    BOOST_TEST(!r.usage.annotated);
    BOOST_TEST((ocr::scan_usage(answer) == r.usage));
    BOOST_TEST(ocr::holds_answer(answer));
    std::string out;
    ocr::encode_reply(r, llmx::reply_options(), out);
    const auto again = ocr::decode_reply(out).value();
    BOOST_TEST((again == r));
    BOOST_TEST(json(out).at("pages").at(0).at("dimensions") == json(R"({"dpi":200,"height":2,"width":1})"));
}

BOOST_AUTO_TEST_CASE(an_annotation_has_a_price_of_its_own) {
    for (const std::string_view body :
         {R"({"pages":[{"index":0,"markdown":"","images":[]}],"model":"m","document_annotation":"{}","usage_info":{"pages_processed":1}})",
          R"({"pages":[{"index":0,"markdown":"","images":[{"id":"i","image_annotation":"{}"}]}],"model":"m","usage_info":{"pages_processed":1}})"})
        BOOST_TEST(ocr::scan_usage(body).annotated, body);
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_is_a_failure) {
    for (const std::string_view body : {R"({"pages":7})", R"({"model":"m"})", R"({"pages":[7]})", R"({"pages":[{"images":[7]}]})", "[", ""})
        BOOST_TEST((ocr::decode_reply(body).error().value() == llmx::errc::bad_response), body);
    BOOST_TEST(ocr::decode_reply(R"({"error":{"message":"x"}})").has_error());
    BOOST_TEST(!ocr::holds_answer(R"({"usage_info":{}})"));
    BOOST_TEST(ocr::scan_usage(R"({"usage_info":{"pages_processed":99999999}})").pages == 65535);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace mistral_ocr_unit
