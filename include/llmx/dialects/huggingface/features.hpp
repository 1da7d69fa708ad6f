// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The embeddings of Hugging Face: `POST /embed` of Text Embeddings Inference, and the task `feature-extraction` of its Inference API.
///
/// Source: huggingface.co/docs/inference-providers/tasks/feature-extraction; huggingface.github.io/text-embeddings-inference (EmbedRequest).
///
/// Decisions where the vocabulary and the wire differ:
/// - The body names no model: a server has one, and the Inference API has it in its path.
/// - `normalize`, `truncate`, `truncation_direction` and `prompt_name` in a request of another language are the vendor's own.
/// - Token ids are refused. An answer counts no tokens: its usage is empty.
/// - A model without pooling answers with a vector for each token, which is `errc::bad_response`.
struct huggingface_features {
    using operation = embeddings;
    static constexpr std::string_view name = "huggingface_features";
    static constexpr std::string_view language = "huggingface";
    static constexpr std::string_view path = "/embed";
    static constexpr bool model_in_body = false;
    static constexpr bool for_clients = false;

    /// `errc::invalid_request` when there is no input, `errc::unsupported_parameter` when one is token ids; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    [[nodiscard]] static usage scan_usage(std::string_view) noexcept { return usage(); }
    /// An array, whatever is in it (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(upstream_flat_codec<huggingface_features>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/huggingface/impl/features.ipp>
#endif
