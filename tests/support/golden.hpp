// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#if !defined(LLMX_GOLDEN)
#error "llmx: LLMX_GOLDEN is the path of tests/golden: tests/CMakeLists.txt defines it for the rooms that read golden files"
#endif

namespace llmx_test {

/// The bytes of tests/golden/\p name, for example "gemini/reply.json", without the line end behind them.
inline std::string golden(const std::string& name) {
    std::ifstream in(std::string(LLMX_GOLDEN) + "/" + name, std::ios::binary);
    BOOST_TEST_REQUIRE(in.is_open(), "there is no golden file tests/golden/" << name << "; LLMX_WRITE_GOLDEN=1 writes those that are results");
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

/// Compares \p made with tests/golden/\p name; with LLMX_WRITE_GOLDEN=1 in the environment writes it there instead.
inline void check_golden(const std::string& name, const std::string& made) {
    const char* const writes = std::getenv("LLMX_WRITE_GOLDEN");
    if (writes != nullptr && std::string(writes) == "1") {
        std::ofstream out(std::string(LLMX_GOLDEN) + "/" + name, std::ios::binary);
        out << made << '\n';
        BOOST_TEST_REQUIRE(out.good(), "tests/golden/" << name << " cannot be written");
        return;
    }
    BOOST_TEST(made == golden(name), "tests/golden/" << name << " is not what was made: " << made);
}

} // namespace llmx_test
