// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// A part of a program's answer to one call.
struct program_part {
    program_part() = default;
    enum class kind : std::uint8_t { body, event, done, error };
    kind what = kind::done;
    std::string json;
    /// HTTP status of an error.
    int status = 0;
};

/// One call between the thread that made it and the thread that runs the program: what is to be written, and the parts of the answer
/// that wait to be read.
///
/// The functions of each side may be called on its thread alone; the lock is held for some instructions.
class program_answer : public std::enable_shared_from_this<program_answer> {
public:
    /// Bytes that wait for a caller who reads slower than the program writes. Beyond that the call fails, as the program's other calls
    /// cannot wait behind it.
    static constexpr std::size_t most_waiting = std::size_t{32} * 1024 * 1024;

    /// \p where is the executor of the caller; \p request the line of the call, empty for a program with a port.
    program_answer(boost::asio::any_io_executor where, std::uint64_t number, std::string request)
        : id(number), line(std::move(request)), where_(std::move(where)), timer_(std::in_place, where_) {}

    const std::uint64_t id;
    /// Taken by the program's thread when it is written.
    std::string line;

    /// \name The caller's side
    /// @{
    /// Completes when the request has been passed on, or has failed: `failure`. Fails with \p late at \p until, or `errc::cancelled`.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> until_sent(time_point until, errc late, cancellation& stop);
    /// Completes when a part is there, or the answer has failed.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> until_part(time_point until, errc late, cancellation& stop);
    /// The next part; nothing when none waits.
    LLMX_DECL [[nodiscard]] std::optional<program_part> take();
    LLMX_DECL [[nodiscard]] std::optional<error> failure() const;
    /// Of the program, after `until_sent`.
    LLMX_DECL [[nodiscard]] std::uint16_t port() const;
    /// The caller needs no more: nothing is posted to its executor from now on. False when the answer had ended by itself.
    LLMX_DECL bool close() noexcept;
    /// @}

    /// \name The program's side
    /// @{
    LLMX_DECL void sent(std::uint16_t at_port);
    /// False: too much waits already, and the answer has failed.
    LLMX_DECL [[nodiscard]] bool deliver(program_part part);
    LLMX_DECL void fail(error why);
    /// @}

private:
    using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::any_io_executor>;
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> wait(bool for_part, time_point until, errc late, cancellation& stop);
    LLMX_DECL void wake();

    mutable std::mutex mutex_;
    boost::asio::any_io_executor where_;
    /// Of the caller's thread; gone after `close`, as the program's thread may be the last to release this object.
    std::optional<timer> timer_;
    std::deque<program_part> parts_;
    std::size_t bytes_ = 0;
    std::optional<error> failure_;
    std::uint16_t port_ = 0;
    bool sent_ = false, over_ = false, closed_ = false, asleep_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/program_answer.ipp>
#endif
