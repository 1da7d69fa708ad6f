// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/server/descriptors.hpp>
#include <llmx/server/detail/reuse_port.hpp>
#include <llmx/server/host.hpp>
#include <llmx/server/key_authenticator.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <algorithm>
#include <csignal>
#include <string>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<boost::asio::ip::tcp::endpoint> server_host::resolve() {
    using boost::asio::ip::tcp;
    const server_options& o = options();
    const auto unguarded = [&o] {
        return error(errc::bad_configuration, "no key is set, so only this machine may be served: refusing to listen on " +
                                                  o.host + "; set a key or listen on 127.0.0.1");
    };
    std::string_view host = o.host;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    boost::system::error_code ec;
    boost::asio::ip::address address = boost::asio::ip::make_address(host, ec);
    if (ec) {
        if (!guarded_ && !is_loopback_host(host)) return unguarded();
        tcp::resolver resolver(own_control_);
        const auto found = resolver.resolve(std::string(host), std::string(), tcp::resolver::passive, ec);
        if (ec || found.empty())
            return error(errc::bad_configuration, "cannot listen on " + o.host + ": no such host");
        address = found.begin()->endpoint().address();
        for (const auto& f : found)
            if (f.endpoint().address().is_v4()) {
                address = f.endpoint().address();
                break;
            }
    }
    if (!guarded_ && !address.is_loopback()) return unguarded();
    return tcp::endpoint(address, o.port);
}

LLMX_DECL error server_host::bind_failed(const boost::system::error_code& ec) const {
    const std::string where = options().host + ":" + std::to_string(options().port);
    if (ec == boost::asio::error::address_in_use)
        return error(errc::bad_configuration, "cannot listen on " + where + ": another program uses this port");
    return error(errc::bad_configuration, "cannot listen on " + where + ": " + ec.message());
}

LLMX_DECL result<void> server_host::bind(worker& w, const boost::asio::ip::tcp::endpoint& where, bool shared_port) {
    boost::system::error_code ec;
    w.acceptor.open(where.protocol(), ec);
    if (ec) return bind_failed(ec);
    w.acceptor.set_option(acceptor_type::reuse_address(true), ec);
    if (ec) return bind_failed(ec);
    if (shared_port && !detail::set_reuse_port(w.acceptor.native_handle()))
        return error(errc::internal, "the kernel does not let threads share a port");
    w.acceptor.bind(where, ec);
    if (ec) return bind_failed(ec);
    w.acceptor.listen(4096, ec);
    if (ec) return bind_failed(ec);
    return success();
}

LLMX_DECL void server_host::fit_descriptors() {
    const descriptor_limits l = descriptor_limits::now();
    const std::size_t wanted = options().max_connections;
    shared_->max_connections = connections_within(l, wanted, cores_.size());
    descriptor_note_.clear();
    if (shared_->max_connections >= wanted) return;
    descriptor_note_ = "listening, but max_connections is " + std::to_string(shared_->max_connections) + " instead of " +
                       std::to_string(wanted) + ": this process may have " + std::to_string(l.limit) +
                       " files open, and calls to providers need as many as clients; raise the limit to " +
                       std::to_string(descriptors_needed(l, wanted, cores_.size())) +
                       " (ulimit -n, LimitNOFILE of systemd) or lower general_settings.max_connections";
}

LLMX_DECL result<void> server_host::listen() {
    if (options().handle_signals) {
        // Before the port answers: who starts the server may end it from then on, and `run` handles what has come until then.
        boost::system::error_code ignored;
        for (const int number : {SIGTERM, SIGINT}) signals_.add(number, ignored);
#if defined(SIGPIPE)
        // The reader of the log may end; that must not end the server.
        std::signal(SIGPIPE, SIG_IGN);
#endif
#if defined(SIGHUP)
        signals_.add(SIGHUP, ignored);
#endif
    }
    const unsigned asked = options().threads;
    result<void> bound = open(asked != 0 ? asked : std::max(1u, std::thread::hardware_concurrency()), nullptr);
    if (!bound) {
        boost::system::error_code ignored;
        signals_.clear(ignored);
    }
    return bound;
}

LLMX_DECL result<void> server_host::open(std::size_t threads, boost::asio::io_context* outside) {
    const server_options& o = options();
    if (const auto keys = key_authenticator::keys_of(o); !keys) return keys.error();
    if (o.raise_descriptor_limit) (void)raise_descriptor_limit();
    auto where = resolve();
    if (!where) return where.error();
    one_acceptor_ = o.single_acceptor || !detail::has_reuse_port || threads == 1;
    if (!one_acceptor_ && o.port != 0) {
        // Sockets that share their port share it with another program's too, if it does the
        // same: calls would go to either. One that does not share finds out.
        boost::system::error_code ec;
        acceptor_type probe(own_control_);
        probe.open(where->protocol(), ec);
        if (!ec) probe.set_option(acceptor_type::reuse_address(true), ec);
        if (!ec) probe.bind(*where, ec);
        if (!ec) probe.listen(1, ec);
        if (ec) return bind_failed(ec);
    }
    std::vector<std::shared_ptr<worker>> made;
    for (std::size_t i = 0; i < threads; ++i) {
        made.push_back(std::make_shared<worker>(shared_, outside));
        worker& w = *made.back();
        w.core.part_of = made.back();
        w.core.on = make_runtime_(w.core.io);
        if (w.core.on == nullptr)
            return error(errc::bad_configuration, "the function that makes the runtime of a thread gave none: return a runtime on "
                                                  "the io_context that it is given");
        if (i != 0 && one_acceptor_) continue;
        if (auto bound = bind(w, *where, !one_acceptor_); !bound) return bound.error();
        // The first one finds a free port, the others join it.
        if (i == 0) where->port(w.acceptor.local_endpoint().port());
    }
    cores_ = std::move(made);
    fit_descriptors();
    port_ = where->port();
    address_ = where->address().is_v6() ? "[" + where->address().to_string() + "]" : where->address().to_string();
    shared_->began = cores_.front()->core.on->unix_seconds();
    return success();
}

LLMX_DECL std::string server_host::description() const {
    std::string text = "http://" + address_ + ":" + std::to_string(port_);
    if (!guarded_) text += " (no key is set: only programs on this machine are served)";
    return text;
}

} // namespace llmx::inline LLMX_ABI
