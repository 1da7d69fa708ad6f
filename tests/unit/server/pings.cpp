// SPDX-License-Identifier: BSL-1.0
// Streams that bring nothing for a while: what keeps the client's connection open meanwhile.
#include "support.hpp"

#include <sstream>

namespace pings_unit {

using namespace llmx;
using namespace server_test;

namespace {

constexpr std::string_view anthropic_body =
    R"({"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]})";
constexpr std::string_view gemini_body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";

/// A language's way to ask for a stream, and what it has for pings.
struct asked {
    std::string_view path, body, type, ping, failure;
};
constexpr asked forms[] = {
    {"/v1/chat/completions", stream_body, "text/event-stream; charset=utf-8", ": ping\n\n", "data: {\"error\":"},
    {"/v1/messages", anthropic_body, "text/event-stream; charset=utf-8", "event: ping\ndata: {\"type\": \"ping\"}\n\n", "event: error\n"},
    {"/v1beta/models/m:streamGenerateContent?alt=sse", gemini_body, "text/event-stream; charset=utf-8", gemini_generate::ping,
     "data: {\"error\":"},
    {"/v1beta/models/m:streamGenerateContent", gemini_body, "application/json; charset=utf-8", "\n", "{\"error\":"},
};

const std::vector<std::string> pieces{
    R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"f","choices":[{"index":0,"delta":{"content":"hello"}}]})"
    "\n\n",
    R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"f","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
    "\n\ndata: [DONE]\n\n"};

/// Does what \p then does once \p go is true.
fake_gateway::behaviour once(const std::atomic<bool>& go, fake_gateway::behaviour then) {
    return [&go, then](call& c) -> asio::awaitable<result<reply>> {
        while (!go) {
            const auto slept = co_await c.on->sleep_until(c.on->now() + std::chrono::milliseconds(1), c.stop);
            if (!slept) co_return slept.error();
        }
        result<reply> r = co_await then(c);
        co_return std::move(r);
    };
}

/// Does what \p then does, but for calls of another model, which wait.
fake_gateway::behaviour beside_waiting(fake_gateway::behaviour then) {
    return [then, wait = waits()](call& c) -> asio::awaitable<result<reply>> {
        const bool other = c.model == "vendor/m-2";
        result<reply> r = error(errc::internal);
        if (other) r = co_await wait(c);
        else r = co_await then(c);
        co_return std::move(r);
    };
}
/// Returns when a stream that began now has got several pings from a server with `beside_waiting`.
void let_intervals_pass(fake_gateway& gateway, running_server& server) {
    const int before = gateway.cancelled;
    client other(server.port());
    other.send(post("/v1/chat/completions", R"({"model":"vendor/m-2","messages":[{"role":"user","content":"hi"}],"stream":true})"));
    const std::string one = "8\r\n: ping\n\n\r\n";
    BOOST_TEST(other.read_until(one + one + one));
    other.close();
    wait_until([&] { return gateway.cancelled > before; });
}

server_options soon() {
    server_options o;
    o.stream_ping_interval = std::chrono::milliseconds(1);
    return o;
}

std::string chunk_of(std::string_view text) {
    std::ostringstream size;
    size << std::hex << text.size();
    return size.str() + "\r\n" + std::string(text) + "\r\n";
}

/// \p body without \p ping, of which it has some.
std::string without(std::string body, std::string_view ping) {
    for (std::size_t at = 0; (at = body.find(ping)) != std::string::npos;) body.erase(at, ping.size());
    return body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_pings)

BOOST_AUTO_TEST_CASE(a_stream_that_begins_late_is_announced_and_then_whole_in_each_language) {
    for (const asked& form : forms) {
        BOOST_TEST_CONTEXT(form.path) {
            fake_gateway gateway;
            std::atomic<bool> go{true};
            gateway.act = once(go, streams<openai_chat>(pieces));
            server_options quiet;
            quiet.stream_ping_interval = duration::zero();
            std::string expected;
            {
                running_server server(gateway, quiet);
                client c(server.port());
                c.send(post(form.path, form.body, "x-request-id: r\r\n"));
                expected = c.read().body;
            }
            go = false;
            running_server server(gateway, soon());
            client c(server.port());
            c.send(post(form.path, form.body, "x-request-id: r\r\n"));
            BOOST_TEST(c.read_until(chunk_of(form.ping) + chunk_of(form.ping)));
            go = true;
            const answer a = c.read();
            BOOST_TEST(a.status == 200);
            BOOST_TEST(a.complete);
            BOOST_TEST(a.field("content-type") == form.type);
            BOOST_TEST(a.field("x-accel-buffering") == "no");
            BOOST_TEST(a.field("x-request-id") == "r");
            BOOST_TEST(a.body.starts_with(form.ping));
            BOOST_TEST(without(a.body, form.ping) == without(expected, form.ping));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_failure_behind_pings_is_the_streams_error_event_in_each_language) {
    for (const asked& form : forms) {
        BOOST_TEST_CONTEXT(form.path) {
            fake_gateway gateway;
            std::atomic<bool> go{false};
            gateway.act = once(go, fails(error(errc::overloaded, "all are busy")));
            running_server server(gateway, soon());
            client c(server.port());
            c.send(post(form.path, form.body, "x-request-id: mine\r\n"));
            BOOST_TEST(c.read_until(chunk_of(form.ping)));
            go = true;
            const answer a = c.read();
            BOOST_TEST(a.status == 200);
            BOOST_TEST(!a.complete);
            BOOST_TEST(a.body.find(form.failure) != std::string::npos);
            BOOST_TEST(a.body.find("all are busy") != std::string::npos);
            if (form.path == "/v1/messages") {
                BOOST_TEST(a.body.find(R"("request_id":"mine")") != std::string::npos);
                BOOST_TEST(a.field("request-id") == "mine");
            }
            server.finish();
            const auto line = server.sink->calls().front();
            BOOST_TEST(line.at("level").as_string() == "error");
            BOOST_TEST(line.at("error").as_string() == "overloaded");
        }
    }
}

BOOST_AUTO_TEST_CASE(pings_come_between_events_and_never_within_one) {
    fake_gateway gateway;
    std::atomic<int> allowed{0};
    // The second piece ends within an event, and the third completes it.
    gateway.act = beside_waiting(streams<openai_chat>({pieces[0], "data: {\"half\":", "1}\n\n", pieces[1]},
                                                      [&](scripted_stream& s) { s.allowed = &allowed; }));
    running_server server(gateway, soon());
    client c(server.port());
    c.send(post("/v1/chat/completions", stream_body));
    BOOST_TEST(c.read_until(chunk_of(pieces[0]) + chunk_of(": ping\n\n")));
    allowed = 1;
    BOOST_TEST(c.read_until("half"));
    let_intervals_pass(gateway, server);
    allowed = 2;
    BOOST_TEST(c.read_until(chunk_of("1}\n\n") + chunk_of(": ping\n\n")));
    allowed = 3;
    const answer a = c.read();
    BOOST_TEST(a.complete);
    BOOST_TEST(without(a.body, ": ping\n\n") == pieces[0] + "data: {\"half\":1}\n\n" + pieces[1]);
    BOOST_TEST(a.body.find("{\"half\":1}") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(whole_answers_and_clients_of_http_1_0_get_what_they_understand) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = beside_waiting(once(go, fails(error(errc::overloaded))));
    running_server server(gateway, soon());
    client whole(server.port());
    whole.send(post("/v1/chat/completions", chat_body));
    let_intervals_pass(gateway, server);
    go = true;
    BOOST_TEST(whole.read().status == 503);

    go = false;
    gateway.act = once(go, streams<openai_chat>(pieces));
    client old(server.port());
    std::string request = post("/v1/chat/completions", stream_body);
    request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
    old.send(request);
    BOOST_TEST(old.read_until(": ping\n\n: ping\n\n"));
    go = true;
    const answer a = old.read();
    BOOST_TEST(a.complete);
    BOOST_TEST(a.field("transfer-encoding").empty());
    BOOST_TEST(without(a.body, ": ping\n\n") == pieces[0] + pieces[1]);
}

BOOST_AUTO_TEST_CASE(the_next_request_of_the_connection_has_no_pings_of_the_last) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = once(go, streams<openai_chat>(pieces));
    running_server server(gateway, soon());
    client c(server.port());
    c.send(post("/v1/chat/completions", stream_body));
    BOOST_TEST(c.read_until(": ping\n\n"));
    go = true;
    BOOST_TEST(c.read().complete);
    go = false;
    gateway.act = beside_waiting(until(go));
    c.send(post("/v1/chat/completions", chat_body));
    let_intervals_pass(gateway, server);
    go = true;
    const answer a = c.read();
    BOOST_TEST(a.body == openai_reply);
    BOOST_TEST(a.field("content-type") == "application/json");
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_while_it_gets_pings_has_cancelled) {
    fake_gateway gateway;
    gateway.act = waits();
    running_server server(gateway, soon());
    {
        client c(server.port());
        c.send(post("/v1/chat/completions", stream_body));
        BOOST_TEST(c.read_until(": ping\n\n"));
        c.close();
        wait_until([&] { return gateway.cancelled == 1; });
    }
    server.finish();
    const auto line = server.sink->calls().front();
    BOOST_TEST(line.at("status").as_int64() == 499);
    BOOST_TEST(line.at("level").as_string() == "info");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace pings_unit
