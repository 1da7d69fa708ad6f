// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/detail/frames.hpp>
#include <llmx/dialects/detail/framed_chat.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's chat at an endpoint of Amazon SageMaker whose container has the messages API (LMI, TGI, vLLM, Nova), `POST
/// /endpoints/{name}/invocations`, streams `/invocations-response-stream`: for providers alone. A stream is an event stream of AWS whose
/// parts are pieces of server-sent events.
///
/// The URL names the endpoint; the body names no model, since containers refuse names that are not their own.
/// Sources: docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html,
/// docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/chat_input_output_schema.html.
struct sagemaker_messages : detail::framed_chat_codec<openai_chat, detail::aws_frames_of<detail::aws_frames::carries::bytes>> {
    static constexpr std::string_view name = "sagemaker_messages", language = "sagemaker";
    /// Behind "/endpoints/{name}".
    static constexpr std::string_view path = "/invocations", stream_path = "/invocations-response-stream";
    static constexpr std::string_view stream_content_type = bedrock_converse::stream_content_type;

    /// As that of `openai_chat`; \p out is as it was after a failure.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
    /// SageMaker's own failures; one of the model's container is in its `OriginalMessage`, or is the body.
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
};

static_assert(upstream_chat_codec<sagemaker_messages>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/sagemaker/impl/chat.ipp>
#endif
