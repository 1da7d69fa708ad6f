// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/speech.hpp>
#include <llmx/gateway/detail/attempt_buffers.hpp>
#include <llmx/gateway/detail/event_gate.hpp>
#include <llmx/gateway/detail/stream_cuts.hpp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/service/usage_estimate.hpp>
#include <llmx/wire/detail/sse_boundary.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Characters (code points) of the text that the call, one for speech, has spoken: what most vendors charge by.
LLMX_DECL [[nodiscard]] std::uint32_t spoken_characters(const call& c) {
    const auto count = [](std::string_view text) {
        const auto n = std::count_if(text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u; });
        return static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(n, 0x7fffffff));
    };
    if (const auto* const request = c.in.canonical.get<speech_request>(); request != nullptr) return count(request->input);
    std::uint32_t n = 0;
    static_cast<void>(scan_json_members(c.in.body, [&n, &count](const json_member& m) {
        if (m.named("input") && is_json_string(m.value)) n = count(unescape_json_string(m.value));
    }));
    return n;
}

/// A stream that is relayed to the caller: watches for the end marker and notifies the call's
/// listeners of its end. An error inside it is passed on without the deployment's credentials.
LLMX_DECL class basic_upstream_stream final : public reply_stream {
public:
    basic_upstream_stream(call& c, const provider_ops& ops, const void* provider, attempt_ptr a, http_response r)
        : call_(&c), ops_(&ops), provider_(provider), attempt_(std::move(a)), response_(std::move(r)),
          watch_(attempt_->hides_usage ? attempt_->codec->make_usage_watch()
                                       : attempt_->codec->make_watch(find_field(response_.fields, "content-type"))) {}

    /// Reads until the first real content, so that a failure before it can be retried.
    boost::asio::awaitable<result<void>> open() {
        while (!progress_.begun && !progress_.complete) {
            auto got = co_await response_.body->read_some();
            if (got.has_error()) co_return typed(got.error());
            if (got->empty()) {
                // A transcript of silence has no text.
                if (call_->in.operation->answer != operation_info::answers::text || call_->in.stream) co_return no_stream();
                progress_.answered = true;
                break;
            }
            if (progress_.pending > offload_scan_above) {
                line_watching work(*this, *got);
                const result<void> ran = co_await call_->on->offload(work, call_->stop);
                if (!ran) co_return ran.error();
            } else {
                watch(*got);
            }
            if (!holds()) co_return no_memory_to("read the stream's beginning");
            if (progress_.failed) {
                head_ += *got;
                if (head_.size() > offload_translation_above) {
                    failure_reading work(*this);
                    const result<void> ran = co_await call_->on->offload(work, call_->stop);
                    if (!ran) co_return ran.error();
                    co_return leaving(*ops_, *call_, std::move(work.failure));
                }
                co_return leaving(*ops_, *call_, reported(head_));
            }
            if (progress_.begun && head_.empty()) {
                first_ = whole_events(*got);
                break;
            }
            if (!append_within(&call_->memory, head_, *got)) co_return no_memory_to("read the stream's beginning");
            // Comments and empty events before the content, or one event of that size.
            if (head_.size() > call_->now.limits.max_body) co_return typed(too_large("the part of the stream before its first content"));
        }
        if (!progress_.begun && progress_.complete && !progress_.answered) co_return typed(no_answer_in(*attempt_->codec));
        if (!head_.empty()) first_ = whole_events(head_);
        response_.body->read_by(time_point::max());
        call_->report.first_token = call_->on->now();
        if (call_->observed_by != nullptr) call_->observed_by->first_content(*call_);
        co_return success();
    }

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (!first_.empty()) {
            const std::string_view v = first_;
            first_ = std::string_view();
            co_return v;
        }
        if (!head_.empty()) forget_head();
        for (;;) {
            if (ended_) co_return std::string_view();
            if (failure_) co_return *failure_;
            auto got = co_await response_.body->read_some();
            // The dialect's own end marker counts for more than the transport's.
            if (progress_.complete && (got.has_error() || got->empty())) co_return end();
            if (got.has_error()) co_return fail(typed(got.error()));
            if (got->empty()) {
                if (ends_answered()) co_return end();
                co_return fail(typed(error(errc::truncated, "the provider ended the stream without its end marker")));
            }
            // A watch inspects an event when it is whole, and a long one takes long.
            if (progress_.pending > offload_scan_above) {
                line_watching work(*this, *got);
                const result<void> ran = co_await call_->on->offload(work, call_->stop);
                if (!ran) co_return fail(typed(ran.error()));
            } else {
                watch(*got);
            }
            call_->report.tokens = progress_.tokens;
            if (!holds()) co_return fail(no_memory_to("read the stream"));
            if (progress_.pending > call_->now.limits.max_body) co_return fail(typed(too_large("an event of the stream")));
            if (progress_.failed) co_return failing(*got);
            const std::string_view ready = whole_events(*got);
            if (!ready.empty()) co_return ready;
        }
    }

    [[nodiscard]] bool provider_reported() const noexcept override { return reported_; }
    [[nodiscard]] const usage& tokens() const noexcept override { return progress_.tokens; }
    [[nodiscard]] std::string_view content_type() const noexcept override {
        return response_.body != nullptr ? find_field(response_.fields, "content-type") : std::string_view();
    }

private:
    /// `reported`, of a long head.
    struct failure_reading final : offloaded_work {
        explicit failure_reading(const basic_upstream_stream& s) noexcept : stream(&s) {}
        std::size_t bytes() const noexcept override { return stream->head_.size(); }
        void run() override { failure = stream->reported(stream->head_); }
        const basic_upstream_stream* stream;
        error failure;
    };
    /// A piece that may complete an event so long that inspecting it takes long.
    struct line_watching final : offloaded_work {
        line_watching(basic_upstream_stream& s, std::string_view p) noexcept : stream(&s), piece(p) {}
        std::size_t bytes() const noexcept override { return stream->progress_.pending; }
        void run() override { stream->watch(piece); }
        basic_upstream_stream* stream;
        std::string_view piece;
    };
    [[nodiscard]] static error too_large(std::string_view what) {
        return error(errc::bad_response, std::string(what) + " is larger than the limit of answers; raise max_response_size_mb "
                                                             "(timeout::max_answer_mb) if such answers are expected");
    }
    /// Why an answer had no content: it may have been no stream.
    [[nodiscard]] error no_stream() const {
        if (const auto at = head_.find_first_not_of(" \t\r\n"); at != std::string::npos && head_[at] == '{')
            return explain(*ops_, provider_, *call_, response_,
                           std::string_view(head_).substr(0, max_error_body));
        const std::string_view type = find_field(response_.fields, "content-type");
        if (type.starts_with("text/html"))
            return typed(error(errc::bad_response, "the provider answered with a page of HTML instead of a stream; check api_base"));
        return typed(error(errc::truncated, "the provider ended the stream before any content; try again, or at another deployment"));
    }
    [[nodiscard]] error typed(error e) const { return leaving(*ops_, *call_, std::move(e)); }
    void watch(std::string_view piece) {
        seam_.feed(piece);
        progress_ = watch_->feed(piece);
        if (attempt_->hides_usage) watch_->take_unasked(cuts_.pending());
    }
    [[nodiscard]] std::string_view whole_events(std::string_view piece) {
        const std::string_view ready = gate_.pass(piece, progress_.complete ? 0 : progress_.pending);
        return attempt_->hides_usage ? cuts_.pass(ready) : ready;
    }
    /// The end of the stream, which an error event is. Its bytes are passed on with the credentials
    /// hidden; where only decoding finds them (a spelling within a spelling) they do not, and
    /// the writer to the caller reports the failure.
    [[nodiscard]] result<std::string_view> failing(std::string_view piece) {
        std::string& bytes = gate_.open(piece);
        error e = reported(bytes);
        if (attempt_->hides_usage) bytes = cuts_.pass(std::string(bytes));
        const bool quoted = hide_sent(*call_, e);
        reported_ = hide_sent(*call_, bytes) || !quoted;
        fail(std::move(e));
        if (!reported_) return *failure_;
        return std::string_view(bytes);
    }
    /// The provider's own words about a failure inside the stream, credentials and all.
    [[nodiscard]] error reported(std::string_view bytes) const {
        error e = attempt_->codec->stream_failure(bytes);
        e.with_provider(ops_->name);
        return e;
    }
    /// Accounts for the event that has begun and not ended: the watch, and a decoder when the stream
    /// is translated, keep the translated part, in memory that doubles and stays. False when there
    /// is no memory for more of it.
    [[nodiscard]] bool holds() noexcept {
        while (progress_.pending * 2 > std::max(event_memory_, memory_lease::allowance)) {
            const std::size_t more = event_memory_ == 0 ? memory_lease::allowance : event_memory_;
            if (!call_->memory.grow(more)) return false;
            event_memory_ += more;
        }
        return true;
    }
    void forget_head() noexcept {
        call_->memory.shrink(head_.capacity());
        std::string().swap(head_);
    }
    void tell(std::optional<errc> failure) noexcept {
        if (!failure && call_->in.operation == &speech::info && progress_.tokens.empty()) progress_.tokens.characters = spoken_characters(*call_);
        outcome o;
        o.failure = failure;
        o.tokens = progress_.tokens;
        o.first_token = call_->report.first_token;
        o.began = call_->context->started;
        o.ended = call_->on->now();
        call_->report.tokens = progress_.tokens;
        // Of a stream that broke off it is open how much of the answer was made.
        if (!failure && progress_.tokens.empty() && call_->in.operation == &chat::info)
            if (const std::uint64_t guessed = watch_->estimated_tokens(); guessed != 0) estimate_usage(*call_, guessed);
        call_->end(o);
    }
    /// Whether the answer is over where the provider has ended the transport properly. The last event may lack its line end.
    [[nodiscard]] bool ends_answered() {
        if (!progress_.answered && progress_.pending != 0 && !attempt_->codec->end_marker.empty()) progress_ = watch_->feed("\n");
        return progress_.answered && !progress_.failed;
    }
    /// The last bytes: an event that the end left without its blank line, mostly none, and the end marker that readers
    /// of the language wait for, when the provider has left it out.
    std::string_view end() {
        ended_ = true;
        response_.body.reset();
        tell(std::nullopt);
        std::string& last = gate_.open();
        if (attempt_->hides_usage) last = cuts_.pass(std::string(last));
        if (!progress_.complete && !attempt_->codec->end_marker.empty()) {
            if (!seam_.between_events()) last += "\n\n";
            last += attempt_->codec->end_marker;
        }
        return last;
    }
    error fail(error e) noexcept {
        failure_ = e;
        response_.body.reset();
        tell(e.value());
        return e;
    }

    call* call_;
    const provider_ops* ops_;
    const void* provider_;
    attempt_ptr attempt_;
    http_response response_;
    std::unique_ptr<any_stream_watch> watch_;
    stream_progress progress_;
    std::string head_;
    std::string_view first_;
    event_gate gate_;
    stream_cuts cuts_;
    /// Of all that the provider has sent.
    sse_boundary seam_;
    /// Accounts for the memory of readers that keep an event that has not ended.
    std::size_t event_memory_ = 0;
    std::optional<error> failure_;
    bool ended_ = false;
    bool reported_ = false;
};
using upstream_stream = LLMX_PLAIN(basic_upstream_stream);

} // namespace llmx::inline LLMX_ABI::detail
