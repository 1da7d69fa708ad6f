// SPDX-License-Identifier: BSL-1.0
// A server, its context or its client ends at each turn of the context, with a session at any of its steps: no descriptor, no
// memory and no slot stays taken, and each call that began has ended once.
#include "support.hpp"

#include <support/descriptors.hpp>
#include <support/whole_call.hpp>

#include <llmx/service/asio_runtime.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <exception>
#include <optional>
#include <ostream>

namespace dropped_sessions_unit {

using namespace server_test;
namespace data = boost::unit_test::data;
using gateway_test::full_gateway;
using gateway_test::full_world;
using llmx::call;
using llmx::error;
using llmx::result;

namespace dropped_sessions_test {

/// More than the server writes in one turn.
const std::string large_text(std::size_t{3} << 20, 'x');

/// Answers with `large_text`, so that its writing suspends.
struct large_endpoint {
    static constexpr std::string_view usage = "GET /large";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "large";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const llmx::endpoint_match&) noexcept { return false; }
    static llmx::endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/large" ? llmx::endpoint_match::of(method, "GET") : llmx::endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { llmx::encode_plain_error(e, out); }
    template <class Gateway> static asio::awaitable<void> serve(llmx::server_connection& c, Gateway&) {
        co_await c.reply(200, "text/plain", large_text);
    }
};

using stepped_server = llmx::server<full_gateway, llmx::openai_chat_endpoint, llmx::anthropic_messages_endpoint,
                                    llmx::openai_transcription_endpoint, llmx::openai_realtime_endpoint, large_endpoint>;

/// Bytes that the client sends, and what it reads before it goes on; empty: nothing.
struct client_step {
    client_step(std::string s, std::string u) : send(std::move(s)), until(std::move(u)) {}
    std::string send, until;
};

struct session_kind {
    session_kind(const char* n, bool s, std::vector<client_step> all) : name(n), streamed(s), steps(std::move(all)) {}
    const char* name;
    bool streamed; ///< how the network answers
    std::vector<client_step> steps;
    friend std::ostream& operator<<(std::ostream& to, const session_kind& k) { return to << k.name; }
};

/// \p request in three pieces, cut within its head and its body.
std::vector<client_step> in_pieces(const std::string& request, std::string until) {
    const std::size_t head = request.find("\r\n\r\n") + 4, first = head / 2, second = head + (request.size() - head) / 2;
    std::vector<client_step> all;
    all.emplace_back(request.substr(0, first), "");
    all.emplace_back(request.substr(first, second - first), "");
    all.emplace_back(request.substr(second), std::move(until));
    return all;
}
std::vector<client_step> with(std::vector<client_step> all, client_step another) {
    all.push_back(std::move(another));
    return all;
}
std::vector<client_step> after_continue(const std::string& body, std::string until) {
    const std::string whole = post("/v1/messages", body, "Expect: 100-continue\r\nanthropic-version: 2023-06-01\r\n");
    std::vector<client_step> all;
    all.emplace_back(whole.substr(0, whole.size() - body.size()), "100 Continue\r\n\r\n");
    all.emplace_back(body, std::move(until));
    return all;
}
std::vector<client_step> form() {
    const std::string begin = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n"
                              "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
                              "Content-Type: audio/wav\r\n\r\n";
    const std::string piece(8192, 'w'), end = "\r\n--b--\r\n";
    const std::size_t size = begin.size() + 2 * piece.size() + end.size();
    const std::string head = "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: test\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                             "Content-Length: " +
                             std::to_string(size) + "\r\n\r\n";
    std::vector<client_step> all;
    all.emplace_back(head + begin, "");
    all.emplace_back(piece, "");
    all.emplace_back(piece, "");
    all.emplace_back(end, "spoken text");
    return all;
}
std::vector<client_step> one(std::string request, std::string until) {
    std::vector<client_step> all;
    all.emplace_back(std::move(request), std::move(until));
    return all;
}

std::string chat(std::string_view model, bool streamed) {
    return R"({"model":")" + std::string(model) + R"(","max_tokens":900,"stream":)" + (streamed ? "true" : "false") +
           R"(,"messages":[{"role":"user","content":"hi"}]})";
}

const std::vector<session_kind> kinds = {
    {"whole call, then a wrong path", false,
     with(in_pieces(post("/v1/chat/completions", chat("m", false)), "Hello"), client_step(get("/none"), "no such path"))},
    {"translated call", false, in_pieces(post("/v1/chat/completions", gateway_test::chat_bytes("n", false)), "Hello")},
    {"stream", true, one(post("/v1/chat/completions", chat("m", true)), "[DONE]")},
    {"translated stream behind 100 Continue", true, after_continue(chat("m", true), "message_stop")},
    {"form", false, form()},
    {"session", false,
     one(get("/v1/realtime?model=m", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
         "101 ")},
    {"large answer", false, one(get("/large"), large_text.substr(0, 1024))},
    {"refused body", false, with(one(post("/none", std::string(8192, 'b')).substr(0, 4096), "no such path"), client_step("bb", ""))},
};

/// What ends at the turn, and how the rest goes on.
enum class ending { context, server, drain, cancelled_drain, client, client_reset };
std::ostream& operator<<(std::ostream& to, ending e) {
    constexpr const char* names[] = {"context", "server", "drain", "cancelled drain", "client", "client with a reset"};
    return to << names[static_cast<int>(e)] << " ends";
}

/// Goes through the steps of \p k; whether it went to the end is \p over.
asio::awaitable<void> go_through(asio::ip::tcp::socket& socket, std::uint16_t port, const session_kind& k, bool& over) {
    const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    const auto connected = co_await socket.async_connect(where, asio::as_tuple(asio::deferred));
    if (std::get<0>(connected)) co_return;
    std::vector<char> piece(1 << 20);
    for (const client_step& s : k.steps) {
        const auto sent = co_await asio::async_write(socket, asio::buffer(s.send), asio::as_tuple(asio::deferred));
        if (std::get<0>(sent)) co_return;
        if (s.until.empty()) co_await asio::post(socket.get_executor(), asio::deferred);
        for (std::string got; got.find(s.until) == std::string::npos;) {
            const auto read = co_await socket.async_read_some(asio::buffer(piece), asio::as_tuple(asio::deferred));
            if (std::get<0>(read)) co_return;
            got.append(piece.data(), std::get<1>(read));
        }
    }
    over = true;
}

/// Ends what \p how names after \p turns turns of the context, unless the client has gone through its steps before that,
/// which it returns.
bool run_for(full_world& w, const session_kind& k, ending how, std::size_t turns) {
    auto io = std::make_unique<asio::io_context>(1);
    llmx::server_options o;
    o.port = 0;
    o.log.level = llmx::log_level::off;
    o.memory = std::make_shared<llmx::memory_budget>(64'000'000);
    // The client is watched from the beginning of its call.
    o.hang_up_check = llmx::duration::zero();
    if (how == ending::cancelled_drain) o.drain = llmx::duration::zero();
    const auto memory = o.memory;
    auto s = std::make_unique<stepped_server>(w.gw, o, [&w](asio::io_context& on) -> std::unique_ptr<llmx::runtime> {
        return std::make_unique<llmx::asio_runtime>(on.get_executor(), w.steps);
    });
    BOOST_TEST_REQUIRE(s->start(*io).has_value());
    asio::ip::tcp::socket socket(*io);
    bool over = false, client_ended = false;
    asio::co_spawn(*io, go_through(socket, s->port(), k, over), [&client_ended, &socket](const std::exception_ptr& e) {
        client_ended = true;
        boost::system::error_code ignored;
        socket.close(ignored);
        if (e) std::rethrow_exception(e);
    });
    for (std::size_t turn = 0; turn < turns && !client_ended; ++turn) io->run_one();
    const bool gone_through = over;
    BOOST_TEST_REQUIRE(client_ended == over, "the server ended the connection before it was dropped");

    if (how == ending::context || how == ending::server) {
        s.reset();
        if (how == ending::server) io->run();
    } else {
        boost::system::error_code ignored;
        if (how == ending::client_reset && socket.is_open()) socket.set_option(asio::socket_base::linger(true, 0), ignored);
        if (how == ending::client || how == ending::client_reset) socket.close(ignored);
        result<void> drained = error(llmx::errc::internal);
        asio::co_spawn(*io, s->drain(), [&drained](const std::exception_ptr& e, result<void> r) {
            drained = std::move(r);
            if (e) std::rethrow_exception(e);
        });
        io->run();
        BOOST_TEST_REQUIRE(drained.has_value(), (drained ? std::string() : drained.error().message()));
        BOOST_TEST_REQUIRE(client_ended);
        s.reset();
    }
    socket.close();
    socket = asio::ip::tcp::socket(asio::system_executor());
    io.reset();
    BOOST_TEST_REQUIRE(memory->in_use() == 0u);
    return gone_through;
}

} // namespace dropped_sessions_test

using namespace dropped_sessions_test;

BOOST_AUTO_TEST_SUITE(server_dropped_sessions)

BOOST_DATA_TEST_CASE(a_session_may_be_dropped_at_each_turn,
                     data::make(kinds) * data::make({ending::context, ending::server, ending::drain, ending::cancelled_drain,
                                                     ending::client, ending::client_reset}),
                     k, how) {
    const auto run = [&k = k, how = how](std::size_t turns) {
        full_world w(k.streamed);
        w.network.reply(200).when_path("/v1/audio/transcriptions").times(100).piece(R"({"text":"spoken text"})");
        w.steps.suspend(true);
        const bool over = run_for(w, k, how, turns);
        w.check_all_is_back(llmx::clock::now());
        return over;
    };
    static_cast<void>(run(1)); // what the process opens once
    const std::size_t before = llmx_test::open_descriptors();
    std::size_t turns = 0;
    for (bool over = false; !over; ++turns) {
        BOOST_TEST_CONTEXT(k << ", " << how << " after " << turns << " turns") {
            BOOST_TEST_REQUIRE(turns < 1000u);
            over = run(turns);
            BOOST_TEST_REQUIRE(llmx_test::open_descriptors() == before);
        }
    }
    BOOST_TEST(turns > 5u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace dropped_sessions_unit
