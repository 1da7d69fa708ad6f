// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/providers/authorized_vendor.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/credentials/entra.hpp>
#include <llmx/providers/message_edits.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/wire/url.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Azure OpenAI: `POST {base}/openai/deployments/{deployment}/chat/completions?api-version=`
/// with the key in `api-key` (learn.microsoft.com/azure/ai-services/openai/reference).
/// A base that ends in /openai/v1 is the versionless API: `{base}/chat/completions`.
///
/// A deployment without a key has credentials of Microsoft Entra ID (`entra_credentials`), whose token is sent as `authorization:
/// Bearer`; without OpenSSL it has a key.
struct azure_openai {
    static constexpr std::string_view name = "azure";
    using codecs = codec_list<openai_chat, openai_embeddings, openai_speech, openai_transcription, openai_translation,
                              openai_realtime>;
    static constexpr std::string_view on_demand[] = {"openai_images", "openai_image_edits", "openai_completions", "openai_videos", "openai_video_form",
                                                       "openai_video_state"};
    static constexpr std::string_view default_api_version = "2024-10-21";
    /// Settings of a deployment beside its key.
    struct settings
#if !defined(LLMX_NO_TLS)
        : entra_credentials
#endif
    {
        settings() = default;
        explicit settings(std::string version) : api_version(std::move(version)) {}
        /// The `api-version` of each request; empty: `default_api_version`, the latest that is not a preview.
        std::string api_version;
        /// As `openai::settings` has them.
        bool responses_api = false, use_chat_completions_api = false;
#if defined(LLMX_NO_TLS)
        static constexpr auto keys = settings_keys(config_key("api_version", &settings::api_version).from("AZURE_API_VERSION"),
                                                   config_key("use_chat_completions_api", &settings::use_chat_completions_api));
#else
        static constexpr auto keys = keys_with(config_key("api_version", &settings::api_version).from("AZURE_API_VERSION"),
                                               config_key("use_chat_completions_api", &settings::use_chat_completions_api));
#endif
    };
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = {"AZURE_API_KEY", "AZURE_OPENAI_API_KEY"},
        .base_env = {"AZURE_API_BASE", "AZURE_BASE_URL", "AZURE_OPENAI_ENDPOINT"},
#if defined(LLMX_NO_TLS)
        .needs_key = true,
#else
        .needs_key = false,
#endif
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = true,
                   .max_stop_sequences = 4,
                   .allowed_tools = true,
                   .custom_tools = true},
        .aliases = "azure_openai",
        .takes_callers_key = true,
    };

#if !defined(LLMX_NO_TLS)
    /// Finds the credentials of a deployment without a key.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables) {
        return detail::complete_credentials(d, variables, d.settings.get<settings>());
    }
    /// Nothing for a deployment with a key; else adds the token of its credentials.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const {
        return authorize_unless_keyed(on, d.settings.get<settings>().tokens, d, out, limits, stop);
    }
#endif
    /// No line break in the version.
    [[nodiscard]] static result<void> check(const deployment& d) {
        return detail::check_one_line("api_version", d.settings.get<settings>().api_version);
    }
    /// The version that requests to \p d name; empty: the default.
    [[nodiscard]] static const std::string& version_of(const deployment& d) {
        return d.api_version.empty() ? d.settings.get<settings>().api_version : d.api_version;
    }
    /// `stream_options` came with 2024-09-01-preview; older versions refuse it.
    [[nodiscard]] static bool asks_usage(const deployment& d) {
        const std::string& version = version_of(d);
        return version.empty() || d.api_base.path.ends_with("/openai/v1") || version >= "2024-09-01";
    }
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        const std::string& path = d.api_base.path;
        const std::string& version = version_of(d);
        out.target = path;
        const bool session = what.codec->operation->answer == operation_info::answers::duplex;
        // Sessions have left the dated versions: those that had them were previews, under a path of their own
        // (learn.microsoft.com/azure/foundry/openai/how-to/realtime-audio-websockets).
        const bool preview = version.ends_with("-preview");
        // Videos are of the versionless API alone, as a preview (learn.microsoft.com/azure/foundry/openai/concepts/video-generation).
        const bool video = what.codec->path == "/videos";
        if (path.ends_with("/openai/v1") || (session && !preview) || video) {
            if (!path.ends_with("/openai/v1")) out.target += path.ends_with("/openai") ? "/v1" : "/openai/v1";
            out.target += what.path();
            if (detail::asks_video_state(what)) detail::prepare_video_state(what, out);
            if (video) out.target += "?api-version=preview";
            detail::append_session_model(what, "?model=", out);
        } else if (session) {
            out.target += path.ends_with("/openai") ? "/realtime?api-version=" : "/openai/realtime?api-version=";
            append_percent_encoded(out.target, version);
            detail::append_session_model(what, "&deployment=", out);
        } else {
            out.target += path.ends_with("/openai") ? "/deployments/" : "/openai/deployments/";
            append_percent_encoded(out.target, what.model);
            out.target += what.path();
            out.target += "?api-version=";
            append_percent_encoded(out.target, version.empty() ? default_api_version : std::string_view(version));
        }
        if (!d.key.empty()) out.add_field("api-key", d.key.reveal());
        return success();
    }
    /// Of a request that passes, what gateways add to messages is left out.
    [[nodiscard]] result<void> edit(request_edit& e) const { return edit_openai_messages(e); }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
