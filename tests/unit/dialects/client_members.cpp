// SPDX-License-Identifier: BSL-1.0
// What clients' libraries send without being asked, from each language to each other one: members with their default,
// members that describe or tune, members that change the meaning, and members that refer to what only one vendor keeps.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace client_members_unit {

using namespace llmx;

namespace {

/// A request of \p From that is complete without \p members, which begin with a comma. \p in is where they are: of the request, of
/// its tool, of its message or of its settings.
template <class From> std::string request_with(std::string_view in, std::string_view members) {
    const auto at = [in, members](std::string_view place) { return in == place ? std::string(members) : std::string(); };
    if constexpr (std::is_same_v<From, openai_chat>)
        return R"({"model":"m","messages":[{"role":"user","content":"hi")" + at("message") + R"(},{"role":"assistant","content":"ho")" +
               at("answer") + R"(},{"role":"user","content":[{"type":"text","text":"so")" + at("part") +
               R"(}]}],"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"q":{"type":"string"}}})" +
               at("function") + "}" + at("tool") + "}]" + at("request") + "}";
    else if constexpr (std::is_same_v<From, anthropic_messages>)
        return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"hi")" + at("part") +
               "}]" + at("message") + R"(}],"tools":[{"name":"look","input_schema":{"type":"object"})" + at("tool") + "}]" + at("request") +
               "}";
    else
        return R"({"contents":[{"role":"user","parts":[{"text":"hi")" + at("part") +
               R"(}]}],"tools":[{"functionDeclarations":[{"name":"look","parameters":{"type":"OBJECT","properties":{"q":{"type":"STRING"}},"required":["q"]})" +
               at("function") + R"(}]}],"generationConfig":{"temperature":0.5)" + at("config") + R"(},"toolConfig":{"functionCallingConfig":{)" +
               at("calling") + "}" + at("tools") + "}" + at("request") + "}";
}

struct written {
    std::string body;
    drop_report drops;
    result<void> done = success();
};

template <class From, class To> void write(std::string_view body, written& to, bool thinks = false) {
    request_target target;
    target.model = "m";
    auto request = From::decode_request(body, target);
    BOOST_REQUIRE_MESSAGE(request.has_value(), std::string(body) + ": " + (request ? std::string() : request.error().message()));
    encode_options options;
    options.traits.native_json_schema = true;
    if (thinks) request->reasoning = reasoning_options(reasoning_effort::high);
    to.done = To::encode_request(*request, options, to.body, to.drops);
}

struct members {
    std::string_view in, text;
};
/// A call of \p f for each other language of providers.
template <class From, class F> void each_target(F f) {
    if constexpr (!std::is_same_v<From, openai_chat>) f(std::type_identity<openai_chat>());
    if constexpr (!std::is_same_v<From, anthropic_messages>) f(std::type_identity<anthropic_messages>());
    if constexpr (!std::is_same_v<From, gemini_generate>) f(std::type_identity<gemini_generate>());
    f(std::type_identity<bedrock_converse>());
}
template <class From, class F> void each_row(std::initializer_list<members> rows, F check) {
    each_target<From>([&]<class To>(std::type_identity<To>) {
        for (const members& row : rows) {
            std::string members(row.text);
            // The members of a list that is empty begin without a comma.
            if (row.in == "calling") members.erase(0, 1);
            written with;
            write<From, To>(request_with<From>(row.in, members), with);
            BOOST_TEST_CONTEXT(std::string(From::name) << " to " << To::name << ": " << row.text) {
                check.template operator()<From, To>(with);
            }
        }
    });
}
constexpr auto is_absent = []<class From, class To>(const written& with) {
    written without;
    write<From, To>(request_with<From>("", ""), without);
    BOOST_TEST(with.done.has_value());
    BOOST_TEST(with.body == without.body);
    BOOST_TEST(with.drops.count() == without.drops.count());
};
constexpr auto is_hint = []<class From, class To>(const written& with) {
    written without;
    write<From, To>(request_with<From>("", ""), without);
    BOOST_TEST(with.done.has_value());
    BOOST_TEST((with.drops.first_lost() == nullptr));
    if (with.body == without.body) BOOST_TEST(with.drops.count() > without.drops.count());
};
constexpr auto is_lost = []<class From, class To>(const written& with) {
    BOOST_TEST(with.done.has_value());
    BOOST_TEST((with.drops.first_lost() != nullptr));
};
constexpr auto is_refused = []<class From, class To>(const written& with) {
    BOOST_REQUIRE(with.done.has_error());
    BOOST_TEST((with.done.error().value() == errc::unsupported_parameter));
    BOOST_TEST(with.done.error().http_status() == 400);
    BOOST_TEST(with.body.empty());
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_client_members)

BOOST_AUTO_TEST_CASE(a_default_an_empty_or_a_null_member_equals_an_absent_one) {
    each_row<openai_chat>({{"request", R"(,"logit_bias":{})"}, {"request", R"(,"logit_bias":null)"}, {"request", R"(,"stop":[])"},
                           {"request", R"(,"stop":"")"}, {"request", R"(,"metadata":{})"}, {"request", R"(,"functions":[])"},
                           {"request", R"(,"function_call":null)"}, {"request", R"(,"response_format":{})"}, {"request", R"(,"user":"")"},
                           {"request", R"(,"thinking":{})"}, {"request", R"(,"modalities":[])"},
                           {"request", R"(,"audio":{})"}, {"request", R"(,"prediction":null)"}, {"request", R"(,"stream_options":{})"},
                           {"request", R"(,"unknown_list":[])"}, {"request", R"(,"unknown_object":{"inner":[],"other":null})"},
                           {"request", R"(,"previous_response_id":"")"}, {"request", R"(,"previous_response_id":null)"},
                           {"request", R"(,"conversation":{})"}, {"message", R"(,"name":"")"}, {"message", R"(,"unknown":"")"},
                           {"answer", R"(,"tool_calls":[])"}, {"answer", R"(,"function_call":null)"}, {"answer", R"(,"refusal":null)"},
                           {"answer", R"(,"annotations":[])"}, {"answer", R"(,"audio":null)"}, {"answer", R"(,"reasoning_content":"")"},
                           {"answer", R"(,"thinking_blocks":[])"}, {"answer", R"(,"provider_specific_fields":{"refusal":null})"},
                           {"part", R"(,"annotations":[])"}, {"function", R"(,"description":"")"}, {"tool", R"(,"unknown":{})"}},
                          is_absent);
    each_row<anthropic_messages>({{"request", R"(,"mcp_servers":[])"}, {"request", R"(,"mcp_servers":null)"}, {"request", R"(,"container":null)"},
                                  {"request", R"(,"container":"")"}, {"request", R"(,"context_management":{"edits":[]})"},
                                  {"request", R"(,"stop_sequences":[])"}, {"request", R"(,"metadata":{})"},
                                  {"request", R"(,"metadata":{"user_id":null})"}, {"request", R"(,"thinking":{})"},
                                  {"request", R"(,"tool_choice":{})"}, {"request", R"(,"output_config":{})"},
                                  {"request", R"(,"output_config":{"format":null,"effort":null})"}, {"request", R"(,"unknown":{"flag":false})"},
                                  {"request", R"(,"thread":null)"}, {"tool", R"(,"defer_loading":false)"},
                                  {"tool", R"(,"input_examples":[])"}, {"tool", R"(,"eager_input_streaming":false)"},
                                  {"part", R"(,"citations":[])"}, {"part", R"(,"cache_control":null)"}, {"message", R"(,"unknown":[])"}},
                                 is_absent);
    each_row<gemini_generate>({{"request", R"(,"safetySettings":[])"}, {"request", R"(,"safetySettings":null)"}, {"request", R"(,"labels":{})"},
                               {"request", R"(,"cachedContent":"")"}, {"request", R"(,"cachedContent":null)"}, {"request", R"(,"cached_content":"")"},
                               {"request", R"(,"systemInstruction":{"parts":[]})"}, {"request", R"(,"systemInstruction":{})"},
                               {"request", R"(,"serviceTier":"unspecified")"}, {"request", R"(,"store":false)"},
                               {"config", R"(,"audioTimestamp":false)"}, {"config", R"(,"mediaResolution":null)"},
                               {"config", R"(,"mediaResolution":"MEDIA_RESOLUTION_UNSPECIFIED")"}, {"config", R"(,"responseMimeType":"")"},
                               {"config", R"(,"speechConfig":{})"}, {"config", R"(,"responseSchema":{})"}, {"config", R"(,"stopSequences":[])"},
                               {"config", R"(,"responseModalities":[])"},
                               {"config", R"(,"enableEnhancedCivicAnswers":false)"},
                               {"config", R"(,"unknownCount":0)"}, {"config", R"(,"unknown":{"inner":{"flag":false,"count":0,"text":""}})"},
                               {"tools", R"(,"retrievalConfig":null)"}, {"tools", R"(,"retrievalConfig":{"languageCode":""})"},
                               {"calling", R"(,"allowedFunctionNames":[])"}, {"calling", R"(,"mode":"MODE_UNSPECIFIED")"}, {"calling", R"(,"mode":"")"},
                               {"function", R"(,"behavior":"UNSPECIFIED")"}, {"function", R"(,"response":{})"}, {"part", R"(,"thought":false)"},
                               {"part", R"(,"videoMetadata":{"startOffset":""})"}},
                              is_absent);
}

BOOST_AUTO_TEST_CASE(a_default_is_not_reported_where_the_target_has_no_such_member) {
    constexpr auto is_quiet = []<class From, class To>(const written& with) {
        BOOST_TEST(with.done.has_value());
        BOOST_TEST(with.drops.count() == 0u);
    };
    each_row<openai_chat>({{"request", R"(,"modalities":["text"])"}, {"request", R"(,"n":1)"}, {"request", R"(,"logprobs":false)"},
                           {"request", R"(,"top_logprobs":0)"}, {"request", R"(,"presence_penalty":0,"frequency_penalty":0.0)"},
                           {"request", R"(,"parallel_tool_calls":true)"}, {"request", R"(,"temperature":1,"top_p":1)"},
                           {"request", R"(,"response_format":{"type":"text"})"}, {"function", R"(,"strict":false)"}},
                          is_quiet);
    each_row<anthropic_messages>({{"tool", R"(,"strict":false)"}, {"request", R"(,"tool_choice":{"type":"auto","disable_parallel_tool_use":false})"},
                                  {"request", R"(,"stream":false)"}},
                                 is_quiet);
    each_row<gemini_generate>({{"config", R"(,"responseLogprobs":false)"}, {"config", R"(,"presencePenalty":0,"frequencyPenalty":0)"},
                               {"config", R"(,"candidateCount":1)"}, {"config", R"(,"responseMimeType":"text/plain")"},
                               {"config", R"(,"responseModalities":["TEXT"])"}, {"calling", R"(,"mode":"AUTO")"}},
                              is_quiet);
}

BOOST_AUTO_TEST_CASE(what_describes_or_tunes_is_a_hint) {
    each_row<openai_chat>({{"request", R"(,"store":true)"}, {"request", R"(,"prompt_cache_key":"k")"}, {"request", R"(,"verbosity":"low")"},
                           {"request", R"(,"prompt_cache_retention":"24h")"}, {"request", R"(,"safety_identifier":"s")"},
                           {"request", R"(,"prediction":{"type":"content","content":"x"})"}, {"request", R"(,"audio":{"voice":"alloy"})"},
                           {"request", R"(,"stream":true,"stream_options":{"include_obfuscation":false})"}, {"request", R"(,"min_p":0.1)"},
                           {"request", R"(,"client_metadata":{"a":"b"})"}, {"request", R"(,"include":["reasoning.encrypted_content"])"},
                           {"request", R"(,"provider":{"order":["x"]})"}, {"request", R"(,"service_tier":"own")"},
                           {"request", R"(,"reasoning_effort":"default")"}, {"request", R"(,"parallel_tool_calls":false)"},
                           {"request", R"(,"cache_prompt":true,"samplers":"edkypmxt","repeat_penalty":1.1)"},
                           {"message", R"(,"timestamp":1,"metadata":{"a":"b"})"}, {"tool", R"(,"annotations":{"readOnlyHint":true})"},
                           {"answer", R"(,"provider_specific_fields":{"a":1})"}, {"answer", R"(,"id":"msg_1")"},
                           {"answer", R"(,"reasoning_details":[{"type":"reasoning.text"}])"}, {"tool", R"(,"defer_loading":true)"},
                           {"function", R"(,"output_schema":{"type":"string"})"}},
                          is_hint);
    each_row<anthropic_messages>({{"request", R"(,"speed":"fast")"}, {"request", R"(,"diagnostics":{"id":"x"})"},
                                  {"request", R"(,"context_management":{"edits":[{"type":"clear_thinking_20251015"}]})"},
                                  {"request", R"(,"inference_geo":"us")"}, {"request", R"(,"cache_control":{"type":"ephemeral"})"},
                                  {"request", R"(,"metadata":{"user_id":"u","more":"m"})"}, {"request", R"(,"top_k":64)"},
                                  {"request", R"(,"output_config":{"effort":"low","task_budget":{"tokens":9}})"},
                                  {"request", R"(,"thinking":{"type":"adaptive","display":"other"})"},
                                  {"request", R"(,"tool_choice":{"type":"auto","disable_parallel_tool_use":true})"},
                                  {"tool", R"(,"eager_input_streaming":true)"}, {"tool", R"(,"defer_loading":true)"},
                                  {"tool", R"(,"allowed_callers":["direct"])"}, {"tool", R"(,"input_examples":[{"q":"x"}])"},
                                  {"tool", R"(,"annotations":{"readOnlyHint":true},"title":"t")"}, {"part", R"(,"index":0,"id":"b_1")"},
                                  {"part", R"(,"cache_control":{"type":"ephemeral"})"}},
                                 is_hint);
    each_row<gemini_generate>({{"request", R"(,"labels":{"a":"b"})"}, {"request", R"(,"store":true)"},
                               {"request", R"(,"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"},)"
                                           R"({"category":"HARM_CATEGORY_HATE_SPEECH","threshold":"BLOCK_NONE"}])"},
                               {"request", R"(,"safety_settings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}])"},
                               {"config", R"(,"topK":64)"}, {"config", R"(,"mediaResolution":"MEDIA_RESOLUTION_LOW")"},
                               {"config", R"(,"audioTimestamp":true)"}, {"config", R"(,"seed":7,"presencePenalty":0.5,"frequencyPenalty":0.5)"},
                               {"config", R"(,"speechConfig":{"languageCode":"de"})"},
                               {"config", R"(,"modelSelectionConfig":{"featureSelectionPreference":"PRIORITIZE_COST"})"},
                               {"tools", R"(,"retrievalConfig":{"languageCode":"de"})"}, {"calling", R"(,"mode":"VALIDATED")"},
                               {"function", R"(,"response":{"type":"STRING"})"}, {"function", R"(,"responseJsonSchema":{"type":"string"})"},
                               {"function", R"(,"response_json_schema":{"type":"string"})"}, {"function", R"(,"behavior":"NON_BLOCKING")"},
                               {"function", R"(,"annotations":{"readOnlyHint":true})"}},
                              [&]<class From, class To>(const written& with) {
                                  BOOST_TEST(with.done.has_value());
                                  BOOST_TEST((with.drops.first_lost() == nullptr));
                              });
}

BOOST_AUTO_TEST_CASE(how_a_token_is_chosen_is_a_hint_beside_thinking_too) {
    const auto tuned = [](const written& with) {
        BOOST_TEST(with.done.has_value());
        BOOST_TEST((with.drops.first_lost() == nullptr));
    };
    written out[6];
    write<openai_chat, anthropic_messages>(request_with<openai_chat>("request", R"(,"temperature":0.2,"top_p":0.5,"max_tokens":9000)"), out[0], true);
    write<gemini_generate, anthropic_messages>(request_with<gemini_generate>("config", R"(,"topK":64,"maxOutputTokens":9000)"), out[1], true);
    write<openai_chat, anthropic_messages>(request_with<openai_chat>("request", R"(,"temperature":1.4,"seed":3,"presence_penalty":1)"), out[2]);
    write<openai_chat, bedrock_converse>(request_with<openai_chat>("request", R"(,"temperature":1.4,"seed":3,"frequency_penalty":1)"), out[3]);
    write<openai_chat, gemini_generate>(request_with<openai_chat>("request", R"(,"seed":5000000000)"), out[4]);
    write<anthropic_messages, openai_chat>(request_with<anthropic_messages>("request", R"(,"top_k":3)"), out[5]);
    for (const written& one : out) tuned(one);
}

BOOST_AUTO_TEST_CASE(thinking_yields_to_a_forced_tool_where_there_cannot_be_both) {
    const std::string body = request_with<openai_chat>("request", R"(,"tool_choice":"required","max_tokens":9000)");
    for (const bool forced : {true, false}) {
        written anthropic, bedrock;
        const std::string asked = forced ? body : request_with<openai_chat>("request", R"(,"tool_choice":"auto","max_tokens":9000)");
        write<openai_chat, anthropic_messages>(asked, anthropic, true);
        encode_options options;
        options.model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
        auto request = openai_chat::decode_request(asked, request_target());
        BOOST_REQUIRE(request.has_value());
        request->reasoning = reasoning_options(reasoning_effort::high);
        BOOST_TEST(bedrock_converse::encode_request(*request, options, bedrock.body, bedrock.drops).has_value());
        for (const written* one : {&anthropic, &bedrock}) {
            BOOST_TEST((one->drops.first_lost() == nullptr));
            BOOST_TEST((one->body.find("\"thinking\"") == std::string::npos) == forced, one->body);
        }
        BOOST_TEST((anthropic.body.find(R"("type":"any")") != std::string::npos) == forced);
        BOOST_TEST((bedrock.body.find(R"("any":{})") != std::string::npos) == forced);
    }
}

BOOST_AUTO_TEST_CASE(what_changes_the_meaning_is_lost) {
    each_target<openai_chat>([]<class To>(std::type_identity<To>) {
        if constexpr (std::is_same_v<To, gemini_generate>) return;
        for (const std::string_view row : {R"(,"n":2)", R"(,"logprobs":true)", R"(,"logit_bias":{"50256":-100})", R"(,"modalities":["text","audio"])",
                                           R"(,"unknown_flag":false)", R"(,"unknown":{"a":1})"}) {
            written with;
            write<openai_chat, To>(request_with<openai_chat>("request", row), with);
            BOOST_TEST_CONTEXT(To::name << row) { is_lost.template operator()<openai_chat, To>(with); }
        }
    });
    each_row<anthropic_messages>({{"request", R"(,"mcp_servers":[{"type":"url","url":"https://a.example","name":"a"}])"}}, is_lost);
    each_row<gemini_generate>(
        {{"request", R"(,"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"},)"
                                           R"({"category":"HARM_CATEGORY_HATE_SPEECH","threshold":"BLOCK_LOW_AND_ABOVE"}])"}},
        is_lost);
}

BOOST_AUTO_TEST_CASE(a_conversation_that_the_provider_lacks_is_refused) {
    each_row<openai_chat>({{"request", R"(,"previous_response_id":"resp_1")"}, {"request", R"(,"conversation":"conv_1")"},
                           {"request", R"(,"conversation":{"id":"conv_1"})"}},
                          is_refused);
    each_row<anthropic_messages>({{"request", R"(,"thread":{"type":"create"})"}, {"request", R"(,"container":"container_1")"},
                                  {"request", R"(,"thread":{"type":"continue","previous_message_id":"msg_1"})"},
                                  {"request", R"(,"container":{"id":"c","skills":[]})"}},
                                 is_refused);
    each_row<gemini_generate>({{"request", R"(,"cachedContent":"cachedContents/1")"}, {"request", R"(,"cached_content":"cachedContents/1")"}}, is_refused);
    // The turn that a thread continues is not in the request: that is not what is reported.
    written orphan;
    write<anthropic_messages, gemini_generate>(
        R"({"model":"m","max_tokens":9,"thread":{"type":"continue","previous_message_id":"msg_1"},"messages":[{"role":"user","content":[
            {"type":"tool_result","tool_use_id":"toolu_1","content":"r"}]}]})",
        orphan);
    BOOST_REQUIRE(orphan.done.has_error());
    BOOST_TEST(orphan.done.error().param() == "thread");
    std::string answer;
    anthropic_messages::encode_error(orphan.done.error(), answer);
    const boost::json::value tree = boost::json::parse(answer);
    BOOST_TEST(tree.at("error").at("type") == "invalid_request_error");
    BOOST_TEST(tree.at("error").at("details") == boost::json::parse(R"({"error_code":"thread_unsupported_request","unsupported":["thread"]})"));
    // Its own vendor has it.
    written own;
    write<anthropic_messages, anthropic_messages>(request_with<anthropic_messages>("request", R"(,"thread":{"type":"create"})"), own);
    BOOST_TEST(own.done.has_value());
    BOOST_TEST((own.body.find(R"("thread":{"type":"create"})") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(validated_calls_are_strict_where_a_provider_can_enforce_them) {
    const std::string body = request_with<gemini_generate>("calling", R"("mode":"VALIDATED")");
    written to_openai, to_anthropic, own;
    write<gemini_generate, openai_chat>(body, to_openai);
    const boost::json::value tree = boost::json::parse(to_openai.body);
    BOOST_TEST(tree.at("tool_choice") == "auto");
    BOOST_TEST(tree.at_pointer("/tools/0/function/strict") == true);
    BOOST_TEST(tree.at_pointer("/tools/0/function/parameters/additionalProperties") == false);
    write<gemini_generate, anthropic_messages>(body, to_anthropic);
    BOOST_TEST(boost::json::parse(to_anthropic.body).at_pointer("/tools/0/strict") == true);
    write<gemini_generate, gemini_generate>(body, own);
    BOOST_TEST(boost::json::parse(own.body).at_pointer("/toolConfig/functionCallingConfig/mode") == "VALIDATED");
    // A property that may be left out cannot be enforced by OpenAI's rules.
    written optional;
    write<gemini_generate, openai_chat>(
        R"({"contents":[{"parts":[{"text":"hi"}]}],"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}},"tools":[{"functionDeclarations":[
            {"name":"look","parameters":{"type":"OBJECT","properties":{"q":{"type":"STRING"}}}}]}]})",
        optional);
    BOOST_TEST((boost::json::parse(optional.body).as_object().at("tools").at(0).at("function").as_object().contains("strict")) == false);
    BOOST_TEST((optional.drops.first_lost() == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace client_members_unit
