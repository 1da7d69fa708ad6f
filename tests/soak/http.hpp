// SPDX-License-Identifier: BSL-1.0
// As much HTTP/1.1 as the soak test needs, over a blocking-free socket.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>

namespace soak {

/// Reads messages from a connection, one after the other. What it returns is valid until `next`.
class message_reader {
public:
    explicit message_reader(boost::asio::ip::tcp::socket& s) : socket_(s) {}
    message_reader(const message_reader&) = delete;
    message_reader& operator=(const message_reader&) = delete;

    /// Reads a head; false when the connection ends before.
    boost::asio::awaitable<bool> head() {
        for (;;) {
            const auto end = text_.find("\r\n\r\n");
            if (end != std::string::npos) {
                head_size_ = end + 4;
                co_return true;
            }
            const bool more = co_await read();
            if (!more) co_return false;
        }
    }
    /// Reads a body of `content-length` octets.
    boost::asio::awaitable<bool> sized_body() {
        std::size_t length = 0;
        const std::string_view text = field("content-length");
        std::from_chars(text.data(), text.data() + text.size(), length);
        while (text_.size() < head_size_ + length) {
            const bool more = co_await read();
            if (!more) co_return false;
        }
        body_ = text_.substr(head_size_, length);
        used_ = head_size_ + length;
        co_return true;
    }
    /// Reads a body in chunks; what came before the connection broke stays in `body`.
    boost::asio::awaitable<bool> chunked_body() {
        std::size_t at = head_size_;
        body_.clear();
        for (;;) {
            std::size_t line = 0;
            while ((line = text_.find("\r\n", at)) == std::string::npos) {
                const bool more = co_await read();
                if (!more) co_return false;
            }
            std::size_t size = 0;
            if (std::from_chars(text_.data() + at, text_.data() + line, size, 16).ec != std::errc()) co_return false;
            while (text_.size() < line + 2 + size + 2) {
                const bool more = co_await read();
                if (!more) co_return false;
            }
            body_.append(text_, line + 2, size);
            at = line + 2 + size + 2;
            if (size == 0) {
                used_ = at;
                co_return true;
            }
        }
    }
    /// Goes on to the next message.
    void next() {
        text_.erase(0, used_);
        head_size_ = used_ = 0;
        body_.clear();
    }

    [[nodiscard]] const std::string& body() const { return body_; }
    /// The second word of the first line: a target, or a status.
    [[nodiscard]] std::string_view target() const {
        const std::string_view line = std::string_view(text_).substr(0, text_.find("\r\n"));
        const auto from = line.find(' ') + 1;
        const std::string_view rest = line.substr(from, line.find(' ', from) - from);
        return rest.substr(0, rest.find('?'));
    }
    /// The value of a header field; empty when there is none. \p name is in lower case.
    [[nodiscard]] std::string_view field(std::string_view name) const {
        const std::string_view all = std::string_view(text_).substr(0, head_size_);
        for (std::size_t at = all.find("\r\n") + 2; at < all.size();) {
            const std::string_view line = all.substr(at, all.find("\r\n", at) - at);
            const auto colon = line.find(':');
            if (colon == name.size() && std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
                    return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
                })) {
                const auto value = line.find_first_not_of(' ', colon + 1);
                return value == std::string_view::npos ? std::string_view() : line.substr(value);
            }
            at += line.size() + 2;
        }
        return {};
    }

private:
    boost::asio::awaitable<bool> read() {
        const auto [ec, n] = co_await socket_.async_read_some(boost::asio::buffer(piece_), boost::asio::as_tuple(boost::asio::use_awaitable));
        text_.append(piece_, n);
        co_return !ec && n > 0;
    }

    boost::asio::ip::tcp::socket& socket_;
    std::string text_, body_;
    std::size_t head_size_ = 0, used_ = 0;
    char piece_[16 * 1024] = {};
};

} // namespace soak
