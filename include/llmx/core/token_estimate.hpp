// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/embeddings.hpp>
#include <llmx/core/images.hpp>
#include <llmx/core/moderation.hpp>
#include <llmx/core/ocr.hpp>
#include <llmx/core/rerank.hpp>
#include <llmx/core/speech.hpp>
#include <llmx/core/transcription.hpp>
#include <llmx/core/video.hpp>
#include <llmx/core/web_search.hpp>

#include <cstddef>
#include <cstdint>

namespace llmx::inline LLMX_ABI {

/// Tokens that \p bytes of text are taken for before a provider has counted them: four bytes a
/// token, the usual rule for English (https://help.openai.com/en/articles/4936856). Limits settle on
/// the true count when it is known.
[[nodiscard]] constexpr std::uint64_t tokens_of_text(std::size_t bytes) noexcept { return bytes / 4; }

/// Tokens that an image, a document or a recording is taken for, whatever its bytes: they are
/// base64 and do not indicate it. OpenAI counts 85 to 1,105 for an image at high detail
/// (https://platform.openai.com/docs/guides/images-vision), Gemini 258 for a tile or a page.
inline constexpr std::uint64_t tokens_of_media = 1000;

/// The tokens that rate limiters reserve for \p request: its text, its media and the output that it asks for.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const chat_request& request) noexcept;
/// The same: text, and one for each token id.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const embedding_request& request) noexcept;
/// The same: the text to be read aloud and the instructions.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const speech_request& request) noexcept;
/// The same: the texts and images to be judged.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const moderation_request& request) noexcept;
/// The same: the documents, and the query that is compared with each of them.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const rerank_request& request) noexcept;
/// The same: the prompt, the images that are sent and those that are asked for.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const image_request& request) noexcept;
/// The same: the document, however many pages it has.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const ocr_request& request) noexcept;
/// The same: the queries.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const search_request& request) noexcept;
/// The same: the prompt and an image before it.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const video_request& request) noexcept;
/// None: nothing is made.
[[nodiscard]] inline std::uint64_t estimate_tokens(const video_state_request&) noexcept { return 0; }
/// The same: the recording and the text before it.
LLMX_DECL [[nodiscard]] std::uint64_t estimate_tokens(const transcription_request& request) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/token_estimate.ipp>
#endif
