// SPDX-License-Identifier: BSL-1.0
// A request decides how much a target cannot say of it: so much is kept and named, and no more.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace drop_report_unit {

BOOST_AUTO_TEST_SUITE(dialects_drop_report)

BOOST_AUTO_TEST_CASE(keeps_the_first_and_the_first_that_matters) {
    llmx::drop_report drops;
    BOOST_TEST(drops.first_lost() == nullptr);
    for (int i = 0; i < 5000; ++i) drops.hint(llmx::request_place().other("h" + std::to_string(i)));
    BOOST_TEST(drops.first_lost() == nullptr);
    BOOST_TEST(drops.entries().size() == llmx::drop_report::most_entries);
    drops.lost(llmx::request_place().other("first"));
    drops.lost(llmx::request_place().other("second"));
    BOOST_REQUIRE(drops.first_lost() != nullptr);
    BOOST_TEST(drops.first_lost()->text() == "first");
    BOOST_TEST(drops.count() == 5002u);
    BOOST_TEST(drops.entries().size() == llmx::drop_report::most_entries + 1);

    llmx::drop_report early;
    early.lost(llmx::request_place().other("a"));
    early.hint(llmx::request_place().other("b"));
    for (int i = 0; i < 5000; ++i) early.lost(llmx::request_place().other("l" + std::to_string(i)));
    BOOST_TEST(early.first_lost()->text() == "a");
    BOOST_TEST(early.entries()[1].at.text() == "b");
    BOOST_TEST(early.entries()[1].hint);
    BOOST_TEST(early.entries().size() == llmx::drop_report::most_entries);
}

BOOST_AUTO_TEST_CASE(names_as_many_as_a_header_holds) {
    std::string body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)";
    for (int i = 0; i < 3000; ++i)
        body += std::string(i == 0 ? "" : ",") + R"({"type":"text","text":"a","cache_control":{"type":"ephemeral"}})";
    const auto request = llmx::anthropic_messages::decode_request(body + "]}]}", llmx::request_target());
    BOOST_REQUIRE(request.has_value());
    std::string out;
    llmx::drop_report drops;
    BOOST_REQUIRE(llmx::openai_chat::encode_request(*request, llmx::encode_options(), out, drops).has_value());
    BOOST_TEST(drops.count() == 3000u);
    const auto names = llmx::detail::name_drops(drops, &llmx::codec_of<llmx::anthropic_messages>, llmx::any_message::borrow(*request));
    std::size_t bytes = 0;
    for (const auto& n : names) bytes += n.size();
    BOOST_TEST(bytes > 1024u);
    BOOST_TEST(bytes < 4096u);
    BOOST_TEST(names.front() == "messages[0].content[0].cache_control");
    BOOST_TEST(names.back() == "messages[0].content[" + std::to_string(names.size() - 1) + "].cache_control");
    const auto ours = llmx::detail::name_drops(drops, nullptr, llmx::any_message::borrow(*request));
    BOOST_TEST(ours.front() == drops.entries().front().at.text());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace drop_report_unit
