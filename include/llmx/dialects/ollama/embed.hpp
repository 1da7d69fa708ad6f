// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/ollama/detail/form.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Ollama's embeddings (POST /api/embed): one text or several, vectors in their order.
///
/// Source: docs/api.md and api/types.go of github.com/ollama/ollama.
///
/// Decisions where the vocabulary and the wire differ: inputs are texts, token ids are refused; there is no task type and no title.
struct ollama_embed : detail::ollama_codec {
    using operation = embeddings;
    static constexpr std::string_view name = "ollama_embed";
    static constexpr std::string_view path = "/api/embed";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model and an input.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static result<embedding_request> decode_request(std::string_view body, const request_target& target);
    /// `errc::invalid_request` when there is no input, or one is token ids.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const embedding_request& request);
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out);
    /// A vector, at least one (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

/// Ollama's older embeddings (POST /api/embeddings): the vector of one `prompt`. A request for several inputs is refused.
struct ollama_embeddings : detail::ollama_codec {
    using operation = embeddings;
    static constexpr std::string_view name = "ollama_embeddings";
    static constexpr std::string_view path = "/api/embeddings";

    /// As those of `ollama_embed`.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static result<embedding_request> decode_request(std::string_view body, const request_target& target);
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const embedding_request& request);
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(flat_codec<ollama_embed> && flat_codec<ollama_embeddings>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/ollama/impl/embed.ipp>
#endif
