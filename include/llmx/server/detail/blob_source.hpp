// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/storage/blob_store.hpp>
#include <llmx/transport/body_source.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Bytes of a blob that are read in one step.
inline constexpr std::size_t blob_step = std::size_t{256} * 1024;

/// A form whose file is a blob: a text, the blob, a text. The blob may not change meanwhile.
LLMX_DECL class basic_blob_form final : public body_source {
public:
    /// \p size is the blob's. \p all and \p stop must outlive this.
    basic_blob_form(blob_store& all, std::string key, std::uint64_t size, std::string head, std::string tail, cancellation& stop)
        : all_(&all), key_(std::move(key)), size_(size), head_(std::move(head)), tail_(std::move(tail)), stop_(&stop) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (step_ == 0) {
            step_ = 1;
            co_return std::string_view(head_);
        }
        if (step_ == 1 && at_ < size_) {
            result<std::string> piece = co_await all_->read(key_, at_, blob_step, *stop_);
            if (!piece) co_return piece.error();
            if (piece->empty()) co_return error(errc::internal, "a file in the store ended before its size");
            piece_ = std::move(*piece);
            at_ += piece_.size();
            co_return std::string_view(piece_);
        }
        if (step_ == 1) {
            step_ = 2;
            co_return std::string_view(tail_);
        }
        co_return std::string_view();
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return head_.size() + size_ + tail_.size(); }

private:
    blob_store* all_;
    std::string key_;
    std::uint64_t size_, at_ = 0;
    std::string head_, tail_, piece_;
    cancellation* stop_;
    int step_ = 0;
};
using blob_form = LLMX_PLAIN(basic_blob_form);

} // namespace llmx::inline LLMX_ABI::detail
