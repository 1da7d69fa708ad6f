// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

// Requests are signed, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/providers/authorizing.hpp>
#include <llmx/providers/credentials/aws.hpp>
#include <llmx/providers/provider.hpp>

#include <memory>
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
/// Further operations (`bedrock_embeddings`, `bedrock_rerank`, `bedrock_images`) are in programs that name them:
/// `with_codecs<bedrock, bedrock_embeddings>`.
struct bedrock {
    static constexpr std::string_view name = "bedrock";
    using codecs = codec_list<bedrock_converse>;

    /// Settings of a deployment beside a Bedrock API key. Empty ones are filled in when it is completed, in
    /// the order that `find_aws_credentials` (providers/credentials/aws.hpp) has.
    struct settings {
        settings() = default;
        std::string region;
        /// Hidden like the others, so that a deployment keeps its id when its keys are rotated.
        secret access_key_id, secret_access_key, session_token;
        /// A section of AWS's files.
        std::string profile;
        /// ARN of a role that is assumed with the other credentials, or with the web identity.
        std::string role_arn, role_session_name, external_id, web_identity_token_file, sts_endpoint;
        /// Base URL in place of the region's.
        std::string runtime_endpoint;
        /// The credentials found; null before `find_credentials`. Its region is empty when only the model's name may have one.
        std::shared_ptr<const aws_credentials> credentials;

        /// Sets `credentials`, from the members above, \p variables, and the files that these name; \p key is a Bedrock API
        /// key, which may be empty. Reads files: call it while the deployment is configured. Fails like `find_aws_credentials`.
        LLMX_DECL [[nodiscard]] result<void> find_credentials(const variable_lookup& variables, const secret& key = secret());

        static constexpr auto keys = settings_keys(
            config_key("aws_region_name", &settings::region), config_key("aws_access_key_id", &settings::access_key_id),
            config_key("aws_secret_access_key", &settings::secret_access_key),
            config_key("aws_session_token", &settings::session_token), config_key("aws_profile_name", &settings::profile),
            config_key("aws_role_name", &settings::role_arn), config_key("aws_session_name", &settings::role_session_name),
            config_key("aws_external_id", &settings::external_id),
            config_key("aws_web_identity_token_file", &settings::web_identity_token_file),
            config_key("aws_sts_endpoint", &settings::sts_endpoint),
            config_key("aws_bedrock_runtime_endpoint", &settings::runtime_endpoint));
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
    /// Refuses LiteLLM's names of other ways to Bedrock ("invoke/…").
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
