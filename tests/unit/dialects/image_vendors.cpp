// SPDX-License-Identifier: BSL-1.0
// Images in the forms of Stability AI, Black Forest Labs, fal, Replicate and Recraft: URLs, members, files, drops, answers.
#include "audio_support.hpp"

#include <llmx/dialects/black_forest_labs/images.hpp>
#include <llmx/dialects/detail/json_texts.hpp>
#include <llmx/dialects/fal/images.hpp>
#include <llmx/dialects/images.hpp>
#include <llmx/dialects/openai/detail/form.hpp>
#include <llmx/dialects/recraft/images.hpp>
#include <llmx/dialects/replicate/images.hpp>
#include <llmx/dialects/stability/images.hpp>

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace image_vendors_unit {

namespace {

using namespace audio_test;
using llmx::image_request;

/// What became of a request.
struct written {
    std::string url, body, type, drops, failure;
};

template <class C> written encode(const image_request& request) {
    written w;
    llmx::drop_report drops;
    llmx::encoded_request out(w.body);
    const auto done = C::encode_request(request, llmx::encode_options(), out, drops);
    w.url = out.url_end;
    w.type = out.content_type;
    w.drops = dropped(drops);
    if (done.has_error()) w.failure = done.error().message();
    return w;
}

/// A request of an OpenAI client.
template <class C> written encode(std::string_view openai) {
    return encode<C>(llmx::openai_images::decode_request(openai, llmx::request_target()).value());
}

image_request edit(std::string model, std::string prompt, std::size_t images = 1) {
    image_request r(std::move(model), std::move(prompt));
    for (std::size_t i = 0; i < images; ++i) r.images.emplace_back("\x89PNG" + std::to_string(i), "a.png", "image/png");
    return r;
}

/// The fields of a form: "name=value" in their order, a file as its name, type and size.
std::string fields(const written& w) {
    std::string out;
    const auto read = llmx::detail::read_form(w.body, w.type, [&out](const llmx::detail::form_part& p) -> llmx::result<void> {
        if (!out.empty()) out += ' ';
        out += p.about->name;
        out += p.is_file() ? "<" + p.about->content_type + " " + std::to_string(p.data.size()) + ">" : "=" + std::string(p.data);
        return llmx::success();
    });
    BOOST_TEST(read.has_value());
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_image_vendors)

BOOST_AUTO_TEST_CASE(stability_has_a_form_for_each_service) {
    auto w = encode<llmx::stability_images>(R"({"model":"sd3.5-large","prompt":"a cat","size":"1536x1024","negative_prompt":"dogs","seed":7,)"
                                            R"("output_format":"jpeg","n":1})");
    BOOST_TEST(w.url == "/v2beta/stable-image/generate/sd3");
    BOOST_TEST(fields(w) == "negative_prompt=dogs seed=7 model=sd3.5-large prompt=a cat aspect_ratio=3:2 output_format=jpeg");
    BOOST_TEST(w.drops == "(size)");
    w = encode<llmx::stability_images>(R"({"model":"stable-image-ultra","prompt":"a cat","n":2,"quality":"hd","response_format":"url","user":"u"})");
    BOOST_TEST(w.url == "/v2beta/stable-image/generate/ultra");
    BOOST_TEST(fields(w) == "prompt=a cat");
    BOOST_TEST(w.drops == "(user) n quality response_format");
    BOOST_TEST(encode<llmx::stability_images>(R"({"model":"stable-image-core","prompt":"x"})").url == "/v2beta/stable-image/generate/core");
    BOOST_TEST(encode<llmx::stability_images>(R"({"model":"stable-image-core","prompt":"x","size":"100x999"})").drops == "size");
    BOOST_TEST(encode<llmx::stability_images>(R"({"model":"stable-image-core","prompt":"x","stream":true})").failure != "");

    auto r = edit("inpaint", "a hat");
    r.mask.emplace("MASK", "m.png", "image/png");
    w = encode<llmx::stability_image_edits>(r);
    BOOST_TEST(w.url == "/v2beta/stable-image/edit/inpaint");
    BOOST_TEST(fields(w) == "prompt=a hat image<image/png 5> mask<image/png 4>");
    w = encode<llmx::stability_image_edits>(edit("sd3.5-medium", "a hat"));
    BOOST_TEST(w.url == "/v2beta/stable-image/generate/sd3");
    BOOST_TEST(fields(w) == "model=sd3.5-medium prompt=a hat mode=image-to-image strength=0.7 image<image/png 5>");
    w = encode<llmx::stability_image_edits>(edit("style-transfer", "", 3));
    BOOST_TEST(w.url == "/v2beta/stable-image/control/style-transfer");
    BOOST_TEST(fields(w) == "init_image<image/png 5> style_image<image/png 5>");
    BOOST_TEST(w.drops == "images[2]");
    w = encode<llmx::stability_image_edits>(edit("erase", "it"));
    BOOST_TEST(fields(w) == "image<image/png 5>");
    BOOST_TEST(w.drops == "(prompt)");
    BOOST_TEST(encode<llmx::stability_image_edits>(image_request("inpaint", "x")).failure != "");
}

BOOST_AUTO_TEST_CASE(black_forest_labs_has_json_with_ratios_or_pixels) {
    auto w = encode<llmx::black_forest_labs_images>(R"({"model":"flux-pro-1.1","prompt":"a cat","size":"1024x768","seed":7,"response_format":"b64_json"})");
    BOOST_TEST(w.url == "/v1/flux-pro-1.1#job-files");
    BOOST_TEST(w.body == R"({"seed":7,"prompt":"a cat","width":1024,"height":768})");
    BOOST_TEST(w.drops == "");
    w = encode<llmx::black_forest_labs_images>(R"({"model":"flux-pro-1.1-ultra","prompt":"a cat","size":"1792x1024","output_format":"png",)"
                                               R"("negative_prompt":"x"})");
    BOOST_TEST(w.url == "/v1/flux-pro-1.1-ultra");
    BOOST_TEST(w.body == R"({"prompt":"a cat","aspect_ratio":"16:9","output_format":"png"})");
    BOOST_TEST(w.drops == "negative_prompt (size)");
    w = encode<llmx::black_forest_labs_image_edits>(edit("flux-kontext-pro", "a hat", 2));
    BOOST_TEST(w.body == R"({"prompt":"a hat","input_image":"iVBORzA=","input_image_2":"iVBORzE="})");
    auto r = edit("flux-pro-1.0-fill", "");
    r.mask.emplace("MASK");
    w = encode<llmx::black_forest_labs_image_edits>(r);
    BOOST_TEST(w.body == R"({"image":"iVBORzA=","mask":"TUFTSw=="})");
    BOOST_TEST(encode<llmx::black_forest_labs_image_edits>(edit("flux-dev", "x")).failure != "");
}

BOOST_AUTO_TEST_CASE(fal_and_replicate_take_each_models_own_members) {
    auto w = encode<llmx::fal_images>(R"({"model":"fal-ai/flux/dev","prompt":"a cat","size":"1024x1536","n":2,"guidance_scale":3.5,)"
                                      R"("metadata":{"a":"b"},"api_key":"k"})");
    BOOST_TEST(w.url == "/fal-ai/flux/dev");
    BOOST_TEST(w.body == R"({"guidance_scale":3.5,"prompt":"a cat","num_images":2,"image_size":{"width":1024,"height":1536}})");
    BOOST_TEST(w.body.find("api_key") == std::string::npos);
    w = encode<llmx::fal_images>(R"({"model":"fal-ai/imagen4/preview","prompt":"a cat","size":"1024x1024","n":9})");
    BOOST_TEST(w.body == R"({"prompt":"a cat","aspect_ratio":"1:1"})");
    BOOST_TEST(w.drops == "n (size)");
    BOOST_TEST(encode<llmx::fal_images>(R"({"model":"gpt-image-2","prompt":"x","quality":"high"})").url == "/openai/gpt-image-2");
    w = encode<llmx::fal_image_edits>(edit("fal-ai/nano-banana", "a hat", 2));
    BOOST_TEST(w.url == "/fal-ai/nano-banana/edit");
    BOOST_TEST(w.body == R"({"prompt":"a hat","image_urls":["data:image/png;base64,iVBORzA=","data:image/png;base64,iVBORzE="]})");
    auto r = edit("fal-ai/flux-general/inpainting", "a hat");
    r.mask.emplace("MASK", "m", "image/png");
    w = encode<llmx::fal_image_edits>(r);
    BOOST_TEST(w.body == R"({"prompt":"a hat","image_url":"data:image/png;base64,iVBORzA=","mask_url":"data:image/png;base64,TUFTSw=="})");

    w = encode<llmx::replicate_images>(R"({"model":"black-forest-labs/flux-schnell","prompt":"a cat","size":"1024x1024","n":4,"output_format":"jpeg",)"
                                       R"("go_fast":true})");
    BOOST_TEST(w.url == "/v1/models/black-forest-labs/flux-schnell/predictions");
    BOOST_TEST(w.body == R"({"input":{"go_fast":true,"prompt":"a cat","num_outputs":4,"aspect_ratio":"1:1","output_format":"jpg"}})");
    w = encode<llmx::replicate_images>(R"({"model":"stability-ai/sdxl:7762fd07","prompt":"a cat","size":"768x512","response_format":"b64_json"})");
    BOOST_TEST(w.url == "/v1/predictions#job-files");
    BOOST_TEST(w.body == R"({"version":"7762fd07","input":{"prompt":"a cat","width":768,"height":512}})");
    w = encode<llmx::replicate_images>(R"({"model":"7762fd07","prompt":"a cat","size":"768x512"})");
    BOOST_TEST(w.body == R"({"version":"7762fd07","input":{"prompt":"a cat"}})");
    BOOST_TEST(w.drops == "size");
    BOOST_TEST(encode<llmx::replicate_images>(R"({"model":"someone/some","prompt":"x","size":"768x512","width":1,"height":2})").drops == "(size)");
    BOOST_TEST(encode<llmx::replicate_images>(R"({"model":"deployments/acme/draw","prompt":"x"})").url == "/v1/deployments/acme/draw/predictions");
    w = encode<llmx::replicate_image_edits>(edit("google/nano-banana", "a hat"));
    BOOST_TEST(w.body == R"({"input":{"prompt":"a hat","image_input":["data:image/png;base64,iVBORzA="]}})");
}

BOOST_AUTO_TEST_CASE(a_models_name_cannot_leave_its_place_in_the_url) {
    for (const std::string_view name : {"../../v1/account", "a/../../b", "a//b", ".", "a/%2e%2e/b", "a\\b", "/a"}) {
        BOOST_TEST(encode<llmx::fal_images>(image_request(std::string(name), "x")).failure != "", name);
        BOOST_TEST(encode<llmx::replicate_images>(image_request(std::string(name), "x")).failure != "", name);
    }
    BOOST_TEST(encode<llmx::fal_images>(image_request("a?b#c d", "x")).url == "/a%3Fb%23c%20d");
    BOOST_TEST(encode<llmx::fal_images>(image_request("", "x")).failure != "");
}

BOOST_AUTO_TEST_CASE(recraft_changes_an_image_or_a_part_of_it) {
    auto r = edit("recraftv3", "winter");
    r.n = 2;
    r.style = "digital_illustration";
    r.response_format = "b64_json";
    auto w = encode<llmx::recraft_image_edits>(r);
    BOOST_TEST(w.url == "/v1/images/imageToImage");
    BOOST_TEST(fields(w) == "model=recraftv3 prompt=winter n=2 style=digital_illustration response_format=b64_json strength=0.2 image<image/png 5>");
    r.mask.emplace("MASK", "m.png", "image/png");
    w = encode<llmx::recraft_image_edits>(r);
    BOOST_TEST(w.url == "/v1/images/inpaint");
    BOOST_TEST(fields(w).find("strength") == std::string::npos);
    r.size = "1024x1024";
    BOOST_TEST(encode<llmx::recraft_image_edits>(r).drops == "size");
}

BOOST_AUTO_TEST_CASE(answers_are_images_or_say_why_not) {
    const auto one = llmx::stability_images::decode_reply(R"({"image":"AAEC","finish_reason":"SUCCESS","seed":1})");
    BOOST_REQUIRE(one.has_value());
    BOOST_TEST(one->images.at(0).base64 == "AAEC");
    BOOST_TEST(one->usage.images == 1u);
    const auto filtered = llmx::stability_images::decode_reply(R"({"image":"AAEC","finish_reason":"CONTENT_FILTERED"})");
    BOOST_TEST((filtered.has_error() && filtered.error().value() == llmx::errc::content_policy));
    BOOST_TEST(llmx::stability_images::scan_usage(R"({"image":"AAEC","finish_reason":"CONTENT_FILTERED"})").empty());
    const auto bfl = llmx::black_forest_labs_images::decode_reply(R"({"status":"Ready","result":{"sample":"data:image/jpeg;base64,AAEC","prompt":"p"}})");
    BOOST_REQUIRE(bfl.has_value());
    BOOST_TEST(bfl->images.at(0).base64 == "AAEC");
    BOOST_TEST(bfl->output_format == "jpeg");
    const auto fal = llmx::fal_images::decode_reply(R"({"images":[{"url":"https://a/1","width":1},{"url":"https://a/2"}],"seed":1})");
    BOOST_REQUIRE((fal.has_value() && fal->images.size() == 2u));
    BOOST_TEST(fal->images[1].url == "https://a/2");
    BOOST_TEST(llmx::fal_images::decode_reply(R"({"image":{"url":"https://a/1"}})").value().images.size() == 1u);
    BOOST_TEST(llmx::fal_images::decode_reply(R"({"images":["https://a/1"]})").value().images.size() == 1u);
    BOOST_TEST(llmx::replicate_images::decode_reply(R"({"output":"https://a/1","error":null})").value().images.at(0).url == "https://a/1");
    BOOST_TEST(llmx::replicate_images::decode_reply(R"({"output":["https://a/1","https://a/2"]})").value().images.size() == 2u);
    BOOST_TEST(llmx::recraft_image_edits::decode_reply(R"({"data":[{"b64_json":"AAEC"}]})").value().images.at(0).base64 == "AAEC");
    for (const std::string_view empty : {R"({"output":null})", R"({"output":[]})", "{}", "[]", "", R"({"output":{"url":7}})"})
        BOOST_TEST((llmx::replicate_images::decode_reply(empty).error().value() == llmx::errc::bad_response), empty);
    std::string many = R"({"output":[)";
    for (int i = 0; i < 500; ++i) many += R"("https://a/x",)";
    many += R"("https://a/x"]})";
    BOOST_TEST(llmx::replicate_images::decode_reply(many).value().images.size() == llmx::max_request_images);
    // Lists in lists nest no calls.
    const std::string deep = R"({"output":)" + std::string(200, '[') + std::string(200, ']') + "}";
    BOOST_TEST(llmx::detail::find_json_texts(deep, "output", 9).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace image_vendors_unit
