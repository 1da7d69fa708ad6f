// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/transport/decoded_body.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A body in a content coding, read decoded.
LLMX_DECL class basic_decoded_body final : public http_body {
public:
    basic_decoded_body(http_body_ptr coded, std::unique_ptr<content_decoder> decoder, const http_limits& limits) noexcept
        : coded_(std::move(coded)), decoder_(std::move(decoder)), max_body_(limits.max_body), memory_(limits.memory) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override;
    boost::asio::awaitable<result<void>> read_all(std::string& out) override;
    void read_by(time_point when) noexcept override { coded_->read_by(when); }

private:
    /// What is decoded at once: the output of a piece that expands thousandfold is given in parts.
    static constexpr std::size_t ahead = std::size_t{64} * 1024;
    /// What is decoded in one turn of the event loop.
    static constexpr std::size_t longest_turn = std::size_t{1024} * 1024;

    http_body_ptr coded_;
    std::unique_ptr<content_decoder> decoder_;
    std::size_t max_body_;
    memory_lease* memory_;
    std::string_view piece_;
    std::string decoded_;
    std::size_t turn_ = 0;
};
using decoded_body = LLMX_PLAIN(basic_decoded_body);

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(decoded_body)::read_some() {
    for (;;) {
        decoded_.clear();
        // Without input: the decoder may still hold output.
        const result<void> ran = decoder_->decode(piece_, decoded_, ahead);
        if (!ran) co_return ran.error();
        if (!decoded_.empty()) {
            // A small piece can expand a thousandfold: others on this thread get their turns.
            turn_ += decoded_.size();
            if (turn_ > longest_turn) {
                turn_ = 0;
                const boost::asio::any_io_executor here = co_await boost::asio::this_coro::executor;
                co_await boost::asio::post(LLMX_LATER(boost::asio::any_io_executor(here)), boost::asio::use_awaitable);
            }
            co_return std::string_view(decoded_);
        }
        const result<std::string_view> got = co_await coded_->read_some();
        if (!got) co_return got.error();
        if (got->empty()) {
            if (decoder_->whole()) co_return std::string_view();
            co_return error(errc::truncated, "the answer's content coding ended before its end");
        }
        piece_ = *got;
        turn_ = 0;
    }
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(decoded_body)::read_all(std::string& out) {
    for (;;) {
        const result<std::string_view> more = co_await read_some();
        if (!more) co_return more.error();
        if (more->empty()) co_return success();
        if (more->size() > max_body_)
            co_return error(errc::bad_response, "the decoded answer is larger than the limit; raise max_response_size_mb "
                                                "(http_limits::max_body) if such answers are expected");
        max_body_ -= more->size();
        if (append_within(memory_, out, *more)) continue;
        error e(errc::shed, "the gateway has no memory for the provider's answer now; try again later");
        co_return e.with_retry_after(std::chrono::seconds(1));
    }
}

} // namespace detail

LLMX_DECL result<void> decode_content(http_response& response, const http_limits& limits) {
    const std::string_view named = find_field(response.fields, "content-encoding");
    const content_coding coding = content_coding_of(named);
    if (coding == content_coding::identity) return success();
    std::unique_ptr<content_decoder> decoder = make_content_decoder(coding);
    if (decoder == nullptr) {
        std::string text = "the provider answered in the content coding '";
        text += named.substr(0, 64);
        text += "', which was not asked for and which this program cannot decode; ";
        switch (coding) {
        case content_coding::gzip:
        case content_coding::deflate: text += "build it with LLMX_WITH_ZLIB, or have the provider answer uncompressed"; break;
        case content_coding::brotli: text += "build it with LLMX_WITH_BROTLI, or have the provider answer uncompressed"; break;
        default: text += "have the provider answer uncompressed"; break;
        }
        return error(errc::bad_response, std::move(text));
    }
    response.body = http_body_ptr(new detail::LLMX_OF(decoded_body)(std::move(response.body), std::move(decoder), limits));
    return success();
}

} // namespace llmx::inline LLMX_ABI
