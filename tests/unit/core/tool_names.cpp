// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/tool_names.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <variant>

namespace tool_names_unit {

using namespace llmx;

namespace {

constexpr tool_name_rule rule(64, "_-");

chat_request with_tool(std::string name) {
    chat_request r("m", "hi");
    r.tools.emplace_back(std::move(name), "", "{}");
    return r;
}

std::string told(std::string name) {
    chat_request r = with_tool(std::move(name));
    tool_names names;
    names.make_fit(r, rule);
    return r.tools[0].name;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_tool_names)

BOOST_AUTO_TEST_CASE(what_fits) {
    for (const std::string& name : {std::string("f"), std::string("mcp__a-B_9"), std::string(64, 'x')}) {
        BOOST_TEST(rule.fits(name));
        BOOST_TEST(told(name) == name);
    }
    for (const std::string& name : {std::string(65, 'x'), std::string("a.b"), std::string("a b"), std::string("\xc3\xbc")})
        BOOST_TEST(!rule.fits(name));
    BOOST_TEST(tool_name_rule().fits(std::string(1000, '.')), "no rule");
}

BOOST_AUTO_TEST_CASE(what_does_not_is_made_to_and_stays_different) {
    std::set<std::string> seen;
    const std::string longish(60, 'x');
    for (const std::string& name : {longish + "-first", longish + "-second", std::string("a.b"), std::string("a:b"),
                                    std::string("a_b"), std::string("\xc3\xbc"), std::string("\xc3\xb6")}) {
        const std::string as = told(name);
        BOOST_TEST(rule.fits(as), as);
        BOOST_TEST(told(name) == as, "the same each time");
        BOOST_TEST(seen.insert(as).second, as);
    }
    BOOST_TEST(told("calendar.list").starts_with("calendar_list_"));
}

BOOST_AUTO_TEST_CASE(some_want_a_letter_first) {
    // Google: "Must start with a letter or an underscore."
    constexpr tool_name_rule google(64, "_-.:", true);
    for (const std::string& name : {std::string("21st_magic"), std::string("-x"), std::string(".x"), "9" + std::string(80, 'x')}) {
        chat_request r = with_tool(name);
        BOOST_TEST(!tool_names::fit(r, google), name);
        tool_names names;
        names.make_fit(r, google);
        BOOST_TEST(google.fits(r.tools[0].name), r.tools[0].name);
    }
    for (const char* const name : {"_1", "a.b:c-d", "X"}) BOOST_TEST(google.fits(name), name);
    BOOST_TEST(rule.fits("21st_magic"), "OpenAI takes it");
}

BOOST_AUTO_TEST_CASE(all_places_have_the_same_name_and_get_it_back) {
    const std::string original = "mcp__" + std::string(90, 'q');
    chat_request r = with_tool(original);
    r.tools.emplace_back("fits", "", "{}");
    r.tool_choice = tool_choice::function(original);
    message said(role::assistant), got(role::tool);
    said.add(tool_call_part("1", original, "{}")).add(tool_call_part("2", "fits", "{}"));
    tool_result_part result("1", "ok");
    result.name = original;
    got.add(result);
    r.messages.push_back(said);
    r.messages.push_back(got);
    BOOST_TEST(!tool_names::fit(r, rule));
    tool_names names;
    BOOST_TEST(names.empty());
    names.make_fit(r, rule);
    BOOST_TEST(!names.empty());
    BOOST_TEST(tool_names::fit(r, rule));
    const std::string name = r.tools[0].name;
    BOOST_TEST(r.tools[1].name == "fits");
    BOOST_TEST(r.tool_choice->name == name);
    BOOST_TEST(std::get<tool_call_part>(r.messages[1].content[0]).name == name);
    BOOST_TEST(std::get<tool_call_part>(r.messages[1].content[1]).name == "fits");
    BOOST_TEST(std::get<tool_result_part>(r.messages[2].content[0]).name == name);

    chat_reply reply;
    reply.choices.emplace_back();
    reply.choices[0].answer.add(tool_call_part("3", name, "{}")).add(tool_call_part("4", "fits", "{}"));
    names.restore(reply);
    BOOST_TEST(std::get<tool_call_part>(reply.choices[0].answer.content[0]).name == original);
    BOOST_TEST(std::get<tool_call_part>(reply.choices[0].answer.content[1]).name == "fits");
    chat_event event;
    event.what = chat_event::kind::tool_call;
    event.name = name;
    names.restore(event);
    BOOST_TEST(event.name == original);
    event.what = chat_event::kind::start; // a model's name
    event.name = name;
    names.restore(event);
    BOOST_TEST(event.name == name);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tool_names_unit
