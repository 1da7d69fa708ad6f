// SPDX-License-Identifier: BSL-1.0
// Request bodies that an endpoint reads while it runs.
#include "support.hpp"

#include <llmx/core/origin.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <atomic>
#include <string>
#include <thread>

namespace streamed_bodies_unit {

using namespace llmx;
using namespace server_test;

namespace streamed_test {

/// What the endpoints have seen.
struct records {
    std::atomic<int> begun{0}, failed{0}, cancelled_calls{0};
    std::atomic<std::size_t> bytes{0}, largest_piece{0}, most_memory{0};
    std::atomic<int> last_error{0};
    std::atomic<std::uint16_t> relay_to{0};
    void clear() {
        begun = failed = cancelled_calls = last_error = 0;
        bytes = largest_piece = most_memory = 0;
    }
};
inline records seen;
inline std::shared_ptr<memory_budget> budget;

inline std::string digest(std::uint64_t h, std::size_t n) { return std::to_string(n) + " " + std::to_string(h); }
inline std::uint64_t mix(std::uint64_t h, std::string_view bytes) {
    for (const char c : bytes) h = h * 1099511628211u + static_cast<unsigned char>(c);
    return h;
}

/// `/sum` reads all and answers a checksum; `/early` reads nothing, `/some` one piece; `/slow` pauses;
/// `/echo` sends back what comes as it comes; `/relay` sends the body on to `/sum` of another server.
struct streaming_endpoint {
    static constexpr std::string_view usage = "/sum";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool streams_body = true;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        for (const std::string_view own : {"/sum", "/early", "/some", "/slow", "/echo", "/relay"})
            if (path == own) return endpoint_match::of(method, "GET, POST");
        return endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    static asio::awaitable<void> failed(server_connection& c, const error& e) {
        ++seen.failed;
        seen.last_error = static_cast<int>(e.value());
        if (c.context().cancellation.cancelled()) ++seen.cancelled_calls;
        co_await c.fail(e);
    }
    template <server_gateway Gateway> static asio::awaitable<void> serve(server_connection& c, Gateway&) {
        ++seen.begun;
        const std::string path(c.head().path);
        if (path == "/early") {
            co_await c.reply(200, "text/plain", "early");
            co_return;
        }
        if (path == "/relay") {
            co_await relay(c);
            co_return;
        }
        if (path == "/echo") c.begin_stream("text/plain");
        std::uint64_t h = 0;
        std::size_t n = 0;
        for (;;) {
            const result<std::string_view> piece = co_await c.body_reader().read_some();
            if (!piece) {
                if (path == "/echo") co_await c.cut_stream(std::string_view(), piece.error());
                else co_await failed(c, piece.error());
                co_return;
            }
            if (piece->empty()) break;
            if (piece->size() > seen.largest_piece) seen.largest_piece = piece->size();
            if (budget && budget->in_use() > seen.most_memory) seen.most_memory = budget->in_use();
            h = mix(h, *piece);
            n += piece->size();
            seen.bytes += piece->size();
            if (path == "/echo") co_await c.write(*piece);
            if (path == "/slow") {
                const auto slept = co_await c.on().sleep_until(c.on().now() + std::chrono::milliseconds(60), c.context().cancellation);
                if (!slept) {
                    co_await failed(c, slept.error());
                    co_return;
                }
            }
            if (path == "/some") break;
        }
        if (path == "/echo") {
            co_await c.end_stream();
            co_return;
        }
        c.scratch() = digest(h, n);
        co_await c.reply(200, "text/plain", c.scratch());
    }
    static asio::awaitable<void> relay(server_connection& c) {
        origin to;
        to.host = "127.0.0.1";
        to.port = seen.relay_to;
        to.authority = "127.0.0.1:" + std::to_string(to.port);
        http_request r;
        r.to = &to;
        r.target = "/sum";
        r.source = &c.body_reader();
        http_limits limits;
        limits.deadline = c.on().now() + std::chrono::seconds(20);
        result<http_response> reply = co_await c.on().transport().exchange(r, limits, c.context().cancellation);
        if (!reply) {
            co_await failed(c, reply.error());
            co_return;
        }
        const result<void> read = co_await reply->body->read_all(c.scratch());
        if (!read) {
            co_await failed(c, read.error());
            co_return;
        }
        co_await c.reply(reply->status, "text/plain", c.scratch());
    }
};
/// The same without `streams_body`.
struct whole_endpoint : streaming_endpoint {
    static constexpr bool streams_body = false;
};

template <class E = streaming_endpoint> class bench {
public:
    explicit bench(server_options o = server_options()) : sink(std::make_shared<memory_sink>()), server_(gateway_, prepared(std::move(o))) {
        BOOST_REQUIRE(server_.listen());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~bench() { finish(); }
    void finish() {
        if (!thread_.joinable()) return;
        server_.stop();
        thread_.join();
    }
    server_host& host() { return server_; }
    std::uint16_t port() const { return server_.port(); }
    std::shared_ptr<memory_sink> sink;

private:
    server_options prepared(server_options o) {
        o.port = 0;
        o.threads = 1;
        o.handle_signals = false;
        o.log.sink = sink;
        o.log.level = log_level::debug;
        o.memory = std::make_shared<memory_budget>(64 * 1024 * 1024);
        budget = o.memory;
        seen.clear();
        return o;
    }
    fake_gateway gateway_;
    server<fake_gateway, E, openai_chat_endpoint> server_;
    std::thread thread_;
};

inline std::string some_text(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>('a' + (i * i + i / 251) % 26);
    return s;
}
inline std::string in_chunks(std::string_view body, std::size_t size) {
    std::string s;
    char digits[16];
    for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
        const std::string_view chunk = body.substr(0, size);
        s.append(digits, std::to_chars(digits, digits + 16, chunk.size(), 16).ptr);
        s += "\r\n";
        s += chunk;
        s += "\r\n";
    }
    return s + "0\r\n\r\n";
}
inline std::string upload(std::string_view path, std::string_view body, bool chunked, std::size_t size = 5'000) {
    std::string s = "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n";
    if (!chunked) return s + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    return s + "Transfer-Encoding: chunked\r\n\r\n" + in_chunks(body, size);
}
inline std::string digest_of(std::string_view body) { return digest(mix(0, body), body.size()); }

} // namespace streamed_test

using namespace streamed_test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(server_streamed_bodies)

BOOST_DATA_TEST_CASE(an_endpoint_reads_the_body_itself, data::make({false, true}), chunked) {
    bench<> b;
    client c(b.port());
    std::size_t sent = 0;
    for (const std::size_t n : {0u, 1u, 100u, 16'000u, 20'000u, 3'000'000u}) {
        const std::string body = some_text(n);
        c.send(upload("/sum", body, chunked));
        sent += n;
        const answer a = c.read();
        BOOST_TEST(a.status == 200, a.body);
        BOOST_TEST(a.body == digest_of(body));
        BOOST_TEST(a.field("connection").empty());
    }
    BOOST_TEST(seen.bytes == sent);
    BOOST_TEST(seen.largest_piece <= 17u * 1024);
    BOOST_TEST(seen.most_memory == 0u, "nothing but the connection's own buffer holds it");
    b.finish();
    const auto lines = b.sink->calls();
    BOOST_REQUIRE(lines.size() == 6u);
    BOOST_TEST(lines.back().at("bytes_in").as_int64() == 3'000'000);
}

BOOST_DATA_TEST_CASE(a_body_comes_at_any_split, data::make({false, true}), chunked) {
    bench<> b;
    client c(b.port());
    const std::string body = some_text(40);
    const std::string text = upload("/sum", body, chunked, 7);
    for (std::size_t at = 1; at < text.size(); ++at) {
        c.send(text.substr(0, at));
        std::this_thread::yield();
        c.send(text.substr(at));
        const answer a = c.read();
        BOOST_TEST(a.body == digest_of(body), at);
    }
    for (const char byte : text) c.send(std::string_view(&byte, 1));
    BOOST_TEST(c.read().body == digest_of(body));
}

BOOST_DATA_TEST_CASE(what_follows_the_body_is_the_next_request, data::make({false, true}), chunked) {
    bench<> b;
    client c(b.port());
    const std::string one = some_text(30'000), two = some_text(10), three = some_text(50'000);
    c.send(upload("/sum", one, chunked) + upload("/sum", two, !chunked) + upload("/some", two, false) +
           upload("/sum", three, chunked) + "GET /sum HTTP/1.1\r\nHost: x\r\n\r\n");
    for (const std::string_view body : {std::string_view(one), std::string_view(two), std::string_view(two), std::string_view(three)})
        BOOST_TEST(c.read().body == digest_of(body));
    BOOST_TEST(c.read().body == digest_of(""));
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_streams_not_gets_the_body_in_one_piece) {
    bench<whole_endpoint> b;
    client c(b.port());
    const std::string body = some_text(200'000);
    c.send(upload("/sum", body, true));
    BOOST_TEST(c.read().body == digest_of(body));
    BOOST_TEST(seen.largest_piece == body.size());
}

BOOST_AUTO_TEST_CASE(continue_is_sent_when_the_body_is_read) {
    bench<> b;
    {
        client c(b.port());
        c.send("POST /sum HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        BOOST_TEST(c.read().status == 100);
        c.send("hello");
        BOOST_TEST(c.read().body == digest_of("hello"));
    }
    {
        client c(b.port()); // not when it is there already
        c.send("POST /sum HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
        BOOST_TEST(c.read().status == 200);
    }
    {
        client c(b.port()); // nor when it is not wanted
        c.send("POST /early HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.field("connection") == "close");
        c.half_close();
        BOOST_TEST(c.closed());
    }
}

BOOST_AUTO_TEST_CASE(a_body_left_unread_closes_the_connection_unless_it_has_come) {
    bench<> b;
    {
        client c(b.port());
        c.send(upload("/early", "short", false));
        const answer a = c.read();
        BOOST_TEST(a.body == "early");
        BOOST_TEST(a.field("connection").empty());
        c.send(upload("/early", "short", false));
        BOOST_TEST(c.read().body == "early");
    }
    for (const std::string_view path : {"/early", "/some"}) {
        client c(b.port());
        c.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + some_text(100'000));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.field("connection") == "close");
        c.send(some_text(1'000'000)); // is read and dropped: no reset overtakes the answer
        c.half_close();
        BOOST_TEST(c.closed());
        BOOST_TEST(!c.was_reset());
        BOOST_TEST(c.pending().empty());
    }
}

BOOST_AUTO_TEST_CASE(limits_of_bodies_hold) {
    server_options o;
    o.limits.max_body = 100'000;
    o.body_timeout = std::chrono::milliseconds(50);
    bench<> b(o);
    {
        client c(b.port()); // by its head
        c.send("POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n");
        BOOST_TEST(c.read().status == 413);
        BOOST_TEST(seen.begun == 0);
    }
    {
        client c(b.port());
        c.send("POST /sum HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + in_chunks(some_text(100'001), 1'000));
        const answer a = c.read();
        BOOST_TEST(a.status == 413, a.body);
        BOOST_TEST(a.field("connection") == "close");
    }
    {
        client c(b.port());
        c.send(upload("/sum", some_text(100'000), true));
        BOOST_TEST(c.read().status == 200);
    }
    {
        client c(b.port());
        c.send("POST /sum HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n");
        BOOST_TEST(c.read().status == 400);
    }
    {
        client c(b.port()); // silent
        c.send("POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{");
        const answer a = c.read();
        BOOST_TEST(a.status == 408);
        BOOST_TEST(a.field("connection") == "close");
    }
    BOOST_TEST(seen.last_error == static_cast<int>(errc::request_timeout));
}

BOOST_AUTO_TEST_CASE(a_streamed_body_that_drips_is_refused) {
    server_options o;
    o.body_total_timeout = std::chrono::milliseconds(60);
    o.min_transfer_rate = 0;
    bench<> b(o);
    for (const bool chunked : {false, true}) {
        client c(b.port());
        c.send(chunked ? "POST /sum HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                       : "POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 15000000\r\n\r\n");
        for (std::size_t sent = 0; sent < 15'000'000 && c.socket().available() == 0; ++sent) c.send(chunked ? "1\r\nx\r\n" : "x");
        BOOST_TEST(c.read().status == 408);
    }
}

BOOST_AUTO_TEST_CASE(time_in_which_the_endpoint_does_not_read_is_not_the_clients) {
    server_options o;
    o.body_total_timeout = o.body_timeout = std::chrono::milliseconds(100);
    o.min_transfer_rate = 0;
    bench<> b(o);
    client c(b.port());
    const std::string body = some_text(100'000); // six reads and more, each with a pause behind it
    c.send(upload("/slow", body, false));
    BOOST_TEST(c.read().body == digest_of(body));
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_cancels_the_call) {
    bench<> b;
    for (const bool chunked : {false, true})
        for (const int how : {0, 1, 2}) {
            seen.clear();
            client c(b.port());
            c.send(std::string("POST /sum HTTP/1.1\r\nHost: x\r\n") + (chunked ? "Transfer-Encoding: chunked\r\n\r\n5\r\nab" : "Content-Length: 50\r\n\r\nab"));
            wait_until([] { return seen.bytes == 2u; });
            if (how == 0) c.close();
            if (how == 1) c.reset();
            if (how == 2) c.half_close();
            wait_until([] { return seen.failed == 1; });
            BOOST_TEST(seen.last_error == static_cast<int>(errc::cancelled));
            BOOST_TEST(seen.cancelled_calls == 1);
            if (how == 2) BOOST_TEST(c.read().status == 499);
        }
}

BOOST_AUTO_TEST_CASE(body_and_answer_flow_at_the_same_time) {
    bench<> b;
    client c(b.port());
    const std::string body = some_text(300'000);
    c.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + body.substr(0, 10));
    BOOST_TEST(c.read_until(body.substr(0, 10)));
    c.send(body.substr(10));
    const answer a = c.read();
    BOOST_TEST(a.complete);
    BOOST_TEST((a.body == body));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_drain_ends_a_read_of_the_body) {
    server_options o;
    o.drain = std::chrono::milliseconds(1);
    bench<> b(o);
    client c(b.port());
    c.send("POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nab");
    wait_until([] { return seen.bytes == 2u; });
    b.host().stop();
    const answer a = c.read();
    BOOST_TEST(a.status == 503, a.body);
    b.finish();
}

BOOST_DATA_TEST_CASE(a_body_is_sent_on_to_another_server, data::make({false, true}), chunked) {
    bench<> upstream;
    bench<> b;
    seen.relay_to = upstream.port();
    client c(b.port());
    for (const std::size_t n : {3u, 3'000'000u, 10u}) {
        const std::string body = some_text(n);
        c.send(upload("/relay", body, chunked));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(a.body == digest_of(body));
    }
    { // the client leaves in the middle
        client d(b.port());
        seen.clear();
        d.send("POST /relay HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabc");
        wait_until([] { return seen.bytes == 3u; });
        d.close();
        wait_until([] { return seen.failed == 2; });
    }
}

BOOST_DATA_TEST_CASE(an_early_refusal_of_the_other_server_reaches_the_client, data::make({false, true}), more) {
    server_options small;
    small.limits.max_body = 1'000;
    bench<> upstream(small);
    bench<> b;
    seen.relay_to = upstream.port();
    client c(b.port());
    // The rest of the body comes or does not.
    c.send("POST /relay HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + some_text(more ? 5'000'000 : 10));
    const answer a = c.read();
    BOOST_TEST(a.status == 413, a.body);
    BOOST_TEST(a.complete);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace streamed_bodies_unit
