// SPDX-License-Identifier: BSL-1.0
// Content codings: bodies that a provider or a client has compressed.
#include <llmx/wire/content_coding.hpp>

#include <boost/test/unit_test.hpp>

#if defined(LLMX_WITH_ZLIB)
#include <support/deflated.hpp>
#endif
#if defined(LLMX_WITH_BROTLI)
#include <brotli/decode.h>
#endif

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace content_coding_unit {

using namespace llmx;

namespace {

struct decoded {
    std::string text;
    bool failed = false, whole = false;
    /// The longest output of one call.
    std::size_t most = 0;
};

/// \p coded, given in pieces of \p size bytes and taken in parts of at most \p room.
[[maybe_unused]] decoded decode(content_coding coding, std::string_view coded, std::size_t size, std::size_t room = 1000) {
    decoded to;
    const auto decoder = make_content_decoder(coding);
    BOOST_REQUIRE(decoder != nullptr);
    for (std::size_t at = 0; at < coded.size(); at += size) {
        std::string_view piece = coded.substr(at, size);
        for (;;) {
            std::string part;
            if (!decoder->decode(piece, part, room)) {
                to.failed = true;
                return to;
            }
            to.most = std::max(to.most, part.size());
            to.text += part;
            if (part.size() < room) break;
        }
        BOOST_REQUIRE(piece.empty());
    }
    to.whole = decoder->whole();
    return to;
}

#if defined(LLMX_WITH_ZLIB)
using llmx_test::deflated;
#endif

// Of the encoder at its highest quality.
[[maybe_unused]] constexpr std::string_view brotli_hello(
    "\x1b\x1a\x00\xf8\x8d\xd4\x4e\xf9\xc3\x8c\xaa\x91\xd0\xd8\xde\x34\x48\x08\x4b\x99\x52\x64\x9f\x48\x20\xb8\x0e\x09", 28);

} // namespace

BOOST_AUTO_TEST_SUITE(wire_content_coding)

BOOST_AUTO_TEST_CASE(names_of_codings) {
    for (const std::string_view none : {"", " ", "identity", "Identity"}) BOOST_TEST((content_coding_of(none) == content_coding::identity), none);
    for (const std::string_view name : {"gzip", "x-gzip", " GZIP\t"}) BOOST_TEST((content_coding_of(name) == content_coding::gzip), name);
    BOOST_TEST((content_coding_of("deflate") == content_coding::deflate));
    BOOST_TEST((content_coding_of("br") == content_coding::brotli));
    for (const std::string_view name : {"zstd", "gzip, br", "compress"}) BOOST_TEST((content_coding_of(name) == content_coding::other), name);
    BOOST_TEST(make_content_decoder(content_coding::identity) == nullptr);
    BOOST_TEST(make_content_decoder(content_coding::other) == nullptr);
}

#if defined(LLMX_WITH_ZLIB)
BOOST_AUTO_TEST_CASE(the_forms_of_zlib_are_decoded_however_they_are_cut) {
    std::string text;
    for (int i = 0; i < 4000; ++i) text += "event " + std::to_string(i * 7919) + "\n";
    for (const auto& [coding, window] : {std::pair(content_coding::gzip, 31), {content_coding::deflate, 15}, {content_coding::deflate, -15}})
        for (const std::size_t size : {1u, 2u, 3u, 1000u, 1'000'000u}) {
            const std::string coded = deflated(text, window);
            const decoded got = decode(coding, coded, size);
            BOOST_TEST_CONTEXT(window << " in pieces of " << size) {
                BOOST_TEST(!got.failed);
                BOOST_TEST(got.whole);
                BOOST_TEST((got.text == text));
                BOOST_TEST(got.most <= 1000u);
                BOOST_TEST(!decode(coding, std::string_view(coded).substr(0, coded.size() - 1), size).whole);
            }
        }
}

BOOST_AUTO_TEST_CASE(members_of_gzip_follow_each_other) {
    const std::string two = deflated("one ", 31) + deflated("two", 31);
    for (const std::size_t size : {1u, 5u, 1000u}) {
        const decoded got = decode(content_coding::gzip, two, size);
        BOOST_TEST(got.text == "one two");
        BOOST_TEST(got.whole);
    }
}

BOOST_AUTO_TEST_CASE(other_bytes_than_the_coding_s_fail) {
    BOOST_TEST(decode(content_coding::gzip, R"({"id":"plain"})", 100).failed);
    BOOST_TEST(decode(content_coding::deflate, "\xff\xff\xff\xff", 100).failed);
    BOOST_TEST(decode(content_coding::gzip, deflated("text", 31) + "garbage", 100).failed);
    BOOST_TEST(decode(content_coding::deflate, deflated("text", 15) + "garbage", 100).failed);
    std::string wrong = deflated("a text with a checksum", 31);
    wrong[wrong.size() - 6] = static_cast<char>(wrong[wrong.size() - 6] ^ 1);
    BOOST_TEST(decode(content_coding::gzip, wrong, 100).failed);
    const auto decoder = make_content_decoder(content_coding::gzip);
    std::string out;
    std::string_view bad = "not gzip";
    const auto first = decoder->decode(bad, out, 100);
    BOOST_REQUIRE(first.has_error());
    BOOST_TEST((first.error().value() == errc::bad_response));
    BOOST_TEST(first.error().message().find("'gzip'") != std::string::npos, first.error().message());
    std::string_view more = "more";
    BOOST_TEST(decoder->decode(more, out, 100).has_error());
    BOOST_TEST(!decoder->whole());
}

BOOST_AUTO_TEST_CASE(a_small_body_that_expands_is_given_in_parts) {
    const std::string coded = deflated(std::string(50'000'000, 'x'), 31);
    BOOST_TEST(coded.size() < 60'000u);
    const auto decoder = make_content_decoder(content_coding::gzip);
    std::string_view in = coded;
    std::string out;
    BOOST_REQUIRE(decoder->decode(in, out, 4096).has_value());
    BOOST_TEST(out.size() == 4096u);
    BOOST_TEST(out.capacity() < 16384u);
}
#else
BOOST_AUTO_TEST_CASE(without_zlib_there_is_no_decoder) {
    BOOST_TEST(make_content_decoder(content_coding::gzip) == nullptr);
    BOOST_TEST(make_content_decoder(content_coding::deflate) == nullptr);
}
#endif

#if defined(LLMX_WITH_BROTLI)
BOOST_AUTO_TEST_CASE(brotli_is_decoded_however_it_is_cut) {
    for (const std::size_t size : {1u, 3u, 100u})
        for (const std::size_t room : {1u, 4u, 100u}) {
            const decoded got = decode(content_coding::brotli, brotli_hello, size, room);
            BOOST_TEST(got.text == "Hello, hello, hello, hello!");
            BOOST_TEST(got.whole);
            BOOST_TEST(got.most <= room);
        }
    BOOST_TEST(!decode(content_coding::brotli, brotli_hello.substr(0, brotli_hello.size() - 1), 5).whole);
    BOOST_TEST(decode(content_coding::brotli, std::string(brotli_hello) + "x", 100).failed);
    BOOST_TEST(decode(content_coding::brotli, R"({"id":"plain"})", 100).failed);
}
#else
BOOST_AUTO_TEST_CASE(without_brotli_there_is_no_decoder) { BOOST_TEST(make_content_decoder(content_coding::brotli) == nullptr); }
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace content_coding_unit
