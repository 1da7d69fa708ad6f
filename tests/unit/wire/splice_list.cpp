// SPDX-License-Identifier: BSL-1.0

#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/splice_list.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace splice_list_unit {

namespace {

using namespace std::string_view_literals;

std::string joined(const llmx::body_pieces& pieces) {
    std::string all;
    for (const std::string_view piece : pieces) {
        BOOST_TEST(!piece.empty());
        all += piece;
    }
    BOOST_TEST(all.size() == pieces.bytes());
    return all;
}

std::string edited(llmx::splice_list& edits, std::string_view text) {
    llmx::body_pieces pieces;
    edits.apply(text, pieces);
    return joined(pieces);
}

std::vector<llmx::json_member> members_of(std::string_view text) {
    std::vector<llmx::json_member> all;
    BOOST_REQUIRE(llmx::scan_json_members(text, [&all](const llmx::json_member& m) { all.push_back(m); }).has_value());
    return all;
}

/// \p text without the members at \p which.
std::string without(std::string_view text, std::initializer_list<std::size_t> which) {
    llmx::splice_list edits;
    const auto members = members_of(text);
    for (const std::size_t i : which) edits.remove(members[i]);
    return edited(edits, text);
}

/// Makes random objects: the text, and of each member the text of its name (with quotes) and of its value.
class object_maker {
public:
    explicit object_maker(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    std::string space() {
        std::string s;
        for (std::size_t n = below(3); n != 0; --n) s += " \t\r\n"[below(4)];
        return s;
    }
    std::string name() {
        // Some of them several times, some in other spellings.
        static constexpr std::string_view names[] = {"model", "a", "b\\n", "mod\\u0065l", "", "x,y", "{", "}", "logit_bias", "\\\"q\\\""};
        return '"' + std::string(names[below(std::size(names))]) + '"';
    }
    std::string value(int depth = 0) {
        switch (below(depth < 3 ? 8 : 5)) {
        case 0: return "null";
        case 1: return "true";
        case 2: return "-1.5e3";
        case 3: return R"("text, with } { ] [ \" and \\")";
        case 4: return "\"\"";
        case 5: {
            std::string s = "[" + space();
            for (std::size_t n = below(3); n != 0; --n) s += value(depth + 1) + (n > 1 ? space() + "," + space() : space());
            return s + "]";
        }
        default: return object(depth + 1);
        }
    }
    std::string object(int depth) {
        std::string s = "{" + space();
        for (std::size_t n = below(4); n != 0; --n)
            s += name() + space() + ":" + space() + value(depth + 1) + space() + (n > 1 ? "," + space() : std::string());
        return s + "}";
    }

private:
    std::mt19937 random_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(wire_splice_list)

BOOST_AUTO_TEST_CASE(a_value_is_replaced_and_all_else_stays) {
    const std::string_view text = "{ \"a\" : 1 ,\n\"model\":\"x\", \"z\": [ ] }\n";
    const auto members = members_of(text);
    llmx::splice_list edits;
    edits.replace_with_string(members[1].begin, members[1].end, "a \"name\"");
    BOOST_TEST(edited(edits, text) == "{ \"a\" : 1 ,\n\"model\":\"a \\\"name\\\"\", \"z\": [ ] }\n");
}

BOOST_AUTO_TEST_CASE(a_comma_goes_with_each_removed_member) {
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {0}) == R"({"b":2,"c":3})");
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {1}) == R"({"a":1,"c":3})");
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {2}) == R"({"a":1,"b":2})");
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {0, 1}) == R"({"c":3})");
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {2, 1}) == R"({"a":1})");
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {0, 2}) == R"({"b":2})");
    BOOST_TEST(without(R"({"a":1,"b":2,"c":3})", {0, 1, 2}) == R"({})");
    BOOST_TEST(without("{ \"a\" : 1 , \"b\" : 2 }", {0}) == "{  \"b\" : 2 }");
    BOOST_TEST(without("{ \"a\" : 1 , \"b\" : 2 }", {1}) == "{ \"a\" : 1  }");
    BOOST_TEST(without("{ \"a\" : 1 }", {0}) == "{  }");
}

BOOST_AUTO_TEST_CASE(an_inserted_member_has_a_comma_where_another_follows) {
    const auto with = [](std::string_view text, std::initializer_list<std::size_t> removed) {
        llmx::splice_list edits;
        const auto members = members_of(text);
        for (const std::size_t i : removed) edits.remove(members[i]);
        edits.insert_string(text.find('{'), "model", "m");
        edits.insert(text.find('{'), "n", "1");
        return edited(edits, text);
    };
    BOOST_TEST(with("{}", {}) == R"({"model":"m","n":1})");
    BOOST_TEST(with(" { } ", {}) == R"( {"model":"m","n":1 } )");
    BOOST_TEST(with(R"({"a":1})", {}) == R"({"model":"m","n":1,"a":1})");
    BOOST_TEST(with(R"({"a":1})", {0}) == R"({"model":"m","n":1})");
    BOOST_TEST(with(R"({"a":1, "b":2})", {0}) == R"({"model":"m","n":1, "b":2})");
    BOOST_TEST(with(R"({"a":1, "b":2})", {0, 1}) == R"({"model":"m","n":1})");
    BOOST_TEST(with(R"({"a":1, "b":2})", {1}) == R"({"model":"m","n":1,"a":1})");
}

BOOST_AUTO_TEST_CASE(a_member_is_inserted_into_a_nested_object) {
    const std::string_view text = R"({"a":{ "b":1},"c":{ }})";
    llmx::splice_list edits;
    const auto members = members_of(text);
    edits.insert(members[0].begin, "x", "true");
    edits.insert(members[1].begin, "y", "[]");
    BOOST_TEST(edited(edits, text) == R"({"a":{"x":true, "b":1},"c":{"y":[] }})");
}

BOOST_AUTO_TEST_CASE(a_renamed_member_keeps_its_value) {
    const std::string_view text = R"({"max_\u0074okens" : 5})";
    llmx::splice_list edits;
    edits.rename(members_of(text)[0], "max_completion_tokens");
    BOOST_TEST(edited(edits, text) == R"({"max_completion_tokens" : 5})");
}

BOOST_AUTO_TEST_CASE(of_two_edits_of_a_place_the_later_one_is_ignored) {
    const std::string_view text = R"({"a":1,"b":2})";
    const auto members = members_of(text);
    llmx::splice_list edits;
    edits.replace(members[0].begin, members[0].end, "7");
    edits.remove(members[0]);
    edits.replace(members[0].begin, 100, "8");
    BOOST_TEST(edited(edits, text) == R"({"b":2})");
}

BOOST_AUTO_TEST_CASE(no_edits_give_the_text_itself_as_one_piece) {
    const std::string_view text = R"({"a":1})";
    llmx::splice_list edits;
    llmx::body_pieces pieces;
    edits.apply(text, pieces);
    BOOST_REQUIRE(pieces.size() == 1u);
    BOOST_TEST(pieces.begin()->data() == text.data());
}

BOOST_AUTO_TEST_CASE(edited_random_objects_are_what_a_parser_makes_of_them) {
    boost::json::parse_options options;
    options.max_depth = 64;
    const auto parse = [&options](std::string_view text) { return boost::json::parse(text, {}, options); };
    object_maker make(20260101);
    for (int round = 0; round < 4000; ++round) {
        std::string text = make.space() + "{" + make.space();
        // Now and then more members than are kept, and more edits than fit inline.
        const std::size_t count = make.below(round % 10 == 0 ? 40 : 7);
        for (std::size_t i = 0; i < count; ++i)
            text += (i != 0 ? make.space() + "," + make.space() : std::string()) + make.name() + make.space() + ":" + make.space() + make.value();
        text += make.space() + "}" + make.space();
        const auto members = members_of(text);
        BOOST_REQUIRE(members.size() == count);

        llmx::splice_list edits;
        // What is to come out: of each member name and value as texts.
        std::vector<std::pair<std::string, std::string>> expected;
        for (const llmx::json_member& m : members)
            expected.emplace_back('"' + std::string(m.key) + '"', std::string(m.value));
        std::vector<bool> gone(count, false), replaced(count, false);
        std::vector<std::pair<std::string, std::string>> inserted;
        for (std::size_t n = make.below(round % 10 == 0 ? 20 : 4); n != 0; --n) {
            const std::size_t at = count == 0 ? 0 : make.below(count);
            const std::string value = make.value();
            switch (count == 0 ? 3 : make.below(4)) {
            case 0:
                if (gone[at]) break;
                gone[at] = true;
                edits.remove(members[at]);
                break;
            case 1:
                if (gone[at] || replaced[at]) break;
                replaced[at] = true;
                expected[at].second = value;
                edits.replace(members[at].begin, members[at].end, value);
                break;
            case 2:
                if (gone[at] || expected[at].first != '"' + std::string(members[at].key) + '"') break;
                expected[at].first = "\"other name\"";
                edits.rename(members[at], "other name");
                break;
            default:
                inserted.emplace_back("\"new \\\\ name\"", value);
                edits.insert(text.find('{'), "new \\ name", value);
            }
        }
        std::string plain = "{";
        const auto write = [&plain](const auto& m) { plain += (plain.size() > 1 ? "," : "") + m.first + ":" + m.second; };
        for (const auto& m : inserted) write(m);
        for (std::size_t i = 0; i < count; ++i)
            if (!gone[i]) write(expected[i]);
        plain += "}";
        // Two edits of one place.
        bool mixed = false;
        for (std::size_t i = 0; i < count; ++i) mixed |= gone[i] && expected[i].first != '"' + std::string(members[i].key) + '"';
        if (mixed) continue;

        const std::string out = edited(edits, text);
        BOOST_REQUIRE_MESSAGE(parse(out) == parse(plain), text << "\n=> " << out << "\ninstead of " << plain);
        const auto after = members_of(out);
        std::size_t next = inserted.size();
        BOOST_REQUIRE(after.size() == next + static_cast<std::size_t>(std::count(gone.begin(), gone.end(), false)));
        for (std::size_t i = 0; i < count; ++i) {
            if (gone[i]) continue;
            // Each value byte by byte, duplicate names and all.
            BOOST_REQUIRE(after[next].value == expected[i].second);
            BOOST_REQUIRE('"' + std::string(after[next].key) + '"' == expected[i].first);
            ++next;
        }
        if (edits.empty()) BOOST_REQUIRE(out == text);
        edits.clear();
        BOOST_REQUIRE(edited(edits, text) == text);
    }
}

BOOST_AUTO_TEST_CASE(spans_give_the_members_that_a_scan_gives) {
    object_maker make(7);
    for (int round = 0; round < 200; ++round) {
        std::string text = "{";
        const std::size_t count = make.below(30);
        for (std::size_t i = 0; i < count; ++i) text += (i != 0 ? "," : "") + make.name() + make.space() + ":" + make.value();
        text += "}";
        llmx::member_spans spans;
        const auto members = members_of(text);
        for (const llmx::json_member& m : members) spans.add(m, static_cast<unsigned>(m.begin % llmx::member_spans::most_marks));
        BOOST_TEST(!spans.complete());
        spans.finish();
        BOOST_TEST(spans.complete() == (count <= llmx::member_spans::capacity));
        const llmx::member_spans copy(spans);
        std::size_t i = 0;
        BOOST_REQUIRE(llmx::for_each_member(text, copy, [&](const llmx::json_member& m) {
            BOOST_REQUIRE(i < count);
            BOOST_TEST(m.key == members[i].key);
            BOOST_TEST(m.value == members[i].value);
            BOOST_TEST(m.key_begin == members[i].key_begin);
            BOOST_TEST(m.begin == members[i].begin);
            BOOST_TEST(m.end == members[i].end);
            BOOST_TEST(m.escaped == members[i].escaped);
            if (copy.complete()) BOOST_TEST(copy.mark(i) == m.begin % llmx::member_spans::most_marks);
            ++i;
        }));
        BOOST_TEST(i == count);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace splice_list_unit
