// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/json_cursor.hpp>

#include <support/allocations.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace json_cursor_unit {

using llmx::json_cursor;
using llmx::json_document;

namespace {

/// The first fault of \p read, which is given the root of \p text.
template <class Read> std::string fault(std::string_view text, Read read, llmx::json_naming naming = llmx::json_naming::exact) {
    json_document document(text, naming);
    const json_cursor root = document.root();
    read(root);
    const auto status = document.status();
    return status ? std::string() : status.error().message() + "|" + status.error().param();
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_json_cursor)

BOOST_AUTO_TEST_CASE(reads_what_is_there_and_leaves_the_rest_alone) {
    json_document d(R"({"s":"a","b":true,"d":1.5,"i":256.0,"l":["x","y"],"n":null,"o":{"k":[1,{"z":2}]}})");
    const json_cursor in = d.root();
    std::string s = "kept", n = "kept";
    std::optional<bool> b;
    bool plain = false;
    std::optional<double> number;
    std::optional<std::int64_t> whole, none;
    std::vector<std::string> list = {"w"};
    llmx::raw_json object;
    in["s"].read(s);
    in["n"].read(n);
    in["b"].read(b);
    in["b"].read(plain);
    in["d"].read(number);
    in["i"].read(whole);
    in["none"].read(none);
    in["l"].read(list);
    in["o"].read_object(object);
    BOOST_TEST(d.status().has_value());
    BOOST_TEST(s == "a");
    BOOST_TEST(n == "kept");
    BOOST_TEST((b == true && plain));
    BOOST_TEST(*number == 1.5);
    BOOST_TEST(*whole == 256);
    BOOST_TEST(!none);
    BOOST_TEST(list.size() == 3u);
    BOOST_TEST(object.text == R"({"k":[1,{"z":2}]})");
    const json_cursor o = in["o"], k = o["k"], second = k[1];
    BOOST_TEST(second["z"].int_or() == 2);
    BOOST_TEST(k.size() == 2u);
    const json_cursor z = second["z"];
    BOOST_TEST(z.path() == "o.k[1].z");
}

BOOST_AUTO_TEST_CASE(the_first_fault_stops_all_reading) {
    std::string later = "kept";
    BOOST_TEST(fault(R"({"a":{"b":[{},{"c":1}]},"s":"x"})", [&](const json_cursor& in) {
                   const json_cursor a = in["a"], b = a["b"];
                   b.each_object([](const json_cursor& one, std::size_t) {
                       std::string c;
                       one["c"].read(c);
                   });
                   in["s"].read(later);
                   in["a"].read(later);
               }) == "a.b[1].c: expected a string|a.b[1].c");
    BOOST_TEST(later == "kept");
}

BOOST_AUTO_TEST_CASE(faults_say_what_was_expected) {
    const auto one = [](std::string_view value, auto read) { return fault(std::string(R"({"m":)").append(value) + "}", read); };
    BOOST_TEST(one("1", [](const json_cursor& in) { (void)in["m"].size(); }) == "m: expected an array|m");
    BOOST_TEST(one("1", [](const json_cursor& in) { (void)in["m"].expect_object(); }) == "m: expected an object|m");
    BOOST_TEST(one("[1]", [](const json_cursor& in) { const json_cursor m = in["m"]; m.each_object([](const json_cursor&, std::size_t) {}); }) ==
               "m[0]: expected an object|m[0]");
    BOOST_TEST(one("1", [](const json_cursor& in) { std::optional<bool> b; in["m"].read(b); }) == "m: expected true or false|m");
    BOOST_TEST(one("1.5", [](const json_cursor& in) { std::optional<std::int64_t> n; in["m"].read(n); }) == "m: expected a whole number|m");
    BOOST_TEST(one("-1", [](const json_cursor& in) { std::optional<std::int64_t> n; in["m"].read_count(n); }) == "m: expected a whole number that is not n"
        "egative|m");
    BOOST_TEST(one(R"("x")", [](const json_cursor& in) { std::optional<double> n; in["m"].read(n); }) == "m: expected a number|m");
    BOOST_TEST(one("[1]", [](const json_cursor& in) { std::vector<std::string> l; in["m"].read(l); }) == "m: expected an array of strings|m");
    BOOST_TEST(one("null", [](const json_cursor& in) { in["m"].required(); }) == "m: field required|m");
    BOOST_TEST(one("1", [](const json_cursor& in) { in["m"].required(); }) == "");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_object_is_the_first_fault) {
    const auto nothing = [](const json_cursor& in) {
        std::string s = "kept";
        in["a"].read(s);
        BOOST_TEST(s == "kept");
        BOOST_TEST(!in);
    };
    BOOST_TEST(fault("[1]", nothing) == "not valid JSON: expected an object|");
    BOOST_TEST(fault("{", nothing).starts_with("not valid JSON: "));
    BOOST_TEST(fault("", nothing).starts_with("not valid JSON: "));
}

BOOST_AUTO_TEST_CASE(a_tree_stands_in_the_memory_that_is_given) {
    static constexpr std::size_t size = 16384;
    unsigned char space[size];
    const std::string text = R"({"a":")" + std::string(12000, 'x') + R"("})";
    const auto allocated_by = [&text](auto... memory) {
        const std::size_t before = llmx_test::allocations();
        json_document d(text, memory...);
        const json_cursor in = d.root();
        const bool whole = in["a"].string_or().size() == 12000u;
        const std::size_t allocated = llmx_test::allocations() - before;
        BOOST_TEST(whole);
        return allocated;
    };
    BOOST_TEST(allocated_by(llmx::json_naming::exact, space, size) == 0u);
    BOOST_TEST(allocated_by() != 0u);
    json_document wrong("[1]", llmx::json_naming::exact, space, size);
    BOOST_TEST(!wrong.good());
}

BOOST_AUTO_TEST_CASE(proto_names_lists_and_numbers_have_two_forms) {
    json_document d(R"({"max_output_tokens":"12","topK":3,"tools":{"a":1},"bad":"1x"})", llmx::json_naming::proto);
    const json_cursor in = d.root();
    std::optional<std::int64_t> most, k;
    in["maxOutputTokens"].read_count(most);
    in["topK"].read(k);
    BOOST_TEST(*most == 12);
    BOOST_TEST(*k == 3);
    const json_cursor tools = in["tools"];
    std::size_t calls = 0;
    tools.each_object([&](const json_cursor& one, std::size_t i) {
        ++calls;
        BOOST_TEST(i == 0u);
        const json_cursor a = one["a"];
        BOOST_TEST(a.path() == "tools[0].a");
    });
    BOOST_TEST(calls == 1u);
    in["bad"].read(k);
    BOOST_TEST(d.status().error().message() == "bad: expected a whole number");
}

BOOST_AUTO_TEST_CASE(a_tree_that_fits_into_its_space_allocates_nothing) {
    std::string text = "{\"list\":[0";
    for (int i = 0; i < 200; ++i) text += ",[\"some text of a usual length\"]";
    text += "]}";
    alignas(16) unsigned char space[65536];
    const std::size_t before = llmx_test::allocations();
    const bool good = json_document(text, llmx::json_naming::exact, space, sizeof space).good();
    const std::size_t roomy = llmx_test::allocations() - before;
    const bool too = json_document(text).good();
    BOOST_TEST((good && too));
    BOOST_TEST(llmx_test::allocations() - before > 2 * roomy);
}

BOOST_AUTO_TEST_CASE(counts_beyond_every_count_are_the_largest) {
    json_document d(R"({"n":9007199254740993,"m":1e19})");
    const json_cursor in = d.root();
    std::optional<std::int64_t> n;
    in["n"].read_count(n);
    BOOST_TEST(n.value_or(0) == llmx::max_count);
    // No 64 bits hold it.
    in["m"].read_count(n);
    BOOST_TEST(d.status().error().message() == "m: expected a whole number");
}

BOOST_AUTO_TEST_CASE(lenient_readers_take_a_wrong_type_for_nothing) {
    json_document d(R"({"s":1,"i":"x","c":-5,"big":1e300,"b":0})");
    const json_cursor in = d.root();
    BOOST_TEST(in["s"].string_or("o") == "o");
    BOOST_TEST(in["i"].int_or(4) == 4);
    BOOST_TEST(in["c"].count_or(4) == 0);
    BOOST_TEST(in["big"].int_or(4) == 4);
    BOOST_TEST(in["b"].bool_or(true));
    BOOST_TEST(d.good());
}

BOOST_AUTO_TEST_CASE(a_lenient_loop_passes_over_what_is_no_object) {
    json_document d(R"({"list":[1,{"k":2},null,{"k":3}],"other":{"k":4},"text":"x"})");
    const json_cursor in = d.root();
    std::string seen;
    const auto note = [&seen](const json_cursor& one, std::size_t i) {
        seen += one.path() + '=' + std::to_string(one["k"].int_or()) + '@' + std::to_string(i) + ' '; };
    for (const std::string_view name : {"list", "other", "text", "none"}) {
        const json_cursor member = in[name];
        member.each_object_or_skip(note);
    }
    BOOST_TEST(seen == "list[1]=2@1 list[3]=3@3 ");
    BOOST_TEST(d.good());
}

BOOST_AUTO_TEST_CASE(a_fault_can_be_forgiven_unless_the_text_is_no_json) {
    json_document d(R"({"n":"x","m":5})");
    const json_cursor in = d.root();
    std::optional<std::int64_t> n, m;
    in["n"].read(n);
    in["m"].read(m);
    BOOST_TEST(!m.has_value());
    BOOST_TEST(d.forgive());
    BOOST_TEST(d.good());
    in["m"].read(m);
    BOOST_TEST(m.value() == 5);
    json_document list("[7]");
    BOOST_TEST(!list.good());
    BOOST_TEST(list.forgive());
    const json_cursor all = list.root();
    BOOST_TEST(all[0].int_or() == 7);
    json_document none("{");
    BOOST_TEST(!none.forgive());
    BOOST_TEST(!none.good());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_cursor_unit
