// SPDX-License-Identifier: BSL-1.0
#include "upstream.hpp"

#include "calls.hpp"
#include "http.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <unordered_set>
#include <vector>

namespace soak {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

constexpr std::string_view no_json = "data: {]]}} 0x17 \\\n\n?!?!?", page = "<html><body>Please log in again</body></html>";

/// What the upstream was asked and what it sent.
struct statistics {
    statistics() = default;
    std::array<std::uint64_t, kind_names.size()> requests{};
    std::uint64_t answers = 0, connections = 0;
    std::unordered_set<std::uint64_t> failed_once;
};

struct command {
    command() = default;
    kind what = kind::ok;
    std::uint64_t id = 0;
    language l = language::openai;
    bool stream = false;
    bool dead = false;
};

/// The command in a request; nothing when there is none.
std::optional<command> read_command(std::string_view target, std::string_view body, bool dead) {
    command c;
    c.l = target.ends_with("/chat/completions") ? language::openai : target.ends_with("/messages") ? language::anthropic : language::gemini;
    c.stream = c.l == language::gemini ? target.find(":streamGenerateContent") != std::string_view::npos
                                       : body.find(R"("stream":true)") != std::string_view::npos;
    c.dead = dead;
    const auto at = body.find("[soak ");
    if (at == std::string_view::npos) return std::nullopt;
    const auto space = body.find(' ', at + 6);
    if (space == std::string_view::npos) return std::nullopt;
    const auto what = kind_of(body.substr(at + 6, space - at - 6));
    if (!what) return std::nullopt;
    c.what = *what;
    for (std::size_t i = space + 1; i < body.size() && body[i] >= '0' && body[i] <= '9'; ++i) c.id = c.id * 10 + static_cast<unsigned>(body[i] - '0');
    return c;
}

std::string head(std::string_view status, std::string_view type, std::string_view more, std::size_t length) {
    return "HTTP/1.1 " + std::string(status) + "\r\ncontent-type: " + std::string(type) + "\r\n" + std::string(more) +
           "content-length: " + std::to_string(length) + "\r\n\r\n";
}

std::string error_reply(language l, std::string_view status, std::string_view more) {
    std::string body;
    switch (l) {
    case language::openai: body = R"({"error":{"message":"the upstream fails","type":"server_error","param":null,"code":null}})"; break;
    case language::anthropic: body = R"({"type":"error","error":{"type":"api_error","message":"the upstream fails"}})"; break;
    case language::gemini: body = R"({"error":{"code":)" + std::string(status.substr(0, 3)) + R"(,"message":"the upstream fails","status":"INTERNAL"}})"; break;
    }
    return head(status, "application/json", more, body.size()) + body;
}

std::string whole_reply(language l, std::string_view text) {
    std::string body;
    switch (l) {
    case language::openai:
        body = R"({"id":"c1","object":"chat.completion","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":")" +
               std::string(text) + R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}})";
        break;
    case language::anthropic:
        body = R"({"id":"m1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":")" + std::string(text) +
               R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":11,"output_tokens":7}})";
        break;
    case language::gemini:
        body = R"({"candidates":[{"content":{"role":"model","parts":[{"text":")" + std::string(text) +
               R"("}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7,"totalTokenCount":18}})";
        break;
    }
    return head("200 OK", "application/json", "", body.size()) + body;
}

std::string chunk(std::string_view octets) {
    char size[20];
    const int n = std::snprintf(size, sizeof size, "%zx\r\n", octets.size());
    return std::string(size, static_cast<std::size_t>(n)) + std::string(octets) + "\r\n";
}

/// The events of a stream: the head, eight pieces of text, the end.
std::vector<std::string> stream_reply(language l, std::string_view text) {
    std::vector<std::string> events;
    const std::size_t step = (text.size() + 7) / 8;
    const auto piece = [&](std::size_t i) { return std::string(text.substr(std::min(text.size(), i * step), step)); };
    std::string first = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    switch (l) {
    case language::openai: {
        const auto event = [](const std::string& choices) {
            return chunk(R"(data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[)" + choices + "}\n\n");
        };
        events.push_back(first + event(R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}])"));
        for (std::size_t i = 0; i < 8; ++i) events.push_back(event(R"({"index":0,"delta":{"content":")" + piece(i) + R"("},"finish_reason":null}])"));
        events.push_back(event(R"({"index":0,"delta":{},"finish_reason":"stop"}])") +
                         event(R"(],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18})") + chunk("data: [DONE]\n\n") + "0\r\n\r\n");
        break;
    }
    case language::anthropic: {
        const auto event = [](std::string_view name, const std::string& data) { return chunk("event: " + std::string(name) + "\ndata: " + data + "\n\n"); };
        events.push_back(first + event("message_start", R"({"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"output_tokens":1}}})") +
                         event("content_block_start", R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"));
        for (std::size_t i = 0; i < 8; ++i)
            events.push_back(event("content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" + piece(i) + R"("}})"));
        events.push_back(event("content_block_stop", R"({"type":"content_block_stop","index":0})") +
                         event("message_delta", R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}})") +
                         event("message_stop", R"({"type":"message_stop"})") + "0\r\n\r\n");
        break;
    }
    case language::gemini:
        events.push_back(first);
        for (std::size_t i = 0; i < 8; ++i)
            events.push_back(chunk(R"(data: {"candidates":[{"content":{"role":"model","parts":[{"text":")" + piece(i) + R"("}]},"index":0}]})" "\n\n"));
        events.push_back(chunk(R"(data: {"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7,"totalTokenCount":18}})" "\n\n") + "0\r\n\r\n");
        break;
    }
    return events;
}

asio::awaitable<bool> send(tcp::socket& s, std::string text) {
    const auto [ec, n] = co_await asio::async_write(s, asio::buffer(text), quiet);
    co_return !ec;
}

asio::awaitable<void> pause(unsigned ms) {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(ms));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// Waits until the peer closes, or a minute.
asio::awaitable<void> wait_for_close(tcp::socket& s) {
    asio::steady_timer timer(s.get_executor(), std::chrono::minutes(1));
    timer.async_wait([&s](boost::system::error_code ec) { if (!ec) { boost::system::error_code ignored; s.close(ignored); } });
    char octet = 0;
    boost::system::error_code ignored;
    co_await s.async_read_some(asio::buffer(&octet, 1), asio::redirect_error(asio::use_awaitable, ignored));
}

/// Answers one request; false when the connection is not to be used again.
asio::awaitable<bool> answer_one(tcp::socket& s, statistics& stats, const command& c) {
    ++stats.requests[static_cast<std::size_t>(c.what)];
    if (c.dead) co_return co_await send(s, error_reply(c.l, "500 Internal Server Error", ""));
    const std::string text = answer_text(c.id);
    const bool slow = c.what == kind::slow || c.what == kind::cancelled;
    switch (c.what) {
    case kind::drop: co_return false;
    case kind::limited: co_return co_await send(s, error_reply(c.l, "429 Too Many Requests", "retry-after: 7\r\n"));
    case kind::failed: co_return co_await send(s, error_reply(c.l, "500 Internal Server Error", ""));
    case kind::garbage: {
        const std::string_view type = c.stream ? "text/event-stream" : "application/json";
        co_return co_await send(s, head("200 OK", type, "", no_json.size()) + std::string(no_json));
    }
    case kind::html: co_return co_await send(s, head("200 OK", "text/html", "", page.size()) + std::string(page));
    case kind::flaky:
        if (stats.failed_once.insert(c.id).second) co_return co_await send(s, error_reply(c.l, "500 Internal Server Error", ""));
        stats.failed_once.erase(c.id);
        break;
    default: break;
    }
    if (!c.stream) {
        if (c.what == kind::stall) {
            co_await wait_for_close(s);
            co_return false;
        }
        if (slow) co_await pause(10 + static_cast<unsigned>(c.id % 40));
        std::string reply = whole_reply(c.l, text);
        if (c.what == kind::cut) reply.resize(reply.size() - 40);
        const bool sent = co_await send(s, reply);
        stats.answers += sent ? 1 : 0;
        co_return sent && c.what != kind::cut;
    }
    const auto events = stream_reply(c.l, text);
    std::string gathered;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (i == 4 && (c.what == kind::cut || c.what == kind::stall)) {
            const bool sent = co_await send(s, gathered);
            if (sent && c.what == kind::stall) co_await wait_for_close(s);
            co_return false;
        }
        gathered += events[i];
        if (slow) {
            const bool sent = co_await send(s, gathered);
            if (!sent) co_return false;
            gathered.clear();
            co_await pause(5);
        }
    }
    const bool sent = gathered.empty() || co_await send(s, gathered);
    stats.answers += sent ? 1 : 0;
    co_return sent;
}

asio::awaitable<void> serve(tcp::socket s, statistics& stats) {
    ++stats.connections;
    s.set_option(tcp::no_delay(true));
    message_reader in(s);
    for (;;) {
        const bool read = co_await in.head();
        if (!read) break;
        const bool complete = co_await in.sized_body();
        if (!complete) break;
        const auto c = read_command(in.target(), in.body(), in.field("authorization").ends_with("dead") || in.field("x-api-key").ends_with("dead") || in.field("x-goog-api-key").ends_with("dead"));
        if (!c) {
            co_await send(s, head("400 Bad Request", "text/plain", "", 0));
            break;
        }
        const bool again = co_await answer_one(s, stats, *c);
        if (!again) break;
        in.next();
    }
    boost::system::error_code ignored;
    s.close(ignored);
}

asio::awaitable<void> accept(tcp::acceptor& from, statistics& stats) {
    for (;;) {
        auto [ec, s] = co_await from.async_accept(quiet);
        if (ec) co_return;
        asio::co_spawn(from.get_executor(), serve(std::move(s), stats), asio::detached);
    }
}

} // namespace

int run_upstream() {
    asio::io_context io(1);
    statistics stats;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    std::printf("port %u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
    std::fflush(stdout);
    asio::co_spawn(io, accept(acceptor, stats), asio::detached);
    // The end of standard input ends the upstream.
    asio::posix::stream_descriptor input(io, ::dup(STDIN_FILENO));
    char octet = 0;
    input.async_read_some(asio::buffer(&octet, 1), [&](boost::system::error_code, std::size_t) { io.stop(); });
    io.run();
    std::printf("{");
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        std::printf("\"%s\": %llu, ", std::string(kind_names[i]).c_str(), static_cast<unsigned long long>(stats.requests[i]));
    std::printf("\"answers\": %llu, \"connections\": %llu}\n", static_cast<unsigned long long>(stats.answers), static_cast<unsigned long long>(stats.connections));
    return 0;
}

} // namespace soak
