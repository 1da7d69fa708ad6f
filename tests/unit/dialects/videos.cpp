// SPDX-License-Identifier: BSL-1.0
// Videos in the forms of OpenAI, Google's Veo and Runway, whose words are in the vendors' documents.
#include "audio_support.hpp"

#include <llmx/dialects/videos.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace videos_unit {

namespace {

using namespace audio_test;

static_assert(llmx::facade_codec<llmx::openai_videos> && llmx::facade_codec<llmx::openai_video_form>);
static_assert(llmx::codec<llmx::gemini_veo> && !llmx::facade_codec<llmx::gemini_veo>);
static_assert(llmx::codec<llmx::runway_video_state> && !llmx::facade_codec<llmx::runway_video_state>);

struct sent {
    std::string body, url_end, type;
    llmx::drop_report drops;
    std::unique_ptr<const llmx::rendering> how;
};
template <class C> llmx::result<sent> encode(const typename C::operation::request& request) {
    sent s;
    llmx::encoded_request to(s.body);
    llmx::encode_options options;
    options.model = "upstream";
    const auto done = llmx::codec_of<C>.encode_request(llmx::any_message::of(typename C::operation::request(request)), options, to, s.drops);
    if (done.has_error()) return done.error();
    s.url_end = to.url_end;
    s.type = to.content_type;
    s.how = std::move(to.how);
    return s;
}
llmx::video_request asked(std::string size = std::string()) {
    llmx::video_request r("m", "a cat");
    r.size = std::move(size);
    return r;
}
const std::string made = R"({"id":"video_1","object":"video","model":"sora-2","status":"queued","progress":0,"created_at":7,"completed_at":null,)"
                         R"("expires_at":null,"prompt":"a cat","size":"1280x720","seconds":"8","remixed_from_video_id":null,"error":null})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_videos)

BOOST_AUTO_TEST_CASE(a_request_in_json_is_read_and_written) {
    const std::string body = R"({"model":"sora-2","prompt":"a cat","size":"1280x720","seconds":"8",)"
                             R"("input_reference":{"image_url":"https://h/a.png"},"own":[1]})";
    const auto head = llmx::openai_videos::scan_request(body, target()).value();
    BOOST_TEST(head.model_end > head.model_begin);
    const auto r = llmx::openai_videos::decode_request(body, target()).value();
    BOOST_TEST(r.seconds.value() == 8);
    BOOST_TEST(r.reference.url == "https://h/a.png");
    const auto again = encode<llmx::openai_videos>(r);
    BOOST_TEST(json(again->body) == json(R"({"model":"upstream","prompt":"a cat","size":"1280x720","seconds":"8",)"
                                         R"("input_reference":{"image_url":"https://h/a.png"},"own":[1]})"));
    // A number, and a text for an image.
    const auto other = llmx::openai_videos::decode_request(R"({"model":"m","prompt":"p","seconds":4,"input_reference":"https://h/b"})", target()).value();
    BOOST_TEST(other.seconds.value() == 4);
    BOOST_TEST(other.reference.url == "https://h/b");
    const auto file = llmx::openai_videos::decode_request(R"({"model":"m","prompt":"p","input_reference":{"file_id":"file-1"}})", target()).value();
    BOOST_TEST(file.reference.file_id == "file-1");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_in_a_request_is_named) {
    const std::pair<const char*, const char*> rows[] = {
        {R"({"prompt":"p"})", "model"},
        {R"({"model":"m"})", "prompt"},
        {R"({"model":"m","prompt":""})", "prompt"},
        {R"({"model":"m","prompt":"p","seconds":"long"})", "seconds"},
        {R"({"model":"m","prompt":"p","seconds":0})", "seconds"},
        {R"({"model":"m","prompt":"p","seconds":"999999"})", "seconds"},
        {R"({"model":"m","prompt":"p","input_reference":{}})", "input_reference"},
        {R"({"model":"m","prompt":"p","input_reference":7})", "input_reference"},
        {R"({"model":"m","prompt":"p","input_reference":""})", "input_reference"},
        {R"({"model":"m","prompt":"p","input_reference":{"image_url":"https://h/a","file_id":"f"}})", "input_reference"},
        {R"({"model":"m","prompt":"p","input_reference":{"image_url":"https://h/a","detail":"high"}})", "input_reference"},
        {R"({"model":"m","prompt":"p","seconds":123456789})", "seconds"},
    };
    for (const auto& [body, param] : rows) {
        const auto r = llmx::openai_videos::decode_request(body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), body);
        BOOST_TEST(r.error().param() == param, body);
    }
    BOOST_TEST(llmx::openai_videos::scan_request(R"({"prompt":"p"})", target("sora-2")).has_value());
}

BOOST_AUTO_TEST_CASE(a_form_has_its_image_as_a_file) {
    const std::string body = form(field("model", "sora-2") + field("prompt", "a cat") + field("seconds", "12") + field("size", "720x1280") +
                                  file("\x89PNG", "a.png", "input_reference"));
    const auto head = llmx::openai_video_form::scan_request(body, form_type, target()).value();
    BOOST_TEST(head.model == "sora-2");
    const auto r = llmx::openai_video_form::decode_request(body, form_type, target()).value();
    BOOST_TEST(r.reference.octets == "\x89PNG");
    BOOST_TEST(r.seconds.value() == 12);
    const auto again = encode<llmx::openai_video_form>(r).value();
    const auto fields = fields_of(again.body, again.type);
    BOOST_REQUIRE_EQUAL(fields.size(), 5u);
    BOOST_TEST(fields[0].second == "upstream");
    BOOST_TEST(fields[4].first == "input_reference");
    BOOST_TEST(fields[4].second == "\x89PNG");
    // In JSON it is a data URL.
    BOOST_TEST(json(encode<llmx::openai_videos>(r)->body).at("input_reference").at("image_url").as_string().starts_with("data:audio/wav;base64,"));
    const auto named = llmx::openai_video_form::decode_request(
        form(field("model", "m") + field("prompt", "p") + field("input_reference[file_id]", "file-1")), form_type, target()).value();
    BOOST_TEST(named.reference.file_id == "file-1");
    for (const auto& [parts, param] : {std::pair(field("prompt", "p"), "model"), std::pair(field("model", "m"), "prompt"),
                                       std::pair(field("model", "m") + field("prompt", "p") + field("seconds", "x"), "seconds"),
                                       std::pair(field("model", "m") + field("prompt", "p") + file("x", "a", "other"), "other")}) {
        const auto wrong = llmx::openai_video_form::decode_request(form(parts), form_type, target());
        BOOST_REQUIRE(wrong.has_error());
        BOOST_TEST(wrong.error().param() == param);
    }
    // A form without a model is written anew.
    BOOST_TEST(llmx::openai_video_form::scan_request(form(field("prompt", "p")), form_type, target("sora-2"))->must_translate);
}

BOOST_AUTO_TEST_CASE(an_answer_is_charged_by_the_length_that_it_states) {
    const auto job = llmx::openai_videos::decode_reply(made).value();
    BOOST_TEST(job.id == "video_1");
    BOOST_TEST(job.seconds == 8);
    BOOST_TEST(llmx::openai_videos::scan_usage(made).output_milliseconds == 8000u);
    BOOST_TEST(llmx::openai_video_state::scan_usage(made).empty());
    std::string out;
    llmx::openai_videos::encode_reply(job, llmx::reply_options(), out);
    BOOST_TEST(json(out) == json(made));
    const auto failed = llmx::openai_videos::decode_reply(R"({"id":"video_2","status":"failed","error":{"code":"moderation_blocked","message":"no"}})").value();
    BOOST_TEST(failed.error_code == "moderation_blocked");
    BOOST_TEST(failed.error_message == "no");
    BOOST_TEST(llmx::openai_videos::decode_reply(R"({"error":{"message":"bad","type":"server_error"}})").has_error());
    BOOST_TEST(llmx::openai_videos::decode_reply(R"({"object":"video"})").has_error());
    BOOST_TEST(llmx::openai_videos::decode_reply("[").has_error());
}

BOOST_AUTO_TEST_CASE(veo_takes_shapes_and_lengths) {
    const std::tuple<const char*, const char*, const char*> rows[] = {
        {"", "{}", ""},
        {"1280x720", R"({"aspectRatio":"16:9"})", ""},
        {"720x1280", R"({"aspectRatio":"9:16"})", ""},
        {"1920x1080", R"({"aspectRatio":"16:9","resolution":"1080p"})", ""},
        {"2160x3840", R"({"aspectRatio":"9:16","resolution":"4k"})", ""},
        {"1792x1024", R"({"aspectRatio":"16:9"})", "size"},
        {"720x720", "{}", "size"},
        {"big", "{}", "size"},
    };
    for (const auto& [size, parameters, lost] : rows) {
        const auto s = encode<llmx::gemini_veo>(asked(size));
        BOOST_TEST(json(s->body) == json(std::string(R"({"instances":[{"prompt":"a cat"}],"parameters":)") + parameters + "}"), size);
        BOOST_TEST(dropped(s->drops) == lost, size);
    }
    llmx::video_request r = asked();
    r.seconds = 6;
    r.extra.add("openai_videos", "negative_prompt", R"("dogs")");
    r.extra.add("openai_videos", "sampleCount", "2");
    const auto s = encode<llmx::gemini_veo>(r);
    BOOST_TEST(json(s->body).at("parameters") == json(R"({"durationSeconds":6,"negativePrompt":"dogs"})"));
    BOOST_TEST(dropped(s->drops) == "sampleCount");
}

BOOST_AUTO_TEST_CASE(veo_takes_images_as_octets) {
    llmx::video_request r = asked();
    r.reference.octets = "\x89PNG\r\n\x1a\n";
    BOOST_TEST(json(encode<llmx::gemini_veo>(r)->body).at("instances").at(0).at("image") ==
               json(R"({"bytesBase64Encoded":"iVBORw0KGgo=","mimeType":"image/png"})"));
    r.reference = llmx::video_reference();
    r.reference.url = "data:image/jpeg;base64,/9j/AAAA";
    BOOST_TEST(json(encode<llmx::gemini_veo>(r)->body).at("instances").at(0).at("image").at("mimeType") == "image/jpeg");
    r.reference.url = "gs://b/a.png";
    BOOST_TEST(json(encode<llmx::gemini_veo>(r)->body).at("instances").at(0).at("image") == json(R"({"gcsUri":"gs://b/a.png","mimeType":"image/png"})"));
    r.reference.url = "https://h/a.png";
    const auto refused = encode<llmx::gemini_veo>(r);
    BOOST_REQUIRE(refused.has_error());
    BOOST_CHECK(refused.error().value() == llmx::errc::unsupported_parameter);
}

BOOST_AUTO_TEST_CASE(the_answer_of_veo_is_an_operation) {
    llmx::video_request r = asked("1280x720");
    r.seconds = 4;
    const auto s = encode<llmx::gemini_veo>(r);
    const std::string name = "models/veo-3.1/operations/abc";
    const auto begun = llmx::gemini_veo::decode_reply(R"({"name":")" + name + "\"}", s->how.get()).value();
    BOOST_TEST(begun.id == "video_" + name);
    BOOST_TEST(begun.status == "queued");
    BOOST_TEST(begun.prompt == "a cat");
    BOOST_TEST(begun.size == "1280x720");
    BOOST_TEST(begun.seconds == 4);
    BOOST_TEST(llmx::gemini_veo::scan_usage(R"({"name":"x"})").output_milliseconds == 8000u);
    BOOST_TEST(llmx::gemini_veo::scan_usage("{}").empty());
    BOOST_TEST(llmx::gemini_veo::decode_reply("{}").has_error());
    const auto state = [&name](std::string_view rest) {
        return llmx::gemini_veo_state::decode_reply(R"({"name":")" + name + "\"" + std::string(rest) + "}").value();
    };
    BOOST_TEST(state("").status == "in_progress");
    const auto done = state(R"(,"done":true,"response":{"generateVideoResponse":)"
                            R"({"generatedSamples":[{"video":{"uri":"https://g/v1beta/files/f:download?alt=media"}}]}})");
    BOOST_TEST(done.status == "completed");
    BOOST_TEST(done.progress == 100);
    BOOST_TEST(done.content_url == "https://g/v1beta/files/f:download?alt=media");
    BOOST_TEST(state(R"(,"done":true,"response":{"videos":[{"bytesBase64Encoded":"AAEC","mimeType":"video/mp4"}]})").content_base64 == "AAEC");
    BOOST_TEST(state(R"(,"done":true,"response":{"videos":[{"gcsUri":"gs://b/v.mp4"}]})").content_url == "gs://b/v.mp4");
    const auto filtered = state(R"(,"done":true,"response":{"generateVideoResponse":{"raiMediaFilteredCount":1,"raiMediaFilteredReasons":["no faces"]}})");
    BOOST_TEST(filtered.status == "failed");
    BOOST_TEST(filtered.error_code == "content_policy");
    BOOST_TEST(filtered.error_message == "no faces");
    const auto failed = state(R"(,"done":true,"error":{"code":3,"message":"bad prompt"})");
    BOOST_TEST(failed.status == "failed");
    BOOST_TEST(failed.error_code == "3");
    BOOST_TEST(failed.error_message == "bad prompt");
}

BOOST_AUTO_TEST_CASE(the_state_of_an_operation_has_its_own_path) {
    const std::string gemini = "video_models/veo-3.1/operations/abc";
    BOOST_TEST(encode<llmx::gemini_veo_state>(llmx::video_state_request("m", gemini))->url_end == "/models/veo-3.1/operations/abc");
    const std::string vertex = "video_projects/p/locations/l/publishers/google/models/veo/operations/u-1";
    const auto s = encode<llmx::vertex_veo_state>(llmx::video_state_request("m", vertex));
    BOOST_TEST(s->url_end == "/projects/p/locations/l/publishers/google/models/veo:fetchPredictOperation");
    BOOST_TEST(s->body == R"({"operationName":"projects/p/locations/l/publishers/google/models/veo/operations/u-1"})");
    for (const char* const bad : {"", "video_1", "models/../operations/x", "models//operations/x", "models/./operations/x"}) {
        BOOST_TEST(encode<llmx::gemini_veo_state>(llmx::video_state_request("m", bad)).has_error(), bad);
        BOOST_TEST(encode<llmx::vertex_veo_state>(llmx::video_state_request("m", bad)).has_error(), bad);
    }
    BOOST_TEST(encode<llmx::gemini_veo_state>(llmx::video_state_request("m", "a?b/operations/c#d"))->url_end == "/a%3Fb/operations/c%23d");
    BOOST_TEST(encode<llmx::openai_video_state>(llmx::video_state_request("m", "video_1/x"))->url_end == "/video_1%2Fx");
    BOOST_TEST(encode<llmx::openai_video_state>(llmx::video_state_request("m", "")).has_error());
}

BOOST_AUTO_TEST_CASE(runway_has_two_paths_and_its_own_names) {
    llmx::video_request r = asked("1280x720");
    const auto text = encode<llmx::runway_video>(r);
    BOOST_TEST(text->url_end == "/text_to_video");
    BOOST_TEST(json(text->body) == json(R"({"model":"upstream","promptText":"a cat","ratio":"1280:720","duration":5})"));
    r.seconds = 10;
    r.reference.url = "https://h/a.png";
    r.extra.add("openai_videos", "seed", "7");
    const auto image = encode<llmx::runway_video>(r);
    BOOST_TEST(image->url_end == "/image_to_video");
    BOOST_TEST(json(image->body) ==
               json(R"({"model":"upstream","promptText":"a cat","promptImage":"https://h/a.png","ratio":"1280:720","duration":10,"seed":7})"));
    r.reference = llmx::video_reference();
    r.reference.octets = "\x89PNG\r\n\x1a\n";
    BOOST_TEST(json(encode<llmx::runway_video>(r)->body).at("promptImage") == "data:image/png;base64,iVBORw0KGgo=");
    r.reference = llmx::video_reference();
    r.reference.file_id = "file-1";
    BOOST_TEST(encode<llmx::runway_video>(r).has_error());
    BOOST_TEST(dropped(encode<llmx::runway_video>(asked("wide"))->drops) == "size");
    BOOST_TEST(encode<llmx::runway_video_state>(llmx::video_state_request("m", "video_a-1"))->url_end == "/tasks/a-1");
    BOOST_TEST(encode<llmx::runway_video_state>(llmx::video_state_request("m", "video_..")).has_error());
}

BOOST_AUTO_TEST_CASE(two_images_are_refused_everywhere) {
    llmx::video_request r = asked();
    r.reference.url = "https://h/a.png";
    r.reference.octets = "x";
    BOOST_TEST(encode<llmx::openai_videos>(r).has_error());
    BOOST_TEST(encode<llmx::openai_video_form>(r).has_error());
    BOOST_TEST(encode<llmx::gemini_veo>(r).has_error());
    BOOST_TEST(encode<llmx::runway_video>(r).has_error());
}

BOOST_AUTO_TEST_CASE(a_task_of_runway_has_a_status) {
    const auto state = [](std::string_view rest) { return llmx::runway_video_state::decode_reply(R"({"id":"t1")" + std::string(rest) + "}").value(); };
    BOOST_TEST(state("").status == "queued");
    BOOST_TEST(state(R"(,"status":"THROTTLED","createdAt":"2025-01-01T00:00:00.000Z")").created_at == 1735689600);
    const auto running = state(R"(,"status":"RUNNING","progress":0.42)");
    BOOST_TEST(running.status == "in_progress");
    BOOST_TEST(running.progress == 42);
    BOOST_TEST(state(R"(,"status":"RUNNING","progress":7e300)").progress == 99);
    const auto done = state(R"(,"status":"SUCCEEDED","output":["https://cdn/v.mp4?x=1"])");
    BOOST_TEST(done.status == "completed");
    BOOST_TEST(done.content_url == "https://cdn/v.mp4?x=1");
    const auto failed = state(R"(,"status":"FAILED","failure":"bad input","failureCode":"SAFETY.INPUT")");
    BOOST_TEST(failed.error_code == "SAFETY.INPUT");
    BOOST_TEST(failed.error_message == "bad input");
    BOOST_TEST(state(R"(,"status":"CANCELLED")").error_code == "cancelled");
    BOOST_TEST(llmx::runway_video::decode_reply(R"({"status":"x"})").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace videos_unit
