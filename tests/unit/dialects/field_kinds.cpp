// SPDX-License-Identifier: BSL-1.0
// Kinds of faults that users of gateways reported: a choice among several tools, searches of the web and vendors' own tools, usage and
// citations in streams, members of LiteLLM's, more of something than the target takes.
#include "translation_support.hpp"

namespace field_kinds_unit {

using namespace llmx;
using translation_test::request;

namespace {

constexpr std::string_view three_openai_tools =
    R"("tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}},{"type":"function","function":{"name":"c"}}])";
constexpr std::string_view openai_question = R"("messages":[{"role":"user","content":"hi"}])";

std::string openai_body(std::string_view members) {
    return std::string(R"({"model":"m",)") + std::string(openai_question) + (members.empty() ? "" : ",") + std::string(members) + "}";
}
std::string gemini_body(std::string_view members) {
    return R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],)" + std::string(members) + "}";
}
std::string anthropic_body(std::string_view members) {
    return R"({"model":"m","max_tokens":99,"messages":[{"role":"user","content":"hi"}],)" + std::string(members) + "}";
}
std::string openai_choice(std::string_view choice) {
    return openai_body(std::string(three_openai_tools) + R"(,"tool_choice":)" + std::string(choice));
}
std::string gemini_choice(std::string_view mode, std::string_view names) {
    return gemini_body(R"("tools":[{"functionDeclarations":[{"name":"a"},{"name":"b"},{"name":"c"}]}],
        "toolConfig":{"functionCallingConfig":{"mode":")" + std::string(mode) + R"(","allowedFunctionNames":)" + std::string(names) + "}}");
}
constexpr std::string_view two_required =
    R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"a"}},)"
    R"({"type":"function","function":{"name":"b"}}]}})";
constexpr std::string_view two_automatic =
    R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"a"}},)"
    R"({"type":"function","function":{"name":"b"}}]}})";

model_traits of_openai() {
    model_traits t;
    t.allowed_tools = true;
    t.max_stop_sequences = 4;
    return t;
}

/// Names at \p list, each at \p name inside.
std::string names(const request& r, std::string_view list, std::string_view name) {
    std::string all;
    for (int i = 0; i < 9; ++i) {
        const std::string one = r.text(std::string(list) + "/" + std::to_string(i) + std::string(name));
        if (one != "null") all += one;
    }
    return all;
}

std::string anthropic_event(std::string_view type, std::string_view members) {
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}\n\n";
}

/// The object that \p member has in the first event of \p stream that has it behind \p from.
std::string_view part_of(std::string_view stream, std::string_view from, std::string_view until) {
    const auto begin = stream.find(from);
    if (begin == std::string_view::npos) return {};
    return stream.substr(begin, stream.find(until, begin) - begin);
}
std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_field_kinds)

BOOST_AUTO_TEST_CASE(a_choice_among_several_tools_is_one_in_each_language) {
    struct row {
        std::string_view from;
        std::string body;
        bool required;
    };
    const row rows[] = {
        {"openai", openai_choice(two_required), true},
        {"openai", openai_choice(two_automatic), false},
        // As the Responses API has them.
        {"openai", openai_choice(R"({"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"a"},)"
                                 R"({"type":"function","name":"b"}]})"), true},
        {"gemini", gemini_choice("ANY", R"(["a","b"])"), true},
        {"gemini", gemini_choice("VALIDATED", R"(["a","b"])"), false},
        {"gemini", gemini_choice("AUTO", R"(["a","b"])"), false},
    };
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(r.body) {
            const bool openai = r.from == "openai";
            const auto to = [&]<class T>(std::type_identity<T>, const model_traits& traits) {
                return openai ? request::of<openai_chat, T>(r.body, traits) : request::of<gemini_generate, T>(r.body, traits);
            };
            const request listed = to(std::type_identity<openai_chat>(), of_openai());
            BOOST_TEST(listed.text("/tool_choice/type") == "allowed_tools");
            BOOST_TEST(listed.text("/tool_choice/allowed_tools/mode") == (r.required ? "required" : "auto"));
            BOOST_TEST(names(listed, "/tool_choice/allowed_tools/tools", "/function/name") == "ab");
            BOOST_TEST(names(listed, "/tools", "/function/name") == "abc");
            BOOST_TEST(listed.drops() == "");
            // A server without the list, and vendors without one, get the tools in it alone.
            const request plain = to(std::type_identity<openai_chat>(), model_traits());
            BOOST_TEST(plain.text("/tool_choice") == (r.required ? "required" : "auto"));
            BOOST_TEST(names(plain, "/tools", "/function/name") == "ab");
            BOOST_TEST(plain.drops() == "tool_choice.allowed?");
            const request claude = to(std::type_identity<anthropic_messages>(), model_traits());
            BOOST_TEST(claude.text("/tool_choice/type") == (r.required ? "any" : "auto"));
            BOOST_TEST(names(claude, "/tools", "/name") == "ab");
            BOOST_TEST(claude.drops() == "tool_choice.allowed?");
            const request converse = to(std::type_identity<bedrock_converse>(), model_traits());
            BOOST_TEST(converse.at(r.required ? "/toolConfig/toolChoice/any" : "/toolConfig/toolChoice/auto").is_object());
            BOOST_TEST(names(converse, "/toolConfig/tools", "/toolSpec/name") == "ab");
            BOOST_TEST(converse.drops() == "tool_choice.allowed?");
            const request gemini = to(std::type_identity<gemini_generate>(), model_traits());
            BOOST_TEST(gemini.text("/toolConfig/functionCallingConfig/mode") == (r.required ? "ANY" : "VALIDATED"));
            BOOST_TEST(gemini.text("/toolConfig/functionCallingConfig/allowedFunctionNames") == R"(["a","b"])");
            BOOST_TEST(names(gemini, "/tools/0/functionDeclarations", "/name") == "abc");
            BOOST_TEST(gemini.drops() == "");
        }
    }
    // One that has to be called is called by its name, also where the list came from Google.
    BOOST_TEST((request::of<gemini_generate, anthropic_messages>(gemini_choice("ANY", R"(["b"])")).text("/tool_choice/name") == "b"));
}

BOOST_AUTO_TEST_CASE(names_of_a_choice_fit_their_vendor_and_a_choice_of_nothing_is_reported) {
    request_target target;
    auto asked = openai_chat::decode_request(openai_choice(two_required), target);
    BOOST_REQUIRE(asked.has_value());
    const std::string longer = "x" + std::string(80, 'n');
    asked->tools[0].name = longer;
    asked->tool_choice->allowed[0] = longer;
    tool_names names_of_vendor;
    BOOST_TEST(!tool_names::fit(*asked, openai_chat::tool_names));
    names_of_vendor.make_fit(*asked, openai_chat::tool_names);
    BOOST_TEST(asked->tools[0].name.size() <= 64u);
    BOOST_TEST(asked->tool_choice->allowed[0] == asked->tools[0].name);
    // None of the names is a tool's.
    asked->tool_choice->allowed = {"nothing"};
    BOOST_TEST(request::of<anthropic_messages>(*asked).drops() == "tool_choice.allowed? tool_choice!");
    BOOST_TEST(request::of<openai_chat>(*asked).drops() == "tool_choice.allowed? tool_choice!");
    // A call in the history of a tool that may not be called now stays.
    asked->tool_choice->allowed = {"b"};
    asked->messages.push_back(message(role::assistant).add(tool_call_part("1", "c", "{}")));
    asked->messages.push_back(message::tool_result("1", "done"));
    const request claude = request::of<anthropic_messages>(*asked);
    BOOST_TEST(claude.text("/messages/1/content/0/name") == "c");
    BOOST_TEST(names(claude, "/tools", "/name") == "b");
}

BOOST_AUTO_TEST_CASE(a_search_of_the_web_is_the_targets_own_with_its_settings) {
    const std::string body = openai_body(R"("web_search_options":{"search_context_size":"low","user_location":{"type":"approximate",
        "approximate":{"city":"Bonn","region":"NRW","country":"DE","timezone":"Europe/Berlin"}}})");
    const request claude = request::of<openai_chat, anthropic_messages>(body);
    BOOST_TEST(claude.text("/tools/0/type") == "web_search_20250305");
    BOOST_TEST(claude.text("/tools/0/name") == "web_search");
    BOOST_TEST(claude.text("/tools/0/max_uses") == "1");
    BOOST_TEST(claude.text("/tools/0/user_location") ==
               R"({"type":"approximate","city":"Bonn","region":"NRW","country":"DE","timezone":"Europe/Berlin"})");
    BOOST_TEST(claude.drops() == "tools[0]?");
    BOOST_TEST((request::of<openai_chat, anthropic_messages>(openai_body(R"("web_search_options":{})")).text("/tools/0") ==
                R"({"type":"web_search_20250305","name":"web_search"})"));
    const request gemini = request::of<openai_chat, gemini_generate>(body);
    BOOST_TEST(gemini.text("/tools/0") == R"({"googleSearch":{}})");
    BOOST_TEST(gemini.drops().find('!') == std::string::npos);
    // A tool that is written as one.
    const request tool = request::of<openai_chat, anthropic_messages>(openai_body(
        R"("tools":[{"type":"web_search","filters":{"allowed_domains":["a.example"]},"user_location":{"type":"approximate","city":"Rom"}}])"));
    BOOST_TEST(tool.text("/tools/0/allowed_domains") == R"(["a.example"])");
    BOOST_TEST(tool.text("/tools/0/user_location/city") == "Rom");
    // Claude's and Google's.
    const std::string claudes = anthropic_body(R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3,
        "blocked_domains":["b.example"],"user_location":{"type":"approximate","city":"Bonn"}}])");
    const request from_claude = request::of<anthropic_messages, gemini_generate>(claudes);
    BOOST_TEST(from_claude.text("/tools/0") == R"({"googleSearch":{}})");
    // Sites that are left out change the answer.
    BOOST_TEST(from_claude.drops().find("tools[0].search.blocked_domains!") != std::string::npos, from_claude.drops());
    BOOST_TEST(from_claude.drops().find("tools[0].search.city?") != std::string::npos, from_claude.drops());
    const request from_google =
        request::of<gemini_generate, anthropic_messages>(gemini_body(R"("tools":[{"googleSearch":{"excludeDomains":["c.example"]}}])"));
    BOOST_TEST(from_google.text("/tools/0") == R"({"type":"web_search_20250305","name":"web_search","blocked_domains":["c.example"]})");
}

BOOST_AUTO_TEST_CASE(a_vendors_own_tool_in_a_request_of_openai_reaches_that_vendor) {
    const auto tools = [](std::string_view list) { return openai_body(R"("tools":[)" + std::string(list) + "]"); };
    for (const std::string_view own :
         {R"({"type":"web_search_20250305","name":"web_search","max_uses":3})", R"({"type":"bash_20250124","name":"bash"})",
          R"({"type":"computer_20250124","name":"computer","display_width_px":10,"display_height_px":20})",
          R"({"type":"text_editor_20250728","name":"str_replace_based_edit_tool"})", R"({"type":"mcp_toolset","mcp_server_name":"s"})"}) {
        const request claude = request::of<openai_chat, anthropic_messages>(tools(own));
        BOOST_TEST(claude.text("/tools/0") == own);
        BOOST_TEST(claude.drops() == "");
    }
    // LiteLLM's form of it.
    const request computer = request::of<openai_chat, anthropic_messages>(tools(
        R"({"type":"computer_20241022","function":{"name":"computer","parameters":{"display_height_px":100,"display_width_px":200}},)"
        R"("cache_control":{"type":"ephemeral"}})"));
    BOOST_TEST(computer.text("/tools/0") == R"({"type":"computer_20241022","name":"computer","display_height_px":100,"display_width_px":200,)"
                                            R"("cache_control":{"type":"ephemeral"}})");
    for (const std::string_view own : {R"({"googleSearch":{}})", R"({"google_search":{}})", R"({"urlContext":{}})", R"({"code_execution":{}})",
                                       R"({"googleMaps":{"enableWidget":true}})"}) {
        const request gemini = request::of<openai_chat, gemini_generate>(tools(own));
        BOOST_TEST(gemini.text("/tools/0") == own);
        BOOST_TEST(gemini.drops() == "");
        // Another vendor has nothing to do with it.
        BOOST_TEST((request::of<openai_chat, anthropic_messages>(tools(own)).drops() == "tools[0]!"));
    }
    BOOST_TEST((request::of<openai_chat, gemini_generate>(tools(R"({"type":"bash_20250124","name":"bash"})")).drops() == "tools[0]!"));
    // OpenAI's own dated tools are not Claude's.
    BOOST_TEST((request::of<openai_chat, anthropic_messages>(tools(R"({"type":"web_search_preview_2025_03_11"})")).text("/tools/0/type") ==
                "web_search_20250305"));
    request_target target;
    BOOST_TEST(openai_chat::decode_request(tools(R"({"name":"f"})"), target).has_error());
}

BOOST_AUTO_TEST_CASE(safety_settings_in_a_request_of_openai_reach_google) {
    constexpr std::string_view settings = R"([{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}])";
    for (const std::string name : {"safety_settings", "safetySettings"}) {
        const std::string body = openai_body("\"" + name + "\":" + std::string(settings) + R"(,"cached_content":"cachedContents/1")");
        const request gemini = request::of<openai_chat, gemini_generate>(body);
        BOOST_TEST(gemini.text("/safetySettings") == settings);
        BOOST_TEST(gemini.text("/cachedContent") == "cachedContents/1");
        BOOST_TEST(gemini.drops() == "");
        BOOST_TEST((request::of<openai_chat, anthropic_messages>(body).drops() == name + "! cached_content!"));
    }
}

BOOST_AUTO_TEST_CASE(a_schema_beside_the_type_of_an_answer_is_its_schema) {
    constexpr std::string_view schema = R"({"type":"object","properties":{"a":{"type":"string"}}})",
                               closed = R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})";
    for (const std::string_view type : {"json_object", "json_schema"}) {
        const std::string body = openai_body(R"("response_format":{"type":")" + std::string(type) + R"(","enforce_validation":true,"response_schema":)" +
                                             std::string(schema) + "}");
        model_traits native;
        native.native_json_schema = true;
        BOOST_TEST((request::of<openai_chat, gemini_generate>(body, native).text("/generationConfig/responseJsonSchema") == schema));
        BOOST_TEST((request::of<openai_chat, anthropic_messages>(body, native).text("/output_config/format/schema") == closed));
        const request openai = request::of<openai_chat, openai_chat>(body);
        BOOST_TEST(openai.text("/response_format/json_schema/schema") == schema);
        BOOST_TEST(openai.text("/response_format/response_schema") == "null");
    }
}

BOOST_AUTO_TEST_CASE(the_format_of_an_image_or_a_file_is_its_type) {
    const auto content = [](std::string_view part) {
        return R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"q"},)" + std::string(part) + "]}]}";
    };
    const std::string image = content(R"({"type":"image_url","image_url":{"url":"https://a.example/x","format":"image/webp"}})");
    BOOST_TEST((request::of<openai_chat, gemini_generate>(image).text("/contents/0/parts/1/fileData/mimeType") == "image/webp"));
    BOOST_TEST((request::of<openai_chat, openai_chat>(image).text("/messages/0/content/1/image_url") == R"({"url":"https://a.example/x"})"));
    const std::string file = content(R"({"type":"file","file":{"file_id":"https://a.example/x","format":"application/pdf"}})");
    BOOST_TEST((request::of<openai_chat, gemini_generate>(file).text("/contents/0/parts/1/fileData/mimeType") == "application/pdf"));
    BOOST_TEST((request::of<openai_chat, anthropic_messages>(file).text("/messages/0/content/1/source/url") == "https://a.example/x"));
    const std::string named = content(R"({"type":"file","file":{"file_id":"gs://bucket/x","format":"video/mp4"}})");
    BOOST_TEST((request::of<openai_chat, gemini_generate>(named).text("/contents/0/parts/1/fileData") ==
                R"({"mimeType":"video/mp4","fileUri":"gs://bucket/x"})"));
}

// As much as the target takes is sent; the rest is lost, which is an error unless losses are allowed.
BOOST_AUTO_TEST_CASE(more_than_the_target_takes_is_cut_to_what_it_takes) {
    chat_request asked("m", "hi");
    for (int i = 0; i < 2502; ++i) asked.stop.push_back("s" + std::to_string(i));
    const auto sent = [&asked]<class T>(std::type_identity<T>, std::string_view list, const model_traits& traits) {
        const request r = request::of<T>(asked, traits);
        const auto& stops = r.at(list);
        BOOST_TEST_REQUIRE(stops.is_array());
        BOOST_TEST(stops.as_array().size() + std::min<std::size_t>(count(r.drops(), "stop["), 2502) >= 1000u);
        return stops.as_array().size();
    };
    BOOST_TEST(sent(std::type_identity<openai_chat>(), "/stop", of_openai()) == 4u);
    BOOST_TEST(sent(std::type_identity<openai_chat>(), "/stop", model_traits()) == 2502u); // a server whose limit is not known
    BOOST_TEST(sent(std::type_identity<gemini_generate>(), "/generationConfig/stopSequences", model_traits()) == 5u);
    BOOST_TEST(sent(std::type_identity<anthropic_messages>(), "/stop_sequences", model_traits()) == 2502u);
    BOOST_TEST(sent(std::type_identity<bedrock_converse>(), "/inferenceConfig/stopSequences", model_traits()) == 2500u);
    asked.stop = {"a", "b", "c", "d", "e", "f"};
    BOOST_TEST(request::of<gemini_generate>(asked).drops() == "stop[5]!");
    BOOST_TEST(request::of<openai_chat>(asked, of_openai()).drops() == "stop[4]! stop[5]!");
    asked.stop.clear();
    struct row {
        std::int64_t n;
        std::string_view openai, gemini, drops_openai, drops_gemini;
    };
    for (const row& r : {row{2, "2", "2", "", ""}, row{9, "9", "8", "", "n!"}, row{200, "128", "8", "n!", "n!"}, row{0, "null", "null", "n!", "n!"}}) {
        asked.n = r.n;
        const request openai = request::of<openai_chat>(asked), gemini = request::of<gemini_generate>(asked);
        BOOST_TEST(openai.text("/n") == r.openai);
        BOOST_TEST(openai.drops() == r.drops_openai);
        BOOST_TEST(gemini.text("/generationConfig/candidateCount") == r.gemini);
        BOOST_TEST(gemini.drops() == r.drops_gemini);
        BOOST_TEST(request::of<anthropic_messages>(asked).drops() == "n!");
        BOOST_TEST(request::of<bedrock_converse>(asked).drops() == "n!");
    }
    // A name of a function is shortened and given back; see `tool_names`.
    const auto longest = [](const tool_name_rule& rule) { return rule.longest; };
    BOOST_TEST(longest(openai_chat::tool_names) == 64u);
    BOOST_TEST(longest(anthropic_messages::tool_names) == 128u);
    BOOST_TEST(longest(gemini_generate::tool_names) == 64u);
    BOOST_TEST(longest(bedrock_converse::tool_names) == 64u);
}

BOOST_AUTO_TEST_CASE(tokens_that_a_provider_names_first_are_in_the_first_event) {
    const auto started = [](std::string_view stream) { return std::string(part_of(stream, "message_start\ndata", "\n\n")); };
    const std::string openai = started(translation_test::stream<openai_chat, anthropic_messages>(
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}],"
        "\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":1,\"total_tokens\":1001,\"prompt_tokens_details\":{\"cached_tokens\":800}}}\n\n"
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"));
    const std::string gemini = started(translation_test::stream<gemini_generate, anthropic_messages>(
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"ok\"}]},\"finishReason\":\"STOP\",\"index\":0}],"
        "\"usageMetadata\":{\"promptTokenCount\":1000,\"cachedContentTokenCount\":800,\"candidatesTokenCount\":1}}\n\n"));
    for (const std::string& first : {openai, gemini}) {
        BOOST_TEST(first.find(R"("input_tokens":200)") != std::string::npos, first);
        BOOST_TEST(first.find(R"("cache_read_input_tokens":800)") != std::string::npos, first);
    }
    // Claude's counter leaves the cached ones out, the others' have them.
    const std::string claude = anthropic_event("message_start", R"(,"message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":200,)"
        R"("cache_read_input_tokens":800,"cache_creation_input_tokens":0,"output_tokens":1}})") +
        anthropic_event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":"x"})") +
        anthropic_event("content_block_stop", R"(,"index":0)") +
        anthropic_event("message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7})") + anthropic_event("message_stop", "");
    const std::string at_openai = translation_test::stream<anthropic_messages, openai_chat>(claude);
    BOOST_TEST(at_openai.find(R"("prompt_tokens":1000,"completion_tokens":7,"total_tokens":1007)") != std::string::npos, at_openai);
    BOOST_TEST(at_openai.find(R"("cached_tokens":800)") != std::string::npos);
    const std::string at_gemini = translation_test::stream<anthropic_messages, gemini_generate>(claude);
    BOOST_TEST(at_gemini.find(R"("promptTokenCount":1000,"candidatesTokenCount":7,"totalTokenCount":1007,"cachedContentTokenCount":800)") !=
               std::string::npos, at_gemini);
}

BOOST_AUTO_TEST_CASE(streamed_citations_have_the_range_of_the_text_that_they_prove) {
    const auto text = [](std::string_view words) {
        return anthropic_event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":")" + std::string(words) + "\"}");
    };
    const auto block = [](std::string_view n, std::string content) {
        std::string all = anthropic_event("content_block_start", R"(,"index":)" + std::string(n) + R"(,"content_block":{"type":"text","text":""})");
        for (std::size_t at = content.find("\"index\":0"); at != std::string::npos; at = content.find("\"index\":0", at + 1))
            content.replace(at + 8, 1, n);
        return all + content + anthropic_event("content_block_stop", R"(,"index":)" + std::string(n));
    };
    const std::string cite = anthropic_event("content_block_delta",
        R"(,"index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location",)"
        R"("url":"https://a.example/","title":"T","cited_text":"q","encrypted_index":"E"}})");
    const std::string begin = anthropic_event("message_start", R"(,"message":{"id":"m","model":"c","content":[]})");
    const std::string end = anthropic_event("message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7})") +
                            anthropic_event("message_stop", "");
    struct row {
        std::string cited;
        std::string_view characters, bytes;
    };
    // 0 to 5 is not cited. Characters, of which "ü" is one; Google counts bytes.
    const row rows[] = {
        {block("1", text("r\xC3\xBCn") + text("ner") + cite), R"("start_index":5,"end_index":11)", R"("startIndex":5,"endIndex":12)"},
        {block("1", cite + text("r\xC3\xBCn") + text("ner")), R"("start_index":5,"end_index":11)", R"("startIndex":5,"endIndex":12)"},
        {block("1", text("one") + cite) + block("2", text("two")), R"("start_index":5,"end_index":8)", R"("startIndex":5,"endIndex":8)"},
    };
    for (const row& r : rows) {
        const std::string bytes = begin + block("0", text("Hello")) + r.cited + end;
        const std::string openai = translation_test::stream<anthropic_messages, openai_chat>(bytes);
        BOOST_TEST(openai.find(r.characters) != std::string::npos, openai);
        BOOST_TEST(count(openai, "url_citation\":") == 1u);
        BOOST_TEST(openai.find("annotations") < openai.find(R"("finish_reason":"stop")"));
        const std::string gemini = translation_test::stream<anthropic_messages, gemini_generate>(bytes);
        BOOST_TEST(gemini.find(r.bytes) != std::string::npos, gemini);
        BOOST_TEST(count(gemini, "groundingSupports") == 1u);
    }
    // A whole answer has the same.
    const auto whole = anthropic_messages::decode_reply(R"({"content":[{"type":"text","text":"Hello"},{"type":"text","text":"r\u00fcnner",
        "citations":[{"type":"web_search_result_location","url":"https://a.example/","title":"T","cited_text":"q","encrypted_index":"E"}]}]})");
    BOOST_REQUIRE(whole.has_value());
    std::string out;
    openai_chat::encode_reply(*whole, reply_options(), out);
    BOOST_TEST(out.find(R"("start_index":5,"end_index":11)") != std::string::npos, out);
    out.clear();
    gemini_generate::encode_reply(*whole, reply_options(), out);
    BOOST_TEST(out.find(R"("partIndex":1,"endIndex":7)") != std::string::npos, out);
    // Google names the range itself.
    const std::string google = translation_test::stream<gemini_generate, openai_chat>(
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Hello world\"}]},\"index\":0,\"finishReason\":\"STOP\","
        "\"groundingMetadata\":{\"groundingChunks\":[{\"web\":{\"uri\":\"https://a.example/\",\"title\":\"T\"}}],\"groundingSupports\":"
        "[{\"segment\":{\"startIndex\":6,\"endIndex\":11,\"text\":\"world\"},\"groundingChunkIndices\":[0]}]}}]}\n\n");
    BOOST_TEST(google.find(R"("start_index":6,"end_index":11)") != std::string::npos, google);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_signed_at_its_end_is_one_text) {
    const auto chunk = [](std::string_view part, std::string_view rest) {
        return "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" + std::string(part) + "]},\"index\":0" + std::string(rest) + "}]}\n\n";
    };
    const std::string two = chunk(R"({"text":"Hel"})", "") + chunk(R"({"text":"lo"})", "");
    const std::string rows[] = {
        chunk(R"({"text":"Hel"})", "") + chunk(R"({"text":"lo","thoughtSignature":"c2ln"})", R"(,"finishReason":"STOP")"),
        two + chunk(R"({"text":"","thoughtSignature":"c2ln"})", R"(,"finishReason":"STOP")"),
        two + chunk(R"({"thoughtSignature":"c2ln"})", R"(,"finishReason":"STOP")"),
    };
    for (const std::string& bytes : rows) {
        const std::string claude = translation_test::stream<gemini_generate, anthropic_messages>(bytes);
        BOOST_TEST(count(claude, R"("type":"text","text":"",)") == 1u, claude);
        BOOST_TEST(count(claude, "text_delta") == 2u, claude);
        const std::string openai = translation_test::stream<gemini_generate, openai_chat>(bytes);
        BOOST_TEST(count(openai, R"("thought_signature":"c2ln")") == 1u, openai);
        BOOST_TEST(count(openai, "thinking_blocks") == 0u, openai);
        const std::string gemini = translation_test::stream<gemini_generate, gemini_generate>(bytes);
        BOOST_TEST(count(gemini, R"("thoughtSignature":"c2ln")") == 1u, gemini);
    }
    // So is a thought.
    const std::string thought = chunk(R"({"text":"Let","thought":true})", "") + chunk(R"({"text":" me","thought":true,"thoughtSignature":"c2ln"})", "") +
                                chunk(R"({"text":"ok"})", R"(,"finishReason":"STOP")");
    BOOST_TEST(count(translation_test::stream<gemini_generate, anthropic_messages>(thought), R"("type":"thinking","thinking")") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace field_kinds_unit
