// SPDX-License-Identifier: BSL-1.0
// Speech and transcriptions in the words of Azure Speech and AssemblyAI, from their documents.
#include "audio_support.hpp"

#include <llmx/dialects/assemblyai/transcription.hpp>
#include <llmx/dialects/azure/speech.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace vendor_recordings_unit {

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

void add(llmx::extra_members& to, std::string_view name, std::string_view json) { to.add("elsewhere", std::string(name), std::string(json)); }

llmx::transcription_request recording(std::string format = std::string()) {
    llmx::transcription_request r("m", "RIFF\n\x01", "a.wav", "audio/wav");
    r.response_format = std::move(format);
    return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_vendor_recordings)

BOOST_AUTO_TEST_CASE(azure_speaks_ssml) {
    llmx::speech_request r("m", "Tom & \"Jerry\" <3\x01", "alloy");
    auto w = encode<llmx::azure_speak>(r);
    BOOST_TEST(w.body == "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"en-US\"><voice name=\"en-US-JennyNeural\">"
                         "Tom &amp; &quot;Jerry&quot; &lt;3 </voice></speak>");
    BOOST_TEST(w.type == "application/ssml+xml");
    BOOST_TEST(w.url == "audio-24khz-48kbitrate-mono-mp3");
    BOOST_TEST(w.lost == "");

    r = llmx::speech_request("m", "Hi", "de-DE-KatjaNeural");
    r.speed = 1.25;
    r.response_format = "opus";
    add(r.extra, "style", "\"cheer'ful\"");
    add(r.extra, "styledegree", "2");
    add(r.extra, "lang", "\"fr-FR\"");
    w = encode<llmx::azure_speak>(r);
    BOOST_TEST(w.body == "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xmlns:mstts=\"https://www.w3.org/2001/mstts\" "
                         "xml:lang=\"de-DE\"><voice name=\"de-DE-KatjaNeural\" xml:lang=\"fr-FR\"><mstts:express-as style=\"cheer&apos;ful\" "
                         "styledegree=\"2\"><prosody rate=\"+25%\">Hi</prosody></mstts:express-as></voice></speak>");
    BOOST_TEST(w.url == "ogg-48khz-16bit-mono-opus");
    BOOST_TEST(w.lost == "");
}

BOOST_AUTO_TEST_CASE(what_azure_does_not_speak_is_reported) {
    llmx::speech_request r("m", "Hi", "coral");
    r.instructions = "softly";
    r.response_format = "flac";
    r.speed = 4;
    auto w = encode<llmx::azure_speak>(r);
    BOOST_TEST(w.lost == "instructions response_format voice speed");
    BOOST_TEST(w.body.find("en-US-AriaNeural") != std::string::npos);
    BOOST_TEST(w.url == "audio-24khz-48kbitrate-mono-mp3");
    r = llmx::speech_request("m", "<speak version='1.0'>x</speak>");
    r.response_format = "audio-16khz-32kbitrate-mono-mp3";
    w = encode<llmx::azure_speak>(r);
    BOOST_TEST(w.body == "<speak version='1.0'>x</speak>");
    BOOST_TEST(w.url == "audio-16khz-32kbitrate-mono-mp3");
    // A header's value.
    r.response_format = "a-b\r\nx: y";
    BOOST_TEST(encode<llmx::azure_speak>(r).url == "audio-24khz-48kbitrate-mono-mp3");
    BOOST_TEST(encode<llmx::azure_speak>(llmx::speech_request("m", "")).done.has_error());
    r.stream_format = "sse";
    BOOST_TEST((encode<llmx::azure_speak>(r).done.error() == llmx::errc::unsupported_parameter));
}

BOOST_AUTO_TEST_CASE(azure_transcribes_a_form) {
    auto r = recording("diarized_json");
    r.language = "de";
    r.languages = {"en-GB", "tlh"};
    r.keywords = {"llmx"};
    add(r.extra, "profanityFilterMode", "\"Masked\"");
    auto w = encode<llmx::azure_transcribe>(r);
    const auto fields = fields_of(w.body, w.type);
    BOOST_TEST_REQUIRE(fields.size() == 2u);
    BOOST_TEST(fields[0].first == "audio");
    BOOST_TEST(fields[0].second == "RIFF\n\x01");
    BOOST_TEST(fields[1].first == "definition");
    BOOST_TEST(fields[1].second == R"({"profanityFilterMode":"Masked","locales":["de-DE","en-GB"],"diarization":{"enabled":true}})");
    BOOST_TEST(w.lost.find("languages[1]") != std::string::npos, w.lost);
    BOOST_TEST(w.lost.find("keywords") != std::string::npos, w.lost);
    const auto read = llmx::azure_transcribe::decode_reply(
        R"({"durationMilliseconds":2500,"combinedPhrases":[{"text":"Good day. Bye."}],"phrases":[)"
        R"({"speaker":1,"offsetMilliseconds":100,"durationMilliseconds":900,"text":"Good day.","locale":"en-GB","words":[)"
        R"({"text":"Good","offsetMilliseconds":100,"durationMilliseconds":300},{"text":"day.","offsetMilliseconds":500,"durationMilliseconds":500}]},)"
        R"({"speaker":2,"offsetMilliseconds":1500,"durationMilliseconds":500,"text":"Bye.","locale":"en-GB","words":[]}]})",
        w.how.get());
    BOOST_TEST_REQUIRE(!read.has_error());
    BOOST_TEST(read->text == "Good day. Bye.");
    BOOST_TEST(read->language == "en-GB");
    BOOST_TEST(*read->duration == 2.5);
    BOOST_TEST_REQUIRE(read->segments.size() == 2u);
    BOOST_TEST(read->segments[1].speaker == "2");
    BOOST_TEST(read->segments[1].start == 1.5);
    BOOST_TEST(llmx::azure_transcribe::scan_usage(R"({"durationMilliseconds":2500})").input_milliseconds == 2500u);
    BOOST_TEST(llmx::azure_transcribe::decode_reply("{}").has_error());
    BOOST_TEST(llmx::azure_transcribe::decode_reply("<html>").has_error());
}

BOOST_AUTO_TEST_CASE(assemblyai_has_parameters_and_octets) {
    auto r = recording();
    r.language = "en-US";
    r.keywords = {"llmx"};
    r.prompt = "a\nb";
    r.temperature = 0.5;
    add(r.extra, "speakers_expected", "2");
    add(r.extra, "custom_spelling", "[\n{}]");
    auto w = encode<llmx::assemblyai_transcription>(r, "universal-3-pro");
    BOOST_TEST(w.body == "{\"speakers_expected\":2,\"custom_spelling\":[ {}],\"speech_model\":\"universal-3-pro\",\"language_code\":\"en_us\","
                         "\"prompt\":\"a\\nb\",\"keyterms_prompt\":[\"llmx\"]}\nRIFF\n\x01");
    BOOST_TEST(w.type == "application/octet-stream");
    BOOST_TEST(w.url == "");
    BOOST_TEST(w.lost == "(filename) (content_type) (temperature)");
    r = recording("diarized_json");
    r.file.clear();
    add(r.extra, "url", "\"https://h/a.mp3\"");
    add(r.extra, "speech_models", "[\"universal-3-pro\",\"universal-2\"]");
    w = encode<llmx::assemblyai_transcription>(r);
    BOOST_TEST(w.body == "{\"speech_models\":[\"universal-3-pro\",\"universal-2\"],\"language_detection\":true,\"speaker_labels\":true,"
                         "\"audio_url\":\"https://h/a.mp3\"}\n");
    BOOST_TEST(encode<llmx::assemblyai_transcription>(recording("srt")).url == "/srt");
    BOOST_TEST(encode<llmx::assemblyai_transcription>(llmx::transcription_request("m", "", "")).done.has_error());
}

BOOST_AUTO_TEST_CASE(assemblyai_answers) {
    constexpr std::string_view completed =
        R"({"id":"t","status":"completed","text":"Hi there.","language_code":"en_us","audio_duration":3,"words":[)"
        R"({"text":"Hi","start":100,"end":300,"speaker":"A"},{"text":"there.","start":400,"end":900,"speaker":"A"}],)"
        R"("utterances":[{"speaker":"A","text":"Hi there.","start":100,"end":900}]})";
    auto w = encode<llmx::assemblyai_transcription>(recording("diarized_json"));
    auto read = llmx::assemblyai_transcription::decode_reply(completed, w.how.get());
    BOOST_TEST_REQUIRE(!read.has_error());
    BOOST_TEST(read->text == "Hi there.");
    BOOST_TEST_REQUIRE(read->segments.size() == 1u);
    BOOST_TEST(read->segments[0].speaker == "A");
    BOOST_TEST(read->segments[0].end == 0.9);
    w = encode<llmx::assemblyai_transcription>(recording("vtt"));
    std::string subtitled(completed);
    subtitled.back() = ',';
    subtitled += R"("subtitles":"WEBVTT\n"})";
    read = llmx::assemblyai_transcription::decode_reply(subtitled, w.how.get());
    BOOST_TEST_REQUIRE(!read.has_error());
    BOOST_TEST(read->text == "WEBVTT\n");
    BOOST_TEST(read->content_type == "text/vtt; charset=utf-8");
    BOOST_TEST(*read->duration == 3.0);
    // A recording of silence.
    BOOST_TEST(llmx::assemblyai_transcription::decode_reply(R"({"text":null,"words":[]})")->text == "");
    BOOST_TEST(llmx::assemblyai_transcription::decode_reply(R"({"status":"completed"})").has_error());
    BOOST_TEST(llmx::assemblyai_transcription::scan_usage(completed).input_milliseconds == 3000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendor_recordings_unit
