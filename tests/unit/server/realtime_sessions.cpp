// SPDX-License-Identifier: BSL-1.0
// Realtime sessions while they are open: ephemeral keys, Gemini's sessions, limits, and sides that break the protocol or do not read.
#include "realtime_support.hpp"

#include <llmx/dialects/gemini/live.hpp>
#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/model_access.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/with_codecs.hpp>
#include <llmx/wire/websocket.hpp>

namespace realtime_sessions_unit {

using namespace realtime_test;
namespace json = boost::json;

using session_gateway = gateway<registry<openai, with_codecs<gemini, gemini_live>>, observers<watcher>, weighted, model_access, rate_limit, deployment_limit>;
using session_server = basic_server<session_gateway, key_authenticator, openai_realtime_endpoint, realtime_client_secrets_endpoint,
    openai_chat_endpoint>;

access_key key_of(std::string text, std::string alias, std::vector<std::string> models = {}, std::uint64_t rpm = 0, std::uint64_t tpm = 0) {
    auto who = std::make_shared<principal>();
    who->id = who->alias = std::move(alias);
    who->models = std::move(models);
    who->requests_per_minute = rpm;
    who->tokens_per_minute = tpm;
    return access_key(secret(std::move(text)), std::move(who));
}

class house {
public:
    explicit house(std::vector<deployment> all, realtime_options o = realtime_options(), std::vector<access_key> keys = {})
        : watch(std::make_shared<watcher>()), sink(std::make_shared<memory_sink>()), gateway_(world_of(std::move(all)), policies(watch)),
          callers(ring(std::move(keys))), server_(gateway_, callers, options(sink), pooled_runtimes(http_pool_options(), 1),
                                                  openai_realtime_endpoint(std::move(o), callers.ephemeral()),
                                                  realtime_client_secrets_endpoint(callers.ephemeral())) {
        BOOST_REQUIRE(gateway_.ready());
        BOOST_REQUIRE(server_.listen());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~house() { finish(); }
    void finish() {
        if (!thread_.joinable()) return;
        server_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return server_.port(); }
    static std::shared_ptr<const key_ring> ring(std::vector<access_key> keys) {
        keys.push_back(key_of("sk-master", "master"));
        return key_ring::make(std::move(keys)).value();
    }
    std::shared_ptr<watcher> watch;
    std::shared_ptr<memory_sink> sink;

private:
    static std::shared_ptr<const topology> world_of(std::vector<deployment> all) {
        auto made = session_gateway::registry_type::make_topology(std::move(all));
        BOOST_REQUIRE_MESSAGE(made, made.error().message());
        return *made;
    }
    static session_gateway::policies_type policies(const std::shared_ptr<watcher>& w) {
        session_gateway::policies_type p;
        std::get<observers<watcher>>(p) = observers<watcher>(w);
        return p;
    }
    static server_options options(const std::shared_ptr<memory_sink>& s) {
        setup made;
        made.options.log.sink = s;
        return made.options;
    }
    session_gateway gateway_;

public:
    key_authenticator callers;

private:
    session_server server_;
    std::thread thread_;
};

/// The answer to a request for an ephemeral key.
answer ask_secret(std::uint16_t port, const std::string& body, std::string_view key = "sk-master",
    std::string_view path = "/v1/realtime/client_secrets") {
    client c(port);
    c.send(post(path, body, "Authorization: Bearer " + std::string(key) + "\r\n"));
    return c.read();
}
std::string read_text(websocket::stream<tcp::socket>& ws) {
    beast::flat_buffer b;
    ws.read(b);
    return beast::buffers_to_string(b.data());
}
void write_text(websocket::stream<tcp::socket>& ws, std::string_view text) {
    ws.text(true);
    ws.write(asio::buffer(text.data(), text.size()));
}
std::string type_of(const std::string& event) { return std::string(json::parse(event).at("type").as_string()); }
std::string code_of(const std::string& event) { return std::string(json::parse(event).at("error").at("code").as_string()); }
std::string bearer(std::string_view key) { return "Bearer " + std::string(key); }

BOOST_AUTO_TEST_SUITE(server_realtime_sessions)

BOOST_AUTO_TEST_CASE(an_ephemeral_key_opens_one_kind_of_session) {
    peer up;
    house h({at(up, "a", "m"), at(up, "b", "n")}, realtime_options(), {key_of("sk-a", "team-a", {"m"})});
    const answer a = ask_secret(h.port(),
        R"({"expires_after":{"anchor":"created_at","seconds":60},"session":{"type":"realtime","model":"m","instructions":"Be brief."}})",
        "sk-a");
    BOOST_REQUIRE_MESSAGE(a.status == 200, a.body);
    const json::value made = a.json();
    const std::string key(made.at("value").as_string());
    BOOST_TEST(key.starts_with("ek_"));
    const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    BOOST_TEST(made.at("expires_at").as_int64() - now <= 60);
    BOOST_TEST(made.at("expires_at").as_int64() - now > 50);
    BOOST_TEST(made.at("session").at("model").as_string() == "m");
    BOOST_TEST(made.at("session").at("instructions").as_string() == "Be brief.");
    BOOST_TEST(made.at("session").at("object").as_string() == "realtime.session");
    // Both ways of authentication; the model of the key when the query has none, and its session as the first event.
    for (const fields& way : {fields{{"authorization", bearer(key)}}, fields{{"sec-websocket-protocol",
        "realtime, openai-insecure-api-key." + key}}})
        for (const char* const target : {"/v1/realtime", "/v1/realtime?model=m"}) {
            session c(h.port(), target, way);
            BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
            BOOST_TEST(c.read() == R"({"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}})");
            BOOST_TEST(c.echo("hi") == "hi");
            BOOST_TEST(up.last()["authorization"] == "Bearer sk-provider-key-of-a");
            BOOST_TEST(std::string(up.last()["sec-websocket-protocol"]).find("ek_") == std::string::npos);
            c.close();
        }
    const auto refused = [&](const std::string& target, std::string_view with) {
        session c(h.port(), target, {{"authorization", bearer(with)}});
        return c.answer.result_int();
    };
    BOOST_TEST(refused("/v1/realtime?model=n", key) == 403u);
    BOOST_TEST(refused("/v1/realtime?model=m", key + "0") == 401u);
    BOOST_TEST(refused("/v1/realtime", "sk-a") == 400u);
    client chat(h.port());
    chat.send(post("/v1/chat/completions", chat_body, "Authorization: " + bearer(key) + "\r\n"));
    BOOST_TEST(chat.read().status == 403);
    BOOST_TEST(ask_secret(h.port(), R"({"session":{"model":"m"}})", key).status == 403);
    // It may do what its caller may do now, and ends with it.
    BOOST_TEST(h.callers.replace(house::ring({key_of("sk-a", "team-a", {"other"})})).has_value());
    BOOST_TEST(refused("/v1/realtime", key) == 403u);
    BOOST_TEST(h.callers.replace(house::ring({})).has_value());
    BOOST_TEST(refused("/v1/realtime", key) == 401u);
    h.finish();
    BOOST_TEST(h.sink->text().find(key.substr(20)) == std::string::npos, "the log has a key");
}

struct secret_request {
    const char* body;
    const char* key;
    int status;
};
std::ostream& operator<<(std::ostream& os, const secret_request& r) { return os << r.body; }
const secret_request wrong_secrets[] = {
    {R"({})", "sk-master", 400},
    {"", "sk-master", 400},
    {R"([])", "sk-master", 400},
    {R"({"session":{"model":7}})", "sk-master", 400},
    {R"({"session":{"model":"m*"}})", "sk-master", 400},
    {R"({"session":{"model":"*"}})", "sk-a", 400},
    {R"({"session":{"model":"n"}})", "sk-a", 403},
    {R"({"session":{"model":"unknown"}})", "sk-master", 404},
    {R"({"session":{"model":"m"},"expires_after":{"anchor":"created_at","seconds":9}})", "sk-master", 400},
    {R"({"session":{"model":"m"},"expires_after":{"anchor":"created_at","seconds":7201}})", "sk-master", 400},
    {R"({"session":{"model":"m"},"expires_after":{"anchor":"other","seconds":60}})", "sk-master", 400},
    {R"({"session":{"model":"m"},"expires_after":60})", "sk-master", 400},
    {R"({"session":{"model":"m"}})", "sk-wrong", 401},
};
BOOST_AUTO_TEST_CASE(what_gets_no_ephemeral_key) {
    peer up;
    house h({at(up, "a", "m"), at(up, "b", "n")}, realtime_options(), {key_of("sk-a", "team-a", {"m"})});
    for (const secret_request& r : wrong_secrets) {
        const answer a = ask_secret(h.port(), r.body, r.key);
        BOOST_TEST(a.status == r.status, r.body << ": " << a.body);
    }
    BOOST_TEST(ask_secret(h.port(), R"({"session":{"model":"m","instructions":")" + std::string(70'000, 'x') + "\"}}").status == 413);
    BOOST_TEST(h.callers.ephemeral()->size() == 0u);
    const answer beta = ask_secret(h.port(),
        R"({"model":"m","voice":"ash","client_secret":{"expires_after":{"seconds":10,"anchor":"created_at"}}})", "sk-a",
        "/v1/realtime/sessions");
    BOOST_REQUIRE_MESSAGE(beta.status == 200, beta.body);
    BOOST_TEST(beta.json().at("voice").as_string() == "ash");
    BOOST_TEST(beta.json().at("client_secret").at("value").as_string().starts_with("ek_"));
    const answer transcription =
        ask_secret(h.port(), R"({"session":{"type":"transcription","audio":{"input":{"transcription":{"model":"m"}}}}})");
    BOOST_TEST(transcription.json().at("session").at("model").as_string() == "m");
    // Without anything but the model there is no first event.
    const std::string key(ask_secret(h.port(), R"({"session":{"type":"realtime","model":"m"}})").json().at("value").as_string());
    session c(h.port(), "/v1/realtime", {{"authorization", bearer(key)}});
    BOOST_TEST(c.echo("hi") == "hi");
}

BOOST_AUTO_TEST_CASE(a_subprotocol_is_chosen_also_where_the_provider_chooses_none) {
    peer up;
    up.speak = [](websocket::stream<tcp::socket>& ws) { write_text(ws, read_text(ws)); };
    house h({at(up, "g", "g", "", "gemini")});
    session c(h.port(), "/v1/realtime?model=g", {{"sec-websocket-protocol", "realtime, openai-insecure-api-key.sk-master"}});
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(c.answer["sec-websocket-protocol"] == "realtime");
    BOOST_TEST(up.last()["sec-websocket-protocol"].empty());
}

BOOST_AUTO_TEST_CASE(a_session_of_geminis_speaks_openais_events) {
    peer up;
    std::vector<std::string> got;
    up.speak = [&](websocket::stream<tcp::socket>& ws) {
        got.push_back(read_text(ws));
        // Google's messages are binary frames.
        ws.binary(true);
        const auto send = [&](std::string_view text) { ws.write(asio::buffer(text.data(), text.size())); };
        send(R"({"setupComplete":{}})");
        got.push_back(read_text(ws));
        send(R"({"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}})");
        send(R"({"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":3,"responseTokenCount":4}})");
        beast::flat_buffer rest;
        boost::system::error_code ec;
        ws.read(rest, ec);
    };
    deployment d = at(up, "g", "g", "/v1beta", "gemini");
    d.model = "gemini-live";
    std::optional<realtime_record> record;
    realtime_options o;
    o.on_end = [&record](const realtime_record& r, const call&) { record = r; };
    house h({d}, o);
    session c(h.port(), "/v1/realtime?model=g");
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(up.last().target() == "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent");
    BOOST_TEST(up.last()["x-goog-api-key"] == "sk-provider-key-of-g");
    BOOST_TEST(type_of(c.read()) == "session.created");
    c.send(R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text",)"
        R"("text":"hello"}]}})");
    c.send(R"({"type":"response.create"})");
    strings types;
    while (types.empty() || types.back() != "response.done") types.push_back(type_of(c.read()));
    BOOST_TEST(types[0] == "conversation.item.added");
    BOOST_TEST(std::count(types.begin(), types.end(), "response.output_audio.delta") == 1);
    c.ws.binary(true);
    BOOST_TEST(code_of(c.echo("{}")) == "invalid_event");
    c.ws.text(true);
    c.close();
    BOOST_TEST(!c.ec.failed(), c.ec.message());
    h.watch->wait_for_end();
    h.finish();
    BOOST_REQUIRE(got.size() == 2u);
    BOOST_TEST(got[0].find(R"("model":"models/gemini-live")") != std::string::npos, got[0]);
    BOOST_TEST(got[1].find(R"("turnComplete":true)") != std::string::npos, got[1]);
    BOOST_REQUIRE(record.has_value());
    BOOST_TEST(record->tokens.input_tokens == 3);
    BOOST_TEST(record->tokens.output_tokens == 4);
    const auto lines = h.sink->calls();
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].at("tokens_in").as_int64() == 3);
    BOOST_TEST(lines[0].at("provider").as_string() == "gemini");
}

/// A response that used so many tokens.
std::string done_with(int tokens) {
    return R"({"type":"response.done","response":{"usage":{"input_tokens":)" + std::to_string(tokens) + R"(,"output_tokens":0}}})";
}

BOOST_DATA_TEST_CASE(limits_hold_while_a_session_is_open, data::make({0, 1, 2}), kind) {
    peer up;
    deployment d = at(up, "a", "m");
    if (kind == 2) d.tokens_per_minute = 100;
    house h({d}, realtime_options(), {key_of("sk-a", "team-a", {}, kind == 0 ? 4 : 0, kind == 1 ? 100 : 0)});
    session c(h.port(), "/v1/realtime?model=m", {{"authorization", "Bearer sk-a"}});
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    const std::string part = done_with(40);
    BOOST_TEST(c.echo(part) == part);
    BOOST_TEST(c.echo(part) == part);
    BOOST_TEST(c.echo(part) == part);
    const std::string event = c.read();
    BOOST_TEST(code_of(event) == "rate_limit_exceeded");
    BOOST_TEST(event.find(kind == 0 ? "requests per minute" : "tokens per minute") != std::string::npos, event);
    (void)c.read();
    BOOST_TEST((c.ec == websocket::error::closed), c.ec.message());
    BOOST_TEST(c.ws.reason().code == websocket::close_code::policy_error);
    h.watch->wait_for_end();
    BOOST_TEST(h.watch->seen().back() == "call ended: rate_limited");
    if (kind == 2) return;
    session again(h.port(), "/v1/realtime?model=m", {{"authorization", "Bearer sk-a"}});
    BOOST_TEST(again.answer.result_int() == 429u);
    h.finish();
    BOOST_TEST(h.sink->calls()[0].at("tokens_in").as_int64() == 120);
}

BOOST_AUTO_TEST_CASE(the_number_of_sessions_is_limited) {
    peer up;
    realtime_options o;
    o.max_sessions = 2;
    o.max_sessions_per_caller = 1;
    house h({at(up, "a", "m")}, o, {key_of("sk-a", "team-a"), key_of("sk-b", "team-b")});
    const auto open = [&](const char* key) { return std::make_unique<session>(h.port(), "/v1/realtime?model=m",
        fields{{"authorization", bearer(key)}}); };
    auto one = open("sk-a");
    BOOST_REQUIRE(!one->ec);
    BOOST_TEST(open("sk-a")->answer.result_int() == 429u);
    auto two = open("sk-b");
    BOOST_REQUIRE(!two->ec);
    BOOST_TEST(open("sk-master")->answer.result_int() == 429u);
    BOOST_TEST(two->echo("hi") == "hi");
    one->close();
    wait_until([&] { return up.ended == 1; });
    wait_until([&] { return !open("sk-a")->ec; });
}

BOOST_DATA_TEST_CASE(a_session_has_its_times, data::make({false, true}), idle) {
    peer up;
    realtime_options o;
    (idle ? o.idle : o.longest) = std::chrono::milliseconds(100);
    house h({at(up, "a", "m")}, o);
    session c(h.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(code_of(c.read()) == "session_expired");
    (void)c.read();
    BOOST_TEST((c.ec == websocket::error::closed), c.ec.message());
    h.watch->wait_for_end();
    BOOST_TEST(h.watch->seen().back() == (idle ? "call ended: idle_timeout" : "call ended: deadline_exceeded"));
    wait_until([&] { return up.ended == 1; });
}

BOOST_AUTO_TEST_CASE(both_sides_are_pinged_and_a_client_without_an_answer_has_gone) {
    peer up;
    std::atomic<int> pings{0};
    up.speak = [&](websocket::stream<tcp::socket>& ws) {
        ws.control_callback([&](websocket::frame_type kind, beast::string_view) {
            if (kind == websocket::frame_type::ping) ++pings;
        });
        beast::flat_buffer b;
        boost::system::error_code ec;
        ws.read(b, ec);
    };
    realtime_options o;
    o.ping = std::chrono::milliseconds(50);
    house h({at(up, "a", "m")}, o);
    client c(h.port());
    c.send(upgrade());
    BOOST_TEST(c.read_until(std::string("\x89\0", 2)));
    h.watch->wait_for_end();
    BOOST_TEST(h.watch->seen().back() == "call ended: cancelled");
    BOOST_TEST(pings > 0);
    wait_until([&] { return up.ended == 1; });
}

std::string masked(websocket_opcode what, std::string_view text) {
    std::string out;
    append_websocket_frame(out, what, text, 0x01020304u);
    return out;
}
std::string close_bytes(std::uint16_t code) { return std::string("\x03", 1) + static_cast<char>(code & 0xFF); }

BOOST_AUTO_TEST_CASE(a_client_that_breaks_the_protocol_learns_why) {
    peer up;
    realtime_options o;
    o.max_message = 1000;
    house h({at(up, "a", "m")}, o);
    int n = 0;
    const std::vector<std::pair<std::string, int>> wrong{std::pair(masked(websocket_opcode::text, "\xff"), 1007),
        std::pair(masked(websocket_opcode::text, std::string(1001, 'x')), 1009),
                                      std::pair(std::string("\x81\x01x"), 1002), std::pair(std::string("\xc1\x80\0\0\0\0", 6), 1002),
                                      std::pair(masked(websocket_opcode::continuation, "x"), 1002)};
    for (const auto& [bytes, code] : wrong) {
        client c(h.port());
        c.send(upgrade());
        BOOST_TEST(c.read_until("\r\n\r\n"));
        c.send(bytes);
        // More than the sockets hold: it is taken, so that the close frame arrives.
        c.send(std::string(3'000'000, 'z'));
        BOOST_TEST(c.read_until(close_bytes(static_cast<std::uint16_t>(code))));
        BOOST_TEST(c.pending().find(R"("code":"invalid_frame")") != std::string::npos);
        c.close();
        h.watch->wait_for_end(++n);
        BOOST_TEST(h.watch->seen().back() == "call ended: invalid_request");
    }
    wait_until([&] { return up.ended == n; });
}

BOOST_DATA_TEST_CASE(a_provider_that_breaks_the_protocol_ends_the_session, data::make({0, 1, 2}), how) {
    peer up;
    up.speak = [how](websocket::stream<tcp::socket>& ws) {
        const std::string wrong = how == 0 ? std::string("\x81\x01\xff") : how == 1 ? std::string("\x81\x81\0\0\0\0x", 7)
            : std::string("\x82\x7f\0\0\x01\0\0\0\0\0", 10);
        asio::write(ws.next_layer(), asio::buffer(wrong));
        char rest[64];
        boost::system::error_code ec;
        while (!ec) (void)ws.next_layer().read_some(asio::buffer(rest), ec);
    };
    house h({at(up, "a", "m")});
    session c(h.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(code_of(c.read()) == "upstream_protocol_error");
    (void)c.read();
    BOOST_TEST(c.ws.reason().code == websocket::close_code::internal_error);
    h.watch->wait_for_end();
    BOOST_TEST(h.watch->seen().back() == "call ended: bad_response");
    wait_until([&] { return up.ended == 1; });
}

BOOST_AUTO_TEST_CASE(fragments_and_pings_of_one_side_stay_there) {
    peer up;
    house h({at(up, "a", "m")});
    client c(h.port());
    c.send(upgrade());
    BOOST_TEST(c.read_until("\r\n\r\n"));
    std::string first = masked(websocket_opcode::text, "ab"), last = masked(websocket_opcode::continuation, "cd");
    first[0] = '\x01';
    c.send(first + masked(websocket_opcode::ping, "p") + last);
    BOOST_TEST(c.read_until("\x81\x04" "abcd"));
    BOOST_TEST(c.pending().find("\x8a\x01p") != std::string::npos);
    // Frames behind a close frame count for nothing.
    c.send(masked(websocket_opcode::close, close_bytes(1000)) + masked(websocket_opcode::text, "late"));
    BOOST_TEST(c.read_until(close_bytes(1000)));
    h.watch->wait_for_end();
    BOOST_TEST(h.watch->seen().back() == "call ended: well");
    wait_until([&] { return up.ended == 1; });
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_stops_the_provider) {
    peer up;
    std::atomic<std::size_t> written{0};
    up.speak = [&](websocket::stream<tcp::socket>& ws) {
        const std::string text(64 * 1024, 'x');
        boost::system::error_code ec;
        ws.text(true);
        while (!ec) {
            ws.write(asio::buffer(text), ec);
            written += text.size();
        }
    };
    realtime_options o;
    o.write = std::chrono::milliseconds(300);
    o.ping = duration::zero();
    house h({at(up, "a", "m")}, o);
    client c(h.port());
    c.send(upgrade());
    h.watch->wait_for_end();
    BOOST_TEST(h.watch->seen().back() == "call ended: cancelled");
    wait_until([&] { return up.ended == 1; });
    // What the sockets of the two connections hold, and no more.
    BOOST_TEST(written < 64u * 1024 * 1024);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace realtime_sessions_unit
