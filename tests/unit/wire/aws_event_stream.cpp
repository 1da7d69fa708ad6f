// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/aws_event_stream.hpp>
#include <llmx/wire/detail/aws_boundary.hpp>

#include <boost/crc.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aws_event_stream_unit {

namespace {

using namespace std::string_view_literals;
using type = llmx::aws_header_type;

std::string header(std::string_view name, std::string_view value, type t = type::text) {
    std::string out;
    BOOST_TEST_REQUIRE(llmx::append_aws_header(out, llmx::aws_event_header(name, t, value)).has_value());
    return out;
}

std::string message(std::string_view headers, std::string_view payload) {
    std::string out;
    BOOST_TEST_REQUIRE(llmx::append_aws_event(out, headers, payload).has_value());
    return out;
}

std::string event(std::string_view name, std::string_view payload) {
    return message(header(":message-type", "event") + header(":event-type", name) +
                       header(":content-type", "application/json"),
                   payload);
}

using messages = std::vector<std::string>;

auto collect(messages& to) {
    return [&to](const llmx::aws_event& e) {
        std::string line(e.message_type);
        for (const auto part : {e.event_type, e.exception_type, e.content_type, e.payload}) line.append("|").append(part);
        to.push_back(std::move(line));
    };
}

/// From a copy of exactly the block's size on the heap, so that a view kept too long is seen by the sanitizer.
llmx::result<void> feed_copy(llmx::aws_event_decoder& d, std::string_view block, messages& to) {
    const std::unique_ptr<char[]> copy(new char[block.size()]);
    block.copy(copy.get(), block.size());
    return d.feed(std::string_view(copy.get(), block.size()), collect(to));
}

const std::string stream = event("messageStart", R"({"role":"assistant"})") + message("", "") +
                           event("contentBlockDelta", R"({"delta":{"text":"Hi"}})") +
                           message(header(":message-type", "exception") + header(":exception-type", "throttlingException"),
                                   R"({"message":"slow down"})");
const messages expected = {R"(event|messageStart||application/json|{"role":"assistant"})", "||||",
                           R"(event|contentBlockDelta||application/json|{"delta":{"text":"Hi"}})",
                           R"(exception||throttlingException||{"message":"slow down"})"};

std::string big_endian(std::uint64_t v, unsigned bytes) {
    std::string out;
    for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(v >> (8 * i) & 0xFF);
    return out;
}

std::uint32_t crc32(std::string_view bytes) {
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    return sum.checksum();
}

/// A prelude whose checksum is right, whatever its lengths.
std::string prelude(std::uint64_t total, std::uint64_t headers) {
    std::string out = big_endian(total, 4) + big_endian(headers, 4);
    return out + big_endian(crc32(out), 4);
}

/// A message with right checksums and any headers.
std::string sealed(std::string_view headers) {
    std::string out = prelude(16 + headers.size(), headers.size()) + std::string(headers);
    return out + big_endian(crc32(out), 4);
}

} // namespace

BOOST_AUTO_TEST_SUITE(aws_event_stream)

BOOST_AUTO_TEST_CASE(an_empty_message_is_the_sixteen_bytes_of_the_specification) {
    // The smallest message of AWS's own test data: "valid_no_headers" without a payload.
    BOOST_TEST(message("", "") == "\0\0\0\x10\0\0\0\0\x05\xc2\x48\xeb\x7d\x98\xc8\xff"sv);
}

BOOST_AUTO_TEST_CASE(a_stream_in_one_block_and_split_anywhere_gives_the_same_messages) {
    for (std::size_t at = 0; at <= stream.size(); ++at) {
        llmx::aws_event_decoder d;
        messages seen;
        BOOST_TEST_REQUIRE(feed_copy(d, std::string_view(stream).substr(0, at), seen).has_value());
        BOOST_TEST_REQUIRE(feed_copy(d, std::string_view(stream).substr(at), seen).has_value());
        BOOST_TEST_REQUIRE(seen == expected, boost::test_tools::per_element());
        BOOST_TEST_REQUIRE(d.idle());
        BOOST_TEST_REQUIRE(d.finish().has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_stream_byte_by_byte_gives_the_same_messages) {
    llmx::aws_event_decoder d;
    messages seen;
    for (const char c : stream) BOOST_TEST_REQUIRE(feed_copy(d, std::string_view(&c, 1), seen).has_value());
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_within_one_block_is_not_copied) {
    llmx::aws_event_decoder d;
    bool inside = false;
    BOOST_TEST(d.feed(stream, [&](const llmx::aws_event& e) {
                    inside = e.headers.data() >= stream.data() && e.headers.data() <= stream.data() + stream.size();
                }).has_value());
    BOOST_TEST(inside);
}

BOOST_AUTO_TEST_CASE(every_changed_bit_is_noticed_and_nothing_of_its_message_is_handed_on) {
    const std::string good = event("messageStop", R"({"stopReason":"end_turn"})");
    for (std::size_t i = 0; i < good.size() * 8; ++i) {
        std::string bad = good;
        bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
        for (const std::size_t at : {std::size_t{0}, good.size() / 2}) {
            llmx::aws_event_decoder d;
            messages seen;
            auto fed = feed_copy(d, std::string_view(bad).substr(0, at), seen);
            if (fed) fed = feed_copy(d, std::string_view(bad).substr(at), seen);
            if (fed) fed = d.finish();
            BOOST_TEST_REQUIRE(fed.has_error());
            BOOST_TEST_REQUIRE((fed.error() == llmx::errc::bad_response));
            BOOST_TEST_REQUIRE(seen.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(an_end_within_a_message_is_a_truncated_stream) {
    const std::string one = event("messageStop", "{}");
    for (std::size_t at = 1; at < one.size(); ++at) {
        llmx::aws_event_decoder d;
        messages seen;
        BOOST_TEST_REQUIRE(feed_copy(d, std::string_view(one).substr(0, at), seen).has_value());
        BOOST_TEST_REQUIRE(!d.idle());
        BOOST_TEST_REQUIRE((d.finish().error() == llmx::errc::truncated));
    }
}

BOOST_AUTO_TEST_CASE(hostile_lengths_are_refused_at_the_prelude) {
    struct row {
        std::uint64_t total, headers;
        const char* about;
    };
    for (const row& r : {row{0, 0, "contradict"}, row{15, 0, "contradict"}, row{16, 1, "contradict"},
                         row{16, 0xFFFFFFFF, "contradict"}, row{0xFFFFFFFF, 0, "size limit"},
                         row{0xFFFFFFFF, 0xFFFFFFF0, "contradict"}, row{16 + 128 * 1024 + 1, 128 * 1024 + 1, "size limit"},
                         row{16 + 16 * 1024 * 1024 + 1, 0, "size limit"}}) {
        llmx::aws_event_decoder d;
        messages seen;
        const auto fed = feed_copy(d, prelude(r.total, r.headers), seen);
        BOOST_TEST_REQUIRE(fed.has_error());
        BOOST_TEST((fed.error() == llmx::errc::bad_response));
        BOOST_TEST(fed.error().message().find(r.about) != std::string::npos);
        BOOST_TEST((feed_copy(d, stream, seen).error() == llmx::errc::bad_response), "a failure stays");
        d.reset();
        BOOST_TEST(feed_copy(d, stream, seen).has_value());
    }
}

BOOST_AUTO_TEST_CASE(the_largest_message_passes_and_its_buffer_is_given_back) {
    const std::string large = message("", std::string(llmx::aws_event_decoder::default_max_payload, 'x'));
    llmx::aws_event_decoder d;
    std::size_t size = 0;
    const auto note = [&](const llmx::aws_event& e) { size = e.payload.size(); };
    for (std::string_view rest = large; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(rest.size(), 16000)))
        BOOST_TEST_REQUIRE(d.feed(rest.substr(0, 16000), note).has_value());
    BOOST_TEST(size == llmx::aws_event_decoder::default_max_payload);
}

BOOST_AUTO_TEST_CASE(all_ten_types_of_headers_are_read_and_written) {
    const std::string headers = header("yes", "", type::true_value) + header("no", "", type::false_value) +
                                header("i8", "\xFE", type::int8) + header("i16", "\xFF\x00"sv, type::int16) +
                                header("i32", "\x7F\xFF\xFF\xFF", type::int32) +
                                header("i64", "\x80\0\0\0\0\0\0\0"sv, type::int64) + header("b", "\0\1"sv, type::bytes) +
                                header("s", "\xC3\xA4") + header("t", "\0\0\x01\x8F\0\0\0\0"sv, type::timestamp) +
                                header("u", "0123456789abcdef", type::uuid);
    llmx::aws_event_decoder d;
    std::string seen;
    BOOST_TEST(d.feed(message(headers, "p"), [&](const llmx::aws_event& e) {
                    llmx::aws_header_reader reader(e.headers);
                    for (llmx::aws_event_header h; reader.next(h);)
                        seen.append(h.name).append("=").append(std::to_string(h.integer())).append(" ");
                    BOOST_TEST(!reader.malformed());
                }).has_value());
    BOOST_TEST(seen == "yes=1 no=0 i8=-2 i16=-256 i32=2147483647 i64=-9223372036854775808 b=0 s=0 t=1713691951104 u=0 ");
}

BOOST_AUTO_TEST_CASE(malformed_headers_are_refused_although_the_checksums_fit) {
    for (const auto bad : {"\0"sv, "\1"sv, "\1a"sv, "\1a\x0A"sv, "\1a\xFF"sv, "\1a\2"sv, "\1a\7"sv, "\1a\7\0"sv, "\1a\7\0\2x"sv,
                           "\1a\x09 0123456789abcde"sv.substr(0, 17), "\0\0"sv, "\x05" "abc"sv}) {
        llmx::aws_event_decoder d;
        messages seen;
        const auto fed = feed_copy(d, sealed(bad), seen);
        BOOST_TEST_REQUIRE(fed.has_error());
        BOOST_TEST((fed.error() == llmx::errc::bad_response));
        BOOST_TEST(seen.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused) {
    std::string out;
    const auto refused = [&](std::string_view name, type t, std::string_view value) {
        const auto went = llmx::append_aws_header(out, llmx::aws_event_header(name, t, value));
        return went.has_error() && out.empty();
    };
    BOOST_TEST(refused("", type::text, "x"));
    BOOST_TEST(refused(std::string(256, 'n'), type::text, "x"));
    BOOST_TEST(refused("n", type::int32, "x"));
    BOOST_TEST(refused("n", type::text, std::string(65536, 'v')));
    BOOST_TEST(refused("n", static_cast<type>(10), ""));
    BOOST_TEST(llmx::append_aws_event(out, std::string(128 * 1024 + 1, 'h'), "").has_error());
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_boundary_is_where_a_message_may_begin) {
    const std::string first = message("", "abc"), second = message(header(":event-type", "x"), "");
    const std::string all = first + second;
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{7}, all.size()}) {
        llmx::detail::aws_boundary seam;
        BOOST_TEST(seam.between_events());
        for (std::size_t at = 0; at < all.size(); at += step) {
            seam.feed(std::string_view(all).substr(at, step));
            const std::size_t seen = std::min(at + step, all.size());
            BOOST_TEST(seam.between_events() == (seen == first.size() || seen == all.size()));
        }
    }
    llmx::detail::aws_boundary broken;
    broken.feed("\0\0\0\xf"sv);
    broken.feed(all);
    BOOST_TEST(!broken.between_events());
}

BOOST_AUTO_TEST_CASE(a_sink_that_fails_ends_the_decoding) {
    llmx::aws_event_decoder d;
    int calls = 0;
    const auto sink = [&](const llmx::aws_event&) -> llmx::result<void> {
        ++calls;
        return llmx::error(llmx::errc::content_policy, "no");
    };
    BOOST_TEST((d.feed(stream, sink).error() == llmx::errc::content_policy));
    BOOST_TEST((d.feed(stream, sink).error() == llmx::errc::content_policy));
    BOOST_TEST((d.finish().error() == llmx::errc::content_policy));
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace aws_event_stream_unit
