// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/later.hpp>
#include <llmx/transport/connection.hpp>
#include <llmx/transport/detail/upload.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <charconv>
#include <exception>
#include <span>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The failure of a request when its length does not match the source.
LLMX_DECL [[nodiscard]] error wrong_length(std::string_view what, std::uint64_t announced) {
    std::string message = "the source of the request body produced ";
    message += what;
    message += " than the ";
    message += std::to_string(announced);
    message += " bytes it had announced";
    return error(errc::internal, std::move(message));
}

LLMX_DECL upload::upload(connection& c, body_source& source, bool chunk_begun)
    : connection_(&c), source_(&source), go_on_(c.socket_.get_executor(), time_point::max()),
      settled_(c.socket_.get_executor(), time_point::max()), in_chunk_(chunk_begun) {
    const std::optional<std::uint64_t> size = source.size();
    chunked_ = !size;
    left_ = size.value_or(0);
}

LLMX_DECL std::shared_ptr<upload> upload::begin(connection& c, body_source& source, bool chunk_begun) {
    const auto self = std::make_shared<upload>(c, source, chunk_begun);
    c.upload_ = self.get();
    self->wrote();
    boost::asio::co_spawn(LLMX_LATER(c.socket_.get_executor()), run(self),
                          boost::asio::bind_cancellation_slot(self->stop_.slot(), [self](const std::exception_ptr& e) {
                              // Out of memory, or a cancellation that reached the coroutine between two operations.
                              if (e && !self->ending_) self->fail(error(errc::internal, "the request body could not be sent"));
                              if (self->connection_ != nullptr) self->connection_->upload_ = nullptr;
                              self->pulling_ = false;
                              self->settled_.cancel();
                          }));
    return self;
}

LLMX_INLINE upload::~upload() {
    if (connection_ != nullptr) connection_->upload_ = nullptr;
}

LLMX_DECL void upload::wrote() noexcept {
    const bool all = last_chunk_ || (!chunked_ && left_ == 0);
    if (all && !connection_->writing_ && connection_->unsent().empty()) connection_->partial_ = false;
    go_on_.cancel();
}

LLMX_DECL bool upload::must_wait() const noexcept {
    return connection_ != nullptr && !ending_ && (connection_->writing_ || paused_);
}

LLMX_DECL bool upload::wants_more() const noexcept {
    if (connection_ == nullptr || ending_ || connection_->stopped_) return false;
    // A peer that stops reading is not a failure here: reading finds the reason.
    return connection_->unsent().empty() && !connection_->refused_early();
}

LLMX_DECL boost::asio::awaitable<void> upload::run(std::shared_ptr<upload> self) {
    upload& u = *self;
    const std::uint64_t announced = u.left_;
    for (;;) {
        while (u.must_wait()) co_await u.go_on_.async_wait(boost::asio::as_tuple(boost::asio::deferred));
        if (!u.wants_more()) co_return;
        if (u.last_chunk_) co_return;
        result<std::string_view> block = errc::internal;
        u.pulled_ = u.pulling_ = true;
        try {
            block = co_await u.source_->read_some();
        } catch (const std::exception& e) {
            block = error(errc::internal, std::string("the source of the request body failed: ") + e.what());
        }
        u.pulling_ = false;
        u.settled_.cancel();
        if (u.connection_ == nullptr || u.ending_) co_return;
        if (!block) {
            u.fail(block.error());
            co_return;
        }
        if (!u.chunked_) {
            if (block->empty() && u.left_ == 0) co_return;
            if (block->empty() || block->size() > u.left_) {
                u.fail(wrong_length(block->empty() ? "fewer" : "more", announced));
                co_return;
            }
            u.left_ -= block->size();
        }
        u.give(*block);
    }
}

LLMX_DECL void upload::give(std::string_view block) {
    using boost::asio::const_buffer;
    if (!chunked_) {
        const std::array<const_buffer, 1> all = {const_buffer(block.data(), block.size())};
        connection_->write_more(all);
        return;
    }
    char* at = chunk_.data();
    const auto line_end = [&at] {
        *at++ = '\r';
        *at++ = '\n';
    };
    if (in_chunk_) line_end();
    at = std::to_chars(at, chunk_.data() + chunk_.size() - 4, block.size(), 16).ptr;
    line_end();
    if (block.empty()) line_end();
    in_chunk_ = true;
    last_chunk_ = block.empty();
    const std::array<const_buffer, 2> all = {const_buffer(chunk_.data(), static_cast<std::size_t>(at - chunk_.data())),
                                             const_buffer(block.data(), block.size())};
    connection_->write_more(std::span<const const_buffer>(all).first(last_chunk_ ? 1 : 2));
}

LLMX_DECL void upload::fail(error why) noexcept {
    if (!failure_) failure_ = std::move(why);
    if (connection_ != nullptr) connection_->stop(errc::cancelled);
}

LLMX_DECL boost::asio::awaitable<void> upload::settled() {
    // Whatever cancelled the caller has to wait for the source too.
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    while (pulling_) co_await settled_.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
}

LLMX_DECL boost::asio::awaitable<void> upload::pause() {
    paused_ = true;
    return settled();
}

LLMX_DECL boost::asio::awaitable<void> upload::end() {
    ending_ = true;
    go_on_.cancel();
    if (pulling_) stop_.emit(boost::asio::cancellation_type::terminal);
    return settled();
}

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(uploading_body)::read_some() {
    upload_->resume();
    result<std::string_view> read = co_await body_->read_some();
    if (read && !read->empty()) {
        co_await upload_->pause();
        co_return read;
    }
    co_await upload_->end();
    if (!read && upload_->failure()) co_return *upload_->failure();
    co_return read;
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(uploading_body)::read_all(std::string& out) {
    upload_->resume();
    const result<void> read = co_await body_->read_all(out);
    co_await upload_->end();
    if (!read && upload_->failure()) co_return *upload_->failure();
    co_return read;
}

} // namespace llmx::inline LLMX_ABI::detail
