// SPDX-License-Identifier: BSL-1.0
// Kinds of faults found by trial: one table for each, over all languages that it concerns.
#include "translation_support.hpp"

#include <llmx/dialects/detail/media_type.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace field_trials_unit {

using namespace llmx;
using translation_test::request;

namespace {

std::string openai_content(std::string_view parts) { return R"({"messages":[{"role":"user","content":[)" + std::string(parts) + "]}]}"; }
std::string openai_member(std::string_view members) {
    return R"({"messages":[{"role":"user","content":"q"}],)" + std::string(members) + "}";
}
std::string image(std::string_view url) { return R"({"type":"image_url","image_url":{"url":")" + std::string(url) + R"("}})"; }

/// Encodes \p body, which nothing of \p To has a place for, and returns the failure.
template <class From, class To> error refusal(std::string_view body) {
    request_target target;
    target.model = "m";
    const auto decoded = From::decode_request(body, target);
    BOOST_REQUIRE(decoded.has_value());
    drop_report drops;
    std::string out;
    const result<void> done = To::encode_request(*decoded, encode_options(), out, drops);
    BOOST_REQUIRE(done.has_error());
    return done.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_field_trials)

BOOST_AUTO_TEST_CASE(media_have_the_type_of_their_bytes_whatever_is_declared) {
    constexpr std::string_view png = "iVBORw0KGgo", jpeg = "/9j/4AAQ", pdf = "JVBERi0xLjQK", wav = "UklGRiQAAABXQVZFZm10IBAAAAAB", id3 = "SUQzBAAAAAAA",
                               frame = "//uQxAAA", frame_2 = "//NExAAA", adts = "//FQgAAA", ogg = "T2dnUwAC", flac = "ZkxhQwAA", text = "aGVsbG8=";
    struct row {
        std::string_view declared, data, type;
    };
    const row rows[] = {
        // A data URL without a type is text by RFC 2397.
        {"text/plain", png, "image/png"}, {"text/plain;charset=US-ASCII", pdf, "application/pdf"}, {"", jpeg, "image/jpeg"},
        {"binary/octet-stream", pdf, "application/pdf"}, {"text/plain", text, "text/plain"}, {"text/csv", text, "text/csv"},
        {"audio/wav", id3, "audio/mpeg"}, {"audio/wav", frame, "audio/mpeg"}, {"audio/mpeg", wav, "audio/wav"}, {"audio/wav", wav, "audio/wav"},
        {"audio/x-wav", wav, "audio/x-wav"}, {"audio/mp3", frame_2, "audio/mp3"}, {"audio/mpeg", adts, "audio/aac"}, {"audio/mp3", ogg, "audio/ogg"},
        {"audio/flac", flac, "audio/flac"}, {"audio/pcm16", wav, "audio/pcm16"}, {"audio/wav", text, "audio/wav"}, {"video/mp4", png, "video/mp4"}};
    for (const row& one : rows)
        BOOST_TEST_CONTEXT(one.declared << " " << one.data) BOOST_TEST(detail::type_by_bytes(one.declared, one.data) == one.type);

    const std::string bare = openai_content(image("data:;base64,iVBORw0KGgo="));
    BOOST_TEST((request::of<openai_chat, anthropic_messages>(bare).text("/messages/0/content/0/source/media_type") == "image/png"));
    BOOST_TEST((request::of<openai_chat, gemini_generate>(bare).text("/contents/0/parts/0/inlineData/mimeType") == "image/png"));
    const std::string sound = openai_content(R"({"type":"input_audio","input_audio":{"format":"wav","data":"SUQzBAAAAAAA"}})");
    BOOST_TEST((request::of<openai_chat, gemini_generate>(sound).text("/contents/0/parts/0/inlineData/mimeType") == "audio/mpeg"));
}

BOOST_AUTO_TEST_CASE(a_link_to_a_pdf_is_a_document_for_claude_and_one_to_an_image_an_image) {
    for (const std::string_view url : {"https://e.org/a.pdf", "https://e.org/a.PDF?x=y.png", "http://e.org/b.pdf#p"}) {
        const request claude = request::of<openai_chat, anthropic_messages>(openai_content(image(url)));
        BOOST_TEST(claude.text("/messages/0/content/0/type") == "document");
        BOOST_TEST(claude.text("/messages/0/content/0/source/url") == url);
    }
    const request picture = request::of<openai_chat, anthropic_messages>(openai_content(R"({"type":"file","file":{"file_id":"https://e.org/a.jpeg"}})"));
    BOOST_TEST(picture.text("/messages/0/content/0/type") == "image");
    const request unnamed = request::of<openai_chat, anthropic_messages>(openai_content(image("https://e.org/pdf")));
    BOOST_TEST(unnamed.text("/messages/0/content/0/type") == "image");
}

BOOST_AUTO_TEST_CASE(a_request_of_which_the_provider_takes_nothing_names_what_it_does_not_take) {
    const std::string sound = openai_content(R"({"type":"input_audio","input_audio":{"format":"wav","data":"UklGRiQAAABXQVZF"}})"),
                      file = openai_content(R"({"type":"file","file":{"file_id":"file-abc"}})");
    for (const error& e : {refusal<openai_chat, anthropic_messages>(sound), refusal<openai_chat, anthropic_messages>(file),
                           refusal<openai_chat, gemini_generate>(file), refusal<openai_chat, bedrock_converse>(file)}) {
        BOOST_TEST(e.param().starts_with("messages[0].content[0]"), e.param());
        BOOST_TEST((e.code() == errc::unsupported_parameter));
    }
    // A request that is empty by itself has nothing to name.
    const error none = refusal<openai_chat, anthropic_messages>(R"({"messages":[{"role":"user","content":" "}]})");
    BOOST_TEST(none.param() == "messages");
}

BOOST_AUTO_TEST_CASE(a_choice_is_understood_in_the_words_of_other_vendors) {
    using mode = tool_choice::mode;
    const std::pair<std::string_view, mode> words[] = {
        {R"("any")", mode::required},           {R"({"type":"any"})", mode::required}, {R"({"type":"required"})", mode::required},
        {R"({"type":"auto"})", mode::automatic}, {R"({"type":"none"})", mode::none}};
    request_target target;
    target.model = "m";
    const auto choice_of = [&target](std::string_view json) {
        const std::string body = openai_member(R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":)" + std::string(json));
        const auto r = openai_chat::decode_request(body, target);
        BOOST_REQUIRE(r.has_value());
        BOOST_REQUIRE(r->tool_choice.has_value());
        BOOST_TEST(r->extra.empty());
        return *r->tool_choice;
    };
    for (const auto& [json, how] : words) BOOST_TEST_CONTEXT(json) BOOST_TEST((choice_of(json).how == how));
    for (const std::string_view json : {R"({"type":"tool","name":"f"})", R"({"name":"f"})", R"({"function":{"name":"f"}})", R"({"type":"function","name":"f"})",
                                        R"({"type":"function","function":{"name":"f"}})"})
        BOOST_TEST_CONTEXT(json) {
            const tool_choice c = choice_of(json);
            BOOST_TEST((c.how == mode::function));
            BOOST_TEST(c.name == "f");
        }
    // A choice of a vendor's own tool is none of a function.
    const auto kept = openai_chat::decode_request(openai_member(R"("tool_choice":{"type":"web_search_preview"})"), target);
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST(!kept->tool_choice.has_value());
    BOOST_TEST(!kept->extra.empty());
}

BOOST_AUTO_TEST_CASE(a_function_is_understood_in_the_form_of_other_vendors) {
    for (const std::string_view tool :
         {R"({"name":"f","description":"d","input_schema":{"type":"object","properties":{"a":{"type":"string"}}}})",
          R"({"type":"custom","name":"f","description":"d","input_schema":{"type":"object","properties":{"a":{"type":"string"}}}})",
          R"({"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string"}}}})"})
        BOOST_TEST_CONTEXT(tool) {
            const std::string body = openai_member(R"("tools":[)" + std::string(tool) + "]");
            const request claude = request::of<openai_chat, anthropic_messages>(body);
            BOOST_TEST(claude.text("/tools/0/name") == "f");
            BOOST_TEST(claude.text("/tools/0/input_schema/properties/a/type") == "string");
            BOOST_TEST(claude.drops() == "");
            const request gemini = request::of<openai_chat, gemini_generate>(body);
            BOOST_TEST(gemini.text("/tools/0/functionDeclarations/0/description") == "d");
            const request openai = request::of<openai_chat, openai_chat>(body);
            BOOST_TEST(openai.text("/tools/0/function/name") == "f");
            BOOST_TEST(openai.text("/tools/0/type") == "function");
        }
}

BOOST_AUTO_TEST_CASE(results_without_ids_answer_the_calls_without_ids_in_their_order) {
    constexpr std::string_view body = R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[
        {"id":"","type":"function","function":{"name":"a","arguments":"{}"}},{"id":"","type":"function","function":{"name":"b","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"","content":"1"},{"role":"tool","tool_call_id":"","content":"2"}]})";
    const request gemini = request::of<openai_chat, gemini_generate>(body);
    BOOST_TEST(gemini.text("/contents/2/parts/0/functionResponse/name") == "a");
    BOOST_TEST(gemini.text("/contents/2/parts/1/functionResponse/name") == "b");
}

BOOST_AUTO_TEST_CASE(any_budget_asks_for_some_effort) {
    model_traits traits;
    traits.known = true;
    traits.reasoning = model_traits::reasoning_style::effort;
    traits.efforts = 1u << static_cast<unsigned>(reasoning_effort::none) | 1u << static_cast<unsigned>(reasoning_effort::low) |
                     1u << static_cast<unsigned>(reasoning_effort::high);
    const std::pair<int, std::string_view> rows[] = {{0, "none"}, {1, "low"}, {500, "low"}, {1024, "low"}, {100000, "high"}};
    for (const auto& [budget, effort] : rows)
        BOOST_TEST_CONTEXT(budget) {
            const std::string body = R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":)" +
                                     std::to_string(budget) + "}}}";
            BOOST_TEST((request::of<gemini_generate, openai_chat>(body, traits).text("/reasoning_effort") == effort));
        }
}

BOOST_AUTO_TEST_CASE(a_request_that_passes_is_written_anew_when_it_configures_reasoning_that_the_model_has_not) {
    model_traits without;
    without.known = true;
    without.reasoning = model_traits::reasoning_style::none;
    BOOST_TEST(anthropic_messages::exceeds_model(R"({"output_config":{"effort":"low"}})", member_spans(), without));
    BOOST_TEST(!anthropic_messages::exceeds_model(R"({"output_config":{"format":{}}})", member_spans(), without));
    BOOST_TEST(!anthropic_messages::exceeds_model(R"({"output_config":{"effort":null}})", member_spans(), without));
    model_traits level;
    level.known = true;
    level.reasoning = model_traits::reasoning_style::level;
    level.efforts = 1u << static_cast<unsigned>(reasoning_effort::low) | 1u << static_cast<unsigned>(reasoning_effort::high);
    level.can_turn_off = false;
    const auto exceeds = [&level](std::string_view config) {
        return gemini_generate::exceeds_model(R"({"generationConfig":{"thinkingConfig":)" + std::string(config) + "}}", member_spans(), level);
    };
    BOOST_TEST(exceeds(R"({"thinkingBudget":0})"));
    BOOST_TEST(!exceeds(R"({"thinkingBudget":-1})"));
    BOOST_TEST(!exceeds(R"({"thinkingBudget":2048})"));
    level.can_turn_off = true;
    BOOST_TEST(!exceeds(R"({"thinkingBudget":0})"));
}

BOOST_AUTO_TEST_CASE(defaults_and_members_that_only_describe_are_no_error) {
    for (const std::string_view member : {R"("candidateCount":0)", R"("candidateCount":1)"}) {
        const std::string body = R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{)" + std::string(member) + "}}";
        BOOST_TEST((request::of<gemini_generate, anthropic_messages>(body).drops() == ""));
    }
    constexpr std::string_view tier = R"({"contents":[{"parts":[{"text":"q"}]}],"serviceTier":"SERVICE_TIER_UNSPECIFIED"})";
    BOOST_TEST((request::of<gemini_generate, openai_chat>(tier).drops() == ""));
    for (const std::string_view member : {R"("extra_headers":{"a":"b"})", R"("headers":{"a":"b"})", R"("base_model":"x")"})
        BOOST_TEST_CONTEXT(member) BOOST_TEST((request::of<openai_chat, anthropic_messages>(openai_member(member)).drops() == ""));
    for (const std::string_view member : {R"("enable_thinking":false)", R"("chat_template_kwargs":{"enable_thinking":false})", R"("models":["a"])",
                                          R"("session_id":"s")", R"("extra_body":{"a":1})", R"("trace_id":"t")"})
        BOOST_TEST_CONTEXT(member) BOOST_TEST((request::of<openai_chat, gemini_generate>(openai_member(member)).drops().find('!') == std::string::npos));
    constexpr std::string_view claude =
        R"({"max_tokens":9,"messages":[{"role":"user","content":"q"}],"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["b"]})";
    BOOST_TEST((request::of<anthropic_messages, openai_chat>(claude).drops().find('!') == std::string::npos));
}

BOOST_AUTO_TEST_CASE(blocks_of_claudes_own_tools_in_the_history_are_text_elsewhere_and_whole_for_claude) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"x"}})", "web_search {\"query\":\"x\"}"},
        {R"({"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","title":"T","url":"https://x"}]})",
         "T\nhttps://x\n"},
        {R"({"type":"web_search_tool_result","tool_use_id":"s","content":{"type":"web_search_tool_result_error","error_code":"e"}})", "e\n"},
        {R"({"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","url":"https://x","content":{"type":"document",)"
         R"("source":{"type":"text","media_type":"text/plain","data":"page"}}}})", "https://x\npage\n"},
        {R"({"type":"code_execution_tool_result","tool_use_id":"s","content":{"type":"code_execution_result","stdout":"1","stderr":"","return_code":0}})",
         "1\n"},
        {R"({"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"r","tool_references":[{"type":"tool_reference","tool_name":"n"}]}})",
         "n\n"},
        {R"({"type":"mcp_tool_use","id":"s","name":"n","server_name":"v","input":{}})", "n {}"},
        {R"({"type":"mcp_tool_result","tool_use_id":"s","is_error":false,"content":[{"type":"text","text":"r"}]})", "r\n"},
        {R"({"type":"compaction","content":"what was"})", "what was"},
        {R"({"type":"search_result","source":"https://s","title":"T","content":[{"type":"text","text":"B"}]})", "T\nhttps://s\nB"}};
    for (const auto& [block, text] : rows)
        BOOST_TEST_CONTEXT(block) {
            std::string body = R"({"max_tokens":9,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[)";
            body.append(block).append(R"(]},{"role":"user","content":"z"}]})");
            const request openai = request::of<anthropic_messages, openai_chat>(body);
            BOOST_TEST(openai.text("/messages/1/content") == text);
            BOOST_TEST(openai.drops().find('!') == std::string::npos, openai.drops());
            BOOST_TEST((request::of<anthropic_messages, gemini_generate>(body).text("/contents/1/parts/0/text") == text));
            BOOST_TEST((request::of<anthropic_messages, bedrock_converse>(body).text("/messages/1/content/0/text") == text));
            const request claude = request::of<anthropic_messages, anthropic_messages>(body);
            BOOST_TEST((claude.at("/messages/1/content/0") == boost::json::parse(std::string(block))));
        }
}

BOOST_AUTO_TEST_CASE(arguments_with_alternatives_at_the_root_are_one_object) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {R"({"anyOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},)"
         R"({"type":"object","properties":{"b":{},"a":{}},"required":["a","b"]}]})",
         R"({"type":"object","properties":{"a":{"type":"string"},"b":{}},"required":["a"]})"},
        {R"({"type":"object","properties":{"a":{},"b":{},"c":{}},"required":["c"],"oneOf":[{"required":["a"]},{"required":["b"]}]})",
         R"({"type":"object","properties":{"a":{},"b":{},"c":{}},"required":["c"]})"},
        {R"({"allOf":[{"properties":{"a":{}},"required":["a"]},{"$ref":"#/$defs/B"}],"$defs":{"B":{"properties":{"b":{}},"required":["b"]}}})",
         R"({"$defs":{"B":{"properties":{"b":{}},"required":["b"]}},"type":"object","properties":{"a":{},"b":{}},"required":["a","b"]})"},
        {R"({"oneOf":[{"$ref":"https://other"},{"properties":{"b":{}},"required":["b"]}]})", R"({"type":"object","properties":{"b":{}}})"},
        {R"({"type":["object","null"],"properties":{"a":{}}})", R"({"type":"object","properties":{"a":{}}})"},
        {R"({"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}}})",
         R"({"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}}})"}};
    for (const auto& [schema, wanted] : rows)
        BOOST_TEST_CONTEXT(schema) {
            chat_request r("m", "q");
            r.tools.emplace_back("f", "", std::string(schema));
            const boost::json::value expected = boost::json::parse(std::string(wanted));
            const request claude = request::of<anthropic_messages>(r), openai = request::of<openai_chat>(r);
            BOOST_TEST((claude.at("/tools/0/input_schema") == expected), claude.text("/tools/0/input_schema"));
            BOOST_TEST((openai.at("/tools/0/function/parameters") == expected), openai.text("/tools/0/function/parameters"));
            BOOST_TEST((claude.drops() == (schema == wanted ? "" : "tools[0].parameters?")));
        }
}

BOOST_AUTO_TEST_CASE(instructions_alone_are_a_users_message_for_claude) {
    const request claude = request::of<openai_chat, anthropic_messages>(R"({"messages":[{"role":"system","content":"s"},{"role":"developer","content":"t"}]})");
    BOOST_TEST(claude.text("/messages/0/role") == "user");
    BOOST_TEST(claude.text("/messages/0/content/1/text") == "t");
    BOOST_TEST(claude.at("/system").is_null());
    BOOST_TEST(claude.drops() == "messages[0].from?");
}

BOOST_AUTO_TEST_CASE(empty_text_is_not_sent_to_gemini) {
    const request gemini = request::of<openai_chat, gemini_generate>(openai_content(R"({"type":"text","text":""},{"type":"text","text":"x"})"));
    BOOST_TEST(gemini.text("/contents/0/parts/0/text") == "x");
    BOOST_TEST(gemini.at("/contents/0/parts/1").is_null());
}

BOOST_AUTO_TEST_CASE(a_call_of_claude_without_input_has_no_arguments) {
    for (const std::string_view input : {"", R"(,"input":null)", R"(,"input":{})"}) {
        std::string body = R"({"max_tokens":9,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f")";
        body.append(input).append(R"(}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"r"}]}]})");
        BOOST_TEST((request::of<anthropic_messages, openai_chat>(body).text("/messages/1/tool_calls/0/function/arguments") == "{}"));
        BOOST_TEST((request::of<anthropic_messages, gemini_generate>(body).text("/contents/1/parts/0/functionCall/args") == "{}"));
        BOOST_TEST((request::of<anthropic_messages, anthropic_messages>(body).text("/messages/1/content/0/input") == "{}"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace field_trials_unit
