// SPDX-License-Identifier: BSL-1.0
// What a stream's tokens are estimated to be while it passes, should its provider report none.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace stream_weight_unit {

using namespace llmx;

namespace {

/// An answer of \p events events with \p each bytes of text, without counters.
template <class D> std::string stream_of(std::size_t events, std::size_t each) {
    using kind = chat_event::kind;
    reply_options options;
    options.id = "chatcmpl-0123456789abcdef";
    options.model = "some-model-of-a-vendor";
    typename D::stream_encoder encoder(options);
    // Long texts without a space are taken for media.
    std::string text;
    while (text.size() < each) text += "a bit of ";
    text.resize(each);
    event_batch batch;
    batch.add(kind::start);
    for (std::size_t i = 0; i != events; ++i) batch.add(kind::text).text = text;
    batch.add(kind::finish).reason = finish_reason::stop;
    std::string bytes;
    while (const chat_event* const e = batch.try_next()) encoder.encode(*e, bytes);
    encoder.finish(bytes);
    return bytes;
}

/// Anthropic's encoder always writes counters, and zeros are the provider's word.
std::string messages_of(std::size_t events, std::size_t each) {
    std::string bytes = stream_of<anthropic_messages>(events, each);
    for (std::size_t at = 0; (at = bytes.find("\"usage\"", at)) != std::string::npos;) bytes.replace(at, 7, "\"none\"");
    return bytes;
}

/// Bedrock's too, in its last message: without it.
std::string converse_of(std::size_t events, std::size_t each) {
    std::string bytes = stream_of<bedrock_converse>(events, each);
    std::size_t last = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        last = at;
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
        at += length;
    }
    bytes.resize(last);
    return bytes;
}

/// The same bytes whole and in pieces.
template <class D> std::uint64_t estimated(std::string_view bytes) {
    typename D::stream_watch whole, pieces;
    whole.feed(bytes);
    for (std::size_t at = 0; at < bytes.size(); at += 7) pieces.feed(bytes.substr(at, 7));
    BOOST_TEST(whole.estimated_tokens() == pieces.estimated_tokens());
    return whole.estimated_tokens();
}

struct shape {
    std::size_t events, each;
};
// One token in each event; several words; few large ones; all of it in one; a letter.
constexpr shape shapes[] = {{200, 4}, {50, 60}, {4, 2000}, {1, 9000}, {1, 1}};

template <class D> void check_shapes(std::string (*make)(std::size_t, std::size_t)) {
    for (const shape s : shapes) BOOST_TEST_CONTEXT(D::name << " " << s.events << " events of " << s.each << " bytes") {
        const std::uint64_t tokens = std::max<std::uint64_t>(s.events, s.events * s.each / 4);
        const std::uint64_t got = estimated<D>(make(s.events, s.each));
        BOOST_TEST(got >= tokens / 2);
        BOOST_TEST(got <= tokens * 3 / 2 + 90);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_stream_weight)

BOOST_AUTO_TEST_CASE(the_sizes_of_events_show_about_how_many_tokens_the_answer_has) {
    check_shapes<openai_chat>(&stream_of<openai_chat>);
    check_shapes<anthropic_messages>(&messages_of);
    check_shapes<gemini_generate>(&stream_of<gemini_generate>);
    check_shapes<bedrock_converse>(&converse_of);
}

BOOST_AUTO_TEST_CASE(media_in_an_event_count_as_media) {
    const std::string base64(1'000'000, 'A');
    const std::string event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"images\":[{\"type\":\"image_url\","
                              "\"image_url\":{\"url\":\"data:image/png;base64," + base64 +
                              "\"}}]},\"finish_reason\":\"stop\"}]}\n\n";
    const std::uint64_t got = estimated<openai_chat>(event);
    BOOST_TEST(got >= tokens_of_media);
    BOOST_TEST(got <= tokens_of_media + 200);
}

BOOST_AUTO_TEST_CASE(a_stream_with_counters_needs_no_estimate_be_they_zeros) {
    BOOST_TEST(estimated<openai_chat>("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"
                                      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\ndata: [DONE]\n\n") == 0u);
    BOOST_TEST(estimated<anthropic_messages>(stream_of<anthropic_messages>(3, 9)) == 0u);
    // In the first chunk, in a plain one, and alone.
    const std::string chunk = R"({"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"},"index":0}])";
    const std::string used = R"(,"usageMetadata":{"promptTokenCount":0}})";
    BOOST_TEST(estimated<gemini_generate>("data: " + chunk + used + "\n\n") == 0u);
    BOOST_TEST(estimated<gemini_generate>("data: " + chunk + "}\n\ndata: " + chunk + used + "\n\n") == 0u);
    BOOST_TEST(estimated<gemini_generate>("data: " + chunk + "}\n\n") != 0u);
    event_batch batch;
    batch.add(chat_event::kind::text).text = "a";
    batch.add(chat_event::kind::usage).tokens = usage();
    bedrock_converse::stream_encoder encoder{reply_options()};
    std::string bytes;
    while (const chat_event* const e = batch.try_next()) encoder.encode(*e, bytes);
    encoder.finish(bytes);
    BOOST_TEST(estimated<bedrock_converse>(bytes) == 0u);
    BOOST_TEST(estimated<openai_chat>("") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace stream_weight_unit
