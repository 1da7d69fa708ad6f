// SPDX-License-Identifier: BSL-1.0
// A request decides how much a target cannot say of it: so much is kept and named, and no more.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace {

/// A request with all kinds of parts, of which each has its own place on the wire.
llmx::chat_request mixed(std::mt19937_64& random) {
    llmx::chat_request r;
    r.model = "m";
    for (int m = 0; m < 6; ++m) {
        auto& message = r.messages.emplace_back(m == 0 ? llmx::role::system : m % 2 == 0 ? llmx::role::assistant : llmx::role::user);
        for (int p = 0; p < 12; ++p) {
            switch (random() % 6) {
            case 0: message.add(llmx::text_part("t")); break;
            case 1: message.add(llmx::thinking_part("t", random() % 2 == 0 ? "s" : "")); break;
            case 2: {
                llmx::tool_call_part c("c", "f", "{}");
                if (random() % 2 == 0) c.signature = "s";
                message.add(std::move(c));
                break;
            }
            case 3: message.add(llmx::image_part(llmx::media::from_url("https://h/"))); break;
            case 4: message.add(llmx::opaque_part("openai_chat", R"({"type":"custom"})")); break;
            default: message.add(llmx::tool_result_part("c", "r"));
            }
        }
    }
    for (int t = 0; t < 12; ++t) {
        auto& tool = r.tools.emplace_back("f", "", "{}");
        if (random() % 3 == 0) tool.builtin = llmx::opaque_part("gemini_generate", "{}");
    }
    return r;
}

template <class D> void any_order(std::mt19937_64& random) {
    const llmx::chat_request r = mixed(random);
    llmx::path_cursor cursor;
    for (int i = 0; i < 400; ++i) {
        const std::string path = random() % 3 == 0
                                     ? "tools[" + std::to_string(random() % 14) + "].strict"
                                     : "messages[" + std::to_string(random() % 7) + "].content[" + std::to_string(random() % 14) + "].arguments";
        BOOST_TEST(D::caller_path(path, r, cursor) == D::caller_path(path, r), path);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_drop_report)

BOOST_AUTO_TEST_CASE(keeps_the_first_and_the_first_that_matters) {
    llmx::drop_report drops;
    BOOST_TEST(drops.first_lost() == nullptr);
    for (int i = 0; i < 5000; ++i) drops.hint("h" + std::to_string(i));
    BOOST_TEST(drops.first_lost() == nullptr);
    BOOST_TEST(drops.entries().size() == llmx::drop_report::most_entries);
    drops.lost("first");
    drops.lost("second");
    BOOST_REQUIRE(drops.first_lost() != nullptr);
    BOOST_TEST(drops.first_lost()->text() == "first");
    BOOST_TEST(drops.count() == 5002u);
    BOOST_TEST(drops.entries().size() == llmx::drop_report::most_entries + 1);

    llmx::drop_report early;
    early.lost("a");
    early.hint("b");
    for (int i = 0; i < 5000; ++i) early.lost("l" + std::to_string(i));
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

BOOST_AUTO_TEST_CASE(places_are_the_same_in_any_order) {
    std::mt19937_64 random(11);
    for (int i = 0; i < 20; ++i) {
        any_order<llmx::openai_chat>(random);
        any_order<llmx::anthropic_messages>(random);
    }
}

BOOST_AUTO_TEST_SUITE_END()
