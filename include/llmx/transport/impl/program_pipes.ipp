// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/program_core.hpp>

#include <llmx/wire/program_line.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/descriptor_base.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void program_core::write(program_run& run) {
    if (run.over || run.writing || run.pending.empty() || !run.input.is_open()) return;
    run.writing = true;
    run.out.clear();
    std::swap(run.out, run.pending);
    boost::asio::async_write(run.input, boost::asio::buffer(run.out),
                             [self = shared_from_this(), mine = run_](const boost::system::error_code& e, std::size_t) {
        mine->writing = false;
        if (mine->over) return;
        if (e) return self->lost_pipe(mine, "closed its standard input");
        // One long request must not hold its memory for the whole run.
        if (mine->out.capacity() > std::size_t{1024} * 1024) mine->out = std::string();
        self->write(*mine);
    });
}

LLMX_DECL void program_core::read_output(std::shared_ptr<program_run> run) {
    run->output.async_read_some(boost::asio::buffer(run->from_output), [self = shared_from_this(), run](const boost::system::error_code& e, std::size_t n) {
        if (run->over) return;
        if (e) return self->lost_pipe(run, "closed its standard output");
        if (self->on_output(*run, std::string_view(run->from_output.data(), n)).has_error()) {
            self->life_.failed("wrote a line of more than " + std::to_string(self->options_->max_line) + " bytes and was stopped", clock::now());
            return self->drive();
        }
        self->read_output(run);
    });
}

LLMX_DECL void program_core::read_errors(std::shared_ptr<program_run> run) {
    run->errors.async_read_some(boost::asio::buffer(run->from_errors), [self = shared_from_this(), run](const boost::system::error_code& e, std::size_t n) {
        // A program may close it.
        if (run->over || e) return;
        self->log_.feed(std::string_view(run->from_errors.data(), n), clock::now());
        self->read_errors(run);
    });
}

LLMX_DECL void program_core::await_end(std::shared_ptr<program_run> run) {
    if (!run->ended.is_open()) return look_later(run);
    run->ended.async_wait(boost::asio::posix::descriptor_base::wait_read, [self = shared_from_this(), run](const boost::system::error_code&) {
        if (run->over) return;
        if (const auto status = reap_child(run->process)) self->on_end(*run, *status);
        else self->look_later(run);
    });
}

LLMX_DECL void program_core::look_later(std::shared_ptr<program_run> run) {
    run->patience.expires_after(std::chrono::milliseconds(100));
    run->patience.async_wait([self = shared_from_this(), run](const boost::system::error_code& e) {
        if (run->over || e) return;
        if (const auto status = reap_child(run->process)) self->on_end(*run, *status);
        else self->look_later(run);
    });
}

LLMX_DECL void program_core::lost_pipe(std::shared_ptr<program_run> run, std::string why) {
    if (const auto status = reap_child(run->process)) return on_end(*run, *status);
    // A process that ends closes its pipes some time before.
    run->patience.expires_after(std::chrono::seconds(2));
    run->patience.async_wait([self = shared_from_this(), run, why = std::move(why)](const boost::system::error_code& e) {
        if (run->over || e) return;
        self->life_.failed(why + " and was stopped", clock::now());
        self->drive();
        if (!run->ended.is_open()) self->look_later(run);
    });
}

LLMX_DECL result<void> program_core::on_output(program_run& run, std::string_view bytes) {
    return run.lines.feed(bytes, [this](std::string_view line) { on_line(line); });
}

LLMX_DECL void program_core::on_line(std::string_view line) {
    const result<program_line> read = read_program_line(line);
    if (read.has_error()) {
        // A malformed answer may hold what a caller wrote.
        if (line.starts_with('{')) return note("(wrote a line that answers no call: " + read.error().message() + ")");
        return note(line);
    }
    if (read->what == program_line::kind::other) return note(line);
    // Any answer shows that the program lives.
    const program_life::state before = life_.now();
    life_.checked(life_.check(), true, clock::now());
    if (read->what == program_line::kind::pong || life_.now() != before) drive();
    if (read->what == program_line::kind::pong) return;
    const auto call = calls_.find(read->id);
    // One that was cancelled meanwhile.
    if (call == calls_.end()) return;
    program_part part;
    part.json = read->json;
    part.status = read->status;
    switch (read->what) {
    case program_line::kind::body: part.what = program_part::kind::body; break;
    case program_line::kind::event: part.what = program_part::kind::event; break;
    case program_line::kind::error: part.what = program_part::kind::error; break;
    default: part.what = program_part::kind::done; break;
    }
    const bool last = part.what != program_part::kind::event;
    const std::uint64_t id = read->id;
    if (!call->second->deliver(std::move(part))) cancel(id);
    else if (last) calls_.erase(call), retire_if_idle();
}

LLMX_DECL void program_core::drain(program_run& run) {
    boost::system::error_code e;
    // What the process wrote last; its group is gone, so that the pipes end, unless a process has left the group.
    for (int turns = 0; turns < 1024 && !e && run.output.is_open(); ++turns) {
        const std::size_t n = run.output.read_some(boost::asio::buffer(run.from_output), e);
        if (n != 0 && on_output(run, std::string_view(run.from_output.data(), n)).has_error()) break;
    }
    e.clear();
    for (int turns = 0; turns < 1024 && !e && run.errors.is_open(); ++turns) {
        const std::size_t n = run.errors.read_some(boost::asio::buffer(run.from_errors), e);
        if (n != 0) log_.feed(std::string_view(run.from_errors.data(), n), clock::now());
    }
    log_.finish(clock::now());
}

LLMX_DECL void program_core::on_end(program_run& run, int status) {
    // `read_some` would wait otherwise, if a process outside of the group has the pipe.
    boost::system::error_code e;
    if (run.output.is_open()) run.output.non_blocking(true, e);
    run.errors.non_blocking(true, e);
    run.over = true;
    run.process = -1;
    drain(run);
    for (boost::asio::posix::stream_descriptor* const d : {&run.input, &run.output, &run.errors, &run.ended}) d->close(e);
    run.patience.cancel();
    run.check.cancel();
    const std::string how = describe_exit(status);
    note("(" + sentence(how) + ")");
    life_.exited(how, clock::now());
    const std::string why = life_.last_end();
    const std::shared_ptr<program_run> kept = std::exchange(run_, nullptr);
    for (std::map<std::uint64_t, std::shared_ptr<program_answer>> all = std::exchange(calls_, {}); const auto& [id, call] : all)
        call->fail(error(errc::connection_lost, sentence(why + " before it had answered; what it wrote is in the log")));
    drive();
}

} // namespace llmx::inline LLMX_ABI::detail
