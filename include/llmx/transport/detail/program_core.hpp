// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/transport/detail/child_process.hpp>
#include <llmx/transport/detail/program_answer.hpp>
#include <llmx/transport/detail/program_log.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/transport/model_program_options.hpp>
#include <llmx/transport/program_life.hpp>
#include <llmx/wire/ndjson.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
class model_program;
}

namespace llmx::inline LLMX_ABI::detail {

/// One run of a program: its process, its pipes and what is read from and written to them. Handlers of an earlier run find that theirs
/// is over.
struct program_run {
    explicit program_run(boost::asio::io_context& io, std::size_t max_line)
        : input(io), output(io), errors(io), ended(io), patience(io), lines(max_line) {}
    int process = -1;
    std::uint16_t port = 0;
    bool over = false, writing = false;
    boost::asio::posix::stream_descriptor input, output, errors;
    /// Becomes readable at the end of the process.
    boost::asio::posix::stream_descriptor ended;
    /// Until a process that closed a pipe has ended, or is ended; without `ended` also between two looks at the process.
    boost::asio::basic_waitable_timer<clock> patience;
    ndjson_parser lines;
    /// Bytes being written, and those that wait.
    std::string out, pending;
    std::array<char, std::size_t{64} * 1024> from_output, from_errors;
    /// Of a health check over HTTP.
    cancellation check;
};

/// What runs one program, on the thread of `program_host`: steps of `program_life`, pipes and calls.
class program_core : public std::enable_shared_from_this<program_core> {
public:
    /// Calls under way or waiting for the program at once; further ones are refused.
    static constexpr std::size_t most_calls = 4096;
    /// Bytes of requests that the program has not read; further calls are refused.
    static constexpr std::size_t most_unread = std::size_t{64} * 1024 * 1024;

    LLMX_DECL program_core(boost::asio::io_context& io, std::shared_ptr<const model_program_options> options);
    /// \p over is called once, when the program has been stopped for good.
    void when_over(std::function<void()> over) { over_ = std::move(over); }

    /// \name On the host's thread
    /// @{
    /// Starts the program, and after each report what is due next.
    LLMX_DECL void drive();
    LLMX_DECL void stop();
    /// Stops it when no call is under way; the next call starts it again.
    LLMX_DECL void retire();
    /// There is a new handle: takes `retire` back.
    LLMX_DECL void keep();
    LLMX_DECL void add(std::shared_ptr<program_answer> call);
    LLMX_DECL void cancel(std::uint64_t id);
    /// @}

    /// \name On any thread
    /// @{
    [[nodiscard]] boost::asio::io_context& context() noexcept { return io_; }
    [[nodiscard]] std::uint64_t next_id() noexcept { return ++ids_; }
    LLMX_DECL [[nodiscard]] program_life life() const;
    LLMX_DECL [[nodiscard]] int process() const;
    /// "local program 'NAME' " and what it does, or \p what.
    LLMX_DECL [[nodiscard]] std::string sentence(std::string_view what = std::string_view()) const;
    /// @}

private:
    LLMX_DECL void launch();
    LLMX_DECL void check();
    LLMX_DECL void note(std::string_view text);
    LLMX_DECL void publish();
    LLMX_DECL void serve_waiting();
    LLMX_DECL void send(program_answer& call);
    LLMX_DECL void write(program_run& run);
    LLMX_DECL void read_output(std::shared_ptr<program_run> run);
    LLMX_DECL void read_errors(std::shared_ptr<program_run> run);
    LLMX_DECL void await_end(std::shared_ptr<program_run> run);
    LLMX_DECL void look_later(std::shared_ptr<program_run> run);
    /// A pipe was closed, or cannot be read: the process ends by itself, or is ended.
    LLMX_DECL void lost_pipe(std::shared_ptr<program_run> run, std::string why);
    LLMX_DECL void on_end(program_run& run, int status);
    LLMX_DECL [[nodiscard]] result<void> on_output(program_run& run, std::string_view bytes);
    LLMX_DECL void on_line(std::string_view line);
    LLMX_DECL void drain(program_run& run);
    LLMX_DECL [[nodiscard]] child_options child_of(std::uint16_t port) const;
    /// What `retire` asked for, once it can be done.
    LLMX_DECL void retire_if_idle();

    boost::asio::io_context& io_;
    std::shared_ptr<const model_program_options> options_;
    std::function<void()> over_;
    boost::asio::basic_waitable_timer<clock> timer_;
    program_life life_;
    std::shared_ptr<program_run> run_;
    /// Calls that were sent, and those that wait for a program that starts.
    std::map<std::uint64_t, std::shared_ptr<program_answer>> calls_;
    std::deque<std::shared_ptr<program_answer>> waiting_;
    /// `retire` was called; reset by `stop` and by the next call.
    bool retired_ = false;
    program_log log_;
    /// For health checks; made with the first.
    std::shared_ptr<http_transport> network_;
    std::atomic<std::uint64_t> ids_{0};
    /// What other threads see.
    mutable std::mutex mutex_;
    program_life seen_;
    int seen_process_ = -1;
};

/// Whether the program at \p port answers `GET path` with 2xx before \p until.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<bool> check_port(std::shared_ptr<http_transport> network, std::uint16_t port, std::string path,
                                                                time_point until, std::shared_ptr<program_run> run);

/// The thread that runs all programs of this process.
class program_host {
public:
    LLMX_DECL [[nodiscard]] static program_host& instance();
    LLMX_DECL [[nodiscard]] result<std::shared_ptr<model_program>> open(model_program_options options);
    /// Stops all programs, waits for them, and refuses others.
    LLMX_DECL void shut();

private:
    LLMX_DECL program_host();
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/program_core.ipp>
#include <llmx/transport/impl/program_host.ipp>
#include <llmx/transport/impl/program_pipes.ipp>
#endif
