// SPDX-License-Identifier: BSL-1.0
// The embedded catalogue has every entry of data/models.json, which scripts/models compares with its source.
#include <llmx/catalog/embedded.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace every_fact_unit {

using namespace llmx;
namespace json = boost::json;

namespace {

const json::object& data() {
    static const json::value parsed = [] {
        std::ifstream in(LLMX_DATA "/models.json", std::ios::binary);
        return json::parse(std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
    }();
    return parsed.as_object().at("models").as_object();
}

/// Nano-dollars as the data writes them, made from an amount without the reader that is tested.
std::string as_written(const money& m) {
    std::string text = std::to_string(m.nanodollars);
    if (m.yoctodollars == 0) return text;
    std::string rest = std::to_string(m.yoctodollars);
    rest.insert(0, 15 - rest.size(), '0');
    rest.erase(rest.find_last_not_of('0') + 1);
    return text + "." + rest;
}

std::string as_written(const json::value& v) {
    if (v.is_string()) {
        std::string text(v.get_string());
        if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.')) text.pop_back();
        return text;
    }
    return v.is_int64() ? std::to_string(v.get_int64()) : std::string("?");
}

struct seen_price {
    std::string kind, tier;
    std::int64_t above, up_to;
    std::string amount;
    auto operator<=>(const seen_price&) const = default;
};

void collect(const json::object& price, std::string tier, std::int64_t above, std::int64_t up_to, std::vector<seen_price>& out) {
    for (const auto& member : price) {
        const std::string key(member.key());
        const json::value& v = member.value();
        const auto* inner = v.if_object();
        if (key == "tiers" || key == "ranges" || key == "intervals") {
            for (const auto& one : v.as_array()) {
                const auto& row = one.as_object();
                const char* from = key == "tiers" ? "above" : key == "ranges" ? "from" : "after_s";
                const auto* to = row.if_contains("to");
                collect(row, tier, row.contains(from) ? row.at(from).as_int64() : 0,
                        to != nullptr && to->is_int64() ? to->as_int64() : up_to, out);
            }
        } else if (inner != nullptr && (key == "batch" || key == "flex" || key == "priority" || key == "ultrafast" || key == "balanced" ||
                                        key == "decisions" || key == "off_peak")) {
            collect(*inner, key, above, up_to, out);
        } else if (inner != nullptr && key == "search") {
            for (const auto& size : *inner) out.push_back({"search_" + std::string(size.key()), tier, above, up_to, as_written(size.value())});
        } else if (inner != nullptr && (key == "second_out_by" || key == "image_out_by" || key == "guardrail_units")) {
            const std::string kind = key == "guardrail_units" ? "guardrail_unit" : key.substr(0, key.size() - 3);
            for (const auto& one : *inner) out.push_back({kind + " " + std::string(one.key()), tier, above, up_to, as_written(one.value())});
        } else if (inner == nullptr && key != "above" && key != "from" && key != "to" && key != "after_s" && key != "by" && key != "tz" &&
                   key != "windows" && key != "search_unit") {
            out.push_back({key, tier, above, up_to, as_written(v)});
        }
    }
}

std::vector<seen_price> of(const model_prices* prices) {
    std::vector<seen_price> out;
    if (prices == nullptr) return out;
    for (const price_rate& r : prices->rates)
        out.push_back({std::string(to_string(r.kind)), std::string(to_string(r.tier)), r.above, r.up_to, as_written(r.amount)});
    for (const labelled_rate& r : prices->by_label)
        out.push_back({std::string(to_string(r.kind)) + " " + r.label, "standard", 0, std::numeric_limits<std::int64_t>::max(), as_written(r.amount)});
    return out;
}

std::int64_t number(const json::object& entry, const char* key) {
    const auto* v = entry.if_contains(key);
    return v == nullptr ? 0 : v->as_int64();
}

} // namespace

BOOST_AUTO_TEST_SUITE(every_fact)

BOOST_AUTO_TEST_CASE(each_model_of_the_data_is_found_by_its_name_and_by_its_other_names) {
    const model_catalog& known = *embedded_catalog();
    BOOST_TEST(known.models().size() == data().size());
    for (const auto& member : data()) {
        const model_facts* const m = known.find_listed("", member.key());
        BOOST_REQUIRE_MESSAGE(m != nullptr && m->name == std::string_view(member.key()), member.key() << " is not found");
        if (const auto* ids = member.value().as_object().if_contains("ids"); ids != nullptr)
            for (const auto& id : ids->as_array()) {
                const model_facts* const other = known.find_listed("", id.as_string());
                BOOST_CHECK_MESSAGE(other != nullptr, id.as_string() << " is not found");
            }
    }
}

BOOST_AUTO_TEST_CASE(each_window_of_the_data_is_equal_in_the_catalogue) {
    for (const auto& member : data()) {
        const model_facts& m = *embedded_catalog()->find_listed("", member.key());
        const auto& entry = member.value().as_object();
        BOOST_TEST(m.context_window == number(entry, "context"), member.key());
        BOOST_TEST(m.max_output_tokens == number(entry, "max_output"), member.key());
        BOOST_TEST(m.max_tokens == number(entry, "max_tokens"), member.key());
        BOOST_TEST(m.dimensions == number(entry, "dims"), member.key());
        BOOST_TEST(m.least_cacheable_tokens == number(entry, "cache_min"), member.key());
        if (const auto* mode = entry.if_contains("mode"); mode != nullptr) BOOST_TEST(to_string(m.mode) == mode->as_string());
        if (const auto* end = entry.if_contains("deprecated_on"); end != nullptr) BOOST_TEST(m.deprecated_on == end->as_string());
    }
}

BOOST_AUTO_TEST_CASE(each_price_of_the_data_is_equal_in_the_catalogue) {
    std::size_t prices = 0;
    for (const auto& member : data()) {
        const model_facts& m = *embedded_catalog()->find_listed("", member.key());
        std::vector<seen_price> wanted, have = of(m.prices.get());
        if (const auto* price = member.value().as_object().if_contains("price"); price != nullptr)
            collect(price->as_object(), "standard", 0, std::numeric_limits<std::int64_t>::max(), wanted);
        std::sort(wanted.begin(), wanted.end());
        std::sort(have.begin(), have.end());
        BOOST_CHECK_MESSAGE(wanted == have, member.key() << ": " << wanted.size() << " prices in the data, " << have.size() << " in the catalogue");
        prices += wanted.size();
    }
    BOOST_TEST(prices > 15000u);
}

BOOST_AUTO_TEST_CASE(each_ability_of_the_data_is_known_and_equal) {
    for (const auto& member : data()) {
        const model_facts& m = *embedded_catalog()->find_listed("", member.key());
        ability_set can, cannot;
        for (const auto& [key, set] : {std::pair("can", &can), std::pair("cannot", &cannot)})
            if (const auto* list = member.value().as_object().if_contains(key); list != nullptr)
                for (const auto& a : list->as_array()) {
                    const auto ability = parse_model_ability(a.as_string());
                    BOOST_REQUIRE_MESSAGE(ability.has_value(), a.as_string() << " is not known");
                    set->add(*ability);
                }
        for (unsigned i = 0; i < 64; ++i)
            if (cannot.has(static_cast<model_ability>(i))) can.remove(static_cast<model_ability>(i));
        BOOST_CHECK_MESSAGE(m.can == can && m.cannot == cannot, member.key());
    }
}

BOOST_AUTO_TEST_CASE(the_names_of_kinds_classes_modes_and_abilities_read_back) {
    for (unsigned i = 0; i <= static_cast<unsigned>(price_kind::dbu_out); ++i)
        BOOST_CHECK(parse_price_kind(to_string(static_cast<price_kind>(i))) == static_cast<price_kind>(i));
    for (unsigned i = 0; i <= static_cast<unsigned>(price_tier::off_peak); ++i)
        BOOST_CHECK(parse_price_tier(to_string(static_cast<price_tier>(i))) == static_cast<price_tier>(i));
    BOOST_TEST(to_string(price_kind::dbu_out) == "dbu_out");
    BOOST_TEST(to_string(price_kind::input) == "in");
    BOOST_TEST(to_string(price_tier::off_peak) == "off_peak");
    BOOST_TEST(to_string(model_mode::video_generation) == "video_generation");
    BOOST_TEST(to_string(model_ability::web_search) == "web_search");
    BOOST_TEST(to_string(static_cast<model_ability>(63)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace every_fact_unit
