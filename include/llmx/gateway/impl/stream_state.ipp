// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/stream_state.hpp>

#include <string_view>
#include <utility>

namespace llmx::inline v0::detail {

LLMX_DECL void pass_cancellation_on(void* own) noexcept { static_cast<call_context*>(own)->cancellation.cancel(); }

LLMX_DECL void linked_context::begin(runtime& on, call_context* brought) {
    if (brought == nullptr) return open_context(on, own);
    caller = brought;
    open_context(on, *caller);
    own.request_id = caller->request_id;
    own.caller = caller->caller;
    own.principal = caller->principal;
    own.started = caller->started;
    own.deadline = caller->deadline;
    own.retries = caller->retries;
    own.fallbacks = caller->fallbacks;
    own.trail = caller->trail;
    own.upstream_time = caller->upstream_time;
    link.emplace(caller->cancellation, &pass_cancellation_on, &own);
    if (caller->cancellation.cancelled()) own.cancellation.cancel();
}

LLMX_DECL void linked_context::report() const {
    if (!link || !link->attached()) return;
    caller->deadline = own.deadline;
    caller->provider = own.provider;
    caller->deployment_id = own.deployment_id;
    caller->resolved_model = own.resolved_model;
    caller->upstream_model = own.upstream_model;
    if (own.upstream_model.data() == own.resolved_model.data()) caller->upstream_model = caller->resolved_model;
    caller->retries = own.retries;
    caller->fallbacks = own.fallbacks;
    caller->trail = own.trail;
    caller->upstream_time = own.upstream_time;
    caller->keep_alive = own.keep_alive;
    report_tokens();
}

LLMX_DECL void linked_context::report_tokens() const noexcept {
    if (!link || !link->attached()) return;
    caller->tokens = own.tokens;
    caller->first_token = own.first_token;
}

LLMX_DECL void stream_state::begin(call_context* caller, const chat_request& asked_for) {
    context.begin(*asked->on, caller);
    set_request(*asked, asked_for, true);
}

LLMX_DECL result<chat_stream> stream_state::opened(std::shared_ptr<stream_state> self, result<reply> got) {
    call& c = *self->asked;
    self->context.own.keep_alive = c.keep_alive;
    self->context.report();
    if (!got) return got.error();
    // The request may end now, and nothing of the call refers to it any more.
    self->model.assign(c.model);
    c.model = self->model;
    c.canonical = nullptr;
    self->request.reset();
    self->start(std::move(*got));
    return chat_stream(std::move(self));
}

LLMX_DECL void stream_state::start(reply got) {
    answer = std::move(got);
    if (answer.dialect == nullptr || answer.stream == nullptr)
        return break_off(error(errc::internal, "a layer of the gateway answered a streamed call without a stream"));
    decoder = answer.dialect->make_decoder(decode_options(answer.answer_by_tool, answer.tool_names.get()));
}

LLMX_DECL void stream_state::break_off(error why) {
    failure = std::move(why);
    ended = true;
    // Lets go of the upstream and tells the call's listeners.
    answer.stream.reset();
}

LLMX_DECL void stream_state::on_context_gone(void* self) noexcept {
    auto& s = *static_cast<stream_state*>(self);
    // A read that waits is destroyed together with the context, and refers to the stream until then.
    if (s.reading) s.orphaned = true;
    else if (!s.ended) s.break_off(error(errc::cancelled, "the stream's io_context was destroyed"));
}

/// One read of a stream, decoded.
class piece_decoding final : public offloaded_work {
public:
    /// \p undecoded: bytes that the decoder holds, with the piece.
    piece_decoding(any_stream_decoder& decoder, std::string_view piece, event_batch& to, std::size_t undecoded) noexcept
        : decoder_(&decoder), piece_(piece), to_(&to), undecoded_(undecoded) {}
    result<void> decoded = success();
    std::size_t bytes() const noexcept override { return undecoded_; }
    void run() override { decoded = piece_.empty() ? decoder_->finish(*to_) : decoder_->feed(piece_, *to_); }

private:
    any_stream_decoder* decoder_;
    std::string_view piece_;
    event_batch* to_;
    std::size_t undecoded_;
};

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

LLMX_DECL boost::asio::awaitable<bool> read_stream(std::shared_ptr<stream_state> s) {
    if (!s) co_return false;
    if (s->reading) {
        // Neither of the two may look like a clean end.
        s->failure = error(errc::internal, "read_more was called while another read of the stream was waiting");
        s->abandon();
        co_return false;
    }
    const stream_reading under_way(*s);
    s->batch.clear();
    while (!s->ended) {
        auto got = co_await s->answer.stream->read_some();
        s->context.report_tokens();
        if (got.has_error()) {
            if (!s->failure) s->failure = got.error();
            s->ended = true;
            break;
        }
        const bool last = got->empty();
        s->undecoded += got->size();
        piece_decoding work(*s->decoder, *got, s->batch, s->undecoded);
        if (s->undecoded > offload_translation_above) {
            call& c = s->the_call();
            const result<void> ran = co_await c.on->offload(work, c.context->cancellation);
            if (!ran) work.decoded = ran.error();
        } else {
            work.run();
        }
        if (!s->batch.empty()) s->undecoded = 0;
        if (work.decoded.has_error()) {
            s->break_off(work.decoded.error());
            break;
        }
        if (last) s->ended = true;
        if (!s->batch.empty()) co_return true;
    }
    co_return !s->batch.empty();
}

} // namespace llmx::inline v0::detail

namespace llmx::inline v0 {

LLMX_DECL chat_stream::chat_stream(std::unique_ptr<call> c, reply r)
    : state_(std::make_shared<detail::stream_state>(std::move(c))) {
    state_->start(std::move(r));
}

LLMX_DECL chat_stream::~chat_stream() {
    if (state_ && state_->reading) state_->abandon();
}

LLMX_DECL const chat_event* chat_stream::try_next() noexcept { return state_ ? state_->batch.try_next() : nullptr; }

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
        while (const chat_event* e = s->batch.try_next()) builder.add(*e);
    if (s->failure) co_return *s->failure;
    co_return builder.take();
}
} // namespace detail

LLMX_DECL boost::asio::awaitable<result<chat_reply>> chat_stream::collect() { return detail::collect_stream(state_); }

LLMX_DECL bool chat_stream::ended() const noexcept { return !state_ || state_->ended; }

} // namespace llmx::inline v0
