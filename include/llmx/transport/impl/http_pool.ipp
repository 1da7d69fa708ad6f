// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/upload.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/wire/detail/ascii.hpp>

#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether \p target may stand in a request line (RFC 9112 section 3.2): no blank, no
/// control character, or one request could be made to look like two.
LLMX_DECL [[nodiscard]] bool safe_target(std::string_view target) noexcept {
    // Nearly every path is visible ASCII.
    if (is_visible_from(0x21, target)) return true;
    for (const char c : target)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return false;
    return true;
}

/// Why an exchange cannot begin at \p now.
LLMX_DECL [[nodiscard]] result<void> check_exchange(const http_request& request, const http_limits& limits, const cancellation& stop,
                                                    time_point now) {
    if (stop.cancelled()) return error(errc::cancelled);
    if (limits.deadline <= now) return error(errc::deadline_exceeded);
    if (!safe_target(request.target)) return error(errc::invalid_request, "the path has characters a URL may not hold");
    return success();
}

/// Whether the exchange that began at \p began and failed on \p c with \p why may be made again on a new connection: the
/// peer has closed a kept connection before it answered.
LLMX_DECL [[nodiscard]] bool was_stale(const connection& c, const error& why, const pool_core& core, time_point began) {
    return c.reused && !c.saw_reply() && why.value() == errc::connection_lost &&
           !(c.request_begun() && clock::now() - began >= core.stale_within());
}

/// The coroutine of an exchange. It begins when it is awaited, and the pool may be gone by then.
LLMX_DECL boost::asio::awaitable<result<http_response>> exchange_over(boost::intrusive_ptr<pool_core> core,
                                                                      const http_request& request,
                                                                      const http_limits& limits, cancellation& stop) {
    const time_point began = clock::now();
    if (const result<void> may = check_exchange(request, limits, stop, began); !may) co_return may.error();

    bool fresh = false;
    // One that could not be used; what is opened instead takes its place.
    connection_ptr dead;
    for (;;) {
        connection_ptr c;
        if (!fresh) c = core->take_idle(request);
        if (!c) {
            result<connection_ptr> opened = co_await core->open(request, limits, stop, dead);
            if (!opened) co_return opened.error();
            c = std::move(*opened);
        }
        dead.reset();
        c->use_for(stop);
        const connection::unread before = c->send(request, limits);
        if (before != connection::unread::nothing) {
            if (!c->reused) co_return c->unasked();
            dead = std::move(c);
            continue;
        }
        if (c->reused) core->count_reuse();
        result<void> read = success();
        while (read && !c->head_done()) {
            if (c->encrypted()) {
                read = co_await c->fill();
            } else if ((read = c->make_room())) {
                const auto got = co_await c->async_receive();
                read = c->received(std::get<0>(got), std::get<1>(got));
            }
        }
        if (read && c->refused_by_proxy()) co_return c->proxy_refusal();
        if (read) {
            http_response reply;
            reply.status = c->status();
            reply.fields = c->fields();
            reply.body.reset(c.release());
            co_return reply;
        }
        if (fresh || !was_stale(*c, read.error(), *core, began)) co_return read.error();
        fresh = true;
        dead = std::move(c);
        core->count_stale_retry();
    }
}

/// The same for a request with a source. It is not tried again once something was asked of the
/// source, and waits for the source before it completes.
LLMX_DECL boost::asio::awaitable<result<http_response>> exchange_from_source(boost::intrusive_ptr<pool_core> core,
                                                                             const http_request& request,
                                                                             const http_limits& limits,
                                                                             cancellation& stop) {
    const time_point began = clock::now();
    if (const result<void> may = check_exchange(request, limits, stop, began); !may) co_return may.error();

    bool fresh = false;
    connection_ptr dead;
    for (;;) {
        connection_ptr c;
        if (!fresh) c = core->take_idle(request);
        if (!c) {
            result<connection_ptr> opened = co_await core->open(request, limits, stop, dead);
            if (!opened) co_return opened.error();
            c = std::move(*opened);
        }
        dead.reset();
        c->use_for(stop);
        const connection::unread before = c->send(request, limits);
        if (before != connection::unread::nothing) {
            if (!c->reused) co_return c->unasked();
            dead = std::move(c);
            continue;
        }
        if (c->reused) core->count_reuse();
        const std::shared_ptr<upload> rest = c->upload(request);
        result<void> read = success();
        while (read && !c->head_done()) read = co_await c->fill();
        // With success the peer may want the rest all the same.
        const bool goes_on = read && c->status() < 300 && !c->sent_whole();
        if (goes_on) co_await rest->pause();
        else co_await rest->end();
        if (read && c->refused_by_proxy()) co_return c->proxy_refusal();
        if (read && !rest->failure()) {
            http_response reply;
            reply.status = c->status();
            reply.fields = c->fields();
            http_body_ptr body(c.release());
            if (goes_on) reply.body.reset(new uploading_body(std::move(body), rest));
            else reply.body = std::move(body);
            co_return reply;
        }
        if (rest->failure()) co_return *rest->failure();
        if (fresh || rest->pulled() || !was_stale(*c, read.error(), *core, began)) co_return read.error();
        fresh = true;
        dead = std::move(c);
        core->count_stale_retry();
    }
}

} // namespace detail

LLMX_DECL LLMX_OF(http_pool)::basic_http_pool(io_executor on, http_pool_options options)
    : core_(new detail::pool_core(std::move(on), std::move(options))) {}

LLMX_DECL LLMX_OF(http_pool)::~basic_http_pool() { core_->close(); }

LLMX_DECL boost::asio::awaitable<result<http_response>>
LLMX_OF(http_pool)::exchange(const http_request& request, const http_limits& limits, cancellation& stop) {
    if (request.source != nullptr) return detail::exchange_from_source(core_, request, limits, stop);
    return detail::exchange_over(core_, request, limits, stop);
}

} // namespace llmx::inline LLMX_ABI
