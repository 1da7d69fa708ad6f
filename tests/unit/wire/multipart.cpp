// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/multipart.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace multipart_unit {

namespace {

using kind = llmx::multipart_event::kind;

/// The contents of a form, and all bytes that its events held.
struct form {
    struct field {
        std::string name, filename, content_type, data;
        bool ended = false;
        bool operator==(const field&) const = default;
    };
    std::vector<field> fields;
    std::string raw;
    bool ended = false;

    void take(const llmx::multipart_event& e) {
        raw += e.raw;
        switch (e.what) {
        case kind::framing: break;
        case kind::part: fields.push_back({e.part->name, e.part->filename, e.part->content_type, "", false}); break;
        case kind::data: fields.back().data += e.raw; break;
        case kind::part_end: fields.back().ended = true; break;
        case kind::end: ended = true; break;
        }
    }
};

llmx::result<form> parse(std::string_view boundary, std::string_view body, const std::vector<std::size_t>& cuts) {
    llmx::multipart_parser parser(boundary);
    form found;
    std::size_t at = 0;
    const auto feed = [&](std::size_t to) {
        // A heap block of just this size: reading beyond it is seen.
        const std::unique_ptr<char[]> copy(new char[to - at]);
        body.substr(at, to - at).copy(copy.get(), to - at);
        auto fed = parser.feed(std::string_view(copy.get(), to - at), [&](const llmx::multipart_event& e) { found.take(e); });
        at = to;
        return fed;
    };
    for (const std::size_t cut : cuts)
        if (auto fed = feed(cut); fed.has_error()) return fed.error();
    if (auto fed = feed(body.size()); fed.has_error()) return fed.error();
    if (auto whole = parser.finish(); whole.has_error()) return whole.error();
    return found;
}

std::vector<std::size_t> every_byte(std::size_t n) {
    std::vector<std::size_t> cuts(n);
    for (std::size_t i = 0; i < n; ++i) cuts[i] = i;
    return cuts;
}

form must_parse(std::string_view boundary, std::string_view body, const std::vector<std::size_t>& cuts = {}) {
    auto found = parse(boundary, body, cuts);
    BOOST_TEST_REQUIRE(found.has_value(), (found ? std::string() : found.error().message()));
    BOOST_TEST(found->raw == body);
    BOOST_TEST(found->ended);
    for (const auto& f : found->fields) BOOST_TEST(f.ended);
    return std::move(*found);
}

void refused(std::string_view body, std::string_view why) {
    for (const bool in_pieces : {false, true}) {
        const auto found = parse("X", body, in_pieces ? every_byte(body.size()) : std::vector<std::size_t>());
        BOOST_TEST_REQUIRE(found.has_error(), body);
        BOOST_TEST(int(found.error().value()) == int(llmx::errc::invalid_request));
        BOOST_TEST(found.error().message().find(why) != std::string::npos, found.error().message());
    }
}

constexpr std::string_view transcription =
    "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
    "RIFF\r\n-\r\r\n--Y\r\n--\r\n--\r\n\r\n--X\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--X--\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(wire_multipart)

BOOST_AUTO_TEST_CASE(a_transcription_at_every_split) {
    const form whole = must_parse("X", transcription);
    BOOST_TEST_REQUIRE(whole.fields.size() == 2u);
    BOOST_TEST(whole.fields[0].name == "file");
    BOOST_TEST(whole.fields[0].filename == "a.wav");
    BOOST_TEST(whole.fields[0].content_type == "audio/wav");
    BOOST_TEST(whole.fields[0].data == "RIFF\r\n-\r\r\n--Y\r\n--\r\n--\r\n");
    BOOST_TEST(whole.fields[1].name == "model");
    BOOST_TEST(whole.fields[1].data == "whisper-1");
    for (std::size_t cut = 0; cut <= transcription.size(); ++cut)
        BOOST_TEST((must_parse("X", transcription, {cut}).fields == whole.fields));
    BOOST_TEST((must_parse("X", transcription, every_byte(transcription.size())).fields == whole.fields));
}

BOOST_AUTO_TEST_CASE(what_the_standard_allows_around_parts) {
    const form f = must_parse("a b", "preamble\r\n--a b \t\r\ncontent-disposition:form-data;name=n\r\n\r\n\r\n--a b--\r\nepilogue");
    BOOST_TEST_REQUIRE(f.fields.size() == 1u);
    BOOST_TEST(f.fields[0].data == "");
    // No part at all, and none of the optional line ends.
    BOOST_TEST(must_parse("X", "--X--").fields.empty());
    BOOST_TEST(must_parse("X", "\r\n--X--\r\n").fields.empty());
}

BOOST_AUTO_TEST_CASE(random_forms_survive_any_split) {
    std::mt19937 random(7);
    const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    for (int round = 0; round < 500; ++round) {
        std::string body;
        std::vector<form::field> expected;
        for (std::size_t parts = below(4); parts-- > 0;) {
            // Bytes that a boundary is made of are likely; a boundary itself is impossible.
            form::field f{"n\"\r\n" + std::to_string(parts), below(2) ? "f\"g" : "", below(2) ? "a/b" : "", "", true};
            static constexpr std::string_view letters = "\r\n-Bx\0";
            for (std::size_t n = below(40); n-- > 0;) f.data += letters[below(letters.size())];
            llmx::append_multipart_head(body, "Boundary", f.name, f.filename, f.content_type);
            body += f.data;
            llmx::append_multipart_tail(body);
            expected.push_back(std::move(f));
        }
        llmx::append_multipart_end(body, "Boundary");
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; (at += 1 + below(9)) < body.size();) cuts.push_back(at);
        BOOST_TEST((must_parse("Boundary", body, cuts).fields == expected));
    }
}

BOOST_AUTO_TEST_CASE(what_could_be_read_in_two_ways_is_refused) {
    constexpr std::string_view head = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    const auto with = [&](std::string_view rest) { return std::string(head) + std::string(rest); };
    refused("", "ends before its closing boundary");
    refused(with("data"), "ends before its closing boundary");
    refused(with("data\r\n--X"), "ends before its closing boundary");
    refused(with("data\r\n--X-"), "ends before its closing boundary");
    refused(with("data\r\n--XY\r\n"), "followed by other text");
    refused(with("data\r\n--X\n"), "followed by other text");
    refused(with("data\r\n--X\r\r\n"), "followed by other text");
    refused(with("data\r\n--X -- \r\n"), "followed by other text");
    refused("--X\r\n\r\ndata\r\n--X--", "no Content-Disposition");
    refused("--X\r\nContent-Type: a/b\r\n\r\ndata\r\n--X--", "no Content-Disposition");
    refused("--X\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n\r\n--X--", "not form-data");
    refused("--X\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n\r\n--X--", "two names");
    refused("--X\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--X--", "malformed");
    refused("--X\r\nContent-Disposition: form-data; name=\"a\" b\r\n\r\n\r\n--X--", "malformed");
    refused("--X\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\n\r\n--X--", "folded");
    refused("--X\r\nContent-Disposition: form-data; name=\"a\"\nX: y\r\n\r\n\r\n--X--", "not a field");
    refused("--X\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--X--", "encoded");
    refused("--X\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--X--",
            "two Content-Disposition");
}

BOOST_AUTO_TEST_CASE(everything_kept_has_a_limit) {
    refused("--X\r\nA: " + std::string(llmx::multipart_parser::max_head, 'x'), "header section of a part is too large");
    refused(std::string(llmx::multipart_parser::max_head + 1, 'x'), "too much text");
    refused("--X--" + std::string(llmx::multipart_parser::max_head + 1, 'x'), "too much text");
    refused("--X" + std::string(llmx::multipart_parser::max_head + 1, ' '), "too much text");
    std::string many;
    for (std::size_t i = 0; i <= llmx::multipart_parser::max_parts; ++i) {
        llmx::append_multipart_head(many, "X", "a");
        llmx::append_multipart_tail(many);
    }
    llmx::append_multipart_end(many, "X");
    refused(many, "more than 1000 parts");
}

BOOST_AUTO_TEST_CASE(a_failing_reader_ends_the_parse) {
    llmx::multipart_parser parser("X");
    const auto failed = parser.feed(transcription, [](const llmx::multipart_event& e) {
        if (e.what == kind::data) return llmx::result<void>(llmx::error(llmx::errc::payload_too_large));
        return llmx::success();
    });
    BOOST_TEST_REQUIRE(failed.has_error());
    BOOST_TEST(int(failed.error().value()) == int(llmx::errc::payload_too_large));
    BOOST_TEST(parser.feed("x", [](const llmx::multipart_event&) {}).has_error());
    BOOST_TEST(parser.finish().has_error());
}

BOOST_AUTO_TEST_CASE(the_boundary_of_a_content_type) {
    const auto of = [](std::string_view type) { return llmx::multipart_boundary(type); };
    BOOST_TEST(of("multipart/form-data; boundary=abc").value() == "abc");
    BOOST_TEST(of("Multipart/Form-Data;charset=utf-8 ; Boundary=\"a b\\\"\"").has_error());
    BOOST_TEST(of("multipart/form-data; boundary=\"a b:c\"").value() == "a b:c");
    BOOST_TEST(of("multipart/form-data; boundary=" + std::string(70, 'b')).has_value());
    for (const std::string& wrong :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="), std::string("multipart/form-data; boundary=\"\""),
          "multipart/form-data; boundary=" + std::string(71, 'b'), std::string("multipart/form-data; boundary=a; boundary=b"),
          std::string("multipart/form-data; boundary=\"a "), std::string("multipart/form-data; boundary=\"a \""),
          std::string("multipart/form-data; boundary=a b")})
        BOOST_TEST(int(of(wrong).error().value()) == int(llmx::errc::invalid_request), wrong);
    BOOST_TEST(int(of("application/json").error().value()) == int(llmx::errc::unsupported_media_type));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace multipart_unit
