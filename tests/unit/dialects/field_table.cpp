// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/chat_request.hpp>
#include <llmx/core/embeddings.hpp>
#include <llmx/core/transcription.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace field_table_unit {

using namespace llmx; // the tables of a codec stand in its namespace too

namespace {

constexpr auto fields = fields_of<reasoning_options>(by_hand<&reasoning_options::effort>("think.effort"),
                                                     mapped<&reasoning_options::budget_tokens>("budget").count().within(1, 100),
                                                     lost<&reasoning_options::adaptive>(),
                                                     hint<&reasoning_options::include_thoughts>().unless(0));
static_assert(accounts_for_all<reasoning_options>(fields));
static_assert(!accounts_for_all<reasoning_options>(fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("a"), lost<&reasoning_options::adaptive>(), hint<&reasoning_options::include_thoughts>())));
static_assert(!accounts_for_all<reasoning_options>(fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("a"), lost<&reasoning_options::adaptive>(), lost<&reasoning_options::adaptive>(),
    hint<&reasoning_options::include_thoughts>())));

constexpr auto format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("type"), mapped<&response_format::name>("name").inside("json_schema"),
    mapped<&response_format::description>("description").inside("json_schema"),
    mapped<&response_format::schema>("schema").inside("json_schema"),
    mapped<&response_format::strict>("strict").inside("json_schema"));
static_assert(accounts_for_all<response_format>(format_fields));

std::string written(const reasoning_options& r, std::string& drops_text) {
    std::string out;
    drop_report drops;
    json_writer w(out);
    w.object();
    detail::write_fields(w, &r, fields.view(), request_place().of<&chat_request::reasoning>(), drops);
    w.end_object();
    for (const auto& e : drops.entries()) drops_text += e.at.text() + (e.hint ? "? " : "! ");
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_field_table)

BOOST_AUTO_TEST_CASE(writes_what_is_set_and_reports_the_rest) {
    std::string drops;
    reasoning_options r;
    BOOST_TEST(written(r, drops) == "{}");
    BOOST_TEST(drops == "");
    r.budget_tokens = 7;
    r.adaptive = true;
    r.include_thoughts = true;
    r.effort = reasoning_effort::high; // a function's
    BOOST_TEST(written(r, drops) == R"({"budget":7})");
    BOOST_TEST(drops == "reasoning.adaptive! reasoning.include_thoughts? ");
    drops.clear();
    r = reasoning_options();
    r.budget_tokens = 101;
    r.include_thoughts = false;
    BOOST_TEST(written(r, drops) == "{}");
    BOOST_TEST(drops == "reasoning.budget_tokens! ");
}

BOOST_AUTO_TEST_CASE(writes_what_a_language_demands_whatever_its_value) {
    static constexpr auto words = fields_of<transcript_word>(mapped<&transcript_word::word>("word").always(),
                                                             mapped<&transcript_word::start>("start").always(),
                                                             mapped<&transcript_word::end>("end"));
    const transcript_word none;
    std::string out;
    drop_report drops;
    json_writer w(out);
    detail::write_fields(w.object(), &none, words.view(), request_place(), drops);
    w.end_object();
    BOOST_TEST(out == R"({"word":"","start":0})");
    json_document d(R"({"word":"a","start":1.5,"end":2})");
    const json_cursor in = d.root();
    transcript_word read;
    detail::read_fields(in, &read, words.view());
    BOOST_TEST(read.start == 1.5);
    BOOST_TEST(read.end == 2);
}

BOOST_AUTO_TEST_CASE(scanned_members_are_read_leniently) {
    static constexpr auto words = fields_of<transcription_reply>(mapped<&transcription_reply::text>("text").always(),
                                                                 mapped<&transcription_reply::language>("language"),
                                                                 mapped<&transcription_reply::duration>("duration"));
    transcription_reply r;
    std::string unknown;
    const auto read = [&](std::string_view text) {
        unknown.clear();
        r = transcription_reply();
        scan_json_members(text, [&](const json_member& m) {
            if (!detail::take_scanned_field(m, &r, words.view())) unknown.append(m.key).append(" ");
        }).value();
    };
    read(R"({"text":"\u00e9","lang\u0075age":"de","duration":1.5,"x":1})");
    BOOST_TEST(r.text == "\xC3\xA9");
    BOOST_TEST(r.language == "de");
    BOOST_TEST(*r.duration == 1.5);
    BOOST_TEST(unknown == "x ");
    // What the table cannot read is unknown, unless the table writes the member anyway.
    read(R"({"text":7,"language":null,"duration":"1.5"})");
    BOOST_TEST((r == transcription_reply()));
    BOOST_TEST(unknown == "language duration ");
}

BOOST_AUTO_TEST_CASE(reads_the_mapped_members_alone) {
    json_document d(R"({"budget":9,"think":{"effort":"x"},"adaptive":true})");
    const json_cursor in = d.root();
    reasoning_options r;
    detail::read_fields(in, &r, fields.view());
    BOOST_TEST(d.good());
    BOOST_TEST(*r.budget_tokens == 9);
    BOOST_TEST(!r.adaptive);
    json_document wrong(R"({"budget":-9})");
    const json_cursor bad = wrong.root();
    detail::read_fields(bad, &r, fields.view());
    BOOST_TEST(wrong.status().error().message() == "budget: expected a whole number that is not negative");
}

BOOST_AUTO_TEST_CASE(a_member_without_an_equivalent_can_be_read) {
    static constexpr auto rules = fields_of<reasoning_options>(
        by_hand<&reasoning_options::effort>(""), lost<&reasoning_options::budget_tokens>().read_as("budget").count(),
        lost<&reasoning_options::adaptive>().named("type"), hint<&reasoning_options::include_thoughts>());
    json_document d(R"({"budget":9,"type":true,"x":1})");
    const json_cursor in = d.root();
    reasoning_options r;
    detail::read_fields(in, &r, rules.view());
    BOOST_TEST(d.good());
    BOOST_TEST(r.budget_tokens.value() == 9);
    BOOST_TEST(!r.adaptive);
    extra_members extra;
    detail::keep_extra(in, rules.view(), {}, "c", "", {}, extra);
    BOOST_TEST(extra.members.size() == 1u);
    std::string out;
    json_writer w(out);
    drop_report drops;
    w.object();
    detail::write_fields(w, &r, rules.view(), request_place().of<&chat_request::reasoning>(), drops);
    w.end_object();
    BOOST_TEST(out == "{}");
    BOOST_TEST(drops.first_lost()->text() == "reasoning.budget_tokens");
    drop_report of_range;
    w.object();
    detail::write_mapped_fields(w, &r, rules.view(), request_place(), of_range);
    w.end_object();
    BOOST_TEST(of_range.entries().empty());
}

BOOST_AUTO_TEST_CASE(keeps_the_members_that_no_table_has) {
    static constexpr std::string_view known[] = {"legacy"}, hints[] = {"store"};
    json_document d(R"({"budget":9,"think":{},"legacy":1,"store":true,"null":null,"own":[1.5]})");
    const json_cursor in = d.root();
    extra_members extra;
    detail::keep_extra(in, fields.view(), known, "c", "p.", hints, extra);
    BOOST_TEST(extra.members.size() == 2u);
    BOOST_TEST(extra.find("p.store")->text == "true");
    BOOST_TEST(extra.find("p.own")->text == "[1.5]");
    drop_report drops;
    drops.foreign(extra, "c", request_place());
    BOOST_TEST(drops.entries().empty());
    drops.foreign(extra, "d", request_place().message(1));
    BOOST_TEST(drops.entries()[0].at.text() == "messages[1].p.store");
    BOOST_TEST(drops.entries()[0].hint);
    BOOST_TEST(!drops.entries()[1].hint);
}

BOOST_AUTO_TEST_CASE(members_of_one_object_are_unknown_in_another) {
    static constexpr std::string_view known[] = {"legacy"};
    static constexpr auto rules = fields_of<reasoning_options>(
        by_hand<&reasoning_options::effort>("think.effort"), mapped<&reasoning_options::budget_tokens>("budget").inside("deep.config"),
        by_hand<&reasoning_options::adaptive>("").inside("deep.other"), hint<&reasoning_options::include_thoughts>());
    const auto kept = [](std::string_view text, std::string_view prefix) {
        json_document d(text);
        const json_cursor in = d.root();
        extra_members extra;
        detail::keep_extra_inside(in, rules.view(), known, "c", prefix, {}, extra);
        std::string names;
        for (const auto& m : extra.members) names += m.name + ' ';
        return names;
    };
    BOOST_TEST(kept(R"({"think":{},"deep":{},"legacy":1,"budget":1,"config":1,"effort":1,"dee":1})", "") == "budget config effort dee ");
    BOOST_TEST(kept(R"({"config":{},"other":1,"budget":1,"legacy":1})", "deep.") == "deep.budget ");
    BOOST_TEST(kept(R"({"budget":1,"effort":1})", "deep.config.") == "deep.config.effort ");
    BOOST_TEST(kept(R"({"budget":1,"effort":1})", "think.") == "think.budget ");
}

BOOST_AUTO_TEST_CASE(places_get_the_names_of_the_caller) {
    static constexpr std::string_view messages[] = {"messages", "system"}, parts[] = {"content", "tool_calls", "", "[]"},
                                      tools[] = {"functions", "tools"};
    static constexpr std::span<const field_rule> tables[] = {fields.view(), format_fields.view()};
    detail::wire_names names{messages, parts, tools, "declarations", tables};
    chat_request r;
    r.origins.message(wire_origin(1));
    r.origins.part(wire_origin(0, 4));
    r.origins.message(wire_origin(0, 0));
    r.origins.part(wire_origin(1, 3));
    r.origins.part(wire_origin(2));
    // Of a message of the wire that was joined to this one.
    r.origins.part(wire_origin(1, 4, 2));
    r.origins.message(wire_origin(1));
    r.origins.part(wire_origin(3, 6));
    r.origins.tool(wire_origin(0, 5));
    r.origins.tool(wire_origin(1, 1, 2));
    const request_place at;
    const auto path = [&](const request_place& p) { return detail::wire_path(p, r, names); };
    BOOST_TEST(path(at.message(0).part(0)) == "system.content[4]");
    BOOST_TEST(path(at.message(1).part(0)) == "messages[0].tool_calls[3]");
    BOOST_TEST(path(at.message(1).part(1)) == "messages[0]");
    BOOST_TEST(path(at.message(1).part(1).item(2)) == "messages[0].content[2]");
    BOOST_TEST(path(at.message(2).part(0).of<&text_part::signature>()) == "system[6].signature");
    BOOST_TEST(path(at.message(1).part(2).of<&text_part::cache>()) == "messages[4].tool_calls[2].cache");
    // Behind what was decoded.
    BOOST_TEST(path(at.message(9).part(1)) == "messages[9].content[1]");
    BOOST_TEST(path(at.tool(0)) == "functions[5]");
    BOOST_TEST(path(at.tool(1).of<&tool::strict>()) == "tools[1].declarations[2].strict");
    BOOST_TEST(path(at.of<&chat_request::reasoning>().of<&reasoning_options::effort>()) == "reasoning.think.effort");
    BOOST_TEST(path(at.of<&chat_request::response_format>().of<&response_format::schema>()) == "response_format.json_schema.schema");
    BOOST_TEST(path(at.of<&chat_request::stop>().item(1)) == "stop[1]");
    BOOST_TEST(path(at.other("own.member")) == "own.member");
    BOOST_TEST(path(at.of<&chat_request::reasoning>().of<&reasoning_options::adaptive>()) == "reasoning");
    // Where the outer member has no name of its own, that of the inner one has to do; without either it is ours.
    static constexpr auto request_fields = fields_of<chat_request>(by_hand<&chat_request::reasoning>(""));
    static constexpr std::span<const field_rule> nameless[] = {fields.view(), request_fields.view()};
    names.tables = nameless;
    BOOST_TEST(path(at.of<&chat_request::reasoning>().of<&reasoning_options::effort>()) == "think.effort");
    BOOST_TEST(path(at.of<&chat_request::reasoning>().of<&reasoning_options::adaptive>()) == "reasoning.adaptive");
}

BOOST_AUTO_TEST_CASE(elements_of_flat_requests_get_the_names_of_the_caller) {
    static constexpr auto inputs = fields_of<embedding_input>(mapped<&embedding_input::title>("name"),
                                                              by_hand<&embedding_input::text>(""));
    static constexpr auto listed = fields_of<embedding_request>(by_hand<&embedding_request::inputs>("items"));
    static constexpr auto alone = fields_of<embedding_request>(by_hand<&embedding_request::inputs>(""));
    static constexpr std::span<const field_rule> several[] = {listed.view(), inputs.view()},
                                                 one[] = {alone.view(), inputs.view()};
    const request_place third = request_place().of<&embedding_request::inputs>().item(3);
    BOOST_TEST(detail::wire_path(third, several) == "items[3]");
    BOOST_TEST(detail::wire_path(third.of<&embedding_input::title>(), several) == "items[3].name");
    BOOST_TEST(detail::wire_path(third.of<&embedding_input::text>(), several) == "items[3]");
    BOOST_TEST(detail::wire_path(third.other("x.y"), several) == "items[3].x.y");
    // A list that callers cannot write has no position.
    const request_place only = third.without_item();
    BOOST_TEST(detail::wire_path(only.of<&embedding_input::title>(), one) == "name");
    BOOST_TEST(detail::wire_path(only.other("x"), one) == "x");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace field_table_unit
