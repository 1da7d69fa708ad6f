// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/wire/url.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
/// Whether \p model is one of Imagen, by the name that Google gives it.
[[nodiscard]] constexpr bool names_imagen(std::string_view model) noexcept {
    return model.starts_with("imagen") || model.starts_with("imagegeneration");
}
} // namespace detail

/// Google's Gemini API: `POST {base}/v1beta/models/{m}:generateContent`, streams as
/// `:streamGenerateContent?alt=sse`, key in `x-goog-api-key`
/// (ai.google.dev/api/generate-content). The base may carry the version or leave it out. A program that wants realtime sessions names
/// `with_codecs<gemini, gemini_live>`: those of the Live API (ai.google.dev/api/live), at
/// `{base}/ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContent`.
struct gemini {
    static constexpr std::string_view name = "gemini";
    using codecs = codec_list<gemini_generate, gemini_batch_embed, gemini_embed>;
    static constexpr std::string_view on_demand[] = {"gemini_images", "gemini_imagen", "gemini_image_edits", "gemini_veo", "gemini_veo_state"};
    static constexpr provider_facts facts = {
        .default_base = "https://generativelanguage.googleapis.com",
        .key_env = {"GEMINI_API_KEY", "GOOGLE_API_KEY"},
        .base_env = {"GEMINI_API_BASE", "GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"},
        .needs_key = true,
        .traits = {.reasoning = model_traits::reasoning_style::budget,
                   .native_json_schema = true,
                   .default_max_tokens = 0,
                   .max_completion_tokens = false,
                   .max_stop_sequences = 5},
        .model_beginnings = "gemini-",
    };

    /// Models of Imagen take `:predict` alone, which no other model has.
    [[nodiscard]] static bool takes(const codec_ops& form, const deployment&, std::string_view model) noexcept {
        return form.operation->name != "image_generation" || (form.name == "gemini_imagen") == detail::names_imagen(model);
    }
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        const std::string& path = d.api_base.path;
        out.target = path;
        if (what.codec->operation->answer == operation_info::answers::duplex) {
            std::string version = "v1beta";
            for (const char* const known : {"v1beta", "v1", "v1alpha"})
                if (path.ends_with(std::string("/").append(known))) version = known;
            if (out.target.ends_with("/" + version)) out.target.resize(out.target.size() - version.size() - 1);
            out.target.append("/ws/google.ai.generativelanguage.").append(version).append(".").append(what.path());
            if (!d.key.empty()) out.add_field("x-goog-api-key", d.key.reveal());
            return success();
        }
        if (!path.ends_with("/v1beta") && !path.ends_with("/v1") && !path.ends_with("/v1alpha"))
            out.target += "/v1beta";
        if (detail::asks_video_state(what)) {
            detail::prepare_video_state(what, out);
        } else {
            out.target += "/models/";
            append_percent_encoded(out.target, what.model);
            out.target += what.path();
        }
        if (!d.key.empty()) out.add_field("x-goog-api-key", d.key.reveal());
        return success();
    }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, gemini_generate::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
