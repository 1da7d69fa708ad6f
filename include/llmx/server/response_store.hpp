// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/openai/detail/responses_stored.hpp>
#include <llmx/server/detail/response_job.hpp>
#include <llmx/storage/kv_store.hpp>
#include <llmx/storage/memory.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Where responses are kept, how long, and how many bytes of them.
struct response_store_options {
    response_store_options() = default;
    /// Thread-safe, and outlives the server. Null: the memory of this process, whose content ends with it.
    std::shared_ptr<kv_store> values;
    /// Bytes of responses in memory, where `values` is null: the least recently used ones make room, and one of more than a sixteenth is
    /// not
    /// kept. Also the bytes that the events of all responses in the background may take while they are made.
    std::size_t max_bytes = std::size_t{64} * 1024 * 1024;
    /// OpenAI keeps responses for 30 days (platform.openai.com/docs/guides/your-data).
    duration ttl = std::chrono::hours(24 * 30);
    /// How long a conversation is kept after it was changed, and each of its turns. OpenAI keeps both until they are deleted; a year bounds
    /// what a store collects from callers that delete nothing.
    duration conversation_ttl = std::chrono::hours(24 * 365);
    /// Responses that are made in the background at a time; further ones are refused with `errc::shed`.
    std::size_t max_running = 1024;
};

namespace detail {

/// The responses before another one, the oldest first.
struct response_history {
    response_history() = default;
    std::vector<response_record> turns;
    /// The first of them continues one that is not kept.
    bool broken = false;
};

} // namespace detail

/// The responses of a server (OpenAI's `store`), and those that it makes in the background.
///
/// A response belongs to the principal that made it: others do not find it. Thread-safe; shared by the endpoint objects of a server.
/// Failures, cancellation: see `kv_store`.
LLMX_DECL class basic_response_store {
public:
    explicit basic_response_store(response_store_options o = response_store_options());
    basic_response_store(const basic_response_store&) = delete;
    basic_response_store& operator=(const basic_response_store&) = delete;

    [[nodiscard]] const response_store_options& options() const noexcept { return options_; }
    /// Nothing when \p owner has no such response.
    boost::asio::awaitable<result<std::optional<detail::response_record>>> find(std::string_view owner, std::string_view id,
                                                                               cancellation& stop);
    boost::asio::awaitable<result<void>> keep(std::string_view owner, std::string_view id, const detail::response_record& r,
                                              cancellation& stop);
    /// False when there was none.
    boost::asio::awaitable<result<bool>> erase(std::string_view owner, std::string_view id, cancellation& stop);
    /// The responses up to \p id; `errc::not_found` when it is not kept. At most `most_turns`.
    /// Their bytes are taken from \p memory; `errc::shed` when there are none.
    boost::asio::awaitable<result<detail::response_history>> history(std::string_view owner, std::string id, memory_lease& memory,
                                                                    cancellation& stop);
    /// The events of a response that was made in the background, as they were sent.
    boost::asio::awaitable<result<std::optional<std::string>>> events(std::string_view owner, std::string_view id, cancellation& stop);
    boost::asio::awaitable<result<void>> keep_events(std::string_view owner, std::string_view id, std::string events, cancellation& stop);

    /// The response that is being made; null when none is.
    [[nodiscard]] std::shared_ptr<detail::response_job> running(std::string_view owner, std::string_view id) const;
    /// Adds \p job, which is found until `end`. False when there are too many.
    [[nodiscard]] bool begin(std::shared_ptr<detail::response_job> job);
    void end(const detail::response_job& job) noexcept;

    static constexpr std::size_t most_turns = 10'000;

private:
    response_store_options options_;
    std::unique_ptr<memory_store> own_;
    std::shared_ptr<std::atomic<std::size_t>> buffered_ = std::make_shared<std::atomic<std::size_t>>(0);
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<detail::response_job>, std::less<>> running_;
};
using response_store = LLMX_PLAIN(basic_response_store);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/response_store.ipp>
#endif
