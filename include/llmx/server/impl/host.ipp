// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/server/host.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

namespace detail {

/// \p o with the origins that pages may have when none are given.
LLMX_DECL [[nodiscard]] server_options with_cors_origins(server_options o, bool guarded) {
    if (o.cors_origins) return o;
    if (guarded || !o.key.empty() || !o.keys.empty()) {
        o.cors_origins.emplace(1, "*");
        return o;
    }
    o.cors_origins.emplace();
    for (const char* const scheme : {"http://", "https://"})
        for (const char* const host : {"localhost", "127.0.0.1", "[::1]"})
            for (const char* const port : {"", ":*"}) o.cors_origins->push_back(std::string(scheme) + host + port);
    return o;
}

} // namespace detail

LLMX_DECL server_host::server_host(server_options o, runtime_factory make, bool guarded)
    : shared_(std::make_shared<server_shared>(detail::with_cors_origins(std::move(o), guarded))), make_runtime_(std::move(make)),
      guarded_(guarded || !options().key.empty() || !options().keys.empty()) {}

LLMX_INLINE server_host::~server_host() {
    for (auto& w : cores_) {
        if (control_ != &own_control_) {
            // Connections that have not ended yet share the worker.
            boost::system::error_code ignored;
            w->acceptor.close(ignored);
            w->core.abandon();
            w->core.log.flush();
            continue;
        }
        if (w->thread.joinable()) {
            w->core.io.stop();
            w->thread.join();
        }
        // What a call or a background task that has not ended waits for may complete into the thread's context from
        // elsewhere: nothing of that thread is destroyed. Work that it has offloaded must not outlast the program's own
        // data all the same.
        if (w->core.connections() != 0 || (w->core.on && w->core.on->in_background() != 0)) {
            w->core.on->stop_offloading();
            // Kept where leak checkers find it.
            static std::mutex mutex;
            static std::vector<std::shared_ptr<worker>>& kept = *new std::vector<std::shared_ptr<worker>>;
            const std::lock_guard<std::mutex> lock(mutex);
            kept.push_back(std::move(w));
        }
    }
}

LLMX_DECL result<void> server_host::run() {
    if (control_ != &own_control_)
        return error(errc::internal, "the server was started on a context of the program's own, which the program runs: "
                                     "await drain() instead of calling run()");
    if (cores_.empty())
        if (auto bound = listen(); !bound) return bound.error();
    const auto work = boost::asio::make_work_guard(own_control_);
    if (options().handle_signals) wait_for_signal();
    running_ = cores_.size();
    for (auto& w : cores_) {
        worker* const mine = w.get();
        mine->thread = std::thread([this, mine] { serve(*mine); });
    }
    own_control_.run();
    for (auto& w : cores_) w->thread.join();
    shared_->log->close();
    signals_.clear();
    over_ = true;
    return success();
}

LLMX_DECL result<void> server_host::start(boost::asio::io_context& io) {
    if (!cores_.empty() || stage_ != 0)
        return error(errc::internal, "start() binds by itself and can be called once: call it instead of listen() and run()");
    if (auto bound = open(1, &io); !bound) return bound.error();
    control_ = &io;
    drained_.emplace(io, boost::asio::steady_timer::time_point::max());
    worker& w = *cores_.front();
    w.core.on_drained = &server_host::on_drained;
    w.core.drained_self = this;
    log_begin(w);
    begin_accepting(w);
    return success();
}

LLMX_DECL void server_host::on_drained(void* self) noexcept {
    auto& host = *static_cast<server_host*>(self);
    host.over_ = true;
    host.timer_.reset();
    host.cores_.front()->core.log.flush();
    host.drained_->cancel();
}

LLMX_DECL boost::asio::awaitable<result<void>> server_host::drain() {
    if (!drained_) co_return error(errc::internal, "drain() waits for a server that start() began: call start(io) before it");
    if (stage_ == 0) step_down();
    while (!over_) (void)co_await drained_->async_wait(boost::asio::as_tuple(boost::asio::deferred));
    if (forced_)
        co_return error(errc::deadline_exceeded,
                        "a call did not end when it was cancelled: connections left open: " +
                            std::to_string(cores_.front()->core.connections()));
    co_return success();
}

LLMX_DECL void server_host::log_begin(worker& w) {
    w.core.log.note(log_level::info, "listening on " + description());
    if (!descriptor_note_.empty()) w.core.log.warn(descriptor_note_);
    if (!shared_->note.empty()) w.core.log.warn(shared_->note);
}

LLMX_DECL void server_host::serve(worker& w) {
    if (&w == cores_.front().get()) log_begin(w);
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
    if (running_.fetch_sub(1) == 1) own_control_.stop();
}

LLMX_DECL void server_host::begin_accepting(worker& w) {
    const std::weak_ptr<void> alive = alive_;
    boost::asio::co_spawn(LLMX_LATER(w.core.io), accept_loop(w, alive), [this, &w, alive](const std::exception_ptr& failed) {
        if (alive.expired()) return;
        if (!w.acceptor.is_open()) return accepted_all(w);
        // Out of memory, or a defect: the port must not stay open without a server.
        try {
            if (failed) std::rethrow_exception(failed);
        } catch (const std::exception& e) {
            w.core.log.note(log_level::error, std::string("accepting connections failed and begins anew: ") + e.what());
        }
        begin_accepting(w);
    });
}

LLMX_DECL boost::asio::awaitable<void> server_host::accept_loop(worker& w, std::weak_ptr<void> alive) {
    // The loop begins with a turn of the context, and the server may be destroyed before that.
    while (!alive.expired() && w.acceptor.is_open()) {
        worker& owner = owner_of_next(w);
        server_socket socket(owner.core.io);
        boost::asio::ip::tcp::endpoint peer;
        const auto got =
            co_await w.acceptor.async_accept(socket, peer, boost::asio::as_tuple(boost::asio::deferred));
        const boost::system::error_code ec = std::get<0>(got);
        if (alive.expired()) co_return;
        if (!ec) {
            hand_over(w, owner, std::move(socket), peer);
        } else if (ec == boost::asio::error::no_descriptors || ec == boost::asio::error::no_memory ||
                   ec == boost::system::errc::too_many_files_open_in_system) {
            // Linux reports this before it looks whether a client has connected.
            (void)co_await w.acceptor.async_wait(acceptor_type::wait_read,
                                                 boost::asio::as_tuple(boost::asio::deferred));
            if (alive.expired() || !w.acceptor.is_open()) break;
            out_of_descriptors(w, ec);
            if (w.core.short_of_descriptors == nullptr) continue;
            (void)co_await w.pause.async_wait(boost::asio::as_tuple(boost::asio::deferred));
            if (alive.expired()) break;
            w.core.short_of_descriptors = nullptr;
        }
    }
}

LLMX_DECL void server_host::out_of_descriptors(worker& w, const boost::system::error_code& ec) {
    // A client in the kernel's queue is not lost: it is accepted when a descriptor is free.
    if (w.core.shed()) return;
    constexpr duration apart = std::chrono::seconds(10);
    const time_point now = w.core.on->now();
    if (w.shortage_noted == time_point() || now - w.shortage_noted >= apart) {
        w.shortage_noted = now;
        w.core.log.note(log_level::error, "cannot accept connections: " + ec.message() +
                                              "; raise the limit of open files (ulimit -n, LimitNOFILE of systemd)");
    }
    server_core* donor = richest(w.core, server_core::spare::stranger);
    if (donor == nullptr) donor = richest(w.core, server_core::spare::idle);
    if (donor != nullptr) boost::asio::post(donor->io, [donor] { (void)donor->shed(); });
    // A connection of this core that closes ends the wait; those of other cores and those to
    // providers are noticed when the time is up.
    w.pause.expires_after(std::chrono::milliseconds(100));
    w.core.short_of_descriptors = &w.pause;
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
    const auto served = [this] { return shared_->connections.load(std::memory_order_relaxed); };
    server_core* donor = nullptr;
    bool refused = served() >= shared_->max_connections && !make_room(core, donor);
    // A refusal needs a connection too, and so does one for which another core has yet to
    // make room: both are limited.
    const std::size_t all = served() + shared_->refusals.load(std::memory_order_relaxed);
    const bool overshoot = all < shared_->max_connections + shared_->margin();
    if ((refused || donor != nullptr) && !overshoot) return;
    if (donor != nullptr) refused = false;
    begin_session(core,
                  std::make_shared<server_connection>(core, std::move(socket), peer.address().to_string(), refused));
    // Now that it is counted.
    if (donor != nullptr) boost::asio::post(donor->io, [this, donor] { relieve(*donor, cores_.size()); });
}

LLMX_DECL bool server_host::make_room(server_core& core, server_core*& donor) {
    const auto room = [this] { return shared_->connections.load(std::memory_order_relaxed) < shared_->max_connections; };
    for (const auto kind : {server_core::spare::stranger, server_core::spare::idle}) {
        while (core.shed(kind))
            if (room()) return true;
        donor = richest(core, kind);
        if (donor != nullptr) return false;
    }
    return false;
}

LLMX_DECL server_core* server_host::richest(const server_core& but, server_core::spare kind) const noexcept {
    server_core* found = nullptr;
    std::size_t most = 0;
    for (const auto& w : cores_)
        if (const std::size_t n = w->core.spares(kind); n > most && &w->core != &but) {
            found = &w->core;
            most = n;
        }
    return found;
}

LLMX_DECL void server_host::relieve(server_core& core, std::size_t hops) {
    while (shared_->connections.load(std::memory_order_relaxed) > shared_->max_connections) {
        if (core.shed()) continue;
        server_core* other = richest(core, server_core::spare::stranger);
        if (other == nullptr) other = richest(core, server_core::spare::idle);
        if (other != nullptr && hops != 0)
            boost::asio::post(other->io, [this, other, hops] { relieve(*other, hops - 1); });
        return;
    }
}

LLMX_DECL void server_host::close_acceptor(worker& w) {
    if (!w.acceptor.is_open()) return;
    boost::system::error_code ec;
    // Clients in the kernel's queue have connected: serve them, once each. Of those who left
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
    boost::asio::post(*control_, [this, alive = std::weak_ptr<void>(alive_)] {
        if (!alive.expired()) step_down();
    });
}

LLMX_DECL void server_host::reload() {
    boost::asio::post(*control_, [this, alive = std::weak_ptr<void>(alive_)] {
        if (!alive.expired() && options().reload) options().reload();
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
    if (over_) return;
    timer_.reset();
    ++stage_;
    duration patience = options().drain;
    if (stage_ == 1) {
        for (auto& w : cores_)
            boost::asio::post(w->core.io, [this, mine = w.get(), alive = std::weak_ptr<void>(alive_)] {
                if (!alive.expired()) close_acceptor(*mine);
            });
    } else if (stage_ == 2) {
        for (auto& w : cores_)
            boost::asio::post(w->core.io, [mine = w.get(), alive = std::weak_ptr<void>(alive_)] {
                if (!alive.expired()) mine->core.cancel_calls();
            });
        // Cancelled calls still answer their callers.
        patience = std::chrono::seconds(2);
    } else if (control_ != &own_control_) {
        // The context is the program's, and goes on.
        forced_ = cores_.front()->core.connections() != 0;
        return on_drained(this);
    } else {
        for (auto& w : cores_) w->core.io.stop();
        return;
    }
    timer_.emplace(*control_, patience);
    timer_->async_wait([this, alive = std::weak_ptr<void>(alive_)](const boost::system::error_code& ec) {
        if (!ec && !alive.expired()) step_down();
    });
}

} // namespace llmx::inline LLMX_ABI
