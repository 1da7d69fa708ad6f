// SPDX-License-Identifier: BSL-1.0
// Each member that is set is in the bytes or in the report.
#include "openai_chat_support.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace openai_chat_losses_unit {

namespace {

using namespace llmx;
using openai_chat_test::encode;
using openai_chat_test::json;

/// "place! place?": what is lost, and what is a hint.
std::string reported(const chat_request& r) {
    drop_report drops;
    (void)json(encode(r, drops));
    std::string text;
    for (const auto& e : drops.entries()) {
        if (!text.empty()) text += ' ';
        text += e.at.text() + (e.hint ? '?' : '!');
    }
    return text;
}

template <class Change> std::string reported_with(Change change) {
    chat_request r("m", "hi");
    change(r);
    return reported(r);
}

chat_request decoded(std::string_view members) {
    auto r = openai_chat_test::decode(R"({"model":"m","messages":[{"role":"user","content":"x"}],)" + std::string(members) + "}");
    BOOST_TEST_REQUIRE(r.has_value());
    return std::move(*r);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_chat_losses)

BOOST_AUTO_TEST_CASE(members_of_the_request) {
    using change = void (*)(chat_request&);
    static constexpr std::pair<change, std::string_view> cases[] = {
        {[](chat_request& r) { r.top_k = 3; }, "top_k?"},
        {[](chat_request& r) { r.cache.emplace("1h"); }, "cache?"},
        {[](chat_request& r) { r.user.assign(65, 'u'); }, "user?"},
        {[](chat_request& r) { r.service_tier = service_tier::batch; }, "service_tier?"},
        {[](chat_request& r) { r.extra.add("gemini_generate", "a", "1").hint = true; }, "a?"},
        {[](chat_request& r) { r.extra.add(openai_chat::name, "stream_options.x", "1"); }, "stream_options.x!"},
        {[](chat_request& r) { r.extra.add(openai_chat::name, "thinking.x", "1"); }, "thinking.x!"},
        {[](chat_request& r) { r.extra.add(openai_chat::name, "tool_choice.x", "1"); }, "tool_choice.x!"},
        {[](chat_request& r) { r.extra.add(openai_chat::name, "response_format.x", "1"); }, "response_format.x!"},
        {[](chat_request& r) {
             r.response_format.emplace();
             r.extra.add(openai_chat::name, "response_format.json_schema.x", "1");
         }, "response_format.json_schema.x!"},
        {[](chat_request& r) { r.reasoning.emplace().adaptive = true; }, "reasoning.adaptive?"},
        {[](chat_request& r) { r.reasoning.emplace().include_thoughts = true; }, "reasoning.include_thoughts?"},
        {[](chat_request& r) { r.reasoning.emplace().include_thoughts = false; }, ""},
        {[](chat_request& r) { r.reasoning.emplace().budget_tokens = 0; }, "reasoning.budget_tokens?"},
        {[](chat_request& r) { r.reasoning.emplace().budget_tokens = -1; }, ""},
        {[](chat_request& r) { r.reasoning.emplace().budget_tokens = 4096; }, ""},
        // The effort alone is written.
        {[](chat_request& r) { r.reasoning.emplace(reasoning_effort::low).budget_tokens = 4096; }, "reasoning.budget_tokens?"},
        {[](chat_request& r) { r.tool_choice = tool_choice(tool_choice::mode::none); r.tool_choice->name = "f"; }, "tool_choice.name?"},
        {[](chat_request& r) {
             r.response_format = response_format::json_schema("n", "{}");
             r.response_format->description = "d";
             r.response_format->strict = true;
         }, ""},
        {[](chat_request& r) {
             r.response_format = response_format::json_schema("n", "{}");
             r.response_format->form = response_format::kind::json_object;
             r.response_format->description = "d";
             r.response_format->strict = true;
         }, "response_format.name? response_format.description? response_format.schema? response_format.strict?"},
    };
    for (const auto& [set, expected] : cases) BOOST_TEST(reported_with(set) == expected);
}

BOOST_AUTO_TEST_CASE(a_choice_among_tools_that_are_lost) {
    chat_request r("m", "hi");
    tool t;
    t.builtin = opaque_part("anthropic_messages", R"({"type":"web_search_20250305","name":"web_search"})");
    t.kind = builtin_kind::web_search;
    t.cache.emplace();
    r.tools.push_back(t);
    r.tool_choice = tool_choice(tool_choice::mode::required);
    r.parallel_tool_calls = false;
    BOOST_TEST(reported(r) == "tools[0]! tool_choice? parallel_tool_calls?");
    r.tools.emplace_back("f", "", "");
    r.tools.back().cache.emplace();
    BOOST_TEST(reported(r) == "tools[0]! tools[1].cache?");
}

BOOST_AUTO_TEST_CASE(what_the_chosen_form_of_a_file_leaves_out) {
    const auto with = [](content_part part) {
        return reported_with([&part](chat_request& r) { r.messages[0].add(std::move(part)); });
    };
    file_part text(media::from_base64("text/plain", "aGVsbG8="), "a.txt");
    text.extra.add(openai_chat::name, "file.x", "1");
    BOOST_TEST(with(text) == "messages[0].content[1].filename? messages[0].content[1].file.x!");
    file_part linked(media::from_url("https://e.org/a.png"), "a.png");
    linked.source.media_type = "image/png";
    linked.source.data = "AAAA";
    BOOST_TEST(with(linked) == "messages[0].content[1].source.data? messages[0].content[1].filename?");
    file_part stored(media::from_file_id("file-1"), "a.pdf");
    stored.source.media_type = "application/pdf";
    BOOST_TEST(with(stored) == "messages[0].content[1].source.media_type?");
    image_part image(media::from_url("https://e.org/a.png"));
    image.source.media_type = "image/png";
    BOOST_TEST(with(image) == "messages[0].content[1].source.media_type?");
    audio_part audio(media::from_base64("audio/wav", "UklG"));
    audio.source.url = "https://e.org/a.wav";
    BOOST_TEST(with(audio) == "messages[0].content[1].source.url?");
    // What a tool gave is written later, in another message.
    tool_result_part result("c", "seen");
    result.content.emplace_back(image);
    BOOST_TEST(with(result) == "messages[0].content[1].content[1].source.media_type?");
}

BOOST_AUTO_TEST_CASE(a_name_is_reported_unless_the_call_has_it) {
    chat_request r("m", "hi");
    r.messages.push_back(message(role::assistant).add(tool_call_part("c", "f", "{}")));
    tool_result_part result("c", "1");
    result.name = "f";
    r.messages.push_back(message(role::tool).add(result));
    BOOST_TEST(reported(r) == "");
    std::get<tool_result_part>(r.messages[2].content[0]).name = "g";
    BOOST_TEST(reported(r) == "messages[2].content[0].name?");
    r.messages[2].name = "ann";
    r.messages[2].extra.add(openai_chat::name, "x", "1");
    BOOST_TEST(reported(r) == "messages[2].content[0].name? messages[2].name? messages[2].x!");
}

BOOST_AUTO_TEST_CASE(audio_that_has_no_id_to_refer_to) {
    chat_request r("m", "hi");
    const auto add = [&r](std::string_view audio) {
        r.messages.push_back(message(role::assistant).add(opaque_part(openai_chat::name, std::string(audio))));
    };
    add(R"({"type":"audio","audio":{"id":"a"}})");
    add(R"({"type":"audio","audio":{"data":"AA"}})");
    BOOST_TEST(reported(r) == "messages[2].content[0]!");
}

BOOST_AUTO_TEST_CASE(unknown_members_survive_inside_of_known_objects) {
    static constexpr std::string_view cases[] = {
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"x":1},"y":[2]})",
        R"("response_format":{"type":"text","y":[2]})",
        R"("response_format":{"type":"json_object","json_schema":{"name":"n"},"schema":{"type":"object"}})",
        R"("tools":[{"type":"function","function":{"name":"f","x":1},"y":2}],"tool_choice":{"type":"function","function":{"name":"f"},"y":2})",
        R"("web_search_options":{"search_context_size":"low"})",
        R"("stream":true,"stream_options":{"include_obfuscation":false})",
    };
    for (const std::string_view members : cases) {
        const std::string body = R"({"model":"m","messages":[{"role":"user","content":"x"}],)" + std::string(members) + "}";
        const auto r = openai_chat_test::decode(body);
        BOOST_TEST_REQUIRE(r.has_value());
        drop_report drops;
        BOOST_TEST((json(encode(*r, drops)) == json(body)), members << " became " << encode(*r));
        BOOST_TEST(drops.entries().empty());
    }
    BOOST_TEST(reported(decoded(R"("thinking":{"type":"enabled","budget_tokens":4096,"display":"full"})")) == "thinking.display!");
}

BOOST_AUTO_TEST_CASE(what_belongs_to_a_text_is_kept_without_one) {
    static constexpr std::string_view members =
        R"("annotations":[{"type":"url_citation"}],"extra_content":{"google":{"thought_signature":"s"}},"reasoning":{"effort":"low"})";
    const auto assistant = [](std::string_view content) {
        auto r = openai_chat_test::decode(R"({"model":"m","messages":[{"role":"assistant","content":)" + std::string(content) + "," +
                                          std::string(members) + "}]}");
        BOOST_TEST_REQUIRE(r.has_value());
        return std::move(r->messages[0]);
    };
    const message none = assistant("null"), text = assistant("\"x\"");
    BOOST_TEST(none.content.empty());
    BOOST_TEST(none.extra.members.size() == 3u);
    for (const auto& m : none.extra.members) BOOST_TEST(m.hint);
    BOOST_TEST(std::get<text_part>(text.content[0]).citations.size() == 1u);
    BOOST_TEST(std::get<text_part>(text.content[0]).signature == "s");
    BOOST_TEST(text.extra.members.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_search_of_the_web_is_a_tool) {
    const chat_request r = decoded(R"("web_search_options":{"search_context_size":"low"},"tools":[{"type":"code_interpreter"},{"type":"web_search_preview"}])");
    BOOST_TEST_REQUIRE(r.tools.size() == 3u);
    BOOST_TEST((r.tools[0].kind == builtin_kind::code_execution));
    BOOST_TEST((r.tools[1].kind == builtin_kind::web_search));
    BOOST_TEST((r.tools[2].kind == builtin_kind::web_search));
    BOOST_TEST(r.tools[2].builtin->value.text == R"({"type":"web_search_options","web_search_options":{"search_context_size":"low"}})");
    BOOST_TEST(r.extra.empty());
}

BOOST_AUTO_TEST_CASE(members_that_change_no_answer_are_marked) {
    const chat_request r = decoded(R"("store":true,"prediction":{},"prompt_cache_key":"k","prompt_cache_retention":"24h",
        "safety_identifier":"s","stream_options":{"include_obfuscation":false},"verbosity":"low")");
    for (const auto& m : r.extra.members) BOOST_TEST(m.hint, m.name);
    BOOST_TEST(r.extra.members.size() == 7u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_chat_losses_unit
