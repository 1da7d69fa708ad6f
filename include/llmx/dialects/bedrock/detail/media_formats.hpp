// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/content.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// One of the API's formats of images, documents, audio clips and videos.
struct bedrock_format {
    enum class block : std::uint8_t { none, image, document, audio, video };
    block kind = block::none;
    /// Value of the member `format`.
    std::string_view name;
    std::string_view media_type;
    /// A further end of file names, where it is not the name of the format.
    std::string_view extension = std::string_view();
};

/// The bytes of a part, or the object in S3 that has them: all that the API takes.
struct bedrock_source {
    bedrock_source() = default;
    bedrock_format format;
    /// Base64.
    std::string_view data;
    /// "s3://bucket/key"; empty when there are bytes.
    std::string_view s3;
    /// Owns the bytes that `data` views, where the part does not.
    std::string made;
};

/// Finds source and format of \p m. \p filename, which may be empty, gives the format where the media type does not.
/// False for a URL of the web, a file's id, no bytes at all, and for a format that the API does not have.
LLMX_DECL [[nodiscard]] bool bedrock_read_source(const media& m, std::string_view filename, bedrock_source& to);

/// The format of the kind \p kind that a client calls \p name; null when the API has none.
LLMX_DECL [[nodiscard]] const bedrock_format* bedrock_format_of_name(bedrock_format::block kind, std::string_view name) noexcept;

/// \p filename as the name of a document: letters, digits, single spaces, hyphens, parentheses and brackets,
/// at most 190 of them, without the extension \p format. Empty when nothing is left of it.
LLMX_DECL [[nodiscard]] std::string bedrock_document_name(std::string_view filename, const bedrock_format& format);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/bedrock/impl/media_formats.ipp>
#endif
