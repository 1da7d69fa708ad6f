// SPDX-License-Identifier: BSL-1.0
// What a server holds for its clients: endpoints that take no body, the budget of all bodies, and
// the time that a body and an answer may take.
#include "support.hpp"

#include <llmx/core/memory_budget.hpp>

#include <boost/test/data/test_case.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

using namespace llmx;
using namespace server_test;

namespace {

/// Bytes in blocks that are larger than any fixed buffer, made by threads that are not the tests' own.
std::atomic<std::size_t> live_large{0}, peak_large{0};
constexpr std::size_t large = 60'000;
thread_local bool of_a_test = false;

/// Stands in front of each block.
struct alignas(16) block {
    std::size_t counted;
};

void* take(std::size_t n) noexcept {
    void* const p = std::malloc(sizeof(block) + n);
    if (p == nullptr) return p;
    auto* const b = new (p) block;
    b->counted = n >= large && !of_a_test ? n : 0;
    if (b->counted != 0) {
        const std::size_t now = live_large.fetch_add(n) + n;
        std::size_t peak = peak_large.load();
        while (now > peak && !peak_large.compare_exchange_weak(peak, now)) {
        }
    }
    return b + 1;
}
void give_back(void* p) noexcept {
    if (p == nullptr) return;
    auto* const b = static_cast<block*>(p) - 1;
    if (b->counted != 0) live_large.fetch_sub(b->counted);
    std::free(b);
}

struct of_tests {
    of_tests() { of_a_test = true; }
};
const of_tests main_thread;

} // namespace

void* operator new(std::size_t size) {
    if (void* const p = take(size)) return p;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void* operator new[](std::size_t size, const std::nothrow_t& n) noexcept { return operator new(size, n); }
void operator delete(void* p) noexcept { give_back(p); }
void operator delete[](void* p) noexcept { give_back(p); }
void operator delete(void* p, std::size_t) noexcept { give_back(p); }
void operator delete[](void* p, std::size_t) noexcept { give_back(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { give_back(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { give_back(p); }

namespace {

/// Waits for what another thread does; the test's own time limit ends a hang.
void until(const std::function<bool()>& reached) {
    while (!reached()) std::this_thread::yield();
}

/// Waits until bytes are taken, or for a second: on a busy machine they may have come back already.
void until_taken(const memory_budget& budget) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    until([&] { return budget.in_use() != 0 || std::chrono::steady_clock::now() > end; });
}

server_options with_budget(std::shared_ptr<memory_budget> budget) {
    server_options o;
    o.memory = std::move(budget);
    // The log's own buffers must not count as large ones.
    o.log.flush_at = 4096;
    return o;
}

/// A chat request whose body has \p size bytes.
std::string body_of(std::size_t size) {
    std::string b = R"({"model":"m","messages":[{"role":"user","content":")";
    b.append(size - b.size() - 4, 'x');
    return b + "\"}]}";
}
std::string in_chunks(std::string_view body, std::size_t piece, std::string_view fields = "") {
    std::string s = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += piece) {
        char hex[20];
        std::snprintf(hex, sizeof hex, "%zx\r\n", std::min(piece, body.size() - at));
        s += hex;
        s += body.substr(at, piece);
        s += "\r\n";
    }
    return s + "0\r\n\r\n";
}

struct bodiless {
    const char* method;
    const char* path;
};
std::ostream& operator<<(std::ostream& os, const bodiless& b) { return os << b.method << ' ' << b.path; }
const bodiless without_body[] = {
    {"GET", "/health"},          {"GET", "/health/liveliness"}, {"GET", "/health/liveness"}, {"GET", "/health/readiness"},
    {"HEAD", "/health/readiness"}, {"GET", "/v1/models"},       {"GET", "/v1/models/m"},      {"HEAD", "/v1/models"},
    {"GET", "/models"},          {"GET", "/v1beta/models"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(server_memory)

BOOST_DATA_TEST_CASE(endpoints_that_take_no_body_refuse_one_by_its_head, boost::unit_test::data::make(without_body)) {
    fake_gateway gateway;
    const auto budget = std::make_shared<memory_budget>(4'000'000);
    server_options o = with_budget(budget);
    o.key = secret("k");
    running_server server(gateway, o);
    const bool head = std::string_view(sample.method) == "HEAD";
    const std::string begin = std::string(sample.method) + " " + sample.path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n";
    const std::size_t before = live_large;
    for (const std::string framing :
         {"Content-Length: 1\r\n\r\n", "Content-Length: 1\r\n\r\nx", "Content-Length: 900000\r\n\r\n",
          "Content-Length: 900000\r\nExpect: 100-continue\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n",
          "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"})
        BOOST_TEST_CONTEXT(framing) {
            client c(server.port());
            c.send(begin + framing);
            const answer a = c.read(head);
            BOOST_TEST(a.status == 413);
            BOOST_TEST(a.complete);
            BOOST_TEST(a.field("connection") == "close");
            if (!head) BOOST_TEST(a.json().at("error").is_object());
            c.half_close();
            BOOST_TEST(c.closed());
            BOOST_TEST(!c.was_reset());
            BOOST_TEST(c.pending().empty());
        }
    { // A client that sends all of it first gets the answer too.
        client c(server.port());
        c.send(begin + "Content-Length: 900000\r\n\r\n" + std::string(900'000, 'x'));
        BOOST_TEST(c.read(head).status == 413);
    }
    BOOST_TEST(budget->in_use() == 0u);
    BOOST_TEST(live_large == before);
    client c(server.port());
    for (const char* const none : {"", "Content-Length: 0\r\n", "Expect: 100-continue\r\n", "Content-Length: 0\r\nExpect: 100-continue\r\n"}) {
        c.send(begin + none + "\r\n");
        BOOST_TEST(c.read(head).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(bodies_of_refused_requests_are_not_kept) {
    fake_gateway gateway;
    const auto budget = std::make_shared<memory_budget>(std::size_t(400) * 1024 * 1024);
    server_options o = with_budget(budget);
    o.key = secret("k");
    running_server server(gateway, o);
    const std::size_t before = live_large;
    const std::string key = "Authorization: Bearer k\r\n";
    const auto request = [](std::string line, std::string fields, bool chunked) {
        return line + " HTTP/1.1\r\nHost: x\r\n" + fields +
               (chunked ? "Transfer-Encoding: chunked\r\n\r\n1e8480\r\n" + std::string(20'000, 'x')
                        : "Content-Length: 30000000\r\n\r\n" + std::string(20'000, 'x'));
    };
    for (const bool chunked : {false, true})
        for (const auto& [line, fields, status] :
             {std::tuple("POST /v1/messages", std::string(), 401), std::tuple("POST /nowhere", key, 404),
              std::tuple("PUT /v1/messages", key, 405), std::tuple("POST /health", key, 405),
              std::tuple("GET /v1/chat/completions", key, 405), std::tuple("GET /nowhere", std::string(), 404),
              std::tuple("POST /v1/messages", key + "Content-Encoding: zstd\r\n", 415),
              std::tuple("GET /health/liveliness", std::string(), 413), std::tuple("GET /v1/models", std::string(), 413)}) {
            std::vector<std::unique_ptr<client>> crowd;
            for (int i = 0; i < 8; ++i) {
                crowd.push_back(std::make_unique<client>(server.port()));
                crowd.back()->send(request(line, fields, chunked));
            }
            for (auto& c : crowd) {
                const answer a = c->read();
                BOOST_TEST(a.status == status, line << ": " << a.head);
                BOOST_TEST(a.field("connection") == "close");
            }
            BOOST_TEST(budget->in_use() == 0u);
            BOOST_TEST(live_large == before);
        }
}

namespace memory_test {
/// As a user writes one: it declares nothing about bodies, or declares it itself.
struct echo_endpoint {
    static constexpr std::string_view usage = "/echo";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return false; }
    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/echo" ? endpoint_match::of(method, "GET, POST, DELETE") : endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }
    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& connection, Gateway&) {
        co_await connection.reply(200, "text/plain", connection.body());
    }
};
struct outspoken_endpoint : echo_endpoint {
    static constexpr bool takes_body(const endpoint_match& m) noexcept { return m.form == 1; }
    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        if (path != "/echo") return endpoint_match();
        return endpoint_match::of(method, "GET, POST", std::string_view(), method == "GET" ? 1 : 0);
    }
};
template <class E> void check_bodies(std::vector<std::pair<std::string, int>> expected) {
    fake_gateway gateway;
    server_options o;
    o.port = 0;
    o.threads = 1;
    o.handle_signals = false;
    o.log.level = log_level::off;
    server<fake_gateway, E> s(gateway, o);
    BOOST_REQUIRE(s.listen());
    std::thread thread([&] { (void)s.run(); });
    for (const auto& [method, status] : expected) {
        client c(s.port());
        c.send(method + " /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        const answer a = c.read();
        BOOST_TEST(a.status == status, method);
        if (status == 200) BOOST_TEST(a.body == "hello");
    }
    s.stop();
    thread.join();
}
} // namespace memory_test

BOOST_AUTO_TEST_CASE(an_endpoint_may_say_which_requests_have_bodies) {
    memory_test::check_bodies<memory_test::echo_endpoint>({{"POST", 200}, {"DELETE", 200}, {"GET", 413}});
    memory_test::check_bodies<memory_test::outspoken_endpoint>({{"POST", 413}, {"GET", 200}});
}

// Each pause is short, but the body has no end.
BOOST_AUTO_TEST_CASE(a_body_that_drips_is_refused_as_a_whole) {
    fake_gateway gateway;
    server_options o;
    o.body_total_timeout = std::chrono::milliseconds(60);
    o.min_transfer_rate = 0;
    running_server server(gateway, o);
    for (const bool chunked : {false, true}) {
        client c(server.port());
        c.send(chunked ? "POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                       : "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n");
        // A byte at a time, until there is an answer; a server that waits on would get all 30 MB.
        for (std::size_t sent = 0; sent < 30'000'000 && c.socket().available() == 0; ++sent) c.send(chunked ? "1\r\nx\r\n" : "x");
        const answer a = c.read();
        BOOST_TEST(a.status == 408);
        BOOST_TEST(a.field("connection") == "close");
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_keeps_coming_gets_its_time) {
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    // Little; but each byte is worth a second.
    o.body_total_timeout = std::chrono::milliseconds(30);
    o.min_transfer_rate = 1;
    running_server server(gateway, o);
    client c(server.port());
    const std::string body = body_of(200'000);
    c.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 200000\r\n\r\n");
    BOOST_TEST(c.read().status == 100);
    // Byte by byte, for several times as long as it could take if that were worth nothing.
    const auto until_then = std::chrono::steady_clock::now() + std::chrono::milliseconds(150);
    std::size_t sent = 0;
    for (; sent < 100 || (std::chrono::steady_clock::now() < until_then && sent < 199'000); ++sent)
        c.send(std::string_view(body).substr(sent, 1));
    c.send(std::string_view(body).substr(sent));
    BOOST_TEST(c.read().status == 200);
}

// Each write makes progress soon enough, but the answer never ends.
BOOST_AUTO_TEST_CASE(an_answer_that_is_read_byte_by_byte_is_given_up) {
    fake_gateway gateway;
    gateway.act = says(std::string(100'000'000, 'x'));
    server_options o;
    o.write_timeout = std::chrono::milliseconds(400);
    o.min_transfer_rate = 0;
    running_server server(gateway, o);
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    std::size_t got = 0;
    while (server.sink->calls().empty() && got < 100'000'000) {
        char bytes[16]; // so that all of it takes many times as long as it may
        boost::system::error_code ec;
        const std::size_t n = c.socket().read_some(asio::buffer(bytes), ec);
        if (ec) break;
        got += n;
    }
    until([&] { return !server.sink->calls().empty(); });
    const auto line = server.sink->calls().front();
    BOOST_REQUIRE(line.contains("error"));
    BOOST_TEST(line.at("error").as_string() == "cancelled");
    BOOST_TEST(got < 90'000'000u);
}

namespace {
/// Sends the rest of its body from a thread of its own, and reads the answer.
struct sender {
    explicit sender(std::uint16_t port) : connection(port) {}
    client connection;
    std::thread thread;
    answer got;
    void finish(std::string rest) {
        thread = std::thread([this, r = std::move(rest)] {
            of_a_test = true;
            connection.send(r);
            got = connection.read();
        });
    }
};
} // namespace

BOOST_AUTO_TEST_CASE(many_large_bodies_stay_within_the_budget_and_all_get_through) {
    for (const unsigned threads : {1u, 3u})
        for (const bool chunked : {false, true}) {
            fake_gateway gateway;
            gateway.act = says();
            const auto budget = std::make_shared<memory_budget>(4'000'000);
            server_options o = with_budget(budget);
            o.threads = threads;
            running_server server(gateway, o);
            const std::string body = body_of(1'000'000);
            constexpr std::string_view expect = "Expect: 100-continue\r\n";
            const std::string all =
                chunked ? in_chunks(body, 50'000, expect) : post("/v1/chat/completions", body, expect);
            const std::size_t before = live_large;
            peak_large = before;
            std::vector<std::unique_ptr<sender>> crowd;
            // All are admitted by their heads while nothing is held, and then half of each comes.
            const std::size_t head = all.find("\r\n\r\n") + 4;
            for (int i = 0; i < 12; ++i) crowd.push_back(std::make_unique<sender>(server.port()));
            for (auto& s : crowd) s->connection.send(all.substr(0, head));
            for (auto& s : crowd) BOOST_REQUIRE(s->connection.read().status == 100);
            client probe(server.port());
            for (auto& s : crowd) s->connection.send(all.substr(head, 500'000));
            until([&] { return budget->in_use() > budget->high_water(); });
            // Who comes now with much is sent away at once, and who comes with little is served.
            {
                client late(server.port());
                late.send("POST /v1/messages HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 900000\r\n\r\n");
                const answer a = late.read();
                BOOST_TEST(a.status == 503);
                BOOST_TEST(a.field("retry-after") == "1");
                BOOST_TEST(a.field("connection") == "close");
                BOOST_TEST(a.json().at("type").as_string() == "error");
                client chunks(server.port());
                chunks.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
                BOOST_TEST(chunks.read().status == 503);
            }
            for (int i = 0; i < 10; ++i) {
                probe.send(post("/v1/chat/completions", body_of(10'000)));
                BOOST_TEST(probe.read().status == 200);
                probe.send(in_chunks(body_of(10'000), 700));
                BOOST_TEST(probe.read().status == 200);
                probe.send(get("/health/readiness"));
                BOOST_TEST(probe.read().status == 200);
            }
            for (auto& s : crowd) s->finish(all.substr(head + 500'000));
            for (auto& s : crowd) s->thread.join();
            for (auto& s : crowd) BOOST_TEST(s->got.status == 200, s->got.head << s->got.body);
            // Not one block beyond the limit, whatever the counter shows.
            BOOST_TEST(peak_large - before <= budget->limit());
            // Idle connections hold nothing of it.
            until([&] { return budget->in_use() == 0; });
            probe.send(get("/health/liveliness"));
            BOOST_TEST(probe.read().status == 200);
        }
}

BOOST_AUTO_TEST_CASE(a_body_that_waits_in_vain_is_answered_503) {
    for (const bool chunked : {false, true}) {
        fake_gateway gateway;
        gateway.act = says();
        const auto budget = std::make_shared<memory_budget>(4'000'000);
        server_options o = with_budget(budget);
        if (chunked) o.body_timeout = std::chrono::milliseconds(80);
        else o.body_total_timeout = std::chrono::milliseconds(80);
        o.min_transfer_rate = 0;
        running_server server(gateway, o);
        memory_lease others(budget.get());
        const std::string body = body_of(900'000);
        const std::string all = chunked ? in_chunks(body, 90'000) : post("/v1/chat/completions", body);
        client c(server.port());
        c.send(std::string_view(all).substr(0, 100'000));
        until_taken(*budget);
        for (std::size_t n = 4'000'000; n != 0;) // all that there is
            if (!others.grow(n)) n /= 2;
        std::thread rest([&] {
            of_a_test = true;
            c.send(std::string_view(all).substr(100'000));
        });
        const answer a = c.read();
        BOOST_TEST(a.status == 503);
        BOOST_TEST(a.field("retry-after") == "1");
        BOOST_TEST(a.field("connection") == "close");
        rest.join();
        until([&] { return budget->in_use() == others.size(); });
        server.finish();
        const auto lines = server.sink->calls();
        BOOST_REQUIRE(lines.size() == 1u);
        BOOST_TEST(lines[0].at("error").as_string() == "shed");
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_waits_goes_on_when_memory_comes_back) {
    fake_gateway gateway;
    gateway.act = [](call& c) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_chat>, std::string(c.in.body));
    };
    const auto budget = std::make_shared<memory_budget>(4'000'000);
    running_server server(gateway, with_budget(budget));
    for (const bool chunked : {false, true}) {
        memory_lease others(budget.get());
        const std::string body = body_of(900'000);
        const std::string all = chunked ? in_chunks(body, 90'000) : post("/v1/chat/completions", body);
        sender s(server.port());
        s.connection.send(std::string_view(all).substr(0, 100'000));
        until([&] { return budget->in_use() != 0; });
        for (std::size_t n = 4'000'000; n != 0;)
            if (!others.grow(n)) n /= 2;
        s.finish(all.substr(100'000));
        client probe(server.port());
        for (int i = 0; i < 5; ++i) { // meanwhile the thread is free for others
            probe.send(get("/health/liveliness"));
            BOOST_TEST(probe.read().status == 200);
        }
        others.release();
        s.thread.join();
        BOOST_TEST(s.got.status == 200);
        BOOST_TEST((s.got.body == body));
    }
    until([&] { return budget->in_use() == 0; });
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_while_it_waits_is_let_go) {
    fake_gateway gateway;
    const auto budget = std::make_shared<memory_budget>(4'000'000);
    running_server server(gateway, with_budget(budget));
    memory_lease others(budget.get());
    client c(server.port());
    const std::string all = post("/v1/chat/completions", body_of(900'000));
    c.send(std::string_view(all).substr(0, 100'000));
    until([&] { return budget->in_use() != 0; });
    for (std::size_t n = 4'000'000; n != 0;)
        if (!others.grow(n)) n /= 2;
    c.send(std::string_view(all).substr(100'000, 200'000));
    c.reset();
    // Long before the body's time is over.
    until([&] { return budget->in_use() == others.size(); });
}

BOOST_AUTO_TEST_CASE(bodies_larger_than_can_ever_fit_are_too_large) {
    fake_gateway gateway;
    const auto budget = std::make_shared<memory_budget>(4'000'000);
    running_server server(gateway, with_budget(budget));
    client c(server.port());
    c.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n");
    const answer a = c.read();
    BOOST_TEST(a.status == 413);
    BOOST_TEST(a.body.find("1000000 bytes") != std::string::npos, a.body);
    server.finish();
    BOOST_TEST(server.sink->text().find("one may take a quarter of the memory") != std::string::npos);
}

// Whatever becomes of a request, its bytes come back.
BOOST_AUTO_TEST_CASE(every_byte_comes_back) {
    fake_gateway gateway;
    gateway.act = says();
    const auto budget = std::make_shared<memory_budget>(8'000'000);
    server_options o = with_budget(budget);
    o.body_timeout = std::chrono::milliseconds(200);
    running_server server(gateway, o);
    const std::string body = body_of(400'000);
    const std::size_t before = live_large;
    for (const bool chunked : {false, true}) {
        const std::string all = chunked ? in_chunks(body, 9'000) : post("/v1/chat/completions", body);
        const std::string half = all.substr(0, 200'000);
        const auto settled = [&](const char* what) {
            until([&] { return budget->in_use() == 0; });
            BOOST_TEST(budget->in_use() == 0u, what);
        };
        {
            client c(server.port());
            c.send(half);
            until_taken(*budget);
            c.close();
            settled("closed in the middle");
        }
        {
            client c(server.port());
            c.send(half);
            until_taken(*budget);
            c.reset();
            settled("reset in the middle");
        }
        {
            client c(server.port());
            c.send(half);
            c.half_close();
            BOOST_TEST(c.read().status == 400);
            settled("half-closed in the middle");
        }
        {
            client c(server.port());
            c.send(half);
            BOOST_TEST(c.read().status == 408);
            settled("timed out"); // while the client still has not closed
        }
        if (chunked) {
            client c(server.port());
            std::string wrong = all;
            wrong.replace(wrong.rfind("\r\n0\r\n"), 2, "XX");
            c.send(wrong);
            BOOST_TEST(c.read().status == 400);
            settled("wrong chunk");
        }
        {
            client c(server.port());
            c.send(all + all + get("/health/liveliness") + all);
            for (const int i : {0, 1, 2, 3}) BOOST_TEST(c.read().status == 200, i);
            settled("pipelined");
        }
        {
            gateway.act = fails(error(errc::not_found, std::string(300'000, 'e')));
            client c(server.port());
            c.send(all);
            BOOST_TEST(c.read().status == 404);
            c.send(get("/health/liveliness"));
            BOOST_TEST(c.read().status == 200);
            settled("failed");
            BOOST_TEST(live_large == before); // idle: neither the body nor the message is kept
            gateway.act = waits();
            c.send(all);
            until([&] { return gateway.running == 1; });
            BOOST_TEST(budget->in_use() >= body.size());
            c.close();
            settled("left while the call ran");
            gateway.act = says();
        }
    }
    BOOST_TEST(live_large == before);
    // The way down, with a body half read and another waiting for memory.
    memory_lease others(budget.get());
    client reading(server.port());
    const std::string all = post("/v1/chat/completions", body);
    reading.send(std::string_view(all).substr(0, 100'000));
    until_taken(*budget);
    for (std::size_t n = 8'000'000; n != 0;)
        if (!others.grow(n)) n /= 2;
    reading.send(std::string_view(all).substr(100'000));
    server.host().stop();
    server.host().stop();
    server.join();
    BOOST_TEST(budget->in_use() == others.size());
}

BOOST_AUTO_TEST_CASE(answers_are_counted_by_their_call) {
    fake_gateway gateway;
    const auto budget = std::make_shared<memory_budget>(4'000'000);
    std::atomic<std::size_t> during{0};
    gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        BOOST_TEST(c.now.limits.memory == &c.memory);
        BOOST_TEST(c.memory.budget() == budget.get());
        std::string answer;
        while (append_within(c.now.limits.memory, answer, "0123456789")) {
        }
        during = budget->in_use();
        co_return error(errc::shed, "no memory").with_retry_after(std::chrono::seconds(1));
    };
    running_server server(gateway, with_budget(budget));
    client c(server.port());
    c.send(post("/v1/chat/completions", chat_body));
    const answer a = c.read();
    BOOST_TEST(a.status == 503);
    BOOST_TEST(a.field("retry-after") == "1");
    BOOST_TEST(during > 1'000'000u);
    BOOST_TEST(during <= budget->limit());
    until([&] { return budget->in_use() == 0; });
}

BOOST_AUTO_TEST_SUITE_END()
