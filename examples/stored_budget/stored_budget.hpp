// SPDX-License-Identifier: BSL-1.0
// A policy of your own that uses a store: a budget of tokens for each caller and day.
#pragma once

#include <llmx/service/background.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/storage/counter_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

/// Takes the estimate of a call from the caller's budget before the call, and returns the unused part after it,
/// in the background.
struct stored_budget {
    stored_budget() = default;
    stored_budget(std::shared_ptr<llmx::counter_store> s, std::int64_t tokens) : store(std::move(s)), tokens_per_day(tokens) {}
    static constexpr llmx::stage_position position = llmx::at(llmx::stage::budget);

    std::shared_ptr<llmx::counter_store> store;
    std::int64_t tokens_per_day = 1'000'000;

    template <class Next> class layer;
};

template <class Next> class stored_budget::layer : public llmx::deciding_layer<stored_budget::layer<Next>, Next> {
public:
    struct memory {};
    layer(const stored_budget& policy, std::shared_ptr<const llmx::topology>, Next next)
        : llmx::deciding_layer<layer, Next>(std::move(next)), policy_(policy) {}

    llmx::result<void> before(llmx::call&, memory&) { return llmx::success(); }
    bool must_wait(const memory&) const { return policy_.store != nullptr; }
    boost::asio::awaitable<llmx::result<void>> wait(llmx::call& c, memory&) {
        auto s = std::make_unique<settlement>();
        s->store = policy_.store;
        s->key = "tokens/" + c.context->caller;
        const auto wanted = static_cast<std::int64_t>(c.in.estimated_tokens);
        const auto lease = co_await policy_.store->take(s->key, wanted, policy_.tokens_per_day, std::chrono::hours(24), c.stop);
        if (!lease) co_return lease.error();
        s->lease = *lease;
        if (lease->granted < wanted) {
            llmx::error spent(llmx::errc::rate_limited, "the caller's budget of today is used up");
            spent.with_retry_after(std::chrono::duration_cast<std::chrono::milliseconds>(lease->ends_in));
            give_back(*c.on, std::move(s), lease->granted);
            co_return spent;
        }
        c.on_finish(s.release(), &ended);
        co_return llmx::success();
    }

private:
    struct settlement {
        std::shared_ptr<llmx::counter_store> store;
        std::string key;
        llmx::counter_lease lease;
        llmx::cancellation never;
    };
    static void ended(void* self, const llmx::call& c, const llmx::deployment*, const llmx::outcome& how) noexcept {
        std::unique_ptr<settlement> s(static_cast<settlement*>(self));
        const std::int64_t unused = s->lease.granted - how.tokens.total_tokens();
        give_back(*c.on, std::move(s), unused);
    }
    static void give_back(llmx::runtime& on, std::unique_ptr<settlement> s, std::int64_t amount) noexcept {
        // A task that is refused costs the caller its estimate instead of its use.
        if (amount > 0) (void)on.background().post(settle(std::move(s), amount));
    }
    static boost::asio::awaitable<void> settle(std::unique_ptr<settlement> s, std::int64_t amount) {
        (void)co_await s->store->give_back(s->key, s->lease, std::min(amount, s->lease.granted), s->never);
    }
    stored_budget policy_;
};
static_assert(llmx::policy<stored_budget>);
