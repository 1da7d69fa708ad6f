// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/errc.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace llmx::inline LLMX_ABI::detail {

/// Whether a failure of this class counts against a deployment's circuit, as far as the
/// class alone can decide.
LLMX_DECL [[nodiscard]] bool breaks_circuit(errc e) noexcept;

/// A circuit breaker in three atomic words, with a gradual return to full traffic.
///
/// closed -> (failures) -> open until a moment -> half open: 1, 2, 4, 8 calls at once
/// -> closed; a failure while half open leads back to open, for twice as long.
/// All threads may use it at once. Time comes in from outside.
class circuit {
public:
    enum class verdict : unsigned char {
        neutral, ///< gives no information about the deployment
        works,   ///< an answer, though not the one hoped for
        fails,   ///< counts towards opening
        open,    ///< opens at once
    };
    /// Settings; those of one deployment are worked out once for each topology.
    struct rules {
        rules() = default;
        duration cool_down{};
        duration max_cool_down{};
        duration window{};
        /// Failures borne before it opens.
        std::uint32_t allowed_fails = 3;
        double failure_share = 0.5;
        /// Only 1,000 failures without a success open it.
        bool reluctant = false;
        [[nodiscard]] bool off() const noexcept { return cool_down <= duration::zero(); }
    };

    /// The time from which on a call is admitted; not after \p now: at once.
    LLMX_DECL [[nodiscard]] time_point available_at(time_point now) const noexcept;

    /// Permission for one call, returned when it is released.
    class pass {
    public:
        LLMX_DECL pass(circuit& from, time_point now) noexcept;
        pass(const pass&) = delete;
        pass& operator=(const pass&) = delete;
        ~pass() { leave(); }
        [[nodiscard]] explicit operator bool() const noexcept { return granted_; }

        LLMX_DECL void succeeded(time_point now, const rules& r) noexcept;
        /// A stream has begun: a probe is over, and `stream_ended` will report the rest.
        LLMX_DECL void began_stream() noexcept;
        /// \p asked: the pause that the provider requested, or zero.
        LLMX_DECL void failed(verdict v, duration asked, time_point now, const rules& r) noexcept;

    private:
        LLMX_DECL void leave() noexcept;
        circuit* from_;
        time_point began_;
        bool granted_ = false, probing_ = false;
    };

    /// How a stream ended that had begun: properly, or broken.
    LLMX_DECL void stream_ended(bool broken, time_point now, const rules& r) noexcept;

    /// Steps of the ramp: 1, 2, 4 and 8 calls at once.
    static constexpr unsigned steps = 4;
    /// Estimate of when a probe will have ended, for `retry_after`.
    static constexpr duration probe_time = std::chrono::seconds(1);

private:
    friend class pass;
    LLMX_DECL void rest_until(time_point when) noexcept;
    /// Opens a circuit that is closed or half open at \p now.
    LLMX_DECL void open(duration asked, time_point now, const rules& r) noexcept;
    LLMX_DECL void count_success(time_point now, const rules& r) noexcept;
    /// Counts a failure; true when it is one too many.
    LLMX_DECL [[nodiscard]] bool count_failure(time_point now, const rules& r) noexcept;
    LLMX_DECL void climb() noexcept;
    [[nodiscard]] time_point open_until() const noexcept {
        return time_point(duration(open_until_.load(std::memory_order_acquire)));
    }

    /// Ticks of the clock; the past when closed or half open.
    std::atomic<duration::rep> open_until_{time_point::min().time_since_epoch().count()};
    std::atomic<std::uint64_t> ramp_{0};
    std::atomic<std::uint64_t> counts_{0};
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/circuit.ipp>
#endif
