// SPDX-License-Identifier: BSL-1.0
// Numbers from outside: whatever stands where a count is read, what llmx makes of it is a count, the
// same from a tree and from text, and sums of them stay counts. Under UBSan nothing overflows.
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/gemini/schema.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace counts_unit {

namespace {

constexpr std::int64_t most = std::int64_t{1} << 53;

struct number {
    std::string_view text;
    /// As a count; -1: it is none, and counts as absent.
    std::int64_t count;
};
constexpr std::array<number, 22> numbers = {{
    {"0", 0}, {"7", 7}, {"-0.0", 0}, {"-1", 0}, {"1.5", 1}, {"1e3", 1000}, {"9007199254740992", most},
    {"9007199254740993", most}, {"2147483648", 2147483648}, {"4294967296", 4294967296}, {"9223372036854775807", most},
    {"-9223372036854775808", 0}, {"9223372036854775808", most}, {"18446744073709551615", most}, {"18446744073709551616", most},
    {"1e30", most}, {"-1e30", 0}, {"1e300", most}, {"1e-300", 0}, {"null", -1}, {"\"5\"", -1}, {"[1]", -1},
}};

/// \p body with each "#" replaced by \p number.
std::string with(std::string_view body, std::string_view number) {
    std::string out;
    for (const char c : body)
        if (c == '#') out += number;
        else out += c;
    return out;
}

void in_range(const llmx::usage& u, std::string_view where) {
    for (const std::int64_t n : {u.input_tokens, u.output_tokens, u.cached_tokens, u.cache_write_tokens, u.reasoning_tokens,
                                 u.input_audio_tokens, u.output_audio_tokens, u.total_tokens()})
        BOOST_TEST((n >= 0 && n <= most), where << ": " << n);
}

/// Every number in \p v, at any depth, is no negative one.
void no_negative(const boost::json::value& v, std::string_view where) {
    if (const auto* o = v.if_object())
        for (const auto& m : *o) no_negative(m.value(), where);
    if (const auto* a = v.if_array())
        for (const auto& e : *a) no_negative(e, where);
    if (v.is_int64()) BOOST_TEST(v.get_int64() >= 0, where);
    if (v.is_double()) BOOST_TEST(v.get_double() >= 0, where);
}

/// Writes a reply that came from \p From in the language \p D. Its own language gets what it reported of
/// citations back as it was; another gets what llmx made of it.
template <class From, class D> void encode(const llmx::chat_reply& reply, std::string_view where) {
    std::string out;
    D::encode_reply(reply, llmx::reply_options(), out);
    const auto parsed = boost::json::parse(out);
    if constexpr (!std::is_same_v<From, D>) no_negative(parsed, where);
}

template <class D> void encode(const llmx::event_batch& batch) {
    typename D::stream_encoder encoder{llmx::reply_options()};
    std::string out;
    for (const auto& e : batch.events()) encoder.encode(e, out);
    encoder.finish(out);
}

/// A reply of \p D: its usage is the same from a tree and from text, and each language can say it.
template <class D> void whole(std::string_view body) {
    for (const number& n : numbers) {
        const std::string text = with(body, n.text);
        const auto reply = D::decode_reply(text);
        BOOST_REQUIRE_MESSAGE(reply.has_value(), text);
        in_range(reply->usage, text);
        BOOST_TEST((D::scan_usage(text) == reply->usage), text);
        BOOST_TEST((reply->created >= 0 && reply->created <= most), text);
        encode<D, llmx::openai_chat>(*reply, text);
        encode<D, llmx::anthropic_messages>(*reply, text);
        encode<D, llmx::gemini_generate>(*reply, text);
    }
}

/// A stream of \p D, decoded to every language and watched.
template <class D> void streamed(std::string_view body) {
    for (const number& n : numbers) {
        const std::string text = with(body, n.text);
        typename D::stream_decoder decoder;
        llmx::event_batch batch;
        if (decoder.feed(text, batch).has_error()) continue; // an index that is none
        static_cast<void>(decoder.finish(batch));
        llmx::usage last;
        for (const auto& e : batch.events()) {
            in_range(e.tokens, text);
            BOOST_TEST((e.created >= 0 && e.created <= most), text);
            if (e.what == llmx::chat_event::kind::usage) last = e.tokens;
        }
        typename D::stream_watch watch;
        BOOST_TEST((watch.feed(text).tokens == last), text);
        encode<llmx::openai_chat>(batch);
        encode<llmx::anthropic_messages>(batch);
        encode<llmx::gemini_generate>(batch);
    }
}

template <class D> void encode(const llmx::chat_request& request) {
    for (const auto style : {llmx::model_traits::reasoning_style::budget, llmx::model_traits::reasoning_style::effort}) {
        llmx::encode_options options;
        options.model = "m";
        options.traits.reasoning = style;
        std::string out;
        llmx::drop_report drops;
        if (D::encode_request(request, options, out, drops).has_error()) continue;
        const auto parsed = boost::json::parse(out);
        BOOST_TEST(parsed.is_object());
    }
}

/// A request of \p D whose output limit is "#": read in range, or refused.
template <class D> void request(std::string_view body) {
    llmx::request_target target;
    target.model = "m";
    for (const number& n : numbers) {
        const std::string text = with(body, n.text);
        if (const auto head = D::scan_request(text, target); head.has_value())
            BOOST_TEST((head->max_output_tokens >= 0 && head->max_output_tokens <= most), text);
        const auto read = D::decode_request(text, target);
        if (read.has_error()) {
            BOOST_TEST((read.error().value() == llmx::errc::invalid_request), text);
            continue;
        }
        for (const auto& limit : {read->max_output_tokens, read->top_k, read->n, read->top_logprobs})
            if (limit) BOOST_TEST((*limit >= 0 && *limit <= most), text);
        if (read->reasoning && read->reasoning->budget_tokens)
            BOOST_TEST((*read->reasoning->budget_tokens >= -1 && *read->reasoning->budget_tokens <= most), text);
        encode<llmx::openai_chat>(*read);
        encode<llmx::anthropic_messages>(*read);
        encode<llmx::gemini_generate>(*read);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_counts)

BOOST_AUTO_TEST_CASE(clamps_and_saturates) {
    using llmx::add_counts, llmx::clamp_count, llmx::subtract_counts;
    static_assert(llmx::max_count == most);
    constexpr auto top = std::numeric_limits<std::int64_t>::max(), bottom = std::numeric_limits<std::int64_t>::min();
    static_assert(clamp_count(top) == most && clamp_count(bottom) == 0 && clamp_count(std::int64_t{5}) == 5);
    static_assert(clamp_count(1e300) == most && clamp_count(-1e300) == 0 && clamp_count(2.9) == 2);
    static_assert(clamp_count(std::numeric_limits<double>::quiet_NaN()) == 0);
    static_assert(clamp_count(std::numeric_limits<double>::infinity()) == most);
    static_assert(add_counts(top, top) == most && add_counts(bottom, 3) == 3 && add_counts(most, 1) == most);
    static_assert(subtract_counts(3, top) == 0 && subtract_counts(top, bottom) == most && subtract_counts(5, 2) == 3);
    llmx::usage u;
    u.input_tokens = u.output_tokens = top;
    BOOST_TEST(u.total_tokens() == most);
}

BOOST_AUTO_TEST_CASE(the_tree_and_the_text_read_the_same) {
    for (const number& n : numbers) {
        const auto in_text = llmx::json_count(n.text);
        const auto in_tree = llmx::json_count(boost::json::parse(n.text));
        BOOST_TEST((in_text == in_tree), n.text);
        BOOST_TEST(in_text.value_or(-1) == n.count, n.text);
    }
    BOOST_TEST(llmx::json_count(std::string_view("1e400")).value() == most);
    BOOST_TEST(llmx::json_count(std::string_view("-1e400")).value() == 0);
    BOOST_TEST(llmx::json_count(std::string_view("1e-400")).value() == 0);
    BOOST_TEST(!llmx::json_count(std::string_view("007")).has_value());
    BOOST_TEST(!llmx::json_count(std::string_view("")).has_value());
    BOOST_TEST(!llmx::json_count(std::string_view("+5")).has_value());
}

BOOST_AUTO_TEST_CASE(usage_of_openai) {
    whole<llmx::openai_chat>(R"({"id":"i","created":#,"choices":[{"index":#,"message":{"content":"aé","annotations":[{"type":"url_citation",
        "url_citation":{"url":"u","start_index":#,"end_index":#}}]},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":#,"completion_tokens":#,"total_tokens":#,"reasoning_tokens":#,"cache_read_input_tokens":#,
        "prompt_tokens_details":{"cached_tokens":#,"audio_tokens":#,"cache_write_tokens":#},
        "completion_tokens_details":{"reasoning_tokens":#,"audio_tokens":#}}})");
    whole<llmx::openai_chat>(R"({"choices":[],"usage":{"prompt_tokens":9007199254740992,"completion_tokens":#,"total_tokens":1}})");
    whole<llmx::openai_chat>(R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":#}})");
    streamed<llmx::openai_chat>("data: {\"id\":\"i\",\"created\":#,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n"
                                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":#,\"completion_tokens\":#,\"total_tokens\":#}}\n\ndata: [DONE]\n\n");
}

BOOST_AUTO_TEST_CASE(usage_of_anthropic) {
    whole<llmx::anthropic_messages>(R"({"type":"message","id":"i","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn",
        "usage":{"input_tokens":#,"output_tokens":#,"cache_read_input_tokens":#,"cache_creation_input_tokens":#,
        "output_tokens_details":{"thinking_tokens":#}}})");
    streamed<llmx::anthropic_messages>("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"i\",\"usage\":{\"input_tokens\":#,"
                                       "\"cache_read_input_tokens\":#,\"cache_creation_input_tokens\":#,\"output_tokens\":#}}}\n\n"
                                       "event: message_delta\ndata: {\"type\":\"message_delta\","
                                       "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":#}}\n\n"
                                       "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
}

BOOST_AUTO_TEST_CASE(usage_of_gemini) {
    whole<llmx::gemini_generate>(R"({"candidates":[{"index":#,"content":{"parts":[{"text":"aé"}]},"finishReason":"STOP",
        "groundingMetadata":{"groundingChunks":[{"web":{"uri":"u"}}],
        "groundingSupports":[{"segment":{"partIndex":#,"startIndex":#,"endIndex":#},"groundingChunkIndices":[#,0]}]},
        "citationMetadata":{"citationSources":[{"startIndex":#,"endIndex":#,"uri":"u"}]}}],
        "usageMetadata":{"promptTokenCount":#,"toolUsePromptTokenCount":#,"candidatesTokenCount":#,"thoughtsTokenCount":#,"totalTokenCount":#,
        "cachedContentTokenCount":#,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":#}]}})");
    whole<llmx::gemini_generate>(R"({"candidates":[],"usageMetadata":{"promptTokenCount":#,"thoughtsTokenCount":#,"totalTokenCount":#}})");
    streamed<llmx::gemini_generate>("data: {\"candidates\":[{\"index\":0,\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}],"
                                    "\"usageMetadata\":{\"promptTokenCount\":#,\"candidatesTokenCount\":#,"
                                    "\"thoughtsTokenCount\":#,\"totalTokenCount\":#}}\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(limits_of_requests) {
    request<llmx::openai_chat>(R"({"model":"m","max_tokens":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::openai_chat>(R"({"model":"m","max_completion_tokens":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::openai_chat>(R"({"model":"m","top_k":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::openai_chat>(R"({"model":"m","n":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::openai_chat>(R"({"model":"m","seed":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::openai_chat>(R"({"model":"m","top_logprobs":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::openai_chat>(R"({"model":"m","thinking":{"type":"enabled","budget_tokens":#},"messages":[{"role":"user","content":"q"}]})");
    request<llmx::anthropic_messages>(R"({"model":"m","max_tokens":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::anthropic_messages>(R"({"model":"m","max_tokens":9,"top_k":#,"messages":[{"role":"user","content":"q"}]})");
    request<llmx::anthropic_messages>(R"({"model":"m","max_tokens":9,"thinking":{"type":"enabled","budget_tokens":#},)"
        R"("messages":[{"role":"user","content":"q"}]})");
    request<llmx::gemini_generate>(R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"maxOutputTokens":#}})");
    request<llmx::gemini_generate>(R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"topK":#}})");
    request<llmx::gemini_generate>(R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"candidateCount":#,"logprobs":#}})");
    request<llmx::gemini_generate>(R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"seed":#}})");
    request<llmx::gemini_generate>(R"({"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":#}}})");
    request<llmx::openai_chat>(R"({"model":"m","messages":[{"role":"user","content":"q"}],"tools":[{"type":"function","function":{"name":"f","parameters":
        {"type":"object","properties":{"a":{"type":"integer","exclusiveMinimum":#,"exclusiveMaximum":#,"minimum":#}}}}}]})");
}

BOOST_AUTO_TEST_CASE(what_is_beyond_the_end_of_64_bits) {
    for (const std::string_view bound : {R"("exclusiveMinimum":9223372036854775807)", R"("exclusiveMaximum":-9223372036854775808)"}) {
        const std::string schema = R"({"type":"object","properties":{"a":{"type":"integer",)" + std::string(bound) + "}}}";
        std::string out;
        const auto lossy = llmx::append_gemini_schema(out, schema);
        BOOST_REQUIRE(lossy.has_value());
        BOOST_TEST(*lossy, "a bound that no number reaches cannot be said");
    }
}

BOOST_AUTO_TEST_CASE(indexes_of_streams) {
    streamed<llmx::openai_chat>("data: {\"id\":\"i\",\"choices\":[{\"index\":#,\"delta\":{\"content\":\"a\","
        "\"tool_calls\":[{\"index\":#,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                                "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    streamed<llmx::openai_chat>("data: {\"id\":\"i\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":#,"
        "\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                                "\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n");
    streamed<llmx::anthropic_messages>("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n"
                                       "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":#,"
                                       "\"content_block\":{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{}}}\n\n"
                                       "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":#,"
                                       "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}\n\n"
                                       "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":#}\n\n"
                                       "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    streamed<llmx::gemini_generate>("data: {\"candidates\":[{\"index\":#,\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}]}\r\n\r\n");
}

// A choice beyond what a server gives is no choice: its words must not become another's.
BOOST_AUTO_TEST_CASE(an_impossible_index_breaks_the_stream) {
    for (const std::string_view index : {"-1", "65536", "2147483648", "9223372036854775807", "-9223372036854775808"}) {
        llmx::event_batch batch;
        llmx::openai_chat::stream_decoder openai;
        BOOST_TEST(openai.feed(with("data: {\"choices\":[{\"index\":#,\"delta\":{\"content\":\"a\"}}]}\n\n", index), batch).has_error(), index);
        llmx::gemini_generate::stream_decoder gemini;
        BOOST_TEST(gemini.feed(with("data: {\"candidates\":[{\"index\":#,\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n\n", index), batch).has_error(), index);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace counts_unit
