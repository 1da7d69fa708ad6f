// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/credentials.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/service/reply.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Decodes a streamed reply, piece by piece and without I/O: `take` a piece, `run`, then `try_next`
/// until there is none. Work for another thread when `is_long`.
template <operation Op> class reply_decoding final : public offloaded_work {
public:
    /// \p r must outlive it.
    explicit reply_decoding(const reply& r) : from_(r.from) {
        const stream_codec_ops<Op>* const ops = r.codec != nullptr ? stream_codec<Op>(*r.codec) : nullptr;
        if (ops != nullptr && r.stream != nullptr) decoder_ = ops->make_decoder(r.how.get());
        else fault_ = error(errc::internal, "a layer of the gateway answered in another form than the call asked for");
    }

    /// The next piece, alive until `run` has run; an empty one is the proper end.
    void take(std::string_view piece) noexcept {
        piece_ = piece;
        last_ = piece.empty();
        undecoded_ += piece.size();
    }
    /// Whether `run` may take longer than the event loop may be kept from others. Pieces are
    /// short; what makes events long is held by the decoder.
    [[nodiscard]] bool is_long() const noexcept { return undecoded_ > offload_translation_above; }
    std::size_t bytes() const noexcept override { return undecoded_; }
    void run() override {
        batch_.clear();
        if (fault_) return;
        const result<void> decoded = last_ ? decoder_->finish(batch_) : decoder_->feed(piece_, batch_);
        if (!decoded) fault_ = reported_by(from_, decoded.error());
        if (!batch_.empty()) undecoded_ = 0;
    }
    /// The next event, or null when another piece is due. Views in it live until `run`.
    [[nodiscard]] const typename Op::event* try_next() noexcept { return batch_.try_next(); }
    [[nodiscard]] bool has_events() const noexcept { return !batch_.empty(); }
    /// Why no event follows those of the batch, if so; such a stream has not ended properly.
    [[nodiscard]] const std::optional<error>& fault() const noexcept { return fault_; }
    void fail(error why) { fault_ = std::move(why); }
    /// The end was taken.
    [[nodiscard]] bool last() const noexcept { return last_; }
    /// Gives back the memory of a large batch.
    void forget_batch() { batch_ = typename Op::batch(); }

private:
    const deployment* from_;
    std::unique_ptr<any_stream_decoder<Op>> decoder_;
    typename Op::batch batch_;
    std::optional<error> fault_;
    std::string_view piece_;
    /// Bytes since the decoder last gave an event, thus at least what it holds of the next.
    std::size_t undecoded_ = 0;
    bool last_ = false;
};

template <operation Op> class reply_events;
namespace detail {
template <class Op> inline constexpr bool keeps_frames<reply_events<Op>> = true;
} // namespace detail

/// The events of a streamed reply, in the vocabulary: for layers and programs that run a call
/// themselves.
///
/// `while (co_await e.read_more()) while (auto* ev = e.try_next()) use(*ev);` then look at
/// `failure()`: a stream that broke is not a clean end. Not thread-safe; \p c, which the reply came
/// from, must outlive it.
template <operation Op> class reply_events {
public:
    reply_events(call& c, reply r) : call_(&c), reply_(std::make_unique<reply>(std::move(r))), decoding_(std::make_unique<reply_decoding<Op>>(*reply_)) {}

    [[nodiscard]] const typename Op::event* try_next() noexcept { return decoding_->try_next(); }
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return decoding_->fault(); }
    /// Waits for the next events; false at the end, clean or not.
    [[nodiscard]] boost::asio::awaitable<bool> read_more() {
        while (!decoding_->last() && !decoding_->fault()) {
            const result<std::string_view> piece = co_await reply_->stream->read_some();
            if (!piece) {
                decoding_->fail(piece.error());
                break;
            }
            decoding_->take(*piece);
            if (decoding_->is_long()) {
                const result<void> ran = co_await call_->on->offload(*decoding_, call_->stop);
                if (!ran) decoding_->fail(ran.error());
            } else {
                decoding_->run();
            }
            if (decoding_->has_events()) co_return true;
        }
        co_return false;
    }
    /// The reply without what was read of it.
    [[nodiscard]] const reply& of() const noexcept { return *reply_; }
    /// Tokens reported so far.
    [[nodiscard]] const usage& tokens() const noexcept { return reply_->stream != nullptr ? reply_->stream->tokens() : reply_->tokens; }
    /// Cancels the upstream; no event is read any more.
    void close() {
        reply_->tokens = tokens();
        reply_->stream.reset();
        if (!decoding_->fault()) decoding_->fail(error(errc::cancelled));
    }

private:
    call* call_;
    std::unique_ptr<reply> reply_;
    std::unique_ptr<reply_decoding<Op>> decoding_;
};

namespace detail {
/// Reads the relayed stream of \p r to its end, into `reply::body`: no more than the attempt's
/// `http_limits::max_body`, and within the memory of \p c.
LLMX_DECL boost::asio::awaitable<result<void>> collect_reply(call& c, reply& r);
} // namespace detail

/// `reply::as`, on another thread when the reply would keep this one from others for too long. A reply of
/// octets or text that is relayed is read to its end before.
template <operation Op> boost::asio::awaitable<result<typename Op::reply>> decode_reply(call& c, reply& r) {
    if constexpr (Op::info.answer == operation_info::answers::octets || Op::info.answer == operation_info::answers::text) {
        if (r.stream != nullptr) {
            const result<void> collected = co_await detail::collect_reply(c, r);
            if (!collected) co_return collected.error();
        }
    }
    if (r.body.size() <= offload_translation_above) co_return r.template as<Op>();
    struct decoding final : offloaded_work {
        explicit decoding(reply& whole) noexcept : from(&whole) {}
        std::size_t bytes() const noexcept override { return from->body.size(); }
        void run() override {
            got = from->template as<Op>();
            from->how.reset();
        }
        reply* from;
        result<typename Op::reply> got;
    };
    decoding work(r);
    const result<void> ran = co_await c.on->offload(work, c.stop);
    if (!ran) co_return ran.error();
    co_return std::move(work.got);
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/reply_events.ipp>
#endif
