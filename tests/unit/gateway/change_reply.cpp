// SPDX-License-Identifier: BSL-1.0
// A layer that changes answers, by way of the example's policy, whatever the two languages are.
#include "fixture.hpp"

#include "../../../examples/rewrite_stream/mask.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test {
namespace {

struct spoken {
    const char* vendor;
    const codec_ops* codec;
    std::string request;
};
const std::vector<spoken>& all_spoken() {
    static const std::vector<spoken> all = {
        {"openai", &codec_of<openai_chat>, R"({"model":"m","messages":[{"role":"user","content":"hi"}]})"},
        {"anthropic", &codec_of<anthropic_messages>, R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})"},
        {"gemini", &codec_of<gemini_generate>, R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})"}};
    return all;
}

/// "The sec", "ret is a sec", "ret.", as \p to writes it, an event a piece.
std::vector<std::string> streamed(const codec_ops& to, bool broken = false) {
    reply_options how;
    how.id = "id";
    how.model = "x";
    how.include_usage = true;
    const auto encoder = stream_codec<chat>(to)->make_encoder(how);
    std::vector<std::string> pieces;
    const auto add = [&](const chat_event& e) { encoder->encode(e, pieces.emplace_back()); };
    chat_event e;
    e.what = chat_event::kind::start;
    e.id = "id";
    e.name = "x";
    add(e);
    for (const char* text : {"The sec", "ret is a sec", "ret.", " s"}) {
        chat_event t;
        t.what = chat_event::kind::text;
        t.text = text;
        add(t);
    }
    if (broken) return pieces;
    chat_event end;
    end.what = chat_event::kind::finish;
    end.reason = finish_reason::stop;
    add(end);
    chat_event tokens;
    tokens.what = chat_event::kind::usage;
    tokens.tokens.input_tokens = 3;
    tokens.tokens.output_tokens = 8;
    add(tokens);
    encoder->finish(pieces.emplace_back());
    return pieces;
}

struct masked_world : world {
    masked_world(const spoken& from, const spoken& to, bool stream)
        : gw(world_of({make("a", "m", to.vendor, "x")})), c(runtime, context) {
        c.in.codec = from.codec;
        c.in.body = from.request;
        c.model = "m";
        c.in.path_model = "m";
        c.in.stream = stream;
        const std::size_t at = from.request.find("\"m\"");
        if (at != std::string::npos) {
            c.in.model_begin = at;
            c.in.model_end = at + 3;
        }
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
            BOOST_TEST(!answer->stream->provider_said_so());
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
    const auto changed = change_events<chat>(c, std::move(whole), mask::stream(mask()));
    BOOST_REQUIRE(changed.has_error());
    BOOST_TEST((changed.error().value() == errc::internal));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test
