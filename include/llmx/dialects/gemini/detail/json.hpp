// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/json_object_text.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/wire/json_writer.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Writes those members of \p extra directly under \p prefix: "" for those
/// without a dot, "generationConfig." for "generationConfig.speechConfig".
LLMX_DECL void write_proto_extra(json_writer& w, const extra_members& extra, std::string_view prefix);
/// Whether any member's name begins with \p prefix.
LLMX_DECL [[nodiscard]] bool has_proto_extra(const extra_members& extra, std::string_view prefix) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/json.ipp>
#endif
