// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>

using namespace llmx;

namespace {

/// A provider with state: its answers depend on the object, not on the type alone.
struct tenant : openai {
    static constexpr std::string_view name = "tenant";
    tenant() = default;
    explicit tenant(std::string p) : prefix(std::move(p)) {}
    result<void> prepare(const deployment&, const outgoing&, http_request& out) const {
        out.target = prefix + "/chat";
        return success();
    }
    std::string prefix = "/default";
};

template <class P> struct keyless : std::bool_constant<!P::facts.needs_key> {};

// Set algebra, decided by the compiler.
static_assert(std::is_same_v<registry_union_t<registry<openai, mock>, registry<mock, anthropic>>, registry<openai, mock, anthropic>>);
static_assert(std::is_same_v<registry_filter_t<registry<openai, openai_compatible, mock>, keyless>, registry<openai_compatible, mock>>);
static_assert(std::is_same_v<registry_filter_t<registry<openai>, keyless>, registry<>>);
static_assert(registry<openai, mock>::contains<mock>);
static_assert(!registry<openai>::contains<mock>);
static_assert(provider_supports<openai, chat>);
struct weather {
    using request = chat_request;
    using reply = chat_reply;
    static constexpr operation_info info{"weather", operation_info::answers::json};
};
static_assert(!provider_supports<openai, weather>);
static_assert(std::is_same_v<providers_with<registry<openai, mock>, chat>, registry<openai, mock>>);
static_assert(std::is_same_v<providers_with<registry<openai, mock>, weather>, registry<>>);
// Providers without state take no room beyond one address each.
static_assert(sizeof(registry<openai, anthropic, mock>) <= 8);

} // namespace

BOOST_AUTO_TEST_SUITE(registry_registry)

BOOST_AUTO_TEST_CASE(names_lead_to_tables) {
    using r = registry<openai, anthropic, mock>;
    BOOST_TEST(r::find("openai").value() == 0u);
    BOOST_TEST(r::find("mock").value() == 2u);
    BOOST_TEST(!r::find("open").has_value());
    BOOST_TEST(!r::find("").has_value());
    BOOST_TEST(r::ops(1).name == "anthropic");
    BOOST_TEST((r::ops(1).codec_for(chat::info, nullptr) == &codec_of<anthropic_messages>));
    BOOST_TEST((r::ops(1).codec_for(chat::info, &codec_of<openai_chat>) == &codec_of<anthropic_messages>));
    BOOST_TEST((r::ops(1).codec_for(weather::info, nullptr) == nullptr));
    BOOST_TEST((r::ops(0).exchange == nullptr));
    BOOST_TEST((r::ops(2).exchange != nullptr));
    BOOST_TEST(r::names()[2] == "mock");
}

BOOST_AUTO_TEST_CASE(objects_keep_their_state) {
    const registry<openai, tenant> r{openai(), tenant("/acme")};
    BOOST_TEST(r.get<tenant>().prefix == "/acme");
    const auto at = r.find("tenant");
    BOOST_REQUIRE(at.has_value());
    http_request out;
    BOOST_REQUIRE(r.ops(*at).prepare(r.self(*at), deployment(), outgoing(codec_of<openai_chat>), out).has_value());
    BOOST_TEST(out.target == "/acme/chat");
}

BOOST_AUTO_TEST_SUITE_END()
