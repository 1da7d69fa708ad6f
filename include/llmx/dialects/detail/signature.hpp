// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

// A vendor refuses a thought that another one signed. So a façade that returns a signature of
// another vendor than its language's marks the vendor: "llmx::gemini_generate:…", with the name of
// the signer's dialect. Signatures are base64, which has no colon.

inline constexpr std::string_view signature_mark = "llmx::";

/// A signature and the dialect whose vendor gave it.
struct signed_by {
    std::string_view signer, signature;
};

/// Takes a tag off; without one the signature is \p untagged's.
[[nodiscard]] constexpr signed_by read_signature(std::string_view text, std::string_view untagged) noexcept {
    if (text.empty()) return signed_by();
    if (!text.starts_with(signature_mark)) return signed_by{untagged, text};
    const std::string_view tagged = text.substr(signature_mark.size());
    const std::size_t end = tagged.find(':');
    if (end == std::string_view::npos) return signed_by();
    return signed_by{tagged.substr(0, end), tagged.substr(end + 1)};
}

/// The prefix of \p signer's signatures in the language \p own: nothing for its own
/// vendor's and for those whose signer is unknown.
[[nodiscard]] inline std::string signature_tag(std::string_view signer, std::string_view own) {
    if (signer.empty() || signer == own) return std::string();
    return std::string(signature_mark).append(signer).append(":");
}

} // namespace llmx::inline LLMX_ABI::detail
