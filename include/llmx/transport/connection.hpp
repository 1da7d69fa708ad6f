// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/cancellation.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/transport/deadlines.hpp>
#include <llmx/transport/detail/chain.hpp>
#include <llmx/transport/detail/tls_socket.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/transport/http_proxy.hpp>
#include <llmx/transport/http_reader.hpp>
#include <llmx/transport/io_executor.hpp>
#include <llmx/transport/tls_client.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#if !defined(LLMX_NO_TLS)
#include <boost/asio/ssl/stream.hpp>
#endif
#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

namespace detail {
struct pool_host;
class upload;
} // namespace detail

/// One upstream connection and the exchange it is busy with; also that exchange's body.
///
/// The socket, one read buffer of `read_size` and the strings live as long as the
/// connection, so an exchange on a kept connection allocates nothing. Whatever ends an
/// exchange early (a deadline, a cancellation, a fault) closes the socket at once and
/// decides the error every later call reports. Request and reply are independent directions:
/// what the socket does not take of a request at once is written while the reply is awaited and
/// read (RFC 9112 section 9.5). Not thread-safe.
LLMX_DECL class basic_connection final : public http_body {
public:
    static constexpr std::size_t read_size = 16 * 1024;

    /// What an idle connection holds that no request asked for.
    enum class unread : char {
        nothing, ///< neither the socket nor the TLS stream holds a byte
        bytes,   ///< the peer sent something unasked, which would be read as the next request's answer
        end,     ///< the peer closed the connection, or it failed
    };

    /// Gets the connection when its user releases it, and may `destroy` it then.
    class owner {
    public:
        virtual void take_back(basic_connection& c) noexcept = 0;
        /// There is no descriptor for a new socket: closes one that is not in use. False when
        /// there is none.
        virtual bool free_descriptor() noexcept { return false; }

    protected:
        ~owner() = default;
    };

    basic_connection(const io_executor& on, deadline_service& deadlines, owner& back);
    basic_connection(const basic_connection&) = delete;
    basic_connection& operator=(const basic_connection&) = delete;
    ~basic_connection() override;

    /// Ties the exchange to \p stop: cancelling closes the socket. Lasts until `release`.
    void use_for(cancellation& stop) noexcept {
        if (stop.cancelled()) this->stop(errc::cancelled);
        else stop_.emplace(stop, &basic_connection::on_cancel, this);
    }

    /// Connects to \p to by trying \p addresses in turn, each for its share of the time
    /// until \p connect_by, and shakes hands by \p tls when it speaks TLS. Fails with `connect_failed`,
    /// `deadline_exceeded`, `first_token_timeout` or `cancelled`.
    /// With \p via the addresses are that proxy's, which has to outlive the connection: it is asked to open a tunnel when
    /// \p to speaks TLS or \p tunnelled is set, else each request names the whole URL.
    boost::asio::awaitable<result<void>> connect(const origin& to,
                                                           std::span<const boost::asio::ip::address> addresses,
                                                           time_point connect_by, const http_limits& limits,
                                                           detail::tls_context* tls,
                                                           const http_proxy* via = nullptr, bool tunnelled = false);

    /// Begins an exchange: looks at the connection as `look` does and, when nothing is unread,
    /// gives the request to the socket at once. What the socket does not take is written in the
    /// background, until the reply turns out to be a redirection or an error. A peer that stops
    /// listening is no failure here: it may have answered already, and if not reading reports it.
    ///
    /// Returns `unread::nothing` when the exchange has begun. Otherwise not one byte of the request
    /// was written and the connection is closed. A new connection that the peer has closed already
    /// counts as begun, so that reading reports why.
    [[nodiscard]] unread send(const http_request& request, const http_limits& limits);
    /// Goes on with the request that `send` began by pulling the rest of its body.
    [[nodiscard]] std::shared_ptr<detail::upload> upload(const http_request& request);
    /// Whether the header section of the reply is complete.
    [[nodiscard]] bool head_done() const noexcept { return reader_.header_done(); }
    /// Waits for bytes of the reply and, before its header section is complete, parses them.
    boost::asio::awaitable<result<void>> fill();
    /// `fill` in three steps, without a coroutine's frame, for a connection that is not
    /// `encrypted`: when `make_room` succeeds await `async_receive` and pass its result to
    /// `received`.
    [[nodiscard]] result<void> make_room();
    [[nodiscard]] auto async_receive() {
        return socket_.async_read_some(room(), boost::asio::as_tuple(boost::asio::deferred));
    }
    [[nodiscard]] result<void> received(const boost::system::error_code& ec, std::size_t n);
    [[nodiscard]] bool encrypted() const noexcept {
#if defined(LLMX_NO_TLS)
        return false;
#else
        return tls_.has_value();
#endif
    }

    boost::asio::awaitable<result<std::string_view>> read_some() override;
    result<bool> take_rest(std::string& out) override;
    boost::asio::awaitable<result<void>> read_all(std::string& out) override;
    void read_by(time_point when) noexcept override { read_by_ = when; }
    void release() noexcept override;

    /// The answer to the request may be a 101; see `http_reader::expect_upgrade`.
    void expect_upgrade() noexcept { reader_.expect_upgrade(); }
    /// After a 101: see `tunnel`, whose functions these are.
    boost::asio::awaitable<result<std::string_view>> read_raw();
    boost::asio::awaitable<result<void>> write_raw(std::string_view bytes);
    void finish_raw() noexcept;
    void close_raw() noexcept { stop(errc::cancelled); }

    /// The answer is the proxy's own: it refused the request. Only of a connection on which requests name the whole URL.
    /// A proxy's 407 has a challenge for its client (RFC 9110 section 15.5.8), which is for the next hop alone (section
    /// 11.7.1): a 407 without one was sent by the origin and relayed.
    [[nodiscard]] bool refused_by_proxy() const noexcept {
        return absolute_ != nullptr && status() == 407 && !find_field(fields(), "proxy-authenticate").empty();
    }
    [[nodiscard]] error proxy_refusal() const { return detail::proxy_refusal(*absolute_, name_, status()); }

    [[nodiscard]] int status() const noexcept { return reader_.status(); }
    [[nodiscard]] std::span<const http_field> fields() const noexcept { return reader_.fields(); }
    /// Whether all bytes of the request were written.
    [[nodiscard]] bool sent_whole() const noexcept { return !partial_ && !writing_ && unsent().empty(); }
    /// Whether a byte of the reply was seen.
    [[nodiscard]] bool saw_reply() const noexcept { return reader_.started(); }
    /// Whether a byte of the request was given to the socket.
    [[nodiscard]] bool request_begun() const noexcept { return begun_; }
    /// Closes the connection because an answer came before a byte of its request was given to the
    /// socket; returns that as an error.
    [[nodiscard]] error unasked();
    /// Whether the exchange ended so that another may follow on this connection, as long as nothing
    /// is unread.
    [[nodiscard]] bool reusable() const;
    /// Looks for unread bytes, or the end, of an idle connection, without waiting: in the socket
    /// and in all buffers of the TLS stream. Messages of TLS itself (session tickets, key updates)
    /// are processed and are no bytes. One system call, unless such messages are found.
    [[nodiscard]] unread look() noexcept;
    /// What of `look` costs no system call: whether bytes have come with the answer or behind it.
    [[nodiscard]] unread look_behind_answer() noexcept;

    /// Ends the connection's life: at once, or as soon as a write in the background has ended,
    /// which closing the socket brings about. Use this instead of `delete` once `send` was called.
    void destroy() noexcept;

    /// For the owner: where the connection belongs and since when it is idle.
    detail::pool_host* home = nullptr;
    time_point idle_since{};
    bool reused = false;
    /// The peer sent something that no request had asked for.
    bool sent_unasked = false;
    detail::chain_link<basic_connection> host_link, pool_link;
#if !defined(LLMX_NO_TLS)
    /// Where sessions for resumption go; set by the owner before `connect`.
    detail::tls_session* session = nullptr;
#endif

private:
    friend class detail::upload;
    /// The executor has the type that coroutines have, so that Asio 1.26 resumes them at
    /// once instead of dispatching (asio/detail/handler_work.hpp). It may be a strand: writes in the
    /// background complete in it, too.
    using socket_type = boost::asio::ip::tcp::socket;
    enum class found : char { body, end, nothing, fault };
    /// A background write's hold on its connection. Asio destroys it uncalled together with the
    /// `io_context`.
    struct write_ended {
        void operator()(basic_connection* c) const noexcept { c->end_write(); }
    };
    class writer {
    public:
        explicit writer(basic_connection& c) noexcept : hold_(&c) {}
        void operator()(const boost::system::error_code& ec, std::size_t n) { hold_.release()->wrote(ec, n); }

    private:
        std::unique_ptr<basic_connection, write_ended> hold_;
    };

    static void on_cancel(void* self) noexcept { static_cast<basic_connection*>(self)->stop(errc::cancelled); }
    static void on_deadline(void* self) noexcept;
    void stop(errc why) noexcept {
        if (!stopped_) stopped_ = why;
        close();
    }
    void close() noexcept;
    /// Sets the deadline of what comes next to the earlier of the two.
    void watch(time_point limit, errc what) noexcept {
        const bool total = deadline_ <= limit;
        limit_ = total ? errc::deadline_exceeded : what;
        watcher_.expires_at(total ? deadline_ : limit);
    }
    /// Moves the end of the time in which no byte passes over a tunnel.
    void watch_idle() noexcept;
    [[nodiscard]] error stopped() const;
    [[nodiscard]] error read_failure(const boost::system::error_code& ec);
    [[nodiscard]] error connect_failure(std::string_view what, std::string_view why) const;
    boost::asio::awaitable<result<void>> handshake(const origin& to,
                                                                                detail::tls_context* tls);
    /// Asks \p via to open a tunnel to \p to.
    boost::asio::awaitable<result<void>> open_through(const origin& to, const http_proxy& via,
                                                                std::size_t max_header);
    /// Decodes what is buffered; moves no bytes to or from the socket.
    [[nodiscard]] found decode(std::string_view& body, error& fault);
    void prepare(const http_request& request, bool joined);
    void sent(std::size_t bytes) noexcept;
    void write_on();
    /// Writes \p pieces, three at most, in the background; everything before them has been written.
    void write_more(std::span<const boost::asio::const_buffer> pieces);
    void wrote(const boost::system::error_code& ec, std::size_t n);
    /// No write is under way any more; false when the connection was destroyed with it.
    bool end_write() noexcept;
    /// The peer has answered that it does not want the request; with success it may still read on.
    [[nodiscard]] bool refused_early() const noexcept { return reader_.header_done() && reader_.status() >= 300; }
    [[nodiscard]] boost::asio::mutable_buffer room() noexcept {
        return boost::asio::mutable_buffer(buffer_.get() + end_, read_size - end_);
    }
    [[nodiscard]] error no_memory();
    [[nodiscard]] result<void> take(std::string_view body, std::string& out);
    [[nodiscard]] std::span<const boost::asio::const_buffer> unsent() const noexcept {
        return std::span<const boost::asio::const_buffer>(pieces_.data(), pieces_.size()).subspan(first_piece_);
    }

    owner* owner_;
    socket_type socket_;
#if !defined(LLMX_NO_TLS)
    detail::tls_socket below_tls_;
    std::optional<boost::asio::ssl::stream<detail::tls_socket&>> tls_;
#endif
    deadline_service::watcher watcher_;
    std::optional<cancellation::registration> stop_;
    http_reader reader_;
    std::unique_ptr<char[]> buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::string head_;
    /// What is being written: the head and the pieces of the body, or three pieces of what follows them.
    boost::container::small_vector<boost::asio::const_buffer, 1 + body_pieces::inline_pieces> pieces_;
    /// The first of them that has not been written whole.
    std::size_t first_piece_ = 0;
    /// Pulls what follows the pieces; null: nothing, or not any more.
    detail::upload* upload_ = nullptr;

    std::string name_;
    /// The proxy to which requests name the whole URL.
    const http_proxy* absolute_ = nullptr;
    time_point deadline_ = time_point::max();
    time_point read_by_ = time_point::max();
    duration idle_ = duration::max();
    std::size_t max_body_ = 0;
    memory_lease* memory_ = nullptr;
    /// What passing the watcher's deadline means, and whether only one attempt ends by it.
    errc limit_ = errc::deadline_exceeded;
    bool attempt_only_ = false;
    bool begun_ = false;
    bool writing_ = false;
    /// Of a read that waits for the end of the write under way; null: none does.
    using write_timer = boost::asio::basic_waitable_timer<clock>;
    write_timer* until_written_ = nullptr;
    /// Sets and clears it.
    class write_wait {
    public:
        write_wait(write_timer*& at, write_timer& timer) noexcept : at_(&at) { at = &timer; }
        write_wait(const write_wait&) = delete;
        write_wait& operator=(const write_wait&) = delete;
        ~write_wait() { *at_ = nullptr; }

    private:
        write_timer** at_;
    };
    /// What the source of the request's body gives has not been written wholly.
    bool partial_ = false;
    /// The peer has ended its direction of a tunnel.
    bool ended_ = false;
    /// Destroyed, but for the write that is under way.
    bool orphan_ = false;
    std::optional<errc> stopped_;
};
using connection = LLMX_PLAIN(basic_connection);

using connection_ptr = std::unique_ptr<connection, http_body::releaser>;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/connection.ipp>
#include <llmx/transport/impl/connection_open.ipp>
#include <llmx/transport/impl/connection_proxy.ipp>
#include <llmx/transport/impl/connection_raw.ipp>
#include <llmx/transport/impl/connection_send.ipp>
#endif
