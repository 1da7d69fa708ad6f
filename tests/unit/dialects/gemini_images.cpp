// SPDX-License-Identifier: BSL-1.0
// Images by Google's models: generateContent and Imagen's predict, whose words are in the vendor's documents.
#include "audio_support.hpp"

#include <llmx/dialects/images.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace gemini_images_unit {

namespace {

using namespace audio_test;

static_assert(llmx::codec<llmx::gemini_images> && !llmx::facade_codec<llmx::gemini_images>);
static_assert(llmx::codec_of<llmx::gemini_imagen>.decode_request == nullptr);

template <class C> llmx::result<std::string> encode(const llmx::image_request& request, llmx::drop_report& drops) {
    std::string out;
    if (const auto done = C::encode_request(request, llmx::encode_options(), out, drops); done.has_error()) return done.error();
    return out;
}

struct shape_row {
    std::string_view size, config, lost;
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_images)

BOOST_AUTO_TEST_CASE(a_prompt_is_a_content_and_sizes_are_shapes) {
    const shape_row rows[] = {
        {"", "", ""},
        {"auto", "", ""},
        {"1024x1024", R"({"aspectRatio":"1:1"})", ""},
        {"1536x1024", R"({"aspectRatio":"3:2"})", ""},
        {"1024x1536", R"({"aspectRatio":"2:3"})", ""},
        {"1792x1024", R"({"aspectRatio":"16:9"})", ""},
        {"1024x1792", R"({"aspectRatio":"9:16"})", ""},
        {"2048x2048", R"({"aspectRatio":"1:1","imageSize":"2K"})", ""},
        {"3840x2160", R"({"aspectRatio":"16:9","imageSize":"4K"})", ""},
        {"21:9", R"({"aspectRatio":"21:9"})", ""},
        {"5000x100", "", "size"},
        {"0x0", "", "size"},
        {"big", "", "size"},
        {"99999999x1", "", "size"},
    };
    for (const shape_row& row : rows) {
        llmx::image_request r("m", "a cat");
        r.size = row.size;
        llmx::drop_report drops;
        const auto sent = json(encode<llmx::gemini_images>(r, drops).value());
        std::string expected = R"({"contents":[{"role":"user","parts":[{"text":"a cat"}]}],"generationConfig":{"responseModalities":["TEXT","IMAGE"])";
        if (!row.config.empty()) expected.append(R"(,"imageConfig":)").append(row.config);
        BOOST_TEST(sent == json(expected + "}}"), row.size);
        BOOST_TEST(dropped(drops) == row.lost, row.size);
    }
}

BOOST_AUTO_TEST_CASE(what_a_model_does_by_itself_is_no_loss) {
    llmx::image_request r("m", "a cat");
    r.n = 1;
    r.quality = "standard";
    r.background = "opaque";
    r.moderation = "auto";
    r.output_format = "png";
    r.response_format = "b64_json";
    r.user = "u";
    llmx::drop_report drops;
    BOOST_TEST(encode<llmx::gemini_images>(r, drops).has_value());
    BOOST_TEST(dropped(drops) == "(user)");
    r.n = 2;
    r.quality = "hd";
    r.background = "transparent";
    r.output_format = "webp";
    r.response_format = "url";
    r.style = "vivid";
    llmx::drop_report lost;
    BOOST_TEST(encode<llmx::gemini_images>(r, lost).has_value());
    for (const std::string_view member : {"n", "quality", "background", "output_format", "response_format", "style"})
        BOOST_TEST(dropped(lost).find(member) != std::string::npos, member);
}

BOOST_AUTO_TEST_CASE(a_callers_own_words_of_google_go_along) {
    llmx::image_request r("m", "a cat");
    r.size = "1024x1024";
    r.extra.add("openai_images", "imageConfig", R"({"aspectRatio":"4:5"})");
    r.extra.add("openai_images", "seed", "7");
    r.extra.add("openai_images", "other", "1");
    llmx::drop_report drops;
    const auto sent = json(encode<llmx::gemini_images>(r, drops).value());
    BOOST_TEST(sent.at("generationConfig") == json(R"({"responseModalities":["TEXT","IMAGE"],"imageConfig":{"aspectRatio":"4:5"},"seed":7})"));
    BOOST_TEST(dropped(drops) == "other");
}

BOOST_AUTO_TEST_CASE(an_edit_has_its_images_before_the_prompt) {
    llmx::image_request r("m", "a hat", llmx::image_file("\x89PNG\r\n\x1a\n", "a.png"));
    r.images.emplace_back("abc", "b.bin", "image/webp");
    r.mask.emplace("m", "m.png");
    llmx::drop_report drops;
    const auto sent = json(encode<llmx::gemini_image_edits>(r, drops).value());
    BOOST_TEST(sent.at("contents").at(0).at("parts") ==
               json(R"([{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},)"
                    R"({"inlineData":{"mimeType":"image/webp","data":"YWJj"}},{"text":"a hat"}])"));
    BOOST_TEST(dropped(drops) == "mask");
    llmx::drop_report none;
    BOOST_TEST(encode<llmx::gemini_image_edits>(llmx::image_request("m", "a hat"), none).error().param() == "images");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused) {
    llmx::drop_report drops;
    BOOST_TEST(encode<llmx::gemini_images>(llmx::image_request("m", ""), drops).error().param() == "prompt");
    llmx::image_request streamed("m", "a cat");
    streamed.stream = true;
    const auto refused = encode<llmx::gemini_imagen>(streamed, drops);
    BOOST_TEST((refused.error().value() == llmx::errc::unsupported_parameter));
    BOOST_TEST(refused.error().param() == "stream");
}

BOOST_AUTO_TEST_CASE(an_answer_has_its_images_and_tokens) {
    const std::string_view body =
        R"({"candidates":[{"content":{"role":"model","parts":[{"thought":true,"inlineData":{"mimeType":"image/png","data":"ZHJhZnQ="}},)"
        R"({"text":"Here it is"},{"inlineData":{"mimeType":"image/jpeg","data":"AAEC"}}]},"finishReason":"STOP"}],"usageMetadata":)"
        R"({"promptTokenCount":9,"candidatesTokenCount":1290,"totalTokenCount":1299,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}]}})";
    const auto r = llmx::gemini_images::decode_reply(body).value();
    BOOST_REQUIRE(r.images.size() == 1u);
    BOOST_TEST(r.images[0].base64 == "AAEC");
    BOOST_TEST(r.output_format == "jpeg");
    BOOST_TEST(r.usage.output_image_tokens == 1290);
    BOOST_TEST((llmx::gemini_images::scan_usage(body) == r.usage));
    BOOST_TEST(llmx::gemini_images::holds_answer(body));
    std::string out;
    llmx::openai_images::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(json(out).at("usage").at("output_tokens_details").at("image_tokens").as_int64() == 1290);
    // Without a count the images are counted.
    const std::string_view bare = R"({"candidates":[{"content":{"parts":[{"inline_data":{"mime_type":"image/png","data":"AA=="}}]}}]})";
    BOOST_TEST(llmx::gemini_images::decode_reply(bare).value().usage.images == 1);
    BOOST_TEST(llmx::gemini_images::scan_usage(bare).images == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_image_is_a_failure) {
    struct row {
        std::string_view body;
        llmx::errc code;
    };
    const row rows[] = {
        {R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}})", llmx::errc::content_policy},
        {R"({"promptFeedback":{"blockReason":"OTHER"}})", llmx::errc::content_policy},
        {R"({"candidates":[{"finishReason":"IMAGE_SAFETY"}]})", llmx::errc::content_policy},
        {R"({"candidates":[{"finishReason":"NO_IMAGE","content":{"parts":[{"text":"I can only talk"}]}}]})", llmx::errc::bad_response},
        {R"({"candidates":[{"content":{"parts":[{"text":"no"}]}}]})", llmx::errc::bad_response},
        {R"({"candidates":7})", llmx::errc::bad_response},
        {R"({)", llmx::errc::bad_response},
        {R"({"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}})", llmx::errc::rate_limited},
    };
    for (const row& one : rows) BOOST_TEST((llmx::gemini_images::decode_reply(one.body).error().value() == one.code), one.body);
}

BOOST_AUTO_TEST_CASE(imagen_takes_parameters) {
    llmx::image_request r("m", "a cat");
    r.n = 3;
    r.size = "2048x2048";
    r.output_format = "jpeg";
    r.output_compression = 80;
    r.extra.add("openai_images", "negative_prompt", R"("dogs")");
    llmx::drop_report drops;
    BOOST_TEST(json(encode<llmx::gemini_imagen>(r, drops).value()) ==
               json(R"({"instances":[{"prompt":"a cat"}],"parameters":{"sampleCount":3,"negativePrompt":"dogs","aspectRatio":"1:1","sampleImageSize":"2K",)"
                    R"("outputOptions":{"mimeType":"image/jpeg","compressionQuality":80}}})"));
    BOOST_TEST(dropped(drops) == "");
    llmx::image_request beyond("m", "a cat");
    beyond.n = 5;
    beyond.size = "1536x1024"; // no such shape
    beyond.output_format = "webp";
    beyond.output_compression = 80;
    llmx::drop_report lost;
    BOOST_TEST(json(encode<llmx::gemini_imagen>(beyond, lost).value()) == json(R"({"instances":[{"prompt":"a cat"}],"parameters":{}})"));
    for (const std::string_view member : {"n", "size", "output_format", "output_compression"})
        BOOST_TEST(dropped(lost).find(member) != std::string::npos, member);
}

BOOST_AUTO_TEST_CASE(imagens_answers_count_images) {
    const std::string_view body =
        R"({"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"AAEC","prompt":"a fine cat"},{"raiFilteredReason":"blocked"},)"
        R"({"bytesBase64Encoded":"AQ==","mimeType":"image/png"}]})";
    const auto r = llmx::gemini_imagen::decode_reply(body).value();
    BOOST_REQUIRE(r.images.size() == 2u);
    BOOST_TEST(r.images[0].revised_prompt == "a fine cat");
    BOOST_TEST(r.usage.images == 2);
    BOOST_TEST((llmx::gemini_imagen::scan_usage(body) == r.usage));
    for (const std::string_view empty : {R"({})", R"({"predictions":[]})", R"({"predictions":[{"raiFilteredReason":"x"}]})"})
        BOOST_TEST((llmx::gemini_imagen::decode_reply(empty).error().value() == llmx::errc::content_policy), empty);
    BOOST_TEST((llmx::gemini_imagen::decode_reply(R"({"predictions":[{"safety":1}]})").error().value() == llmx::errc::bad_response));
    BOOST_TEST(llmx::gemini_imagen::scan_usage("[").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_images_unit
