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

} // namespace llmx::inline LLMX_ABI::detail
