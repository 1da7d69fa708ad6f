// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/ocr.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Mistral's reading of documents, `POST /v1/ocr`, also at Azure AI and Vertex AI.
///
/// Source: Mistral's OpenAPI description (OCRRequest, OCRResponse, FileChunk, DocumentURLChunk, ImageURLChunk).
///
/// Decisions where the vocabulary and the wire differ:
/// - `image_url` is read as a text and as an object with `url`, and written as a text.
/// - Of pages and images the members that the vocabulary does not have are kept as they are.
/// - Pages are charged, at another price when there is an annotation in the answer.
struct mistral_ocr : detail::openai_flat_codec {
    using operation = ocr;
    static constexpr std::string_view name = "mistral_ocr";
    static constexpr std::string_view language = "mistral";
    static constexpr std::string_view path = "/ocr";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a document and a model (here or in \p target).
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<ocr_request> decode_request(std::string_view body, const request_target& target);
    /// Fails with `errc::invalid_request` when the document is neither a URL nor a file; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const ocr_request& request, const encode_options& options, std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const ocr_request& request);
    /// An error object in a body that came with status 200 is a failure too.
    LLMX_DECL [[nodiscard]] static result<ocr_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const ocr_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A list of pages (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

/// The codecs of `ocr`.
struct ocr_forms {
    using list = codec_list<mistral_ocr>;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/mistral/impl/ocr.ipp>
#endif
