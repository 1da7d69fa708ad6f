// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/program_core.hpp>
#include <llmx/transport/model_program.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Kept by each handle of a program, so that one that is released late finds it.
struct program_host::state {
    boost::asio::io_context io{1};
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
    std::thread thread;
    std::mutex mutex;
    bool shut = false;
    std::vector<std::weak_ptr<model_program>> known;
    /// Those whose process may still run.
    std::vector<std::shared_ptr<program_core>> running;
};

LLMX_DECL program_host::program_host() : state_(std::make_shared<state>()) {}

LLMX_DECL program_host& program_host::instance() {
    // At the end of the process no program may be left.
    static const std::shared_ptr<program_host> one(new program_host, [](program_host* h) {
        h->shut();
        delete h;
    });
    return *one;
}

LLMX_DECL void run_programs(boost::asio::io_context& io) {
    // The signals of the process are for its other threads; writing to a program that has ended must be an error alone.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    for (;;) {
        try {
            io.run();
            return;
        } catch (...) {
            // Out of memory for one step of one program: the others go on.
        }
    }
}

LLMX_DECL result<std::shared_ptr<model_program>> program_host::open(model_program_options options) {
    if (options.command.empty() || options.command.front().empty()) return error(errc::bad_configuration, "the command of a local program is empty");
    const std::shared_ptr<state> s = state_;
    const std::lock_guard lock(s->mutex);
    if (s->shut) return error(errc::bad_configuration, "a local program cannot be started while this process ends");
    std::erase_if(s->known, [](const std::weak_ptr<model_program>& one) { return one.expired(); });
    for (const std::weak_ptr<model_program>& one : s->known)
        if (std::shared_ptr<model_program> same = one.lock(); same && same->options().same_as(options)) {
            boost::asio::post(s->io, [core = same->core_] { core->keep(); });
            return same;
        }

    // The deleter stops the program without waiting: handles are released on threads that serve.
    std::shared_ptr<model_program> made(new model_program, [s](model_program* p) {
        if (p->core_) boost::asio::post(s->io, [core = p->core_] { core->stop(); });
        delete p;
    });
    made->options_ = std::make_shared<const model_program_options>(std::move(options));
    auto core = std::make_shared<program_core>(s->io, made->options_);
    core->when_over([s = s.get(), one = core.get()] {
        const std::lock_guard locked(s->mutex);
        std::erase_if(s->running, [one](const std::shared_ptr<program_core>& c) { return c.get() == one; });
    });
    if (!s->thread.joinable()) {
        s->work.emplace(s->io.get_executor());
        s->thread = std::thread([s] { run_programs(s->io); });
    }
    s->running.push_back(core);
    s->known.push_back(made);
    made->core_ = core;
    boost::asio::post(s->io, [core] { core->drive(); });
    return made;
}

LLMX_DECL void program_host::shut() {
    state& s = *state_;
    {
        const std::lock_guard lock(s.mutex);
        s.shut = true;
        // Their deleters own the state.
        s.known.clear();
        for (const std::shared_ptr<program_core>& core : s.running) boost::asio::post(s.io, [core] { core->stop(); });
        s.work.reset();
    }
    if (s.thread.joinable()) s.thread.join();
}

} // namespace llmx::inline LLMX_ABI::detail
