// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The socket below a TLS stream: asynchronous operations pass through, synchronous ones never wait
/// and are counted.
///
/// Asio's `ssl::stream::read_some` reads from the socket until it has data or an error, so that a
/// peer which sends records without data (session tickets) could keep the thread as long as it
/// sends them. Here a read beyond the allowance reports `would_block`, which ends the operation.
/// Not thread-safe; the socket must outlive it and be in non-blocking mode.
class tls_socket {
public:
    using socket_type = boost::asio::ip::tcp::socket;
    using lowest_layer_type = socket_type::lowest_layer_type;
    using executor_type = socket_type::executor_type;

    explicit tls_socket(socket_type& s) noexcept : socket_(&s) {}

    executor_type get_executor() noexcept { return socket_->get_executor(); }
    lowest_layer_type& lowest_layer() noexcept { return socket_->lowest_layer(); }

    /// Allows \p reads synchronous reads and discards the results of earlier ones.
    void allow(unsigned reads) noexcept {
        reads_ = reads;
        empty_ = false;
    }
    /// Whether the socket had no more bytes when it was last read synchronously.
    [[nodiscard]] bool drained() const noexcept { return empty_; }
    /// Whether the socket did not take bytes that were written synchronously. The stream has dropped it, so
    /// that the peer cannot understand the records after it.
    [[nodiscard]] bool torn() const noexcept { return torn_; }

    template <class Buffers> std::size_t read_some(const Buffers& to, boost::system::error_code& ec) {
        if (reads_ == 0) {
            ec = boost::asio::error::would_block;
            return 0;
        }
        --reads_;
        const std::size_t n = socket_->read_some(to, ec);
        empty_ = ec == boost::asio::error::would_block || ec == boost::asio::error::try_again;
        return n;
    }
    template <class Buffers> std::size_t write_some(const Buffers& from, boost::system::error_code& ec) {
        const std::size_t n = socket_->write_some(from, ec);
        if (ec) torn_ = true;
        return n;
    }
    template <class Buffers, class Token> auto async_read_some(const Buffers& to, Token&& token) {
        return socket_->async_read_some(to, std::forward<Token>(token));
    }
    template <class Buffers, class Token> auto async_write_some(const Buffers& from, Token&& token) {
        return socket_->async_write_some(from, std::forward<Token>(token));
    }

private:
    socket_type* socket_;
    unsigned reads_ = 0;
    bool empty_ = false;
    bool torn_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail

#endif // !LLMX_NO_TLS
