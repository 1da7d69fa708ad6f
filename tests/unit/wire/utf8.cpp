// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/utf8.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <string_view>

namespace utf8_unit {

namespace {

/// Decodes the way RFC 3629 defines it: assemble the code point, then judge it.
bool valid_by_definition(std::string_view s) {
    for (std::size_t i = 0; i < s.size();) {
        const auto lead = static_cast<unsigned char>(s[i]);
        std::size_t n;
        std::uint32_t code, least;
        if (lead < 0x80) n = 1, code = lead, least = 0;
        else if ((lead & 0xE0) == 0xC0) n = 2, code = lead & 0x1Fu, least = 0x80;
        else if ((lead & 0xF0) == 0xE0) n = 3, code = lead & 0x0Fu, least = 0x800;
        else if ((lead & 0xF8) == 0xF0) n = 4, code = lead & 0x07u, least = 0x10000;
        else return false;
        if (s.size() - i < n) return false;
        for (std::size_t k = 1; k < n; ++k) {
            const auto c = static_cast<unsigned char>(s[i + k]);
            if ((c & 0xC0) != 0x80) return false;
            code = code << 6 | (c & 0x3Fu);
        }
        if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
        i += n;
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_utf8)

BOOST_AUTO_TEST_CASE(every_code_point_is_written_and_read) {
    std::size_t bad = 0;
    for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
        std::string s;
        llmx::append_utf8(s, c);
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        const std::size_t size = surrogate ? 3u : c < 0x80 ? 1u : c < 0x800 ? 2u : c < 0x10000 ? 3u : 4u;
        if (!llmx::valid_utf8(s) || s.size() != size || (s == "\xEF\xBF\xBD") != (surrogate || c == 0xFFFD)) ++bad;
        for (std::size_t n = 1; n < s.size(); ++n)
            bad += llmx::valid_utf8(std::string_view(s).substr(0, n)) || llmx::valid_utf8(std::string_view(s).substr(n));
    }
    BOOST_TEST(bad == 0u);
    std::string s;
    llmx::append_utf8(s, 0x110000);
    BOOST_TEST(s == "\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(every_lead_and_boundary_agrees_with_the_definition) {
    std::size_t differ = 0, valid = 0;
    const unsigned char tails[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (int a = 0; a < 256; ++a)
        for (const auto b : tails)
            for (const auto c : tails)
                for (const auto d : tails) {
                    const char raw[] = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                                        static_cast<char>(d)};
                    for (std::size_t n = 1; n <= 4; ++n) {
                        const bool ok = llmx::valid_utf8(std::string_view(raw, n));
                        valid += ok;
                        differ += ok != valid_by_definition(std::string_view(raw, n));
                    }
                }
    BOOST_TEST(differ == 0u);
    BOOST_TEST(valid > 1000u);
}

BOOST_AUTO_TEST_CASE(a_fault_is_found_at_every_place_of_a_long_text) {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string s(size, 'x');
        BOOST_TEST(llmx::valid_utf8(s));
        BOOST_TEST(llmx::valid_utf8_prefix(s) == size);
        for (std::size_t at = 0; at < size; ++at) {
            s[at] = '\x80';
            BOOST_TEST(!llmx::valid_utf8(s));
            BOOST_TEST(llmx::valid_utf8_prefix(s) == at);
            s[at] = 'x';
        }
    }
}

BOOST_AUTO_TEST_CASE(random_texts_agree_with_the_definition) {
    const std::string_view pieces[] = {"a", "abcdefghij", "\xC3\xA9", "\xE4\xBD\xA0", "\xF0\x9F\x98\x80",
                                       "\xED\x9F\xBF", "\xEE\x80\x80"};
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        std::mt19937_64 random(seed);
        std::string s;
        for (auto n = random() % 12; n != 0; --n) s += pieces[random() % std::size(pieces)];
        BOOST_TEST(llmx::valid_utf8(s), "seed " << seed);
        if (s.empty()) continue;
        s[random() % s.size()] = static_cast<char>(random() % 256);
        BOOST_TEST(llmx::valid_utf8(s) == valid_by_definition(s), "seed " << seed);
        BOOST_TEST((llmx::valid_utf8_prefix(s) == s.size()) == valid_by_definition(s), "seed " << seed);
        BOOST_TEST(valid_by_definition(s.substr(0, llmx::valid_utf8_prefix(s))), "seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace utf8_unit
