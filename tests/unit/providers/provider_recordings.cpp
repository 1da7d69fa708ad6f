// SPDX-License-Identifier: BSL-1.0
// The job of AssemblyAI, the addresses of Azure Speech, and the settings of local programs.
#include <llmx/providers/assemblyai.hpp>
#include <llmx/providers/azure_speech.hpp>
#include <llmx/providers/detail/job_polling.hpp>
#include <llmx/providers/local_process.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace provider_recordings_unit {

using namespace llmx;
using namespace std::chrono_literals;

using all = registry<assemblyai, azure_speech, local_process>;

inline variable_lookup no_variables() {
    return [](std::string_view) { return std::optional<std::string>(); };
}

struct job_fixture {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    http_limits limits;
    cancellation stop;
    deployment d;
    std::string body = "{\"speech_model\":\"best\"}\nRI\nFF";
    std::string target = "/v2/transcript";

    job_fixture() {
        network.use_clock(runtime.clock());
        d.id = "d";
        d.provider = "assemblyai";
        d.model = "best";
        d.key = secret("aai-key");
        BOOST_REQUIRE(all::complete(d, no_variables()).has_value());
        limits.deadline = runtime.now() + 10min;
        limits.connect_by = runtime.now() + 5s;
    }
    /// The answer's status and body, or the failure.
    std::string run() {
        http_request request;
        request.to = &d.api_base.where;
        request.target = target;
        // A line may end in any piece.
        request.body.append(std::string_view(body).substr(0, 10));
        request.body.append(std::string_view(body).substr(10));
        auto got = testing::run(io, assemblyai().exchange(runtime, d, request, limits, stop));
        if (got.has_error()) return std::string(errc_name(got.error().value())) + ": " + got.error().message();
        std::string out = std::to_string(got->status) + " ";
        BOOST_TEST(testing::run(io, got->body->read_all(out)).has_value());
        return out;
    }
};

BOOST_AUTO_TEST_SUITE(providers_vendor_recordings)

BOOST_AUTO_TEST_CASE(polling_slows_down_and_gives_up) {
    detail::job_polling p(1s, 3s);
    const time_point now{};
    BOOST_TEST((p.pending(now) == now + 1s));
    BOOST_TEST((p.pending(now) == now + 1500ms));
    BOOST_TEST((p.pending(now) == now + 2250ms));
    BOOST_TEST((p.pending(now) == now + 3s));
    BOOST_TEST((p.pending(now) == now + 3s));
    BOOST_TEST(p.failed(now).has_value());
    BOOST_TEST(p.failed(now).has_value());
    BOOST_TEST(!p.failed(now).has_value());
    static_cast<void>(p.pending(now));
    BOOST_TEST(p.failed(now).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_transcript_is_a_job, job_fixture) {
    network.reply(200, R"({"upload_url":"https://cdn/u?a=\"1"})").when_path("/v2/upload");
    network.reply(200, R"({"id":"t/1","status":"queued"})").when_path("/v2/transcript");
    network.reply(200, R"({"id":"t/1","status":"processing"})").when_path("/v2/transcript/t%2F1");
    network.reply(200, R"({"id":"t/1","status":"completed","text":"Hi"})").when_path("/v2/transcript/t%2F1");
    BOOST_TEST(run() == R"(200 {"id":"t/1","status":"completed","text":"Hi"})");
    const auto& sent = network.requests();
    BOOST_TEST_REQUIRE(sent.size() == 4u);
    BOOST_TEST(sent[0].to.host == "api.assemblyai.com");
    BOOST_TEST(sent[0].to.authority == "api.assemblyai.com");
    BOOST_TEST(sent[0].body == "RI\nFF");
    BOOST_TEST(sent[0].fields == "content-type: application/octet-stream\r\nauthorization: aai-key\r\n");
    BOOST_TEST(sent[1].body == R"({"speech_model":"best","audio_url":"https://cdn/u?a=\"1"})");
    BOOST_TEST(sent[1].fields == "content-type: application/json\r\nauthorization: aai-key\r\n");
    BOOST_TEST(sent[2].method == "GET");
    // A connection of a late look has its own time.
    BOOST_TEST((sent[3].limits.connect_by == runtime.now() + 5s));
    BOOST_TEST(runtime.sleeps().size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(subtitles_are_the_vendors, job_fixture) {
    target += "/srt";
    body = "{\"audio_url\":\"https://h/a.mp3\"}\n";
    network.reply(200, R"({"id":"t","status":"queued"})");
    network.reply(200, R"({"id":"t","status":"completed","text":"Hi"})");
    network.reply(200, "1\n00:00 --> 00:01\nHi\n").when_path("/v2/transcript/t/srt");
    BOOST_TEST(run() == R"(200 {"id":"t","status":"completed","text":"Hi","subtitles":"1\n00:00 --> 00:01\nHi\n"})");
    BOOST_TEST(network.requests()[0].body == "{\"audio_url\":\"https://h/a.mp3\"}");
}

BOOST_FIXTURE_TEST_CASE(failures_of_each_step, job_fixture) {
    network.reply(401, R"({"error":"Authentication error, API token missing/invalid"})");
    BOOST_TEST(run() == R"(401 {"error":"Authentication error, API token missing/invalid"})");
    const error classified = assemblyai().classify(401, {}, R"({"error":"Authentication error"})");
    BOOST_TEST((classified.value() == errc::authentication));
    BOOST_TEST(classified.provider_message() == "Authentication error");

    network.clear();
    network.reply(200, "{}");
    BOOST_TEST(run().starts_with("bad_response: AssemblyAI's answer to the upload"));

    network.clear();
    body = "{\"audio_url\":\"https://h/a.mp3\"}\n";
    network.reply(200, R"({"id":"t","status":"queued"})");
    network.reply(200, R"({"id":"t","status":"error","error":"Download error"})");
    BOOST_TEST(run() == R"(422 {"id":"t","status":"error","error":"Download error"})");

    network.clear();
    network.reply(200, R"({"id":"t","status":"queued"})");
    network.reply(503, "busy");
    network.fail(error(errc::connection_lost));
    network.reply(200, R"({"id":"t","status":"processing"})");
    network.reply(503, "busy").times(2);
    network.reply(200, R"({"id":"t","status":"completed","text":""})");
    BOOST_TEST(run() == R"(200 {"id":"t","status":"completed","text":""})");

    network.clear();
    network.reply(200, R"({"id":"t","status":"queued"})");
    network.reply(503, "busy").times(3);
    BOOST_TEST(run() == "503 busy");

    network.clear();
    network.reply(200, R"({"id":"t","status":"queued"})");
    network.reply_always(200, R"({"id":"t","status":"processing"})");
    BOOST_TEST(run().starts_with("deadline_exceeded: the transcript t was not ready"));

    stop.cancel();
    BOOST_TEST(run().starts_with("cancelled"));
}

BOOST_FIXTURE_TEST_CASE(chats_go_to_the_gateway_of_the_vendor, job_fixture) {
    network.reply(200, "{}");
    http_request request;
    outgoing what(codec_of<openai_chat>);
    BOOST_TEST(assemblyai().prepare(d, what, request).has_value());
    target = request.target;
    BOOST_TEST(run() == "200 {}");
    BOOST_TEST(network.requests()[0].target == "/v1/chat/completions");
    BOOST_TEST(network.requests()[0].to.host == "llm-gateway.assemblyai.com");
}

BOOST_AUTO_TEST_CASE(addresses_of_azure_speech) {
    struct row {
        std::string_view base, speaking, recognition;
    };
    const row rows[] = {
        {"", "eastus.tts.speech.microsoft.com/cognitiveservices/v1", "eastus.api.cognitive.microsoft.com/speechtotext/transcriptions:transcribe"},
        {"https://westeurope.api.cognitive.microsoft.com/", "westeurope.tts.speech.microsoft.com/cognitiveservices/v1",
         "westeurope.api.cognitive.microsoft.com/speechtotext/transcriptions:transcribe"},
        {"https://uk.tts.speech.microsoft.com/cognitiveservices/v1", "uk.tts.speech.microsoft.com/cognitiveservices/v1",
         "uk.api.cognitive.microsoft.com/speechtotext/transcriptions:transcribe"},
        {"https://chinaeast2.tts.speech.azure.cn", "chinaeast2.tts.speech.azure.cn/cognitiveservices/v1",
         "chinaeast2.api.cognitive.azure.cn/speechtotext/transcriptions:transcribe"},
        {"https://own.cognitiveservices.azure.com", "own.cognitiveservices.azure.com/tts/cognitiveservices/v1",
         "own.cognitiveservices.azure.com/speechtotext/transcriptions:transcribe"},
        {"http://127.0.0.1:81/x", "127.0.0.1:81/x/cognitiveservices/v1", "127.0.0.1:81/x/speechtotext/transcriptions:transcribe"},
    };
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.base) {
            deployment d;
            d.id = "d";
            d.provider = "azure_speech";
            d.model = "azure-tts";
            d.key = secret("k-1");
            if (r.base.empty()) d.region = "eastus";
            else d.api_base = parse_base_url(r.base).value();
            BOOST_TEST_REQUIRE(all::complete(d, no_variables()).has_value());
            deployment read = d;
            read.region.clear();
            read.api_base = base_url();
            BOOST_TEST(all::complete(read, no_variables()).has_value());
            BOOST_TEST_REQUIRE(all::complete(d, no_variables()).has_value());
            http_request out;
            outgoing speaks(codec_of<azure_speak>);
            speaks.url_end = "riff-24khz-16bit-mono-pcm";
            BOOST_TEST(azure_speech().prepare(d, speaks, out).has_value());
            BOOST_TEST(out.to->authority + out.target == r.speaking);
            BOOST_TEST(out.fields == "x-microsoft-outputformat: riff-24khz-16bit-mono-pcm\r\nuser-agent: llmx\r\nocp-apim-subscription-key: k-1\r\n");
            http_request form;
            BOOST_TEST(azure_speech().prepare(d, outgoing(codec_of<azure_transcribe>), form).has_value());
            BOOST_TEST(form.to->authority + form.target == std::string(r.recognition) + "?api-version=2024-11-15");
            BOOST_TEST(form.fields == "ocp-apim-subscription-key: k-1\r\n");
        }
    }
    deployment d;
    d.id = "d";
    d.provider = "azure_speech";
    d.model = "m";
    d.key = secret("k");
    BOOST_TEST(all::complete(d, no_variables()).has_error());
    d.region = "east us";
    BOOST_TEST(all::complete(d, no_variables()).has_error());
}

BOOST_AUTO_TEST_CASE(settings_of_local_programs) {
    const auto complete = [](local_process::settings own, std::string model = "m") {
        deployment d;
        d.id = "d";
        d.provider = "local_process";
        d.model = std::move(model);
        d.settings = any_settings::of(std::move(own));
        const auto done = all::complete(d, no_variables());
        return std::pair(done.has_error() ? done.error().message() : std::string(), d);
    };
    local_process::settings own;
    BOOST_TEST(complete(own).first.find("needs command") != std::string::npos);
    own.command = {"/bin/sh", "-c", "sleep 1000"};
    BOOST_TEST(complete(own, "m*").first.find("wildcard") != std::string::npos);
    own.protocol = "http";
    BOOST_TEST(complete(own).first.find("{port}") != std::string::npos);
    own.protocol.clear();
    auto [failed, lines] = complete(own);
    BOOST_TEST(failed == "");
    auto again = lines;
    BOOST_TEST(all::complete(again, no_variables()).has_value());
    BOOST_TEST(again.settings.get<local_process::settings>().program == lines.settings.get<local_process::settings>().program);
    BOOST_TEST(complete(own).second.settings.get<local_process::settings>().program == lines.settings.get<local_process::settings>().program);
    BOOST_TEST(local_process::takes(codec_of<openai_chat>, lines, "m"));
    BOOST_TEST(!local_process::takes(codec_of<openai_speech>, lines, "m"));
    BOOST_TEST(!local_process::takes(codec_of<openai_transcription>, lines, "m"));
    BOOST_TEST(local_process::report(lines).starts_with("{\"name\":\"m\",\"state\":\""));
    http_request out;
    outgoing what(codec_of<openai_embeddings>);
    BOOST_TEST(local_process().prepare(lines, what, out).has_value());
    BOOST_TEST(out.target == "embeddings");
    own.command = {"/bin/sh", "-c", "sleep 1000", "{port}"};
    const auto ported = complete(own).second;
    BOOST_TEST(local_process::takes(codec_of<openai_speech>, ported, "m"));
    BOOST_TEST(local_process().prepare(ported, what, out).has_value());
    BOOST_TEST(out.target == "/v1/embeddings");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace provider_recordings_unit
