// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/server/detail/conversation_store.hpp>
#include <llmx/server/detail/facade_work.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/response_store.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/service/runtime.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Takes a job out of its store when its coroutine ends, or is destroyed.
class response_job_ending {
public:
    response_job_ending(std::shared_ptr<response_store> store, std::shared_ptr<response_job> job) noexcept
        : store_(std::move(store)), job_(std::move(job)) {}
    response_job_ending(const response_job_ending&) = delete;
    response_job_ending& operator=(const response_job_ending&) = delete;
    ~response_job_ending() {
        store_->end(*job_);
        job_->close();
    }

private:
    std::shared_ptr<response_store> store_;
    std::shared_ptr<response_job> job_;
};

/// Executes the request of \p job, which its store has, as a stream, and keeps the response and its events.
template <server_gateway Gateway> class response_run {
public:
    response_run(Gateway& gateway, runtime& on, memory_budget* memory, std::shared_ptr<response_store> store,
                 std::shared_ptr<response_job> job)
        : gateway_(&gateway), on_(&on), memory_(memory), store_(std::move(store)), job_(std::move(job)) {}

    boost::asio::awaitable<void> operator()(cancellation& stop) {
        const response_job_ending ending(store_, job_);
        const cancellation::registration link(stop, &pass_on, &job_->context.cancellation);
        const auto made = std::make_unique<call>(*on_, job_->context, memory_);
        const result<void> done = co_await execute(*made);
        if (!done) job_->fail(done.error());
        if (job_->forgotten()) co_return;
        // What was made is kept also when the call was cancelled.
        cancellation never;
        const result<void> kept = co_await store_->keep(job_->owner, job_->id, job_->record, never);
        if (!job_->conversation.empty() && job_->has_ended())
            (void)co_await add_response_turn(store_->options(), *on_, job_->owner, job_->conversation, job_->added, job_->record.response,
                                             !job_->record.deployment.empty(), never);
        if (kept) {
            std::string events = job_->all_events();
            (void)co_await store_->keep_events(job_->owner, job_->id, std::move(events), never);
        }
    }

private:
    static void pass_on(void* stop) noexcept { static_cast<cancellation*>(stop)->cancel(); }

    boost::asio::awaitable<result<void>> execute(call& c) {
        response_job& job = *job_;
        const request_target target;
        const result<request_head> head = openai_responses::scan_request(job.body, target);
        if (!head) co_return head.error();
        std::string unescaped_model;
        const call_ending ending(c);
        c.in.operation = &chat::info;
        c.in.codec = &codec_of<openai_responses>;
        set_up_request(c, job.body, *head, target, unescaped_model);
        c.in.answer.request = job.asked;
        c.in.answer.kept_as = job.id;
        if (job.must_translate) c.in.must_translate = true;
        if (job.pinned) {
            c.tried = job.others;
            c.in.no_fallback = true;
            c.in.retries = 0;
        }
        for (const auto& [name, value] : job.fields) {
            http_field& f = c.in.relayed[c.in.relayed_count++];
            f.name = name;
            f.value = value;
        }
        result<reply> answer = co_await gateway_->execute(c);
        c.in.answer.model = c.model;
        if (!answer) co_return answer.error();
        if (answer->stream == nullptr) co_return error(errc::internal, "the gateway answered in another form than asked for");
        job.record.model = std::string(c.model);
        const bool native = answer->passes_as(codec_of<openai_responses>);
        if (native) job.record.deployment = std::string(c.report.deployment_id);
        result<void> done = success();
        if (native) done = co_await relay(*answer->stream);
        else done = co_await translate(c, *answer);
        if (done && !job.has_ended()) done = error(errc::truncated);
        if (!done) c.fail(done.error().value());
        co_return done;
    }

    boost::asio::awaitable<result<void>> relay(reply_stream& stream) {
        for (;;) {
            const result<std::string_view> piece = co_await stream.read_some();
            if (!piece) co_return piece.error();
            if (piece->empty()) co_return success();
            const result<void> taken = job_->feed(*piece);
            if (!taken) co_return taken;
        }
    }

    boost::asio::awaitable<result<void>> translate(call& c, reply& answer) {
        std::string out;
        stream_translation<openai_responses> work(answer, c.in.answer, out);
        while (!work.last || work.more) {
            if (!work.more) {
                const result<std::string_view> piece = co_await answer.stream->read_some();
                if (!piece) work.fail(piece.error());
                else work.take(*piece);
            }
            if (work.is_long()) {
                const result<void> ran = co_await on_->offload(work, c.stop);
                if (!ran) work.fail(ran.error());
            } else {
                work.run();
            }
            if (!work.good) co_return work.good.error();
            const result<void> taken = job_->feed(out);
            if (!taken) co_return taken;
        }
        co_return success();
    }

    Gateway* gateway_;
    runtime* on_;
    memory_budget* memory_;
    std::shared_ptr<response_store> store_;
    std::shared_ptr<response_job> job_;
};

} // namespace llmx::inline LLMX_ABI::detail
