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
    if (data.starts_with("SUQz")) return "audio/mpeg";
    // The frames of MPEG begin with eleven bits that are set: layer III is MP3, the layer bits 00 are AAC (ADTS).
    if (data.starts_with("//") && data.size() > 2) {
        constexpr std::string_view layer_3 = "stuvopqrMNOPIJKL", adts = "EFGHklmn";
        if (layer_3.find(data[2]) != std::string_view::npos) return "audio/mpeg";
        if (adts.find(data[2]) != std::string_view::npos) return "audio/aac";
    }
    if (data.starts_with("T2dnUw")) return "audio/ogg";
    if (data.starts_with("ZkxhQw")) return "audio/flac";
    return std::string_view();
}

/// The MIME type of base64 \p data that is declared as \p declared: clients name an image "image/png" whatever it is,
/// and vendors refuse bytes of another kind. The bytes decide between images, between kinds of audio, and where nothing useful is
/// declared: "text/plain" is what a data URL without a type has (RFC 2397, section 2), and no text begins as these files do.
[[nodiscard]] constexpr std::string_view type_by_bytes(std::string_view declared, std::string_view data) noexcept {
    const bool open = declared.empty() || declared == "application/octet-stream" || declared == "binary/octet-stream" ||
                      declared == "text/plain" || declared.starts_with("text/plain;");
    const bool audio = declared.starts_with("audio/");
    if (!open && !audio && !declared.starts_with("image/") && declared != "application/pdf") return declared;
    const std::string_view seen = type_of_base64(data);
    if (seen.empty()) return declared;
    if (audio) {
        // "audio/mp3", "audio/x-wav" and the like name what the bytes are in other words.
        const bool same = (seen == "audio/mpeg" && (declared == "audio/mp3" || declared == "audio/mpeg3")) ||
                          (seen == "audio/wav" && declared.ends_with("wav")) || declared == "audio/wave" || declared.starts_with("audio/pcm");
        return seen.starts_with("audio/") && !same ? seen : declared;
    }
    return open || seen.starts_with("image/") || seen == "application/pdf" ? seen : declared;
}

} // namespace llmx::inline LLMX_ABI::detail
