// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/response_job.hpp>

#include <llmx/core/detail/later.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL response_job::response_job(std::string of, std::string name, boost::asio::any_io_executor where, std::string begun,
                                     memory_budget* budget)
    : owner(std::move(of)), id(std::move(name)), memory(budget), executor_(std::move(where)), begun_(std::move(begun)) {
    const std::string data = std::string("{\"response\":").append(begun_).append("}");
    // The order of OpenAI's streams in the background.
    add("response.created", data);
    add("response.queued", data);
}

LLMX_INLINE response_job::~response_job() {
    if (total_ != nullptr) total_->fetch_sub(bytes_, std::memory_order_relaxed);
}

LLMX_DECL void response_job::wake_all(std::vector<waiter> waiting) noexcept {
    for (waiter& w : waiting) boost::asio::post(LLMX_LATER(w.where), [wake = std::move(w.wake)] { wake->cancel(); });
}

LLMX_DECL void response_job::add(std::string_view type, std::string_view data) {
    responses_override change;
    change.id = id;
    change.previous = record.previous;
    change.background = true;
    const std::lock_guard<std::mutex> lock(mutex_);
    std::string event;
    append_response_event(type, data, static_cast<std::int64_t>(events_.size()), change, event);
    bytes_ += event.size();
    if (total_ != nullptr) total_->fetch_add(event.size(), std::memory_order_relaxed);
    events_.push_back(std::move(event));
}

LLMX_DECL result<void> response_job::take(const sse_event& event) {
    const std::string type = event.event.empty() ? response_member(event.data, "type") : std::string(event.event);
    // What is over stays so.
    if (has_ended() || type.empty() || type == "response.created" || type == "response.queued") return success();
    const bool last = ends_response(type);
    std::vector<waiter> waiting;
    const std::size_t held = total_ != nullptr ? total_->load(std::memory_order_relaxed) : 0;
    if (!last && event.data.size() > most_ - std::min(held, most_))
        return error(errc::shed, "the gateway has no memory for more events of responses in the background");
    if (last) {
        const std::string_view response = response_value(event.data, "response");
        if (!response.starts_with('{')) return error(errc::bad_response, "the last event of the stream has no response");
        record.upstream = response_member(response, "id");
        if (record.upstream == id || record.deployment.empty()) record.upstream.clear();
        responses_override change;
        change.id = id;
        change.previous = record.previous;
        change.background = true;
        override_response(response, change, record.response);
    }
    add(type, event.data);
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (status_ == "queued") status_ = "in_progress";
        if (last) final_ = record.response;
        waiting.swap(waiters_);
    }
    wake_all(std::move(waiting));
    return success();
}

LLMX_DECL result<void> response_job::feed(std::string_view bytes) {
    return parser_.feed(bytes, [this](const sse_event& e) { return take(e); });
}

LLMX_DECL void response_job::fail(const error& why) {
    if (has_ended()) return;
    bool cancelled = false;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        cancelled = cancelled_;
    }
    responses_override change;
    change.id = id;
    change.previous = record.previous;
    change.background = true;
    change.status = cancelled ? "cancelled" : "failed";
    const std::string failure = cancelled ? std::string() : response_failure(why);
    change.failure = failure;
    std::string response;
    override_response(begun_, change, response);
    // OpenAI has no event for a cancelled response: its stream ends.
    if (!cancelled) add("response.failed", std::string("{\"response\":").append(response).append("}"));
    record.response = response;
    const std::lock_guard<std::mutex> lock(mutex_);
    final_ = std::move(response);
}

LLMX_DECL std::string response_job::all_events() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::string all;
    all.reserve(bytes_);
    for (const std::string& e : events_) all += e;
    return all;
}

LLMX_DECL void response_job::close() noexcept {
    std::vector<waiter> waiting;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        closed_ = true;
        waiting.swap(waiters_);
    }
    wake_all(std::move(waiting));
}

LLMX_DECL std::string response_job::snapshot() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!final_.empty()) return final_;
    responses_override change;
    change.status = cancelled_ ? std::string_view("cancelled") : status_;
    std::string now;
    override_response(begun_, change, now);
    return now;
}

LLMX_DECL void response_job::cancel(bool forget) {
    if (forget) forgotten_.store(true, std::memory_order_relaxed);
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!final_.empty() || cancelled_ || closed_) return;
        cancelled_ = true;
    }
    boost::asio::post(LLMX_LATER(executor_), [kept = shared_from_this()] { kept->context.cancellation.cancel(); });
}

LLMX_DECL std::size_t response_job::read(std::size_t from, std::string& out, bool& ended) const {
    constexpr std::size_t enough = std::size_t{256} * 1024;
    const std::lock_guard<std::mutex> lock(mutex_);
    while (from < events_.size() && out.size() < enough) out += events_[from++];
    ended = from >= events_.size() && closed_;
    return from;
}

LLMX_DECL bool response_job::wait(std::size_t have, std::shared_ptr<cancellation> wake, boost::asio::any_io_executor where) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (events_.size() > have || closed_) return false;
    // Readers that have left.
    std::erase_if(waiters_, [](const waiter& w) { return w.wake.use_count() == 1; });
    waiter& w = waiters_.emplace_back();
    w.wake = std::move(wake);
    w.where = std::move(where);
    return true;
}

} // namespace llmx::inline LLMX_ABI::detail
