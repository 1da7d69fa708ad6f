// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/guard/detail/chosen_guardrails.hpp>
#include <llmx/guard/detail/filter_chain.hpp>
#include <llmx/service/change_reply.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/service/read_request.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL chosen_guardrails::chosen_guardrails(const std::vector<std::shared_ptr<any_guardrail>>& all, const call& c)
    : any_(false, false, false, false) {
    if (c.in.operation != &chat::info) return;
    for (const std::shared_ptr<any_guardrail>& g : all) {
        guardrail_needs n = g->needs();
        if (c.in.stream) n.after_call = false;
        else n.watch_stream = false;
        if (!n.before_call && !n.during_call && !n.after_call && !n.watch_stream) continue;
        if (!g->applies_to(c)) continue;
        any_.before_call |= n.before_call;
        any_.during_call |= n.during_call;
        any_.after_call |= n.after_call;
        any_.watch_stream |= n.watch_stream;
        chosen_.emplace_back(g.get(), n);
    }
}

LLMX_DECL boost::asio::awaitable<result<void>> chosen_guardrails::ask_before(call& c) const {
    result<const chat_request*> request = co_await decode_request<chat>(c);
    for (const entry& e : chosen_) {
        if (!request) co_return request.error();
        if (!e.needs.before_call) continue;
        const result<void> fine = co_await e.rail->before_call(c, **request);
        if (!fine) co_return fine.error();
        // It may be another one now.
        request = read_request<chat>(c);
    }
    co_return success();
}

/// Decodes a whole answer for guardrails, and encodes it when they have changed it.
LLMX_DECL class basic_answer_guarding final : public offloaded_work {
public:
    basic_answer_guarding(call& c, reply& r) noexcept : call_(&c), reply_(&r) {}
    chat_reply answer;
    result<void> done = success();

    std::size_t bytes() const noexcept override { return reply_->body.size(); }
    void run() override {
        if (decoded_) write();
        else read();
    }

private:
    void read() {
        result<chat_reply> got = reply_->as<chat>();
        if (!got) {
            done = got.error();
            return;
        }
        answer = std::move(*got);
        before_ = answer;
        decoded_ = true;
    }
    void write() {
        if (answer == before_) return;
        const codec_ops& to = form_for_caller(*call_, *reply_);
        reply_->body.clear();
        to.encode_reply(any_message::borrow(answer), call_->in.answer, reply_->body);
        reply_->codec = &to;
        reply_->how.reset();
    }

    call* call_;
    reply* reply_;
    chat_reply before_;
    bool decoded_ = false;
};
using answer_guarding = LLMX_PLAIN(basic_answer_guarding);

LLMX_DECL boost::asio::awaitable<result<void>> run_answer_guarding(call& c, answer_guarding& work) {
    if (work.bytes() > offload_translation_above) {
        const result<void> ran = co_await c.on->offload(work, c.stop);
        if (!ran) co_return ran.error();
    } else {
        work.run();
    }
    co_return std::move(work.done);
}

LLMX_DECL boost::asio::awaitable<result<void>> chosen_guardrails::ask_after(call& c, reply& r) const {
    // The JSON's tree, the answer and the copy that it is compared with.
    const std::size_t meanwhile = 3 * r.body.size();
    memory_lease held(c.memory.budget());
    if (!held.grow(meanwhile)) {
        error e(errc::shed, "the gateway has no memory to check the answer now; try again later");
        co_return e.with_retry_after(std::chrono::seconds(1));
    }
    LLMX_OF(answer_guarding) work(c, r);
    result<void> fine = co_await run_answer_guarding(c, work);
    for (const entry& e : chosen_) {
        if (!fine) co_return fine.error();
        if (!e.needs.after_call) continue;
        fine = co_await e.rail->after_call(c, work.answer);
    }
    if (!fine) co_return fine.error();
    fine = co_await run_answer_guarding(c, work);
    co_return fine;
}

LLMX_DECL result<reply> chosen_guardrails::watch(call& c, reply r) const {
    filter_chain chain;
    for (const entry& e : chosen_) {
        if (!e.needs.watch_stream) continue;
        if (std::unique_ptr<chat_filter> f = e.rail->watch_stream(c)) chain.add(std::move(f));
    }
    if (chain.empty()) return r;
    return change_events<chat>(c, std::move(r), std::move(chain));
}

} // namespace llmx::inline LLMX_ABI::detail
