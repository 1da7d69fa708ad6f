// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/embedded.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace cost_unit {

using namespace llmx;

namespace {
const model_facts& facts(std::string_view name) {
    const model_facts* const m = embedded_catalog()->find_listed("", name);
    BOOST_REQUIRE_MESSAGE(m != nullptr, name);
    return *m;
}
usage tokens(std::int64_t in, std::int64_t out) {
    usage u;
    u.input_tokens = in;
    u.output_tokens = out;
    return u;
}
std::string total(std::string_view name, const billed_use& used) {
    const auto c = cost_of(facts(name), used);
    return c ? to_dollars(c->total) : std::string("unknown");
}
} // namespace

BOOST_AUTO_TEST_SUITE(cost)

// claude-opus-4-7: 5 dollars per million of input, 25 of output, 0.50 cached, 6.25 and 10 written; openai's and the others' below.
BOOST_AUTO_TEST_CASE(tokens_cost_their_price_exactly) {
    BOOST_TEST(total("anthropic/claude-opus-4-7", billed_use(tokens(1'000'000, 1'000'000))) == "30");
    BOOST_TEST(total("anthropic/claude-opus-4-7", billed_use(tokens(1, 0))) == "0.000005");
    BOOST_TEST(total("openai/gpt-5", billed_use(tokens(1000, 1))) == "0.00126");
    BOOST_TEST(total("openai/gpt-5", billed_use(tokens(0, 0))) == "0");
}

BOOST_AUTO_TEST_CASE(cached_and_written_tokens_are_parts_of_the_input) {
    billed_use used(tokens(1000, 10));
    used.tokens.cached_tokens = 600;
    used.tokens.cache_write_tokens = 300;
    used.tokens.cache_write_1h_tokens = 100;
    const auto c = cost_of(facts("anthropic/claude-opus-4-7"), used);
    BOOST_REQUIRE(c.has_value());
    BOOST_TEST(to_dollars(c->input) == "0.0005");
    BOOST_TEST(to_dollars(c->cached) == "0.0003");
    BOOST_TEST(to_dollars(c->cache_write) == "0.00225");
    BOOST_TEST(to_dollars(c->output) == "0.00025");
    BOOST_TEST(to_dollars(c->total) == "0.0033");
    BOOST_CHECK(c->complete);
}

BOOST_AUTO_TEST_CASE(reasoning_audio_and_images_pay_their_own_price_or_that_of_what_includes_them) {
    billed_use used(tokens(100, 100));
    used.tokens.reasoning_tokens = 40;
    used.tokens.input_audio_tokens = 50;
    const auto own = cost_of(facts("gemini/gemini-2.5-flash"), used);
    BOOST_TEST(to_dollars(own->input) == "0.000015");
    BOOST_TEST(to_dollars(own->audio_input) == "0.00005");
    BOOST_TEST(to_dollars(own->reasoning) == "0.0001");
    BOOST_TEST(to_dollars(own->output) == "0.00015");
    used.tokens.input_audio_tokens = 0;
    const auto shared = cost_of(facts("openai/gpt-5"), used);
    BOOST_TEST(to_dollars(shared->reasoning) == "0.0004");
    BOOST_TEST(to_dollars(shared->output) == "0.0006");
}

BOOST_AUTO_TEST_CASE(a_prompt_above_a_threshold_pays_the_higher_price_for_the_whole_call) {
    // claude-haiku-5-5: above 100,000 tokens 0.50 and 2.50 dollars per million, below a fifth of it.
    const auto below = cost_of(facts("anthropic/claude-haiku-5-5"), tokens(100'000, 1000));
    const auto above = cost_of(facts("anthropic/claude-haiku-5-5"), tokens(100'001, 1000));
    BOOST_TEST(to_dollars(below->input) == "0.01");
    BOOST_TEST(to_dollars(below->output) == "0.0005");
    BOOST_TEST(to_dollars(above->input) == "0.0500005");
    BOOST_TEST(to_dollars(above->output) == "0.0025");
}

BOOST_AUTO_TEST_CASE(ranges_of_prompts_choose_one_row_and_the_last_one_has_no_end) {
    // qwen3-coder-flash: up to 32,000 / 128,000 / 256,000 / 1,000,000 tokens.
    const auto input = [](std::int64_t prompt) { return to_dollars(cost_of(facts("dashscope/qwen3-coder-flash"), tokens(prompt, 0))->input); };
    BOOST_TEST(input(32'000) == "0.0096");
    BOOST_TEST(input(32'001) == "0.0160005");
    BOOST_TEST(input(256'000) == "0.2048");
    BOOST_TEST(input(2'000'000) == "3.2");
}

BOOST_AUTO_TEST_CASE(classes_of_service_have_their_prices_and_else_the_standard_ones) {
    billed_use used(tokens(1'000'000, 0));
    for (const auto& [tier, dollars] : {std::pair(service_tier::flex, "0.625"), std::pair(service_tier::batch, "0.625"),
                                        std::pair(service_tier::priority, "2.5"), std::pair(service_tier::scale, "1.25")}) {
        used.tier = price_tier_of(tier);
        BOOST_TEST(total("openai/gpt-5", used) == dollars);
    }
    used.tier = price_tier::flex;
    BOOST_TEST(total("anthropic/claude-opus-4-7", used) == "5");
}

BOOST_AUTO_TEST_CASE(fractions_of_a_nanodollar_are_kept) {
    // gpt-5's cached tokens cost 62.5 nano-dollars in a batch, and a price list of Databricks has twelve digits.
    billed_use used(tokens(3, 0));
    used.tokens.cached_tokens = 3;
    used.tier = price_tier::batch;
    BOOST_TEST(total("openai/gpt-5", used) == "0.0000001875");
    BOOST_TEST(total("databricks/databricks-claude-opus-4", billed_use(tokens(3, 0))) == "0.000045000060000000006");
}

BOOST_AUTO_TEST_CASE(regions_and_speeds_multiply_the_tokens) {
    billed_use used(tokens(1'000'000, 0));
    used.region_factor = "us";
    BOOST_TEST(total("anthropic/claude-opus-4-8", used) == "5.5");
    used.speed_factor = "fast";
    BOOST_TEST(total("anthropic/claude-opus-4-8", used) == "11");
    used.region_factor = "elsewhere";
    BOOST_TEST(total("anthropic/claude-opus-4-8", used) == "10");
}

BOOST_AUTO_TEST_CASE(off_peak_prices_apply_inside_their_windows) {
    using namespace std::chrono;
    billed_use used(tokens(1'000'000, 0));
    const auto input = [&](sys_seconds when) {
        used.when = when;
        return total("deepseek/deepseek-flash", used);
    };
    const std::string peak = total("deepseek/deepseek-flash", billed_use(tokens(1'000'000, 0)));
    const sys_seconds monday = sys_days(2026y / November / 23);
    BOOST_TEST(input(monday + minutes(30)) == "0.15");
    BOOST_TEST(input(monday + hours(2)) == peak);
    BOOST_TEST(input(monday + hours(10)) == "0.15");
    BOOST_TEST(input(monday + hours(23)) == "0.15");
    BOOST_TEST(input(monday - days(1) + hours(2)) == "0.15");
    BOOST_TEST(peak != "0.15");
}

BOOST_AUTO_TEST_CASE(images_seconds_queries_and_searches_cost_what_one_of_them_costs) {
    billed_use used;
    used.output_images = 2;
    used.size = "4K";
    BOOST_TEST(total("fal_ai/fal-ai/nano-banana-2", used) == "0.32");
    billed_use video;
    video.output_milliseconds = 1500;
    video.size = "720p";
    BOOST_TEST(total("dashscope/wan2.7-i2v", video) == "0.129018");
    billed_use search;
    search.queries = 3;
    BOOST_TEST(total("agentcore/search", search) == "0.021");
    billed_use web(tokens(0, 0));
    web.tokens.web_searches = 2;
    BOOST_TEST(total("anthropic/claude-fable-5", web) == "0.02");
}

BOOST_AUTO_TEST_CASE(what_has_no_price_makes_a_cost_incomplete_and_no_prices_make_it_unknown) {
    billed_use used(tokens(10, 0));
    used.pages = 1;
    const auto c = cost_of(facts("openai/gpt-5"), used);
    BOOST_CHECK(!c->complete);
    BOOST_TEST(to_dollars(c->total) == "0.0000125");
    const model_facts* const family = embedded_catalog()->find("anthropic", "claude-quartz");
    BOOST_CHECK(!cost_of(*family, tokens(1, 1)).has_value());
}

BOOST_AUTO_TEST_CASE(counts_that_a_vendor_confuses_never_make_a_cost_negative) {
    billed_use used(tokens(10, -5));
    used.tokens.cached_tokens = 100;
    used.tokens.reasoning_tokens = 50;
    used.tokens.cache_write_1h_tokens = 7;
    const auto c = cost_of(facts("anthropic/claude-opus-4-7"), used);
    BOOST_CHECK(c->input.zero() && c->output.zero() && c->cache_write.zero());
    BOOST_TEST(to_dollars(c->cached) == "0.00005");
}

BOOST_AUTO_TEST_CASE(the_cost_of_a_report_is_that_of_its_tokens) {
    call_report r;
    BOOST_CHECK(!cost_of(r).has_value());
    r.facts = &facts("anthropic/claude-opus-4-7");
    BOOST_CHECK(!cost_of(r).has_value());
    r.tokens = tokens(100, 10);
    BOOST_TEST(to_dollars(*cost_of(r)) == "0.00075");
    const call_report copy = r;
    BOOST_TEST(to_dollars(*cost_of(copy)) == "0.00075");
    // An embedding has no price for output; a chat model without one has no price at all.
    r.facts = &facts("agentcore/search");
    BOOST_CHECK(!cost_of(r).has_value());
}

BOOST_AUTO_TEST_CASE(what_a_report_used_is_charged_by_its_class_its_hour_and_its_tools) {
    struct row {
        const char* what;
        const char* model;
        void (*use)(usage&);
        const char* cost;
    };
    const row rows[] = {
        {"plain", "anthropic/claude-opus-4-7", [](usage&) {}, "0.0055"},
        {"batch", "anthropic/claude-opus-4-7", [](usage& u) { u.tier = service_tier::batch; }, "0.00275"},
        {"standard", "openai/gpt-5", [](usage& u) { u.tier = service_tier::standard; }, "0.00135"},
        {"priority", "openai/gpt-5", [](usage& u) { u.tier = service_tier::priority; }, "0.0027"},
        {"flex", "openai/gpt-5", [](usage& u) { u.tier = service_tier::flex; }, "0.000675"},
        {"cache for an hour", "anthropic/claude-opus-4-7", [](usage& u) { u.cache_write_tokens = u.cache_write_1h_tokens = 1000; }, "0.0105"},
        {"two searches", "anthropic/claude-opus-4-7", [](usage& u) { u.web_searches = 2; }, "0.0255"},
        {"audio", "gemini/gemini-2.5-flash", [](usage& u) { u.input_audio_tokens = 1000; }, "0.00105"},
        {"the United States alone", "anthropic/claude-opus-4-7", [](usage& u) { u.us_only = true; }, "0.00605"},
    };
    for (const row& r : rows) {
        call_report report;
        report.facts = &facts(r.model);
        report.tokens = tokens(1000, 20);
        if (std::string_view(r.model) == "openai/gpt-5") report.tokens.output_tokens = 10;
        r.use(report.tokens);
        const auto cost = cost_of(report);
        BOOST_TEST((cost ? to_dollars(*cost) : std::string("unknown")) == r.cost, r.what);
        if (cost) BOOST_CHECK_EQUAL(cost_parts_of(report).has_value(), std::string_view(r.what) != "plain" && std::string_view(r.what) != "standard");
    }
}

BOOST_AUTO_TEST_CASE(the_cost_of_a_report_is_computed_once) {
    call_report r;
    r.facts = &facts("anthropic/claude-opus-4-7");
    r.tokens = tokens(100, 10);
    settle_cost(r);
    BOOST_TEST(to_dollars(r.cost.value()) == "0.00075");
    // Kept: the log reads what the header states.
    r.tokens.input_tokens = 1'000'000;
    BOOST_TEST(to_dollars(*cost_of(r)) == "0.00075");
    const call_report copy = r;
    BOOST_TEST(to_dollars(copy.cost.value()) == "0.00075");
}

BOOST_AUTO_TEST_CASE(a_rate_is_found_among_sorted_ones_by_class_kind_and_threshold) {
    model_prices p;
    const auto add = [&p](price_kind kind, price_tier tier, std::int64_t above, std::int64_t amount, bool by_results = false) {
        price_rate r;
        r.kind = kind;
        r.tier = tier;
        r.above = above;
        r.amount = money(amount);
        r.by_results = by_results;
        p.rates.push_back(r);
    };
    BOOST_CHECK(p.rate(price_kind::input, price_tier::standard, 1) == nullptr);
    add(price_kind::output, price_tier::flex, 0, 1);
    add(price_kind::input, price_tier::standard, 200, 4);
    add(price_kind::input, price_tier::standard, 0, 99, true);
    add(price_kind::input, price_tier::batch, 0, 2);
    add(price_kind::input, price_tier::standard, 0, 3);
    add(price_kind::input, price_tier::standard, 100, 5);
    add(price_kind::cached, price_tier::standard, 50, 6);
    p.sort();
    const auto at = [&p](price_kind kind, price_tier tier, std::int64_t prompt) {
        const money* const m = p.rate(kind, tier, prompt);
        return m != nullptr ? m->nanodollars : -1;
    };
    BOOST_TEST(at(price_kind::input, price_tier::standard, 0) == 3);
    BOOST_TEST(at(price_kind::input, price_tier::standard, 100) == 3);
    BOOST_TEST(at(price_kind::input, price_tier::standard, 101) == 5);
    BOOST_TEST(at(price_kind::input, price_tier::standard, 201) == 4);
    BOOST_TEST(at(price_kind::input, price_tier::batch, 201) == 2);
    BOOST_TEST(at(price_kind::input, price_tier::flex, 201) == -1);
    BOOST_TEST(at(price_kind::cached, price_tier::standard, 50) == -1);
    BOOST_TEST(at(price_kind::cached, price_tier::standard, 51) == 6);
    BOOST_TEST(at(price_kind::output, price_tier::flex, 0) == 1);
    BOOST_TEST(at(price_kind::dbu_out, price_tier::off_peak, 0) == -1);
}

// The sum for a report is computed by a shorter function when the tokens are text.
BOOST_AUTO_TEST_CASE(a_report_costs_what_its_parts_add_up_to) {
    std::size_t compared = 0;
    for (const char* name : {"anthropic/claude-opus-4-7", "openai/gpt-5", "gemini/gemini-2.5-flash", "gemini/gemini-2.5-pro"}) {
        for (const std::int64_t in : {0, 7, 1000, 199'999, 200'001, 300'000})
            for (const std::int64_t cached : {0, 5, 900})
                for (const std::int64_t written : {0, 2})
                    for (const std::int64_t reasoning : {0, 3}) {
                        call_report report;
                        report.facts = &facts(name);
                        report.tokens = tokens(in, 11);
                        report.tokens.cached_tokens = cached;
                        report.tokens.cache_write_tokens = written;
                        report.tokens.reasoning_tokens = reasoning;
                        const auto whole = cost_of(*report.facts, billed_use(report.tokens));
                        const auto sum = cost_of(report);
                        BOOST_REQUIRE(whole.has_value());
                        BOOST_TEST(sum.has_value() == whole->complete);
                        if (sum) BOOST_TEST(to_dollars(*sum) == to_dollars(whole->total));
                        compared += sum.has_value();
                    }
    }
    BOOST_TEST(compared > 100u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace cost_unit
