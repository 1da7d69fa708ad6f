// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<void> gemini_images_encode(const image_request& request, const encode_options& options, std::string& out,
                                                          drop_report& drops, bool edits);
LLMX_DECL [[nodiscard]] result<image_reply> gemini_images_read(std::string_view body);
LLMX_DECL [[nodiscard]] usage gemini_images_usage(std::string_view body);
LLMX_DECL [[nodiscard]] result<void> gemini_imagen_encode(const image_request& request, const encode_options& options, std::string& out,
                                                          drop_report& drops);
LLMX_DECL [[nodiscard]] result<image_reply> gemini_imagen_read(std::string_view body);
LLMX_DECL [[nodiscard]] usage gemini_imagen_usage(std::string_view body);

/// The part that all of Google's codecs of images share: they are for providers alone, and the URL names the model.
struct gemini_images_codec {
    static constexpr std::string_view language = "gemini";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;
};

/// The answers of `generateContent`.
struct gemini_images_answers : gemini_images_codec {
    /// An answer without an image is `errc::content_policy` where the model names such a reason, and else `errc::bad_response`. The texts
    /// beside images are not kept.
    [[nodiscard]] static result<image_reply> decode_reply(std::string_view body) { return gemini_images_read(body); }
    /// Tokens, or the number of images where the answer has none.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return gemini_images_usage(body); }
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return gemini_generate::holds_answer(body); }
};

} // namespace detail

/// Images of a prompt by a Gemini model, `POST …/models/{m}:generateContent`. For providers alone.
///
/// Sources: https://ai.google.dev/gemini-api/docs/image-generation, https://ai.google.dev/api/generate-content (ImageConfig), the Gen AI SDK.
///
/// Decisions where the vocabulary and the wire differ:
/// - A size in pixels becomes the aspect ratio that the model has within 5 %, and "2K" or "4K" where its longer side asks for so much; "auto"
///   and no size are the model's choice. "16:9" is taken as a ratio. Another size is lost.
/// - One request makes one image: a larger `n` is lost. Images are bytes: "url" as the form of the answer is lost.
/// - "standard" and "auto" as quality, "auto" and "opaque" as background, "auto" as moderation and "png" as format mean what the model
///   does; other values are lost.
/// - Members of a caller's request that have the vendor's names go along: `aspectRatio`, `imageSize`, `personGeneration`, `seed`,
///   `safetySettings`, also in snake_case.
struct gemini_images : detail::gemini_images_answers {
    using operation = image_generation;
    static constexpr std::string_view name = "gemini_images";
    static constexpr std::string_view path = ":generateContent";

    /// Fails with `errc::invalid_request` without a prompt, and with `errc::unsupported_parameter` for a stream; \p out is then as it was.
    static result<void> encode_request(const image_request& request, const encode_options& options, std::string& out, drop_report& drops) {
        return detail::gemini_images_encode(request, options, out, drops, false);
    }
};

/// Changes of images by a Gemini model: the same with the images before the prompt. A mask is lost.
struct gemini_image_edits : detail::gemini_images_answers {
    using operation = image_edit;
    static constexpr std::string_view name = "gemini_image_edits";
    static constexpr std::string_view path = ":generateContent";

    /// Fails as that of `gemini_images`, and without an image.
    static result<void> encode_request(const image_request& request, const encode_options& options, std::string& out, drop_report& drops) {
        return detail::gemini_images_encode(request, options, out, drops, true);
    }
};

/// Images of a prompt by Imagen, `POST …/models/{m}:predict` of the Gemini API and of Vertex AI. For providers alone.
///
/// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api, https://ai.google.dev/gemini-api/docs/imagen.
///
/// As `gemini_images`, with these differences: there are five aspect ratios; up to four images; PNG and JPEG; a size from 2048 pixels is
/// `sampleImageSize`. Images that the filter removed are missing in the answer, and one without any is `errc::content_policy`. The vendor counts
/// images, no tokens. Of a caller's members with the vendor's names all parameters of the API go along (`negativePrompt`, `seed`, …).
struct gemini_imagen : detail::gemini_images_codec {
    using operation = image_generation;
    static constexpr std::string_view name = "gemini_imagen";
    static constexpr std::string_view path = ":predict";

    /// Fails as that of `gemini_images`.
    static result<void> encode_request(const image_request& request, const encode_options& options, std::string& out, drop_report& drops) {
        return detail::gemini_imagen_encode(request, options, out, drops);
    }
    [[nodiscard]] static result<image_reply> decode_reply(std::string_view body) { return detail::gemini_imagen_read(body); }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::gemini_imagen_usage(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/images_reply.ipp>
#include <llmx/dialects/gemini/impl/images_request.ipp>
#endif
