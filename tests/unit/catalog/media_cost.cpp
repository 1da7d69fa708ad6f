// SPDX-License-Identifier: BSL-1.0
#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/embedded.hpp>
#include <llmx/core/detail/pixel_size.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

namespace media_cost_unit {

using namespace llmx;

namespace {
deployment at(std::string provider, std::string model, std::string base_model = std::string(), std::string model_info = std::string()) {
    deployment d;
    d.id = "d";
    d.provider = std::move(provider);
    d.model = std::move(model);
    d.base_model = std::move(base_model);
    d.model_info = std::move(model_info);
    const result<void> known = attach_facts(d, embedded_catalog());
    BOOST_REQUIRE(known.has_value());
    return d;
}
/// The cost of a call to \p d, as a report of it has it.
std::string cost(const deployment& d, const usage& used, const unit_measures& made = unit_measures()) {
    call_report r;
    r.tokens = used;
    r.measures = made;
    r.facts = facts_of(d, d.model);
    if (const model_facts* const priced = facts_priced_by(d, d.model, used, made); priced != nullptr) r.facts = priced;
    const auto c = cost_of(r);
    return c ? to_dollars(*c) : std::string("unknown");
}
usage images(std::uint16_t n) {
    usage u;
    u.images = n;
    return u;
}
usage seconds(std::uint32_t n) {
    usage u;
    u.output_milliseconds = n * 1000;
    return u;
}
unit_measures measures(std::uint16_t width, std::uint16_t height, image_quality quality = image_quality::unknown) {
    unit_measures m;
    m.width = width;
    m.height = height;
    m.quality = quality;
    return m;
}
} // namespace

BOOST_AUTO_TEST_SUITE(media_cost)

BOOST_AUTO_TEST_CASE(images_without_tokens_cost_what_their_quality_and_size_do) {
    const deployment openai = at("openai", "gpt-image-1");
    BOOST_TEST(cost(openai, images(1), measures(1024, 1536, image_quality::high)) == "0.25");
    BOOST_TEST(cost(openai, images(3), measures(1024, 1024, image_quality::low)) == "0.033");
    // The quality that a request leaves open, and the size.
    const deployment later = at("openai", "gpt-image-1.5");
    BOOST_TEST(cost(later, images(1), measures(1536, 1024)) == "0.013");
    BOOST_TEST(cost(later, images(2)) == "0.018");
    BOOST_TEST(cost(later, images(1), measures(1024, 1024, image_quality::high)) == "0.133");
    // Tokens are charged where the answer has them.
    usage tokens = images(1);
    tokens.output_tokens = tokens.output_image_tokens = 100;
    tokens.images = 0;
    BOOST_TEST(cost(later, tokens, measures(1024, 1024, image_quality::high)) == "0.0032");
    // A size that no list has.
    BOOST_TEST(cost(openai, images(1), measures(640, 640, image_quality::high)) == "unknown");
}

BOOST_AUTO_TEST_CASE(pixels_are_charged_exactly) {
    BOOST_TEST(cost(at("azure", "my-images", "gpt-image-1-mini"), images(1), measures(1024, 1024, image_quality::high)) == "0.03328");
    BOOST_TEST(cost(at("azure", "pictures", "azure/dall-e-3"), images(1), measures(1024, 1792, image_quality::hd)) == "0.1320000159744");
    BOOST_TEST(cost(at("azure", "dall-e-3"), images(2), measures(1024, 1024, image_quality::standard)) == "0.0880000630784");
}

BOOST_AUTO_TEST_CASE(images_with_one_price_cost_it_each) {
    BOOST_TEST(cost(at("xai", "grok-imagine-image"), images(2)) == "0.04");
    BOOST_TEST(cost(at("azure_ai", "FLUX-1.1-pro"), images(3), measures(2048, 2048)) == "0.12");
    BOOST_TEST(cost(at("fal_ai", "fal-ai/nano-banana-2"), images(1), measures(4096, 2048)) == "0.16");
}

BOOST_AUTO_TEST_CASE(an_owners_price_is_that_of_each_size) {
    const deployment d = at("openai", "gpt-image-1", "", R"({"output_cost_per_image":0.5})");
    BOOST_TEST(cost(d, images(1), measures(1024, 1536, image_quality::high)) == "0.5");
    const deployment plain = at("openai", "gpt-image-1", "", R"({"max_input_tokens":10})");
    BOOST_TEST(cost(plain, images(1), measures(1024, 1536, image_quality::high)) == "0.25");
    const deployment pixels = at("openai_compatible", "mine", "", R"({"input_cost_per_pixel":1.3e-09,"output_cost_per_pixel":0})");
    BOOST_TEST(cost(pixels, images(1), measures(512, 512)) == "0.0003407872");
    BOOST_TEST(cost(pixels, images(1)) == "0.0013631488");
}

BOOST_AUTO_TEST_CASE(videos_cost_their_seconds_at_their_resolution) {
    BOOST_TEST(cost(at("openai", "sora-2"), seconds(12), measures(720, 1280)) == "1.2");
    const deployment pro = at("openai", "sora-2-pro");
    BOOST_TEST(cost(pro, seconds(8), measures(1280, 720)) == "2.4");
    BOOST_TEST(cost(pro, seconds(8), measures(1792, 1024)) == "4");
    const deployment veo = at("gemini", "veo-3.1-generate-001");
    BOOST_TEST(cost(veo, seconds(8)) == "3.2");
    BOOST_TEST(cost(veo, seconds(8), measures(1920, 1080)) == "3.2");
    BOOST_TEST(cost(veo, seconds(8), measures(2160, 3840)) == "4.8");
    BOOST_TEST(cost(at("vertex_ai", "veo-3.1-fast-generate-001"), seconds(4), measures(1920, 1080)) == "0.48");
    BOOST_TEST(cost(at("runwayml", "gen4_turbo"), seconds(5), measures(1280, 720)) == "0.25");
    const deployment own = at("openai", "sora-2", "", R"({"output_cost_per_second":0.2,"output_cost_per_second_1080p":0.7})");
    BOOST_TEST(cost(own, seconds(10), measures(1280, 720)) == "2");
    BOOST_TEST(cost(own, seconds(10), measures(1920, 1080)) == "7");
    BOOST_TEST(cost(at("openai", "sora-2", "", R"({"output_cost_per_video_per_second":0.3})"), seconds(10)) == "3");
}

BOOST_AUTO_TEST_CASE(pages_queries_and_searches_cost_what_each_does) {
    usage pages;
    pages.pages = 3;
    BOOST_TEST(cost(at("mistral", "mistral-ocr-2512"), pages) == "0.006");
    pages.annotated = true;
    BOOST_TEST(cost(at("mistral", "mistral-ocr-2512"), pages) == "0.009");
    pages.tier = service_tier::batch;
    BOOST_TEST(cost(at("mistral", "mistral-ocr-2512"), pages) == "0.0045");
    usage query;
    query.search_units = 1;
    BOOST_TEST(cost(at("tavily", "search"), query) == "0.008");
    query.search_units = 2;
    BOOST_TEST(cost(at("cohere", "rerank-v3.5"), query) == "0.004");
    // More results, a higher price; ten where the request leaves it open.
    const deployment exa = at("exa_ai", "search"), firecrawl = at("firecrawl", "search");
    query.search_units = 1;
    unit_measures results;
    BOOST_TEST(cost(exa, query) == "0.005");
    results.results = 25;
    BOOST_TEST(cost(exa, query, results) == "0.005");
    results.results = 26;
    BOOST_TEST(cost(exa, query, results) == "0.025");
    results.results = 10;
    BOOST_TEST(cost(firecrawl, query, results) == "0.00166");
    results.results = 11;
    BOOST_TEST(cost(firecrawl, query, results) == "0.00332");
    results.results = 1000;
    BOOST_TEST(cost(firecrawl, query, results) == "0.0166");
}

BOOST_AUTO_TEST_CASE(a_web_search_costs_what_its_context_does) {
    const deployment d = at("openai_compatible", "m", "",
                            R"({"input_cost_per_token":0,"output_cost_per_token":0,"search_context_cost_per_query":
                                {"search_context_size_low":0.03,"search_context_size_medium":0.035,"search_context_size_high":0.05}})");
    usage used;
    used.input_tokens = 1;
    used.web_searches = 2;
    unit_measures m;
    BOOST_TEST(cost(d, used, m) == "0.07");
    m.depth = search_depth::low;
    BOOST_TEST(cost(d, used, m) == "0.06");
    m.depth = search_depth::high;
    BOOST_TEST(cost(d, used, m) == "0.1");
}

BOOST_AUTO_TEST_CASE(the_names_of_resolutions_are_facts_of_an_owner) {
    BOOST_TEST(names_model_fact("output_cost_per_second_4k"));
    BOOST_TEST(names_model_fact("output_cost_per_second"));
    BOOST_TEST(!names_model_fact("output_cost_per_second_9k"));
}

BOOST_AUTO_TEST_CASE(sizes_are_two_numbers) {
    using detail::pixel_size;
    using detail::read_pixel_size;
    BOOST_CHECK(read_pixel_size("1280x720") == pixel_size(1280, 720));
    BOOST_CHECK(read_pixel_size("1280:720", ':') == pixel_size(1280, 720));
    for (const char* const bad : {"", "x", "1280", "1280x", "x720", "1280x720x1", "70000x1", "0x5", "1280 x720", "-1x2", "99999999999999999999x1"})
        BOOST_CHECK_MESSAGE(read_pixel_size(bad).empty(), bad);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace media_cost_unit
