// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/transport/body_source.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL class basic_connection;
using connection = LLMX_PLAIN(basic_connection);

namespace detail {

/// The pulled part of a request's body that a connection sends.
///
/// A coroutine of its own pulls a block and writes it before it pulls the next one, while the
/// exchange reads the answer. It pulls only while the exchange, or a read of its body, is awaited:
/// `pause` and `end` wait for a pull under way, so that between two calls of the caller none
/// refers to the source. Not thread-safe.
class upload {
public:
    /// Sends \p source over \p c, to which the head of the request was given.
    LLMX_DECL [[nodiscard]] static std::shared_ptr<upload> begin(connection& c, body_source& source, bool chunk_begun);
    LLMX_DECL upload(connection& c, body_source& source, bool chunk_begun);
    upload(const upload&) = delete;
    upload& operator=(const upload&) = delete;
    LLMX_INLINE ~upload();

    /// The connection has written the block that it was given, or will not write any more.
    LLMX_DECL void wrote() noexcept;
    /// The connection is about to be destroyed.
    void detach() noexcept {
        connection_ = nullptr;
        go_on_.cancel();
    }
    /// The source has been pulled.
    [[nodiscard]] bool pulled() const noexcept { return pulled_; }
    /// Why the source failed, when it did.
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

    /// Lets the running pull end and allows no other until `resume`.
    LLMX_DECL boost::asio::awaitable<void> pause();
    void resume() noexcept {
        paused_ = false;
        go_on_.cancel();
    }
    /// Cancels the pull under way, waits until it has ended, and allows no other.
    LLMX_DECL boost::asio::awaitable<void> end();

private:
    // With the executor that coroutines have: see `connection`.
    using timer_type = boost::asio::basic_waitable_timer<clock>;
    LLMX_DECL static boost::asio::awaitable<void> run(std::shared_ptr<upload> self);
    /// Waits until no pull is under way.
    LLMX_DECL boost::asio::awaitable<void> settled();
    /// Whether another block is needed now; when not, the upload is over.
    LLMX_DECL [[nodiscard]] bool wants_more() const noexcept;
    /// Whether the coroutine has to wait before the answer is known.
    LLMX_DECL [[nodiscard]] bool must_wait() const noexcept;
    /// Gives \p block, which is empty at the end, to the connection.
    LLMX_DECL void give(std::string_view block);
    LLMX_DECL void fail(error why) noexcept;

    connection* connection_;
    body_source* source_;
    timer_type go_on_;
    timer_type settled_;
    boost::asio::cancellation_signal stop_;
    std::optional<error> failure_;
    /// Bytes that the announced length still has room for.
    std::uint64_t left_ = 0;
    /// CR LF of the chunk before, the length of the next and its CR LF.
    std::array<char, 24> chunk_{};
    bool chunked_;
    /// A chunk was written whose end was not.
    bool in_chunk_;
    /// The last chunk was given to the connection.
    bool last_chunk_ = false;
    bool pulled_ = false;
    bool pulling_ = false;
    bool paused_ = false;
    bool ending_ = false;
};

/// The body of an answer that began before its request was written wholly: continues with that while
/// it is read.
LLMX_DECL class basic_uploading_body final : public http_body {
public:
    basic_uploading_body(http_body_ptr body, std::shared_ptr<upload> rest) noexcept
        : body_(std::move(body)), upload_(std::move(rest)) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override;
    boost::asio::awaitable<result<void>> read_all(std::string& out) override;
    void read_by(time_point when) noexcept override { body_->read_by(when); }

private:
    http_body_ptr body_;
    std::shared_ptr<upload> upload_;
};
using uploading_body = LLMX_PLAIN(basic_uploading_body);

} // namespace detail
} // namespace llmx::inline LLMX_ABI

// The bodies need connections.
#include <llmx/transport/connection.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/upload.ipp>
#endif
