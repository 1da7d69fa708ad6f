// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace base64_unit {

using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(wire_base64)

BOOST_AUTO_TEST_CASE(vectors_of_rfc_4648) {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : vectors) {
        BOOST_TEST(llmx::base64_encode(plain) == coded);
        BOOST_TEST(llmx::base64_decode(coded).value() == plain);
        const auto bare = coded.substr(0, coded.find('='));
        BOOST_TEST(llmx::base64url_encode(plain) == bare);
        BOOST_TEST(llmx::base64url_decode(bare).value() == plain);
        BOOST_TEST(llmx::base64url_decode(coded).value() == plain);
    }
}

BOOST_AUTO_TEST_CASE(the_alphabets_differ_in_two_characters) {
    BOOST_TEST(llmx::base64_encode("\xFB\xEF\xFF") == "++//");
    BOOST_TEST(llmx::base64url_encode("\xFB\xEF\xFF") == "--__");
    BOOST_TEST(llmx::base64_decode("++//").value() == "\xFB\xEF\xFF");
    BOOST_TEST(llmx::base64url_decode("--__").value() == "\xFB\xEF\xFF");
    BOOST_TEST(llmx::base64_decode("--__").has_error());
    BOOST_TEST(llmx::base64url_decode("++//").has_error());
    std::string all("data:");
    llmx::append_base64(all, "foo");
    BOOST_TEST(all == "data:Zm9v");
}

BOOST_AUTO_TEST_CASE(what_is_rejected) {
    for (const auto text : {"Z"sv, "Zg"sv, "Zg="sv, "Zm8"sv, "Zg==="sv, "===="sv, "="sv, "=="sv, "Z==="sv, "Zh=="sv,
                            "Zm9="sv, "Zm9v\n"sv, "Zm9 v==="sv, "Zm\0v"sv, "Zm9vYg==Zm9v"sv, "Zg=v"sv,
                                "Zm9\x80"sv, "!!!!"sv}) {
        const auto r = llmx::base64_decode(text);
        BOOST_TEST_REQUIRE(r.has_error(), text);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    }
    for (const auto text : {"Z"sv, "Zg="sv, "Zh"sv, "Zm9"sv, "Zm9vY"sv, "Zg==="sv, "Zm9v="sv, "Zm=v"sv})
        BOOST_TEST(llmx::base64url_decode(text).has_error(), text);
    BOOST_TEST(llmx::base64_decode("Zm9vY.==").error().message() == "not valid base64 at byte 5");
    BOOST_TEST(llmx::base64_decode("Zm.v").error().message() == "not valid base64 at byte 2");
}

BOOST_AUTO_TEST_CASE(round_trip_of_random_bytes) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        std::mt19937_64 random(seed);
        std::string bytes(random() % 200, '\0');
        for (char& c : bytes) c = static_cast<char>(random() % 256);
        BOOST_TEST(llmx::base64_decode(llmx::base64_encode(bytes)).value() == bytes, "seed " << seed);
        BOOST_TEST(llmx::base64url_decode(llmx::base64url_encode(bytes)).value() == bytes, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(every_byte_string_has_one_spelling) {
    // All texts of four characters over a few: two that decode alike would show here.
    const std::string_view letters = "AQgw4=";
    std::set<std::string> decoded;
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < 6 * 6 * 6 * 6; ++i) {
        const char text[] = {letters[i % 6], letters[i / 6 % 6], letters[i / 36 % 6], letters[i / 216 % 6]};
        const auto r = llmx::base64_decode(std::string_view(text, 4));
        if (r.has_error()) continue;
        ++accepted;
        decoded.insert(r.value());
        BOOST_TEST(llmx::base64_encode(r.value()) == std::string_view(text, 4));
    }
    BOOST_TEST(accepted == decoded.size());
    BOOST_TEST(accepted > 600u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace base64_unit
