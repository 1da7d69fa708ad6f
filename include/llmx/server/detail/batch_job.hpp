// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/resource_record.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/server/detail/batch_line.hpp>
#include <llmx/service/background.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// How long a request of a batch waits after its try number \p tries, counted from 0, of which the provider asked for \p asked.
[[nodiscard]] inline std::chrono::milliseconds line_retry_wait(const resource_options& o, unsigned tries,
                                                               std::optional<std::chrono::milliseconds> asked) noexcept {
    // A provider may ask for nothing at all.
    constexpr std::chrono::milliseconds least(100);
    std::chrono::milliseconds wait = o.first_retry_wait;
    for (unsigned i = 0; i < tries && wait < o.longest_retry_wait; ++i) wait *= 2;
    return std::min(std::max(asked.value_or(wait), least), std::max(o.longest_retry_wait, least));
}

/// A batch that the gateway carries out itself, from its file to its results.
///
/// The states are OpenAI's (platform.openai.com/docs/guides/batch): validating, in_progress, finalizing, then completed, failed, expired or cancelled. The
/// results in the store are its progress: after a restart the requests whose ids are in them are not made again. All runs on one core; `shown`
/// and `cancel` may be called from any thread.
class batch_job : public std::enable_shared_from_this<batch_job> {
public:
    batch_job(std::shared_ptr<resources> shared, any_service calls, resource_record begun)
        : all(std::move(shared)), gateway(std::move(calls)), record(std::move(begun)), input(text_of(record.inside, "input")),
          endpoint(text_of(record.shown, "endpoint")), anthropic(record.kind == "msgbatch") {}

    /// Runs it as a background task of \p on. False when \p on takes no task.
    LLMX_DECL [[nodiscard]] bool start(runtime& on);
    /// The record as it is now.
    [[nodiscard]] resource_record now() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return record;
    }
    /// Begins no further request.
    LLMX_DECL void cancel(std::int64_t at);
    [[nodiscard]] const std::string& input_name() const noexcept { return input; }

    /// The task.
    LLMX_DECL static boost::asio::awaitable<void> run(std::shared_ptr<batch_job> self, runtime& on, cancellation& stop);

private:
    struct place {
        std::uint64_t offset = 0;
        std::uint32_t size = 0;
        bool done = false;
    };
    /// A blob with results, which grow.
    struct results {
        std::string name;
        std::uint64_t size = 0;
        std::string pending;
        bool writing = false;
    };
    using known_ids = std::unordered_map<std::string, std::size_t>;

    LLMX_DECL boost::asio::awaitable<result<void>> work(runtime& on, cancellation& stop);
    LLMX_DECL boost::asio::awaitable<result<bool>> validate(known_ids& ids, cancellation& stop);
    LLMX_DECL boost::asio::awaitable<result<void>> find_done(results& of, const known_ids& ids, cancellation& stop);
    LLMX_DECL boost::asio::awaitable<result<void>> run_lanes(runtime& on, cancellation& stop);
    LLMX_DECL static boost::asio::awaitable<void> lane(std::shared_ptr<batch_job> self, runtime& on, std::list<cancellation>::iterator halt);
    LLMX_DECL boost::asio::awaitable<result<void>> one_line(runtime& on, std::size_t at, cancellation& halt);
    LLMX_DECL boost::asio::awaitable<result<void>> append(results& to, std::string line, cancellation& stop);
    LLMX_DECL boost::asio::awaitable<result<void>> fill_rest(runtime& on, bool expired, cancellation& stop);
    /// Answers each request of one of Anthropic's batches that cannot begin with the first fault of the batch.
    LLMX_DECL boost::asio::awaitable<result<void>> fail_all(const known_ids& ids, cancellation& stop);
    LLMX_DECL boost::asio::awaitable<result<void>> publish(runtime& on, results& of, std::string_view member, std::string_view suffix, cancellation& stop);
    LLMX_DECL boost::asio::awaitable<result<void>> enter(runtime& on, std::string_view state, cancellation& stop);
    LLMX_DECL void take_failure(const known_ids&, std::size_t line, const batch_fault& fault);
    LLMX_DECL static void halt_all(void* self) noexcept;
    LLMX_DECL void count(bool failed);
    [[nodiscard]] bool stops(runtime& on) const noexcept {
        return interrupted_ || cancelled_ || expired_ || failure_.has_value() || on.background().draining();
    }
    [[nodiscard]] std::string status() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return text_of(record.shown, "status");
    }

    const std::shared_ptr<resources> all;
    const any_service gateway;
    mutable std::mutex mutex_;
    resource_record record;
    const std::string input, endpoint;
    const bool anthropic;
    std::atomic<bool> cancelled_{false};

    std::vector<place> lines_;
    std::size_t next_ = 0;
    results output_, errors_;
    std::list<cancellation> lanes_;
    std::size_t running_ = 0;
    /// Cancelled when the last lane has ended.
    cancellation* over_ = nullptr;
    time_point next_start_{};
    bool interrupted_ = false, expired_ = false;
    std::optional<error> failure_;
    boost::json::array faults_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/batch_failure.ipp>
#include <llmx/server/impl/batch_run.ipp>
#endif

#endif // LLMX_NO_TLS
