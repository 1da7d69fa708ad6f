// SPDX-License-Identifier: BSL-1.0
// A client for programs that know nothing of Asio: its calls, their contexts, its end.
#include <unit/gateway/client_fixture.hpp>

#include <llmx/gateway/blocking_client.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace blocking_client_unit {

using namespace client_test;

namespace {

/// A provider on a thread of its own: accepts, reads a request, and answers it when it has an answer.
struct provider_thread {
    explicit provider_thread(std::string answer_with = std::string()) : answer(std::move(answer_with)) {
        worker = std::thread([this] { testing::run(io, serve()); });
    }
    ~provider_thread() { worker.join(); }
    asio::awaitable<void> serve() {
        tcp::socket s = co_await peer.accept();
        request = co_await transport_test::read_request(s);
        arrived.set_value();
        if (before_answer) before_answer();
        if (!answer.empty()) co_await transport_test::write(s, answer);
        (void)co_await transport_test::sees_close(s);
    }
    asio::io_context io{1};
    transport_test::upstream peer{io};
    std::string answer, request;
    std::promise<void> arrived;
    /// Runs on the provider's thread between the request and its answer.
    std::function<void()> before_answer;
    std::thread worker;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_blocking_client)

BOOST_AUTO_TEST_CASE(answers_a_text) {
    blocking_client<mock> ai("echo");
    BOOST_TEST(ai.chat("Hello, llmx!")->text() == "Hello, llmx!");
    BOOST_TEST(ai.call<chat>(chat_request("echo", "again"))->text() == "again");
}

BOOST_AUTO_TEST_CASE(streams) {
    blocking_client<mock> ai("text?say=one%20two");
    std::string text;
    BOOST_TEST(ai.stream(chat_request(ai.model(), "hi"), [&](const chat_event& e) { text += e.text; }).has_value());
    BOOST_TEST(text == "one two");
}

BOOST_AUTO_TEST_CASE(reports_in_the_callers_context) {
    blocking_client<mock> ai("echo");
    call_context context;
    BOOST_TEST(ai.chat(context, chat_request("echo", "hi"))->text() == "hi");
    BOOST_TEST(context.report.provider == "mock");
    BOOST_TEST(context.report.tokens.output_tokens > 0);
    BOOST_TEST(context.request_id.size() == 32u);
    std::string text;
    call_context of_stream;
    BOOST_TEST(ai.stream(of_stream, chat_request("echo", "hi"), [&](const chat_event& e) { text += e.text; }).has_value());
    BOOST_TEST(of_stream.report.deployment_id == "mock");
    BOOST_TEST(text == "hi");
}

BOOST_AUTO_TEST_CASE(keeps_the_deadline_of_its_context) {
    blocking_client<mock> ai("echo?latency_ms=3000000");
    call_context context;
    context.deadline = clock::now();
    const auto r = ai.chat(context, chat_request(ai.model(), "hi"));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::deadline_exceeded), r.error().message());
}

BOOST_AUTO_TEST_CASE(is_cancelled_by_its_context) {
    blocking_client<mock> ai("text?say=one%20two%20three");
    call_context context;
    const auto r = ai.stream(context, chat_request(ai.model(), "hi"), [&](const chat_event&) { context.cancellation.cancel(); });
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::cancelled), r.error().message());
    const auto next = ai.chat(context, chat_request(ai.model(), "hi"));
    BOOST_TEST((next.error().value() == errc::cancelled), next.error().message());
}

BOOST_AUTO_TEST_CASE(is_cancelled_by_another_thread) {
    provider_thread peer;
    blocking_client<openai> ai(at(peer.peer.where));
    std::stop_source stop;
    std::thread other([&] {
        peer.arrived.get_future().wait();
        stop.request_stop();
    });
    call_context context;
    const auto r = ai.chat(context, chat_request("m", "hi"), stop.get_token());
    other.join();
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::cancelled), r.error().message());
    BOOST_TEST(!context.cancellation.cancelled());
    const auto late = ai.chat("hi", stop.get_token());
    BOOST_TEST((late.error().value() == errc::cancelled), late.error().message());
}

BOOST_AUTO_TEST_CASE(takes_a_key_as_a_literal) {
    provider_thread peer(transport_test::reply_text(whole_answer));
    deployment d = at(peer.peer.where);
    d.key = secret();
    {
        blocking_client<openai> ai(d, "sk-literal");
        BOOST_TEST(ai.chat("hi")->text() == "Hello");
    }
    BOOST_TEST(peer.request.find("Bearer sk-literal") != std::string::npos, peer.request);
    // The most natural call compiles.
    const blocking_client<openai> natural("gpt-4o", "sk-literal");
    BOOST_TEST(natural.ready().has_value());
}

BOOST_AUTO_TEST_CASE(a_second_thread_is_refused) {
    provider_thread peer(transport_test::reply_text(whole_answer));
    std::promise<void> refused;
    peer.before_answer = [&] { refused.get_future().wait(); };
    std::optional<result<chat_reply>> second;
    {
        blocking_client<openai> ai(at(peer.peer.where));
        std::thread other([&] {
            peer.arrived.get_future().wait();
            second.emplace(ai.chat("hi"));
            refused.set_value();
        });
        BOOST_TEST(ai.chat("hi").value().text() == "Hello");
        other.join();
    }
    BOOST_REQUIRE(second->has_error());
    BOOST_TEST((second->error().value() == errc::bad_configuration));
    BOOST_TEST(second->error().message().find("another thread") != std::string::npos, second->error().message());
}

BOOST_AUTO_TEST_CASE(a_call_from_inside_of_a_call_is_an_error) {
    blocking_client<mock> ai("text?say=one");
    std::optional<result<chat_reply>> inner;
    BOOST_TEST(ai.stream(chat_request(ai.model(), "hi"), [&](const chat_event&) {
                     if (!inner) inner.emplace(ai.chat("hi"));
                 }).has_value());
    BOOST_REQUIRE(inner.has_value());
    BOOST_REQUIRE(inner->has_error());
    BOOST_TEST((inner->error().value() == errc::bad_configuration));
    BOOST_TEST(inner->error().message().find("inside of a call") != std::string::npos, inner->error().message());
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_event_handler_passes) {
    blocking_client<mock> ai("text?say=one%20two");
    const auto raise = [&] {
        (void)ai.stream(chat_request(ai.model(), "hi"), [](const chat_event&) { throw std::runtime_error("mine"); });
    };
    BOOST_CHECK_THROW(raise(), std::runtime_error);
    BOOST_TEST(ai.chat("hi").value().text() == "one two");
}

BOOST_AUTO_TEST_CASE(is_destroyed_by_an_event_of_its_stream) {
    std::optional<blocking_client<mock>> ai(std::in_place, "text?say=one%20two%20three");
    std::string text;
    const auto r = ai->stream(chat_request(ai->model(), "hi"), [&](const chat_event& e) {
        text += e.text;
        ai.reset();
    });
    // What has been read already is still reported.
    BOOST_TEST(text == "one");
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::cancelled), r.error().message());
}

BOOST_AUTO_TEST_CASE(a_moved_from_client_says_so) {
    blocking_client<mock> ai("echo");
    blocking_client<mock> other = std::move(ai);
    BOOST_TEST(other.chat("hi").value().text() == "hi");
    const auto r = ai.chat("hi"); // NOLINT: that is what is tested
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().message().find("moved") != std::string::npos, r.error().message());
    BOOST_TEST(ai.stream(chat_request("m", "hi"), [](const chat_event&) {}).has_error());
    ai = std::move(other);
    BOOST_TEST(ai.chat("hi").value().text() == "hi");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_its_configuration) {
    deployment d;
    d.model = "m";
    d.key = secret("line\nbreak");
    blocking_client<openai> ai(d);
    BOOST_REQUIRE(ai.ready().has_error());
    BOOST_TEST(ai.chat("hi").error().message() == ai.ready().error().message());
    BOOST_TEST(!ai.service());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace blocking_client_unit
