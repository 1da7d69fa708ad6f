// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// Ids of resources carry a mark of authenticity, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/principal.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/gateway/resource_id.hpp>
#include <llmx/service/observer.hpp>
#include <llmx/storage/blob_store.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

namespace detail {
class batch_job;
} // namespace detail

/// Where files, batches and other resources are kept, and their limits.
struct resource_options {
    resource_options() = default;
    /// Uploaded files, results and the records of all resources. Not null. With a `folder_store` they survive a restart, in memory they do not.
    std::shared_ptr<blob_store> blobs;
    /// The key of `resource_ids`: a holder of it can make ids. It must stay the same as long as ids are to be valid.
    secret id_key;
    /// Bytes of one file. The default is OpenAI's limit (platform.openai.com/docs/api-reference/files/create).
    std::uint64_t max_file_bytes = std::uint64_t{512} * 1024 * 1024;
    /// Things of one kind that a caller may have at a time.
    std::size_t max_records = 10'000;
    /// Requests in one batch, and bytes of one request. OpenAI allows 50,000 requests (platform.openai.com/docs/guides/batch).
    std::size_t max_batch_lines = 50'000;
    std::size_t max_line_bytes = std::size_t{8} * 1024 * 1024;
    /// Requests of one batch that run at once, and that begin within a minute; 0: no limit of its own. The caller's and the deployments' limits
    /// hold besides.
    unsigned batch_concurrency = 4;
    unsigned batch_requests_per_minute = 0;
    /// How often a request of a batch is made again that meets a limit (429), an overload (503) or no connection, at most; it fails then. The
    /// first wait is `first_retry_wait`, each further one twice as long up to `longest_retry_wait`; a provider's `retry-after` counts in its
    /// place, up to the same bound. Waits of 1, 2, 4 … 60 s are 26 minutes in all: minutes of limits pass, and a line that nothing serves
    /// ends long before a batch's 24 hours.
    unsigned batch_retries = 30;
    std::chrono::milliseconds first_retry_wait = std::chrono::seconds(1), longest_retry_wait = std::chrono::minutes(1);
    /// Batches that run at once in this process; further ones wait.
    std::size_t max_running_batches = 16;
    /// Send a batch whose requests are all for one model, and that model's deployments are of vendors with batches, to such a vendor, which
    /// charges less. The caller must name the vendor or a model, for the file or for the batch; false: no batch is sent.
    bool native_batches = true;
    /// The principal with an id, for batches that go on after a restart; null where it no longer exists. Unset: only batches of callers without a
    /// principal go on. Thread-safe.
    std::function<principal_ptr(std::string_view id)> find_principal;
    /// Is notified of the end of each call of a batch, which is no request of a client and so in no server's log: a `call_log`. May be null.
    std::shared_ptr<any_observer> observer;
};

/// What the endpoints of files, batches and other resources have in common: the store, the ids, and the batches that run.
///
/// Thread-safe; one object for all threads and endpoints of a server. Destroy it behind the server.
class resources {
public:
    explicit resources(resource_options o) : options(std::move(o)), ids(options.id_key) {}
    resources(const resources&) = delete;
    resources& operator=(const resources&) = delete;

    const resource_options options;
    const resource_ids ids;

    /// The batch called \p name that runs in this process, or null.
    [[nodiscard]] std::shared_ptr<detail::batch_job> running(std::string_view name) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto at = running_.find(name);
        return at == running_.end() ? nullptr : at->second.first;
    }
    /// False when it runs already. \p input: the name of its file.
    bool begin(std::string name, std::shared_ptr<detail::batch_job> job, std::string input) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return running_.emplace(std::move(name), std::pair(std::move(job), std::move(input))).second;
    }
    void end(std::string_view name) noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (const auto at = running_.find(name); at != running_.end()) running_.erase(at);
    }
    /// Whether a batch that runs reads the file called \p input.
    [[nodiscard]] bool reads(std::string_view input) const noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const auto& [name, job] : running_)
            if (job.second == input) return true;
        return false;
    }
    /// Takes one of `max_running_batches` places.
    [[nodiscard]] bool take_place() noexcept {
        std::size_t n = places_.load();
        while (n < options.max_running_batches)
            if (places_.compare_exchange_weak(n, n + 1)) return true;
        return false;
    }
    void give_place() noexcept { places_.fetch_sub(1); }
    /// A number that grows, for names.
    [[nodiscard]] std::uint32_t next_number() noexcept { return number_.fetch_add(1); }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::pair<std::shared_ptr<detail::batch_job>, std::string>, std::less<>> running_;
    std::atomic<std::size_t> places_{0};
    std::atomic<std::uint32_t> number_{0};
};

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
