// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

// Requests are signed, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/providers/authorizing.hpp>
#include <llmx/providers/credentials/aws_account.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Amazon Bedrock: `POST {base}/model/{modelId}/converse`, streams `/converse-stream`, signed with Signature
/// Version 4 for the service "bedrock", or with a Bedrock API key as a bearer token
/// (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, userguide/api-keys.html).
///
/// The base is `https://bedrock-runtime.{region}.amazonaws.com` unless the deployment names one. A model is an id
/// ("anthropic.claude-…"), an inference profile ("us.anthropic.claude-…") or an ARN; "converse/" and a region
/// ("us-west-2/anthropic.claude-…") may precede it, and that region is then the deployment's.
///
/// "invoke/" before a model has it called by InvokeModel in its vendor's own language, `POST {base}/model/{modelId}/invoke`, streams
/// `/invoke-with-response-stream`: for what Converse lacks, or where only bedrock:InvokeModel is allowed. Such a program names the codecs
/// `bedrock_invoke_messages` (Claude), `bedrock_invoke_nova`, `bedrock_invoke_text` (prompts: Titan, Llama, older Mistral, Cohere's Command) and
/// `bedrock_invoke_chat` (all others, in OpenAI's form).
///
/// Further operations (`bedrock_embeddings`, `bedrock_rerank`, `bedrock_images`) are in programs that name them:
/// `with_codecs<bedrock, bedrock_embeddings>`.
struct bedrock {
    static constexpr std::string_view name = "bedrock";
    using codecs = codec_list<bedrock_converse>;

    /// Settings of a deployment beside a Bedrock API key.
    struct settings : aws_account {
        settings() = default;
        /// Base URL in place of the region's.
        std::string runtime_endpoint;
        /// Models are called by InvokeModel: "invoke/" stood before the model.
        bool invoke = false;

        static constexpr auto keys = keys_with<settings>(member_key<settings, std::string>("aws_bedrock_runtime_endpoint", &settings::runtime_endpoint));
    };
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = "AWS_BEARER_TOKEN_BEDROCK",
        .base_env = {"AWS_BEDROCK_RUNTIME_ENDPOINT", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::budget,
                   .native_json_schema = false,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false},
        .aliases = {"bedrock_converse", "converse"},
        .makes_base = true,
    };

    /// Whether \p model takes requests of \p form: embeddings, images and rerankings are for the models that make them. Of an application
    /// inference profile the model is not known; it takes all.
    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept;
    /// Those of the vendor that InvokeModel reaches in a language of its own.
    LLMX_DECL [[nodiscard]] static model_traits traits_of(const deployment& d, std::string_view model) noexcept;
    /// Refuses LiteLLM's names of other ways to Bedrock ("agent/…").
    LLMX_DECL [[nodiscard]] static result<void> check_model(std::string_view model);
    /// Finds the credentials, takes route and region off the model's name, and makes the base URL.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    /// A deployment needs credentials: a key, or settings that have found some.
    LLMX_DECL [[nodiscard]] static result<void> check(const deployment& d);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
    /// The type is in the field `x-amzn-errortype`, or in the body.
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/bedrock.ipp>
#endif

#endif // LLMX_NO_TLS
