// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

// Requests are signed, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/cancellation.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/sagemaker/chat.hpp>
#include <llmx/dialects/sagemaker/text.hpp>
#include <llmx/providers/authorizing.hpp>
#include <llmx/providers/credentials/aws_account.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Amazon SageMaker's endpoints with the messages API: `POST {base}/endpoints/{model}/invocations`, streams `/invocations-response-stream`,
/// signed with Signature Version 4 for the service "sagemaker". The model is the endpoint's name; a variant or an inference component
/// is a setting.
///
/// The base is `https://runtime.sagemaker.{region}.amazonaws.com` unless the deployment names one. There are no keys: a deployment's
/// `api_key` is not sent.
/// Source: docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html. Thread-safe.
struct sagemaker_chat {
    static constexpr std::string_view name = "sagemaker_chat";
    using codecs = codec_list<sagemaker_messages>;

    /// Settings of a deployment.
    struct settings : aws_account {
        settings() = default;
        /// One model of an endpoint with several (`X-Amzn-SageMaker-Inference-Component`); empty: the endpoint has one. LiteLLM's `model_id`.
        std::string inference_component;
        /// One production variant of an endpoint (`X-Amzn-SageMaker-Target-Variant`); empty: SageMaker chooses by the variants' weights.
        std::string target_variant;

        static constexpr auto keys =
            keys_with<settings>(member_key<settings, std::string>("sagemaker_inference_component", &settings::inference_component).also("model_id"),
                                member_key<settings, std::string>("sagemaker_target_variant", &settings::target_variant));
    };
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = name_list(),
        .base_env = {"AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "SAGEMAKER_BASE_URL"},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 0,
                   .max_completion_tokens = false},
        .aliases = {"sagemaker_nova"},
        .makes_base = true,
    };

    /// Finds the credentials and makes the base URL.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    /// A deployment needs credentials and a region.
    LLMX_DECL [[nodiscard]] static result<void> check(const deployment& d);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
    /// Reads SageMaker's errors, and those of the container in them (status 424, `OriginalStatusCode`).
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

/// Amazon SageMaker's endpoints whose containers take `{"inputs", "parameters"}`: chats by a prompt, and embeddings. In everything else it is
/// `sagemaker_chat`.
struct sagemaker : sagemaker_chat {
    static constexpr std::string_view name = "sagemaker";
    using codecs = codec_list<sagemaker_text, sagemaker_embeddings>;
    static constexpr provider_facts facts = [] {
        provider_facts f = sagemaker_chat::facts;
        f.traits.native_json_schema = false;
        f.traits.reasoning = model_traits::reasoning_style::none;
        f.aliases = name_list();
        return f;
    }();
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return sagemaker_chat::classify(status, fields, body).with_provider(name);
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/sagemaker.ipp>
#endif

#endif // LLMX_NO_TLS
