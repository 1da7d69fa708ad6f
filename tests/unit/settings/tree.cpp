// SPDX-License-Identifier: BSL-1.0
#include <llmx/settings/json.hpp>
#include <llmx/settings/tree.hpp>
#include <llmx/settings/yaml.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

namespace tree_unit {

namespace {

std::string fault(const llmx::result<llmx::setting>& r) { return r.has_error() ? r.error().message() : "ok"; }

/// A tree in one line: kinds, texts, quoting and lines.
std::string outline(const llmx::setting& s) {
    std::string out = std::to_string(s.line()) + ":";
    if (s.is_null()) out += "null";
    if (s.is_scalar()) out += s.is_quoted() ? "'" + s.text() + "'" : s.text();
    if (s.is_list()) {
        out += "[";
        for (const auto& item : s.items()) out += outline(item) + " ";
        out += "]";
    }
    if (s.is_map()) {
        out += "{";
        for (const auto& [key, value] : s.entries()) out += key + "=" + outline(value) + " ";
        out += "}";
    }
    return out;
}

struct text_case {
    const char* text;
    const char* expected;
};
std::ostream& operator<<(std::ostream& os, const text_case& c) { return os << c.text; }

const text_case json_texts[] = {
    {R"({})", "1:{}"},
    {R"([])", "1:[]"},
    {"{\"a\": 1,\n \"b\": [true,\n null, \"x\\n\\u00e9\\\"\"]\n}", "1:{a=1:1 b=2:[2:true 3:null 3:'x\n\xc3\xa9\"' ] }"},
    {"\xEF\xBB\xBF{\"a\":{\"b\":{}}}", "1:{a=1:{b=1:{} } }"},
    {"{\"a\":-1.5e3 ,\"\":\"\"}", "1:{a=1:-1.5e3 =1:'' }"},
};
const text_case json_faults[] = {
    {"", "f.json:1: this is not JSON: incomplete JSON"},
    {"{\"a\":\n\n1,}", "f.json:3: this is not JSON: syntax error"},
    {"{\"a\": 1}\n{", "f.json:2: this is not JSON: extra data"},
    {"{\"a\": {\"b\": 1,\n\"b\": 2}}", "f.json:2: the key \"b\" is given twice"},
    {"{'a': 1}", "f.json:1: this is not JSON: syntax error"},
};

#if defined(LLMX_WITH_YAML)
const text_case yaml_texts[] = {
    {"a: 1\nb:\n  - true\n  - ~\n  - 'x'\n  - \"3\"\n", "1:{a=1:1 b=3:[3:true 4:null 5:'x' 6:'3' ] }"},
    {"", "1:null"},
    {"# only a comment\n", "1:null"},
    {"base: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3\n", "1:{base=1:{x=1:1 y=1:2 } more=3:{y=4:3 x=1:1 } }"},
    {"a: &x [1]\nb: *x\n", "1:{a=1:[1:1 ] b=1:[1:1 ] }"},
    {"a: !!str 3\nnull: 4\n", "1:{a=1:'3' null=2:4 }"},
    {"a: |\n  two\n  lines\n", "1:{a=1:'two\nlines\n' }"},
};
const text_case yaml_faults[] = {
    {"a: 1\nb: [1,\n}\n", "f.yaml:3: this is not YAML: illegal flow end"},
    {"a: 1\nb: 2\na: 3\n", "f.yaml:3: the key \"a\" is given twice"},
    {"a: 1\n---\nb: 2\n", "f.yaml:3: a second document; one is expected"},
    {"a: *nobody\n", "f.yaml:1: this is not YAML: the referenced anchor is not defined"},
    {"&a [*a]\n", "f.yaml:1: an alias refers to the value that contains it"},
    {"[x]: 1\n", "f.yaml:1: a key must be a text"},
    {"a:\n\t- 1\n", "f.yaml:2: this is not YAML: illegal block entry"},
    {"a: 1\nb: x\xffy\n", "f.yaml:2: this text is not UTF-8; save the file as UTF-8"},
    {"a: 1\n\"\xc3\": 2\n", "f.yaml:2: this text is not UTF-8; save the file as UTF-8"},
    {"a: \"\\\xc3\xa9\"\n", "f.yaml:1: this is not YAML: unknown escape character: \xEF\xBF\xBD"},
};
#endif

} // namespace

BOOST_AUTO_TEST_SUITE(settings_tree)

BOOST_DATA_TEST_CASE(json_has_lines, boost::unit_test::data::make(json_texts), c) {
    const auto r = llmx::parse_json_settings(c.text, "f.json");
    BOOST_TEST_REQUIRE(r.has_value(), fault(r));
    BOOST_TEST(outline(*r) == c.expected);
}
BOOST_DATA_TEST_CASE(json_fault, boost::unit_test::data::make(json_faults), c) {
    BOOST_TEST(fault(llmx::parse_json_settings(c.text, "f.json")) == c.expected);
}

#if defined(LLMX_WITH_YAML)
BOOST_DATA_TEST_CASE(yaml_has_lines, boost::unit_test::data::make(yaml_texts), c) {
    const auto r = llmx::parse_yaml_settings(c.text, "f.yaml");
    BOOST_TEST_REQUIRE(r.has_value(), fault(r));
    BOOST_TEST(outline(*r) == c.expected);
}
BOOST_DATA_TEST_CASE(yaml_fault, boost::unit_test::data::make(yaml_faults), c) {
    BOOST_TEST(fault(llmx::parse_yaml_settings(c.text, "f.yaml")) == c.expected);
}

BOOST_AUTO_TEST_CASE(aliases_do_not_unfold_without_end) {
    std::string text = "a: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        text += "k" + std::to_string(i) + ": &l" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) text += (k ? ", *l" : "*l") + std::to_string(i - 1);
        text += "]\n";
    }
    BOOST_TEST(fault(llmx::parse_yaml_settings(text, "f.yaml")).find("aliases expand to more than 100000 values") != std::string::npos);
}
#else
BOOST_AUTO_TEST_CASE(yaml_is_refused_without_its_library) {
    BOOST_TEST(fault(llmx::parse_yaml_settings("a: 1", "f.yaml")).find("f.yaml: this program was built without YAML; define LLMX_WITH_YAML") == 0u);
}
#endif

BOOST_AUTO_TEST_CASE(json_of_any_bytes_is_a_tree_or_a_line) {
    constexpr std::uint64_t seed = 20261121;
    std::mt19937_64 random(seed);
    const std::string alphabet = "{}[]\",:\\ \n0123ab.e-truefalsn\x01\xff";
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (std::size_t n = random() % 24; n > 0; --n) text += alphabet[random() % alphabet.size()];
        const auto r = llmx::parse_json_settings(text, "f.json");
        if (r.has_error()) BOOST_TEST_REQUIRE(r.error().message().starts_with("f.json:"), "seed " << seed << ": " << text);
    }
}

BOOST_AUTO_TEST_CASE(a_message_is_one_line_of_utf8_whatever_the_file_holds) {
    std::string text = R"({"a\nb\u007f": {"c\u0000": "x\ny"}, "long": ")";
    for (int i = 0; i < 40; ++i) text += "a\xE4\xBD\xA0"; // four bytes each: a cut at 80 is at an end
    text += R"(", "longer": "x)";
    for (int i = 0; i < 40; ++i) text += "a\xE4\xBD\xA0"; // and here in the middle
    const auto tree = llmx::parse_json_settings(text + "\"}", "f.json");
    BOOST_TEST_REQUIRE(tree.has_value());
    const llmx::setting& odd = tree->entries()[0].second;
    const auto said = [](const auto& r) { return r.error().message(); };
    BOOST_TEST(said(odd.as_text()) == "f.json:1: a b : expected a text, got a map");
    BOOST_TEST(said(odd.entries()[0].second.as_bool()) == "f.json:1: a b .c : expected true or false, got the text \"x y\"");
    BOOST_TEST(odd.where("no\nsuch") == "f.json:1: a b .no such: ");
    BOOST_TEST(odd.wrong("two\r\nlines \xc3").message() == "f.json:1: a b : two  lines \xEF\xBF\xBD");
    for (const char* name : {"long", "longer"}) {
        const std::string message = said(tree->find(name)->as_bool());
        BOOST_TEST(llmx::valid_utf8(message), message);
        BOOST_TEST(message.ends_with("...\""), message);
    }
}

BOOST_AUTO_TEST_CASE(typed_reading) {
    const auto tree = llmx::parse_json_settings(
        R"({"n": 3, "half": 0.5, "yes": true, "text": "3", "list": [], "map": {}, "none": null, "minus": -1, "big": 99999999999999999999,
"port": 70000})", "f.json");
    BOOST_TEST_REQUIRE(tree.has_value());
    const auto& at = [&](const char* key) -> const llmx::setting& { return *tree->find(key); };
    BOOST_TEST(*at("n").as_whole_number(0, 10) == 3u);
    BOOST_TEST(*at("n").as_text() == "3");
    BOOST_TEST(*at("half").as_number(0) == 0.5);
    BOOST_TEST(at("half").as_seconds()->count() == 500'000'000);
    BOOST_TEST(*at("yes").as_bool() == true);
    const auto said = [](const auto& r) { return r.has_error() ? r.error().message() : std::string("ok"); };
    BOOST_TEST(*at("text").as_whole_number(0, ~0u) == 3u); // quoted numbers are what LiteLLM's users write
    BOOST_TEST(said(at("text").as_whole_number(4, ~0u)) == "f.json:1: text: expected a whole number of 4 or more, got the text \"3\"");
    BOOST_TEST(said(at("half").as_whole_number(1, ~0u)) == "f.json:1: half: expected a whole number of 1 or more, got \"0.5\"");
    BOOST_TEST(said(at("port").as_whole_number(0, 65535)) == "f.json:2: port: expected a whole number from 0 to 65535, got \"70000\"");
    BOOST_TEST(said(at("minus").as_number(0)) == "f.json:1: minus: expected a number of 0 or more, got \"-1\"");
    BOOST_TEST(said(at("minus").as_seconds()) == "f.json:1: minus: expected a number of seconds above 0, up to a year, got \"-1\"");
    BOOST_TEST(said(at("big").as_seconds()) == "f.json:1: big: expected a number of seconds above 0, up to a year, got \"99999999999999999999\"");
    BOOST_TEST(said(at("list").as_bool()) == "f.json:1: list: expected true or false, got a list");
    BOOST_TEST(said(at("map").as_text()) == "f.json:1: map: expected a text, got a map");
    BOOST_TEST(said(at("none").as_text()) == "f.json:1: none: expected a text, got nothing");
}

BOOST_AUTO_TEST_CASE(secrets_are_not_shown) {
    const auto tree = llmx::parse_json_settings(
        R"({"api_key": "sk-1234", "headers": {"x": "sk-1234"}, "deep": {"auth_token": ["sk-1234"]}, "first_token_timeout": )"
        R"("soon", "tokens_per_minute": "many"})",
        "f.json");
    const auto hidden = [](const llmx::setting& s) { return s.as_bool().error().message(); };
    BOOST_TEST(hidden(*tree->find("api_key")) == "f.json:1: api_key: expected true or false");
    BOOST_TEST(hidden(*tree->find("headers")->find("x")) == "f.json:1: headers.x: expected true or false");
    BOOST_TEST(hidden(tree->find("deep")->find("auth_token")->items()[0]) == "f.json:1: deep.auth_token[0]: expected true or false");
    BOOST_TEST(hidden(*tree->find("first_token_timeout")) == "f.json:1: first_token_timeout: expected true or false, got the text \"soon\"");
    BOOST_TEST(hidden(*tree->find("tokens_per_minute")) == "f.json:1: tokens_per_minute: expected true or false, got the text \"many\"");
    for (const char* key : {"api_key", "master_key", "API_KEY", "azure_ad_token", "password", "redis_password", "client_secret", "vertex_credentials"})
        BOOST_TEST(llmx::is_secret_key(key), key);
    for (const char* key : {"model", "timeout", "max_tokens", "first_token_timeout", "token_rate_limit_type"})
        BOOST_TEST(!llmx::is_secret_key(key), key);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tree_unit
