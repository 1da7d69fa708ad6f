// SPDX-License-Identifier: BSL-1.0
// Realtime sessions from a WebSocket client through a whole gateway to a WebSocket upstream.
#include "realtime_support.hpp"

namespace realtime_unit {

using namespace realtime_test;

BOOST_AUTO_TEST_SUITE(server_realtime)

any_settings account(std::string organization) {
    openai::settings own;
    own.organization = std::move(organization);
    return any_settings::of(own);
}

BOOST_DATA_TEST_CASE(messages_pass_both_ways, data::make({false, true}), deflate) {
    peer up;
    deployment d = at(up, "a", "m");
    d.model = "gpt realtime/2+\xc3\xa9";
    d.settings = account("org-ours");
    bench b({d});
    session c(b.port(), "/v1/realtime?model=m&other=1",
              {{"authorization", "Bearer sk-master"}, {"openai-beta", "realtime=v1"}, {"user-agent", "sdk/1"}, {"cookie", "c=1"},
               {"openai-organization", "org-theirs"}, {"origin", "https://page.test"}},
              deflate);
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    const std::string large(8'000'000, 'f');
    for (const std::string_view text : {std::string_view("hello"), std::string_view(""), std::string_view(large), std::string_view("x")}) {
        BOOST_TEST((c.echo(text) == text));
        BOOST_TEST(!c.ec.failed(), c.ec.message());
    }
    c.ws.binary(true);
    BOOST_TEST((c.echo(std::string_view("\0\xff", 2)) == std::string_view("\0\xff", 2)));
    BOOST_TEST(c.ws.got_binary());

    const head h = up.last();
    BOOST_TEST(h.method_string() == "GET");
    BOOST_TEST(h.target() == "/v1/realtime?model=gpt%20realtime%2F2%2B%C3%A9");
    const auto field = [&](std::string_view name) {
        std::string all;
        const auto [first, last] = h.equal_range(name);
        for (auto f = first; f != last; ++f) all += (all.empty() ? "" : "|") + std::string(f->value());
        return all;
    };
    BOOST_TEST(field("authorization") == "Bearer sk-provider-key-of-a");
    BOOST_TEST(field("connection") == "Upgrade");
    BOOST_TEST(field("upgrade") == "websocket");
    BOOST_TEST(field("sec-websocket-version") == "13");
    BOOST_TEST(field("sec-websocket-extensions").empty(), "messages are looked at");
    BOOST_TEST(field("openai-beta") == "realtime=v1");
    BOOST_TEST(field("openai-organization") == "org-ours");
    BOOST_TEST(field("user-agent") == "sdk/1");
    for (const char* name : {"cookie", "origin", "content-length", "content-type", "transfer-encoding", "sec-websocket-protocol"})
        BOOST_TEST(field(name).empty(), name);

    BOOST_TEST(c.answer["x-llmx-deployment-id"] == "a");
    BOOST_TEST(c.answer["x-llmx-provider"] == "openai");
    BOOST_TEST(!c.answer["x-request-id"].empty());
    BOOST_TEST(c.answer["x-request-id"] != "req-of-provider");
    BOOST_TEST(c.answer["set-cookie"].empty());
    BOOST_TEST(c.answer["sec-websocket-protocol"].empty());
    BOOST_TEST(c.answer["sec-websocket-extensions"].empty());

    const strings until_open{"call began m", "attempt began a", "first content"};
    BOOST_TEST(b.watch->seen() == until_open, boost::test_tools::per_element());
    BOOST_TEST(b.sink->calls().empty());
    c.close();
    BOOST_TEST(!c.ec.failed(), c.ec.message());
    b.watch->wait_for_end();
    wait_until([&] { return up.ended == 1; });
    const auto lines = b.lines();
    const strings all{"call began m", "attempt began a", "first content", "attempt ended a: well", "call ended: well"};
    BOOST_TEST(b.watch->seen() == all, boost::test_tools::per_element());
    BOOST_TEST(b.watch->timed());
    BOOST_REQUIRE(lines.size() == 1u);
    const boost::json::object& l = lines[0];
    BOOST_TEST(l.at("status").as_int64() == 101);
    BOOST_TEST(l.at("path").as_string() == "/v1/realtime");
    BOOST_TEST(l.at("model").as_string() == "m");
    BOOST_TEST(l.at("provider").as_string() == "openai");
    BOOST_TEST(l.at("level").as_string() == "info");
    BOOST_TEST(!l.contains("error"));
    BOOST_TEST(l.at("bytes_in").as_int64() > 8'000'000);
    BOOST_TEST(l.at("bytes_out").as_int64() > 8'000'000);
    BOOST_TEST(b.sink->text().find("sk-master") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_may_come_as_a_subprotocol) {
    peer up;
    bench b({at(up, "a", "m")});
    const auto protocols = [&](fields given) {
        session c(b.port(), "/v1/realtime?model=m", std::move(given));
        BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
        BOOST_TEST(c.echo("hi") == "hi");
        BOOST_TEST(up.last()[http::field::authorization] == "Bearer sk-provider-key-of-a");
        std::string text;
        for (const auto& f : up.last()) text += std::string(f.value()) + "\n";
        BOOST_TEST(text.find("sk-master") == std::string::npos, "the caller's key went to the provider");
        BOOST_TEST(text.find("theirs") == std::string::npos);
        return std::string(up.last()[http::field::sec_websocket_protocol]) + " -> " + std::string(c.answer[http::field::sec_websocket_protocol]);
    };
    const char* const name = "sec-websocket-protocol";
    BOOST_TEST(protocols({{name, "realtime, openai-insecure-api-key.sk-master, openai-beta.realtime-v1"}}) ==
               "realtime, openai-beta.realtime-v1 -> realtime");
    BOOST_TEST(protocols({{name, "realtime,openai-insecure-api-key.sk-master,openai-organization.theirs,openai-project.theirs"}}) ==
               "realtime -> realtime");
    BOOST_TEST(protocols({{name, "openai-insecure-api-key.sk-master"}}) == " -> ");
    // One list on several lines (RFC 9110 section 5.3).
    BOOST_TEST(protocols({{name, "openai-insecure-api-key.sk-master"}, {name, "realtime"}}) == "realtime -> realtime");
    session wrong(b.port(), "/v1/realtime?model=m", {{name, "realtime, openai-insecure-api-key.sk-wrong"}});
    BOOST_TEST(wrong.answer.result_int() == 401u);
}

BOOST_AUTO_TEST_CASE(azure_has_its_own_path_and_query) {
    peer up;
    std::vector<deployment> all;
    for (const std::string path : {"", "/openai", "/openai/v1", "/base"})
        for (const std::string version : {"", "2024-10-21", "2025-04-01-preview"}) {
            deployment d = at(up, "az" + path + version, "az" + path + version, path, "azure");
            d.model = "my realtime";
            d.settings = any_settings::of(azure_openai::settings(version));
            all.push_back(d);
        }
    bench b(all);
    const strings asked{"/v1/realtime?model=az", "/openai/v1/realtime?model=az2024-10-21", "/openai/realtime?api-version=2024-10-01-"
        "preview&deployment=az2025-04-01-preview",
                        "/openai/realtime?deployment=az%2Fopenai", "/openai/v1/realtime?model=az%2Fopenai2025-04-01-preview",
                        "/openai/v1/realtime?model=az%2Fopenai%2Fv1", "/realtime?model=az/openai/v12025-04-01-preview",
                        "/realtime?model=az/base", "/realtime?model=az/base2025-04-01-preview"};
    const std::string dated = "/openai/realtime?api-version=2025-04-01-preview&deployment=my%20realtime", current = "/openai/v1/realtime?model=my%20realtime";
    const strings expected{current, current, dated, current, dated, current, current, "/base" + current, "/base" + dated};
    for (std::size_t i = 0; i < asked.size(); ++i) {
        session c(b.port(), asked[i], {{"api-key", "sk-master"}});
        BOOST_REQUIRE_MESSAGE(!c.ec, asked[i]);
        BOOST_TEST(c.echo("hi") == "hi");
        BOOST_TEST(up.last().target() == expected[i]);
        BOOST_TEST(up.last()["api-key"].starts_with("sk-provider-key-of-az"));
        BOOST_TEST(up.last()["authorization"].empty());
        c.close();
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_session_is_refused_before_anything_is_sent) {
    peer up;
    bench b({at(up, "a", "m")});
    client c(b.port());
    const auto refused = [&](const std::string& request, int status, std::string_view says) {
        c.send(request);
        const answer a = c.read();
        BOOST_TEST(a.status == status, request);
        BOOST_TEST(a.field("content-type") == "application/json");
        BOOST_TEST(a.field("upgrade").empty());
        BOOST_TEST(message_of(a).find(says) != std::string::npos, message_of(a));
    };
    const std::string_view key = "Authorization: Bearer sk-master\r\n";
    refused(upgrade("/v1/realtime?model=m", ""), 401, "key");
    refused(upgrade("/v1/realtime?model=m", "Authorization: Bearer sk-wrong\r\n"), 401, "key");
    refused(upgrade("/v1/realtime?model=unknown"), 404, "unknown");
    refused(upgrade("/v1/realtime"), 400, "model");
    refused(upgrade("/v1/realtime?model="), 400, "model");
    refused(upgrade("/v1/realtime?model=%ff"), 400, "model");
    refused(get("/v1/realtime?model=m", key), 400, "Upgrade");
    refused(get("/v1/realtime?model=m", std::string(key) + "Upgrade: websocket\r\n"), 400, "Upgrade");
    refused(get("/v1/realtime?model=m", std::string(key) + "Connection: Upgrade\r\nUpgrade: h2c\r\n"), 400, "Upgrade");
    refused(get("/v1/realtime?model=m", std::string(key) + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"), 400, "Key");
    refused(get("/v1/realtime?model=m", std::string(key) + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: a\r\n"),
            400, "13");
    BOOST_TEST(up.accepted == 0);
    // The connection has stayed as it was.
    c.send(upgrade());
    BOOST_TEST(c.read_until("\r\n\r\n"));
    BOOST_TEST(c.pending().starts_with("HTTP/1.1 101 "));
    c.close();
    b.watch->wait_for_end(2);
    client p(b.port());
    p.send(post("/v1/realtime?model=m", "{}", key));
    BOOST_TEST(p.read().status == 405);
    client body(b.port());
    body.send(upgrade("/v1/realtime?model=m", std::string(key) + "Content-Length: 1\r\n") + "x");
    BOOST_TEST(body.read().status == 413);
}

BOOST_AUTO_TEST_CASE(frames_may_come_before_the_answer) {
    peer up;
    bench b({at(up, "a", "m")});
    client c(b.port());
    // A masked text frame "hi", and its echo.
    const std::string frame("\x81\x82\0\0\0\0hi", 8), back("\x81\x02hi", 4);
    c.send(upgrade() + frame);
    BOOST_TEST(c.read_until(back));
    BOOST_TEST(c.pending().find("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos, c.pending());
    c.send(frame.substr(0, 3));
    c.send(frame.substr(3));
    BOOST_TEST(c.read_until(back + back));
    BOOST_TEST((c.pending().substr(c.pending().find("\r\n\r\n") + 4) == back + back));
}

BOOST_DATA_TEST_CASE(a_refusal_of_the_provider_is_the_answer, data::make({400, 401, 403, 429, 503}), status) {
    peer up;
    bench b({at(up, "a", "m")});
    client c(b.port());
    for (int i = 1; i <= 2; ++i) {
        up.refuse(status, openai_error("said by sk-provider-key-of-a", "some_error"), status == 429 ? "Retry-After: 7\r\n" : "");
        c.send(upgrade());
        const answer a = c.read();
        BOOST_TEST(a.status == status);
        BOOST_TEST(a.complete);
        BOOST_TEST(a.field("content-type") == "application/json");
        BOOST_TEST(a.field("connection").empty());
        BOOST_TEST(a.field("upgrade").empty());
        BOOST_TEST(a.field("retry-after") == (status == 429 ? "7" : ""));
        BOOST_TEST(a.field("x-llmx-deployment-id") == "a");
        BOOST_TEST(message_of(a).find("said by") != std::string::npos, a.body);
        BOOST_TEST(a.body.find("sk-provider") == std::string::npos, "the provider's key is told");
        b.watch->wait_for_end(i);
        BOOST_TEST(up.accepted == i);
    }
    const auto lines = b.lines();
    const strings seen = b.watch->seen();
    BOOST_REQUIRE(seen.size() == 8u);
    for (std::size_t i = 0; i < 8; i += 4) {
        BOOST_TEST(seen[i] == "call began m");
        BOOST_TEST(seen[i + 1] == "attempt began a");
        BOOST_TEST(seen[i + 2].starts_with("attempt ended a: "));
        BOOST_TEST(seen[i + 3].starts_with("call ended: "));
        BOOST_TEST(seen[i + 3] != "call ended: well");
    }
    BOOST_REQUIRE(lines.size() == 2u);
    for (const auto& l : lines) BOOST_TEST(l.at("status").as_int64() == status);
}

BOOST_DATA_TEST_CASE(another_attempt_is_made, data::make({500, 503, 429, 200, -1}), status) {
    peer up;
    setup s;
    s.policies_of<retry>().max_retries = 2;
    bench b({at(up, "a", "m")}, s);
    for (int i = 0; i < 2; ++i) up.refuse(status, openai_error("not now", "server_error"));
    session c(b.port(), "/v1/realtime?model=m", {{"authorization", "Bearer sk-master"}, {"openai-beta", "b=1"}, {"sec-websocket-protocol", "realtime"}});
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(c.echo("hi") == "hi");
    BOOST_TEST(c.answer["x-llmx-attempted-retries"] == "2");
    const strings same(3, "/v1/realtime?model=gpt-realtime");
    BOOST_TEST(up.targets() == same, boost::test_tools::per_element());
    for (const char* name : {"authorization", "openai-beta", "connection", "upgrade", "sec-websocket-key", "sec-websocket-protocol"})
        BOOST_TEST(up.last().count(name) == 1u, name);
    c.close();
    b.watch->wait_for_end();
    b.finish();
    const strings seen = b.watch->seen();
    BOOST_REQUIRE(seen.size() == 9u);
    BOOST_TEST(seen[0] == "call began m");
    for (std::size_t i = 1; i < 5; i += 2) {
        BOOST_TEST(seen[i] == "attempt began a");
        BOOST_TEST(seen[i + 1].starts_with("attempt ended a: "));
    }
    const strings end(seen.begin() + 5, seen.end()), expected{"attempt began a", "first content", "attempt ended a: well", "call ended: well"};
    BOOST_TEST(end == expected, boost::test_tools::per_element());
    BOOST_TEST(b.sink->calls().size() == 1u);
}

BOOST_DATA_TEST_CASE(a_retry_goes_to_another_deployment_in_its_own_words, data::make({401, 503}), status) {
    peer up;
    setup s;
    s.policies_of<retry>().max_retries = 1;
    deployment first = at(up, "a", "m"), second = at(up, "z", "m", "", "azure");
    first.order = 1;
    first.settings = account("org-a");
    second.order = 2;
    second.model = "mine";
    bench b({first, second}, s);
    up.refuse(status, openai_error("not here", "server_error"));
    session c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    const strings expected{"/v1/realtime?model=gpt-realtime", "/openai/v1/realtime?model=mine"};
    BOOST_TEST(up.targets() == expected, boost::test_tools::per_element());
    BOOST_TEST(up.last()["api-key"] == "sk-provider-key-of-z");
    BOOST_TEST(up.last()["authorization"].empty());
    BOOST_TEST(up.last()["openai-organization"].empty());
    BOOST_TEST(c.answer["x-llmx-deployment-id"] == "z");
    BOOST_TEST(c.echo("hi") == "hi");
}

BOOST_DATA_TEST_CASE(another_group_takes_over, data::make({401, 429, 503, 0}), status) {
    peer up;
    setup s;
    s.policies_of<fallback>().add("m", {"n"});
    bench b({status != 0 ? at(up, "a", "m") : at(up, "a", "m", "", "anthropic"), at(up, "b", "n")}, s);
    if (status != 0) up.refuse(status, openai_error("not here", "server_error"));
    session c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(c.answer["x-llmx-attempted-fallbacks"] == "1");
    BOOST_TEST(c.echo("hi") == "hi");
    BOOST_TEST(up.last()["authorization"] == "Bearer sk-provider-key-of-b");
    BOOST_TEST(up.accepted == (status != 0 ? 2 : 1));
    c.close();
    b.watch->wait_for_end();
    BOOST_TEST(b.watch->seen().back() == "call ended: well");
    BOOST_TEST(b.lines().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_provider_without_sessions_is_passed_over) {
    peer up;
    deployment first = at(up, "x", "m", "", "anthropic"), second = at(up, "a", "m");
    first.order = 1;
    second.order = 2;
    bench b({first, second, at(up, "only", "alone", "", "anthropic")});
    {
        session c(b.port());
        BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
        BOOST_TEST(c.answer["x-llmx-attempted-retries"] == "0");
        BOOST_TEST(c.echo("hi") == "hi");
        c.close();
    }
    client c(b.port());
    c.send(upgrade("/v1/realtime?model=alone"));
    const answer a = c.read();
    BOOST_TEST(a.status == 501);
    BOOST_TEST(message_of(a).find("realtime") != std::string::npos, a.body);
    BOOST_TEST(up.accepted == 1);
}

BOOST_AUTO_TEST_CASE(the_other_operations_of_a_provider_know_nothing_of_it) {
    peer up;
    bench b({at(up, "a", "m")});
    up.refuse(200, std::string(openai_reply));
    client c(b.port());
    c.send(post("/v1/chat/completions", chat_body, "Authorization: Bearer sk-master\r\n"));
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(up.last().target() == "/v1/chat/completions");
    BOOST_TEST(up.last()["upgrade"].empty());
    // The memory of a session's attempt is used again.
    up.refuse(503, openai_error("no", "x"));
    c.send(upgrade());
    BOOST_TEST(c.read().status == 503);
    up.refuse(200, std::string(openai_reply));
    c.send(post("/v1/chat/completions", chat_body, "Authorization: Bearer sk-master\r\n"));
    BOOST_TEST(c.read().status == 200);
    BOOST_TEST(up.last().method_string() == "POST");
    BOOST_TEST(up.last()["upgrade"].empty());
}

BOOST_AUTO_TEST_CASE(a_session_is_one_request_of_a_limit) {
    peer up;
    setup s;
    s.policies_of<rate_limit>().each_caller(2);
    bench b({at(up, "a", "m")}, s);
    session one(b.port()), two(b.port());
    BOOST_REQUIRE(!one.ec);
    BOOST_REQUIRE(!two.ec);
    for (int i = 0; i < 20; ++i) BOOST_TEST(one.echo("again") == "again");
    client c(b.port());
    c.send(upgrade());
    const answer a = c.read();
    BOOST_TEST(a.status == 429);
    BOOST_TEST(!a.field("retry-after").empty());
    BOOST_TEST(up.accepted == 2);
    BOOST_TEST(two.echo("still") == "still");
}

BOOST_DATA_TEST_CASE(either_side_may_end_it, data::make({0, 1, 2, 3}), how) {
    peer up;
    bench b({at(up, "a", "m")});
    session c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(c.echo("one") == "one");
    if (how == 0) {
        c.send("bye");
        (void)c.read();
        BOOST_TEST((c.ec == websocket::error::closed), c.ec.message());
        BOOST_TEST(c.ws.reason().code == websocket::close_code::normal);
    } else if (how == 1) {
        c.send("drop");
        BOOST_TEST(c.read().find(R"("code":"upstream_connection_lost")") != std::string::npos);
        (void)c.read();
        BOOST_TEST((c.ec == websocket::error::closed), c.ec.message());
        BOOST_TEST(c.ws.reason().code == websocket::close_code::internal_error);
    } else {
        if (how == 3) c.ws.next_layer().set_option(asio::socket_base::linger(true, 0));
        c.ws.next_layer().close();
    }
    b.watch->wait_for_end();
    wait_until([&] { return up.ended == 1; });
    const auto lines = b.lines();
    const std::string end = how == 3 ? "cancelled" : how == 1 ? "truncated" : "well";
    const strings all{"call began m", "attempt began a", "first content", "attempt ended a: " + end, "call ended: " + end};
    BOOST_TEST(b.watch->seen() == all, boost::test_tools::per_element());
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].at("status").as_int64() == 101);
}

BOOST_DATA_TEST_CASE(a_client_that_leaves_before_the_answer_ends_the_attempt, data::make({false, true}), reset) {
    peer up;
    setup s;
    s.policies_of<retry>().max_retries = 5;
    bench b({at(up, "a", "m")}, s);
    up.refuse(0);
    client c(b.port());
    c.send(upgrade());
    wait_until([&] { return up.accepted == 1; });
    if (reset) c.reset();
    else c.close();
    b.watch->wait_for_end();
    wait_until([&] { return up.ended == 1; });
    const strings all{"call began m", "attempt began a", "attempt ended a: cancelled", "call ended: cancelled"};
    BOOST_TEST(b.watch->seen() == all, boost::test_tools::per_element());
    BOOST_TEST(up.accepted == 1);
    const auto lines = b.lines();
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].at("status").as_int64() == 499);
}

BOOST_DATA_TEST_CASE(a_drain_ends_sessions_between_two_responses, data::make({0, 1, 2, 3}), how) {
    peer up;
    setup s;
    if (how != 1) s.options.drain = std::chrono::minutes(10);
    bench b({at(up, "a", "m")}, s);
    session c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(c.echo("one") == "one");
    const std::string begun = R"({"type":"response.created"})", done = R"({"type":"response.done","response":{}})";
    if (how != 0) BOOST_TEST(c.echo(begun) == begun);
    b.stop();
    if (how >= 2) BOOST_TEST(c.echo("two") == "two", "the response goes on during the drain");
    if (how == 2) b.stop();
    if (how == 3) BOOST_TEST(c.echo(done) == done);
    const bool in_order = how == 0 || how == 3;
    if (in_order) BOOST_TEST(c.read().find("shutting down") != std::string::npos);
    (void)c.read();
    BOOST_TEST(c.ec.failed());
    if (in_order) BOOST_TEST(c.ws.reason().code == websocket::close_code::going_away);
    b.watch->wait_for_end();
    wait_until([&] { return up.ended == 1; });
    b.finish();
    const std::string end = in_order ? "well" : "cancelled";
    const strings all{"call began m", "attempt began a", "first content", "attempt ended a: " + end, "call ended: " + end};
    BOOST_TEST(b.watch->seen() == all, boost::test_tools::per_element());
    BOOST_TEST(b.sink->calls().size() == 1u);
}

BOOST_DATA_TEST_CASE(the_opening_is_bounded, data::make({false, true}), whole_call) {
    peer up;
    setup s;
    s.policies_of<retry>().max_retries = 1;
    (whole_call ? s.policies_of<timeout>().total : s.policies_of<timeout>().attempt) = std::chrono::milliseconds(100);
    bench b({at(up, "a", "m")}, s);
    for (int i = 0; i < 2; ++i) up.refuse(0);
    client c(b.port());
    c.send(upgrade());
    const answer a = c.read();
    BOOST_TEST(a.status == 504);
    BOOST_TEST(up.accepted == (whole_call ? 1 : 2));
    b.watch->wait_for_end();
    BOOST_TEST(b.watch->seen().back() == (whole_call ? "call ended: deadline_exceeded" : "call ended: first_token_timeout"));
    wait_until([&] { return up.ended == up.accepted; });
}

BOOST_AUTO_TEST_CASE(an_open_session_outlasts_the_limits_of_its_opening) {
    peer up;
    setup s;
    auto& times = s.policies_of<timeout>();
    times.total = times.attempt = times.first_token = times.idle = std::chrono::milliseconds(500);
    bench b({at(up, "a", "m")}, s);
    const time_point over = clock::now() + 2 * times.total;
    session c(b.port());
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    while (!c.ec && clock::now() < over) BOOST_REQUIRE(c.echo("hi") == "hi");
    BOOST_TEST(!c.ec.failed(), c.ec.message());
    c.close();
    b.watch->wait_for_end();
    BOOST_TEST(b.watch->seen().back() == "call ended: well");
}

BOOST_AUTO_TEST_CASE(a_provider_that_is_not_there) {
    peer up;
    deployment d = at(up, "a", "m");
    d.api_base.where.port = 1;
    bench b({d});
    client c(b.port());
    c.send(upgrade());
    BOOST_TEST(c.read().status == 502);
    b.watch->wait_for_end();
    BOOST_TEST(b.watch->seen().back() == "call ended: connect_failed");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace realtime_unit
