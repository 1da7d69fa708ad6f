// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace registry_unit {

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

/// Its models whose names begin with "a-" speak Anthropic's language; places come from a variable.
struct choosy : openai {
    static constexpr std::string_view name = "choosy";
    using codecs = codec_list<openai_chat, anthropic_messages>;
    static bool takes(const codec_ops& form, const deployment&, std::string_view model) {
        return (&form == &codec_of<anthropic_messages>) == model.starts_with("a-") && model != "none";
    }
    static model_traits traits_of(const deployment&, std::string_view model) {
        model_traits t;
        t.default_max_tokens = model.starts_with("a-") ? 1 : 2;
        return t;
    }
    static result<void> complete(deployment& d, const variable_lookup& variables) {
        const auto region = variables("CHOOSY_REGION");
        if (!region) return error(errc::bad_configuration, "set CHOOSY_REGION");
        d.region = *region;
        d.api_base = parse_base_url("https://" + *region + ".test").value();
        return success();
    }
    result<void> edit(request_edit& e) const {
        e.names_model = false;
        return success();
    }
};
static_assert(choosing_provider<choosy> && traits_provider<choosy> && completing_provider<choosy> && editing_provider<choosy>);
// A provider without them has empty slots, so that it costs nothing.
static_assert(provider_ops_of<openai>.takes == nullptr && provider_ops_of<openai_compatible>.edit == nullptr &&
              provider_ops_of<openai>.traits_of == nullptr && provider_ops_of<openai>.complete == nullptr);
static_assert(provider_ops_of<openai>.takes_stream_options);

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

BOOST_AUTO_TEST_CASE(a_provider_may_choose_a_form_and_traits_by_the_model) {
    const provider_ops& ops = provider_ops_of<choosy>;
    const codec_ops &openai_form = codec_of<openai_chat>, &anthropic_form = codec_of<anthropic_messages>;
    deployment d;
    for (const codec_ops* const from : {static_cast<const codec_ops*>(nullptr), &openai_form, &anthropic_form}) {
        BOOST_TEST((ops.codec_for(chat::info, from, d, "a-1") == &anthropic_form));
        BOOST_TEST((ops.codec_for(chat::info, from, d, "b-1") == &openai_form));
        BOOST_TEST((ops.codec_for(chat::info, from, d, "none") == nullptr));
        // Without a choice of its own a provider takes its caller's form.
        BOOST_TEST((provider_ops_of<tenant>.codec_for(chat::info, from, d, "a-1") == &openai_form));
    }
    BOOST_TEST(ops.traits_for(d, "a-1").default_max_tokens == 1);
    BOOST_TEST(ops.traits_for(d, "b-1").default_max_tokens == 2);
    BOOST_TEST(provider_ops_of<openai>.traits_for(d, "b-1").default_max_tokens == openai::facts.traits.default_max_tokens);
}

BOOST_AUTO_TEST_CASE(a_provider_completes_a_deployment_from_variables) {
    deployment d;
    d.id = "x";
    d.provider = "choosy";
    d.model = "m";
    const auto with = [](std::string_view value) -> variable_lookup {
        return [value = std::string(value)](std::string_view name) -> std::optional<std::string> {
            if (name != "CHOOSY_REGION" || value.empty()) return std::nullopt;
            return value;
        };
    };
    const auto refused = registry<choosy>::complete(d, with(""));
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().message() == "deployment 'x': set CHOOSY_REGION");
    BOOST_TEST(d.provider_index == deployment::no_provider);
    BOOST_TEST_REQUIRE(registry<choosy>::complete(d, with("eu")).has_value());
    BOOST_TEST(d.region == "eu");
    BOOST_TEST(d.api_base.where.host == "eu.test", "not the default of the facts");
    BOOST_TEST(!d.traits.has_value());
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

} // namespace registry_unit
