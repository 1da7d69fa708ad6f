// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/detail/plain_run.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace json_scan_unit {

namespace {

using namespace std::string_view_literals;

static_assert(llmx::max_json_scan_depth == llmx::max_json_depth);

bool accepts(std::string_view text) {
    // A copy of exactly the text's size, so that a read past the end is seen.
    const std::unique_ptr<char[]> copy(new char[text.size()]);
    text.copy(copy.get(), text.size());
    const auto r = llmx::scan_json_members(std::string_view(copy.get(), text.size()),
        [](const llmx::json_member&) {});
    if (r.has_error()) BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    return r.has_value();
}

std::vector<llmx::json_member> members(std::string_view text) {
    std::vector<llmx::json_member> out;
    const auto r = llmx::scan_json_members(text, [&out](const llmx::json_member& m) { out.push_back(m); });
    BOOST_TEST_REQUIRE(r.has_value());
    return out;
}

/// Scans every level, which together is the whole grammar.
bool deep(std::string_view value) {
    const auto inner = [](const llmx::json_member& m) -> llmx::result<void> {
        if (!deep(m.value)) return llmx::error(llmx::errc::invalid_request);
        return llmx::success();
    };
    if (value.starts_with('{')) return llmx::scan_json_members(value, inner).has_value();
    if (value.starts_with('[')) return llmx::scan_json_elements(value, inner).has_value();
    return true;
}

std::string random_string(std::mt19937_64& random) {
    static const std::vector<std::string> pieces = {
        "a", "model", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00", "\xC3\xA9", "\xE4\xBD\xA0",
        "\xF0\x9F\x98\x80", "{", "}", "[", "]", ",", ":", " ", "0123456789abcdef", "\\/", "\\t"};
    std::string out = "\"";
    for (auto n = random() % 8; n != 0; --n) out += pieces[random() % pieces.size()];
    return out + '"';
}

std::string random_space(std::mt19937_64& random) {
    static const std::vector<std::string> spaces = {"", "", "", " ", "\n", "\t", "\r\n", "  "};
    return spaces[random() % spaces.size()];
}

std::string random_value(std::mt19937_64& random, int depth);

std::string random_object(std::mt19937_64& random, int depth) {
    std::string out = "{" + random_space(random);
    for (auto n = random() % 5, i = std::uint64_t{0}; i < n; ++i) {
        if (i != 0) out += "," + random_space(random);
        out += random_string(random) + random_space(random) + ":" + random_space(random);
        out += random_value(random, depth - 1) + random_space(random);
    }
    return out + "}";
}

std::string random_value(std::mt19937_64& random, int depth) {
    static const std::vector<std::string> scalars = {"0",   "-0",   "7",    "-12",   "3.25", "1e5",  "1E+2",
                                                     "2e-3", "true", "null", "false", "-0.5", "9007199254740993"};
    switch (random() % (depth > 0 ? 5 : 2)) {
    case 0: return random_string(random);
    case 1:
    case 2: return scalars[random() % scalars.size()];
    case 3: return random_object(random, depth);
    default: {
        std::string out = "[" + random_space(random);
        for (auto n = random() % 4, i = std::uint64_t{0}; i < n; ++i) {
            if (i != 0) out += random_space(random) + ",";
            out += random_value(random, depth - 1) + random_space(random);
        }
        return out + "]";
    }
    }
}

void mutate(std::string& text, std::mt19937_64& random) {
    static constexpr std::string_view bytes = "{}[]\",:\\u0e1-+. \ntfn\x01\x7f\xC3\xA9\xED\xA0\x80\xF5/x";
    for (auto n = 1 + random() % 2; n != 0; --n) {
        const std::size_t at = random() % (text.size() + 1);
        const char c = bytes[random() % bytes.size()];
        switch (random() % 4) {
        case 0: text.insert(at, 1, c); break;
        case 1:
            if (at < text.size()) text.erase(at, 1);
            break;
        case 2:
            if (at < text.size()) text[at] = c;
            break;
        default: text.resize(at);
        }
    }
}

/// Checks one text against Boost.JSON; true when both take it.
bool check_against_oracle(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = llmx::max_json_depth;
    boost::system::error_code ec;
    const auto parsed = boost::json::parse(text, ec, boost::json::storage_ptr(), options);
    const bool scanned = accepts(text);
    if (ec || !parsed.is_object()) {
        // The scan covers no less of the grammar than Boost.JSON, save for surrogates, which
        // RFC 8259 leaves alone, and the range of numbers.
        const bool stricter = text.find("\\ud") != std::string_view::npos
            || ec == boost::json::error::exponent_overflow;
        if (!stricter) BOOST_TEST(!(scanned && deep(text.substr(text.find('{')))));
        return false;
    }
    BOOST_TEST_REQUIRE(scanned);
    std::map<std::string, boost::json::value> found;
    for (const auto& m : members(text)) {
        BOOST_TEST(text.substr(m.begin, m.end - m.begin) == m.value);
        BOOST_TEST(text.substr(m.key_begin + 1, m.key.size()) == m.key);
        const std::string name = llmx::unescape_json_string(m.key);
        BOOST_TEST(m.named(name));
        BOOST_TEST(m.escaped == (m.key.find('\\') != std::string_view::npos));
        found[name] = boost::json::parse(m.value, boost::json::storage_ptr(), options);
        if (const auto* s = found[name].if_string()) {
            BOOST_TEST(llmx::unescape_json_string(m.value) == std::string_view(*s));
            const auto plain = llmx::plain_json_string(m.value);
            BOOST_TEST(plain.has_value() == (m.value.find('\\') == std::string_view::npos));
            if (plain) BOOST_TEST(*plain == std::string_view(*s));
        }
        const auto whole_number = llmx::json_integer(m.value);
        if (found[name].is_int64()) BOOST_TEST((whole_number == found[name].get_int64()));
        if (found[name].is_number()) BOOST_TEST((llmx::json_number(m.value) == found[name].to_number<double>()));
        else BOOST_TEST(!llmx::json_number(m.value));
    }
    BOOST_TEST(found.size() == parsed.get_object().size());
    for (const auto& m : parsed.get_object()) {
        const auto it = found.find(std::string(m.key()));
        BOOST_TEST_REQUIRE((it != found.end()));
        BOOST_TEST((it->second == m.value()));
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_json_scan)

BOOST_AUTO_TEST_CASE(members_of_a_request) {
    const auto text = " {\"model\" : \"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"}{\\\"]\"}],\n"
                      "\"stream\":true , \"max_tokens\":256,\"stop\":null} "sv;
    const auto m = members(text);
    BOOST_TEST_REQUIRE(m.size() == 5u);
    BOOST_TEST(m[0].key == "model");
    BOOST_TEST(m[0].value == "\"gpt-4o\"");
    BOOST_TEST(m[0].key_begin == 2u);
    BOOST_TEST(m[0].begin == 12u);
    BOOST_TEST(m[0].end == 20u);
    BOOST_TEST(*llmx::plain_json_string(m[0].value) == "gpt-4o");
    BOOST_TEST(llmx::is_json_string(m[0].value));
    BOOST_TEST(m[1].value == "[{\"role\":\"user\",\"content\":\"}{\\\"]\"}]");
    BOOST_TEST(!llmx::plain_json_string(m[1].value));
    BOOST_TEST(llmx::is_true(m[2].value));
    BOOST_TEST(*llmx::json_integer(m[3].value) == 256);
    BOOST_TEST(llmx::is_json_null(m[4].value));
    std::string spliced(text);
    spliced.replace(m[0].begin, m[0].end - m[0].begin, "\"m\"");
    BOOST_TEST(members(spliced)[0].value == "\"m\"");
}

BOOST_AUTO_TEST_CASE(nested_levels_are_scanned_by_calling_again) {
    const auto m = members(R"({"a":{"b":[1,{"c":"d"}]}})");
    const auto b = members(m[0].value);
    BOOST_TEST(b[0].key == "b");
    std::vector<std::string> elements;
    BOOST_TEST(llmx::scan_json_elements(b[0].value, [&](const llmx::json_member& e) {
                   BOOST_TEST(e.key.empty());
                   elements.emplace_back(e.value);
               }).has_value());
    BOOST_TEST(elements == (std::vector<std::string>{"1", "{\"c\":\"d\"}"}), boost::test_tools::per_element());
    BOOST_TEST(llmx::scan_json_elements("{}", [](const llmx::json_member&) {}).has_error());
    BOOST_TEST(llmx::scan_json_elements("[1,]", [](const llmx::json_member&) {}).has_error());
    BOOST_TEST(llmx::scan_json_elements(" [ ] ", [](const llmx::json_member&) {}).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_accepted) {
    for (const auto text : {"{}"sv, " \t\r\n{ } \n"sv, "{\"\":\"\"}"sv, "{\"a\":-0.0e+1}"sv, "{\"a\":[]}"sv,
                            "{\"a\":\"\\u0000\\/\"}"sv, "{\"a\":\"\xF4\x8F\xBF\xBF\x7f\"}"sv})
        BOOST_TEST(accepts(text), text);
}

BOOST_AUTO_TEST_CASE(what_is_rejected) {
    for (const auto text :
         {""sv, " "sv, "null"sv, "[]"sv, "1"sv, "\"x\""sv, "{"sv, "}"sv, "{}}"sv, "{}{}"sv, "{} x"sv, "{,}"sv,
          "{\"a\"}"sv, "{\"a\":}"sv, "{\"a\":1,}"sv, "{\"a\" 1}"sv, "{\"a\":1 \"b\":2}"sv, "{a:1}"sv, "{'a':1}"sv,
          "{\"a\":tru}"sv, "{\"a\":truex}"sv, "{\"a\":True}"sv, "{\"a\":NaN}"sv, "{\"a\":01}"sv, "{\"a\":+1}"sv,
          "{\"a\":1.}"sv, "{\"a\":.5}"sv, "{\"a\":1e}"sv, "{\"a\":-}"sv, "{\"a\":0x10}"sv, "{\"a\":[}"sv,
          "{\"a\":[}]}"sv, "{\"a\":{]}}"sv, "{\"a\":[1}"sv, "{\"a\":\"x}"sv, "{\"a\":\"x\\\"}"sv, "{\"a\":\"\\x\"}"sv,
          "{\"a\":\"\\u12g4\"}"sv, "{\"a\":\"\\u12\"}"sv, "{\"a\":\"\n\"}"sv, "{\"a\":\"\0\"}"sv, "{\"a\":1}\0"sv,
          "\xEF\xBB\xBF{}"sv, "{\"a\":\"\xC3\"}"sv, "{\"a\":\"\x80\"}"sv, "{\"a\":\"\xED\xA0\x80\"}"sv,
          "{\"a\":\"\xC0\xAF\"}"sv, "{\"a\":[\"\xF8\x88\x80\x80\x80\"]}"sv, "{\"\xFF\":1}"sv, "{\"a\":[\xC3\xA9]}"sv,
          "{\"a\":[\"\x1f\"]}"sv, "{\"a\":[/**/1]}"sv, "{\"a\":[\"\\q\"]}"sv, "{\"a\":1}//"sv, "{\"a\":[\x0b]}"sv})
        BOOST_TEST(!accepts(text), text);
}

BOOST_AUTO_TEST_CASE(the_error_names_reason_and_place) {
    const auto r = llmx::scan_json_members("{\"a\":1,}", [](const llmx::json_member&) {});
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().message() == "not valid JSON: expected a member's name at byte 7");
}

BOOST_AUTO_TEST_CASE(depth_is_limited_where_the_parser_limits_it) {
    for (const std::size_t depth : {1u, 63u, 64u, 65u, 128u, 255u, 256u, 257u, 300u, 100000u}) {
        for (const bool arrays : {true, false}) {
            std::string text, close;
            for (std::size_t i = 0; i < depth; ++i) {
                const bool array = arrays && i != 0;
                text += array ? "[" : i + 1 < depth && !(arrays && i == 0) ? "{\"a\":" : "{";
                if (arrays && i == 0 && depth > 1) text += "\"a\":";
                close.insert(close.begin(), array ? ']' : '}');
            }
            text += close;
            const bool expected = depth <= llmx::max_json_depth;
            BOOST_TEST(accepts(text) == expected, "depth " << depth);
            BOOST_TEST(llmx::parse_json(text).has_value() == expected, "depth " << depth);
        }
    }
}

BOOST_AUTO_TEST_CASE(brackets_are_matched_by_kind_at_any_depth) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        std::mt19937_64 random(seed);
        std::string open, close;
        for (auto n = 1 + random() % 250; n != 0; --n) {
            const bool array = random() % 2 == 0;
            open += array ? '[' : '{';
            close.insert(close.begin(), array ? ']' : '}');
        }
        BOOST_TEST(accepts("{\"a\":" + open + close + "}"), "seed " << seed);
        char& flipped = close[random() % close.size()];
        flipped = flipped == ']' ? '}' : ']';
        BOOST_TEST(!accepts("{\"a\":" + open + close + "}"), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(a_failing_visitor_ends_the_scan) {
    int calls = 0;
    const auto r = llmx::scan_json_members("{\"a\":1,\"b\":2,\"c\":3}",
        [&calls](const llmx::json_member& m) -> llmx::result<void> {
        ++calls;
        if (m.key == "b") return llmx::error(llmx::errc::unsupported_parameter);
        return llmx::success();
    });
    BOOST_TEST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::unsupported_parameter));
    BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(names_written_with_escapes_are_the_names_they_mean) {
    const auto named = [](std::string_view raw, std::string_view name) {
        const std::string text = "{\"" + std::string(raw) + "\":1}";
        const auto m = members(text);
        return m[0].named(name);
    };
    BOOST_TEST(named("model", "model"));
    BOOST_TEST(named("mod\\u0065l", "model"));
    BOOST_TEST(named("\\u006dodel", "model"));
    BOOST_TEST(!named("models", "model"));
    BOOST_TEST(!named("mode", "model"));
    BOOST_TEST(!named("mod\\u0065", "model"));
    BOOST_TEST(!named("a\\n", "a\\n"));
    BOOST_TEST(named("a\\n", "a\n"));
    // What one name had must not stick to the next.
    const auto both = members(R"({"\u0061":1,"b":2})");
    BOOST_TEST(both[0].escaped);
    BOOST_TEST(!both[1].escaped);
}

BOOST_AUTO_TEST_CASE(strings_are_unescaped) {
    BOOST_TEST(llmx::unescape_json_string(R"("a\"\\\/\b\f\n\r\tz")") == "a\"\\/\b\f\n\r\tz");
    BOOST_TEST(llmx::unescape_json_string(R"("\u0041\u00e9\u4f60\ud83d\ude00")") ==
               "A\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x98\x80");
    BOOST_TEST(llmx::unescape_json_string(R"("\ud83dx\ude00\ud83d\ud83d\ude00")") ==
               "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80");
    BOOST_TEST(llmx::unescape_json_string("\"\"").empty());
    BOOST_TEST(llmx::unescape_json_string("no quotes") == "no quotes");
    BOOST_TEST((llmx::unescape_json_string("\"\\u0000\"") == std::string(1, '\0')));
}

BOOST_AUTO_TEST_CASE(numbers) {
    using llmx::json_integer;
    BOOST_TEST((json_integer("0") == 0));
    BOOST_TEST((json_integer("-0") == 0));
    BOOST_TEST((json_integer("9223372036854775807") == INT64_MAX));
    BOOST_TEST((json_integer("-9223372036854775808") == INT64_MIN));
    BOOST_TEST((json_integer("256.0") == 256));
    BOOST_TEST((json_integer("1e3") == 1000));
    for (const auto text : {""sv, "9223372036854775808"sv, "1.5"sv, "1e30"sv, "1e999"sv, "\"1\""sv, "true"sv, "01"sv,
                            "+1"sv, "1 "sv, "-"sv, "inf"sv, "1e-400"sv})
        BOOST_TEST((!json_integer(text) || text == "1e-400"sv), text);
    BOOST_TEST((llmx::json_number("0.25") == 0.25));
    BOOST_TEST(!llmx::json_number("nan"));
    BOOST_TEST(!llmx::json_number(".5"));
}

BOOST_AUTO_TEST_CASE(random_and_mutated_texts_agree_with_boost_json) {
    int both = 0, neither = 0;
    for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
        std::mt19937_64 random(seed);
        std::string text = random_space(random) + random_object(random, 4) + random_space(random);
        BOOST_TEST_CONTEXT("seed " << seed << " text " << text) {
            BOOST_TEST(check_against_oracle(text));
            mutate(text, random);
        }
        BOOST_TEST_CONTEXT("seed " << seed << " mutated " << text) {
            ++(check_against_oracle(text) ? both : neither);
        }
    }
    // Both outcomes were really tried.
    BOOST_TEST(both > 200);
    BOOST_TEST(neither > 1000);
}

BOOST_AUTO_TEST_CASE(every_prefix_of_an_object_is_rejected) {
    const std::string text = R"({"a":[1,{"b":"c\u00e9\n"}],"d":-1.5e3,"e":"é","f":true})";
    BOOST_TEST(accepts(text));
    for (std::size_t n = 0; n < text.size(); ++n) BOOST_TEST(!accepts(std::string_view(text).substr(0, n)),
        "prefix " << n);
}

BOOST_AUTO_TEST_CASE(runs_of_plain_bytes_end_at_the_first_special_one) {
    for (std::size_t size = 0; size < 150; ++size) {
        const std::string plain(size, 'a');
        BOOST_TEST((llmx::detail::skip_plain(plain.data(), plain.data() + size) == plain.data() + size));
        for (std::size_t at = 0; at < size; ++at) {
            std::string text = plain;
            text[at] = "\"\\\n\x80\xFF\x1f"[(size + at) % 6];
            if (at + 1 < size) text[at + 1] = '"';
            const char* const end = text.data() + size;
            BOOST_TEST((llmx::detail::skip_plain(text.data(), end) == text.data() + at));
            BOOST_TEST((llmx::detail::skip_plain_portable(text.data(), end) == text.data() + at));
            const char* const near = llmx::detail::skip_plain_block(text.data(), end);
            BOOST_TEST((near <= text.data() + at && near <= text.data() + 16));
            if (size >= 16) BOOST_TEST((near == text.data() + std::min<std::size_t>(at, 16) || near == text.data()));
        }
    }
    for (int c = 0; c < 256; ++c) {
        const bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
        const std::string text(64, static_cast<char>(c));
        const char* const expected = text.data() + (plain ? text.size() : 0);
        BOOST_TEST((llmx::detail::skip_plain(text.data(), text.data() + 64) == expected));
        BOOST_TEST((llmx::detail::skip_plain_portable(text.data(), text.data() + 64) == expected));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace json_scan_unit
