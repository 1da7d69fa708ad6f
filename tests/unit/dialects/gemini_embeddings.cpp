// SPDX-License-Identifier: BSL-1.0
#include "embeddings_support.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <type_traits>

namespace gemini_embeddings_unit {

namespace {

using namespace embeddings_test;
using batch = llmx::gemini_batch_embed;
using single = llmx::gemini_embed;

static_assert(std::is_same_v<batch::operation, llmx::embeddings> && std::is_same_v<single::operation, llmx::embeddings>);
static_assert(!batch::model_in_body && !single::model_in_body);

struct wrong {
    std::string_view body, param;
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_embeddings)

BOOST_AUTO_TEST_CASE(a_batch_is_that_many_inputs) {
    const auto r = batch::decode_request(R"({"requests":[
        {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_DOCUMENT",
         "title":"one","outputDimensionality":768},
        {"model":"models/gemini-embedding-001","content":{"role":"user","parts":[{"text":"b"},{"text":"c"}]},
         "task_type":"RETRIEVAL_DOCUMENT","title":"two","output_dimensionality":"768"}]})",
                                         target("gemini-embedding-001"))
                       .value();
    BOOST_TEST(r.model == "gemini-embedding-001");
    BOOST_REQUIRE(r.inputs.size() == 2u);
    BOOST_TEST(r.inputs[0].text == "a");
    BOOST_TEST(r.inputs[1].text == "bc");
    BOOST_TEST(r.task_type == "RETRIEVAL_DOCUMENT");
    BOOST_TEST(r.inputs[1].task_type == "");
    BOOST_TEST(r.dimensions.value() == 768);
    BOOST_TEST(r.title == "");
    BOOST_TEST(r.inputs[1].title == "two");
    BOOST_TEST(r.extra.empty());
    BOOST_TEST(r.inputs[1].extra.empty());
    BOOST_TEST(encode<batch>(r, "other") ==
               R"({"requests":[{"model":"models/other","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_DOCUMENT",)"
               R"("title":"one","outputDimensionality":768},{"model":"models/other","content":{"parts":[{"text":"bc"}]},)"
               R"("taskType":"RETRIEVAL_DOCUMENT","title":"two","outputDimensionality":768}]})");
    BOOST_TEST(json(encode<batch>(r, "tunedModels/x")).at("requests").at(0).at("model").as_string() == "tunedModels/x");
}

BOOST_AUTO_TEST_CASE(one_input_has_a_call_of_its_own) {
    const auto r = single::decode_request(R"({"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING","title":"t",
                                              "outputDimensionality":64,"model":"models/other"})",
                                          target("m"))
                       .value();
    BOOST_TEST(r.model == "m");
    BOOST_TEST(r.inputs.at(0).text == "a");
    BOOST_TEST(r.task_type == "CLUSTERING");
    BOOST_TEST(r.title == "t");
    BOOST_TEST(r.dimensions.value() == 64);
    BOOST_TEST(encode<single>(r, "x") ==
               R"({"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING","title":"t","outputDimensionality":64})");
    BOOST_TEST(single::decode_request(R"({"model":"models/b","content":{"parts":{"text":"a"}}})", target(""))->model == "b");
    // The one may stand for an array of one, here too.
    BOOST_TEST(batch::decode_request(R"({"requests":{"model":"models/b","content":{"parts":[{"text":"a"}]}}})", target(""))
                   ->model == "b");
}

BOOST_AUTO_TEST_CASE(settings_may_stand_in_a_configuration) {
    const auto r = single::decode_request(
                       R"({"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING",
                           "embedContentConfig":{"taskType":"IGNORED","title":"t","outputDimensionality":8,"autoTruncate":true}})",
                       target("m"))
                       .value();
    BOOST_TEST(r.task_type == "CLUSTERING");
    BOOST_TEST(r.title == "t");
    BOOST_TEST(r.dimensions.value() == 8);
    BOOST_TEST(encode<single>(r) == R"({"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING","title":"t",)"
                                    R"("outputDimensionality":8,"embedContentConfig":{"autoTruncate":true}})");
    const auto none = single::decode_request(
                          R"({"content":{"parts":[{"text":"a"}]},"taskType":"TASK_TYPE_UNSPECIFIED","outputDimensionality":0})",
                          target("m"))
                          .value();
    BOOST_TEST(encode<single>(none) == R"({"content":{"parts":[{"text":"a"}]}})");
}

BOOST_AUTO_TEST_CASE(what_is_unknown_goes_back_to_its_place) {
    const std::string_view body = R"({"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}},
        {"text":"a"},{"text":"b","partMetadata":{"k":1}}],"x":1},"autoTruncate":true,"nothing":null})";
    const auto r = single::decode_request(body, target("m")).value();
    BOOST_TEST(r.inputs.at(0).text == "a");
    BOOST_TEST(r.inputs[0].extra.speaks(single::name));
    llmx::drop_report drops;
    const std::string written = R"({"content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AA=="}},)"
                                R"({"text":"b","partMetadata":{"k":1}}],"x":1},"autoTruncate":true})";
    BOOST_TEST(encode<single>(r, drops) == written);
    // The other call has the same members.
    BOOST_TEST(json(encode<batch>(r, drops)).at("requests").at(0).at("content") == json(written).at("content"));
    BOOST_TEST(dropped(drops) == "");
    BOOST_TEST(encode<llmx::openai_embeddings>(r, drops) == R"({"model":"m","input":"a"})");
    BOOST_TEST(dropped(drops) == "inputs[0].content.parts inputs[0].content.x inputs[0].autoTruncate");

    const auto media = batch::decode_request(R"({"requests":[{"content":{"parts":[{"inlineData":{}}]}}],"y":2})", target("m"));
    BOOST_TEST(media->extra.find("y")->text == "2");
    BOOST_TEST(encode<batch>(*media) ==
               R"({"requests":[{"model":"models/m","content":{"parts":[{"inlineData":{}}]}}],"y":2})");
}

// Found by the fuzz target `flat`.
BOOST_AUTO_TEST_CASE(what_is_unknown_in_one_call_has_no_meaning_in_the_other) {
    const auto r = batch::decode_request(R"({"requests":[{"content":{"parts":[{"text":"a"}]}}],"content":{"parts":[]},
        "taskType":5,"embedContentConfig":{"title":"t"}})", target("m")).value();
    llmx::drop_report drops;
    BOOST_TEST(encode<single>(r, drops) == R"({"content":{"parts":[{"text":"a"}]}})");
    BOOST_TEST(dropped(drops) == "taskType embedContentConfig");
    BOOST_TEST(encode<batch>(r) == R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]}}],)"
                                   R"("content":{"parts":[]},"taskType":5,"embedContentConfig":{"title":"t"}})");
}

BOOST_AUTO_TEST_CASE(a_dot_in_a_name_leads_into_no_other_object) {
    for (const std::string_view name : {"embedContentConfig.taskType", "content.role", "content.parts", ".content.parts",
                                        "..content.x", ".x", "x.y"}) {
        const std::string member = "\"" + std::string(name) + "\":5";
        const auto r = single::decode_request(R"({"content":{"parts":[{"text":"a"}]},)" + member + "}", target("m")).value();
        BOOST_TEST(encode<single>(r) == R"({"content":{"parts":[{"text":"a"}]},)" + member + "}");
        BOOST_TEST(encode<batch>(r) ==
                   R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},)" + member + "}]}");
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_type_names_the_member) {
    constexpr std::array<wrong, 14> batches = {{
        {"{}", "requests"},
        {R"({"requests":[]})", "requests"},
        {R"({"requests":"a"})", "requests"},
        {R"({"requests":[1]})", "requests[0]"},
        {R"({"requests":[{}]})", "requests[0].content"},
        {R"({"requests":[{"content":"a"}]})", "requests[0].content"},
        {R"({"requests":[{"content":{}}]})", "requests[0].content.parts"},
        {R"({"requests":[{"content":{"parts":[]}}]})", "requests[0].content.parts"},
        {R"({"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":1}]}}]})",
         "requests[1].content.parts[0].text"},
        {R"({"requests":[{"content":{"role":1,"parts":[{"text":"a"}]}}]})", "requests[0].content.role"},
        {R"({"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":2}]})", "requests[0].taskType"},
        {R"({"requests":[{"content":{"parts":[{"text":"a"}]},"outputDimensionality":-1}]})",
         "requests[0].outputDimensionality"},
        {R"({"requests":[{"content":{"parts":[{"text":"a"}]},"embedContentConfig":{"title":1}}]})",
         "requests[0].embedContentConfig.title"},
        {R"({"requests":[{"content":{"parts":[{"text":"a"}]},"title":[]}]})", "requests[0].title"},
    }};
    for (const wrong& c : batches) {
        const auto r = batch::decode_request(c.body, target("m"));
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    constexpr std::array<wrong, 4> singles = {{
        {"{}", "content"},
        {R"({"content":[]})", "content"},
        {R"({"content":{"parts":[{"text":"a"}]},"title":1})", "title"},
        {R"({"content":{"parts":7}})", "content.parts"},
    }};
    for (const wrong& c : singles) BOOST_TEST(single::decode_request(c.body, target("m")).error().param() == c.param, c.body);
    BOOST_TEST(batch::decode_request(R"({"model":1,"requests":[]})", target("")).error().param() == "model");
}

BOOST_AUTO_TEST_CASE(requests_have_a_limit) {
    const auto body = [](std::size_t n) {
        std::string text = R"({"requests":[)";
        for (std::size_t i = 0; i < n; ++i) text.append(i == 0 ? "" : ",").append(R"({"content":{"parts":[{"text":"a"}]}})");
        return text += "]}";
    };
    BOOST_TEST(batch::decode_request(body(2048), target("m"))->inputs.size() == 2048u);
    BOOST_TEST(batch::decode_request(body(2049), target("m")).error().param() == "requests");
}

BOOST_AUTO_TEST_CASE(a_batch_that_names_its_model_is_written_anew) {
    const auto named = batch::scan_request(R"({"requests":[{"content":{}},{"model":"models/b","content":{}}]})", target("m"));
    BOOST_TEST(named->model == "m");
    BOOST_TEST(named->must_translate);
    BOOST_TEST(named->model_end == 0u);
    BOOST_TEST(!named->stream);
    const auto unnamed = batch::scan_request(R"({"requests":[{"content":{"parts":[{"text":"model"}]},"model":null}]})", target("m"));
    BOOST_TEST(!unnamed->must_translate);
    BOOST_TEST(batch::scan_request(R"({"requests":{"model":"models/b"}})", target(""))->model == "b");
    BOOST_TEST(batch::scan_request(R"({"requests":{"model":"models/b"}})", target(""))->must_translate);
    const std::string_view outer = R"({"model":"models/b", "requests":[{}]})";
    const auto cut = batch::scan_request(outer, target("m")).value();
    BOOST_TEST(std::string(outer.substr(0, cut.cut_begin)).append(outer.substr(cut.cut_end)) == R"({ "requests":[{}]})");
    BOOST_TEST(cut.model == "m");
}

BOOST_AUTO_TEST_CASE(a_single_requests_model_is_cut_out) {
    const std::string_view body = R"({"content":{"parts":[{"text":"a"}]} , "model":"models/b"})";
    const auto head = single::scan_request(body, target("m")).value();
    BOOST_TEST(head.model == "m");
    BOOST_TEST(!head.must_translate);
    BOOST_TEST(std::string(body.substr(0, head.cut_begin)).append(body.substr(head.cut_end)) ==
               R"({"content":{"parts":[{"text":"a"}]} })");
    const auto alone = single::scan_request(body, target("")).value();
    BOOST_TEST(alone.model == "b");
    BOOST_TEST(alone.cut_end == 0u);
}

BOOST_AUTO_TEST_CASE(the_scan_refuses_what_is_wrong) {
    constexpr std::array<wrong, 12> batches = {{
        {"{}", "requests"},
        {R"({"requests":[]})", "requests"},
        {R"({"requests":7})", "requests"},
        {R"({"requests":[7]})", "requests[0]"},
        {R"({"requests":[{},{"model":7}]})", "requests[1].model"},
        {R"({"requests":[{"model":"a","model":"b"}]})", "requests[0].model"},
        {R"({"requests":[{"Model":"b"}]})", "requests[0].Model"},
        {R"({"requests":[{}],"requests":[{}]})", "requests"},
        {R"({"Requests":[{}],"requests":[{}]})", "Requests"},
        {R"({"model":"a","model":"a","requests":[{}]})", "model"},
        {R"({"model":1,"requests":[{}]})", "model"},
        {R"({"requests":[{"mod\u0045l":"b"}]})", "requests[0].modEl"},
    }};
    for (const wrong& c : batches) {
        const auto r = batch::scan_request(c.body, target("m"));
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    for (const std::string_view body : {"{}", R"({"content":[]})", R"({"content":{},"content":{}})", R"({"content":{},"Model":"a"})",
                                        R"({"content":{},"model":2})", R"({"content":{},"model":"a","model":"a"})", "[]", "{"})
        BOOST_TEST((single::scan_request(body, target("m")).error() == llmx::errc::invalid_request), body);
    for (const std::string_view body : {"", "[]", "{", R"({"requests":[{]})", R"({"requests":[{"a":}]})", R"({"requests":[{}]}x)"})
        BOOST_TEST((batch::scan_request(body, target("m")).error() == llmx::errc::invalid_request), body);
}

BOOST_AUTO_TEST_CASE(token_ids_are_lost_and_an_error) {
    llmx::embedding_request r("m", "a");
    r.inputs.emplace_back(std::vector<std::uint32_t>{1, 2});
    for (const bool one : {false, true}) {
        llmx::drop_report drops;
        const llmx::error e = one ? refusal<single>(r, drops) : refusal<batch>(r, drops);
        BOOST_TEST((e == llmx::errc::unsupported_parameter));
        BOOST_TEST(e.param() == "inputs[1]");
        BOOST_TEST(e.message() == "inputs[1]: expected text, since Google's embeddings take no token ids");
        BOOST_REQUIRE(drops.refused() != nullptr);
        BOOST_TEST(drops.refused()->text() == "inputs[1]");
    }
}

BOOST_AUTO_TEST_CASE(several_inputs_do_not_fit_into_one_call) {
    llmx::embedding_request r("m", "a");
    r.inputs.emplace_back("b");
    llmx::drop_report drops;
    const llmx::error e = refusal<single>(r, drops);
    BOOST_TEST((e == llmx::errc::unsupported_parameter));
    BOOST_TEST(e.param() == "inputs[1]");
    r.inputs.clear();
    BOOST_TEST((refusal<single>(r, drops) == llmx::errc::invalid_request));
    BOOST_TEST(refusal<batch>(r, drops).param() == "inputs");
}

BOOST_AUTO_TEST_CASE(reports_what_has_no_words_here) {
    llmx::embedding_request r("m", "a");
    r.user = "u";
    r.encoding = llmx::embedding_encoding::base64;
    r.extra.add(llmx::openai_embeddings::name, "input_type", "\"query\"");
    r.inputs[0].extra.add("elsewhere", "x", "1");
    for (const bool one : {false, true}) {
        llmx::drop_report drops;
        if (one) BOOST_TEST(encode<single>(r, drops) == R"({"content":{"parts":[{"text":"a"}]}})");
        else BOOST_TEST(encode<batch>(r, drops) == R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]}}]})");
        BOOST_TEST(dropped(drops) == "(user) input_type inputs[0].x");
    }
}

BOOST_AUTO_TEST_CASE(names_members_as_the_caller_wrote_them) {
    const llmx::embedding_request r("m", "a");
    using request = llmx::embedding_request;
    using input = llmx::embedding_input;
    const llmx::request_place at, inputs = at.of<&request::inputs>(), third = inputs.item(2), first = inputs.item(0);
    BOOST_TEST(batch::caller_path(inputs, r) == "requests");
    BOOST_TEST(batch::caller_path(third, r) == "requests[2]");
    BOOST_TEST(batch::caller_path(third.of<&input::dimensions>(), r) == "requests[2].outputDimensionality");
    BOOST_TEST(batch::caller_path(third.of<&input::text>(), r) == "requests[2].content");
    BOOST_TEST(batch::caller_path(third.other("content.parts"), r) == "requests[2].content.parts");
    BOOST_TEST(batch::caller_path(at.of<&request::task_type>(), r) == "requests[0].taskType");
    BOOST_TEST(batch::caller_path(at.other("y"), r) == "y");
    BOOST_TEST(single::caller_path(inputs, r) == "content");
    BOOST_TEST(single::caller_path(first, r) == "content");
    BOOST_TEST(single::caller_path(first.of<&input::title>(), r) == "title");
    BOOST_TEST(single::caller_path(first.other("content.parts"), r) == "content.parts");
    BOOST_TEST(single::caller_path(at.of<&request::task_type>(), r) == "taskType");
    BOOST_TEST(single::caller_path(at.of<&request::dimensions>(), r) == "outputDimensionality");
}

BOOST_AUTO_TEST_CASE(replies_of_both_calls) {
    const auto many = batch::decode_reply(R"({"embeddings":[{"values":[0.5,-1e-3]},{"values":[2],"shape":[1]}],
                                              "usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}})")
                          .value();
    BOOST_REQUIRE(many.vectors.size() == 2u);
    BOOST_TEST((many.vectors[0].values == std::vector<float>{0.5f, -1e-3f}));
    BOOST_TEST(many.vectors[1].index == 1u);
    BOOST_TEST(many.usage.input_tokens == 4);
    BOOST_TEST(many.usage.output_tokens == 0);
    BOOST_TEST(encode<batch>(many) == R"({"embeddings":[{"values":[0.5,-0.001]},{"values":[2],"shape":[1]}],)"
                                      R"("usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}})");
    const auto one = single::decode_reply(R"({"embedding":{"values":[1]},"truncated":false,"usage_metadata":{"prompt_token_count":3}})").value();
    BOOST_TEST(one.vectors.at(0).values.at(0) == 1.0f);
    BOOST_TEST(one.usage.input_tokens == 3);
    BOOST_TEST(single::scan_usage(R"({"usage_metadata":{"prompt_token_count":3}})").input_tokens == 3);
    BOOST_TEST(encode<single>(one) == R"({"embedding":{"values":[1]},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3},)"
                                      R"("truncated":false})");
    BOOST_TEST(encode<single>(llmx::embedding_reply()) == R"({"embedding":{}})");
    BOOST_TEST(single::decode_reply(R"({"embedding":{}})")->vectors.size() == 1u);
    BOOST_TEST(batch::decode_reply(R"({"embeddings":[]})")->vectors.empty());
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_none_is_a_failure) {
    for (const std::string_view body :
         {"", "[]", "{}", R"({"embedding":1})", R"({"embeddings":"a"})", R"({"embeddings":[1]})", R"({"embedding":{"values":["NaN"]}})",
          R"({"embedding":{"values":[1e99]}})", R"({"embedding":{"values":1}})", R"({"embeddings":[{"values":[1]},]})"}) {
        BOOST_TEST((batch::decode_reply(body).error() == llmx::errc::bad_response), body);
        BOOST_TEST((single::decode_reply(body).error() == llmx::errc::bad_response), body);
    }
    const auto failed = batch::decode_reply(R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"slow"}})");
    BOOST_TEST((failed.error() == llmx::errc::rate_limited));
    BOOST_TEST(batch::decode_error(R"({"error":{"message":"m"}})").message == "m");
    std::string out;
    single::encode_error(llmx::error(llmx::errc::not_found, "no"), out);
    BOOST_TEST(json(out).at("error").at("status").as_string() == "NOT_FOUND");
}

BOOST_AUTO_TEST_CASE(requests_survive_both_ways) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        generator g(seed);
        const bool one = g.chance(3);
        const auto before = one ? g.gemini_request(single::name, 1) : g.gemini_request(batch::name, 4);
        llmx::drop_report drops;
        const std::string body = one ? encode<single>(before, drops) : encode<batch>(before, drops);
        BOOST_TEST(dropped(drops) == "", "seed " << seed);
        const auto after = one ? single::decode_request(body, target(before.model)) : batch::decode_request(body, target(before.model));
        BOOST_REQUIRE_MESSAGE(after.has_value(), "seed " << seed << ": " << after.error().message() << "\n" << body);
        BOOST_REQUIRE_MESSAGE(*after == before, "seed " << seed << "\n" << body);
        const auto head = one ? single::scan_request(body, target("m")) : batch::scan_request(body, target("m"));
        BOOST_REQUIRE_MESSAGE(head.has_value(), "seed " << seed);
        BOOST_TEST(head->must_translate == !one);
    }
}

BOOST_AUTO_TEST_CASE(replies_survive_both_ways) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        generator g(seed);
        const bool one = g.chance(3);
        const auto before = one ? g.reply(single::name, 1) : g.reply(batch::name, 4);
        const std::string body = one ? encode<single>(before) : encode<batch>(before);
        const auto after = one ? single::decode_reply(body) : batch::decode_reply(body);
        BOOST_REQUIRE_MESSAGE(after.has_value(), "seed " << seed << ": " << after.error().message() << "\n" << body);
        BOOST_REQUIRE_MESSAGE(same_bits(*after, before), "seed " << seed << "\n" << body);
        BOOST_TEST((batch::scan_usage(body) == before.usage), "seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_embeddings_unit
