// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/runtime.hpp>
#include <llmx/testing/manual_clock.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace llmx::inline LLMX_ABI::testing {

/// A runtime under a test's control: manual time, seeded randomness, a scripted network.
///
/// A sleep takes no time: it moves the clock to its end and completes at once, and is
/// recorded. With `hold_sleeps(true)` it waits for `advance` instead. \p transport and
/// \p executor must outlive it. Not thread-safe.
LLMX_DECL class basic_manual_runtime final : public runtime {
public:
    explicit basic_manual_runtime(http_transport& transport,
                            boost::asio::any_io_executor executor = boost::asio::any_io_executor(),
                            std::uint64_t seed = 1)
        : transport_(&transport), executor_(std::move(executor)), random_(seed) {}

    [[nodiscard]] manual_clock& clock() noexcept { return clock_; }
    void advance(duration d) noexcept { clock_.advance(d); }
    void hold_sleeps(bool hold) noexcept { hold_ = hold; }
    void seed(std::uint64_t s) { random_.seed(s); }
    /// Durations of all sleeps, oldest first; one that was over before it
    /// began took nothing.
    [[nodiscard]] const std::vector<duration>& sleeps() const noexcept { return sleeps_; }

    [[nodiscard]] time_point now() const noexcept override { return clock_.now(); }
    /// 2033-05-18T03:33:20Z when the clock began, and it moves along.
    [[nodiscard]] std::int64_t unix_seconds() const noexcept override {
        return 2'000'000'000 + std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - began_).count();
    }
    [[nodiscard]] std::uint64_t random() noexcept override { return random_(); }
    boost::asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override;
    [[nodiscard]] http_transport& transport() noexcept override { return *transport_; }
    /// The one given; empty when none was.
    [[nodiscard]] boost::asio::any_io_executor executor() noexcept override { return executor_; }
    /// Runs the work at once on the calling thread and counts it.
    boost::asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override;
    /// How many pieces of work were offloaded and run.
    [[nodiscard]] std::size_t offloaded() const noexcept { return offloaded_; }

private:
    http_transport* transport_;
    boost::asio::any_io_executor executor_;
    manual_clock clock_;
    time_point began_ = clock_.now();
    std::mt19937_64 random_;
    std::vector<duration> sleeps_;
    std::size_t offloaded_ = 0;
    bool hold_ = false;
};
using manual_runtime = LLMX_PLAIN(basic_manual_runtime);

} // namespace llmx::inline LLMX_ABI::testing

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/testing/impl/manual_runtime.ipp>
#endif
