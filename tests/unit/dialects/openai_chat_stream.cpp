// SPDX-License-Identifier: BSL-1.0
#include "openai_chat_support.hpp"
#include "support/allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace openai_chat_stream_unit {

namespace {

using namespace llmx;
using openai_chat_test::json;
using kind = chat_event::kind;

std::string_view word(kind k) {
    static constexpr std::string_view words[] = {"start",     "text",      "refusal",   "thinking", "signature",
                                                 "redacted",  "tool_call", "arguments", "citation", "audio",
                                                 "logprobs",  "opaque",    "finish",    "usage",    "ping"};
    return words[static_cast<std::size_t>(k)];
}

/// "kind choice.part text|id|name", for comparison and print-out.
std::string print(const chat_event& e) {
    std::string s(word(e.what));
    if (e.what == kind::usage)
        return s + ' ' + std::to_string(e.tokens.input_tokens) + '/' + std::to_string(e.tokens.output_tokens) + '/' +
               std::to_string(e.tokens.cached_tokens);
    if (e.what != kind::start) s += ' ' + std::to_string(e.choice) + '.' + std::to_string(e.part);
    if (e.what == kind::finish) s += " reason" + std::to_string(static_cast<int>(e.reason));
    for (const std::string_view member : {e.text, e.id, e.name}) {
        s += member.empty() ? "" : " ";
        s += member;
    }
    if (e.created != 0) s += " @" + std::to_string(e.created);
    return s;
}

using strings = std::vector<std::string>;

void drain(event_batch& batch, strings& to) {
    while (const auto* e = batch.try_next()) to.push_back(print(*e));
    batch.clear();
}

/// Decodes \p pieces; a failure is the last line.
strings decode(const std::vector<std::string_view>& pieces) {
    openai_chat::stream_decoder decoder;
    event_batch batch;
    strings out;
    result<void> done = success();
    for (const auto piece : pieces) {
        done = decoder.feed(piece, batch);
        drain(batch, out);
        if (done.has_error()) break;
    }
    if (!done.has_error()) {
        done = decoder.finish(batch);
        drain(batch, out);
    }
    if (done.has_error()) out.push_back("failed " + llmx::error(done.error().value()).message());
    return out;
}

std::string sse(const std::vector<std::string_view>& payloads) {
    std::string out;
    for (const auto p : payloads) append_sse_data(out, p);
    return out;
}

std::string chunk(std::string_view delta, std::string_view finish = "null", int choice = 0) {
    return R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":)" +
           std::to_string(choice) + R"(,"delta":{)" + std::string(delta) + R"(},"finish_reason":)" +
           std::string(finish) + "}]}";
}

std::string stream_of(const std::vector<std::string>& chunks, bool done = true) {
    std::string out;
    for (const auto& c : chunks) append_sse_data(out, c);
    if (done) append_sse_data(out, "[DONE]");
    return out;
}

void check(const std::string& bytes, const strings& expected) {
    const strings got = decode({bytes});
    BOOST_TEST(got == expected, boost::test_tools::per_element());
    // Cut at every byte, and byte by byte.
    for (std::size_t i = 1; i < bytes.size(); ++i) {
        const std::string_view all = bytes;
        if (decode({all.substr(0, i), all.substr(i)}) != expected) {
            BOOST_ERROR("cut at byte " << i << " decodes differently");
            return;
        }
    }
    std::vector<std::string_view> bits;
    for (std::size_t i = 0; i < bytes.size(); ++i) bits.push_back(std::string_view(bytes).substr(i, 1));
    BOOST_TEST((decode(bits) == expected));
}

const std::string stop = "\"stop\"";
const std::string finished = "finish 0.";

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_chat_stream)

BOOST_AUTO_TEST_CASE(text_and_usage) {
    check(stream_of({chunk(R"("role":"assistant","content":"","refusal":null)"), chunk(R"("content":"Hel")"),
                     chunk(R"("content":"lo \u00e9\n")"), chunk("", stop),
                     R"({"id":"c1","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,)"
                     R"("total_tokens":5,"prompt_tokens_details":{"cached_tokens":1}}})"}),
          {"start c1 m @7", "text 0.0 Hel", "text 0.0 lo \xC3\xA9\n", "finish 0.1 reason1", "usage 3/2/1"});
}

BOOST_AUTO_TEST_CASE(parallel_tool_calls) {
    check(stream_of({chunk(R"("role":"assistant","content":null)"), chunk(R"("content":"look")"),
                     chunk(R"("tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}])"),
                     chunk(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}])"),
                     chunk(R"("tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"b","type":"function",)"
                         R"("function":{"name":"g","arguments":""},"extra_content":{"google":{"thought_signature":"gs"}}}])"),
                     chunk(R"("tool_calls":[{"index":1,"function":{"arguments":"{}"}}])"),
                     chunk("", "\"tool_calls\"")}),
          {"start c1 m @7", "text 0.0 look", "tool_call 0.1 a f", "arguments 0.1 {\"x\"", "arguments 0.1 :1}",
           "tool_call 0.2 gs b g", "arguments 0.2 {}", "finish 0.3 reason4"});
}

BOOST_AUTO_TEST_CASE(calls_that_share_an_index) {
    // Google's OpenAI endpoint sends whole calls, all of them with index 0 or none; "stop" ends them.
    for (const std::string index : {R"("index":0,)", ""})
        check(stream_of({chunk(R"("tool_calls":[{)" + index + R"("id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{)" +
                         index + R"("id":"b","type":"function","function":{"name":"f","arguments":"{}"}}])"),
                         chunk("", stop)}),
              {"start c1 m @7", "tool_call 0.0 a f", "arguments 0.0 {}", "tool_call 0.1 b f", "arguments 0.1 {}",
               "finish 0.2 reason4"});
}

BOOST_AUTO_TEST_CASE(calls_of_careless_servers) {
    check(stream_of({chunk(R"("tool_calls":[{"index":0,"function":{"name":"f","arguments":{"a":1}}}])"), chunk("", stop)}),
          {"start c1 m @7", "tool_call 0.0 call_c1_0_0 f", "arguments 0.0 {\"a\":1}", "finish 0.1 reason4"});
    check(stream_of({chunk(R"("function_call":{"name":"f","arguments":""})"),
                     chunk(R"("function_call":{"arguments":"{}"})"), chunk("", "\"function_call\"")}),
          {"start c1 m @7", "tool_call 0.0 call_c1_0_0 f", "arguments 0.0 {}", "finish 0.1 reason4"});
    check(stream_of({chunk(R"("tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"g","input":"x"}}])"),
                     chunk(R"("tool_calls":[{"index":0,"custom":{"input":"y"}}])"), chunk("", "\"tool_calls\"")}),
          {"start c1 m @7", "tool_call 0.0 a g", R"(arguments 0.0 {"input":"x)", "arguments 0.0 y", R"(arguments 0.0 "})", "finish 0.1 reason4"});
}

BOOST_AUTO_TEST_CASE(thoughts) {
    // As LiteLLM writes them, text in both members.
    check(stream_of({chunk(R"("reasoning_content":"a","thinking_blocks":[{"type":"thinking","thinking":"a","signature":null}])"),
                     chunk(R"("reasoning_content":"b","thinking_blocks":[{"type":"thinking","thinking":"b","signature":null}])"),
                     chunk(R"("reasoning_content":"","thinking_blocks":[{"type":"thinking","thinking":"","signature":"s1"}])"),
                     chunk(R"("thinking_blocks":[{"type":"redacted_thinking","data":"rd"}])"),
                     chunk(R"("reasoning_content":"c")"), chunk(R"("content":"so")"), chunk(R"("reasoning":"d")"),
                     chunk("", stop)}),
          {"start c1 m @7", "thinking 0.0 a", "thinking 0.0 b", "signature 0.0 s1 anthropic_messages", "redacted 0.1 rd", "thinking 0.2 c",
           "text 0.3 so", "thinking 0.4 d", "finish 0.5 reason1"});
    // In blocks alone.
    check(stream_of({chunk(R"("thinking_blocks":[{"type":"thinking","thinking":"a"}])"),
                     chunk(R"("thinking_blocks":[{"type":"thinking","thinking":"b","signature":"s"}])"),
                     chunk(R"("thinking_blocks":[{"type":"thinking","thinking":"c","signature":"t"}])"), chunk("", stop)}),
          {"start c1 m @7", "thinking 0.0 a", "thinking 0.0 b", "signature 0.0 s anthropic_messages", "thinking 0.1 c", "signature 0.1 t anthropic_messages",
           "finish 0.2 reason1"});
    // As Mistral writes them.
    check(stream_of({chunk(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}])"),
                     chunk(R"("content":[{"type":"text","text":"b"}])"), chunk("", stop)}),
          {"start c1 m @7", "thinking 0.0 a", "text 0.1 b", "finish 0.2 reason1"});
}

BOOST_AUTO_TEST_CASE(what_stands_beside_text) {
    const std::string citation = R"({"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"url":"u","title":"t"}})";
    const std::string probs = R"({"content":[{"token":"x"}],"refusal":null})";
    const std::string with_probs = R"({"id":"c1","created":7,"model":"m","choices":[{"index":0,"delta":{"content":"x"},"logprobs":)" +
                                   probs + R"(,"finish_reason":null}]})";
    check(stream_of({with_probs, chunk(R"("annotations":[)" + citation + "]"), chunk(R"("refusal":"no")"),
                     chunk(R"("audio":{"id":"a","data":"AA=="})"), chunk(R"("audio":{"transcript":"hi"})"),
                     chunk(R"("images":[{"type":"image_url","image_url":{"url":"data:,"}}])"), chunk("", stop)}),
          {"start c1 m @7", "text 0.0 x", "logprobs 0.0 " + probs + " openai_chat", "citation 0.0 " + citation + " openai_chat",
           "refusal 0.1 no", R"(audio 0.2 {"id":"a","data":"AA=="} openai_chat)", R"(audio 0.2 {"transcript":"hi"} openai_chat)",
           R"(opaque 0.3 {"type":"image_url","image_url":{"url":"data:,"}} openai_chat)", "finish 0.4 reason1"});
}

BOOST_AUTO_TEST_CASE(several_choices) {
    check(stream_of({chunk(R"("content":"a")", "null", 0), chunk(R"("content":"b")", "null", 1),
                     chunk(R"("content":"A")", "null", 0), chunk("", "\"length\"", 1), chunk("", stop, 0)}),
          {"start c1 m @7", "text 0.0 a", "text 1.0 b", "text 0.0 A", "finish 1.1 reason3", "finish 0.1 reason1"});
}

BOOST_AUTO_TEST_CASE(servers_with_habits) {
    // Comments, CRLF, no space, Azure's filter chunk, unknown members, a usage in every chunk.
    const std::string body =
        ": OPENROUTER PROCESSING\r\n\r\n"
        "data:{\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"prompt_filter_results\":[{}]}\r\n\r\n"
        "event: message\r\ndata: {\"id\":\"c1\",\"model\":\"m\",\"created\":7,\"p\":\"xx\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],"
        "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\r\n\r\n"
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"stop_reason\":\"END\"}],"
        "\"x_groq\":{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}}\r\n\r\n"
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n"
        "data: [DONE]\r\n\r\ndata: not read any more\r\n\r\n";
    check(body, {"start c1 m @7", "usage 1/1/0", "text 0.0 a", "finish 0.1 reason2 END", "usage 1/2/0"});
}

BOOST_AUTO_TEST_CASE(ends) {
    const std::string a = chunk(R"("content":"a")"), end = chunk("", stop);
    const std::string broken = "failed the provider's answer broke off";
    check(stream_of({a, end}, false), {"start c1 m @7", "text 0.0 a", "finish 0.1 reason1"});
    check(stream_of({a}, false), {"start c1 m @7", "text 0.0 a", broken});
    check(stream_of({a}, true), {"start c1 m @7", "text 0.0 a"});
    check(stream_of({a, chunk(R"("content":"b")", "null", 1), end}, false),
          {"start c1 m @7", "text 0.0 a", "text 1.0 b", "finish 0.1 reason1", broken});
    check("", {broken});
    check(": ping\n\n", {broken});
    // The last blank line is missing.
    std::string whole = stream_of({a, end});
    whole.resize(whole.size() - 2);
    check(whole, {"start c1 m @7", "text 0.0 a", "finish 0.1 reason1"});
    // Cut within a chunk, after everything had ended.
    check(stream_of({a, end}, false) + "data: {\"choices\":[", {"start c1 m @7", "text 0.0 a", "finish 0.1 reason1", broken});
    check(stream_of({a}, false) + "data: {\"choi", {"start c1 m @7", "text 0.0 a", broken});
}

BOOST_AUTO_TEST_CASE(every_truncation_is_seen) {
    const std::string bytes = stream_of({chunk(R"("content":"a")"), chunk(R"("content":"b")"), chunk("", stop)});
    // Complete once the finish chunk's line is there, its line end or not.
    const std::size_t complete = bytes.find("\n\ndata: [DONE]");
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto got = decode({std::string_view(bytes).substr(0, i)});
        const bool failed = !got.empty() && got.back().starts_with("failed");
        // Within "data: [DONE]" the rest is no chunk, so the stream counts as cut.
        const bool in_done = i > complete + 8 && i < bytes.size() - 2;
        BOOST_TEST_CONTEXT("cut at " << i) { BOOST_TEST(failed == (i < complete || in_done)); }
    }
}

BOOST_AUTO_TEST_CASE(errors_inside) {
    struct row {
        std::string_view payload;
        errc code;
        std::string_view message, provider_code;
    };
    static constexpr row rows[] = {
        {R"({"error":{"message":"busy","type":"server_error","code":"server_is_overloaded"}})", errc::overloaded, "busy", "server_is_overloaded"},
        {R"({"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}})", errc::rate_limited, "slow", "rate_limit_exceeded"},
        {R"({"error":{"message":"pay","type":"insufficient_quota","code":null}})", errc::quota_exceeded, "pay", "insufficient_quota"},
        {R"({"error":{"message":"This model's maximum context length is 5","type":"invalid_request_error"}})", errc::context_window_exceeded,
         "This model's maximum context length is 5", "invalid_request_error"},
        {R"({"error":{"message":"bad","type":"invalid_request_error"}})", errc::invalid_request, "bad", "invalid_request_error"},
        {R"({"error":{"message":"filtered","code":"content_filter"}})", errc::content_policy, "filtered", "content_filter"},
        {R"({"id":"c1","error":{"message":"upstream","code":502},"choices":[{"delta":{},"finish_reason":"error"}]})", errc::overloaded, "upstream", "502"},
        {R"({"error":{"message":"boom"}})", errc::provider_internal, "boom", ""},
        {R"({"error":"boom"})", errc::provider_internal, "boom", ""},
    };
    for (const auto& r : rows)
        BOOST_TEST_CONTEXT(r.payload) {
            openai_chat::stream_decoder decoder;
            event_batch batch;
            BOOST_TEST(decoder.feed(stream_of({chunk(R"("content":"a")")}, false), batch).has_value());
            const auto done = decoder.feed(sse({r.payload}), batch);
            BOOST_TEST_REQUIRE(done.has_error());
            BOOST_TEST((done.error().value() == r.code));
            BOOST_TEST(done.error().provider_message() == r.message);
            BOOST_TEST(done.error().provider_code() == r.provider_code);
            BOOST_TEST(decoder.finish(batch).has_error());
        }
    openai_chat::stream_decoder decoder;
    event_batch batch;
    const auto garbage = decoder.feed("data: <html>\n\n", batch);
    BOOST_TEST_REQUIRE(garbage.has_error());
    BOOST_TEST((garbage.error().value() == errc::bad_response));
    const auto many = decode({stream_of({chunk("", "null", -1)})});
    BOOST_TEST(many.back().starts_with("failed"));
}

BOOST_AUTO_TEST_CASE(tokens_allocate_nothing) {
    const std::size_t before = llmx_test::allocations();
    BOOST_TEST_REQUIRE(std::string(100, 'x').size() == 100u);
    BOOST_TEST_REQUIRE(llmx_test::allocations() > before); // the counter counts

    openai_chat::stream_decoder decoder;
    openai_chat::stream_encoder encoder{reply_options()};
    openai_chat::stream_watch watch;
    event_batch batch;
    std::string out;
    const std::string events =
        stream_of({chunk(R"("content":"some text \"quoted\"")"), chunk(R"("reasoning_content":"thought")"),
                   chunk(R"("content":"more")"),
                   chunk(R"("tool_calls":[{"index":0,"id":"call_abcdefghijklmnop","function":{"name":"f","arguments":"{"}}])")},
                  false);
    const std::string one = stream_of({chunk(R"("content":"token")")}, false);
    const std::string fragment = stream_of({chunk(R"("tool_calls":[{"index":0,"function":{"arguments":"[1,2]"}}])")}, false);
    bool ok = true;
    const auto pass = [&](std::string_view bytes) {
        batch.clear();
        out.clear();
        ok = ok && decoder.feed(bytes, batch).has_value();
        while (const auto* e = batch.try_next()) encoder.encode(*e, out);
        watch.feed(bytes);
    };
    pass(events);
    pass(one);
    for (std::size_t cut : {one.size() / 2, one.size() - 1}) {
        pass(std::string_view(one).substr(0, cut));
        pass(std::string_view(one).substr(cut));
    }
    pass(fragment);
    const std::size_t start = llmx_test::allocations();
    for (int i = 0; i < 200; ++i) {
        pass(one);
        pass(std::string_view(one).substr(0, one.size() / 2));
        pass(std::string_view(one).substr(one.size() / 2));
        pass(fragment);
    }
    BOOST_TEST(llmx_test::allocations() - start == 0u);
    BOOST_TEST(ok);
    BOOST_TEST(!out.empty());
}

namespace {

/// A stream that the dialect can say: parts in order, each kind after another.
std::vector<chat_event> random_events(openai_chat_test::generator& g, event_batch& memory, std::uint32_t choice) {
    std::vector<chat_event> out;
    const auto add = [&](kind k, std::uint32_t part, const std::string& text) -> chat_event& {
        chat_event& e = out.emplace_back();
        e.what = k;
        e.choice = choice;
        e.part = part;
        e.text = memory.keep(text);
        return e;
    };
    std::uint32_t part = 0;
    std::size_t last = 9, calls = 0;
    bool sealed = false;
    for (std::size_t n = 1 + g.below(5); n > 0; --n) {
        std::size_t what = g.below(6);
        if (what == last && (what < 2 || (what == 2 && !sealed))) what = 4;
        last = what;
        switch (what) {
        case 0:
        case 1:
            for (std::size_t i = 1 + g.below(3); i > 0; --i) add(what == 0 ? kind::text : kind::refusal, part, g.text());
            break;
        case 2:
            for (std::size_t i = 1 + g.below(3); i > 0; --i) add(kind::thinking, part, g.text());
            sealed = g.chance(2);
            if (sealed) add(kind::thinking_signature, part, "c2ln" + g.word()).name = "gemini_generate";
            break;
        case 3: add(kind::redacted_thinking, part, g.text()); break;
        default: {
            ++calls;
            auto& e = add(kind::tool_call, part, g.chance(3) ? g.text() : std::string());
            e.id = memory.keep("call_" + std::to_string(part));
            e.name = memory.keep(g.word());
            for (std::size_t i = 1 + g.below(2); i > 0; --i) add(kind::tool_arguments, part, g.text());
        }
        }
        ++part;
    }
    auto& end = add(kind::finish, part, "");
    end.reason = calls != 0 ? finish_reason::tool_calls : g.chance(2) ? finish_reason::stop : finish_reason::length;
    return out;
}

strings of_choice(const strings& lines, std::uint32_t choice) {
    strings out;
    const std::string mark = " " + std::to_string(choice) + ".";
    std::copy_if(lines.begin(), lines.end(), std::back_inserter(out),
                 [&mark](const std::string& l) { return l.find(mark) == l.find(' '); });
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(decode_undoes_encode) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        openai_chat_test::generator g(seed);
        event_batch memory;
        reply_options options;
        options.include_usage = g.chance(2);
        openai_chat::stream_encoder encoder(options);
        const std::size_t choices = 1 + g.below(3);
        std::vector<std::vector<chat_event>> queues;
        std::vector<strings> expected(choices);
        std::string out;
        chat_event start;
        start.what = kind::start;
        start.id = "chatcmpl-1";
        start.name = "model";
        start.created = 9;
        encoder.encode(start, out);
        for (std::size_t c = 0; c < choices; ++c)
            queues.push_back(random_events(g, memory, static_cast<std::uint32_t>(c)));
        for (std::vector<std::size_t> at(choices, 0);;) {
            std::vector<std::size_t> open;
            for (std::size_t c = 0; c < choices; ++c)
                if (at[c] < queues[c].size()) open.push_back(c);
            if (open.empty()) break;
            const std::size_t c = open[g.below(open.size())];
            const auto& e = queues[c][at[c]++];
            encoder.encode(e, out);
            expected[c].push_back(print(e));
        }
        chat_event tokens;
        tokens.what = kind::usage;
        tokens.tokens.input_tokens = 3;
        tokens.tokens.output_tokens = 4;
        encoder.encode(tokens, out);
        encoder.finish(out);

        std::vector<std::string_view> pieces;
        for (std::string_view rest = out; !rest.empty();) {
            const std::size_t n = std::min(rest.size(), 1 + g.below(200));
            pieces.push_back(rest.substr(0, n));
            rest.remove_prefix(n);
        }
        const strings got = decode(pieces);
        BOOST_TEST_CONTEXT("seed " << seed << "\n" << out) {
            BOOST_TEST_REQUIRE(!got.empty());
            BOOST_TEST(got.front() == "start chatcmpl-1 model @9");
            BOOST_TEST((got.back() == "usage 3/4/0") == options.include_usage);
            for (std::size_t c = 0; c < choices; ++c)
                BOOST_TEST(of_choice(got, static_cast<std::uint32_t>(c)) == expected[c], boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(chunks_as_openai_writes_them) {
    reply_options options;
    options.id = "own";
    options.model = "own-model";
    options.created = 5;
    options.include_usage = true;
    openai_chat::stream_encoder encoder(options);
    std::string out;
    chat_event e;
    e.what = kind::start;
    encoder.encode(e, out);
    const std::string head = R"(data: {"id":"own","object":"chat.completion.chunk","created":5,"model":"own-model","choices":[)";
    BOOST_TEST(out == head + R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})" + "\n\n");
    out.clear();
    e.what = kind::tool_call;
    e.part = 3;
    e.id = "c";
    e.name = "f";
    encoder.encode(e, out);
    BOOST_TEST(out == head + R"({"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f",)"
        R"("arguments":""}}]},"finish_reason":null}],"usage":null})" + "\n\n");
    out.clear();
    e = chat_event();
    encoder.encode(e, out);
    BOOST_TEST(out.starts_with(":"));
    out.clear();
    e.what = kind::finish;
    e.reason = finish_reason::failed;
    encoder.encode(e, out);
    BOOST_TEST(out == head + R"({"index":0,"delta":{},"finish_reason":"content_filter"}],"usage":null})" + "\n\n");
    out.clear();
    encoder.finish(out);
    BOOST_TEST(out == "data: [DONE]\n\n"); // no usage is made up
    e = chat_event();
    e.what = kind::usage;
    e.tokens.input_tokens = 1;
    out.clear();
    encoder.encode(e, out);
    BOOST_TEST(out == "");
    encoder.finish(out);
    BOOST_TEST(out.starts_with(head + R"(],"usage":{"prompt_tokens":1,)"));
    BOOST_TEST(out.ends_with("}\n\ndata: [DONE]\n\n"));
    out.clear();
    encoder.fail(error(errc::truncated), out);
    BOOST_TEST(out.starts_with("data: {\"error\":{\"message\":"));
    BOOST_TEST(out.find("[DONE]") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(events_of_other_dialects) {
    openai_chat::stream_encoder encoder{reply_options()};
    std::string out;
    chat_event e;
    e.what = kind::start;
    e.id = "r-1";
    encoder.encode(e, out);
    const auto say = [&](kind k, std::string_view text, std::string_view name) {
        out.clear();
        e = chat_event();
        e.what = k;
        e.text = text;
        e.name = name;
        encoder.encode(e, out);
        if (out.empty()) return std::string();
        return boost::json::serialize(json(std::string_view(out).substr(6)).at("choices").at(0).at("delta"));
    };
    // Without a range it covers its part, of which the end is known when another part begins.
    BOOST_TEST(say(kind::citation, R"({"url":"https://e.com","title":"T"})", "anthropic_messages") == "");
    BOOST_TEST(say(kind::text, "abc", "") == R"({"content":"abc"})");
    out.clear();
    e = chat_event();
    e.what = kind::text;
    e.part = 1;
    e.text = "d";
    encoder.encode(e, out);
    BOOST_TEST(out.find(R"("annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":3,"url":"https://e.com","title":"T"}}])") <
               out.find(R"("content":"d")"), out);
    BOOST_TEST(say(kind::citation, R"({"url":"https://e.com","title":"T","cited_text":"q","start_index":7,"end_index":13})", "") ==
               R"({"annotations":[{"type":"url_citation","url_citation":{"start_index":7,"end_index":13,"url":"https://e.com","title":"T"}}]})");
    BOOST_TEST(say(kind::citation, R"({"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://e.com"}}]}})", "gemini_generate") == "");
    BOOST_TEST(say(kind::citation, R"({"document_index":1})", "anthropic_messages") == "");
    BOOST_TEST(say(kind::opaque, R"({"type":"server_tool_use"})", "anthropic_messages") == "");
    BOOST_TEST(say(kind::audio, R"({"x":1})", "gemini_generate") == "");
    BOOST_TEST(say(kind::opaque, R"({"executableCode":{"code":"1"}})", "gemini_generate") == "");
    BOOST_TEST(say(kind::opaque, R"({"inlineData":{"mimeType":"image/png","data":"AAEC"}})", "gemini_generate") ==
               R"({"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAEC"}}]})");
    BOOST_TEST(say(kind::opaque, R"({"inlineData":{"mimeType":"video/mp4","data":"AAEC"}})", "gemini_generate") == "");
    // SDKs join what is text in the pieces, so the id goes once.
    BOOST_TEST(say(kind::audio, R"({"inlineData":{"mimeType":"audio/L16;rate=24000","data":"AAEC"}})", "gemini_generate") ==
               R"({"audio":{"id":"audio_r-1","data":"AAEC"}})");
    BOOST_TEST(say(kind::audio, R"({"inlineData":{"mimeType":"audio/L16;rate=24000","data":"AwQF"}})", "gemini_generate") ==
               R"({"audio":{"data":"AwQF"}})");
    BOOST_TEST(say(kind::audio, "{\"x\":\n1}", "openai_chat") == R"({"audio":{"x":1}})");
    BOOST_TEST(say(kind::opaque, R"({"id":"a","type":"custom","custom":{"name":"g","input":"x"}})", "openai_chat") ==
               R"({"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"g","input":"x"}}]})");
}

BOOST_AUTO_TEST_CASE(the_signed_thought_goes_out_whole) {
    openai_chat::stream_encoder encoder{reply_options()};
    std::string out;
    const auto say = [&](kind k, std::uint32_t part, std::string_view text) {
        chat_event e;
        e.what = k;
        e.part = part;
        e.text = text;
        encoder.encode(e, out);
    };
    say(kind::thinking, 0, "a");
    say(kind::thinking, 0, "b");
    say(kind::thinking_signature, 0, "s");
    say(kind::thinking_signature, 0, "ig");
    BOOST_TEST(out.find("thinking_blocks") == std::string::npos);
    say(kind::text, 1, "so");
    BOOST_TEST(out.find(R"("thinking_blocks":[{"type":"thinking","thinking":"ab","signature":"sig"}])") < out.find("\"so\""));
    out.clear();
    say(kind::thinking_signature, 1, "ts");
    BOOST_TEST(out.find(R"("delta":{"extra_content":{"google":{"thought_signature":"ts"}}})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(watch_follows) {
    const std::string role = chunk(R"("role":"assistant","content":"")");
    const std::string usage = R"({"id":"c1","choices":[],"usage": {"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
    const std::string bytes = stream_of({role, chunk(R"("content":"\"error\": \"usage\":{")"), chunk("", stop), usage});
    const std::size_t first_content = bytes.find("\\\"error");
    for (std::size_t i = 0; i <= bytes.size(); ++i) {
        openai_chat::stream_watch watch;
        const auto half = watch.feed(std::string_view(bytes).substr(0, i));
        if (i < first_content) BOOST_TEST(!half.begun);
        if (i < bytes.find("[DONE]") + 6) BOOST_TEST(!half.complete);
        const auto& p = watch.feed(std::string_view(bytes).substr(i));
        if (!p.begun || !p.complete || p.failed || p.tokens.input_tokens != 3 || p.tokens.output_tokens != 2) {
            BOOST_ERROR("cut at " << i);
            break;
        }
    }
}

BOOST_AUTO_TEST_CASE(watch_tells_begun_from_empty) {
    static constexpr std::pair<std::string_view, bool> cases[] = {
        {R"("role":"assistant","content":"","refusal":null)", false},
        {R"("role":"assistant","content":null)", false},
        {R"("tool_calls":[])", false},
        {R"("content": "x")", true},
        {R"("refusal":"x")", true},
        {R"("reasoning_content":"x")", true},
        {R"("reasoning":"x")", true},
        {R"("tool_calls":[{"index":0}])", true},
        {R"("audio":{"id":"a"})", true},
    };
    for (const auto& [delta, begun] : cases) {
        openai_chat::stream_watch watch;
        BOOST_TEST_CONTEXT(delta) { BOOST_TEST(watch.feed(stream_of({chunk(delta)}, false)).begun == begun); }
    }
    openai_chat::stream_watch watch;
    BOOST_TEST(watch.feed(stream_of({chunk("", stop)}, false)).begun);
    BOOST_TEST(!watch.feed(": \"content\":\"x\" ping\n\n").complete);
}

BOOST_AUTO_TEST_CASE(watch_knows_when_one_answer_is_over) {
    const auto of = [](int choice, std::string_view rest) {
        return R"({"id":"c1","choices":[{"index":)" + std::to_string(choice) + R"(,"delta":{)" + std::string(rest) + "]}";
    };
    const std::string text = R"("content":"a"},"finish_reason":null})", end = R"(},"finish_reason":"stop"})";
    openai_chat::stream_watch one;
    BOOST_TEST(!one.feed(sse({of(0, text)})).answered);
    BOOST_TEST(one.feed(sse({of(0, end)})).answered);
    BOOST_TEST(!one.feed("").complete);
    // Ollama and others say "" until it has a reason.
    openai_chat::stream_watch empty;
    BOOST_TEST(!empty.feed(sse({of(0, R"("content":"a"},"finish_reason":""})")})).answered);
    BOOST_TEST(empty.feed(sse({of(0, end)})).answered);
    // Of two, one has ended; what the other still had to say is not known.
    openai_chat::stream_watch two;
    two.feed(sse({of(0, text), of(1, text)}));
    BOOST_TEST(!two.feed(sse({of(0, end)})).answered);
    BOOST_TEST(!two.feed(sse({of(1, end)})).answered);
    BOOST_TEST(two.feed("data: [DONE]\n\n").complete);
}

BOOST_AUTO_TEST_CASE(watch_sees_failures) {
    static constexpr std::pair<std::string_view, bool> cases[] = {
        {R"({"error":{"message":"x"}})", true},
        {R"({"id":"a", "error" : "x"})", true},
        {R"({"id":"a","error":null})", false},
        {R"({"choices":[{"delta":{"content":"\"error\":{"}}]})", false},
        {R"({"choices":[{"delta":{"x":{"error":{"a":1}}}}]})", false},
        {R"({"choices":[{"delta":{},"finish_reason":"error"}]})", true},
    };
    for (const auto& [payload, failed] : cases) {
        openai_chat::stream_watch watch;
        BOOST_TEST_CONTEXT(payload) { BOOST_TEST(watch.feed(sse({payload})).failed == failed); }
    }
    openai_chat::stream_watch unended;
    BOOST_TEST(unended.feed("data: [DONE]").complete);
    // Which it was not when more comes on its line: the same wherever the bytes are cut.
    BOOST_TEST(!unended.feed("!\n\n").complete);
    BOOST_TEST(!openai_chat::stream_watch().feed("data: [DONE]!\n\n").complete);
    BOOST_TEST(unended.feed("data: [DONE]\n").complete);
    // However long a line is, it is read to its end.
    openai_chat::stream_watch large;
    large.feed("data: {\"choices\":[{\"delta\":{\"content\":\"");
    const std::string much(std::size_t{3} << 20, 'x');
    BOOST_TEST(large.feed(much).pending > much.size());
    BOOST_TEST(!large.feed("").begun);
    BOOST_TEST(large.feed("\"},\"finish_reason\":\"stop\"}]}\n\n").answered);
    BOOST_TEST(large.feed("").pending == 0u);
    openai_chat::stream_watch broken;
    broken.feed("data: {\"x\":\"");
    broken.feed(much);
    BOOST_TEST(broken.feed("\",\"error\":{\"message\":\"late\"}}\n\n").failed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_chat_stream_unit
