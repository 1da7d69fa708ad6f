// SPDX-License-Identifier: BSL-1.0
// Images by Google's models, documents and searches through the whole gateway: what is sent where, what comes back, what it costs.
#include "fixture.hpp"

#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/model_catalog.hpp>
#include <llmx/dialects/gemini/speech.hpp>
#include <llmx/dialects/images.hpp>
#include <llmx/dialects/mistral/ocr.hpp>
#include <llmx/dialects/perplexity/search.hpp>
#include <llmx/providers/deepgram.hpp>
#include <llmx/providers/elevenlabs.hpp>
#include <llmx/providers/search_vendors.hpp>
#include <llmx/providers/vertex.hpp>
#include <llmx/providers/with_codecs.hpp>
#include <llmx/registry/stock_vendors.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::media_operations_unit {
namespace {

using media_providers = registry<openai, with_codecs<gemini, gemini_speech>, vertex_ai, tavily, brave, searxng, elevenlabs, deepgram,
                                 stock_vendors, vendors<credential_rows>>;
using stack = gateway<media_providers, weighted, retry, fallback, timeout>;

static_assert(provider_supports<gemini, image_generation> && provider_supports<gemini, image_edit> && !provider_supports<gemini, image_variation>);
static_assert(provider_supports<vendor<rows::mistral>, ocr> && provider_supports<vendor<rows::azure_ai>, ocr> && !provider_supports<openai, ocr>);
static_assert(provider_supports<tavily, web_search> && provider_supports<vendor<rows::perplexity>, web_search>);

std::shared_ptr<const topology> media_world(std::vector<deployment> ds) {
    for (auto& d : ds)
        if (auto completed = media_providers::complete(d); completed.has_error()) throw call_failed(completed.error());
    return topology::make(std::move(ds)).value();
}

deployment express(std::string model) {
    deployment d = make("v", "m", "vertex_ai", std::move(model));
    return d;
}

template <class Codec> void ask(call& c, std::string_view body, request_target target = request_target()) {
    const result<request_head> head = Codec::scan_request(body, target);
    BOOST_REQUIRE(head.has_value());
    c.in.operation = &Codec::operation::info;
    c.in.codec = &codec_of<Codec>;
    c.in.forms = forms_of<typename Codec::operation>();
    c.in.path_model = target.model;
    c.in.body = body;
    c.in.must_translate = head->must_translate;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.model = head->model;
}

const std::string drawn = R"({"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAEC"}}]},"finishReason":"STOP"}],)"
                          R"("usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":1290,)"
                          R"("candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}]}})";
const std::string predicted = R"({"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"AAEC"}]})";
const std::string read_pages = R"({"pages":[{"index":0,"markdown":"A","images":[],"dimensions":null}],"model":"o","usage_info":{"pages_processed":3}})";

/// Facts with one price.
std::shared_ptr<const model_facts> priced(price_kind kind, std::int64_t nanodollars) {
    auto facts = std::make_shared<model_facts>();
    model_prices prices;
    price_rate& rate = prices.rates.emplace_back();
    rate.kind = kind;
    rate.amount.nanodollars = nanodollars;
    prices.sort();
    facts->prices = std::make_shared<const model_prices>(prices);
    return facts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_media_operations)

BOOST_FIXTURE_TEST_CASE(images_of_openais_form_are_made_by_gemini_and_imagen, world) {
    struct row {
        deployment where;
        std::string answer, target, begins;
    };
    const row rows[] = {
        {make("a", "m", "gemini", "gemini-2.5-flash-image"), drawn, "/v1beta/models/gemini-2.5-flash-image:generateContent", "{\"contents\""},
        {make("b", "m", "gemini", "imagen-4.0-generate-001"), predicted, "/v1beta/models/imagen-4.0-generate-001:predict", "{\"instances\""},
        {express("gemini-3-pro-image"), drawn, "/v1/publishers/google/models/gemini-3-pro-image:generateContent", "{\"contents\""},
        {express("imagegeneration@006"), predicted, "/v1/publishers/google/models/imagegeneration@006:predict", "{\"instances\""},
    };
    for (const row& one : rows) {
        stack gw(media_world({one.where}));
        network.reply(200, one.answer).field("content-type", "application/json");
        call c(runtime, context);
        const std::string body = R"({"model":"m","prompt":"a cat","size":"1024x1024"})";
        ask<openai_images>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE_MESSAGE(r.has_value(), one.target << (r.has_error() ? r.error().message() : std::string()));
        BOOST_TEST(!r->passes_as(codec_of<openai_images>));
        BOOST_TEST(network.requests().back().target == one.target);
        BOOST_TEST(network.requests().back().body.starts_with(one.begins));
        BOOST_TEST(r->as<image_generation>().value().images.at(0).base64 == "AAEC");
        BOOST_TEST(!context.report.tokens.empty());
    }
}

BOOST_FIXTURE_TEST_CASE(a_refused_image_is_no_fault_of_the_deployment, world) {
    stack gw(media_world({make("a", "m", "gemini", "gemini-2.5-flash-image")}));
    network.reply(200, R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}})").field("content-type", "application/json");
    const image_request q("m", "x");
    const auto r = testing::run(gw.call<image_generation>(runtime, context, q));
    BOOST_TEST((r.error().value() == errc::content_policy));
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_edit_is_written_anew_and_a_form_knows_before, world) {
    stack gw(media_world({make("a", "m", "gemini", "gemini-2.5-flash-image"), make("b", "o", "openai", "gpt-image-1"),
                          make("c", "both", "openai", "gpt-image-1"), make("d", "both", "gemini", "gemini-2.5-flash-image")}));
    network.reply(200, drawn).field("content-type", "application/json");
    const image_request q("m", "a hat", image_file("PNG", "a.png", "image/png"));
    BOOST_TEST(testing::run(gw.call<image_edit>(runtime, context, q)).value().images.at(0).base64 == "AAEC");
    const auto sent = boost::json::parse(network.requests().at(0).body);
    BOOST_TEST(sent.at("contents").at(0).at("parts").at(0).at("inlineData").at("data").as_string() == "UE5H");
    const codec_ops& form = codec_of<openai_image_edits>;
    const codec_ops* const* const forms = forms_of<image_edit>();
    BOOST_TEST(!gw.passes(runtime, "m", form, forms));
    BOOST_TEST(gw.passes(runtime, "o", form, forms));
    BOOST_TEST(!gw.passes(runtime, "both", form, forms));
    BOOST_TEST(gw.passes(runtime, "unknown", form, forms));
}

BOOST_FIXTURE_TEST_CASE(documents_pass_to_mistral_at_three_places, world) {
    deployment azure = make("b", "m", "azure_ai", "mistral-ocr-2505");
    azure.api_base = parse_base_url("https://r.services.ai.azure.com").value();
    struct row {
        deployment where;
        std::string target;
    };
    const row rows[] = {{make("a", "m", "mistral", "mistral-ocr-2505"), "/v1/ocr"},
                        {azure, "/providers/mistral/azure/ocr?api-version=2024-05-01-preview"},
                        {express("mistral-ocr-2505"), "/v1/publishers/mistralai/models/mistral-ocr-2505:rawPredict"}};
    for (const row& one : rows) {
        stack gw(media_world({one.where}));
        network.reply(200, read_pages);
        call c(runtime, context);
        const std::string body = R"({"model":"m", "document":{"type":"document_url","document_url":"https://h/a.pdf"},"new":1.50})";
        ask<mistral_ocr>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE_MESSAGE(r.has_value(), one.target << (r.has_error() ? r.error().message() : std::string()));
        BOOST_TEST(r->body == read_pages);
        BOOST_TEST(network.requests().back().target == one.target);
        BOOST_TEST(network.requests().back().body ==
                   R"({"model":"mistral-ocr-2505", "document":{"type":"document_url","document_url":"https://h/a.pdf"},"new":1.50})");
        BOOST_TEST(context.report.tokens.pages == 3);
    }
    stack gw(media_world({make("a", "m", "mistral", "mistral-ocr-2505")}));
    network.reply(200, read_pages);
    const ocr_request q("m", ocr_document("https://h/a.pdf"));
    BOOST_TEST(testing::run(gw.call<ocr>(runtime, context, q)).value().pages.at(0).markdown == "A");
}

BOOST_FIXTURE_TEST_CASE(a_search_passes_to_perplexity_and_is_translated_for_others, world) {
    deployment own = make("c", "own", "searxng", "search");
    own.api_base = parse_base_url("http://h:8080").value();
    stack gw(media_world({make("a", "plx", "perplexity", "search"), make("b", "tav", "tavily", "search"), own, make("d", "brv", "brave", "search")}));
    const std::string found = R"({"id":"s","results":[{"title":"T","url":"u","snippet":"C","date":"D"}]})";
    const std::string body = R"({"query":"cats", "max_results":3})";
    request_target target;
    {
        network.reply(200, found);
        target.model = "plx";
        call c(runtime, context);
        ask<perplexity_search>(c, body, target);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(r->body == found);
        BOOST_TEST(network.requests().back().target == "/search");
        BOOST_TEST(network.requests().back().body == body);
        BOOST_TEST(context.report.tokens.search_units == 1);
    }
    {
        network.reply(200, R"({"results":[{"title":"T","url":"u","content":"C"}]})");
        call c(runtime, context);
        const std::string named = R"({"search_tool_name":"tav","query":"cats","max_results":3})";
        ask<perplexity_search>(c, named);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(network.requests().back().body == R"({"query":"cats","max_results":3})");
        BOOST_TEST(r->as<web_search>().value().results.at(0).snippet == "C");
        BOOST_TEST(context.report.tokens.search_units == 1);
    }
    {
        network.reply(200, R"({"results":[{"title":"1","url":"a"},{"title":"2","url":"b"}]})");
        search_request q("own", "cats");
        q.max_results = 1;
        const auto r = testing::run(gw.call<web_search>(runtime, context, q));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(r->results.size() == 1u);
        BOOST_TEST(network.requests().back().method == "GET");
        BOOST_TEST(network.requests().back().target == "/search?q=cats&format=json");
        BOOST_TEST(network.requests().back().body == "");
    }
    {
        search_request q("tav", "cats");
        q.country = "US";
        const auto r = testing::run(gw.call<web_search>(runtime, context, q));
        BOOST_TEST((r.error().value() == errc::unsupported_parameter));
        BOOST_TEST(r.error().param() == "country");
        network.reply_always(429, R"({"detail":{"error":"slow down"}})");
        const search_request limited("brv", "cats");
        BOOST_TEST((testing::run(gw.call<web_search>(runtime, context, limited)).error().value() == errc::rate_limited));
    }
}

BOOST_FIXTURE_TEST_CASE(speech_of_other_vendors_is_relayed_and_its_characters_counted, world) {
    stack gw(media_world({make("a", "e", "elevenlabs", "eleven_v3"), make("b", "d", "deepgram", "aura-2-thalia-en"), make("c", "o", "openai", "tts-1")}));
    struct row {
        std::string model, target, field;
    };
    const row rows[] = {{"e", "/v1/text-to-speech/v?output_format=mp3_44100_128", "xi-api-key: sk-upstream\r\n"},
                        {"d", "/v1/speak?model=aura-2-thalia-en&encoding=mp3", "authorization: Token sk-upstream\r\n"},
                        {"o", "/v1/audio/speech", "authorization: Bearer sk-upstream\r\n"}};
    for (const row& one : rows) {
        auto& said = network.reply(200);
        said.field("content-type", "audio/mpeg");
        said.piece("ID3");
        call c(runtime, context);
        const std::string body = R"({"model":")" + one.model + R"(","input":"H\u00e9llo \"you\"","response_format":"mp3")" +
                                 (one.model == "d" ? "}" : R"(,"voice":"v"})");
        ask<openai_speech>(c, body);
        auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE_MESSAGE(r.has_value(), one.model << (r.has_error() ? r.error().message() : std::string()));
        BOOST_REQUIRE(r->stream != nullptr);
        BOOST_TEST(r->stream->content_type() == "audio/mpeg");
        std::string heard;
        for (;;) {
            const auto piece = testing::run(r->stream->read_some());
            BOOST_REQUIRE(piece.has_value());
            if (piece->empty()) break;
            heard += *piece;
        }
        BOOST_TEST(heard == "ID3");
        BOOST_TEST(network.requests().back().target == one.target);
        BOOST_TEST(network.requests().back().fields.find(one.field) != std::string::npos, network.requests().back().fields);
        BOOST_TEST(context.report.tokens.characters == 11u, one.model);
    }
    auto& typed = network.reply(200);
    typed.field("content-type", "audio/mpeg");
    typed.piece("ID3");
    const speech_request q("e", "Hello", "v");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->audio == "ID3");
    BOOST_TEST(context.report.tokens.characters == 5u);
}

BOOST_FIXTURE_TEST_CASE(recordings_reach_vendors_with_their_own_form, world) {
    stack gw(media_world({make("a", "e", "elevenlabs", "scribe_v1"), make("b", "d", "deepgram", "nova-3")}));
    network.reply(200, R"({"text":"Hi","words":[{"text":"Hi","type":"word","start":0,"end":2.5}]})").field("content-type", "application/json");
    transcription_request q("e", "RIFF", "a.wav", "audio/wav");
    const auto scribed = testing::run(gw.call<transcription>(runtime, context, q));
    BOOST_REQUIRE(scribed.has_value());
    BOOST_TEST(scribed->text == "Hi");
    BOOST_TEST(network.requests().back().target == "/v1/speech-to-text");
    BOOST_TEST(context.report.tokens.input_milliseconds == 2500u);
    network.reply(200, R"({"metadata":{"duration":4},"results":{"channels":[{"alternatives":[{"transcript":"Hi"}]}]}})")
        .field("content-type", "application/json");
    q.model = "d";
    q.response_format = "text";
    const auto heard = testing::run(gw.call<transcription>(runtime, context, q));
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->text == "Hi\n");
    BOOST_TEST(network.requests().back().target == "/v1/listen?model=nova-3&punctuate=true");
    BOOST_TEST(network.requests().back().body == "RIFF");
    BOOST_TEST(network.requests().back().fields.find("content-type: audio/wav\r\n") != std::string::npos);
    BOOST_TEST(context.report.tokens.input_milliseconds == 4000u);
    network.reply(401, R"({"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"x"})");
    const auto refused = testing::run(gw.call<transcription>(runtime, context, q));
    BOOST_TEST((refused.error().value() == errc::authentication));
    BOOST_TEST(refused.error().provider_message() == "Invalid credentials.");
}

BOOST_FIXTURE_TEST_CASE(gemini_speaks_a_whole_answer, world) {
    stack gw(media_world({make("a", "m", "gemini", "gemini-2.5-flash-preview-tts")}));
    network.reply(200, R"({"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/L16;rate=24000","data":"AAEC"}}]}}],)"
                       R"("usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":9}})").field("content-type", "application/json");
    const speech_request q("m", "Hello", "Kore");
    const auto r = testing::run(gw.call<speech>(runtime, context, q));
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(r->audio.size() == 47u);
    BOOST_TEST(context.report.tokens.output_tokens == 9);
}

BOOST_AUTO_TEST_CASE(each_unit_has_its_price) {
    struct row {
        price_kind kind;
        usage used;
        std::int64_t cost;
    };
    row rows[] = {{price_kind::page, {}, 6'000}, {price_kind::annotation_page, {}, 6'000},  {price_kind::char_in, {}, 10'000},
                  {price_kind::second_in, {}, 3'000}, {price_kind::video_second_out, {}, 8'000}, {price_kind::query, {}, 2'000}};
    rows[0].used.pages = 3;
    rows[1].used.pages = 3;
    rows[1].used.annotated = true;
    rows[2].used.characters = 5;
    rows[3].used.input_milliseconds = 1500;
    rows[4].used.output_milliseconds = 4000;
    rows[5].used.search_units = 1;
    for (const row& one : rows) {
        const auto facts = priced(one.kind, 2'000);
        call_report report;
        report.facts = facts.get();
        report.tokens = one.used;
        BOOST_TEST(!one.used.empty());
        BOOST_TEST(cost_of(report).value().nanodollars == one.cost, to_string(one.kind));
    }
    // Pages without a price for annotations have that of pages, and none has no price at all.
    rows[1].kind = price_kind::page;
    const auto facts = priced(price_kind::page, 2'000);
    call_report report;
    report.facts = facts.get();
    report.tokens = rows[1].used;
    BOOST_TEST(cost_of(report).value().nanodollars == 6'000);
    report.tokens.characters = 1;
    BOOST_TEST(!cost_of(report).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::media_operations_unit
