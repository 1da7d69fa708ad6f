// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/host.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <exception>
#include <utility>

namespace llmx::inline v0 {

LLMX_DECL server_host::server_host(server_options o, runtime_factory make)
    : shared_(std::move(o)), make_runtime_(std::move(make)) {}

LLMX_DECL server_host::~server_host() {
    for (auto& w : cores_) {
        if (w->thread.joinable()) {
            w->core.io.stop();
            w->thread.join();
        }
        // A call that could be neither waited for nor cancelled holds on to its runtime, which
        // cannot go before it: nothing of that thread is destroyed. Work that it has offloaded
        // must not outlast the program's own data all the same.
        if (w->core.connections() != 0) {
            w->core.on->stop_offloading();
            (void)w.release();
        }
    }
}

LLMX_DECL result<void> server_host::run() {
    if (cores_.empty())
        if (auto bound = listen(); !bound) return bound.error();
    const auto work = boost::asio::make_work_guard(control_);
    if (options().handle_signals) {
        boost::system::error_code ignored;
        for (const int number : {SIGTERM, SIGINT}) signals_.add(number, ignored);
#if defined(SIGPIPE)
        // Whoever reads the log may go away; that must not end the server.
        std::signal(SIGPIPE, SIG_IGN);
#endif
#if defined(SIGHUP)
        signals_.add(SIGHUP, ignored);
#endif
        wait_for_signal();
    }
    running_ = cores_.size();
    for (auto& w : cores_) {
        worker* const mine = w.get();
        mine->thread = std::thread([this, mine] { serve(*mine); });
    }
    control_.run();
    for (auto& w : cores_) w->thread.join();
    signals_.clear();
    return success();
}

LLMX_DECL void server_host::serve(worker& w) {
    if (&w == cores_.front().get()) w.core.log.note(log_level::info, "listening on " + description());
    if (w.acceptor.is_open()) begin_accepting(w);
    const auto work = boost::asio::make_work_guard(w.core.io);
    for (bool going = true; going;) {
        try {
            w.core.io.run();
            going = false;
        } catch (const std::exception& e) {
            // A completion handler threw: out of memory, or a defect. Its call is lost, no other.
            w.core.log.note(log_level::error, std::string("a handler failed: ") + e.what());
        }
    }
    w.core.log.flush();
    if (running_.fetch_sub(1) == 1) control_.stop();
}

LLMX_DECL void server_host::begin_accepting(worker& w) {
    boost::asio::co_spawn(w.core.io, accept_loop(w), [this, &w](const std::exception_ptr& failed) {
        if (!w.acceptor.is_open()) return accepted_all(w);
        // Out of memory, or a defect: the port must not stay open with nobody behind it.
        try {
            if (failed) std::rethrow_exception(failed);
        } catch (const std::exception& e) {
            w.core.log.note(log_level::error, std::string("accepting connections failed and begins anew: ") + e.what());
        }
        begin_accepting(w);
    });
}

LLMX_DECL boost::asio::awaitable<void> server_host::accept_loop(worker& w) {
    while (w.acceptor.is_open()) {
        worker& owner = owner_of_next(w);
        server_socket socket(owner.core.io);
        boost::asio::ip::tcp::endpoint peer;
        const auto got =
            co_await w.acceptor.async_accept(socket, peer, boost::asio::as_tuple(boost::asio::deferred));
        const boost::system::error_code ec = std::get<0>(got);
        if (!ec) {
            hand_over(w, owner, std::move(socket), peer);
        } else if (ec == boost::asio::error::no_descriptors || ec == boost::asio::error::no_memory ||
                   ec == boost::system::errc::too_many_files_open_in_system) {
            // What waits in the kernel's queue is not lost; descriptors come back as calls end.
            w.core.log.note(log_level::error, "cannot accept connections: " + ec.message());
            w.pause.expires_after(std::chrono::milliseconds(100));
            (void)co_await w.pause.async_wait(boost::asio::as_tuple(boost::asio::deferred));
        }
    }
}

LLMX_DECL server_host::worker& server_host::owner_of_next(worker& w) noexcept {
    return one_acceptor_ ? *cores_[next_core_++ % cores_.size()] : w;
}

LLMX_DECL void server_host::hand_over(worker& w, worker& owner, server_socket socket,
                                      const boost::asio::ip::tcp::endpoint& peer) {
    if (&owner == &w) return take(owner.core, std::move(socket), peer);
    boost::asio::post(owner.core.io, [this, &owner, peer, s = std::move(socket)]() mutable {
        take(owner.core, std::move(s), peer);
    });
}

LLMX_DECL void server_host::take(server_core& core, server_socket socket,
                                 const boost::asio::ip::tcp::endpoint& peer) {
    // Whatever goes wrong here costs this connection and not the loop that accepts.
    try {
        admit(core, std::move(socket), peer);
    } catch (const std::exception& e) {
        core.log.note(log_level::error, std::string("a connection was not served: ") + e.what());
    }
}

LLMX_DECL void server_host::admit(server_core& core, server_socket socket,
                                  const boost::asio::ip::tcp::endpoint& peer) {
    const std::size_t most = options().max_connections;
    const std::size_t open = shared_.connections.load(std::memory_order_relaxed);
    // Saying no costs a connection too; there is an end to that.
    if (open >= most + most / 8 + 16) return;
    begin_session(core, std::make_shared<server_connection>(core, std::move(socket), peer.address().to_string(),
                                                            open >= most));
}

LLMX_DECL void server_host::close_acceptor(worker& w) {
    if (!w.acceptor.is_open()) return;
    boost::system::error_code ec;
    // Whoever is in the kernel's queue has connected: serve them, once each. Of those who left
    // it again Asio would wait for the next one instead.
    w.acceptor.set_option(boost::asio::socket_base::enable_connection_aborted(true), ec);
    w.acceptor.non_blocking(true, ec);
    while (!ec) {
        worker& owner = owner_of_next(w);
        server_socket socket(owner.core.io);
        boost::asio::ip::tcp::endpoint peer;
        w.acceptor.accept(socket, peer, ec);
        if (!ec) hand_over(w, owner, std::move(socket), peer);
        else if (ec == boost::asio::error::connection_aborted) ec.clear();
    }
    w.acceptor.close(ec);
    w.pause.cancel();
}

LLMX_DECL void server_host::accepted_all(worker& w) {
    // A core may stop as soon as it drains, so that comes after its last connection, which
    // the loop may have had in its hands when the acceptor was closed.
    if (!one_acceptor_) return w.core.drain();
    for (auto& fed : cores_) boost::asio::post(fed->core.io, [mine = fed.get()] { mine->core.drain(); });
}

LLMX_DECL void server_host::stop() {
    boost::asio::post(control_, [this] { step_down(); });
}

LLMX_DECL void server_host::reload() {
    boost::asio::post(control_, [this] {
        if (options().reload) options().reload();
    });
}

LLMX_DECL void server_host::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& ec, int number) {
        if (ec) return;
        wait_for_signal();
        if (number == SIGTERM || number == SIGINT) step_down();
        else if (options().reload) options().reload();
    });
}

LLMX_DECL void server_host::step_down() {
    timer_.cancel();
    ++stage_;
    duration patience = options().drain;
    if (stage_ == 1) {
        for (auto& w : cores_)
            boost::asio::post(w->core.io, [this, mine = w.get()] { close_acceptor(*mine); });
    } else if (stage_ == 2) {
        for (auto& w : cores_) boost::asio::post(w->core.io, [mine = w.get()] { mine->core.cancel_calls(); });
        // Cancelled calls still answer their callers.
        patience = std::chrono::seconds(2);
    } else {
        for (auto& w : cores_) w->core.io.stop();
        return;
    }
    timer_.expires_after(patience);
    timer_.async_wait([this](const boost::system::error_code& ec) {
        if (!ec) step_down();
    });
}

} // namespace llmx::inline v0
