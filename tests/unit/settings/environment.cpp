// SPDX-License-Identifier: BSL-1.0
#include <llmx/settings/environment.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace environment_unit {

namespace {

struct expansion {
    const char* text;
    const char* expected;
};
std::ostream& operator<<(std::ostream& os, const expansion& c) { return os << c.text; }

const expansion expansions[] = {
    {"", ""},
    {"plain", "plain"},
    {"os.environ/KEY", "sk-1"},
    {"os.environ/EMPTY", ""},
    {"os.environ/NOBODY", "!the environment variable NOBODY is not set"},
    {"x os.environ/KEY", "x os.environ/KEY"},
    {"${KEY}", "sk-1"},
    {"http://${HOST}:${PORT}/v1", "http://box:80/v1"},
    {"${NOBODY}", "!the environment variable NOBODY is not set"},
    {"${NOBODY:-here}", "here"},
    {"${NOBODY:-}", ""},
    {"${EMPTY:-here}", "here"},
    {"${EMPTY}", ""},
    {"${KEY:-here}", "sk-1"},
    {"$${KEY}", "${KEY}"},
    {"a$${b", "a${b"},
    {"$KEY $ {", "$KEY $ {"},
    {"${NESTED}", "${KEY}"},
    {"${KEY", "!\"${\" has no \"}\"; write \"$${\" for the characters themselves"},
    {"${}", "!\"${...}\" must hold the name of an environment variable"},
    {"${1A}", "!\"${...}\" must hold the name of an environment variable"},
};

const expansion files[] = {
    {"A=1\nB=two words\n", "A=1;B=two words;"},
    {"\xEF\xBB\xBF# comment\n\n  A = 1  # behind\nexport B=x#y\n", "A=1;B=x#y;"},
    {"A='single # $x \\n'\nB=\"a\\tb\\\"\\$\\\\ \\q\"\r\nC=\n", "A=single # $x \\n;B=a\tb\"$\\ \\q;C=;"},
    {"A=\"two\nlines\" # why\nB=3", "A=two\nlines;B=3;"},
    {"A=1\nA=2\n", "A=2;"},
    {"A=x=y==\r\n", "A=x=y==;"},
    {"A=1\nnonsense\n", "!.env:2: expected NAME=value"},
    {"1A=1\n", "!.env:1: expected NAME=value"},
    {"A=1\nB=\"open\n\n", "!.env:2: a quoted value has no end"},
    {"A='x' y\n", "!.env:1: unexpected text after a quoted value"},
    {"A=\"x\n\"\nB C=1\n", "!.env:3: expected NAME=value"},
};

std::string shown(const llmx::result<llmx::environment_map>& r) {
    if (r.has_error()) return "!" + r.error().message();
    std::string out;
    for (const auto& [name, value] : *r) out += name + "=" + value + ";";
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_environment)

BOOST_DATA_TEST_CASE(expands, boost::unit_test::data::make(expansions), c) {
    llmx::environment_map variables;
    variables.emplace("KEY", "sk-1");
    variables.emplace("HOST", "box");
    variables.emplace("PORT", "80");
    variables.emplace("EMPTY", "");
    variables.emplace("NESTED", "${KEY}");
    const auto r = llmx::expand_environment(c.text, llmx::environment_of(variables));
    BOOST_TEST((r.has_error() ? "!" + r.error().message() : *r) == c.expected);
}

BOOST_DATA_TEST_CASE(reads_env_files, boost::unit_test::data::make(files), c) {
    BOOST_TEST(shown(llmx::parse_env_file(c.text, ".env")) == c.expected);
}

BOOST_AUTO_TEST_CASE(the_first_environment_wins) {
    llmx::environment_map first, second;
    first.emplace("A", "1");
    second.emplace("A", "2");
    second.emplace("B", "3");
    const auto both = llmx::layered_environment(llmx::environment_of(first), llmx::environment_of(second));
    BOOST_TEST(both("A").value() == "1");
    BOOST_TEST(both("B").value() == "3");
    BOOST_TEST(!both("C").has_value());
}

BOOST_AUTO_TEST_CASE(the_process_has_an_environment) {
    const auto env = llmx::process_environment();
    BOOST_TEST(env("PATH").has_value());
    BOOST_TEST(!env("LLMX_TEST_NO_SUCH_VARIABLE").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace environment_unit
