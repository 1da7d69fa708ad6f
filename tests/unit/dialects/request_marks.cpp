// SPDX-License-Identifier: BSL-1.0
// What the one scan of a request notes for later questions.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/chat_members.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace request_marks_unit {

using namespace llmx;

namespace {

struct row {
    std::string_view messages;
    bool known_to_pass;
};

const row rows[] = {
    {R"([{"role":"user","content":"hello"}])", true},
    {R"([{"role":"user","content":"a [link](x) and x:[1], \"content\":[{\"format\":\"image/png\"}]"}])", false},
    {R"([{"role":"user","content":"a [link](x), \"format\":\"image/png\""}])", true},
    {"[ {\"role\":\"user\",\"content\" :\n [ {\"type\":\"image_url\",\"image_url\":{\"url\":\"u\",\"format\":\"image/png\"}}]}]", false},
    {R"([{"role":"user","content":[{"type":"file","file":{"file_id":"f","format":"application/pdf"}}]}])", false},
    {R"([{"role":"user","content":[{"type":"text","text":"hello"}]}])", false},
    {R"([{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"llmx::gemini_generate:AA"}]}])", false},
    {R"([{"role":"user","content":"\"signature\":\"llmx::gemini_generate:AA\""}])", true},
    {R"([{"role":"assistant","tool_calls":[]},{"role":"user","content":"a"}])", false},
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_request_marks)

BOOST_AUTO_TEST_CASE(what_is_known_to_pass_needs_no_translation) {
    for (const row& r : rows) {
        const std::string body = R"({"model":"m","max_tokens":9,"messages":)" + std::string(r.messages) + "}";
        for (const codec_ops* const codec : {&codec_of<openai_chat>, &codec_of<anthropic_messages>}) {
            const auto head = codec->scan_request(body, request_target());
            BOOST_REQUIRE(head.has_value());
            BOOST_TEST(head->known_to_pass == r.known_to_pass, body);
            if (head->known_to_pass) BOOST_TEST(!codec->must_translate(body), body);
            BOOST_TEST(head->members.complete());
            BOOST_TEST(head->members.size() == 3u);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_name_has_a_mark_of_its_own_and_the_place_of_its_member) {
    constexpr std::string_view names[] = {"temperature", "top_p", "presence_penalty", "frequency_penalty", "stop", "logit_bias", "logprobs", "seed",
                                          "top_logprobs", "max_completion_tokens", "reasoning_effort", "parallel_tool_calls", "stream_options", "metadata"};
    std::set<unsigned> marks;
    for (const std::string_view name : names) {
        std::string body = R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"}],"stream":false,"user":"u",")";
        body.append(name).append(R"(":null})");
        const auto head = codec_of<openai_chat>.scan_request(body, request_target());
        BOOST_REQUIRE(head.has_value());
        BOOST_REQUIRE(head->members.complete());
        BOOST_REQUIRE(head->members.size() == 6u);
        for (std::size_t i = 0; i != 6; ++i)
            BOOST_TEST((head->members.mark(i) == static_cast<unsigned>(detail::openai_chat_member_of(head->members.at(i, body)))));
        BOOST_TEST(head->members.mark(4) == static_cast<unsigned>(detail::openai_chat_member::other));
        BOOST_TEST((head->members.at(5, body).key == name));
        BOOST_TEST(head->members.mark(5) > static_cast<unsigned>(detail::openai_chat_member::other));
        for (std::size_t i = 0; i != 4; ++i) BOOST_TEST(head->members.mark(i) != head->members.mark(5));
        marks.insert(head->members.mark(5));
    }
    BOOST_TEST(marks.size() == std::size(names));
}

BOOST_AUTO_TEST_CASE(a_name_with_escapes_has_the_mark_of_its_letters) {
    const std::string body = R"({"mod\u0065l":"m","messages":[{"role":"user","content":"a"}],"st\u006fp":"x"})";
    const auto head = codec_of<openai_chat>.scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST((head->model == "m"));
    BOOST_TEST(head->members.mark(2) == static_cast<unsigned>(detail::openai_chat_member::stop));
    BOOST_TEST(head->members.at(2, body).escaped);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace request_marks_unit
