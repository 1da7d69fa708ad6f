// SPDX-License-Identifier: BSL-1.0
// Long work of a call leaves the event loop, short work does not, and both do the same.
#include <unit/gateway/fixture.hpp>

#include <llmx/dialects/detail/request_weight.hpp>

#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offload_unit {

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted, retry, fallback, timeout>;
constexpr std::size_t kib = 1024;

std::string repeated(std::string_view what, std::size_t bytes, std::string_view between = ",") {
    std::string all(what);
    while (all.size() < bytes) (all += between) += what;
    return all;
}

/// A language, its vendor and how much of it looks.
struct language {
    const char* vendor;
    const codec_ops* ops;
    model_traits traits;
    std::string head, item, tail;
    std::string reply_head, reply_item, reply_tail;

    [[nodiscard]] std::string request(std::size_t bytes) const { return head + repeated(item, bytes) + tail; }
    [[nodiscard]] std::string reply(std::size_t bytes) const {
        return reply_head + repeated(reply_item, bytes) + reply_tail;
    }
};

const std::vector<language>& languages() {
    static const std::vector<language> all = {
        {"openai", &codec_of<openai_chat>, openai::facts.traits, R"({"model":"m","messages":[)", R"({"role":"user","content":"a"})", "]}",
         R"({"id":"c","object":"chat.completion","created":7,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[)",
         R"({"id":"t","type":"function","function":{"name":"f","arguments":"{}"}})",
         R"(]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})"},
        {"anthropic", &codec_of<anthropic_messages>, anthropic::facts.traits, R"({"model":"m","max_tokens":9,"messages":[)",
         R"({"role":"user","content":"a"})", "]}",
         R"({"id":"m","type":"message","role":"assistant","model":"x","content":[)", R"({"type":"text","text":"a"})",
         R"(],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":5}})"},
        {"gemini", &codec_of<gemini_generate>, gemini::facts.traits, R"({"contents":[)", R"({"role":"user","parts":[{"text":"a"}]})", "]}",
         R"({"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[)", R"({"text":"a"})",
         R"(]}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,"totalTokenCount":8}})"},
    };
    return all;
}

void set_body(call& c, const language& l, std::string_view body) {
    request_target target;
    if (l.ops == &codec_of<gemini_generate>) target.model = "m";
    const auto head = l.ops->scan_request(body, target);
    BOOST_REQUIRE(head.has_value());
    c.in.codec = l.ops;
    c.in.body = body;
    c.model = "m";
    c.in.path_model = target.model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
}

/// What the encoder of \p to makes of \p body, done by hand.
std::string translated(const language& from, const language& to, const std::string& body) {
    request_target target;
    target.model = "m";
    auto decoded = from.ops->decode_request(body, std::string_view(), target);
    BOOST_REQUIRE(decoded.has_value());
    encode_options options;
    options.model = "up";
    options.stream = false;
    options.traits = to.traits;
    std::string out;
    drop_report drops;
    encoded_request written(out);
    BOOST_REQUIRE(to.ops->encode_request(*decoded, options, written, drops).has_value());
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_offload)

BOOST_DATA_TEST_CASE(a_short_call_stays_on_the_loop, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3),
                     from, to) {
    const language &f = languages()[static_cast<std::size_t>(from)], &t = languages()[static_cast<std::size_t>(to)];
    world w;
    plain_gateway gw(world_of({make("a", "m", t.vendor, "up")}));
    w.network.reply(200, t.reply(100 * kib));
    call c(w.runtime, w.context);
    const std::string body = f.request(100 * kib);
    set_body(c, f, body);
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.runtime.offloaded() == 0u);
    BOOST_TEST(c.in.canonical.owns() == (from != to));
}

BOOST_DATA_TEST_CASE(a_long_request_is_written_elsewhere, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3),
                     from, to) {
    const language &f = languages()[static_cast<std::size_t>(from)], &t = languages()[static_cast<std::size_t>(to)];
    const bool same = from == to;
    for (const std::size_t size : {200 * kib, 1100 * kib}) {
        world w;
        plain_gateway gw(world_of({make("a", "m", t.vendor, "up")}));
        w.network.reply(200, t.reply(10));
        call c(w.runtime, w.context);
        const std::string body = f.request(size);
        set_body(c, f, body);
        BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
        // Bytes that pass are only searched, which is quick.
        BOOST_TEST(w.runtime.offloaded() == (same && size < 1024 * kib ? 0u : 1u));
        BOOST_REQUIRE(w.network.requests().size() == 1u);
        const std::string& sent = w.network.requests()[0].body;
        if (same) BOOST_TEST((sent.size() > size && sent.find(f.item) != std::string::npos));
        else BOOST_TEST((boost::json::parse(sent) == boost::json::parse(translated(f, t, body))));
        // It would be many times the body's size for as long as the provider thinks.
        BOOST_TEST(c.in.canonical.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_long_request_with_a_foreign_signature_is_translated_elsewhere) {
    for (const std::size_t size : {200 * kib, 1100 * kib}) {
        world w;
        plain_gateway gw(world_of({make("a", "m", "anthropic", "up")}));
        w.network.reply(200, languages()[1].reply(10));
        const std::string body =
            R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant",)"
            R"("content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"so"}]},)" +
            repeated(R"({"role":"user","content":"a"})", size) + "]}";
        call c(w.runtime, w.context);
        set_body(c, languages()[1], body);
        BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
        BOOST_TEST(w.runtime.offloaded() == 1u);
        BOOST_TEST(w.network.requests().at(0).body.find("hm") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(each_attempt_writes_a_long_request_again) {
    world w;
    plain_gateway gw(world_of({make("a", "m", "anthropic", "up")}));
    w.network.reply(503, "{}");
    w.network.reply(200, languages()[1].reply(10));
    call c(w.runtime, w.context);
    const std::string body = languages()[0].request(300 * kib);
    set_body(c, languages()[0], body);
    BOOST_REQUIRE(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(w.runtime.offloaded() == 2u);
    BOOST_REQUIRE(w.network.requests().size() == 2u);
    BOOST_TEST(w.network.requests()[0].body == w.network.requests()[1].body);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_long_request_is_said_all_the_same) {
    world w;
    plain_gateway gw(world_of({make("a", "m", "anthropic", "up")}));
    const std::string lost = R"({"model":"m","n":2,"messages":[)" + repeated(languages()[0].item, 300 * kib) + "]}";
    const std::string wrong = R"({"model":"m","messages":[)" + repeated(languages()[0].item, 300 * kib) + R"(,{"role":7}]})";
    {
        call c(w.runtime, w.context);
        set_body(c, languages()[0], lost);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST((r.error().value() == errc::unsupported_parameter));
        BOOST_TEST(r.error().param() == "n");
        BOOST_TEST(c.in.canonical.empty());
    }
    call c(w.runtime, w.context);
    set_body(c, languages()[0], wrong);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::invalid_request));
    BOOST_TEST(w.network.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_sends_no_long_request) {
    world w;
    plain_gateway gw(world_of({make("a", "m", "anthropic", "up")}));
    call c(w.runtime, w.context);
    const std::string body = languages()[0].request(300 * kib);
    set_body(c, languages()[0], body);
    w.context.cancellation.cancel();
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::cancelled));
    BOOST_TEST(w.network.calls() == 0u);
    BOOST_TEST(w.runtime.offloaded() == 0u);
}

BOOST_AUTO_TEST_CASE(names_of_tools_follow_the_attempt_that_made_them) {
    world w;
    plain_gateway::policies_type policies;
    std::get<fallback>(policies).add("m", {"spare"});
    std::get<retry>(policies).max_retries = 0;
    plain_gateway gw(world_of({make("a", "m", "openai", "up"), make("b", "spare", "anthropic", "up")}), policies);
    const std::string named = "mcp__" + std::string(80, 'q');
    const std::string body = R"({"model":"m","max_tokens":9,"tools":[)" +
                             repeated(R"({"name":")" + named + R"(","input_schema":{"type":"object"}})", 200 * kib) +
                             R"(],"messages":[{"role":"user","content":"a"}]})";
    {
        w.network.reply(200, languages()[0].reply(10));
        call c(w.runtime, w.context);
        set_body(c, languages()[1], body);
        const auto r = testing::run(gw.execute(c));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST((r->how != nullptr));
        BOOST_TEST((c.now.how == nullptr));
        BOOST_TEST(w.network.requests().back().body.find(named) == std::string::npos);
    }
    // The second one's vendor takes the names as they are, and gives them back so.
    w.network.reply(503, "{}");
    w.network.reply(200, languages()[1].reply(10));
    call c(w.runtime, w.context);
    set_body(c, languages()[1], body);
    const auto r = testing::run(gw.execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST((r->codec == &codec_of<anthropic_messages>));
    BOOST_TEST((r->how == nullptr));
    BOOST_TEST(w.network.requests().back().body.find(named) != std::string::npos);
}

BOOST_DATA_TEST_CASE(a_long_reply_is_read_elsewhere, boost::unit_test::data::xrange(3), to) {
    const language& t = languages()[static_cast<std::size_t>(to)];
    for (const std::size_t size : {200 * kib, 1100 * kib}) {
        world w;
        plain_gateway gw(world_of({make("a", "m", t.vendor, "up")}));
        w.network.reply(200, t.reply(size));
        const chat_request q("m", "hi");
        const auto r = testing::run(gw.chat(w.runtime, w.context, q));
        BOOST_REQUIRE(r.has_value());
        BOOST_TEST(r->usage.output_tokens == 5);
        BOOST_TEST(r->choices.at(0).answer.content.size() >= (t.vendor == std::string_view("gemini") ? 1u : 1000u));
        // Decoded, and before that looked through when it is longer still.
        BOOST_TEST(w.runtime.offloaded() == (size > 1024 * kib ? 2u : 1u));
    }
}

BOOST_AUTO_TEST_CASE(a_long_reply_that_is_none_is_an_error_all_the_same) {
    for (const std::size_t size : {10 * kib, 300 * kib, 1100 * kib}) {
        world w;
        plain_gateway gw(world_of({make("a", "m", "openai", "up")}));
        w.network.reply(200, R"({"error":{"message":"no"},"x":[)" + repeated("0", size) + "]}");
        w.network.reply(200, "[" + repeated("0", size) + "]");
        for (int i = 0; i < 2; ++i) {
            call_context context;
            call c(w.runtime, context);
            const std::string body = languages()[0].request(10);
            set_body(c, languages()[0], body);
            c.context->deadline = time_point::max();
            const auto r = testing::run(gw.execute(c));
            BOOST_TEST(r.has_error());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_long_request_of_the_program_is_written_elsewhere) {
    world w;
    plain_gateway gw(world_of({make("a", "m", "anthropic", "up")}));
    chat_request q("m", "hi");
    for (int i = 0; i < 20000; ++i) q.messages.push_back(message::user("a"));
    w.network.reply(200, languages()[1].reply(10));
    BOOST_REQUIRE(testing::run(gw.chat(w.runtime, w.context, q)).has_value());
    BOOST_TEST(w.runtime.offloaded() == 1u);
    BOOST_TEST(w.network.requests().at(0).body.size() > 20000u);
    q.messages.resize(100);
    w.network.reply(200, languages()[1].reply(10));
    BOOST_REQUIRE(testing::run(gw.chat(w.runtime, w.context, q)).has_value());
    BOOST_TEST(w.runtime.offloaded() == 1u);
}

namespace {

struct heard {
    std::string text;
    std::optional<error> failure;
    bool opened = false;
};

boost::asio::awaitable<heard> listen(plain_gateway& gw, world& w, const chat_request& q) {
    heard h;
    auto opened = co_await gw.stream(w.runtime, w.context, q);
    if (opened.has_error()) {
        h.failure = opened.error();
        co_return h;
    }
    h.opened = true;
    while (co_await opened->read_more())
        while (const chat_event* e = opened->try_next())
            if (e->what == chat_event::kind::text) h.text += e->text;
    h.failure = opened->failure();
    co_return h;
}

std::string delta(const std::string& text) {
    return R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{"content":")" +
           text + "\"},\"finish_reason\":null}]}\n\n";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_long_event_of_a_stream_is_decoded_elsewhere) {
    world w;
    plain_gateway gw(world_of({make("a", "m", "openai", "up")}));
    const std::string large(300 * kib, 'l');
    std::string all = delta("first");
    for (int i = 0; i < 4000; ++i) all += delta("x");
    w.network.reply(200).split(all + openai_stream.back(), 16 * kib);
    const chat_request q("m", "hi");
    // Many short events are long together, and stay.
    const auto many = testing::run(listen(gw, w, q));
    BOOST_TEST(!many.failure);
    BOOST_TEST(many.text == "first" + std::string(4000, 'x'));
    BOOST_TEST(w.runtime.offloaded() == 0u);

    w.network.reply(200).split(delta("first") + delta(large) + delta("last") + openai_stream.back(), 16 * kib);
    const auto one = testing::run(listen(gw, w, q));
    BOOST_TEST(!one.failure);
    BOOST_TEST((one.text == "first" + large + "last"));
    // Its first 256 KiB come at once, as they may be an error; then each piece to its end.
    BOOST_TEST(w.runtime.offloaded() >= 2u);
    BOOST_TEST(w.runtime.offloaded() <= 12u);

    w.network.reply(200).split(delta("first") + delta(large).substr(0, 250 * kib), 16 * kib);
    const auto cut = testing::run(listen(gw, w, q));
    BOOST_REQUIRE(cut.failure);
    BOOST_TEST((cut.failure->value() == errc::truncated));
}

BOOST_AUTO_TEST_CASE(a_long_failure_at_the_head_of_a_stream_is_read_elsewhere) {
    world w;
    plain_gateway::policies_type policies;
    std::get<retry>(policies).max_retries = 0;
    plain_gateway gw(world_of({make("a", "m", "openai", "up")}), policies);
    const chat_request q("m", "hi");
    w.network.reply(200).split(R"(data: {"error":{"message":"so it is","type":"server_error","x":[)" +
                                   repeated("0", 300 * kib) + "]}}\n\n",
                               16 * kib);
    const auto h = testing::run(listen(gw, w, q));
    BOOST_TEST(!h.opened);
    BOOST_REQUIRE(h.failure);
    BOOST_TEST(h.failure->provider_message() == "so it is");
    BOOST_TEST(w.runtime.offloaded() == 1u);
}

BOOST_AUTO_TEST_CASE(a_very_long_event_that_passes_is_looked_at_elsewhere) {
    for (const std::size_t v : {0u, 1u, 2u}) {
        const language& l = languages()[v];
        const std::string padding = repeated("[]", 1200 * kib);
        const std::string event =
            v == 0 ? R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"x","choices":[{"index":0,)"
                R"("delta":{"content":"a"},"finish_reason":null}],"x":[)" + padding + "]}\n\n"
            : v == 1
                ? "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                  "\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"},\"x\":[" + padding + "]}\n\n"
                : R"(data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"a"}]}}],"x":[)" + padding + "]}\n\n";
        const std::string head =
            v == 0   ? openai_stream[0] + openai_stream[1]
            : v == 1 ? std::string("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\","
                "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"x\",\"content\":[],\"usage\":{\"input_tokens\":3,"
                "\"output_tokens\":1}}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
                "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\nevent: content_block_delta\n"
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n")
                     : std::string(R"(data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"a"}]}}]})") + "\n\n";
        const std::string tail =
            v == 0   ? openai_stream.back()
            : v == 1 ? std::string("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
                "\"usage\":{\"output_tokens\":5}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
                     : std::string(R"(data: {"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model",)"
                         R"("parts":[{"text":"."}]}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,"totalTokenCount":8}})") + "\n\n";
        world w;
        plain_gateway gw(world_of({make("a", "m", l.vendor, "up")}));
        w.network.reply(200).split(head + event + tail, 16 * kib);
        call c(w.runtime, w.context);
        const std::string body = l.request(10);
        set_body(c, l, body);
        c.in.stream = true;
        std::string got;
        boost::asio::io_context io(1);
        const auto pass = [](plain_gateway& g, call& of, std::string& to) -> boost::asio::awaitable<void> {
            auto r = co_await g.execute(of);
            BOOST_REQUIRE(r.has_value());
            for (;;) {
                const auto piece = co_await r->stream->read_some();
                BOOST_REQUIRE(piece.has_value());
                if (piece->empty()) break;
                to += *piece;
            }
        };
        testing::run(io, pass(gw, c, got));
        std::string expected = head + event + tail;
        if (v == 0) {
            // The caller did not ask for the usage.
            const std::size_t at = expected.find(R"("choices":[])"), begin = expected.rfind("data:", at);
            expected.erase(begin, expected.find("\n\n", at) + 2 - begin);
        }
        BOOST_TEST((got == expected));
        BOOST_TEST(w.context.report.tokens.output_tokens == 5);
        BOOST_TEST(w.runtime.offloaded() >= 8u);
        BOOST_TEST(w.runtime.offloaded() <= 14u);
    }
}

namespace {

boost::asio::awaitable<void> read_past_a_failure(plain_gateway& gw, world& w, call& c) {
    auto r = co_await gw.execute(c);
    BOOST_REQUIRE(r.has_value());
    auto first = co_await r->stream->read_some();
    BOOST_REQUIRE(first.has_value());
    auto words = co_await r->stream->read_some();
    BOOST_REQUIRE(words.has_value());
    // They are the stream's own copy: the body, which another call may get, is gone already.
    BOOST_TEST(w.network.open_bodies() == 0u);
    BOOST_TEST(words->find("so it is") != std::string_view::npos);
    BOOST_TEST(r->stream->provider_reported());
    const auto after = co_await r->stream->read_some();
    BOOST_REQUIRE(after.has_error());
    BOOST_TEST(after.error().provider_message() == "so it is");
    BOOST_TEST(w.network.open_bodies() == 0u);
    const auto again = co_await r->stream->read_some();
    BOOST_TEST(again.has_error());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_providers_words_about_a_failure_live_until_the_next_read) {
    world w;
    plain_gateway gw(world_of({make("a", "m", "openai", "up")}));
    w.network.reply(200).piece(delta("a")).piece("data: {\"error\":{\"message\":\"so it is\",\"type\":\"server_error\"}}\n\n");
    call c(w.runtime, w.context);
    const std::string body = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})";
    set_body(c, languages()[0], body);
    c.in.stream = true;
    boost::asio::io_context io(1);
    testing::run(io, read_past_a_failure(gw, w, c));
}

BOOST_AUTO_TEST_CASE(the_mock_answers_a_long_request_elsewhere) {
    for (const bool stream : {false, true})
        for (const std::size_t size : {10 * kib, 300 * kib}) {
            world w;
            plain_gateway gw(world_of({make("a", "m", "mock", "echo")}));
            const std::string said = repeated("a", size, " ");
            const chat_request q("m", said);
            const bool long_one = size > 128 * kib;
            if (stream) {
                const auto h = testing::run(listen(gw, w, q));
                BOOST_TEST(!h.failure);
                BOOST_TEST((h.text == said));
                // Encoded and answered; read in pieces of many chunks each.
                BOOST_TEST(w.runtime.offloaded() == (long_one ? 2u : 0u));
            } else {
                const auto r = testing::run(gw.chat(w.runtime, w.context, q));
                BOOST_REQUIRE(r.has_value());
                BOOST_TEST((r->text() == said));
                BOOST_TEST(w.runtime.offloaded() == (long_one ? 3u : 0u));
            }
        }
}

BOOST_AUTO_TEST_CASE(every_part_of_a_request_weighs) {
    const std::string heavy(200 * kib, 'x');
    const auto outweighs = [](const chat_request& q) { return detail::outweighs(q, 128 * kib); };
    const auto with_part = [](content_part p) {
        chat_request q("m", "hi");
        q.messages[0].content.push_back(std::move(p));
        return q;
    };
    BOOST_TEST(!outweighs(chat_request()));
    BOOST_TEST(!outweighs(chat_request("m", "hi")));
    BOOST_TEST(!outweighs(chat_request("m", std::string(100 * kib, 'x'))));
    BOOST_TEST(outweighs(chat_request("m", heavy)));
    BOOST_TEST(outweighs(with_part(refusal_part(heavy))));
    BOOST_TEST(outweighs(with_part(image_part(media::from_base64("image/png", heavy)))));
    BOOST_TEST(outweighs(with_part(audio_part(media::from_base64("audio/wav", heavy)))));
    BOOST_TEST(outweighs(with_part(file_part(media::from_base64("text/plain", heavy)))));
    BOOST_TEST(outweighs(with_part(thinking_part(heavy))));
    BOOST_TEST(outweighs(with_part(thinking_part("", heavy))));
    BOOST_TEST(outweighs(with_part(tool_call_part("i", "n", heavy))));
    BOOST_TEST(outweighs(with_part(tool_result_part("i", heavy))));
    BOOST_TEST(outweighs(with_part(opaque_part("openai_chat", heavy))));
    text_part cited("x");
    cited.citations.resize(30000);
    BOOST_TEST(outweighs(with_part(cited)));
    text_part extra("x");
    extra.extra.add("openai_chat", "a", heavy);
    BOOST_TEST(outweighs(with_part(extra)));
    chat_request many("m", "hi");
    many.messages.resize(30000);
    BOOST_TEST(outweighs(many));
    chat_request parts("m", "hi");
    parts.messages[0].content.resize(30000);
    BOOST_TEST(outweighs(parts));
    chat_request tools("m", "hi");
    tools.tools.resize(30000);
    BOOST_TEST(outweighs(tools));
    chat_request tool_of("m", "hi");
    tool_of.tools.emplace_back("n", "", heavy);
    BOOST_TEST(outweighs(tool_of));
    chat_request schema("m", "hi");
    schema.response_format = response_format::json_schema("n", heavy);
    BOOST_TEST(outweighs(schema));
    chat_request bias("m", "hi");
    bias.logit_bias = raw_json(heavy);
    BOOST_TEST(outweighs(bias));
    chat_request metadata("m", "hi");
    metadata.metadata.emplace_back("a", heavy);
    BOOST_TEST(outweighs(metadata));
    chat_request stop("m", "hi");
    stop.stop.push_back(heavy);
    BOOST_TEST(outweighs(stop));
    chat_request more("m", "hi");
    more.extra.add("openai_chat", "a", heavy);
    BOOST_TEST(outweighs(more));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace offload_unit
