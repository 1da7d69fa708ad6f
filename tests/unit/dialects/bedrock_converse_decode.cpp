// SPDX-License-Identifier: BSL-1.0
// A client's request in the words of API_runtime_Converse, and what is written back to it.
#include "bedrock_converse_support.hpp"
#include "translation_support.hpp"

#include <llmx/core/request_view.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/wire/base64.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace bedrock_converse_decode_unit {

using namespace bedrock_test;
using namespace llmx;
using translation_test::request;

namespace {

request_target target_of(std::string_view model = claude, bool stream = false) {
    request_target t;
    t.model = model;
    t.stream = stream;
    return t;
}
chat_request decoded(std::string_view body) {
    auto r = dialect::decode_request(body, target_of());
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()) << "\n" << body);
    return std::move(*r);
}
std::string refused(std::string_view body) {
    const auto r = dialect::decode_request(body, target_of());
    BOOST_REQUIRE_MESSAGE(r.has_error(), body);
    BOOST_CHECK(r.error() == errc::invalid_request);
    return r.error().message();
}
std::string with(std::string_view member) { return R"({"messages":[{"role":"user","content":[{"text":"hi"}]}],)" + std::string(member) + "}"; }
std::string content(std::string_view blocks, std::string_view who = "user") {
    return R"({"messages":[{"role":")" + std::string(who) + R"(","content":[)" + std::string(blocks) + "]}]}";
}

/// All that the example of the API's reference has, and more.
constexpr std::string_view whole = R"({
 "system":[{"text":"Be brief."},{"cachePoint":{"type":"default","ttl":"1h"}}],
 "messages":[
  {"role":"user","content":[{"text":"look"},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}},
    {"document":{"format":"pdf","name":"Report 1","source":{"bytes":"JVBERi0="},"citations":{"enabled":true},"context":"c"}},
    {"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v.mp4"}}}},{"cachePoint":{"type":"default"}}]},
  {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},
    {"reasoningContent":{"redactedContent":"AAEC"}},
    {"toolUse":{"toolUseId":"t1","name":"get_weather","input":{"city":"Köln"}}}]},
  {"role":"user","content":[{"toolResult":{"toolUseId":"t1","status":"error",
    "content":[{"json":{"a":[1]}},{"text":"x"},{"image":{"format":"gif","source":{"bytes":"R0lGODlh"}}}]}}]}],
 "inferenceConfig":{"maxTokens":77,"temperature":0.5,"topP":0.25,"stopSequences":["END"]},
 "toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","description":"d","inputSchema":{"json":{"type":"object"}},"strict":true}},
   {"cachePoint":{"type":"default"}}],"toolChoice":{"tool":{"name":"get_weather"}}},
 "additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048},"top_k":5,"x":1},
 "guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1"},
 "requestMetadata":{"team":"a"},"serviceTier":{"type":"flex"},"performanceConfig":{"latency":"optimized"},
 "outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"n","description":"d",
   "schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}"}}},
   "effort":"low"}})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_bedrock_converse_decode)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
    const chat_request r = decoded(whole);
    BOOST_TEST(r.model == claude);
    BOOST_REQUIRE(r.messages.size() == 4u);
    BOOST_CHECK(r.messages[0].from == role::system && r.messages[1].from == role::user && r.messages[2].from == role::assistant &&
                r.messages[3].from == role::tool);
    const auto& prompt = std::get<text_part>(r.messages[0].content.at(0));
    BOOST_TEST(prompt.text == "Be brief.");
    BOOST_TEST(prompt.cache->ttl == "1h");
    const auto& seen = r.messages[1].content;
    BOOST_REQUIRE(seen.size() == 4u);
    BOOST_TEST(std::get<image_part>(seen[1]).source.media_type == "image/png");
    BOOST_TEST(std::get<image_part>(seen[1]).source.data == "iVBORw0KGgo=");
    BOOST_TEST(std::get<file_part>(seen[2]).filename == "Report 1.pdf");
    BOOST_TEST(std::get<file_part>(seen[2]).source.media_type == "application/pdf");
    BOOST_TEST(std::get<file_part>(seen[3]).source.url == "s3://b/v.mp4");
    BOOST_TEST(std::get<file_part>(seen[3]).source.media_type == "video/mp4");
    BOOST_TEST(std::get<file_part>(seen[3]).cache.has_value());
    const auto& thought = std::get<thinking_part>(r.messages[2].content.at(0));
    BOOST_TEST(thought.signed_for(dialect::name));
    BOOST_TEST(std::get<thinking_part>(r.messages[2].content.at(1)).redacted_data == "AAEC");
    BOOST_TEST(std::get<tool_call_part>(r.messages[2].content.at(2)).arguments == R"({"city":"Köln"})");
    const auto& result = std::get<tool_result_part>(r.messages[3].content.at(0));
    BOOST_TEST(result.is_error);
    BOOST_TEST(std::get<text_part>(result.content.at(0)).text == R"({"a":[1]})");
    BOOST_TEST(std::get<image_part>(result.content.at(2)).source.media_type == "image/gif");
    BOOST_TEST(*r.max_output_tokens == 77);
    BOOST_TEST(*r.temperature == 0.5);
    BOOST_TEST(*r.top_p == 0.25);
    BOOST_TEST(*r.top_k == 5);
    BOOST_TEST(r.stop.at(0) == "END");
    BOOST_REQUIRE(r.tools.size() == 1u);
    BOOST_TEST(*r.tools[0].strict);
    BOOST_TEST(r.tools[0].cache.has_value());
    BOOST_CHECK(r.tool_choice->how == tool_choice::mode::function);
    BOOST_TEST(r.tool_choice->name == "get_weather");
    BOOST_TEST(*r.reasoning->budget_tokens == 2048);
    BOOST_CHECK(r.reasoning->effort == reasoning_effort::low);
    BOOST_TEST(r.response_format->schema.text.starts_with(R"({"type":"object","properties")"));
    BOOST_TEST(r.response_format->name == "n");
    BOOST_TEST(r.metadata.at(0).second == "a");
    BOOST_CHECK(r.service_tier == service_tier::flex);
    BOOST_REQUIRE(r.extra.find("guardrailConfig") != nullptr);
    BOOST_TEST(r.extra.find("additionalModelRequestFields")->text == R"({"x":1})");
    // The scan sees the same.
    const auto head = dialect::scan_request(whole, target_of(claude, true));
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->model == claude);
    BOOST_TEST(head->stream);
    BOOST_TEST(head->max_output_tokens == 77);
    request_view seen_by_scan;
    BOOST_REQUIRE(dialect::scan_view(whole, seen_by_scan));
    seen_by_scan.known = true;
    request_view by_tree = llmx::detail::view_request(r);
    by_tree.known = true;
    BOOST_CHECK(seen_by_scan == by_tree);
}

// What was read is written again as it was, where the model takes it.
BOOST_AUTO_TEST_CASE(its_own_words_come_back) {
    const encoded e = encode(decoded(whole), claude, with_schemas());
    check_json(e.at("system"), R"([{"text":"Be brief."},{"cachePoint":{"type":"default","ttl":"1h"}}])");
    check_json(e.at("messages/0/content"),
               R"([{"text":"look"},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}},
                  {"document":{"format":"pdf","name":"Report 1","source":{"bytes":"JVBERi0="},"citations":{"enabled":true},"context":"c"}},
                  {"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v.mp4"}}}},{"cachePoint":{"type":"default"}}])");
    check_json(e.at("messages/1/content"), R"([{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},
                  {"reasoningContent":{"redactedContent":"AAEC"}},{"toolUse":{"toolUseId":"t1","name":"get_weather","input":{"city":"Köln"}}}])");
    check_json(e.at("messages/2/content/0/toolResult/content"),
               R"([{"json":{"a":[1]}},{"text":"x"},{"image":{"format":"gif","source":{"bytes":"R0lGODlh"}}}])");
    check_json(e.at("guardrailConfig"), R"({"guardrailIdentifier":"g","guardrailVersion":"1"})");
    check_json(e.at("performanceConfig"), R"({"latency":"optimized"})");
    check_json(e.at("requestMetadata"), R"({"team":"a"})");
    check_json(e.at("outputConfig/textFormat/structure/jsonSchema/name"), R"("n")");
    check_json(e.at("additionalModelRequestFields/x"), "1");
    for (const std::string_view blocks :
         {R"({"citationsContent":{"content":[{"text":"t"}],"citations":[{"title":"a","location":{"web":{"url":"https://e.com"}}}]}})",
          R"({"searchResult":{"source":"s","title":"t","content":[{"text":"x"}],"citations":{"enabled":true}}})",
          R"({"guardContent":{"text":{"text":"q","qualifiers":["query"]}}})", R"({"futureBlock":{"a":1}})"}) {
        const bool answer = blocks.find("citationsContent") != std::string_view::npos;
        const encoded again = encode(decoded(content(std::string(R"({"text":"a"},)").append(blocks), answer ? "assistant" : "user")));
        check_json(again.at("messages/0/content/1"), blocks);
        BOOST_TEST(again.drops == "");
    }
    const encoded document = encode(decoded(content(R"({"text":"a"},{"document":{"format":"md","name":"n","source":{"text":"T"}}})")));
    check_json(document.at("messages/0/content/1"), R"({"document":{"format":"md","name":"n","source":{"text":"T"}}})");
    const encoded owner = encode(decoded(content(R"({"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k","bucketOwner":"1"}}}})")));
    check_json(owner.at("messages/0/content/0/image/source"), R"({"s3Location":{"uri":"s3://b/k","bucketOwner":"1"}})");
}

BOOST_AUTO_TEST_CASE(other_languages_get_what_they_have) {
    const request claude_s = request::of<dialect, anthropic_messages>(whole);
    BOOST_TEST(claude_s.text("/messages/0/content/1/source/media_type") == "image/png");
    BOOST_TEST(claude_s.text("/messages/0/content/2/title") == "Report 1.pdf");
    BOOST_TEST(claude_s.text("/messages/2/content/0/content/0/text") == R"({"a":[1]})");
    BOOST_TEST(claude_s.text("/tool_choice/name") == "get_weather");
    BOOST_TEST(claude_s.drops().find("guardrailConfig!") != std::string::npos);
    BOOST_TEST(claude_s.drops().find("performanceConfig?") != std::string::npos);
    BOOST_TEST(claude_s.drops().find("json") == std::string::npos);
    // Its thought is another vendor's.
    BOOST_TEST(claude_s.text("/messages/1/content/0/type") == "tool_use");
    const request text = request::of<dialect, openai_chat>(content(R"({"document":{"format":"txt","name":"n","source":{"text":"Grüße"}}})"));
    BOOST_TEST(text.text("/messages/0/content").find("Grüße") != std::string::npos, text.text("/messages/0/content"));
    const request tools = request::of<dialect, openai_chat>(with(
        R"("toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}},{"toolSpec":{"name":"f","inputSchema":{"json":{}}}}],"toolChoice":{"any":{}}})"));
    BOOST_TEST(tools.text("/tool_choice") == "required");
    BOOST_TEST(tools.text("/tools/0/function/name") == "f");
    const request found = request::of<dialect, anthropic_messages>(content(R"({"searchResult":{"source":"s","title":"t","content":[{"text":"x"}]}})"));
    BOOST_TEST(found.text("/messages/0/content/0/text") == "t\ns\nx");
}

BOOST_AUTO_TEST_CASE(settings_of_models_are_the_vocabularys) {
    const auto reasoning = [](std::string_view more) {
        return decoded(with(R"("additionalModelRequestFields":)" + std::string(more))).reasoning.value_or(reasoning_options());
    };
    BOOST_TEST(*reasoning(R"({"reasoning_config":{"type":"enabled","budget_tokens":1024}})").budget_tokens == 1024);
    BOOST_TEST(*reasoning(R"({"thinking":{"type":"disabled"}})").budget_tokens == 0);
    BOOST_TEST(reasoning(R"({"thinking":{"type":"adaptive","display":"omitted"}})").adaptive);
    BOOST_CHECK(reasoning(R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}})").effort == reasoning_effort::high);
    BOOST_CHECK(reasoning(R"({"reasoning_effort":"low"})").effort == reasoning_effort::low);
    BOOST_TEST(*decoded(with(R"("additionalModelRequestFields":{"inferenceConfig":{"topK":3}})")).top_k == 3);
    BOOST_TEST(*decoded(with(R"("additionalModelRequestFields":{"k":4})")).top_k == 4);
    const chat_request single = decoded(with(R"("additionalModelRequestFields":{"tool_choice":{"type":"auto","disable_parallel_tool_use":true}})"));
    BOOST_TEST(!*single.parallel_tool_calls);
    BOOST_TEST(single.extra.empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const std::pair<std::string, std::string_view> rows[] = {
        {"{}", "messages"},
        {R"({"messages":[]})", "messages: at least one message"},
        {R"({"messages":[{"role":"system","content":[]}]})", "messages[0].role"},
        {R"({"messages":[{"role":"user","content":"hi"}]})", "messages[0].content"},
        {content(R"({"text":1})"), "messages[0].content[0].text"},
        {content(R"({"text":"a","image":{}})"), "messages[0].content[0]: expected an object of one member"},
        {content(R"({})"), "messages[0].content[0]"},
        {content(R"({"image":{"format":"tiff","source":{"bytes":""}}})"), "messages[0].content[0].image.format"},
        {content(R"({"image":{"format":"png"}})"), "messages[0].content[0].image.source"},
        {content(R"({"image":{"format":"png","source":{}}})"), "messages[0].content[0].image.source"},
        {content(R"({"document":{"format":"pdf","source":{"bytes":"AA=="}}})"), "messages[0].content[0].document.name"},
        {content(R"({"toolUse":{"name":"f"}})", "assistant"), "toolUse.toolUseId"},
        {content(R"({"toolResult":{"toolUseId":"t","content":[{"audio":{}}]}})"), "toolResult.content[0]"},
        {content(R"({"toolResult":{"toolUseId":"t","status":"bad","content":[]}})"), "toolResult.status"},
        {content(R"({"reasoningContent":{"redactedContent":"%"}})", "assistant"), "redactedContent"},
        {content(R"({"cachePoint":{"type":"other"}})"), "cachePoint.type"},
        {with(R"("inferenceConfig":{"maxTokens":-1})"), "inferenceConfig.maxTokens"},
        {with(R"("inferenceConfig":{"stopSequences":"x"})"), "inferenceConfig.stopSequences"},
        {with(R"("toolConfig":{"tools":[{"toolSpec":{"name":"f"}}]})"), "toolConfig.tools[0].toolSpec.inputSchema"},
        {with(R"("toolConfig":{"tools":[],"toolChoice":{"none":{}}})"), "toolConfig.toolChoice"},
        {with(R"("additionalModelRequestFields":{"top_k":"many"})"), "additionalModelRequestFields.top_k"},
        {with(R"("outputConfig":{"effort":"huge"})"), "outputConfig.effort"},
        {with(R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"["}}}})"), "jsonSchema.schema"},
        {with(R"("requestMetadata":{"a":1})"), "requestMetadata.a"},
    };
    for (const auto& [body, place] : rows) BOOST_TEST_CONTEXT(body) BOOST_TEST(refused(body).find(place) != std::string::npos, refused(body));
    for (const std::string_view body :
         {"", "[]", "{", R"({"messages":{}})", R"({"messages":[]})", R"({"messages":[{}],"messages":[{}]})", R"({"Messages":[{}]})"})
        BOOST_TEST(dialect::scan_request(body, target_of()).has_error(), body);
}

BOOST_AUTO_TEST_CASE(places_are_the_callers) {
    chat_request r = decoded(content(R"({"cachePoint":{"type":"default"}},{"text":"a"},{"cachePoint":{"type":"default"}},{"futureBlock":{}})"));
    BOOST_TEST(dialect::caller_path(request_place().message(0).part(2), r) == "messages[0].content[3]");
    r = decoded(with(R"("system":[{"text":"s"}],"toolConfig":{"tools":[{"cachePoint":{"type":"default"}},
        {"toolSpec":{"name":"f","inputSchema":{"json":{}}}}]})"));
    BOOST_TEST(dialect::caller_path(request_place().message(0).part(0), r) == "system[0]");
    BOOST_TEST(dialect::caller_path(request_place().tool(0), r) == "toolConfig.tools[1]");
    BOOST_TEST(dialect::caller_path(request_place().of<&chat_request::top_p>(), r) == "inferenceConfig.topP");
}

BOOST_AUTO_TEST_CASE(what_must_not_pass) {
    BOOST_TEST(!dialect::has_foreign_signature(whole));
    BOOST_TEST(dialect::has_foreign_signature(content(R"({"reasoningContent":{"reasoningText":{"text":"t","signature":"llmx::x:s"}}})")));
    const std::string hidden = R"({"reasoningContent":{"redactedContent":")" + base64_encode("llmx::x:s") + R"("}})";
    BOOST_TEST(dialect::has_foreign_signature(content(hidden)));
    model_traits t;
    BOOST_TEST(!dialect::exceeds_model(whole, member_spans(), t));
    t.max_output_tokens = 50;
    BOOST_TEST(dialect::exceeds_model(whole, member_spans(), t));
    t.max_output_tokens = 100;
    BOOST_TEST(!dialect::exceeds_model(whole, member_spans(), t));
    t.reasoning = model_traits::reasoning_style::none;
    BOOST_TEST(dialect::exceeds_model(whole, member_spans(), t));
}

BOOST_AUTO_TEST_CASE(replies_are_the_apis) {
    chat_reply r;
    chat_choice& c = r.choices.emplace_back();
    c.answer.content = {thinking_part("hm", "c2ln", "gemini_generate"), text_part("Hi"), tool_call_part("t1", "f", R"({"a":1})"),
                        image_part(media::from_base64("image/png", "iVBORw0KGgo="))};
    std::get<tool_call_part>(c.answer.content[2]).signature = "proof";
    thinking_part hidden;
    hidden.redacted_data = "not base64!";
    hidden.signer = "anthropic_messages";
    c.answer.content.emplace_back(hidden);
    c.finish = finish_reason::stop;
    r.usage.input_tokens = 10;
    r.usage.cached_tokens = 4;
    r.usage.cache_write_tokens = 1;
    r.usage.output_tokens = 2;
    std::string out;
    dialect::encode_reply(r, reply_options(), out);
    dialect::set_latency(out, 12);
    check_json(json(out), R"({"output":{"message":{"role":"assistant","content":[
        {"reasoningContent":{"reasoningText":{"text":"hm","signature":"llmx::gemini_generate:c2ln"}}},{"text":"Hi"},
        {"reasoningContent":{"reasoningText":{"text":"","signature":"call-signature:proof"}}},
        {"toolUse":{"toolUseId":"t1","name":"f","input":{"a":1}}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}},
        {"reasoningContent":{"redactedContent":")" + base64_encode("llmx::anthropic_messages:not base64!") + R"("}}]}},
        "stopReason":"tool_use","usage":{"inputTokens":5,"outputTokens":2,"totalTokens":12,"cacheReadInputTokens":4,"cacheWriteInputTokens":1},
        "metrics":{"latencyMs":12}})");
    // The client's next request has all of it.
    const auto turn = json(out).at("output").at("message");
    const chat_request next = decoded(R"({"messages":[{"role":"user","content":[{"text":"q"}]},)" + boost::json::serialize(turn) + "]}");
    const auto& back = next.messages.at(1).content;
    BOOST_REQUIRE(back.size() == 5u);
    BOOST_TEST(std::get<thinking_part>(back[0]).signed_for("gemini_generate"));
    BOOST_TEST(std::get<thinking_part>(back[0]).signature == "c2ln");
    BOOST_TEST(std::get<tool_call_part>(back[2]).signature == "proof");
    BOOST_TEST(std::get<thinking_part>(back[4]).redacted_data == "not base64!");
    BOOST_TEST(std::get<thinking_part>(back[4]).signer == "anthropic_messages");
    BOOST_TEST(dialect::caller_path(request_place().message(1).part(2), next) == "messages[1].content[3]");
}

BOOST_AUTO_TEST_CASE(errors_are_the_apis) {
    std::string out;
    dialect::encode_error(error(errc::rate_limited, "slow"), out);
    check_json(json(out), R"({"__type":"ThrottlingException","message":"slow"})");
    out.clear();
    error e(errc::context_window_exceeded, "long");
    dialect::encode_error(e, out);
    BOOST_TEST(dialect::decode_error(out).message.starts_with("Input is too long for requested model."));
    BOOST_TEST(dialect::error_type(error(errc::not_found, "x")) == "ResourceNotFoundException");
    std::string frame;
    dialect::stream_encoder broken{reply_options()};
    broken.fail(error(errc::rate_limited, "slow"), frame);
    BOOST_TEST((decode_stream(frame).failure == errc::rate_limited));
}

// Blocks come one after the other, each with its end, whatever order the provider has.
BOOST_AUTO_TEST_CASE(streams_are_the_apis) {
    dialect::stream_encoder encoder{reply_options()};
    std::string out;
    const auto say = [&](chat_event::kind what, std::uint32_t part, std::string_view text, std::string_view id = "", std::string_view name = "") {
        chat_event e;
        e.what = what;
        e.part = part;
        e.text = text;
        e.id = id;
        e.name = name;
        encoder.encode(e, out);
    };
    using kind = chat_event::kind;
    say(kind::thinking, 0, "hm");
    say(kind::thinking_signature, 0, "c2", "", "gemini_generate");
    say(kind::thinking_signature, 0, "ln", "", "gemini_generate");
    say(kind::text, 1, "Hi");
    say(kind::tool_call, 2, "", "a", "f");
    say(kind::tool_arguments, 2, R"({"x")");
    say(kind::tool_call, 3, "proof", "", "g");
    say(kind::tool_arguments, 3, R"({})");
    say(kind::text, 4, "la");
    say(kind::text, 4, "te");
    say(kind::tool_arguments, 2, R"(:1}ignored)");
    chat_event used;
    used.what = kind::usage;
    used.tokens.input_tokens = 3;
    encoder.encode(used, out);
    chat_event end;
    end.what = kind::finish;
    end.reason = finish_reason::stop;
    encoder.encode(end, out);
    encoder.took(7);
    encoder.finish(out);
    std::string events;
    aws_event_decoder reader;
    BOOST_REQUIRE(reader.feed(out, [&](const aws_event& e) { events.append(e.event_type).append(" ").append(e.payload).append("\n"); }).has_value());
    BOOST_TEST(reader.finish().has_value());
    BOOST_TEST(events == R"(messageStart {"role":"assistant"}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"llmx::gemini_generate:c2"}}}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"ln"}}}
contentBlockStop {"contentBlockIndex":0}
contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"Hi"}}
contentBlockStop {"contentBlockIndex":1}
contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"a","name":"f"}}}
contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"x\""}}}
contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":":1}"}}}
contentBlockStop {"contentBlockIndex":2}
contentBlockDelta {"contentBlockIndex":3,"delta":{"reasoningContent":{"signature":"call-signature:proof"}}}
contentBlockStop {"contentBlockIndex":3}
contentBlockStart {"contentBlockIndex":4,"start":{"toolUse":{"toolUseId":"tooluse_2","name":"g"}}}
contentBlockDelta {"contentBlockIndex":4,"delta":{"toolUse":{"input":"{}"}}}
contentBlockStop {"contentBlockIndex":4}
contentBlockDelta {"contentBlockIndex":5,"delta":{"text":"late"}}
contentBlockStop {"contentBlockIndex":5}
messageStop {"stopReason":"tool_use"}
metadata {"usage":{"inputTokens":3,"outputTokens":0,"totalTokens":3,"cacheReadInputTokens":0,"cacheWriteInputTokens":0},"metrics":{"latencyMs":7}}
)");
}

BOOST_AUTO_TEST_CASE(streams_of_every_language_become_its_own) {
    const auto chunk = [](std::string_view members) { return "data: {\"id\":\"1\"," + std::string(members) + "}\n\n"; };
    const std::string openai = chunk(R"("choices":[{"index":0,"delta":{"role":"assistant","content":"Hé"}}])") +
                               chunk(R"("choices":[{"index":0,"delta":{},"finish_reason":"length"}])") +
                               chunk(R"("choices":[],"usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3})") + "data: [DONE]\n\n";
    const decoded_stream read = decode_stream(translation_test::stream<openai_chat, dialect>(openai));
    BOOST_TEST(!read.failed);
    BOOST_TEST(read.lines.find("text 0 [Hé]") != std::string::npos);
    BOOST_TEST(read.lines.find("usage 2+1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_converse_decode_unit
