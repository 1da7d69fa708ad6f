// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/any_token_counter.hpp>
#include <llmx/core/chat.hpp>
#include <llmx/core/count.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/server/http_request_reader.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/service/reply_events.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// \file
/// A façade's work on the bytes of a request or an answer, for the event loop's thread when
/// there are few of them and for another when there are many.

namespace llmx::inline LLMX_ABI::detail {

/// Finds the values in a request's body that routing needs.
template <codec C> class request_scanning final : public offloaded_work {
public:
    request_scanning(std::string_view body, const http_request_head& http, const request_target& target,
                     result<request_head>& to) noexcept
        : body_(body), http_(&http), target_(&target), to_(&to) {}
    std::size_t bytes() const noexcept override { return body_.size(); }
    void run() override {
        if constexpr (requires { C::scan_request(body_, std::string_view(), *target_); })
            *to_ = C::scan_request(body_, http_->find("content-type"), *target_);
        else *to_ = C::scan_request(body_, *target_);
    }

private:
    std::string_view body_;
    const http_request_head* http_;
    const request_target* target_;
    result<request_head>* to_;
};

/// Writes a whole answer anew in the form \p C.
template <codec C> class reply_rewriting final : public offloaded_work {
public:
    /// \p estimate are the tokens of an answer whose provider reported none; empty: it reported them.
    reply_rewriting(reply& answer, const reply_options& how, const usage& estimate, std::string& out) noexcept
        : answer_(&answer), how_(&how), estimate_(&estimate), out_(&out) {}
    result<void> good = success();
    /// Media type of what was written.
    std::string type = "application/json";

    std::size_t bytes() const noexcept override { return answer_->body.size(); }
    void run() override {
        result<typename C::operation::reply> decoded = answer_->as<typename C::operation>();
        if constexpr (std::is_same_v<typename C::operation, chat>)
            if (decoded && !estimate_->empty()) decoded->usage = *estimate_;
        if (!decoded) {
            good = decoded.error();
            return;
        }
        C::encode_reply(*decoded, *how_, *out_);
        if constexpr (requires { decoded->content_type; })
            if (!decoded->content_type.empty()) type = decoded->content_type;
    }

private:
    reply* answer_;
    const reply_options* how_;
    const usage* estimate_;
    std::string* out_;
};

/// Counts the tokens of a request.
template <class Op> class token_counting final : public offloaded_work {
public:
    token_counting(const any_token_counter& counter, const typename Op::request& request, std::size_t bytes, std::string_view name) noexcept
        : counter_(&counter), request_(&request), bytes_(bytes), name_(name) {}
    std::int64_t tokens = 0;

    std::size_t bytes() const noexcept override { return bytes_; }
    void run() override { tokens = clamp_count(static_cast<std::int64_t>(counter_->count_input(*request_, name_))); }

private:
    const any_token_counter* counter_;
    const typename Op::request* request_;
    std::size_t bytes_;
    std::string_view name_;
};

/// Counts the tokens of a chat request in the form \p C and of its whole answer.
template <codec C> class usage_counting final : public offloaded_work {
public:
    usage_counting(const any_token_counter& counter, const call& c, const reply& answer, std::string_view name) noexcept
        : counter_(&counter), call_(&c), answer_(&answer), name_(name) {}
    /// Empty when the request or the answer cannot be read.
    usage counted;

    std::size_t bytes() const noexcept override { return call_->in.body.size() + answer_->body.size(); }
    void run() override {
        request_target target;
        target.model = call_->in.path_model;
        const result<chat_request> asked = C::decode_request(call_->in.body, target);
        const result<chat_reply> got = answer_->template as<chat>();
        if (!asked || !got) return;
        counted.input_tokens = clamp_count(static_cast<std::int64_t>(counter_->count_input(*asked, name_)));
        counted.output_tokens = clamp_count(static_cast<std::int64_t>(counter_->count_output(*got, name_)));
    }

private:
    const any_token_counter* counter_;
    const call* call_;
    const reply* answer_;
    std::string_view name_;
};

/// Writes a streamed answer anew in the form \p C, piece by piece.
template <codec C> class stream_translation final : public offloaded_work {
public:
    stream_translation(reply& answer, const reply_options& how, std::string& out)
        : encoder(how), decoding_(answer), out_(&out) {}

    typename C::stream_encoder encoder;
    /// The failure that broke the stream, if so.
    result<void> good = success();
    /// Nothing follows from the provider.
    bool last = false;
    /// `run` has written as much as may be held at once, and has to be called again.
    bool more = false;

    /// The next piece, which `run` translates; an empty one is the end.
    void take(std::string_view piece) noexcept {
        decoding_.take(piece);
        last = piece.empty();
    }
    /// The stream broke for the reason \p why; `run` has nothing to translate then.
    void fail(error why) {
        good = std::move(why);
        last = true;
        more = false;
        out_->clear();
    }
    /// Whether `run` may take longer than the event loop may be kept from others.
    [[nodiscard]] bool is_long() const noexcept { return good.has_value() && (more || decoding_.is_long()); }

    std::size_t bytes() const noexcept override { return decoding_.bytes(); }
    void run() override {
        if (!good) return;
        const bool large = is_long();
        out_->clear();
        if (!more) decoding_.run();
        more = false;
        // Events decoded before a fault are the caller's.
        while (const auto* const event = decoding_.try_next()) {
            encoder.encode(*event, *out_);
            more = out_->size() > enough;
            if (more) return;
        }
        if (decoding_.fault()) good = *decoding_.fault();
        else if (last) encoder.finish(*out_);
        if (large) decoding_.forget_batch();
    }

private:
    /// One event can become hundreds of times as many bytes (each part of it an event of its own).
    static constexpr std::size_t enough = std::size_t{256} * 1024;

    reply_decoding<typename C::operation> decoding_;
    std::string* out_;
};

} // namespace llmx::inline LLMX_ABI::detail
