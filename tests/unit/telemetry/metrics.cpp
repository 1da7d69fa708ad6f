// SPDX-License-Identifier: BSL-1.0
#include "exposition.hpp"

#include <llmx/wire/utf8.hpp>
#include <support/allocations.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <unistd.h>

namespace metrics_unit {

using namespace llmx;
using namespace telemetry_test;

BOOST_AUTO_TEST_SUITE(telemetry_metrics)

BOOST_AUTO_TEST_CASE(the_text_format) {
    metrics_registry m;
    const auto requests = m.counter("llmx_requests_total", "Calls, by model\nand \\ code.", "model", "code").value();
    requests.with("gpt-4o", "200").add();
    requests.with("gpt-4o", "200").add(2);
    requests.with("a\"b\\c\nd", "").add();
    const auto flight = m.updown("llmx_in_flight", "Calls in flight.").value();
    flight.with().add(2);
    flight.with().subtract(5);
    const auto budget = m.gauge("llmx_budget", "Budget.", "team").value();
    budget.with("t").set(0.1);
    budget.with("t").add(0.2);
    budget.with("u").set(-std::numeric_limits<double>::infinity());
    (void)m.counter("llmx_silent_total", "Has no series.", "x").value();
    const auto took = m.histogram("llmx_seconds", "Time.", {0.5, 1, 1e6}, "m").value();
    took.with("x").observe(0.5);
    took.with("x").observe(std::chrono::milliseconds(750));
    took.with("x").observe(2e6);
    BOOST_TEST(text_of(m) == "# HELP llmx_metrics_overflow_total Lookups of series beyond the limit of their metric; "
                             "their values are in the series \"other\".\n"
                             "# TYPE llmx_metrics_overflow_total counter\n"
                             "llmx_metrics_overflow_total{metric=\"llmx_requests_total\"} 0\n"
                             "llmx_metrics_overflow_total{metric=\"llmx_budget\"} 0\n"
                             "llmx_metrics_overflow_total{metric=\"llmx_silent_total\"} 0\n"
                             "llmx_metrics_overflow_total{metric=\"llmx_seconds\"} 0\n"
                             "# HELP llmx_requests_total Calls, by model\\nand \\\\ code.\n"
                             "# TYPE llmx_requests_total counter\n"
                             "llmx_requests_total{model=\"gpt-4o\",code=\"200\"} 3\n"
                             "llmx_requests_total{model=\"a\\\"b\\\\c\\nd\",code=\"\"} 1\n"
                             "# HELP llmx_in_flight Calls in flight.\n"
                             "# TYPE llmx_in_flight gauge\n"
                             "llmx_in_flight -3\n"
                             "# HELP llmx_budget Budget.\n"
                             "# TYPE llmx_budget gauge\n"
                             "llmx_budget{team=\"t\"} 0.30000000000000004\n"
                             "llmx_budget{team=\"u\"} -Inf\n"
                             "# HELP llmx_seconds Time.\n"
                             "# TYPE llmx_seconds histogram\n"
                             "llmx_seconds_bucket{m=\"x\",le=\"0.5\"} 1\n"
                             "llmx_seconds_bucket{m=\"x\",le=\"1\"} 2\n"
                             "llmx_seconds_bucket{m=\"x\",le=\"1e+06\"} 2\n"
                             "llmx_seconds_bucket{m=\"x\",le=\"+Inf\"} 3\n"
                             "llmx_seconds_sum{m=\"x\"} 2000001.25\n"
                             "llmx_seconds_count{m=\"x\"} 3\n");
}

BOOST_AUTO_TEST_CASE(metrics_without_labels_are_there_from_the_start) {
    metrics_registry m;
    (void)m.counter("a_total", "A.").value();
    (void)m.histogram("b", "B.", {1}).value();
    const std::string text = text_of(m);
    BOOST_TEST(text == "# HELP a_total A.\n# TYPE a_total counter\na_total 0\n"
                       "# HELP b B.\n# TYPE b histogram\nb_bucket{le=\"1\"} 0\nb_bucket{le=\"+Inf\"} 0\nb_sum 0\nb_count 0\n");
    std::string appended = "before\n";
    m.append(appended);
    BOOST_TEST(appended == "before\n" + text);
}

BOOST_AUTO_TEST_CASE(fixed_counters_are_exact) {
    metrics_registry m;
    const auto spend = m.fixed_counter("spend_total", "Dollars.", 9, "k").value();
    const std::pair<std::uint64_t, const char*> cases[] = {
        {0, "0"},          {1, "0.000000001"}, {10, "0.00000001"},       {999'999'999, "0.999999999"}, {1'000'000'000, "1"},
        {1'000'000'001, "1.000000001"}, {12'340'000'000, "12.34"}, {18'446'744'073'709'551'615u, "18446744073.709551615"}};
    for (const auto& [units, text] : cases) {
        spend.with(text).add(units);
        BOOST_TEST(text_of(m).find("spend_total{k=\"" + std::string(text) + "\"} " + text + "\n") != std::string::npos);
    }
    BOOST_TEST((m.fixed_counter("x_total", "", 19).error() == errc::bad_configuration));
}

BOOST_AUTO_TEST_CASE(names_are_checked_when_a_metric_is_declared) {
    metrics_registry m;
    for (const char* bad : {"", "1a", "a-b", "a b", "ä", "a\n"})
        BOOST_TEST((m.counter(bad, "").error() == errc::bad_configuration));
    for (const char* bad : {"", "1", "__a", "a:b", "a.b", "x\"y"}) {
        const auto r = m.gauge("a", "", "fine", bad);
        BOOST_TEST((r.error() == errc::bad_configuration));
        BOOST_TEST(r.error().message().find('a') != std::string::npos);
    }
    BOOST_TEST((m.gauge("a", "", "x", "y", "x").error() == errc::bad_configuration));
    BOOST_TEST((m.histogram("h", "", {1}, "le").error() == errc::bad_configuration));
    BOOST_TEST(m.counter("le_total", "", "le").has_value());
    BOOST_TEST(m.counter(":a:_9", "").has_value());
    for (const std::vector<double>& bad :
         {std::vector<double>(), {1, 1}, {2, 1}, {std::nan("")}, {1, HUGE_VAL}, exponential_buckets(1, 2, 65)})
        BOOST_TEST((m.histogram("h", "", bad).error() == errc::bad_configuration));
    BOOST_TEST(m.histogram("h", "", exponential_buckets(1, 2, 64)).has_value());
    BOOST_TEST((m.counter("l", "", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q").error() ==
                errc::bad_configuration));
}

BOOST_AUTO_TEST_CASE(one_name_means_one_metric) {
    metrics_registry m;
    const auto first = m.counter("a_total", "A.", "x").value(), second = m.counter("a_total", "A.", "x").value();
    first.with("1").add();
    second.with("1").add();
    BOOST_TEST(exposition(text_of(m)).value("a_total", {{"x", "1"}}) == 2);
    BOOST_TEST((m.counter("a_total", "A.", "y").error() == errc::bad_configuration));
    BOOST_TEST((m.counter("a_total", "B.", "x").error() == errc::bad_configuration));
    BOOST_TEST((m.gauge("a_total", "A.", "x").error() == errc::bad_configuration));
    // A histogram has three names.
    BOOST_TEST(m.histogram("h", "H.", {1}).has_value());
    BOOST_TEST((m.histogram("h", "H.", {2}).error() == errc::bad_configuration));
    BOOST_TEST((m.gauge("h_sum", "").error() == errc::bad_configuration));
    BOOST_TEST((m.gauge("h_bucket", "").error() == errc::bad_configuration));
    BOOST_TEST(m.gauge("h_sums", "").has_value());
    BOOST_TEST(m.counter("g_count", "").has_value());
    BOOST_TEST((m.histogram("g", "", {1}).error() == errc::bad_configuration));
}

BOOST_AUTO_TEST_CASE(odd_bytes_become_labels_that_are_utf8) {
    metrics_registry m;
    const auto c = m.counter("a_total", "\xff help", "x").value();
    c.with("\xff").add();
    c.with("\xfe").add(); // the same text
    c.with("\xef\xbf\xbd").add();
    c.with(std::string("\0a\r", 3)).add();
    c.with("\xe2\x82").add(); // one character cut off is one U+FFFD
    c.with(std::string(255, 'a') + "\xc3\xa9").add();
    c.with(std::string(300, 'a')).add();
    c.with(std::string(100'000, 'a')).add();
    const exposition e(text_of(m));
    BOOST_TEST(e.families.at("a_total").help == "\xef\xbf\xbd help");
    BOOST_TEST(e.value("a_total", {{"x", "\xef\xbf\xbd"}}) == 4);
    BOOST_TEST(e.value("a_total", {{"x", std::string("\0a\r", 3)}}) == 1);
    BOOST_TEST(e.value("a_total", {{"x", std::string(255, 'a')}}) == 1);
    BOOST_TEST(e.value("a_total", {{"x", std::string(256, 'a')}}) == 2);
}

BOOST_AUTO_TEST_CASE(values_do_not_run_into_each_other) {
    metrics_registry m;
    const auto c = m.counter("a_total", "", "x", "y").value();
    c.with("a", "bc").add(1);
    c.with("ab", "c").add(2);
    c.with("abc", "").add(3);
    c.with("", "abc").add(4);
    BOOST_TEST(c.size() == 4u);
    BOOST_TEST(exposition(text_of(m)).value("a_total", {{"x", "ab"}, {"y", "c"}}) == 2);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_values_go_to_other_and_are_counted) {
    metrics_options o;
    o.max_series = 100;
    metrics_registry m(o);
    const auto c = m.counter("a_total", "", "x", "y").value();
    for (int i = 0; i < 300; ++i) c.with(std::to_string(i), "v").add();
    BOOST_TEST(c.size() == 100u);
    for (int i = 0; i < 300; ++i) c.with(std::to_string(i), "v").add();
    exposition e(text_of(m));
    BOOST_TEST(c.size() == 100u);
    BOOST_TEST(e.families.at("a_total").samples.size() == 101u);
    BOOST_TEST(e.value("a_total", {{"x", "99"}, {"y", "v"}}) == 2);
    BOOST_TEST(e.value("a_total", {{"x", "other"}, {"y", "other"}}) == 400);
    BOOST_TEST(e.value("llmx_metrics_overflow_total", {{"metric", "a_total"}}) == 400);
    // A caller's own "other" is that series too, and no overflow.
    c.with("other", "other").add();
    e = exposition(text_of(m));
    BOOST_TEST(e.value("a_total", {{"x", "other"}, {"y", "other"}}) == 401);
    BOOST_TEST(e.value("llmx_metrics_overflow_total", {{"metric", "a_total"}}) == 400);
    BOOST_TEST(metrics_options().max_series == 10'000u);
}

BOOST_AUTO_TEST_CASE(after_its_first_use_a_series_takes_no_memory) {
    metrics_options o;
    o.max_series = 50;
    metrics_registry m(o);
    const auto c = m.counter("c_total", "", "model", "code").value();
    const auto h = m.histogram("h", "", latency_buckets(), "model").value();
    const auto u = m.updown("u", "", "model").value();
    const auto g = m.gauge("g", "", "model").value();
    const std::string odd = "\xff\xfe" + std::string(400, 'x');
    const auto record = [&] {
        c.with("gpt-4o", "200").add();
        c.with(odd, "200").add();
        h.with("gpt-4o").observe(0.25);
        u.with("gpt-4o").add();
        g.with("gpt-4o").set(1);
        c.with("full", "x").add();
    };
    for (int i = 0; i < 48; ++i) c.with(std::to_string(i), "").add();
    record();
    const counter_series kept = c.with("gpt-4o", "200");
    const std::size_t before = llmx_test::allocations_of_thread();
    for (int i = 0; i < 100; ++i) {
        record();
        kept.add();
    }
    BOOST_TEST(llmx_test::allocations_of_thread() == before);
    // There was no room for this one.
    BOOST_TEST(exposition(text_of(m)).value("c_total", {{"model", "other"}, {"code", "other"}}) == 101);
    static_assert(sizeof(counter_series) == sizeof(void*) && sizeof(histogram_series) == sizeof(void*) &&
                  sizeof(histogram_family<3>) == sizeof(void*));
    static_assert(std::is_trivially_copyable_v<counter_series> && std::is_trivially_copyable_v<counter_family<2>>);
}

BOOST_AUTO_TEST_CASE(default_made_handles_record_nothing) {
    counter_series().add();
    updown_series().add();
    gauge_series().set(1);
    gauge_series().add(1);
    histogram_series().observe(1);
    counter_family<2>().with("a", "b").add();
    BOOST_TEST(counter_family<2>().size() == 0u);
}

BOOST_AUTO_TEST_CASE(observations_that_are_no_numbers_are_ignored) {
    metrics_registry m;
    const auto h = m.histogram("h", "", {-1, 0, 1}).value().with();
    for (const double v : {-2.0, -1.0, 0.5, 1.0, 1.5}) h.observe(v);
    for (const double v : {std::nan(""), HUGE_VAL, -HUGE_VAL}) h.observe(v);
    const exposition e(text_of(m));
    BOOST_TEST(e.value("h_bucket", {{"le", "-1"}}) == 2);
    BOOST_TEST(e.value("h_bucket", {{"le", "0"}}) == 2);
    BOOST_TEST(e.value("h_bucket", {{"le", "1"}}) == 4);
    BOOST_TEST(e.value("h_bucket", {{"le", "+Inf"}}) == 5);
    BOOST_TEST(e.value("h_count") == 5);
    BOOST_TEST(e.value("h_sum") == 0);
}

// Each thread writes to lines of the cache in which no other writes.
BOOST_AUTO_TEST_CASE(threads_share_no_cache_line) {
    metrics_registry m;
    std::vector<std::uintptr_t> lines;
    auto c = m.counter("c_total", "", "x").value();
    (void)c;
    detail::metric_storage storage(8);
    detail::metric_description d;
    d.name = "x";
    d.labels = {"l"};
    detail::metric_family f(storage, d, 100, nullptr);
    const std::string_view value = "v";
    detail::metric_series& s = f.find(std::span<const std::string_view>(&value, 1));
    const auto line_of = [&] { return reinterpret_cast<std::uintptr_t>(s.place().words) / 64; };
    lines.push_back(line_of());
    std::uintptr_t other = 0;
    std::thread([&] { other = line_of(); }).join();
    lines.push_back(other);
    lines.push_back(reinterpret_cast<std::uintptr_t>(s.shared_place()) / 64);
    BOOST_TEST(lines[0] != lines[1]);
    BOOST_TEST(lines[0] != lines[2]);
    BOOST_TEST(lines[1] != lines[2]);
}

namespace {

/// Values that a caller might choose, among them what has to be escaped or replaced.
std::string random_value(std::mt19937& random) {
    static constexpr std::string_view pieces[] = {"a", "\\", "\"", "\n", "}", "{", ",", "=", " ", "é", "\U0001F600",
                                                  "\xff", "\xe2\x82", "\xf0\x9f", "\r", "#", "other", "+Inf"};
    std::string s;
    for (std::size_t n = random() % 6; n != 0; --n) s += pieces[random() % std::size(pieces)];
    return s;
}
std::string clean(std::string_view text) {
    std::string out;
    detail::append_clean_utf8(out, text);
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_exposed_reads_back) {
    std::mt19937 random(20260501);
    for (int round = 0; round < 100; ++round) {
        metrics_registry m;
        const auto counters = m.counter("c_total", random_value(random), "x", "y").value();
        const auto steps = m.updown("u", random_value(random), "x").value();
        const auto gauges = m.gauge("g", random_value(random), "x").value();
        const std::vector<double> bounds = 
            exponential_buckets(0.001 + static_cast<double>(random() % 10), 1.5 + static_cast<double>(random() % 3), 1 + random() % 20);
        const auto histograms = m.histogram("h", "H.", bounds, "x").value();
        std::map<std::pair<std::string, std::string>, std::uint64_t> counted;
        std::map<std::string, std::int64_t> stepped;
        std::map<std::string, double> set;
        std::map<std::string, std::vector<double>> observed;
        for (int i = 0; i < 200; ++i) {
            const std::string x = random_value(random), y = random_value(random);
            const auto n = static_cast<std::int64_t>(random() % 1000);
            counters.with(x, y).add(static_cast<std::uint64_t>(n));
            counted[{clean(x), clean(y)}] += static_cast<std::uint64_t>(n);
            steps.with(x).add(n - 500);
            stepped[clean(x)] += n - 500;
            const double level = std::ldexp(static_cast<double>(random()) - 2e9, static_cast<int>(random() % 200) - 100);
            gauges.with(x).set(level);
            set[clean(x)] = level;
            histograms.with(y).observe(static_cast<double>(n) / 8);
            observed[clean(y)].push_back(static_cast<double>(n) / 8);
        }
        const exposition e(text_of(m));
        BOOST_TEST(e.families.at("c_total").type == "counter");
        BOOST_TEST(e.families.at("u").type == "gauge");
        BOOST_TEST(e.families.at("g").type == "gauge");
        BOOST_TEST(e.families.at("h").type == "histogram");
        BOOST_TEST(e.families.at("c_total").samples.size() == counted.size());
        for (const auto& [labels, n] : counted)
            BOOST_REQUIRE(e.value("c_total", {{"x", labels.first}, {"y", labels.second}}) == static_cast<double>(n));
        for (const auto& [x, n] : stepped) BOOST_REQUIRE(e.value("u", {{"x", x}}) == static_cast<double>(n));
        for (const auto& [x, level] : set) BOOST_REQUIRE(e.value("g", {{"x", x}}) == level);
        BOOST_TEST(e.families.at("h").samples.size() == observed.size() * (bounds.size() + 3));
        for (const auto& [x, values] : observed) {
            double sum = 0;
            for (const double v : values) sum += v;
            BOOST_REQUIRE(e.value("h_sum", {{"x", x}}) == sum);
            BOOST_REQUIRE(e.value("h_count", {{"x", x}}) == static_cast<double>(values.size()));
        }
        // The buckets in the order of the text.
        const auto& lines = e.families.at("h").samples;
        for (std::size_t at = 0; at != lines.size(); at += bounds.size() + 3) {
            const auto& values = observed.at(lines[at].labels.at("x"));
            for (std::size_t b = 0; b <= bounds.size(); ++b) {
                const std::string& le = lines[at + b].labels.at("le");
                const double bound = b == bounds.size() ? HUGE_VAL : bounds[b];
                BOOST_REQUIRE(std::strtod(le.c_str(), nullptr) == bound);
                const auto below = std::count_if(values.begin(), values.end(), [&](double v) { return v <= bound; });
                BOOST_REQUIRE(lines[at + b].value() == static_cast<double>(below));
            }
        }
    }
}

namespace {

bool has_promtool() { return ::access("/usr/bin/promtool", X_OK) == 0; }
boost::test_tools::assertion_result promtool(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result there(has_promtool());
    there.message() << "/usr/bin/promtool is missing (Debian's package prometheus)";
    return there;
}

} // namespace

// Prometheus' own parser, which also reports what departs from its conventions.
BOOST_AUTO_TEST_CASE(promtool_has_nothing_against_it, *boost::unit_test::precondition(promtool)) {
    metrics_registry m;
    std::mt19937 random(7);
    const auto c = m.counter("llmx_requests_total", "Calls \\ by\nmodel.", "model", "code").value();
    const auto h = m.histogram("llmx_request_duration_seconds", "Whole calls.", latency_buckets(), "model").value();
    const auto spend = m.fixed_counter("llmx_spend_usd_total", "Money.", 9, "model").value();
    for (int i = 0; i < 500; ++i) {
        const std::string model = random_value(random);
        c.with(model, "200").add();
        h.with(model).observe(std::ldexp(1.0, static_cast<int>(random() % 20) - 10));
        spend.with(model).add(random());
    }
    m.updown("llmx_in_flight_requests", "Calls in flight.").value().with().add(-3);
    const auto g = m.gauge("llmx_level", "A level.", "x").value();
    for (const double v : {1e300, -1e-300, HUGE_VAL, -HUGE_VAL, std::nan("")}) g.with(std::to_string(v)).set(v);
    char name[] = "/tmp/llmx-metrics-XXXXXX";
    const int file = ::mkstemp(name);
    BOOST_REQUIRE(file >= 0);
    ::close(file);
    std::ofstream(name, std::ios::binary) << text_of(m);
    std::FILE* const out = ::popen((std::string("/usr/bin/promtool check metrics 2>&1 < ") + name).c_str(), "r");
    BOOST_REQUIRE(out != nullptr);
    std::string said;
    for (int byte = std::fgetc(out); byte != EOF; byte = std::fgetc(out)) said += static_cast<char>(byte);
    BOOST_TEST(::pclose(out) == 0);
    BOOST_TEST(said == "");
    (void)std::remove(name);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace metrics_unit
