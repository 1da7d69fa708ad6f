// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

// The identity of a credential is a digest, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/cancellation.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// GitHub Copilot: `POST {base}/chat/completions` and `/embeddings` in OpenAI's language, for an account with a subscription.
///
/// The key of a deployment is a GitHub token of an account that has Copilot (`gho_...`, `ghu_...`). It is exchanged for
/// a token of some 25 minutes at `token_url`, which `token_cache` shares and refreshes. Without a key `complete` reads the file that LiteLLM's
/// login writes: GITHUB_COPILOT_ACCESS_TOKEN_FILE (default `access-token`) in the directory GITHUB_COPILOT_TOKEN_DIR
/// (default `~/.config/litellm/github_copilot`). llmx has no device login of its own: it is a dialogue with a person.
///
/// Requests carry the fields by which Copilot knows an editor, `x-initiator` ("agent" when the last message is a tool's or the
/// assistant's, which Copilot does not count as a request of the user) and, with an image, `copilot-vision-request`. Business and
/// enterprise accounts have base URLs of their own, such as `https://api.business.githubcopilot.com`.
///
/// Sources: docs.litellm.ai/docs/providers/github_copilot and the requests of Visual Studio Code's Copilot Chat (github.com/microsoft/vscode-copilot-chat);
/// GitHub has no description of this interface. Thread-safe.
struct github_copilot {
    static constexpr std::string_view name = "github_copilot";
    using codecs = codec_list<openai_chat, openai_embeddings>;
    static constexpr std::string_view default_token_url = "https://api.github.com/copilot_internal/v2/token";
    /// Settings of a deployment beside its key.
    struct settings {
        settings() = default;
        /// Where the GitHub token is exchanged; empty: `default_token_url`. GitHub Enterprise Cloud with data residency:
        /// `https://api.{subdomain}.ghe.com/copilot_internal/v2/token`. It must be https unless it is this machine.
        std::string token_url;
        /// The result of `complete`. A program may put a token source of its own here.
        token_source_ptr tokens;
        static constexpr auto keys = settings_keys(config_key("github_copilot_token_url", &settings::token_url).from("GITHUB_COPILOT_API_KEY_URL"));
    };
    static constexpr provider_facts facts = {
        .default_base = "https://api.githubcopilot.com",
        .key_env = "GITHUB_COPILOT_TOKEN",
        .base_env = "GITHUB_COPILOT_API_BASE",
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false},
    };

    /// Finds the GitHub token and makes its token source. Fails with `errc::bad_configuration` when there is none.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    /// Adds the Copilot token of the deployment.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/github_copilot.ipp>
#endif

#endif // LLMX_NO_TLS
