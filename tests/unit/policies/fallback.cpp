// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/route.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

namespace fallback_unit {

using namespace policies_test;
using names = std::vector<std::string>;

namespace {

struct fixture : bench {
    explicit fixture(fallback p) : bench(world()), top(std::move(p), bench::world, scripted_service(inner)) {}
    static std::shared_ptr<const topology> world() {
        std::vector<deployment> ds;
        for (const char* g : {"a", "b", "c", "d", "big", "safe"})
            ds.push_back(make_deployment(std::string(g) + "1", g));
        ds.push_back(make_deployment("w1", "openai/*"));
        ds.push_back(make_deployment("w2", "azure/*"));
        return topology::make(std::move(ds), {{"alias-of-a", "a"}}, {unserved_model("lost", "provider 'watsonx' is not in this program")}).value();
    }
    auto ask(std::string_view model) { return bench::ask(top, model); }
    void fail(errc e, int status = 500) { inner.steps.emplace_back(said(e, status)); }
    script inner; ///< sees the model, for no target is chosen
    fallback::layer<scripted_service> top;
};

names plan_of(fallback& p, std::initializer_list<const char*> visited, const names& list) {
    fallback::itinerary way(p);
    for (const char* v : visited) (void)way.visited(v);
    way.plan(&list);
    names out;
    for (auto n = way.next(); !n.empty(); n = way.next()) {
        out.emplace_back(n);
        way.asked();
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(policies_fallback)

BOOST_AUTO_TEST_CASE(lists_are_chosen_by_failure_and_name) {
    fallback p;
    p.add("a", {"b"}).otherwise({"c"});
    BOOST_TEST(*p.next_of("a", "a", errc::overloaded) == names{"b"});
    BOOST_TEST(*p.next_of("x", "a", errc::overloaded) == names{"b"}); // an alias of a
    BOOST_TEST(*p.next_of("x", "x", errc::overloaded) == names{"c"});
    BOOST_TEST(*p.next_of("a", "a", errc::context_window_exceeded) == names{"b"});
    for (const errc e : {errc::authentication, errc::rate_limited, errc::quota_exceeded, errc::not_found,
                         errc::no_deployment, errc::shed, errc::connect_failed, errc::bad_response,
                         errc::first_token_timeout, errc::content_policy, errc::unsupported_operation})
        BOOST_TEST(p.next_of("a", "a", e) != nullptr);
    for (const errc e : {errc::cancelled, errc::deadline_exceeded, errc::invalid_request, errc::unprocessable,
                         errc::payload_too_large, errc::unsupported_parameter})
        BOOST_TEST(p.next_of("a", "a", e) == nullptr);
    p.on_client_fault = true;
    BOOST_TEST(p.next_of("a", "a", errc::invalid_request) != nullptr);
    BOOST_TEST(p.next_of("a", "a", errc::cancelled) == nullptr);

    p.add_context_window("a", {"big"}).add_content_policy("*", {"safe"});
    BOOST_TEST(*p.next_of("a", "a", errc::context_window_exceeded) == names{"big"});
    BOOST_TEST(p.next_of("b", "b", errc::context_window_exceeded) == nullptr);
    BOOST_TEST(*p.next_of("b", "b", errc::content_policy) == names{"safe"});
    BOOST_TEST(*p.next_of("a", "a", errc::overloaded) == names{"b"});
}

BOOST_AUTO_TEST_CASE(loops_are_cut_and_counts_kept) {
    fallback p;
    BOOST_TEST(plan_of(p, {"a"}, {"b", "a", "b", "c"}) == (names{"b", "c"}));
    BOOST_TEST(plan_of(p, {}, {"1", "2", "3", "4", "5", "6", "7"}) == (names{"1", "2", "3", "4", "5"}));
    p.max_fallbacks = 0;
    BOOST_TEST(plan_of(p, {}, {"1"}).empty());
}

BOOST_AUTO_TEST_CASE(goes_through_the_list_in_order) {
    fixture f(std::move(fallback().add("a", {"b", "c"})));
    f.fail(errc::overloaded);
    f.fail(errc::rate_limited);
    BOOST_TEST(f.ask("a").has_value());
    BOOST_TEST(f.inner.seen == (names{"a", "b", "c"}));
    BOOST_TEST(f.context->report.fallbacks == 2u);
}

BOOST_AUTO_TEST_CASE(a_fallback_has_fallbacks_of_its_own) {
    fixture f(std::move(fallback().add("a", {"b", "c"}).add("b", {"d", "a"}).add("d", {"b"})));
    for (int i = 0; i < 9; ++i) f.fail(errc::overloaded);
    BOOST_TEST(!f.ask("a"));
    BOOST_TEST(f.inner.seen == (names{"a", "b", "d", "c"}));
}

BOOST_AUTO_TEST_CASE(the_first_failure_is_the_answer_with_the_whole_trail) {
    fixture f(std::move(fallback().add("a", {"b"})));
    f.inner.during = [](call& c) { c.report.trail.emplace_back(std::string(c.model), errc::overloaded, 503); };
    f.fail(errc::rate_limited, 429);
    f.fail(errc::authentication, 401);
    const auto r = f.ask("a");
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::rate_limited));
    BOOST_REQUIRE(r.error().attempts().size() == 2u);
    BOOST_TEST(r.error().attempts()[1].deployment == "b");
}

BOOST_AUTO_TEST_CASE(special_lists) {
    fallback p;
    p.add("a", {"b"}).add_context_window("a", {"big"}).add_content_policy("a", {"safe"});
    fixture f(p);
    f.fail(errc::context_window_exceeded, 400);
    BOOST_TEST(f.ask("a").has_value());
    BOOST_TEST(f.inner.seen.back() == "big");
    f.fail(errc::content_policy, 400);
    BOOST_TEST(f.ask("a").has_value());
    BOOST_TEST(f.inner.seen.back() == "safe");
    f.fail(errc::overloaded);
    BOOST_TEST(f.ask("a").has_value());
    BOOST_TEST(f.inner.seen.back() == "b");
    f.inner.seen.clear();
    f.fail(errc::invalid_request, 400);
    BOOST_TEST(!f.ask("a"));
    BOOST_TEST(f.inner.seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(turned_off_for_one_call) {
    fixture f(std::move(fallback().otherwise({"b"})));
    f.no_fallback = true;
    f.fail(errc::overloaded);
    BOOST_TEST(!f.ask("a"));
    BOOST_TEST(f.inner.seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(unknown_models) {
    fixture f(std::move(fallback().add("retired", {"a"}).add("gone", {"nowhere"}).otherwise({"b"})));
    const auto r = f.ask("typo");
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::not_found));
    BOOST_TEST(r.error().param() == "model");
    BOOST_TEST(f.inner.seen.empty());
    BOOST_TEST(f.ask("retired").has_value());
    BOOST_TEST(f.inner.seen == names{"a"});
    const auto gone = f.ask("gone");
    BOOST_REQUIRE(!gone);
    BOOST_TEST((gone.error().value() == errc::not_found));
}

BOOST_AUTO_TEST_CASE(entries_with_a_star_are_for_names_with_their_beginning) {
    fallback p;
    p.add("openai/*", {"b"}).add("openai/gpt-*", {"c"}).add("openai/gpt-4", {"d"}).otherwise({"a"});
    const auto first = [&p](std::string_view model, std::string_view group) { return p.next_of(model, group, errc::overloaded)->front(); };
    BOOST_TEST(first("openai/gpt-4", "openai/") == "d");
    BOOST_TEST(first("openai/gpt-5", "openai/") == "c");
    BOOST_TEST(first("openai/o3", "openai/") == "b");
    BOOST_TEST(first("fast", "openai/gpt-5") == "c"); // an alias
    BOOST_TEST(first("openai/", "openai/") == "a");
    BOOST_TEST(p.instead_of("openai/o3")->front() == "b");
    BOOST_TEST(p.instead_of("typo") == nullptr);
    BOOST_TEST(p.instead_of("typo", true)->front() == "a");
}

BOOST_AUTO_TEST_CASE(a_star_in_a_target_is_replaced_by_what_the_entry_has_it_for) {
    struct replacement {
        const char *entry, *target, *model, *asked;
    };
    const replacement all[] = {
        {"openai/*", "azure/*", "openai/gpt-4", "azure/gpt-4"},
        {"openai/gpt-*", "azure/our-*", "openai/gpt-4", "azure/our-4"},
        {"*", "azure/*", "openai/gpt-4", "azure/openai/gpt-4"},
        {"a", "azure/*", "a", "azure/a"},
        {"openai/*", "openai/small", "openai/gpt-4", "openai/small"},
        {"openai/*", "b", "openai/gpt-4", "b"},
    };
    for (const replacement& r : all) {
        fixture f(std::move(fallback().add(r.entry, {r.target})));
        f.fail(errc::overloaded);
        BOOST_TEST(f.ask(r.model).has_value(), r.entry << " to " << r.target);
        BOOST_TEST(f.inner.seen == (names{r.model, r.asked}), r.entry << " to " << r.target);
    }
}

BOOST_AUTO_TEST_CASE(models_of_one_wildcard_group_are_destinations_of_their_own) {
    fixture f(std::move(fallback().add("openai/*", {"openai/one", "openai/two"})));
    f.fail(errc::overloaded);
    f.fail(errc::overloaded);
    BOOST_TEST(f.ask("openai/big").has_value());
    BOOST_TEST(f.inner.seen == (names{"openai/big", "openai/one", "openai/two"}));
}

BOOST_AUTO_TEST_CASE(a_model_that_is_configured_and_not_served_has_every_fallback) {
    fixture f(std::move(fallback().otherwise({"b"})));
    BOOST_TEST(f.ask("lost").has_value());
    BOOST_TEST(f.inner.seen == names{"b"});
    f.no_fallback = true;
    const auto refused = f.ask("lost");
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().value() == errc::no_deployment));
    BOOST_TEST(refused.error().message() == "model 'lost' is configured but not served: provider 'watsonx' is not in this program");
}

BOOST_AUTO_TEST_CASE(aliases_do_not_ask_twice_and_ids_pin) {
    fixture f(std::move(fallback().add("a", {"alias-of-a", "missing", "b1"})));
    f.fail(errc::overloaded);
    f.inner.during = [&](call& c) { BOOST_TEST(c.group->members.size() == 1u); };
    BOOST_TEST(f.ask("a").has_value());
    BOOST_TEST(f.inner.seen == (names{"a", "b1"}));
    BOOST_TEST(f.context->report.fallbacks == 1u);
}

BOOST_AUTO_TEST_CASE(tried_ones_are_forgotten_and_the_call_is_put_back) {
    fixture f(std::move(fallback().add("a", {"b"})));
    f.inner.during = [&](call& c) {
        BOOST_TEST(c.tried.empty());
        BOOST_TEST(c.group->name == c.model);
        c.tried.push_back(0);
    };
    f.fail(errc::overloaded);
    f.fail(errc::overloaded);
    f.context.emplace();
    call c(f.on, *f.context);
    f.prepare(c, "a");
    BOOST_TEST(!testing::run(f.io, f.top(c)));
    BOOST_TEST(c.model == "a");
    BOOST_TEST(c.group->name == "a");
}

BOOST_AUTO_TEST_CASE(not_past_the_deadline_and_not_when_cancelled) {
    fixture f(std::move(fallback().add("a", {"b", "c"})));
    f.deadline = f.on.now() + seconds(1);
    f.inner.during = [&](call&) { f.on.advance(seconds(1)); };
    f.fail(errc::overloaded);
    BOOST_TEST(!f.ask("a"));
    BOOST_TEST(f.inner.seen.size() == 1u);

    f.deadline = time_point::max();
    f.inner.seen.clear();
    f.inner.during = nullptr;
    f.fail(errc::overloaded);
    f.fail(errc::cancelled);
    const auto r = f.ask("a");
    BOOST_TEST((r.error().value() == errc::cancelled));
    BOOST_TEST(f.inner.seen.size() == 2u);
}

BOOST_AUTO_TEST_CASE(each_group_has_its_retries) {
    auto world = fixture::world();
    script inner;
    using routed = route<>::layer<scripted_service>;
    using retried = retry::layer<routed>;
    fallback::layer<retried> top(std::move(fallback().add("a", {"b"})), world,
                                 retried(retry(1), world, routed(route<>(), world, scripted_service(inner))));
    bench b(world);
    inner.broken.emplace("a1", said(errc::overloaded, 503));
    inner.broken.emplace("b1", said(errc::provider_internal, 500));
    const auto r = b.ask(top, "a");
    BOOST_REQUIRE(!r);
    BOOST_TEST(inner.seen == (names{"a1", "a1", "b1", "b1"}));
    BOOST_TEST((r.error().value() == errc::overloaded));
    BOOST_TEST(r.error().attempts().size() == 4u);
    BOOST_TEST(b.context->report.retries == 2u);
    BOOST_TEST(b.context->report.fallbacks == 1u);
    BOOST_TEST(r.error().http_status() == 503);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace fallback_unit
