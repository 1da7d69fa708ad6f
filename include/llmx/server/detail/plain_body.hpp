// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/wire/content_coding.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A request's body without its content coding, and the memory that it takes.
struct plain_body {
    explicit plain_body(memory_budget* budget) noexcept : memory(budget) {}
    std::string text;
    memory_lease memory;
};

/// Decodes a request's body, on another thread: a small body may expand a thousandfold.
LLMX_DECL class basic_body_decoding final : public offloaded_work {
public:
    /// \p most bytes are allowed after decoding.
    basic_body_decoding(std::string_view coded, content_coding coding, std::size_t most, plain_body& to) noexcept
        : coded_(coded), coding_(coding), most_(most), to_(&to) {}
    /// `invalid_request`, `payload_too_large` or `shed` when the body cannot be had.
    result<void> good = success();

    std::size_t bytes() const noexcept override { return coded_.size(); }
    void run() override { good = decode(); }

private:
    [[nodiscard]] result<void> decode() const;

    std::string_view coded_;
    content_coding coding_;
    std::size_t most_;
    plain_body* to_;
};
using body_decoding = LLMX_PLAIN(basic_body_decoding);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/plain_body.ipp>
#endif
