// SPDX-License-Identifier: BSL-1.0
// Providers are asked for answers without a content coding; answers that come in one all the same are decoded, whole and
// streamed, or the failure names the coding.
#include <unit/gateway/fixture.hpp>

#include <boost/test/unit_test.hpp>

#if defined(LLMX_WITH_ZLIB)
#include <support/deflated.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace content_codings_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, retry, timeout>;

const std::string asked = R"({"model":"gpt","messages":[{"role":"user","content":"hi"}]})";
const std::string asked_stream = R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"hi"}]})";

struct answered {
    std::string bytes;
    std::optional<error> failure;
    usage tokens;
    /// Whether the body was left before its end.
    bool left = false;
};

boost::asio::awaitable<void> read_all(reply& r, answered& to) {
    for (;;) {
        auto some = co_await r.stream->read_some();
        if (some.has_error()) to.failure = some.error();
        if (some.has_error() || some->empty()) co_return;
        to.bytes += *some;
    }
}

/// What a caller of OpenAI's language gets of \p body, which comes in pieces of \p size bytes.
answered ask(std::string_view coding, const std::string& body, bool stream, std::size_t size = 7, std::uint32_t max_mb = 64, int status = 200) {
    world w;
    plain_gateway::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    std::get<timeout>(policies).max_answer_mb = max_mb;
    plain_gateway gw(world_of({make("a", "gpt", "openai", "gpt")}), policies);
    auto& answer = w.network.reply(status);
    answer.field("content-type", stream ? "text/event-stream" : "application/json").field("Content-Encoding", std::string(coding));
    answer.split(body, size);
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = stream ? asked_stream : asked;
    c.model = "gpt";
    c.in.stream = stream;
    answered to;
    auto r = testing::run(gw.execute(c));
    if (!r) to.failure = r.error();
    else if (stream) testing::run(read_all(*r, to));
    else to.bytes = r->body;
    to.tokens = w.context.report.tokens;
    BOOST_TEST(w.network.requests()[0].fields.find("accept-encoding: identity\r\n") != std::string::npos);
    r = error(errc::cancelled);
    BOOST_TEST(w.network.open_bodies() == 0u);
    to.left = w.network.closed_early() != 0;
    return to;
}

std::string stream_text() {
    std::string all;
    for (const std::string& piece : openai_stream) all += piece;
    return all;
}

#if defined(LLMX_WITH_ZLIB)
using llmx_test::deflated_pieces;
using llmx_test::deflated;
#endif

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_content_codings)

BOOST_AUTO_TEST_CASE(a_coding_that_cannot_be_decoded_is_named) {
    for (const bool stream : {false, true})
        for (const std::string_view coding : {"zstd", "gzip, br"}) {
            const answered got = ask(coding, "\x28\xb5\x2f\xfd", stream);
            BOOST_REQUIRE(got.failure.has_value());
            BOOST_TEST((got.failure->value() == errc::bad_response));
            BOOST_TEST(got.failure->message().find("content coding '" + std::string(coding) + "'") != std::string::npos, got.failure->message());
            BOOST_TEST(got.failure->message().find("\n") == std::string::npos);
        }
    BOOST_TEST(!ask("identity", openai_reply, false).failure);
}

BOOST_AUTO_TEST_CASE(a_refusal_in_an_unknown_coding_keeps_its_status) {
    const answered got = ask("zstd", "\x28\xb5\x2f\xfd\xff", false, 7, 64, 429);
    BOOST_REQUIRE(got.failure.has_value());
    BOOST_TEST((got.failure->value() == errc::rate_limited));
    BOOST_TEST(got.failure->provider_message().find('\xff') == std::string::npos);
}

#if defined(LLMX_WITH_ZLIB)
BOOST_AUTO_TEST_CASE(compressed_answers_are_decoded_whole_and_streamed) {
    for (const auto& [coding, window] : {std::pair<std::string_view, int>("gzip", 31), {"x-gzip", 31}, {"deflate", 15}, {"deflate", -15}})
        for (const std::size_t size : {1u, 50u, 100'000u}) {
            BOOST_TEST_CONTEXT(coding << " " << window << " in pieces of " << size) {
                const answered whole = ask(coding, deflated({openai_reply}, window), false, size);
                BOOST_TEST(!whole.failure, (whole.failure ? whole.failure->message() : ""));
                BOOST_TEST(whole.bytes == openai_reply);
                BOOST_TEST(whole.tokens.output_tokens == 5);
                const answered streamed = ask(coding, deflated_pieces(openai_stream, window), true, size);
                BOOST_TEST(!streamed.failure, (streamed.failure ? streamed.failure->message() : ""));
                BOOST_TEST(streamed.bytes.ends_with("data: [DONE]\n\n"));
                BOOST_TEST(streamed.bytes.starts_with(openai_stream[0]));
                BOOST_TEST(streamed.tokens.output_tokens == 5);
            }
        }
}

BOOST_AUTO_TEST_CASE(the_explanation_of_a_refusal_is_decoded) {
    const answered got = ask("gzip", deflated({R"({"error":{"message":"slow down, please","type":"rate_limit_error"}})"}, 31), false, 7, 64, 429);
    BOOST_REQUIRE(got.failure.has_value());
    BOOST_TEST((got.failure->value() == errc::rate_limited));
    BOOST_TEST(got.failure->provider_message() == "slow down, please");
}

BOOST_AUTO_TEST_CASE(a_refusal_that_expands_without_end_is_cut) {
    // 16 MiB in 16 KiB, within the limit of answers; and as many bytes that are not compressed.
    const std::string large = R"({"error":{"message":"slow down","type":"rate_limit_error"},"pad":")" + std::string(std::size_t{16} << 20, 'x') + "\"}";
    for (const bool stream : {false, true})
        for (const bool coded : {true, false}) {
            const answered got = coded ? ask("gzip", deflated({large}, 31), stream, 500, 64, 429) : ask("identity", large, stream, 50'000, 64, 429);
            BOOST_REQUIRE(got.failure.has_value());
            BOOST_TEST((got.failure->value() == errc::rate_limited));
            BOOST_TEST(got.left);
        }
    // A short one is read whole, and its connection goes on being used.
    BOOST_TEST(!ask("gzip", deflated({R"({"error":{"message":"slow down"}})"}, 31), false, 7, 64, 429).left);
}

BOOST_AUTO_TEST_CASE(a_compressed_answer_that_is_cut_or_wrong_is_a_failure) {
    const std::string whole = deflated({openai_reply}, 31), streamed = deflated_pieces(openai_stream, 31);
    BOOST_TEST((ask("gzip", whole.substr(0, whole.size() - 9), false).failure->value() == errc::truncated));
    BOOST_TEST((ask("gzip", openai_reply, false).failure->value() == errc::bad_response));
    BOOST_TEST(ask("gzip", "", false).failure.has_value());
    BOOST_TEST((ask("gzip", streamed.substr(0, streamed.size() / 2), true).failure->value() == errc::truncated));
    BOOST_TEST((ask("gzip", stream_text(), true).failure->value() == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(the_limit_of_answers_counts_what_is_decoded) {
    std::string large = openai_reply;
    large.insert(large.find("Hello"), std::string(std::size_t{3} << 20, 'x'));
    const std::string coded = deflated({large}, 31);
    BOOST_TEST(coded.size() < 100'000u);
    BOOST_TEST(!ask("gzip", coded, false, 16'000).failure);
    const answered refused = ask("gzip", coded, false, 16'000, 1);
    BOOST_REQUIRE(refused.failure.has_value());
    BOOST_TEST(refused.failure->message().find("max_response_size_mb") != std::string::npos, refused.failure->message());
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace content_codings_unit
