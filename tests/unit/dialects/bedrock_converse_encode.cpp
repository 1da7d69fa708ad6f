// SPDX-License-Identifier: BSL-1.0
#include "bedrock_converse_support.hpp"

namespace bedrock_converse_encode_unit {

using namespace bedrock_test;
using namespace llmx;

BOOST_AUTO_TEST_SUITE(dialects_bedrock_converse_encode)

BOOST_AUTO_TEST_CASE(a_conversation_becomes_turns_that_alternate) {
    chat_request r;
    r.messages.push_back(message::system("Be kind."));
    r.messages.push_back(message::user("a"));
    r.messages.push_back(message::user("b"));
    r.messages.push_back(message::assistant(" \n"));
    r.messages.push_back(message::user("c"));
    r.messages.push_back(message(role::developer, "Be brief."));
    r.messages.push_back(message::assistant("Well, "));
    const encoded e = encode(r);
    check_json(e.tree, R"({"system":[{"text":"Be kind."},{"text":"Be brief."}],"messages":[
        {"role":"user","content":[{"text":"a"},{"text":"b"},{"text":"c"}]},{"role":"assistant","content":[{"text":"Well,"}]}]})");
    BOOST_TEST(e.drops == "messages[5].from?");
}

BOOST_AUTO_TEST_CASE(nothing_to_answer_is_refused) {
    chat_request r;
    r.messages.push_back(message::system("x"));
    BOOST_TEST(refusal(r) == "messages: a user or assistant message with content is required");
}

BOOST_AUTO_TEST_CASE(parameters_have_their_places_and_ranges) {
    chat_request r = hello();
    r.max_output_tokens = 50;
    r.temperature = 0.5;
    r.top_k = 7;
    r.stop = {"END", "", " "};
    r.user = "u1";
    r.n = 1;
    r.presence_penalty = 0;
    r.service_tier = service_tier::priority;
    r.metadata = {{"team", "a b"}, {"päron", "x"}, {"team", "again"}};
    encoded e = encode(r);
    check_json(e.at("inferenceConfig"), R"({"maxTokens":50,"temperature":0.5,"stopSequences":["END"]})");
    check_json(e.at("additionalModelRequestFields"), R"({"top_k":7})");
    check_json(e.at("additionalModelResponseFieldPaths"), R"(["/stop_sequence"])");
    check_json(e.at("requestMetadata"), R"({"team":"a b"})");
    check_json(e.at("serviceTier"), R"({"type":"priority"})");
    BOOST_TEST(e.drops == "stop[1]! stop[2]! metadata[1]? metadata[2]? user?");

    r = hello();
    r.max_output_tokens = 0;
    r.temperature = 1.5;
    r.top_p = -0.1;
    r.seed = 3;
    r.n = 2;
    r.presence_penalty = 1;
    r.frequency_penalty = 1;
    r.logprobs = true;
    r.top_logprobs = 2;
    r.logit_bias = raw_json(R"({"5":1})");
    r.modalities = {"text", "audio"};
    r.service_tier = service_tier::batch;
    e = encode(r);
    check_json(e.tree, R"({"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"temperature":1}})");
    BOOST_TEST(e.drops == "max_output_tokens! temperature? top_p? service_tier? presence_penalty? frequency_penalty? seed? n! logprobs! "
                          "top_logprobs! logit_bias! modalities!");
}

BOOST_AUTO_TEST_CASE(what_the_api_leaves_to_models_follows_the_vendor_in_the_id) {
    chat_request r = hello();
    r.top_k = 7;
    check_json(encode(r, "anthropic.claude-3-haiku-20240307-v1:0").at("additionalModelRequestFields"), R"({"top_k":7})");
    check_json(encode(r, "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc").at("additionalModelRequestFields"),
               R"({"top_k":7})");
    check_json(encode(r, "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0").at("additionalModelRequestFields"),
               R"({"inferenceConfig":{"topK":7}})");
    check_json(encode(r, "cohere.command-r-v1:0").at("additionalModelRequestFields"), R"({"k":7})");
    BOOST_TEST(encode(r, llama).drops == "top_k?");
    // A model's own name is no vendor.
    BOOST_TEST(encode(r, "us.meta.amazon.x").drops == "top_k?");
}

BOOST_AUTO_TEST_CASE(claude_takes_temperature_or_top_p) {
    chat_request r = hello();
    r.temperature = 1;
    r.top_p = 0.5;
    check_json(encode(r).at("inferenceConfig"), R"({"topP":0.5})");
    check_json(encode(r, llama).at("inferenceConfig"), R"({"temperature":1,"topP":0.5})");
    r.temperature = 0.2;
    r.top_p = 1;
    check_json(encode(r).at("inferenceConfig"), R"({"temperature":0.2})");
}

BOOST_AUTO_TEST_CASE(claude_thinks_within_a_budget_that_fits_the_limit) {
    chat_request r = hello();
    r.reasoning = reasoning_options(reasoning_effort::low);
    r.max_output_tokens = 1200;
    r.temperature = 0.3;
    r.top_k = 3;
    encoded e = encode(r);
    check_json(e.at("additionalModelRequestFields"), R"({"thinking":{"type":"enabled","budget_tokens":1024}})");
    check_json(e.at("inferenceConfig"), R"({"maxTokens":1200})");
    BOOST_TEST(e.drops == "temperature? top_k?");
    // The caller's limit stays.
    r.reasoning = reasoning_options(reasoning_effort::medium);
    r.max_output_tokens = 2000;
    e = encode(r);
    check_json(e.at("additionalModelRequestFields"), R"({"thinking":{"type":"enabled","budget_tokens":1500}})");
    check_json(e.at("inferenceConfig"), R"({"maxTokens":2000})");
    BOOST_TEST(e.drops == "reasoning? temperature? top_k?");
    r.max_output_tokens = 500;
    e = encode(r);
    check_json(e.at("additionalModelRequestFields"), R"({"top_k":3})");
    check_json(e.at("inferenceConfig"), R"({"maxTokens":500,"temperature":0.3})");
    BOOST_TEST(e.drops == "reasoning?");
    r.reasoning = reasoning_options(reasoning_effort::none);
    e = encode(r);
    check_json(e.at("additionalModelRequestFields"), R"({"top_k":3})");
    // Without the thought that led to the call in progress.
    r = hello();
    r.reasoning = reasoning_options(reasoning_effort::high);
    r.tools.push_back(weather());
    r.messages.push_back(message(role::assistant).add(tool_call_part("c1", "get_weather", "{}")));
    r.messages.push_back(message::tool_result("c1", "rain"));
    BOOST_TEST(encode(r).drops == "reasoning?");
}

BOOST_AUTO_TEST_CASE(efforts_are_written_as_the_vendor_has_them) {
    chat_request r = hello();
    r.reasoning = reasoning_options(reasoning_effort::xhigh);
    r.reasoning->include_thoughts = true;
    encoded e = encode(r, claude, with_efforts());
    check_json(e.at("additionalModelRequestFields"), R"({"thinking":{"type":"adaptive","display":"summarized"}})");
    check_json(e.at("outputConfig"), R"({"effort":"xhigh"})");
    e = encode(r, "amazon.nova-2-lite-v1:0");
    check_json(e.at("additionalModelRequestFields"), R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}})");
    e = encode(r, gpt);
    check_json(e.at("additionalModelRequestFields"), R"({"reasoning_effort":"high"})");
    BOOST_TEST(e.drops == "");
    BOOST_TEST(encode(r, llama).drops == "reasoning? reasoning.include_thoughts?");
    r.reasoning = reasoning_options();
    r.reasoning->adaptive = true;
    r.reasoning->include_thoughts = false;
    e = encode(r, gpt);
    check_json(e.at("additionalModelRequestFields"), R"({"reasoning_effort":"high"})");
    BOOST_TEST(e.drops == "reasoning.include_thoughts?");
    r.reasoning = reasoning_options();
    r.reasoning->budget_tokens = 0;
    check_json(encode(r, claude, with_efforts()).at("additionalModelRequestFields"), R"({"thinking":{"type":"disabled"}})");
    BOOST_TEST(encode(r, gpt).drops == "reasoning?");
    BOOST_TEST(encode(r, llama).drops == "reasoning?");
}

BOOST_AUTO_TEST_CASE(tools_have_schemas_and_choices) {
    chat_request r = hello();
    r.tools.push_back(weather());
    r.tools.push_back(tool("now", "", ""));
    r.tools.back().strict = true;
    r.tools.back().cache = cache_control("1h");
    r.tool_choice = tool_choice(tool_choice::mode::required);
    encoded e = encode(r);
    check_json(e.at("toolConfig"), R"({"tools":[
        {"toolSpec":{"name":"get_weather","description":"Weather of a place","inputSchema":{"json":{"type":"object","properties":{"city":{"type":"string"}}}}}},
        {"toolSpec":{"name":"now","inputSchema":{"json":{"type":"object"}}}},{"cachePoint":{"type":"default","ttl":"1h"}}],
        "toolChoice":{"any":{}}})");
    BOOST_TEST(e.drops == "tools[1].strict?");
    e = encode(r, nova, with_schemas());
    check_json(e.at("toolConfig/tools/1"),
               R"({"toolSpec":{"name":"now","inputSchema":{"json":{"type":"object","additionalProperties":false}},"strict":true}})");
    BOOST_TEST(e.drops == "tools[1].cache?"); // Nova caches no tools
    r.tool_choice = tool_choice::function("now");
    check_json(encode(r).at("toolConfig/toolChoice"), R"({"tool":{"name":"now"}})");
    r.tool_choice = tool_choice();
    check_json(encode(r).at("toolConfig/toolChoice"), R"({"auto":{}})");
    r.tool_choice = tool_choice(tool_choice::mode::none);
    e = encode(r);
    BOOST_TEST(e.at("toolConfig").is_null());
    BOOST_TEST(e.drops == "");
    r.tools.front().parameters = raw_json("[]");
    r.tool_choice.reset();
    BOOST_TEST(refusal(r) == "tools[0].parameters: expected a JSON Schema object");
}

BOOST_AUTO_TEST_CASE(one_call_at_a_time_is_claudes_own_member) {
    chat_request r = hello();
    r.tools.push_back(weather());
    r.parallel_tool_calls = false;
    encoded e = encode(r);
    check_json(e.at("additionalModelRequestFields"), R"({"tool_choice":{"type":"auto","disable_parallel_tool_use":true}})");
    BOOST_TEST(e.at("toolConfig/toolChoice").is_null());
    BOOST_TEST(e.drops == "");
    BOOST_TEST(encode(r, llama).drops == "parallel_tool_calls?");
    r.tool_choice = tool_choice(tool_choice::mode::required);
    BOOST_TEST(encode(r).drops == "parallel_tool_calls?");
}

BOOST_AUTO_TEST_CASE(a_history_with_calls_has_their_tools_even_where_none_may_be_called) {
    chat_request r = hello();
    r.messages.push_back(message(role::assistant).add(tool_call_part("c1", "get_weather", R"({"city":"Bonn"})")));
    r.messages.push_back(message::tool_result("c1", "rain"));
    encoded e = encode(r);
    check_json(e.at("toolConfig/tools/0/toolSpec/name"), R"("get_weather")");
    BOOST_TEST(e.drops == "");
    r.tools.push_back(weather());
    r.tool_choice = tool_choice(tool_choice::mode::none);
    BOOST_TEST(encode(r).drops == "tool_choice!");
    r = hello();
    r.messages.push_back(message::tool_result("c1", "rain"));
    BOOST_TEST(refusal(r).starts_with("tools: Bedrock takes results of tools only beside the definitions of tools"));
}

BOOST_AUTO_TEST_CASE(results_stand_first_behind_their_calls) {
    chat_request r = hello();
    r.messages.push_back(message(role::assistant)
                             .add(text_part("I look."))
                             .add(tool_call_part("c1", "get_weather", R"({"city":"Bonn"})"))
                             .add(tool_call_part("no good id!", "get_weather", " ")));
    r.messages.push_back(message::user("By the way"));
    r.messages.push_back(message::tool_result("c1", "rain"));
    tool_result_part failed("no good id!", " ");
    failed.is_error = true;
    failed.content.emplace_back(image_part(media::from_base64("image/png", "AAAA")));
    failed.content.emplace_back(file_part(media::from_base64("application/pdf", "JVBERi0="), "a.pdf"));
    failed.content.emplace_back(file_part(media::from_base64("application/zip", "AAAA")));
    failed.cache = cache_control();
    r.messages.push_back(message(role::tool).add(failed));
    const encoded e = encode(r);
    check_json(e.at("messages/1/content"), R"([{"text":"I look."},{"toolUse":{"toolUseId":"c1","name":"get_weather","input":{"city":"Bonn"}}},
        {"toolUse":{"toolUseId":"no_good_id__3982161381cc18bb","name":"get_weather","input":{}}}])");
    check_json(e.at("messages/2/content"), R"([{"toolResult":{"toolUseId":"c1","content":[{"text":"rain"}]}},
        {"toolResult":{"toolUseId":"no_good_id__3982161381cc18bb","content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}},
            {"document":{"format":"pdf","name":"a","source":{"bytes":"JVBERi0="}}}],"status":"error"}},
        {"cachePoint":{"type":"default"}},{"text":"By the way"}])");
    BOOST_TEST(e.drops == "messages[4].content[0].content[3]!");
    r.messages[1].content[1] = tool_call_part("c1", "get_weather", "[1]");
    check_json(encode(r).at("messages/1/content/1/toolUse/input"), R"({"arguments":"[1]"})");
}

BOOST_AUTO_TEST_CASE(calls_without_ids_are_numbered_and_answered_by_name) {
    chat_request r = hello();
    r.messages.push_back(message(role::assistant).add(tool_call_part("", "a", "{}")).add(tool_call_part("", "b", "{}")).add(tool_call_part("", "a", "{}")));
    message results(role::tool);
    for (const char* const name : {"b", "a", ""}) {
        tool_result_part one("", "x");
        one.name = name;
        results.add(one);
    }
    r.messages.push_back(results);
    const encoded e = encode(r);
    for (const auto& [at, id] : {std::pair(0, "llmx-2"), std::pair(1, "llmx-1"), std::pair(2, "llmx-3")})
        BOOST_TEST(e.at("messages/2/content/" + std::to_string(at) + "/toolResult/toolUseId").as_string() == id);
}

BOOST_AUTO_TEST_CASE(media_are_bytes_or_objects_in_s3) {
    chat_request r;
    message m = message::user("look");
    m.add(image_part(media::from_url("data:image/jpg;base64,/9j/4A==")));
    m.add(image_part(media::from_base64("", "iVBORw0KGgo=")));
    m.add(image_part(media::from_url("s3://bucket/cat.webp")));
    m.add(image_part(media::from_url("https://example.com/cat.png")));
    m.add(image_part(media::from_base64("image/tiff", "AAAA")));
    m.add(audio_part(media::from_base64("audio/mpeg", "AAAA")));
    m.add(file_part(media::from_base64("video/mp4", "AAAA")));
    m.add(file_part(media::from_base64("text/plain", "YQ=="), "list of things: 1.csv"));
    m.add(file_part(media::from_url("data:text/plain,hello%20there"), ""));
    m.add(file_part(media::from_base64("application/octet-stream", "AAAA"), "../x/list of things  1.docx"));
    m.add(file_part(media::from_base64("text/x-c", "YQ=="), "list of things 1.csv"));
    m.add(file_part(media::from_file_id("file-1")));
    std::get<image_part>(m.content[1]).detail = "low";
    r.messages.push_back(m);
    r.messages.push_back(message(role::assistant).add(image_part(media::from_base64("image/png", "AAAA"))).add(text_part("ok")));
    const encoded e = encode(r);
    check_json(e.at("messages/0/content"), R"j([{"text":"look"},{"image":{"format":"jpeg","source":{"bytes":"/9j/4A=="}}},
        {"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}},{"image":{"format":"webp","source":{"s3Location":{"uri":"s3://bucket/cat.webp"}}}},
        {"audio":{"format":"mp3","source":{"bytes":"AAAA"}}},{"video":{"format":"mp4","source":{"bytes":"AAAA"}}},
        {"document":{"format":"csv","name":"list of things 1","source":{"bytes":"YQ=="}}},
        {"document":{"format":"txt","name":"Document","source":{"bytes":"aGVsbG8gdGhlcmU="}}},
        {"document":{"format":"docx","name":"x list of things 1","source":{"bytes":"AAAA"}}},
        {"document":{"format":"csv","name":"list of things 1 (2)","source":{"bytes":"YQ=="}}}])j");
    BOOST_TEST(e.drops == "messages[0].content[1].detail? messages[0].content[4]! messages[0].content[5]! messages[0].content[12]! messages[1].content[0]!");
}

BOOST_AUTO_TEST_CASE(a_document_needs_a_text_beside_it) {
    chat_request r;
    r.messages.push_back(message(role::user).add(file_part(media::from_base64("application/pdf", "AAAA"))));
    BOOST_TEST(refusal(r) == "messages[0].content[0]: Bedrock takes a document only beside a text: add a text part to the message");
    r.messages.push_back(message::user("Summarise it."));
    BOOST_TEST(encode(r).drops == "");
}

BOOST_AUTO_TEST_CASE(cache_breakpoints_become_cache_points) {
    chat_request r = hello();
    r.messages.insert(r.messages.begin(), message::system("long"));
    std::get<text_part>(r.messages[0].content[0]).cache = cache_control("1h");
    std::get<text_part>(r.messages[1].content[0]).cache = cache_control("5m");
    r.cache = cache_control("2h");
    encoded e = encode(r);
    check_json(e.at("system"), R"([{"text":"long"},{"cachePoint":{"type":"default","ttl":"1h"}}])");
    check_json(e.at("messages/0/content"), R"([{"text":"hi"},{"cachePoint":{"type":"default"}}])");
    BOOST_TEST(e.drops == "cache?"); // there is one in its place already
    std::get<text_part>(r.messages[1].content[0]).cache.reset();
    e = encode(r);
    check_json(e.at("messages/0/content"), R"([{"text":"hi"},{"cachePoint":{"type":"default"}}])");
    BOOST_TEST(e.drops == "cache.ttl?");
    e = encode(r, llama);
    check_json(e.tree, R"({"system":[{"text":"long"}],"messages":[{"role":"user","content":[{"text":"hi"}]}]})");
    BOOST_TEST(e.drops == "messages[0].content[0].cache? cache?");
}

BOOST_AUTO_TEST_CASE(only_own_thoughts_go_back) {
    chat_request r = hello();
    message m(role::assistant);
    m.add(thinking_part("mine", "sig", "bedrock_converse"));
    m.add(thinking_part("theirs", "sig", "anthropic_messages"));
    m.add(thinking_part("nobody's"));
    thinking_part hidden;
    hidden.redacted_data = "AAAA";
    m.add(hidden);
    hidden.redacted_data = "no base64";
    m.add(hidden);
    m.add(text_part("so"));
    r.messages.push_back(m);
    r.messages.push_back(message::user("go on"));
    const encoded e = encode(r);
    check_json(e.at("messages/1/content"), R"([{"reasoningContent":{"reasoningText":{"text":"mine","signature":"sig"}}},
        {"reasoningContent":{"redactedContent":"AAAA"}},{"text":"so"}])");
    BOOST_TEST(e.drops == "messages[1].content[1]? messages[1].content[2]? messages[1].content[4]?");
}

BOOST_AUTO_TEST_CASE(json_comes_by_a_forced_tool_or_by_the_models_own_form) {
    chat_request r = hello();
    r.response_format = response_format::json_schema("answer", R"({"properties":{"a":{"type":"integer"}}})");
    encoded e = encode(r);
    BOOST_TEST(e.answer_by_tool);
    check_json(e.at("toolConfig"), R"({"tools":[{"toolSpec":{"name":"json_tool_call","description":"Give the answer as the input of this tool, as JSON.",
        "inputSchema":{"json":{"type":"object","properties":{"a":{"type":"integer"}}}}}}],"toolChoice":{"tool":{"name":"json_tool_call"}}})");
    BOOST_TEST(e.drops == "response_format.name?");
    check_json(encode(r, llama).at("toolConfig/toolChoice"), R"({"auto":{}})");
    r.tools.push_back(weather());
    check_json(encode(r).at("toolConfig/toolChoice"), R"({"any":{}})");
    r.tools.clear();
    r.response_format->strict = true;
    e = encode(r, claude, with_schemas());
    BOOST_TEST(!e.answer_by_tool);
    check_json(e.at("outputConfig"), R"({"textFormat":{"type":"json_schema","structure":{"jsonSchema":
        {"schema":"{\"properties\":{\"a\":{\"type\":\"integer\"}},\"additionalProperties\":false}","name":"answer"}}}})");
    BOOST_TEST(e.drops == "response_format.strict?");
    r.response_format = response_format(response_format::kind::json_object);
    e = encode(r, claude, with_schemas());
    check_json(e.at("toolConfig/tools/0/toolSpec/inputSchema/json"), R"({"type":"object","additionalProperties":true})");
    // Claude cannot be forced while it thinks.
    r.reasoning = reasoning_options(reasoning_effort::low);
    check_json(encode(r).at("toolConfig/toolChoice"), R"({"auto":{}})");
    r.response_format = response_format::json_schema("answer", "[]");
    BOOST_TEST(refusal(r) == "response_format.schema: expected a JSON Schema object");
}

BOOST_AUTO_TEST_CASE(built_in_tools_are_the_vendors_own) {
    chat_request r = hello();
    tool search;
    search.builtin = opaque_part("openai_chat", R"({"type":"web_search"})");
    search.kind = builtin_kind::web_search;
    r.tools.push_back(search);
    encoded e = encode(r, "amazon.nova-premier-v1:0");
    check_json(e.at("toolConfig"), R"({"tools":[{"systemTool":{"name":"nova_grounding"}}]})");
    BOOST_TEST(e.drops == "tools[0]?");
    BOOST_TEST(encode(r).drops == "tools[0]!");
    r.tools[0].builtin = opaque_part(dialect::name, R"({"systemTool":{"name":"x"}})");
    check_json(encode(r).at("toolConfig"), R"({"tools":[{"systemTool":{"name":"x"}}]})");
}

BOOST_AUTO_TEST_CASE(own_members_take_the_place_of_those_made_here) {
    chat_request r = hello();
    r.max_output_tokens = 5;
    r.top_k = 2;
    r.service_tier = service_tier::flex;
    r.extra.add(dialect::name, "guardrailConfig", R"({"guardrailIdentifier":"g","guardrailVersion":"1"})");
    r.extra.add(dialect::name, "inferenceConfig", R"({"maxTokens":7,"topP":0.1})");
    r.extra.add(dialect::name, "additionalModelRequestFields", R"({"anthropic_beta":["x"]})");
    r.extra.add(dialect::name, "serviceTier", R"({"type":"reserved"})");
    r.extra.add(dialect::name, "messages", "[]");
    const encoded e = encode(r);
    check_json(e.tree, R"({"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":7,"topP":0.1},
        "additionalModelRequestFields":{"top_k":2,"anthropic_beta":["x"]},"serviceTier":{"type":"reserved"},
        "guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1"}})");
    BOOST_TEST(e.drops == "messages!");
    r.extra = extra_members();
    r.extra.add("openai_chat", "store", "true").hint = true;
    r.extra.add("openai_chat", "verbosity", "\"low\"");
    BOOST_TEST(encode(r).drops == "store? verbosity!");
}

BOOST_AUTO_TEST_CASE(members_of_other_languages_and_names_are_reported_where_they_stand) {
    chat_request r = hello();
    r.messages[0].name = "bob";
    text_part& t = std::get<text_part>(r.messages[0].content[0]);
    t.signature = "s";
    t.extra.add("gemini_generate", "x", "1");
    t.citations.emplace_back();
    r.messages[0].add(opaque_part("anthropic_messages", R"({"type":"x"})"));
    r.messages[0].add(opaque_part(dialect::name, R"({"guardContent":{"text":{"text":"q"}}})"));
    const encoded e = encode(r);
    check_json(e.at("messages/0/content"), R"([{"text":"hi"},{"guardContent":{"text":{"text":"q"}}}])");
    BOOST_TEST(e.drops == "messages[0].name? messages[0].content[0].signature? messages[0].content[0].x! messages[0].content[0].citations? "
                          "messages[0].content[1]!");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_converse_encode_unit
