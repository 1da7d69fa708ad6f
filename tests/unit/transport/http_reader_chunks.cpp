// SPDX-License-Identifier: BSL-1.0
// Chunked replies cut into pieces at every place. Built with assertions: Beast's parser must never
// be in a state that one of them forbids.
#include "reading.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace http_reader_chunks_unit {

namespace {

using namespace transport_test;

const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

struct chunked {
    const char* name;
    std::string text;
    friend std::ostream& operator<<(std::ostream& os, const chunked& c) { return os << c.name; }
};

const std::vector<chunked> bodies = {
    {"empty", "0\r\n\r\n"},
    {"empty_two_zeros", "00\r\n\r\n"},
    {"empty_many_zeros", "0000000\r\n\r\n"},
    {"empty_extension", "0;a\r\n\r\n"},
    {"empty_extensions", "0;a=b;c=\"d \\\" e\"\r\n\r\n"},
    {"empty_trailer", "0\r\nX: y\r\n\r\n"},
    {"empty_trailers", "00;a\r\nX: y\r\nEmpty:\r\nFolded: z\r\n  w\r\n\r\n"},
    {"one", "1\r\na\r\n0\r\n\r\n"},
    {"one_of_zeros", "5\r\n00000\r\n0\r\n\r\n"},
    {"one_that_looks_final", "A\r\n\r\n0\r\n\r\n0\r\n\r\n0\r\n\r\n"},
    {"size_with_leading_zeros", "0003\r\nabc\r\n000\r\n\r\n"},
    {"size_in_capitals", "0A\r\n0123456789\r\n0\r\n\r\n"},
    {"many", "5\r\nhello\r\n1\r\n,\r\n6;ext=\"q\"\r\n world\r\n0\r\n\r\n"},
    {"extensions", "2;a;b=c;d=\"e;f\"\r\nxy\r\n1;\"\r\n"},
    {"trailers", "2;a=b\r\nxy\r\n0;z\r\nX-Sum: 45\r\nConnection: close\r\nX-B: c\r\n\r\n"},
    {"garbage_after_empty", "0\r\n\r\nHTTP/1.1 200 OK\r\n"},
    {"garbage_after_chunks", "1\r\na\r\n0\r\n\r\n0\r\n\r\n"},
    {"no_size", "\r\n0\r\n\r\n"},
    {"no_hex", "0x\r\n\r\n"},
    {"size_beyond_64_bits", "10000000000000000\r\n"},
    {"blank_after_size", "0 \r\n\r\n"},
    {"bare_lf", "0\n\r\n\r\n"},
    {"bare_cr", "0\rx\r\n\r\n"},
    {"bare_cr_before_the_end", "0\r\n\r\r\n\r\n"},
    {"lf_in_trailers", "0\r\n\n\r\n\r\n"},
    {"quoted_crlf", "0;a=\"\r\n\r\n\"\r\n\r\n"},
    {"quoted_crlf_in_a_chunk", "1;a=\"\r\n\"\r\nx\r\n0\r\n\r\n"},
    {"bad_trailer", "0\r\nno colon\r\n\r\n"},
    {"nameless_trailer", "0\r\n: x\r\n\r\n"},
    {"length_in_trailers", "0\r\nContent-Length: 3\r\n\r\n"},
    {"chunk_without_its_end", "1\r\nab\r\n0\r\n\r\n"},
    {"cut_short", "0\r\n\r"},
};

/// The same result whole, cut in two and in three, byte by byte, and with bytes offered twice.
void check_all_cuts(const std::string& text, const reader_options& how, bool thrice) {
    llmx::http_reader reader;
    const reading want = read_parts(reader, {text}, how);
    reader_options twice = how;
    twice.again = true;
    const auto same = [&](const std::vector<std::string>& parts) {
        for (const reader_options& o : {how, twice}) {
            const reading got = read_parts(reader, parts, o);
            if (got == want) continue;
            std::string cuts;
            for (const std::string& p : parts) cuts += "<" + p + ">";
            BOOST_TEST_REQUIRE(got == want, cuts << ": " << got << ", whole: " << want);
        }
    };
    for (std::size_t i = 1; i < text.size(); ++i) {
        same({text.substr(0, i), text.substr(i)});
        for (std::size_t j = i + 1; thrice && j < text.size(); ++j)
            same({text.substr(0, i), text.substr(i, j - i), text.substr(j)});
    }
    std::vector<std::string> bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    same(bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_reader_chunks)

BOOST_DATA_TEST_CASE(same_however_it_is_cut, boost::unit_test::data::make(bodies)) {
    for (const bool eof : {false, true}) {
        reader_options how;
        how.eof = eof;
        check_all_cuts(head + sample.text, how, true);
    }
}

BOOST_AUTO_TEST_CASE(what_they_are) {
    // The results that are compared above are the right ones.
    const auto body = [](const char* name) {
        const auto at = std::find_if(bodies.begin(), bodies.end(), [&](const chunked& c) { return name == std::string(c.name); });
        BOOST_REQUIRE(at != bodies.end());
        return read_whole(head + at->text);
    };
    for (const char* const empty : {"empty", "empty_two_zeros", "empty_many_zeros", "empty_extension", "empty_extensions",
                                    "empty_trailer", "empty_trailers"}) {
        const reading r = body(empty);
        BOOST_TEST(r.done, empty);
        BOOST_TEST(r.keep_alive, empty);
        BOOST_TEST(r.body.empty(), empty);
        BOOST_TEST(r.left.empty(), empty);
    }
    BOOST_TEST(body("one_of_zeros").body == "00000");
    BOOST_TEST(body("one_that_looks_final").body == "\r\n0\r\n\r\n0\r\n");
    BOOST_TEST(body("size_with_leading_zeros").body == "abc");
    BOOST_TEST(body("many").body == "hello, world");
    BOOST_TEST(!body("trailers").keep_alive);
    BOOST_TEST(body("garbage_after_empty").done);
    BOOST_TEST(body("garbage_after_empty").left == "HTTP/1.1 200 OK\r\n");
    BOOST_TEST(body("garbage_after_chunks").left == "0\r\n\r\n");
    for (const char* const bad : {"no_size", "no_hex", "size_beyond_64_bits", "blank_after_size", "bare_lf", "bare_cr",
                                  "bad_trailer", "nameless_trailer", "length_in_trailers", "chunk_without_its_end",
                                  "quoted_crlf", "extensions"})
        BOOST_TEST((body(bad).failure == llmx::errc::bad_response), bad);
    BOOST_TEST(!body("cut_short").done);
    reader_options how;
    how.eof = true;
    for (const char* const cut : {"0", "0\r", "0\r\n", "00\r\n", "0\r\n\r", "1\r\na\r\n0\r\n\r"})
        BOOST_TEST((read_whole(head + cut, how).failure == llmx::errc::truncated), cut);
}

BOOST_AUTO_TEST_CASE(random_bodies_are_the_same_however_they_are_cut) {
    static constexpr std::string_view letters = "00011\r\r\n\n\r\n;=\"a :\\\t";
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        std::mt19937_64 random(seed);
        std::string text = head;
        // Chunks that are right, then a final one that often is.
        for (std::uint64_t n = random() % 3; n > 0; --n) {
            const std::string data(1 + random() % 3, "0\r\na"[random() % 4]);
            text += std::to_string(data.size()) + (random() % 3 == 0 ? ";x=\"y\"" : "") + "\r\n" + data + "\r\n";
        }
        text.append(1 + random() % 3, '0');
        for (std::uint64_t n = random() % 8; n > 0; --n) text += letters[random() % letters.size()];
        if (random() % 4 != 0) text += random() % 2 == 0 ? "\r\n\r\n" : "\r\nT: u\r\n\r\n";
        reader_options how;
        how.eof = random() % 2 == 0;
        check_all_cuts(text, how, false);
    }
}

BOOST_AUTO_TEST_CASE(content_that_looks_like_a_final_chunk_is_not_kept_back) {
    // Only the beginning of a chunked body waits for more.
    for (const char* const text : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n"})
        BOOST_TEST(read_whole(std::string(text) + "0").body == "0", text);
}

BOOST_AUTO_TEST_CASE(a_fault_stays) {
    for (const std::string& text : {std::string("SSH-2.0"), head + "xyz\r\n", head + "1\r\na\r\nxyz\r\n"}) {
        llmx::http_reader reader;
        reading r = read_parts(reader, {text}, reader_options());
        BOOST_TEST_REQUIRE((r.failure == llmx::errc::bad_response));
        std::string more = "1\r\na\r\n0\r\n\r\n";
        for (int i = 0; i < 2; ++i) {
            const auto step = reader.feed(std::span<char>(more));
            BOOST_TEST_REQUIRE(!step);
            BOOST_TEST((step.error().value() == llmx::errc::bad_response));
        }
        BOOST_TEST((reader.finish().error().value() == llmx::errc::bad_response));
        // And is forgotten with the message.
        r = read_parts(reader, {head + "0\r\n\r\n"}, reader_options());
        BOOST_TEST(r.done);
    }
}

BOOST_AUTO_TEST_CASE(a_message_whose_end_is_in_doubt_is_the_last) {
    for (const char* const text : {
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
             "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
             "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n",
             "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
             "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
         }) {
        const reading r = read_whole(text);
        BOOST_TEST(r.done, text);
        BOOST_TEST(!r.keep_alive, text);
    }
    for (const char* const text : {
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
             "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 204 No Content\r\n\r\n",
             "HTTP/1.1 304 Not Modified\r\n\r\n",
             "HTTP/1.1 100 Continue\r\nTransfer-Encoding: gzip\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
         }) {
        const reading r = read_whole(text);
        BOOST_TEST(r.done, text);
        BOOST_TEST(r.keep_alive, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_reader_chunks_unit
