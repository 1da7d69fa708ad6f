// SPDX-License-Identifier: BSL-1.0
// Does any caller ever see another caller's answer? A whole gateway in process, with reloads, between
// clients that pipeline and hang up and a provider that sends answers twice, cut, late, in pieces
// and unasked, over plain TCP, TLS 1.2 and TLS 1.3. Every call carries a marker of its own, which
// the provider takes from the request and writes into its answer.
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include "../../support/peer_line.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/server/endpoints.hpp>
#include <llmx/server/pooled_runtime.hpp>
#include <llmx/server/server.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace llmx;
using namespace llmx_test;
using namespace std::chrono_literals;

/// What becomes of a call; the last letter of its marker.
///
/// An answer that comes behind another is sent so that it is there before the connection can carry
/// the next request: in one write with the first, or while no call is under way at all. When it
/// arrives just behind the next request HTTP/1.1 cannot know it from that request's answer.
namespace fate {
constexpr char normal = 'n';
constexpr char slow = 's';
constexpr char cut = 'c';            ///< half an answer, then the end
constexpr char twice = 'x';          ///< a second answer in the same record
constexpr char twice_apart = 'r';    ///< a second answer in another record of the same segment
constexpr char pieces = 'p';         ///< in two writes
constexpr char closing = 'k';        ///< "Connection: close", then more, and no close
constexpr char trailing = 't';       ///< bytes that are no answer behind the answer
constexpr char half_more = 'h';      ///< half of a second answer in the same segment, its rest later
constexpr char failing = 'e';        ///< a 429
constexpr char hanging_up = 'u';     ///< no answer at all
constexpr char while_idle = 'i';     ///< a second answer on the idle connection
} // namespace fate

std::string http_text(std::string_view status, std::string_view fields, std::string_view body) {
    std::string t = "HTTP/1.1 ";
    t += status;
    t += "\r\nContent-Type: application/json\r\n";
    t += fields;
    t += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    t += body;
    return t;
}

std::string chat_answer(std::string_view marker) {
    return R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":")" +
           std::string(marker) + R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})";
}
std::string message_answer(std::string_view marker) {
    return R"({"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":")" + std::string(marker) +
           R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}})";
}
std::string chunk(std::string_view text) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", text.size());
    return size + std::string(text) + "\r\n";
}
std::string stream_answer(std::string_view marker) {
    std::string t = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 3; ++i)
        t += chunk(R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":")" +
                   std::string(marker) + "\"},\"finish_reason\":null}]}\n\n");
    t += chunk("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    return t + "0\r\n\r\n";
}

/// The markers in \p text.
std::set<std::string> markers(std::string_view text) {
    std::set<std::string> found;
    for (std::size_t at = text.find("MK"); at != std::string_view::npos; at = text.find("MK", at + 2)) {
        std::size_t end = at + 2;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (end + 1 < text.size() && end > at + 2 && text[end] == 'Q' && text[end + 1] >= 'a' && text[end + 1] <= 'z')
            found.emplace(text.substr(at, end + 2 - at));
    }
    return found;
}

/// A provider of OpenAI's and Anthropic's languages in a thread of its own.
class fake_provider {
public:
    explicit fake_provider(line over, const identity& me) : over_(over), server_(asio::ssl::context::tls_server), acceptor_(io_) {
        serve_over(server_, over, me);
        acceptor_.open(tcp::v4());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        acceptor_.listen(512);
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }
    fake_provider(const fake_provider&) = delete;
    fake_provider& operator=(const fake_provider&) = delete;
    ~fake_provider() {
        io_.stop();
        thread_.join();
    }
    [[nodiscard]] std::string url() const {
        return (over_ == line::plain ? "http://127.0.0.1:" : "https://localhost:") + std::to_string(port_);
    }
    /// Sends an answer with \p marker on every connection; returns when all are at their readers.
    void send_unasked(const std::string& marker) {
        const auto done = std::make_shared<std::promise<void>>();
        std::future<void> over = done->get_future();
        asio::co_spawn(io_, send_to_all(marker), [done](const std::exception_ptr&) { done->set_value(); });
        over.wait();
    }

private:
    asio::awaitable<void> accept() {
        for (;;) {
            tcp::socket s = co_await acceptor_.async_accept(asio::use_awaitable);
            s.set_option(tcp::no_delay(true));
            const auto p = std::make_shared<peer_line>(std::move(s), over_ == line::plain ? nullptr : server_.native_handle());
            asio::co_spawn(io_, serve(p), [](const std::exception_ptr&) {});
        }
    }
    asio::awaitable<void> serve(std::shared_ptr<peer_line> p) {
        const bool shaken = co_await p->begin();
        if (!shaken) co_return;
        open_.insert(p);
        for (bool more = true; more;) {
            const std::optional<std::string> body = co_await p->read_request();
            more = body.has_value();
            if (more) more = co_await answer(*p, *body);
        }
        open_.erase(p);
    }
    asio::awaitable<void> turns(std::size_t n) {
        for (; n > 0; --n) co_await asio::post(io_, asio::use_awaitable);
    }
    asio::awaitable<bool> answer(peer_line& p, const std::string& body) {
        const std::string marker = *markers(body).rbegin();
        const char what = marker.back();
        const bool anthropic = body.find("\"max_tokens\"") != std::string::npos;
        const bool stream = !anthropic && body.find("\"stream\":true") != std::string::npos;
        std::string text = stream ? stream_answer(marker)
                                  : http_text("200 OK", what == fate::closing ? "Connection: close\r\n" : "",
                                              anthropic ? message_answer(marker) : chat_answer(marker));
        // A fate by the number of the call, so that a run can be repeated.
        std::mt19937 random(static_cast<unsigned>(std::stoul(marker.substr(2))));
        std::string bytes;
        switch (what) {
        case fate::hanging_up: co_return false;
        case fate::cut:
            co_await p.send(p.record(std::string_view(text).substr(0, text.size() / 2)));
            co_return false;
        case fate::failing:
            text = http_text("429 Too Many Requests", "", R"({"error":{"type":"rate_limit_error","message":")" + marker + "\"}}");
            break;
        case fate::slow: {
            asio::steady_timer late(io_, std::chrono::microseconds(random() % 5000));
            co_await late.async_wait(asio::use_awaitable);
            break;
        }
        case fate::pieces: {
            const std::size_t at = 1 + random() % (text.size() - 1);
            co_await p.send(p.record(std::string_view(text).substr(0, at)));
            co_await turns(random() % 50);
            text.erase(0, at);
            break;
        }
        case fate::twice: text += text; break;
        case fate::twice_apart:
        case fate::closing:
            bytes = p.record(text);
            bytes += p.record(text);
            co_await p.send(bytes);
            co_return true;
        case fate::half_more: {
            bytes = p.record(text);
            const std::string more = p.record(text);
            const std::size_t at = 1 + random() % (more.size() - 1);
            co_await p.send(bytes + more.substr(0, at));
            co_await turns(random() % 50);
            co_await p.send(more.substr(at));
            co_return true;
        }
        case fate::trailing: {
            static constexpr std::string_view rubbish[] = {"\r\n", "0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "x"};
            bytes = p.record(text);
            bytes += p.record(rubbish[random() % 4]);
            co_await p.send(bytes);
            co_return true;
        }
        case fate::normal:
        default: break;
        }
        co_await p.send(p.record(text));
        co_return true;
    }
    asio::awaitable<void> send_to_all(std::string marker) {
        const std::vector<std::shared_ptr<peer_line>> all(open_.begin(), open_.end());
        const std::string text = http_text("200 OK", "", chat_answer(marker));
        for (const auto& p : all) {
            co_await p->send(p->record(text));
            co_await p->arrived();
        }
    }

    line over_;
    asio::io_context io_{1};
    asio::ssl::context server_;
    tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::set<std::shared_ptr<peer_line>> open_;
    std::thread thread_;
};

/// A runtime whose pool trusts the providers, and which adds up what pools have done.
struct totals {
    std::atomic<std::size_t> connects{0}, reuses{0}, unasked{0};
};
class counted_runtime final : public runtime {
public:
    counted_runtime(asio::io_context& io, http_pool_options options, totals& t) : inner_(io, std::move(options)), totals_(&t) {}
    counted_runtime(const counted_runtime&) = delete;
    counted_runtime& operator=(const counted_runtime&) = delete;
    ~counted_runtime() override {
        const http_pool_stats s = static_cast<http_pool&>(inner_.transport()).stats();
        totals_->connects += s.connects;
        totals_->reuses += s.reuses;
        totals_->unasked += s.unasked;
    }
    time_point now() const noexcept override { return inner_.now(); }
    std::int64_t unix_seconds() const noexcept override { return inner_.unix_seconds(); }
    std::uint64_t random() noexcept override { return inner_.random(); }
    asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override { return inner_.sleep_until(when, stop); }
    http_transport& transport() noexcept override { return inner_.transport(); }
    asio::any_io_executor executor() noexcept override { return inner_.executor(); }

private:
    pooled_runtime inner_;
    totals* totals_;
};

using providers = registry<openai, anthropic>;
using confused_gateway = gateway<providers, weighted>;
using confused_server = server<confused_gateway, openai_chat_endpoint, anthropic_messages_endpoint, health_endpoint>;

class no_log final : public log_sink {
public:
    void write(std::string_view) noexcept override {}
};

/// Two languages at one provider, and one more for calls that are alone.
std::shared_ptr<const topology> topology_of(const fake_provider& many, const fake_provider& alone) {
    std::vector<deployment> ds;
    for (const std::string_view group : {"o", "a", "alone"}) {
        deployment d;
        d.id = group;
        d.model_group = group;
        d.provider = group == "a" ? "anthropic" : "openai";
        d.model = "m";
        d.key = secret("k");
        d.api_base = parse_base_url((group == "alone" ? alone : many).url() + "/v1").value();
        if (providers::complete(d).has_error()) return nullptr;
        ds.push_back(std::move(d));
    }
    return topology::make(std::move(ds)).value();
}

/// What became of the calls; each is counted in `sent` and in one of the others.
struct tally {
    std::size_t sent = 0, own = 0, refused = 0, lost = 0, given_up = 0;
    std::vector<std::string> foreign;
};

/// Clients of the gateway on one thread.
class clients {
public:
    clients(std::uint16_t port, fake_provider& alone, std::size_t calls, unsigned seed)
        : to_(asio::ip::address_v4::loopback(), port), alone_(&alone), calls_(calls), random_(seed) {}

    /// Runs all calls; \p each after each of them. False when some were not over in time.
    bool run(int connections, std::function<void(std::size_t)> each) {
        each_ = std::move(each);
        running_ = connections;
        for (int i = 0; i < connections; ++i) asio::co_spawn(io_, client(), asio::detached);
        io_.run_for(200s);
        return running_ == 0;
    }
    tally counts;

private:
    struct connection {
        explicit connection(asio::io_context& io) : socket(io) {}
        tcp::socket socket;
        std::string bytes;
    };
    struct request {
        std::string marker, text;
    };

    request next(bool alone) {
        static constexpr std::string_view fates = "nnnnnnnnnnnnnnnnnnnnnnsscxxxrrrpppkthheu";
        request r;
        const char what = alone ? fate::while_idle : fates[random_() % fates.size()];
        r.marker = "MK" + std::to_string(++counts.sent) + "Q" + what;
        const unsigned kind = static_cast<unsigned>(random_() % 10);
        std::string body = R"({"model":")";
        body += alone ? "alone" : kind < 7 ? "o" : "a";
        body += R"(","messages":[{"role":"user","content":")" + r.marker + "\"}]";
        if (!alone && kind < 3) body += ",\"stream\":true";
        body += "}";
        r.text = "POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: " +
                 std::to_string(body.size()) + "\r\n\r\n" + body;
        if (each_) each_(counts.sent);
        return r;
    }
    asio::awaitable<bool> more(connection& c) {
        char piece[8192];
        const auto got = co_await c.socket.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
        c.bytes.append(piece, std::get<1>(got));
        co_return std::get<1>(got) != 0;
    }
    asio::awaitable<bool> until(connection& c, std::string_view what, std::size_t from, std::size_t& end) {
        while ((end = c.bytes.find(what, from)) == std::string::npos) {
            const bool alive = co_await more(c);
            if (!alive) co_return false;
        }
        end += what.size();
        co_return true;
    }
    asio::awaitable<bool> until_size(connection& c, std::size_t size) {
        while (c.bytes.size() < size) {
            const bool alive = co_await more(c);
            if (!alive) co_return false;
        }
        co_return true;
    }
    /// One answer, taken off the front of what came and without the framing of chunks, which may stand
    /// within a marker; empty when it is cut.
    asio::awaitable<std::string> read_answer(connection& c) {
        std::size_t end = 0;
        bool good = co_await until(c, "\r\n\r\n", 0, end);
        if (!good) co_return std::string();
        const std::string head = c.bytes.substr(0, end);
        std::string whole = head;
        if (head.find("transfer-encoding: chunked") != std::string::npos) {
            for (std::size_t size = 1; size != 0;) {
                const std::size_t from = end;
                good = co_await until(c, "\r\n", from, end);
                if (!good) co_return std::string();
                size = std::stoul(c.bytes.substr(from, end - from), nullptr, 16);
                good = co_await until_size(c, end + size + 2);
                if (!good) co_return std::string();
                whole.append(c.bytes, end, size);
                end += size + 2;
            }
        } else {
            const std::size_t at = head.find("content-length: ");
            if (at == std::string::npos) co_return std::string();
            const std::size_t size = std::stoul(head.substr(at + 16));
            good = co_await until_size(c, end + size);
            if (!good) co_return std::string();
            whole.append(c.bytes, end, size);
            end += size;
        }
        c.bytes.erase(0, end);
        co_return whole;
    }
    void judge(const request& r, std::string_view answer) {
        std::set<std::string> seen = markers(answer);
        const bool has_own = seen.erase(r.marker) != 0;
        for (const std::string& other : seen) counts.foreign.push_back(other + " reached " + r.marker);
        if (answer.empty()) ++counts.lost;
        else if (!answer.starts_with("HTTP/1.1 200 ")) ++counts.refused;
        else if (has_own) ++counts.own;
        else if (seen.empty()) counts.foreign.push_back("an answer without a marker reached " + r.marker);
    }
    /// A call when no other is under way to its provider, which then sends another answer on what is idle.
    asio::awaitable<void> call_alone(connection& c) {
        if (std::exchange(alone_busy_, true)) co_return;
        const request r = next(true);
        co_await asio::async_write(c.socket, asio::buffer(r.text), asio::as_tuple(asio::use_awaitable));
        const std::string answer = co_await read_answer(c);
        judge(r, answer);
        alone_->send_unasked(r.marker);
        alone_busy_ = false;
    }
    asio::awaitable<void> client() {
        std::unique_ptr<connection> c;
        while (counts.sent < calls_) {
            if (!c) {
                c = std::make_unique<connection>(io_);
                const auto done = co_await c->socket.async_connect(to_, asio::as_tuple(asio::use_awaitable));
                if (std::get<0>(done)) break;
            }
            if (random_() % 30 == 0) co_await call_alone(*c);
            std::vector<request> batch;
            std::string text;
            for (std::size_t n = 1 + (random_() % 3) * (random_() % 2); n > 0; --n) {
                batch.push_back(next(false));
                text += batch.back().text;
            }
            co_await asio::async_write(c->socket, asio::buffer(text), asio::as_tuple(asio::use_awaitable));
            if (random_() % 8 == 0) {
                // Hangs up: at once, or while the answers come.
                for (std::size_t turns = random_() % 60; turns > 0; --turns) co_await asio::post(io_, asio::use_awaitable);
                if (random_() % 2 == 0) c->socket.set_option(asio::socket_base::linger(true, 0));
                counts.given_up += batch.size();
                c.reset();
                continue;
            }
            for (const request& r : batch) {
                std::string answer;
                if (c) answer = co_await read_answer(*c);
                judge(r, answer);
                if (answer.empty() || answer.find("connection: close") != std::string::npos) c.reset();
            }
        }
        --running_;
    }

    asio::io_context io_{1};
    tcp::endpoint to_;
    fake_provider* alone_;
    std::size_t calls_;
    std::mt19937_64 random_;
    std::function<void(std::size_t)> each_;
    int running_ = 0;
    bool alone_busy_ = false;
};

void confuse(line over, std::size_t calls) {
    const identity me;
    fake_provider many(over, me), alone(over, me);
    confused_gateway gw(topology_of(many, alone));
    server_options o;
    o.port = 0;
    o.threads = 2;
    o.handle_signals = false;
    o.log.sink = std::make_shared<no_log>();
    std::atomic<int> reloads{0};
    o.reload = [&] {
        gw.reload(topology_of(many, alone), confused_gateway::policies_type());
        ++reloads;
    };
    http_pool_options pool;
    tls_options trust;
    trust.ca_file = me.file;
    pool.tls = std::make_shared<tls_client>(std::move(trust));
    totals t;
    tally counts;
    {
        confused_server s(gw, o, [&](asio::io_context& io) -> std::unique_ptr<runtime> {
            return std::make_unique<counted_runtime>(io, pool, t);
        });
        const auto bound = s.listen();
        BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
        std::thread serving([&] { (void)s.run(); });
        clients all(s.port(), alone, calls, 20261126u + static_cast<unsigned>(over));
        const bool over_in_time = all.run(32, [&](std::size_t n) {
            if (n % 100 == 0) s.reload();
        });
        s.stop();
        serving.join();
        counts = all.counts;
        BOOST_TEST(over_in_time, "every call ends");
    }
    for (std::size_t i = 0; i < counts.foreign.size() && i < 5; ++i) BOOST_TEST_MESSAGE(counts.foreign[i]);
    BOOST_TEST(counts.foreign.size() == 0u, counts.foreign.size() << " foreign answers, first: " << (counts.foreign.empty() ? "" : counts.foreign[0]));
    BOOST_TEST(counts.sent >= calls);
    BOOST_TEST(counts.own + counts.refused + counts.lost + counts.given_up + counts.foreign.size() == counts.sent);
    BOOST_TEST(counts.own > counts.sent * 6 / 10, counts.own << " of " << counts.sent << " got their answer");
    BOOST_TEST(counts.given_up > counts.sent / 20);
    // The plan has an effect: connections are kept, and many of them end because the provider sent too much.
    BOOST_TEST(t.reuses.load() > counts.sent / 5);
    BOOST_TEST(t.unasked.load() > counts.sent / 20);
    BOOST_TEST(reloads.load() > 0);
    BOOST_TEST_MESSAGE(over << ": " << counts.sent << " calls, " << counts.own << " own, " << counts.refused << " refused, " << counts.lost
                            << " cut, " << counts.given_up << " given up, " << t.connects << " connects, " << t.reuses << " reuses, "
                            << t.unasked << " unasked, " << reloads << " reloads");
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_confusion)

BOOST_DATA_TEST_CASE(no_answer_reaches_another_caller, boost::unit_test::data::make(all_lines), over) { confuse(over, 7000); }

BOOST_AUTO_TEST_SUITE_END()

#endif

namespace confusion_unit {



} // namespace confusion_unit
