// SPDX-License-Identifier: BSL-1.0
// Completions, which are a form of chat: read, written, streamed, and the completion of gaps.
#include "audio_support.hpp"

#include <llmx/dialects/openai/completions.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

namespace openai_completions_unit {

namespace {

using namespace audio_test;
using codec = llmx::openai_completions;
using llmx::chat_event;

static_assert(llmx::chat_codec<codec> && llmx::upstream_chat_codec<llmx::mistral_fim> && !llmx::chat_codec<llmx::mistral_fim>);

template <class C = codec> std::string encode(const llmx::chat_request& request, llmx::drop_report& drops, llmx::encode_options options = {}) {
    std::string out;
    C::encode_request(request, options, out, drops).value();
    return out;
}

struct wrong {
    std::string_view body, param;
};

constexpr std::string_view answer =
    R"({"id":"cmpl-1","object":"text_completion","created":7,"model":"davinci","choices":[{"text":" a","index":0,"logprobs":null,)"
    R"("finish_reason":"length"},{"text":" b","index":1,"logprobs":null,"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5},"system_fingerprint":"fp"})";

std::string chunk(std::string_view text, std::string_view finish) {
    return R"(data: {"id":"cmpl-1","object":"text_completion","created":7,"model":"davinci","choices":[{"text":")" + std::string(text) +
           R"(","index":0,"logprobs":null,"finish_reason":)" + std::string(finish) + "}]}\n\n";
}
const std::string stream = chunk("Hel", "null") + chunk("lo", "null") + chunk("", "\"stop\"") + "data: [DONE]\n\n";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_completions)

BOOST_AUTO_TEST_CASE(reads_and_writes_every_member) {
    const std::string_view body =
        R"({"model":"m","prompt":"a\nb","max_tokens":5,"temperature":0.5,"top_p":0.25,"presence_penalty":1,"frequency_penalty":2,"seed":3,"n":2,)"
        R"("logit_bias":{"1":2},"user":"u","stop":["x","y"],"suffix":"c","echo":true,"logprobs":1,"best_of":3})";
    const auto r = codec::decode_request(body, target()).value();
    BOOST_TEST(r.messages.at(0).text() == "a\nb");
    BOOST_TEST(r.max_output_tokens.value() == 5);
    llmx::drop_report drops;
    BOOST_TEST(json(encode(r, drops)) == json(body));
    BOOST_TEST(dropped(drops) == "");
    drops.foreign(r.extra, "other", llmx::request_place());
    BOOST_TEST(dropped(drops) == "suffix echo logprobs best_of");
    BOOST_TEST(codec::decode_request(R"({"model":"m","prompt":["one"],"stop":"s"})", target())->stop.at(0) == "s");
    BOOST_TEST(codec::decode_request(R"({"model":"m","prompt":"a"})", target("t"))->model == "t");
}

BOOST_AUTO_TEST_CASE(what_is_off_by_default_is_no_loss_when_it_is_off) {
    llmx::drop_report drops;
    const auto r = codec::decode_request(R"({"model":"m","prompt":"a","echo":false,"best_of":2,"n":2,"suffix":"","logprobs":null})", target()).value();
    drops.foreign(r.extra, "other", llmx::request_place());
    BOOST_TEST(dropped(drops) == "");
}

BOOST_AUTO_TEST_CASE(a_stream_is_asked_for_with_its_usage) {
    llmx::chat_request r("m", "a");
    llmx::encode_options options;
    options.stream = true;
    options.include_usage = true;
    llmx::drop_report drops;
    BOOST_TEST(encode(r, drops, options) == R"({"model":"m","prompt":"a","stream":true,"stream_options":{"include_usage":true}})");
    r.messages.push_back(llmx::message::assistant("b"));
    std::string out;
    const auto done = codec::encode_request(r, options, out, drops);
    BOOST_TEST((done.error().value() == llmx::errc::unsupported_parameter));
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(the_scan_finds_what_routing_needs) {
    const auto head = codec::scan_request(
        R"({"prompt":[[1,2],[3]],"model":"m","stream":true,"max_tokens":9,"stream_options":{"include_usage":true}})", target()).value();
    BOOST_TEST(head.model == "m");
    BOOST_TEST(head.stream);
    BOOST_TEST(head.include_usage);
    BOOST_TEST(head.max_output_tokens == 9);
    BOOST_TEST(!head.infill);
    BOOST_TEST(codec::scan_request(R"({"prompt":"a","model":"m","suffix":"b"})", target())->infill);
    BOOST_TEST((codec::forms_for(head)[1] == nullptr));
    llmx::request_head gap;
    gap.infill = true;
    BOOST_TEST((codec::forms_for(gap)[1] == &llmx::codec_of<llmx::mistral_fim>));
    constexpr std::array<wrong, 4> scanned = {{
        {R"({"model":"m"})", "prompt"},
        {R"({"model":"m","prompt":1})", "prompt"},
        {R"({"prompt":"a"})", "model"},
        {R"({"model":"m","prompt":"a","stream":"yes"})", "stream"},
    }};
    for (const wrong& c : scanned) {
        const auto r = codec::scan_request(c.body, target());
        BOOST_REQUIRE_MESSAGE(r.has_error(), c.body);
        BOOST_TEST(r.error().param() == c.param, c.body);
    }
    for (const std::string_view several : {R"({"model":"m","prompt":["a","b"]})", R"({"model":"m","prompt":[1,2]})", R"({"model":"m","prompt":[]})"})
        BOOST_TEST(codec::decode_request(several, target()).error().param() == "prompt");
}

BOOST_AUTO_TEST_CASE(a_reply_survives_its_own_language) {
    const auto r = codec::decode_reply(answer).value();
    BOOST_TEST(r.choices.at(1).answer.text() == " b");
    BOOST_TEST((r.choices[0].finish == llmx::finish_reason::length));
    std::string out;
    codec::encode_reply(r, llmx::reply_options(), out);
    const auto again = json(out);
    BOOST_TEST(again.at("choices") == json(answer).at("choices"));
    BOOST_TEST(again.at("usage").at("prompt_tokens").as_int64() == 3);
    BOOST_TEST(again.at("system_fingerprint").as_string() == "fp");
    BOOST_TEST(codec::scan_usage(answer).output_tokens == 2);
    BOOST_TEST(codec::holds_answer(answer));
    BOOST_TEST((codec::decode_reply(R"({"id":"x"})").error().value() == llmx::errc::bad_response));
}

BOOST_AUTO_TEST_CASE(a_stream_is_read_and_written) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, stream.size()}) {
        codec::stream_decoder decoder;
        codec::stream_encoder encoder{llmx::reply_options()};
        std::string text, out;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            llmx::event_batch events;
            BOOST_REQUIRE(decoder.feed(std::string_view(stream).substr(at, step), events).has_value());
            while (const chat_event* const e = events.try_next()) {
                if (e->what == chat_event::kind::text) text += e->text;
                encoder.encode(*e, out);
            }
        }
        llmx::event_batch rest;
        BOOST_TEST(decoder.finish(rest).has_value());
        encoder.finish(out);
        BOOST_TEST(text == "Hello");
        BOOST_TEST(out == stream);
    }
    codec::stream_decoder cut;
    llmx::event_batch events;
    BOOST_TEST(cut.feed(chunk("Hel", "null"), events).has_value());
    BOOST_TEST((cut.finish(events).error().value() == llmx::errc::truncated));
}

BOOST_AUTO_TEST_CASE(the_watch_sees_the_first_text_and_the_end) {
    const auto whole = watched<llmx::detail::codec_functions<codec>>("", stream);
    BOOST_TEST(whole.begun);
    BOOST_TEST(whole.complete);
    BOOST_TEST(!whole.failed);
    codec::stream_watch watch;
    BOOST_TEST(!watch.feed(chunk("", "null")).begun);
    BOOST_TEST(watch.feed(chunk("H", "null")).begun);
    BOOST_TEST(watch.feed("data: {\"error\":{\"message\":\"no\"}}\n\n").failed);
}

BOOST_AUTO_TEST_CASE(a_gap_is_filled_in_mistrals_words) {
    auto r = codec::decode_request(R"({"model":"m","prompt":"a","suffix":"c","seed":3,"max_tokens":4,"stop":"x","user":"u","echo":true})", target()).value();
    llmx::drop_report drops;
    BOOST_TEST(encode<llmx::mistral_fim>(r, drops) == R"({"model":"m","prompt":"a","suffix":"c","max_tokens":4,"random_seed":3,"stop":["x"]})");
    BOOST_TEST(dropped(drops) == "(user) echo");
    const auto reply = llmx::mistral_fim::decode_reply(
        R"({"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}})").value();
    std::string out;
    codec::encode_reply(reply, llmx::reply_options(), out);
    BOOST_TEST(json(out).at("choices").at(0).at("text").as_string() == "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_completions_unit
