// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <boost/test/data/test_case.hpp>

#include <array>

namespace limits_unit {

using namespace llmx;
using namespace server_test;

namespace {

/// One path per language, and how its errors are recognised.
struct language {
    const char* name;
    std::string path;
    std::string body;
    /// Whether \p v is an error in this language for \p status.
    bool (*is_error)(const boost::json::value& v, int status);
};
std::ostream& operator<<(std::ostream& os, const language& l) { return os << l.name; }

std::vector<language> languages() {
    const auto openai = [](const boost::json::value& v, int) {
        const auto& e = v.at("error").as_object();
        return e.at("message").is_string() && e.at("type").is_string() && e.contains("param") && e.contains("code");
    };
    const auto anthropic = [](const boost::json::value& v, int) {
        return v.at("type").as_string() == "error" && v.at("error").at("type").is_string() &&
               v.at("error").at("message").is_string();
    };
    const auto gemini = [](const boost::json::value& v, int status) {
        return v.at("error").at("code").as_int64() == status && v.at("error").at("status").is_string() &&
               v.at("error").at("message").is_string();
    };
    language o, a, g;
    o.name = "openai";
    o.path = "/v1/chat/completions";
    o.body = chat_body;
    o.is_error = openai;
    a.name = "anthropic";
    a.path = "/v1/messages";
    a.body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
    a.is_error = anthropic;
    g.name = "gemini";
    g.path = "/v1beta/models/m:generateContent";
    g.body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})";
    g.is_error = gemini;
    return {o, a, g};
}

void check_error(const language& l, const answer& a, int status) {
    BOOST_TEST_CONTEXT(l.name << ": " << a.head << a.body) {
        BOOST_TEST(a.status == status);
        BOOST_TEST(a.complete);
        BOOST_TEST(a.field("content-type") == "application/json");
        BOOST_TEST(!a.field("x-request-id").empty());
        BOOST_REQUIRE(!a.body.empty());
        BOOST_TEST(l.is_error(a.json(), status));
    }
}

server_options with_key() {
    server_options o;
    o.key = secret("sk-right");
    return o;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_limits)

BOOST_DATA_TEST_CASE(asks_for_the_key_in_the_callers_language, boost::unit_test::data::make(languages())) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, with_key());
    client c(server.port());
    c.send(post(sample.path, sample.body));
    const answer none = c.read();
    check_error(sample, none, 401);
    BOOST_TEST(none.field("www-authenticate") == "Bearer");
    for (const std::string wrong : {"Authorization: Bearer sk-wrong\r\n", "Authorization: sk-right\r\n",
                                    "x-api-key: sk-right2\r\n", "x-goog-api-key: \r\n", "api-key: sk-righ\r\n"}) {
        c.send(post(sample.path, sample.body, wrong));
        check_error(sample, c.read(), 401);
    }
    BOOST_TEST(gateway.executed == 0);
    for (const std::string right : {"Authorization: Bearer sk-right\r\n", "authorization: bearer  sk-right\r\n",
                                    "x-api-key: sk-right\r\n", "api-key: sk-right\r\n", "x-goog-api-key: sk-right\r\n"}) {
        c.send(post(sample.path, sample.body, right));
        BOOST_TEST(c.read().status == 200);
    }
    c.send(post(sample.path + "?alt=json&key=sk-right", sample.body));
    BOOST_TEST(c.read().status == 200);
    c.send(post(sample.path + "?key=sk%2Dright", sample.body));
    BOOST_TEST(c.read().status == 200);
    c.send(post(sample.path + "?monkey=sk-right", sample.body));
    BOOST_TEST(c.read().status == 401);
}

BOOST_AUTO_TEST_CASE(a_large_body_without_the_key_is_not_read) {
    fake_gateway gateway;
    running_server server(gateway, with_key());
    client c(server.port());
    c.send("POST /v1/messages HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20000000\r\n\r\n");
    const answer a = c.read();
    BOOST_TEST(a.status == 401);
    BOOST_TEST(a.field("connection") == "close");
    c.half_close();
    BOOST_TEST(c.closed());
}

BOOST_DATA_TEST_CASE(refuses_in_the_callers_language, boost::unit_test::data::make(languages())) {
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    o.limits.max_body = 1000;
    o.header_timeout = o.body_timeout = std::chrono::milliseconds(30);
    running_server server(gateway, o);
    {
        client c(server.port());
        c.send("GET " + sample.path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const answer a = c.read();
        check_error(sample, a, 405);
        BOOST_TEST(a.field("allow") == "POST, OPTIONS");
    }
    {
        client c(server.port());
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
        check_error(sample, c.read(), 413);
        c.half_close();
        BOOST_TEST(c.closed());
    }
    {
        client c(server.port());
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
        check_error(sample, c.read(), 413);
    }
    {
        client c(server.port());
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\nX-A: " + std::string(17000, 'a'));
        check_error(sample, c.read(), 431);
    }
    {
        client c(server.port()); // smuggling
        c.send("POST " + sample.path +
               " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
        check_error(sample, c.read(), 400);
        c.half_close();
        BOOST_TEST(c.closed());
        BOOST_TEST(c.pending().empty());
    }
    {
        client c(server.port()); // a head that never ends
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\n");
        check_error(sample, c.read(), 408);
    }
    {
        client c(server.port()); // a body that never ends
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{");
        check_error(sample, c.read(), 408);
    }
    {
        client c(server.port()); // half-closed in the head
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\nX-");
        c.half_close();
        check_error(sample, c.read(), 400);
        BOOST_TEST(c.closed());
    }
    {
        client c(server.port()); // half-closed in the body
        c.send("POST " + sample.path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{");
        c.half_close();
        check_error(sample, c.read(), 400);
        BOOST_TEST(c.closed());
    }
    {
        client c(server.port()); // half-closed behind a whole request: still answered
        c.send(post(sample.path, sample.body));
        c.half_close();
        BOOST_TEST(c.read().status == 200);
    }
    {
        client c(server.port());
        c.send(post(sample.path, "not json"));
        check_error(sample, c.read(), 400);
        c.send(post(sample.path, ""));
        check_error(sample, c.read(), 400);
        c.send(post(sample.path, sample.body, "Content-Encoding: zstd\r\n"));
        check_error(sample, c.read(), 415);
        c.send(post(sample.path, sample.body)); // and the connection still lives
        BOOST_TEST(c.read().status == 200);
    }
    BOOST_TEST(gateway.executed == 2);
}

BOOST_AUTO_TEST_CASE(unknown_paths_name_what_exists) {
    fake_gateway gateway;
    running_server server(gateway, with_key());
    client c(server.port());
    c.send(get("/nope"));
    const answer a = c.read();
    BOOST_TEST(a.status == 404);
    BOOST_TEST(std::string(a.json().at("error").at("message").as_string()).find("POST /v1/chat/completions") !=
               std::string::npos);
    c.send(get("/v1beta/nope"));
    BOOST_TEST(c.read().json().at("error").at("code").as_int64() == 404);
    c.send(get("/v1/messages/batches"));
    BOOST_TEST(c.read().json().at("type").as_string() == "error");
    c.send(post("/health", "{}"));
    const answer b = c.read();
    BOOST_TEST(b.status == 405);
    BOOST_TEST(b.field("allow") == "GET, HEAD, OPTIONS");
}

BOOST_AUTO_TEST_CASE(without_a_key_web_pages_are_refused) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    for (const std::string from : {"https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost.evil.example:80"}) {
        c.send(post("/v1/chat/completions", chat_body, "Origin: " + from + "\r\n"));
        BOOST_TEST(c.read().status == 403, from);
    }
    for (const std::string from : {"http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]"}) {
        c.send(post("/v1/chat/completions", chat_body, "Origin: " + from + "\r\n"));
        BOOST_TEST(c.read().status == 200, from);
    }
}

BOOST_AUTO_TEST_CASE(serves_pipelined_requests_in_order) {
    fake_gateway gateway;
    gateway.act = [](call& c) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_chat>, std::string(c.in.body));
    };
    running_server server(gateway);
    client c(server.port());
    std::string all;
    for (int i = 0; i < 20; ++i)
        all += post("/v1/chat/completions",
                    R"({"messages":[{"role":"user","content":"hi"}],"model":"m)" + std::to_string(i) + "\"}");
    c.send(all);
    for (int i = 0; i < 20; ++i) {
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.body.find("\"m" + std::to_string(i) + "\"") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(says_continue_and_reads_chunks) {
    fake_gateway gateway;
    std::string seen;
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        seen = c.in.body;
        co_return reply_with(codec_of<openai_chat>, "{}");
    };
    running_server server(gateway);
    client c(server.port());
    c.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    BOOST_TEST(c.read().status == 100);
    std::string chunks;
    for (const char ch : chat_body) {
        chunks += "1;x=y\r\n";
        chunks += ch;
        chunks += "\r\n";
    }
    c.send(chunks + "0\r\nX-Trailer: t\r\n\r\n");
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(seen == chat_body);
    c.send(post("/v1/chat/completions", chat_body, "Expect: 100-continue\r\n")); // the body is there already
    BOOST_TEST(c.read().status == 200);
}

BOOST_AUTO_TEST_CASE(reads_and_writes_large_bodies) {
    fake_gateway gateway;
    const std::string large(20'000'000, 'x');
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_chat>, std::string(c.in.body));
    };
    running_server server(gateway);
    client c(server.port());
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":")" + large + R"("}]})";
    std::thread sender([&] { c.send(post("/v1/chat/completions", body)); });
    sender.join();
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST((a.body == body));
}

BOOST_AUTO_TEST_CASE(closes_idle_connections_and_silent_ones) {
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    o.idle_timeout = std::chrono::milliseconds(20);
    o.header_timeout = std::chrono::milliseconds(20);
    running_server server(gateway, o);
    client silent(server.port());
    BOOST_TEST(silent.closed());
    BOOST_TEST(silent.pending().empty());
    client idle(server.port());
    idle.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(idle.read().status == 200);
    BOOST_TEST(idle.closed());
    BOOST_TEST(idle.pending().empty());
}

BOOST_AUTO_TEST_CASE(honours_connection_close) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body, "Connection: close\r\n"));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("connection") == "close");
    BOOST_TEST(c.closed());
}

BOOST_AUTO_TEST_CASE(too_many_connections_are_answered_503) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = until(go);
    server_options o;
    o.max_connections = 2;
    running_server server(gateway, o);
    client a(server.port()), b(server.port());
    a.send(post("/v1/chat/completions", chat_body));
    b.send(post("/v1/chat/completions", chat_body));
    wait_until([&] { return gateway.running == 2; });
    for (const language& l : languages()) {
        client c(server.port());
        c.send(post(l.path, l.body));
        const answer refused = c.read();
        check_error(l, refused, 503);
        BOOST_TEST(refused.field("retry-after") == "1");
        BOOST_TEST(refused.field("connection") == "close");
        BOOST_TEST(c.closed());
    }
    // Far too many: closed without an answer, and none of the others suffers.
    std::vector<std::unique_ptr<client>> crowd;
    for (int i = 0; i < 40; ++i) crowd.push_back(std::make_unique<client>(server.port()));
    BOOST_TEST(crowd.back()->closed());
    BOOST_TEST(gateway.executed == 2);
    go = true;
    BOOST_TEST(a.read().status == 200);
    BOOST_TEST(b.read().status == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_cancels_its_call) {
    fake_gateway gateway;
    gateway.act = waits();
    running_server server(gateway);
    { // an orderly close
        client c(server.port());
        c.send(post("/v1/chat/completions", chat_body));
        wait_until([&] { return gateway.running == 1; });
        const auto left = std::chrono::steady_clock::now();
        c.close();
        wait_until([&] { return gateway.cancelled == 1; });
        BOOST_TEST_MESSAGE("noticed after "
                           << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - left).count()
                           << " ms");
    }
    { // a reset
        client c(server.port());
        c.send(post("/v1/chat/completions", chat_body));
        wait_until([&] { return gateway.running == 1; });
        c.reset();
        wait_until([&] { return gateway.cancelled == 2; });
    }
    { // half-closed: it can still be notified
        client c(server.port());
        c.send(post("/v1/chat/completions", chat_body));
        c.half_close();
        const answer a = c.read();
        BOOST_TEST(a.status == 499);
        BOOST_TEST(gateway.cancelled == 3);
        BOOST_TEST(c.closed());
    }
    { // in the middle of a stream
        gateway.act = streams<openai_chat>({"data: 1\n\n"}, [](scripted_stream& s) { s.hang = true; });
        client c(server.port());
        c.send(post("/v1/chat/completions", stream_body));
        BOOST_TEST(c.read_until("data: 1"));
        c.close();
    }
    server.finish();
    const auto lines = server.sink->calls();
    BOOST_REQUIRE(lines.size() == 4u);
    for (const auto& l : lines) {
        BOOST_TEST(l.at("error").as_string() == "cancelled");
        BOOST_TEST(l.at("status").as_int64() == 499);
        BOOST_TEST(l.at("level").as_string() == "info");
    }
}

BOOST_AUTO_TEST_CASE(pipelined_bytes_are_no_hang_up) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        // Longer than the check for hang-ups waits, and until the second request has been sent.
        for (int i = 0; i < 20 || !go; ++i) {
            const auto slept = co_await c.on->sleep_until(c.on->now() + std::chrono::milliseconds(5), c.stop);
            if (!slept) co_return slept.error();
        }
        co_return reply_with(codec_of<openai_chat>, "{}");
    };
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    wait_until([&] { return gateway.running == 1; });
    c.send(post("/v1/chat/completions", chat_body));
    go = true;
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(c.read().status == 200);
    // And the watch works again in a later call.
    gateway.act = waits();
    c.send(post("/v1/chat/completions", chat_body));
    wait_until([&] { return gateway.executed == 3; });
    c.close();
    wait_until([&] { return gateway.cancelled == 1; });
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_given_up) {
    fake_gateway gateway;
    gateway.act = streams<openai_chat>({"data: " + std::string(60000, 'x') + "\n\n"},
                                       [](scripted_stream& s) { s.endless = true; });
    server_options o;
    o.write_timeout = std::chrono::milliseconds(50);
    running_server server(gateway, o);
    client c(server.port());
    c.send(post("/v1/chat/completions", stream_body));
    BOOST_TEST(c.read_until("data: "));
    wait_until([&] { return !server.sink->calls().empty(); });
    const auto line = server.sink->calls().front();
    BOOST_TEST(line.at("error").as_string() == "cancelled");
    BOOST_TEST(line.at("status").as_int64() == 499);
}

BOOST_AUTO_TEST_CASE(drains) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        while (!go) {
            const auto slept = co_await c.on->sleep_until(c.on->now() + std::chrono::milliseconds(1), c.stop);
            if (!slept) co_return slept.error();
        }
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    running_server server(gateway);
    client idle(server.port()), busy(server.port()), probe(server.port());
    idle.send(get("/health/liveliness"));
    BOOST_TEST(idle.read().status == 200);
    busy.send(post("/v1/chat/completions", chat_body));
    wait_until([&] { return gateway.running == 1; });
    probe.send("GET /health/readiness HTTP/1.1\r\nHost: x\r\n"); // not yet whole
    probe.send("X-A: b\r\n");
    idle.send(get("/health/liveliness"));
    BOOST_TEST(idle.read().status == 200);
    server.host().stop();
    BOOST_TEST(idle.closed()); // at once
    probe.send("\r\n");
    const answer ready = probe.read();
    BOOST_TEST(ready.status == 503);
    BOOST_TEST(ready.json().at("status").as_string() == "draining");
    BOOST_TEST(ready.field("connection") == "close");
    boost::system::error_code ec;
    asio::io_context io;
    asio::ip::tcp::socket late(io);
    late.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), server.port()), ec);
    BOOST_TEST(ec.failed());
    go = true;
    const answer a = busy.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("connection") == "close");
    BOOST_TEST(a.body == openai_reply);
    server.join();
    BOOST_TEST(gateway.cancelled == 0);
}

BOOST_AUTO_TEST_CASE(serves_once_on_the_way_down_whoever_has_connected) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway);
    client early(server.port()), used(server.port()), never(server.port());
    used.send(get("/health/liveliness"));
    BOOST_TEST(used.read().status == 200);
    server.host().stop();
    BOOST_TEST(used.closed()); // the way down has begun
    early.send(post("/v1/chat/completions", chat_body));
    const answer a = early.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("connection") == "close");
    server.join(); // who never asks anything does not hold it up
    BOOST_TEST(never.closed());
}

BOOST_AUTO_TEST_CASE(cancels_what_drain_could_not_wait_for) {
    fake_gateway gateway;
    gateway.act = waits();
    server_options o;
    o.drain = std::chrono::milliseconds(20);
    running_server server(gateway, o);
    client c(server.port()), d(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    d.send(post("/v1/messages", "{")); // answered, then idle
    wait_until([&] { return gateway.running == 1; });
    server.finish();
    BOOST_TEST(gateway.cancelled == 1);
    const answer a = c.read();
    BOOST_TEST(a.status == 503);
    BOOST_TEST(a.field("retry-after") == "1");
    BOOST_TEST(c.closed());
}

BOOST_AUTO_TEST_CASE(a_second_stop_does_not_wait) {
    fake_gateway gateway;
    gateway.act = waits();
    running_server server(gateway);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    wait_until([&] { return gateway.running == 1; });
    server.host().stop();
    server.host().stop();
    server.join();
    BOOST_TEST(gateway.cancelled == 1);
}

BOOST_AUTO_TEST_CASE(serves_on_many_threads) {
    for (const bool single : {false, true}) {
        fake_gateway gateway;
        gateway.act = says();
        server_options o;
        o.threads = 3;
        o.single_acceptor = single;
        running_server server(gateway, o);
        BOOST_TEST(server.host().threads() == 3u);
        std::vector<std::unique_ptr<client>> clients;
        for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<client>(server.port()));
        for (auto& c : clients) c->send(post("/v1/chat/completions", chat_body));
        for (auto& c : clients) BOOST_TEST(c->read().status == 200);
        BOOST_TEST(gateway.executed == 30);
    }
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot_listen) {
    fake_gateway gateway;
    running_server first(gateway);
    const auto attempt = [&](const std::string& host, std::uint16_t port, unsigned threads, const char* key) {
        server_options o;
        o.host = host;
        o.port = port;
        o.threads = threads;
        o.key = secret(key);
        test_server s(gateway, o);
        const auto r = s.listen();
        return r ? std::string() : r.error().message();
    };
    for (const unsigned threads : {1u, 2u}) {
        const std::string said = attempt("127.0.0.1", first.port(), threads, "");
        BOOST_TEST(said.find("127.0.0.1:" + std::to_string(first.port())) != std::string::npos, said);
        BOOST_TEST(said.find('\n') == std::string::npos);
    }
    for (const std::string host : {"0.0.0.0", "::", "192.0.2.1", "gateway.example"})
        BOOST_TEST(attempt(host, 0, 1, "").find("no key") != std::string::npos, host);
    BOOST_TEST(attempt("192.0.2.1", 0, 1, "k").find("cannot listen") != std::string::npos);
    BOOST_TEST(attempt("localhost", 0, 1, "").empty());
    // Two servers whose threads share their port must not share it with each other.
    server_options o;
    o.port = 0;
    o.threads = 2;
    test_server two(gateway, o);
    BOOST_REQUIRE(two.listen());
    BOOST_TEST(attempt("127.0.0.1", two.port(), 2, "").find("another program") != std::string::npos);
    BOOST_TEST(two.description().find("no key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reloads_beside_the_calls) {
    fake_gateway gateway;
    gateway.act = says();
    std::promise<std::thread::id> where;
    server_options o;
    o.reload = [&] { where.set_value(std::this_thread::get_id()); };
    running_server server(gateway, o);
    std::thread::id serving;
    gateway.act = [&](call&) -> asio::awaitable<result<reply>> {
        serving = std::this_thread::get_id();
        co_return reply_with(codec_of<openai_chat>, "{}");
    };
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(c.read().status == 200);
    server.host().reload();
    BOOST_TEST((where.get_future().get() != serving));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace limits_unit
