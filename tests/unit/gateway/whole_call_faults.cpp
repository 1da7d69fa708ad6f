// SPDX-License-Identifier: BSL-1.0
// Every step of a whole call's network fails once, and from each step on every step fails: the call is served or ends with
// a typed failure, nothing is doubled, each observer and listener is notified once, and what was taken is given back.
#include <support/whole_call.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

namespace whole_call_faults_unit {

using namespace gateway_test;
namespace data = boost::unit_test::data;

namespace {

/// How the call is made: in the vocabulary, or as a client's bytes in a language.
enum class form { vocabulary, openai, anthropic };
struct way {
    form how;
    const char* model; ///< "m" is served in OpenAI's language, "n" in Anthropic's
    bool streamed;
    friend std::ostream& operator<<(std::ostream& to, const way& w) {
        constexpr const char* names[] = {"vocabulary", "openai", "anthropic"};
        return to << names[static_cast<int>(w.how)] << " to " << w.model << (w.streamed ? " streamed" : " whole");
    }
};
const way ways[] = {{form::vocabulary, "m", false}, {form::vocabulary, "n", false}, {form::vocabulary, "m", true},
                    {form::vocabulary, "n", true},  {form::openai, "m", false},     {form::openai, "n", false},
                    {form::openai, "m", true},      {form::openai, "n", true},      {form::anthropic, "m", false},
                    {form::anthropic, "n", false},  {form::anthropic, "m", true},   {form::anthropic, "n", true}};

/// What the caller got, and what it saw beside the reply.
struct got : caller_result {
    int notified = 0;
    std::size_t most_memory = 0;
    static void count(void* self, const call&, const deployment*, const outcome&) noexcept { ++static_cast<got*>(self)->notified; }
};

template <class Codec>
boost::asio::awaitable<void> send(full_world& w, runtime& on, const way& how, got& to) {
    const std::string body = chat_bytes(how.model, how.streamed);
    w.context.started = on.now();
    call c(on, w.context, &w.budget);
    set_bytes<Codec>(c, body);
    c.on_finish(&to, &got::count);
    auto r = co_await w.gw.execute(c);
    to.most_memory = w.budget.in_use();
    if (!r) to.failure = r.error();
    else if (r->stream == nullptr) to.text = r->body;
    else co_await read_pieces(*r, to);
    // A façade ends the call when it has written the reply.
    outcome how_it_ended;
    if (to.failure) how_it_ended.failure = to.failure->value();
    c.finish(how_it_ended);
}

boost::asio::awaitable<bool> run_way(full_world& w, runtime& on, const way& how, got& to) {
    switch (how.how) {
    case form::vocabulary: co_await ask(w.gw, on, w.context, how.model, how.streamed, to); break;
    case form::openai: co_await send<openai_chat>(w, on, how, to); break;
    case form::anthropic: co_await send<anthropic_messages>(w, on, how, to); break;
    }
    co_return true;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
    return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_whole_call_faults)

BOOST_DATA_TEST_CASE(each_step_may_fail, data::make(ways) * data::make({false, true}), how, lasting) {
    std::size_t step = 1;
    for (bool reached = true; reached; ++step) {
        BOOST_TEST_CONTEXT(how << ", step " << step << (lasting ? " and all after it" : "")) {
            // What never reached a provider gives its tokens back.
            full_world w(how.streamed, step == 1 ? token_limits::tight : token_limits::wide);
            testing::manual_runtime runtime(w.steps);
            w.network.use_clock(runtime.clock());
            w.steps.fail(step, lasting);
            got to;
            BOOST_TEST_REQUIRE(testing::run(run_way(w, runtime, how, to)));
            reached = w.steps.failed() != 0;

            // The answer is there once, or the failure names what happened.
            const bool pieces = how.streamed && how.how != form::vocabulary;
            const std::size_t first = count(to.text, pieces ? "\"Hel\"" : how.streamed ? "Hel" : "Hello");
            const std::size_t last = pieces ? count(to.text, "\"lo\"") : first;
            BOOST_TEST(first <= 1u);
            BOOST_TEST(last <= 1u);
            if (!to.failure) {
                BOOST_TEST(first == 1u);
                BOOST_TEST(last == 1u);
                BOOST_TEST((how.how != form::vocabulary || to.text == "Hello"));
            } else {
                BOOST_TEST(reached);
                // One fault is repaired unless the caller has content already.
                BOOST_TEST((lasting || to.opened), to.failure->message());
                BOOST_TEST((to.failure->value() == errc::connect_failed || to.failure->value() == errc::truncated),
                           to.failure->message());
                BOOST_TEST(!to.failure->message().empty());
            }
            if (how.how != form::vocabulary) BOOST_TEST(to.notified == 1);
            BOOST_TEST(w.seen().began == 1);
            BOOST_TEST(w.seen().ended == 1);
            BOOST_TEST(w.seen().attempts >= 1);
            w.check_all_is_back(runtime.now());
        }
    }
    // The last turn was without a fault: an exchange, the pieces of the body and its end.
    BOOST_TEST(step > 4u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace whole_call_faults_unit
