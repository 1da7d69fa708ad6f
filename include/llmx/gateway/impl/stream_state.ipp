// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/gateway/detail/call_bridge.hpp>
#include <llmx/gateway/detail/client_tokens.hpp>
#include <llmx/gateway/detail/stream_state.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void pass_cancellation_on(void* own) noexcept { static_cast<call_context*>(own)->cancellation.cancel(); }

LLMX_DECL void linked_context::begin(runtime& on, call_context* brought) {
    if (brought == nullptr) return open_context(on, own);
    caller = brought;
    open_context(on, *caller);
    continue_call(own, *caller);
    link.emplace(caller->cancellation, static_cast<void (*)(void*) noexcept>(&pass_cancellation_on), &own);
    if (caller->cancellation.cancelled()) own.cancellation.cancel();
}

LLMX_DECL void linked_context::report() const {
    if (!link || !link->attached()) return;
    caller->deadline = own.deadline;
    caller->report = own.report;
}

LLMX_DECL void linked_context::report_tokens() const noexcept {
    if (!link || !link->attached()) return;
    caller->report.tokens = own.report.tokens;
    if (own.report.tokens.empty()) caller->report.estimate = own.report.estimate;
    caller->report.first_token = own.report.first_token;
}

LLMX_DECL void stream_state::begin(call_context* caller, const chat_request& asked_for) {
    context.begin(*asked->on, caller);
    set_request<chat>(*asked, asked_for, true);
}

LLMX_DECL result<chat_stream> stream_state::opened(std::shared_ptr<stream_state> self, result<reply> got) {
    call& c = *self->asked;
    self->context.own.report.keep_alive = c.keep_alive;
    self->context.report();
    if (!got) return got.error();
    // The request may end now, and nothing of the call refers to it any more.
    self->model.assign(c.model);
    c.model = self->model;
    if (got->of != nullptr) got->of->model = self->model;
    c.in.canonical.reset();
    self->request.reset();
    self->start(std::move(*got));
    return chat_stream(std::move(self));
}

LLMX_DECL void stream_state::start(reply got) {
    answer = std::move(got);
    decoding.emplace(answer);
    if (decoding->fault()) break_off(*decoding->fault());
}

LLMX_DECL void stream_state::break_off(error why) {
    the_call().fail(why.value());
    failure = std::move(why);
    ended = true;
    // Closes the upstream.
    answer.stream.reset();
}

LLMX_DECL void stream_state::on_context_gone(void* self) noexcept {
    auto& s = *static_cast<stream_state*>(self);
    s.home.reset();
    // A read that waits is destroyed together with the context, and refers to the stream until then.
    if (s.reading) s.orphaned = true;
    else if (!s.ended) s.break_off(error(errc::cancelled, "the stream's io_context was destroyed"));
}

/// Marks a read as under way until its coroutine ends, however it does.
class stream_reading {
public:
    explicit stream_reading(stream_state& s) noexcept : state_(s) { s.reading = true; }
    stream_reading(const stream_reading&) = delete;
    stream_reading& operator=(const stream_reading&) = delete;
    ~stream_reading() {
        state_.reading = false;
        if (state_.orphaned && !state_.ended) stream_state::on_context_gone(&state_);
    }

private:
    stream_state& state_;
};

/// `read_stream` on the stream's executor; what is thrown breaks the stream.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<bool>> read_stream_bridged(std::shared_ptr<stream_state> s,
                                                                                std::shared_ptr<call_bridge> bridge) {
    // Asio's cancellation of the reader is a cancellation of the stream.
    const cancellation::registration link(bridge->own.cancellation, &pass_cancellation_on, s->the_call().context);
    std::string thrown;
    try {
        const bool more = co_await read_stream(s);
        co_return more;
    } catch (const std::exception& e) {
        thrown = e.what();
    }
    if (!s->ended) s->break_off(error(errc::internal, "an exception ended the stream: " + thrown));
    co_return false;
}

/// A read of \p s, whose user is on another executor.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<bool> read_stream_at_home(std::shared_ptr<stream_state> s) {
    auto bridge = std::make_shared<call_bridge>(*s->home);
    auto work = read_stream_bridged(std::move(s), bridge);
    const auto got = co_await complete_by_token<bool>(LLMX_LATER(std::move(bridge)), std::move(work), boost::asio::use_awaitable);
    co_return got && *got;
}

LLMX_DECL boost::asio::awaitable<bool> read_stream(std::shared_ptr<stream_state> s) {
    if (!s) co_return false;
    if (s->home && !s->ended) {
        const boost::asio::any_io_executor here = co_await boost::asio::this_coro::executor;
        if (here != s->home->executor()) co_return co_await read_stream_at_home(std::move(s));
    }
    if (s->reading) {
        // Neither of the two may look like a clean end.
        s->failure = error(errc::internal, "read_more was called while another read of the stream was waiting");
        s->abandon();
        co_return false;
    }
    const stream_reading under_way(*s);
    while (!s->ended) {
        auto got = co_await s->answer.stream->read_some();
        s->context.report_tokens();
        if (got.has_error()) {
            if (!s->failure) s->failure = got.error();
            s->ended = true;
            break;
        }
        reply_decoding<chat>& work = *s->decoding;
        work.take(*got);
        if (work.is_long()) {
            call& c = s->the_call();
            const result<void> ran = co_await c.on->offload(work, c.stop);
            if (!ran) work.fail(ran.error());
        } else {
            work.run();
        }
        if (work.fault()) s->break_off(*work.fault());
        else if (work.last()) s->ended = true;
        if (work.has_events()) co_return true;
    }
    co_return false;
}

} // namespace llmx::inline LLMX_ABI::detail

namespace llmx::inline LLMX_ABI {

LLMX_DECL chat_stream::chat_stream(std::unique_ptr<call> c, reply r)
    : state_(std::make_shared<detail::stream_state>(std::move(c))) {
    state_->start(std::move(r));
}

LLMX_INLINE chat_stream::~chat_stream() {
    if (!state_) return;
    if (!state_->home || state_->home->running_in_this_thread() || !state_->home->is_strand()) {
        if (state_->reading) state_->abandon();
        return;
    }
    // Nothing of the stream is used or freed outside of its strand.
    const io_executor home = *state_->home;
    boost::asio::dispatch(home.executor(), [s = std::move(state_)] {
        if (s->reading) s->abandon();
    });
}

LLMX_DECL const chat_event* chat_stream::try_next() noexcept { return state_ && state_->decoding ? state_->decoding->try_next() : nullptr; }

LLMX_DECL boost::asio::awaitable<bool> chat_stream::read_more() { return detail::read_stream(state_); }

LLMX_DECL const std::optional<error>& chat_stream::failure() const noexcept {
    static const std::optional<error> never_opened(
        std::in_place, errc::bad_configuration, "this stream was moved from or never opened: there is nothing to read");
    return state_ ? state_->failure : never_opened;
}

namespace detail {
LLMX_DECL boost::asio::awaitable<result<chat_reply>> collect_stream(std::shared_ptr<stream_state> s) {
    if (!s) co_return *chat_stream().failure();
    reply_builder builder;
    while (co_await read_stream(s))
        while (const chat_event* e = s->decoding->try_next()) builder.add(*e);
    if (s->failure) co_return *s->failure;
    co_return builder.take();
}
} // namespace detail

LLMX_DECL boost::asio::awaitable<result<chat_reply>> chat_stream::collect() { return detail::collect_stream(state_); }

LLMX_DECL bool chat_stream::ended() const noexcept { return !state_ || state_->ended; }

} // namespace llmx::inline LLMX_ABI
