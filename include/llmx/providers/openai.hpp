// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/message_edits.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Bearer key and OpenAI's account headers; target is the base path plus \p suffix.
LLMX_DECL void prepare_bearer(const deployment& d, std::string_view suffix, http_request& out);

/// Checks `openai::settings`.
LLMX_DECL [[nodiscard]] result<void> check_openai_account(const deployment& d);

/// The URL of a duplex operation names the model, after \p parameter.
LLMX_DECL void append_session_model(const outgoing& what, std::string_view parameter, http_request& out);

} // namespace detail

/// OpenAI, and any server that is reached the same way: `POST {base}/chat/completions`
/// with a bearer key (platform.openai.com/docs/api-reference).
struct openai {
    static constexpr std::string_view name = "openai";
    /// Settings of a deployment beside its key.
    struct settings {
        settings() = default;
        /// Sent as `openai-organization` and `openai-project`; empty: not sent.
        std::string organization, project;
        /// Request the usage of a stream that passes (`stream_options`), which some compatible servers refuse.
        bool ask_stream_usage = true;
        /// Of a provider that has the Responses API too (`openai_with_responses`): it is used for all requests, or for none.
        bool responses_api = false, use_chat_completions_api = false;
        static constexpr auto keys = settings_keys(config_key("organization", &settings::organization).or_each(),
                                                   config_key("project", &settings::project),
                                                   config_key("ask_stream_usage", &settings::ask_stream_usage),
                                                   config_key("use_chat_completions_api", &settings::use_chat_completions_api));
    };
    using codecs = codec_list<openai_chat, openai_embeddings, openai_speech, openai_transcription, openai_translation,
                              openai_realtime>;
    static constexpr std::string_view on_demand[] = {"openai_moderations", "openai_images", "openai_image_edits", "openai_image_variations",
                                                       "openai_completions", "openai_videos", "openai_video_form", "openai_video_state"};
    static constexpr provider_facts facts = {
        .default_base = "https://api.openai.com/v1",
        .key_env = "OPENAI_API_KEY",
        .base_env = {"OPENAI_BASE_URL", "OPENAI_API_BASE"},
        .needs_key = true,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = true,
                   .max_stop_sequences = 4,
                   .allowed_tools = true,
                   .custom_tools = true},
        .model_beginnings = {"gpt-", "chatgpt-", "o1", "o3", "o4", "ft:gpt-"},
    };

    /// No line breaks in values that become a header.
    LLMX_DECL [[nodiscard]] static result<void> check(const deployment& d) { return detail::check_openai_account(d); }
    [[nodiscard]] static bool asks_usage(const deployment& d) { return d.settings.get<settings>().ask_stream_usage; }
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        detail::prepare_bearer(d, what.path(), out);
        if (detail::asks_video_state(what)) detail::prepare_video_state(what, out);
        detail::append_session_model(what, "?model=", out);
        return success();
    }
    /// Of a request that passes, what gateways add to messages is left out.
    [[nodiscard]] result<void> edit(request_edit& e) const { return edit_openai_messages(e); }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
};

/// Any OpenAI-compatible server: llama.cpp, a vendor without a row of its own (vendor_row.hpp). The
/// deployment names the base URL; a key is sent when there is one.
struct openai_compatible {
    static constexpr std::string_view name = "openai_compatible";
    using settings = openai::settings;
    using codecs = codec_list<openai_chat, openai_embeddings, openai_speech, openai_transcription, openai_translation,
                              openai_realtime>;
    static constexpr std::string_view on_demand[] = {"openai_moderations", "openai_images", "openai_image_edits", "openai_image_variations",
                                                       "openai_completions", "cohere_rerank", "openai_videos", "openai_video_form", "openai_video_state"};
    static constexpr provider_facts facts = {
        .default_base = "",
        .key_env = "OPENAI_COMPATIBLE_API_KEY",
        .base_env = {"OPENAI_COMPATIBLE_API_BASE", "OPENAI_COMPATIBLE_BASE_URL"},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false},
        .aliases = {"custom_openai", "openai_like", "openai-compatible", "aiohttp_openai"},
    };

    /// No line breaks in values that become a header.
    LLMX_DECL [[nodiscard]] static result<void> check(const deployment& d) { return detail::check_openai_account(d); }
    [[nodiscard]] static bool asks_usage(const deployment& d) { return d.settings.get<openai::settings>().ask_stream_usage; }
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        detail::prepare_bearer(d, what.path(), out);
        if (detail::asks_video_state(what)) detail::prepare_video_state(what, out);
        detail::append_session_model(what, "?model=", out);
        return success();
    }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/openai.ipp>
#endif
