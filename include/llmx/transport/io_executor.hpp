// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Where a client, a runtime or a transport does its work: an `io_context` that one thread runs, or a
/// strand of an `io_context` that any number of threads run.
///
/// Made implicitly from an `io_context`, from its executor, from a strand of either and from an
/// `any_io_executor` that holds one of these. Everything that was made with it runs on it: sockets and
/// timers belong to the `io_context`, and their completions go through the strand. An executor of
/// another kind of context (`thread_pool`, `system_executor`) has no sockets' reactor of the type that
/// llmx uses: `check` then fails with `errc::bad_configuration`, and `context` throws `call_failed` with
/// the same sentence. Copies may be used from any thread. The context must outlive what uses it.
class io_executor {
public:
    LLMX_DECL io_executor(boost::asio::io_context& io); // NOLINT: a context is where work is done
    LLMX_DECL io_executor(boost::asio::any_io_executor executor); // NOLINT: an executor is where work is done
    template <class Executor>
        requires(!std::same_as<Executor, io_executor> && !std::same_as<Executor, boost::asio::any_io_executor> &&
                 std::is_convertible_v<const Executor&, boost::asio::any_io_executor>)
    io_executor(const Executor& executor) : io_executor(boost::asio::any_io_executor(executor)) {} // NOLINT

    /// Success, or why nothing can be done here.
    LLMX_DECL [[nodiscard]] result<void> check() const;
    /// The context behind the executor. Throws `call_failed` when `check` fails.
    LLMX_DECL [[nodiscard]] boost::asio::io_context& context() const;
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    /// Whether several threads may run the context: the strand keeps what runs here apart.
    [[nodiscard]] bool is_strand() const noexcept { return is_strand_; }
    /// Whether the calling function runs inside of the strand, or of the context when there is none.
    LLMX_DECL [[nodiscard]] bool running_in_this_thread() const noexcept;

private:
    boost::asio::any_io_executor executor_;
    /// Null when the executor's context is of another kind.
    boost::asio::io_context* context_ = nullptr;
    bool is_strand_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/io_executor.ipp>
#endif
