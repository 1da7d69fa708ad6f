// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/form_upload.hpp>
#include <llmx/server/request_body.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL LLMX_OF(form_upload)::basic_form_upload(server_connection& peer)
    : connection_(&peer), memory_(peer.memory()) {}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(form_upload)::read_until_model(bool whole) {
    result<std::string> boundary = multipart_boundary(connection_->head().find("content-type"));
    if (!boundary) co_return error(boundary.error()).with_param("content-type");
    finder_.emplace(*boundary);
    while (!ended_ && (whole || !finder_->ready())) {
        const result<void> read = co_await read_piece();
        if (!read) co_return read;
    }
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(form_upload)::read_rest() {
    while (!ended_) {
        const result<void> read = co_await read_piece();
        if (!read) co_return read;
    }
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(form_upload)::read_piece() {
    const result<std::string_view> piece = co_await connection_->body_reader().read_some();
    if (!piece) co_return piece.error();
    if (piece->empty()) {
        ended_ = true;
        co_return success();
    }
    if (!hold(*piece)) {
        error e(errc::shed, "the gateway has no memory for the part of the form that must be there before it is sent; send the model first, or "
                            "try again later");
        co_return e.with_retry_after(std::chrono::seconds(1));
    }
    co_return finder_->feed(*piece);
}

LLMX_DECL bool LLMX_OF(form_upload)::hold(std::string_view bytes) {
    if (bytes.size() > held_.capacity() - held_.size()) {
        const std::size_t had = held_.capacity(), next = std::max(had * 2, held_.size() + bytes.size());
        if (!memory_.grow_body(next)) return false;
        held_.reserve(next);
        memory_.shrink(had);
    }
    held_ += bytes;
    return true;
}

LLMX_DECL request_head LLMX_OF(form_upload)::head() const {
    request_head h;
    h.model = finder_->model();
    h.model_begin = finder_->begin();
    h.model_end = finder_->end();
    return h;
}

LLMX_DECL void LLMX_OF(form_upload)::attach(inbound& in) noexcept {
    in_ = &in;
    in.source = this;
}

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(form_upload)::read_some() {
    in_->source_begun = true;
    result<std::string_view> piece = co_await connection_->body_reader().read_some();
    if (piece) {
        const result<void> sound = finder_->feed(*piece);
        if (!sound) piece = sound.error();
    }
    if (!piece) in_->source_failed = true;
    co_return piece;
}

LLMX_DECL std::optional<std::uint64_t> LLMX_OF(form_upload)::size() const noexcept {
    const std::optional<std::uint64_t> all = connection_->body_reader().size();
    if (!all) return std::nullopt;
    return *all - held_.size();
}

} // namespace llmx::inline LLMX_ABI::detail
