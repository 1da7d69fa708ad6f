// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/options.hpp>
#include <llmx/server/response_head.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/telemetry/access_log.hpp>
#include <llmx/transport/deadlines.hpp>
#include <llmx/transport/detail/chain.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI {

LLMX_DECL class basic_server_connection;
using server_connection = LLMX_PLAIN(basic_server_connection);

namespace detail {

/// What a chain of connections that may be closed needs to know of one.
struct sheddable {
    chain_link<sheddable> link;
};
using shed_chain = chain<sheddable, &sheddable::link>;

/// What the chain of those who wait for memory needs to know of a connection.
struct memory_waiter {
    chain_link<memory_waiter> memory_link;
    bool waits_for_memory = false;
};

} // namespace detail

/// What the threads of a server have in common.
struct server_shared {
    LLMX_DECL explicit server_shared(server_options o);
    /// With a memory budget, which limits `max_body` too.
    const server_options options;
    /// What the log should say of memory at the start; may be empty.
    const std::string note;
    /// What of `server_options::max_connections` the process has descriptors for. Set before
    /// the first connection.
    std::size_t max_connections;
    /// Writes the logs of all threads.
    const std::shared_ptr<log_writer> log;
    /// Connections that are served, and those that are only there to be refused.
    std::atomic<std::size_t> connections{0}, refusals{0};
    /// Seconds since 1970; the time of creation that lists of models report.
    std::int64_t began = 0;

    /// How many connections there may be beyond `max_connections` for a short time: to be
    /// refused, or until another thread has closed one.
    [[nodiscard]] std::size_t margin() const noexcept { return max_connections / 8 + 16; }
};

/// What belongs to one thread of a server: its context, deadlines, runtime, log and
/// connections. Used on that thread alone, but for `io`.
class server_core {
public:
    /// \p outside is the program's own context, which is never stopped; null: the core makes one.
    LLMX_DECL explicit server_core(server_shared& shared, boost::asio::io_context* outside = nullptr);
    server_core(const server_core&) = delete;
    server_core& operator=(const server_core&) = delete;
    LLMX_INLINE ~server_core();

private:
    std::unique_ptr<boost::asio::io_context> own_io_; // io refers to it

public:
    boost::asio::io_context& io;
    deadline_service deadlines;
    access_log log;
    http_date date;
    server_shared& shared;
    /// Set before the first connection.
    std::shared_ptr<runtime> on;
    /// The object that this is a part of. Connections share it, so that the core exists as long as any of them.
    std::weak_ptr<void> part_of;

    [[nodiscard]] const server_options& options() const noexcept { return shared.options; }
    [[nodiscard]] bool draining() const noexcept { return draining_; }
    [[nodiscard]] std::size_t connections() const noexcept { return count_; }
    /// No connection is kept alive any longer; those that wait for another request are
    /// closed. When the last one is gone and the runtime's background tasks have ended,
    /// the context stops, or `on_drained` runs when the context is the program's.
    LLMX_DECL void drain() noexcept;
    /// Called once, on the core's thread; may be null.
    void (*on_drained)(void* self) noexcept = nullptr;
    void* drained_self = nullptr;
    /// Closes all connections at once and cancels what they do: the server is being destroyed, and nothing waits for
    /// their end.
    LLMX_DECL void abandon() noexcept;
    /// Cancels the calls still running, and whatever begins after that; also the background
    /// tasks, except those that the end of a cancelled call posts.
    LLMX_DECL void cancel_calls() noexcept;
    [[nodiscard]] bool cancelling() const noexcept { return cancelling_; }
    /// Connections whose request bodies are not read on because there is no memory for them.
    [[nodiscard]] std::size_t waiting_for_memory() const noexcept { return waiters_.size(); }

    /// Connections that may be closed when there are too many. `stranger`: the client has
    /// not sent a valid key yet; those with an unfinished request head are closed first.
    /// `idle`: the client has sent one, and the connection is between two requests. Within
    /// each kind the longest idle is closed first. None has a call running.
    enum class spare : std::uint8_t { stranger, idle };
    /// How many there are. Any thread may ask; the answer may be a moment old.
    [[nodiscard]] std::size_t spares(spare kind) const noexcept {
        return (kind == spare::stranger ? strangers_ : idlers_).load(std::memory_order_relaxed);
    }
    /// Closes the first of that kind, whose descriptor is free at once; false when there is none.
    LLMX_DECL bool shed(spare kind);
    /// Both kinds, strangers first.
    LLMX_DECL bool shed() { return shed(spare::stranger) || shed(spare::idle); }
    /// A timer to cancel when a connection of this core, and so a descriptor, is closed; may
    /// be null.
    boost::asio::steady_timer* short_of_descriptors = nullptr;

private:
    friend server_connection;
    LLMX_DECL void add(server_connection& c) noexcept;
    LLMX_DECL void remove(server_connection& c) noexcept;
    /// Ends the core when there are neither connections nor background tasks.
    LLMX_DECL void finish() noexcept;
    LLMX_DECL void end() noexcept;
    /// \p c may be closed from now on and stands last in \p where.
    LLMX_DECL void spare_to(server_connection& c, detail::shed_chain& where) noexcept;
    /// \p c may not be closed from now on.
    LLMX_DECL void keep(server_connection& c) noexcept;
    void count_spares() noexcept {
        strangers_.store(half_heads_.size() + silent_.size(), std::memory_order_relaxed);
        idlers_.store(idle_.size(), std::memory_order_relaxed);
    }
    LLMX_DECL void note_shed();
    detail::shed_chain half_heads_, silent_, idle_;
    std::atomic<std::size_t> strangers_{0}, idlers_{0};
    std::uint64_t shed_ = 0;
    time_point shed_noted_{};
    /// How often waiting connections try again. Memory is released on any thread, which notifies no
    /// other; a body that waits is late by this much and costs a look at the budget each time.
    static constexpr duration memory_interval = std::chrono::milliseconds(10);
    LLMX_DECL void begin_memory_wait(server_connection& c) noexcept;
    LLMX_DECL void end_memory_wait(server_connection& c) noexcept;
    LLMX_DECL static void look_for_memory(void* self) noexcept;
    /// Longest waiting first.
    detail::chain<detail::memory_waiter, &detail::memory_waiter::memory_link> waiters_;
    deadline_service::watcher memory_poll_;
    server_connection* first_ = nullptr;
    std::size_t count_ = 0;
    bool draining_ = false;
    bool cancelling_ = false;
    bool finishing_ = false;
};

} // namespace llmx::inline LLMX_ABI

// The bodies need connections, which need this header.
#include <llmx/server/connection.hpp>
