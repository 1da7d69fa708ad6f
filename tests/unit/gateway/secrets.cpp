// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/url.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace secrets_unit {

// A provider's key reaches no caller: in no spelling, in no part of an error, whole or streamed,
// as bytes that pass through and as events that are translated.

using namespace gateway_test;

namespace {

using plain_gateway = gateway<providers, weighted>;

const std::string key = "sk-up/PLANTED+91c2";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// Each character of the key as \p form has it.
std::string each(const std::function<std::string(unsigned char)>& form) {
    std::string out;
    for (const char c : key) out += form(static_cast<unsigned char>(c));
    return out;
}

std::string hex(const char* format, unsigned char c) {
    char text[16];
    std::snprintf(text, sizeof text, format, c);
    return text;
}

struct spelling {
    std::string name;
    /// As it stands inside of a JSON string.
    std::string text;
};

std::vector<spelling> spellings() {
    std::string percent;
    append_percent_encoded(percent, key);
    return {
        {"plain", key},
        {"JSON, slash", replaced(key, "/", "\\/")},
        {"JSON, all", each([](unsigned char c) { return hex("\\u%04x", c); })},
        {"JSON, all, capitals", each([](unsigned char c) { return hex("\\u%04X", c); })},
        {"JSON, one letter", replaced(key, "P", "\\u0050")},
        {"JSON in JSON", replaced(key, "/", "\\\\\\/")},
        {"JSON in JSON, all", each([](unsigned char c) { return hex("\\\\u%04x", c); })},
        {"percent", percent},
        {"percent, all", each([](unsigned char c) { return hex("%%%02x", c); })},
        {"percent twice", replaced(percent, "%", "%25")},
        {"percent in JSON", replaced(percent, "%", "\\u0025")},
        {"HTML", each([](unsigned char c) { return hex("&#x%02x;", c); })},
        {"HTML, decimal", each([](unsigned char c) { return hex("&#%d;", c); })},
        {"Basic, user", base64_encode(":" + key)},
        {"Basic, password", base64_encode("api:" + key)},
        {"Basic, of three", base64_encode("ab:" + key + ":x")},
        {"base64", base64_encode(key)},
        {"base64 for URLs", base64url_encode("x:" + key)},
        {"base64 in JSON", replaced(base64_encode(":" + key + ":" + key), "/", "\\/")},
    };
}

/// Whether the key can be read out of \p text by undoing escapes, however often.
bool leaks(const std::string& text) {
    const auto undone = [](std::string_view t) {
        std::string out;
        for (std::size_t i = 0; i < t.size(); ++i) {
            unsigned code = 0;
            int used = 0;
            const std::string rest(t.substr(i, 12));
            if (t[i] == '\\' && i + 5 < t.size() && t[i + 1] == 'u' && std::sscanf(rest.c_str() + 2, "%4x", &code) == 1) {
                out += static_cast<char>(code);
                i += 5;
            } else if (t[i] == '\\' && i + 1 < t.size()) {
                out += t[++i];
            } else if (t[i] == '%' && i + 2 < t.size() && std::sscanf(rest.c_str() + 1, "%2x", &code) == 1) {
                out += static_cast<char>(code);
                i += 2;
            } else if ((std::sscanf(rest.c_str(), "&#x%x;%n", &code, &used) == 1 && used > 0) ||
                       (std::sscanf(rest.c_str(), "&#%u;%n", &code, &used) == 1 && used > 0)) {
                out += static_cast<char>(code);
                i += static_cast<std::size_t>(used) - 1;
            } else {
                out += t[i];
            }
        }
        return out;
    };
    std::string now = text;
    for (int depth = 0; depth < 5; ++depth) {
        if (now.find(key) != std::string::npos) return true;
        for (std::string standard : {now, replaced(replaced(now, "-", "+"), "_", "/")}) {
            // The middle of each of the three places that the key can have among sextets.
            for (std::size_t before = 0; before < 3; ++before) {
                const std::string whole = base64_encode(std::string(before, ' ') + key + "   ");
                if (standard.find(whole.substr(4, 16)) != std::string::npos) return true;
            }
        }
        std::string next = undone(now);
        if (next == now) break;
        now = std::move(next);
    }
    return false;
}

std::string all_of(const error& e) {
    return e.message() + "\n" + e.provider_message() + "\n" + e.provider_code() + "\n" + e.param() + "\n" + e.request_id();
}

struct vendor {
    std::string name;
    const codec_ops* dialect;
    std::vector<std::string> places;
    /// Beginning of a stream that has brought content.
    std::string begun;
};

std::vector<vendor> vendors() {
    const auto event = [](std::string_view type, std::string_view members) {
        return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}\n\n";
    };
    return {
        {"openai", &codec_of<openai_chat>, {"message", "type", "code", "param", "other"}, openai_stream[0] + openai_stream[1]},
        {"anthropic",
         &codec_of<anthropic_messages>,
         {"message", "type", "request_id", "other"},
         event("message_start", R"(,"message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],)"
             R"("usage":{"input_tokens":1,"output_tokens":1}})") +
             event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})") +
             event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"Hello"})")},
        {"gemini",
         &codec_of<gemini_generate>,
         {"message", "status", "reason", "field", "other"},
         "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}],\"role\":\"model\"}}]}\r\n\r\n"},
    };
}

/// The vendor's error object with \p text in one \p place.
std::string error_json(const vendor& v, std::string_view place, std::string_view text) {
    const auto at = [&](std::string_view p, std::string_view usual) {
        return "\"" + std::string(p == place ? "bad " + std::string(text) + " !" : std::string(usual)) + "\"";
    };
    if (v.name == "openai")
        return "{\"error\":{\"message\":" + at("message", "no") + ",\"type\":" + at("type", "x") +
               (place == "type" ? "" : ",\"code\":" + at("code", "y")) + ",\"param\":" + at("param", "z") +
               ",\"headers\":{\"authorization\":" + at("other", "-") + "}}}";
    if (v.name == "anthropic")
        return "{\"type\":\"error\",\"error\":{\"type\":" + at("type", "api_error") + ",\"message\":" + at("message", "no") +
               ",\"more\":" + at("other", "-") + "},\"request_id\":" + at("request_id", "r") + "}";
    return "{\"error\":{\"code\":401,\"message\":" + at("message", "no") + ",\"status\":" + at("status", "UNAUTHENTICATED") +
           ",\"more\":" + at("other", "-") + ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":" +
           at("reason", "R") + "},{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[{\"field\":" +
           at("field", "f") + "}]}]}}";
}

std::string error_event(const vendor& v, std::string_view json) {
    if (v.name == "anthropic") return "event: error\ndata: " + std::string(json) + "\n\n";
    return "data: " + std::string(json) + "\n\n";
}

deployment keyed(const std::string& provider, std::string secret_text = key) {
    deployment d = make("a", "m", provider, "m");
    d.key = secret(std::move(secret_text));
    return d;
}

/// What a caller gets: bytes or text, and the failure.
struct got {
    std::string bytes;
    std::optional<error> failure;
    bool said_so = false;
};

boost::asio::awaitable<got> relayed(plain_gateway& gw, call& c) {
    got g;
    const result<reply> r = co_await gw.execute(c);
    if (r.has_error()) {
        g.failure = r.error();
        co_return g;
    }
    g.bytes = r->body + r->request_id;
    while (r->stream) {
        const auto piece = co_await r->stream->read_some();
        if (piece.has_error()) {
            g.failure = piece.error();
            break;
        }
        if (piece->empty()) break;
        g.bytes += *piece;
    }
    if (r->stream) g.said_so = r->stream->provider_reported();
    co_return g;
}

boost::asio::awaitable<got> decoded(plain_gateway& gw, world& w, const chat_request& q, bool stream) {
    got g;
    if (!stream) {
        const auto r = co_await gw.chat(w.runtime, w.context, q);
        if (r.has_error()) g.failure = r.error();
        co_return g;
    }
    auto s = co_await gw.stream(w.runtime, w.context, q);
    if (s.has_error()) {
        g.failure = s.error();
        co_return g;
    }
    while (co_await s->read_more())
        while (const chat_event* e = s->try_next()) {
            g.bytes += e->text;
        }
    g.failure = s->failure();
    co_return g;
}

/// One call of each kind to \p v, which answers by \p script: bytes that pass through and a decoded answer.
void call_both(const vendor& v, bool stream, const std::function<void(world&)>& script,
               const std::function<void(const got&)>& look) {
    for (const bool passed : {true, false}) {
        BOOST_TEST_CONTEXT((passed ? "passed through" : "decoded")) {
            world w;
            plain_gateway gw(world_of({keyed(v.name)}));
            script(w);
            if (passed) {
                call c(w.runtime, w.context);
                c.in.codec = v.dialect;
                c.in.body = v.name == "gemini" ? R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})"
                                            : R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]})";
                c.model = "m";
                c.in.stream = stream;
                if (v.name != "gemini") {
                    c.in.model_begin = 9;
                    c.in.model_end = 12;
                }
                look(testing::run(relayed(gw, c)));
            } else {
                const chat_request q("m", "x");
                look(testing::run(decoded(gw, w, q, stream)));
            }
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_secrets)

BOOST_AUTO_TEST_CASE(the_judge_sees_a_leak) {
    for (const spelling& s : spellings()) BOOST_TEST(leaks("x " + s.text + " y"), s.name);
    BOOST_TEST(!leaks("x sk-up...91c2 y *** " + base64_encode("something else that is long")));
}

BOOST_AUTO_TEST_CASE(whole_errors_hide_the_key_in_every_spelling_and_place) {
    for (const vendor& v : vendors())
        for (const std::string& place : v.places)
            for (const spelling& s : spellings())
                for (const int status : {401, 200})
                    BOOST_TEST_CONTEXT(v.name << ", " << place << ", " << s.name << ", " << status) {
                        call_both(
                            v, false,
                            [&](world& w) {
                                w.network.reply(status, error_json(v, place, s.text)).field("content-type", "application/json");
                            },
                            [&](const got& g) {
                                BOOST_REQUIRE(g.failure.has_value());
                                BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
                                BOOST_TEST(!leaks(g.bytes));
                                if (place == "message") {
                                    BOOST_TEST(g.failure->provider_message().find("***") != std::string::npos);
                                    BOOST_TEST(g.failure->provider_message().starts_with("bad "));
                                }
                            });
                    }
}

BOOST_AUTO_TEST_CASE(a_key_in_a_request_id_or_a_broken_connection_is_hidden) {
    for (const vendor& v : vendors())
        BOOST_TEST_CONTEXT(v.name) {
            const auto none = [](const got& g) {
                BOOST_TEST(!leaks(g.bytes));
                if (g.failure) BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
            };
            for (const int status : {401, 200})
                call_both(
                    v, false,
                    [&](world& w) { w.network.reply(status, status == 200 ? openai_reply : "{}").field("x-request-id", "id " + key); },
                    none);
            for (const bool stream : {false, true})
                call_both(
                    v, stream, [&](world& w) { w.network.fail(error(errc::connect_failed, "cannot connect to x:" + key + "@h")); },
                    [&](const got& g) {
                        none(g);
                        BOOST_REQUIRE(g.failure.has_value());
                        BOOST_TEST(g.failure->message() == "cannot connect to x:***@h");
                    });
        }
}

BOOST_AUTO_TEST_CASE(a_reply_that_cannot_be_decoded_does_not_quote_the_key) {
    // Usage makes it look like an answer; the decoder finds that it is none.
    world w;
    plain_gateway gw(world_of({keyed("openai")}));
    w.network.reply(200, R"({"error":{"message":"bad key )" + replaced(key, "/", "\\/") +
                             R"("},"usage":{"prompt_tokens":1,"completion_tokens":1}})");
    const chat_request q("m", "x");
    const got g = testing::run(decoded(gw, w, q, false));
    BOOST_REQUIRE(g.failure.has_value());
    BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
}

BOOST_AUTO_TEST_CASE(streamed_errors_hide_the_key_in_every_spelling_and_place) {
    for (const vendor& v : vendors())
        for (const std::string& place : v.places)
            for (const spelling& s : spellings())
                for (const bool begun : {false, true})
                    BOOST_TEST_CONTEXT(v.name << ", " << place << ", " << s.name << (begun ? ", later" : ", first")) {
                        call_both(
                            v, true,
                            [&](world& w) {
                                auto& r = w.network.reply(200);
                                r.field("content-type", "text/event-stream");
                                if (begun) r.piece(v.begun);
                                r.piece(error_event(v, error_json(v, place, s.text)));
                            },
                            [&](const got& g) {
                                BOOST_REQUIRE(g.failure.has_value());
                                BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
                                BOOST_TEST(!leaks(g.bytes), g.bytes);
                                if (begun) BOOST_TEST(g.bytes.find("Hel") != std::string::npos);
                            });
                    }
}

BOOST_AUTO_TEST_CASE(streamed_errors_hide_the_key_wherever_they_are_cut) {
    for (const vendor& v : vendors())
        for (const std::string& text : {key, replaced(key, "/", "\\/")}) {
            const std::string event = error_event(v, error_json(v, "message", text));
            for (std::size_t cut = 1; cut < event.size(); ++cut)
                BOOST_TEST_CONTEXT(v.name << ", cut at " << cut) {
                    call_both(
                        v, true,
                        [&](world& w) {
                            auto& r = w.network.reply(200);
                            r.field("content-type", "text/event-stream");
                            r.piece(v.begun).piece(event.substr(0, cut)).piece(event.substr(cut));
                        },
                        [&](const got& g) {
                            BOOST_REQUIRE(g.failure.has_value());
                            BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
                            BOOST_TEST(!leaks(g.bytes), g.bytes);
                            BOOST_TEST(g.bytes.find("Hel") != std::string::npos);
                            BOOST_TEST(g.failure->provider_message() == "bad *** !");
                        });
                }
            // Byte by byte, and all in one piece.
            for (const std::size_t size : {std::size_t{1}, std::size_t{100000}})
                call_both(
                    v, true,
                    [&](world& w) {
                        w.network.reply(200).field("content-type", "text/event-stream").split(v.begun + event, size);
                    },
                    [&](const got& g) {
                        BOOST_REQUIRE(g.failure.has_value());
                        BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
                        BOOST_TEST(!leaks(g.bytes), g.bytes);
                    });
        }
}

BOOST_AUTO_TEST_CASE(errors_in_a_foreign_form_hide_the_key_too) {
    struct row {
        std::string_view provider, event;
    };
    static constexpr row rows[] = {
        {"openai", "event: error\ndata: {\"message\":\"bad KEY\",\"type\":\"authentication_error\"}\n\n"},
        {"openai", "event: error\r\ndata: {\"error\":\"bad KEY\"}\r\n\r\n"},
        {"anthropic", "data: {\"type\":\"error\",\"error\":{\"message\":\"bad KEY\"}}\n\n"},
        {"anthropic", "data: {\"error\":{\"message\":\"bad KEY\",\"type\":\"x\"}}\n\n"},
        {"anthropic", "event: error\ndata: {\"message\":\"bad KEY\"}\n\n"},
        {"gemini", "data: {\"error\":\"bad KEY\"}\r\n\r\n"},
        {"gemini", "event: error\ndata: {\"error\":{\"message\":\"bad KEY\"}}\n\n"},
    };
    for (const vendor& v : vendors())
        for (const row& given : rows) {
            if (given.provider != v.name) continue;
            const std::string event = replaced(std::string(given.event), "KEY", replaced(key, "/", "\\/"));
            BOOST_TEST_CONTEXT(event) {
                call_both(
                    v, true,
                    [&](world& w) { w.network.reply(200).field("content-type", "text/event-stream").piece(v.begun).piece(event); },
                    [&](const got& g) {
                        BOOST_REQUIRE(g.failure.has_value());
                        BOOST_TEST(!leaks(all_of(*g.failure)), all_of(*g.failure));
                        BOOST_TEST(!leaks(g.bytes), g.bytes);
                    });
            }
        }
}

BOOST_AUTO_TEST_CASE(what_passes_through_is_as_it_was_but_for_the_key) {
    for (const vendor& v : vendors()) {
        const std::string event = error_event(v, error_json(v, "message", "KEY"));
        for (const bool quoted : {false, true}) {
            world w;
            plain_gateway gw(world_of({keyed(v.name)}));
            const std::string sent = v.begun + (quoted ? replaced(event, "KEY", key) : event);
            // Split so that events are cut: what goes on is whole all the same.
            w.network.reply(200).field("content-type", "text/event-stream").split(sent, 37);
            call c(w.runtime, w.context);
            c.in.codec = v.dialect;
            c.in.body = R"({"contents":[{"role":"user","parts":[{"text":"x"}]}],"messages":[1]})";
            c.model = "m";
            c.in.stream = true;
            const got g = testing::run(relayed(gw, c));
            BOOST_REQUIRE(g.failure.has_value());
            BOOST_TEST(g.bytes == v.begun + (quoted ? replaced(event, "KEY", "***") : event));
            BOOST_TEST(g.said_so);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stream_arrives_byte_for_byte_however_it_is_cut) {
    std::string whole;
    for (const std::string& piece : openai_stream) whole += piece;
    for (const std::string& ending : {whole, whole.substr(0, whole.size() - 2), whole.substr(0, whole.size() - 1)})
        for (std::size_t size = 1; size <= ending.size() + 1; size += size < 40 ? 1 : 97) {
            world w;
            plain_gateway gw(world_of({keyed("openai")}));
            w.network.reply(200).field("content-type", "text/event-stream").split(ending, size);
            call c(w.runtime, w.context);
            c.in.codec = &codec_of<openai_chat>;
            c.in.body = R"({"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}]})";
            c.model = "m";
            c.in.model_begin = 9;
            c.in.model_end = 12;
            c.in.stream = true;
            const got g = testing::run(relayed(gw, c));
            BOOST_TEST(!g.failure.has_value());
            BOOST_TEST(g.bytes == ending);
        }
}

BOOST_AUTO_TEST_CASE(a_large_event_is_not_held_back_without_limit) {
    const std::string part = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
    const std::string large = part + std::string(3 << 20, 'x') + "\"}}]}\n\n";
    world w;
    plain_gateway gw(world_of({keyed("openai")}));
    w.network.reply(200).field("content-type", "text/event-stream").piece(openai_stream[1]).split(large + openai_stream[2], 4096);
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = R"({"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}]})";
    c.model = "m";
    c.in.model_begin = 9;
    c.in.model_end = 12;
    c.in.stream = true;
    const got g = testing::run(relayed(gw, c));
    BOOST_TEST(!g.failure.has_value());
    BOOST_TEST((g.bytes == openai_stream[1] + large + openai_stream[2]));
}

BOOST_AUTO_TEST_CASE(a_short_key_does_not_hide_every_message) {
    for (const std::string& given : {std::string("a"), std::string("ok"), std::string("bad"), std::string("EMPTY")}) {
        world w;
        plain_gateway gw(world_of({keyed("openai", given)}));
        w.network.reply(401, R"({"error":{"message":"a bad ok EMPTY message"}})");
        const chat_request q("m", "x");
        const got g = testing::run(decoded(gw, w, q, false));
        BOOST_REQUIRE(g.failure.has_value());
        BOOST_TEST(g.failure->provider_message() == "a bad ok EMPTY message");
    }
    world w;
    plain_gateway gw(world_of({keyed("openai", "sk-123")}));
    w.network.reply(401, R"({"error":{"message":"bad sk-123, or sk...23"}})");
    const chat_request q("m", "x");
    BOOST_TEST(testing::run(decoded(gw, w, q, false)).failure->provider_message() == "bad ***, or sk...23");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace secrets_unit
