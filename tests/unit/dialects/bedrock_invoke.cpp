// SPDX-License-Identifier: BSL-1.0
// InvokeModel's bodies and SageMaker's streams: each is a language that has a codec of its own, within AWS's event stream.
#include "bedrock_converse_support.hpp"

#include <llmx/dialects/bedrock/invoke.hpp>
#include <llmx/dialects/sagemaker/chat.hpp>
#include <llmx/dialects/sagemaker/text.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace bedrock_invoke_unit {

namespace {

using namespace llmx;
using bedrock_test::check_json;
using bedrock_test::json;

static_assert(!facade_codec<bedrock_invoke_messages> && !facade_codec<bedrock_invoke_chat> && !facade_codec<sagemaker_messages>);

std::string message(std::string_view type, std::string_view event, std::string_view payload) {
    std::string headers, out;
    for (const aws_event_header& h : {aws_event_header(type == "exception" ? ":exception-type" : ":event-type", aws_header_type::text, event),
                                      aws_event_header(":content-type", aws_header_type::text, "application/json"),
                                      aws_event_header(":message-type", aws_header_type::text, type)})
        BOOST_REQUIRE(append_aws_header(headers, h).has_value());
    BOOST_REQUIRE(append_aws_event(out, headers, payload).has_value());
    return out;
}
/// A stream of Bedrock's chunks.
std::string chunks(std::initializer_list<std::string_view> objects) {
    std::string out;
    for (const std::string_view one : objects) out += message("event", "chunk", R"({"bytes":")" + base64_encode(one) + R"(","p":"abcd"})");
    return out;
}

struct heard {
    std::string text, calls, failure;
    finish_reason reason = finish_reason::none;
    usage tokens, watched;
    bool complete = false, failed = false, answered = false;
};
/// Decodes \p stream in pieces of \p step bytes, and follows it.
template <class C> heard hear(const std::string& stream, std::size_t step) {
    heard h;
    const auto decoder = stream_codec<chat>(codec_of<C>)->make_decoder(nullptr);
    const auto watch = codec_of<C>.make_watch("");
    const auto take = [&h](const event_batch& batch) {
        for (const chat_event& e : batch.events()) {
            if (e.what == chat_event::kind::text) h.text += e.text;
            if (e.what == chat_event::kind::tool_call) h.calls.append(e.name).append("(");
            if (e.what == chat_event::kind::tool_arguments) h.calls += e.text;
            if (e.what == chat_event::kind::finish) h.reason = e.reason;
            if (e.what == chat_event::kind::usage) h.tokens = e.tokens;
        }
    };
    event_batch batch;
    result<void> went = success();
    for (std::size_t at = 0; at < stream.size() && went; at += step) {
        const std::string piece = stream.substr(at, step);
        batch.clear();
        went = decoder->feed(piece, batch);
        take(batch);
        const stream_progress& p = watch->feed(piece);
        h.complete = p.complete, h.failed = p.failed, h.answered = p.answered, h.watched = p.tokens;
        BOOST_TEST(p.pending <= at + step);
    }
    batch.clear();
    if (went) went = decoder->finish(batch);
    take(batch);
    if (!went) h.failure = went.error().message();
    return h;
}
/// The same however it is split.
template <class C> heard hear(const std::string& stream) {
    const heard whole = hear<C>(stream, stream.size());
    for (const std::size_t step : {1u, 7u, 64u}) {
        const heard h = hear<C>(stream, step);
        BOOST_TEST(h.text == whole.text);
        BOOST_TEST(h.failure == whole.failure);
        BOOST_TEST(h.calls == whole.calls);
        BOOST_TEST(h.tokens.output_tokens == whole.tokens.output_tokens);
        BOOST_TEST(h.complete == whole.complete);
    }
    return whole;
}

template <class C> std::string encode(const chat_request& r, std::string_view model, drop_report& drops, bool stream = false) {
    std::string body;
    encode_options options;
    options.model = model;
    options.stream = stream;
    options.include_usage = stream;
    const result<void> done = C::encode_request(r, options, body, drops);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done.has_error() ? done.error().message() : std::string()));
    return body;
}

chat_request question() {
    chat_request r("m", "hi");
    r.messages.insert(r.messages.begin(), llmx::message::system("be brief"));
    r.max_output_tokens = 9;
    return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_bedrock_invoke)

BOOST_AUTO_TEST_CASE(claude_gets_anthropics_language_with_a_version) {
    drop_report drops;
    const std::string body = encode<bedrock_invoke_messages>(question(), "us.anthropic.claude-sonnet-4-20250514-v1:0", drops, true);
    check_json(json(body), R"({"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"system":"be brief",)"
                           R"("messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]})");
    const heard h = hear<bedrock_invoke_messages>(
        chunks({R"({"type":"message_start","message":{"id":"msg_1","role":"assistant","content":[],"usage":{"input_tokens":11,"output_tokens":1}}})",
                R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})",
                R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}})",
                "{\n \"type\":\"content_block_delta\",\n \"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"lo\"}}",
                R"({"type":"content_block_stop","index":0})",
                R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}})",
                R"({"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":11,"outputTokenCount":4}})"}));
    BOOST_TEST(h.text == "Hello");
    BOOST_TEST((h.reason == finish_reason::stop));
    BOOST_TEST(h.tokens.input_tokens == 11);
    BOOST_TEST(h.watched.output_tokens == 4);
    BOOST_TEST(h.complete);
    BOOST_TEST(h.failure == "");
    const heard broken = hear<bedrock_invoke_messages>(chunks({R"({"type":"message_start","message":{"id":"msg_1"}})"}));
    BOOST_TEST(broken.failure.find("message_stop") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nova_gets_converses_form_with_the_models_members_beside_it) {
    drop_report drops;
    chat_request r = question();
    r.top_k = 20;
    r.service_tier = service_tier::flex;
    const std::string body = encode<bedrock_invoke_nova>(r, "amazon.nova-pro-v1:0", drops);
    check_json(json(body), R"({"schemaVersion":"messages-v1","system":[{"text":"be brief"}],"messages":[{"role":"user","content":[{"text":"hi"}]}],)"
                           R"("inferenceConfig":{"maxTokens":9,"topK":20}})");
    BOOST_REQUIRE(drops.entries().size() == 1u);
    BOOST_TEST(drops.entries()[0].hint);
    const heard h = hear<bedrock_invoke_nova>(
        chunks({R"({"messageStart":{"role":"assistant"}})", R"({"contentBlockDelta":{"delta":{"text":"Hel"},"contentBlockIndex":0}})",
                R"({"contentBlockDelta":{"delta":{"text":"lo"},"contentBlockIndex":0}})", R"({"contentBlockStop":{"contentBlockIndex":0}})",
                R"({"messageStop":{"stopReason":"end_turn"}})",
                R"({"metadata":{"usage":{"inputTokens":3,"outputTokens":2},"metrics":{}},"amazon-bedrock-invocationMetrics":{"inputTokenCount":3}})"}));
    BOOST_TEST(h.text == "Hello");
    BOOST_TEST(h.tokens.output_tokens == 2);
    BOOST_TEST(h.complete);
    const auto whole = bedrock_invoke_nova::decode_reply(
        R"({"output":{"message":{"content":[{"text":"Hi"}],"role":"assistant"}},"stopReason":"max_tokens","usage":{"inputTokens":3,"outputTokens":2}})");
    BOOST_REQUIRE(whole.has_value());
    BOOST_TEST(whole->text() == "Hi");
    BOOST_TEST((whole->choices[0].finish == finish_reason::length));
}

BOOST_AUTO_TEST_CASE(others_get_openais_form_and_their_ends_and_counts_are_found) {
    drop_report drops;
    const std::string body = encode<bedrock_invoke_chat>(question(), "openai.gpt-oss-120b-1:0", drops, true);
    check_json(json(body), R"({"max_tokens":9,"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]})");
    const heard h = hear<bedrock_invoke_chat>(
        chunks({R"({"choices":[{"index":0,"delta":{"role":"assistant","content":"say \"stop_reason\": x"},"finish_reason":null}]})",
                R"({"choices":[{"index":0,"message":{},"delta":{"content":"!"},"stop_reason":"length"}],)"
                R"("amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":2}})"}));
    BOOST_TEST(h.text == R"(say "stop_reason": x!)");
    BOOST_TEST((h.reason == finish_reason::length));
    BOOST_TEST(h.tokens.input_tokens == 5);
    BOOST_TEST(h.tokens.output_tokens == 2);
    BOOST_TEST(h.answered);
    BOOST_TEST(h.failure == "");
    const auto whole = bedrock_invoke_chat::decode_reply(
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"stop_reason":"stop"}]})");
    BOOST_REQUIRE(whole.has_value());
    BOOST_TEST((whole->choices[0].finish == finish_reason::stop));
}

BOOST_AUTO_TEST_CASE(a_conversation_is_a_prompt_in_the_models_template) {
    chat_request talk = question();
    talk.messages.push_back(llmx::message::assistant("hello"));
    talk.messages.push_back(llmx::message::user("and?"));
    const auto prompt = [&talk](std::string_view model, std::string_view member = "prompt") {
        drop_report drops;
        const auto body = json(encode<bedrock_invoke_text>(talk, model, drops)).as_object();
        BOOST_TEST(drops.entries().empty());
        return std::string(body.at(boost::json::string_view(member.data(), member.size())).as_string());
    };
    BOOST_TEST(prompt("meta.llama3-1-70b-instruct-v1:0") ==
               "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nbe brief<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>"
               "<|start_header_id|>assistant<|end_header_id|>\n\nhello<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nand?<|eot_id|>"
               "<|start_header_id|>assistant<|end_header_id|>\n\n");
    BOOST_TEST(prompt("us.meta.llama4-scout-17b-instruct-v1:0")
                   .ends_with("<|header_start|>user<|header_end|>\n\nand?<|eot|><|header_start|>assistant<|header_end|>\n\n"));
    BOOST_TEST(prompt("meta.llama2-13b-chat-v1") ==
               "<s>[INST] <<SYS>>\nbe brief\n<</SYS>>\n\nhi [/INST] hello </s><s>[INST] and? [/INST]");
    BOOST_TEST(prompt("mistral.mixtral-8x7b-instruct-v0:1") == "<s>[INST] be brief\n\nhi [/INST] hello</s>[INST] and? [/INST]");
    BOOST_TEST(prompt("amazon.titan-text-express-v1", "inputText") == "be brief\n\nUser: hi\nBot: hello\nUser: and?\nBot:");
    BOOST_TEST(prompt("cohere.command-text-v14") == "be brief\n\nUser: hi\nAssistant: hello\nUser: and?\nAssistant:");
}

BOOST_AUTO_TEST_CASE(each_vendor_has_names_of_its_own_and_what_it_lacks_is_reported) {
    chat_request r("m", "hi");
    r.max_output_tokens = 9;
    r.temperature = 0.5;
    r.top_p = 0.25;
    r.top_k = 3;
    r.stop = {"x"};
    r.tools.emplace_back().name = "f";
    const auto check = [&r](std::string_view model, std::string_view expected, std::string_view lost) {
        drop_report drops;
        check_json(json(encode<bedrock_invoke_text>(r, model, drops, true)), expected);
        std::string dropped;
        for (const auto& e : drops.entries()) dropped += e.at.text() + (e.hint ? "? " : "! ");
        BOOST_TEST(dropped == lost, model);
    };
    check("amazon.titan-text-lite-v1",
          R"({"inputText":"User: hi\nBot:","textGenerationConfig":{"maxTokenCount":9,"temperature":0.5,"topP":0.25,"stopSequences":["x"]}})", "tools! top_k? ");
    check("meta.llama2-13b-chat-v1", R"({"prompt":"<s>[INST] hi [/INST]","max_gen_len":9,"temperature":0.5,"top_p":0.25})", "tools! top_k? stop! ");
    check("mistral.mistral-7b-instruct-v0:2",
          R"({"prompt":"<s>[INST] hi [/INST]","max_tokens":9,"temperature":0.5,"top_p":0.25,"top_k":3,"stop":["x"]})", "tools! ");
    check("cohere.command-text-v14",
          R"({"prompt":"hi","max_tokens":9,"temperature":0.5,"p":0.25,"k":3,"stop_sequences":["x"],"stream":true})", "tools! ");
    r.messages.insert(r.messages.begin(), llmx::message::assistant("before"));
    check("cohere.command-r-plus-v1:0", R"({"message":"hi","chat_history":[{"role":"CHATBOT","message":"before"}],"max_tokens":9,"temperature":0.5,"p":0.25,)"
                                        R"("k":3,"stop_sequences":["x"]})", "tools! ");
    drop_report drops;
    std::string body = "kept";
    BOOST_TEST((bedrock_invoke_text::encode_request(chat_request(), encode_options(), body, drops).error() == errc::invalid_request));
    BOOST_TEST(body == "kept");
}

BOOST_AUTO_TEST_CASE(answers_of_prompts_are_read_in_all_their_forms) {
    const auto read = [](std::string_view body) {
        const auto r = bedrock_invoke_text::decode_reply(body);
        if (!r) return std::string("failed");
        BOOST_TEST(bedrock_invoke_text::holds_answer(body));
        const usage u = bedrock_invoke_text::scan_usage(body);
        return r->text() + " " + (r->choices[0].finish == finish_reason::length ? "length" : "stop") + " " + std::to_string(u.input_tokens) + "/" +
               std::to_string(u.output_tokens);
    };
    BOOST_TEST(read(R"({"inputTextTokenCount":5,"results":[{"tokenCount":2,"outputText":"Hi","completionReason":"LENGTH"}]})") == "Hi length 5/2");
    BOOST_TEST(read(R"({"generation":"Hi","prompt_token_count":5,"generation_token_count":2,"stop_reason":"stop"})") == "Hi stop 5/2");
    BOOST_TEST(read(R"({"outputs":[{"text":"Hi","stop_reason":"length"}]})") == "Hi length 0/0");
    BOOST_TEST(read(R"({"generations":[{"finish_reason":"MAX_TOKENS","id":"a","text":"Hi"}],"id":"b","prompt":"hi"})") == "Hi length 0/0");
    BOOST_TEST(read(R"({"text":"Hi","finish_reason":"COMPLETE","generation_id":"g","chat_history":[{"role":"USER","message":"hi"}]})") == "Hi stop 0/0");
    BOOST_TEST(read(R"([{"generated_text":"Hi","details":{"finish_reason":"length","generated_tokens":2}}])") == "Hi length 0/2");
    for (const char* const broken : {"", "{}", "[]", "7", R"({"results":[]})", R"({"generation":null})", "[[", R"({"text":7})"})
        BOOST_TEST(read(broken) == "failed", broken);
    const heard llama = hear<bedrock_invoke_text>(
        chunks({R"({"generation":"Hel","prompt_token_count":5,"generation_token_count":1,"stop_reason":null})",
                R"({"generation":"lo","prompt_token_count":null,"generation_token_count":2,"stop_reason":null})",
                R"({"generation":"","prompt_token_count":null,"generation_token_count":3,"stop_reason":"length",)"
                R"("amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":3}})"}));
    BOOST_TEST(llama.text == "Hello");
    BOOST_TEST((llama.reason == finish_reason::length));
    BOOST_TEST(llama.tokens.input_tokens == 5);
    BOOST_TEST(llama.tokens.output_tokens == 3);
    BOOST_TEST(llama.watched.output_tokens == 3);
    BOOST_TEST(llama.failure == "");
    const heard titan = hear<bedrock_invoke_text>(
        chunks({R"({"outputText":"Hello","index":0,"totalOutputTextTokenCount":2,"completionReason":"FINISH","inputTextTokenCount":5})"}));
    BOOST_TEST(titan.text == "Hello");
    BOOST_TEST(titan.tokens.output_tokens == 2);
    const heard command = hear<bedrock_invoke_text>(
        chunks({R"({"is_finished":false,"event_type":"text-generation","text":"Hello"})",
                R"({"is_finished":true,"event_type":"stream-end","response":{"text":"Hello"},"finish_reason":"COMPLETE"})"}));
    BOOST_TEST(command.text == "Hello");
    BOOST_TEST(command.answered);
    BOOST_TEST(hear<bedrock_invoke_text>(chunks({R"({"generation":"Hel"})"})).failure != "");
}

BOOST_AUTO_TEST_CASE(a_container_with_inputs_streams_lines) {
    drop_report drops;
    chat_request r = question();
    r.temperature = 0.0;
    check_json(json(encode<sagemaker_text>(r, "jumpstart-llama-3-8b", drops, true)),
               R"({"inputs":"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nbe brief<|eot_id|><|start_header_id|>user<|end_header_id|>)"
               R"(\n\nhi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",)"
               R"("parameters":{"max_new_tokens":9,"return_full_text":false},"stream":true})");
    check_json(json(encode<sagemaker_text>(chat_request("m", "hi"), "my-endpoint", drops)), R"({"inputs":"hi","parameters":{"return_full_text":false}})");
    const std::string events = "data:{\"index\":1,\"token\":{\"id\":1,\"text\":\"Hel\",\"logprob\":-1,\"special\":false},"
                               "\"generated_text\":null,\"details\":null}\n\n"
                               "{\"token\":{\"id\":2,\"text\":\"lo\"}}\n"
                               "data:{\"index\":3,\"token\":{\"id\":3,\"text\":\"</s>\",\"special\":true},\"generated_text\":\"Hello\","
                               "\"details\":{\"finish_reason\":\"eos_token\",\"generated_tokens\":3}}\n\n";
    std::string stream;
    for (std::size_t at = 0; at < events.size(); at += 41) stream += message("event", "PayloadPart", events.substr(at, 41));
    const heard h = hear<sagemaker_text>(stream);
    BOOST_TEST(h.text == "Hello");
    BOOST_TEST((h.reason == finish_reason::stop));
    BOOST_TEST(h.answered);
    BOOST_TEST(h.failure == "");
    const heard failed = hear<sagemaker_text>(
        message("event", "PayloadPart", "data:{\"error\":\"Request failed during generation\",\"error_type\":\"generation\"}\n\n"));
    BOOST_TEST(failed.failed);
    BOOST_TEST(failed.failure != "");
    BOOST_TEST(hear<sagemaker_text>(message("event", "PayloadPart", "{broken\n")).failure != "");
}

BOOST_AUTO_TEST_CASE(vectors_of_containers_are_read_in_all_their_forms) {
    const auto read = [](std::string_view body) {
        const auto r = sagemaker_embeddings::decode_reply(body);
        if (!r) return std::string("failed");
        BOOST_TEST(sagemaker_embeddings::holds_answer(body));
        std::string out;
        for (const embedding_vector& v : r->vectors) out += std::to_string(v.index) + ":" + std::to_string(v.values.size()) + " ";
        return out + std::to_string(r->usage.input_tokens);
    };
    BOOST_TEST(read("[[1,2],[3,4]]") == "0:2 1:2 0");
    BOOST_TEST(read(" [1,2,3]") == "0:3 0");
    BOOST_TEST(read(R"({"embedding":[[1,2]]})") == "0:2 0");
    BOOST_TEST(read(R"({"embeddings":[[1,2],[3,4]]})") == "0:2 1:2 0");
    BOOST_TEST(read(R"({"data":[{"index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":7}})") == "0:2 7");
    for (const char* const broken : {"", "{}", "7", "[[[1,2]]]", R"({"embedding":"x"})", "[[1,\"a\"]]"})
        BOOST_TEST(read(broken) == "failed", broken);
    drop_report drops;
    std::string body;
    embedding_request r("m", "one");
    r.extra.add("openai_embeddings", "normalize", "true");
    BOOST_REQUIRE(sagemaker_embeddings::encode_request(r, encode_options(), body, drops).has_value());
    BOOST_TEST(body == R"({"inputs":["one"],"normalize":true})");
    body.clear();
    encode_options options;
    options.model = "voyage-2-endpoint";
    BOOST_REQUIRE(sagemaker_embeddings::encode_request(embedding_request("m", "one"), options, body, drops).has_value());
    BOOST_TEST(body == R"({"input":["one"]})");
    BOOST_TEST(drops.entries().empty());
}

BOOST_AUTO_TEST_CASE(an_exception_in_the_stream_is_its_failure) {
    const std::string stream = chunks({R"({"messageStart":{"role":"assistant"}})"}) +
                               message("exception", "throttlingException", R"({"message":"Too many tokens"})");
    event_batch batch;
    bedrock_invoke_nova::stream_decoder decoder;
    const result<void> went = decoder.feed(stream, batch);
    BOOST_REQUIRE(went.has_error());
    BOOST_TEST((went.error() == errc::rate_limited));
    BOOST_TEST(went.error().provider_message() == "Too many tokens");
    BOOST_TEST(decoder.feed("", batch).has_error());
    BOOST_TEST(hear<bedrock_invoke_nova>(stream).failed);
    BOOST_TEST((codec_of<bedrock_invoke_nova>.stream_failure(stream) == errc::rate_limited));
    for (const char* const bad : {"{}", R"({"bytes":"*"})", R"({"bytes":""})", "[]", R"({"bytes":7})"}) {
        bedrock_invoke_messages::stream_decoder other;
        BOOST_TEST((other.feed(message("event", "chunk", bad), batch).error() == errc::bad_response), bad);
    }
}

BOOST_AUTO_TEST_CASE(sagemakers_parts_are_split_anywhere) {
    drop_report drops;
    check_json(json(encode<sagemaker_messages>(question(), "my-endpoint", drops, true)),
               R"({"max_tokens":9,"stream":true,"stream_options":{"include_usage":true},)"
               R"("messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]})");
    const std::string events = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"},"
                               "\"finish_reason\":null}]}\n\n"
                               "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n"
                               "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";
    std::string stream;
    for (std::size_t at = 0; at < events.size(); at += 33) stream += message("event", "PayloadPart", events.substr(at, 33));
    const heard h = hear<sagemaker_messages>(stream);
    BOOST_TEST(h.text == "Hello");
    BOOST_TEST(h.tokens.input_tokens == 7);
    BOOST_TEST(h.complete);
    BOOST_TEST(h.failure == "");
    stream.resize(stream.size() - 3);
    BOOST_TEST(hear<sagemaker_messages>(stream).failure != "");
    const error_body e = sagemaker_messages::decode_error(
        R"({"ErrorCode":"CLIENT_ERROR_FROM_MODEL","OriginalMessage":"{\"error\":\"Input is too long\",\"code\":424}","OriginalStatusCode":400})");
    BOOST_TEST(e.message == "Input is too long");
    BOOST_TEST(sagemaker_messages::decode_error(R"({"Message":"Endpoint x not found"})").message == "Endpoint x not found");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bedrock_invoke_unit
