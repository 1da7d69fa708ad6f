// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/core.hpp>
#include <llmx/server/options.hpp>
#include <llmx/service/runtime.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Makes the runtime of one thread, whose context it is given.
using runtime_factory = std::function<std::unique_ptr<runtime>(boost::asio::io_context&)>;

/// What of a server does not depend on its endpoints: sockets, threads, signals, the
/// way down.
///
/// Two forms. `run`: one thread per `io_context`, each with its own listening socket, runtime and
/// log; the caller of `run` looks after signals and reloads, so that neither delays a call. `start`:
/// on a context of the program's own, beside whatever else runs there; the program keeps its
/// signals and its thread, and awaits `drain` at the end.
class server_host {
public:
    server_host(const server_host&) = delete;
    server_host& operator=(const server_host&) = delete;

    /// Binds. Fails with `errc::bad_configuration`, in one sentence for the person who
    /// starts the program, when the address is unknown or taken, or when it can be reached
    /// from other machines and there is no key. From here on signals are the server's (`server_options::handle_signals`): `run` handles
    /// those that come before it.
    LLMX_DECL [[nodiscard]] result<void> listen();
    /// The port bound; 0 before `listen`.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// "http://127.0.0.1:4000", and that there is no key when there is none. After `listen`.
    LLMX_DECL [[nodiscard]] std::string description() const;
    [[nodiscard]] std::size_t threads() const noexcept { return cores_.size(); }
    /// How many clients' connections are served at once: `server_options::max_connections`, or
    /// what the process has descriptors for when that is less. After `listen`.
    [[nodiscard]] std::size_t max_connections() const noexcept { return shared_->max_connections; }

    /// Serves until `stop`; binds first unless that was done. Call it once.
    ///
    /// A call or a background task that has not ended two seconds after it was cancelled is abandoned: `run` returns, and
    /// the destructor keeps the thread's context with what is in it until the program ends, since what the call waits for
    /// may still complete into that context from a thread of the program's own.
    LLMX_DECL [[nodiscard]] result<void> run();
    /// Binds and serves on \p io, which the program runs, with one thread. Returns at once; call it
    /// once, instead of `listen` and `run`.
    ///
    /// `server_options::threads` and `handle_signals` have no effect: there is one thread, and signals
    /// are the program's. Fails like `listen`; with `errc::internal` when the server has begun already.
    /// \p io is never stopped by the server, must outlive it, and has work until the server is
    /// drained. What follows (`drain`, the destructor) belongs on the thread of \p io.
    ///
    /// Destroy the server behind `drain`. Without that its destructor closes all connections and
    /// cancels their calls; what these refer to is destroyed with the last of them, which \p io ends when it runs or is
    /// destroyed. The gateway must live as long as \p io runs then.
    LLMX_DECL [[nodiscard]] result<void> start(boost::asio::io_context& io);
    /// `stop`, and waits until the last connection is closed and the background tasks have ended: success.
    ///
    /// Calls may take as long as `server_options::drain` allows and are cancelled then;
    /// `errc::deadline_exceeded` when one has not ended two seconds later. Awaited again, or by several,
    /// it reports the same. Only after `start`: else `errc::internal`. The server must outlive it.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> drain();
    /// Whether no call and no connection is left after `stop` or `drain`.
    [[nodiscard]] bool drained() const noexcept { return over_; }
    /// Begins the drain and waits for nothing: stops taking connections, closes idle ones, lets running calls end for as long as
    /// `server_options::drain` allows, then cancels them. Called again it cancels at once.
    /// Thread-safe, returns immediately.
    LLMX_DECL void stop();
    /// Runs `server_options::reload` on the thread of `run`. Thread-safe, returns immediately.
    LLMX_DECL void reload();

    /// Writes a line of the program's own between those of the log, whatever the log's
    /// level. \p text has no newline. Thread-safe; waits for no reader. Until `run` returns.
    void log_line(std::string_view text) noexcept { shared_->log->line(text); }
    /// Waits until the log's sink has taken all that was logged, at most for \p limit.
    bool settle_log(duration limit) noexcept { return shared_->log->settle(limit); }
    /// Log lines that were dropped because the sink is slow or fails, for metrics. Thread-safe.
    [[nodiscard]] std::uint64_t dropped_log_lines() const noexcept { return shared_->log->dropped(); }

protected:
    /// \p guarded: callers are identified by other means than the keys of \p options.
    LLMX_DECL server_host(server_options options, runtime_factory make_runtime, bool guarded);
    LLMX_INLINE virtual ~server_host();
    [[nodiscard]] const server_options& options() const noexcept { return shared_->options; }

private:
    using acceptor_type = boost::asio::ip::tcp::acceptor;

    /// One serving thread.
    struct worker {
        worker(std::shared_ptr<server_shared> all, boost::asio::io_context* outside)
            : shared(std::move(all)), core(*shared, outside), acceptor(core.io), pause(core.io) {}
        std::shared_ptr<server_shared> shared;
        server_core core;
        acceptor_type acceptor;
        boost::asio::steady_timer pause;
        time_point shortage_noted{};
        std::thread thread;
    };

    /// Serves \p c on its core until it ends. Called on the core's thread.
    virtual void begin_session(server_core& core, std::shared_ptr<server_connection> c) = 0;

    LLMX_DECL result<boost::asio::ip::tcp::endpoint> resolve();
    LLMX_DECL result<void> bind(worker& w, const boost::asio::ip::tcp::endpoint& where, bool shared_port);
    LLMX_DECL error bind_failed(const boost::system::error_code& ec) const;
    /// Shares out the process's descriptors. Fewer connections than configured are noted.
    LLMX_DECL void fit_descriptors();
    /// Accepts until \p w's acceptor is closed, then lets the cores drain that it fed.
    LLMX_DECL void begin_accepting(worker& w);
    LLMX_DECL boost::asio::awaitable<void> accept_loop(worker& w, std::weak_ptr<void> alive);
    /// Makes \p threads workers that listen, all on \p outside unless that is null.
    LLMX_DECL result<void> open(std::size_t threads, boost::asio::io_context* outside);
    LLMX_DECL void log_begin(worker& w);
    /// There is nothing left that `drain` waits for.
    LLMX_DECL static void on_drained(void* self) noexcept;
    /// Whose the next connection is that \p w accepts.
    LLMX_DECL worker& owner_of_next(worker& w) noexcept;
    LLMX_DECL void hand_over(worker& w, worker& owner, server_socket socket,
                             const boost::asio::ip::tcp::endpoint& peer);
    LLMX_DECL void take(server_core& core, server_socket socket, const boost::asio::ip::tcp::endpoint& peer);
    LLMX_DECL void admit(server_core& core, server_socket socket, const boost::asio::ip::tcp::endpoint& peer);
    /// Closes spare connections of \p core until there is room for one more. False when it
    /// has too few; \p donor is then the core that has most of the kind to close next, or
    /// null. Strangers of all cores are closed before idle connections of any.
    LLMX_DECL bool make_room(server_core& core, server_core*& donor);
    /// Of the other cores the one with most connections of that kind; null: none has any.
    LLMX_DECL server_core* richest(const server_core& but, server_core::spare kind) const noexcept;
    /// Closes spare connections of \p core while there are too many. When it has none left,
    /// which may have happened since it was asked, another core goes on, at most \p hops times.
    LLMX_DECL void relieve(server_core& core, std::size_t hops);
    /// Accepting failed for lack of descriptors or memory, although a client has connected:
    /// closes a spare connection, or sets `pause` for the loop to wait for.
    LLMX_DECL void out_of_descriptors(worker& w, const boost::system::error_code& ec);
    LLMX_DECL void close_acceptor(worker& w);
    LLMX_DECL void accepted_all(worker& w);
    LLMX_DECL void serve(worker& w);
    LLMX_DECL void wait_for_signal();
    LLMX_DECL void step_down();

    std::shared_ptr<server_shared> shared_;
    runtime_factory make_runtime_;
    bool guarded_;
    /// Shared with their connections.
    std::vector<std::shared_ptr<worker>> cores_;
    /// Of `run`.
    boost::asio::io_context own_control_{1};
    /// Where `stop` and `reload` work: that, or the context of `start`.
    boost::asio::io_context* control_ = &own_control_;
    boost::asio::signal_set signals_{own_control_};
    std::optional<boost::asio::steady_timer> timer_;
    /// What `drain` waits with; only after `start`.
    std::optional<boost::asio::steady_timer> drained_;
    /// Handlers in the context of `start` may come after this object.
    std::shared_ptr<void> alive_ = std::make_shared<char>();
    std::atomic<std::size_t> running_{0};
    std::size_t next_core_ = 0;
    std::uint16_t port_ = 0;
    std::string address_;
    /// For the log, when it begins.
    std::string descriptor_note_;
    /// How far down the way: 0 serving, 1 draining, 2 calls cancelled, 3 stopped.
    int stage_ = 0;
    bool one_acceptor_ = false;
    bool over_ = false;
    bool forced_ = false; // over, with connections that could not be closed
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/host.ipp>
#include <llmx/server/impl/host_listen.ipp>
#endif
