// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

// Service accounts sign, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/cancellation.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/credentials/google.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/providers/request_edit.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Google Cloud's Vertex AI: Gemini models in Gemini's language, Claude models in Anthropic's and other publishers' in OpenAI's, for Google
/// credentials.
///
/// Gemini: `POST {base}/v1/projects/{p}/locations/{l}/publishers/google/models/{m}:generateContent`, streams as
/// `:streamGenerateContent?alt=sse`, one text as `:embedContent`. Claude: `.../publishers/anthropic/models/{m}:rawPredict` and
/// `:streamRawPredict`, with `anthropic_version` in a body without `model`. A model is one of Anthropic's when its name
/// begins with "claude-", "anthropic/" or "publishers/anthropic/models/"; a full resource name, "projects/...", is taken
/// as it is. Embedding models that have only `:predict` fail with `errc::unsupported_operation`.
///
/// Mistral ("mistral-…", "codestral-…", "ministral-…") and AI21 ("jamba-…"): `.../publishers/mistralai/models/{m}:rawPredict` and
/// `:streamRawPredict`, as their own APIs take requests (`rows::mistral`, `rows::ai21_chat`), whose body has the name without a version.
/// All others ("meta/…", "deepseek-ai/…", "qwen/…", "openai/gpt-oss-…"): `.../endpoints/openapi/chat/completions`, whose body names
/// publisher and model. "openai/{digits}" is an endpoint of one's own from the Model Garden, `.../endpoints/{digits}/chat/completions`.
/// `vertex_rerank` is for programs that name it, `with_codecs<vertex_ai, vertex_rerank>`: "semantic-ranker-…" at
/// https://discoveryengine.googleapis.com, not behind a wildcard.
///
/// The base URL, when none is given: https://{l}-aiplatform.googleapis.com, https://aiplatform.googleapis.com for
/// "global", https://aiplatform.{l}.rep.googleapis.com for the multi-regions "us" and "eu". It may carry the version (`/v1`
/// or `/v1beta1`).
///
/// Requests carry an access token of the credentials (`authorize`), which is shared and refreshed by `token_cache`. A
/// deployment with `api_key` has no credentials: the key is sent as `x-goog-api-key`, without a project to the global endpoint of the
/// express mode, whose URLs have neither project nor location. Claude models and chats with other publishers' take no API keys.
///
/// Sources: cloud.google.com/vertex-ai/generative-ai/docs/reference/rest, .../docs/learn/locations,
/// .../docs/partner-models/mistral, .../docs/maas/call-open-model-apis,
/// .../docs/start/express-mode/vertex-ai-express-mode-api-reference, docs.anthropic.com/en/api/claude-on-vertex-ai, and the requests
/// of the npm packages google/genai and anthropic-ai/vertex-sdk.
struct vertex_ai {
    static constexpr std::string_view name = "vertex_ai";
    using codecs = codec_list<gemini_generate, anthropic_messages, gemini_embed, openai_chat>;
    static constexpr std::string_view on_demand[] = {"gemini_images", "gemini_imagen", "gemini_image_edits", "mistral_ocr", "gemini_veo",
                                                       "vertex_veo_state"};
    /// The version of Anthropic's language that Vertex AI documents; it corresponds to 2023-06-01.
    static constexpr std::string_view anthropic_version = "vertex-2023-10-16";
    /// Settings of a deployment. `complete` fills in empty ones.
    struct settings {
        settings() = default;
        /// Google Cloud project. Empty: VERTEXAI_PROJECT, VERTEX_PROJECT, GOOGLE_CLOUD_PROJECT, else the credentials' own; beside an
        /// API key it stays empty.
        std::string project;
        /// Location. Empty: VERTEXAI_LOCATION, VERTEX_LOCATION, GOOGLE_CLOUD_LOCATION, else "global", which is the default
        /// of Google's own client too: new models come there first, and it has the most capacity. For models that only regions have (those
        /// that are not Google's or Anthropic's) it is "us-central1".
        std::string location;
        /// Google credentials: their JSON, the path of a file with it, or "metadata" (`find_google_credentials`). Empty:
        /// VERTEXAI_CREDENTIALS, GOOGLE_APPLICATION_CREDENTIALS, else gcloud's file.
        secret credentials;
        /// The result of `complete`. A program may put a token source of its own here.
        google_credentials found;

        static constexpr auto keys = settings_keys(config_key("vertex_project", &settings::project).also("vertex_ai_project"),
                                                   config_key("vertex_location", &settings::location).also("vertex_ai_location"));
        /// Reads `vertex_credentials`: a text, or the credentials themselves as a map.
        friend void read_settings(settings_reader& params, settings& into) { into.read_credentials(params); }

    private:
        LLMX_DECL void read_credentials(settings_reader& params);
    };
    static constexpr provider_facts facts = {
        .default_base = "https://aiplatform.googleapis.com",
        .key_env = name_list(),
        .base_env = {"VERTEXAI_API_BASE", "VERTEX_API_BASE", "GOOGLE_VERTEX_BASE_URL"},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::budget,
                   .native_json_schema = true,
                   .default_max_tokens = 0,
                   .max_completion_tokens = false,
                   .max_stop_sequences = 5},
        .aliases = {"vertex_ai_beta", "vertex"},
    };

    /// Finds project, location and base URL, and reads the credentials, once. Fails with `errc::bad_configuration` when there are
    /// none or they are broken, when no project is known, or for settings that exclude each other.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept;
    LLMX_DECL [[nodiscard]] static model_traits traits_of(const deployment& d, std::string_view model) noexcept;
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    /// Mistral's and AI21's streams carry their usage unasked; behind a wildcard it is not known whose they are.
    LLMX_DECL [[nodiscard]] static bool asks_usage(const deployment& d);
    /// For Claude: removes `model` and adds `anthropic_version`, unless the caller's body has it. A caller whose
    /// `anthropic-version` field names another version than 2023-06-01 gets that one.
    /// For other publishers: the name that they have for the model, and the changes of their vendors' rows.
    LLMX_DECL [[nodiscard]] result<void> edit(request_edit& e) const;
    /// Nothing for a deployment with a key; else adds the token of its credentials.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
    /// Reads Google's error bodies, and Anthropic's, Mistral's and AI21's, which `rawPredict` passes on.
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/vertex.ipp>
#endif

#endif // LLMX_NO_TLS
