// SPDX-License-Identifier: BSL-1.0
#include <llmx/access/ephemeral_keys.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <utility>

namespace ephemeral_keys_unit {

using namespace llmx;

ephemeral_grant grant_of(std::string who, std::int64_t expires, std::string session = "") {
    ephemeral_grant g;
    g.principal_id = std::move(who);
    g.model = "m";
    g.session = std::move(session);
    g.expires_at = expires;
    return g;
}

BOOST_AUTO_TEST_SUITE(access_ephemeral_keys)

BOOST_AUTO_TEST_CASE(a_key_is_found_until_it_expires) {
    ephemeral_keys keys;
    const secret key = keys.issue(grant_of("a", 110), 100).value();
    BOOST_TEST(key.reveal().starts_with("ek_"));
    BOOST_TEST(key.reveal().size() == 3u + 16 + 64);
    BOOST_REQUIRE(keys.find(key.reveal(), 109) != nullptr);
    BOOST_TEST(keys.find(key.reveal(), 109)->principal_id == "a");
    BOOST_TEST(keys.find(key.reveal(), 110) == nullptr);
    std::string wrong(key.reveal());
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    BOOST_TEST(keys.find(wrong, 100) == nullptr);
    for (const std::string_view other : {std::string_view(), std::string_view("ek_"), std::string_view("sk-a"), key.reveal().substr(0, 19),
        key.reveal().substr(0, 82)}) BOOST_TEST(keys.find(other, 100) == nullptr);
    BOOST_TEST(keys.find(std::string(key.reveal()) + "0", 100) == nullptr);
}

BOOST_AUTO_TEST_CASE(keys_differ) {
    ephemeral_keys keys;
    std::set<std::string> seen;
    for (int i = 0; i != 1000; ++i) BOOST_TEST(seen.emplace(keys.issue(grant_of("a", 110), 100).value().reveal()).second);
    BOOST_TEST(keys.size() == 1000u);
    (void)keys.issue(grant_of("a", 210), 110).value();
    BOOST_TEST(keys.size() == 1u, "expired ones are forgotten");
}

BOOST_AUTO_TEST_CASE(their_number_and_bytes_are_limited) {
    ephemeral_keys::limits l;
    l.max_keys = 8;
    l.max_bytes = 80;
    ephemeral_keys keys(l);
    (void)keys.issue(grant_of("a", 150), 100).value();
    (void)keys.issue(grant_of("a", 150), 100).value();
    const auto third = keys.issue(grant_of("a", 150), 100);
    BOOST_REQUIRE(!third);
    BOOST_TEST((third.error().value() == errc::shed));
    BOOST_TEST((third.error().retry_after() == std::chrono::seconds(50)));
    BOOST_TEST(!keys.issue(grant_of("b", 150, std::string(21, 's')), 100));
    (void)keys.issue(grant_of("b", 150, std::string(20, 's')), 100).value();
    BOOST_TEST(!keys.issue(grant_of("b", 150, std::string(1, 's')), 100));
    for (const char* who : {"c", "d", "e"}) (void)keys.issue(grant_of(who, 150, std::string(20, 's')), 100).value();
    BOOST_TEST(!keys.issue(grant_of("f", 150, "s"), 100));
    (void)keys.issue(grant_of("f", 150), 100).value();
    (void)keys.issue(grant_of("g", 150), 100).value();
    BOOST_TEST(keys.size() == 8u);
    BOOST_TEST(!keys.issue(grant_of("h", 150), 100));
    (void)keys.issue(grant_of("a", 250, std::string(20, 's')), 150).value();
    BOOST_TEST(keys.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ephemeral_keys_unit
