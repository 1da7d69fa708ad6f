// SPDX-License-Identifier: BSL-1.0
// Descriptions of the vocabulary, places in it, efforts and budgets.
#include <llmx/core/chat_request.hpp>
#include <llmx/core/embeddings.hpp>
#include <llmx/core/request_place.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace describe_unit {

using llmx::chat_request;
using llmx::embedding_input;
using llmx::embedding_request;
using llmx::request_place;

BOOST_AUTO_TEST_SUITE(core_describe)

BOOST_AUTO_TEST_CASE(members_are_known_by_name_and_position) {
    BOOST_TEST(llmx::member_of<&chat_request::model>.name == "model");
    BOOST_TEST(llmx::member_of<&chat_request::model>.index == 0u);
    BOOST_TEST(llmx::member_of<&chat_request::extra>.index == llmx::member_count<chat_request> - 1);
    // What describes the object itself is no member of the message.
    BOOST_TEST(llmx::member_of<&chat_request::origins>.name == "");
    std::set<std::size_t> positions;
    boost::mp11::mp_for_each<llmx::detail::members_of<llmx::tool>>([&](auto d) { positions.insert(llmx::member_of<d.pointer>.index); });
    BOOST_TEST(positions.size() == llmx::member_count<llmx::tool>);
}

BOOST_AUTO_TEST_CASE(places_have_the_names_of_the_vocabulary) {
    const request_place at;
    BOOST_TEST(at.text() == "");
    BOOST_TEST(at.of<&chat_request::top_k>().text() == "top_k");
    BOOST_TEST(at.of<&chat_request::stop>().item(2).text() == "stop[2]");
    BOOST_TEST(at.of<&chat_request::response_format>().of<&llmx::response_format::schema>().text() == "response_format.schema");
    BOOST_TEST(at.message(2).text() == "messages[2]");
    BOOST_TEST(at.message(2).of<&llmx::message::name>().text() == "messages[2].name");
    BOOST_TEST(at.message(2).part(0).of<&llmx::tool_call_part::arguments>().text() == "messages[2].content[0].arguments");
    BOOST_TEST(at.message(2).part(1).item(3).of<&llmx::image_part::detail>().text() == "messages[2].content[1].content[3].detail");
    BOOST_TEST(at.tool(1).of<&llmx::tool::strict>().text() == "tools[1].strict");
    BOOST_TEST(at.message(0).other("audio.id").text() == "messages[0].audio.id");
    // Members of an element of a list, and elements of a list that is a member of a member.
    BOOST_TEST(at.of<&embedding_request::inputs>().item(3).text() == "inputs[3]");
    BOOST_TEST(at.of<&embedding_request::inputs>().item(3).of<&embedding_input::title>().text() == "inputs[3].title");
    BOOST_TEST(at.of<&embedding_request::inputs>().item(3).other("content.parts").text() == "inputs[3].content.parts");
    BOOST_TEST(at.of<&embedding_request::inputs>().of<&embedding_input::tokens>().item(3).text() == "inputs.tokens[3]");
    BOOST_TEST(at.of<&embedding_request::inputs>().other("x").item(3).text() == "inputs.x[3]");
    BOOST_TEST((at.of<&chat_request::stop>().is<&chat_request::stop>()));
    BOOST_TEST(!(at.of<&chat_request::stop>().is<&chat_request::seed>()));
}

BOOST_AUTO_TEST_CASE(origins_are_found_by_position) {
    llmx::request_origins o;
    o.message(llmx::wire_origin(1));
    o.part(llmx::wire_origin(0));
    o.message(llmx::wire_origin(0, 7));
    o.message(llmx::wire_origin(0, 8));
    o.part(llmx::wire_origin(2, 0));
    o.part(llmx::wire_origin(2, 5));
    BOOST_TEST(o.find_message(1)->index == 7u);
    BOOST_TEST(o.find_message(3) == nullptr);
    BOOST_TEST(o.find_part(0, 0)->list == 0u);
    BOOST_TEST(o.find_part(0, 1) == nullptr);
    BOOST_TEST(o.find_part(1, 0) == nullptr);
    BOOST_TEST(o.find_part(2, 1)->index == 5u);
    BOOST_TEST(o.find_tool(0) == nullptr);
}

BOOST_AUTO_TEST_CASE(efforts_and_budgets_are_each_others_inverse) {
    using llmx::reasoning_effort;
    for (int i = 0; i <= static_cast<int>(reasoning_effort::max); ++i) {
        const auto e = static_cast<reasoning_effort>(i);
        BOOST_TEST((llmx::effort_of(llmx::budget_of(e)) == e));
        BOOST_TEST((llmx::effort_of(llmx::budget_of(e) + 1) == e));
        if (i > 0) BOOST_TEST((llmx::effort_of(llmx::budget_of(e) - 1) == static_cast<reasoning_effort>(i - 1)));
    }
    BOOST_TEST((llmx::usual_effort_of(1) == reasoning_effort::low));
    BOOST_TEST((llmx::usual_effort_of(1'000'000) == reasoning_effort::high));
    BOOST_TEST((llmx::usual_effort_of(0) == reasoning_effort::none));
    BOOST_TEST(!llmx::usual_effort_of(-1));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace describe_unit
