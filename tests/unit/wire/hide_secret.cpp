// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/base64.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <string_view>

namespace hide_secret_unit {

using namespace llmx;

namespace {

std::string hidden(std::string text, std::string_view secret) {
    const std::string before = text;
    const bool found = hide_secret(text, secret);
    BOOST_TEST(found == (text != before));
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_hide_secret)

BOOST_AUTO_TEST_CASE(plain_text) {
    BOOST_TEST(hidden("", "sk-secret") == "");
    BOOST_TEST(hidden("nothing", "sk-secret") == "nothing");
    BOOST_TEST(hidden("sk-secret", "sk-secret") == "***");
    BOOST_TEST(hidden("a sk-secret, sk-secret.", "sk-secret") == "a ***, ***.");
    BOOST_TEST(hidden("sk-secretsk-secret", "sk-secret") == "******");
    BOOST_TEST(hidden("sk-secre sk-secreT sk-sk-secret", "sk-secret") == "sk-secre sk-secreT sk-***");
    BOOST_TEST(hidden("ababababc", "ababab") == "***abc");
    BOOST_TEST(hidden("ababcabababc", "abababc") == "ababc***");
}

BOOST_AUTO_TEST_CASE(short_secrets_are_left) {
    for (std::size_t size = 0; size < shortest_hidden_secret; ++size) {
        const std::string secret(size, 'e');
        BOOST_TEST(hidden("eeeeeeeeeeeee", secret) == "eeeeeeeeeeeee");
    }
    BOOST_TEST(hidden("eeeeeeeeeeeee", std::string(shortest_hidden_secret, 'e')) != "eeeeeeeeeeeee");
}

BOOST_AUTO_TEST_CASE(escaped_text) {
    const std::string secret = "a/b+c=d\"e";
    for (const std::string text :
         {"a\\/b+c=d\\\"e", "\\u0061/b\\u002Bc\\u003dd\\u0022e", "a\\\\\\/b+c=d\\\\\\\"e", "\\\\u0061/b+c=d\\\\u0022e", "a%2Fb%2bc%3Dd%22e",
          "%61/b+c=d\"e", "a%252Fb%25252Bc=d%22e", "a&#47;b&#x2B;c&#x3d;d&#34;e", "\\x61\\x2fb+c=d\"e", "a%2fb\\u002bc=d\\\"e"})
        BOOST_TEST(hidden("x " + std::string(text) + " y", secret) == "x *** y", text);
    BOOST_TEST(hidden("a\\/b+c=d\\\"", secret) == "a\\/b+c=d\\\"");
    BOOST_TEST(hidden("x%2", "x%2abcd") == "x%2");
    BOOST_TEST(hidden("&#; &#x; &#47 &#x2f", "abcdef") == "&#; &#x; &#47 &#x2f");
}

BOOST_AUTO_TEST_CASE(secrets_that_look_like_escapes) {
    for (const std::string secret : {"ab\\u0041", "%41%42%43", "a%2Fb%25c", "\\\\\\\\\\\\", "n\\n\\n\\n", "&#65;&#66;", "\\/\\/\\/", "nabcdef", "u0041ff"}) {
        BOOST_TEST(hidden("x " + std::string(secret) + " y", secret) == "x *** y", secret);
        std::string json = "x ", percent = "x ";
        append_json_string(json, secret);
        BOOST_TEST(hidden(json, secret).find(secret) == std::string::npos);
        append_percent_encoded(percent, secret);
        BOOST_TEST(hidden(percent + " y", secret) == "x *** y", secret);
    }
}

BOOST_AUTO_TEST_CASE(text_beyond_ascii) {
    BOOST_TEST(hidden("x schl\\u00fcssel\\ud83d\\ude00 y", "schl\xc3\xbcssel\xf0\x9f\x98\x80") == "x *** y");
    BOOST_TEST(hidden("x schl%C3%BCssel%F0%9F%98%80 y", "schl\xc3\xbcssel\xf0\x9f\x98\x80") == "x *** y");
}

BOOST_AUTO_TEST_CASE(base64_at_every_alignment) {
    for (const std::string secret : {"sk-up/PLANTED+91c2", "abcdef", "~~?~>?~>~?~>", "sk-proj-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"})
        for (std::size_t before = 0; before < 7; ++before)
            for (std::size_t after = 0; after < 7; ++after) {
                const std::string text = std::string(before, 'u') + secret + std::string(after, 'v');
                for (const std::string& coded : {base64_encode(text), base64url_encode(text)}) {
                    const std::string got = hidden("Basic " + coded + " end", secret);
                    BOOST_TEST(got.starts_with("Basic "));
                    BOOST_TEST(got.ends_with(" end"));
                    BOOST_TEST(got.find("***") != std::string::npos);
                    // What is left of it is less than three bytes on either side could give away.
                    BOOST_TEST(got.size() <= 13 + (before + after) * 4 / 3 + 8, got);
                }
            }
}

BOOST_AUTO_TEST_CASE(json_stays_json) {
    const std::string secret = "nq\"/\\tu0041";
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        std::mt19937_64 random(seed);
        const std::string_view pieces[] = {"\\", "\"", "n", "u0041", "t", "/", "%", "&#", "\n", "\xc3\xa9", "nq\"/\\tu0041", "x"};
        std::string text;
        for (auto n = random() % 12; n-- > 0;) text += pieces[random() % std::size(pieces)];
        std::string json = "{\"a\":";
        append_json_string(json, text);
        json += "}";
        BOOST_TEST_CONTEXT("seed " << seed) {
            boost::system::error_code ec;
            const std::string got = hidden(json, secret);
            (void)boost::json::parse(got, ec);
            BOOST_TEST(!ec, got);
            if (text.find(secret) != std::string::npos) BOOST_TEST(unescape_json_string(got).find(secret) == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(random_escapes_of_every_character_are_found) {
    const std::string secret = "sk-up/PLANTED+91c2";
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        std::mt19937_64 random(seed);
        std::string text = "x ";
        for (const char c : secret) {
            char form[16];
            const auto u = static_cast<unsigned>(c);
            switch (random() % 7) {
            case 0: std::snprintf(form, sizeof form, "\\u%04x", u); break;
            case 1: std::snprintf(form, sizeof form, "%%%02X", u); break;
            case 2: std::snprintf(form, sizeof form, "&#%u;", u); break;
            case 3: std::snprintf(form, sizeof form, "\\\\\\u%04X", u); break;
            case 4: std::snprintf(form, sizeof form, "%%2525%02x", u); break;
            default: std::snprintf(form, sizeof form, "%c", c);
            }
            text += form;
        }
        BOOST_TEST(hidden(text + " y", secret) == "x *** y", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace hide_secret_unit
