// SPDX-License-Identifier: BSL-1.0
// A WebSocket client, a whole gateway and a WebSocket upstream.
#pragma once

#include "support.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/observers.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/server/endpoints.hpp>
#include <llmx/wire/url.hpp>

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace realtime_test {

using namespace llmx;
using namespace server_test;

namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace http = beast::http;
namespace data = boost::unit_test::data;
using asio::ip::tcp;
using head = http::request<http::string_body>;
using strings = std::vector<std::string>;

/// A provider: answers with what `refuse` was given, one answer for each request, then speaks WebSocket and
/// sends each message back; "bye" closes in order, "drop" does not.
class peer {
public:
    peer() : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        thread_ = std::thread([this] { accept(); });
    }
    ~peer() {
        over_ = true;
        asio::io_context io;
        tcp::socket wake(io);
        boost::system::error_code ignored;
        wake.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
        for (std::thread& t : sessions_) t.join();
    }
    std::string url(std::string_view path) const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + std::string(path);
    }
    /// Status 0: nothing at all is sent; -1: the connection is closed.
    void refuse(int status, std::string body = std::string(), std::string field = std::string()) {
        const std::lock_guard<std::mutex> lock(mutex_);
        refusals_.push_back(refusal(status, std::move(body), std::move(field)));
    }
    strings targets() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        strings all;
        for (const head& h : heads_) all.emplace_back(h.target());
        return all;
    }
    head last() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        BOOST_REQUIRE(!heads_.empty());
        return heads_.back();
    }
    std::atomic<int> accepted{0}, ended{0};
    /// Speaks in place of the echo; set before the first client comes.
    std::function<void(websocket::stream<tcp::socket>&)> speak;

private:
    struct refusal {
        refusal(int s, std::string b, std::string f) : status(s), body(std::move(b)), field(std::move(f)) {}
        int status;
        std::string body, field;
    };
    void accept() {
        for (;;) {
            tcp::socket s(io_);
            boost::system::error_code ec;
            acceptor_.accept(s, ec);
            if (ec || over_) return;
            ++accepted;
            sessions_.emplace_back([this, t = std::move(s)]() mutable {
                try {
                    serve(std::move(t));
                } catch (const std::exception&) {
                }
                ++ended;
            });
        }
    }
    void serve(tcp::socket s) {
        beast::flat_buffer buffer;
        head q;
        http::read(s, buffer, q);
        refusal answer(101, std::string(), std::string());
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            heads_.push_back(q);
            if (!refusals_.empty()) {
                answer = refusals_.front();
                refusals_.pop_front();
            }
        }
        if (answer.status == -1) return;
        if (answer.status == 0) {
            char byte;
            (void)s.read_some(asio::buffer(&byte, 1));
            return;
        }
        if (answer.status != 101) {
            const std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Status\r\nContent-Type: application/json\r\n" + answer.field +
                                     "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
            asio::write(s, asio::buffer(text));
            return;
        }
        websocket::stream<tcp::socket> ws(std::move(s));
        const std::string offered(q[http::field::sec_websocket_protocol]);
        ws.set_option(websocket::stream_base::decorator([offered](websocket::response_type& r) {
            if (!offered.empty()) r.set(http::field::sec_websocket_protocol, offered.substr(0, offered.find(',')));
            r.set("x-request-id", "req-of-provider");
            r.set("set-cookie", "secret=1");
        }));
        websocket::permessage_deflate deflate;
        deflate.server_enable = true;
        ws.set_option(deflate);
        ws.read_message_max(64 * 1024 * 1024);
        ws.accept(q);
        if (speak) return speak(ws);
        for (;;) {
            beast::flat_buffer message;
            ws.read(message);
            const std::string text = beast::buffers_to_string(message.data());
            if (text == "bye") {
                ws.close(websocket::close_code::normal);
                return;
            }
            if (text == "drop") {
                ws.next_layer().close();
                return;
            }
            ws.text(ws.got_text());
            ws.write(message.data());
        }
    }
    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::atomic<bool> over_{false};
    mutable std::mutex mutex_;
    std::deque<refusal> refusals_;
    std::vector<head> heads_;
    std::list<std::thread> sessions_;
    std::thread thread_;
};

/// The notifications of an observer, in order.
class watcher {
public:
    void call_began(const call& c) noexcept { note("call began " + std::string(c.model)); }
    void attempt_began(const call& c) noexcept { note("attempt began " + c.now.target->id); }
    void first_content(const call&) noexcept { note("first content"); }
    void attempt_ended(const call&, const deployment& d, const outcome& how) noexcept { note("attempt ended " + d.id + ": " + name(how)); }
    void call_ended(const call& c, const outcome& how) noexcept {
        note("call ended: " + name(how));
        const std::lock_guard<std::mutex> lock(mutex_);
        timed_ = how.began == c.context->started && how.ended >= how.began && (how.failure || how.first_token >= how.began);
    }
    strings seen() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return seen_;
    }
    bool timed() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return timed_;
    }
    /// Waits for the end of \p n calls.
    void wait_for_end(int n = 1) const {
        wait_until([&] {
            const std::lock_guard<std::mutex> lock(mutex_);
            return std::count_if(seen_.begin(), seen_.end(), [](const std::string& s) { return s.starts_with("call ended"); }) == n;
        });
    }

private:
    static std::string name(const outcome& how) { return how.failure ? std::string(errc_name(*how.failure)) : "well"; }
    void note(std::string what) {
        const std::lock_guard<std::mutex> lock(mutex_);
        seen_.push_back(std::move(what));
    }
    mutable std::mutex mutex_;
    strings seen_;
    bool timed_ = false;
};

using tested_gateway = gateway<registry<openai, azure_openai, anthropic>, observers<watcher>, weighted, retry, fallback, rate_limit,
    timeout>;
using tested_server = basic_server<tested_gateway, key_authenticator, openai_realtime_endpoint, openai_chat_endpoint, health_endpoint>;

inline deployment at(const peer& p, std::string id, std::string group, std::string path = "/v1", std::string kind = "openai") {
    deployment d;
    d.id = std::move(id);
    d.model_group = std::move(group);
    d.provider = std::move(kind);
    d.model = "gpt-realtime";
    d.key = secret("sk-provider-key-of-" + d.id);
    d.api_base = parse_base_url(p.url(path)).value();
    return d;
}

struct setup {
    setup() {
        policies_of<retry>() = retry(0).backoff(std::chrono::nanoseconds(1), std::chrono::nanoseconds(1));
        options.key = secret("sk-master");
        options.port = 0;
        options.threads = 1;
        options.handle_signals = false;
        options.drain = std::chrono::milliseconds(100);
        options.log.level = log_level::debug;
    }
    template <class P> P& policies_of() { return std::get<P>(policies); }
    tested_gateway::policies_type policies;
    server_options options;
};

template <class Server> class basic_bench {
public:
    /// \p endpoints: objects for the server's constructor.
    template <class... E>
    explicit basic_bench(std::vector<deployment> all, setup s = setup(), E... endpoints)
        : watch(std::make_shared<watcher>()), sink(std::make_shared<memory_sink>()),
            gateway_(world_of(std::move(all)), with(watch, s.policies)),
          server_(gateway_, with(sink, std::move(s.options)), pooled_runtimes(http_pool_options(), 1), std::move(endpoints)...) {
        BOOST_REQUIRE(gateway_.ready());
        BOOST_REQUIRE(server_.listen());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~basic_bench() { finish(); }
    void finish() {
        if (!thread_.joinable()) return;
        server_.stop();
        thread_.join();
    }
    void stop() { server_.stop(); }
    std::uint16_t port() const { return server_.port(); }
    /// The lines of the log, once the server has ended.
    std::vector<boost::json::object> lines() {
        finish();
        return sink->calls();
    }
    std::shared_ptr<watcher> watch;
    std::shared_ptr<memory_sink> sink;

private:
    static std::shared_ptr<const topology> world_of(std::vector<deployment> all) {
        auto made = tested_gateway::registry_type::make_topology(std::move(all));
        BOOST_REQUIRE_MESSAGE(made, made.error().message());
        return *made;
    }
    static tested_gateway::policies_type with(const std::shared_ptr<watcher>& w, tested_gateway::policies_type p) {
        std::get<observers<watcher>>(p) = observers<watcher>(w);
        return p;
    }
    static server_options with(const std::shared_ptr<memory_sink>& s, server_options o) {
        o.log.sink = s;
        return o;
    }
    tested_gateway gateway_;
    Server server_;
    std::thread thread_;
};
using bench = basic_bench<tested_server>;

using fields = std::vector<std::pair<std::string, std::string>>;
const fields with_key{{"authorization", "Bearer sk-master"}};

/// A WebSocket client that blocks.
class session {
public:
    explicit session(std::uint16_t port, std::string target = "/v1/realtime?model=m", fields more = with_key, bool deflate = false)
        : ws(io_) {
        ws.next_layer().connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
        ws.read_message_max(64 * 1024 * 1024);
        ws.set_option(websocket::stream_base::decorator([more](websocket::request_type& q) {
            for (const auto& [name, value] : more) q.insert(name, value);
        }));
        websocket::permessage_deflate d;
        d.client_enable = deflate;
        ws.set_option(d);
        ws.handshake(answer, "test", target, ec);
    }
    void send(std::string_view text) { ws.write(asio::buffer(text.data(), text.size()), ec); }
    std::string read() {
        beast::flat_buffer b;
        ws.read(b, ec);
        return beast::buffers_to_string(b.data());
    }
    std::string echo(std::string_view text) {
        send(text);
        return read();
    }
    void close() { ws.close(websocket::close_code::normal, ec); }
    boost::system::error_code ec;
    websocket::response_type answer;

private:
    asio::io_context io_;

public:
    websocket::stream<tcp::socket> ws;
};

inline std::string upgrade(std::string_view target = "/v1/realtime?model=m",
    std::string_view more = "Authorization: Bearer sk-master\r\n") {
    return get(target, "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + std::string(more));
}

inline std::string openai_error(std::string_view message, std::string_view type) {
    return R"({"error":{"message":")" + std::string(message) + R"(","type":")" + std::string(type) + R"(","param":null,"code":null}})";
}

inline std::string message_of(const answer& a) { return std::string(a.json().at("error").at("message").as_string()); }

} // namespace realtime_test
