// SPDX-License-Identifier: BSL-1.0
// Names of members that a sender has chosen to fall into one place of Boost.JSON's table, as far as
// he can know the salt: from where a table of this size stood before in this process.
#include "counted.hpp"

#include <llmx/wire/json_read.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t members = 4096; // a power of two: only the salt's low bits count

std::string text_of(const std::vector<std::string>& names) {
    std::string out = "{";
    for (const auto& n : names) out += (out.size() > 1 ? ",\"" : "\"") + n + "\":1";
    return out + "}";
}

/// Names of seven letters with the same FNV-1a hash modulo `members`, with \p salt added.
std::vector<std::string> colliding(std::uint64_t salt) {
    std::vector<std::string> names;
    for (std::uint64_t i = 0; names.size() < members; ++i) {
        std::string name;
        for (std::uint64_t k = i; name.size() < 7; k /= 26) name += static_cast<char>('a' + k % 26);
        std::uint64_t hash = 0xcbf29ce484222325u + salt;
        for (const char c : name) hash = (static_cast<std::uint64_t>(c) ^ hash) * 0x100000001b3u;
        if (hash % members == 7) names.push_back(std::move(name));
    }
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(growth_of)

BOOST_AUTO_TEST_CASE(names_that_collide) {
    std::vector<std::string> plain;
    for (std::size_t i = 0; i < members; ++i) plain.push_back(std::to_string(1000000 + i));
    const std::string harmless = text_of(plain);
    std::uint64_t usual = static_cast<std::uint64_t>(-1), worst = static_cast<std::uint64_t>(-1);
    // A table may by chance stand where it stood before, once in 3,000 times: so not twice.
    for (int i = 0; i < 2; ++i) {
        std::uint64_t table = 0;
        const counted::cost before = counted::of([&] {
            const auto parsed = llmx::parse_json(harmless);
            BOOST_REQUIRE(parsed.has_value());
            table = reinterpret_cast<std::uintptr_t>(&*parsed->get_object().begin());
        });
        usual = std::min(usual, before.steps);
        constexpr std::uint64_t head = 16; // of a table, before its first member
        const std::string text = text_of(colliding(table - head));
        const counted::cost after = counted::of([&] { BOOST_TEST(llmx::parse_json(text).has_value()); });
        worst = std::min(worst, after.steps);
    }
    BOOST_TEST(worst < 12 * usual, "names that collide cost " << worst << " steps, others " << usual);
}

BOOST_AUTO_TEST_SUITE_END()
