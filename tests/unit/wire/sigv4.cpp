// SPDX-License-Identifier: BSL-1.0
#include <llmx/transport/body_source.hpp>
#include <llmx/wire/aws_event_stream.hpp>
#include <llmx/wire/sigv4.hpp>

#include "aws_vectors.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sigv4_unit {

#if !defined(LLMX_NO_TLS)

namespace {

llmx::aws_keys example_keys(std::string_view token = std::string_view()) {
    return llmx::aws_keys("AKIDEXAMPLE", llmx::secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                          llmx::secret(std::string(token)));
}

std::string_view field(const llmx::http_request& r, std::string_view name) {
    const std::string_view all = r.fields;
    const std::string start = std::string(name) + ": ";
    for (std::size_t at = 0; at < all.size(); at = all.find("\r\n", at) + 2)
        if (all.substr(at).starts_with(start)) return all.substr(at + start.size(), all.find("\r\n", at) - at - start.size());
    return std::string_view();
}

/// A request of AWS's Signature Version 4 test suite.
struct suite_request {
    std::string_view method, target, fields, body, signature;
};

std::string signature_of(const suite_request& s) {
    llmx::origin to;
    to.authority = "example.amazonaws.com";
    llmx::http_request r;
    r.to = &to;
    r.method = s.method;
    r.target = s.target;
    r.fields = s.fields;
    r.body.assign(s.body);
    llmx::sigv4_options how("us-east-1", "service", 1440938160);
    how.send_payload_hash = false;
    BOOST_TEST_REQUIRE(llmx::sign_sigv4(r, example_keys(), how).has_value());
    const std::string_view a = field(r, "authorization");
    return std::string(a.substr(a.find("Signature=") + 10));
}

} // namespace

BOOST_AUTO_TEST_SUITE(sigv4)

BOOST_AUTO_TEST_CASE(signatures_are_those_of_awss_test_suite) {
    const suite_request rows[] = {
        {"GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"GET", "/?Param2=value2&Param1=value1", "", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"POST", "/", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"GET", "/\xE1\x88\xB4", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    };
    for (const suite_request& s : rows) BOOST_TEST(signature_of(s) == s.signature);
}

BOOST_AUTO_TEST_CASE(signatures_are_those_of_awss_sdk) {
    for (const aws_vectors::signed_request& v : aws_vectors::requests) {
        BOOST_TEST_CONTEXT(v.name) {
            llmx::origin to;
            to.authority = v.host;
            llmx::http_request r;
            r.to = &to;
            r.method = v.method;
            r.target = v.target;
            r.fields = v.fields;
            const std::size_t third = v.body.size() / 3;
            r.body.clear();
            for (const auto& piece : {v.body.substr(0, third), v.body.substr(third, third), v.body.substr(2 * third)}) r.body.append(piece);
            llmx::sigv4_options how(v.region, v.service, v.when);
            how.normalize_path = v.service != "s3";
            BOOST_TEST_REQUIRE(llmx::sign_sigv4(r, example_keys(v.token), how).has_value());
            BOOST_TEST(field(r, "x-amz-date") == v.date);
            BOOST_TEST(field(r, "x-amz-content-sha256") == v.hash);
            BOOST_TEST(field(r, "x-amz-security-token") == v.token);
            BOOST_TEST(field(r, "authorization") == v.authorization);
            BOOST_TEST(r.target == v.target);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_signed_is_left_as_it_was_and_no_key_is_in_the_message) {
    llmx::origin to;
    to.authority = "example.amazonaws.com";
    llmx::http_request plain;
    plain.to = &to;
    plain.target = "/";
    const auto refused = [](llmx::http_request r, const llmx::aws_keys& keys, const llmx::sigv4_options& how, llmx::errc code) {
        const std::string before = r.fields;
        const auto went = llmx::sign_sigv4(r, keys, how);
        return went.has_error() && went.error() == code && r.fields == before &&
               went.error().message().find("EXAMPLE") == std::string::npos;
    };
    const llmx::sigv4_options how("us-east-1", "bedrock", 1440938160);
    BOOST_TEST(refused(plain, llmx::aws_keys(), how, llmx::errc::bad_configuration));
    BOOST_TEST(refused(plain, llmx::aws_keys("AKIDEXAMPLE", llmx::secret()), how, llmx::errc::bad_configuration));
    BOOST_TEST(refused(plain, example_keys("EXAMPLE\r\nx: y"), how, llmx::errc::bad_configuration));
    BOOST_TEST(refused(plain, example_keys(), llmx::sigv4_options("", "bedrock", 0), llmx::errc::bad_configuration));
    BOOST_TEST(refused(plain, example_keys(), llmx::sigv4_options("us\neast", "bedrock", 0), llmx::errc::bad_configuration));
    llmx::http_request query = plain;
    query.target = "/?a=%zz";
    BOOST_TEST(refused(query, example_keys(), how, llmx::errc::invalid_request));
    struct never final : llmx::body_source {
        boost::asio::awaitable<llmx::result<std::string_view>> read_some() override { co_return std::string_view(); }
        std::optional<std::uint64_t> size() const noexcept override { return 0; }
    } source;
    llmx::http_request streamed = plain;
    streamed.source = &source;
    BOOST_TEST(refused(streamed, example_keys(), how, llmx::errc::unsupported_operation));
}

BOOST_AUTO_TEST_CASE(event_streams_are_those_of_awss_sdk) {
    for (const aws_vectors::message& m : aws_vectors::messages) {
        BOOST_TEST_CONTEXT(m.name) {
            llmx::aws_event_decoder decoder;
            std::string again;
            BOOST_TEST_REQUIRE(decoder.feed(m.bytes, [&](const llmx::aws_event& e) {
                                          BOOST_TEST(e.payload == m.payload);
                                          std::string headers;
                                          llmx::aws_header_reader reader(e.headers);
                                          for (llmx::aws_event_header h; reader.next(h);)
                                              BOOST_TEST_REQUIRE(llmx::append_aws_header(headers, h).has_value());
                                          BOOST_TEST_REQUIRE(llmx::append_aws_event(again, headers, e.payload).has_value());
                                      }).has_value());
            BOOST_TEST((again == m.bytes), "what is written is what the SDK wrote");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace sigv4_unit
