// SPDX-License-Identifier: BSL-1.0
#pragma once

// A server that keeps responses, with two callers.
#include "support.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace storing_test {

using namespace llmx;
using namespace server_test;

using storing_server = llmx::server<fake_gateway, openai_stored_responses_endpoint, openai_input_tokens_endpoint, health_endpoint>;

inline access_key key(std::string text, std::string id) {
    auto who = std::make_shared<principal>();
    who->id = who->alias = std::move(id);
    return access_key(secret(std::move(text)), std::move(who));
}

/// A server with two callers.
struct storing {
    explicit storing(response_store_options o = response_store_options())
        : storing(std::make_shared<response_store>(o)) {}
    explicit storing(std::shared_ptr<response_store> store, server_options o = server_options()) {
        o.port = 0;
        o.threads = 2;
        o.handle_signals = false;
        o.log.sink = std::make_shared<memory_sink>();
        o.keys = {key("sk-a", "team-a"), key("sk-b", "team-b")};
        front = std::make_unique<storing_server>(gateway, std::move(o), openai_stored_responses_endpoint(std::move(store)));
        const auto bound = front->listen();
        BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
        thread = std::thread([this] { (void)front->run(); });
    }
    ~storing() {
        front->stop();
        thread.join();
    }
    answer ask(const std::string& request) {
        client c(front->port());
        c.send(request);
        return c.read();
    }
    answer create(std::string_view body, std::string_view who = "sk-a") {
        return ask(post("/v1/responses", body, "Authorization: Bearer " + std::string(who) + "\r\n"));
    }
    answer by(std::string_view method, const std::string& path, std::string_view who = "sk-a") {
        return ask(std::string(method) + " " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + std::string(who) + "\r\nContent-Length: 0\r\n\r\n");
    }
    answer of(const std::string& path, std::string_view who = "sk-a") {
        return ask(get(path, "Authorization: Bearer " + std::string(who) + "\r\n"));
    }
    /// The response \p id when its status is none of the first two.
    boost::json::object ended(const std::string& id) {
        for (;;) {
            const answer a = of("/v1/responses/" + id);
            BOOST_REQUIRE(a.status == 200);
            boost::json::object r = a.json().as_object();
            const auto status = r.at("status").as_string();
            if (status != "queued" && status != "in_progress") return r;
            std::this_thread::yield();
        }
    }
    fake_gateway gateway;
    std::unique_ptr<storing_server> front;
    std::thread thread;
};

inline std::string id_of(const answer& a) { return std::string(a.json().at("id").as_string()); }

} // namespace storing_test
