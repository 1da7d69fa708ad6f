// SPDX-License-Identifier: BSL-1.0
#include <llmx/settings/environment.hpp>

#include <llmx/settings/detail/value_source.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

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
    {"${}", "!\"${...}\" must hold the name of an environment variable, file:PATH or command:LINE"},
    {"${file:}", "!\"${...}\" must hold the name of an environment variable, file:PATH or command:LINE"},
    // Only the environment of a process has these.
    {"${file:/etc/hostname}", "!the file \"/etc/hostname\" cannot be read, or is larger than 1 MiB"},
    {"${command:true}", "!the command \"true\" did not end with status 0 within 30 s, or printed more than 1 MiB"},
    {"${1A}", "!\"${...}\" must hold the name of an environment variable, file:PATH or command:LINE"},
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

BOOST_AUTO_TEST_CASE(the_environment_of_a_process_has_files_and_commands) {
    const auto expanded = [](const std::string& text) {
        const auto r = llmx::expand_environment(text, llmx::process_environment());
        return r ? *r : "!" + r.error().message();
    };
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("llmx-value-" + std::to_string(::getpid()));
    std::ofstream(file) << "sk-mounted\r\n\n";
    BOOST_TEST(expanded("Bearer ${file:" + file.string() + "}") == "Bearer sk-mounted");
    std::ofstream(file) << std::string((1u << 20) + 1, 'x');
    BOOST_TEST(expanded("${file:" + file.string() + "}").starts_with("!the file "));
    std::filesystem::remove(file);
    BOOST_TEST(expanded("${file:" + file.string() + "}").starts_with("!the file "));
    BOOST_TEST(expanded("${file:/tmp}") == "!the file \"/tmp\" cannot be read, or is larger than 1 MiB");

    BOOST_TEST(expanded("${command:printf 'sk-%s\\n' printed}") == "sk-printed");
    BOOST_TEST(expanded("os.environ/command:echo a:-b") == "a:-b");
    BOOST_TEST(expanded("${command:echo sk-1; exit 3}") ==
               "!the command \"echo sk-1; exit 3\" did not end with status 0 within 30 s, or printed more than 1 MiB");
    BOOST_TEST(expanded("${command:kill -9 $$}").starts_with("!the command "));
    BOOST_TEST(expanded("${command:no-such-program-of-llmx 2>/dev/null}").starts_with("!the command "));
    BOOST_TEST(expanded("${command:head -c 1100000 /dev/zero}").starts_with("!the command "));
    // Standard input is at its end: nothing waits for a person.
    BOOST_TEST(expanded("${command:cat; echo read}") == "read");
}

BOOST_AUTO_TEST_CASE(a_command_that_does_not_end_is_killed_with_its_children) {
    const std::filesystem::path mark = std::filesystem::temp_directory_path() / ("llmx-command-" + std::to_string(::getpid()));
    std::filesystem::remove(mark);
    const std::string line = "(sleep 60; touch " + mark.string() + ") & sleep 60 | cat";
    BOOST_TEST(!llmx::detail::value_of_command(line, std::chrono::milliseconds(50)).has_value());
    // One that closes its output and runs on.
    BOOST_TEST(!llmx::detail::value_of_command("exec >&-; sleep 60", std::chrono::milliseconds(50)).has_value());
    BOOST_TEST(::waitpid(-1, nullptr, WNOHANG) == -1, "no child is left");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace environment_unit
