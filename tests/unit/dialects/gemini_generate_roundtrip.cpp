// SPDX-License-Identifier: BSL-1.0
#include "gemini_generate_support.hpp"

#include <boost/test/unit_test.hpp>

namespace gemini_generate_roundtrip_unit {

static_assert(llmx::chat_codec<llmx::gemini_generate>);

namespace {
using gemini_test::generator;
} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_generate_roundtrip)

BOOST_AUTO_TEST_CASE(requests_survive_both_ways) {
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        generator g(seed);
        const llmx::chat_request before = g.request();
        llmx::encode_options options;
        options.traits.native_json_schema = g.chance(2);
        llmx::drop_report drops;
        const std::string body = gemini_test::encode(before, drops, options);
        for (const auto& d : drops.entries()) BOOST_TEST(d.at.text() == "", "seed " << seed << " dropped " << d.at.text());
        const auto after = gemini_test::decode(body);
        BOOST_REQUIRE_MESSAGE(after.has_value(), "seed " << seed << ": " << after.error().message() << "\n" << body);
        BOOST_REQUIRE_MESSAGE(*after == before, "seed " << seed << "\n" << body << "\n" << gemini_test::encode(*after, options));
        const auto head = llmx::gemini_generate::scan_request(body, gemini_test::target());
        BOOST_REQUIRE_MESSAGE(head.has_value(), "seed " << seed);
        BOOST_TEST(head->max_output_tokens == before.max_output_tokens.value_or(0));
    }
}

BOOST_AUTO_TEST_CASE(replies_survive_both_ways) {
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        generator g(seed);
        const llmx::chat_reply before = g.reply();
        const std::string body = gemini_test::encode(before);
        auto after = llmx::gemini_generate::decode_reply(body);
        BOOST_REQUIRE_MESSAGE(after.has_value(), "seed " << seed << "\n" << body);
        // Of a failed generation a decoder keeps the vendor's reason.
        for (auto& choice : after->choices)
            if (choice.finish == llmx::finish_reason::failed) choice.stop_sequence.clear();
        BOOST_REQUIRE_MESSAGE(*after == before, "seed " << seed << "\n" << body << "\n" << gemini_test::encode(*after));
        BOOST_TEST((llmx::gemini_generate::scan_usage(body) == before.usage), "seed " << seed << "\n" << body);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_generate_roundtrip_unit
