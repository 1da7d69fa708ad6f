// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

// The identity of a credential is a digest, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/cancellation.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/providers/request_edit.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// IBM watsonx.ai: `POST {base}/ml/v1/text/chat?version=`, streams `/ml/v1/text/chat_stream`, in a language that is OpenAI's but for
/// the names of some members.
///
/// A request names its model in `model_id` and the project or deployment space that is charged. A model "deployment/ID" is a
/// deployment of one's own, `/ml/v1/deployments/{ID}/text/chat`, whose requests name neither. A choice of tools that is a word is
/// `tool_choice_option`.
///
/// Further operations (`watsonx_embeddings`, `watsonx_rerank`) are in programs that name them: `with_codecs<watsonx, watsonx_embeddings>`.
/// Deployments of one's own have chat alone.
///
/// The key of a deployment is an IBM Cloud API key, which is exchanged at IBM Cloud's IAM for a token of an hour
/// (`token_cache` shares and refreshes it). In place of it a deployment may have a token of its own or, at a cluster of Cloud Pak
/// for Data, a Zen API key.
///
/// Sources: cloud.ibm.com/apidocs/watsonx-ai (text chat), cloud.ibm.com/apidocs/iam-identity-token-api,
/// docs.litellm.ai/docs/providers/watsonx. Thread-safe.
struct watsonx {
    static constexpr std::string_view name = "watsonx";
    using codecs = codec_list<openai_chat>;
    static constexpr std::string_view default_iam_url = "https://iam.cloud.ibm.com/identity/token";
    /// The version of the API that has tools and streams of chats.
    static constexpr std::string_view default_api_version = "2024-10-08";
    /// Settings of a deployment beside its key.
    struct settings {
        settings() = default;
        /// The project, or the deployment space, of the requests; one of them, a project first. Both empty: WATSONX_PROJECT_ID,
        /// WX_PROJECT_ID, else WATSONX_DEPLOYMENT_SPACE_ID, WATSONX_SPACE_ID.
        std::string project_id, space_id;
        /// Where an API key is exchanged; empty: WATSONX_IAM_URL, else `default_iam_url`. It must be https unless it is this machine.
        std::string iam_url;
        /// The date in `version`; empty: WATSONX_API_VERSION, else `default_api_version`.
        std::string api_version;
        /// An access token of one's own, which nothing refreshes. Without it, a Zen API key and a key: WATSONX_TOKEN.
        secret token;
        /// Of Cloud Pak for Data: base64 of user and API key, as its console shows it. Without it, a token and a
        /// key: WATSONX_ZENAPIKEY.
        secret zen_api_key;
        /// The result of `complete`. A program may put a token source of its own here.
        token_source_ptr tokens;
        static constexpr auto keys = settings_keys(
            config_key("project_id", &settings::project_id).also("watsonx_project"),
            config_key("space_id", &settings::space_id).also("deployment_space_id"),
            config_key("watsonx_iam_url", &settings::iam_url),
            config_key("watsonx_api_version", &settings::api_version),
            config_key("watsonx_token", &settings::token).also("token"),
            config_key("zen_api_key", &settings::zen_api_key));
    };
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = {"WATSONX_APIKEY", "WATSONX_API_KEY", "WX_API_KEY"},
        .base_env = {"WATSONX_API_BASE", "WATSONX_URL", "WX_URL", "WML_URL"},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 0,
                   .max_completion_tokens = false},
    };
    /// watsonx.ai refuses `stream_options`; its streams end with the usage.
    static constexpr bool takes_stream_options = false;

    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept;
    /// Makes the source of tokens. Fails with `errc::bad_configuration` when there is no credential, or when nothing is named that
    /// is charged.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    LLMX_DECL [[nodiscard]] result<void> edit(request_edit& e) const;
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
    /// Reads `{"errors":[{"code","message"}]}`.
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/watsonx.ipp>
#endif

#endif // LLMX_NO_TLS
