// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The times of a program that `program_life` starts, checks and restarts.
struct program_timing {
    program_timing() = default;
    /// From the start to the first good health check. A model of some hundred gigabytes is read from a disk in minutes.
    duration start_timeout = std::chrono::minutes(10);
    /// Between two health checks of a program that is ready, and between those of one that starts.
    duration health_interval = std::chrono::seconds(10), start_interval = std::chrono::milliseconds(500);
    /// How long one health check may take. A program that answers one call at a time cannot answer a check meanwhile.
    duration health_timeout = std::chrono::seconds(30);
    /// Failed health checks in a row after which the program is restarted; at least 1.
    std::uint32_t failed_checks = 3;
    /// From SIGTERM to SIGKILL.
    duration stop_grace = std::chrono::seconds(10);
    /// Before the first restart; each further one in a row waits twice as long, at most `longest_delay`.
    duration restart_delay = std::chrono::seconds(1), longest_delay = std::chrono::minutes(1);
    /// A program that was ready for so long has not failed in a row with the failures before.
    duration steady_after = std::chrono::minutes(1);
};

/// What to do about a program that is to run all the time: start, check, stop, kill or wait. The decision alone, without any I/O.
///
/// The owner carries out each step of `due` and reports what happened; it calls `due` again after each report and at `next`. A new
/// object starts its program at once.
///
/// Thread safety: none. Cancellation: `stop`.
class program_life {
public:
    enum class state : std::uint8_t { backing_off, starting, ready, unhealthy, stopping, stopped };
    enum class step : std::uint8_t { wait, start, check, terminate, kill };

    explicit program_life(const program_timing& times, time_point now) noexcept : times_(times), at_(now) {}

    /// The step that is due, which counts as carried out; `step::wait`: none until `next`.
    LLMX_DECL [[nodiscard]] step due(time_point now);
    /// When `due` has a step at the latest; `time_point::max()`: after a report only.
    LLMX_DECL [[nodiscard]] time_point next() const noexcept;

    /// \name Reports
    /// @{
    LLMX_DECL void started(time_point now);
    /// The program could not be started: \p why is a clause such as "could not be started: no such file".
    LLMX_DECL void start_failed(std::string why, time_point now);
    /// The health check with the number that `check` had when it was due; those of earlier numbers are ignored.
    LLMX_DECL void checked(std::uint64_t number, bool good, time_point now);
    /// The program must be restarted for a reason that its owner found: \p why is a clause such as "closed its output".
    LLMX_DECL void failed(std::string why, time_point now);
    /// The process has ended: \p how is a clause such as "ended with exit status 1".
    LLMX_DECL void exited(std::string how, time_point now);
    /// The program is no longer needed, for ever.
    LLMX_DECL void stop(time_point now);
    /// @}

    [[nodiscard]] state now() const noexcept { return state_; }
    /// Number of the health check that is under way or was the last one.
    [[nodiscard]] std::uint64_t check() const noexcept { return check_; }
    /// When the health check under way has failed.
    [[nodiscard]] time_point check_by() const noexcept { return check_by_; }
    /// Ends without `steady_after` between them.
    [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }
    /// How often the program was started again.
    [[nodiscard]] std::uint64_t restarts() const noexcept { return starts_ > 1 ? starts_ - 1 : 0; }
    /// How the program ended last, as a clause; empty: it never did.
    [[nodiscard]] const std::string& last_end() const noexcept { return last_end_; }
    /// When it is started again, in `state::backing_off`.
    [[nodiscard]] time_point start_at() const noexcept { return at_; }
    /// Whether a call may wait for the program: it will be ready soon as far as is known.
    [[nodiscard]] bool may_become_ready() const noexcept {
        return state_ == state::ready || state_ == state::starting || state_ == state::unhealthy || (state_ == state::backing_off && failures_ == 0);
    }
    /// The state in one clause behind the program's name: "is starting (12 s so far)".
    LLMX_DECL [[nodiscard]] std::string describe(time_point now) const;

private:
    [[nodiscard]] bool runs() const noexcept { return state_ == state::starting || state_ == state::ready || state_ == state::unhealthy; }
    LLMX_DECL void end_run(std::string how, time_point now);
    LLMX_DECL void terminate(std::string why, time_point now);

    program_timing times_;
    state state_ = state::backing_off;
    /// Of the next start or health check; of SIGKILL while it stops.
    time_point at_;
    time_point check_by_ = time_point::max(), started_{}, ready_since_ = time_point::max();
    std::uint64_t check_ = 0, starts_ = 0;
    std::uint32_t failures_ = 0, failed_checks_ = 0;
    bool checking_ = false, signal_due_ = false, killed_ = false, unneeded_ = false;
    /// Why the program is being stopped, until it has ended.
    std::string why_;
    std::string last_end_;
};

/// "starting", "ready", "unhealthy", "backing_off", "stopping" or "stopped".
LLMX_DECL [[nodiscard]] std::string_view program_state_name(program_life::state s) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/program_life.ipp>
#endif
