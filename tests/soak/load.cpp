// SPDX-License-Identifier: BSL-1.0
#include "load.hpp"

#include "calls.hpp"
#include "http.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

namespace soak {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
/// No call of the mix may take so long: the gateway's limits are far below.
constexpr std::chrono::seconds call_limit{30};

class generator {
public:
    explicit generator(const load_options& o) : options_(o), random_(o.seed), end_(steady::now() + std::chrono::seconds(o.seconds)) {
        latencies_.reserve(1 << 20);
        if (!o.records.empty()) records_ = std::fopen(o.records.c_str(), "w");
    }
    generator(const generator&) = delete;
    generator& operator=(const generator&) = delete;
    ~generator() {
        if (records_ != nullptr) std::fclose(records_);
    }
    [[nodiscard]] bool ready() const { return records_ != nullptr; }

    /// One connection after the other, one call after the other.
    asio::awaitable<void> work() {
        tcp::socket socket(co_await asio::this_coro::executor);
        std::unique_ptr<message_reader> in;
        while (next_ < options_.calls && steady::now() < end_) {
            const call c = make_call(next_++, random_);
            if (!socket.is_open()) {
                const tcp::endpoint gateway(asio::ip::address_v4::loopback(), options_.port);
                const auto [ec] = co_await socket.async_connect(gateway, quiet);
                if (ec) {
                    record(c, 0, ending::wrong, "cannot connect: " + ec.message());
                    close(socket);
                    continue;
                }
                socket.set_option(tcp::no_delay(true));
                in = std::make_unique<message_reader>(socket);
            }
            co_await one(socket, *in, c);
        }
    }

    void print() const {
        std::printf("{\"calls\": %llu, \"seconds\": %.1f, \"outcomes\": {", static_cast<unsigned long long>(made_),
                    std::chrono::duration<double>(steady::now() - began_).count());
        const char* comma = "";
        for (std::size_t k = 0; k < kind_names.size(); ++k)
            for (std::size_t e = 0; e < ending_names.size(); ++e) {
                if (counts_[k][e] == 0) continue;
                std::printf("%s\"%s %s\": %llu", comma, std::string(kind_names[k]).c_str(), std::string(ending_names[e]).c_str(),
                            static_cast<unsigned long long>(counts_[k][e]));
                comma = ", ";
            }
        auto sorted = latencies_;
        std::sort(sorted.begin(), sorted.end());
        const auto at = [&](double part) { return sorted.empty() ? 0U : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))]; };
        std::printf("}, \"ok_us\": {\"p50\": %u, \"p99\": %u, \"max\": %u}, \"wrong\": [", at(0.5), at(0.99), at(1.0));
        comma = "";
        for (const auto& text : wrong_) {
            std::printf("%s\"%s\"", comma, text.c_str());
            comma = ", ";
        }
        std::printf("]}\n");
    }

private:
    static void close(tcp::socket& s) {
        boost::system::error_code ignored;
        s.close(ignored);
    }

    void record(const call& c, unsigned status, ending e, const std::string& why) {
        ++made_;
        ++counts_[static_cast<std::size_t>(c.what)][static_cast<std::size_t>(e)];
        std::fprintf(records_, "%llu %s %u %s\n", static_cast<unsigned long long>(c.id), kind_names[static_cast<std::size_t>(c.what)].data(), status,
                     ending_names[static_cast<std::size_t>(e)].data());
        if (e != ending::wrong || wrong_.size() >= 40) return;
        std::string text = "call " + std::to_string(c.id) + " (" + std::string(name_of(c.what)) + ", " +
                           std::string(language_names[static_cast<std::size_t>(c.caller)]) + " to " +
                           std::string(language_names[static_cast<std::size_t>(c.upstream)]) + (c.stream ? ", streamed" : "") + "): " + std::to_string(status) + ": " + why;
        std::replace_if(text.begin(), text.end(), [](char x) { return x == '"' || x == '\\' || static_cast<unsigned char>(x) < ' '; }, '\'');
        wrong_.push_back(text.substr(0, 700));
    }

    asio::awaitable<void> one(tcp::socket& socket, message_reader& in, const call& c) {
        const auto began = steady::now();
        // Shared with the timer, whose handler may run after this call.
        struct ends {
            bool over = false, left = false, late = false;
        };
        const auto state = std::make_shared<ends>();
        // Ends the call for a caller who leaves, or who would wait for ever.
        asio::steady_timer timer(socket.get_executor());
        const bool leaves = c.what == kind::cancelled;
        if (leaves) timer.expires_after(std::chrono::milliseconds(c.leave_after));
        else timer.expires_after(call_limit);
        timer.async_wait([&socket, state, leaves](boost::system::error_code ec) {
            if (ec || state->over) return;
            (leaves ? state->left : state->late) = true;
            close(socket);
        });
        const std::string request = request_text(c, options_.key, options_.poor_key);
        answer a;
        boost::system::error_code unsent; // then there is an answer, or the reader sees the end
        co_await asio::async_write(socket, asio::buffer(request), asio::redirect_error(asio::use_awaitable, unsent));
        const bool begun = co_await in.head();
        if (begun) {
            const std::string_view status = in.target();
            std::from_chars(status.data(), status.data() + status.size(), a.status);
            a.retry_after = !in.field("retry-after").empty();
            const bool last = in.field("connection") == "close";
            if (in.field("transfer-encoding") == "chunked") a.whole = co_await in.chunked_body();
            else a.whole = co_await in.sized_body();
            a.body = in.body();
            if (last || !a.whole) close(socket);
            else in.next();
        }
        else close(socket);
        state->over = true;
        timer.cancel();
        if (state->left && !a.whole) {
            record(c, a.status, ending::left, "");
            close(socket);
            co_return;
        }
        std::string why;
        ending e = state->late ? ending::wrong : judge(c, a, why);
        if (state->late) why = "no end within the limit of a call";
        if (e == ending::wrong) why += ": " + a.body.substr(0, 400);
        if (c.what == kind::ok && e == ending::answered)
            latencies_.push_back(static_cast<unsigned>(std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - began).count()));
        record(c, a.status, e, why);
    }

    const load_options& options_;
    std::mt19937_64 random_;
    const steady::time_point began_ = steady::now(), end_;
    std::uint64_t next_ = 0, made_ = 0;
    std::array<std::array<std::uint64_t, ending_names.size()>, kind_names.size()> counts_{};
    std::vector<unsigned> latencies_;
    std::vector<std::string> wrong_;
    std::FILE* records_ = nullptr;
};

} // namespace

int run_load(const load_options& o) {
    asio::io_context io(1);
    generator all(o);
    if (!all.ready()) {
        std::fprintf(stderr, "llmx-soak: cannot write %s\n", o.records.c_str());
        return 2;
    }
    for (unsigned i = 0; i < o.connections; ++i) asio::co_spawn(io, all.work(), asio::detached);
    io.run();
    all.print();
    return 0;
}

} // namespace soak
