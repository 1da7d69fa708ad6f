// SPDX-License-Identifier: BSL-1.0
#include "reading.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace http_reader_unit {

namespace {

using namespace transport_test;

struct sample {
    const char* name;
    std::string text;
    bool eof;
    bool keep_alive;
    int status;
    std::string fields;
    std::string body;
    friend std::ostream& operator<<(std::ostream& os, const sample& s) { return os << s.name; }
};

const std::vector<sample> samples = {
    {"content_length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", false, true, 200,
     "Content-Type=text/plain;Content-Length=5;", "hello"},
    {"empty_length", "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n", false, true, 429,
     "retry-after=7;content-length=0;", ""},
    {"no_content", "HTTP/1.1 204 No Content\r\n\r\n", false, true, 204, "", ""},
    {"no_reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", false, true, 200, "Content-Length=2;", "ok"},
    {"chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n,\r\n6;ext=\"q\"\r\n world\r\n0\r\n\r\n",
     false, true, 200, "Transfer-Encoding=chunked;", "hello, world"},
    {"trailers",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX-Sum: 45\r\nX-B: c\r\n\r\n", false,
     true, 200, "Transfer-Encoding=chunked;", "0123456789"},
    {"until_close", "HTTP/1.1 200 OK\r\nA: b\r\n\r\nall that comes", true, false, 200, "A=b;", "all that comes"},
    {"http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", false, false, 200, "Content-Length=3;", "abc"},
    {"http_1_0_keep", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc", false, true, 200,
     "Connection=keep-alive;Content-Length=3;", "abc"},
    {"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", false, false, 200,
     "Connection=close;Content-Length=3;", "abc"},
    {"interim",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
     false, true, 200, "Content-Length=1;", "x"},
    {"folded", "HTTP/1.1 200 OK\r\nX-Long: a\r\n   b\r\n\tc\r\nContent-Length: 1\r\n\r\nx", false, true, 200,
     "X-Long=a b c;Content-Length=1;", "x"},
    {"empty_value", "HTTP/1.1 200 OK\r\nX-None:\r\nX-Blank:  \r\nContent-Length: 0\r\n\r\n", false, true, 200,
     "X-None=;X-Blank=;Content-Length=0;", ""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_http_reader)

BOOST_DATA_TEST_CASE(message_whole_and_split_anywhere, boost::unit_test::data::make(samples)) {
    reading want;
    want.status = sample.status;
    want.fields = sample.fields;
    want.body = sample.body;
    want.header_done = want.done = true;
    want.keep_alive = sample.keep_alive;
    reader_options how;
    how.eof = sample.eof;
    const std::string& text = sample.text;

    // One reader for all: what is left of a message must not touch the next.
    llmx::http_reader reader;
    BOOST_TEST(read_parts(reader, {text}, how) == want);
    for (std::size_t i = 1; i < text.size(); ++i) {
        const reading got = read_parts(reader, {text.substr(0, i), text.substr(i)}, how);
        BOOST_TEST_REQUIRE(got == want, "split at " << i << ": " << got);
    }
    std::vector<std::string> bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    BOOST_TEST(read_parts(reader, bytes, how) == want);
}

BOOST_DATA_TEST_CASE(no_prefix_is_complete, boost::unit_test::data::make(samples)) {
    for (std::size_t i = 0; i < sample.text.size(); ++i) {
        reader_options how;
        how.eof = true;
        const reading got = read_whole(sample.text.substr(0, i), how);
        if (sample.eof && got.header_done) continue; // ends wherever the connection does
        const llmx::errc want = i == 0 ? llmx::errc::connection_lost : llmx::errc::truncated;
        BOOST_TEST_REQUIRE((got.failure == want), "cut at " << i << ": " << got);
        BOOST_TEST_REQUIRE(!got.done);
    }
}

BOOST_AUTO_TEST_CASE(random_bodies_in_random_pieces) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        std::mt19937_64 random(seed);
        std::string body(random() % 5000, '\0');
        for (char& c : body) c = static_cast<char>(random());
        std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (std::size_t at = 0; at < body.size();) {
            const std::size_t n = std::min<std::size_t>(1 + random() % 300, body.size() - at);
            char size[20];
            std::snprintf(size, sizeof size, "%zx\r\n", n);
            text += size + body.substr(at, n) + "\r\n";
            at += n;
        }
        text += "0\r\n\r\n";
        std::vector<std::string> parts;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = 1 + random() % 700;
            parts.push_back(text.substr(at, n));
            at += n;
        }
        llmx::http_reader reader;
        const reading got = read_parts(reader, parts, reader_options());
        BOOST_TEST_REQUIRE(got.done, "seed " << seed);
        BOOST_TEST_REQUIRE((got.body == body), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(chunks_of_one_feed_become_one_piece) {
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    llmx::http_reader reader;
    reader.begin(1024);
    const auto head = reader.feed(std::span<char>(text));
    BOOST_REQUIRE(head);
    BOOST_TEST(head->consumed == text.size());
    std::string body = "2\r\nab\r\n3\r\ncde\r\n1\r\nf\r\n4\r\ngh";
    const auto step = reader.feed(std::span<char>(body));
    BOOST_REQUIRE(step);
    BOOST_TEST(step->body == "abcdefgh");
    BOOST_TEST((step->body.data() >= body.data() && step->body.data() < body.data() + body.size()), "a view, not a copy");
}

BOOST_AUTO_TEST_CASE(what_follows_the_message_is_left_alone) {
    const reading got = read_whole("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n");
    BOOST_TEST(got.done);
    BOOST_TEST(got.body == "ok");
    BOOST_TEST(got.left == "HTTP/1.1 200 OK\r\n");
}

BOOST_AUTO_TEST_CASE(reply_to_head_has_no_body) {
    reader_options how;
    how.bodiless = true;
    const reading got = read_whole("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n", how);
    BOOST_TEST(got.done);
    BOOST_TEST(got.body.empty());
}

BOOST_AUTO_TEST_CASE(body_has_no_limit_of_its_own) {
    // Beast's default for responses is 8 MiB.
    std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n";
    text.append(20'000'000, 'x');
    BOOST_TEST(read_whole(text).body.size() == 20'000'000u);
}

const std::vector<std::string> bad = {
    "SSH-2.0-OpenSSH_9.2\r\n",
    "\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.1 20x OK\r\n\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n",
};

BOOST_DATA_TEST_CASE(garbage_is_a_bad_response, boost::unit_test::data::make(bad)) {
    const reading got = read_whole(sample);
    BOOST_TEST_REQUIRE(got.failure.has_value());
    BOOST_TEST((*got.failure == llmx::errc::bad_response));
}

BOOST_AUTO_TEST_CASE(another_protocol_is_noticed_at_its_first_byte) {
    BOOST_TEST((read_whole("S").failure == llmx::errc::bad_response));
    BOOST_TEST(!read_whole("H").failure.has_value());
}

BOOST_AUTO_TEST_CASE(body_before_a_fault_is_delivered_first) {
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    llmx::http_reader reader;
    reader.begin(1024);
    BOOST_REQUIRE(reader.feed(std::span<char>(text)));
    std::string body = "3\r\nabc\r\nrubbish\r\n";
    const auto first = reader.feed(std::span<char>(body));
    BOOST_REQUIRE(first);
    BOOST_TEST(first->body == "abc");
    const auto second = reader.feed(std::span<char>(body).subspan(first->consumed));
    BOOST_REQUIRE(!second);
    BOOST_TEST((second.error().value() == llmx::errc::bad_response));
    BOOST_TEST((reader.finish().error().value() == llmx::errc::bad_response));
}

BOOST_AUTO_TEST_CASE(header_section_is_bounded) {
    const auto text = [](std::size_t size) {
        std::string t = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
        t.append(size - t.size() - 4, 'x');
        return t + "\r\n\r\n";
    };
    reader_options how;
    how.max_header = 1000;
    BOOST_TEST(read_whole(text(1000), how).done);
    BOOST_TEST((read_whole(text(1001), how).failure == llmx::errc::bad_response));
    // One that never ends, and interim responses without end.
    llmx::http_reader reader;
    std::vector<std::string> parts(2000, "HTTP/1.1 100 Continue\r\n\r\n");
    BOOST_TEST((read_parts(reader, parts, how).failure == llmx::errc::bad_response));
    parts.assign(1, "HTTP/1.1 200 OK\r\n");
    parts.resize(2000, "a: b\r\n");
    how.max_header = 100'000;
    BOOST_TEST(!read_parts(reader, parts, how).failure.has_value());
    parts.emplace_back("\r\n");
    BOOST_TEST((read_parts(reader, parts, how).failure == llmx::errc::bad_response), "too many fields");
    // And a large legal one, in pieces.
    how = reader_options();
    const std::string large = text(60'000);
    BOOST_TEST(read_parts(reader, {large.substr(0, 16384), large.substr(16384, 30000), large.substr(46384)}, how).done);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_reader_unit
