// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// The action needed for one token at a moment: a plain object, to be tested by hand with a made-up clock.
///
/// A token is used until shortly before it expires. Its refresh begins a tenth of its lifetime before its end, 5 minutes at
/// most: early enough for several attempts one after another while the old token still serves, late enough that a
/// token is not thrown away half used (Google and AWS give an hour, so that one fetch serves 55 minutes).
/// After a failure the next attempt comes 1 s later, then 2 s, and so on up to 60 s: a token server that is down is not
/// checked by every call. Without a valid token calls are refused meanwhile.
class token_schedule {
public:
    enum class step : std::uint8_t {
        use,     ///< the token there is
        refresh, ///< use it, and begin to fetch another
        fetch,   ///< there is none: begin to fetch one and wait for it
        wait,    ///< there is none and one is being fetched
        refuse,  ///< there is none, and the last fetch failed too short a time ago
    };

    static constexpr duration longest_lead = std::chrono::minutes(5);
    /// A token that ends within this time could end before it reaches the provider.
    static constexpr duration longest_margin = std::chrono::seconds(10);
    static constexpr duration first_pause = std::chrono::seconds(1), longest_pause = std::chrono::seconds(60);

    [[nodiscard]] step at(time_point now) const noexcept {
        if (now < usable_until_) return fetching_ || now < refresh_at_ || now < retry_at_ ? step::use : step::refresh;
        if (fetching_) return step::wait;
        return now < retry_at_ ? step::refuse : step::fetch;
    }
    [[nodiscard]] bool fetching() const noexcept { return fetching_; }
    /// When the next fetch may begin, after one that failed.
    [[nodiscard]] time_point retry_at() const noexcept { return retry_at_; }

    /// A fetch begins.
    void began() noexcept { fetching_ = true; }
    /// It brought a token that is valid for \p lifetime from \p asked on, when the fetch began.
    void succeeded(time_point asked, duration lifetime) noexcept {
        // Beyond this the sum could exceed the clock.
        lifetime = std::clamp<duration>(lifetime, duration::zero(), std::chrono::hours(24 * 365));
        fetching_ = false;
        failures_ = 0;
        retry_at_ = time_point::min();
        refresh_at_ = asked + lifetime - std::min(longest_lead, lifetime / 10);
        usable_until_ = asked + lifetime - std::min(longest_margin, lifetime / 10);
    }
    /// It failed at \p now.
    void failed(time_point now) noexcept {
        fetching_ = false;
        retry_at_ = now + std::min(longest_pause, first_pause * (1 << std::min(failures_, 6u)));
        ++failures_;
    }
    /// It was given up: nothing is known about the server.
    void gave_up() noexcept { fetching_ = false; }

private:
    time_point usable_until_ = time_point::min(), refresh_at_ = time_point::min(), retry_at_ = time_point::min();
    unsigned failures_ = 0;
    bool fetching_ = false;
};

} // namespace llmx::inline LLMX_ABI
