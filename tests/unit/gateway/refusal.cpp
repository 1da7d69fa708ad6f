// SPDX-License-Identifier: BSL-1.0
// What a gateway cannot serve is an error of every call, never another vendor's call.
#include <unit/gateway/fixture.hpp>

#include <llmx/settings/assemble.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

namespace refusal_unit {

using namespace gateway_test;

namespace {

using small_registry = registry<openai, mock>;
using small_gateway = gateway<small_registry, weighted, retry, fallback>;

deployment echo(std::string id) {
    deployment d = make(std::move(id), "m", "mock", "echo");
    d.key = secret("sk-of-the-mock");
    return d;
}
std::shared_ptr<const topology> raw(deployment d) { return topology::make(std::vector<deployment>{std::move(d)}).value(); }

/// Whether every way to call \p gw fails with \p sentence in its message and nothing was sent.
void every_call_fails(small_gateway& gw, std::string_view sentence) {
    world w;
    w.network.reply_always(200, openai_reply);
    const auto check = [&](const error& e) {
        BOOST_TEST((e == errc::bad_configuration), e.message());
        BOOST_TEST(e.message().find(sentence) != std::string::npos, e.message());
    };
    const chat_request q("m", "hi");
    const auto whole = testing::run(gw.chat(w.runtime, w.context, q));
    BOOST_REQUIRE(whole.has_error());
    check(whole.error());
    const auto streamed = testing::run(gw.stream(w.runtime, w.context, q));
    BOOST_REQUIRE(streamed.has_error());
    check(streamed.error());
    int told = 0;
    {
        call c(w.runtime, w.context);
        c.model = "m";
        c.on_finish(&told, [](void* self, const call&, const deployment*, const outcome& how) noexcept {
            if (how.failure == errc::bad_configuration) ++*static_cast<int*>(self);
        });
        const auto executed = testing::run(gw.execute(c));
        BOOST_REQUIRE(executed.has_error());
        check(executed.error());
    }
    BOOST_TEST(told == 1);
    BOOST_REQUIRE(gw.ready().has_error());
    check(gw.ready().error());
    BOOST_TEST(w.network.calls() == 0u);
    BOOST_REQUIRE(gw.world() != nullptr);
    BOOST_TEST(gw.world()->deployments().empty());
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_refusal)

BOOST_AUTO_TEST_CASE(a_deployment_has_no_provider_by_default) {
    BOOST_TEST((deployment().provider_index == deployment::no_provider));
}

BOOST_AUTO_TEST_CASE(a_deployment_that_was_not_completed) {
    small_gateway gw(raw(echo("a")));
    every_call_fails(gw, "deployment 'a': it was not completed; make the topology with make_topology");
}

// With a key and a base URL of its own, the key would have gone to the other vendor.
BOOST_AUTO_TEST_CASE(a_base_url_does_not_complete_it) {
    deployment d = echo("a");
    d.api_base = parse_base_url("http://127.0.0.1:9").value();
    small_gateway gw(raw(d));
    every_call_fails(gw, "deployment 'a': it was not completed");
    d.provider_index = 1;
    d.api_base = base_url();
    small_gateway half(raw(d));
    every_call_fails(half, "deployment 'a': it was not completed");
}

BOOST_AUTO_TEST_CASE(a_deployment_completed_by_another_registry) {
    deployment d = echo("a");
    BOOST_REQUIRE((registry<mock, openai>::complete(d)));
    small_gateway gw(raw(d));
    every_call_fails(gw, "deployment 'a': it was completed by another registry");
    BOOST_REQUIRE((registry<openai, anthropic, gemini, mock>::complete(d)));
    BOOST_TEST(d.provider_index == 3u);
    small_gateway beyond(raw(d));
    every_call_fails(beyond, "deployment 'a': it was completed by another registry");
}

BOOST_AUTO_TEST_CASE(a_provider_that_is_not_there) {
    deployment d = make("a", "m", "anthropic", "claude");
    BOOST_REQUIRE((registry<anthropic>::complete(d)));
    small_gateway gw(raw(d));
    every_call_fails(gw, "deployment 'a': unknown provider 'anthropic'; the gateway's registry has openai, mock");
}

BOOST_AUTO_TEST_CASE(one_of_several_is_enough) {
    deployment good = echo("good");
    BOOST_REQUIRE(small_registry::complete(good));
    small_gateway gw(topology::make(std::vector<deployment>{good, echo("bad")}).value());
    every_call_fails(gw, "deployment 'bad'");
}

BOOST_AUTO_TEST_CASE(a_topology_that_is_null) {
    small_gateway gw(nullptr);
    every_call_fails(gw, "was given no topology");
}

// A fallback that stands in for unknown models does not stand in for a topology.
BOOST_AUTO_TEST_CASE(a_fallback_is_not_asked) {
    fallback f;
    f.otherwise({"m"});
    small_gateway gw(nullptr, small_gateway::policies_type(route<weighted>(), retry(), f));
    every_call_fails(gw, "was given no topology");
}

// What completing refused stays incomplete, though an earlier attempt had succeeded.
BOOST_AUTO_TEST_CASE(a_failed_completion_leaves_no_provider) {
    deployment d = echo("a");
    BOOST_REQUIRE(small_registry::complete(d));
    d.key = secret("a\r\nx-evil: 1");
    BOOST_TEST(small_registry::complete(d).has_error());
    small_gateway gw(raw(d));
    every_call_fails(gw, "deployment 'a': it was not completed");
}

BOOST_AUTO_TEST_CASE(a_reload_that_fails_changes_nothing) {
    world w;
    small_gateway gw(small_registry::make_topology(std::vector<deployment>{echo("a")}).value());
    const auto before = gw.world();
    for (const auto& bad : {raw(echo("b")), std::shared_ptr<const topology>()}) {
        const result<void> done = gw.reload(bad, small_gateway::policies_type());
        BOOST_REQUIRE(done.has_error());
        BOOST_TEST((done.error() == errc::bad_configuration));
        BOOST_TEST((gw.world() == before));
        BOOST_TEST(gw.ready().has_value());
        const chat_request q("m", "hi");
        BOOST_TEST(testing::run(gw.chat(w.runtime, w.context, q))->text() == "hi");
        BOOST_TEST(w.context.report.deployment_id == "a");
    }
}

BOOST_AUTO_TEST_CASE(a_reload_that_succeeds_mends_it) {
    world w;
    small_gateway gw(nullptr);
    const chat_request q("m", "hi");
    BOOST_TEST(testing::run(gw.chat(w.runtime, w.context, q)).has_error());
    auto good = small_registry::make_topology(std::vector<deployment>{echo("a")}).value();
    BOOST_TEST(gw.reload(std::move(good), small_gateway::policies_type()).has_value());
    BOOST_TEST(gw.ready().has_value());
    BOOST_TEST(testing::run(gw.chat(w.runtime, w.context, q))->text() == "hi");
}

BOOST_AUTO_TEST_CASE(make_topology_completes_and_reports) {
    const auto made = small_registry::make_topology({echo("a"), echo("b")}, {{"alias", "m"}});
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST((*made)->deployments()[1].provider_index == 1u);
    BOOST_TEST(((*made)->find("alias") != nullptr));
    BOOST_TEST((small_registry::make_topology({make("x", "m", "nobody", "n")}).error() == errc::bad_configuration));
    BOOST_TEST((small_registry::make_topology({echo("a"), echo("a")}).error() == errc::bad_configuration));
}

BOOST_AUTO_TEST_CASE(settings_make_and_reload_what_can_be_served) {
    configuration<small_gateway> s;
    s.deployments.push_back(echo("a"));
    auto gw = make_gateway(s);
    BOOST_REQUIRE(gw.has_value());
    BOOST_TEST((*gw)->world()->deployments()[0].provider_index == 1u);
    s.deployments.push_back(make("x", "m", "nobody", "n"));
    BOOST_TEST(make_gateway(s).has_error());
    BOOST_TEST(reload_gateway(**gw, s).has_error());
    BOOST_TEST((*gw)->world()->deployments().size() == 1u);
}

// One gateway after the other in the same place: a runtime that knew the first asks the second.
BOOST_AUTO_TEST_CASE(a_gateway_where_another_one_stood) {
    world w;
    std::optional<small_gateway> place;
    const chat_request q("m", "hi");
    for (const char* id : {"first", "second", "third"}) {
        place.reset();
        place.emplace(small_registry::make_topology(std::vector<deployment>{echo(id)}).value());
        BOOST_TEST(testing::run(place->chat(w.runtime, w.context, q)).has_value());
        BOOST_TEST(w.context.report.deployment_id == id);
    }
}

// The context's views go on being good when the gateway and its topology are gone.
BOOST_AUTO_TEST_CASE(a_context_outlives_its_gateway) {
    world w;
    const std::string id = "a deployment whose name is longer than what a string keeps inside of itself";
    {
        small_gateway gw(small_registry::make_topology(std::vector<deployment>{echo(id)}).value());
        const chat_request q("m", "hi");
        BOOST_TEST(testing::run(gw.chat(w.runtime, w.context, q)).has_value());
    }
    w.runtime.use<detail::snapshot_slots>() = detail::snapshot_slots();
    BOOST_TEST(w.context.report.deployment_id == id);
    BOOST_TEST(w.context.report.upstream_model == "echo");
}

// Health reads the topology and asks for each deployment; a reload may come between.
BOOST_AUTO_TEST_CASE(availability_of_what_is_no_longer_in_force) {
    world w;
    small_gateway gw(small_registry::make_topology({echo("a"), echo("b"), echo("c")}).value());
    const auto old = gw.world();
    BOOST_TEST(gw.reload(small_registry::make_topology({echo("c")}).value(), small_gateway::policies_type()).has_value());
    const time_point now = w.runtime.now();
    BOOST_TEST((gw.available_at(w.runtime, old->deployments()[2], now) <= now));
    BOOST_TEST((gw.available_at(w.runtime, old->deployments()[0], now) == time_point::max()));
    BOOST_TEST((gw.available_at(w.runtime, gw.world()->deployments()[0], now) <= now));
}

namespace {

/// A policy that answers by itself and forgets what a reply must have.
struct careless {
    static constexpr stage_position position = at(stage::authenticate);
    template <class Next> class layer : public layer_base<Next> {
    public:
        layer(const careless&, std::shared_ptr<const topology>, Next next) : layer_base<Next>(std::move(next)) {}
        boost::asio::awaitable<result<reply>> operator()(call& c) {
            reply r;
            if (c.context->caller == "whole") {
                r.codec = &codec_of<openai_chat>;
                r.body = openai_reply;
            }
            co_return r;
        }
    };
};

} // namespace

BOOST_AUTO_TEST_CASE(a_layer_that_answers_without_a_dialect_or_a_stream) {
    world w;
    gateway<small_registry, weighted, careless> gw(small_registry::make_topology({echo("a")}).value());
    const chat_request q("m", "hi");
    for (const char* caller : {"", "whole"}) {
        call_context context;
        context.caller = caller;
        const auto whole = testing::run(gw.chat(w.runtime, context, q));
        BOOST_TEST(whole.has_value() == (std::string_view(caller) == "whole"));
        if (!whole) BOOST_TEST((whole.error() == errc::internal), whole.error().message());
        auto streamed = testing::run(gw.stream(w.runtime, context, q));
        const bool fails = streamed.has_error() || (!testing::run(streamed->read_more()) && streamed->failure());
        BOOST_TEST(fails);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace refusal_unit
