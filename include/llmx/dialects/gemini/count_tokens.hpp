// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count_tokens.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// What the two forms of Google's `:countTokens` share. Not for others.
struct gemini_count_codec {
    using operation = count_tokens;
    static constexpr std::string_view language = "gemini";
    static constexpr std::string_view path = ":countTokens";
    static constexpr bool model_in_body = false;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with contents or a whole request.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// Reads `contents` and what may be beside them, or `generateContentRequest`.
    LLMX_DECL [[nodiscard]] static result<token_count_request> decode_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const token_count_request& request);
    /// Signatures of another vendor.
    LLMX_DECL [[nodiscard]] static bool must_translate(std::string_view body);
    LLMX_DECL [[nodiscard]] static result<token_count> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const token_count& reply, const reply_options& options, std::string& out);
    /// None: a count costs nothing.
    [[nodiscard]] static usage scan_usage(std::string_view) { return usage(); }
    /// A number of tokens (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body);
    LLMX_DECL static void encode_error(const llmx::error& failure, std::string& out);
};

} // namespace detail

/// Google's `POST /v1beta/models/{m}:countTokens`, answered by `{"totalTokens": n}`.
///
/// Source: https://ai.google.dev/api/tokens. A request with more than contents is one of generateContent inside of
/// `generateContentRequest`, which names the model once more: such a body is written anew. What is read and written otherwise is that
/// of `gemini_generate`.
struct gemini_count_tokens : detail::gemini_count_codec {
    static constexpr std::string_view name = "gemini_count_tokens";
    LLMX_DECL static result<void> encode_request(const token_count_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
};

/// The same call of Vertex AI, which has the members of a request beside the contents: system instruction, tools and generation config.
///
/// Source: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints/countTokens.
struct vertex_count_tokens : detail::gemini_count_codec {
    static constexpr std::string_view name = "vertex_count_tokens";
    LLMX_DECL static result<void> encode_request(const token_count_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/count_tokens.ipp>
#endif
