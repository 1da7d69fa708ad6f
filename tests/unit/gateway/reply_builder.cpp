// SPDX-License-Identifier: BSL-1.0
// Joining a stream's events: what they say decides nothing about what is allocated.
#include <llmx/gateway/chat_stream.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

#include <support/allocations.hpp>

namespace reply_builder_unit {

namespace {

using llmx::chat_event;

chat_event event(chat_event::kind what, std::uint32_t choice, std::uint32_t part, std::string_view text) {
    chat_event e;
    e.what = what;
    e.choice = choice;
    e.part = part;
    e.text = text;
    return e;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_reply_builder)

BOOST_AUTO_TEST_CASE(choices_stand_in_the_order_of_their_indexes) {
    llmx::reply_builder builder;
    builder.add(event(chat_event::kind::text, 2, 0, "two"));
    builder.add(event(chat_event::kind::text, 0, 0, "zero"));
    builder.add(event(chat_event::kind::text, 2, 0, "!"));
    auto ended = event(chat_event::kind::finish, 2, 0, "stop");
    ended.reason = llmx::finish_reason::stop_sequence;
    builder.add(ended);
    const auto reply = builder.take();
    BOOST_REQUIRE(reply.choices.size() == 2u);
    BOOST_TEST(reply.choices[0].answer.text() == "zero");
    BOOST_TEST(reply.choices[1].answer.text() == "two!");
    BOOST_TEST(reply.choices[1].stop_sequence == "stop");
    BOOST_TEST((reply.choices[1].finish == llmx::finish_reason::stop_sequence));
}

BOOST_AUTO_TEST_CASE(an_index_allocates_nothing_but_its_choice) {
    llmx::reply_builder builder;
    const std::size_t before = llmx_test::allocations();
    builder.add(event(chat_event::kind::text, 4294967295u, 4294967295u, "a"));
    BOOST_TEST(llmx_test::allocations() - before < 10u);
    const auto reply = builder.take();
    BOOST_REQUIRE(reply.choices.size() == 1u);
    BOOST_TEST(reply.text() == "a");
}

BOOST_AUTO_TEST_CASE(parts_of_one_number_and_of_several_kinds) {
    llmx::reply_builder builder;
    builder.add(event(chat_event::kind::text, 0, 1, "a"));
    builder.add(event(chat_event::kind::thinking, 0, 1, "t"));
    builder.add(event(chat_event::kind::text, 0, 2, "b"));
    builder.add(event(chat_event::kind::text, 0, 1, "c"));
    builder.add(event(chat_event::kind::thinking_signature, 0, 1, "of the text"));
    builder.add(event(chat_event::kind::thinking_signature, 0, 3, "of a thought"));
    const auto reply = builder.take();
    const auto& parts = reply.choices.at(0).answer.content;
    BOOST_REQUIRE(parts.size() == 4u);
    BOOST_TEST(std::get<llmx::text_part>(parts[0]).text == "ac");
    BOOST_TEST(std::get<llmx::text_part>(parts[0]).signature == "of the text");
    BOOST_TEST(std::get<llmx::thinking_part>(parts[1]).text == "t");
    BOOST_TEST(std::get<llmx::text_part>(parts[2]).text == "b");
    BOOST_TEST(std::get<llmx::thinking_part>(parts[3]).signature == "of a thought");
}

// Once all of them are there, and not again for each: the count would be in the millions.
BOOST_AUTO_TEST_CASE(probabilities_are_joined_once) {
    constexpr int chunks = 2000;
    llmx::reply_builder builder;
    const std::size_t before = llmx_test::allocations();
    for (int i = 0; i < chunks; ++i)
        builder.add(event(chat_event::kind::logprobs, 0, 0, R"({"content":[{"token":"a token that is long","logprob":-1}],"refusal":null})"));
    const auto reply = builder.take();
    BOOST_TEST(llmx_test::allocations() - before < std::size_t{chunks} * 40);
    const auto all = boost::json::parse(reply.choices.at(0).logprobs.text);
    BOOST_TEST(all.at("content").as_array().size() == std::size_t{chunks});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reply_builder_unit
