// SPDX-License-Identifier: BSL-1.0
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/speech.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace dotted_names_unit {

// Field tables name members of inner objects by paths with dots. A member of JSON may have a name with a dot of its own,
// also one that equals such a path: it is another member, which the vocabulary does not have, and it returns to where
// it was.

using namespace llmx;

namespace {

template <class Codec> void check_kept(std::string_view body, std::string_view model = std::string_view()) {
    request_target target;
    target.model = model;
    const auto request = Codec::decode_request(body, target);
    BOOST_REQUIRE_MESSAGE(request.has_value(), body << ": " << request.error().message());
    drop_report drops;
    std::string out;
    BOOST_REQUIRE(Codec::encode_request(*request, encode_options(), out, drops).has_value());
    const auto want = boost::json::parse(std::string(body)), got = boost::json::parse(out);
    for (const auto& m : want.as_object()) {
        const boost::json::value* const there = got.as_object().if_contains(m.key());
        BOOST_TEST_REQUIRE(there != nullptr, std::string(m.key()) << " is lost: " << out);
        BOOST_TEST(boost::json::serialize(*there) == boost::json::serialize(m.value()));
    }
    BOOST_TEST(drops.entries().empty(), "dropped: " << (drops.entries().empty() ? std::string() : drops.entries().front().at.text()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(dotted_names)

BOOST_AUTO_TEST_CASE(a_speech_request_keeps_a_member_whose_name_equals_a_path) {
    check_kept<openai_speech>(R"({"model":"m","input":"a","voice":{"id":"v","a.b":1,"id.x":2},"voice.id":3,"voice.x":4,"voice.":5,".a":6})");
}

BOOST_AUTO_TEST_CASE(an_openai_chat_keeps_members_whose_names_equal_paths) {
    check_kept<openai_chat>(R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream_options.include_usage":true,)"
                            R"("stream_options.x":1,"thinking.type":2,"response_format.a":3,"tool_choice.b":4,)"
                            R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"a.b":5},"json_schema.x":6}})");
    check_kept<openai_chat>(R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url",)"
                            R"("image_url":{"url":"https://x/y.png","a.b":1},"image_url.url":2}]}],)"
                            R"("tools":[{"type":"function","function":{"name":"f","a.b":3},"function.name":4}]})");
}

BOOST_AUTO_TEST_CASE(an_anthropic_chat_keeps_members_whose_names_equal_paths) {
    check_kept<anthropic_messages>(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"metadata.user_id":1,)"
                                   R"("output_config.format":2,"tool_choice.disable_parallel_tool_use":3,"a.b":4})");
}

BOOST_AUTO_TEST_CASE(a_gemini_chat_keeps_members_whose_names_equal_paths) {
    check_kept<gemini_generate>(R"({"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[)"
                                R"({"functionCall":{"id":"c","name":"f","args":{},"a.b":1},"functionCall.id":2}]}],)"
                                R"("toolConfig.functionCallingConfig":3,"generationConfig.topK":4,"a.b":5,)"
                                R"("generationConfig":{"topK":7,"a.b":6}})",
                                "m");
}

BOOST_AUTO_TEST_CASE(embeddings_keep_members_whose_names_have_dots) {
    check_kept<openai_embeddings>(R"({"model":"m","input":"a","a.b":1,".c":2})");
    check_kept<gemini_embed>(R"({"content":{"parts":[{"text":"x"}],"a.b":1},"content.parts":2,".c":3})", "m");
}

BOOST_AUTO_TEST_CASE(a_name_with_a_dot_is_reported_as_the_caller_wrote_it) {
    request_target target;
    const auto request = openai_speech::decode_request(R"({"model":"m","input":"a","voice.id":3})", target);
    drop_report drops;
    drops.foreign(request.value().extra, "other", request_place());
    BOOST_TEST(drops.first_lost()->text() == "voice.id");
}

BOOST_AUTO_TEST_CASE(a_name_on_the_wire_survives_being_kept) {
    for (const std::string_view name : {"a", "a.b", ".a", "..a", ".", "..", ".a.b", "a."})
        BOOST_TEST(extra_members::wire_name(extra_members::kept_name(std::string(name))) == name);
    BOOST_TEST(extra_members::wire_name("a.b") == "a.b");
    BOOST_TEST(extra_members::wire_name(".a") == ".a");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace dotted_names_unit
