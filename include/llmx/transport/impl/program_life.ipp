// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/program_life.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL program_life::step program_life::due(time_point now) {
    if (state_ == state::stopping) {
        if (signal_due_) {
            signal_due_ = false;
            return step::terminate;
        }
        if (killed_ || now < at_) return step::wait;
        killed_ = true;
        return step::kill;
    }
    if (state_ == state::backing_off) return now < at_ ? step::wait : step::start;
    if (!runs()) return step::wait;
    if (checking_ && now >= check_by_) checked(check_, false, now);
    if (state_ == state::starting && now - started_ >= times_.start_timeout) {
        const auto limit = std::chrono::ceil<std::chrono::seconds>(times_.start_timeout).count();
        terminate("did not become ready within " + std::to_string(limit) + " s and was stopped; raise start_timeout if it needs longer", now);
    }
    if (state_ == state::stopping) {
        signal_due_ = false;
        return step::terminate;
    }
    if (checking_ || now < at_) return step::wait;
    checking_ = true;
    ++check_;
    check_by_ = now + times_.health_timeout;
    return step::check;
}

LLMX_DECL time_point program_life::next() const noexcept {
    if (state_ == state::stopping) return signal_due_ ? time_point::min() : killed_ ? time_point::max() : at_;
    if (state_ == state::backing_off) return at_;
    if (!runs()) return time_point::max();
    const time_point check = checking_ ? check_by_ : at_;
    return state_ == state::starting ? std::min(check, started_ + times_.start_timeout) : check;
}

LLMX_DECL void program_life::started(time_point now) {
    state_ = state::starting;
    started_ = now;
    at_ = now;
    ready_since_ = time_point::max();
    ++starts_;
    failed_checks_ = 0;
    checking_ = signal_due_ = killed_ = false;
    why_.clear();
    if (unneeded_) terminate(std::string(), now);
}

LLMX_DECL void program_life::start_failed(std::string why, time_point now) { end_run(std::move(why), now); }

LLMX_DECL void program_life::checked(std::uint64_t number, bool good, time_point now) {
    if (!runs() || !checking_ || number != check_) return;
    checking_ = false;
    if (good) {
        if (state_ == state::starting) ready_since_ = now;
        state_ = state::ready;
        failed_checks_ = 0;
        at_ = now + times_.health_interval;
        return;
    }
    // One that starts has until `start_timeout`.
    if (state_ == state::starting) {
        at_ = now + times_.start_interval;
        return;
    }
    state_ = state::unhealthy;
    at_ = now + times_.health_interval;
    if (++failed_checks_ >= std::max<std::uint32_t>(times_.failed_checks, 1))
        terminate("failed " + std::to_string(failed_checks_) + " health checks in a row and was stopped", now);
}

LLMX_DECL void program_life::failed(std::string why, time_point now) {
    if (runs()) terminate(std::move(why), now);
}

LLMX_DECL void program_life::exited(std::string how, time_point now) {
    if (!why_.empty()) how = std::exchange(why_, std::string());
    end_run(std::move(how), now);
}

LLMX_DECL void program_life::stop(time_point now) {
    unneeded_ = true;
    if (runs()) terminate(std::string(), now);
    else if (state_ == state::backing_off) state_ = state::stopped;
}

LLMX_DECL void program_life::terminate(std::string why, time_point now) {
    state_ = state::stopping;
    why_ = std::move(why);
    signal_due_ = true;
    killed_ = checking_ = false;
    at_ = now + times_.stop_grace;
}

LLMX_DECL void program_life::end_run(std::string how, time_point now) {
    checking_ = signal_due_ = false;
    last_end_ = std::move(how);
    if (unneeded_) {
        state_ = state::stopped;
        return;
    }
    if (ready_since_ != time_point::max() && now - ready_since_ >= times_.steady_after) failures_ = 0;
    ready_since_ = time_point::max();
    duration delay = times_.restart_delay;
    for (std::uint32_t i = 0; i < failures_ && delay < times_.longest_delay; ++i) delay *= 2;
    ++failures_;
    state_ = state::backing_off;
    at_ = now + std::min(delay, times_.longest_delay);
}

LLMX_DECL std::string program_life::describe(time_point now) const {
    const auto whole = [](duration d) { return std::to_string(std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(d).count(), 0)) + " s"; };
    switch (state_) {
    case state::starting: return "is starting (" + whole(now - started_) + " so far)";
    case state::ready: return "is ready";
    case state::unhealthy: return "does not answer health checks";
    case state::stopping: return why_.empty() ? "is being stopped" : why_;
    case state::stopped: return "has been stopped";
    case state::backing_off: break;
    }
    if (failures_ == 0) return "is about to be started";
    const std::string row = failures_ > 1 ? " (" + std::to_string(failures_) + " times in a row)" : std::string();
    return last_end_ + row + "; it is started again in " + whole(at_ - now) + ", and what it wrote is in the log";
}

LLMX_DECL std::string_view program_state_name(program_life::state s) noexcept {
    switch (s) {
    case program_life::state::backing_off: return "backing_off";
    case program_life::state::starting: return "starting";
    case program_life::state::ready: return "ready";
    case program_life::state::unhealthy: return "unhealthy";
    case program_life::state::stopping: return "stopping";
    case program_life::state::stopped: return "stopped";
    }
    return "stopped";
}

} // namespace llmx::inline LLMX_ABI
