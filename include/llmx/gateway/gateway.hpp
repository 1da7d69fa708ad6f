// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/arrange.hpp>
#include <llmx/gateway/chat_stream.hpp>
#include <llmx/gateway/detail/conclusion.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/service/call.hpp>

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

namespace llmx::inline v0 {

/// A gateway composed at compile time: providers and policies are its type, their
/// numbers and the deployments its value.
///
/// `gateway<registry<openai, anthropic>, weighted, retry, timeout>`. Policies may be
/// named in any order; they are sorted by stage (see stage.hpp). One given as a single
/// `policy_chain` keeps the order written.
///
/// Thread safety: one object serves all cores. Calls bring their core's `runtime`;
/// `reload` may be called from any thread. The request path takes no shared lock: each
/// runtime keeps its own handle of the current snapshot and looks at one atomic number.
/// Lifetime: the gateway must outlive its calls and streams.
template <class Registry, class... Policies> class gateway {
    using inner = upstream<Registry>;
    using arranged = detail::arrangement<inner, Policies...>;
    using concluded = detail::conclusion<typename arranged::stack>;

public:
    using registry_type = Registry;
    using policies_type = typename arranged::tuple;
    using stack_type = concluded;
    static_assert(service<stack_type>, "llmx: a layer of this gateway is not a service");

    /// Default options for every policy.
    explicit gateway(std::shared_ptr<const topology> world)
        requires std::default_initializable<policies_type>
        : gateway(std::move(world), policies_type()) {}

    /// \p world comes from `topology::make` with deployments that went through
    /// `Registry::complete`.
    gateway(std::shared_ptr<const topology> world, policies_type policies, Registry providers = Registry())
        : providers_(std::make_shared<const Registry>(std::move(providers))) {
        install(std::move(world), std::move(policies));
    }

    gateway(const gateway&) = delete;
    gateway& operator=(const gateway&) = delete;

    /// Replaces deployments and policy numbers. Calls in flight finish on what they began
    /// with; state of deployments whose id is known is taken over.
    void reload(std::shared_ptr<const topology> world, policies_type policies) {
        install(std::move(world), std::move(policies));
    }

    /// The topology in force.
    [[nodiscard]] std::shared_ptr<const topology> world() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return current_->world;
    }

    /// Runs \p c through all layers: the entry for façades and for tests.
    ///
    /// \p c needs `model`, the request (bytes with dialect, or canonical) and a context
    /// whose `started` is set. Unknown models fail with `errc::not_found`. Cancel through
    /// `call_context::cancellation`. \p c and its context must outlive the reply.
    [[nodiscard]] boost::asio::awaitable<result<reply>> execute(call& c) {
        // The core's own handle: no other core touches its counter.
        std::shared_ptr<snapshot> handle = snapshot_of(*c.on);
        snapshot& now = *handle;
        c.keep_alive = std::move(handle);
        c.world = now.world.get();
        c.group = c.world->find(c.model);
        return now.stack(c);
    }

    /// From when on \p d would be given calls, as \p on's core sees it; not after \p now: at once.
    [[nodiscard]] time_point available_at(runtime& on, const deployment& d, time_point now) {
        return snapshot_of(on)->stack.available_at(d, now);
    }

    /// One whole answer. \p on is the core's runtime; \p ctx and \p request must live until
    /// the coroutine is done. Fails with any `errc`; a reply the provider marks as broken
    /// is `errc::bad_response`.
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(runtime& on, call_context& ctx,
                                                                  const chat_request& request) {
        detail::open_context(on, ctx);
        call c(on, ctx);
        detail::set_request(c, request, false);
        result<reply> r = co_await execute(c);
        if (r.has_error()) co_return r.error();
        co_return detail::decode_whole(*r, c);
    }

    /// A streamed answer: returns when the first content is there; what failed before
    /// that has been retried. \p ctx and \p request must outlive the stream.
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(runtime& on, call_context& ctx,
                                                                     const chat_request& request) {
        detail::open_context(on, ctx);
        auto c = std::make_unique<call>(on, ctx);
        detail::set_request(*c, request, true);
        result<reply> r = co_await execute(*c);
        if (r.has_error()) co_return r.error();
        co_return chat_stream(std::move(c), std::move(*r));
    }

private:
    struct snapshot {
        snapshot(std::shared_ptr<const topology> w, const policies_type& policies,
                 const std::shared_ptr<const Registry>& providers)
            : world(std::move(w)), stack(arranged::layers::make(policies, world, inner(providers))) {}
        std::shared_ptr<const topology> world;
        stack_type stack;
    };

    void install(std::shared_ptr<const topology> world, policies_type policies) {
        auto made = std::make_shared<snapshot>(std::move(world), policies, providers_);
        const std::lock_guard<std::mutex> lock(mutex_);
        if (current_) made->stack.adopt(current_->stack);
        current_ = std::move(made);
        generation_.fetch_add(1, std::memory_order_release);
    }

    std::shared_ptr<snapshot> snapshot_of(runtime& on) {
        runtime::snapshot_slot& slot = on.slot();
        const std::uint64_t generation = generation_.load(std::memory_order_acquire);
        if (slot.owner != this || slot.generation != generation) {
            std::shared_ptr<snapshot> fresh;
            {
                const std::lock_guard<std::mutex> lock(mutex_);
                fresh = current_;
                slot.generation = generation_.load(std::memory_order_relaxed);
            }
            // A control block of this core's own around the shared one.
            auto own = std::make_shared<std::shared_ptr<snapshot>>(std::move(fresh));
            snapshot* const raw = own->get();
            slot.value = std::shared_ptr<void>(std::move(own), raw);
            slot.owner = this;
        }
        return std::static_pointer_cast<snapshot>(slot.value);
    }

    std::shared_ptr<const Registry> providers_;
    mutable std::mutex mutex_;
    std::shared_ptr<snapshot> current_;
    std::atomic<std::uint64_t> generation_{0};
};

} // namespace llmx::inline v0
