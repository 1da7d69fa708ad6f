// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/response_store.hpp>

#include <llmx/server/impl/response_job.ipp>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Names of principals may have any character but this one.
LLMX_DECL [[nodiscard]] std::string response_key(std::string_view kind, std::string_view owner, std::string_view id) {
    return std::string(kind).append(owner).append("\n").append(id);
}

} // namespace detail

LLMX_DECL LLMX_OF(response_store)::basic_response_store(response_store_options o) : options_(std::move(o)) {
    if (options_.values != nullptr) return;
    memory_store_options m;
    m.max_kv_bytes = options_.max_bytes;
    own_ = std::make_unique<memory_store>(m);
    options_.values = std::shared_ptr<kv_store>(std::shared_ptr<void>(), &own_->values());
}

LLMX_DECL boost::asio::awaitable<result<std::optional<detail::response_record>>>
LLMX_OF(response_store)::find(std::string_view owner, std::string_view id, cancellation& stop) {
    const std::string key = detail::response_key("response:", owner, id);
    const result<std::optional<std::string>> got = co_await options_.values->get(key, stop);
    std::optional<detail::response_record> none;
    if (!got) co_return got.error();
    if (!*got) co_return none;
    result<detail::response_record> read = detail::read_response_record(**got);
    if (!read) co_return read.error();
    none.emplace(std::move(*read));
    co_return none;
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(response_store)::keep(std::string_view owner, std::string_view id,
                                                                            const detail::response_record& r, cancellation& stop) {
    const std::string key = detail::response_key("response:", owner, id);
    std::string value = detail::write_response_record(r);
    co_return co_await options_.values->put(key, std::move(value), options_.ttl, stop);
}

LLMX_DECL boost::asio::awaitable<result<bool>> LLMX_OF(response_store)::erase(std::string_view owner, std::string_view id,
                                                                             cancellation& stop) {
    const std::string key = detail::response_key("response:", owner, id), events = detail::response_key("events:", owner, id);
    const result<bool> had = co_await options_.values->erase(key, stop);
    if (!had) co_return had.error();
    const result<bool> gone = co_await options_.values->erase(events, stop);
    if (!gone) co_return gone.error();
    co_return *had;
}

LLMX_DECL boost::asio::awaitable<result<detail::response_history>>
LLMX_OF(response_store)::history(std::string_view owner, std::string id, memory_lease& memory, cancellation& stop) {
    detail::response_history all;
    std::set<std::string> seen;
    while (!id.empty()) {
        // Ids of vendors may repeat.
        if (all.turns.size() == most_turns || !seen.insert(id).second) {
            all.broken = true;
            break;
        }
        result<std::optional<detail::response_record>> one = co_await find(owner, id, stop);
        if (!one) co_return one.error();
        if (!*one && all.turns.empty()) co_return error(errc::not_found, "there is no such response");
        if (!*one) {
            all.broken = true;
            break;
        }
        // Once as it is, and once in what is made of it.
        if (!memory.grow(2 * ((*one)->input.size() + (*one)->response.size()))) {
            error full(errc::shed, "the gateway has no memory for the conversation now; try again later");
            co_return full.with_retry_after(std::chrono::seconds(1));
        }
        id = (*one)->previous;
        all.turns.push_back(std::move(**one));
    }
    std::reverse(all.turns.begin(), all.turns.end());
    co_return all;
}

LLMX_DECL boost::asio::awaitable<result<std::optional<std::string>>>
LLMX_OF(response_store)::events(std::string_view owner, std::string_view id, cancellation& stop) {
    const std::string key = detail::response_key("events:", owner, id);
    co_return co_await options_.values->get(key, stop);
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(response_store)::keep_events(std::string_view owner, std::string_view id,
                                                                                   std::string events, cancellation& stop) {
    const std::string key = detail::response_key("events:", owner, id);
    co_return co_await options_.values->put(key, std::move(events), options_.ttl, stop);
}

LLMX_DECL std::shared_ptr<detail::response_job> LLMX_OF(response_store)::running(std::string_view owner, std::string_view id) const {
    const std::string key = detail::response_key("", owner, id);
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = running_.find(key);
    return at != running_.end() ? at->second : nullptr;
}

LLMX_DECL bool LLMX_OF(response_store)::begin(std::shared_ptr<detail::response_job> job) {
    std::string key = detail::response_key("", job->owner, job->id);
    job->limit_events(buffered_, options_.max_bytes);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (running_.size() >= options_.max_running) return false;
    return running_.emplace(std::move(key), std::move(job)).second;
}

LLMX_DECL void LLMX_OF(response_store)::end(const detail::response_job& job) noexcept {
    // Destroyed outside of the lock.
    std::shared_ptr<detail::response_job> kept;
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = std::find_if(running_.begin(), running_.end(), [&job](const auto& r) { return r.second.get() == &job; });
    if (at == running_.end()) return;
    kept = std::move(at->second);
    running_.erase(at);
}

} // namespace llmx::inline LLMX_ABI
