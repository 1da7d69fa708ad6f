// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/attempt.hpp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/impl/upstream_request.ipp>
#include <llmx/gateway/impl/upstream_stream.ipp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/model_name.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline v0::detail {

LLMX_DECL boost::asio::awaitable<result<reply>> perform(const provider_ops& ops, const void* self, call& c) {
    attempt_ptr a = attempt_shelf::take();
    const std::string_view model = name_upstream_model(c);
    c.context->provider = ops.name;
    if (c.memory.size() != 0) forget_buffers(c);
    // A configured name was checked when the deployment was completed.
    if (model.data() == c.context->resolved_model.data()) {
        if (auto good = check_model_name(model); good.has_error()) {
            c.context->upstream_model = std::string_view();
            co_return good.error();
        }
    }
    a->request.to = &c.target->api_base.where;
    a->request.fields += "content-type: application/json\r\n";

    bool same = c.dialect == ops.chat && !c.body.empty() && !c.must_rewrite;
    for (std::size_t i = 0; same && i < c.forwarded_count; ++i)
        a->request.add_field(c.forwarded[i].name, c.forwarded[i].value);
    // One variable for how each step went: the frame must stay small.
    result<bool> step = try_write(ops, c, model, *a, same);
    if (step && !*step) step = co_await write_offloaded(ops, c, model, *a, same);
    if (step) step = prepare(ops, self, c, model, *a);
    if (!step) co_return step.error();

    upstream_stopwatch watch(c);
    boost::asio::awaitable<result<http_response>> exchange =
        ops.exchange != nullptr ? ops.exchange(self, *c.on, *c.target, a->request, c.limits, c.context->cancellation)
                                : c.on->transport().exchange(a->request, c.limits, c.context->cancellation);
    result<http_response> got = co_await std::move(exchange);
    if (got.has_error()) {
        watch.stop();
        co_return leaving(ops, *c.target, got.error());
    }
    http_response response = std::move(*got);
    if (response.status < 200 || response.status > 299) {
        step = co_await read_refusal(ops, self, c, response, watch);
        co_return step.error();
    }

    reply r;
    r.dialect = ops.chat;
    r.request_id = std::string(provider_request_id(response.fields));
    hide_credentials(*c.target, r.request_id);
    r.answer_by_tool = a->answer_by_tool;
    if (a->renames_tools) r.tool_names = std::move(c.tool_names);
    if (c.stream) {
        response.body->read_by(c.limits.first_byte_by);
        auto stream = std::make_unique<upstream_stream>(c, ops, self, std::move(a), std::move(response));
        auto opened = co_await stream->open();
        watch.stop();
        if (opened.has_error()) co_return opened.error();
        r.stream = std::move(stream);
        co_return r;
    }

    step = response.body->take_rest(r.body);
    if (step && !*step) {
        const result<void> read = co_await response.body->read_all(r.body);
        if (!read) step = read.error();
    }
    c.context->first_token = watch.stop();
    if (!step) {
        // Want of memory is ours, and no deployment's fault.
        if (step.error().value() == errc::shed) co_return step.error();
        co_return leaving(ops, *c.target, step.error());
    }
    const bool translated = c.dialect != ops.chat || r.answer_by_tool || r.tool_names != nullptr;
    // Decoded by way of the JSON's tree, and encoded; the last only while it is being sent.
    if (translated && !c.memory.grow(3 * r.body.size())) co_return no_memory_to("translate the answer");
    if (r.body.size() > offload_scan_above) step = co_await judge_offloaded(ops, self, c, response, r);
    else step = judge(ops, self, *c.target, response, r);
    if (!step) co_return step.error();
    c.context->tokens = r.tokens;
    co_return r;
}

} // namespace llmx::inline v0::detail
