// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/options.hpp>
#include <llmx/server/response_head.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/telemetry/access_log.hpp>
#include <llmx/transport/deadlines.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace llmx::inline v0 {

class server_connection;

/// What the threads of a server have in common.
struct server_shared {
    explicit server_shared(server_options o) : options(std::move(o)) {}
    const server_options options;
    std::atomic<std::size_t> connections{0};
    /// Seconds since 1970; when listed models are said to have been created.
    std::int64_t began = 0;
};

/// What belongs to one thread of a server: its context, deadlines, runtime, log and
/// connections. Used on that thread alone, but for `io`.
class server_core {
public:
    LLMX_DECL explicit server_core(server_shared& shared);
    server_core(const server_core&) = delete;
    server_core& operator=(const server_core&) = delete;
    LLMX_DECL ~server_core();

    boost::asio::io_context io;
    deadline_service deadlines;
    access_log log;
    http_date date;
    server_shared& shared;
    /// Set before the first connection.
    std::unique_ptr<runtime> on;

    [[nodiscard]] const server_options& options() const noexcept { return shared.options; }
    [[nodiscard]] bool draining() const noexcept { return draining_; }
    [[nodiscard]] std::size_t connections() const noexcept { return count_; }
    /// No connection is kept alive any longer; those that wait for another request are
    /// closed. The context stops when the last one is gone.
    LLMX_DECL void drain() noexcept;
    /// Cancels the calls still running, and whatever begins after that.
    LLMX_DECL void cancel_calls() noexcept;
    [[nodiscard]] bool cancelling() const noexcept { return cancelling_; }

private:
    friend class server_connection;
    LLMX_DECL void add(server_connection& c) noexcept;
    LLMX_DECL void remove(server_connection& c) noexcept;
    server_connection* first_ = nullptr;
    std::size_t count_ = 0;
    bool draining_ = false;
    bool cancelling_ = false;
};

} // namespace llmx::inline v0

// The bodies need connections, which need this header.
#include <llmx/server/connection.hpp>
