// SPDX-License-Identifier: BSL-1.0
// Requests and contexts that end before the call or the stream that was made with them.
#include <unit/gateway/client_fixture.hpp>
#include <unit/gateway/fixture.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

namespace client_requests_unit {

using namespace client_test;

namespace {

/// Longer than what a string keeps inside of itself.
const std::string long_text = "a sentence that is much longer than the memory inside of a string";

chat_request question() { return chat_request("echo", long_text); }
const chat_request fixed_question() { return question(); } // NOLINT: that is what is tested

/// Overwrites the part of the stack that temporaries stood in.
int use_stack() {
    volatile char bytes[4096];
    for (volatile char& b : bytes) b = 'x';
    return bytes[17];
}

std::string text_of(const result<chat_reply>& r) { return r ? r->text() : r.error().message(); }

asio::awaitable<std::string> read(chat_stream s) {
    auto whole = co_await s.collect();
    co_return text_of(whole);
}
std::string text_of(asio::io_context& io, result<chat_stream> s) {
    return s ? testing::run(io, read(std::move(*s))) : s.error().message();
}

asio::awaitable<std::string> within_co_await(client<mock>& ai) {
    call_context context;
    auto r = co_await ai.chat(context, chat_request("echo", long_text));
    std::string all = text_of(r);
    auto opened = co_await ai.stream(context, chat_request("echo", long_text));
    if (opened) all += "|" + text_of(co_await opened->collect());
    auto own = co_await ai.stream(chat_request("echo", long_text));
    if (own) all += "|" + text_of(co_await own->collect());
    auto token = co_await ai.async_chat(chat_request("echo", long_text), asio::use_awaitable);
    co_return all + "|" + text_of(token);
}

struct mock_program {
    asio::io_context io{1};
    client<mock> ai{io, "echo"};
    call_context context;
};

} // namespace

BOOST_AUTO_TEST_SUITE(client_requests)

BOOST_FIXTURE_TEST_CASE(a_temporary_request_is_kept, mock_program) {
    auto whole = ai.chat(context, question());
    auto fixed = ai.chat(context, fixed_question());
    auto streamed = ai.stream(context, question());
    auto fixed_stream = ai.stream(context, fixed_question());
    auto own = ai.stream(question());
    BOOST_TEST(use_stack() == 'x');
    BOOST_TEST(text_of(testing::run(io, std::move(whole))) == long_text);
    BOOST_TEST(text_of(testing::run(io, std::move(fixed))) == long_text);
    BOOST_TEST(text_of(io, testing::run(io, std::move(streamed))) == long_text);
    BOOST_TEST(text_of(io, testing::run(io, std::move(fixed_stream))) == long_text);
    BOOST_TEST(text_of(io, testing::run(io, std::move(own))) == long_text);
}

BOOST_FIXTURE_TEST_CASE(temporaries_within_co_await, mock_program) {
    BOOST_TEST(testing::run(io, within_co_await(ai)) == long_text + "|" + long_text + "|" + long_text + "|" + long_text);
}

BOOST_AUTO_TEST_CASE(a_gateway_keeps_a_temporary_request) {
    gateway_test::world w;
    gateway<registry<mock>, weighted> gw(
        registry<mock>::make_topology({gateway_test::make("a", "echo", "mock", "echo")}).value());
    asio::io_context io(1);
    auto whole = gw.chat(w.runtime, w.context, question());
    auto fixed = gw.chat(w.runtime, w.context, fixed_question());
    auto streamed = gw.stream(w.runtime, w.context, question());
    auto fixed_stream = gw.stream(w.runtime, w.context, fixed_question());
    auto own = gw.stream(w.runtime, question());
    BOOST_TEST(use_stack() == 'x');
    BOOST_TEST(text_of(testing::run(io, std::move(whole))) == long_text);
    BOOST_TEST(text_of(testing::run(io, std::move(fixed))) == long_text);
    BOOST_TEST(text_of(io, testing::run(io, std::move(streamed))) == long_text);
    BOOST_TEST(text_of(io, testing::run(io, std::move(fixed_stream))) == long_text);
    BOOST_TEST(text_of(io, testing::run(io, std::move(own))) == long_text);
}

// An open stream needs neither the context nor the request that it was made with.
BOOST_FIXTURE_TEST_CASE(a_stream_outlives_its_context_and_request, mock_program) {
    auto own = std::make_unique<call_context>();
    auto request = std::make_unique<chat_request>(question());
    auto opened = testing::run(io, ai.stream(*own, *request));
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(own->report.provider == "mock");
    BOOST_TEST(own->request_id.size() == 32u);
    request.reset();
    own.reset();
    BOOST_TEST(text_of(io, std::move(opened)) == long_text);
}

// As long as the context lives, it cancels the stream and hears what was used.
BOOST_FIXTURE_TEST_CASE(a_context_hears_of_its_stream, mock_program) {
    auto opened = testing::run(io, ai.stream(context, question()));
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(text_of(io, std::move(opened)) == long_text);
    BOOST_TEST(context.report.tokens.output_tokens > 0);
    BOOST_TEST((context.report.first_token != time_point()));
    BOOST_TEST(context.report.deployment_id == "mock");
}

BOOST_FIXTURE_TEST_CASE(a_context_cancels_its_stream, mock_program) {
    auto opened = testing::run(io, ai.stream(context, question()));
    BOOST_REQUIRE(opened.has_value());
    context.cancellation.cancel();
    const auto r = testing::run(io, opened->collect());
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error() == errc::cancelled), r.error().message());
    // A context that was cancelled before lets nothing begin.
    const auto next = testing::run(io, ai.stream(context, question()));
    BOOST_REQUIRE(next.has_error());
    BOOST_TEST((next.error() == errc::cancelled), next.error().message());
}

// A name that a wildcard made stands in the context itself.
BOOST_AUTO_TEST_CASE(a_wildcards_model_outlives_its_stream) {
    gateway_test::world w;
    gateway<registry<mock>, weighted> gw(
        registry<mock>::make_topology({gateway_test::make("a", "any/*", "mock", "*")}).value());
    {
        asio::io_context io(1);
        auto opened = testing::run(io, gw.stream(w.runtime, w.context, chat_request("any/echo", long_text)));
        BOOST_TEST(text_of(io, std::move(opened)) == long_text);
    }
    BOOST_TEST(w.context.report.upstream_model == "echo");
    BOOST_TEST(w.context.report.deployment_id == "a");
}

BOOST_AUTO_TEST_CASE(a_stream_without_anything_in_it) {
    chat_stream s;
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST((s.try_next() == nullptr));
        BOOST_TEST(s.ended());
        BOOST_TEST(!testing::run(s.read_more()));
        BOOST_REQUIRE(s.failure().has_value());
        BOOST_TEST(s.failure()->message().find("never opened") != std::string::npos, s.failure()->message());
        BOOST_TEST(testing::run(s.collect()).has_error());
        chat_stream other = std::move(s); // and what was moved from is no other
    }
}

BOOST_FIXTURE_TEST_CASE(two_reads_at_once_break_the_stream, program) {
    std::optional<chat_stream> s;
    call_context context;
    asio::co_spawn(io, ai->stream(context, chat_request("m", "hi")),
                   [&](const std::exception_ptr&, result<chat_stream> r) { s.emplace(std::move(r.value())); });
    const socket_ptr connection = request_arrives();
    write(connection, stream_begins);
    run_until([&] { return s.has_value(); });
    BOOST_TEST(testing::run(io, s->read_more()));
    int ended = 0;
    for (int i = 0; i < 2; ++i)
        asio::co_spawn(io, s->read_more(), [&](const std::exception_ptr& e, bool more) {
            if (!e && !more) ++ended;
        });
    run_until([&] { return ended == 2; });
    BOOST_REQUIRE(s->failure().has_value());
    BOOST_TEST((s->failure()->value() == errc::internal), s->failure()->message());
    BOOST_TEST(is_closed(connection));
}

// What a program handed the pieces of gets the same: a call of its own and its answer.
BOOST_AUTO_TEST_CASE(a_stream_of_a_call_of_ones_own) {
    gateway_test::world w;
    gateway<registry<mock>, weighted> gw(
        registry<mock>::make_topology({gateway_test::make("a", "echo", "mock", "echo")}).value());
    const chat_request q = question();
    auto c = std::make_unique<call>(w.runtime, w.context);
    c->in.canonical = any_message::borrow(q);
    c->model = q.model;
    c->in.stream = true;
    auto answer = testing::run(gw.execute(*c));
    BOOST_REQUIRE(answer.has_value());
    chat_stream s(std::move(c), std::move(*answer));
    asio::io_context io(1);
    BOOST_TEST(testing::run(io, read(std::move(s))) == long_text);
    chat_stream nothing(std::make_unique<call>(w.runtime, w.context), reply());
    BOOST_TEST(!testing::run(io, nothing.read_more()));
    BOOST_TEST(nothing.failure().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace client_requests_unit
