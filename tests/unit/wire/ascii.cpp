// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/detail/ascii.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

namespace ascii_unit {

BOOST_AUTO_TEST_SUITE(wire_ascii)

// Eight bytes are looked at together: every byte at every place, beside the least and the greatest one that is visible.
BOOST_AUTO_TEST_CASE(each_byte_at_each_place_is_visible_or_is_not) {
    for (const unsigned char least : {static_cast<unsigned char>(0x20), static_cast<unsigned char>(0x21)})
        for (const char filling : {static_cast<char>(least), '~'})
            for (std::size_t size = 1; size <= 20; ++size)
                for (std::size_t at = 0; at < size; ++at)
                    for (unsigned byte = 0; byte < 256; ++byte) {
                        std::string text(size, filling);
                        text[at] = static_cast<char>(byte);
                        const bool expected = byte >= least && byte < 0x7f;
                        if (llmx::detail::is_visible_from(least, text) != expected) BOOST_ERROR(byte << " at " << at << " of " << size);
                    }
    BOOST_TEST(llmx::detail::is_visible_from(0x21, std::string()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ascii_unit
