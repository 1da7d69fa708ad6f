// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/any_router.hpp>
#include <llmx/policies/latency.hpp>
#include <llmx/policies/least_busy.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/weighted.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numeric>
#include <random>
#include <set>

namespace routers_unit {

using namespace policies_test;

namespace {

/// Candidates made by hand: the decision without a layer around it.
template <class State> struct hand {
    using state = State;
    explicit hand(std::size_t n, double weight = 1) : up(n, true), states(n), made(n) {
        for (std::size_t i = 0; i < n; ++i) {
            made[i] = make_deployment("d" + std::to_string(i), "gpt", weight);
            members.push_back(&made[i]);
        }
    }
    hand(const hand&) = delete;
    std::size_t size() const noexcept { return made.size(); }
    const deployment& operator[](std::size_t i) const noexcept { return made[i]; }
    bool usable(std::size_t i) const noexcept {
        ++asked;
        return up[i];
    }
    State& state_of(std::size_t i) const noexcept { return states[i]; }

    std::vector<bool> up;
    mutable std::deque<State> states;
    std::vector<deployment> made;
    std::vector<const deployment*> members;
    mutable std::size_t asked = 0;
};

pick_hints hints(std::uint64_t seed, time_point now = t(0), bool stream = true) {
    return pick_hints(random_bits(seed), now, stream);
}

/// Pearson's chi-square of \p counts against \p shares.
double chi_square(const std::vector<std::size_t>& counts, const std::vector<double>& shares) {
    const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
    const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
    double sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double expected = n * shares[i] / total;
        if (expected == 0) continue;
        sum += (static_cast<double>(counts[i]) - expected) * (static_cast<double>(counts[i]) - expected) / expected;
    }
    return sum;
}

template <class R, class C>
std::vector<std::size_t> counts_of(const R& r, const C& c, std::size_t n, std::uint64_t seed) {
    typename R::table table(r, c.members);
    std::mt19937_64 source(seed);
    std::vector<std::size_t> counts(c.size());
    for (std::size_t k = 0; k < n; ++k) {
        auto h = hints(source());
        const std::size_t i = r.pick(table, c, h);
        BOOST_REQUIRE_MESSAGE(i < c.size(), "seed " << seed);
        ++counts[i];
    }
    return counts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(policies_routers)

BOOST_DATA_TEST_CASE(weighted_follows_the_weights, boost::unit_test::data::xrange(5), seed) {
    // 99.99th percentile of chi-square with at most 7 degrees of freedom is 29.9.
    std::mt19937_64 source(static_cast<std::uint64_t>(seed));
    hand<weighted::state> c(8);
    std::vector<double> shares;
    for (auto& d : c.made) shares.push_back(d.weight = std::pow(2.0, static_cast<double>(source() % 7)));
    BOOST_TEST(chi_square(counts_of(weighted(), c, 40000, source()), shares) < 29.9);

    // Without some, the others keep their proportions.
    for (const std::size_t gone : {1u, 4u, 6u}) {
        c.up[gone] = false;
        shares[gone] = 0;
    }
    const auto counts = counts_of(weighted(), c, 40000, source());
    BOOST_TEST(counts[1] + counts[4] + counts[6] == 0u);
    BOOST_TEST(chi_square(counts, shares) < 29.9);
}

BOOST_AUTO_TEST_CASE(weighted_finds_the_last_usable_ones_in_proportion) {
    // Two of 500 are left: draws miss, so the scan decides.
    hand<weighted::state> c(500);
    std::vector<double> shares(500, 0.0);
    c.up.assign(500, false);
    c.up[3] = c.up[400] = true;
    shares[3] = c.made[3].weight = 1;
    shares[400] = c.made[400].weight = 3;
    const auto counts = counts_of(weighted(), c, 8000, 11);
    BOOST_TEST(counts[3] + counts[400] == 8000u);
    BOOST_TEST(chi_square(counts, shares) < 15.1);
}

BOOST_AUTO_TEST_CASE(weighted_bears_extreme_weights) {
    hand<weighted::state> c(3);
    c.made[0].weight = 1e308;
    c.made[1].weight = 1e308;
    c.made[2].weight = 1e-300;
    const auto counts = counts_of(weighted(), c, 20000, 5);
    BOOST_TEST(chi_square(counts, std::vector<double>{1, 1, 0}) < 15.1);
    BOOST_TEST(counts[2] == 0u);
}

BOOST_AUTO_TEST_CASE(weight_zero_takes_part_when_all_are_zero) {
    hand<weighted::state> c(4, 0.0);
    const auto counts = counts_of(weighted(), c, 8000, 5);
    BOOST_TEST(chi_square(counts, std::vector<double>(4, 1.0)) < 21.1);
}

BOOST_AUTO_TEST_CASE(constant_time_strategies_look_at_few) {
    hand<weighted::state> w(1000);
    const auto n = counts_of(weighted(), w, 1000, 1).size();
    BOOST_TEST(n == 1000u);
    BOOST_TEST(w.asked == 1000u);
    hand<latency::state> l(1000);
    (void)counts_of(latency(), l, 1000, 1);
    BOOST_TEST(l.asked < 2100u);
}

BOOST_AUTO_TEST_CASE(nobody_usable) {
    hand<weighted::state> w(5);
    w.up.assign(5, false);
    auto h = hints(1);
    weighted::table wt(weighted(), w.members);
    BOOST_TEST(weighted().pick(wt, w, h) == no_candidate);
    round_robin::table rt(round_robin(), w.members);
    BOOST_TEST(round_robin().pick(rt, w, h) == no_candidate);
    hand<least_busy::state> b(5);
    b.up.assign(5, false);
    least_busy::table bt(least_busy(), b.members);
    BOOST_TEST(least_busy().pick(bt, b, h) == no_candidate);
    hand<latency::state> l(5);
    l.up.assign(5, false);
    latency::table lt(latency(), l.members);
    BOOST_TEST(latency().pick(lt, l, h) == no_candidate);
    l.up[3] = true;
    BOOST_TEST(latency().pick(lt, l, h) == 3u);
}

BOOST_AUTO_TEST_CASE(round_robin_goes_round_and_steps_over) {
    hand<round_robin::state> c(3);
    const round_robin r;
    round_robin::table table(r, c.members);
    auto h = hints(1);
    std::string order;
    for (int i = 0; i < 6; ++i) order += std::to_string(r.pick(table, c, h));
    BOOST_TEST(order == "012012");
    c.up[1] = false;
    order.clear();
    for (int i = 0; i < 6; ++i) order += std::to_string(r.pick(table, c, h));
    BOOST_TEST(order == "022022");
}

BOOST_AUTO_TEST_CASE(least_busy_takes_the_least_and_any_of_equals) {
    hand<least_busy::state> c(6);
    const least_busy r;
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t k = 0; k < (i % 2 == 0 ? 1u : 3u); ++k) r.started(c.states[i], t(0));
    const auto counts = counts_of(r, c, 9000, 3);
    BOOST_TEST(counts[1] + counts[3] + counts[5] == 0u);
    BOOST_TEST(chi_square({counts[0], counts[2], counts[4]}, std::vector<double>(3, 1.0)) < 18.4);
    outcome ok;
    r.finished(c.states[3], ok, t(0));
    r.finished(c.states[3], ok, t(0));
    r.finished(c.states[3], ok, t(0));
    BOOST_TEST(counts_of(r, c, 100, 3)[3] == 100u);
    c.up[3] = false;
    BOOST_TEST(counts_of(r, c, 100, 3)[3] == 0u);
}

BOOST_AUTO_TEST_CASE(latency_multiplies_with_calls_in_flight) {
    const latency r;
    latency::state fast, slow;
    r.answered(fast, milliseconds(200), true, t(0));
    r.answered(slow, milliseconds(900), true, t(0));
    BOOST_TEST(!r.second_is_cheaper(fast, slow, true, t(0)));
    BOOST_TEST(r.second_is_cheaper(slow, fast, true, t(0)));
    for (int i = 0; i < 4; ++i) r.started(fast, t(0)); // 200 x 5 > 900 x 1
    BOOST_TEST(r.second_is_cheaper(fast, slow, true, t(0)));
    // Whole answers are another matter: nothing is known of them here.
    BOOST_TEST(r.second_is_cheaper(fast, slow, false, t(0)));
}

BOOST_AUTO_TEST_CASE(latency_jumps_at_peaks_and_forgives_slowly) {
    const latency r;
    latency::state a, b;
    r.answered(a, milliseconds(100), true, t(0));
    r.answered(b, milliseconds(150), true, t(0));
    BOOST_TEST(!r.second_is_cheaper(a, b, true, t(0)));
    r.answered(a, milliseconds(2000), true, t(0.001)); // one peak is enough
    BOOST_TEST(r.second_is_cheaper(a, b, true, t(0.002)));
    r.answered(a, milliseconds(100), true, t(0.5)); // one good sample is not
    BOOST_TEST(r.second_is_cheaper(a, b, true, t(0.5)));
    for (int i = 1; i <= 60; ++i) {
        r.answered(a, milliseconds(100), true, t(0.5 + i));
        r.answered(b, milliseconds(150), true, t(0.5 + i));
    }
    BOOST_TEST(!r.second_is_cheaper(a, b, true, t(60.5)));
}

BOOST_AUTO_TEST_CASE(latency_tries_the_unknown_and_does_not_flood_it) {
    const latency r;
    latency::state known, unknown;
    r.answered(known, milliseconds(300), true, t(0));
    BOOST_TEST(r.second_is_cheaper(known, unknown, true, t(0)));
    BOOST_TEST(!r.second_is_cheaper(unknown, known, true, t(0)));
    r.started(unknown, t(0));
    BOOST_TEST(!r.second_is_cheaper(known, unknown, true, t(0)));
    r.started(known, t(0));
    r.started(known, t(0));
    BOOST_TEST(r.second_is_cheaper(known, unknown, true, t(0)));
    // What was slow is unknown again once nothing has been heard for three tau.
    latency::state old;
    r.answered(old, seconds(60), true, t(0));
    r.answered(known, milliseconds(300), true, t(29));
    BOOST_TEST(!r.second_is_cheaper(known, old, true, t(29)));
    BOOST_TEST(r.second_is_cheaper(known, old, true, t(31)));
}

BOOST_AUTO_TEST_CASE(latency_penalises_broken_deployments_only) {
    const latency r;
    latency::state a, b;
    r.answered(a, milliseconds(100), true, t(0));
    r.answered(b, milliseconds(200), true, t(0));
    for (const errc harmless : {errc::cancelled, errc::invalid_request, errc::rate_limited, errc::shed}) {
        outcome how;
        how.failure = harmless;
        r.started(a, t(0));
        r.finished(a, how, t(0));
        BOOST_TEST(!r.second_is_cheaper(a, b, true, t(0)));
    }
    outcome broken;
    broken.failure = errc::overloaded;
    r.started(a, t(0));
    r.finished(a, broken, t(0));
    BOOST_TEST(r.second_is_cheaper(a, b, true, t(0)));
    BOOST_TEST(a.in_flight.load() == 0u);
}

BOOST_AUTO_TEST_CASE(latency_leaves_a_slow_replica_alone) {
    // Ten deployments, one of them 20 times slower: arrivals every 10 ms, as many calls in
    // flight as their latencies make. Round robin would send it a tenth.
    const latency r;
    hand<latency::state> c(10);
    latency::table table(r, c.members);
    std::mt19937_64 source(9);
    std::vector<std::pair<double, std::size_t>> running;
    std::size_t to_slow = 0;
    constexpr std::size_t calls = 6000;
    for (std::size_t k = 0; k < calls; ++k) {
        const double now = static_cast<double>(k) * 0.01;
        std::erase_if(running, [&](const auto& one) {
            if (one.first > now) return false;
            const double takes = one.second == 4 ? 2.0 : 0.1;
            r.answered(c.states[one.second], std::chrono::duration_cast<duration>(std::chrono::duration<double>(takes)),
                       true, t(now));
            r.finished(c.states[one.second], outcome(), t(now));
            return true;
        });
        auto h = hints(source(), t(now));
        const std::size_t i = r.pick(table, c, h);
        r.started(c.states[i], t(now));
        running.emplace_back(now + (i == 4 ? 2.0 : 0.1), i);
        to_slow += i == 4;
    }
    BOOST_TEST(to_slow > 0u);
    BOOST_TEST(to_slow < calls / 50);
}

BOOST_AUTO_TEST_CASE(decaying_mean_ignores_the_rate_of_samples) {
    detail::decaying_mean rare, dense;
    for (int i = 0; i <= 20; ++i) rare.observe(milliseconds(100), false, t(i), seconds(10));
    for (int i = 0; i <= 2000; ++i) dense.observe(milliseconds(100), false, t(i * 0.01), seconds(10));
    BOOST_TEST(rare.read(t(20), seconds(10)) == dense.read(t(20), seconds(10)), boost::test_tools::tolerance(1e-3f));
    for (int i = 1; i <= 10; ++i) rare.observe(milliseconds(500), false, t(20 + i), seconds(10));
    for (int i = 1; i <= 1000; ++i) dense.observe(milliseconds(500), false, t(20 + i * 0.01), seconds(10));
    BOOST_TEST(rare.read(t(30), seconds(10)) == dense.read(t(30), seconds(10)), boost::test_tools::tolerance(1e-2f));
    // A clock of another core that is a little behind does no harm.
    const float before = dense.read(t(30), seconds(10));
    dense.observe(milliseconds(500), false, t(29.9), seconds(10));
    BOOST_TEST(dense.read(t(30), seconds(10)) == before, boost::test_tools::tolerance(1e-3f));
}

BOOST_AUTO_TEST_CASE(any_router_answers_to_names) {
    using any = any_router<weighted, round_robin, least_busy, latency>;
    static_assert(router<any>);
    any r;
    BOOST_TEST(r.name() == "weighted");
    for (const auto& [asked, first] :
         std::vector<std::pair<std::string, std::string>>{{"simple-shuffle", "weighted"},
                                                          {"round_robin", "round_robin"},
                                                          {"least-busy", "least_busy"},
                                                          {"latency-based-routing", "latency"},
                                                          {"latency", "latency"}}) {
        BOOST_TEST(r.choose(asked).has_value());
        BOOST_TEST(r.name() == first);
    }
    const auto wrong = r.choose("fastest");
    BOOST_REQUIRE(!wrong);
    BOOST_TEST((wrong.error().value() == errc::bad_configuration));
    BOOST_TEST(wrong.error().message() ==
               "unknown routing strategy 'fastest'; known are: weighted, round_robin, least_busy, latency");
    BOOST_TEST(r.name() == "latency");
}

BOOST_AUTO_TEST_CASE(any_router_does_what_its_strategy_does) {
    using any = any_router<weighted, round_robin, least_busy, latency>;
    any r;
    hand<any::state> c(4);
    BOOST_TEST(r.choose("round_robin").has_value());
    any::table table(r, c.members);
    auto h = hints(1);
    std::string order;
    for (int i = 0; i < 5; ++i) order += std::to_string(r.pick(table, c, h));
    BOOST_TEST(order == "01230");

    BOOST_TEST(r.choose("least_busy").has_value());
    for (const std::size_t busy : {0u, 1u, 3u}) r.started(c.states[busy], t(0));
    BOOST_TEST(counts_of(r, c, 50, 1)[2] == 50u);
    r.finished(c.states[1], outcome(), t(0));
    BOOST_TEST(counts_of(r, c, 50, 1)[1] > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace routers_unit
