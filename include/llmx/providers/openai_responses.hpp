// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/openai.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Reads the prefix "responses/" of a deployment's model.
LLMX_DECL [[nodiscard]] result<void> complete_openai_responses(deployment& d);
/// Names of models that are reached through the Responses API alone begin so: "responses/gpt-5-pro".
inline constexpr std::string_view openai_responses_prefix = "responses/";
/// Whether the model \p model of a deployment takes requests in one of OpenAI's two languages for chats.
LLMX_DECL [[nodiscard]] bool takes_openai_form(const codec_ops& form, const deployment& d, std::string_view model) noexcept;

} // namespace detail

/// OpenAI with both of its languages for chats: `POST {base}/chat/completions` and `POST {base}/responses`.
///
/// Requests of clients of the Responses API pass as they are; those of other clients are translated to Chat Completions. A
/// deployment whose model is "responses/MODEL" gets all requests through the Responses API, and one with
/// `use_chat_completions_api: true`, a server that has no other, through Chat Completions. Behind a wildcard the caller's name decides:
/// "openai/responses/MODEL" of a group "openai/*". Both names are LiteLLM's
/// (docs.litellm.ai/docs/providers/openai/responses_api). A program that needs no Responses API names `openai` and does not contain it.
struct openai_with_responses : openai {
    using codecs = codec_list<openai_chat, openai_embeddings, openai_speech, openai_transcription, openai_translation, openai_realtime,
                              openai_responses>;
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup&) { return detail::complete_openai_responses(d); }
    static constexpr std::string_view form_prefix = detail::openai_responses_prefix;
    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept {
        return detail::takes_openai_form(form, d, model);
    }
};

/// Azure OpenAI with both languages. The Responses API is part of the API without dated versions, `{base}/openai/v1/responses`
/// (learn.microsoft.com/azure/ai-foundry/openai/how-to/responses), whichever version the deployment's other requests have.
struct azure_openai_with_responses : azure_openai {
    using codecs = openai_with_responses::codecs;
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, [[maybe_unused]] const variable_lookup& variables) {
        if (const result<void> named = detail::complete_openai_responses(d); !named) return named;
#if defined(LLMX_NO_TLS)
        return success();
#else
        return azure_openai::complete(d, variables);
#endif
    }
    static constexpr std::string_view form_prefix = detail::openai_responses_prefix;
    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model) noexcept {
        return detail::takes_openai_form(form, d, model);
    }
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        const std::string& path = d.api_base.path;
        if (what.codec->path != openai_responses::path || path.ends_with("/openai/v1")) return azure_openai::prepare(d, what, out);
        out.target = path;
        out.target += path.ends_with("/openai") ? "/v1" : "/openai/v1";
        out.target += what.path();
        if (!d.key.empty()) out.add_field("api-key", d.key.reveal());
        return success();
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/openai_responses.ipp>
#endif
