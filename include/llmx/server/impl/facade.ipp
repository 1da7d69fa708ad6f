// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/call_cost.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/wire/detail/text_writer.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_weight.hpp>

#include <algorithm>
#include <chrono>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void set_up_call(call& c, server_connection& peer, std::string_view body, const request_head& head,
                           const request_target& target, std::string& unescaped_model) {
    inbound& in = c.in;
    in.body = body;
    if (!in.codec->json_request) in.content_type = peer.head().find("content-type");
    in.model_begin = head.model_begin;
    in.model_end = head.model_end;
    in.path_model = target.model;
    in.stream = head.stream || target.stream;
    in.cut_begin = head.cut_begin;
    in.cut_end = head.cut_end;
    in.members = head.members;
    in.must_translate = head.must_translate;
    c.model = head.model;
    if (c.model.empty() && head.model_end > head.model_begin) {
        unescaped_model = unescape_json_string(in.body.substr(head.model_begin, head.model_end - head.model_begin));
        c.model = unescaped_model;
    }
    if (c.model.empty()) c.model = target.model;
    json_weight weight;
    if (in.codec->json_request) weight = weigh_json(in.body);
    else weight.blobs = 1;
    in.estimated_tokens = tokens_of_text(weight.text) + weight.blobs * tokens_of_media +
                          static_cast<std::uint64_t>(std::max<std::int64_t>(0, head.max_output_tokens));
    in.answer.id = peer.context().request_id;
    in.answer.created = peer.on().unix_seconds();
    in.answer.model = c.model;
    in.answer.include_usage = head.include_usage;
    in.answer.base64 = head.base64;
    for (const http_field& f : peer.head().fields) {
        bool forward = false;
        switch (f.name.size()) {
        case 11: forward = iequals(f.name, "openai-beta"); break;
        case 14: forward = iequals(f.name, "anthropic-beta"); break;
        case 17: forward = iequals(f.name, "anthropic-version"); break;
        case 18:
            if (iequals(f.name, "x-llmx-drop-params")) c.in.drop_params = iequals(f.value, "true") || f.value == "1";
            break;
        default: break;
        }
        if (forward && in.forwarded_count < in.forwarded.size()) in.forwarded[in.forwarded_count++] = f;
    }
}

LLMX_DECL void settle_cost_of(server_connection& peer, const call& c) {
    settle_cost(c.context->report, std::chrono::system_clock::time_point(std::chrono::seconds(peer.on().unix_seconds())));
}

LLMX_DECL void announce_cost(server_connection& peer, const call& c) {
    const model_facts* const known = c.context->report.facts;
    if (known == nullptr || !known->prices || !peer.takes_trailers()) return;
    append_field(peer.fields(), "trailer", std::string_view("x-llmx-response-cost"));
}

LLMX_DECL void state_stream_cost(server_connection& peer, const call& c) {
    settle_cost_of(peer, c);
    const std::optional<money>& cost = c.context->report.cost;
    if (cost && peer.takes_trailers()) append_field(peer.fields(), "x-llmx-response-cost", dollar_text(*cost).view());
}

LLMX_DECL void describe_call(server_connection& peer, const call& c) {
    const call_context& context = *c.context;
    const duration total = peer.on().now() - context.started;
    const duration ours = std::max(duration::zero(), total - context.report.upstream_time);
    peer.log_overhead(ours);
    text_memory memory;
    text_writer w(peer.fields(), memory);
    w.field("x-llmx-model: ", context.report.upstream_model);
    w.field("x-llmx-provider: ", context.report.provider);
    w.field("x-llmx-deployment-id: ", context.report.deployment_id);
    w.raw("x-llmx-attempted-retries: ").number(context.report.retries);
    w.raw("\r\nx-llmx-attempted-fallbacks: ").number(context.report.fallbacks);
    w.raw("\r\nx-llmx-overhead-us: ").number(std::chrono::duration_cast<std::chrono::microseconds>(ours).count());
    w.raw("\r\n");
    // A stream has no cost yet: its tokens come with its end.
    if (!c.in.stream) {
        settle_cost_of(peer, c);
        if (context.report.cost) w.raw("x-llmx-response-cost: ").copy(dollar_text(*context.report.cost).view()).raw("\r\n");
    }
    if (!c.now.dropped.empty()) {
        // Callers decide how many there are and how they are called; a head has its limits.
        constexpr std::size_t longest = 256, most = 1024;
        std::string names;
        for (const std::string& d : c.now.dropped) {
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
    for (const header_fields::field& f : context.report.reply_fields)
        if (!f.omitted) w.copy(f.name).raw(": ").copy(f.value).raw("\r\n");
    w.spill();
}

/// What is left to be freed of a call.
LLMX_DECL class basic_call_freeing final : public offloaded_work {
public:
    basic_call_freeing(call& c, result<reply>& answer) noexcept : call_(&c), answer_(&answer) {}
    std::size_t bytes() const noexcept override { return call_->in.body.size(); }
    void run() override {
        call_->now.how.reset();
        // `inbound::memory` is released with the call, on its own thread.
        if (call_->in.canonical.owns()) call_->in.canonical.reset();
        if (*answer_) (*answer_)->how.reset();
    }

private:
    call* call_;
    result<reply>* answer_;
};
using call_freeing = LLMX_PLAIN(basic_call_freeing);

LLMX_DECL boost::asio::awaitable<void> free_offloaded(server_connection& peer, call& c, result<reply>& answer) {
    if (c.now.how == nullptr && !c.in.canonical.owns() && (!answer || answer->how == nullptr)) co_return;
    // Also of a call that was cancelled.
    cancellation never;
    LLMX_OF(call_freeing) work(c, answer);
    (void)co_await peer.on().offload(work, never);
}

} // namespace llmx::inline LLMX_ABI::detail
