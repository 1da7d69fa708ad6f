// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/program_core.hpp>

#include <llmx/core/detail/later.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/program_line.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// \p text with each \p mark replaced by \p value.
LLMX_DECL [[nodiscard]] std::string fill_in(std::string text, std::string_view mark, std::string_view value) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) text.replace(at, mark.size(), value);
    return text;
}

/// A port of this machine that is free now; 0 when there is none.
LLMX_DECL [[nodiscard]] std::uint16_t free_port(boost::asio::io_context& io) {
    boost::system::error_code failed;
    boost::asio::ip::tcp::acceptor probe(io);
    const boost::asio::ip::tcp::endpoint any(boost::asio::ip::address_v4::loopback(), 0);
    if (probe.open(any.protocol(), failed) || probe.bind(any, failed)) return 0;
    const auto bound = probe.local_endpoint(failed);
    return failed ? std::uint16_t{0} : bound.port();
}

/// Where the lines of a program go, without the values of its variables.
LLMX_DECL [[nodiscard]] std::function<void(std::string_view)> log_of(const model_program_options& o) {
    std::vector<secret> hidden;
    for (const auto& [name, value] : o.environment)
        if (value.reveal().size() >= shortest_hidden_secret) hidden.push_back(value);
    return [name = o.name, to = o.log, hidden = std::move(hidden)](std::string_view line) {
        std::string text = to ? std::string() : "llmx: ";
        text.append(name).append(": ").append(line);
        for (const secret& one : hidden) hide_secret(text, one.reveal());
        if (to) return to(text);
        text += '\n';
        static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
    };
}

LLMX_DECL program_core::program_core(boost::asio::io_context& io, std::shared_ptr<const model_program_options> options)
    : io_(io), options_(std::move(options)), timer_(io), life_(options_->times, clock::now()), log_(log_of(*options_)), seen_(life_) {}

LLMX_DECL program_life program_core::life() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

LLMX_DECL int program_core::process() const {
    const std::lock_guard lock(mutex_);
    return seen_process_;
}

LLMX_DECL std::string program_core::sentence(std::string_view what) const {
    std::string text = "local program '" + options_->name + "' ";
    if (what.empty()) text += life().describe(clock::now());
    else text += what;
    return text;
}

LLMX_DECL void program_core::publish() {
    const std::lock_guard lock(mutex_);
    seen_ = life_;
    seen_process_ = run_ ? run_->process : -1;
}

LLMX_DECL void program_core::note(std::string_view text) { log_.line(text, clock::now()); }

LLMX_DECL void program_core::drive() {
    for (bool more = true; more;) {
        switch (life_.due(clock::now())) {
        case program_life::step::start: launch(); break;
        case program_life::step::check: check(); break;
        case program_life::step::terminate:
            note("(" + sentence("gets SIGTERM") + ")");
            signal_group(run_ ? run_->process : -1, SIGTERM);
            break;
        case program_life::step::kill:
            note("(" + sentence("gets SIGKILL: it has not ended within stop_grace") + ")");
            signal_group(run_ ? run_->process : -1, SIGKILL);
            break;
        case program_life::step::wait: more = false; break;
        }
    }
    publish();
    serve_waiting();
    const time_point next = life_.next();
    if (life_.now() == program_life::state::stopped) {
        timer_.cancel();
        // It may be started again.
        if (retired_) return;
        network_.reset();
        if (over_) std::exchange(over_, nullptr)();
        return;
    }
    if (next == time_point::max()) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(next);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& e) {
        if (!e) self->drive();
    });
}

LLMX_DECL void program_core::retire() {
    retired_ = true;
    retire_if_idle();
}

LLMX_DECL void program_core::keep() {
    if (!retired_) return;
    retired_ = false;
    if (life_.now() != program_life::state::stopped) return;
    life_ = program_life(options_->times, clock::now());
    drive();
}

LLMX_DECL void program_core::retire_if_idle() {
    if (!retired_ || !calls_.empty() || !waiting_.empty()) return;
    life_.stop(clock::now());
    drive();
}

LLMX_DECL void program_core::stop() {
    retired_ = false;
    life_.stop(clock::now());
    drive();
}

LLMX_DECL child_options program_core::child_of(std::uint16_t port) const {
    child_options made;
    made.pipes = !options_->http;
    made.working_directory = options_->working_directory;
    for (const std::string& a : options_->command) made.command.push_back(fill_in(fill_in(a, "{port}", std::to_string(port)), "{model}", options_->name));
    bool path = false;
    for (const auto& [name, value] : options_->environment) {
        path = path || name == "PATH";
        made.environment.push_back(name + "=" + std::string(value.reveal()));
    }
    if (!path) made.environment.push_back("PATH=" + (options_->path.empty() ? std::string("/usr/local/bin:/usr/bin:/bin") : options_->path));
    return made;
}

LLMX_DECL void program_core::launch() {
    const std::uint16_t port = options_->http ? free_port(io_) : std::uint16_t{0};
    if (options_->http && port == 0) return life_.start_failed("could not be started: no port of 127.0.0.1 is free", clock::now());
    const result<child_process> child = start_child(child_of(port));
    if (!child) {
        note("(" + sentence(child.error().message()) + ")");
        return life_.start_failed(child.error().message(), clock::now());
    }
    auto run = std::make_shared<program_run>(io_, options_->max_line);
    run->process = child->id;
    run->port = port;
    boost::system::error_code failed;
    if (child->input >= 0) run->input.assign(child->input, failed);
    if (child->output >= 0) run->output.assign(child->output, failed);
    run->errors.assign(child->errors, failed);
    if (const int ended = watch_child(child->id); ended >= 0) run->ended.assign(ended, failed);
    run_ = run;
    life_.started(clock::now());
    note("(" + sentence("has been started as process " + std::to_string(child->id) + (port != 0 ? " with port " + std::to_string(port) : "")) + ")");
    if (!options_->http) read_output(run);
    read_errors(run);
    await_end(run);
}

LLMX_DECL void program_core::check() {
    const std::shared_ptr<program_run> run = run_;
    if (!run) return;
    if (!options_->http) {
        write_program_ping(run->pending, life_.check());
        return write(*run);
    }
    if (!network_) network_ = std::make_shared<LLMX_OF(http_pool)>(io_executor(LLMX_LATER(io_)));
    boost::asio::co_spawn(LLMX_LATER(io_), check_port(network_, run->port, options_->health_path, life_.check_by(), run),
                          [self = shared_from_this(), run, number = life_.check()](const std::exception_ptr& e, bool good) {
                              if (run->over) return;
                              self->life_.checked(number, !e && good, clock::now());
                              self->drive();
                          });
}

LLMX_DECL boost::asio::awaitable<bool> check_port(std::shared_ptr<http_transport> network, std::uint16_t port, std::string path, time_point until,
                                                  std::shared_ptr<program_run> run) {
    origin to;
    to.host = "127.0.0.1";
    to.port = port;
    to.authority = "127.0.0.1:" + std::to_string(port);
    http_request ask;
    ask.to = &to;
    ask.method = "GET";
    ask.target = std::move(path);
    http_limits limits;
    limits.deadline = limits.connect_by = limits.first_byte_by = until;
    limits.max_body = std::size_t{64} * 1024;
    result<http_response> got = co_await network->exchange(ask, limits, run->check);
    if (got.has_error()) co_return false;
    const http_response answer = std::move(*got);
    const bool good = answer.status >= 200 && answer.status <= 299;
    std::string rest;
    // So that the connection can be used again.
    (void)co_await answer.body->read_all(rest);
    co_return good;
}

LLMX_DECL void program_core::add(std::shared_ptr<program_answer> call) {
    // A retired program with calls is retired after this one too.
    if (life_.now() == program_life::state::stopped) keep();
    if (!life_.may_become_ready()) {
        error why(errc::overloaded, sentence());
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(life_.start_at() - clock::now());
        if (life_.now() == program_life::state::backing_off && wait.count() > 0) why.with_retry_after(wait);
        return call->fail(std::move(why));
    }
    if (calls_.size() + waiting_.size() >= most_calls) {
        error why(errc::shed, sentence("has " + std::to_string(most_calls) + " calls under way; try again later, or set max_parallel_requests"));
        return call->fail(why.with_retry_after(std::chrono::seconds(1)));
    }
    waiting_.push_back(std::move(call));
    serve_waiting();
}

LLMX_DECL void program_core::serve_waiting() {
    if (waiting_.empty()) return;
    if (life_.now() == program_life::state::ready && run_) {
        for (std::deque<std::shared_ptr<program_answer>> all = std::exchange(waiting_, {}); const std::shared_ptr<program_answer>& call : all) send(*call);
        return write(*run_);
    }
    if (life_.may_become_ready()) return;
    for (std::deque<std::shared_ptr<program_answer>> all = std::exchange(waiting_, {}); const std::shared_ptr<program_answer>& call : all)
        call->fail(error(errc::overloaded, sentence()));
}

LLMX_DECL void program_core::send(program_answer& call) {
    if (options_->http) {
        calls_.emplace(call.id, call.shared_from_this());
        return call.sent(run_->port);
    }
    if (run_->out.size() + run_->pending.size() + call.line.size() > most_unread && !run_->pending.empty()) {
        error why(errc::shed, sentence("does not read its input, and requests of " + std::to_string(most_unread) + " bytes wait for it; try again later"));
        return call.fail(why.with_retry_after(std::chrono::seconds(1)));
    }
    run_->pending += std::exchange(call.line, std::string());
    calls_.emplace(call.id, call.shared_from_this());
    call.sent(0);
}

LLMX_DECL void program_core::cancel(std::uint64_t id) {
    std::erase_if(waiting_, [id](const std::shared_ptr<program_answer>& c) { return c->id == id; });
    if (calls_.erase(id) != 0 && run_ && !run_->over && !options_->http) {
        write_program_cancel(run_->pending, id);
        write(*run_);
    }
    retire_if_idle();
}

} // namespace llmx::inline LLMX_ABI::detail
