// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/reply_events.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The form in which a layer writes a reply anew: the caller's, so that its bytes pass, or that of the
/// provider for a program, which decodes it whatever it is.
[[nodiscard]] inline const codec_ops& form_for_caller(const call& c, const reply& r) noexcept {
    return c.in.codec != nullptr ? *c.in.codec : *r.codec;
}

/// A stream whose events go through \p Change.
template <operation Op, class Change> class changed_stream final : public reply_stream {
public:
    changed_stream(call& c, const stream_codec_ops<Op>& to, reply r, Change change)
        : call_(&c), events_(c, std::move(r)), encoder_(to.make_encoder(as_events(c))), change_(std::move(change)) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        out_.clear();
        const auto emit = [this](const typename Op::event& e) { encoder_->encode(e, out_); };
        while (out_.empty() && !ended_) {
            const bool more = co_await events_.read_more();
            result<void> sound = success();
            if (more) {
                while (const auto* e = events_.try_next())
                    if (sound = change_(*e, emit); !sound) break;
            }
            ended_ = !more || !sound;
            if (!more && events_.failure()) {
                failure_ = *events_.failure();
            } else if (!more) {
                sound = end(emit);
                if (sound) encoder_->finish(out_);
            }
            if (!sound) refuse(sound.error());
        }
        if (out_.empty() && failure_) co_return *failure_;
        co_return std::string_view(out_);
    }
    /// The façade writes the error event.
    [[nodiscard]] bool provider_reported() const noexcept override { return false; }
    [[nodiscard]] const usage& tokens() const noexcept override { return events_.tokens(); }

private:
    template <class Emit> result<void> end(const Emit& emit) {
        if constexpr (requires { { change_.end(emit) } -> std::same_as<result<void>>; }) return change_.end(emit);
        else if constexpr (requires { change_.end(emit); }) change_.end(emit);
        return success();
    }
    /// The call ends with the layer's error; its upstream is closed at once.
    void refuse(const error& why) {
        failure_ = why;
        outcome how;
        how.failure = why.value();
        how.tokens = events_.tokens();
        how.first_token = call_->report.first_token;
        how.began = call_->context->started;
        how.ended = call_->on->now();
        events_.close();
        call_->report.tokens = how.tokens;
        call_->end(how);
    }
    /// The façade writes a JSON array itself.
    [[nodiscard]] static reply_options as_events(const call& c) noexcept {
        reply_options how = c.in.answer;
        how.json_array = false;
        // A program decodes the events again and gets the usage that the provider reported.
        if (c.in.made_by_program()) how.include_usage = true;
        return how;
    }
    call* call_;
    reply_events<Op> events_;
    std::unique_ptr<any_stream_encoder<Op>> encoder_;
    Change change_;
    std::string out_;
    std::optional<error> failure_;
    bool ended_ = false;
};

} // namespace detail

/// Passes the events of the streamed reply \p r of \p c through \p change and has them written anew,
/// in the caller's language. For layers; \p c must outlive the stream.
///
/// `result<void> change(const Op::event& e, auto emit)` calls `emit` for each event that takes its
/// place, none or several; events that it emits are copied. A failure ends the call with it and the stream, which
/// is a broken one to the caller. `change.end(auto emit)`, where there is one, emits events that were held back
/// before the proper end; it returns nothing, or a `result<void>` and may so still refuse. Fails with `errc::internal` when the reply is not a stream of \p Op.
template <operation Op, class Change> [[nodiscard]] result<reply> change_events(call& c, reply r, Change change) {
    if (r.codec == nullptr || r.stream == nullptr || r.codec->operation != &Op::info)
        return error(errc::internal, "the reply is not a stream of the operation whose events are to be changed");
    const codec_ops& to = detail::form_for_caller(c, r);
    const stream_codec_ops<Op>* const form = stream_codec<Op>(to);
    if (form == nullptr || form->make_encoder == nullptr || stream_codec<Op>(*r.codec) == nullptr)
        return error(errc::internal, "the codec of the reply has no events, or cannot encode them");
    reply changed;
    changed.codec = &to;
    changed.from = r.from;
    changed.request_id = r.request_id;
    changed.stream = std::make_unique<detail::changed_stream<Op, Change>>(c, *form, std::move(r), std::move(change));
    return changed;
}

/// The same for a whole reply: `result<void> change(Op::reply&)`. Decodes and encodes on another
/// thread when the reply is large; \p change then runs there too.
template <operation Op, class Change>
boost::asio::awaitable<result<void>> change_whole(call& c, reply& r, Change change) {
    struct changing final : offloaded_work {
        changing(call& of, reply& whole, Change& f) noexcept : c(&of), r(&whole), apply(&f) {}
        std::size_t bytes() const noexcept override { return r->body.size(); }
        void run() override {
            result<typename Op::reply> decoded = r->template as<Op>();
            done = decoded ? (*apply)(*decoded) : result<void>(decoded.error());
            if (!done) return;
            const codec_ops& to = detail::form_for_caller(*c, *r);
            r->body.clear();
            to.encode_reply(any_message::borrow(*decoded), c->in.answer, r->body);
            r->codec = &to;
            r->how.reset();
        }
        call* c;
        reply* r;
        Change* apply;
        result<void> done = success();
    };
    changing work(c, r, change);
    if (r.body.size() > offload_translation_above) {
        const result<void> ran = co_await c.on->offload(work, c.stop);
        if (!ran) co_return ran;
    } else {
        work.run();
    }
    co_return std::move(work.done);
}

} // namespace llmx::inline LLMX_ABI
