// SPDX-License-Identifier: BSL-1.0
#include "audio_support.hpp"

#include <llmx/core/token_estimate.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <type_traits>

namespace openai_transcription_unit {

namespace {

using namespace audio_test;
using codec = llmx::openai_transcription;
using translated = llmx::openai_translation;

static_assert(!std::is_aggregate_v<llmx::transcription_request> && !std::is_aggregate_v<llmx::transcription_reply> &&
              !std::is_aggregate_v<llmx::transcript_segment> && !std::is_aggregate_v<llmx::transcript_word>);
static_assert(!llmx::codec_of<codec>.json_request && !llmx::codec_of<translated>.json_request);
static_assert(llmx::codec_of<translated>.operation == &llmx::translation::info);

struct written {
    std::string body, type;
    llmx::drop_report drops;
};

template <class C = codec>
written encode(const llmx::transcription_request& request, std::string_view model = {},
               std::optional<bool> stream = std::nullopt) {
    llmx::encode_options options;
    options.model = model;
    options.stream = stream;
    written w;
    llmx::encoded_request to(w.body);
    C::encode_request(request, options, to, w.drops).value();
    w.type = to.content_type;
    return w;
}

llmx::result<llmx::transcription_request> decode(std::string_view body) {
    return codec::decode_request(body, form_type, target());
}

struct wrong {
    std::string body;
    std::string_view param;
};

const std::string octets("RIFF\r\n--XY\r\n\x00\xff\r\r\n--X", 20);

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_transcription)

BOOST_AUTO_TEST_CASE(the_scan_finds_what_routing_needs) {
    const std::string body =
        form(file(octets) + field("response_format", "text") + field("model", "whisper-1") + field("stream", "true"));
    const auto head = codec::scan_request(body, form_type, target()).value();
    BOOST_TEST(head.model == "whisper-1");
    BOOST_TEST(body.substr(head.model_begin, head.model_end - head.model_begin) == "whisper-1");
    BOOST_TEST(head.stream);
    BOOST_TEST(!head.must_translate);
    for (const auto& [text, streams] : {std::pair{"True", true}, {"1", true}, {"false", false}, {"0", false}, {"", false}})
        BOOST_TEST(codec::scan_request(form(field("stream", text) + field("model", "m") + file("x")), form_type, target())->stream ==
                   streams);
    // Fields that servers check.
    BOOST_TEST(codec::scan_request(form(field("temperature", "hot") + field("model", "m") + file("x")), form_type, target()).has_value());
    BOOST_TEST(codec::scan_request(form(field("url", "https://h/a") + field("model", "m")), form_type, target()).has_value());
}

BOOST_AUTO_TEST_CASE(a_model_in_the_path_wins) {
    const auto both = codec::scan_request(form(field("model", "m") + file("x")), form_type, target("t")).value();
    BOOST_TEST(both.model == "t");
    BOOST_TEST(both.model_end - both.model_begin == 1u);
    BOOST_TEST(!both.must_translate);
    // There is nothing to put another name in place of.
    const auto none = codec::scan_request(form(file("x")), form_type, target("t")).value();
    BOOST_TEST(none.model == "t");
    BOOST_TEST(none.must_translate);
    BOOST_TEST(codec::decode_request(form(file("x")), form_type, target("t"))->model == "t");
}

BOOST_AUTO_TEST_CASE(a_wrong_field_is_named) {
    const std::string m = field("model", "m"), f = file("x");
    const std::vector<wrong> both = {
        {form(f), "model"},
        {form(field("model", "") + f), "model"},
        {form(field("model", "a\nb") + f), "model"},
        {form(file("m", "m.txt", "model") + f), "model"},
        {form(m + m + f), "model"},
        {form(m), "file"},
        {form(m + file("")), "file"},
        {form(m + field("file", "text")), "file"},
        {form(m + f + f), "file"},
        {form(m + f + field("stream", "yes")), "stream"},
        {form(m + f + field("stream", "true") + field("stream", "false")), "stream"},
        {form(m + f + field("response_format", "text") + field("response_format", "json")), "response_format"},
        {form(m + f + field("MODEL", "n")), "MODEL"},
        {form(m + f + field("Stream", "true")), "Stream"},
        {form(m + field("File", "x") + f), "File"},
    };
    for (const wrong& c : both) {
        for (const auto& why : {codec::scan_request(c.body, form_type, target()).error(), decode(c.body).error()}) {
            BOOST_TEST((why.value() == llmx::errc::invalid_request), c.body);
            BOOST_TEST(why.param() == c.param, c.body);
        }
    }
    // What is named in a message is UTF-8.
    BOOST_TEST(decode(form(m + f + file("y", "b.wav", "s\xE9"))).error().message() ==
               "(a field whose name is not UTF-8): expected text: the recording is the one file of the form");
    const std::vector<wrong> decoded = {
        {form(m + f + field("temperature", "hot")), "temperature"},
        {form(m + f + field("temperature", "0") + field("temperature", "1")), "temperature"},
        {form(m + f + field("language", "en") + field("language", "de")), "language"},
        {form(m + f + file("y", "b.wav", "second")), "second"},
        {form(m + f + field("chunking_strategy", "{")), "chunking_strategy"},
        {form(m + f + field("chunking_strategy.type", "x")), "chunking_strategy.type"},
    };
    for (const wrong& c : decoded) {
        const auto r = decode(c.body);
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
}

BOOST_AUTO_TEST_CASE(other_media_types_and_malformed_forms_are_refused) {
    for (const std::string_view type : {"application/json", "", "application/x-www-form-urlencoded"}) {
        const auto r = codec::scan_request("{}", type, target());
        BOOST_TEST((r.error().value() == llmx::errc::unsupported_media_type), type);
        BOOST_TEST(r.error().param() == "content-type");
        BOOST_TEST((codec::decode_request("{}", type, target()).error().value() == llmx::errc::unsupported_media_type));
    }
    const std::string whole = form(field("model", "m") + file(octets));
    BOOST_TEST(codec::scan_request(whole, form_type, target()).has_value());
    for (std::size_t n = 0; n + 2 < whole.size(); ++n)
        BOOST_TEST(codec::scan_request(std::string_view(whole).substr(0, n), form_type, target()).has_error(), n);
    BOOST_TEST((codec::scan_request(whole, "multipart/form-data", target()).error().value() == llmx::errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(reads_and_writes_every_field) {
    const std::string body = form(
        field("model", "gpt") + file(octets, "my \u00e9.m4a") + field("language", "de") + field("languages[]", "de") +
        field("languages[]", "en") + field("keywords[]", "k") + field("prompt", "p\r\nq") + field("response_format", "verbose_json") +
        field("temperature", "0.25") + field("timestamp_granularities[]", "word") + field("timestamp_granularities[]", "segment") +
        field("include", "logprobs") + field("chunking_strategy[type]", "server_vad") + field("chunking_strategy[threshold]", "0.5") +
        field("known_speaker_names[]", "ann") + field("known_speaker_references[]", "data:audio/wav;base64,AA==") +
        field("stream", "true") + field("diarize", "yes \"please\""));
    const auto r = decode(body).value();
    BOOST_TEST(r.model == "gpt");
    BOOST_TEST(r.file == octets);
    BOOST_TEST(r.content_type == "audio/wav");
    BOOST_TEST(r.language == "de");
    BOOST_TEST((r.languages == std::vector<std::string>{"de", "en"}));
    BOOST_TEST((r.keywords == std::vector<std::string>{"k"}));
    BOOST_TEST(r.prompt == "p\r\nq");
    BOOST_TEST(r.response_format == "verbose_json");
    BOOST_TEST(r.temperature.value() == 0.25);
    BOOST_TEST((r.timestamp_granularities == std::vector<std::string>{"word", "segment"}));
    BOOST_TEST((r.include == std::vector<std::string>{"logprobs"}));
    BOOST_TEST(r.chunking_strategy.text == R"({"type":"server_vad","threshold":0.5})");
    BOOST_TEST((r.known_speaker_names == std::vector<std::string>{"ann"}));
    BOOST_TEST(r.known_speaker_references.size() == 1u);
    BOOST_TEST(r.stream.value());
    BOOST_TEST(r.extra.find("diarize")->text == R"("yes \"please\"")");

    const written w = encode(r, "other");
    BOOST_TEST(dropped(w.drops) == "");
    const auto again = codec::decode_request(w.body, w.type, target()).value();
    auto expected = r;
    expected.model = "other";
    BOOST_TEST((again == expected));
    // As OpenAI's SDKs name them.
    std::string names;
    for (const auto& f : fields_of(w.body, w.type)) names += f.first + " ";
    BOOST_TEST(names == "model prompt response_format temperature stream language languages[] languages[] keywords[] "
                        "timestamp_granularities[] timestamp_granularities[] include[] chunking_strategy[type] "
                        "chunking_strategy[threshold] known_speaker_names[] known_speaker_references[] diarize file ");
    BOOST_TEST(!codec::decode_request(encode(r, "", false).body, w.type, target())->stream.has_value());
}

BOOST_AUTO_TEST_CASE(a_strategy_has_three_spellings) {
    const std::string rest = field("model", "m") + file("x");
    BOOST_TEST(decode(form(rest + field("chunking_strategy", "auto")))->chunking_strategy.text == "\"auto\"");
    BOOST_TEST(decode(form(rest + field("chunking_strategy", R"({"type":"server_vad"})")))->chunking_strategy.text ==
               R"({"type":"server_vad"})");
    auto r = decode(form(rest + field("chunking_strategy", "auto"))).value();
    const written w = encode(r);
    BOOST_TEST(fields_of(w.body, w.type)[1].second == "auto");
}

BOOST_AUTO_TEST_CASE(a_translation_has_fewer_fields) {
    llmx::transcription_request r("m", "x", "a.mp3", "audio/mpeg");
    r.language = "de";
    r.prompt = "p";
    r.timestamp_granularities = {"word"};
    r.chunking_strategy.text = "\"auto\"";
    const written w = encode<translated>(r);
    BOOST_TEST((&llmx::codec_of<codec> != &llmx::codec_of<translated>));
    BOOST_TEST(dropped(w.drops) == "language timestamp_granularities chunking_strategy");
    BOOST_TEST(fields_of(w.body, w.type).size() == 3u);
    // What a caller's form has beyond them is the server's to know.
    const auto read = translated::decode_request(form(field("model", "m") + field("language", "de") + field("include[]", "x") + file("x")),
                                                 form_type, target())
                          .value();
    const written same = encode<translated>(read);
    BOOST_TEST(dropped(same.drops) == "");
    std::string names;
    for (const auto& f : fields_of(same.body, same.type)) names += f.first + " ";
    BOOST_TEST(names == "model language include[] file ");
    const written other = encode<codec>(read);
    BOOST_TEST(dropped(other.drops) == "language include[]");
}

BOOST_AUTO_TEST_CASE(the_boundary_occurs_in_no_part) {
    llmx::transcription_request r("m", "x", "a.wav");
    BOOST_TEST(encode(r).type == "multipart/form-data; boundary=llmx-form-00000000");
    r.file = "\r\n--llmx-form-00000000--\r\nllmx-form-00000001 llmx-form-00000003 llmx-form-0000000";
    r.prompt = "\r\n--llmx-form-00000002";
    r.keywords = {"llmx-form-00000004", "llmx-form-00000004"};
    r.extra.add(codec::name, "note", R"("llmx\u002dform-00000005")");
    const written w = encode(r);
    BOOST_TEST(w.type == "multipart/form-data; boundary=llmx-form-00000006");
    BOOST_TEST(codec::decode_request(w.body, w.type, target())->file == r.file);
}

BOOST_AUTO_TEST_CASE(forms_survive_the_round_trip) {
    std::mt19937 random(7);
    const auto below = [&random](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    const auto text = [&](std::size_t most) {
        static constexpr std::string_view pieces[] = {"a", "\r", "\n", "--", "\r\n--llmx-form-00000000", "llmx-form-", "\"", "\x01", "\xC3\xA9", " "};
        std::string out = "t";
        for (std::size_t n = below(most); n > 0; --n) out += pieces[below(std::size(pieces))];
        return out;
    };
    for (int i = 0; i < 500; ++i) {
        llmx::transcription_request r("m", text(60), "f.wav");
        if (below(2)) r.prompt = text(9);
        if (below(2)) r.language = text(3);
        if (below(2)) r.keywords = {text(4), text(4)};
        if (below(2)) r.temperature = static_cast<double>(below(1000)) / 999;
        if (below(2)) r.stream = true;
        const written w = encode(r);
        const auto again = codec::decode_request(w.body, w.type, target());
        BOOST_REQUIRE_MESSAGE(again.has_value(), w.body);
        BOOST_TEST((*again == r), w.body);
        BOOST_TEST(codec::scan_request(w.body, w.type, target())->model == "m");
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused) {
    llmx::drop_report drops;
    std::string out = "before";
    llmx::encoded_request to(out);
    const auto refused = [&](const llmx::transcription_request& r) {
        return codec::encode_request(r, llmx::encode_options(), to, drops).error().param();
    };
    BOOST_TEST(refused(llmx::transcription_request("m", "", "a.wav")) == "file");
    const llmx::transcription_request injected("m", "x", "a.wav", "audio/wav\r\nX: y");
    BOOST_TEST(refused(injected) == "content_type");
    BOOST_TEST(codec::caller_path(llmx::request_place().of<&llmx::transcription_request::content_type>(), injected) == "file");
    BOOST_TEST(out == "before");
    // Names cannot leave their quotes.
    llmx::transcription_request named("m", "x", "a\"\r\nb.wav");
    named.extra.add(codec::name, "x\"; filename=\"y", "\"v\"");
    const written w = encode(named);
    BOOST_TEST((codec::decode_request(w.body, w.type, target()).value() == named));
}

BOOST_AUTO_TEST_CASE(reads_and_writes_replies_of_json) {
    const std::string_view verbose =
        R"({"task":"transcribe","language":"english","duration":8.5,"text":"Hi \u00e9","segments":[{"id":0,"seek":0,"start":0.5,)"
        R"("end":3.25,"text":" Hi","tokens":[1,2],"avg_logprob":-0.25}],"words":[{"word":"Hi","start":0,"end":1.5}],)"
        R"("usage":{"type":"duration","seconds":9}})";
    const auto r = codec::decode_reply(verbose).value();
    BOOST_TEST(r.text == "Hi \xC3\xA9");
    BOOST_TEST(r.language == "english");
    BOOST_TEST(r.duration.value() == 8.5);
    BOOST_REQUIRE(r.segments.size() == 1u);
    BOOST_TEST(r.segments[0].end == 3.25);
    BOOST_TEST(r.segments[0].extra.find("tokens")->text == "[1,2]");
    BOOST_TEST(r.words.at(0).word == "Hi");
    BOOST_TEST(r.billed_seconds.value() == 9);
    BOOST_TEST(r.usage.empty());
    BOOST_TEST(r.content_type.empty());
    std::string out;
    codec::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(json(out) == json(verbose));

    const std::string_view diarized =
        R"({"task":"transcribe","duration":42.5,"text":"A: hi","segments":[{"type":"transcript.text.segment","id":"seg_1",)"
        R"("start":0,"end":5.5,"text":"hi","speaker":"A"}],"usage":{"type":"tokens","input_tokens":14,)"
        R"("input_token_details":{"text_tokens":10,"audio_tokens":4},"output_tokens":101,"total_tokens":115}})";
    const auto d = codec::decode_reply(diarized, "application/json; charset=utf-8").value();
    BOOST_TEST(d.segments.at(0).speaker == "A");
    BOOST_TEST(d.usage.input_audio_tokens == 4);
    BOOST_TEST(d.usage.total_tokens() == 115);
    BOOST_TEST((codec::scan_usage(diarized) == d.usage));
    out.clear();
    codec::encode_reply(d, llmx::reply_options(), out);
    BOOST_TEST(json(out) == json(diarized));

    for (const std::string_view bad : {"{", R"({"language":"x"})", R"({"text":1})", R"({"text":"a","segments":{}})", R"({"text":"a","words":[1]})"})
        BOOST_TEST((codec::decode_reply(bad).error().value() == llmx::errc::bad_response), bad);
    BOOST_TEST((codec::decode_reply(R"({"error":{"message":"slow","code":"rate_limit_exceeded"}})").error().value() ==
                llmx::errc::rate_limited));
}

// Found by the fuzz target `flat`.
BOOST_AUTO_TEST_CASE(a_number_that_no_parser_takes_makes_a_malformed_reply) {
    const auto read = [](std::string_view number) {
        return llmx::openai_transcription::decode_reply(R"({"text":"a","x":)" + std::string(number) + "}", {});
    };
    for (const std::string_view number : {"1e300", "-0.25", "123456789012", "1e-2147483000"})
        BOOST_TEST(read(number)->extra.find("x")->text == number);
    for (const std::string_view number : {"6E-15555555555555", "1e2147483648", "-1e99999999999"})
        BOOST_TEST((read(number).error().value() == llmx::errc::bad_response), number);
}

BOOST_AUTO_TEST_CASE(text_is_the_whole_answer) {
    const std::string_view srt = "1\n00:00:00,000 --> 00:00:01,000\nHi\n\n";
    for (const std::string_view type : {"text/plain; charset=utf-8", "text/vtt", "application/x-subrip"}) {
        const auto r = codec::decode_reply(srt, type).value();
        BOOST_TEST(r.text == srt);
        BOOST_TEST(r.content_type == type);
        std::string out;
        codec::encode_reply(r, llmx::reply_options(), out);
        BOOST_TEST(out == srt);
    }
    // By its type, whatever it looks like.
    BOOST_TEST(codec::decode_reply(R"({"text":"a"})", "text/plain")->text == R"({"text":"a"})");
    BOOST_TEST(codec::decode_reply("Hi")->content_type == "text/plain; charset=utf-8");
    BOOST_TEST(codec::decode_reply("")->text.empty());
}

BOOST_AUTO_TEST_CASE(the_watch_follows_events) {
    const std::string whole = "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hi\"}\n\n"
                              "data: {\"type\":\"transcript.text.segment\",\"id\":\"s\",\"text\":\"Hi\"}\n\n"
                              "data: {\"type\":\"transcript.text.done\",\"text\":\"Hi\",\"usage\":{\"type\":\"tokens\","
                              "\"input_tokens\":14,\"input_token_details\":{\"audio_tokens\":4},\"output_tokens\":31,\"total_tokens\":45}}\n\n";
    const auto all = watched<codec>("text/event-stream", whole);
    BOOST_TEST(all.complete);
    BOOST_TEST(!all.failed);
    BOOST_TEST(all.tokens.total_tokens() == 45);
    BOOST_TEST(all.tokens.input_audio_tokens == 4);
    BOOST_TEST(!watched<codec>("text/event-stream", std::string_view(whole).substr(0, whole.size() - 1)).complete);
    BOOST_TEST(watched<translated>("text/plain", "Hi").answered);
}

BOOST_AUTO_TEST_CASE(requests_are_weighed) {
    llmx::transcription_request r("m", std::string(5000, 'a'), "a.wav");
    r.prompt = std::string(40, 'b');
    BOOST_TEST(llmx::estimate_tokens(r) == llmx::tokens_of_media + 10);
    BOOST_TEST(llmx::detail::outweighs(r, 5039));
    BOOST_TEST(!llmx::detail::outweighs(r, 5040));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_transcription_unit
