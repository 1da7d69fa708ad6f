// SPDX-License-Identifier: BSL-1.0
// Who is served when there are too many: strangers cannot keep a caller out, neither from the
// server nor from descriptors for providers.
#include "support.hpp"
#include <support/descriptors.hpp>

#include <llmx/server/descriptors.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <csignal>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace descriptors_unit {

using namespace llmx;
using namespace server_test;

namespace {

using llmx_test::shortage;
using llmx_test::soft_limit;

constexpr std::string_view key = "Authorization: Bearer sk-right\r\n";

server_options for_at_most(std::size_t connections, unsigned threads = 1) {
    server_options o;
    o.key = secret("sk-right");
    o.max_connections = connections;
    o.threads = threads;
    return o;
}

bool answered(client& c) {
    c.send(post("/v1/chat/completions", chat_body, key));
    return c.read().status == 200;
}

using clients = std::vector<std::unique_ptr<client>>;
client& one_more(clients& all, std::uint16_t port) { return *all.emplace_back(std::make_unique<client>(port)); }

/// A connection for which a descriptor was set aside.
class raw_client {
public:
    raw_client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) { BOOST_REQUIRE(socket_ >= 0); }
    ~raw_client() { ::close(socket_); }
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;
    bool connect(std::uint16_t port) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    bool send(std::string_view bytes) {
        return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }
    /// The first bytes of what comes.
    std::string receive() {
        char piece[4096];
        const auto n = ::recv(socket_, piece, sizeof piece, 0);
        return std::string(piece, n > 0 ? static_cast<std::size_t>(n) : 0);
    }

private:
    int socket_;
};

std::string limit_note(const memory_sink& sink) {
    const std::string all = sink.text();
    const auto at = all.find("max_connections is ");
    return at == std::string::npos ? std::string() : all.substr(at, all.find('\n', at) - at);
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_descriptors)

BOOST_AUTO_TEST_CASE(those_go_first_who_can_best_be_missed) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, for_at_most(5));
    clients known;
    BOOST_TEST(answered(one_more(known, server.port())));
    client probe(server.port()), silent(server.port()), wrong(server.port());
    wrong.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(wrong.read().status == 401); // all three have been accepted
    probe.send(get("/health/liveliness"));
    BOOST_TEST(probe.read().status == 200);
    client half(server.port());
    half.send("P");
    BOOST_TEST(answered(*known[0])); // what came before has been read
    BOOST_TEST(answered(*known[0]));
    // Each new one takes the place of another: half a request, then those without a key in the
    // order in which they connected or were last served, then the longest idle.
    const std::vector<client*> order = {&half, &silent, &wrong, &probe};
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i; j < order.size(); ++j) BOOST_TEST(!order[j]->closed_now(), i << " " << j);
        BOOST_TEST(answered(one_more(known, server.port())));
        BOOST_TEST(order[i]->closed());
        BOOST_TEST(order[i]->pending().empty());
    }
    for (const auto& c : known) BOOST_TEST(!c->closed_now());
    BOOST_TEST(answered(*known[0])); // now the second is the longest idle
    BOOST_TEST(answered(one_more(known, server.port())));
    BOOST_TEST(known[1]->closed());
    BOOST_TEST(answered(one_more(known, server.port())));
    BOOST_TEST(known[2]->closed());
    for (const std::size_t i : {0u, 3u, 4u, 5u, 6u}) BOOST_TEST(answered(*known[i]));
}

BOOST_DATA_TEST_CASE(strangers_keep_no_caller_out, boost::unit_test::data::make({1, 3}), threads) {
    constexpr int most = 12;
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, for_at_most(most, static_cast<unsigned>(threads)));
    client caller(server.port());
    BOOST_TEST(answered(caller));
    clients strangers;
    for (int i = 0; i < 10 * most; ++i) {
        client& s = one_more(strangers, server.port());
        switch (i % 4) {
        case 0: s.send("P"); break;
        case 1: s.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"); break;
        case 2: s.send(post("/v1/chat/completions", chat_body, "Authorization: Bearer sk-wrong\r\n")); break;
        default: break; // sends nothing
        }
    }
    BOOST_TEST(answered(caller));
    // As many callers as there may be connections, all at once, and each is served.
    std::atomic<bool> go{false};
    gateway.act = until(go);
    clients callers;
    caller.send(post("/v1/chat/completions", chat_body, key));
    for (int i = 1; i < most; ++i) one_more(callers, server.port()).send(post("/v1/chat/completions", chat_body, key));
    wait_until([&] { return gateway.running == most; });
    for (auto& s : strangers) BOOST_TEST(s->closed());
    // Now each has a call running: the next is refused, and the counts are right.
    client late(server.port());
    late.send(post("/v1/chat/completions", chat_body, key));
    const answer refused = late.read();
    BOOST_TEST(refused.status == 503);
    BOOST_TEST(refused.field("retry-after") == "1");
    go = true;
    BOOST_TEST(caller.read().status == 200);
    for (auto& c : callers) BOOST_TEST(c->read().status == 200);
    BOOST_TEST(gateway.cancelled == 0);
    // One that is idle makes room before anybody is refused.
    client next(server.port());
    BOOST_TEST(answered(next));
    server.finish();
    const std::string log = server.sink->text();
    BOOST_TEST(log.find("idle connections were closed to make room") != std::string::npos);
    // Not a line for each.
    BOOST_TEST(server.sink->calls().size() < static_cast<std::size_t>(10 * most));
}

BOOST_AUTO_TEST_CASE(a_stranger_who_does_not_read_makes_room_too) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, for_at_most(1));
    client rude(server.port());
    // Refusals that are never read, until the server cannot write any more.
    const std::string request = get("/health/liveliness") + post("/v1/chat/completions", "{}");
    std::string many;
    while (many.size() < 60'000) many += request;
    rude.socket().non_blocking(true);
    boost::system::error_code ec;
    while (!ec) (void)rude.socket().write_some(asio::buffer(many), ec);
    client caller(server.port());
    BOOST_TEST(answered(caller));
}

BOOST_AUTO_TEST_CASE(descriptors_are_left_for_providers_whatever_strangers_hold) {
    const soft_limit low(256);
    fake_gateway gateway;
    std::atomic<int> files{0};
    gateway.act = [&](call&) -> asio::awaitable<result<reply>> {
        const int to_provider = ::socket(AF_INET, SOCK_STREAM, 0);
        if (to_provider < 0) co_return error(errc::connect_failed, "no descriptor");
        ++files;
        ::close(to_provider);
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    server_options o = for_at_most(16 * 1024);
    o.port = 0;
    o.handle_signals = false;
    const auto sink = std::make_shared<memory_sink>();
    o.log.sink = sink;
    test_server server(gateway, o);
    BOOST_REQUIRE(server.listen());
    BOOST_TEST(server.max_connections() < 120u);
    BOOST_TEST(server.max_connections() > 50u);

    // The strangers live in another process, whose descriptors do not count here.
    int begin[2], done[2];
    BOOST_REQUIRE(::pipe(begin) == 0);
    BOOST_REQUIRE(::pipe(done) == 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::close(begin[1]);
        ::close(done[0]);
        rlimit r{};
        ::getrlimit(RLIMIT_NOFILE, &r);
        r.rlim_cur = r.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &r);
        char byte = 'P';
        bool good = ::read(begin[0], &byte, 1) == 1;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server.port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        for (int i = 0; good && i < 300; ++i) {
            const int s = ::socket(AF_INET, SOCK_STREAM, 0);
            good = s >= 0 && ::connect(s, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
                   ::send(s, &byte, 1, MSG_NOSIGNAL) == 1;
        }
        byte = good ? 'y' : 'n';
        (void)!::write(done[1], &byte, 1);
        (void)!::read(begin[0], &byte, 1); // until the test ends
        ::_exit(0);
    }
    ::close(begin[0]);
    ::close(done[1]);
    std::thread serving([&] { (void)server.run(); });
    {
        client caller(server.port());
        BOOST_TEST(answered(caller));
        char byte = 'P';
        BOOST_TEST(::write(begin[1], &byte, 1) == 1);
        BOOST_TEST(::read(done[0], &byte, 1) == 1);
        BOOST_TEST(byte == 'y');
        BOOST_TEST(answered(caller));
        client next(server.port());
        BOOST_TEST(answered(next));
        BOOST_TEST(answered(caller));
        BOOST_TEST(files == 4);
    }
    ::close(begin[1]); // the strangers go
    ::close(done[0]);
    server.stop();
    serving.join();
    BOOST_TEST(::waitpid(child, nullptr, 0) == child);
    BOOST_TEST(sink->text().find("cannot accept") == std::string::npos);
    const std::string note = limit_note(*sink);
    BOOST_TEST(note.find("max_connections is " + std::to_string(server.max_connections()) + " instead of 16384") == 0u, note);
    BOOST_TEST(note.find("256") != std::string::npos, note);
    BOOST_TEST(note.find("ulimit -n") != std::string::npos, note);
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_a_stranger_makes_room_for_who_comes) {
    fake_gateway gateway;
    gateway.act = says();
    running_server server(gateway, for_at_most(100));
    client stranger(server.port());
    stranger.send(post("/v1/chat/completions", chat_body));
    BOOST_TEST(stranger.read().status == 401);
    raw_client first, second;
    const shortage none;
    BOOST_TEST(first.connect(server.port()));
    BOOST_TEST(first.send(post("/v1/chat/completions", chat_body, key)));
    BOOST_TEST(first.receive().starts_with("HTTP/1.1 200"));
    // Then who is idle.
    BOOST_TEST(second.connect(server.port()));
    BOOST_TEST(second.send(post("/v1/chat/completions", chat_body, key)));
    BOOST_TEST(second.receive().starts_with("HTTP/1.1 200"));
    BOOST_TEST(first.receive().empty());
}

BOOST_AUTO_TEST_CASE(accepting_goes_on_when_a_descriptor_comes_back) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = until(go);
    running_server server(gateway, for_at_most(100));
    client busy(server.port());
    busy.send(post("/v1/chat/completions", chat_body, "Connection: close\r\n" + std::string(key)));
    wait_until([&] { return gateway.running == 1; });
    raw_client waiting, another;
    {
        shortage none;
        BOOST_TEST(waiting.connect(server.port()));
        BOOST_TEST(waiting.send(post("/v1/chat/completions", chat_body, key)));
        wait_until([&] { return server.sink->text().find("cannot accept connections") != std::string::npos; });
        BOOST_TEST(gateway.executed == 1);
        BOOST_TEST(!busy.closed_now()); // its call goes on
        go = true;
        BOOST_TEST(busy.read().status == 200);
        BOOST_TEST(waiting.receive().starts_with("HTTP/1.1 200")); // its connection's descriptor
    }
    BOOST_TEST(another.connect(server.port()));
    BOOST_TEST(another.send(post("/v1/chat/completions", chat_body, key)));
    BOOST_TEST(another.receive().starts_with("HTTP/1.1 200"));
    server.finish();
    // One line for the whole shortage.
    const std::string log = server.sink->text();
    BOOST_TEST(log.find("cannot accept connections") == log.rfind("cannot accept connections"));
}

BOOST_AUTO_TEST_CASE(shares_of_descriptors) {
    descriptor_limits l;
    BOOST_TEST(connections_within(l, 16384, 4) == 16384u); // there is no limit
    for (const std::size_t threads : {1u, 2u, 16u})
        for (const std::size_t open : {10u, 100u})
            for (l.limit = 1; l.limit < 200'000; l.limit += 1 + l.limit / 7) {
                l.open = open;
                const std::size_t n = connections_within(l, 16384, threads);
                BOOST_TEST(n >= 1u);
                BOOST_TEST(n <= 16384u);
                const std::size_t idle = pool_options_within(l, http_pool_options(), threads).max_idle;
                BOOST_TEST(idle >= 1u);
                BOOST_TEST(idle <= 1024u);
                if (n == 1) continue;
                // Clients, refusals, a provider for each client, idle ones, and what is open.
                BOOST_TEST(n + (n / 8 + 16) + n + threads * idle + open < l.limit);
                if (n == 16384) continue;
                // And no more is given away than that.
                BOOST_TEST(2 * n + n / 8 + l.limit / 16 + open + 4 * threads + 80 > l.limit);
            }
    for (const std::size_t wanted : {1u, 2u, 100u, 16384u})
        for (const std::size_t threads : {1u, 8u}) {
            l.open = 20;
            l.limit = descriptors_needed(l, wanted, threads);
            BOOST_TEST(connections_within(l, wanted, threads) == wanted);
            BOOST_TEST(l.limit < 3 * wanted + 200);
        }
}

BOOST_AUTO_TEST_CASE(the_limit_is_the_programs_and_changed_only_on_demand) {
    const soft_limit low(300);
    const descriptor_limits before = descriptor_limits::now();
    BOOST_TEST(before.limit == 300u);
    BOOST_TEST(before.open >= 3u);
    const int more = ::open("/dev/null", O_RDONLY);
    BOOST_TEST(descriptor_limits::now().open == before.open + 1);
    ::close(more);
    fake_gateway gateway;
    server_options o = for_at_most(10);
    o.port = 0;
    {
        test_server s(gateway, o);
        BOOST_REQUIRE(s.listen());
        BOOST_TEST(s.max_connections() == 10u);
    }
    BOOST_TEST(descriptor_limits::now().limit == 300u);
    o.raise_descriptor_limit = true;
    test_server s(gateway, o);
    BOOST_REQUIRE(s.listen());
    BOOST_TEST(descriptor_limits::now().limit == before.hard);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace descriptors_unit
