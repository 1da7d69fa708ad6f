// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/detail/media_formats.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/detail/ascii.hpp>

#include <array>

namespace llmx::inline LLMX_ABI::detail {

/// API_runtime_ImageBlock, _DocumentBlock, _AudioBlock and _VideoBlock; the first row of a format has its usual media type.
inline constexpr std::array<bedrock_format, 48> bedrock_formats = {{
    {bedrock_format::block::image, "png", "image/png"},
    {bedrock_format::block::image, "jpeg", "image/jpeg", "jpg"},
    {bedrock_format::block::image, "jpeg", "image/jpg"},
    {bedrock_format::block::image, "gif", "image/gif"},
    {bedrock_format::block::image, "webp", "image/webp"},
    {bedrock_format::block::document, "pdf", "application/pdf"},
    {bedrock_format::block::document, "pdf", "application/x-pdf"},
    {bedrock_format::block::document, "csv", "text/csv"},
    {bedrock_format::block::document, "csv", "application/csv"},
    {bedrock_format::block::document, "doc", "application/msword"},
    {bedrock_format::block::document, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {bedrock_format::block::document, "xls", "application/vnd.ms-excel"},
    {bedrock_format::block::document, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {bedrock_format::block::document, "html", "text/html", "htm"},
    {bedrock_format::block::document, "html", "application/xhtml+xml"},
    {bedrock_format::block::document, "md", "text/markdown", "markdown"},
    {bedrock_format::block::document, "md", "text/x-markdown"},
    {bedrock_format::block::document, "txt", "text/plain"},
    {bedrock_format::block::audio, "mp3", "audio/mpeg"},
    {bedrock_format::block::audio, "mp3", "audio/mp3"},
    {bedrock_format::block::audio, "wav", "audio/wav"},
    {bedrock_format::block::audio, "wav", "audio/x-wav"},
    {bedrock_format::block::audio, "wav", "audio/wave"},
    {bedrock_format::block::audio, "wav", "audio/vnd.wave"},
    {bedrock_format::block::audio, "flac", "audio/flac"},
    {bedrock_format::block::audio, "flac", "audio/x-flac"},
    {bedrock_format::block::audio, "ogg", "audio/ogg"},
    {bedrock_format::block::audio, "opus", "audio/opus"},
    {bedrock_format::block::audio, "aac", "audio/aac"},
    {bedrock_format::block::audio, "x-aac", "audio/x-aac"},
    {bedrock_format::block::audio, "m4a", "audio/m4a"},
    {bedrock_format::block::audio, "m4a", "audio/x-m4a"},
    {bedrock_format::block::audio, "mp4", "audio/mp4"},
    {bedrock_format::block::audio, "mpga", "audio/mpga"},
    {bedrock_format::block::audio, "pcm", "audio/pcm"},
    {bedrock_format::block::audio, "pcm", "audio/l16"},
    {bedrock_format::block::audio, "mka", "audio/x-matroska"},
    {bedrock_format::block::audio, "webm", "audio/webm"},
    {bedrock_format::block::video, "mp4", "video/mp4"},
    {bedrock_format::block::video, "mov", "video/quicktime"},
    {bedrock_format::block::video, "mov", "video/mov"},
    {bedrock_format::block::video, "webm", "video/webm"},
    {bedrock_format::block::video, "mkv", "video/x-matroska"},
    {bedrock_format::block::video, "mpeg", "video/mpeg", "mpg"},
    {bedrock_format::block::video, "flv", "video/x-flv"},
    {bedrock_format::block::video, "flv", "video/flv"},
    {bedrock_format::block::video, "wmv", "video/x-ms-wmv"},
    {bedrock_format::block::video, "three_gp", "video/3gpp", "3gp"},
}};

/// The format of a media type; null when the API has none.
LLMX_DECL [[nodiscard]] const bedrock_format* bedrock_format_of_type(std::string_view type) noexcept {
    type = trim_ows(type.substr(0, type.find(';')));
    for (const bedrock_format& f : bedrock_formats)
        if (equals_ignoring_case(f.media_type, type)) return &f;
    return nullptr;
}

/// What follows the last point of \p name; empty when there is none.
LLMX_DECL [[nodiscard]] std::string_view file_extension(std::string_view name) noexcept {
    const std::size_t dot = name.find_last_of("./\\");
    return dot == std::string_view::npos || name[dot] != '.' ? std::string_view() : name.substr(dot + 1);
}

LLMX_DECL [[nodiscard]] const bedrock_format* bedrock_format_of_name(std::string_view filename) noexcept {
    const std::string_view end = file_extension(filename);
    if (end.empty()) return nullptr;
    for (const bedrock_format& f : bedrock_formats)
        if (equals_ignoring_case(f.name, end) || equals_ignoring_case(f.extension, end)) return &f;
    return nullptr;
}

LLMX_DECL const bedrock_format* bedrock_format_of_name(bedrock_format::block kind, std::string_view name) noexcept {
    if (name.empty()) return nullptr;
    for (const bedrock_format& f : bedrock_formats)
        if (f.kind == kind && (f.name == name || f.extension == name)) return &f;
    return nullptr;
}

LLMX_DECL bool bedrock_read_source(const media& m, std::string_view filename, bedrock_source& to) {
    if (!m.file_id.empty()) return false;
    std::string_view type = m.media_type;
    to.data = m.data;
    if (to.data.empty() && is_data_url(m.url)) {
        const auto inlined = parse_data_url(m.url);
        if (!inlined) return false;
        type = inlined->media_type;
        to.data = inlined->payload;
        if (!inlined->base64) {
            const auto bytes = data_url_bytes(*inlined);
            if (!bytes) return false;
            to.made = base64_encode(*bytes);
            to.data = to.made;
        }
    } else if (to.data.empty() && m.url.starts_with("s3://")) {
        to.s3 = m.url;
        if (filename.empty()) filename = m.url;
    }
    if (to.data.empty() && to.s3.empty()) return false;
    if (!to.data.empty()) type = type_by_bytes(type, to.data);
    const bedrock_format* found = bedrock_format_of_type(type);
    // "text/plain" is also the type that clients send for a file of unknown type.
    if (found == nullptr || found->name == "txt") {
        const bedrock_format* const by_name = bedrock_format_of_name(filename);
        if (by_name != nullptr && (found == nullptr || by_name->kind == found->kind)) found = by_name;
    }
    if (found == nullptr) found = bedrock_format_of_type(type_of_base64(to.data));
    if (found == nullptr && type.starts_with("text/")) found = bedrock_format_of_type("text/plain");
    if (found == nullptr) return false;
    to.format = *found;
    return true;
}

LLMX_DECL std::string bedrock_document_name(std::string_view filename, const bedrock_format& format) {
    constexpr std::size_t most = 190; // of 200: a number may follow
    const std::string_view end = file_extension(filename);
    if (!end.empty() && (equals_ignoring_case(end, format.name) || equals_ignoring_case(end, format.extension)))
        filename.remove_suffix(end.size() + 1);
    std::string out;
    for (const char c : filename) {
        const bool kept = is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '(' || c == ')' || c == '[' || c == ']';
        if (kept) out += c;
        else if (!out.empty() && out.back() != ' ') out += ' ';
        if (out.size() == most) break;
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

} // namespace llmx::inline LLMX_ABI::detail
