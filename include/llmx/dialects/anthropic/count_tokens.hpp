// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count_tokens.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Anthropic's `POST /v1/messages/count_tokens`: a Messages request without its output limit, answered by `{"input_tokens": n}`.
///
/// Source: the types of the official SDK (npm package anthropic-ai/sdk, MessageCountTokensParams). What is read beside them is
/// that of `anthropic_messages`; what is written is what that codec writes, without the members that the call does not take: the
/// output limit, sampling, stop sequences, the user, the class of service and the flag for streams, none of which are tokens.
struct anthropic_count_tokens {
    using operation = count_tokens;
    static constexpr std::string_view name = "anthropic_count_tokens", language = "anthropic";
    static constexpr std::string_view path = "/v1/messages/count_tokens";

    /// Finds the values that routing needs and checks that model and messages are there.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static result<token_count_request> decode_request(std::string_view body, const request_target& target);
    /// Fails as `anthropic_messages::encode_request` does.
    LLMX_DECL static result<void> encode_request(const token_count_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
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

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/anthropic/impl/count_tokens.ipp>
#endif
