// SPDX-License-Identifier: BSL-1.0
#include "gemini_generate_support.hpp"

#include <support/golden.hpp>

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <type_traits>

namespace gemini_generate_request_unit {

namespace {
using namespace gemini_test;
using llmx::reasoning_effort;

std::string of(const llmx::drop_report& drops) {
    std::string all;
    for (const auto& d : drops.entries()) {
        if (!all.empty()) all += ' ';
        all += d.at.text();
        all += d.hint ? '?' : '!';
    }
    return all;
}

/// The encoded body of a request with the text "hi" and what \p change adds.
template <class F> std::string body_of(F change, const llmx::encode_options& options = llmx::encode_options()) {
    llmx::chat_request r("m", "hi");
    change(r);
    return encode(r, options);
}

boost::json::value at(std::string_view body, std::string_view pointer) { return json(body).at_pointer(pointer); }

std::string text_of(const boost::json::value& v) { return std::string(boost::json::serialize(v)); }

llmx::encode_options effort_style() {
    llmx::encode_options o;
    o.traits.reasoning = llmx::model_traits::reasoning_style::effort;
    return o;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_generate_request)

BOOST_AUTO_TEST_CASE(both_spellings_are_read) {
    const std::string camel = llmx_test::golden("gemini/request-camel-case.json");
    const std::string snake = llmx_test::golden("gemini/request-snake-case.json");
    const auto a = decoded(camel), b = decoded(snake);
    BOOST_TEST((a == b));
    BOOST_TEST(a.max_output_tokens.value() == 5);
    BOOST_TEST(a.tool_choice->name == "f");
    BOOST_TEST(a.messages.front().text() == "s");
    BOOST_TEST(a.extra.find("safetySettings") != nullptr);
    BOOST_TEST(llmx::gemini_generate::scan_request(snake, target())->max_output_tokens == 5);
    BOOST_TEST((llmx::gemini_generate::scan_request(snake, target())->model == "gemini-x"));
}

BOOST_AUTO_TEST_CASE(model_and_stream_come_from_the_path) {
    llmx::request_target t;
    t.model = "gem";
    t.stream = true;
    const auto r = llmx::gemini_generate::decode_request(with(R"("model":"models/other")"), t).value();
    BOOST_TEST(r.model == "gem");
    BOOST_TEST(r.stream);
    BOOST_TEST(r.include_usage);
    const auto head = llmx::gemini_generate::scan_request(with(R"("model":"models/other")"), t).value();
    BOOST_TEST((head.model == "gem"));
    BOOST_TEST(head.stream);
    BOOST_TEST(head.include_usage);
    BOOST_TEST(head.model_end == 0u);
    const std::string named = with(R"("model":"models/other")");
    BOOST_TEST(llmx::gemini_generate::decode_request(named, {}).value().model == "other");
    BOOST_TEST((llmx::gemini_generate::scan_request(named, {}).value().model == "other"));
}

BOOST_AUTO_TEST_CASE(turns_and_parts) {
    const auto r = decoded(llmx_test::golden("gemini/request-parts.json"));
    BOOST_REQUIRE(r.messages.size() == 4u);
    const auto& user = r.messages[0];
    BOOST_TEST((user.from == llmx::role::user));
    BOOST_TEST(std::get<llmx::image_part>(user.content[1]).source.data == "+/8="); // either alphabet, with padding
    BOOST_TEST(std::get<llmx::audio_part>(user.content[2]).source.media_type == "audio/wav");
    BOOST_TEST(std::get<llmx::file_part>(user.content[3]).source.url == "https://youtu.be/x");

    const auto& model = r.messages[1].content;
    BOOST_REQUIRE(model.size() == 5u);
    BOOST_TEST((model[0] == llmx::content_part(llmx::thinking_part("hm!", "c2ln", "gemini_generate"))));
    BOOST_TEST(std::get<llmx::text_part>(model[1]).signature == "dHh0");
    const auto& f = std::get<llmx::tool_call_part>(model[2]);
    BOOST_TEST(f.id == "llmx_call_0");
    BOOST_TEST(f.arguments == R"({"a":1})");
    BOOST_TEST(f.signature == "Y2FsbA==");
    BOOST_TEST(std::get<llmx::tool_call_part>(model[3]).arguments == "{}");
    BOOST_TEST(std::holds_alternative<llmx::opaque_part>(model[4]));

    BOOST_TEST((r.messages[2].from == llmx::role::tool));
    const auto& first = std::get<llmx::tool_result_part>(r.messages[2].content[0]);
    BOOST_TEST(first.call_id == "llmx_call_0"); // by name, since the wire had no id
    BOOST_TEST(std::get<llmx::text_part>(first.content[0]).text == "ok");
    const auto& second = std::get<llmx::tool_result_part>(r.messages[2].content[1]);
    BOOST_TEST(second.call_id == "given");
    BOOST_TEST(std::get<llmx::text_part>(second.content[0]).text == R"({"x":1})");
    BOOST_TEST(std::holds_alternative<llmx::image_part>(second.content[1]));

    BOOST_TEST((r.messages[3].from == llmx::role::user)); // mixed: the result stays in place
    BOOST_TEST(std::get<llmx::tool_result_part>(r.messages[3].content[0]).is_error);
}

BOOST_AUTO_TEST_CASE(results_without_ids_find_their_calls_in_order) {
    const auto r = decoded(R"({"contents":[
        {"role":"model","parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f"}}]},
        {"role":"function","parts":[{"functionResponse":{"name":"g","response":{}}},
          {"functionResponse":{"name":"f","response":{}}},{"functionResponse":{"name":"f","response":{}}}]}]})");
    std::vector<std::string> ids;
    for (const auto& p : r.messages[1].content) ids.push_back(std::get<llmx::tool_result_part>(p).call_id);
    BOOST_TEST((ids == std::vector<std::string>{"llmx_call_1", "llmx_call_0", "llmx_call_2"}));
    // Ids of ours do not go out again.
    BOOST_TEST(encode(r).find("llmx_call_") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_history_kept_chunk_by_chunk_is_one_turn) {
    const auto r = decoded(R"({"contents":[{"role":"user","parts":[{"text":"q"}]},
        {"role":"model","parts":[{"text":"th","thought":true}]},{"role":"model","parts":[{"text":"ink","thought":true}]},
        {"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":"c2ln"}]},
        {"role":"model","parts":[{"text":"Hel"}]},{"role":"model","parts":[{"text":"lo"}]},{"role":"model","parts":[]},
        {"role":"user","parts":[{"text":"q2"}]}]})");
    BOOST_REQUIRE(r.messages.size() == 3u);
    BOOST_REQUIRE(r.messages[1].content.size() == 2u);
    BOOST_TEST((r.messages[1].content[0] == llmx::content_part(llmx::thinking_part("think", "c2ln", "gemini_generate"))));
    BOOST_TEST(r.messages[1].text() == "Hello");
}

BOOST_AUTO_TEST_CASE(a_single_message_stands_for_a_list) {
    const auto r = decoded(R"({"contents":{"role":"user","parts":{"text":"hi"}},"systemInstruction":{"parts":{"text":"s"}},
                              "tools":{"googleSearch":{}}})");
    BOOST_TEST(r.messages.size() == 2u);
    BOOST_TEST(r.tools.size() == 1u);
    BOOST_TEST(r.tools[0].builtin->value.text == R"({"googleSearch":{}})");
}

BOOST_AUTO_TEST_CASE(wrong_requests_name_the_member) {
    const char* rows[][2] = {
        {R"({})", "contents"},
        {R"({"contents":[]})", "contents"},
        {R"({"contents":"x"})", "contents"},
        {R"({"contents":[7]})", "contents[0]"},
        {R"({"contents":[{"role":"system","parts":[{"text":"x"}]}]})", "contents[0].role"},
        {R"({"contents":[{"parts":"x"}]})", "contents[0].parts"},
        {R"({"contents":[{"parts":[{"text":5}]}]})", "contents[0].parts[0].text"},
        {R"({"contents":[{"parts":[{}]}]})", "contents[0].parts[0]"},
        {R"({"contents":[{"parts":[{"text":"a"},{"inlineData":"x"}]}]})", "contents[0].parts[1].inlineData"},
        {R"({"contents":[{"parts":[{"inlineData":{"data":"AAEC"}}]}]})", "contents[0].parts[0].inlineData.mimeType"},
        {R"({"contents":[{"parts":[{"inlineData":{"mimeType":"image/png"}}]}]})", "contents[0].parts[0].inlineData.data"},
        {R"({"contents":[{"parts":[{"fileData":{"mimeType":"image/png"}}]}]})", "contents[0].parts[0].fileData.fileUri"},
        {R"({"contents":[{"parts":[{"functionCall":{"args":{}}}]}]})", "contents[0].parts[0].functionCall.name"},
        {R"({"contents":[{"parts":[{"functionCall":{"name":"f","args":[]}}]}]})", "contents[0].parts[0].functionCall.args"},
        {R"({"contents":[{"parts":[{"functionResponse":{"response":{}}}]}]})", "contents[0].parts[0].functionResponse.name"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"systemInstruction":"s"})", "systemInstruction"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"temperature":"hot"}})", "generationConfig.temperature"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":-1}})", "generationConfig.maxOutputTokens"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"stopSequences":[1]}})", "generationConfig.stopSequences[0]"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"deep"}}})", "generationConfig.thinkingConfig.thinking"
            "Level"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"description":"d"}]}]})", "tools[0].functionDeclarations[0].name"},
        {R"({"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":1}}})", "toolConfig.functionCallingConfig.mode"},
    };
    for (const auto& row : rows) {
        const auto r = decode(row[0]);
        BOOST_REQUIRE_MESSAGE(r.has_error(), row[0]);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
        BOOST_TEST(r.error().param() == row[1], row[0] << " gave " << r.error().param());
        BOOST_TEST(r.error().message().starts_with(std::string(row[1]) + ": expected "), r.error().message());
    }
    for (const char* bad : {"", "[]", "{\"contents\":[{}]", "null"}) {
        BOOST_TEST(decode(bad).has_error(), bad);
        BOOST_TEST(llmx::gemini_generate::scan_request(bad, target()).has_error(), bad);
    }
    for (const char* bad : {R"({"contents":[ ]})", R"({"contents":"x"})", R"({"x":1})"})
        BOOST_TEST(llmx::gemini_generate::scan_request(bad, target()).has_error(), bad);
}

BOOST_AUTO_TEST_CASE(unknown_members_go_back_to_their_place) {
    const std::string body = llmx_test::golden("gemini/request-vendor-members.json");
    const auto r = decoded(body);
    for (const char* name : {"generationConfig.speechConfig", "generationConfig.thinkingConfig.new", "generationConfig.responseSchema",
                             "toolConfig.retrievalConfig", "cachedContent"})
        BOOST_TEST(r.extra.find(name) != nullptr, name);
    BOOST_REQUIRE(r.tool_choice.has_value());
    BOOST_TEST((r.tool_choice->how == llmx::tool_choice::mode::automatic));
    BOOST_TEST(r.tool_choice->allowed.size() == 2u);
    BOOST_TEST(!r.response_format.has_value());
    llmx::drop_report drops;
    const auto again = json(encode(r, drops));
    BOOST_TEST(of(drops) == "");
    const auto before = json(body);
    for (const char* pointer : {"/contents", "/tools", "/toolConfig", "/safetySettings", "/cachedContent", "/generationConfig/speechConfig",
                                "/generationConfig/thinkingConfig", "/generationConfig/responseSchema", "/generationConfig/responseMimeType"})
        BOOST_TEST((again.at_pointer(pointer) == before.at_pointer(pointer)), pointer << " is " << again.at_pointer(pointer));
}

BOOST_AUTO_TEST_CASE(system_messages_and_merged_turns) {
    llmx::chat_request r;
    r.messages.push_back(llmx::message::system("one"));
    r.messages.push_back(llmx::message::user("a"));
    r.messages.push_back(llmx::message::user("b"));
    r.messages.push_back(llmx::message(llmx::role::developer, "two"));
    r.messages.push_back(llmx::message::assistant("c"));
    llmx::drop_report drops;
    const std::string body = encode(r, drops);
    BOOST_TEST(body == R"({"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]}],)"
                       R"("systemInstruction":{"parts":[{"text":"one"},{"text":"two"}]}})");
    BOOST_TEST(of(drops) == "messages[3]?");

    llmx::chat_request alone;
    alone.messages.push_back(llmx::message::system("only"));
    BOOST_TEST(encode(alone) == R"({"contents":[{"role":"user","parts":[{"text":"only"}]}]})");

    llmx::chat_request empty;
    std::string out = "kept";
    BOOST_TEST(try_encode(empty, {}, out, drops).has_error());
    BOOST_TEST(out == "kept");
}

BOOST_AUTO_TEST_CASE(tool_calls_and_results) {
    llmx::chat_request r("m", "weather?");
    llmx::message calls(llmx::role::assistant);
    calls.add(llmx::text_part(""));
    calls.add(llmx::tool_call_part("call_a", "w", R"({"city":"Paris"})")).add(llmx::tool_call_part("llmx_call_7", "w", ""));
    r.messages.push_back(calls);
    r.messages.push_back(llmx::message::tool_result("call_a", "18 degrees"));
    llmx::message second = llmx::message::tool_result("llmx_call_7", R"( {"t": 24} )");
    auto& result = std::get<llmx::tool_result_part>(second.content[0]);
    result.content.emplace_back(llmx::image_part(llmx::media::from_base64("image/png", "AAEC")));
    result.content.emplace_back(llmx::image_part(llmx::media::from_url("https://a/b.jpg")));
    r.messages.push_back(second);
    r.messages.push_back(llmx::message::user("and?"));
    const auto body = json(encode(r));
    BOOST_TEST((body.at("contents") == json(R"([
        {"role":"user","parts":[{"text":"weather?"}]},
        {"role":"model","parts":[{"functionCall":{"id":"call_a","name":"w","args":{"city":"Paris"}}},{"functionCall":{"name":"w","args":{}}}]},
        {"role":"user","parts":[{"functionResponse":{"id":"call_a","name":"w","response":{"result":"18 degrees"}}},
            {"functionResponse":{"name":"w","response":{"t":24}}},{"inlineData":{"mimeType":"image/png","data":"AAEC"}},
            {"fileData":{"mimeType":"image/jpeg","fileUri":"https://a/b.jpg"}}]},
        {"role":"user","parts":[{"text":"and?"}]}])")), body.at("contents"));

    // A failed tool, and one that answers nothing.
    for (const auto& [text, response] : {std::pair{"boom", R"({"error":"boom"})"}, std::pair{R"({"a":1})", R"({"error":{"a":1}})"}}) {
        llmx::chat_request failing("m", "x");
        failing.messages.push_back(llmx::message(llmx::role::assistant).add(llmx::tool_call_part("c", "f", "{}")));
        failing.messages.push_back(llmx::message::tool_result("c", text));
        std::get<llmx::tool_result_part>(failing.messages[2].content[0]).is_error = true;
        const auto done = encode(failing);
        BOOST_TEST((at(done, "/contents/2/parts/0/functionResponse/response") == json(response)));
        BOOST_TEST(std::get<llmx::tool_result_part>(decoded(done).messages[2].content[0]).is_error);
    }
    llmx::chat_request orphan("m", "x");
    orphan.messages.push_back(llmx::message::tool_result("nobody", "y"));
    std::string out;
    llmx::drop_report drops;
    const auto failed = try_encode(orphan, {}, out, drops);
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST(failed.error().param() == "messages[1].content[0].call_id");
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(arguments_that_are_no_object_are_kept_as_text) {
    llmx::chat_request r("m", "x");
    r.messages.push_back(llmx::message(llmx::role::assistant).add(llmx::tool_call_part("c", "f", "{\"a\":")));
    llmx::drop_report drops;
    const std::string body = encode(r, drops);
    BOOST_TEST((at(body, "/contents/1/parts/0/functionCall/args") == json(R"({"arguments":"{\"a\":"})")));
    BOOST_TEST(of(drops) == "");
}

BOOST_AUTO_TEST_CASE(signatures) {
    llmx::chat_request r("m", "x");
    llmx::tool_call_part signed_call("a", "f", "{}"), plain("b", "g", "{}");
    signed_call.signature = "c2ln";
    r.messages.push_back(llmx::message(llmx::role::assistant)
                             .add(llmx::thinking_part("shown", "dGg="))
                             .add(llmx::thinking_part("unsigned"))
                             .add(signed_call)
                             .add(plain));
    r.messages.push_back(llmx::message(llmx::role::tool).add(llmx::tool_result_part("a", "1")).add(llmx::tool_result_part("b", "2")));
    r.messages.push_back(llmx::message(llmx::role::assistant).add(plain).add(plain));
    llmx::drop_report drops;
    const auto budget = json(encode(r, drops));
    BOOST_TEST(of(drops) == "messages[1].content[1]?");
    BOOST_TEST((budget.at_pointer("/contents/1/parts") == json(R"([{"text":"shown","thought":true,"thoughtSignature":"dGg="},
        {"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"b","name":"g","args":{}}}])")));
    BOOST_TEST(boost::json::serialize(budget.at_pointer("/contents/3")).find("thoughtSignature") == std::string::npos);
    // Gemini 3 refuses a first call without one.
    const std::string body = encode(r, effort_style());
    BOOST_TEST((at(body, "/contents/3/parts/0/thoughtSignature") == "skip_thought_signature_validator"));
    BOOST_TEST(!at(body, "/contents/3/parts/1").as_object().contains("thoughtSignature"));
    BOOST_TEST(std::get<llmx::tool_call_part>(decoded(body).messages[3].content[0]).signature == "");
    // Python's SDK writes bytes in the alphabet for URLs; the maker of the signature used the standard one.
    for (const auto& [written, read] : {std::pair{"-_8=", "+/8="}, std::pair{"-_8", "+/8="}, std::pair{"+/8=", "+/8="}, std::pair{"AAEC", "AAEC"}}) {
        const std::string proof = std::string(R"(,"thoughtSignature":")") + written + "\"}";
        const auto q = decoded(R"({"contents":[{"role":"model","parts":[{"text":"t","thought":true)" + proof + R"(,{"text":"a")" + proof +
                               R"(,{"functionCall":{"name":"f"})" + proof + "]}]}");
        const auto& parts = q.messages[0].content;
        BOOST_TEST(std::get<llmx::thinking_part>(parts[0]).signature == read);
        BOOST_TEST(std::get<llmx::text_part>(parts[1]).signature == read);
        BOOST_TEST(std::get<llmx::tool_call_part>(parts[2]).signature == read);
    }
    const auto skipped = decoded(R"({"contents":[{"role":"model","parts":[{"text":"t","thoughtSignature":"skip_thought_signature_validator"}]}]})");
    BOOST_TEST(std::get<llmx::text_part>(skipped.messages[0].content[0]).signature == "skip_thought_signature_validator");
}

BOOST_AUTO_TEST_CASE(media) {
    const auto part = [](llmx::content_part p) {
        llmx::chat_request r("m", "x");
        r.messages[0].content[0] = std::move(p);
        return boost::json::serialize(at(encode(r), "/contents/0/parts/0"));
    };
    using llmx::media;
    BOOST_TEST(part(llmx::image_part(media::from_url("https://a/b.PNG?x=1"))) == R"({"fileData":{"mimeType":"image/png","fileUri":"https://a/b.PNG?x=1"}})");
    BOOST_TEST(part(llmx::image_part(media::from_url("https://a.com/b"))) == R"({"fileData":{"fileUri":"https://a.com/b"}})");
    BOOST_TEST(part(llmx::image_part(media::from_url("data:image/gif;base64,R0lGODlh"))) == R"({"inlineData":{"mimeType":"image/gif","data":"R0lGODlh"}})");
    BOOST_TEST(part(llmx::image_part(media::from_base64("", "iVBORw0KGgoAAAA="))) == R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAAA="}})");
    BOOST_TEST(part(llmx::file_part(media::from_base64("application/pdf", "JVBERi0="))) == R"({"inlineData":{"mimeType":)"
        R"("application/pdf","data":"JVBERi0="}})");
    BOOST_TEST(part(llmx::audio_part(media::from_base64("audio/wav", "AAEC"))) == R"({"inlineData":{"mimeType":"audio/wav","data":"AAEC"}})");
    BOOST_TEST(part(llmx::file_part(media::from_file_id("files/abc"))) == R"({"fileData":{"fileUri":"files/abc"}})");
}

BOOST_AUTO_TEST_CASE(names_that_google_takes) {
    for (const char* const name : {"_1", "a.b:c-d", "X"}) BOOST_TEST(llmx::gemini_generate::tool_names.fits(name), name);
    for (const char* const name : {"21st_magic", "-x", "a b"}) BOOST_TEST(!llmx::gemini_generate::tool_names.fits(name), name);
}

BOOST_AUTO_TEST_CASE(tools_and_choice) {
    const std::string body = body_of([](llmx::chat_request& r) {
        r.tools.emplace_back("f", "does", R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})");
        r.tools.emplace_back("none", "", R"({"type":"object","properties":{}})");
        r.tools[0].strict = true;
        llmx::tool search, run;
        search.builtin = llmx::opaque_part("openai_chat", R"({"type":"web_search_preview"})");
        search.kind = llmx::builtin_kind::web_search;
        run.builtin = llmx::opaque_part("gemini_generate", R"({"codeExecution":{}})");
        r.tools.push_back(search);
        r.tools.push_back(run);
        r.tool_choice = llmx::tool_choice::function("f");
    }, effort_style());
    BOOST_TEST((at(body, "/tools") == json(R"([{"functionDeclarations":[
        {"name":"f","description":"does","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["a"]}},{"name":"none"}]},
        {"googleSearch":{}},{"codeExecution":{}}])")));
    BOOST_TEST((at(body, "/toolConfig") == json(R"({"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]},)"
        R"("includeServerSideToolInvocations":true})")));
    using mode = llmx::tool_choice::mode;
    for (const auto& [m, word] : {std::pair{mode::automatic, "AUTO"}, std::pair{mode::none, "NONE"}, std::pair{mode::required, "ANY"}}) {
        const auto b = body_of([how = m](llmx::chat_request& r) {
            r.tools.emplace_back("f", "", "");
            r.tool_choice = llmx::tool_choice(how);
        });
        BOOST_TEST((at(b, "/toolConfig/functionCallingConfig/mode") == word));
        BOOST_TEST((decoded(b).tool_choice->how == m));
    }
    const auto several = decoded(with(R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f","g"]}})"));
    BOOST_TEST((several.tool_choice->how == mode::required));
    BOOST_TEST((several.tool_choice->allowed == std::vector<std::string>{"f", "g"}));

    llmx::chat_request bad("m", "x");
    bad.tools.emplace_back("f", "", "[]");
    std::string out;
    llmx::drop_report drops;
    const auto failed = try_encode(bad, {}, out, drops);
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST(failed.error().param() == "tools[0].parameters");
}

BOOST_AUTO_TEST_CASE(a_choice_stands_beside_functions_only) {
    using mode = llmx::tool_choice::mode;
    const auto ask = [](llmx::tool_choice how, bool search) {
        llmx::chat_request r("m", "hi");
        if (search) {
            r.tools.emplace_back();
            r.tools[0].builtin = llmx::opaque_part("anthropic_messages", R"({"type":"web_search_20250305","name":"web_search"})");
            r.tools[0].kind = llmx::builtin_kind::web_search;
        }
        r.tool_choice = std::move(how);
        llmx::drop_report drops;
        const auto body = json(encode(r, drops)).as_object();
        BOOST_TEST(!body.contains("toolConfig"));
        BOOST_TEST(body.contains("tools") == search);
        return of(drops);
    };
    BOOST_TEST(ask(llmx::tool_choice(mode::automatic), true) == "tools[0]?");
    BOOST_TEST(ask(llmx::tool_choice(mode::automatic), false) == "");
    BOOST_TEST(ask(llmx::tool_choice(mode::none), false) == "");
    // The search can be neither demanded nor forbidden.
    BOOST_TEST(ask(llmx::tool_choice(mode::required), true) == "tools[0]? tool_choice!");
    BOOST_TEST(ask(llmx::tool_choice(mode::none), true) == "tools[0]? tool_choice!");
    BOOST_TEST(ask(llmx::tool_choice::function("f"), false) == "tool_choice!");
}

BOOST_AUTO_TEST_CASE(search_beside_functions) {
    const auto ask = [](auto change, const llmx::encode_options& options, std::string expected) {
        llmx::chat_request r("m", "hi");
        r.tools.emplace_back("f", "", "");
        change(r);
        llmx::drop_report drops;
        const auto body = json(encode(r, drops, options)).as_object();
        BOOST_TEST(of(drops) == expected);
        return body;
    };
    const auto builtin = [](std::string_view dialect, std::string definition) {
        return [dialect, definition](llmx::chat_request& r) {
            r.tools.emplace_back();
            r.tools.back().builtin = llmx::opaque_part(dialect, definition);
            if (dialect != "gemini_generate") r.tools.back().kind = llmx::builtin_kind::web_search;
            r.tool_choice = llmx::tool_choice(llmx::tool_choice::mode::automatic);
        };
    };
    const auto foreign = builtin("openai_chat", R"({"type":"web_search"})"), own = builtin("gemini_generate", R"({"urlContext":{}})");
    const auto plain = llmx::encode_options();
    // Gemini 2 and older refuse the two together.
    const auto functions = json(R"([{"functionDeclarations":[{"name":"f"}]}])");
    BOOST_TEST((ask(foreign, plain, "tools[1]!").at("tools") == functions));
    BOOST_TEST((ask(own, plain, "tools[1]!").at("tools") == functions));
    // The model that works a screen takes functions too.
    const auto screen = ask(builtin("gemini_generate", R"({"computerUse":{}})"), plain, "");
    BOOST_TEST((screen.at("tools") == json(R"([{"functionDeclarations":[{"name":"f"}]},{"computerUse":{}}])")));
    BOOST_TEST((screen.at("toolConfig") == json(R"({"functionCallingConfig":{"mode":"AUTO"}})")));
    // Gemini 3 takes them when it is configured so; AUTO is then refused and not needed.
    const auto both = ask(foreign, effort_style(), "tools[1]?");
    BOOST_TEST((both.at("tools") == json(R"([{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}])")));
    BOOST_TEST((both.at("toolConfig") == json(R"({"includeServerSideToolInvocations":true})")));
}

BOOST_AUTO_TEST_CASE(media_of_tools_stand_behind_the_responses) {
    llmx::chat_request r("m", "x");
    r.messages.push_back(llmx::message(llmx::role::assistant).add(llmx::tool_call_part("a", "f", "{}")).add(llmx::tool_call_part("b", "g", "{}")));
    llmx::tool_result_part first("a", "1"), second("b", "2");
    first.content.emplace_back(llmx::image_part(llmx::media::from_base64("image/png", "AAEC")));
    first.content.emplace_back(llmx::file_part(llmx::media::from_url("https://a/b.pdf")));
    second.content.emplace_back(llmx::image_part(llmx::media::from_url("data:image/gif;base64,R0lG")));
    llmx::chat_request apart = r;
    r.messages.push_back(llmx::message(llmx::role::tool).add(first).add(second));
    // The same results as OpenAI has them, a message each.
    apart.messages.push_back(llmx::message(llmx::role::tool).add(first));
    apart.messages.push_back(llmx::message(llmx::role::tool).add(second));
    for (const auto& q : {r, apart}) {
        llmx_test::check_golden("gemini/tool-results-flat.json", text_of(at(encode(q), "/contents/2/parts")));
        llmx_test::check_golden("gemini/tool-results-nested.json", text_of(at(encode(q, effort_style()), "/contents/2/parts")));
        BOOST_TEST(at(encode(q), "/contents").as_array().size() == 3u);
    }
    const auto again = decoded(encode(r, effort_style()));
    BOOST_TEST(std::get<llmx::tool_result_part>(again.messages[2].content[1]).content.size() == 2u);
    // What follows in the same turn comes behind them.
    r.messages.back().from = llmx::role::user;
    r.messages.back().add(llmx::text_part("so?"));
    const auto parts = at(encode(r), "/contents/2/parts").as_array();
    BOOST_REQUIRE(parts.size() == 6u);
    BOOST_TEST(parts[1].as_object().contains("functionResponse"));
    BOOST_TEST((parts[5] == json(R"({"text":"so?"})")));
    // An image of nothing is no part.
    std::get<llmx::tool_result_part>(apart.messages[2].content[0]).content.emplace_back(llmx::image_part());
    llmx::drop_report drops;
    llmx_test::check_golden("gemini/tool-results-flat.json", text_of(at(encode(apart, drops), "/contents/2/parts")));
    BOOST_TEST(of(drops) == "messages[2].content[0].content[3]!");
}

BOOST_AUTO_TEST_CASE(thinking) {
    struct row {
        reasoning_effort effort;
        std::int64_t budget;
        const char* level;
    };
    const row rows[] = {{reasoning_effort::none, 0, "MINIMAL"},    {reasoning_effort::minimal, 512, "MINIMAL"},
                        {reasoning_effort::low, 1024, "LOW"},      {reasoning_effort::medium, 2048, "MEDIUM"},
                        {reasoning_effort::high, 4096, "HIGH"},    {reasoning_effort::xhigh, 8192, "HIGH"},
                        {reasoning_effort::max, 24576, "HIGH"}};
    for (const row& r : rows) {
        const auto ask = [&r](llmx::chat_request& q) { q.reasoning = llmx::reasoning_options(r.effort); };
        const auto budget = at(body_of(ask), "/generationConfig/thinkingConfig").as_object();
        BOOST_TEST(budget.at("thinkingBudget") == r.budget);
        BOOST_TEST(budget.contains("includeThoughts") == (r.effort != reasoning_effort::none));
        const auto level = at(body_of(ask, effort_style()), "/generationConfig/thinkingConfig").as_object();
        BOOST_TEST((level.at("thinkingLevel") == r.level));
        BOOST_TEST(!level.contains("thinkingBudget"));
    }
    for (const auto& [tokens, word] : {std::pair{500, "MINIMAL"}, std::pair{1024, "LOW"}, std::pair{3000, "MEDIUM"}, std::pair{9000, "HIGH"}}) {
        const auto b = body_of([n = tokens](llmx::chat_request& q) {
            q.reasoning = llmx::reasoning_options();
            q.reasoning->budget_tokens = n;
        }, effort_style());
        BOOST_TEST((at(b, "/generationConfig/thinkingConfig/thinkingLevel") == word));
    }
    const auto adaptive = body_of([](llmx::chat_request& q) {
        q.reasoning = llmx::reasoning_options();
        q.reasoning->adaptive = true;
    });
    BOOST_TEST((at(adaptive, "/generationConfig/thinkingConfig") == json(R"({"thinkingBudget":-1,"includeThoughts":true})")));
    const auto quiet = decoded(with(R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"low"}})"));
    BOOST_TEST((quiet.reasoning->effort == reasoning_effort::low));
    BOOST_TEST(!quiet.reasoning->include_thoughts.value());
}

BOOST_AUTO_TEST_CASE(response_formats) {
    const std::string schema = R"({"type":"object","properties":{"a":{"type":["string","null"]}},"additionalProperties":false})";
    const auto ask = [&schema](llmx::chat_request& r) { r.response_format = llmx::response_format::json_schema("n", schema); };
    llmx::encode_options native;
    native.traits.native_json_schema = true;
    const auto a = at(body_of(ask, native), "/generationConfig");
    BOOST_TEST((a.at("responseJsonSchema") == json(schema)));
    BOOST_TEST((a.at("responseMimeType") == "application/json"));
    const auto b = at(body_of(ask), "/generationConfig");
    BOOST_TEST((b.at("responseSchema") == json(R"({"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}})")));
    for (const char* given : {R"("generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}})",
                              R"("generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"}})",
                              R"("generationConfig":{"responseFormat":[{"text":{"mimeType":"application/json","schema":{"type":"object"}}}]})"}) {
        const auto r = decoded(with(given));
        BOOST_REQUIRE_MESSAGE(r.response_format.has_value(), given);
        BOOST_TEST((*r.response_format == llmx::response_format::json_schema("response", R"({"type":"object"})")), given);
        BOOST_TEST(r.extra.empty(), given);
    }
}

BOOST_AUTO_TEST_CASE(a_format_beside_functions) {
    for (const auto& format : {llmx::response_format(llmx::response_format::kind::json_object),
                              llmx::response_format::json_schema("n", R"({"type":"object"})")}) {
        llmx::chat_request r("m", "hi");
        r.tools.emplace_back("f", "", "");
        r.response_format = format;
        llmx::drop_report drops;
        BOOST_TEST(!json(encode(r, drops)).as_object().contains("generationConfig"));
        BOOST_TEST(of(drops) == "response_format!");
        // Neither form nor schema is lost.
        const std::string name = format.name.empty() ? "" : "response_format.name?";
        llmx::drop_report none, also;
        BOOST_TEST((at(encode(r, none, effort_style()), "/generationConfig/responseMimeType") == "application/json"));
        BOOST_TEST(of(none) == name);
        r.tools[0].builtin = llmx::opaque_part("gemini_generate", R"({"codeExecution":{}})");
        BOOST_TEST((at(encode(r, also), "/generationConfig/responseMimeType") == "application/json"));
        BOOST_TEST(of(also) == name);
    }
    llmx::chat_request r("m", "hi");
    r.tools.emplace_back("f", "", "");
    r.response_format = llmx::response_format(llmx::response_format::kind::text);
    llmx::drop_report drops;
    BOOST_TEST((at(encode(r, drops), "/generationConfig/responseMimeType") == "text/plain"));
    BOOST_TEST(drops.entries().empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_is_reported) {
    const auto report = [](auto change) {
        llmx::chat_request r("m", "hi");
        change(r);
        llmx::drop_report drops;
        (void)encode(r, drops);
        return of(drops);
    };
    using request = llmx::chat_request;
    BOOST_TEST(report([](request&) {}) == "");
    BOOST_TEST(report([](request& r) { r.parallel_tool_calls = false; }) == "parallel_tool_calls?");
    BOOST_TEST(report([](request& r) { r.parallel_tool_calls = true; }) == "");
    BOOST_TEST(report([](request& r) { r.logit_bias = llmx::raw_json(R"({"1":2})"); }) == "logit_bias!");
    BOOST_TEST(report([](request& r) { r.seed = std::int64_t{1} << 40; }) == "seed?");
    BOOST_TEST(report([](request& r) { r.user = "u"; }) == "user?");
    BOOST_TEST(report([](request& r) { r.metadata.emplace_back("k", "v"); }) == "metadata?");
    BOOST_TEST(report([](request& r) { r.cache = llmx::cache_control("1h"); }) == "cache?");
    BOOST_TEST(report([](request& r) { r.service_tier = llmx::service_tier::automatic; }) == "service_tier?");
    BOOST_TEST(report([](request& r) { r.service_tier = llmx::service_tier::flex; }) == "");
    BOOST_TEST(report([](request& r) { r.messages[0].name = "bob"; }) == "messages[0].name?");
    BOOST_TEST(report([](request& r) { r.extra.add("openai_chat", "verbosity", "1"); }) == "verbosity!");
    BOOST_TEST(report([](request& r) { r.extra.add("openai_chat", "store", "false").hint = true; }) == "store?");
    BOOST_TEST(report([](request& r) { r.messages[0].extra.add("openai_chat", "x", "1"); }) == "messages[0].x!");
    BOOST_TEST(report([](request& r) { r.messages[0].add(llmx::opaque_part("anthropic_messages", "{}")); }) == "messages[0].content[1]!");
    BOOST_TEST(report([](request& r) { std::get<llmx::text_part>(r.messages[0].content[0]).cache = llmx::cache_control(); }) ==
               "messages[0].content[0].cache?");
    BOOST_TEST(report([](request& r) {
        llmx::image_part p(llmx::media::from_url("https://a/b.png"));
        p.detail = "high";
        r.messages[0].add(p);
    }) == "messages[0].content[1].detail?");
    BOOST_TEST(report([](request& r) {
        llmx::thinking_part p;
        p.redacted_data = "x";
        r.messages.push_back(llmx::message::assistant("a").add(p));
    }) == "messages[1].content[1]?");
    BOOST_TEST(report([](request& r) {
        llmx::tool t("f", "", R"({"type":"object","properties":{"a":{"type":"string","format":"email"}}})");
        t.strict = true;
        r.tools.push_back(t);
    }) == "tools[0].parameters? tools[0].strict?");
    BOOST_TEST(report([](request& r) {
        llmx::tool t;
        t.builtin = llmx::opaque_part("anthropic_messages", R"({"type":"bash_20250124","name":"bash"})");
        r.tools.push_back(t);
    }) == "tools[0]!");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_generate_request_unit
