// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/dialects/dialect.hpp>
#include <llmx/gateway/credentials.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/service/reply.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

/// \file
/// What a façade does with the bytes of a request or an answer, for the event loop's thread when
/// there are few of them and for another when there are many.

namespace llmx::inline v0::detail {

/// An error when the provider says that a choice broke off.
[[nodiscard]] LLMX_DECL result<void> unbroken(const chat_reply& reply, const call_context& context);
[[nodiscard]] LLMX_DECL error broken_generation(const call_context& context);

/// Finds in a request's body what routing needs.
template <chat_dialect D> class request_scanning final : public offloaded_work {
public:
    request_scanning(std::string_view body, const request_target& target, result<request_head>& to) noexcept
        : body_(body), target_(&target), to_(&to) {}
    std::size_t bytes() const noexcept override { return body_.size(); }
    void run() override { *to_ = D::scan_request(body_, *target_); }

private:
    std::string_view body_;
    const request_target* target_;
    result<request_head>* to_;
};

/// Writes a whole answer anew in the language \p D.
template <chat_dialect D> class reply_rewriting final : public offloaded_work {
public:
    reply_rewriting(reply& answer, const reply_options& how, const call& c, std::string& out) noexcept
        : answer_(&answer), how_(&how), call_(&c), out_(&out) {}
    result<void> good = success();

    std::size_t bytes() const noexcept override { return answer_->body.size(); }
    void run() override {
        result<chat_reply> decoded = answer_->dialect->decode_reply(answer_->body);
        if (decoded && answer_->tool_names != nullptr) answer_->tool_names->restore(*decoded);
        if (decoded) good = unbroken(*decoded, *call_->context);
        else good = without_credentials(*call_, decoded.error());
        if (good) D::encode_reply(*decoded, *how_, *out_);
    }

private:
    reply* answer_;
    const reply_options* how_;
    const call* call_;
    std::string* out_;
};

/// Writes a streamed answer anew in the language \p D, piece by piece.
template <chat_dialect D> class stream_translation final : public offloaded_work {
public:
    stream_translation(reply& answer, const reply_options& how, const call& c, std::string& out)
        : encoder(how),
          decoder_(answer.dialect->make_decoder(decode_options(answer.answer_by_tool, answer.tool_names.get()))),
          call_(&c), out_(&out) {}

    typename D::stream_encoder encoder;
    /// What broke the stream, if so.
    result<void> good = success();
    /// Nothing follows from the provider.
    bool last = false;
    /// `run` has written as much as may be held at once, and has to be called again.
    bool more = false;

    /// The next piece, which `run` translates; an empty one is the end.
    void take(std::string_view piece) noexcept {
        piece_ = piece;
        last = piece.empty();
        undecoded_ += piece.size();
    }
    /// The stream broke for the reason \p why; `run` has nothing to translate then.
    void fail(error why) {
        good = std::move(why);
        last = true;
        more = false;
        out_->clear();
    }
    /// Whether `run` may take longer than the event loop may be kept from others. Pieces are
    /// short; what makes events long is held by the decoder.
    [[nodiscard]] bool is_long() const noexcept {
        return good.has_value() && (more || undecoded_ > offload_translation_above);
    }

    std::size_t bytes() const noexcept override { return undecoded_; }
    void run() override {
        if (!good) return;
        const bool large = is_long();
        out_->clear();
        if (!more) {
            events_.clear();
            fault_ = last ? decoder_->finish(events_) : decoder_->feed(piece_, events_);
            if (!fault_) fault_ = without_credentials(*call_, fault_.error());
            if (!events_.empty()) undecoded_ = 0;
        }
        more = false;
        // What was understood before the fault is the caller's.
        while (const chat_event* const event = events_.try_next()) {
            if (event->what == chat_event::kind::finish && event->reason == finish_reason::failed) {
                if (fault_) fault_ = broken_generation(*call_->context);
                break;
            }
            encoder.encode(*event, *out_);
            more = out_->size() > enough;
            if (more) return;
        }
        good = fault_;
        if (good && last) encoder.finish(*out_);
        if (large) events_ = event_batch();
    }

private:
    /// One event can become hundreds of times as many bytes (each part of it an event of its own).
    static constexpr std::size_t enough = std::size_t{256} * 1024;

    std::unique_ptr<any_stream_decoder> decoder_;
    result<void> fault_ = success();
    const call* call_;
    std::string* out_;
    event_batch events_;
    std::string_view piece_;
    /// Bytes since the decoder last gave an event, thus at least what it holds of the next.
    std::size_t undecoded_ = 0;
};

} // namespace llmx::inline v0::detail
