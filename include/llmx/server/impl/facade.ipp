// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/facade.hpp>
#include <llmx/wire/detail/text_writer.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <chrono>

namespace llmx::inline v0::detail {

LLMX_DECL void set_up_call(call& c, server_connection& connection, const request_head& head,
                           const request_target& target, std::string& unescaped_model) {
    c.body = connection.body();
    c.model_begin = head.model_begin;
    c.model_end = head.model_end;
    c.path_model = target.model;
    c.stream = head.stream || target.stream;
    c.cut_begin = head.cut_begin;
    c.cut_end = head.cut_end;
    c.must_rewrite = head.stream_differs;
    c.model = head.model;
    if (c.model.empty() && head.model_end > head.model_begin) {
        unescaped_model = unescape_json_string(c.body.substr(head.model_begin, head.model_end - head.model_begin));
        c.model = unescaped_model;
    }
    if (c.model.empty()) c.model = target.model;
    // Four bytes a token is the usual estimate; limiters settle with the true count.
    c.estimated_tokens = c.body.size() / 4 + static_cast<std::uint64_t>(std::max<std::int64_t>(0, head.max_output_tokens));
    for (const http_field& f : connection.head().fields) {
        bool forward = false;
        switch (f.name.size()) {
        case 11: forward = iequals(f.name, "openai-beta"); break;
        case 14: forward = iequals(f.name, "anthropic-beta"); break;
        case 17: forward = iequals(f.name, "anthropic-version"); break;
        case 18:
            if (iequals(f.name, "x-llmx-drop-params")) c.drop_params = iequals(f.value, "true") || f.value == "1";
            break;
        default: break;
        }
        if (forward && c.forwarded_count < c.forwarded.size()) c.forwarded[c.forwarded_count++] = f;
    }
}

LLMX_DECL void describe_call(server_connection& connection, const call& c) {
    const call_context& context = *c.context;
    const duration total = connection.on().now() - context.started;
    const duration ours = std::max(duration::zero(), total - context.upstream_time);
    connection.log_overhead(ours);
    text_memory memory;
    text_writer w(connection.fields(), memory);
    w.field("x-llmx-model: ", context.upstream_model);
    w.field("x-llmx-provider: ", context.provider);
    w.field("x-llmx-deployment-id: ", context.deployment_id);
    w.raw("x-llmx-attempted-retries: ").number(context.retries);
    w.raw("\r\nx-llmx-attempted-fallbacks: ").number(context.fallbacks);
    w.raw("\r\nx-llmx-overhead-us: ").number(std::chrono::duration_cast<std::chrono::microseconds>(ours).count());
    w.raw("\r\n");
    if (!c.dropped.empty()) {
        // Callers decide how many there are and how they are called; a head has its limits.
        constexpr std::size_t longest = 256, most = 1024;
        std::string names;
        for (const std::string& d : c.dropped) {
            std::string name = text_writer::field_text(std::string_view(d).substr(0, longest));
            if (d.size() > longest) name += "...";
            if (!names.empty()) names += ", ";
            if (names.size() + name.size() > most) {
                names += "...";
                break;
            }
            names += name;
        }
        w.field("x-llmx-dropped-params: ", names);
    }
    w.spill();
}

/// What is left to be freed of a call.
class call_freeing final : public offloaded_work {
public:
    call_freeing(call& c, result<reply>& answer) noexcept : call_(&c), answer_(&answer) {}
    std::size_t bytes() const noexcept override { return call_->body.size(); }
    void run() override {
        call_->tool_names.reset();
        if (*answer_) (*answer_)->tool_names.reset();
    }

private:
    call* call_;
    result<reply>* answer_;
};

LLMX_DECL boost::asio::awaitable<void> free_offloaded(server_connection& connection, call& c, result<reply>& answer) {
    if (c.tool_names == nullptr && (!answer || answer->tool_names == nullptr)) co_return;
    // Also of a call that was cancelled.
    cancellation never;
    call_freeing work(c, answer);
    (void)co_await connection.on().offload(work, never);
}

LLMX_DECL error broken_generation(const call_context& context) {
    return error(errc::bad_response, "the provider reports that the generation broke off")
        .with_provider(context.provider);
}

LLMX_DECL result<void> unbroken(const chat_reply& reply, const call_context& context) {
    for (const chat_choice& choice : reply.choices)
        if (choice.finish == finish_reason::failed) return broken_generation(context);
    return success();
}

} // namespace llmx::inline v0::detail
