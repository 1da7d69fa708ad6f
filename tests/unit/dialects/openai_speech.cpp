// SPDX-License-Identifier: BSL-1.0
#include "audio_support.hpp"

#include <llmx/core/token_estimate.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <type_traits>

namespace openai_speech_unit {

namespace {

using namespace audio_test;
using codec = llmx::openai_speech;

static_assert(!std::is_aggregate_v<llmx::speech_request> && !std::is_aggregate_v<llmx::speech_reply>);
static_assert(llmx::codec_of<codec>.json_request && llmx::codec_of<codec>.operation == &llmx::speech::info);

std::string encode(const llmx::speech_request& request, llmx::drop_report& drops,
                   std::optional<bool> stream = std::nullopt, std::string_view model = {}) {
    llmx::encode_options options;
    options.model = model;
    options.stream = stream;
    std::string out;
    codec::encode_request(request, options, out, drops).value();
    return out;
}

struct wrong {
    std::string_view body, param;
};

constexpr std::string_view delta = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAEC\"}\n\n";
constexpr std::string_view done =
    R"(data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}})"
    "\n\n";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_speech)

BOOST_AUTO_TEST_CASE(reads_and_writes_every_member) {
    const std::string_view body =
        R"({"model":"tts-1","input":"a\nb","voice":"nova","instructions":"soft","response_format":"opus","speed":1.25,)"
        R"("stream_format":"audio","lang_code":"de","pause":{"ms":3},"nothing":null})";
    const auto r = codec::decode_request(body, target()).value();
    BOOST_TEST(r.model == "tts-1");
    BOOST_TEST(r.input == "a\nb");
    BOOST_TEST(r.voice == "nova");
    BOOST_TEST(r.instructions == "soft");
    BOOST_TEST(r.response_format == "opus");
    BOOST_TEST(r.speed.value() == 1.25);
    BOOST_TEST(r.stream_format == "audio");
    BOOST_TEST(r.extra.members.size() == 2u);
    llmx::drop_report drops;
    BOOST_TEST(json(encode(r, drops)) == json(R"({"model":"tts-1","input":"a\nb","voice":"nova","instructions":"soft",)"
                                              R"("response_format":"opus","speed":1.25,"stream_format":"audio",)"
                                              R"("lang_code":"de","pause":{"ms":3}})"));
    BOOST_TEST(dropped(drops) == "");
    BOOST_TEST(encode(llmx::speech_request("m", "t"), drops, std::nullopt, "other") == R"({"model":"other","input":"t"})");
    BOOST_TEST(codec::decode_request(body, target("t"))->model == "t");
}

BOOST_AUTO_TEST_CASE(a_voice_of_ones_own_is_an_object) {
    const auto r = codec::decode_request(R"({"model":"m","input":"a","voice":{"id":"voice_1"}})", target()).value();
    BOOST_TEST(r.voice_id == "voice_1");
    BOOST_TEST(r.voice.empty());
    llmx::drop_report drops;
    BOOST_TEST(encode(r, drops) == R"({"model":"m","input":"a","voice":{"id":"voice_1"}})");
    BOOST_TEST(codec::caller_path(llmx::request_place().of<&llmx::speech_request::voice_id>(), r) == "voice.id");
}

BOOST_AUTO_TEST_CASE(a_dot_in_a_name_leads_into_no_voice) {
    const std::string_view body = R"({"model":"m","input":"a","voice":{"id":"v"},"voice.y":5,".voice.x":6,".y":7})";
    llmx::drop_report drops;
    BOOST_TEST(encode(codec::decode_request(body, target()).value(), drops) == body);
    BOOST_TEST(dropped(drops) == "");
}

BOOST_AUTO_TEST_CASE(a_voice_keeps_its_unknown_members_and_a_second_one_is_reported) {
    const std::string_view body = R"({"model":"m","input":"a","voice":{"id":"v","style":{"x":1}},"style":2})";
    auto r = codec::decode_request(body, target()).value();
    BOOST_TEST(r.extra.find("voice.style")->text == R"({"x":1})");
    llmx::drop_report drops;
    BOOST_TEST(encode(r, drops) == body);
    BOOST_TEST(dropped(drops) == "");
    r.voice = "nova";
    BOOST_TEST(encode(r, drops) == body);
    BOOST_TEST(dropped(drops) == "voice");
}

BOOST_AUTO_TEST_CASE(controls_of_the_account_are_hints_elsewhere) {
    const auto r = codec::decode_request(R"({"model":"m","input":"a","store":false,"pitch":2})", target()).value();
    llmx::drop_report drops;
    drops.foreign(r.extra, "other", llmx::request_place());
    BOOST_TEST(dropped(drops) == "(store) pitch");
}

BOOST_AUTO_TEST_CASE(events_are_asked_for_by_streams_only) {
    auto r = codec::decode_request(R"({"model":"m","input":"a","stream_format":"sse"})", target()).value();
    llmx::drop_report drops;
    BOOST_TEST(encode(r, drops) == R"({"model":"m","input":"a","stream_format":"sse"})");
    BOOST_TEST(encode(r, drops, true) == R"({"model":"m","input":"a","stream_format":"sse"})");
    BOOST_TEST(encode(r, drops, false) == R"({"model":"m","input":"a"})");
    BOOST_TEST(codec::scan_request(R"({"model":"m","input":"a","stream_format":"sse"})", target())->stream);
    BOOST_TEST(!codec::scan_request(R"({"model":"m","input":"a","stream_format":"audio"})", target())->stream);
    BOOST_TEST(!codec::scan_request(R"({"model":"m","input":"a"})", target())->stream);
}

BOOST_AUTO_TEST_CASE(the_scan_finds_the_models_bytes) {
    const std::string_view body = R"({"input":"a","model": "tts" })";
    const auto head = codec::scan_request(body, target()).value();
    BOOST_TEST(head.model == "tts");
    BOOST_TEST(body.substr(head.model_begin, head.model_end - head.model_begin) == "\"tts\"");
    BOOST_TEST(codec::scan_request(R"({"input":"a"})", target("t"))->model == "t");
}

BOOST_AUTO_TEST_CASE(a_wrong_member_is_named) {
    constexpr std::array<wrong, 10> scanned = {{
        {R"({"input":"a"})", "model"},
        {R"({"model":1,"input":"a"})", "model"},
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":["a"]})", "input"},
        {R"({"model":"m","input":""})", "input"},
        {R"({"model":"m","model":"n","input":"a"})", "model"},
        {R"({"model":"m","input":"a","input":"b"})", "input"},
        {R"({"model":"m","Model":"n","input":"a"})", "Model"},
        {R"({"model":"m","input":"a","stream_format":true})", "stream_format"},
        {R"({"model":"m","input":"a","Stream_Format":"sse"})", "Stream_Format"},
    }};
    for (const wrong& c : scanned) {
        const auto r = codec::scan_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    constexpr std::array<wrong, 9> decoded = {{
        {R"({"input":"a"})", "model"},
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":1})", "input"},
        {R"({"model":"m","input":"a","voice":1})", "voice"},
        {R"({"model":"m","input":"a","voice":{}})", "voice.id"},
        {R"({"model":"m","input":"a","voice":{"id":2}})", "voice.id"},
        {R"({"model":"m","input":"a","speed":"fast"})", "speed"},
        {R"({"model":"m","input":"a","instructions":[]})", "instructions"},
        {R"({"model":"m","input":"a","response_format":{}})", "response_format"},
    }};
    for (const wrong& c : decoded) {
        const auto r = codec::decode_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    llmx::drop_report drops;
    std::string out = "before";
    BOOST_TEST(codec::encode_request(llmx::speech_request("m", ""), llmx::encode_options(), out, drops).error().param() == "input");
    BOOST_TEST(out == "before");
}

BOOST_AUTO_TEST_CASE(members_of_another_language_are_reported) {
    llmx::speech_request r("m", "a");
    r.extra.add("other", "pitch", "1");
    llmx::drop_report drops;
    BOOST_TEST(encode(r, drops) == R"({"model":"m","input":"a"})");
    BOOST_TEST(dropped(drops) == "pitch");
}

BOOST_AUTO_TEST_CASE(any_bytes_are_the_audio) {
    const std::string octets("\x00{\xff\r\n", 5);
    const auto r = codec::decode_reply(octets, "audio/mpeg").value();
    BOOST_TEST(r.audio == octets);
    BOOST_TEST(r.content_type == "audio/mpeg");
    BOOST_TEST(codec::decode_reply("")->audio.empty());
    BOOST_TEST((codec::decode_reply("{}", "application/json; charset=utf-8").error().value() == llmx::errc::bad_response));
    std::string out;
    codec::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(out == octets);
    BOOST_TEST(codec::scan_usage("{\"usage\":{\"input_tokens\":3}}").empty());
    const auto read = llmx::codec_of<codec>.decode_reply(octets, "audio/wav", nullptr).value();
    BOOST_TEST(read.get<llmx::speech_reply>()->content_type == "audio/wav");
}

BOOST_AUTO_TEST_CASE(the_watch_follows_events) {
    const std::string whole = std::string(delta) + std::string(done);
    const auto all = watched<codec>("text/event-stream; charset=utf-8", whole);
    BOOST_TEST(all.begun);
    BOOST_TEST(all.complete);
    BOOST_TEST(!all.failed);
    BOOST_TEST(all.tokens.input_tokens == 14);
    BOOST_TEST(all.tokens.output_tokens == 101);
    BOOST_TEST(all.pending == 0u);
    const auto half = watched<codec>("Text/Event-Stream", std::string(delta) + "data: {");
    BOOST_TEST(half.begun);
    BOOST_TEST(!half.complete);
    BOOST_TEST(!half.answered);
    BOOST_TEST(half.pending == 7u);
    BOOST_TEST(!watched<codec>("text/event-stream", ": wait\n\n").begun);
    BOOST_TEST(watched<codec>("text/event-stream", "data: [DONE]\n\n").complete);
    for (const std::string_view bad :
         {"data: {\"error\":{\"message\":\"m\"}}\n\n", "event: error\ndata: {\"message\":\"m\"}\n\n",
          "data: {\"type\":\"error\",\"message\":\"m\"}\n\n", "data: {\"type\":\"speech.audio.error\",\"message\":\"m\"}\n\n"}) {
        BOOST_TEST(watched<codec>("text/event-stream", bad).failed, bad);
        BOOST_TEST(codec::stream_failure(bad).provider_message() == "m", bad);
    }
    BOOST_TEST(watched<codec>("text/event-stream", "data: garbage\n\n").failed);
    BOOST_TEST((codec::stream_failure("data: garbage\n\n").value() == llmx::errc::bad_response));
    // The blank line has not come.
    BOOST_TEST((codec::stream_failure(R"(data: {"error":{"message":"q","code":"rate_limit_exceeded"}})").value() ==
                llmx::errc::rate_limited));
}

BOOST_AUTO_TEST_CASE(other_media_types_are_octets_and_html_is_no_answer) {
    for (const std::string_view type : {"audio/mpeg", "application/octet-stream", ""}) {
        const auto seen = watched<codec>(type, "data: {\"error\":{}}\n\n");
        BOOST_TEST(seen.begun, type);
        BOOST_TEST(seen.answered, type);
        BOOST_TEST(!seen.failed, type);
        BOOST_TEST(!seen.complete, type);
    }
    BOOST_TEST(watched<codec>("text/html; charset=utf-8", "<html>").failed);
    BOOST_TEST((codec::stream_failure("<html>").value() == llmx::errc::bad_response));
}

BOOST_AUTO_TEST_CASE(requests_are_weighed) {
    llmx::speech_request r("m", std::string(400, 'a'));
    BOOST_TEST(llmx::estimate_tokens(r) == 100u);
    r.instructions = std::string(40, 'b');
    BOOST_TEST(llmx::estimate_tokens(r) == 110u);
    BOOST_TEST(llmx::detail::outweighs(r, 439));
    BOOST_TEST(!llmx::detail::outweighs(r, 440));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_speech_unit
