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
#include <llmx/dialects/sap/orchestration.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/providers/request_edit.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// SAP AI Core's Generative AI Hub: a model by the orchestration service, `POST {base}/v2/completion`, or, as "deployment/MODEL", by a
/// foundation-model deployment in OpenAI's language, `POST {base}/chat/completions?api-version=`.
///
/// The base is the URL of a running deployment in AI Core: the deployment's `api_base`, or `{AI_API_URL}/v2/inference/deployments/{id}` with
/// `deployment_id`. It is not searched for.
///
/// The key of a deployment, else AICORE_SERVICE_KEY, is the service key of an AI Core instance, a JSON object with `clientid`, `clientsecret`, `url` and
/// `serviceurls.AI_API_URL`, which are exchanged at `{url}/oauth/token` for tokens (`token_cache` shares and refreshes them). Client
/// certificates are not supported.
///
/// Sources: help.sap.com/docs/sap-ai-core (Orchestration Workflow V2, service keys), docs.litellm.ai/docs/providers/sap. Thread-safe.
struct sap {
    static constexpr std::string_view name = "sap";
    using codecs = codec_list<sap_orchestration, openai_chat>;
    static constexpr std::string_view default_resource_group = "default";
    /// Of foundation models of Azure OpenAI.
    static constexpr std::string_view default_api_version = "2024-12-01-preview";
    /// Settings of a deployment beside its key. Members of the service key take the place of empty ones.
    struct settings {
        settings() = default;
        /// Empty ones: AICORE_CLIENT_ID, AICORE_CLIENT_SECRET, AICORE_AUTH_URL, AICORE_BASE_URL.
        std::string client_id;
        secret client_secret;
        std::string auth_url, base_url;
        /// The header `AI-Resource-Group`; empty: AICORE_RESOURCE_GROUP, else `default_resource_group`.
        std::string resource_group;
        /// Id of a deployment in AI Core, of orchestration or of the model; empty: AICORE_DEPLOYMENT_ID. Not needed with an `api_base`.
        std::string deployment_id;
        /// Empty: `default_api_version`.
        std::string api_version;
        /// The result of `complete`. A program may put a token source of its own here.
        token_source_ptr tokens;
        static constexpr auto keys = settings_keys(
            config_key("aicore_client_id", &settings::client_id), config_key("aicore_client_secret", &settings::client_secret),
            config_key("aicore_auth_url", &settings::auth_url), config_key("aicore_base_url", &settings::base_url),
            config_key("aicore_resource_group", &settings::resource_group).also("resource_group"),
            config_key("aicore_deployment_id", &settings::deployment_id).also("deployment_id"),
            config_key("aicore_api_version", &settings::api_version));
    };
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = name_list(),
        .base_env = "AICORE_DEPLOYMENT_URL",
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 0,
                   .max_completion_tokens = false},
        .makes_base = true,
    };

    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept;
    /// Reads the service key, makes the source of tokens and the base URL. Fails with `errc::bad_configuration`, which names what is
    /// missing and holds no secret.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    /// Takes "deployment/" off the model's name in the body.
    LLMX_DECL [[nodiscard]] result<void> edit(request_edit& e) const;
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/sap.ipp>
#endif

#endif // LLMX_NO_TLS
