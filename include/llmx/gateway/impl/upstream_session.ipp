// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/attempt_buffers.hpp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/impl/upstream_request.ipp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/transport/tunnel.hpp>

#include <memory>
#include <string_view>
#include <utility>

// The attempt of a duplex operation: a connection that is upgraded and then passed on.

namespace llmx::inline LLMX_ABI::detail {

/// The provider's side of a session.
class upstream_session final : public reply_tunnel {
public:
    upstream_session(call& c, attempt_ptr a, tunnel_response r) noexcept
        : call_(&c), attempt_(std::move(a)), response_(std::move(r)) {}

    [[nodiscard]] tunnel& upstream() noexcept override { return *response_.tunnel; }
    [[nodiscard]] std::span<const http_field> fields() const noexcept override { return response_.fields; }
    void ended(const result<void>& how) noexcept override {
        outcome o;
        if (!how) o.failure = how.error().value();
        o.tokens = call_->report.tokens;
        o.first_token = call_->report.first_token;
        o.began = call_->context->started;
        o.ended = call_->on->now();
        call_->end(o);
    }
    boost::asio::awaitable<result<std::string_view>> read_some() override { return response_.tunnel->read_some(); }
    [[nodiscard]] bool provider_reported() const noexcept override { return false; }
    [[nodiscard]] const usage& tokens() const noexcept override { return tokens_; }

private:
    call* call_;
    attempt_ptr attempt_;
    tunnel_response response_;
    usage tokens_;
};

/// Requests from the provider the upgrade that the caller requested.
LLMX_DECL boost::asio::awaitable<result<reply>> open_session(const provider_ops& ops, const void* self, call& c) {
    attempt_ptr a = attempt_shelf::take();
    std::string_view model;
    error why;
    if (begin_attempt(ops, c, *a, model, why) == attempt_step::failed) co_return why;
    if (prepare(ops, self, c, model, *a, why) == attempt_step::failed) co_return why;
    a->request.method = "GET";
    a->request.fields += "connection: Upgrade\r\nupgrade: websocket\r\n";
    // The handshake is the caller's also where the language is not.
    if (a->codec != c.in.codec)
        for (const http_field& f : std::span<const http_field>(c.in.forwarded).first(c.in.forwarded_count))
            if (f.name == "sec-websocket-key" || f.name == "sec-websocket-version") a->request.add_field(f.name, f.value);
    if (ops.authorize != nullptr) {
        const attempt_step authorized = co_await authorize_attempt(ops, self, c, a->request, why);
        if (authorized == attempt_step::failed) co_return why;
    }
    upstream_stopwatch watch(c);
    result<tunnel_response> got = co_await c.on->transport().open_tunnel(a->request, c.now.limits, c.stop);
    if (got.has_error()) {
        watch.stop();
        co_return leaving(ops, c, got.error());
    }
    if (got->tunnel == nullptr) {
        why = leaving(ops, c, error(errc::bad_response, "the provider did not switch to WebSocket"));
        if (got->status < 200 || got->status > 299) co_await read_refusal(ops, self, c, *got, watch, why);
        co_return why;
    }
    c.report.first_token = watch.stop();
    if (c.observed_by != nullptr) c.observed_by->first_content(c);
    reply r;
    r.codec = a->codec;
    r.from = c.now.target;
    r.request_id = std::string(provider_request_id(got->fields));
    hide_sent(c, r.request_id);
    r.stream = std::make_unique<upstream_session>(c, std::move(a), std::move(*got));
    co_return r;
}

} // namespace llmx::inline LLMX_ABI::detail
