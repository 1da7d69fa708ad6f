// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/access_log.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace telemetry_test {

/// The two ends of a pipe or of a pair of sockets; what is written to `file()` arrives at `out`.
class channel {
public:
    explicit channel(bool sockets) {
        int ends[2];
        BOOST_REQUIRE((sockets ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : ::pipe(ends)) == 0);
        out = ends[0];
        file_ = ::fdopen(ends[1], "w");
        BOOST_REQUIRE(file_ != nullptr);
    }
    ~channel() {
        close_writer();
        close_reader();
    }
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    std::FILE* file() const { return file_; }
    void close_writer() {
        if (file_ != nullptr) std::fclose(file_);
        file_ = nullptr;
    }
    void close_reader() {
        if (out >= 0) ::close(out);
        out = -1;
    }
    /// Waits until something has arrived, and leaves it there.
    void wait_for_bytes() const {
        pollfd p{};
        p.fd = out;
        p.events = POLLIN;
        BOOST_REQUIRE(::poll(&p, 1, -1) == 1);
    }
    /// Reads a line, without its newline; nothing at the end.
    bool read_line(std::string& line) {
        for (;;) {
            if (const auto end = bytes_.find('\n', at_); end != std::string::npos) {
                line.assign(bytes_, at_, end - at_);
                at_ = end + 1;
                return true;
            }
            bytes_.erase(0, std::exchange(at_, 0));
            char piece[65536];
            const auto n = ::read(out, piece, sizeof piece);
            if (n <= 0) return false;
            bytes_.append(piece, static_cast<std::size_t>(n));
        }
    }
    /// What came after the last newline.
    std::string tail() const { return bytes_.substr(at_); }
    int out = -1;

private:
    std::FILE* file_ = nullptr;
    std::string bytes_;
    std::size_t at_ = 0;
};

/// Lets its writer through a given number of times; keeps what was written.
class gated_sink final : public llmx::log_sink {
public:
    void write(std::string_view lines) noexcept override {
        std::unique_lock<std::mutex> lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return permits_ != 0; });
        --permits_;
        --waiting_;
        text_ += lines;
        ++writes_;
        changed_.notify_all();
    }
    void let(std::size_t writes) {
        const std::lock_guard<std::mutex> lock(mutex_);
        permits_ += writes;
        changed_.notify_all();
    }
    void open() { let(std::size_t(-1) / 2); }
    void wait_for_writer() {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return waiting_ != 0; });
    }
    void wait_for_writes(std::size_t n) {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this, n] { return writes_ >= n; });
    }
    std::string text() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t permits_ = 0, waiting_ = 0, writes_ = 0;
    std::string text_;
};

/// The number in "N log lines were ..."; 0 for any other line. Every line must be whole JSON.
inline std::uint64_t reported(std::string_view line) {
    const auto v = boost::json::parse(line).as_object();
    if (!v.contains("message") || v.at("level").as_string() != "warn") return 0;
    const std::string message(v.at("message").as_string());
    return message.find(" log lines ") == std::string::npos ? 0 : std::stoull(message);
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

} // namespace telemetry_test
