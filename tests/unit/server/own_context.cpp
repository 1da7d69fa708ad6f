// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_future.hpp>

#include <optional>
#include <stdexcept>

namespace own_context_unit {

using namespace llmx;
using namespace server_test;

namespace own_context_test {

/// Counts what it is sent, in an object that the program owns.
struct feedback_endpoint {
    explicit feedback_endpoint(std::vector<std::string>& to) : to_(&to) {}
    static constexpr std::string_view usage = "POST /v1/feedback";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "feedback";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/v1/feedback" ? endpoint_match::of(method, "POST") : endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }
    template <class Gateway> asio::awaitable<void> serve(server_connection& c, Gateway&) {
        to_->emplace_back(c.body());
        c.scratch() = std::to_string(to_->size());
        co_await c.reply(200, "text/plain", c.scratch());
    }

private:
    std::vector<std::string>* to_;
};

/// Has a state and no constructor; its serve is const.
struct visits_endpoint {
    static constexpr std::string_view usage = "GET /visits";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return false; }
    static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/visits" ? endpoint_match::of(method, "GET") : endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }
    template <class Gateway> asio::awaitable<void> serve(server_connection& c, Gateway&) const {
        c.scratch() = std::to_string(++seen);
        co_await c.reply(200, "text/plain", c.scratch());
    }
    mutable std::atomic<int> seen{0};
};

using own_server = server<fake_gateway, openai_chat_endpoint, feedback_endpoint, visits_endpoint>;

server_options quiet_options(std::shared_ptr<memory_sink> sink) {
    server_options o;
    o.port = 0;
    o.log.sink = std::move(sink);
    o.log.level = log_level::debug;
    return o;
}

/// One request over \p socket, in the program's context.
asio::awaitable<std::string> ask(asio::ip::tcp::socket& socket, std::string request, std::string last) {
    co_await asio::async_write(socket, asio::buffer(request), asio::deferred);
    std::string got;
    char piece[1024];
    while (got.find(last) == std::string::npos) {
        const auto read = co_await socket.async_read_some(asio::buffer(piece), asio::as_tuple(asio::deferred));
        if (std::get<0>(read)) break;
        got.append(piece, std::get<1>(read));
    }
    co_return got;
}

asio::awaitable<void> connect(asio::ip::tcp::socket& socket, std::uint16_t port) {
    const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(where, asio::deferred);
}

} // namespace own_context_test

using namespace own_context_test;

BOOST_AUTO_TEST_SUITE(server_own_context)

BOOST_AUTO_TEST_CASE(an_endpoint_has_the_state_that_the_program_gives_it) {
    fake_gateway gateway;
    gateway.act = says();
    const auto sink = std::make_shared<memory_sink>();
    std::vector<std::string> told;
    asio::io_context io;
    {
        own_server s(gateway, quiet_options(sink), feedback_endpoint(told));
        BOOST_REQUIRE(s.start(io));
        BOOST_TEST(s.port() != 0);
        std::string first, second, visits, chat;
        result<void> drained = error(errc::internal);
        const auto program = [&]() -> asio::awaitable<void> {
            asio::ip::tcp::socket socket(io);
            co_await connect(socket, s.port());
            first = co_await ask(socket, post("/v1/feedback", "good"), "\r\n\r\n1");
            second = co_await ask(socket, post("/v1/feedback", "better"), "\r\n\r\n2");
            visits = co_await ask(socket, get("/visits"), "\r\n\r\n1");
            chat = co_await ask(socket, post("/v1/chat/completions", chat_body), "unknown_member");
            drained = co_await s.drain();
        };
        asio::co_spawn(io, program(), asio::detached);
        io.run();
        BOOST_TEST(first.starts_with("HTTP/1.1 200"));
        BOOST_TEST(second.ends_with("\r\n\r\n2"));
        BOOST_TEST(visits.ends_with("\r\n\r\n1"));
        BOOST_TEST(chat.starts_with("HTTP/1.1 200"));
        BOOST_TEST(drained.has_value());
        BOOST_TEST(s.drained());
        BOOST_TEST(s.endpoint<visits_endpoint>().seen == 1);
        BOOST_TEST(s.settle_log(std::chrono::seconds(10)));
    }
    BOOST_TEST((told == std::vector<std::string>{"good", "better"}));
    const auto lines = sink->calls();
    BOOST_REQUIRE(lines.size() == 4u);
    BOOST_TEST(lines[0].at("endpoint").as_string() == "feedback");
    BOOST_TEST(!lines[0].contains("dialect"));
    BOOST_TEST(lines[2].at("endpoint").as_string() == "GET /visits");
    BOOST_TEST(lines[3].at("dialect").as_string() == "openai_chat");
    BOOST_TEST(!lines[3].contains("endpoint"));
}

BOOST_AUTO_TEST_CASE(endpoints_are_deduced_from_the_objects_given) {
    fake_gateway gateway;
    std::vector<std::string> told;
    server_options o;
    o.port = 0;
    basic_server s(gateway, o, openai_chat_endpoint(), feedback_endpoint(told));
    static_assert(std::same_as<decltype(s), server<fake_gateway, openai_chat_endpoint, feedback_endpoint>>);
    static_assert(!std::constructible_from<own_server, fake_gateway&, server_options>,
                  "an endpoint that cannot be made by default must be given");
}

BOOST_AUTO_TEST_CASE(serves_beside_the_programs_own_work_and_drains) {
    fake_gateway gateway;
    std::atomic<bool> go{false};
    gateway.act = until(go);
    std::vector<std::string> told;
    asio::io_context io;
    own_server s(gateway, quiet_options(std::make_shared<memory_sink>()), feedback_endpoint(told));
    BOOST_REQUIRE(s.start(io));
    asio::steady_timer own(io);
    int ticks = 0;
    const auto program = [&]() -> asio::awaitable<void> {
        // The call waits for the program's timer: neither keeps the other from running.
        while (gateway.running == 0) {
            own.expires_after(std::chrono::milliseconds(1));
            co_await own.async_wait(asio::deferred);
            ++ticks;
        }
        go = true;
    };
    std::string answer;
    bool served = false, refused = false;
    result<void> drained = error(errc::internal);
    const auto client_of_it = [&]() -> asio::awaitable<void> {
        asio::ip::tcp::socket socket(io);
        co_await connect(socket, s.port());
        answer = co_await ask(socket, post("/v1/chat/completions", chat_body), "unknown_member");
        served = !s.drained();
        drained = co_await s.drain();
        asio::ip::tcp::socket late(io);
        const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), s.port());
        const auto got = co_await late.async_connect(where, asio::as_tuple(asio::deferred));
        refused = static_cast<bool>(std::get<0>(got));
    };
    asio::co_spawn(io, program(), asio::detached);
    asio::co_spawn(io, client_of_it(), asio::detached);
    io.run();
    BOOST_TEST(ticks > 0);
    BOOST_TEST(answer.starts_with("HTTP/1.1 200"));
    BOOST_TEST(served);
    BOOST_TEST(drained.has_value());
    BOOST_TEST(refused);
    BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(a_drain_cancels_the_calls_that_take_longer) {
    fake_gateway gateway;
    gateway.act = waits();
    std::vector<std::string> told;
    asio::io_context io;
    server_options o = quiet_options(std::make_shared<memory_sink>());
    o.drain = duration::zero();
    own_server s(gateway, o, feedback_endpoint(told));
    BOOST_REQUIRE(s.start(io));
    std::string answer;
    result<void> drained = error(errc::internal);
    const auto client_of_it = [&]() -> asio::awaitable<void> {
        asio::ip::tcp::socket socket(io);
        co_await connect(socket, s.port());
        answer = co_await ask(socket, post("/v1/chat/completions", chat_body), "shutting down");
    };
    const auto program = [&]() -> asio::awaitable<void> {
        asio::steady_timer own(io);
        while (gateway.running == 0) {
            own.expires_after(std::chrono::milliseconds(1));
            co_await own.async_wait(asio::deferred);
        }
        drained = co_await s.drain();
    };
    asio::co_spawn(io, client_of_it(), asio::detached);
    asio::co_spawn(io, program(), asio::detached);
    io.run();
    BOOST_TEST(answer.starts_with("HTTP/1.1 503"));
    BOOST_TEST(drained.has_value());
    BOOST_TEST(gateway.cancelled == 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_without_a_drain_closes_its_connections) {
    fake_gateway gateway;
    gateway.act = waits();
    asio::io_context io;
    std::vector<std::string> told;
    std::string answer = "none";
    bool asked = false;
    auto s = std::make_unique<own_server>(gateway, quiet_options(std::make_shared<memory_sink>()), feedback_endpoint(told));
    BOOST_REQUIRE(s->start(io));
    const std::uint16_t port = s->port();
    const auto client_of_it = [&]() -> asio::awaitable<void> {
        asio::ip::tcp::socket socket(io);
        co_await connect(socket, port);
        asked = true;
        answer = co_await ask(socket, post("/v1/chat/completions", chat_body), "\r\n\r\n");
    };
    asio::co_spawn(io, client_of_it(), asio::detached);
    while (!asked || gateway.running == 0) io.run_one();
    s.reset();
    io.run();
    BOOST_TEST(answer.empty());
    BOOST_TEST(gateway.cancelled == 1);
}

namespace {

/// Counts those that have been destroyed.
class counted_runtime final : public runtime {
public:
    counted_runtime(asio::io_context& io, int& gone) : real_(io), gone_(&gone) {}
    ~counted_runtime() override { ++*gone_; }
    [[nodiscard]] time_point now() const noexcept override { return real_.now(); }
    [[nodiscard]] std::int64_t unix_seconds() const noexcept override { return real_.unix_seconds(); }
    [[nodiscard]] std::uint64_t random() noexcept override { return real_.random(); }
    asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override { return real_.sleep_until(when, stop); }
    [[nodiscard]] http_transport& transport() noexcept override { return real_.transport(); }
    [[nodiscard]] asio::any_io_executor executor() noexcept override { return real_.executor(); }

private:
    pooled_runtime real_;
    int* gone_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_server_that_goes_without_a_drain_is_freed_when_its_last_call_has_ended) {
    for (const bool runs_on : {true, false}) {
        int gone = 0;
        fake_gateway gateway;
        gateway.act = waits();
        std::vector<std::string> told;
        {
            asio::io_context io;
            auto s = std::make_unique<own_server>(
                gateway, quiet_options(std::make_shared<memory_sink>()),
                [&gone](asio::io_context& on) { return std::make_unique<counted_runtime>(on, gone); }, feedback_endpoint(told));
            BOOST_REQUIRE(s->start(io));
            asio::co_spawn(io, [](asio::io_context& on, std::uint16_t port) -> asio::awaitable<void> {
                asio::ip::tcp::socket socket(on);
                co_await connect(socket, port);
                (void)co_await ask(socket, post("/v1/chat/completions", chat_body), "\r\n\r\n");
            }(io, s->port()), asio::detached);
            while (gateway.running == 0) io.run_one();
            s.reset();
            BOOST_TEST(gone == 0, "its call has not ended");
            if (!runs_on) continue;
            io.run();
            BOOST_TEST(gone == 1);
        }
        BOOST_TEST(gone == 1);
    }
}

BOOST_AUTO_TEST_CASE(an_exception_ends_one_request_and_is_in_the_log) {
    fake_gateway gateway;
    std::vector<std::string> told;
    const auto sink = std::make_shared<memory_sink>();
    asio::io_context io;
    own_server s(gateway, quiet_options(sink), feedback_endpoint(told));
    BOOST_REQUIRE(s.start(io));
    std::string first, second, third;
    const auto program = [&]() -> asio::awaitable<void> {
        asio::ip::tcp::socket socket(io);
        co_await connect(socket, s.port());
        gateway.act = [](call&) -> asio::awaitable<result<reply>> { throw std::runtime_error("the store has no table"); };
        first = co_await ask(socket, post("/v1/chat/completions", chat_body), "}}");
        gateway.act = [](call&) -> asio::awaitable<result<reply>> { throw 42; };
        second = co_await ask(socket, post("/v1/chat/completions", chat_body), "}}");
        third = co_await ask(socket, get("/visits"), "\r\n\r\n1");
        (void)co_await s.drain();
    };
    asio::co_spawn(io, program(), asio::detached);
    io.run();
    BOOST_TEST(first.starts_with("HTTP/1.1 500"), first);
    BOOST_TEST(first.find("table") == std::string::npos, first);
    BOOST_TEST(second.starts_with("HTTP/1.1 500"), second);
    BOOST_TEST(third.starts_with("HTTP/1.1 200"), third);
    BOOST_TEST(s.settle_log(std::chrono::seconds(10)));
    BOOST_TEST(sink->text().find("an exception ended it: the store has no table") != std::string::npos, sink->text());
    BOOST_TEST(sink->text().find("an exception of an unknown type ended it") != std::string::npos, sink->text());
}

BOOST_AUTO_TEST_CASE(a_factory_that_makes_no_runtime_is_reported) {
    fake_gateway gateway;
    std::vector<std::string> told;
    const auto makes_none = [](asio::io_context&) { return std::unique_ptr<runtime>(); };
    own_server s(gateway, quiet_options(std::make_shared<memory_sink>()), makes_none, feedback_endpoint(told));
    const result<void> bound = s.listen();
    BOOST_REQUIRE(!bound);
    BOOST_TEST((bound.error().value() == errc::bad_configuration));
    BOOST_TEST(bound.error().message().find("runtime") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(begins_once_and_drains_only_what_it_began) {
    fake_gateway gateway;
    std::vector<std::string> told;
    asio::io_context io;
    own_server s(gateway, quiet_options(std::make_shared<memory_sink>()), feedback_endpoint(told));
    auto early = asio::co_spawn(io, s.drain(), asio::use_future);
    io.run();
    const result<void> not_begun = early.get();
    BOOST_REQUIRE(!not_begun);
    BOOST_TEST(not_begun.error().message().find("start(io)") != std::string::npos);
    BOOST_REQUIRE(s.start(io));
    const result<void> again = s.start(io), ran = s.run();
    BOOST_REQUIRE(!again);
    BOOST_TEST((again.error().value() == errc::internal));
    BOOST_REQUIRE(!ran);
    io.restart();
    auto late = asio::co_spawn(io, s.drain(), asio::use_future);
    io.run();
    BOOST_TEST(late.get().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace own_context_unit
