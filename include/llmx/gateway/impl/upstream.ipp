// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/attempt_buffers.hpp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/impl/upstream_request.ipp>
#include <llmx/gateway/impl/upstream_session.ipp>
#include <llmx/gateway/impl/upstream_stream.ipp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/transport/decoded_body.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/model_name.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Whether the answer is to be relayed as it comes: an event stream, or anything but JSON from an
/// operation that has such answers.
LLMX_DECL [[nodiscard]] bool is_relayed(const call& c, const http_response& response) noexcept {
    if (c.in.stream || c.in.operation->answer == operation_info::answers::json) return c.in.stream;
    return !find_field(response.fields, "content-type").starts_with("application/json");
}

/// The answer as a stream, once its first real content is there.
LLMX_DECL boost::asio::awaitable<attempt_step> relay_answer(const provider_ops& ops, const void* self, call& c,
                                                            attempt_ptr& a, http_response& response,
                                                            upstream_stopwatch& watch, reply& r, error& why) {
    response.body->read_by(c.now.limits.first_byte_by);
    auto stream = std::make_unique<LLMX_OF(upstream_stream)>(c, ops, self, std::move(a), std::move(response));
    const result<void> opened = co_await stream->open();
    watch.stop();
    if (opened) {
        r.stream = std::move(stream);
        co_return attempt_step::done;
    }
    why = opened.error();
    co_return attempt_step::failed;
}

LLMX_DECL boost::asio::awaitable<result<reply>> perform(const provider_ops& ops, const void* self, call& c) {
    attempt_ptr a = attempt_shelf::take();
    std::string_view model;
    error why;
    attempt_step went = begin_attempt(ops, c, *a, model, why);
    if (went == attempt_step::failed) co_return why;
    went = try_write(ops, self, c, model, *a, why);
    if (went == attempt_step::later) went = co_await write_offloaded(ops, self, c, model, *a, why);
    if (went == attempt_step::failed) co_return why;
    if (prepare(ops, self, c, model, *a, why) == attempt_step::failed) co_return why;
    if (ops.authorize != nullptr) {
        went = co_await authorize_attempt(ops, self, c, a->request, why);
        if (went == attempt_step::failed) co_return why;
    }

    // Behind the signature, which a proxy that changes the field would break. Events must not wait in a compressor.
    a->request.fields += "accept-encoding: identity\r\n";
    upstream_stopwatch watch(c);
    boost::asio::awaitable<result<http_response>> exchange =
        ops.exchange != nullptr ? ops.exchange(self, *c.on, c.now.place(), a->request, c.now.limits, c.stop)
                                : c.on->transport().exchange(a->request, c.now.limits, c.stop);
    result<http_response> got = co_await std::move(exchange);
    if (got.has_error()) {
        watch.stop();
        if (c.in.source_failed) co_return got.error();
        co_return leaving(ops, c, got.error());
    }
    http_response response = std::move(*got);
    const result<void> readable = decode_content(response, c.now.limits);
    if (response.status < 200 || response.status > 299) {
        co_await read_refusal(ops, self, c, response, watch, why);
        co_return why;
    }
    if (!readable) {
        watch.stop();
        co_return leaving(ops, c, readable.error());
    }

    reply r;
    r.codec = a->codec;
    r.from = c.now.target;
    r.request_id = std::string(provider_request_id(response.fields));
    hide_sent(c, r.request_id);
    // An earlier attempt may have left its own, which is freed with the call.
    if (!a->same) r.how = std::move(c.now.how);
    if (is_relayed(c, response)) {
        went = co_await relay_answer(ops, self, c, a, response, watch, r, why);
        if (went == attempt_step::failed) co_return why;
        co_return r;
    }

    result<bool> whole = response.body->take_rest(r.body);
    if (whole && !*whole) {
        const result<void> read = co_await response.body->read_all(r.body);
        if (!read) whole = read.error();
    }
    c.report.first_token = watch.stop();
    if (c.observed_by != nullptr && whole) c.observed_by->first_content(c);
    if (c.in.operation->answer != operation_info::answers::json)
        r.content_type = std::string(find_field(response.fields, "content-type"));
    if (!whole) {
        // Lack of memory is the gateway's own fault, not a deployment's.
        if (whole.error().value() == errc::shed) co_return whole.error();
        co_return leaving(ops, c, whole.error());
    }
    // Decoded by way of the JSON's tree, and encoded; the last only while it is being sent.
    if (c.in.codec == nullptr || !r.passes_as(*c.in.codec))
        if (!c.memory.grow(3 * r.body.size())) co_return no_memory_to("translate the answer");
    if (r.body.size() > offload_scan_above) went = co_await judge_offloaded(ops, self, c, response, r, why);
    else went = judge(ops, self, c, response, r, why);
    if (went == attempt_step::failed) co_return why;
    c.report.tokens = r.tokens;
    co_return r;
}

} // namespace llmx::inline LLMX_ABI::detail
