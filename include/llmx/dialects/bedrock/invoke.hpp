// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/detail/frames.hpp>
#include <llmx/dialects/detail/framed_chat.hpp>
#include <llmx/dialects/detail/prompted_chat.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The part that the codecs of InvokeModel share: `POST /model/{modelId}/invoke`, streams `/invoke-with-response-stream`, an event stream
/// of chunks with base64 (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html).
template <class Inner, aws_frames::carries What> struct bedrock_invoke_codec : framed_chat_codec<Inner, aws_frames_of<What>> {
    static constexpr std::string_view language = "bedrock";
    /// Behind "/model/{modelId}".
    static constexpr std::string_view path = "/invoke", stream_path = "/invoke-with-response-stream";
    static constexpr std::string_view stream_content_type = bedrock_converse::stream_content_type;
    static constexpr bool limits_count_cached = false;
    [[nodiscard]] static error_body decode_error(std::string_view body) { return bedrock_converse::decode_error(body); }
};

} // namespace detail

/// Claude by InvokeModel, in Anthropic's language: for providers alone. The body has `anthropic_version` in place of model and stream, which the URL
/// names.
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html.
struct bedrock_invoke_messages : detail::bedrock_invoke_codec<anthropic_messages, detail::aws_frames::carries::chunks> {
    static constexpr std::string_view name = "bedrock_invoke_messages";
    static constexpr std::string_view json_tool_name = anthropic_messages::json_tool_name;
    static constexpr std::string_view anthropic_version = "bedrock-2023-05-31";
    /// As that of `anthropic_messages`; \p out is as it was after a failure. A caller's own `anthropic_version` stays.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
};

/// Amazon Nova by InvokeModel: for providers alone. The body is Converse's with `schemaVersion`, and the model's own members are beside the
/// others. A service tier is a field of the request there: here it is a hint.
/// Source: docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html.
struct bedrock_invoke_nova : detail::bedrock_invoke_codec<bedrock_converse, detail::aws_frames::carries::nova> {
    static constexpr std::string_view name = "bedrock_invoke_nova";
    static constexpr std::string_view json_tool_name = bedrock_converse::json_tool_name;
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
};

/// Models on Bedrock whose own language is OpenAI's chat (OpenAI, Qwen, DeepSeek, Moonshot, AI21's Jamba, Mistral's from 2407 on) by InvokeModel:
/// for providers alone.
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html, -mistral-chat-completion.html, -jamba.html.
struct bedrock_invoke_chat : detail::bedrock_invoke_codec<openai_chat, detail::aws_frames::carries::openai> {
    static constexpr std::string_view name = "bedrock_invoke_chat";
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

/// Models on Bedrock that take a prompt, by InvokeModel: Amazon Titan, Meta Llama, Mistral 7B, Mixtral and the Mistral models of 2402, Cohere Command
/// and Command R; for providers alone. The conversation is written in the model's template, its answers are texts.
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html, -meta.html, -mistral-text-completion.html,
/// -cohere-command.html, -cohere-command-r-plus.html.
struct bedrock_invoke_text : detail::bedrock_invoke_codec<openai_chat, detail::aws_frames::carries::prompted> {
    static constexpr std::string_view name = "bedrock_invoke_text";
    /// `errc::invalid_request` when there is nothing to answer; \p out is then as it was. Tools and media have no place in a prompt and are lost.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::prompted_usage(body); }
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return detail::prompted_holds_answer(body); }
};

static_assert(upstream_chat_codec<bedrock_invoke_messages> && upstream_chat_codec<bedrock_invoke_nova>);
static_assert(upstream_chat_codec<bedrock_invoke_chat> && upstream_chat_codec<bedrock_invoke_text>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/bedrock/impl/invoke.ipp>
#endif
