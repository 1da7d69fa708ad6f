// SPDX-License-Identifier: BSL-1.0
// Speech, transcriptions and translations behind a socket.
#include "support.hpp"

#include <llmx/core/token_estimate.hpp>

namespace audio_unit {

using namespace llmx;
using namespace server_test;

namespace {

const std::string transcript = R"({"text":"Hi"})";

std::string file_of(std::string_view octets) {
    return "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n" +
           std::string(octets) + "\r\n";
}
std::string field(std::string_view name, std::string_view value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) + "\r\n";
}
std::string post_form(std::string_view path, const std::string& parts, std::string_view type = "multipart/form-data; boundary=XX") {
    const std::string body = parts + "--XX--\r\n";
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Type: " + std::string(type) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Relays \p pieces of the media type \p type.
template <class C>
fake_gateway::behaviour relays(std::string type, std::vector<std::string> pieces,
                               std::function<void(scripted_stream&)> set = std::function<void(scripted_stream&)>()) {
    return streams<C>(std::move(pieces), [type, set](scripted_stream& s) {
        s.type = type;
        if (set) set(s);
    });
}

constexpr std::string_view speech_body = R"({"model":"m","input":"hi","voice":"nova"})";
constexpr std::string_view events_body = R"({"model":"m","input":"hi","voice":"nova","stream_format":"sse"})";

} // namespace

BOOST_AUTO_TEST_SUITE(server_audio)

BOOST_AUTO_TEST_CASE(speech_has_the_type_that_the_provider_names) {
    fake_gateway gateway;
    const std::string octets("ID3\0\xff\r\n", 7);
    running_server server(gateway);
    client c(server.port());
    for (const std::string type : {"audio/mpeg", "audio/wav", "audio/pcm;rate=24000"}) {
        gateway.act = relays<openai_speech>(type, {octets, octets});
        c.send(post("/v1/audio/speech", speech_body));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.complete);
        BOOST_TEST(a.field("content-type") == type);
        BOOST_TEST(a.body == octets + octets);
        BOOST_TEST(a.field("x-llmx-model") == "fake-large");
    }
    gateway.act = relays<openai_speech>("", {octets});
    c.send(post("/v1/audio/speech", speech_body));
    BOOST_TEST(c.read().field("content-type") == "application/octet-stream");
}

BOOST_AUTO_TEST_CASE(octets_are_relayed_as_they_arrive) {
    fake_gateway gateway;
    std::atomic<int> allowed{0};
    gateway.act = relays<openai_speech>("audio/mpeg", {"first", "second", "third"}, [&](scripted_stream& s) { s.allowed = &allowed; });
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/audio/speech", speech_body));
    BOOST_TEST(c.read_until("first"));
    BOOST_TEST(c.pending().find("second") == std::string::npos);
    allowed = 1;
    BOOST_TEST(c.read_until("second"));
    BOOST_TEST(c.pending().find("third") == std::string::npos);
    allowed = 2;
    const answer a = c.read();
    BOOST_TEST(a.complete);
    BOOST_TEST(a.body == "firstsecondthird");
}

BOOST_AUTO_TEST_CASE(what_breaks_off_is_no_clean_end) {
    fake_gateway gateway;
    const auto breaks = [](scripted_stream& s) { s.failure = error(errc::truncated); };
    gateway.act = relays<openai_speech>("audio/mpeg", {"octets"}, breaks);
    running_server server(gateway);
    {
        client c(server.port());
        c.send(post("/v1/audio/speech", speech_body));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(!a.complete);
        BOOST_TEST(a.body == "octets");
    }
    gateway.act = relays<openai_speech>("audio/mpeg", {}, breaks);
    client c(server.port());
    c.send(post("/v1/audio/speech", speech_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 502);
    BOOST_TEST(a.json().at("error").is_object());
}

BOOST_AUTO_TEST_CASE(events_are_events_and_whole_answers_keep_their_type) {
    fake_gateway gateway;
    const std::string done = "data: {\"type\":\"speech.audio.done\"}\n\n";
    bool streamed = false;
    running_server server(gateway);
    client c(server.port());
    gateway.act = [&](call& k) -> asio::awaitable<result<reply>> {
        streamed = k.in.stream;
        auto s = std::make_unique<scripted_stream>(k, std::vector<std::string>{done});
        s->type = "text/event-stream";
        reply r;
        r.codec = &codec_of<openai_speech>;
        r.stream = std::move(s);
        co_return r;
    };
    c.send(post("/v1/audio/speech", events_body));
    const answer a = c.read();
    BOOST_TEST(streamed);
    BOOST_TEST(a.field("content-type") == "text/event-stream; charset=utf-8");
    BOOST_TEST(a.body == done);
    // Of a model that has no events.
    gateway.act = relays<openai_transcription>("application/json", {transcript});
    c.send(post_form("/v1/audio/transcriptions", file_of("x") + field("model", "m") + field("stream", "true")));
    const answer b = c.read();
    BOOST_TEST(b.field("content-type") == "application/json");
    BOOST_TEST(b.body == transcript);
}

BOOST_AUTO_TEST_CASE(a_transcription_is_json_or_text) {
    fake_gateway gateway;
    std::string body, type, model, operation;
    std::uint64_t estimate = 0;
    gateway.act = [&](call& k) -> asio::awaitable<result<reply>> {
        body = k.in.body;
        type = k.in.content_type;
        model = k.model;
        operation = k.in.operation->name;
        estimate = k.in.estimated_tokens;
        co_return reply_with(codec_of<openai_transcription>, transcript);
    };
    running_server server(gateway);
    client c(server.port());
    const std::string parts = file_of("RIFF") + field("model", "m");
    c.send(post_form("/v1/audio/transcriptions", parts));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("content-type") == "application/json");
    BOOST_TEST(a.body == transcript);
    BOOST_TEST(body == parts + "--XX--\r\n");
    BOOST_TEST(type == "multipart/form-data; boundary=XX");
    BOOST_TEST(model == "m");
    BOOST_TEST(operation == "transcription");
    BOOST_TEST(estimate == tokens_of_media);

    gateway.act = relays<openai_transcription>("text/plain; charset=utf-8", {"WEB", "VTT\n"});
    c.send(post_form("/v1/audio/transcriptions", parts + field("response_format", "vtt")));
    const answer b = c.read();
    BOOST_TEST(b.field("content-type") == "text/plain; charset=utf-8");
    BOOST_TEST(b.body == "WEBVTT\n");
    BOOST_TEST(b.complete);
}

BOOST_AUTO_TEST_CASE(every_path_is_served) {
    fake_gateway gateway;
    std::vector<std::string> seen;
    gateway.act = [&](call& k) -> asio::awaitable<result<reply>> {
        seen.push_back(std::string(k.in.operation->name) + " " + std::string(k.model) + (k.in.must_translate ? " anew" : ""));
        co_return error(errc::not_found);
    };
    running_server server(gateway);
    client c(server.port());
    const std::string parts = file_of("x") + field("model", "m");
    for (const std::string base : {"/v1", "", "/openai/deployments/d%2F1"}) {
        c.send(post(base + "/audio/speech", speech_body));
        BOOST_TEST(c.read().status == 404);
        for (const std::string path : {"/audio/transcriptions", "/audio/translations?api-version=1"}) {
            c.send(post_form(base + path, parts));
            BOOST_TEST(c.read().status == 404);
        }
    }
    c.send(post_form("/openai/deployments/d/audio/transcriptions", file_of("x")));
    (void)c.read();
    const std::vector<std::string> expected = {"speech m",     "transcription m",     "translation m",
                                               "speech m",     "transcription m",     "translation m",
                                               "speech d/1",   "transcription d/1",   "translation d/1", "transcription d anew"};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
    c.send(get("/v1/audio/speech"));
    BOOST_TEST(c.read().status == 405);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_before_anything_is_sent) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    const auto refused = [&](const std::string& request, int status, std::string_view param) {
        c.send(request);
        const answer a = c.read();
        BOOST_TEST(a.status == status);
        const boost::json::value body = a.json();
        const auto& e = body.at("error");
        BOOST_TEST((e.at("param").is_string() ? std::string_view(e.at("param").as_string()) : std::string_view()) == param);
    };
    refused(post("/v1/audio/speech", R"({"model":"m"})"), 400, "input");
    refused(post("/v1/audio/transcriptions", "{}"), 415, "content-type");
    refused(post_form("/v1/audio/transcriptions", file_of("x")), 400, "model");
    refused(post_form("/v1/audio/transcriptions", field("model", "m")), 400, "file");
    refused(post_form("/v1/audio/translations", file_of("x") + field("model", "m") + field("model", "n")), 400, "model");
    BOOST_TEST(gateway.executed == 0);
}

BOOST_AUTO_TEST_CASE(a_form_of_five_megabytes_is_read_whole) {
    fake_gateway gateway;
    std::string octets(5 * 1024 * 1024, '\0');
    std::uint32_t state = 1;
    for (char& b : octets) {
        state = state * 1664525u + 1013904223u;
        b = static_cast<char>(state >> 24);
    }
    bool same = false;
    std::string model;
    gateway.act = [&](call& k) -> asio::awaitable<result<reply>> {
        same = k.in.body.find(octets) != std::string_view::npos;
        model = k.in.body.substr(k.in.model_begin, k.in.model_end - k.in.model_begin);
        co_return reply_with(codec_of<openai_transcription>, transcript);
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post_form("/v1/audio/transcriptions", file_of(octets) + field("model", "m")));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(same);
    BOOST_TEST(model == "m");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace audio_unit
