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

namespace llmx::inline LLMX_ABI::detail {

/// Whether \p request would be more than about \p bytes of JSON. Reads no more of it than it
/// takes to know, so a large request costs no more to judge than one of \p bytes.
LLMX_DECL [[nodiscard]] bool outweighs(const chat_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const embedding_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const speech_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const moderation_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const rerank_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const image_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const ocr_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const search_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const video_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const video_state_request& request, std::size_t bytes) noexcept;
LLMX_DECL [[nodiscard]] bool outweighs(const transcription_request& request, std::size_t bytes) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/request_weight.ipp>
#endif
