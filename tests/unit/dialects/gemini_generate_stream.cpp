// SPDX-License-Identifier: BSL-1.0
#include "gemini_generate_support.hpp"

#include <llmx/wire/json_writer.hpp>

#include <support/allocations.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

namespace gemini_generate_stream_unit {

namespace {
using namespace gemini_test;
using llmx::chat_event;
using llmx::errc;
using llmx::finish_reason;
using kind = llmx::chat_event::kind;
using dialect = llmx::gemini_generate;

std::string line_of(const chat_event& e) {
    static constexpr const char* names[] = {"start", "text", "refusal", "thinking", "thinking_signature", "redacted", "tool_call",
                                            "tool_arguments", "citation", "audio", "logprobs", "opaque", "finish", "usage", "ping"};
    std::string s = names[static_cast<int>(e.what)];
    s += ' ' + std::to_string(e.choice) + '.' + std::to_string(e.part) + " [" + std::string(e.text) + ']';
    if (!e.id.empty()) s += " id=" + std::string(e.id);
    if (!e.name.empty()) s += " name=" + std::string(e.name);
    if (e.what == kind::finish) s += " reason=" + std::to_string(static_cast<int>(e.reason));
    if (e.what == kind::usage) s += " in=" + std::to_string(e.tokens.input_tokens) + " out=" + std::to_string(e.tokens.output_tokens);
    return s;
}

struct outcome {
    std::vector<std::string> events;
    llmx::result<void> end = llmx::success();
};

/// Feeds pieces of \p wire, each as long as \p step bytes, the first cut at \p first.
outcome decode_stream(std::string_view wire, std::size_t first, std::size_t step = std::string_view::npos) {
    outcome o;
    dialect::stream_decoder decoder;
    llmx::event_batch batch;
    const auto drain = [&] {
        while (const auto* e = batch.try_next()) o.events.push_back(line_of(*e));
        batch.clear();
    };
    std::size_t at = 0, n = first;
    while (at < wire.size()) {
        // A copy: nothing may live on in the bytes that were read.
        const std::string piece(wire.substr(at, n));
        o.end = decoder.feed(piece, batch);
        drain();
        if (o.end.has_error()) return o;
        at += std::min(n, wire.size() - at);
        n = step;
    }
    o.end = decoder.finish(batch);
    drain();
    return o;
}
outcome decode_stream(std::string_view wire) { return decode_stream(wire, wire.size()); }

std::string sse(const std::vector<std::string>& chunks) {
    std::string out;
    for (const auto& c : chunks) out += "data: " + c + "\r\n\r\n";
    return out;
}
std::string array(const std::vector<std::string>& chunks) {
    std::string out = "[";
    for (std::size_t i = 0; i < chunks.size(); ++i) out += (i == 0 ? "" : ",\r\n") + chunks[i];
    return out += "]\n";
}

std::string text_chunk(std::string_view text, std::string_view more = "") {
    std::string c = R"({"candidates":[{"content":{"parts":[{"text":)";
    llmx::append_json_string(c, text);
    c += R"(}],"role":"model"})";
    c += more;
    return c += R"(,"index":0}],"modelVersion":"m","responseId":"r"})";
}

const std::vector<std::string>& sample() {
    static const std::vector<std::string> chunks = {
        R"({"candidates":[{"content":{"parts":[{"text":"Let me ","thought":true}],"role":"model"},"index":0}],)"
        R"("usageMetadata":{"promptTokenCount":9,"totalTokenCount":9},"modelVersion":"gemini-2.5-flash","responseId":"r-1"})",
        R"({"candidates":[{"content":{"parts":[{"text":"think\n\u00e9","thought":true}],"role":"model"},"index":0}],)"
        R"("modelVersion":"gemini-2.5-flash","responseId":"r-1"})",
        R"({"candidates":[{"content":{"parts":[{"text":"Grüße "}],"role":"model"},"index":0}]})",
        R"({"candidates":[{"content":{"parts":[{"text":"😀 \"q\" [DONE]"},{"text":"","thoughtSignature":"c2ln"}],"role":"model"},"index":0}]})",
        R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":{"b":[1,2]}}},)"
        R"("thoughtSignature":"Y2FsbA=="},{"functionCall":{"id":"given","name":"g"}}],"role":"model"},"index":0}]})",
        R"({"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAEC"}},)"
        R"({"inlineData":{"mimeType":"audio/L16","data":"AAEC"}},{"executableCode":{"code":"1"}}]},"index":0,"finishReason":"STOP",)"
        R"("groundingMetadata":{"webSearchQueries":["q"]}}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":20,)"
        R"("thoughtsTokenCount":5,"totalTokenCount":34}})"};
    return chunks;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_generate_stream)

BOOST_AUTO_TEST_CASE(events_of_a_stream) {
    const auto o = decode_stream(sse(sample()));
    BOOST_TEST(o.end.has_value());
    const std::string call = decode_stream(sse({R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]},)"
        R"("finishReason":"STOP"}],"responseId":"r-1"})"}))
                                 .events[1];
    const std::string id = call.substr(call.find(" id="), call.find(" name=") - call.find(" id="));
    BOOST_TEST(id.starts_with(" id=llmx_call_"));
    const std::vector<std::string> expected = {
        "start 0.0 [] id=r-1 name=gemini-2.5-flash",
        "usage 0.0 [] in=9 out=0", // before the content: some languages begin with it
        "thinking 0.0 [Let me ]",
        "thinking 0.0 [think\n\xC3\xA9]",
        "text 0.1 [Grüße ]",
        "text 0.1 [😀 \"q\" [DONE]]",
        "text 0.2 []", // a signature is a part of its own, as it has to go back
        "thinking_signature 0.2 [c2ln] name=gemini_generate",
        "tool_call 0.3 [Y2FsbA==]" + id + " name=f",
        R"(tool_arguments 0.3 [{"a":{"b":[1,2]}}])",
        "tool_call 0.4 [] id=given name=g",
        "tool_arguments 0.4 [{}]",
        R"(citation 0.1 [{"groundingMetadata":{"webSearchQueries":["q"]}}] name=gemini_generate)",
        R"(opaque 0.5 [{"inlineData":{"mimeType":"image/png","data":"AAEC"}}] name=gemini_generate)",
        R"(audio 0.6 [{"inlineData":{"mimeType":"audio/L16","data":"AAEC"}}] name=gemini_generate)",
        R"(opaque 0.7 [{"executableCode":{"code":"1"}}] name=gemini_generate)",
        "usage 0.0 [] in=9 out=25",
        "finish 0.0 [] reason=" + std::to_string(static_cast<int>(finish_reason::tool_calls)),
    };
    BOOST_TEST(o.events == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(citations_are_given_one_by_one_in_characters) {
    // Bytes: "Grüße, " has 9, "Köln" 5; the segment is "Köln 😀".
    const std::string grounding = R"({"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"maps":{"uri":"https://b"}}],)"
        R"("groundingSupports":[{"segment":{"startIndex":9,"endIndex":19,"text":"Köln 😀"},"groundingChunkIndices":[0,1,7]},)"
        R"({"segment":{"endIndex":7},"groundingChunkIndices":[1]}]})";
    const std::string last = R"({"candidates":[{"content":{"parts":[{"text":"öln 😀."},{"text":"","thoughtSignature":"c2ln"}],)"
        R"("role":"model"},"finishReason":"STOP","index":0,"groundingMetadata":)" + grounding +
                             R"(,"citationMetadata":{"citationSources":[{"startIndex":1,"endIndex":5,"uri":"https://c"}]}}]})";
    const auto o = decode_stream(sse({text_chunk("Grüße, "), text_chunk("K"), last}));
    BOOST_REQUIRE(o.end.has_value());
    const std::vector<std::string> expected = {
        "text 0.0 [öln 😀.]",
        "citation 0.0 [{\"groundingMetadata\":" + grounding + "}] name=gemini_generate",
        R"(citation 0.0 [{"citationMetadata":{"citationSources":[{"startIndex":1,"endIndex":5,"uri":"https://c"}]}}] name=gemini_generate)",
        R"(citation 0.0 [{"url":"https://a","title":"A","cited_text":"Köln 😀","start_index":7,"end_index":13}])",
        R"(citation 0.0 [{"url":"https://b","cited_text":"Köln 😀","start_index":7,"end_index":13}])",
        R"(citation 0.0 [{"url":"https://b","start_index":0,"end_index":5}])",
        R"(citation 0.0 [{"url":"https://c","start_index":1,"end_index":4}])",
        "text 0.1 []",
        "thinking_signature 0.1 [c2ln] name=gemini_generate",
    };
    BOOST_TEST(std::vector<std::string>(o.events.begin() + 3, o.events.begin() + 12) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(split_anywhere_in_both_framings) {
    const auto whole = decode_stream(sse(sample())).events;
    for (const std::string& wire : {sse(sample()), array(sample()), "\r\n [ " + array(sample()).substr(1), "\xEF\xBB\xBF" + sse(sample())}) {
        BOOST_TEST(decode_stream(wire, 1, 1).events == whole, boost::test_tools::per_element());
        for (std::size_t cut = 1; cut < wire.size(); ++cut) {
            const auto o = decode_stream(wire, cut);
            BOOST_REQUIRE_MESSAGE(o.end.has_value() && o.events == whole, "cut at " << cut << " of " << wire.substr(0, 20));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_off_is_truncated) {
    const std::vector<std::string> chunks = {text_chunk("a"), text_chunk("b", R"(,"finishReason":"STOP")")};
    for (const std::string& wire : {sse(chunks), array(chunks)}) {
        // The last line end may be missing in SSE; an array must be closed.
        const bool is_array = wire.front() == '[';
        const std::size_t enough = is_array ? wire.find_last_of(']') + 1 : wire.find_last_of('}') + 1;
        for (std::size_t n = 0; n <= wire.size(); ++n) {
            const auto o = decode_stream(std::string_view(wire).substr(0, n));
            if (n >= enough) {
                BOOST_TEST(o.end.has_value(), "at " << n);
                BOOST_TEST(o.events.back().starts_with("finish"), "at " << n);
            } else {
                BOOST_REQUIRE_MESSAGE(o.end.has_error(), "at " << n);
                BOOST_TEST((o.end.error().value() == errc::truncated), "at " << n);
                for (const auto& e : o.events) BOOST_TEST(!e.starts_with("finish"), "at " << n);
            }
        }
    }
    // One of two choices, no candidate at all, and more after a finish reason.
    const char* two = R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0,"finishReason":"STOP"},{"content":{"parts":[{"text":"b"}]},"index":1}]})";
    BOOST_TEST((decode_stream(sse({two})).end.error().value() == errc::truncated));
    BOOST_TEST((decode_stream(sse({R"({"usageMetadata":{"promptTokenCount":1}})"})).end.error().value() == errc::truncated));
    BOOST_TEST((decode_stream(sse({text_chunk("a", R"(,"finishReason":"STOP")"), text_chunk("b")})).end.error().value() == errc::truncated));
    BOOST_TEST((decode_stream("[]").end.error().value() == errc::truncated));
}

BOOST_AUTO_TEST_CASE(a_finish_reason_in_every_chunk_is_one_finish) {
    const auto o = decode_stream(sse({text_chunk("a", R"(,"finishReason":"STOP")"), text_chunk("b", R"(,"finishReason":"STOP")"),
                                      R"({"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2}})", "[DONE]"}));
    BOOST_TEST(o.end.has_value());
    BOOST_TEST(std::count_if(o.events.begin(), o.events.end(), [](const auto& e) { return e.starts_with("finish"); }) == 1);
    BOOST_TEST(o.events.back().starts_with("finish"));
}

BOOST_AUTO_TEST_CASE(errors_inside_a_stream) {
    const char* failure = R"({"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED",)"
        R"("details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}})";
    for (const std::string& wire : {sse({text_chunk("a"), failure}), array({text_chunk("a"), failure}), sse({failure}), array({failure})}) {
        const auto o = decode_stream(wire);
        BOOST_REQUIRE(o.end.has_error());
        const auto& e = o.end.error();
        BOOST_TEST((e.value() == errc::rate_limited));
        BOOST_TEST(e.provider_status() == 429);
        BOOST_TEST(e.provider_code() == "RESOURCE_EXHAUSTED");
        BOOST_TEST(e.provider_message() == "quota");
        BOOST_TEST(e.retry_after()->count() == 7000);
    }
    BOOST_TEST((decode_stream(sse({"{nonsense}"})).end.error().value() == errc::bad_response));
    BOOST_TEST((decode_stream("[{nonsense}]").end.error().value() == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(a_blocked_prompt) {
    const auto o = decode_stream(sse({R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4},"modelVersion":"m"})"}));
    BOOST_TEST(o.end.has_value());
    BOOST_TEST(o.events.back() == "finish 0.0 [] reason=" + std::to_string(static_cast<int>(finish_reason::content_filter)));
}

BOOST_AUTO_TEST_CASE(no_allocation_per_token) {
    dialect::stream_decoder decoder;
    llmx::event_batch batch;
    llmx::reply_options options;
    options.model = "alias";
    dialect::stream_encoder encoder(options);
    dialect::stream_watch watch;
    std::string out;
    out.reserve(64 * 1024);
    const std::string chunk = sse({R"({"candidates":[{"content":{"parts":[{"text":"some \"words\" of a usual length, as tokens )"
        R"(come"}],"role":"model"},"index":0,"safetyRatings":[{"category":"HARM_CATEGORY_HARASSMENT",)"
        R"("probability":"NEGLIGIBLE"}]}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":20,"totalTokenCount":29,)"
        R"("promptTokensDetails":[{"modality":"TEXT","tokenCount":9}]},"modelVersion":"gemini-2.5-flash","responseId":"r-1"})"});
    const auto round = [&] {
        batch.clear();
        out.clear();
        if (decoder.feed(chunk, batch).has_error()) return false;
        bool text = false;
        for (const auto& e : batch.events()) {
            text = text || e.what == kind::text;
            encoder.encode(e, out);
        }
        return text && watch.feed(chunk).begun;
    };
    for (int i = 0; i < 3; ++i) BOOST_REQUIRE(round());
    const std::size_t before = llmx_test::allocations();
    bool fine = true;
    for (int i = 0; i < 1000; ++i) fine = fine && round();
    const std::size_t after = llmx_test::allocations();
    BOOST_TEST(fine);
    BOOST_TEST(after - before == 0u);
    const std::string big(100, 'x'); // the counter counts
    BOOST_TEST(llmx_test::allocations() > after);
}

BOOST_AUTO_TEST_CASE(events_survive_both_framings) {
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
        generator g(seed);
        const bool json_array = g.chance(2);
        llmx::event_batch batch;
        const auto add = [&batch](kind k, std::uint32_t choice, std::uint32_t part, std::string_view text) -> chat_event& {
            auto& e = batch.add(k);
            e.choice = choice;
            e.part = part;
            e.text = batch.keep(text);
            return e;
        };
        auto& start = add(kind::start, 0, 0, "");
        start.id = batch.keep("r-" + g.word());
        start.name = batch.keep(g.word());
        const auto choices = static_cast<std::uint32_t>(1 + g.below(2));
        std::vector<bool> called(choices);
        for (std::uint32_t c = 0; c < choices; ++c) {
            kind last = kind::ping;
            const auto parts = static_cast<std::uint32_t>(1 + g.below(5));
            for (std::uint32_t p = 0; p < parts; ++p) {
                kind k = g.chance(2) ? kind::text : g.chance(2) ? kind::thinking : kind::tool_call;
                if (k == last && k != kind::tool_call) k = k == kind::text ? kind::thinking : kind::text;
                last = k;
                if (k == kind::tool_call) {
                    auto& e = add(k, c, p, g.chance(2) ? "c2ln" : "");
                    e.id = batch.keep("call_" + g.word());
                    e.name = batch.keep(g.word());
                    add(kind::tool_arguments, c, p, g.object());
                    called[c] = true;
                } else if (g.chance(4)) {
                    add(k, c, p, "");
                    add(kind::thinking_signature, c, p, "c2ln").name = "gemini_generate";
                    last = kind::ping;
                } else {
                    for (std::size_t n = 1 + g.below(3); n > 0; --n) add(k, c, p, g.text());
                }
            }
        }
        add(kind::usage, 0, 0, "").tokens.input_tokens = 5;
        for (std::uint32_t c = 0; c < choices; ++c)
            add(kind::finish, c, 0, "").reason = g.chance(3) ? finish_reason::length : called[c] ? finish_reason::tool_calls : finish_reason::stop;

        llmx::reply_options options;
        options.json_array = json_array;
        dialect::stream_encoder encoder(options);
        std::string wire;
        std::map<std::uint32_t, std::vector<std::string>> before, after;
        for (const auto& e : batch.events()) {
            before[e.choice].push_back(line_of(e));
            encoder.encode(e, wire);
        }
        encoder.finish(wire);
        BOOST_TEST(!encoder.failed());
        dialect::stream_decoder decoder;
        llmx::event_batch again;
        BOOST_REQUIRE_MESSAGE(decoder.feed(wire, again).has_value(), "seed " << seed << "\n" << wire);
        BOOST_REQUIRE_MESSAGE(decoder.finish(again).has_value(), "seed " << seed << "\n" << wire);
        for (const auto& e : again.events()) after[e.choice].push_back(line_of(e));
        BOOST_REQUIRE_MESSAGE(before == after, "seed " << seed << "\n" << wire);
        if (json_array) BOOST_CHECK_NO_THROW(json(wire));
        dialect::stream_watch watch;
        const auto& progress = watch.feed(wire);
        BOOST_TEST(progress.complete, "seed " << seed);
        BOOST_TEST(progress.tokens.input_tokens == 5, "seed " << seed);
    }
}

namespace {

/// What an encoder makes of some events, and of the end.
struct written {
    std::string text;
    bool failed = false;
};
template <class F> written encode_stream(F events, bool finish = true, bool json_array = false) {
    llmx::reply_options options;
    options.json_array = json_array;
    options.id = "own";
    dialect::stream_encoder encoder(options);
    written w;
    events([&](kind k, std::string_view text, std::uint32_t part = 0, std::string_view id = "", std::string_view name = "") {
        chat_event e;
        e.what = k;
        e.text = text;
        e.part = part;
        e.id = id;
        e.name = name;
        e.reason = finish_reason::stop;
        encoder.encode(e, w.text);
    });
    if (finish) encoder.finish(w.text);
    w.failed = encoder.failed();
    return w;
}

} // namespace

BOOST_AUTO_TEST_CASE(chunks_as_written) {
    const auto w = encode_stream([](auto say) {
        say(kind::start, "", 0, "r", "m");
        say(kind::text, "Hi");
        say(kind::ping, "");
        say(kind::redacted_thinking, "x", 1);
        say(kind::finish, "");
    });
    BOOST_TEST(w.text == "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}],\"role\":\"model\"},\"index\":0}],"
        "\"modelVersion\":\"m\",\"responseId\":\"r\"}\r\n\r\n"
                         "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},"
                         "\"finishReason\":\"STOP\",\"index\":0}],\"modelVersion\":\"m\",\"responseId\":\"r\"}\r\n\r\n");
    BOOST_TEST(encode_stream([](auto) {}, true, true).text == "[]");
}

BOOST_AUTO_TEST_CASE(calls_are_whole) {
    // Fragments, parallel calls in turns, and a call without arguments.
    const auto w = encode_stream([](auto say) {
        say(kind::tool_call, "", 0, "a", "f");
        say(kind::tool_arguments, "{\"x\"", 0);
        say(kind::tool_call, "", 1, "b", "g");
        say(kind::tool_arguments, ":1,\n\"y\":[]}", 0);
        say(kind::tool_call, "", 2, "c", "h");
        say(kind::tool_arguments, "{}", 1);
        say(kind::finish, "");
    });
    BOOST_TEST(!w.failed);
    const auto o = decode_stream(w.text);
    BOOST_TEST(o.end.has_value());
    const std::vector<std::string> expected = {"tool_call 0.0 [] id=a name=f", "tool_arguments 0.0 [{\"x\":1,\"y\":[]}]",
                                               "tool_call 0.1 [] id=b name=g", "tool_arguments 0.1 [{}]",
                                               "tool_call 0.2 [] id=c name=h", "tool_arguments 0.2 [{}]"};
    BOOST_TEST(std::vector<std::string>(o.events.begin() + 1, o.events.begin() + 7) == expected, boost::test_tools::per_element());
    // An object that is complete does not wait for the end.
    const auto early = encode_stream([](auto say) {
        say(kind::tool_call, "", 0, "a", "f");
        say(kind::tool_arguments, "{\"x\":1}", 0);
        say(kind::tool_call, "", 1, "b", "g");
    }, false);
    BOOST_TEST(early.text.find("\"name\":\"f\"") != std::string::npos);
    BOOST_TEST(early.text.find("\"name\":\"g\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(arguments_that_are_no_object_break_the_stream) {
    for (const bool json_array : {false, true}) {
        const auto w = encode_stream([](auto say) {
            say(kind::text, "t");
            say(kind::tool_call, "", 1, "a", "f");
            say(kind::tool_arguments, "{\"x\":", 1);
            say(kind::finish, "");
            say(kind::text, "never");
        }, true, json_array);
        BOOST_TEST(w.failed);
        BOOST_TEST(w.text.find("finishReason") == std::string::npos);
        BOOST_TEST(w.text.find("never") == std::string::npos);
        BOOST_TEST(w.text.find("\"error\"") != std::string::npos);
        BOOST_TEST((json_array ? w.text.back() == '}' : true)); // never closed
        BOOST_TEST(decode_stream(w.text).end.has_error());
    }
}

BOOST_AUTO_TEST_CASE(a_failure_is_never_a_clean_end) {
    for (const bool json_array : {false, true}) {
        llmx::reply_options options;
        options.json_array = json_array;
        dialect::stream_encoder encoder(options);
        std::string out;
        chat_event e;
        e.what = kind::text;
        e.text = "a";
        encoder.encode(e, out);
        encoder.fail(llmx::error(errc::truncated, "broke off"), out);
        encoder.fail(llmx::error(errc::truncated, "again"), out);
        encoder.finish(out);
        BOOST_TEST(out.find("again") == std::string::npos);
        BOOST_TEST((out.find("]") == std::string::npos || !out.ends_with("]")));
        const auto o = decode_stream(out);
        BOOST_REQUIRE(o.end.has_error());
        BOOST_TEST((o.end.error().value() == errc::overloaded)); // UNAVAILABLE
        dialect::stream_watch watch;
        BOOST_TEST(watch.feed(out).failed);
        BOOST_TEST(!watch.feed("").complete);
    }
}

BOOST_AUTO_TEST_CASE(what_other_dialects_bring) {
    const auto w = encode_stream([](auto say) {
        say(kind::refusal, "no");
        say(kind::thinking, "hm", 1);
        say(kind::thinking_signature, "c2", 1);
        say(kind::thinking_signature, "ln", 1);
        say(kind::thinking_signature, "aGlk", 2); // a thought that is not shown
        say(kind::citation, R"({"type":"url_citation","url_citation":{"url":"https://a","title":"A"}})", 3, "", "openai_chat");
        say(kind::opaque, R"({"type":"x"})", 4, "", "anthropic_messages");
        say(kind::logprobs, R"({"content":[{"token":"a","logprob":-1}]})");
        say(kind::opaque, "{\"executableCode\":\n{\"code\":\"1\"}}", 5, "", "gemini_generate");
        say(kind::finish, "");
    });
    const auto o = decode_stream(w.text);
    BOOST_REQUIRE(o.end.has_value());
    const std::vector<std::string> expected = {
        "text 0.0 [no]", "thinking 0.1 [hm]", "thinking 0.2 []", "thinking_signature 0.2 [c2lnaGlk] name=gemini_generate",
        R"(citation 0.0 [{"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}}],)"
        R"("groundingSupports":[{"segment":{},"groundingChunkIndices":[0]}]}}] name=gemini_generate)",
        R"(citation 0.0 [{"url":"https://a","title":"A"}])",
        R"(logprobs 0.0 [{"content":[{"token":"a","logprob":-1,"bytes":null,"top_logprobs":[]}]}])",
        R"(opaque 0.3 [{"executableCode":{"code":"1"}}] name=gemini_generate)"};
    BOOST_TEST(std::vector<std::string>(o.events.begin() + 1, o.events.begin() + 9) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(citations_as_written) {
    const auto cite = [](std::string_view own) {
        return encode_stream([own](auto say) {
            say(kind::thinking, "ü");
            say(kind::text, "Grü", 1);
            say(kind::text, "ße", 1);
            if (!own.empty()) say(kind::citation, own, 1, "", "gemini_generate");
            say(kind::citation, R"({"url":"https://a","title":"A","start_index":2,"end_index":4})", 1);
            say(kind::citation, R"({"type":"url_citation","url_citation":{"url":"https://b","title":"","start_index":0,"end_index":3}})", 1, "", "openai_chat");
            say(kind::finish, "");
        }).text;
    };
    const auto count = [](std::string_view text, std::string_view what) {
        std::size_t n = 0;
        for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
        return n;
    };
    const std::string all = cite("");
    BOOST_TEST(count(all, R"("groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}}],)"
        R"("groundingSupports":[{"segment":{"startIndex":2,"endIndex":6},"groundingChunkIndices":[0]}]})") == 1u);
    BOOST_TEST(count(all, R"("groundingSupports":[{"segment":{"endIndex":4},"groundingChunkIndices":[0]}])") == 1u);
    // Those in no language's own words repeat ours.
    const std::string ours = cite(R"({"groundingMetadata":{"webSearchQueries":["q"]}})");
    BOOST_TEST(count(ours, R"("groundingMetadata":{"webSearchQueries":["q"]})") == 1u);
    BOOST_TEST(count(ours, "https://a") == 0u);
    BOOST_TEST(count(ours, "https://b") == 1u);
}

BOOST_AUTO_TEST_CASE(watching) {
    const std::vector<std::string> chunks = {R"({"usageMetadata":{"promptTokenCount":3},"candidates":[{"content":{"parts":[{"text":""}]}}]})",
                                             text_chunk("say \"finishReason\":\"STOP\" and \"error\""), text_chunk("b", R"(,"finishReason":"STOP")"),
                                             R"({"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,)"
                                        R"("thoughtsTokenCount":2,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":1}]}})"};
    for (const std::string& wire : {sse(chunks), array(chunks)}) {
        for (std::size_t step : {std::size_t{1}, std::size_t{7}, wire.size()}) {
            dialect::stream_watch watch;
            std::size_t begun = 0, complete = 0;
            for (std::size_t at = 0; at < wire.size(); at += step) {
                const auto& p = watch.feed(std::string_view(wire).substr(at, step));
                if (p.begun && begun == 0) begun = at + step;
                if (p.complete && complete == 0) complete = at + step;
                BOOST_TEST(!p.failed);
            }
            const auto& p = watch.feed("");
            BOOST_TEST(p.begun);
            BOOST_TEST(p.complete);
            BOOST_TEST(p.tokens.input_tokens == 3);
            BOOST_TEST(p.tokens.output_tokens == 6);
            BOOST_TEST(p.tokens.reasoning_tokens == 2);
            BOOST_TEST(p.tokens.input_audio_tokens == 1);
            if (step == 1) {
                BOOST_TEST(begun > chunks[0].size());                      // not by an empty text
                BOOST_TEST(complete > wire.find("finishReason\":\"STOP\",")); // not by the text
            }
        }
        for (std::size_t n = 0; n < wire.find(",\"finishReason\":\"STOP\"") + 20; ++n) {
            dialect::stream_watch watch;
            BOOST_TEST(!watch.feed(std::string_view(wire).substr(0, n)).complete, "at " << n);
        }
    }
    dialect::stream_watch open;
    BOOST_TEST(!open.feed(array(chunks).substr(0, array(chunks).size() - 2)).complete); // the bracket is missing
    dialect::stream_watch blocked;
    BOOST_TEST(blocked.feed(sse({R"({"promptFeedback":{"blockReason":"OTHER"}})"})).complete);
    dialect::stream_watch two;
    BOOST_TEST(!two.feed(sse({R"({"candidates":[{"index":0,"finishReason":"STOP"},{"index":1,"content":{"parts":[{"text":"b"}]}}]})"})).complete);
    dialect::stream_watch garbage;
    BOOST_TEST(!garbage.feed("[{}}").complete);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_generate_stream_unit
