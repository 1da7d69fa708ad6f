// SPDX-License-Identifier: BSL-1.0
// WebSockets on vendors' own paths and on the operator's: bytes pass both ways, and the caller's key is exchanged.
#include "realtime_support.hpp"

#include <llmx/policies/model_access.hpp>
#include <llmx/providers/gemini.hpp>

namespace upgraded_paths_unit {

using namespace realtime_test;

using vendors = registry<openai, gemini, openai_compatible>;
using path_gateway = gateway<vendors, observers<watcher>, weighted, model_access, timeout>;
using path_server = basic_server<path_gateway, key_authenticator, health_endpoint, own_paths_endpoint<vendors>,
    vendor_paths_endpoint<vendors>>;

deployment of_group(const peer& p, std::string provider, std::string path) {
    deployment d = at(p, provider, pass_through_group(provider), std::move(path), provider);
    d.model = "*";
    return d;
}

class front {
public:
    explicit front(const peer& up, duration opening = std::chrono::seconds(30)) : watch(std::make_shared<watcher>()),
        sink(std::make_shared<memory_sink>()),
        gateway_(world_of(up, opening), policies(watch)), server_(gateway_, callers(), options(sink),
            pooled_runtimes(http_pool_options(), 1),
                                                         own_paths_endpoint<vendors>(paths(up))) {
        BOOST_REQUIRE(gateway_.ready());
        BOOST_REQUIRE(server_.listen());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~front() { finish(); }
    void finish() {
        if (!thread_.joinable()) return;
        server_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return server_.port(); }
    std::shared_ptr<watcher> watch;
    std::shared_ptr<memory_sink> sink;

private:
    static std::shared_ptr<const std::vector<own_path>> paths(const peer& up) {
        std::vector<own_path> all(1);
        all[0].path = "/listen";
        all[0].target = parse_base_url(up.url("/v1/listen")).value();
        all[0].headers.emplace_back("authorization", secret("Token sk-listen"));
        return std::make_shared<const std::vector<own_path>>(std::move(all));
    }
    static std::shared_ptr<const topology> world_of(const peer& up, duration opening) {
        std::vector<deployment> all{of_group(up, "openai", "/v1"), of_group(up, "gemini", ""), own_path_deployment(paths(up)->front())};
        for (deployment& d : all) d.timeout = opening;
        auto made = vendors::make_topology(std::move(all));
        BOOST_REQUIRE_MESSAGE(made, made.error().message());
        return *made;
    }
    static path_gateway::policies_type policies(const std::shared_ptr<watcher>& w) {
        path_gateway::policies_type p;
        std::get<observers<watcher>>(p) = observers<watcher>(w);
        std::get<timeout>(p).idle = std::chrono::milliseconds(1);
        return p;
    }
    static key_authenticator callers() {
        auto limited = std::make_shared<principal>();
        limited->id = limited->alias = "limited";
        limited->models = {"openai/gpt-realtime"};
        auto all = std::make_shared<principal>();
        all->id = all->alias = "all";
        std::vector<access_key> keys;
        keys.emplace_back(secret("sk-limited"), std::move(limited));
        keys.emplace_back(secret("sk-master"), std::move(all));
        return key_authenticator(key_ring::make(std::move(keys)).value());
    }
    static server_options options(const std::shared_ptr<memory_sink>& s) {
        setup made;
        made.options.log.sink = s;
        return made.options;
    }
    path_gateway gateway_;
    path_server server_;
    std::thread thread_;
};

BOOST_AUTO_TEST_SUITE(server_upgraded_paths)

BOOST_DATA_TEST_CASE(bytes_pass_both_ways_with_the_operators_key, data::make({false, true}), deflate) {
    peer up;
    front f(up);
    const std::string live = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
    struct way {
        std::string target, expected, field, value;
        fields given;
    };
    const std::vector<way> ways{
        {"/gemini" + live + "?key=sk-master", live, "x-goog-api-key", "sk-provider-key-of-gemini", {}},
        {"/openai/v1/responses?a=1", "/v1/responses?a=1", "authorization", "Bearer sk-provider-key-of-openai", with_key},
        {"/openai/v1/x", "/v1/x", "authorization", "Bearer sk-provider-key-of-openai",
            {{"sec-websocket-protocol", "one, openai-insecure-api-key.sk-master"}}},
        {"/listen?model=nova", "/v1/listen?model=nova", "authorization", "Token sk-listen", with_key},
    };
    int n = 0;
    for (const way& w : ways) {
        session c(f.port(), w.target, w.given, deflate);
        BOOST_REQUIRE_MESSAGE(!c.ec, w.target << ": " << c.ec.message());
        BOOST_TEST(c.echo("hello") == "hello");
        c.ws.binary(true);
        BOOST_TEST((c.echo(std::string_view("\0\xff", 2)) == std::string_view("\0\xff", 2)));
        BOOST_TEST(c.ws.got_binary());
        BOOST_TEST(up.last().target() == w.expected);
        BOOST_TEST(up.last()[w.field] == w.value);
        BOOST_TEST(up.last()["sec-websocket-extensions"].empty() == !deflate);
        std::string text(up.last().target());
        for (const auto& h : up.last()) text += std::string(h.value()) + "\n";
        BOOST_TEST(text.find("sk-master") == std::string::npos, "the caller's key went to the vendor");
        if (n == 2) BOOST_TEST(c.answer["sec-websocket-protocol"] == "one");
        c.close();
        BOOST_TEST(!c.ec.failed(), c.ec.message());
        f.watch->wait_for_end(++n);
        BOOST_TEST(f.watch->seen().back() == "call ended: well");
    }
    f.finish();
    const auto lines = f.sink->calls();
    BOOST_REQUIRE(lines.size() == ways.size());
    for (const auto& l : lines) BOOST_TEST(l.at("status").as_int64() == 101);
}

BOOST_AUTO_TEST_CASE(what_opens_no_session) {
    peer up;
    front f(up);
    const auto status = [&](std::string target, fields given) {
        session c(f.port(), std::move(target), std::move(given));
        return c.answer.result_int();
    };
    BOOST_TEST(status("/openai/v1/x", {}) == 401u);
    BOOST_TEST(status("/openai/v1/../x", with_key) == 400u);
    BOOST_TEST(status("/openai/v1/x", {{"authorization", "Bearer sk-limited"}}) == 403u);
    client c(f.port());
    c.send(get("/openai/v1/x", "Authorization: Bearer sk-master\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"));
    BOOST_TEST(c.read().status == 400);
    BOOST_TEST(up.accepted == 0);
    // What the vendor answers in place of a switch is the answer.
    up.refuse(403, openai_error("not with sk-provider-key-of-openai", "x"));
    client d(f.port());
    d.send(upgrade("/openai/v1/x"));
    const answer a = d.read();
    BOOST_TEST(a.status == 403);
    BOOST_TEST(a.body.find("not with") != std::string::npos);
    BOOST_TEST(a.body.find("sk-provider") == std::string::npos);
    up.refuse(200, R"({"a":1})");
    d.send(upgrade("/openai/v1/x"));
    BOOST_TEST(d.read().body == R"({"a":1})");
    // A request without an upgrade on the same path is an ordinary one.
    up.refuse(200, R"({"b":1})");
    d.send(get("/openai/v1/x", "Authorization: Bearer sk-master\r\n"));
    BOOST_TEST(d.read().body == R"({"b":1})");
    BOOST_TEST(up.last()["upgrade"].empty());
    f.watch->wait_for_end(3);
}

BOOST_DATA_TEST_CASE(either_side_may_end_it, data::make({0, 1, 2}), how) {
    peer up;
    front f(up);
    session c(f.port(), "/openai/v1/x");
    BOOST_REQUIRE_MESSAGE(!c.ec, c.ec.message());
    BOOST_TEST(c.echo("one") == "one");
    if (how < 2) {
        c.send(how == 0 ? "bye" : "drop");
        (void)c.read();
        BOOST_TEST((c.ec == websocket::error::closed) == (how == 0));
    }
    c.ws.next_layer().close();
    f.watch->wait_for_end();
    wait_until([&] { return up.ended == 1; });
}

BOOST_AUTO_TEST_CASE(the_opening_has_a_time) {
    peer up;
    front f(up, std::chrono::milliseconds(100));
    up.refuse(0);
    client c(f.port());
    c.send(upgrade("/openai/v1/x"));
    BOOST_TEST(c.read().status == 504);
    f.watch->wait_for_end();
    // Once it is open it lasts.
    session s(f.port(), "/openai/v1/x");
    BOOST_REQUIRE_MESSAGE(!s.ec, s.ec.message());
    const time_point over = clock::now() + std::chrono::milliseconds(300);
    while (!s.ec && clock::now() < over) BOOST_REQUIRE(s.echo("hi") == "hi");
    BOOST_TEST(!s.ec.failed(), s.ec.message());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace upgraded_paths_unit
