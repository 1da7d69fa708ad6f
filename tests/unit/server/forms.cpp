// SPDX-License-Identifier: BSL-1.0
// Forms with files, sent on while they come: only what stands before the model is held.
#include "support.hpp"

#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/transport/body_source.hpp>

namespace forms_unit {

using namespace llmx;
using namespace server_test;

namespace {

const std::string crlf = "\r\n";
std::string field(const std::string& name, const std::string& value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + crlf;
}
std::string file(const std::string& data) {
    return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n" + data + crlf;
}
std::string head(std::size_t size, const std::string& more = std::string()) {
    return "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
           std::to_string(size) + crlf + more + crlf;
}
constexpr std::string_view transcript = R"({"text":"hello"})";

/// Takes the whole form, as an upstream would.
struct form_gateway : fake_gateway {
    form_gateway() {
        act = [this](call& c) -> asio::awaitable<result<reply>> {
            ++calls;
            model = c.model;
            held = c.in.body.size();
            form.assign(c.in.body);
            pulled = c.in.source != nullptr;
            declared.reset();
            if (pulled) declared = c.in.source->size();
            while (pulled) {
                const result<std::string_view> piece = co_await c.in.source->read_some();
                if (!piece) co_return piece.error();
                if (piece->empty()) break;
                largest = std::max(largest, piece->size());
                form += *piece;
            }
            repeatable = c.in.may_be_repeated();
            co_return reply_with(codec_of<openai_transcription>, std::string(transcript));
        };
    }
    int calls = 0;
    std::string model, form;
    std::size_t held = 0, largest = 0;
    std::optional<std::uint64_t> declared;
    bool pulled = false, repeatable = true;
};

} // namespace

BOOST_AUTO_TEST_SUITE(server_forms)

BOOST_AUTO_TEST_CASE(a_form_that_is_to_be_translated_is_read_whole) {
    form_gateway gateway;
    gateway.takes_forms = false;
    running_server server(gateway);
    client c(server.port());
    const std::string form = field("model", "whisper") + file(std::string(300'000, 'w')) + "--b--\r\n";
    c.send(head(form.size()) + form);
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(gateway.model == "whisper");
    BOOST_TEST(!gateway.pulled);
    BOOST_TEST(gateway.held == form.size());
    BOOST_TEST(gateway.repeatable);
    // What is malformed behind the model is found before a provider is called.
    const std::string broken = field("model", "whisper") + file("w") + field("model", "other") + "--b--\r\n";
    client again(server.port());
    again.send(head(broken.size()) + broken);
    BOOST_TEST(again.read().status == 400);
    BOOST_TEST(gateway.calls == 1);
}

BOOST_AUTO_TEST_CASE(what_follows_the_model_is_pulled_while_it_is_sent) {
    form_gateway gateway;
    running_server server(gateway);
    client c(server.port());
    const std::string form = field("model", "whisper") + file(std::string(5 << 20, 'w')) + "--b--\r\n";
    c.send(head(form.size()) + form);
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.body == transcript);
    BOOST_TEST(gateway.model == "whisper");
    BOOST_TEST((gateway.form == form));
    BOOST_TEST(gateway.pulled);
    BOOST_TEST(!gateway.repeatable);
    BOOST_TEST(gateway.held < 128u * 1024);
    BOOST_TEST(gateway.largest < 128u * 1024);
    BOOST_TEST(gateway.declared.value() + gateway.held == form.size());
    // The connection goes on.
    c.send(head(form.size()) + form);
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(gateway.calls == 2);
}

BOOST_AUTO_TEST_CASE(a_model_behind_the_file_holds_the_file) {
    form_gateway gateway;
    running_server server(gateway);
    client c(server.port());
    const std::string form = file(std::string(1 << 20, 'w')) + field("model", "whisper") + field("language", "de") + "--b--\r\n";
    c.send(head(form.size()) + form);
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST((gateway.form == form));
    BOOST_TEST(gateway.held > 1u << 20);
}

BOOST_AUTO_TEST_CASE(a_second_model_ends_the_request) {
    form_gateway gateway;
    running_server server(gateway);
    client c(server.port());
    const std::string form = field("model", "cheap") + file(std::string(200000, 'w')) + field("model", "dear") + "--b--\r\n";
    c.send(head(form.size()) + form);
    const answer a = c.read();
    BOOST_TEST(a.status == 400);
    BOOST_TEST(a.body.find("\"param\":\"model\"") != std::string::npos, a.body);
}

BOOST_AUTO_TEST_CASE(wrong_forms_are_refused_in_one_line) {
    form_gateway gateway;
    running_server server(gateway);
    const auto refused = [&](const std::string& request, int status, const std::string& word) {
        client c(server.port());
        c.send(request);
        const answer a = c.read();
        BOOST_TEST(a.status == status, a.body);
        BOOST_TEST(a.body.find(word) != std::string::npos, a.body);
    };
    const std::string no_model = file("w") + "--b--\r\n";
    refused(head(no_model.size()) + no_model, 400, "model");
    const std::string json = R"({"model":"m"})";
    refused("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(json.size()) + "\r\n\r\n" + json,
            415, "multipart");
    const std::string long_model = field("model", std::string(2000, 'm')) + file("w") + "--b--\r\n";
    refused(head(long_model.size()) + long_model, 400, "512");
    const std::string broken = field("model", "m") + "--b\r\nno header\r\n\r\nx--b--\r\n";
    refused(head(broken.size()) + broken, 400, "");
}

BOOST_AUTO_TEST_CASE(a_client_that_hangs_up_ends_the_call) {
    form_gateway gateway;
    running_server server(gateway);
    {
        client c(server.port());
        const std::string form = field("model", "m") + file(std::string(100000, 'w'));
        c.send(head(form.size() + 100000) + form);
    }
    server.finish();
    BOOST_TEST(gateway.form.size() < 110000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace forms_unit
