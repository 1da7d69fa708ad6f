// SPDX-License-Identifier: BSL-1.0
// Speech, transcriptions and translations through the whole gateway: bytes that pass, replies that are
// relayed, typed calls, usage, retries, fallbacks and streams that break.
#include "fixture.hpp"

#include <llmx/providers/azure_openai.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/multipart.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::audio_unit {
namespace {

using audio_providers = registry<openai, anthropic, gemini, azure_openai>;
using stack = gateway<audio_providers, weighted, retry, fallback, timeout>;

constexpr std::string_view form_type = "multipart/form-data; boundary=XX";
const std::string mp3("ID3\x00\xff\r\n{}", 9);
const std::string transcript =
    R"({"text":"Hi","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":10,"audio_tokens":4},)"
    R"("output_tokens":3,"total_tokens":17}})";

std::shared_ptr<const topology> audio_world(std::vector<deployment> ds) {
    for (auto& d : ds)
        if (auto completed = audio_providers::complete(d); completed.has_error()) throw call_failed(completed.error());
    return topology::make(std::move(ds)).value();
}

std::string form(std::string_view model, std::string_view more = {}) {
    std::string out = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRI\x01\r\n\r\n";
    if (!model.empty()) out.append("--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n").append(model).append("\r\n");
    return out.append(more).append("--XX--\r\n");
}
std::string field(std::string_view name, std::string_view value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) + "\r\n";
}

template <class Codec> void ask(call& c, std::string_view body, std::string_view path_model = std::string_view()) {
    request_target target;
    target.model = path_model;
    const result<request_head> head = [&] {
        if constexpr (requires { Codec::scan_request(body, form_type, target); }) return Codec::scan_request(body, form_type, target);
        else return Codec::scan_request(body, target);
    }();
    BOOST_REQUIRE(head.has_value());
    c.in.operation = &Codec::operation::info;
    c.in.codec = &codec_of<Codec>;
    c.in.body = body;
    if (!codec_of<Codec>.json_request) c.in.content_type = form_type;
    c.in.path_model = path_model;
    c.in.stream = head->stream;
    c.in.must_translate = head->must_translate;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.model = head->model;
}

/// What is left of a relayed reply, and how it ended.
struct relayed {
    std::string bytes, type;
    std::vector<std::string> pieces;
    std::optional<error> failure;
    bool provider_reported = false;
};
relayed read(reply& r) {
    relayed out;
    BOOST_REQUIRE(r.stream != nullptr);
    out.type = std::string(r.stream->content_type());
    for (;;) {
        const auto piece = testing::run(r.stream->read_some());
        if (!piece) {
            out.failure = piece.error();
            break;
        }
        if (piece->empty()) break;
        out.pieces.emplace_back(*piece);
        out.bytes += *piece;
    }
    out.provider_reported = r.stream->provider_reported();
    return out;
}

testing::scripted_reply& says(world& w, std::string type, std::vector<std::string> pieces) {
    auto& r = w.network.reply(200);
    r.field("content-type", std::move(type));
    for (auto& p : pieces) r.piece(std::move(p));
    return r;
}

const std::string delta = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAEC\"}\n\n";
const std::string done =
    R"(data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}})"
    "\n\n";

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_audio)

BOOST_FIXTURE_TEST_CASE(octets_are_relayed_as_they_come, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}));
    says(*this, "audio/mpeg", {mp3, std::string(1, '\0'), mp3});
    call c(runtime, context);
    const std::string body = R"({ "input":"hi", "model":"m" ,"voice":"nova","unknown":[1.50]})";
    ask<openai_speech>(c, body);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->passes_as(codec_of<openai_speech>));
    const relayed got = read(*r);
    BOOST_TEST(got.pieces.size() == 3u);
    BOOST_TEST(got.bytes == mp3 + std::string(1, '\0') + mp3);
    BOOST_TEST(got.type == "audio/mpeg");
    BOOST_TEST(!got.failure.has_value());
    BOOST_REQUIRE(network.requests().size() == 1u);
    BOOST_TEST(network.requests()[0].target == "/v1/audio/speech");
    BOOST_TEST(network.requests()[0].body == R"({ "input":"hi", "model":"tts-1" ,"voice":"nova","unknown":[1.50]})");
    BOOST_TEST(network.requests()[0].fields.find("content-type: application/json\r\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_form_passes_but_for_the_model, world) {
    stack gw(audio_world({make("a", "m", "openai", "whisper-1")}));
    network.reply(200, transcript).field("content-type", "application/json; charset=utf-8");
    {
        call c(runtime, context);
        const std::string body = form("m", field("diarize", "yes"));
        ask<openai_transcription>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(r->passes_as(codec_of<openai_transcription>));
        BOOST_TEST(r->body == transcript);
        BOOST_TEST(context.report.tokens.input_tokens == 14);
        BOOST_TEST(context.report.tokens.input_audio_tokens == 4);
    }
    BOOST_TEST(network.requests()[0].target == "/v1/audio/transcriptions");
    BOOST_TEST(network.requests()[0].body == form("whisper-1", field("diarize", "yes")));
    BOOST_TEST(network.requests()[0].fields.find("content-type: " + std::string(form_type) + "\r\n") != std::string::npos);

    network.reply(200, R"({"text":"Hello"})").field("content-type", "application/json");
    call c(runtime, context);
    const std::string body = form("m");
    ask<openai_translation>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(network.requests()[1].target == "/v1/audio/translations");
    BOOST_TEST(network.requests()[1].body == form("whisper-1"));
}

BOOST_FIXTURE_TEST_CASE(a_form_without_a_model_is_written_anew, world) {
    stack gw(audio_world({make("a", "m", "openai", "whisper-1")}));
    network.reply(200, transcript).field("content-type", "application/json");
    call c(runtime, context);
    const std::string body = form("", field("diarize", "{yes") + field("temperature", "0.5"));
    ask<openai_transcription>(c, body, "m");
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    const auto& sent = network.requests().at(0);
    const auto at = sent.fields.find("content-type: ");
    const std::string type = sent.fields.substr(at + 14, sent.fields.find("\r\n", at) - at - 14);
    const auto read = openai_transcription::decode_request(sent.body, type, request_target()).value();
    BOOST_TEST(read.model == "whisper-1");
    BOOST_TEST(read.file == "RI\x01\r\n");
    BOOST_TEST(read.filename == "a.wav");
    BOOST_TEST(read.temperature.value() == 0.5);
    BOOST_TEST(read.extra.find("diarize")->text == "\"{yes\"");
    BOOST_TEST(c.now.dropped.empty());
}

BOOST_FIXTURE_TEST_CASE(azure_has_its_own_paths, world) {
    deployment d = make("a", "m", "azure", "my-whisper");
    d.api_base = parse_base_url("https://r.openai.azure.com").value();
    stack gw(audio_world({d}));
    network.reply_always(200, R"({"text":"Hi"})").field("content-type", "application/json");
    const transcription_request q("m", "octets", "a.wav", "audio/wav");
    BOOST_TEST(testing::run(gw.call<transcription>(runtime, context, q)).value().text == "Hi");
    BOOST_TEST(testing::run(gw.call<translation>(runtime, context, q)).value().text == "Hi");
    BOOST_TEST(network.requests()[0].target == "/openai/deployments/my-whisper/audio/transcriptions?api-version=2024-10-21");
    BOOST_TEST(network.requests()[1].target == "/openai/deployments/my-whisper/audio/translations?api-version=2024-10-21");
}

BOOST_FIXTURE_TEST_CASE(plain_text_is_relayed_with_its_type, world) {
    stack gw(audio_world({make("a", "m", "openai", "whisper-1")}));
    says(*this, "text/plain; charset=utf-8", {"1\n00:00", ":00,000\n"});
    call c(runtime, context);
    const std::string body = form("m", field("response_format", "srt"));
    ask<openai_transcription>(c, body);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    const relayed got = read(*r);
    BOOST_TEST(got.bytes == "1\n00:00:00,000\n");
    BOOST_TEST(got.type == "text/plain; charset=utf-8");
}

BOOST_FIXTURE_TEST_CASE(typed_speech_is_read_to_its_end, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}));
    says(*this, "audio/mpeg", {mp3, mp3});
    speech_request q("m", "hi", "nova");
    q.stream_format = "sse";
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->audio == mp3 + mp3);
    BOOST_TEST(r->content_type == "audio/mpeg");
    BOOST_TEST(network.requests()[0].body == R"({"model":"tts-1","input":"hi","voice":"nova"})");
    BOOST_TEST(network.open_bodies() == 0u);

    network.reply(200, R"({"audio":"AA=="})").field("content-type", "application/json");
    const auto json = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_TEST((json.error().value() == errc::bad_response));
    BOOST_TEST(json.error().provider() == "openai");
}

BOOST_FIXTURE_TEST_CASE(typed_transcriptions_are_json_or_text, world) {
    stack gw(audio_world({make("a", "m", "openai", "whisper-1")}));
    network.reply(200, transcript).field("content-type", "application/json");
    transcription_request q("m", "octets", "a.wav", "audio/wav");
    q.stream = true;
    const auto json = testing::run(gw.call<transcription>(runtime, context, q));
    BOOST_REQUIRE(json.has_value());
    BOOST_TEST(json->text == "Hi");
    BOOST_TEST(json->usage.total_tokens() == 17);
    BOOST_TEST(context.report.tokens.total_tokens() == 17);
    // A typed call has one answer, whatever the request has about streams.
    BOOST_TEST(network.requests()[0].body.find("stream") == std::string::npos);

    says(*this, "text/vtt", {"WEBVTT\n", "{}"});
    q.response_format = "vtt";
    const auto text = testing::run(gw.call<transcription>(runtime, context, q));
    BOOST_REQUIRE(text.has_value());
    BOOST_TEST(text->text == "WEBVTT\n{}");
    BOOST_TEST(text->content_type == "text/vtt");
}

BOOST_FIXTURE_TEST_CASE(a_typed_call_retries_and_falls_back, world) {
    stack::policies_type policies;
    std::get<fallback>(policies).add("m", {"spare"});
    std::get<retry>(policies).max_retries = 1;
    stack gw(audio_world({make("a", "m", "openai", "tts-1"), make("b", "spare", "openai", "tts-2")}), policies);
    network.reply(503, "{}");
    // No octet has come yet: this too may be tried again.
    says(*this, "audio/mpeg", {mp3}).cut_after(0);
    says(*this, "audio/mpeg", {mp3});
    const speech_request q("m", "hi");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->audio == mp3);
    BOOST_TEST(context.report.retries == 1u);
    BOOST_TEST(context.report.fallbacks == 1u);
    BOOST_TEST(network.requests()[2].body == R"({"model":"tts-2","input":"hi"})");
}

BOOST_FIXTURE_TEST_CASE(a_page_of_html_is_no_audio, world) {
    stack::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}), policies);
    says(*this, "text/html; charset=utf-8", {"<html>sk-upstream</html>"});
    const speech_request q("m", "hi");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_TEST((r.error().value() == errc::bad_response));
    BOOST_TEST(r.error().message().find("sk-upstream") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(an_error_in_json_is_an_error_whatever_its_status, world) {
    stack::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}), policies);
    network.reply_always(200, R"({"error":{"message":"slow","code":"rate_limit_exceeded"}})").field("content-type", "application/json");
    const speech_request q("m", "hi");
    const transcription_request t("m", "octets", "a.wav");
    const auto a = testing::run(gw.call<speech>(runtime, context, q));
    const auto b = testing::run(gw.call<transcription>(runtime, context, t));
    BOOST_TEST(a.has_error());
    BOOST_TEST(b.has_error());
    BOOST_TEST(a.error().provider_message() == "slow");
}

BOOST_FIXTURE_TEST_CASE(a_provider_without_the_operation_is_named, world) {
    stack gw(audio_world({make("a", "m", "anthropic", "claude"), make("b", "g", "gemini", "ge")}));
    const speech_request q("m", "hi");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_TEST((r.error().value() == errc::unsupported_operation));
    BOOST_TEST(r.error().message().find("provider 'anthropic' of deployment 'a' has no speech") != std::string::npos);
    const transcription_request t("g", "octets", "a.wav");
    BOOST_TEST((testing::run(gw.call<transcription>(runtime, context, t)).error().value() == errc::unsupported_operation));
    const auto last = testing::run(gw.call<translation>(runtime, context, t));
    BOOST_TEST((last.error().value() == errc::unsupported_operation));
    BOOST_TEST(last.error().message().find("has no translation") != std::string::npos);
    BOOST_TEST(network.calls() == 0u);
}

BOOST_FIXTURE_TEST_CASE(events_of_speech_pass_and_are_counted, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts")}));
    says(*this, "text/event-stream", {delta + delta.substr(0, 9), delta.substr(9), done});
    call c(runtime, context);
    const std::string body = R"({"model":"m","input":"hi","stream_format":"sse"})";
    ask<openai_speech>(c, body);
    BOOST_TEST(c.in.stream);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    const relayed got = read(*r);
    BOOST_TEST(got.bytes == delta + delta + done);
    BOOST_TEST(!got.failure.has_value());
    BOOST_TEST(context.report.tokens.total_tokens() == 115);
}

BOOST_FIXTURE_TEST_CASE(events_that_end_early_are_a_broken_stream, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts")}));
    const std::string body = R"({"model":"m","input":"hi","stream_format":"sse"})";
    {
        says(*this, "text/event-stream", {delta, delta});
        call c(runtime, context);
        ask<openai_speech>(c, body);
        auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        const relayed got = read(*r);
        BOOST_TEST(got.bytes == delta + delta);
        BOOST_TEST((got.failure.value().value() == errc::truncated));
    }
    const std::string failure = "data: {\"error\":{\"message\":\"sk-upstream broke\",\"code\":\"server_error\"}}\n\n";
    says(*this, "text/event-stream", {delta, failure});
    call c(runtime, context);
    ask<openai_speech>(c, body);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    const relayed got = read(*r);
    BOOST_TEST(got.provider_reported);
    BOOST_TEST(got.bytes.find("*** broke") != std::string::npos);
    BOOST_TEST(got.bytes.find("sk-upstream") == std::string::npos);
    BOOST_TEST((got.failure.value().value() == errc::provider_internal));
}

BOOST_FIXTURE_TEST_CASE(events_of_transcriptions_pass_and_whole_answers_too, world) {
    stack gw(audio_world({make("a", "m", "openai", "whisper-1")}));
    const std::string body = form("m", field("stream", "true"));
    const std::string events = "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hi\"}\n\n"
                               "data: {\"type\":\"transcript.text.done\",\"text\":\"Hi\",\"usage\":{\"input_tokens\":4,\"output_tokens\":1}}\n\n";
    says(*this, "text/event-stream; charset=utf-8", {events});
    {
        call c(runtime, context);
        ask<openai_transcription>(c, body);
        auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(read(*r).bytes == events);
        BOOST_TEST(context.report.tokens.total_tokens() == 5);
    }
    // whisper-1 ignores `stream`.
    says(*this, "application/json", {transcript});
    call c(runtime, context);
    ask<openai_transcription>(c, body);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    const relayed got = read(*r);
    BOOST_TEST(got.bytes == transcript);
    BOOST_TEST(got.type == "application/json");
    BOOST_TEST(!got.failure.has_value());
}

BOOST_FIXTURE_TEST_CASE(truncated_octets_are_a_broken_stream, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}));
    {
        says(*this, "audio/mpeg", {mp3, mp3}).cut_after(mp3.size());
        call c(runtime, context);
        const std::string body = R"({"model":"m","input":"hi"})";
        ask<openai_speech>(c, body);
        auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        const relayed got = read(*r);
        BOOST_TEST(got.bytes == mp3);
        BOOST_TEST((got.failure.value().value() == errc::truncated));
    }
    says(*this, "audio/mpeg", {mp3, mp3}).cut_after(mp3.size());
    const speech_request q("m", "hi");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_TEST((r.error().value() == errc::truncated));
}

BOOST_FIXTURE_TEST_CASE(what_a_typed_call_reads_is_bounded, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}));
    const std::string megabyte(1024 * 1024, 'x');
    std::vector<std::string> pieces(65, megabyte);
    says(*this, "audio/mpeg", pieces);
    const speech_request q("m", "hi");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::bad_response));
    BOOST_TEST(network.open_bodies() == 0u);
    pieces.pop_back();
    says(*this, "audio/mpeg", std::move(pieces));
    const auto largest = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_REQUIRE(largest.has_value());
    BOOST_TEST(largest->audio.size() == 64u * megabyte.size());
}

BOOST_FIXTURE_TEST_CASE(a_relayed_reply_is_accounted_for, world) {
    stack gw(audio_world({make("a", "m", "openai", "tts-1")}));
    const std::string piece(64 * 1024, 'x');
    memory_budget small(256 * 1024);
    says(*this, "audio/mpeg", std::vector<std::string>(8, piece));
    const speech_request q("m", "hi");
    {
        call c(runtime, context, &small);
        llmx::detail::set_request<speech>(c, q, false);
        auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        const auto read = testing::run(decode_reply<speech>(c, *r));
        BOOST_REQUIRE(read.has_error());
        BOOST_TEST((read.error().value() == errc::shed));
        BOOST_TEST(read.error().retry_after().has_value());
    }
    BOOST_TEST(small.in_use() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::audio_unit
