// SPDX-License-Identifier: BSL-1.0
// Guardrails that see a streamed answer's events, in every pair of languages.
#include "fixture.hpp"

#include "../../../examples/keyword_guardrail/keyword_guardrail.hpp"

#include <llmx/policies/observers.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace guard_test::streams_unit {
namespace {

using gateway_test::all_spoken;
using gateway_test::spoken;

void answer_with(testing::scripted_transport& network, const std::vector<std::string>& pieces) {
    auto& r = network.reply(200);
    r.field("content-type", "text/event-stream");
    for (const std::string& p : pieces) r.piece(p);
}

/// Text is put in brackets; with a word that it refuses.
struct bracketing final : chat_filter {
    explicit bracketing(const std::string& b, std::string word = std::string()) : mark(b), refused(std::move(word)) {}
    result<void> see(const chat_event& e, chat_sink& out) override {
        if (e.what != chat_event::kind::text) {
            out.emit(e);
            return success();
        }
        if (!refused.empty() && e.text.find(refused) != std::string_view::npos) return refused_by(mark, "a word");
        const std::string changed = mark + std::string(e.text);
        chat_event other = e;
        other.text = changed;
        out.emit(other);
        return success();
    }
    std::string mark, refused;
};

/// Holds everything back, and refuses at the end when it is to.
struct collecting final : chat_filter {
    explicit collecting(bool refuse) : refuses(refuse) {}
    result<void> see(const chat_event& e, chat_sink& out) override {
        if (e.what == chat_event::kind::text) {
            text += e.text;
            return success();
        }
        if (e.what == chat_event::kind::finish && !refuses) give(out);
        out.emit(e);
        return success();
    }
    result<void> end(chat_sink&) override { return refuses ? result<void>(refused_by("collecting", "all of it")) : success(); }
    void give(chat_sink& out) {
        chat_event e;
        e.what = chat_event::kind::text;
        e.text = text;
        out.emit(e);
    }
    std::string text;
    bool refuses;
};

/// Gives each event twice.
struct doubling final : chat_filter {
    result<void> see(const chat_event& e, chat_sink& out) override {
        out.emit(e);
        out.emit(e);
        return success();
    }
};

/// Refuses the first event, and counts them.
struct refusing final : chat_filter {
    explicit refusing(int& n) : seen(&n) {}
    result<void> see(const chat_event&, chat_sink&) override {
        ++*seen;
        return refused_by("refusing", "all");
    }
    int* seen;
};

struct read_stream {
    std::string text;
    bool finished = false;
    std::optional<error> failure;
};
read_stream read(call& c, reply r) {
    reply_events<chat> events(c, std::move(r));
    read_stream got;
    while (testing::run(events.read_more()))
        while (const chat_event* e = events.try_next()) {
            if (e->what == chat_event::kind::text) got.text += e->text;
            got.finished |= e->what == chat_event::kind::finish;
        }
    got.failure = events.failure();
    return got;
}

struct last_outcome final : any_observer {
    void call_ended(const call&, const outcome& how) noexcept override {
        ++ended;
        failure = how.failure;
    }
    int ended = 0;
    std::optional<errc> failure;
};

} // namespace

BOOST_AUTO_TEST_SUITE(guard_streams)

BOOST_DATA_TEST_CASE(a_word_split_over_deltas_is_masked_in_every_pair_of_languages,
                     boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), from, to) {
    const spoken &f = all_spoken()[static_cast<std::size_t>(from)], &t = all_spoken()[static_cast<std::size_t>(to)];
    guarded_world w;
    std::get<guard>(w.policies).add(std::make_shared<keyword_guardrail>("secret"));
    answer_with(w.network, gateway_test::streamed(*t.codec));
    call c(w.runtime, w.context);
    set_up(c, f, true);
    auto answer = testing::run(w.gw(t.vendor).execute(c));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->passes_as(*f.codec));
    const read_stream got = read(c, std::move(*answer));
    BOOST_TEST(!got.failure.has_value());
    BOOST_TEST(got.text == "The ****** is a ******. s");
    BOOST_TEST(got.finished);
    BOOST_TEST(w.context.report.tokens.output_tokens == 8);
}

BOOST_DATA_TEST_CASE(filters_stand_one_behind_the_other,
                     boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), from, to) {
    const spoken &f = all_spoken()[static_cast<std::size_t>(from)], &t = all_spoken()[static_cast<std::size_t>(to)];
    guarded_world w;
    w.add("a", only_stream)->filter = [] { return std::make_unique<collecting>(false); };
    w.add("none", only_stream);
    w.add("b", only_stream)->filter = [] { return std::make_unique<bracketing>("["); };
    w.add("c", only_stream)->filter = [] { return std::make_unique<bracketing>("<"); };
    answer_with(w.network, gateway_test::streamed(*t.codec));
    call c(w.runtime, w.context);
    set_up(c, f, true);
    auto answer = testing::run(w.gw(t.vendor).execute(c));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(read(c, std::move(*answer)).text == "<[The secret is a secret. s");
    const std::vector<std::string> order = {"a:watch", "none:watch", "b:watch", "c:watch"};
    BOOST_TEST(w.log == order, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(a_refusal_in_the_middle_is_a_broken_stream,
                     boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), from, to) {
    const spoken &f = all_spoken()[static_cast<std::size_t>(from)], &t = all_spoken()[static_cast<std::size_t>(to)];
    guarded_world w;
    w.add("a", only_stream)->filter = [] { return std::make_unique<bracketing>("["); };
    w.add("b", only_stream)->filter = [] { return std::make_unique<bracketing>("<", "is a"); };
    answer_with(w.network, gateway_test::streamed(*t.codec));
    call c(w.runtime, w.context);
    set_up(c, f, true);
    auto answer = testing::run(w.gw(t.vendor).execute(c));
    BOOST_REQUIRE(answer.has_value());
    std::string bytes;
    for (;;) {
        const auto piece = testing::run(answer->stream->read_some());
        if (piece.has_error()) {
            BOOST_TEST((piece.error().value() == errc::content_policy));
            BOOST_TEST(piece.error().message() == "the guardrail '<' refused: a word");
            break;
        }
        BOOST_REQUIRE(!piece->empty());
        bytes += *piece;
    }
    BOOST_TEST(!answer->stream->provider_reported());
    BOOST_TEST(bytes.find("The sec") != std::string::npos);
    BOOST_TEST(bytes.find("ret is") == std::string::npos);
    BOOST_TEST(bytes.find("[DONE]") == std::string::npos);
    BOOST_TEST(bytes.find("message_stop") == std::string::npos);
    // The socket is closed although the stream still stands.
    BOOST_TEST(w.network.open_bodies() == 0u);
    BOOST_TEST(w.network.closed_early() == 1u);
    BOOST_TEST(testing::run(answer->stream->read_some()).has_error());
}

BOOST_AUTO_TEST_CASE(a_filter_that_has_refused_sees_nothing_more) {
    int seen = 0;
    guarded_world w;
    w.add("a", only_stream)->filter = [] { return std::make_unique<doubling>(); };
    w.add("b", only_stream)->filter = [&] { return std::make_unique<refusing>(seen); };
    answer_with(w.network, gateway_test::streamed(codec_of<openai_chat>));
    call c(w.runtime, w.context);
    set_up(c, all_spoken()[0], true);
    auto answer = testing::run(w.gw().execute(c));
    BOOST_REQUIRE(answer.has_value());
    BOOST_REQUIRE(read(c, std::move(*answer)).failure.has_value());
    BOOST_TEST(seen == 1);
}

BOOST_DATA_TEST_CASE(a_refusal_at_the_end_is_one_too, boost::unit_test::data::xrange(3), to) {
    const spoken& t = all_spoken()[static_cast<std::size_t>(to)];
    guarded_world w;
    w.add("a", only_stream)->filter = [] { return std::make_unique<collecting>(true); };
    answer_with(w.network, gateway_test::streamed(*t.codec));
    call c(w.runtime, w.context);
    set_up(c, all_spoken()[0], true);
    auto answer = testing::run(w.gw(t.vendor).execute(c));
    BOOST_REQUIRE(answer.has_value());
    std::string bytes;
    for (;;) {
        const auto piece = testing::run(answer->stream->read_some());
        if (piece.has_error()) {
            BOOST_TEST((piece.error().value() == errc::content_policy));
            break;
        }
        BOOST_REQUIRE(!piece->empty());
        bytes += *piece;
    }
    BOOST_TEST(bytes.find("sec") == std::string::npos);
    BOOST_TEST(bytes.find("[DONE]") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(observers_get_the_refusal_as_the_calls_outcome) {
    gateway_test::world w;
    guard policy;
    const auto g = std::make_shared<scripted_guardrail>("a", only_stream);
    g->filter = [] { return std::make_unique<bracketing>("<", "is a"); };
    policy.add(g);
    using observed = gateway<gateway_test::providers, weighted, timeout, guard, observers<last_outcome>>;
    observed::policies_type policies;
    std::get<guard>(policies) = policy;
    observed gw(world_of({make("a", "m", "openai", "x")}), policies);
    answer_with(w.network, gateway_test::streamed(codec_of<openai_chat>));
    const chat_request question("m", "hi");
    auto stream = testing::run(gw.stream(w.runtime, w.context, question));
    BOOST_REQUIRE(stream.has_value());
    const auto all = testing::run(stream->collect());
    BOOST_REQUIRE(all.has_error());
    BOOST_TEST((all.error().value() == errc::content_policy));
    const auto seen = gw.observer<last_outcome>();
    BOOST_TEST(seen->ended == 1);
    BOOST_REQUIRE(seen->failure.has_value());
    BOOST_TEST((*seen->failure == errc::content_policy));
}

BOOST_AUTO_TEST_CASE(a_stream_that_no_guardrail_watches_goes_on_as_its_bytes) {
    guarded_world w;
    w.add("a", guardrail_needs());
    w.streams();
    call c(w.runtime, w.context);
    set_up(c, all_spoken()[0], true);
    auto answer = testing::run(w.gw().execute(c));
    BOOST_REQUIRE(answer.has_value());
    std::string bytes, expected;
    for (;;) {
        const auto piece = testing::run(answer->stream->read_some());
        BOOST_REQUIRE(piece.has_value());
        if (piece->empty()) break;
        bytes += *piece;
    }
    // But for the usage, which the gateway asked for and the caller did not.
    for (const std::string& p : gateway_test::openai_stream) expected += p;
    const std::size_t asked = expected.rfind("data: ", expected.find("\"usage\""));
    expected.erase(asked, expected.find("\n\n", asked) + 2 - asked);
    BOOST_TEST(bytes == expected);
    BOOST_TEST(std::count(w.log.begin(), w.log.end(), "a:watch") == 1);
    BOOST_TEST(std::count(w.log.begin(), w.log.end(), "a:after") == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_stays_broken) {
    guarded_world w;
    std::get<guard>(w.policies).add(std::make_shared<keyword_guardrail>("secret"));
    answer_with(w.network, gateway_test::streamed(codec_of<openai_chat>, true));
    call c(w.runtime, w.context);
    set_up(c, all_spoken()[1], true);
    auto answer = testing::run(w.gw().execute(c));
    BOOST_REQUIRE(answer.has_value());
    const read_stream got = read(c, std::move(*answer));
    BOOST_REQUIRE(got.failure.has_value());
    BOOST_TEST((got.failure->value() == errc::truncated));
    BOOST_TEST(!got.finished);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace guard_test::streams_unit
