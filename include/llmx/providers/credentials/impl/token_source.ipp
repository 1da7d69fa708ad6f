// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/service/background.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The task that fetches a token. However it goes away, those that wait are woken.
LLMX_DECL class basic_token_fetch {
public:
    basic_token_fetch(runtime& on, std::shared_ptr<token_entry> e, token_source_ptr from)
        : on_(&on), entry_(std::move(e)), from_(std::move(from)) {}
    basic_token_fetch(basic_token_fetch&& other) noexcept
        : on_(other.on_), entry_(std::move(other.entry_)), from_(std::move(other.from_)) {}
    basic_token_fetch& operator=(basic_token_fetch&&) = delete;
    ~basic_token_fetch() {
        if (entry_ == nullptr || entry_->flight == nullptr) return;
        entry_->flight->given_up = true;
        entry_->schedule.gave_up();
        land();
    }

    boost::asio::awaitable<void> operator()(cancellation& stop) {
        const time_point asked = on_->now();
        http_limits limits;
        limits.deadline = asked + token_cache::fetch_timeout;
        limits.connect_by = asked + token_cache::connect_timeout;
        limits.max_body = std::size_t{1} << 20;
        result<access_token> got = co_await from_->fetch(*on_, limits, stop);
        // The runtime may be gone then.
        if (stop.cancelled()) co_return;
        const time_point now = on_->now();
        token_schedule& schedule = entry_->schedule;
        if (got) {
            schedule.succeeded(asked, got->lifetime);
            entry_->token = std::make_shared<const access_token>(std::move(*got));
            // Otherwise each token would be fetched again at once, for as long as calls wait.
            if (schedule.at(now) == token_schedule::step::fetch)
                got = error(errc::bad_response, "the token server returned an access token that has already expired");
        }
        if (!got) {
            schedule.failed(now);
            entry_->why = got.error();
        }
        land();
    }

private:
    void land() noexcept {
        const std::shared_ptr<token_flight> flight = std::move(entry_->flight);
        flight->over.cancel();
    }

    runtime* on_;
    std::shared_ptr<token_entry> entry_;
    token_source_ptr from_;
};
using token_fetch = LLMX_PLAIN(basic_token_fetch);

LLMX_DECL void wake_token_wait(void* wake) noexcept { static_cast<cancellation*>(wake)->cancel(); }

/// Waits until \p flight is over, \p stop is cancelled or \p until.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<void> wait_for_token(runtime& on, token_flight& flight, time_point until,
                                                                    cancellation& stop) {
    cancellation wake;
    const cancellation::registration by_call(stop, &wake_token_wait, &wake);
    const cancellation::registration by_fetch(flight.over, &wake_token_wait, &wake);
    const result<void> woken = co_await on.sleep_until(until, wake);
    (void)woken; // which of the three it was is looked up
}

/// The error of a fetch that failed a short time ago.
LLMX_DECL [[nodiscard]] error refuse_token(const token_entry& e, time_point now) {
    error why = e.why;
    return why.with_retry_after(std::chrono::ceil<std::chrono::milliseconds>(e.schedule.retry_at() - now));
}

} // namespace detail

LLMX_DECL std::shared_ptr<detail::token_entry> token_cache::entry_of(std::string_view identity) {
    ++uses_;
    auto at = entries_.find(identity);
    if (at == entries_.end()) {
        if (entries_.size() >= limit_) {
            auto oldest = entries_.end();
            for (auto it = entries_.begin(); it != entries_.end(); ++it)
                if (!it->second->schedule.fetching() &&
                    (oldest == entries_.end() || it->second->used < oldest->second->used))
                    oldest = it;
            if (oldest == entries_.end()) return nullptr;
            entries_.erase(oldest);
        }
        at = entries_.emplace(std::string(identity), std::make_shared<detail::token_entry>()).first;
    }
    at->second->used = uses_;
    return at->second;
}

LLMX_DECL bool token_cache::begin(runtime& on, const std::shared_ptr<detail::token_entry>& e, token_source_ptr from) {
    e->flight = std::make_shared<detail::token_flight>();
    e->schedule.began();
    // A task that is refused is destroyed, and gives the fetch up.
    return on.background().post(detail::LLMX_OF(token_fetch)(on, e, std::move(from)));
}

LLMX_DECL boost::asio::awaitable<result<access_token_ptr>>
token_cache::get(runtime& on, token_source_ptr from, const http_limits& limits, cancellation& stop) {
    const std::shared_ptr<detail::token_entry> e = entry_of(from->identity());
    if (e == nullptr) co_return error(errc::shed, "too many access tokens are being fetched; try again later");
    for (;;) {
        if (stop.cancelled()) co_return error(errc::cancelled);
        const time_point now = on.now();
        const token_schedule::step what = e->schedule.at(now);
        if (what == token_schedule::step::use) co_return e->token;
        if (what == token_schedule::step::refuse) co_return detail::refuse_token(*e, now);
        if (what != token_schedule::step::wait) {
            const access_token_ptr serving = e->token;
            const bool begun = begin(on, e, from);
            // Without room for the refresh a later call begins it.
            if (what == token_schedule::step::refresh) co_return serving;
            if (!begun) co_return error(errc::shed, "the gateway has too many tasks in the background to fetch an access token; try again later");
        }
        if (now >= limits.deadline) co_return error(errc::deadline_exceeded);
        const std::shared_ptr<detail::token_flight> flight = e->flight;
        co_await detail::wait_for_token(on, *flight, limits.deadline, stop);
        if (stop.cancelled()) co_return error(errc::cancelled);
        if (flight->given_up) co_return error(errc::shed, "the fetch of an access token was ended; try again later");
    }
}

LLMX_DECL boost::asio::awaitable<result<access_token_ptr>> token_for(runtime& on, token_source_ptr from, const deployment& d,
                                                                     const http_limits& limits, cancellation& stop) {
    token_cache& cache = on.use<token_cache>();
    result<access_token_ptr> got = co_await cache.get(on, std::move(from), limits, stop);
    if (got.has_error() && got.error().value() != errc::cancelled && got.error().value() != errc::deadline_exceeded) {
        error e = got.error();
        co_return e.with_message("deployment '" + d.id + "': " + e.message());
    }
    co_return got;
}

LLMX_DECL boost::asio::awaitable<result<void>> authorize_with_token(runtime& on, token_source_ptr from, const deployment& d,
                                                                    http_request& out, const http_limits& limits,
                                                                    cancellation& stop) {
    const result<access_token_ptr> got = co_await token_for(on, std::move(from), d, limits, stop);
    if (!got) co_return got.error();
    const std::string_view token = (*got)->text.reveal();
    if (token.empty() || !safe_field_value(token))
        co_return error(errc::bad_response, "deployment '" + d.id +
                                                "': the token server returned an access token that no header field can hold");
    out.fields += "authorization: Bearer ";
    out.fields += token;
    out.fields += "\r\n";
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> authorize_unless_keyed(runtime& on, token_source_ptr from, const deployment& d,
                                                                      http_request& out, const http_limits& limits,
                                                                      cancellation& stop) {
    if (!d.key.empty()) co_return success();
    if (from == nullptr) {
        error e(errc::bad_configuration,
                "deployment '" + d.id + "' of " + d.provider + " has neither a key nor a source of tokens; complete it with registry::complete");
        co_return e;
    }
    result<void> added = co_await authorize_with_token(on, std::move(from), d, out, limits, stop);
    co_return added;
}

} // namespace llmx::inline LLMX_ABI
