// SPDX-License-Identifier: BSL-1.0
// A call's coroutine is destroyed at each of its suspension points: nothing stays open or taken, and each observer that saw a
// beginning sees one end.
#include <support/whole_call.hpp>

#include <llmx/dialects/openai/realtime.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <optional>
#include <ostream>
#include <utility>

namespace dropped_calls_unit {

using namespace gateway_test;
namespace data = boost::unit_test::data;

namespace {

enum class operation_made { chat, stream, collect, translated_bytes, failing, embed, session };
struct kind {
    operation_made what;
    const char* model;
    friend std::ostream& operator<<(std::ostream& to, const kind& k) {
        constexpr const char* names[] = {"chat", "stream", "collect", "translated bytes", "failing", "embed", "session"};
        return to << names[static_cast<int>(k.what)] << " to " << k.model;
    }
};
const kind kinds[] = {{operation_made::chat, "m"},    {operation_made::chat, "n"},    {operation_made::stream, "m"},
                      {operation_made::stream, "n"},  {operation_made::collect, "m"}, {operation_made::translated_bytes, "m"},
                      {operation_made::failing, "m"}, {operation_made::failing, "n"}, {operation_made::embed, "m"},
                      {operation_made::session, "m"}};

boost::asio::awaitable<void> bytes_through(full_world& w, runtime& on, std::string_view model) {
    const std::string body = chat_bytes(model, true);
    w.context.started = on.now();
    call c(on, w.context, &w.budget);
    set_bytes<anthropic_messages>(c, body);
    auto r = co_await w.gw.execute(c);
    if (!r || r->stream == nullptr) co_return;
    caller_result to;
    co_await read_pieces(*r, to);
}

boost::asio::awaitable<void> session(full_world& w, runtime& on, std::string_view model) {
    w.context.started = on.now();
    call c(on, w.context);
    c.in.operation = &realtime::info;
    c.in.codec = &codec_of<openai_realtime>;
    c.in.stream = true;
    c.model = model;
    auto r = co_await w.gw.execute(c);
    if (!r) co_return;
    auto& opened = static_cast<reply_tunnel&>(*r->stream);
    const auto written = co_await opened.upstream().write("frame");
    if (!written) co_return;
    const auto read = co_await opened.upstream().read_some();
    opened.ended(read ? success() : result<void>(read.error()));
}

boost::asio::awaitable<void> make_call(full_world& w, runtime& on, kind k) {
    if (k.what == operation_made::translated_bytes) {
        co_await bytes_through(w, on, k.model);
        co_return;
    }
    if (k.what == operation_made::session) {
        co_await session(w, on, k.model);
        co_return;
    }
    if (k.what == operation_made::embed) {
        embedding_request e;
        e.model = k.model;
        e.inputs.emplace_back("text");
        const auto r = co_await w.gw.call<embeddings>(on, w.context, e);
        co_return;
    }
    if (k.what == operation_made::collect) {
        chat_request q(k.model, "hi");
        q.max_output_tokens = reserved_tokens;
        auto opened = co_await w.gw.stream(on, w.context, q);
        if (!opened) co_return;
        const auto r = co_await opened->collect();
        co_return;
    }
    caller_result to;
    co_await ask(w.gw, on, w.context, k.model, k.what == operation_made::stream, to);
}

struct run_result {
    run_result(bool o, time_point t) noexcept : over(o), now(t) {}
    bool over;
    time_point now;
};

/// Runs the call for at most \p turns of its context and destroys what is left of it.
run_result run_for(full_world& w, kind k, std::size_t turns) {
    std::optional<boost::asio::io_context> io(std::in_place, 1);
    testing::manual_runtime runtime(w.steps, io->get_executor());
    runtime.hold_sleeps(true);
    w.network.use_clock(runtime.clock());
    w.steps.suspend(true);
    if (k.what == operation_made::failing) w.steps.fail(1, true);
    bool over = false;
    boost::asio::co_spawn(*io, make_call(w, runtime, k), [&over](const std::exception_ptr& e) {
        over = true;
        if (e) std::rethrow_exception(e);
    });
    for (std::size_t turn = 0; turn < turns && !over; ++turn) {
        // A call that sleeps between two attempts is dropped there too.
        if (io->poll_one() == 0) runtime.advance(std::chrono::seconds(1));
        io->restart();
    }
    // The frames go with their context, while the runtime that they use is there.
    io.reset();
    return run_result(over, runtime.now());
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_dropped_calls)

BOOST_DATA_TEST_CASE(a_call_may_be_dropped_at_each_suspension, data::make(kinds), k) {
    const bool streamed = k.what != operation_made::chat;
    std::size_t turns = 0;
    for (bool over = false; !over; ++turns) {
        BOOST_TEST_CONTEXT(k << ", dropped after " << turns << " turns") {
            BOOST_TEST_REQUIRE(turns < 1000u);
            full_world w(streamed);
            const run_result r = run_for(w, k, turns);
            over = r.over;
            BOOST_TEST(w.seen().began == (turns == 0 ? 0 : 1));
            w.check_all_is_back(r.now);
        }
    }
    BOOST_TEST(turns > 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace dropped_calls_unit
