// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/drop_report.hpp>

#include <span>
#include <string_view>
#include <utility>

/// \file
/// What encoders of images share: sizes, and members that most vendors have no word for.

namespace llmx::inline LLMX_ABI::detail {

/// Two whole numbers of at most five digits with \p between; zeros when \p text is not that.
LLMX_DECL [[nodiscard]] std::pair<int, int> read_image_pair(std::string_view text, char between) noexcept;

/// The one of \p ratios ("16:9") whose shape \p width x \p height has within 5 %; empty: none.
LLMX_DECL [[nodiscard]] std::string_view nearest_image_ratio(int width, int height, std::span<const std::string_view> ratios) noexcept;

/// Whether a request without events can be written at all: it has a prompt, or needs none, and asks for a whole answer.
LLMX_DECL [[nodiscard]] result<void> check_image_request(const image_request& request, const encode_options& options, bool needs_prompt,
                                                         drop_report& drops);

/// Reports quality, background and moderation as lost where they ask for more than a model does by itself.
LLMX_DECL void report_image_choices(const image_request& request, drop_report& drops);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/image_shape.ipp>
#endif
