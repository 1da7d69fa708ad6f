// SPDX-License-Identifier: BSL-1.0
#include <llmx/dialects/gemini/live.hpp>
#include <llmx/dialects/openai/realtime_record.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gemini_live_unit {

using namespace llmx;
namespace json = boost::json;
using strings = std::vector<std::string>;

struct bench {
    explicit bench(bool beta = false, std::string model = "gemini-live") {
        realtime_translation_options o;
        o.model = std::move(model);
        o.id = "T";
        o.beta = beta;
        session = detail::translate_gemini_live(std::move(o));
        session->begin(out);
        keep();
    }
    bench& client(std::string_view text) {
        out.clear();
        session->from_client(text, out);
        keep();
        return *this;
    }
    bench& server(std::string_view text) {
        out.clear();
        session->from_upstream(text, out);
        keep();
        return *this;
    }
    /// A session that has been set up by its first event.
    bench& open(std::string_view session_members = "") {
        client(std::string(R"({"type":"session.update","session":{"type":"realtime")") + std::string(session_members) + "}}");
        client(R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text",)"
            R"("text":"hello"}]}})");
        return server(R"({"setupComplete":{}})");
    }
    strings types() const {
        strings all;
        for (const std::string& text : out.down) all.emplace_back(json::parse(text).at("type").as_string());
        return all;
    }
    json::value event(std::string_view type) const {
        for (const std::string& text : out.down) {
            json::value v = json::parse(text);
            if (v.at("type").as_string() == type) return v;
        }
        BOOST_FAIL("there is no event " << type);
        return nullptr;
    }
    std::string error_code() const { return std::string(event("error").at("error").at("code").as_string()); }
    void keep() {
        for (const std::string& text : out.down) {
            const json::value v = json::parse(text);
            BOOST_TEST(ids.insert(std::string(v.at("event_id").as_string())).second, "an id of an event is used twice");
        }
        for (const std::string& text : out.up) BOOST_TEST(json::parse(text).as_object().size() == 1u, text);
    }
    std::unique_ptr<realtime_translation> session;
    realtime_messages out;
    std::set<std::string> ids;
};

std::string audio_event(std::string_view base64) { return std::string(R"({"type":"input_audio_buffer.append",)"
    R"("audio":")") + std::string(base64) + "\"}"; }
constexpr std::string_view model_audio = R"({"serverContent":{"modelTurn":{"role":"model",)"
    R"("parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}})";

BOOST_AUTO_TEST_SUITE(gemini_live_sessions)

BOOST_AUTO_TEST_CASE(a_session_begins_at_once_and_is_set_up_by_its_updates) {
    bench b;
    BOOST_TEST(b.types() == strings{"session.created"}, boost::test_tools::per_element());
    const json::value created = b.event("session.created");
    BOOST_TEST(created.at("session").at("type").as_string() == "realtime");
    BOOST_TEST(created.at("session").at("model").as_string() == "gemini-live");
    BOOST_TEST(b.out.up.empty());
    b.client(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief.","output_modalities":["audio"],"max_output_tokens":100,
        "audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"transcription":{"model":"x"},"turn_detection":{"type":"server_vad","threshold":0.7,
        "prefix_padding_ms":300,"silence_duration_ms":500,"interrupt_response":false}},"output":{"voice":"Kore"}},
        "tools":[{"type":"function","name":"weather","description":"d","parameters":{"type":"object"}}]}})");
    BOOST_TEST(b.types() == strings{"session.updated"}, boost::test_tools::per_element());
    BOOST_TEST(b.out.up.empty());
    // A second update before the conversation adds to it.
    b.client(R"({"type":"session.update","session":{"type":"realtime","audio":{"output":{"voice":"Puck"}}}})");
    BOOST_TEST(b.event("session.updated").at("session").at("instructions").as_string() == "Be brief.");
    b.client(audio_event("AAAA"));
    BOOST_REQUIRE(b.out.up.size() == 1u);
    BOOST_TEST(b.out.up[0] ==
               R"({"setup":{"model":"models/gemini-live","generationConfig":{"responseModalities":["AUDIO"],"maxOutputTokens":100,)"
                   R"("speechConfig":)"
               R"({"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Puck"}}}},"systemInstruction":{"parts":[{"text":"Be brief."}]},)"
                   R"("tools":)"
               R"([{"functionDeclarations":[{"name":"weather","description":"d","parametersJsonSchema":{"type":"object"}}]}],)"
                   R"("realtimeInputConfig":)"
               R"({"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_LOW","prefixPaddingMs":300,)"
                   R"("silenceDurationMs":500},)"
               R"("activityHandling":"NO_INTERRUPTION"},"inputAudioTranscription":{},"outputAudioTranscription":{}}})");
    // Nothing follows the setup before it is confirmed.
    b.server(R"({"setupComplete":{}})");
    const strings audio{R"({"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}})"};
    BOOST_TEST(b.out.up == audio, boost::test_tools::per_element());
    // What is set up stays.
    b.client(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be long."}})");
    BOOST_TEST(b.error_code() == "session_cannot_be_changed");
    b.client(R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}})");
    BOOST_TEST(b.types() == strings{"session.updated"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_turn_of_text_and_its_answer_in_speech) {
    bench b;
    b.open();
    BOOST_TEST(b.out.up.empty(), "a text waits for response.create");
    b.client(R"({"type":"response.create"})");
    const strings up{R"({"clientContent":{"turns":[{"role":"user","parts":[{"text":"hello"}]}],"turnComplete":true}})"};
    BOOST_TEST(b.out.up == up, boost::test_tools::per_element());
    BOOST_TEST(b.types() == strings{"response.created"}, boost::test_tools::per_element());
    b.server(model_audio);
    const strings first{"response.output_item.added", "conversation.item.added", "response.content_part.added",
        "response.output_audio.delta"};
    BOOST_TEST(b.types() == first, boost::test_tools::per_element());
    const json::value delta = b.event("response.output_audio.delta");
    BOOST_TEST(delta.at("delta").as_string() == "AAAA");
    b.server(R"({"serverContent":{"outputTranscription":{"text":"Hi "}}})")
        .server(R"({"serverContent":{"outputTranscription":{"text":"there"}}})");
    BOOST_TEST(b.event("response.output_audio_transcript.delta").at("item_id") == delta.at("item_id"));
    b.server(R"({"serverContent":{"generationComplete":true}})");
    BOOST_TEST(b.out.down.empty());
    b.server(R"({"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":2,"responseTokenCount":5,
        "thoughtsTokenCount":1,"totalTokenCount":16,"promptTokensDetails":[{"modality":"TEXT","tokenCount":4},{"modality":"AUDIO","tokenCount":6}],
        "responseTokensDetails":[{"modality":"AUDIO","tokenCount":5}]}})");
    const strings last{"response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done",
        "response.output_item.done",
                       "conversation.item.done", "response.done"};
    BOOST_TEST(b.types() == last, boost::test_tools::per_element());
    const json::value done = b.event("response.done");
    BOOST_TEST(done.at("response").at("status").as_string() == "completed");
    BOOST_TEST(done.at("response").at("output").at(0).at("content").at(0).at("transcript").as_string() == "Hi there");
    BOOST_TEST(json::serialize(done.at("response").at("usage")) ==
               R"({"total_tokens":16,"input_tokens":10,"output_tokens":6,"input_token_details":{"text_tokens":4,"audio_tokens":6,)"
                   R"("image_tokens":0,)"
               R"("cached_tokens":2},"output_token_details":{"text_tokens":0,"audio_tokens":5,"reasoning_tokens":1}})");
    realtime_watch watch(1000);
    BOOST_TEST(watch.server_sent(b.out.down.back()));
    BOOST_TEST(watch.last().input_tokens == 10);
    BOOST_TEST(watch.last().output_tokens == 6);
    BOOST_TEST(watch.last().input_audio_tokens == 6);
    BOOST_TEST(watch.last().reasoning_tokens == 1);
    BOOST_REQUIRE(watch.record().transcripts.size() == 1u);
    BOOST_TEST(watch.record().transcripts[0].text == "Hi there");
}

BOOST_DATA_TEST_CASE(the_beta_has_other_names, boost::unit_test::data::make({false, true}), text) {
    bench b(true);
    b.client(text ? R"({"type":"session.update","session":{"modalities":["text"]}})"
        : R"({"type":"session.update","session":{"modalities":["text","audio"]}})");
    BOOST_TEST(b.event("session.updated").at("session").at("input_audio_format").as_string() == "pcm16");
    b.client(R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text",)"
        R"("text":"hello"}]}})");
    BOOST_TEST(b.types() == strings{"conversation.item.created"}, boost::test_tools::per_element());
    b.server(R"({"setupComplete":{}})").client(R"({"type":"response.create","response":{"modalities":["text"]}})");
    if (!text) {
        BOOST_TEST(b.error_code() == "unsupported_parameter");
        b.client(R"({"type":"response.create"})").server(model_audio);
        BOOST_TEST(b.types().back() == "response.audio.delta");
        return;
    }
    b.server(R"({"serverContent":{"modelTurn":{"parts":[{"text":"no","thought":true},{"text":"yes"}]}}})");
    BOOST_TEST(b.types().back() == "response.text.delta");
    BOOST_TEST(b.event("response.text.delta").at("delta").as_string() == "yes");
    b.server(R"({"serverContent":{"turnComplete":true}})");
    BOOST_TEST(b.event("response.done").at("response").at("output").at(0).at("content").at(0).at("type").as_string() == "text");
    BOOST_TEST(b.types()[0] == "response.text.done");
}

BOOST_AUTO_TEST_CASE(speech_with_detected_turns) {
    bench b;
    b.open(R"(,"audio":{"input":{"transcription":{}}})").client(R"({"type":"response.create"})").server(model_audio)
        .server(R"({"serverContent":{"turnComplete":true}})");
    b.client(audio_event("AAAAAAAA"));
    BOOST_TEST(b.out.down.empty());
    b.server(R"({"serverContent":{"inputTranscription":{"text":"what "}}})");
    const strings speech{"input_audio_buffer.speech_started", "conversation.item.input_audio_transcription.delta"};
    BOOST_TEST(b.types() == speech, boost::test_tools::per_element());
    const std::string item(b.event("input_audio_buffer.speech_started").at("item_id").as_string());
    b.server(R"({"serverContent":{"inputTranscription":{"text":"time"}}})");
    b.server(model_audio);
    const strings answer{"input_audio_buffer.speech_stopped", "input_audio_buffer.committed", "conversation.item.added",
        "conversation.item.done", "response.created",
                         "response.output_item.added", "conversation.item.added", "response.content_part.added",
                             "response.output_audio.delta"};
    BOOST_TEST(b.types() == answer, boost::test_tools::per_element());
    BOOST_TEST(b.event("input_audio_buffer.committed").at("item_id").as_string() == item);
    // The user speaks while the model does.
    b.client(audio_event("AAAA")).server(R"({"serverContent":{"interrupted":true}})");
    BOOST_TEST(b.types().front() == "input_audio_buffer.speech_started");
    BOOST_TEST(b.types().back() == "response.done");
    const json::value done = b.event("response.done");
    BOOST_TEST(done.at("response").at("status").as_string() == "cancelled");
    BOOST_TEST(done.at("response").at("status_details").at("reason").as_string() == "turn_detected");
    const std::string broken(done.at("response").at("output").at(0).at("id").as_string());
    b.client(R"({"type":"conversation.item.truncate","item_id":")" + broken + R"(","content_index":0,"audio_end_ms":10})");
    BOOST_TEST(b.types() == strings{"conversation.item.truncated"}, boost::test_tools::per_element());
    b.client(R"({"type":"conversation.item.truncate","item_id":"other","content_index":0,"audio_end_ms":10})");
    BOOST_TEST(b.error_code() == "unsupported_event");
    b.server(R"({"serverContent":{"turnComplete":true}})");
    BOOST_TEST(b.event("conversation.item.input_audio_transcription.completed").at("transcript").as_string() == "what time");
}

BOOST_AUTO_TEST_CASE(speech_without_detected_turns) {
    bench b;
    b.client(R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})");
    b.client(R"({"type":"input_audio_buffer.clear"})");
    BOOST_TEST(b.types() == strings{"input_audio_buffer.cleared"}, boost::test_tools::per_element());
    b.client(R"({"type":"input_audio_buffer.commit"})");
    BOOST_TEST(b.error_code() == "input_audio_buffer_commit_empty");
    // Setup has not been sent for these.
    b.client(audio_event("AAAA"));
    BOOST_REQUIRE(b.out.up.size() == 1u);
    BOOST_TEST(b.out.up[0].find(R"("automaticActivityDetection":{"disabled":true})") != std::string::npos);
    b.server(R"({"setupComplete":{}})");
    BOOST_REQUIRE(b.out.up.size() == 2u);
    BOOST_TEST(b.out.up[0] == R"({"realtimeInput":{"activityStart":{}}})");
    b.client(R"({"type":"input_audio_buffer.clear"})");
    BOOST_TEST(b.error_code() == "unsupported_event");
    b.client(R"({"type":"input_audio_buffer.commit"})");
    const strings committed{"input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"};
    BOOST_TEST(b.types() == committed, boost::test_tools::per_element());
    BOOST_TEST(b.out.up.empty());
    b.client(R"({"type":"response.create"})");
    BOOST_TEST(b.out.up == strings{R"({"realtimeInput":{"activityEnd":{}}})"}, boost::test_tools::per_element());
    BOOST_TEST(b.types() == strings{"response.created"}, boost::test_tools::per_element());
    b.client(R"({"type":"response.create"})");
    BOOST_TEST(b.error_code() == "conversation_already_has_active_response");
    b.server(model_audio).client(R"({"type":"response.cancel"})");
    BOOST_TEST(b.event("response.done").at("response").at("status_details").at("reason").as_string() == "client_cancelled");
    b.server(model_audio);
    BOOST_TEST(b.out.down.empty(), "what is generated after a cancellation is left out");
    b.server(R"({"serverContent":{"turnComplete":true}})");
    BOOST_TEST(b.out.down.empty());
    b.client(R"({"type":"response.cancel"})");
    BOOST_TEST(b.error_code() == "response_cancel_not_active");
    b.client(audio_event("AAAA"));
    BOOST_TEST(b.out.up[0] == R"({"realtimeInput":{"activityStart":{}}})");
}

BOOST_AUTO_TEST_CASE(functions_are_called_and_their_results_sent_together) {
    bench b;
    b.open(R"(,"tools":[{"type":"function","name":"f"}])").client(R"({"type":"response.create"})");
    b.server(R"({"toolCall":{"functionCalls":[{"id":"c1","name":"f","args":{"a":1}},{"id":"c2","name":"f"}]},)"
        R"("usageMetadata":{"promptTokenCount":3,"responseTokenCount":2}})");
    const strings one{"response.output_item.added", "conversation.item.added", "response.function_call_arguments.delta",
                      "response.function_call_arguments.done", "response.output_item.done", "conversation.item.done"};
    strings all = one;
    all.insert(all.end(), one.begin(), one.end());
    all.push_back("response.done");
    BOOST_TEST(b.types() == all, boost::test_tools::per_element());
    const json::value done = b.event("response.done");
    BOOST_TEST(done.at("response").at("output").as_array().size() == 2u);
    BOOST_TEST(done.at("response").at("output").at(0).at("arguments").as_string() == R"({"a":1})");
    BOOST_TEST(done.at("response").at("output").at(1).at("arguments").as_string() == "{}");
    BOOST_TEST(done.at("response").at("usage").at("total_tokens").as_int64() == 5);
    realtime_watch watch(10'000);
    watch.server_sent(b.out.down.back());
    BOOST_REQUIRE(watch.record().calls.size() == 2u);
    BOOST_TEST(watch.record().calls[0].call_id == "c1");
    b.client(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c1","output":"{\"ok\":true}"}})");
    BOOST_TEST(b.out.up.empty());
    b.client(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c2","output":"{broken"}})");
    b.client(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c2","output":"again"}})");
    BOOST_TEST(b.event("error").at("error").at("param").as_string() == "item.call_id");
    b.client(R"({"type":"response.create"})");
    const strings up{R"({"toolResponse":{"functionResponses":[{"id":"c1","name":"f","response":{"ok":true}},{"id":"c2","name":"f",)"
        R"("response":{"output":"{broken"}}]}})"};
    BOOST_TEST(b.out.up == up, boost::test_tools::per_element());
    b.server(R"({"toolCall":{"functionCalls":[{"id":"c3","name":"f","args":{}}]}})")
        .server(R"({"toolCallCancellation":{"ids":["c3","x"]}})");
    BOOST_TEST(b.error_code() == "tool_call_cancelled");
    b.client(R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c3","output":"late"}})");
    BOOST_TEST(b.error_code() == "invalid_value");
}

BOOST_AUTO_TEST_CASE(items_of_all_kinds) {
    bench b;
    b.client(R"({"type":"conversation.item.create","item":{"type":"message","role":"system","content":[{"type":"input_text",)"
        R"("text":"Rule."}]}})");
    BOOST_TEST(b.out.up.empty());
    b.client(R"({"type":"conversation.item.create","item":{"id":"mine","type":"message","role":"user",)"
        R"("content":[{"type":"input_image","image_url":"data:image/png;base64,AAAA"},{"type":"input_audio","audio":"AAAA"}]}})");
    BOOST_TEST(b.out.up[0].find(R"("systemInstruction":{"parts":[{"text":"Rule."}]})") != std::string::npos, b.out.up[0]);
    BOOST_TEST(b.event("conversation.item.added").at("item").at("id").as_string() == "mine");
    b.client(R"({"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_text",)"
        R"("text":"Yes."}]}})");
    BOOST_TEST(b.event("conversation.item.added").at("previous_item_id").as_string() == "mine");
    b.server(R"({"setupComplete":{}})").client(R"({"type":"response.create","response":{"metadata":{"a":"b"}}})");
    BOOST_TEST(b.out.up[0] == R"({"clientContent":{"turns":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png",)"
        R"("data":"AAAA"}},{"inlineData":)"
                              R"({"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]},{"role":"model","parts":[{"text":"Yes."}]}],)"
                                  R"("turnComplete":true}})");
    BOOST_TEST(b.event("response.created").at("response").at("metadata").at("a").as_string() == "b");
}

struct refused {
    const char* event;
    const char* code;
};
std::ostream& operator<<(std::ostream& os, const refused& r) { return os << r.event; }
const refused refusals[] = {
    {"no json", "invalid_event"},
    {"[]", "invalid_event"},
    {R"({"type":"session.update"})", "missing_required_parameter"},
    {R"({"type":"session.update","session":{"type":"transcription"}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"audio":{"input":{"format":{"type":"audio/pcmu"}}}}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"input_audio_format":"g711_ulaw"}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"tool_choice":"required"}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"tools":[{"type":"mcp"}]}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"tools":7}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"prompt":{"id":"p"}}})", "unsupported_parameter"},
    {R"({"type":"session.update","session":{"turn_detection":{"type":"server_vad","create_response":false}}})", "unsupported_parameter"},
    {R"({"type":"input_audio_buffer.append","audio":"AAA"})", "invalid_value"},
    {R"({"type":"input_audio_buffer.append","audio":"A\"AA"})", "invalid_value"},
    {R"({"type":"input_audio_buffer.append"})", "invalid_value"},
    {R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"x","output":""}})", "invalid_value"},
    {R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_image",)"
        R"("image_url":"https://x.test/"}]}})", "invalid_value"},
    {R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[]}})", "invalid_value"},
    {R"({"type":"conversation.item.create","item":{"type":"item_reference","id":"x"}})", "invalid_value"},
    {R"({"type":"conversation.item.create","previous_item_id":"root","item":{"type":"message","role":"user",)"
        R"("content":[{"type":"input_text","text":"x"}]}})", "unsupported_parameter"},
    {R"({"type":"conversation.item.delete","item_id":"x"})", "unsupported_event"},
    {R"({"type":"conversation.item.retrieve","item_id":"x"})", "unsupported_event"},
    {R"({"type":"output_audio_buffer.clear"})", "unsupported_event"},
    {R"({"type":"response.create","response":{"instructions":"x"}})", "unsupported_parameter"},
    {R"({})", "unsupported_event"},
};
BOOST_DATA_TEST_CASE(what_gemini_has_no_way_to_do_is_an_error_event, boost::unit_test::data::make(refusals), r) {
    bench b;
    b.client(r.event);
    BOOST_REQUIRE(b.out.down.size() == 1u);
    BOOST_TEST(b.error_code() == r.code);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_provider) {
    bench b;
    b.open().client(R"({"type":"response.create"})").server(model_audio).server(R"({"goAway":{"timeLeft":"10s"}})");
    BOOST_TEST(b.error_code() == "session_expiring");
    b.server("{broken");
    BOOST_TEST(b.error_code() == "bad_response");
    b.server(R"({"sessionResumptionUpdate":{"newHandle":"h","resumable":true}})");
    BOOST_TEST(b.out.down.empty());
    b.out.clear();
    b.session->upstream_closed(1011, "internal", b.out);
    BOOST_TEST(b.event("response.done").at("response").at("status").as_string() == "failed");
    BOOST_TEST(b.event("error").at("error").at("message").as_string() == "internal");
    b.out.clear();
    b.session->upstream_closed(1000, "", b.out);
    BOOST_TEST(b.out.down.empty());
}

BOOST_AUTO_TEST_CASE(a_client_is_read_no_further_before_the_setup_is_confirmed) {
    bench b;
    const std::string large(400'000, 'A');
    BOOST_TEST(b.session->ready());
    b.client(audio_event(large));
    BOOST_TEST(!b.session->ready());
    b.server(R"({"setupComplete":{}})");
    BOOST_TEST(b.session->ready());
}

/// Whatever both sides send, the events of the client are in a valid order.
struct order {
    void take(const std::string& text) {
        const json::value v = json::parse(text);
        const std::string type(v.at("type").as_string());
        const auto id = [&](const char* member) { return std::string(v.at(member).as_string()); };
        if (type == "response.created") {
            BOOST_TEST(response.empty());
            response = v.at("response").at("id").as_string();
        } else if (type == "response.done") {
            BOOST_TEST(std::string(v.at("response").at("id").as_string()) == response);
            BOOST_TEST(item.empty());
            response.clear();
        } else if (type == "response.output_item.added") {
            BOOST_TEST(id("response_id") == response);
            BOOST_TEST(item.empty());
            item = v.at("item").at("id").as_string();
        } else if (type == "response.output_item.done") {
            BOOST_TEST(std::string(v.at("item").at("id").as_string()) == item);
            BOOST_TEST(!part);
            item.clear();
        } else if (type.starts_with("response.")) {
            BOOST_TEST(id("response_id") == response);
            BOOST_TEST(id("item_id") == item);
            if (type == "response.content_part.added") part = true;
            if (type.ends_with(".delta") && type.find("function") == std::string::npos) BOOST_TEST(part);
            if (type == "response.content_part.done") part = false;
        }
    }
    std::string response, item;
    bool part = false;
};

BOOST_AUTO_TEST_CASE(events_are_in_order_whatever_comes) {
    const strings client{audio_event("AAAA"), R"({"type":"input_audio_buffer.commit"})", R"({"type":"response.create"})",
        R"({"type":"response.cancel"})",
                         R"({"type":"input_audio_buffer.clear"})",
                             R"({"type":"session.update","session":{"output_modalities":["text"],"turn_detection":null}})",
                         R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text",)"
                             R"("text":"x"}]}})",
                         R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":"x"}})"};
    const strings server{std::string(model_audio), R"({"setupComplete":{}})",
        R"({"serverContent":{"modelTurn":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}},{"text":"b"}]}}})",
                         R"({"serverContent":{"inputTranscription":{"text":"i"}}})",
                             R"({"serverContent":{"outputTranscription":{"text":"o"},"turnComplete":true}})",
                         R"({"serverContent":{"interrupted":true}})", R"({"serverContent":{"turnComplete":true}})",
                         R"({"toolCall":{"functionCalls":[{"id":"c","name":"f","args":{}}]}})", R"({"toolCallCancellation":{"ids":["c"]}})",
                         R"({"serverContent":{"interrupted":true,"turnComplete":true},"usageMetadata":{"promptTokenCount":1}})"};
    std::mt19937 random(1);
    for (int run = 0; run != 300; ++run) {
        bench b(run % 2 == 0);
        order o;
        for (int step = 0; step != 60; ++step) {
            const strings& from = random() % 2 == 0 ? client : server;
            if (&from == &client) b.client(from[random() % from.size()]);
            else b.server(from[random() % from.size()]);
            for (const std::string& text : b.out.down) o.take(text);
        }
        b.out.clear();
        b.session->upstream_closed(1000, "", b.out);
        for (const std::string& text : b.out.down) o.take(text);
        BOOST_TEST(o.response.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(realtime_records)

BOOST_AUTO_TEST_CASE(what_was_said_is_kept_within_bounds) {
    realtime_watch w(400);
    w.client_sent(R"({"type":"session.update","session":{"tools":[{"name":"f"}]}})");
    BOOST_TEST(w.record().tools == R"([{"name":"f"}])");
    w.client_sent("no json");
    BOOST_TEST(!w.server_sent("\xff"));
    BOOST_TEST(!w.server_sent(R"({"type":"response.created","response":{}})"));
    BOOST_TEST(w.responding());
    w.server_sent(R"({"type":"conversation.item.input_audio_transcription.completed","transcript":"hello"})");
    BOOST_TEST(w.server_sent(R"({"type":"response.done","response":{"output":[{"type":"message","content":[{"type":"output_audio","transcript":"hi"}]},
        {"type":"function_call","name":"f","call_id":"c","arguments":"{}"}],"usage":{"total_tokens":9,"input_tokens":7,"output_tokens":2}}})"));
    BOOST_TEST(!w.responding());
    BOOST_TEST(w.record().tokens.input_tokens == 7);
    BOOST_REQUIRE(w.record().transcripts.size() == 2u);
    BOOST_TEST(w.record().transcripts[0].role == "user");
    BOOST_REQUIRE(w.record().calls.size() == 1u);
    BOOST_TEST(!w.record().truncated);
    const std::string large(500, 'x');
    w.server_sent(R"({"type":"conversation.item.input_audio_transcription.completed","transcript":")" + large + "\"}");
    BOOST_TEST(w.record().truncated);
    BOOST_TEST(w.record().transcripts.size() == 2u);
    w.server_sent(R"({"type":"response.done","response":{"usage":{"input_tokens":1}}})");
    BOOST_TEST(w.record().tokens.input_tokens == 8);
    BOOST_TEST(w.record().responses == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_live_unit
