// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/request_weight.hpp>
#include <llmx/gateway/detail/upstream_work.hpp>

#include <utility>

namespace llmx::inline v0::detail {

/// The request of an attempt.
class request_writing final : public offloaded_work {
public:
    request_writing(const provider_ops& ops, call& c, std::string_view model, attempt& a, bool same) noexcept
        : ops_(&ops), call_(&c), model_(model), attempt_(&a), same_(same) {}
    result<void> written = success();

    std::size_t bytes() const noexcept override {
        const bool made_by_program = call_->canonical != nullptr && call_->canonical != call_->decoded.get();
        if (!made_by_program) return call_->body.size();
        return outweighs(*call_->canonical, offload_long_above) ? offload_long_above + 1 : offload_long_above;
    }
    void run() override {
        const forget_decoded after(*call_);
        call_->tool_names.reset();
        if (same_ && !ops_->chat->has_foreign_signature(call_->body)) write_passed_through(*call_, model_, *attempt_);
        else written = write_translated(*ops_, *call_, model_, *attempt_);
    }

private:
    /// A large request takes many times its size when decoded: it is decoded again by each
    /// attempt, not kept while a provider thinks, and freed on this thread.
    struct forget_decoded {
        explicit forget_decoded(call& c) noexcept : of(&c) {}
        forget_decoded(const forget_decoded&) = delete;
        forget_decoded& operator=(const forget_decoded&) = delete;
        ~forget_decoded() {
            if (of->canonical == of->decoded.get()) of->canonical = nullptr;
            of->decoded.reset();
        }
        call* of;
    };
    const provider_ops* ops_;
    call* call_;
    std::string_view model_;
    attempt* attempt_;
    bool same_;
};

LLMX_DECL boost::asio::awaitable<result<bool>> write_offloaded(const provider_ops& ops, call& c, std::string_view model,
                                                               attempt& a, bool same) {
    request_writing work(ops, c, model, a, same);
    const result<void> ran = co_await c.on->offload(work, c.context->cancellation);
    if (!ran) co_return ran.error();
    if (!work.written) co_return work.written.error();
    co_return true;
}

/// The reading of a whole reply.
class reply_judging final : public offloaded_work {
public:
    reply_judging(const provider_ops& ops, const void* self, const deployment& d, const http_response& response,
                  reply& r) noexcept
        : ops_(&ops), self_(self), deployment_(&d), response_(&response), reply_(&r) {}
    result<bool> verdict = true;
    std::size_t bytes() const noexcept override { return reply_->body.size(); }
    void run() override { verdict = judge(*ops_, self_, *deployment_, *response_, *reply_); }

private:
    const provider_ops* ops_;
    const void* self_;
    const deployment* deployment_;
    const http_response* response_;
    reply* reply_;
};

LLMX_DECL boost::asio::awaitable<result<bool>> judge_offloaded(const provider_ops& ops, const void* self, call& c,
                                                               const http_response& response, reply& r) {
    reply_judging work(ops, self, *c.target, response, r);
    const result<void> ran = co_await c.on->offload(work, c.context->cancellation);
    if (!ran) co_return ran.error();
    co_return std::move(work.verdict);
}

} // namespace llmx::inline v0::detail
