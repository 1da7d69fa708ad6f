// SPDX-License-Identifier: BSL-1.0
// Places of the vocabulary as a caller of generateContent wrote them, and what the encoder reports.
#include "gemini_generate_support.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace gemini_generate_places_unit {

using namespace gemini_test;
using namespace llmx;

namespace {

const request_place top;

const std::string rest =
    R"("contents":[{"role":"user","parts":[{"text":"hi"},{"fileData":{"fileUri":"gs://x"}}]},
      {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
      {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"1"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}]}],
      "tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]},{"googleSearch":{}},{"functionDeclarations":[{"name":"h"}]}]})";

std::string path(const request_place& place, const chat_request& r) { return gemini_generate::caller_path(place, r); }

/// The report on \p r, "place?" for a hint and "place!" for a loss.
std::string report(const chat_request& r, const encode_options& options = encode_options()) {
    drop_report drops;
    (void)encode(r, drops, options);
    std::string all;
    for (const auto& d : drops.entries()) all += (all.empty() ? "" : " ") + d.at.text() + (d.hint ? '?' : '!');
    return all;
}

encode_options levels() {
    encode_options o;
    o.traits.reasoning = model_traits::reasoning_style::effort;
    return o;
}

chat_request with_part(content_part part, role who = role::user) {
    chat_request r("m", "hi");
    r.messages.push_back(message(who).add(std::move(part)));
    return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_generate_places)

BOOST_AUTO_TEST_CASE(messages_and_parts_have_the_callers_names) {
    const auto r = decoded(R"({"systemInstruction":{"parts":[{"text":"s"}]},)" + rest);
    const auto first = top.message(3).part(0);
    BOOST_TEST(path(top.message(0).part(0), r) == "systemInstruction.parts[0]");
    BOOST_TEST(path(top.message(0), r) == "systemInstruction");
    BOOST_TEST(path(top.message(1).of<&message::name>(), r) == "contents[0].name");
    BOOST_TEST(path(top.message(1).part(1), r) == "contents[0].parts[1]");
    BOOST_TEST(path(top.message(1).part(1).of<&file_part::source>().of<&media::url>(), r) == "contents[0].parts[1].fileData.fileUri");
    BOOST_TEST(path(top.message(1).part(1).other("videoMetadata"), r) == "contents[0].parts[1].videoMetadata");
    BOOST_TEST(path(top.message(2).part(0).of<&tool_call_part::arguments>(), r) == "contents[1].parts[0].functionCall.args");
    BOOST_TEST(path(top.message(2).part(0).of<&tool_call_part::signature>(), r) == "contents[1].parts[0].thoughtSignature");
    BOOST_TEST(path(first.of<&tool_result_part::is_error>(), r) == "contents[2].parts[0].functionResponse.response");
    BOOST_TEST(path(first.item(0), r) == "contents[2].parts[0].functionResponse.response");
    BOOST_TEST(path(first.item(1), r) == "contents[2].parts[0].functionResponse.parts[0]");
    BOOST_TEST(path(first.item(1).of<&image_part::source>().of<&media::data>(), r) == "contents[2].parts[0].functionResponse.parts[0].inlineData.data");
    BOOST_TEST(path(first.item(1).other("x"), r) == "contents[2].parts[0].functionResponse.parts[0].x");
    // Behind what was decoded.
    BOOST_TEST(path(top.message(9).part(1), r) == "messages[9].content[1]");
    const auto plain = decoded("{" + rest);
    BOOST_TEST(path(top.message(0).part(1), plain) == "contents[0].parts[1]");
}

BOOST_AUTO_TEST_CASE(parts_of_joined_turns_are_named_where_they_stood) {
    const auto r = decoded(R"({"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"a"}]},
        {"role":"model","parts":[{"text":"b"},{"functionCall":{"name":"f"}}]},{"role":"model","parts":[{"functionCall":{"name":"g"}}]},
        {"role":"user","parts":[{"text":"x"}]}]})");
    BOOST_REQUIRE(r.messages.size() == 3u);
    BOOST_REQUIRE(r.messages[1].content.size() == 3u); // "ab", f, g
    BOOST_TEST(path(top.message(1), r) == "contents[1]");
    BOOST_TEST(path(top.message(1).part(0), r) == "contents[1].parts[0]");
    BOOST_TEST(path(top.message(1).part(1), r) == "contents[2].parts[1]");
    BOOST_TEST(path(top.message(1).part(2).of<&tool_call_part::arguments>(), r) == "contents[3].parts[0].functionCall.args");
    BOOST_TEST(path(top.message(2).part(0), r) == "contents[4].parts[0]");
}

BOOST_AUTO_TEST_CASE(tools_and_settings_have_the_callers_names) {
    const auto r = decoded("{" + rest);
    BOOST_TEST(path(top.tool(0), r) == "tools[0].functionDeclarations[0]");
    BOOST_TEST(path(top.tool(1).of<&tool::parameters>(), r) == "tools[0].functionDeclarations[1].parameters");
    BOOST_TEST(path(top.tool(2), r) == "tools[1]");
    BOOST_TEST(path(top.tool(3).of<&tool::strict>(), r) == "tools[2].functionDeclarations[0].strict");
    BOOST_TEST(path(top.tool(9), r) == "tools[9]");
    BOOST_TEST(path(top.of<&chat_request::top_k>(), r) == "generationConfig.topK");
    BOOST_TEST(path(top.of<&chat_request::n>(), r) == "generationConfig.candidateCount");
    BOOST_TEST(path(top.of<&chat_request::stop>().item(0), r) == "generationConfig.stopSequences[0]");
    BOOST_TEST(path(top.of<&chat_request::seed>(), r) == "generationConfig.seed");
    BOOST_TEST(path(top.of<&chat_request::logprobs>(), r) == "generationConfig.responseLogprobs");
    BOOST_TEST(path(top.of<&chat_request::top_logprobs>(), r) == "generationConfig.logprobs");
    BOOST_TEST(path(top.of<&chat_request::modalities>(), r) == "generationConfig.responseModalities");
    const auto reasoning = top.of<&chat_request::reasoning>();
    BOOST_TEST(path(reasoning, r) == "generationConfig.thinkingConfig");
    BOOST_TEST(path(reasoning.of<&reasoning_options::effort>(), r) == "generationConfig.thinkingConfig.thinkingLevel");
    BOOST_TEST(path(reasoning.of<&reasoning_options::include_thoughts>(), r) == "generationConfig.thinkingConfig.includeThoughts");
    const auto format = top.of<&chat_request::response_format>();
    BOOST_TEST(path(format, r) == "generationConfig.responseMimeType");
    BOOST_TEST(path(format.of<&response_format::schema>(), r) == "generationConfig.responseSchema");
    BOOST_TEST(path(format.of<&response_format::strict>(), r) == "generationConfig.responseMimeType");
    BOOST_TEST(path(top.of<&chat_request::tool_choice>(), r) == "toolConfig.functionCallingConfig");
    BOOST_TEST(path(top.of<&chat_request::tool_choice>().of<&tool_choice::name>(), r) == "toolConfig.functionCallingConfig.allowedFunctionNames");
    BOOST_TEST(path(top.of<&chat_request::service_tier>(), r) == "serviceTier");
    BOOST_TEST(path(top.other("safetySettings"), r) == "safetySettings");
    BOOST_TEST(path(top.other("generationConfig.speechConfig"), r) == "generationConfig.speechConfig");
}

BOOST_AUTO_TEST_CASE(unknown_members_belong_to_their_object) {
    // Names of generationConfig are no names of the request, nor those of the request any of its own.
    const auto r = decoded(with(R"("temperature":1,"labels":{"a":"b"},"generationConfig":{"contents":1,"model":"x",)"
        R"("temperature":0.5},"store":true,"cachedContent":"c")"));
    BOOST_TEST(*r.temperature == 0.5);
    std::string kept;
    for (const auto& m : r.extra.members) kept += m.name + (m.hint ? "? " : " ");
    BOOST_TEST(kept == "generationConfig.contents generationConfig.model temperature labels? store? cachedContent ");
    const auto parts = decoded(R"({"contents":[{"parts":[{"text":"a","data":1,"thought":false},)"
        R"({"inlineData":{"mimeType":"image/png","data":"AAAA","fileUri":2},"fileData":{"fileUri":"x"}}]}]})");
    BOOST_TEST(std::get<text_part>(parts.messages[0].content[0]).extra.members[0].name == "data");
    const auto& image = std::get<image_part>(parts.messages[0].content[1]).extra.members;
    BOOST_REQUIRE(image.size() == 2u);
    BOOST_TEST(image[0].name == "fileData");
    BOOST_TEST(image[1].name == "inlineData.fileUri");
}

BOOST_AUTO_TEST_CASE(builtin_tools_have_a_kind_in_both_directions) {
    const auto r = decoded(with(R"("tools":[{"googleSearch":{}},{"urlContext":{}},{"codeExecution":{}},{"googleMaps":{}},{"googleSearchRetrieval":{}}])"));
    const builtin_kind kinds[] = {builtin_kind::web_search, builtin_kind::web_fetch, builtin_kind::code_execution, builtin_kind::other,
                                  builtin_kind::web_search};
    chat_request foreign("m", "hi");
    for (std::size_t i = 0; i < 5; ++i) {
        BOOST_TEST((r.tools[i].kind == kinds[i]), i);
        tool t;
        t.builtin = opaque_part("openai_chat", "{}");
        t.kind = kinds[i];
        foreign.tools.push_back(t);
    }
    drop_report drops;
    BOOST_TEST((json(encode(foreign, drops)).at("tools") == json(R"([{"googleSearch":{}},{"urlContext":{}},{"codeExecution":{}},{"googleSearch":{}}])")));
    BOOST_TEST(report(foreign) == "tools[0]? tools[1]? tools[2]? tools[3]! tools[4]?");
}

BOOST_AUTO_TEST_CASE(settings_of_reasoning_are_written_or_reported) {
    const auto ask = [](auto change, const encode_options& options = encode_options()) {
        chat_request r("m", "hi");
        r.reasoning = reasoning_options();
        change(*r.reasoning);
        return report(r, options);
    };
    const auto adaptive = [](reasoning_options& o) { o.adaptive = true; };
    const auto both = [](reasoning_options& o) {
        o.effort = reasoning_effort::low;
        o.budget_tokens = 5000;
    };
    const auto all = [&](reasoning_options& o) {
        both(o);
        o.adaptive = true;
    };
    BOOST_TEST(ask(adaptive) == ""); // a budget of -1
    BOOST_TEST(ask(adaptive, levels()) == "reasoning.adaptive?");
    BOOST_TEST(ask(both) == "reasoning.effort?");
    BOOST_TEST(ask(both, levels()) == "reasoning.budget_tokens?");
    BOOST_TEST(ask(all) == "reasoning.effort? reasoning.adaptive?");
    BOOST_TEST(ask([](reasoning_options& o) { o.effort = reasoning_effort::none; }, levels()) == "reasoning.effort?");
    BOOST_TEST(ask([](reasoning_options& o) { o.budget_tokens = 0; }, levels()) == "reasoning.budget_tokens?");
    BOOST_TEST(ask([](reasoning_options& o) { o.include_thoughts = true; }) == "");
}

BOOST_AUTO_TEST_CASE(all_of_a_response_format_is_written_or_reported) {
    chat_request r("m", "hi");
    r.response_format = response_format::json_schema("n", R"({"type":"object","properties":{"a":{"type":"string"}}})");
    r.response_format->strict = true;
    r.response_format->description = "of the answer";
    BOOST_TEST(report(r) == "response_format.strict? response_format.name?");
    encode_options native;
    native.traits.native_json_schema = true;
    BOOST_TEST((json(encode(r)).at_pointer("/generationConfig/responseSchema/description") == "of the answer"));
    BOOST_TEST((json(encode(r, native)).at_pointer("/generationConfig/responseJsonSchema") ==
                json(R"({"description":"of the answer","type":"object","properties":{"a":{"type":"string"}}})")));
    r.response_format->schema = raw_json(R"({"type":"object","description":"own"})");
    BOOST_TEST(report(r, native) == "response_format.strict? response_format.name? response_format.description?");
    r.response_format->form = response_format::kind::json_object;
    BOOST_TEST(report(r) == "response_format.strict? response_format.name? response_format.schema! response_format.description!");
    // What the decoder gave in place of a name is none.
    BOOST_TEST(report(decoded(with(R"("generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"}})"))) == "");
    r.response_format = response_format::json_schema("n", "nonsense");
    std::string out;
    drop_report drops;
    const auto failed = try_encode(r, native, out, drops);
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST(failed.error().param() == "response_format.schema");
    BOOST_REQUIRE(drops.refused() != nullptr);
    BOOST_TEST(path(*drops.refused(), r) == "generationConfig.responseSchema");
}

BOOST_AUTO_TEST_CASE(members_within_the_result_of_a_tool_are_written_or_reported) {
    const std::string body = R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},)"
        R"("thoughtSignature":"c2ln"}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":1},)"
                             R"("parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA","displayName":"d"},"x":1}]}}]}]})";
    BOOST_TEST((json(encode(decoded(body), levels())) == json(body)));
    tool_result_part result("c", "text");
    auto& text = std::get<text_part>(result.content[0]);
    text.cache = cache_control();
    text.signature = "s";
    text.extra.add("anthropic_messages", "x", "1");
    image_part image(media::from_base64("image/png", "AAAA"));
    image.detail = "low";
    image.source.url = "https://a/b.png";
    image.cache = cache_control();
    result.content.emplace_back(image);
    file_part file(media::from_file_id("files/a"), "a.pdf");
    file.extra.add("gemini_generate", "inlineData.x", "1");
    result.content.emplace_back(file);
    chat_request r("m", "hi");
    r.messages.push_back(message(role::assistant).add(tool_call_part("c", "f", "{}")));
    r.messages.push_back(message(role::tool).add(result));
    BOOST_TEST(report(r) == "messages[2].content[0].content[0].cache? messages[2].content[0].content[0].x! messages[2].content[0].content[0].signature? "
                            "messages[2].content[0].content[1].detail? messages[2].content[0].content[1].cache? messages[2].content[0].content[1].source.url? "
                            "messages[2].content[0].content[2].filename? messages[2].content[0].content[2].inlineData.x!");
}

BOOST_AUTO_TEST_CASE(members_of_parts_are_written_or_reported) {
    text_part text("t");
    text.citations.emplace_back();
    BOOST_TEST(report(with_part(text)) == "messages[1].content[0].citations?");
    text.signature = "s";
    text.extra.add("gemini_generate", "x", "1");
    chat_request instructed("m", "hi");
    instructed.messages.insert(instructed.messages.begin(), message(role::system).add(text));
    BOOST_TEST(report(instructed) == "messages[0].content[0].citations? messages[0].content[0].signature?");
    BOOST_TEST(report(with_part(refusal_part("no"), role::assistant)) == "messages[1].content[0].text?");
    thinking_part thought("t", "s", "gemini_generate");
    thought.redacted_data = "r";
    BOOST_TEST(report(with_part(thought, role::assistant)) == "messages[1].content[0].redacted_data?");
    image_part image(media::from_url("https://a/b.png"));
    image.source.file_id = "files/x";
    image.extra.add("gemini_generate", "inlineData.x", "1");
    BOOST_TEST(report(with_part(image)) == "messages[1].content[0].source.file_id? messages[1].content[0].inlineData.x!");
    text_part nothing;
    nothing.extra.add("gemini_generate", "x", "1");
    BOOST_TEST(report(with_part(nothing, role::assistant)) == "messages[1].content[0].x!");
    tool_call_part call("c", "f", "{}");
    call.cache = cache_control();
    call.extra.add("openai_chat", "index", "1");
    BOOST_TEST(report(with_part(call, role::assistant)) == "messages[1].content[0].cache? messages[1].content[0].index?");
}

BOOST_AUTO_TEST_CASE(members_of_messages_and_settings_that_find_no_place_are_reported) {
    chat_request r("m", "hi");
    for (int i = 0; i < 2; ++i) {
        r.messages.push_back(message::system("s"));
        r.messages.back().extra.add("gemini_generate", "x", "1");
    }
    r.messages.emplace_back(role::assistant).extra.add("gemini_generate", "y", "1");
    r.extra.add("gemini_generate", "toolConfig.functionCallingConfig.mode", "\"VALIDATED\"");
    BOOST_TEST(report(r) == "messages[3].y! messages[1]? messages[2]? messages[2].x! toolConfig.functionCallingConfig.mode?");
    tool t;
    t.builtin = opaque_part("gemini_generate", R"({"urlContext":{}})");
    t.cache = cache_control();
    chat_request own("m", "hi");
    own.tools.push_back(t);
    BOOST_TEST(report(own) == "tools[0].cache?");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_generate_places_unit
