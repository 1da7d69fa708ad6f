// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/any_token_counter.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/layer.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/service/stage.hpp>

#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Passes over deployments whose model's context window cannot hold a chat request (LiteLLM's `enable_pre_call_checks`;
/// docs.litellm.ai/docs/routing).
///
/// The window is that of the catalogue, or `model_info.max_input_tokens`; a model without a known one takes every request. A request
/// that is far below the window by its size is not counted. Otherwise it is decoded and counted: exactly where `counter` has the model's
/// ranks, else by an estimate, which refuses only what exceeds the window by more than a quarter, since estimates are wrong by 10 to 20 %
/// on average (docs/tokens.md). Requests above `offload_count_above` bytes are counted on another thread.
///
/// The innermost layer: those that only decide are one coroutine outside of it (`detail::obey`), and a request that is not counted costs a
/// call of a function. Inside of `route`, which tries the other deployments of the group. When none is left the call ends with
/// `errc::context_window_exceeded`, which has both numbers, and `fallback::context_window` applies.
struct context_check {
    context_check() = default;
    static constexpr stage_position position = after(stage::attempt_timeout);

    /// Off by default: providers check it themselves, and a count takes time.
    bool enabled = false;
    /// Ranks of models; null: estimates alone. Shared by all cores.
    std::shared_ptr<const any_token_counter> counter;

    static constexpr auto keys = settings_keys(config_key("enable_pre_call_checks", &context_check::enabled).in("router_settings"));

    template <class Next> class layer;
};

namespace detail {
/// Whether the model of the attempt can hold the request of \p c; `errc::context_window_exceeded` when it cannot, `errc::cancelled` and failures of
/// the request's decoder otherwise.
LLMX_DECL boost::asio::awaitable<result<void>> check_context(const context_check& policy, call& c);
/// Whether that has to be counted.
LLMX_DECL [[nodiscard]] bool may_exceed_context(call& c);
} // namespace detail

template <class Next> class context_check::layer : public layer_base<Next> {
public:
    layer(const context_check& policy, std::shared_ptr<const topology>, Next next) : layer_base<Next>(std::move(next)), policy_(policy) {}

    boost::asio::awaitable<result<reply>> operator()(call& c) {
        if (!policy_.enabled || !detail::may_exceed_context(c)) return this->next_(c);
        return checked(c);
    }

private:
    boost::asio::awaitable<result<reply>> checked(call& c) {
        const result<void> fits = co_await detail::check_context(policy_, c);
        if (!fits) co_return fits.error();
        result<reply> r = co_await this->next_(c);
        co_return std::move(r);
    }
    context_check policy_;
};
static_assert(policy<context_check>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/context_check.ipp>
#endif
