// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The dialect whose vendor alone can resolve a stored file by \p id: OpenAI gives "file-…",
/// Anthropic "file_…", Google "files/…", also as a URL. Empty for ids of another form.
[[nodiscard]] constexpr std::string_view issuer_of_file(std::string_view id) noexcept {
    if (id.starts_with("file-")) return "openai_chat";
    if (id.starts_with("file_")) return "anthropic_messages";
    if (id.starts_with("files/") || id.starts_with("https://generativelanguage.googleapis.com/")) return "gemini_generate";
    return std::string_view();
}

/// Whether a provider of the language \p dialect may resolve the file.
[[nodiscard]] constexpr bool may_know_file(std::string_view dialect, std::string_view id) noexcept {
    const std::string_view issuer = issuer_of_file(id);
    return issuer.empty() || issuer == dialect;
}

} // namespace llmx::inline LLMX_ABI::detail
