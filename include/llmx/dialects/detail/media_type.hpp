// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// MIME type by the first bytes of base64 text; empty when unknown.
[[nodiscard]] constexpr std::string_view type_of_base64(std::string_view data) noexcept {
    if (data.starts_with("iVBORw0KGgo")) return "image/png";
    if (data.starts_with("/9j/")) return "image/jpeg";
    if (data.starts_with("R0lGOD")) return "image/gif";
    if (data.starts_with("UklGR")) return data.substr(0, 16).ends_with("XRUJQ") ? "image/webp" : "audio/wav";
    if (data.starts_with("JVBERi0")) return "application/pdf";
    if (data.starts_with("SUQz") || data.starts_with("//u")) return "audio/mpeg";
    if (data.starts_with("T2dnUw")) return "audio/ogg";
    if (data.starts_with("ZkxhQw")) return "audio/flac";
    return std::string_view();
}

/// The MIME type of base64 \p data that is declared as \p declared: clients name an image "image/png" whatever it is,
/// and vendors refuse bytes of another kind. The bytes decide between images, and where nothing useful is declared.
[[nodiscard]] constexpr std::string_view type_by_bytes(std::string_view declared, std::string_view data) noexcept {
    const bool open = declared.empty() || declared == "application/octet-stream";
    if (!open && !declared.starts_with("image/") && declared != "application/pdf") return declared;
    const std::string_view seen = type_of_base64(data);
    if (seen.empty()) return declared;
    return open || seen.starts_with("image/") || seen == "application/pdf" ? seen : declared;
}

} // namespace llmx::inline LLMX_ABI::detail
