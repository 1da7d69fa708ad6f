// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/token_estimate.hpp>
#include "embeddings_support.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>
#include <type_traits>

namespace openai_embeddings_unit {

namespace {

using namespace embeddings_test;
using codec = llmx::openai_embeddings;

static_assert(std::is_same_v<codec::operation, llmx::embeddings>);
static_assert(!std::is_aggregate_v<llmx::embedding_request> && !std::is_aggregate_v<llmx::embedding_input> &&
              !std::is_aggregate_v<llmx::embedding_reply> && !std::is_aggregate_v<llmx::embedding_vector>);

llmx::result<llmx::embedding_request> decode(std::string_view body) {
    return codec::decode_request(body, llmx::request_target());
}

struct wrong {
    std::string_view body, param;
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_embeddings)

BOOST_AUTO_TEST_CASE(reads_every_form_of_input) {
    const auto one = decode(R"({"model":"m","input":"a\nb"})").value();
    BOOST_TEST(one.model == "m");
    BOOST_REQUIRE(one.inputs.size() == 1u);
    BOOST_TEST(one.inputs[0].text == "a\nb");
    BOOST_TEST(!one.inputs[0].is_tokens());

    const auto texts = decode(R"({"model":"m","input":["a","","c"]})").value();
    BOOST_REQUIRE(texts.inputs.size() == 3u);
    BOOST_TEST(texts.inputs[1].text == "");
    BOOST_TEST(texts.inputs[2].text == "c");

    const auto ids = decode(R"({"model":"m","input":[1212,318,4294967295,13.0]})").value();
    BOOST_REQUIRE(ids.inputs.size() == 1u);
    BOOST_TEST((ids.inputs[0].tokens == std::vector<std::uint32_t>{1212, 318, 4294967295u, 13}));

    const auto lists = decode(R"({"model":"m","input":[[1],[2,3]]})").value();
    BOOST_REQUIRE(lists.inputs.size() == 2u);
    BOOST_TEST((lists.inputs[1].tokens == std::vector<std::uint32_t>{2, 3}));
}

BOOST_AUTO_TEST_CASE(reads_the_options_and_keeps_what_it_does_not_know) {
    const auto r = decode(R"({"model":"m","input":"a","dimensions":256,"encoding_format":"base64","user":"u",
                              "input_type":"query","truncate":{"side":"left"},"nothing":null})")
                       .value();
    BOOST_TEST(r.dimensions.value() == 256);
    BOOST_TEST((r.encoding == llmx::embedding_encoding::base64));
    BOOST_TEST(r.user == "u");
    BOOST_REQUIRE(r.extra.members.size() == 2u);
    BOOST_TEST(r.extra.speaks(codec::name));
    BOOST_TEST(r.extra.find("input_type")->text == "\"query\"");

    llmx::drop_report drops;
    BOOST_TEST(json(encode<codec>(r, drops)) ==
               json(R"({"model":"m","input":"a","dimensions":256,"encoding_format":"base64","user":"u",
                        "input_type":"query","truncate":{"side":"left"}})"));
    BOOST_TEST(dropped(drops) == "");
    const auto plain = decode(R"({"model":"m","input":"a","dimensions":null,"encoding_format":null,"user":null})").value();
    BOOST_TEST(encode<codec>(plain) == R"({"model":"m","input":"a"})");
    BOOST_TEST(encode<codec>(plain, "other") == R"({"model":"other","input":"a"})");
}

BOOST_AUTO_TEST_CASE(a_targets_model_wins) {
    BOOST_TEST(codec::decode_request(R"({"model":"m","input":"a"})", target("t"))->model == "t");
    BOOST_TEST(codec::decode_request(R"({"input":"a"})", target("t"))->model == "t");
    BOOST_TEST(codec::scan_request(R"({"model":"m","input":"a"})", target("t"))->model == "t");
}

BOOST_AUTO_TEST_CASE(a_wrong_type_names_the_member) {
    constexpr std::array<wrong, 21> cases = {{
        {R"({"input":"a"})", "model"},
        {R"({"model":"","input":"a"})", "model"},
        {R"({"model":1,"input":"a"})", "model"},
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":null})", "input"},
        {R"({"model":"m","input":7})", "input"},
        {R"({"model":"m","input":{}})", "input"},
        {R"({"model":"m","input":[]})", "input"},
        {R"({"model":"m","input":[{}]})", "input[0]"},
        {R"({"model":"m","input":["a",1]})", "input[1]"},
        {R"({"model":"m","input":[1,"a"]})", "input[1]"},
        {R"({"model":"m","input":[1,-1]})", "input[1]"},
        {R"({"model":"m","input":[1,1.5]})", "input[1]"},
        {R"({"model":"m","input":[4294967296]})", "input[0]"},
        {R"({"model":"m","input":[[1],[]]})", "input[1]"},
        {R"({"model":"m","input":[[1],[2,3,null]]})", "input[1][2]"},
        {R"({"model":"m","input":[[1],"a"]})", "input[1]"},
        {R"({"model":"m","input":"a","dimensions":0})", "dimensions"},
        {R"({"model":"m","input":"a","dimensions":-1})", "dimensions"},
        {R"({"model":"m","input":"a","encoding_format":"int8"})", "encoding_format"},
        {R"({"model":"m","input":"a","user":[]})", "user"},
    }};
    for (const wrong& c : cases) {
        const auto r = decode(c.body);
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
        BOOST_TEST(r.error().message().starts_with(c.param), r.error().message());
    }
    for (const std::string_view body : {"", "[]", "{", R"({"model":"m","input":"a"}x)"}) {
        BOOST_TEST(decode(body).has_error(), body);
        BOOST_TEST(codec::scan_request(body, llmx::request_target()).has_error(), body);
    }
}

BOOST_AUTO_TEST_CASE(inputs_have_a_limit_and_ids_have_none) {
    const auto body = [](std::size_t n, std::string_view element) {
        std::string text = R"({"model":"m","input":[)";
        for (std::size_t i = 0; i < n; ++i) text.append(i == 0 ? "" : ",").append(element);
        return text += "]}";
    };
    BOOST_TEST(decode(body(2048, "\"a\""))->inputs.size() == 2048u);
    BOOST_TEST(decode(body(2048, "[1]"))->inputs.size() == 2048u);
    BOOST_TEST(decode(body(10000, "1"))->inputs[0].tokens.size() == 10000u);
    BOOST_TEST(decode(body(2049, "\"a\"")).error().param() == "input");
    BOOST_TEST(decode(body(2049, "[1]")).error().param() == "input");
    // The server checks bytes that pass.
    BOOST_TEST(codec::scan_request(body(2049, "\"a\""), llmx::request_target()).has_value());
}

BOOST_AUTO_TEST_CASE(the_scan_finds_what_routing_needs) {
    const std::string_view body = R"({"input":["a"],"model": "gpt" ,"encoding_format":"base64"})";
    const auto head = codec::scan_request(body, llmx::request_target()).value();
    BOOST_TEST(head.model == "gpt");
    BOOST_TEST(body.substr(head.model_begin, head.model_end - head.model_begin) == "\"gpt\"");
    BOOST_TEST(head.base64);
    BOOST_TEST(!head.stream);
    BOOST_TEST(!head.must_translate);
    BOOST_TEST(!codec::scan_request(R"({"input":"a","model":"m","encoding_format":"float"})", target())->base64);
    BOOST_TEST(codec::scan_request(R"({"input":"a","model":"m","encoding_format":"ubinary"})", target()).has_value());
    constexpr std::array<wrong, 12> cases = {{
        {R"({"input":"a"})", "model"},
        {R"({"model":7,"input":"a"})", "model"},
        {R"({"model":"m"})", "input"},
        {R"({"model":"m","input":1})", "input"},
        {R"({"model":"m","input":null})", "input"},
        {R"({"model":"m","input":[ ]})", "input"},
        {R"({"model":"m","input":"a","encoding_format":1})", "encoding_format"},
        {R"({"model":"m","model":"n","input":"a"})", "model"},
        {R"({"model":"m","input":"a","input":"b"})", "input"},
        {R"({"model":"m","input":"a","Model":"n"})", "Model"},
        {R"({"model":"m","input":"a","INPUT":"n"})", "INPUT"},
        {R"({"model":"m","input":"a","encoding_Format":"base64"})", "encoding_Format"},
    }};
    for (const wrong& c : cases) {
        const auto r = codec::scan_request(c.body, llmx::request_target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
}

BOOST_AUTO_TEST_CASE(reports_what_has_no_words_here) {
    llmx::embedding_request r("m", "a");
    r.inputs.emplace_back("b");
    r.task_type = "CLUSTERING";
    r.title = "t";
    r.dimensions = 8;
    r.inputs[0].dimensions = 8;
    r.inputs[1].dimensions = 9;
    r.inputs[1].task_type = "RETRIEVAL_QUERY";
    r.inputs[1].title = "own";
    r.inputs[1].extra.add(llmx::gemini_batch_embed::name, "content.parts", "[]");
    r.extra.add(llmx::gemini_batch_embed::name, "autoTruncate", "true");
    r.user = std::string(65, 'u');
    llmx::drop_report drops;
    BOOST_TEST(encode<codec>(r, drops) == R"({"model":"m","input":["a","b"],"dimensions":8})");
    BOOST_TEST(dropped(drops) == "(inputs[1].task_type) inputs[1].title inputs[1].dimensions inputs[1].content.parts "
                                 "title (user) (task_type) autoTruncate");
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_written) {
    llmx::drop_report drops;
    llmx::embedding_request none;
    BOOST_TEST(refusal<codec>(none, drops).param() == "inputs");
    llmx::embedding_request mixed("m", "a");
    mixed.inputs.emplace_back(std::vector<std::uint32_t>{1});
    BOOST_TEST((refusal<codec>(mixed, drops) == llmx::errc::invalid_request));
    BOOST_TEST(refusal<codec>(mixed, drops).param() == "inputs[1]");
}

BOOST_AUTO_TEST_CASE(names_members_as_the_caller_wrote_them) {
    llmx::embedding_request r("m", "a");
    const llmx::request_place at, inputs = at.of<&llmx::embedding_request::inputs>();
    BOOST_TEST(codec::caller_path(inputs.item(0), r) == "input");
    r.inputs.emplace_back("b");
    BOOST_TEST(codec::caller_path(inputs.item(1), r) == "input[1]");
    BOOST_TEST(codec::caller_path(inputs.item(1).of<&llmx::embedding_input::tokens>(), r) == "input[1]");
    BOOST_TEST(codec::caller_path(inputs, r) == "input");
    BOOST_TEST(codec::caller_path(at.of<&llmx::embedding_request::encoding>(), r) == "encoding_format");
    BOOST_TEST(codec::caller_path(at.of<&llmx::embedding_request::user>(), r) == "user");
    BOOST_TEST(codec::caller_path(at.other("truncate.side"), r) == "truncate.side");
}

BOOST_AUTO_TEST_CASE(reads_a_reply_of_floats) {
    const auto r = codec::decode_reply(R"({"object":"list","model":"text-embedding-3-small","usage":{"prompt_tokens":5,
        "total_tokens":5},"data":[{"object":"embedding","index":1,"embedding":[ 1, -2.5e-3 ,0]},
        {"object":"embedding","index":0,"embedding":[0.1],"x":{"y":1}}],"id":"e1"})")
                       .value();
    BOOST_TEST(r.model == "text-embedding-3-small");
    BOOST_TEST(r.usage.input_tokens == 5);
    BOOST_TEST(r.usage.output_tokens == 0);
    BOOST_REQUIRE(r.vectors.size() == 2u);
    BOOST_TEST(r.vectors[0].index == 0u);
    BOOST_TEST((r.vectors[0].values == std::vector<float>{0.1f}));
    BOOST_TEST(r.vectors[0].extra.find("x")->text == R"({"y":1})");
    BOOST_TEST((r.vectors[1].values == std::vector<float>{1, -2.5e-3f, 0}));
    BOOST_TEST(r.extra.find("id")->text == "\"e1\"");
    BOOST_TEST(encode<codec>(r) ==
               R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1],"x":{"y":1}},)"
               R"({"object":"embedding","index":1,"embedding":[1,-0.0025,0]}],"model":"text-embedding-3-small",)"
               R"("usage":{"prompt_tokens":5,"total_tokens":5},"id":"e1"})");
}

BOOST_AUTO_TEST_CASE(reads_and_writes_base64_of_little_endian_floats) {
    // 1, -2 and the smallest denormal, as OpenAI's server sends them.
    const auto r = codec::decode_reply(R"({"data":[{"index":0,"embedding":"AACAPwAAAMABAAAA"}],"model":"m"})").value();
    BOOST_TEST((r.vectors[0].values == std::vector<float>{1, -2, std::numeric_limits<float>::denorm_min()}));
    BOOST_TEST(json(encode<codec>(r, true)).at("data").at(0).at("embedding").as_string() == "AACAPwAAAMABAAAA");
    BOOST_TEST((codec::decode_reply(R"({"data":[{"embedding":"AACAPw=="}]})")->vectors[0].values == std::vector<float>{1}));
    // Some writers escape slashes.
    BOOST_TEST((codec::decode_reply(R"({"data":[{"embedding":"\/\/9\/fw=="}]})")->vectors[0].values ==
                std::vector<float>{std::numeric_limits<float>::max()}));
}

BOOST_AUTO_TEST_CASE(every_float_survives_both_forms_to_the_last_bit) {
    constexpr float denormal = std::numeric_limits<float>::denorm_min();
    std::vector<float> values = {0.0f, -0.0f, denormal, -denormal, std::numeric_limits<float>::min(),
                                 std::nextafter(std::numeric_limits<float>::min(), 0.0f),
                                 std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(),
                                 0.1f, 1e-40f, 16777217.0f, 1.0f / 3.0f, 3.4028233e38f};
    generator g(1);
    for (int i = 0; i < 20000; ++i) values.push_back(g.number());
    for (std::uint32_t bits = 1; bits < 0x00800000u; bits += 997) values.push_back(std::bit_cast<float>(bits));
    llmx::embedding_reply r;
    r.vectors.emplace_back(0, values);
    for (const bool base64 : {false, true}) {
        const auto back = codec::decode_reply(encode<codec>(r, base64)).value();
        BOOST_TEST(same_bits(back.vectors.at(0).values, values), base64);
    }
}

BOOST_AUTO_TEST_CASE(numbers_are_rounded_once_and_checked_by_the_grammar) {
    const auto read = [](std::string_view number) {
        return codec::decode_reply(R"({"data":[{"embedding":[)" + std::string(number) + "]}]}");
    };
    const auto is = [&read](std::string_view number, float expected) {
        const auto r = read(number);
        BOOST_REQUIRE_MESSAGE(r.has_value(), number << ": " << r.error().message());
        BOOST_TEST(same_bits(r->vectors[0].values, {expected}), number);
    };
    // As a double this is the midpoint of two floats, which would then round down.
    is("1.00000005960464485", 1.00000011920928955f);
    is("1e-400", 0.0f);
    is("-1e-400", -0.0f);
    is("1e-46", 0.0f);
    is("-1E-46", -0.0f);
    is("7.1e-46", std::numeric_limits<float>::denorm_min());
    is("0." + std::string(500, '0') + "1", 0.0f);
    is("0e999", 0.0f);
    is("3.40282351e38", std::numeric_limits<float>::max());
    is("1E+2", 100.0f);
    for (const std::string_view number : {"1e39", "-1e39", "1e400", "3.4028236e38", "nan", "inf", "Infinity", "01", "1.", ".5",
                                          "+1", "-", "1e", "1e+", "\"1\"", "null", "true", "[1]", "1,", ",1", "1 2", "0x1"})
        BOOST_TEST((read(number).error() == llmx::errc::bad_response), number);
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_none_is_a_failure) {
    for (const std::string_view body :
         {"", "[]", "{}", R"({"data":{}})", R"({"data":[1]})", R"({"data":[{}]})", R"({"data":[{"embedding":null}]})",
          R"({"data":[{"embedding":"AACAPw="}]})", R"({"data":[{"embedding":"AACA"}]})", R"({"data":[{"embedding":"AADAfw=="}]})",
          R"({"data":[{"embedding":[1]},]})", R"({"data":[{"embedding":[1]}],"x":[1,,2]})", R"({"data":[{"embedding":[1],"x":{"a" 1}}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]})",
          R"({"data":[{"index":1,"embedding":[1]},{"index":1,"embedding":[1]}]})"})
        BOOST_TEST((codec::decode_reply(body).error() == llmx::errc::bad_response), body);
    // Servers that write 0 everywhere, or nothing, mean the order of the inputs.
    for (const std::string_view index : {R"("index":0,)", ""}) {
        const std::string one = "{" + std::string(index) + R"("embedding":[1]})";
        const auto r = codec::decode_reply(R"({"data":[)" + one + "," + one + "]}").value();
        BOOST_TEST(r.vectors.at(1).index == 1u);
    }
    const auto failed = codec::decode_reply(R"({"error":{"message":"no","code":"rate_limit_exceeded"}})");
    BOOST_TEST((failed.error() == llmx::errc::rate_limited));
    BOOST_TEST(failed.error().provider_message() == "no");
    BOOST_TEST(codec::decode_reply(R"({"error":null,"data":[]})").has_value());
}

BOOST_AUTO_TEST_CASE(usage_is_the_same_from_a_scan) {
    const auto usage = [](std::string_view members) {
        const std::string body = R"({"data":[],"usage":)" + std::string(members) + "}";
        const auto r = codec::decode_reply(body).value();
        BOOST_TEST((r.usage == codec::scan_usage(body)), body);
        return r.usage;
    };
    BOOST_TEST(usage(R"({"prompt_tokens":7,"total_tokens":7})").input_tokens == 7);
    // Voyage counts the total alone.
    BOOST_TEST(usage(R"({"total_tokens":9})").input_tokens == 9);
    BOOST_TEST(usage(R"({"total_tokens":9})").output_tokens == 0);
    BOOST_TEST(usage(R"({"prompt_tokens":-7})").input_tokens == 0);
    BOOST_TEST(usage(R"({"prompt_tokens":1e300})").input_tokens == llmx::max_count);
    BOOST_TEST(usage("null").empty());
    BOOST_TEST(codec::scan_usage(R"({"usage":{"prompt_tokens":7})").empty());
}

BOOST_AUTO_TEST_CASE(the_routed_model_stands_in_for_one_that_is_unsaid) {
    llmx::embedding_reply r;
    r.vectors.emplace_back(0, std::vector<float>{std::numeric_limits<float>::quiet_NaN()});
    BOOST_TEST(encode<codec>(r) == R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[null]}],)"
                                   R"("model":"routed","usage":{"prompt_tokens":0,"total_tokens":0}})");
}

BOOST_AUTO_TEST_CASE(errors_are_those_of_the_language) {
    BOOST_TEST(codec::decode_error(R"({"error":{"message":"m","param":"input"}})").param == "input");
    std::string out;
    llmx::error e(llmx::errc::invalid_request, "input: wrong");
    codec::encode_error(e.with_param("input"), out);
    BOOST_TEST(json(out).at("error").at("param").as_string() == "input");
}

BOOST_AUTO_TEST_CASE(tokens_are_estimated) {
    llmx::embedding_request r("m", std::string(10, 'a'));
    r.inputs.emplace_back(std::string(10, 'a'));
    BOOST_TEST(llmx::estimate_tokens(r) == 5u);
    r.inputs.emplace_back(std::vector<std::uint32_t>{1, 2, 3});
    BOOST_TEST(llmx::estimate_tokens(r) == 8u);
}

BOOST_AUTO_TEST_CASE(requests_survive_both_ways) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        generator g(seed);
        const llmx::embedding_request before = g.openai_request();
        llmx::drop_report drops;
        const std::string body = encode<codec>(before, drops);
        BOOST_TEST(dropped(drops) == "", "seed " << seed);
        const auto after = decode(body);
        BOOST_REQUIRE_MESSAGE(after.has_value(), "seed " << seed << ": " << after.error().message() << "\n" << body);
        BOOST_REQUIRE_MESSAGE(*after == before, "seed " << seed << "\n" << body << "\n" << encode<codec>(*after));
        const auto head = codec::scan_request(body, llmx::request_target());
        BOOST_REQUIRE_MESSAGE(head.has_value(), "seed " << seed);
        BOOST_TEST(head->model == before.model);
        BOOST_TEST(head->base64 == (before.encoding == llmx::embedding_encoding::base64));
    }
}

BOOST_AUTO_TEST_CASE(replies_survive_both_ways) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        generator g(seed);
        llmx::embedding_reply before = g.reply(codec::name, 4);
        before.model = g.word();
        const std::string body = encode<codec>(before, g.chance(2));
        const auto after = codec::decode_reply(body);
        BOOST_REQUIRE_MESSAGE(after.has_value(), "seed " << seed << ": " << after.error().message() << "\n" << body);
        BOOST_REQUIRE_MESSAGE(same_bits(*after, before), "seed " << seed << "\n" << body);
        BOOST_TEST((codec::scan_usage(body) == before.usage), "seed " << seed);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_embeddings_unit
