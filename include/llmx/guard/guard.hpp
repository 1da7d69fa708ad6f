// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/guard/detail/chosen_guardrails.hpp>
#include <llmx/guard/detail/running_checks.hpp>
#include <llmx/guard/guardrail.hpp>
#include <llmx/service/layer.hpp>

#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Guardrails, as many as configuration has, at one place of the gateway.
///
/// They run in order: `before_call` of each, then the call with all `during_call` beside it, then
/// `after_call` or the stream's filters of each. Stands outside of limits, caches, fallbacks and retries:
/// what is refused costs no deployment anything, and what is refused stays refused. Calls of other
/// operations than chat pass untouched; so do chat calls that no guardrail has something to do for.
///
/// - A refusal by `during_call` cancels the call at its socket; one after the answer withholds it.
/// - A request or answer that no guardrail changed goes on as its bytes.
/// - A streamed answer that is refused is a broken stream, never a clean end.
struct guard {
    guard() = default;
    explicit guard(std::vector<std::shared_ptr<any_guardrail>> all) : guardrails(std::move(all)) {}
    static constexpr stage_position position = at(stage::guard);

    /// None of them null.
    std::vector<std::shared_ptr<any_guardrail>> guardrails;

    guard& add(std::shared_ptr<any_guardrail> g) {
        guardrails.push_back(std::move(g));
        return *this;
    }

    template <class Next> class layer;
};

template <class Next> class guard::layer : public layer_base<Next> {
public:
    layer(const guard& policy, std::shared_ptr<const topology>, Next next)
        : layer_base<Next>(std::move(next)), all_(policy.guardrails) {}

    boost::asio::awaitable<result<reply>> operator()(call& c) {
        detail::chosen_guardrails chosen(all_, c);
        if (chosen.empty()) return this->next_(c);
        return guarded(c, std::move(chosen));
    }

private:
    boost::asio::awaitable<result<reply>> guarded(call& c, detail::chosen_guardrails chosen) {
        if (chosen.needs().before_call) {
            const result<void> let_in = co_await chosen.ask_before(c);
            if (!let_in) co_return let_in.error();
        }
        result<reply> r;
        if (chosen.needs().during_call) r = co_await checked(c, chosen);
        else r = co_await this->next_(c);
        if (!r) co_return std::move(r);
        if (r->stream != nullptr) co_return chosen.watch(c, std::move(*r));
        if (chosen.needs().after_call) {
            const result<void> let_out = co_await chosen.ask_after(c, *r);
            if (!let_out) co_return let_out.error();
        }
        co_return std::move(r);
    }
    /// The call with the checks beside it, all of which have ended when this has.
    boost::asio::awaitable<result<reply>> checked(call& c, const detail::chosen_guardrails& chosen) {
        detail::running_checks checks(c);
        const result<void> begun = co_await checks.start(chosen);
        if (!begun) co_return begun.error();
        result<reply> r = error(errc::cancelled);
        std::exception_ptr thrown;
        try {
            if (!checks.broken()) r = co_await this->next_(c);
        } catch (...) {
            thrown = std::current_exception();
        }
        co_await checks.join(thrown != nullptr || !r);
        if (thrown) std::rethrow_exception(thrown);
        if (checks.refusal()) co_return *checks.refusal();
        co_return std::move(r);
    }

    std::vector<std::shared_ptr<any_guardrail>> all_;
};
static_assert(policy<guard>);

} // namespace llmx::inline LLMX_ABI
