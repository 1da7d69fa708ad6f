// SPDX-License-Identifier: BSL-1.0
// Images made of prompts, changed and varied: JSON, forms, answers and events.
#include "audio_support.hpp"

#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/images.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <type_traits>

namespace openai_images_unit {

namespace {

using namespace audio_test;
using images = llmx::openai_images;
using edits = llmx::openai_image_edits;
using variations = llmx::openai_image_variations;

static_assert(!std::is_aggregate_v<llmx::image_request> && !std::is_aggregate_v<llmx::image_reply>);
static_assert(llmx::facade_codec<images> && llmx::facade_codec<edits> && llmx::facade_codec<variations>);
static_assert(llmx::codec_of<images>.json_request && !llmx::codec_of<edits>.json_request);

struct wrong {
    std::string_view body, param;
};

std::string encode(const llmx::image_request& request, llmx::drop_report& drops, std::optional<bool> stream = std::nullopt) {
    llmx::encode_options options;
    options.stream = stream;
    std::string out;
    images::encode_request(request, options, out, drops).value();
    return out;
}

constexpr std::string_view answer =
    R"({"created":7,"data":[{"b64_json":"AAEC","revised_prompt":"a red cat"},{"url":"https://h/i","x":[1]}],"background":"opaque",)"
    R"("output_format":"png","quality":"high","size":"1024x1024","usage":{"input_tokens":10,"input_tokens_details":{"text_tokens":4,)"
    R"("image_tokens":6},"output_tokens":30,"output_tokens_details":{"text_tokens":0,"image_tokens":30},"total_tokens":40}})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_images)

BOOST_AUTO_TEST_CASE(a_generation_reads_and_writes_every_member) {
    const std::string_view body =
        R"({"model":"m","prompt":"a cat","n":2,"size":"1024x1024","quality":"high","style":"vivid","background":"opaque","moderation":"low",)"
        R"("output_format":"webp","output_compression":50,"response_format":"b64_json","user":"u","stream":true,"partial_images":2,"x":[1]})";
    const auto r = images::decode_request(body, target()).value();
    llmx::drop_report drops;
    BOOST_TEST(json(encode(r, drops)) == json(body));
    BOOST_TEST(dropped(drops) == "");
    // A whole answer is not asked for as a stream.
    auto whole = json(body);
    whole.as_object().erase("stream");
    whole.as_object().erase("partial_images");
    BOOST_TEST(json(encode(r, drops, false)) == whole);
    BOOST_TEST(dropped(drops) == "(partial_images)");
    const auto head = images::scan_request(body, target()).value();
    BOOST_TEST(head.stream);
    BOOST_TEST(head.model == "m");
    BOOST_TEST(llmx::estimate_tokens(r) == 1u + 2 * llmx::tokens_of_media);
    llmx::image_request with_file("m", "a", llmx::image_file("octets"));
    llmx::drop_report lost;
    BOOST_TEST(encode(with_file, lost) == R"({"model":"m","prompt":"a"})");
    BOOST_TEST(dropped(lost) == "images");
}

BOOST_AUTO_TEST_CASE(a_wrong_member_is_named) {
    constexpr std::array<wrong, 5> scanned = {{
        {R"({"model":"m"})", "prompt"},
        {R"({"model":"m","prompt":""})", "prompt"},
        {R"({"prompt":"a"})", "model"},
        {R"({"model":"m","prompt":"a","stream":1})", "stream"},
        {R"({"model":"m","Prompt":"a"})", "Prompt"},
    }};
    for (const wrong& c : scanned) BOOST_TEST(images::scan_request(c.body, target()).error().param() == c.param, c.body);
    constexpr std::array<wrong, 3> decoded = {{
        {R"({"model":"m","prompt":"a","n":0})", "n"},
        {R"({"model":"m","prompt":"a","n":-1})", "n"},
        {R"({"model":"m","prompt":"a","size":5})", "size"},
    }};
    for (const wrong& c : decoded) BOOST_TEST(images::decode_request(c.body, target()).error().param() == c.param, c.body);
}

BOOST_AUTO_TEST_CASE(a_form_of_several_images_and_a_mask_is_read_and_written) {
    const std::string body = form(field("model", "m") + field("prompt", "a hat") + file("one", "1.png", "image[]") + file("two", "2.png", "image[]") +
                                  file("mask", "m.png", "mask") + field("n", "2") + field("stream", "true") + field("partial_images", "1") +
                                  field("note", "{x"));
    const auto head = edits::scan_request(body, form_type, target()).value();
    BOOST_TEST(head.model == "m");
    BOOST_TEST(head.stream);
    BOOST_TEST(body.substr(head.model_begin, head.model_end - head.model_begin) == "m");
    const auto r = edits::decode_request(body, form_type, target()).value();
    BOOST_REQUIRE(r.images.size() == 2u);
    BOOST_TEST(r.images[1].octets == "two");
    BOOST_TEST(r.images[1].filename == "2.png");
    BOOST_TEST(r.mask->octets == "mask");
    BOOST_TEST(r.n.value() == 2);
    llmx::drop_report drops;
    std::string bytes;
    llmx::encoded_request out(bytes);
    edits::encode_request(r, llmx::encode_options(), out, drops).value();
    BOOST_TEST((edits::decode_request(bytes, out.content_type, target()).value() == r));
    BOOST_TEST(dropped(drops) == "");
    const auto sent = fields_of(bytes, out.content_type);
    BOOST_TEST(sent.front().first == "model");
    BOOST_TEST(sent.back().first == "mask");
}

BOOST_AUTO_TEST_CASE(a_boundary_occurs_in_no_image) {
    llmx::image_request r("m", "a", llmx::image_file("\r\n--llmx-form-00000000\r\n", "a.png"));
    r.mask = llmx::image_file("llmx-form-00000001");
    llmx::drop_report drops;
    std::string bytes;
    llmx::encoded_request out(bytes);
    edits::encode_request(r, llmx::encode_options(), out, drops).value();
    BOOST_TEST(edits::decode_request(bytes, out.content_type, target())->images.at(0).octets == r.images[0].octets);
}

BOOST_AUTO_TEST_CASE(what_a_form_lacks_is_named) {
    const auto param = [](const std::string& parts, auto codec) {
        using C = decltype(codec);
        const auto scanned = C::scan_request(form(parts), form_type, target());
        BOOST_REQUIRE_MESSAGE(scanned.has_error(), parts);
        return std::string(scanned.error().param());
    };
    BOOST_TEST(param(field("prompt", "a") + file("x", "a.png", "image"), edits()) == "model");
    BOOST_TEST(param(field("model", "m") + field("prompt", "a"), edits()) == "image");
    BOOST_TEST(param(field("model", "m") + file("x", "a.png", "image"), edits()) == "prompt");
    BOOST_TEST(param(field("model", "m") + field("model", "n") + file("x", "a.png", "image"), variations()) == "model");
    BOOST_TEST(param(field("model", "m") + file("x", "a.png", "image") + file("y", "b.png", "image"), variations()) == "image");
    BOOST_TEST(param(field("model", "m") + field("Stream", "true") + file("x", "a.png", "image"), variations()) == "Stream");
    BOOST_TEST(variations::scan_request(form(field("model", "m") + file("x", "a.png", "image")), form_type, target()).has_value());
    BOOST_TEST(edits::scan_request(form(field("prompt", "a") + file("x", "a.png", "image")), form_type, target("t"))->must_translate);
}

BOOST_AUTO_TEST_CASE(a_reply_survives_and_is_counted) {
    const auto r = images::decode_reply(answer).value();
    BOOST_TEST(r.images.at(0).revised_prompt == "a red cat");
    BOOST_TEST(r.usage.input_image_tokens == 6);
    std::string out;
    images::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(json(out) == json(answer));
    BOOST_TEST(images::scan_usage(answer).output_image_tokens == 30);
    BOOST_TEST(images::scan_usage(R"({"data":[{"url":"a"}],"usage":{"input_tokens":1,"output_tokens":9}})").output_image_tokens == 9);
    const std::string_view plain = R"({"created":1,"data":[{"url":"a"},{"url":"b"}]})";
    BOOST_TEST(images::scan_usage(plain).images == 2);
    BOOST_TEST(images::decode_reply(plain)->usage.images == 2);
    BOOST_TEST(images::holds_answer(plain));
    BOOST_TEST(!images::holds_answer(R"({"data":[]})"));
    BOOST_TEST((images::decode_reply(R"({"created":1})").error().value() == llmx::errc::bad_response));
    BOOST_TEST(images::decode_reply(R"({"error":{"message":"no"}})").error().provider_message() == "no");
}

BOOST_AUTO_TEST_CASE(events_are_followed_to_the_last_image) {
    const std::string partial = "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n";
    const std::string done = "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"AA\",\"usage\":{\"input_tokens\":3,\"output_tokens\":5}}\n\n";
    const auto half = watched<images>("text/event-stream", partial);
    BOOST_TEST(half.begun);
    BOOST_TEST(!half.answered);
    const auto both = watched<images>("text/event-stream; charset=utf-8", partial + done + done);
    BOOST_TEST(both.answered);
    BOOST_TEST(!both.failed);
    BOOST_TEST(both.tokens.output_image_tokens == 10);
    const auto failed = watched<images>("text/event-stream", "data: {\"type\":\"error\",\"error\":{\"message\":\"no\"}}\n\n");
    BOOST_TEST(failed.failed);
    BOOST_TEST(images::stream_failure("data: {\"type\":\"error\",\"error\":{\"message\":\"no\"}}\n\n").provider_message() == "no");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_images_unit
