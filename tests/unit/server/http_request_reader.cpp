// SPDX-License-Identifier: BSL-1.0
#include <llmx/server/http_request_reader.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http_request_reader_unit {

using namespace llmx;

namespace {

using reader_stage = http_request_reader::stage;

/// What came out of a reader, copied.
struct seen_request {
    seen_request() = default;
    std::string method, path, query, body, fields;
    int version = 0;
    bool keep_alive = false, expects = false;
    friend bool operator==(const seen_request&, const seen_request&) = default;
    friend std::ostream& operator<<(std::ostream& os, const seen_request& r) {
        return os << r.method << ' ' << r.path << '?' << r.query << ' ' << r.version << " {" << r.fields << "} "
                  << r.body.size() << " bytes";
    }
};

seen_request copy_of(const http_request_reader& r) {
    seen_request s;
    s.method = r.head().method;
    s.path = r.head().path;
    s.query = r.head().query;
    s.body = r.body();
    s.version = r.head().version;
    s.keep_alive = r.head().keep_alive;
    s.expects = r.head().expects_continue;
    for (const auto& f : r.head().fields) {
        s.fields += f.name;
        s.fields += '=';
        s.fields += f.value;
        s.fields += ';';
    }
    return s;
}

/// Feeds \p bytes in pieces that end at \p cuts and collects whole requests.
result<std::vector<seen_request>> read_all(std::string_view bytes, const std::vector<std::size_t>& cuts,
                                           const http_request_limits& limits = http_request_limits()) {
    http_request_reader reader(limits);
    std::vector<seen_request> out;
    const auto drain = [&]() -> result<void> {
        for (;;) {
            const auto r = reader.parse();
            if (!r) return r.error();
            if (*r == reader_stage::done) {
                out.push_back(copy_of(reader));
                reader.next();
                if (!reader.has_bytes()) return success();
            } else if (*r == reader_stage::head) {
                return success();
            } else { // the head is there: ask once more for the body
                const auto again = reader.parse();
                if (!again) return again.error();
                if (*again != reader_stage::done) return success();
                out.push_back(copy_of(reader));
                reader.next();
                if (!reader.has_bytes()) return success();
            }
        }
    };
    std::size_t at = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::size_t end = i == cuts.size() ? bytes.size() : cuts[i];
        while (at != end) {
            const auto room = reader.space();
            BOOST_REQUIRE(!room.empty());
            const std::size_t n = std::min(room.size(), end - at);
            std::memcpy(room.data(), bytes.data() + at, n);
            reader.commit(n);
            at += n;
            if (auto r = drain(); !r) return r.error();
        }
    }
    return out;
}

const std::string plain_post = "POST /v1/chat/completions?a=b&key=s HTTP/1.1\r\nHost: x\r\nX-Api-Key:  k1 \r\n"
                               "Content-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"a\": \"b\"}\n";
const std::string chunked_post = "POST /v1/messages HTTP/1.1\r\nhost: y\r\ntransfer-encoding: chunked\r\n\r\n"
                                 "5\r\nhello\r\n1;ext=\"v\"\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer-Field: t\r\n\r\n";
const std::string get_close = "GET /health HTTP/1.1\r\nHost: z\r\nConnection: close\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(server_http_request_reader)

BOOST_AUTO_TEST_CASE(reads_what_a_request_says) {
    const auto got = read_all(plain_post, {});
    BOOST_REQUIRE(got);
    BOOST_REQUIRE_EQUAL(got->size(), 1u);
    const seen_request& r = got->front();
    BOOST_TEST(r.method == "POST");
    BOOST_TEST(r.path == "/v1/chat/completions");
    BOOST_TEST(r.query == "a=b&key=s");
    BOOST_TEST(r.body == "{\"a\": \"b\"}\n");
    BOOST_TEST(r.version == 11);
    BOOST_TEST(r.keep_alive);
    BOOST_TEST(!r.expects);
    BOOST_TEST(r.fields == "Host=x;X-Api-Key=k1;Content-Type=application/json;Content-Length=11;");
}

BOOST_AUTO_TEST_CASE(reads_the_same_at_every_split) {
    const std::string all = plain_post + chunked_post + "\r\n" + plain_post + get_close;
    const auto whole = read_all(all, {});
    BOOST_REQUIRE(whole);
    BOOST_REQUIRE_EQUAL(whole->size(), 4u);
    BOOST_TEST((*whole)[1].body == "hello 0123456789");
    BOOST_TEST((*whole)[1].fields == "host=y;transfer-encoding=chunked;");
    BOOST_TEST(!(*whole)[3].keep_alive);
    for (std::size_t i = 1; i < all.size(); ++i) {
        const auto split = read_all(all, {i});
        BOOST_REQUIRE_MESSAGE(split, "split at " << i << ": " << split.error().message());
        BOOST_REQUIRE_MESSAGE(*split == *whole, "split at " << i);
    }
    std::vector<std::size_t> each;
    for (std::size_t i = 1; i < all.size(); ++i) each.push_back(i);
    const auto bytewise = read_all(all, each);
    BOOST_REQUIRE(bytewise);
    BOOST_TEST(*bytewise == *whole, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reads_bodies_of_any_size_in_any_pieces) {
    constexpr std::uint64_t seed = 20261121;
    std::mt19937_64 random(seed);
    for (int round = 0; round < 60; ++round) {
        // Around the size of the buffer, where a body moves to storage of its own.
        const std::size_t size = round < 40 ? 15000 + random() % 4000 : random() % 700000;
        std::string body(size, '\0');
        for (auto& c : body) c = static_cast<char>(random());
        std::string all = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + body;
        std::string chunks = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (std::size_t at = 0; at < size;) {
            const std::size_t n = std::min<std::size_t>(size - at, 1 + random() % 40000);
            char hex[20];
            std::snprintf(hex, sizeof hex, "%zx\r\n", n);
            chunks += hex;
            chunks.append(body, at, n);
            chunks += "\r\n";
            at += n;
        }
        chunks += "0\r\n\r\n";
        all += chunks + get_close;
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; (at += 1 + random() % 20000) < all.size();) cuts.push_back(at);
        const auto got = read_all(all, cuts);
        BOOST_REQUIRE_MESSAGE(got, "seed " << seed << " round " << round << ": " << got.error().message());
        BOOST_REQUIRE_EQUAL(got->size(), 3u);
        BOOST_REQUIRE_MESSAGE((*got)[0].body == body, "seed " << seed << " round " << round);
        BOOST_REQUIRE_MESSAGE((*got)[1].body == body, "seed " << seed << " round " << round << " (chunked)");
        BOOST_TEST((*got)[2].path == "/health");
    }
}

BOOST_AUTO_TEST_CASE(understands_http_1_0_absolute_targets_and_expect) {
    const auto old = read_all("GET /x HTTP/1.0\r\n\r\n", {});
    BOOST_REQUIRE(old);
    BOOST_TEST(old->front().version == 10);
    BOOST_TEST(!old->front().keep_alive);
    const auto kept = read_all("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {});
    BOOST_REQUIRE(kept);
    BOOST_TEST(kept->front().keep_alive);
    const auto absolute = read_all("GET HTTP://h:1/p/q?r=s HTTP/1.1\r\nHost: h\r\n\r\n", {});
    BOOST_REQUIRE(absolute);
    BOOST_TEST(absolute->front().path == "/p/q");
    BOOST_TEST(absolute->front().query == "r=s");
    const auto expecting =
        read_all("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 0\r\n\r\n", {});
    BOOST_REQUIRE(expecting);
    BOOST_TEST(expecting->front().expects);
}

namespace {
struct refusal {
    const char* name;
    std::string bytes;
    errc code;
};
std::ostream& operator<<(std::ostream& os, const refusal& r) { return os << r.name; }

std::vector<refusal> refusals() {
    const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
    const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
    return {
        {"length and coding", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", errc::invalid_request},
        {"coding and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", errc::invalid_request},
        {"two lengths that differ", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", errc::invalid_request},
        {"two lengths that agree", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", errc::invalid_request},
        {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", errc::invalid_request},
        {"a signed length", post + "Content-Length: +5\r\n\r\nhello", errc::invalid_request},
        {"a negative length", post + "Content-Length: -5\r\n\r\nhello", errc::invalid_request},
        {"a length beyond 64 bits", post + "Content-Length: 99999999999999999999\r\n\r\n", errc::invalid_request},
        {"no number", post + "Content-Length: five\r\n\r\n", errc::invalid_request},
        {"another coding", post + "Transfer-Encoding: gzip\r\n\r\n", errc::invalid_request},
        {"chunked not last", post + "Transfer-Encoding: chunked, gzip\r\n\r\n", errc::invalid_request},
        {"chunked after another", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", errc::invalid_request},
        {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", errc::invalid_request},
        {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", errc::invalid_request},
        {"folded line", get + "X-A: one\r\n two\r\n\r\n", errc::invalid_request},
        {"folded with a tab", get + "X-A: one\r\n\ttwo\r\n\r\n", errc::invalid_request},
        {"folded after nothing", get + "X-A:\r\n two\r\n\r\n", errc::invalid_request},
        {"folded length", post + "Content-Length:\r\n 5\r\n\r\nhello", errc::invalid_request},
        {"space before the colon", get + "X-A : one\r\n\r\n", errc::invalid_request},
        {"field without a colon", get + "nonsense\r\n\r\n", errc::invalid_request},
        {"empty field name", get + ": one\r\n\r\n", errc::invalid_request},
        {"NUL in a value", get + std::string("X-A: o\0e\r\n\r\n", 12), errc::invalid_request},
        {"bare LF", "GET / HTTP/1.1\nHost: x\n\n", errc::invalid_request},
        {"bare CR in a value", get + "X-A: o\re\r\n\r\n", errc::invalid_request},
        {"no host", "GET / HTTP/1.1\r\n\r\n", errc::invalid_request},
        {"two hosts", get + "Host: y\r\n\r\n", errc::invalid_request},
        {"no version", "GET /\r\n\r\n", errc::invalid_request},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", errc::invalid_request},
        {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), errc::invalid_request},
        {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", errc::invalid_request},
        {"chunk size no number", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", errc::invalid_request},
        {"chunk size beyond 64 bits", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", errc::invalid_request},
        {"chunk longer than said", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", errc::invalid_request},
        {"body declared too large", post + "Content-Length: 1001\r\n\r\n", errc::payload_too_large},
        {"chunk declared too large", post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", errc::payload_too_large},
        {"chunks too large together", post + "Transfer-Encoding: chunked\r\n\r\n3e7\r\n" + std::string(999, 'a') +
         "\r\n2\r\nbb\r\n0\r\n\r\n", errc::payload_too_large},
        {"header too large", get + "X-A: " + std::string(16384, 'a') + "\r\n\r\n", errc::header_too_large},
        {"target too large", "GET /" + std::string(17000, 'a') + " HTTP/1.1\r\n\r\n", errc::header_too_large},
        {"many small fields", [&get] {
             std::string s = get;
             for (int i = 0; i < 200; ++i) s += "a: b\r\n";
             return s + "\r\n";
         }(), errc::header_too_large},
        {"endless chunk extension", post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20000, 'a'), errc::header_too_large},
        {"endless empty lines", [] {
             std::string s;
             for (int i = 0; i < 20000; ++i) s += "\r";
             return s;
         }(), errc::invalid_request},
    };
}
} // namespace

BOOST_DATA_TEST_CASE(refuses, boost::unit_test::data::make(refusals())) {
    http_request_limits limits;
    limits.max_body = 1000;
    const auto whole = read_all(sample.bytes, {}, limits);
    BOOST_REQUIRE_MESSAGE(!whole, "accepted");
    BOOST_TEST(static_cast<int>(whole.error().value()) == static_cast<int>(sample.code), whole.error().message());
    std::vector<std::size_t> each;
    for (std::size_t i = 1; i < sample.bytes.size(); ++i) each.push_back(i);
    const auto bytewise = read_all(sample.bytes, each, limits);
    // Some faults only show when the end of the head is found, which then never comes.
    if (bytewise) BOOST_TEST(bytewise->empty(), "accepted byte by byte");
    else
        BOOST_TEST(static_cast<int>(bytewise.error().value()) == static_cast<int>(sample.code),
                   bytewise.error().message());
}

BOOST_AUTO_TEST_CASE(takes_what_is_just_within_the_limits) {
    http_request_limits limits;
    limits.max_body = 1000;
    std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nX-A: ";
    head += std::string(limits.max_header - head.size() - 4, 'a') + "\r\n\r\n";
    BOOST_REQUIRE_EQUAL(head.size(), limits.max_header);
    const std::string body(1000, 'b');
    for (const std::size_t cut : {std::size_t(1), head.size() - 1, head.size(), head.size() + 500}) {
        const auto got = read_all(head + body + get_close, {cut}, limits);
        BOOST_REQUIRE_MESSAGE(got, "cut at " << cut << ": " << got.error().message());
        BOOST_TEST(got->front().body == body);
        BOOST_TEST(got->size() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(knows_whom_it_refuses) {
    // A body that is too large is refused with the head known, so that the answer can be in
    // the language of the path.
    http_request_limits limits;
    limits.max_body = 10;
    http_request_reader reader(limits);
    const std::string_view bytes = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n";
    std::memcpy(reader.space().data(), bytes.data(), bytes.size());
    reader.commit(bytes.size());
    const auto r = reader.parse();
    BOOST_REQUIRE(!r);
    BOOST_TEST(reader.head().path == "/v1/messages");
    BOOST_TEST(reader.head().method == "POST");
}

namespace {

/// What a reader makes of bytes: the requests, and the error that ended it.
struct reading {
    reading() = default;
    std::vector<seen_request> requests;
    std::optional<errc> failure;
    friend bool operator==(const reading&, const reading&) = default;
    friend std::ostream& operator<<(std::ostream& os, const reading& r) {
        for (const auto& q : r.requests) os << q << "; ";
        return os << (r.failure ? make_error_code(*r.failure).message() : std::string("no failure"));
    }
};

/// Feeds \p bytes in pieces that end at \p cuts, and asks \p times each time: asking again with
/// nothing new must change nothing.
reading read_pieces(std::string_view bytes, const std::vector<std::size_t>& cuts, int times = 1,
                    const http_request_limits& limits = http_request_limits()) {
    http_request_reader reader(limits);
    reading out;
    std::size_t at = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::size_t end = i == cuts.size() ? bytes.size() : cuts[i];
        while (at != end) {
            const auto room = reader.space();
            BOOST_REQUIRE(!room.empty());
            const std::size_t n = std::min(room.size(), end - at);
            std::memcpy(room.data(), bytes.data() + at, n);
            reader.commit(n);
            at += n;
            for (bool more = true; more;) {
                reader_stage before = reader.where();
                for (int k = 0; k < times; ++k) {
                    const auto seen = reader.parse();
                    if (!seen) {
                        out.failure = seen.error().value();
                        return out;
                    }
                }
                more = reader.where() != before;
                if (reader.where() != reader_stage::done) continue;
                out.requests.push_back(copy_of(reader));
                reader.next();
                more = reader.has_bytes();
            }
        }
    }
    return out;
}

const std::string chunked_head = "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Chunked bodies, right and wrong, and whether they are right.
std::vector<std::pair<std::string, bool>> chunked_bodies() {
    return {
        {"0\r\n\r\n", true},
        {"00\r\n\r\n", true},
        {"00000\r\n\r\n", true},
        {"0;a=b\r\n\r\n", true},
        {"0;a=\"b;c\"\r\n\r\n", true},
        {"0\r\nT: v\r\n\r\n", true},
        {"0\r\nA: b\r\nCc: dd\r\n\r\n", true},
        {"1\r\na\r\n0\r\n\r\n", true},
        {"1\r\na\r\n00\r\nT: v\r\n\r\n", true},
        {"5;x=\"y\\\"z\"\r\nhello\r\n0;q\r\nT: v\r\n\r\n", true},
        {"01\r\na\r\n2\r\nbc\r\nA\r\n0123456789\r\n1\r\n\r\r\n0\r\n\r\n", true},
        {"2\r\n\r\n\r\n0\r\n\r\n", true},
        {"0\r\n \r\n\r\n", false},
        {"0\r\nA: b\r\n c\r\n\r\n", false},
        {"0\r\nContent-Length: 5\r\n\r\n", false},
        {"0\r\nno field\r\n\r\n", false},
        {"0\rX\n\r\n", false},
        {"0 \r\n\r\n\r\n", false},
        {"0;\r\n\r\n\r\n", false},
        {"0;a=\"\r\n\r\n\"\r\n\r\n", false},
        {"1;a=\"\r\n\"\r\nx\r\n0\r\n\r\n", false},
        {"1\r\nab\r\n0\r\n\r\n", false},
        {"1\r\na0\r\n\r\n", false},
        {"-1\r\na\r\n0\r\n\r\n", false},
        {"\r\n0\r\n\r\n", false},
        {"0x0\r\n\r\n", false},
        {"10000000000000000\r\na\r\n0\r\n\r\n", false},
    };
}

} // namespace

// Beast asserts that it is not given the beginning of a final chunk without the rest.
BOOST_AUTO_TEST_CASE(chunked_bodies_are_the_same_at_every_cut) {
    for (const auto& [body, good] : chunked_bodies()) {
        const std::string all = chunked_head + body + get_close + chunked_head + body + get_close;
        BOOST_TEST_CONTEXT(body) {
            const reading whole = read_pieces(all, {});
            BOOST_TEST(whole.failure.has_value() != good);
            if (good) BOOST_TEST(whole.requests.size() == 4u);
            std::vector<std::size_t> each;
            for (std::size_t i = 1; i < all.size(); ++i) each.push_back(i);
            for (const int times : {1, 3}) {
                BOOST_TEST(read_pieces(all, each, times) == whole);
                for (std::size_t i = 1; i < all.size(); ++i)
                    BOOST_REQUIRE_MESSAGE(read_pieces(all, {i}, times) == whole, "cut at " << i);
            }
            // And in three pieces, cut twice in the first body.
            const std::size_t from = chunked_head.size() - 1, to = from + body.size() + 3;
            for (std::size_t i = from; i < to; ++i)
                for (std::size_t j = i + 1; j < to; ++j)
                    BOOST_REQUIRE_MESSAGE(read_pieces(all, {i, j}, 2) == whole, "cut at " << i << " and " << j);
        }
    }
}

// A chunked body moves from the connection's buffer to memory of its own at some size.
BOOST_AUTO_TEST_CASE(chunked_bodies_of_all_sizes_around_the_buffers_are_the_same) {
    constexpr std::uint64_t seed = 20261126;
    std::mt19937_64 random(seed);
    for (int round = 0; round < 60; ++round) {
        const std::size_t size = round < 50 ? 14'000 + random() % 5'000 : random() % 300'000;
        std::string body(size, '\0'), chunks;
        for (auto& c : body) c = static_cast<char>(random());
        for (std::size_t at = 0; at < size;) {
            const std::size_t n = std::min<std::size_t>(size - at, 1 + random() % (round % 2 == 0 ? 40'000 : 9));
            char hex[40];
            std::snprintf(hex, sizeof hex, round % 3 == 0 ? "%zX;e=\"x\"\r\n" : "%zx\r\n", n);
            chunks += hex;
            chunks.append(body, at, n);
            chunks += "\r\n";
            at += n;
        }
        const std::string all = chunked_head + chunks + "0\r\nT: v\r\n\r\n" + get_close;
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; (at += 1 + random() % (round % 4 == 0 ? 3 : 20'000)) < all.size();) cuts.push_back(at);
        const reading got = read_pieces(all, cuts);
        BOOST_TEST_CONTEXT("seed " << seed << " round " << round << ": " << got) {
            BOOST_REQUIRE(!got.failure);
            BOOST_REQUIRE_EQUAL(got.requests.size(), 2u);
            BOOST_REQUIRE((got.requests[0].body == body));
        }
    }
}

namespace {

/// Gives \p reader what it has room for of \p bytes from \p at on, until it is done, needs memory or has all.
void feed(http_request_reader& reader, std::string_view bytes, std::size_t& at) {
    for (;;) {
        auto seen = reader.parse();
        if (seen && *seen == reader_stage::body) seen = reader.parse();
        BOOST_REQUIRE(seen);
        if (*seen == reader_stage::done || reader.wants_memory() || at == bytes.size()) return;
        const auto room = reader.space();
        BOOST_REQUIRE(!room.empty());
        const std::size_t n = std::min(room.size(), bytes.size() - at);
        std::memcpy(room.data(), bytes.data() + at, n);
        reader.commit(n);
        at += n;
    }
}

std::string sized_request(const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string chunked_request(const std::string& body, std::size_t piece) {
    std::string all = chunked_head;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        char hex[20];
        std::snprintf(hex, sizeof hex, "%zx\r\n", std::min(piece, body.size() - at));
        all += hex + body.substr(at, piece) + "\r\n";
    }
    return all + "0\r\n\r\n";
}

} // namespace

BOOST_AUTO_TEST_CASE(bodies_that_fit_the_buffer_take_nothing_from_the_budget) {
    memory_budget none(0);
    http_request_reader reader(http_request_limits(), &none);
    for (const std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(5000), std::size_t(15'000)})
        for (const bool chunked : {false, true}) {
            const std::string body(size, 'b');
            const std::string all = chunked ? chunked_request(body, 1000) : sized_request(body);
            std::size_t at = 0;
            feed(reader, all, at);
            BOOST_TEST((reader.where() == reader_stage::done));
            BOOST_TEST((reader.body() == body));
            reader.next();
        }
}

BOOST_AUTO_TEST_CASE(a_body_waits_for_memory_and_goes_on) {
    std::string body(300'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7 + i / 251);
    for (const std::string& all : {sized_request(body), chunked_request(body, 70'000), chunked_request(body, 300'000),
                                   chunked_request(body, 3)}) {
        memory_budget budget(1'000'000);
        memory_lease others(&budget);
        http_request_limits limits;
        limits.max_body = 300'000;
        http_request_reader reader(limits, &budget);
        std::size_t at = 0, waits = 0;
        BOOST_REQUIRE(others.grow(1'000'000));
        for (;;) {
            feed(reader, all, at);
            if (reader.where() == reader_stage::done) break;
            BOOST_REQUIRE(reader.wants_memory());
            // Asked again with nothing new, all stays as it is.
            BOOST_REQUIRE(reader.parse());
            BOOST_REQUIRE(!reader.find_memory());
            BOOST_REQUIRE(++waits < 100u);
            others.shrink(50'000);
        }
        BOOST_TEST(waits > 2u);
        BOOST_TEST(at == all.size());
        BOOST_TEST((reader.body() == body));
        BOOST_TEST(budget.in_use() - others.size() >= body.size());
        reader.next();
        BOOST_TEST(budget.in_use() == others.size());
        BOOST_TEST(budget.enter_reserve()); // and the reserve is free
    }
}

BOOST_AUTO_TEST_CASE(memory_comes_back_whatever_becomes_of_a_reader) {
    memory_budget budget(1'000'000);
    const std::string body(200'000, 'x');
    for (const std::string& all : {sized_request(body), chunked_request(body, 1000)})
        for (const std::size_t share : {std::size_t(1), std::size_t(2), std::size_t(3)}) {
            http_request_reader reader(http_request_limits(), &budget);
            std::size_t at = 0;
            feed(reader, std::string_view(all).substr(0, all.size() * share / 3), at);
            BOOST_TEST(budget.in_use() != 0u);
            if (share == 2) {
                BOOST_TEST(!reader.give_up().empty());
                BOOST_TEST(budget.in_use() == 0u);
            }
        }
    BOOST_TEST(budget.in_use() == 0u);
    http_request_reader wrong(http_request_limits(), &budget);
    const std::string all = chunked_head + "186a0\r\n" + std::string(100'000, 'y') + "\r\nno number\r\n";
    std::size_t at = 0;
    while (at != all.size()) {
        const auto room = wrong.space();
        const std::size_t n = std::min(room.size(), all.size() - at);
        std::memcpy(room.data(), all.data() + at, n);
        wrong.commit(n);
        at += n;
        if (!wrong.parse()) break;
        (void)wrong.parse();
    }
    BOOST_TEST(budget.in_use() != 0u);
    (void)wrong.give_up();
    BOOST_TEST(budget.in_use() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace http_request_reader_unit
