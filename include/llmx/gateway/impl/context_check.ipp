// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/model_facts.hpp>
#include <llmx/catalog/token_counter.hpp>
#include <llmx/core/chat.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/gateway/context_check.hpp>
#include <llmx/gateway/impl/upstream_request.ipp>
#include <llmx/service/offload.hpp>
#include <llmx/service/read_request.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Counts the tokens of a chat request.
LLMX_DECL class basic_context_counting final : public offloaded_work {
public:
    basic_context_counting(const any_token_counter& counter, const chat_request& request, std::size_t bytes, std::string_view name) noexcept
        : counter_(&counter), request_(&request), bytes_(bytes), name_(name) {}
    std::uint64_t tokens = 0;

    std::size_t bytes() const noexcept override { return bytes_; }
    void run() override { tokens = counter_->count_input(*request_, name_); }

private:
    const any_token_counter* counter_;
    const chat_request* request_;
    std::size_t bytes_;
    std::string_view name_;
};

/// The facts of the attempt's model.
LLMX_DECL [[nodiscard]] const model_facts* facts_of_attempt(const call& c) { return facts_of(*c.now.target, name_upstream_model(c)); }

LLMX_DECL bool may_exceed_context(call& c) {
    if (c.in.operation != &chat::info) return false;
    const model_facts* const facts = facts_of_attempt(c);
    if (facts == nullptr || facts->context_window <= 0) return false;
    // By four bytes a token; no text has more tokens than bytes.
    const std::uint64_t prompt = c.in.estimated_tokens - std::min(c.in.estimated_tokens, c.in.reserved_output);
    return prompt > static_cast<std::uint64_t>(facts->context_window) / 4;
}

LLMX_DECL boost::asio::awaitable<result<void>> check_context(const context_check& policy, call& c) {
    static const token_counter estimates;
    const model_facts* const facts = facts_of_attempt(c);
    if (facts == nullptr) co_return success();
    const result<const chat_request*> request = co_await decode_request<chat>(c);
    if (!request) co_return request.error();
    const any_token_counter& counter = policy.counter != nullptr ? *policy.counter : static_cast<const any_token_counter&>(estimates);
    const std::string_view name = facts->tokenizer;
    LLMX_OF(context_counting) work(counter, **request, c.in.body.size(), name);
    if (work.bytes() > offload_count_above) {
        const result<void> ran = co_await c.on->offload(work, c.stop);
        if (!ran) co_return ran.error();
    } else {
        work.run();
    }
    const bool exact = counter.is_exact(name);
    const auto window = static_cast<std::uint64_t>(facts->context_window);
    const std::uint64_t allowed = exact ? window : window + window / 4;
    if (work.tokens <= allowed) co_return success();
    co_return error(errc::context_window_exceeded, "the request has " + std::string(exact ? "" : "about ") + std::to_string(work.tokens) +
                                                       " tokens, and the context window of deployment '" + c.now.target->id + "' is " +
                                                       std::to_string(window) + "; shorten the request or use a model with a larger window");
}

} // namespace llmx::inline LLMX_ABI::detail
