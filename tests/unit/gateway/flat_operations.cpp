// SPDX-License-Identifier: BSL-1.0
// Operations whose codecs calls bring: moderation and reranking through the whole gateway. Bytes that pass, translations, typed calls,
// what is charged, and providers without them.
#include "fixture.hpp"

#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/model_catalog.hpp>
#include <llmx/dialects/images.hpp>
#include <llmx/dialects/openai/completions.hpp>
#include <llmx/dialects/openai/moderations.hpp>
#include <llmx/dialects/rerank.hpp>
#include <llmx/providers/cohere.hpp>
#include <llmx/registry/stock_vendors.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::flat_operations_unit {
namespace {

using flat_providers = registry<openai, anthropic, cohere, openai_compatible, stock_vendors>;
using stack = gateway<flat_providers, weighted, retry, fallback, timeout>;

static_assert(provider_supports<openai, moderation> && !provider_supports<openai, rerank> && !provider_supports<anthropic, moderation>);
static_assert(provider_supports<vendor<rows::mistral>, moderation> && provider_supports<vendor<rows::cohere_compatible>,
    rerank> && provider_supports<cohere, rerank>);
static_assert(provider_supports<stock_vendors, rerank> && !provider_supports<vendor<rows::groq>, rerank>);
static_assert(providers_with<flat_providers, moderation>::contains<openai> && !providers_with<flat_providers, moderation>::contains<anthropic>);

std::shared_ptr<const topology> flat_world(std::vector<deployment> ds) {
    for (auto& d : ds)
        if (auto completed = flat_providers::complete(d); completed.has_error()) throw call_failed(completed.error());
    return topology::make(std::move(ds)).value();
}
deployment at(deployment d, std::string_view base) {
    d.api_base = parse_base_url(base).value();
    return d;
}

constexpr std::string_view form_type = "multipart/form-data; boundary=XX";

/// As a façade does.
template <class Codec> void ask(call& c, std::string_view body) {
    const result<request_head> head = [&] {
        if constexpr (requires { Codec::scan_request(body, form_type, request_target()); })
            return Codec::scan_request(body, form_type, request_target());
        else return Codec::scan_request(body, request_target());
    }();
    BOOST_REQUIRE(head.has_value());
    c.in.operation = &Codec::operation::info;
    c.in.codec = &codec_of<Codec>;
    if constexpr (requires { Codec::forms_for(*head); }) c.in.forms = Codec::forms_for(*head);
    else c.in.forms = forms_of<typename Codec::operation>();
    if (!codec_of<Codec>.json_request) c.in.content_type = form_type;
    c.in.stream = head->stream;
    c.in.body = body;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.model = head->model;
}

/// All bytes of a relayed reply.
std::string read_all(reply& r) {
    std::string out;
    BOOST_REQUIRE(r.stream != nullptr);
    for (;;) {
        const auto piece = testing::run(r.stream->read_some());
        BOOST_REQUIRE(piece.has_value());
        if (piece->empty()) return out;
        out += *piece;
    }
}

const std::string judged = R"({"id":"x","model":"omni","results":[{"flagged":true,"categories":{"hate":true},"category_scores":{"hate":0.75}}]})";
const std::string judged_by_mistral = R"({"id":"x","model":"mm","results":[{"categories":{"pii":true},"category_scores":{"pii":0.75}}]})";
const std::string ranked = R"({"id":"r","results":[{"index":1,"relevance_score":0.75}],"meta":{"billed_units":{"search_units":2}}})";

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_flat_operations)

BOOST_FIXTURE_TEST_CASE(a_moderation_passes_and_gets_the_model_that_it_does_not_name, world) {
    stack gw(flat_world({make("a", "omni-moderation-latest", "openai", "omni-2")}));
    network.reply(200, judged);
    call c(runtime, context);
    const std::string body = R"({ "input" : "hi" , "unknown":[1.50]})";
    ask<openai_moderations>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->passes_as(codec_of<openai_moderations>));
    BOOST_TEST(r->body == judged);
    BOOST_TEST(network.requests().at(0).target == "/v1/moderations");
    const auto sent = boost::json::parse(network.requests()[0].body);
    BOOST_TEST(sent.at("model").as_string() == "omni-2");
    BOOST_TEST(network.requests()[0].body.find(R"( "input" : "hi" , "unknown":[1.50]})") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_moderation_of_openais_reaches_mistral, world) {
    stack gw(flat_world({make("a", "m", "mistral", "mm")}));
    network.reply(200, judged_by_mistral);
    call c(runtime, context);
    const std::string body = R"({"model":"m","input":["a","b"]})";
    ask<openai_moderations>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(!r->passes_as(codec_of<openai_moderations>));
    BOOST_TEST(network.requests().at(0).target == "/v1/moderations");
    BOOST_TEST(network.requests()[0].body == R"({"model":"mm","input":["a","b"]})");
    const auto read = r->as<moderation>();
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->results.at(0).flagged);
}

BOOST_FIXTURE_TEST_CASE(a_typed_call_retries_and_falls_back, world) {
    stack::policies_type policies;
    std::get<fallback>(policies).add("m", {"spare"});
    std::get<retry>(policies).max_retries = 1;
    stack gw(flat_world({make("a", "m", "openai", "omni"), make("b", "spare", "mistral", "mm")}), policies);
    network.reply(503, "{}");
    network.reply(503, "{}");
    network.reply(200, judged_by_mistral);
    const moderation_request q("m", "hi");
    const auto r = testing::run(gw.call<moderation>(runtime, context, q));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->results.at(0).find("pii")->score == 0.75);
    BOOST_TEST(context.report.provider == "mistral");
}

BOOST_FIXTURE_TEST_CASE(a_provider_without_the_operation_is_named, world) {
    stack gw(flat_world({make("a", "m", "anthropic", "c"), make("b", "g", "groq", "x")}));
    const moderation_request q("m", "hi");
    const auto r = testing::run(gw.call<moderation>(runtime, context, q));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::unsupported_operation));
    BOOST_TEST(r.error().message().find("provider 'anthropic' of deployment 'a' has no moderation") != std::string::npos);
    const rerank_request ranks("g", "q", {"a"});
    BOOST_TEST((testing::run(gw.call<rerank>(runtime, context, ranks)).error().value() == errc::unsupported_operation));
    BOOST_TEST(network.calls() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_reranking_passes_to_cohere_at_its_own_address, world) {
    stack gw(flat_world({make("a", "m", "cohere", "rerank-v3.5")}));
    network.reply(200, ranked);
    call c(runtime, context);
    const std::string body = R"({"query":"q", "documents":["a","b"],"model":"m","top_n":1})";
    ask<cohere_rerank>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->body == ranked);
    BOOST_TEST(network.requests().at(0).target == "/v2/rerank");
    BOOST_TEST(network.requests()[0].body == R"({"query":"q", "documents":["a","b"],"model":"rerank-v3.5","top_n":1})");
    BOOST_TEST(context.report.tokens.search_units == 2);
}

BOOST_FIXTURE_TEST_CASE(hugging_face_has_vectors_of_a_server_and_of_its_router, world) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"http://h:1", "/embed"},
        {"https://router.huggingface.co/v1", "/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction"}};
    for (const auto& [base, target] : rows) {
        stack gw(flat_world({at(make("a", "m", "huggingface", "BAAI/bge-m3"), base)}));
        network.reply(200, R"([[0.5,-1],[0.25,2]])");
        embedding_request q("m", "first");
        q.inputs.emplace_back("second");
        q.dimensions = 2;
        q.extra.add("openai_embeddings", "normalize", "false");
        const auto r = testing::run(gw.call<embeddings>(runtime, context, q));
        BOOST_REQUIRE_MESSAGE(r.has_value(), base << ": " << (r.has_error() ? r.error().message() : ""));
        BOOST_REQUIRE(r->vectors.size() == 2u);
        BOOST_TEST(r->vectors[1].index == 1u);
        BOOST_TEST((r->vectors[1].values == std::vector<float>{0.25f, 2.0f}));
        BOOST_TEST(network.requests().back().target == target);
        BOOST_TEST(network.requests().back().body == R"({"inputs":["first","second"],"dimensions":2,"normalize":false})");
    }
    for (const std::string_view wrong : {"[[[0.5]]]", "[]", "{}", "[0.5]", "[[\"a\"]]", "[[0.5]"}) {
        stack gw(flat_world({at(make("a", "m", "huggingface", "x"), "http://h:1")}));
        network.reply_always(200, std::string(wrong));
        const auto r = testing::run(gw.call<embeddings>(runtime, context, embedding_request("m", "t")));
        BOOST_REQUIRE_MESSAGE(r.has_error(), wrong);
        BOOST_TEST((r.error().code() == errc::bad_response), wrong);
    }
    stack gw(flat_world({at(make("a", "m", "huggingface", "x"), "http://h:1")}));
    embedding_request ids("m", "");
    ids.inputs.assign(1, embedding_input(std::vector<std::uint32_t>{1, 2}));
    BOOST_TEST((testing::run(gw.call<embeddings>(runtime, context, ids)).error().code() == errc::unsupported_parameter));
}

BOOST_FIXTURE_TEST_CASE(each_form_of_reranking_has_its_path_and_body, world) {
    struct row {
        std::string_view provider, base, model, answer, target, body;
    };
    const row rows[] = {
        {"together_ai", "https://h/v1", "s/r", ranked, "/v1/rerank", R"({"model":"s/r","query":"q","top_n":1,"documents":["a","b"]})"},
        {"hosted_vllm", "http://h:1", "r", R"({"results":[{"index":1,"relevance_score":0.75}],"usage":{"total_tokens":7}})", "/rerank",
         R"({"model":"r","query":"q","top_n":1,"documents":["a","b"]})"},
        {"openai_compatible", "http://h:1/v1", "r", ranked, "/v1/rerank", R"({"model":"r","query":"q","top_n":1,"documents":["a","b"]})"},
        {"deepinfra", "https://h/v1/openai", "Qwen/R 1", R"({"scores":[0.25,0.75],"input_tokens":7})", "/v1/inference/Qwen/R%201",
         R"({"queries":["q","q"],"documents":["a","b"]})"},
        {"huggingface", "http://h:1", "tei", R"([{"index":1,"score":0.75},{"index":0,"score":0.5}])", "/rerank", R"({"query":"q","texts":["a","b"]})"},
    };
    for (const row& one : rows) {
        stack gw(flat_world({at(make("a", "m", std::string(one.provider), std::string(one.model)), one.base)}));
        network.reply(200, std::string(one.answer));
        rerank_request q("m", "q", {"a", "b"});
        q.top_n = 1;
        const auto r = testing::run(gw.call<rerank>(runtime, context, q));
        BOOST_REQUIRE_MESSAGE(r.has_value(), one.provider << ": " << (r.has_error() ? r.error().message() : ""));
        BOOST_REQUIRE(r->results.size() == 1u);
        BOOST_TEST(r->results[0].index == 1u, one.provider);
        BOOST_TEST(r->results[0].relevance_score == 0.75);
        BOOST_TEST(network.requests().back().target == one.target, one.provider);
        BOOST_TEST(network.requests().back().body == one.body, one.provider);
        BOOST_TEST(!context.report.tokens.empty(), one.provider);
    }
}

BOOST_FIXTURE_TEST_CASE(images_pass_whole_and_as_events, world) {
    stack gw(flat_world({make("a", "m", "openai", "gpt-image-1")}));
    {
        network.reply(200, R"({"created":1,"data":[{"url":"https://h/i"}]})").field("content-type", "application/json");
        call c(runtime, context);
        const std::string body = R"({"prompt":"a cat","model":"m","unknown":1.50})";
        ask<openai_images>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(network.requests().at(0).target == "/v1/images/generations");
        BOOST_TEST(network.requests()[0].body == R"({"prompt":"a cat","model":"gpt-image-1","unknown":1.50})");
        BOOST_TEST(context.report.tokens.images == 1);
    }
    const std::string events = "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n"
                               "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"AA\",\"usage\":{\"input_tokens\":3,\"output_tokens\":5}}\n\n";
    auto& streamed = network.reply(200);
    streamed.field("content-type", "text/event-stream");
    streamed.piece(std::string(events));
    call c(runtime, context);
    const std::string body = R"({"prompt":"a cat","model":"m","stream":true,"partial_images":1})";
    ask<openai_images>(c, body);
    auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(read_all(*r) == events);
    BOOST_TEST(context.report.tokens.output_image_tokens == 5);
}

BOOST_FIXTURE_TEST_CASE(a_form_with_an_image_passes_but_for_the_model, world) {
    stack gw(flat_world({make("a", "m", "openai", "gpt-image-1"), make("b", "n", "mistral", "x")}));
    const auto form = [](std::string_view model) {
        return "--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + std::string(model) +
               "\r\n--XX\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na hat\r\n--XX\r\nContent-Disposition: form-data; "
               "name=\"image\"; filename=\"a.png\"\r\n\r\nPNG\r\n--XX--\r\n";
    };
    network.reply(200, R"({"created":1,"data":[{"b64_json":"AA"}]})").field("content-type", "application/json");
    call c(runtime, context);
    const std::string body = form("m");
    ask<openai_image_edits>(c, body);
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(network.requests().at(0).target == "/v1/images/edits");
    BOOST_TEST(network.requests()[0].body == form("gpt-image-1"));
    network.reply(200, R"({"created":1,"data":[{"b64_json":"AA"}]})").field("content-type", "application/json");
    const image_request q("m", "", image_file("PNG", "a.png"));
    BOOST_TEST(testing::run(gw.call<image_variation>(runtime, context, q)).value().images.at(0).base64 == "AA");
    BOOST_TEST(network.requests()[1].target == "/v1/images/variations");
    const image_request other("n", "a cat");
    BOOST_TEST((testing::run(gw.call<image_generation>(runtime, context, other)).error().value() == errc::unsupported_operation));
}

BOOST_FIXTURE_TEST_CASE(completions_pass_to_a_provider_that_has_them, world) {
    stack gw(flat_world({make("a", "m", "openai", "davinci-002")}));
    const std::string text = R"({"id":"c","object":"text_completion","choices":[{"text":"b","index":0,"finish_reason":"stop"}],)"
                             R"("usage":{"prompt_tokens":1,"completion_tokens":2}})";
    network.reply(200, text);
    call c(runtime, context);
    const std::string body = R"({"model":"m","prompt":[[1,2],[3]],"echo":true})";
    ask<openai_completions>(c, body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->body == text);
    BOOST_TEST(network.requests().at(0).target == "/v1/completions");
    BOOST_TEST(network.requests()[0].body == R"({"model":"davinci-002","prompt":[[1,2],[3]],"echo":true})");
    BOOST_TEST(context.report.tokens.output_tokens == 2);
}

BOOST_FIXTURE_TEST_CASE(completions_become_a_chat_where_there_is_only_chat, world) {
    stack gw(flat_world({make("a", "m", "anthropic", "claude")}));
    network.reply(200, R"({"id":"x","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"there"}],)"
                       R"("stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}})");
    {
        call c(runtime, context);
        const std::string body = R"({"model":"m","prompt":"hi","max_tokens":5,"stop":"x"})";
        ask<openai_completions>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(network.requests().at(0).target == "/v1/messages");
        const auto sent = boost::json::parse(network.requests()[0].body);
        BOOST_TEST(sent.at("max_tokens").as_int64() == 5);
        BOOST_TEST(network.requests()[0].body.find("hi") != std::string::npos);
        std::string out;
        openai_completions::encode_reply(r->as<chat>().value(), reply_options(), out);
        BOOST_TEST(boost::json::parse(out).at("choices").at(0).at("text").as_string() == "there");
    }
    for (const auto& [body, param] : {std::pair(R"({"model":"m","prompt":"hi","suffix":"ho"})", "suffix"),
                                      std::pair(R"({"model":"m","prompt":["a","b"]})", "prompt")}) {
        call c(runtime, context);
        ask<openai_completions>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST(r.error().param() == param);
    }
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_gap_goes_to_the_vendors_own_path, world) {
    stack gw(flat_world({make("a", "m", "codestral", "codestral-latest")}));
    network.reply_always(200, R"({"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"b"},)"
                              R"("finish_reason":"stop"}]})");
    for (const auto& [body, path] : {std::pair(R"({"model":"m","prompt":"a","suffix":"c"})", "/v1/fim/completions"),
                                     std::pair(R"({"model":"m","prompt":"a"})", "/v1/chat/completions")}) {
        call c(runtime, context);
        ask<openai_completions>(c, body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(network.requests().back().target == path);
        BOOST_TEST(r->as<chat>().value().text() == "b");
    }
    BOOST_TEST(network.requests().at(0).body == R"({"model":"codestral-latest","prompt":"a","suffix":"c"})");
}

BOOST_AUTO_TEST_CASE(search_units_and_images_have_prices) {
    model_facts facts;
    model_prices prices;
    for (const auto& [kind, amount] : {std::pair(price_kind::query, 2'000'000), std::pair(price_kind::image_out, 40'000'000)}) {
        price_rate& rate = prices.rates.emplace_back();
        rate.kind = kind;
        rate.amount.nanodollars = amount;
    }
    prices.sort();
    facts.prices = std::make_shared<const model_prices>(prices);
    call_report report;
    report.facts = &facts;
    BOOST_TEST(!cost_of(report).has_value());
    report.tokens.search_units = 3;
    BOOST_TEST(cost_of(report).value().nanodollars == 6'000'000);
    report.tokens.search_units = 0;
    report.tokens.images = 2;
    BOOST_TEST(cost_of(report).value().nanodollars == 80'000'000);
    report.tokens.input_tokens = 1; // has no price
    BOOST_TEST(!cost_of(report).has_value());
    static_assert(sizeof(usage) == 11 * sizeof(std::int64_t) + 24);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::flat_operations_unit
