// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/gateway/arrange.hpp>
#include <llmx/gateway/chat_stream.hpp>
#include <llmx/gateway/detail/conclusion.hpp>
#include <llmx/gateway/detail/owned_request.hpp>
#include <llmx/gateway/detail/snapshot_slots.hpp>
#include <llmx/gateway/detail/stream_state.hpp>
#include <llmx/gateway/detail/served_topology.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply_events.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A gateway composed at compile time: providers and policies are its type, their
/// numbers and the deployments its value.
///
/// `gateway<registry<openai, anthropic>, weighted, retry, timeout>`. Policies may be
/// named in any order; they are sorted by stage (see stage.hpp). One given as a single
/// `policy_chain` keeps the order written.
///
/// Thread safety: one object serves all cores. Calls bring their core's `runtime`;
/// `reload` may be called from any thread. The request path takes no shared lock: each
/// runtime keeps its own handle of the current snapshot and reads one atomic number.
/// Lifetime: the gateway must outlive its calls and streams.
///
/// A topology that cannot be served (null, or with a deployment that this registry did not
/// complete) never sends a call anywhere: every call fails with `errc::bad_configuration`, which
/// names the deployment; `ready` reports it at once.
template <class Registry, class... Policies> class gateway {
    static_assert(detail::is_registry<Registry>, "llmx: the first argument of gateway is a registry: gateway<registry<openai>, weighted>");
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

    /// \p world comes from `Registry::make_topology`, or from `topology::make` with deployments
    /// that went through `Registry::complete`.
    gateway(std::shared_ptr<const topology> world, policies_type policies, Registry providers = Registry())
        : providers_(std::make_shared<const Registry>(std::move(providers))) {
        if (result<void> good = check(world.get()); good) install(std::move(world), std::move(policies));
        else install(detail::empty_topology(), std::move(policies), good.error());
    }

    /// Completes \p deployments with `Registry::make_topology`; what fails there is what `ready` and each
    /// call report.
    explicit gateway(std::vector<deployment> deployments)
        requires std::default_initializable<policies_type>
        : gateway(std::move(deployments), policies_type()) {}
    gateway(std::vector<deployment> deployments, policies_type policies, Registry providers = Registry())
        : gateway(Registry::make_topology(std::move(deployments)), std::move(policies), std::move(providers)) {}

    /// A gateway over \p deployments, which it completes, or why there is none. \p options are values of policies
    /// of this gateway, in any order and any number of them, and the registry when its providers have state:
    /// `my_gateway::make(deployments, llmx::retry(5), llmx::timeout())`.
    template <class... Options>
    [[nodiscard]] static result<std::unique_ptr<gateway>> make(std::vector<deployment> deployments, Options&&... options) {
        static_assert(((std::is_same_v<std::remove_cvref_t<Options>, Registry> ||
                        detail::holds_policy<policies_type, std::remove_cvref_t<Options>>::value) && ...),
                      "llmx: an option of gateway::make is neither a policy of this gateway nor its registry: name the "
                      "policy in the gateway's type");
        policies_type policies;
        Registry providers;
        [[maybe_unused]] const auto take = [&]<class V>(V&& value) {
            using value_type = std::remove_cvref_t<V>;
            if constexpr (std::is_same_v<value_type, Registry>) providers = std::forward<V>(value);
            else if constexpr (detail::holds_policy<policies_type, value_type>::value)
                detail::set_policy(policies, std::forward<V>(value));
        };
        (take(std::forward<Options>(options)), ...);
        result<std::shared_ptr<const topology>> world = Registry::make_topology(std::move(deployments));
        if (!world) return world.error();
        return std::make_unique<gateway>(std::move(*world), std::move(policies), std::move(providers));
    }
    /// Policies one by one: they are given as one tuple, in the order of the type's arguments.
    template <class First, class... Rest>
        requires((detail::is_policy_value<First> && ... && detail::is_policy_value<Rest>) && !std::convertible_to<First, policies_type>)
    gateway(std::shared_ptr<const topology>, First&&, Rest&&...) {
        static_assert(sizeof(First) == 0, "llmx: a gateway takes its policies as one tuple, in the order of its type: "
                                          "gateway(topology, std::tuple(route<weighted>(), retry(5)))");
    }

    gateway(const gateway&) = delete;
    gateway& operator=(const gateway&) = delete;

    /// Success, or why every call fails: the topology given to the constructor. Thread-safe.
    [[nodiscard]] result<void> ready() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (refusal_) return *refusal_;
        return success();
    }

    /// Replaces deployments and policy numbers. Calls in flight finish on the snapshot they began
    /// with; state of deployments whose id is known is taken over. A \p world that cannot be
    /// served is `errc::bad_configuration`, and the current snapshot stays. Thread-safe.
    result<void> reload(std::shared_ptr<const topology> world, policies_type policies) {
        if (result<void> good = check(world.get()); !good) return good;
        const std::shared_ptr<const topology> before = this->world(), now = world;
        install(std::move(world), std::move(policies));
        for (std::size_t i = 0; i < Registry::size; ++i)
            if (const auto replaced = Registry::ops(i).replaced; replaced != nullptr) replaced(before->deployments(), now->deployments());
        return success();
    }

    /// The same with deployments that this function completes. Thread-safe.
    result<void> reload(std::vector<deployment> deployments, policies_type policies) {
        result<std::shared_ptr<const topology>> world = Registry::make_topology(std::move(deployments));
        if (!world) return world.error();
        return reload(std::move(*world), std::move(policies));
    }

    /// The topology in force, never null; without deployments when `ready` fails.
    [[nodiscard]] std::shared_ptr<const topology> world() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return current_->world;
    }

    /// The observer of type \p O among the policies in force (see `observers`).
    template <class O>
        requires(detail::observing_in<policies_type>::type::template has<O>)
    [[nodiscard]] std::shared_ptr<O> observer() const {
        using pack = typename detail::observing_in<policies_type>::type::pack_type;
        const std::lock_guard<std::mutex> lock(mutex_);
        return static_cast<const pack&>(*current_->watch).template get<O>();
    }

    /// Runs \p c through all layers: the entry for façades and for tests.
    ///
    /// \p c needs `model`, the request (bytes with their codec, or canonical) and a context
    /// whose `started` is set. Unknown models fail with `errc::not_found`. Cancel through
    /// `call_context::cancellation`. \p c and its context must outlive the reply.
    [[nodiscard]] boost::asio::awaitable<result<reply>> execute(llmx::call& c) {
        // The core's own handle: no other core touches its counter.
        std::shared_ptr<snapshot> handle = snapshot_of(*c.on);
        snapshot& now = *handle;
        c.keep_alive = std::move(handle);
        c.world = now.world.get();
        c.group = c.world->find(c.model);
        if (now.watch != nullptr) {
            c.observed_by = now.watch.get();
            now.watch->call_began(c);
        }
        return now.stack(c);
    }

    /// The time from which on \p d gets calls, as \p on's core sees it; not after \p now: at once.
    /// \p d may be of a topology that is no longer in force: then the deployment of its id
    /// counts, and `time_point::max()` means that there is none.
    [[nodiscard]] time_point available_at(runtime& on, const deployment& d, time_point now) {
        const std::shared_ptr<snapshot> handle = snapshot_of(on);
        const deployment* const same = detail::deployment_now(*handle->world, d);
        return same != nullptr ? handle->stack.available_at(*same, now) : time_point::max();
    }

    /// What the provider of \p d reports about it, a JSON object (`reporting_provider`); empty: nothing.
    [[nodiscard]] std::string report(const deployment& d) const {
        const provider_ops& ops = Registry::ops(d.provider_index);
        return ops.report != nullptr ? ops.report(d) : std::string();
    }

    /// Whether each deployment of \p model takes a request in \p form, one of \p forms (`forms_of`; may be null) or of its provider's own, as it
    /// comes: a form with files may then be sent on while it arrives. True for a model that is not known. For façades, on \p on's core.
    [[nodiscard]] bool passes(runtime& on, std::string_view model, const codec_ops& form, const codec_ops* const* forms) {
        const std::shared_ptr<snapshot> handle = snapshot_of(on);
        const model_group* const group = handle->world->find(model);
        if (group == nullptr) return true;
        for (const deployment* const d : group->members) {
            const provider_ops& ops = Registry::ops(d->provider_index);
            const codec_ops* own = forms != nullptr ? ops.form_for(forms, *form.operation, &form, *d, d->model) : nullptr;
            if (own == nullptr) own = ops.codec_for(*form.operation, &form, *d, d->model);
            if (own != nullptr && own != &form) return false;
        }
        return true;
    }

    /// One whole answer of the operation \p Op. \p on is the core's runtime; \p ctx and \p request
    /// must exist until the coroutine is done, a temporary \p request is kept by it. Fails with any
    /// `errc`: `unsupported_operation` when no deployment of the model's provider has it.
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(runtime& on, call_context& ctx,
                                                                         const typename Op::request& request) {
        detail::open_context(on, ctx);
        llmx::call c(on, ctx);
        detail::set_request<Op>(c, request, false);
        result<reply> r = co_await execute(c);
        ctx.report.keep_alive = c.keep_alive;
        if (r.has_error()) co_return r.error();
        result<typename Op::reply> decoded = co_await decode_reply<Op>(c, *r);
        co_return std::move(decoded);
    }
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(runtime& on, call_context& ctx,
                                                                         typename Op::request&& request) {
        return detail::call_keeping<Op>(*this, on, ctx, detail::kept(std::move(request)));
    }
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(runtime& on, call_context& ctx,
                                                                         const typename Op::request&& request) {
        return detail::call_keeping<Op>(*this, on, ctx, detail::kept(request));
    }
    template <operation Op, class Request>
    boost::asio::awaitable<result<typename Op::reply>> call(runtime&, call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<typename Op::reply>, Request>();
    }

    /// `call<chat>`; a reply the provider marks as broken is `errc::bad_response`.
    template <class Context, class Request>
        requires std::same_as<std::remove_cvref_t<Context>, call_context> &&
                 std::convertible_to<Request, const chat_request&>
    [[nodiscard]] boost::asio::awaitable<result<chat_reply>> chat(runtime& on, Context&& ctx, Request&& request) {
        return call<llmx::chat>(on, std::forward<Context>(ctx), std::forward<Request>(request));
    }

    /// `call<embeddings>`.
    template <class Context, class Request>
        requires std::same_as<std::remove_cvref_t<Context>, call_context> &&
                 std::convertible_to<Request, const embedding_request&>
    [[nodiscard]] boost::asio::awaitable<result<embedding_reply>> embed(runtime& on, Context&& ctx, Request&& request) {
        return call<embeddings>(on, std::forward<Context>(ctx), std::forward<Request>(request));
    }

    /// A streamed answer: returns when the first content is there; failures before that have
    /// been retried. \p request must exist until then, \p ctx until the coroutine begins; the
    /// stream needs neither.
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(runtime& on, call_context& ctx,
                                                                     const chat_request& request) {
        return detail::open_stream(*this, std::make_shared<detail::stream_state>(on), &ctx, request);
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(runtime& on, call_context& ctx,
                                                                     chat_request&& request) {
        return detail::stream_keeping(*this, on, &ctx, detail::kept(std::move(request)));
    }
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(runtime& on, call_context& ctx,
                                                                     const chat_request&& request) {
        return detail::stream_keeping(*this, on, &ctx, detail::kept(request));
    }
    template <class Request>
    boost::asio::awaitable<result<chat_stream>> stream(runtime&, call_context&&, Request&&) {
        return detail::refuse_temporary_context<result<chat_stream>, Request>();
    }
    /// The same without a context of the caller's: no deadline, and only the end of the stream
    /// cancels it.
    [[nodiscard]] boost::asio::awaitable<result<chat_stream>> stream(runtime& on, chat_request request) {
        return detail::stream_keeping(*this, on, nullptr, detail::kept(std::move(request)));
    }

private:
    gateway(result<std::shared_ptr<const topology>> world, policies_type policies, Registry providers)
        : providers_(std::make_shared<const Registry>(std::move(providers))) {
        if (world) install(std::move(*world), std::move(policies));
        else install(detail::empty_topology(), std::move(policies), world.error());
    }

    struct snapshot {
        snapshot(std::shared_ptr<const topology> w, const policies_type& policies,
                 const std::shared_ptr<const Registry>& providers, const std::shared_ptr<any_observer>& watching)
            : world(std::move(w)), watch(detail::observer_in(policies, watching)),
              stack(arranged::layers::make(policies, world, inner(providers))) {}
        std::shared_ptr<const topology> world;
        /// Null when no policy observes.
        std::shared_ptr<any_observer> watch;
        stack_type stack;
    };

    [[nodiscard]] static result<void> check(const topology* world) {
        static constexpr auto names = Registry::names();
        return detail::check_topology(world, names);
    }

    void install(std::shared_ptr<const topology> world, policies_type policies,
                 std::optional<error> refusal = std::nullopt) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const std::shared_ptr<any_observer> watching = current_ ? current_->watch : nullptr;
        auto made = std::make_shared<snapshot>(std::move(world), policies, providers_, watching);
        if (refusal) made->stack.refuse(*refusal);
        if (current_) made->stack.adopt(current_->stack);
        current_ = std::move(made);
        refusal_ = std::move(refusal);
        generation_.fetch_add(1, std::memory_order_release);
    }

    std::shared_ptr<snapshot> snapshot_of(runtime& on) {
        detail::snapshot_slot& slot = on.use<detail::snapshot_slots>().of(identity_);
        const std::uint64_t generation = generation_.load(std::memory_order_acquire);
        if (slot.generation != generation) {
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
        }
        return std::static_pointer_cast<snapshot>(slot.value);
    }

    std::shared_ptr<const Registry> providers_;
    detail::gateway_identity identity_ = detail::new_gateway_identity();
    mutable std::mutex mutex_;
    std::shared_ptr<snapshot> current_;
    std::optional<error> refusal_;
    /// Of `current_`.
    std::atomic<std::uint64_t> generation_{0};
};

} // namespace llmx::inline LLMX_ABI
