// SPDX-License-Identifier: BSL-1.0
// A layer that changes answers, by way of the example's policy, whatever the two languages are.
#include "spoken.hpp"

#include "../../../examples/rewrite_stream/mask.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::change_reply_unit {
namespace {

struct masked_world : world {
    masked_world(const spoken& from, const spoken& to, bool stream)
        : gw(world_of({make("a", "m", to.vendor, "x")})), c(runtime, context) {
        set_up(c, from, stream);
    }
    gateway<providers, weighted, timeout, mask> gw;
    call c;
};

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_change_reply)

BOOST_DATA_TEST_CASE(a_streams_text_is_changed_in_the_callers_language,
                     boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), from, to) {
    const spoken &f = all_spoken()[static_cast<std::size_t>(from)], &t = all_spoken()[static_cast<std::size_t>(to)];
    masked_world w(f, t, true);
    auto& r = w.network.reply(200);
    r.field("content-type", "text/event-stream");
    for (const std::string& piece : streamed(*t.codec)) r.piece(piece);
    auto answer = testing::run(w.gw.execute(w.c));
    BOOST_REQUIRE(answer.has_value());
    // The façade relays it: no second translation.
    BOOST_TEST(answer->passes_as(*f.codec));
    reply_events<chat> events(w.c, std::move(*answer));
    std::string text;
    bool finished = false;
    while (testing::run(events.read_more()))
        while (const chat_event* e = events.try_next()) {
            if (e->what == chat_event::kind::text) text += e->text;
            finished |= e->what == chat_event::kind::finish;
        }
    BOOST_TEST(!events.failure().has_value());
    BOOST_TEST(text == "The ****** is a ******. s");
    BOOST_TEST(finished);
    BOOST_TEST(w.context.report.tokens.output_tokens == 8);
}

BOOST_DATA_TEST_CASE(a_stream_that_breaks_is_a_broken_one_behind_the_layer, boost::unit_test::data::xrange(3), to) {
    const spoken& t = all_spoken()[static_cast<std::size_t>(to)];
    masked_world w(all_spoken()[0], t, true);
    auto& r = w.network.reply(200);
    r.field("content-type", "text/event-stream");
    for (const std::string& piece : streamed(*t.codec, true)) r.piece(piece);
    auto answer = testing::run(w.gw.execute(w.c));
    BOOST_REQUIRE(answer.has_value());
    std::string bytes;
    for (;;) {
        const auto piece = testing::run(answer->stream->read_some());
        if (piece.has_error()) {
            BOOST_TEST((piece.error().value() == errc::truncated));
            BOOST_TEST(!answer->stream->provider_reported());
            break;
        }
        BOOST_REQUIRE(!piece->empty());
        bytes += *piece;
    }
    BOOST_TEST(bytes.find("The ") != std::string::npos);
    BOOST_TEST(bytes.find("[DONE]") == std::string::npos);
}

BOOST_DATA_TEST_CASE(a_whole_answer_is_changed_too, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3),
                     from, to) {
    const spoken &f = all_spoken()[static_cast<std::size_t>(from)], &t = all_spoken()[static_cast<std::size_t>(to)];
    masked_world w(f, t, false);
    chat_reply said;
    said.choices.emplace_back();
    said.choices[0].answer.content.emplace_back(text_part("no secret here"));
    said.choices[0].finish = finish_reason::stop;
    std::string body;
    reply_options how;
    how.id = "id";
    how.model = "x";
    t.codec->encode_reply(any_message::borrow(said), how, body);
    w.network.reply(200, body);
    const auto answer = testing::run(w.gw.execute(w.c));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->passes_as(*f.codec));
    const auto read = answer->as<chat>();
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->text() == "no ****** here");
}

BOOST_AUTO_TEST_CASE(what_is_no_stream_cannot_be_changed_as_one) {
    world w;
    call c(w.runtime, w.context);
    reply whole;
    whole.codec = &codec_of<openai_chat>;
    const auto changed = map_events(c, std::move(whole), mask::stream(mask()));
    BOOST_REQUIRE(changed.has_error());
    BOOST_TEST((changed.error().value() == errc::internal));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::change_reply_unit
