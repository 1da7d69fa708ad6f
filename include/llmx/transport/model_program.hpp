// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/result.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/transport/model_program_options.hpp>
#include <llmx/transport/program_life.hpp>
#include <llmx/wire/http_message.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
class program_core;
class program_host;
} // namespace detail

/// A running program that serves a model: started, checked, restarted with growing delays when it ends, and stopped with its last user.
///
/// All programs of a process are run by one thread, which the first of them starts. Calls from any number of executors share a program.
/// When the last handle is released, or at the end of this process, the program's process group gets SIGTERM, and SIGKILL after
/// `program_timing::stop_grace`; the end of the process waits for that. A process that is killed cannot do it: a program that
/// reads lines ends at the end of its input, another one needs a parent-death signal of its own (`setpriv --pdeathsig`).
///
/// Thread-safe.
class model_program {
public:
    /// The program that \p options describe: one that runs already, or a new one, which is started at once. Fails with
    /// `errc::bad_configuration` without a command, or where this process ends. Where the program cannot be started is seen in `life`.
    LLMX_DECL [[nodiscard]] static result<std::shared_ptr<model_program>> open(model_program_options options);

    /// Makes a call for a caller on \p where, whose network is \p network.
    ///
    /// \p request is sent to the program's port when it speaks HTTP. Else its body, one JSON object, is the body of a call of
    /// \p operation, and the answer has JSON, or server-sent events with "[DONE]" at the end when the program streams.
    /// Calls wait for a program that starts until `http_limits::connect_by`. Fails with `errc::overloaded` when the program has
    /// ended and waits for its next start, with `errc::connection_lost` and `errc::truncated` when it ends during the call: the message names the program
    /// and its exit status. A caller that leaves, by \p stop or by releasing the body, makes the program cancel the call.
    /// \p request, \p stop and \p network must outlive the returned body.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<http_response>>
    exchange(boost::asio::any_io_executor where, http_transport& network, std::string_view operation, bool stream, const http_request& request,
             const http_limits& limits, cancellation& stop);

    /// Stops the program as soon as no call of it is under way, although there are handles. A later call starts it again.
    LLMX_DECL void retire();

    [[nodiscard]] const model_program_options& options() const noexcept { return *options_; }
    /// What the program does now.
    LLMX_DECL [[nodiscard]] program_life life() const;
    /// The id of its process; -1 while none runs.
    LLMX_DECL [[nodiscard]] int process() const;
    /// The same as a JSON object: `name`, `state`, `process`, `restarts`, `failures`, `last_end`, `starts_in_ms`.
    LLMX_DECL [[nodiscard]] std::string describe() const;

private:
    friend class detail::program_host;
    model_program() = default;

    std::shared_ptr<const model_program_options> options_;
    std::shared_ptr<detail::program_core> core_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/model_program.ipp>
#endif
