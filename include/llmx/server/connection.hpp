// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/call_context.hpp>
#include <llmx/core/error.hpp>
#include <llmx/server/core.hpp>
#include <llmx/server/detail/plain_body.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/http_request_reader.hpp>
#include <llmx/server/request_body.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/deadlines.hpp>
#include <llmx/wire/content_coding.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The socket's executor has the type that coroutines have: Asio 1.26 then sees that both
/// are the same and resumes at once. With the context's own executor type every completion
/// would be wrapped, counted as work and dispatched (asio/detail/handler_work.hpp).
using server_socket = boost::asio::ip::tcp::socket;

/// A client's socket, given to an endpoint that goes on in another protocol.
struct taken_socket {
    taken_socket(server_socket& s, std::string_view bytes) noexcept : socket(&s), early(bytes) {}
    /// Belongs to the connection, which closes it behind the endpoint. Non-blocking.
    server_socket* socket;
    /// What the client has sent behind the head of its request. Valid as long as the connection.
    std::string_view early;
};

LLMX_DECL class basic_server_connection;
using server_connection = LLMX_PLAIN(basic_server_connection);
namespace detail {
template <> inline constexpr bool keeps_frames<server_connection> = true;
} // namespace detail

/// One client's connection, and the request on it that is being answered.
///
/// Endpoints read the request and answer it once: with `reply`, with `fail`, or with
/// `begin_stream`, `write` and then `end_stream` or `cut_stream`. An answer goes out in
/// one gathered write; the functions return false when the client is gone, which also
/// cancels `context()`. Everything here is reused from request to request. Not
/// thread-safe; stays on its core's thread.
LLMX_DECL class basic_server_connection : public std::enable_shared_from_this<server_connection>,
                          private detail::sheddable,
                          private detail::memory_waiter {
public:
    /// Writes an error in some language.
    using error_writer = void (*)(const error&, std::string&);

    /// \p refused: there are too many connections; the first request is answered 503.
    basic_server_connection(server_core& core, server_socket socket, std::string client, bool refused);
    basic_server_connection(const basic_server_connection&) = delete;
    basic_server_connection& operator=(const basic_server_connection&) = delete;
    ~basic_server_connection();

    // The request.
    [[nodiscard]] const http_request_head& head() const noexcept { return reader_.head(); }
    /// Without its content coding, once `decode_body` has run.
    [[nodiscard]] std::string_view body() const noexcept { return plain_ ? std::string_view(plain_->text) : reader_.body(); }
    /// The body of the request for an endpoint with `streams_body`. One read at a time, and no
    /// write of the answer while one is under way.
    [[nodiscard]] request_body& body_reader() noexcept { return body_reader_; }
    [[nodiscard]] const endpoint_match& match() const noexcept { return match_; }
    [[nodiscard]] call_context& context() noexcept { return *context_; }
    [[nodiscard]] const call_context& context() const noexcept { return *context_; }
    [[nodiscard]] runtime& on() noexcept;
    /// What accounts for buffers whose size callers choose; null: nothing does.
    [[nodiscard]] memory_budget* memory() const noexcept { return core_->options().memory.get(); }
    /// The most bytes that a request's body may have, without its content coding too.
    [[nodiscard]] std::size_t max_body() const noexcept { return core_->options().limits.max_body; }
    /// The call of this request, made anew; it stands here and not in a coroutine's frame,
    /// which Asio recycles only up to about 1 KB. Gone when the answer is finished.
    [[nodiscard]] call& open_call() { return call_.emplace(on(), *context_, core_->options().memory.get()); }
    [[nodiscard]] bool draining() const noexcept;
    /// `server_options::forward_headers`.
    [[nodiscard]] const std::vector<std::string>& forward_headers() const noexcept { return core_->options().forward_headers; }
    /// `server_options::tokens`; may be null.
    [[nodiscard]] const any_token_counter* tokens() const noexcept { return core_->options().tokens.get(); }
    /// Seconds since 1970 at which the server began.
    [[nodiscard]] std::int64_t server_began() const noexcept;

    // The answer.
    /// Further fields of the answer's head, each as `append_field` writes it.
    [[nodiscard]] std::string& fields() noexcept { return fields_; }
    /// Memory for a body being made; kept from request to request, empty at the start of each.
    [[nodiscard]] std::string& scratch() noexcept { return scratch_; }
    /// \p body must live until it is written. Completes when the system has taken it all.
    boost::asio::awaitable<bool> reply(int status, std::string_view content_type, std::string_view body);
    /// Like `reply`, without waiting: true when the system took it all at once, as it
    /// mostly does. Else `finish_reply` must be awaited.
    [[nodiscard]] bool try_reply(int status, std::string_view content_type, std::string_view body);
    [[nodiscard]] boost::asio::awaitable<bool> finish_reply() { return write_out(); }
    /// Answers with \p e in the endpoint's language.
    boost::asio::awaitable<bool> fail(const error& e);
    /// Prepares the head of a streamed answer; it goes out with the first bytes. From then on `fields()` are those of the trailer
    /// section that `end_stream` writes.
    void begin_stream(std::string_view content_type);
    /// Prepares the head of an answer that another server has given: \p status, the fields of that server in \p answered, `fields()`,
    /// and \p length when it is known, else the body comes in chunks. `write` and `end_stream` follow; an answer to HEAD, and
    /// one of 204 or 304, has no body.
    void begin_passed(int status, std::string_view answered, std::optional<std::uint64_t> length);
    /// The client has stated that it reads a trailer section (RFC 9110 section 6.5.1, `TE: trailers`), and the answer can have one.
    [[nodiscard]] bool takes_trailers() const noexcept;
    [[nodiscard]] bool stream_begun() const noexcept { return answered_; }
    boost::asio::awaitable<bool> write(std::string_view bytes);
    boost::asio::awaitable<bool> end_stream();
    /// Writes \p last_words, if any, and breaks the stream off: no last chunk, and the
    /// connection is closed, so that no client takes what it got for the whole answer.
    boost::asio::awaitable<void> cut_stream(std::string_view last_words, const error& why);
    /// From now on, and until the answer is finished, \p ping is written whenever nothing has been written for
    /// `server_options::stream_ping_interval`; before the first one a streamed answer of type \p content_type is
    /// begun. Both are text of the program's.
    void ping_while_silent(std::string_view content_type, std::string_view ping) noexcept;
    /// The last piece written ends within an event: no ping until another one is written and this is called with false.
    void hold_pings(bool hold) noexcept { ping_held_ = hold; }
    /// \p e as the client gets it: a cancellation by the server's own shutdown is named as such, and callers who read an id
    /// of the request in the error find the call's where the provider has given none.
    [[nodiscard]] error explained(const error& e) const;
    /// Answers OPTIONS for the path, without a key: its methods, and for a browser that asks before it sends another request
    /// (a preflight) what that may have.
    boost::asio::awaitable<bool> reply_options(bool path_exists);

    // Another protocol.
    /// Answers 101 with `fields()`, which must have those of the upgrade (RFC 9110 section 7.8).
    boost::asio::awaitable<bool> switch_protocols();
    /// Gives the socket to the endpoint, which alone reads and writes it from now on; nothing of the
    /// server watches it or limits its time. It counts as a connection until the endpoint
    /// returns, and is then logged with the status 101 and closed. Its head can still be read.
    ///
    /// The request must have been read, and either `switch_protocols` or the endpoint itself answers it.
    /// At the end of the drain, and at once when the server is stopped by force, `context()` is
    /// cancelled and the socket closed: the endpoint must return then.
    [[nodiscard]] taken_socket take_socket() noexcept;
    /// Calls \p began with \p self, on the connection's thread, when the drain begins while its socket is taken; at once when that has
    /// been.
    /// Null: no more.
    void notify_drain(void (*began)(void* self) noexcept, void* self) noexcept {
        drain_began_ = began;
        drain_self_ = self;
        if (began != nullptr && draining()) began(self);
    }
    /// For watchers that belong to the connection's thread.
    [[nodiscard]] deadline_service& deadlines() noexcept;

    // For the log.
    /// Bytes that went each way over a socket that was taken.
    void log_traffic(std::uint64_t in, std::uint64_t out) noexcept {
        bytes_in_ = in;
        bytes_out_ = out;
    }
    /// Why a socket that was taken was closed, when that was not by agreement.
    void log_failure(const error& e) {
        failure_ = e;
        failed_ = true;
    }
    /// Writes a line of its own: \p thrown has ended the request, whose client learns nothing of it.
    void log_exception(const std::exception_ptr& thrown) noexcept;
    void log_model(std::string_view model, bool stream) {
        model_.assign(model.data(), std::min<std::size_t>(model.size(), 1024));
        stream_ = stream;
    }
    void log_overhead(duration d) noexcept { overhead_ = d; }

    // For the server's loop.
    enum class arrival : std::uint8_t { request, refused, closed, more };
    /// Expects the next request. `more`: as long as that comes back, await `async_receive`
    /// and pass its result to `received`. `refused`: `failure()` has the reason, and the
    /// connection must be closed after answering.
    [[nodiscard]] arrival begin_waiting();
    /// Reads what comes next. No coroutine: waiting for a request costs no frame.
    [[nodiscard]] auto async_receive() {
        const std::span<char> space = reader_.space();
        const auto where = boost::asio::buffer(space.data(), space.size());
        return socket_.async_read_some(where, boost::asio::as_tuple(boost::asio::deferred));
    }
    [[nodiscard]] arrival received(const boost::system::error_code& ec, std::size_t n);
    /// The rest of the request; `closed` when the client went away, `refused` when there is no
    /// memory for it.
    boost::asio::awaitable<arrival> read_body();
    /// Removes \p coding, for which there has to be a decoder, from the whole body. Fails with `invalid_request` when it is not of the
    /// coding, `payload_too_large` above `http_request_limits::max_body` bytes and `shed` without memory.
    boost::asio::awaitable<result<void>> decode_body(content_coding coding);
    /// Whether the whole request has come, without waiting for more and without further memory.
    [[nodiscard]] bool try_body();
    /// Instead of `try_body`: the endpoint will read the body. True.
    [[nodiscard]] bool open_body();
    /// By its head the request has a body.
    [[nodiscard]] bool announces_body() const noexcept { return reader_.announces_body(); }
    /// `try_body` found it wrong; `failure()` has the reason.
    [[nodiscard]] bool body_refused() const noexcept { return body_refused_; }
    /// Whose request it is: that of the endpoint called \p name, which is empty when it has a language; from here on
    /// errors are written in \p language by \p write_error.
    void begin(const endpoint_match& m, std::string_view language, std::string_view name,
                         error_writer write_error, bool quiet);
    /// The client has sent a valid key: from now on its connection is not among those that
    /// are closed first when there are too many.
    void trust() noexcept;
    /// The request is about to be executed: the client is watched from now on.
    void begin_call();
    /// After the answer: logs, and returns whether another request may follow.
    [[nodiscard]] bool finish();
    /// Takes care that the last answer reaches the client, then closes.
    boost::asio::awaitable<void> close();
    /// Drops the connection at once.
    void abandon() noexcept;
    [[nodiscard]] const error& failure() const noexcept { return failure_; }
    [[nodiscard]] bool refused() const noexcept { return refused_; }
    [[nodiscard]] bool answered() const noexcept { return answered_; }

private:
    friend class server_core;
    friend request_body;
    enum class phase : std::uint8_t { idle, head, body, calling, writing, taken, lingering, closed };
    enum class progress : std::uint8_t { done, blocked, broken };

    /// A client that has just connected has a request on the way: so long it is waited for on the way
    /// down. A client that only connected in advance asks elsewhere.
    static constexpr duration first_request_while_draining = std::chrono::seconds(1);

    /// No request has been served on it.
    [[nodiscard]] bool fresh() const noexcept { return status_ == 0; }
    void expired() noexcept;
    void expire_in(duration d) noexcept;
    void give_up_waiting() noexcept;
    void watch_client();
    void client_readable(bool ok) noexcept;
    void client_gone() noexcept;
    arrival look_for_head();
    arrival look_for_body();
    void expire_body() noexcept;
    boost::asio::awaitable<result<std::string_view>> read_body_some();
    /// What of a body that is read by its endpoint has come.
    [[nodiscard]] result<std::string_view> take_body();
    static void cancel_body_wait(void* self) noexcept;
    [[nodiscard]] error body_wait_failed(const boost::system::error_code& ec);
    /// Whether the end of the request is known, so that another one may follow.
    [[nodiscard]] bool request_whole() const noexcept {
        return reader_.where() == http_request_reader::stage::done || (streamed_ && reader_.rest_has_come());
    }
    [[nodiscard]] duration at_min_rate(std::size_t bytes) const noexcept;
    void try_memory() noexcept;
    void begin_head_timeout() noexcept;
    void ping_client() noexcept;
    void append_chunk(std::string_view bytes);
    void begin_head(int status, std::string_view content_type);
    boost::asio::awaitable<bool> write_out();
    /// Writes what the system takes; `blocked` also when that is so much that others may have
    /// their turn first.
    progress try_write() noexcept;
    /// Gives at most \p most bytes of all of `out_` to the system.
    std::size_t write_several(std::size_t most, boost::system::error_code& ec) noexcept;
    [[nodiscard]] std::span<const boost::asio::const_buffer> unwritten() const noexcept {
        return std::span<const boost::asio::const_buffer>(out_.data(), out_count_);
    }
    void stop(bool calls_too) noexcept;
    /// Closes the socket at once to make room, and cancels what the connection does.
    void shed() noexcept;
    /// The connection waits for its client, so it may be closed: puts it last of its kind.
    void spare() noexcept;

    server_core* core_;
    /// In a context of the program's own the core's server may be destroyed first. Destroyed after all that uses the core.
    std::shared_ptr<void> core_part_of_;
    server_socket socket_;
    deadline_service::watcher timer_;
    http_request_reader reader_;
    /// The body of this request without its content coding; null: it has none.
    std::unique_ptr<detail::plain_body> plain_;
    server_connection* previous_ = nullptr;
    server_connection* next_ = nullptr;
    /// The chain of those that may be closed in which it stands; null: it may not be.
    detail::shed_chain* spare_in_ = nullptr;
    /// The counter that includes it; null once it was shed.
    std::atomic<std::size_t>* counter_ = nullptr;

    std::optional<call_context> context_;
    std::optional<call> call_; // refers to context_
    endpoint_match match_;
    std::string_view language_, endpoint_;
    error_writer write_error_ = nullptr;
    error failure_;

    // Strings that keep their memory.
    std::string client_, head_out_, fields_, scratch_, model_, request_id_;
    std::array<boost::asio::const_buffer, 4> out_;
    std::size_t out_count_ = 0;
    std::array<char, 20> chunk_size_{};

    void (*drain_began_)(void* self) noexcept = nullptr;
    void* drain_self_ = nullptr;

    time_point arrived_{};
    time_point body_began_{};
    std::size_t body_bytes_ = 0; // that came while it was waited for
    time_point body_paused_{};   // when the endpoint's last read of it ended
    std::optional<error> body_failure_;
    request_body body_reader_{*this};
    /// What `ping_while_silent` was given; no ping when the second is empty.
    std::string_view ping_type_, ping_;
    time_point wrote_at_{}; // while there are pings
    std::optional<duration> overhead_;
    std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
    int status_ = 0;
    phase phase_ = phase::idle;
    bool refused_ = false;
    bool known_ = false;       // the client has sent a valid key
    bool shed_ = false;        // closed to make room
    bool quiet_ = false;
    bool stream_ = false;
    bool chunked_ = false;
    bool answered_ = false;    // a head was made
    bool ping_held_ = false;
    bool failed_ = false;      // failure_ is what became of this request
    bool body_refused_ = false;
    bool had_no_memory_ = false; // this request's body was not read for a while
    bool streamed_ = false;    // the endpoint reads the body
    bool body_given_ = false;  // in one piece
    bool continued_ = false;   // "100 Continue" was sent, or is too late
    bool timed_out_ = false;
    bool gone_ = false;        // the client sent its last byte, or does not read
    bool broken_ = false;      // nothing can be written any more
    bool must_close_ = false;  // after this answer
    bool unread_ = false;      // input was left unread: see close()
    bool reset_ = false;       // close with a reset
    bool watching_ = false;    // an async_wait is under way
};
using server_connection = LLMX_PLAIN(basic_server_connection);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/core.ipp>
#include <llmx/server/impl/connection.ipp>
#include <llmx/server/impl/connection_body.ipp>
#include <llmx/server/impl/connection_write.ipp>
#endif
