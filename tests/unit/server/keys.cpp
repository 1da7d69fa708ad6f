// SPDX-License-Identifier: BSL-1.0
#include "unit/server/support.hpp"

#include <llmx/server/key_authenticator.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace keys_unit {

using namespace server_test;

namespace {

llmx::access_key key(std::string text, std::string alias, std::vector<std::string> models = {}) {
    auto who = std::make_shared<llmx::principal>();
    who->id = who->alias = std::move(alias);
    who->models = std::move(models);
    who->tags = {"batch", "night \"shift\""};
    return llmx::access_key(llmx::secret(std::move(text)), std::move(who));
}

std::shared_ptr<const llmx::key_ring> ring_of(std::vector<llmx::access_key> keys) {
    return llmx::key_ring::make(std::move(keys)).value();
}

llmx::server_options with_keys() {
    llmx::server_options o;
    o.key = llmx::secret("sk-master");
    o.keys = {key("sk-a", "team-a", {"m", "any/*"}), key("sk-b", "team-b")};
    return o;
}

std::string bearer(std::string_view k) { return "Authorization: Bearer " + std::string(k) + "\r\n"; }

/// Answers with who asked.
fake_gateway::behaviour names_the_caller() {
    return [](llmx::call& c) -> asio::awaitable<llmx::result<llmx::reply>> {
        const llmx::principal* const who = c.context->principal.get();
        std::string text = who == nullptr ? "nobody" : who->alias;
        co_return reply_with(llmx::codec_of<llmx::openai_chat>, "{\"who\":\"" + text + "\"}");
    };
}

std::string who_is(client& c, std::string_view fields, std::string_view path = "/v1/chat/completions") {
    c.send(post(path, chat_body, fields));
    const answer a = c.read();
    if (a.status != 200) return std::to_string(a.status);
    return std::string(a.json().at("who").as_string());
}

} // namespace

namespace server_keys_test {

/// Identifies callers by a field of its own, after asking elsewhere; "slow" makes it wait.
class foreign_authenticator {
public:
    explicit foreign_authenticator(std::atomic<int>& asked) : asked_(&asked) {}
    std::optional<llmx::result<llmx::principal_ptr>> try_identify(llmx::runtime&, const llmx::http_request_head& head) const {
        if (head.find("x-user") == "known") return llmx::result<llmx::principal_ptr>(named("known"));
        return std::nullopt;
    }
    asio::awaitable<llmx::result<llmx::principal_ptr>> identify(llmx::runtime& on, const llmx::http_request_head& head) const {
        ++*asked_;
        llmx::cancellation never;
        (void)co_await on.sleep_until(on.now(), never);
        if (head.find("x-user").empty()) co_return llmx::error(llmx::errc::authentication, "send x-user");
        co_return named(std::string(head.find("x-user")));
    }

private:
    static llmx::principal_ptr named(std::string name) {
        auto who = std::make_shared<llmx::principal>();
        who->id = who->alias = std::move(name);
        return who;
    }
    std::atomic<int>* asked_;
};

} // namespace server_keys_test
using server_keys_test::foreign_authenticator;

BOOST_AUTO_TEST_SUITE(server_keys)

BOOST_AUTO_TEST_CASE(each_key_is_its_principal_wherever_it_stands) {
    fake_gateway gateway;
    gateway.act = names_the_caller();
    running_server server(gateway, with_keys());
    client c(server.port());
    BOOST_TEST(who_is(c, bearer("sk-master")) == "master");
    BOOST_TEST(who_is(c, bearer("sk-a")) == "team-a");
    BOOST_TEST(who_is(c, "x-api-key: sk-b\r\n") == "team-b");
    BOOST_TEST(who_is(c, "api-key: sk-b\r\n") == "team-b");
    BOOST_TEST(who_is(c, "x-goog-api-key: sk-a\r\n") == "team-a");
    BOOST_TEST(who_is(c, "", "/v1/chat/completions?key=sk%2Da") == "team-a");
    // Some clients send a placeholder beside the key.
    BOOST_TEST(who_is(c, bearer("unused") + "x-api-key: sk-b\r\n") == "team-b");
}

BOOST_AUTO_TEST_CASE(no_key_and_a_wrong_key_are_refused) {
    fake_gateway gateway;
    gateway.act = names_the_caller();
    running_server server(gateway, with_keys());
    for (const std::string& fields : {std::string(), bearer("sk-c"), bearer("sk-"), bearer("sk-master2"), std::string("x-api-key: \r\n")}) {
        client c(server.port());
        BOOST_TEST(who_is(c, fields) == "401", fields);
    }
    BOOST_TEST(gateway.executed == 0);
}

BOOST_AUTO_TEST_CASE(a_caller_sees_the_models_that_it_may_use) {
    fake_gateway gateway;
    running_server server(gateway, with_keys());
    client c(server.port());
    const auto listed = [&c](std::string_view k) {
        c.send(get("/v1/models", bearer(k)));
        std::string names;
        const boost::json::value answered = c.read().json();
        for (const auto& m : answered.at("data").as_array()) names += std::string(m.at("id").as_string()) + " ";
        return names;
    };
    BOOST_TEST(listed("sk-a") == "m ");
    BOOST_TEST(listed("sk-b") == "m vendor/m-2 ");
    c.send(get("/v1/models/vendor/m-2", bearer("sk-a")));
    BOOST_TEST(c.read().status == 404);
    c.send(get("/v1/models/vendor/m-2", bearer("sk-b")));
    BOOST_TEST(c.read().status == 200);
}

BOOST_AUTO_TEST_CASE(the_log_names_the_caller_and_its_tags_and_no_key) {
    fake_gateway gateway;
    gateway.act = names_the_caller();
    running_server server(gateway, with_keys());
    {
        client c(server.port());
        (void)who_is(c, bearer("sk-a"));
        (void)who_is(c, bearer("sk-wrong"));
    }
    server.finish();
    const auto lines = server.sink->calls();
    BOOST_TEST_REQUIRE(lines.size() == 2u);
    BOOST_TEST(lines[0].at("caller").as_string() == "team-a");
    BOOST_TEST(lines[0].at("tags") == boost::json::parse(R"(["batch","night \"shift\""])"));
    BOOST_TEST(!lines[1].contains("caller"));
    BOOST_TEST(server.sink->text().find("sk-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_are_replaced_while_the_server_runs) {
    fake_gateway gateway;
    gateway.act = names_the_caller();
    llmx::key_authenticator callers(ring_of({key("old", "a")}));
    llmx::server_options o;
    o.port = 0;
    o.threads = 2;
    o.handle_signals = false;
    o.log.level = llmx::log_level::off;
    test_server server(gateway, callers, std::move(o));
    BOOST_REQUIRE(server.listen().has_value());
    std::thread running([&server] { (void)server.run(); });
    {
        client kept(server.port());
        BOOST_TEST(who_is(kept, bearer("old")) == "a");
        BOOST_TEST(callers.replace(ring_of({key("new", "a"), key("more", "b")})).has_value());
        // Connections that stand learn it too.
        BOOST_TEST(who_is(kept, bearer("new")) == "a");
        BOOST_TEST(who_is(kept, bearer("more")) == "b");
        for (int i = 0; i < 8; ++i) {
            client c(server.port());
            BOOST_TEST(who_is(c, bearer("old")) == "401");
        }
        // Never open by mistake.
        BOOST_TEST(callers.replace(ring_of({})).has_error());
        BOOST_TEST(callers.replace(nullptr).has_error());
        client c(server.port());
        BOOST_TEST(who_is(c, "") == "401");
    }
    server.stop();
    running.join();
}

BOOST_AUTO_TEST_CASE(wrong_keys_stop_the_start) {
    fake_gateway gateway;
    llmx::server_options o = with_keys();
    o.port = 0;
    o.keys.push_back(key("sk-master", "thief"));
    test_server server(gateway, std::move(o));
    const auto bound = server.listen();
    BOOST_TEST_REQUIRE(bound.has_error());
    BOOST_TEST(bound.error().message().find("have the same key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_alone_guard_a_public_address) {
    fake_gateway gateway;
    llmx::server_options o;
    o.host = "0.0.0.0";
    o.port = 0;
    test_server open(gateway, o);
    BOOST_TEST(open.listen().has_error());
    o.keys = {key("sk-a", "a")};
    test_server guarded(gateway, o);
    BOOST_TEST(guarded.listen().has_value());
}

BOOST_AUTO_TEST_CASE(an_authenticator_of_the_program_may_ask_elsewhere) {
    fake_gateway gateway;
    gateway.act = names_the_caller();
    std::atomic<int> asked{0};
    llmx::server_options o;
    o.port = 0;
    o.threads = 1;
    o.handle_signals = false;
    o.log.level = llmx::log_level::off;
    llmx::basic_server<fake_gateway, foreign_authenticator, llmx::openai_chat_endpoint> server(
        gateway, foreign_authenticator(asked), std::move(o));
    BOOST_REQUIRE(server.listen().has_value());
    std::thread running([&server] { (void)server.run(); });
    {
        client c(server.port());
        BOOST_TEST(who_is(c, "x-user: known\r\n") == "known");
        BOOST_TEST(asked == 0);
        BOOST_TEST(who_is(c, "x-user: other\r\n") == "other");
        BOOST_TEST(asked == 1);
        client without(server.port());
        BOOST_TEST(who_is(without, "") == "401");
    }
    server.stop();
    running.join();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace keys_unit
