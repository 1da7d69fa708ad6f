// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints.hpp>
#include <llmx/server/server.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace server_test {

namespace asio = boost::asio;

/// Pieces handed out one by one, then the end or a failure; can wait to be cancelled.
class scripted_stream final : public llmx::reply_stream {
public:
    scripted_stream(llmx::call& c, std::vector<std::string> pieces) : call_(&c), pieces_(std::move(pieces)) {}
    std::optional<llmx::error> failure;
    bool said_so = false;
    bool hang = false;
    /// Gives the last piece again and again instead of ending.
    bool endless = false;
    /// Media type that the provider named.
    std::string type;
    /// Each piece but the first waits until this has reached its number; null: none does.
    const std::atomic<int>* allowed = nullptr;

    asio::awaitable<llmx::result<std::string_view>> read_some() override {
        if (endless && next_ == pieces_.size()) {
            --next_;
            if (call_->context->cancellation.cancelled()) co_return llmx::error(llmx::errc::cancelled);
        }
        while (allowed != nullptr && next_ < pieces_.size() && static_cast<std::size_t>(allowed->load()) < next_) {
            const auto slept = co_await call_->on->sleep_until(call_->on->now() + std::chrono::milliseconds(1), call_->stop);
            if (!slept) co_return slept.error();
        }
        if (next_ < pieces_.size()) co_return std::string_view(pieces_[next_++]);
        if (hang) {
            const auto slept = co_await call_->on->sleep_until(llmx::time_point::max(), call_->context->cancellation);
            co_return slept.error();
        }
        if (failure) co_return *failure;
        co_return std::string_view();
    }
    bool provider_reported() const noexcept override { return said_so; }
    const llmx::usage& tokens() const noexcept override { return call_->context->report.tokens; }
    std::string_view content_type() const noexcept override { return type; }

private:
    llmx::call* call_;
    std::vector<std::string> pieces_;
    std::size_t next_ = 0;
};

/// A gateway that follows the test's script.
class fake_gateway {
public:
    using behaviour = std::function<asio::awaitable<llmx::result<llmx::reply>>(llmx::call&)>;

    fake_gateway() {
        llmx::deployment d;
        d.id = "dep-1";
        d.model_group = "m";
        d.provider = "fake";
        d.model = "fake-large";
        llmx::deployment slashed = d;
        slashed.id = "dep-2";
        slashed.model_group = "vendor/m-2";
        llmx::deployment wild = d;
        wild.id = "dep-3";
        wild.model_group = "any/*";
        std::vector<llmx::deployment> all{d, slashed, wild};
        world_ = *llmx::topology::make(std::move(all));
    }
    behaviour act;
    std::atomic<int> executed{0}, cancelled{0}, running{0};

    asio::awaitable<llmx::result<llmx::reply>> execute(llmx::call& c) {
        ++executed;
        c.report.provider = "fake";
        c.report.deployment_id = "dep-1";
        c.report.upstream_model = "fake-large";
        ++running;
        llmx::result<llmx::reply> r = co_await act(c);
        --running;
        if (!r && r.error().value() == llmx::errc::cancelled) ++cancelled;
        co_return r;
    }
    std::shared_ptr<const llmx::topology> world() const { return world_; }
    /// Whether forms are taken as they come.
    bool takes_forms = true;
    bool passes(llmx::runtime&, std::string_view, const llmx::codec_ops&, const llmx::codec_ops* const*) const noexcept { return takes_forms; }
    void empty_topology() { world_ = *llmx::topology::make(std::vector<llmx::deployment>()); }

private:
    std::shared_ptr<const llmx::topology> world_;
};

inline llmx::reply reply_with(const llmx::codec_ops& dialect, std::string body) {
    llmx::reply r;
    r.codec = &dialect;
    r.body = std::move(body);
    return r;
}

/// Waits for a counter that another thread moves; the test's own time limit ends a hang.
inline void wait_until(const std::function<bool()>& reached) {
    while (!reached()) std::this_thread::yield();
}

/// Lines of the access log, as they are written.
class memory_sink final : public llmx::log_sink {
public:
    /// Once for all: tests that count large blocks of the server must not see it grow.
    memory_sink() { text_.reserve(4 * 1024 * 1024); }
    void write(std::string_view lines) noexcept override {
        const std::lock_guard<std::mutex> lock(mutex_);
        text_ += lines;
    }
    std::string text() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return text_;
    }
    /// The lines about calls.
    std::vector<boost::json::object> calls() const {
        std::vector<boost::json::object> out;
        const std::string all = text();
        for (std::size_t at = 0; at < all.size();) {
            const std::size_t end = all.find('\n', at);
            auto o = boost::json::parse(std::string_view(all).substr(at, end - at)).as_object();
            if (o.contains("status")) out.push_back(std::move(o));
            at = end + 1;
        }
        return out;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

using test_server =
    llmx::server<fake_gateway, llmx::openai_chat_endpoint, llmx::anthropic_messages_endpoint,
                 llmx::gemini_generate_endpoint, llmx::openai_speech_endpoint, llmx::openai_transcription_endpoint,
                 llmx::openai_translation_endpoint, llmx::openai_moderations_endpoint, llmx::cohere_rerank_endpoint,
                 llmx::openai_images_endpoint, llmx::openai_completions_endpoint, llmx::mistral_ocr_endpoint,
                 llmx::perplexity_search_endpoint, llmx::models_endpoint, llmx::health_endpoint>;

/// A server on a free port of 127.0.0.1 in a thread of its own, stopped at the end.
class running_server {
public:
    explicit running_server(fake_gateway& gateway, llmx::server_options o = llmx::server_options())
        : sink(std::make_shared<memory_sink>()), server_(gateway, prepared(std::move(o))) {
        const auto bound = server_.listen();
        BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~running_server() { finish(); }

    std::uint16_t port() const { return server_.port(); }
    llmx::server_host& host() { return server_; }
    /// Drains and waits; the log is complete afterwards.
    void finish() {
        if (!thread_.joinable()) return;
        server_.stop();
        thread_.join();
    }
    void join() { thread_.join(); }
    std::shared_ptr<memory_sink> sink;

private:
    llmx::server_options prepared(llmx::server_options o) {
        o.port = 0;
        if (o.threads == 0) o.threads = 1;
        o.handle_signals = false;
        if (!o.log.sink) o.log.sink = sink;
        o.log.level = llmx::log_level::debug;
        return o;
    }
    test_server server_;
    std::thread thread_;
};

/// An answer as it came.
struct answer {
    int status = 0;
    std::string head, body;
    std::map<std::string, std::string> fields;
    /// The message ended as HTTP requires (length reached, last chunk seen).
    bool complete = false;

    std::string field(const std::string& name) const {
        const auto f = fields.find(name);
        return f == fields.end() ? std::string() : f->second;
    }
    boost::json::value json() const { return boost::json::parse(body); }
};

/// A blocking HTTP client that sees everything. Reads give up after ten seconds.
class client {
public:
    explicit client(std::uint16_t port) : socket_(io_) {
        socket_.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port));
    }
    void send(std::string_view bytes) {
        boost::system::error_code ec;
        asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), ec);
    }
    /// Whether the server has closed the connection already; waits for nothing.
    bool closed_now() {
        boost::system::error_code ec;
        char byte;
        socket_.non_blocking(true);
        const std::size_t n = socket_.receive(asio::buffer(&byte, 1), asio::ip::tcp::socket::message_peek, ec);
        socket_.non_blocking(false);
        return n == 0 && ec != asio::error::would_block;
    }
    void half_close() { socket_.shutdown(asio::ip::tcp::socket::shutdown_send); }
    void close() { socket_.close(); }
    void reset() {
        socket_.set_option(asio::socket_base::linger(true, 0));
        socket_.close();
    }
    asio::ip::tcp::socket& socket() { return socket_; }

    /// Reads until \p what has been seen; false when the connection ended before.
    bool read_until(std::string_view what) {
        while (bytes_.find(what) == std::string::npos)
            if (!more()) return false;
        return true;
    }
    /// Whether the server has closed the connection, after whatever it still sent.
    bool closed() {
        while (more()) {
        }
        return ended_;
    }
    const std::string& pending() const { return bytes_; }

    answer read(bool head_only = false) {
        answer a;
        if (!read_until("\r\n\r\n")) {
            a.head = bytes_;
            return a;
        }
        const std::size_t end = bytes_.find("\r\n\r\n") + 4;
        a.head = bytes_.substr(0, end);
        bytes_.erase(0, end);
        a.status = std::stoi(a.head.substr(9, 3));
        for (std::size_t at = a.head.find("\r\n") + 2; at + 2 < a.head.size();) {
            const std::size_t eol = a.head.find("\r\n", at), colon = a.head.find(": ", at);
            a.fields[a.head.substr(at, colon - at)] = a.head.substr(colon + 2, eol - colon - 2);
            at = eol + 2;
        }
        if (a.status == 100 || head_only) {
            a.complete = true;
        } else if (!a.field("content-length").empty()) {
            const std::size_t n = std::stoul(a.field("content-length"));
            while (bytes_.size() < n && more()) {
            }
            a.complete = bytes_.size() >= n;
            a.body = bytes_.substr(0, n);
            bytes_.erase(0, n);
        } else if (a.field("transfer-encoding") == "chunked") {
            for (;;) {
                if (!read_until("\r\n")) return a;
                const std::size_t n = std::stoul(bytes_, nullptr, 16), head = bytes_.find("\r\n") + 2;
                while (bytes_.size() < head + n + 2 && more()) {
                }
                if (bytes_.size() < head + n + 2) return a;
                a.body += bytes_.substr(head, n);
                bytes_.erase(0, head + n + 2);
                if (n == 0) break;
            }
            a.complete = true;
        } else {
            while (more()) {
            }
            a.body = std::exchange(bytes_, std::string());
            a.complete = ended_ && !reset_;
        }
        return a;
    }
    bool was_reset() const { return reset_; }

private:
    bool more() {
        if (ended_) return false;
        char piece[4096];
        std::size_t n = 0;
        boost::system::error_code ec = asio::error::would_block;
        asio::steady_timer limit(io_, std::chrono::seconds(10));
        limit.async_wait([this](const boost::system::error_code& e) {
            if (!e) socket_.cancel();
        });
        socket_.async_read_some(asio::buffer(piece), [&](const boost::system::error_code& e, std::size_t got) {
            ec = e;
            n = got;
            limit.cancel();
        });
        io_.restart();
        io_.run();
        BOOST_REQUIRE_MESSAGE(ec != asio::error::operation_aborted, "the server said nothing for ten seconds");
        if (ec) {
            ended_ = true;
            reset_ = ec != asio::error::eof;
            return false;
        }
        bytes_.append(piece, n);
        return true;
    }
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
    std::string bytes_;
    bool ended_ = false, reset_ = false;
};

inline std::string post(std::string_view path, std::string_view body, std::string_view fields = "") {
    std::string s = "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";
    s += fields;
    s += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    s += body;
    return s;
}
inline std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}

inline constexpr std::string_view chat_body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
inline constexpr std::string_view stream_body =
    R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true})";
inline constexpr std::string_view openai_reply =
    R"({"id":"c1","object":"chat.completion","created":1,"model":"fake-large","choices":[{"index":0,"message":)"
    R"({"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,)"
    R"("completion_tokens":1,"total_tokens":4},"unknown_member":[1]})";

/// Answers with \p body in OpenAI's words.
inline fake_gateway::behaviour says(std::string body = std::string(openai_reply)) {
    return [body](llmx::call&) -> asio::awaitable<llmx::result<llmx::reply>> {
        co_return reply_with(llmx::codec_of<llmx::openai_chat>, body);
    };
}
inline fake_gateway::behaviour fails(llmx::error e) {
    return [e](llmx::call&) -> asio::awaitable<llmx::result<llmx::reply>> { co_return e; };
}
/// Answers like `says` once \p go is true.
inline fake_gateway::behaviour until(const std::atomic<bool>& go) {
    return [&go](llmx::call& c) -> asio::awaitable<llmx::result<llmx::reply>> {
        while (!go) {
            const auto slept =
                co_await c.on->sleep_until(c.on->now() + std::chrono::milliseconds(1), c.stop);
            if (!slept) co_return slept.error();
        }
        co_return reply_with(llmx::codec_of<llmx::openai_chat>, std::string(openai_reply));
    };
}
/// Waits until the call is cancelled.
inline fake_gateway::behaviour waits() {
    return [](llmx::call& c) -> asio::awaitable<llmx::result<llmx::reply>> {
        const auto slept = co_await c.on->sleep_until(llmx::time_point::max(), c.stop);
        co_return slept.error();
    };
}
/// Streams \p pieces in the words of \p D.
template <class D>
fake_gateway::behaviour streams(std::vector<std::string> pieces,
                                std::function<void(scripted_stream&)> set = std::function<void(scripted_stream&)>()) {
    return [pieces, set](llmx::call& c) -> asio::awaitable<llmx::result<llmx::reply>> {
        auto s = std::make_unique<scripted_stream>(c, pieces);
        if (set) set(*s);
        llmx::reply r;
        r.codec = &llmx::codec_of<D>;
        r.stream = std::move(s);
        co_return r;
    };
}

} // namespace server_test
