// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/policies/model_access.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/server/resources.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/storage/folder.hpp>
#include <llmx/storage/memory.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <filesystem>

#include <unistd.h>

namespace server_test {

namespace resource_cases {

using namespace llmx;
using tested_providers = registry<openai, anthropic, gemini>;

struct scripted_runtime final : runtime {
    scripted_runtime(asio::io_context& io, http_transport& network) : world(io, network) {}
    time_point now() const noexcept override { return world.now(); }
    std::int64_t unix_seconds() const noexcept override { return world.unix_seconds(); }
    std::uint64_t random() noexcept override { return world.random(); }
    asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override { return world.sleep_until(when, stop); }
    http_transport& transport() noexcept override { return world.transport(); }
    asio::any_io_executor executor() noexcept override { return world.executor(); }
    asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override { return world.offload(work, stop); }
    asio_runtime world;
};

inline deployment at(const std::string& provider, const std::string& base, const std::string& model, const std::string& group, const std::string& id) {
    deployment d;
    d.provider = provider;
    d.model = model;
    d.model_group = group;
    d.id = id;
    d.key = secret("sk-vendor-" + provider);
    d.api_base = *parse_base_url(base);
    return d;
}
inline access_key key(const std::string& text, std::vector<std::string> models = std::vector<std::string>()) {
    auto who = std::make_shared<principal>();
    who->id = who->alias = text.substr(3);
    who->models = std::move(models);
    return access_key(secret(text), std::move(who));
}

/// OpenAI and Anthropic, and the copies for their own paths.
inline std::vector<deployment> usual_deployments() {
    return {at("openai", "https://api.openai.test/v1", "gpt-4o", "gpt", "dep-openai"),
            at("anthropic", "https://api.anthropic.test", "claude-sonnet-4-5", "claude", "dep-claude"),
            at("gemini", "https://google.test", "*", "gemini/*", "dep-gemini"),
            // A name that would catch ids too.
            at("openai", "https://other.test/v1", "*", "*", "dep-any")};
}

/// A server over a scripted network, with a store that outlives it.
template <class Providers> struct keeping_of {
    using tested = gateway<Providers, weighted, model_access>;
    using front = server<tested, openai_chat_endpoint, files_endpoint, message_batches_endpoint, batches_endpoint,
                         resources_endpoint, openai_videos_endpoint, health_endpoint>;
    explicit keeping_of(std::shared_ptr<blob_store> blobs = nullptr, 
                        const std::function<void(resource_options&)>& set = std::function<void(resource_options&)>(),
                        bool resumes = false, std::vector<deployment> of = usual_deployments())
        : sink(std::make_shared<memory_sink>()), made(Providers::make_topology(with_own_paths(std::move(of))).value(), typename tested::policies_type()) {
        resource_options r;
        store = std::make_shared<memory_store>();
        r.blobs = blobs ? std::move(blobs) : std::shared_ptr<blob_store>(store, &store->blobs());
        r.id_key = secret("the key of the tests' ids, 32 b.");
        r.find_principal = [this](std::string_view id) -> principal_ptr {
            for (const access_key& k : keys)
                if (k.who->id == id) return k.who;
            return nullptr;
        };
        if (set) set(r);
        all = std::make_shared<resources>(std::move(r));
        server_options o;
        o.port = 0;
        o.threads = 1;
        o.handle_signals = false;
        o.log.sink = sink;
        o.log.level = log_level::debug;
        o.keys = keys;
        served = std::make_unique<front>(
            made, std::move(o),
            [this, resumes](asio::io_context& io) -> std::unique_ptr<runtime> {
                auto on = std::make_unique<scripted_runtime>(io, network);
                if (resumes) resume_batches(all, *on, any_service::refer_to(made));
                return on;
            },
            files_endpoint(all), batches_endpoint(all), message_batches_endpoint(all), resources_endpoint(all),
            openai_videos_endpoint(all));
        const auto bound = served->listen();
        BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
        thread = std::thread([this] { (void)served->run(); });
    }
    ~keeping_of() { finish(); }
    static std::vector<deployment> with_own_paths(std::vector<deployment> of) {
        const std::vector<deployment> own = pass_through_deployments(of);
        of.insert(of.end(), own.begin(), own.end());
        return of;
    }
    void finish() {
        if (!thread.joinable()) return;
        served->stop();
        thread.join();
    }
    answer ask(const std::string& request) {
        client c(served->port());
        c.send(request);
        return c.read();
    }
    answer get(const std::string& path, const std::string& who = "team") { return ask(server_test::get(path, fields_of(who))); }
    answer post(const std::string& path, const std::string& body, const std::string& who = "team") {
        return ask(server_test::post(path, body, fields_of(who)));
    }
    answer remove(const std::string& path, const std::string& who = "team") {
        return ask("DELETE " + path + " HTTP/1.1\r\nHost: test\r\n" + fields_of(who) + "\r\n");
    }
    answer upload(const std::string& file, const std::string& purpose, const std::string& who = "team", const std::string& more = std::string(),
                  const std::string& path = "/v1/files", const std::string& head = std::string()) {
        std::string body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"lines.jsonl\"\r\n"
                           "Content-Type: application/jsonl\r\n\r\n" +
                           file + "\r\n";
        if (!purpose.empty()) body += "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose + "\r\n";
        body += more + "--b--\r\n";
        return ask("POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Type: multipart/form-data; boundary=b\r\n" + fields_of(who) + head +
                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    static std::string fields_of(const std::string& who) { return "Authorization: Bearer sk-" + who + "\r\n"; }
    /// The member \p name of an answer.
    static std::string text(const answer& a, std::string_view name) {
        const auto v = boost::json::parse(a.body);
        const auto* const m = v.as_object().if_contains(name);
        return m != nullptr && m->is_string() ? std::string(m->get_string()) : std::string();
    }
    /// A batch's state once it is none that passes.
    answer ended(const std::string& path, const std::string& who = "team") {
        for (;;) {
            answer a = get(path, who);
            BOOST_REQUIRE_EQUAL(a.status, 200);
            const std::string state = text(a, path.find("messages") == std::string::npos ? "status" : "processing_status");
            if (state == "completed" || state == "failed" || state == "expired" || state == "cancelled" || state == "ended") return a;
            std::this_thread::yield();
        }
    }

    std::vector<access_key> keys = {key("sk-team"), key("sk-other"), key("sk-limited", {"claude"}), key("sk-painter", {"gemini/veo"})};
    testing::scripted_transport network;
    std::shared_ptr<memory_sink> sink;
    std::shared_ptr<memory_store> store;
    tested made;
    std::shared_ptr<resources> all;
    std::unique_ptr<front> served;
    std::thread thread;
};
using keeping = keeping_of<tested_providers>;

inline std::string chat_line(const std::string& id, const std::string& model, const std::string& text = "hi") {
    return R"({"custom_id":")" + id + R"(","method":"POST","url":"/v1/chat/completions","body":{"model":")" + model +
           R"(","messages":[{"role":"user","content":")" + text + R"("}]}})" + "\n";
}
inline const std::string claude_reply = R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5",)"
                                        R"("content":[{"type":"text","text":"Hello"}],)"
                                        R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}})";

} // namespace resource_cases

} // namespace server_test
