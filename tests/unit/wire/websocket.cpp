// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/websocket.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace websocket_unit {

using namespace llmx;
using op = websocket_opcode;
using step = websocket_reader::step;

std::string hex(std::string_view digits) {
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr,
        16));
    return out;
}

/// All messages in \p bytes, fed in pieces of \p piece bytes; "!code" at the end when it fails.
std::vector<std::string> read(std::string_view bytes, bool masked, std::size_t piece = 1, std::size_t max = 1 << 20) {
    websocket_reader r(masked, max);
    std::vector<std::string> all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        std::string_view some = bytes.substr(at, piece);
        websocket_message m;
        for (;;) {
            const step s = r.next(some, m);
            if (s == step::failed) {
                all.push_back("!" + std::to_string(r.failure()));
                BOOST_TEST(!r.reason().empty());
                std::string_view more = "x";
                BOOST_TEST((r.next(more, m) == step::failed));
                return all;
            }
            if (s == step::more) break;
            static constexpr const char* names[] = {"", "text ", "binary ", "", "", "", "", "", "close ", "ping ", "pong "};
            all.push_back(names[static_cast<int>(m.what)] + (m.what == op::close ? std::to_string(m.code) + " "
                : "") + std::string(m.data));
        }
        BOOST_TEST(some.empty());
    }
    return all;
}
using strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(wire_websocket)

// The examples of RFC 6455 section 5.7.
BOOST_DATA_TEST_CASE(the_examples_of_the_rfc, boost::unit_test::data::make({1, 2, 3, 100000}), piece) {
    const auto n = static_cast<std::size_t>(piece);
    BOOST_TEST(read(hex("810548656c6c6f"), false, n) == strings{"text Hello"}, boost::test_tools::per_element());
    BOOST_TEST(read(hex("818537fa213d7f9f4d5158"), true, n) == strings{"text Hello"}, boost::test_tools::per_element());
    BOOST_TEST(read(hex("010348656c80026c6f"), false, n) == strings{"text Hello"}, boost::test_tools::per_element());
    BOOST_TEST(read(hex("890548656c6c6f"), false, n) == strings{"ping Hello"}, boost::test_tools::per_element());
    BOOST_TEST(read(hex("8a8537fa213d7f9f4d5158"), true, n) == strings{"pong Hello"}, boost::test_tools::per_element());
    BOOST_TEST(read(hex("827e0100") + std::string(256, 'b'), false, n) == strings{"binary " + std::string(256, 'b')},
        boost::test_tools::per_element());
    BOOST_TEST(read(hex("827f0000000000010000") + std::string(65536, 'b'), false, n) == strings{"binary " + std::string(65536, 'b')},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(control_frames_may_stand_between_fragments) {
    BOOST_TEST(read(hex("010161") + hex("890170") + hex("000162") + hex("8a00") + hex("800163"),
        false) == (strings{"ping p", "pong ", "text abc"}),
               boost::test_tools::per_element());
    // A character in two fragments.
    BOOST_TEST(read(hex("0101c3") + hex("8001a9"), false) == strings{"text \xc3\xa9"}, boost::test_tools::per_element());
}

struct wrong {
    const char* bytes;
    bool masked;
    int code;
};
std::ostream& operator<<(std::ostream& os, const wrong& w) { return os << w.bytes; }
const wrong faults[] = {
    {"c10548656c6c6f", false, 1002},       // a reserved bit
    {"810548656c6c6f", true, 1002},        // no mask
    {"818537fa213d7f9f4d5158", false, 1002}, // a mask
    {"8300", false, 1002},                 // an opcode of data
    {"8b00", false, 1002},                 // an opcode of control
    {"0900", false, 1002},                 // a fragment of a ping
    {"897e0100", false, 1002},             // a long ping
    {"8000", false, 1002},                 // continues nothing
    {"0100810161", false, 1002},           // begins within another
    {"817e0001", false, 1002},             // a length that is too long
    {"817f0000000000000001", false, 1002},
    {"817f8000000000000000", false, 1002}, // the highest bit
    {"8101ff", false, 1007},               // no UTF-8
    {"8103eda080", false, 1007},           // a surrogate
    {"880103", false, 1002},               // half a code
    {"880203ed", false, 1002},             // 1005
    {"880203e7", false, 1002},             // 999
    {"880303e8ff", false, 1007},           // a reason that is no UTF-8
    {"817f0000000000100001", false, 1009}, // too large
};
BOOST_DATA_TEST_CASE(what_breaks_the_protocol, boost::unit_test::data::make(faults), w) {
    const strings got = read(hex(w.bytes), w.masked);
    BOOST_REQUIRE(got.size() == 1u);
    BOOST_TEST(got[0] == "!" + std::to_string(w.code));
}

BOOST_AUTO_TEST_CASE(fragments_count_together) {
    const strings got = read(hex("010461616161") + hex("800461616161"), false, 1, 7);
    BOOST_TEST(got == strings{"!1009"}, boost::test_tools::per_element());
    BOOST_TEST(read(hex("010461616161") + hex("8003616161"), false, 1, 7) == strings{"text aaaaaaa"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_counts_behind_a_close_frame) {
    BOOST_TEST(read(hex("880403e86f6b") + hex("810161") + hex("ffff"), false) == strings{"close 1000 ok"},
        boost::test_tools::per_element());
    BOOST_TEST(read(hex("8800"), false) == strings{"close 1005 "}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(frames_are_read_as_they_were_written) {
    std::mt19937 random(1);
    for (int run = 0; run != 200; ++run) {
        std::string bytes;
        strings expected;
        const bool masked = run % 2 == 0;
        for (int i = 0; i != 5; ++i) {
            static constexpr std::size_t sizes[] = {0, 1, 125, 126, 127, 65535, 65536, 70000};
            std::string text(sizes[random() % (run < 20 ? 8 : 5)], 'a');
            for (char& c : text) c = static_cast<char>('a' + random() % 26);
            const bool binary = random() % 2 == 0;
            append_websocket_frame(bytes, binary ? op::binary : op::text, text, masked ? std::optional<std::uint32_t>(random())
                : std::nullopt);
            expected.push_back((binary ? "binary " : "text ") + text);
        }
        append_websocket_close(bytes, 1001, "bye", masked ? std::optional<std::uint32_t>(7) : std::nullopt);
        expected.emplace_back("close 1001 bye");
        BOOST_TEST((read(bytes, masked, 1 + random() % 40) == expected));
    }
}

BOOST_AUTO_TEST_CASE(a_close_frame_is_always_legal) {
    std::string out;
    append_websocket_close(out, 1006, "reason", std::nullopt);
    BOOST_TEST(out == hex("8800"));
    out.clear();
    std::string reason(122, 'r');
    append_websocket_close(out, 4000, reason + "\xc3\xa9", std::nullopt);
    BOOST_TEST(out.size() == 2u + 2 + 122);
    BOOST_TEST(read(out, false) == strings{"close 4000 " + reason}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(memory_of_a_large_message_is_freed) {
    websocket_reader r(false, 1 << 20);
    std::string bytes;
    append_websocket_frame(bytes, op::binary, std::string(500'000, 'b'), std::nullopt);
    std::string_view rest = bytes;
    websocket_message m;
    BOOST_TEST((r.next(rest, m) == step::message));
    BOOST_TEST(r.held() >= 500'000u);
    r.trim();
    BOOST_TEST(r.held() < 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace websocket_unit
