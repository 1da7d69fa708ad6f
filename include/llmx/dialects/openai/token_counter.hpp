// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count_tokens.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// LiteLLM's `POST /utils/token_counter`, for clients alone: `model` and `messages` in the form of chat completions, or `prompt`, a
/// text; answered by `total_tokens`, `request_model`, `model_used` and `tokenizer_type`.
///
/// Source: LiteLLM's TokenCountRequest and TokenCountResponse (https://docs.litellm.ai/docs/proxy/token_counter).
struct openai_token_counter : detail::openai_flat_codec {
    using operation = count_tokens;
    static constexpr std::string_view name = "openai_token_counter";
    static constexpr std::string_view path = "/utils/token_counter";

    /// Fails unless the body is one JSON object with a model and messages or a prompt.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// Members other than the model, messages, tools and the prompt are no tokens and are not read.
    LLMX_DECL [[nodiscard]] static result<token_count_request> decode_request(std::string_view body, const request_target& target);
    /// `errc::unsupported_operation`: no provider has this form.
    LLMX_DECL static result<void> encode_request(const token_count_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const token_count_request& request);
    LLMX_DECL [[nodiscard]] static result<token_count> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const token_count& reply, const reply_options& options, std::string& out);
    /// None: a count costs nothing.
    [[nodiscard]] static usage scan_usage(std::string_view) { return usage(); }
};

/// OpenAI's `POST /v1/responses/input_tokens`: passed on to a provider that has it, and not translated.
///
/// Source: OpenAI's OpenAPI description (TokenCountsBody, TokenCountsResource).
struct openai_input_tokens : detail::openai_flat_codec {
    using operation = count_response_tokens;
    static constexpr std::string_view name = "openai_input_tokens";
    static constexpr std::string_view path = "/responses/input_tokens";

    /// Fails unless the body is one JSON object with a model.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// `errc::unsupported_operation`: the request can only be passed on.
    LLMX_DECL [[nodiscard]] static result<token_count_request> decode_request(std::string_view body, const request_target& target);
    /// The same.
    LLMX_DECL static result<void> encode_request(const token_count_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const token_count_request& request);
    LLMX_DECL [[nodiscard]] static result<token_count> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const token_count& reply, const reply_options& options, std::string& out);
    /// None: a count costs nothing.
    [[nodiscard]] static usage scan_usage(std::string_view) { return usage(); }
    /// A number of tokens (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body);
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/token_counter.ipp>
#endif
