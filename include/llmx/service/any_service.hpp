// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/detail/open_call.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/service/reply_events.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The context of a call that is made within another: the same caller, id and deadline, and the
/// other's cancellation is passed on. Its cost is reported in its own context.
struct inner_context {
    LLMX_DECL explicit inner_context(call& outer);
    inner_context(const inner_context&) = delete;
    inner_context& operator=(const inner_context&) = delete;

    call_context own;
    cancellation::registration link;
};

LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<reply>> no_service();

} // namespace detail

/// A gateway as a value: whatever executes calls, behind one indirect call.
///
/// For policies that call models themselves (the embedder of a semantic cache, a guardrail that calls a
/// model) and for gateways chosen at run time. Made of a gateway or another object with `execute(call&)`, or
/// of a service (`operator()(call&)`); `client::service` gives that of a client. Copies share it. As
/// thread-safe as the service it is made of, thus for a gateway one object serves all cores.
///
/// A policy of a gateway must not own that same gateway: `refer_to` makes one that owns nothing.
class any_service {
public:
    /// Executes nothing: every call fails with `errc::bad_configuration`.
    any_service() = default;
    template <class S>
    explicit any_service(std::shared_ptr<S> s) noexcept : self_(std::move(s)), execute_(self_ ? &execute_as<S> : nullptr) {}
    /// \p s must outlive it, its copies and their calls.
    template <class S> [[nodiscard]] static any_service refer_to(S& s) noexcept {
        return any_service(std::shared_ptr<S>(std::shared_ptr<void>(), &s));
    }

    [[nodiscard]] explicit operator bool() const noexcept { return execute_ != nullptr; }

    /// As `gateway::execute`. \p c must outlive the reply.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<reply>> execute(llmx::call& c) const {
        if (execute_ == nullptr) return detail::no_service();
        return execute_(self_.get(), c);
    }
    /// One whole answer, as `gateway::call`. All, and this object, must outlive the coroutine. \p budget, which
    /// may be null, accounts for the bytes that the call buffers.
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call(runtime& on, call_context& ctx,
                                                                         const typename Op::request& request,
                                                                         memory_budget* budget = nullptr) const {
        detail::open_context(on, ctx);
        llmx::call c(on, ctx, budget);
        detail::set_request<Op>(c, request, false);
        result<reply> r = co_await execute(c);
        ctx.report.keep_alive = c.keep_alive;
        if (r.has_error()) co_return r.error();
        result<typename Op::reply> decoded = co_await decode_reply<Op>(c, *r);
        co_return std::move(decoded);
    }
    /// The same within the call \p outer, for its caller: it has the deadline of that, and is cancelled
    /// together with it. \p report, which may be null, receives the record of the call.
    template <operation Op>
    [[nodiscard]] boost::asio::awaitable<result<typename Op::reply>> call_within(llmx::call& outer,
                                                                                const typename Op::request& request,
                                                                                call_report* report = nullptr) const {
        detail::inner_context context(outer);
        result<typename Op::reply> r = co_await this->template call<Op>(*outer.on, context.own, request, outer.memory.budget());
        if (report != nullptr) *report = std::move(context.own.report);
        co_return std::move(r);
    }

private:
    template <class S> static boost::asio::awaitable<result<reply>> execute_as(void* self, llmx::call& c) {
        S& s = *static_cast<S*>(self);
        if constexpr (requires { s.execute(c); }) return s.execute(c);
        else return s(c);
    }

    std::shared_ptr<void> self_;
    boost::asio::awaitable<result<reply>> (*execute_)(void* self, llmx::call& c) = nullptr;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/any_service.ipp>
#endif
