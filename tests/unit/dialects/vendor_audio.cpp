// SPDX-License-Identifier: BSL-1.0
// Speech and transcriptions in the words of ElevenLabs, Deepgram and Google, from their documents.
#include "audio_support.hpp"

#include <llmx/dialects/deepgram/audio.hpp>
#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/dialects/elevenlabs/audio.hpp>
#include <llmx/dialects/gemini/speech.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace vendor_audio_unit {

namespace {

using namespace audio_test;

struct written {
    std::string body, type, url, lost;
    std::unique_ptr<const llmx::rendering> how;
    llmx::result<void> done = llmx::success();
};

template <class C> written encode(const typename C::operation::request& request, std::string_view model = "m-1") {
    written w;
    llmx::encode_options options;
    options.model = model;
    llmx::encoded_request to(w.body);
    llmx::drop_report drops;
    w.done = C::encode_request(request, options, to, drops);
    w.type = to.content_type;
    w.url = to.url_end;
    w.how = std::move(to.how);
    w.lost = dropped(drops);
    return w;
}

llmx::transcription_request recording(std::string format = std::string()) {
    llmx::transcription_request r("m", "RIFF", "a.wav", "audio/wav");
    r.response_format = std::move(format);
    return r;
}

constexpr std::string_view scribed =
    R"({"language_code":"eng","text":"Hello there. Bye.","words":[{"text":"Hello","start":0.1,"end":0.5,"type":"word","speaker_id":"speaker_0"},)"
    R"({"text":" ","start":0.5,"end":0.6,"type":"spacing"},{"text":"there.","start":0.6,"end":1.0,"type":"word","speaker_id":"speaker_0"},)"
    R"({"text":"laughs","start":1.0,"end":1.5,"type":"audio_event"},{"text":"Bye.","start":3.0,"end":3.4,"type":"word","speaker_id":"speaker_1"}]})";
constexpr std::string_view listened =
    R"({"metadata":{"duration":3.5,"channels":1},"results":{"channels":[{"detected_language":"en","alternatives":[{"transcript":"Hello there.",)"
    R"("words":[{"word":"hello","punctuated_word":"Hello","start":0.1,"end":0.5,"speaker":0},{"word":"there","punctuated_word":"there.",)"
    R"("start":0.6,"end":1.0,"speaker":1}]}]}]}})";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_vendor_audio)

BOOST_AUTO_TEST_CASE(elevenlabs_speech_names_voice_and_format_in_the_url) {
    llmx::speech_request r("m", "Hello", "v 1");
    r.response_format = "opus";
    r.speed = 1.1;
    r.extra.add("openai_speech", "voice_settings", R"({"stability":0.5,"speed":9})");
    r.extra.add("openai_speech", "language_code", R"("en")");
    r.extra.add("openai_speech", "other", "1");
    const written w = encode<llmx::elevenlabs_speech>(r);
    BOOST_TEST(w.url == "/v%201?output_format=opus_48000_128");
    BOOST_TEST(json(w.body) == json(R"({"text":"Hello","model_id":"m-1","language_code":"en","voice_settings":{"stability":0.5,"speed":1.1}})"));
    BOOST_TEST(w.lost == "other");
    const std::pair<std::string_view, std::string_view> formats[] = {
        {"", ""}, {"mp3", "?output_format=mp3_44100_128"}, {"pcm", "?output_format=pcm_24000"}, {"mp3_22050_32", "?output_format=mp3_22050_32"},
        {"wav", "lost"}, {"a_&b", "lost"}};
    for (const auto& [format, end] : formats) {
        llmx::speech_request f("m", "Hello", "v");
        f.response_format = format;
        const written one = encode<llmx::elevenlabs_speech>(f);
        if (end == "lost") BOOST_TEST(one.lost == "response_format", format);
        else BOOST_TEST(one.url == "/v" + std::string(end), format);
    }
    llmx::speech_request fast("m", "Hello", "v");
    fast.speed = 4;
    fast.instructions = "softly";
    BOOST_TEST(encode<llmx::elevenlabs_speech>(fast).lost.find("speed") != std::string::npos);
    BOOST_TEST(encode<llmx::elevenlabs_speech>(fast).lost.find("instructions") != std::string::npos);
    BOOST_TEST(encode<llmx::elevenlabs_speech>(llmx::speech_request("m", "Hello")).done.error().param() == "voice");
    BOOST_TEST(encode<llmx::elevenlabs_speech>(llmx::speech_request("m", "", "v")).done.error().param() == "input");
    llmx::speech_request events("m", "Hello", "v");
    events.stream_format = "sse";
    BOOST_TEST((encode<llmx::elevenlabs_speech>(events).done.error().value() == llmx::errc::unsupported_parameter));
}

BOOST_AUTO_TEST_CASE(deepgram_speech_has_the_voice_as_its_model) {
    llmx::speech_request r("m", "Hello", "aura-2-luna-en");
    r.response_format = "wav";
    const written w = encode<llmx::deepgram_speak>(r, "aura-2-thalia-en");
    BOOST_TEST(w.url == "?model=aura-2-luna-en&encoding=linear16&container=wav&sample_rate=24000");
    BOOST_TEST(json(w.body) == json(R"({"text":"Hello"})"));
    BOOST_TEST(w.lost == "");
    llmx::speech_request other("m", "Hello", "alloy");
    other.speed = 1;
    BOOST_TEST(encode<llmx::deepgram_speak>(other, "aura-2-thalia-en").url == "?model=aura-2-thalia-en");
    BOOST_TEST(encode<llmx::deepgram_speak>(other, "aura-2-thalia-en").lost == "voice");
    other.speed = 2;
    other.response_format = "ogg";
    BOOST_TEST(encode<llmx::deepgram_speak>(other, "aura").lost.find("speed") != std::string::npos);
    BOOST_TEST(encode<llmx::deepgram_speak>(other, "aura").lost.find("response_format") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(geminis_speech_is_pcm_with_or_without_a_header) {
    llmx::speech_request r("m", "Hello", "Puck");
    r.instructions = "Say cheerfully";
    const written w = encode<llmx::gemini_speech>(r);
    BOOST_TEST(json(w.body) == json(R"({"contents":[{"role":"user","parts":[{"text":"Say cheerfully: Hello"}]}],"generationConfig":)"
                                    R"({"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Puck"}}}}})"));
    BOOST_TEST(w.lost == "");
    const std::string body = R"({"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/L16;codec=pcm;rate=16000","data":")" +
                             llmx::base64_encode("abcd") + R"("}}]}}],"usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":9,)"
                             R"("candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":9}]}})";
    const auto wav = llmx::gemini_speech::decode_reply(body).value();
    BOOST_TEST(wav.content_type == "audio/wav");
    BOOST_REQUIRE(wav.audio.size() == 48u);
    BOOST_TEST(wav.audio.substr(0, 4) == "RIFF");
    BOOST_TEST(wav.audio.substr(8, 8) == "WAVEfmt ");
    BOOST_TEST(static_cast<int>(static_cast<unsigned char>(wav.audio[24])) == 0x80); // 16000
    BOOST_TEST(static_cast<int>(static_cast<unsigned char>(wav.audio[25])) == 0x3e);
    BOOST_TEST(wav.audio.substr(44) == "abcd");
    BOOST_TEST(wav.usage.output_audio_tokens == 9);
    r.response_format = "pcm";
    const written pcm = encode<llmx::gemini_speech>(r);
    BOOST_TEST(llmx::gemini_speech::decode_reply(body, pcm.how.get()).value().audio == "abcd");
    r.response_format = "mp3";
    BOOST_TEST(encode<llmx::gemini_speech>(r).lost == "response_format");
    for (const std::string_view bad : {R"({"candidates":[{"content":{"parts":[{"text":"no"}]}}]})", R"({})", "[",
                                       R"({"candidates":[{"content":{"parts":[{"inlineData":{"data":"***"}}]}}]})"})
        BOOST_TEST((llmx::gemini_speech::decode_reply(bad).error().value() == llmx::errc::bad_response), bad);
    BOOST_TEST((llmx::gemini_speech::decode_reply(R"({"promptFeedback":{"blockReason":"SAFETY"}})").error().value() == llmx::errc::content_policy));
}

BOOST_AUTO_TEST_CASE(elevenlabs_transcribes_a_form) {
    llmx::transcription_request r = recording("diarized_json");
    r.language = "en";
    r.keywords = {"llmx"};
    r.extra.add("openai_transcription", "num_speakers", R"("2")");
    r.extra.add("openai_transcription", "other", R"("1")");
    const written w = encode<llmx::elevenlabs_transcription>(r);
    const auto fields = fields_of(w.body, w.type);
    const std::vector<std::pair<std::string, std::string>> expected = {{"model_id", "m-1"},      {"language_code", "en"}, {"keyterms", "llmx"},
                                                                       {"num_speakers", "2"}, {"diarize", "true"},     {"file", "RIFF"}};
    BOOST_TEST((fields == expected));
    BOOST_TEST(w.lost == "other");
    llmx::transcription_request lost = recording("docx");
    lost.prompt = "p";
    lost.include = {"logprobs"};
    BOOST_TEST(encode<llmx::elevenlabs_transcription>(lost).lost == "response_format prompt include");
    BOOST_TEST(encode<llmx::elevenlabs_transcription>(llmx::transcription_request("m", "", "")).done.error().param() == "file");
    llmx::transcription_request events = recording();
    events.stream = true;
    BOOST_TEST((encode<llmx::elevenlabs_transcription>(events).done.error().value() == llmx::errc::unsupported_parameter));
}

BOOST_AUTO_TEST_CASE(deepgram_listens_to_the_octets) {
    llmx::transcription_request r = recording();
    r.language = "en";
    r.keywords = {"a b"};
    r.extra.add("openai_transcription", "diarize", R"("true")");
    const written w = encode<llmx::deepgram_listen>(r, "nova-3");
    BOOST_TEST(w.url == "?model=nova-3&language=en&keyterm=a%20b&diarize=true&punctuate=true");
    BOOST_TEST(w.body == "RIFF");
    BOOST_TEST(w.type == "audio/wav");
    BOOST_TEST(w.lost == "(filename)");
    llmx::transcription_request named("m", "", "");
    named.extra.add("openai_transcription", "url", R"("https://h/a")");
    named.extra.add("openai_transcription", "smart_format", R"("true")");
    const written by_url = encode<llmx::deepgram_listen>(named, "nova-3");
    BOOST_TEST(by_url.body == R"({"url":"https://h/a"})");
    BOOST_TEST(by_url.url == "?model=nova-3&smart_format=true");
    BOOST_TEST(encode<llmx::deepgram_listen>(recording("diarized_json"), "nova-3").url == "?model=nova-3&punctuate=true&diarize=true");
    llmx::transcription_request unnamed("m", "ID3xxxx", "");
    BOOST_TEST(encode<llmx::deepgram_listen>(unnamed).type == "audio/mpeg");
}

BOOST_AUTO_TEST_CASE(answers_take_the_form_that_was_asked_for) {
    const auto read = [](std::string_view format) {
        const llmx::detail::transcript_rendering how(format);
        return llmx::elevenlabs_transcription::decode_reply(scribed, &how).value();
    };
    const auto plain = read("");
    BOOST_TEST(plain.text == "Hello there. Bye.");
    BOOST_TEST(plain.words.empty());
    BOOST_TEST(!plain.duration.has_value());
    BOOST_TEST(plain.billed_seconds.value() == 3.4);
    const auto whole = read("verbose_json");
    BOOST_TEST(whole.language == "eng");
    BOOST_TEST(whole.words.size() == 3u);
    BOOST_REQUIRE(whole.segments.size() == 2u);
    BOOST_TEST(whole.segments[0].text == "Hello there.");
    BOOST_TEST(whole.segments[1].start == 3.0);
    BOOST_TEST(read("diarized_json").segments.at(1).speaker == "speaker_1");
    BOOST_TEST(read("text").text == "Hello there. Bye.\n");
    BOOST_TEST(read("text").content_type == "text/plain; charset=utf-8");
    BOOST_TEST(read("srt").text == "1\n00:00:00,100 --> 00:00:01,000\nHello there.\n\n2\n00:00:03,000 --> 00:00:03,400\nBye.\n\n");
    BOOST_TEST(read("vtt").text == "WEBVTT\n\n00:00:00.100 --> 00:00:01.000\nHello there.\n\n00:00:03.000 --> 00:00:03.400\nBye.\n\n");
    BOOST_TEST(llmx::elevenlabs_transcription::scan_usage(scribed).input_milliseconds == 3400u);
    BOOST_TEST(llmx::elevenlabs_transcription::scan_usage(R"({"text":"","audio_duration_secs":7.25,"words":[]})").input_milliseconds == 7250u);

    const llmx::detail::transcript_rendering diarized("diarized_json");
    const auto heard = llmx::deepgram_listen::decode_reply(listened, &diarized).value();
    BOOST_TEST(heard.text == "Hello there.");
    BOOST_TEST(heard.language == "en");
    BOOST_REQUIRE(heard.segments.size() == 2u);
    BOOST_TEST(heard.segments[1].speaker == "1");
    BOOST_TEST(llmx::deepgram_listen::scan_usage(listened).input_milliseconds == 3500u);
    std::string out;
    llmx::openai_transcription::encode_reply(heard, llmx::reply_options(), out);
    BOOST_TEST(json(out).at("segments").at(1).at("text").as_string() == "there.");
    BOOST_TEST(json(out).at("usage").at("seconds").as_double() == 3.5);
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_is_a_failure) {
    for (const std::string_view body : {"[", "{}", R"({"text":7})"})
        BOOST_TEST((llmx::elevenlabs_transcription::decode_reply(body).error().value() == llmx::errc::bad_response), body);
    for (const std::string_view body : {"[", "{}", R"({"results":{"channels":7}})"})
        BOOST_TEST((llmx::deepgram_listen::decode_reply(body).error().value() == llmx::errc::bad_response), body);
    // Silence.
    BOOST_TEST(llmx::deepgram_listen::decode_reply(R"({"metadata":{"duration":1e300},"results":{"channels":[]}})").value().text == "");
    BOOST_TEST(llmx::deepgram_listen::scan_usage(R"({"metadata":{"duration":1e300,"channels":1e9}})").input_milliseconds == 4294967295u);
    BOOST_TEST(llmx::deepgram_listen::scan_usage(R"({"metadata":{"duration":-1}})").input_milliseconds == 0u);
    BOOST_TEST(llmx::elevenlabs_speech::decode_reply("{}", "application/json").has_error());
    BOOST_TEST(llmx::detail::milliseconds_of(0.0004) == 0u);
}

BOOST_AUTO_TEST_CASE(seconds_of_openais_transcripts_are_counted) {
    BOOST_TEST(llmx::openai_transcription::scan_usage(R"({"text":"a","usage":{"type":"duration","seconds":9}})").input_milliseconds == 9000u);
    BOOST_TEST(llmx::openai_transcription::scan_usage(R"({"text":"a","duration":8.47})").input_milliseconds == 8470u);
    BOOST_TEST(llmx::openai_transcription::scan_usage(R"({"text":"a","duration":8,"usage":{"type":"tokens","input_tokens":5}})").input_milliseconds == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendor_audio_unit
