// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/dialects/field_table.hpp>

/// \file
/// How Google's codecs of images handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// `generateContent` of a model that makes images (ai.google.dev/gemini-api/docs/image-generation).
inline constexpr auto gemini_images_fields = fields_of<image_request>(
    by_hand<&image_request::model>(""), // the URL names it
    by_hand<&image_request::prompt>("contents"),
    by_hand<&image_request::images>("contents"),
    lost<&image_request::mask>(),
    by_hand<&image_request::n>(""), // 1 is what there is
    by_hand<&image_request::size>("generationConfig.imageConfig"),
    by_hand<&image_request::quality>(""), // as the model has it
    lost<&image_request::style>(),
    by_hand<&image_request::background>(""),
    by_hand<&image_request::moderation>(""),
    by_hand<&image_request::output_format>(""),
    lost<&image_request::output_compression>(),
    by_hand<&image_request::response_format>(""), // base64 is what there is
    lost<&image_request::input_fidelity>(),
    by_hand<&image_request::stream>(""),
    hint<&image_request::partial_images>(),
    hint<&image_request::user>(),
    by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(gemini_images_fields));

/// `:predict` of Imagen (cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api).
inline constexpr auto gemini_imagen_fields = fields_of<image_request>(
    by_hand<&image_request::model>(""),
    by_hand<&image_request::prompt>("instances"),
    lost<&image_request::images>(),
    lost<&image_request::mask>(),
    mapped<&image_request::n>("sampleCount").within(1, 4).inside("parameters"),
    by_hand<&image_request::size>("parameters.aspectRatio"),
    by_hand<&image_request::quality>(""),
    lost<&image_request::style>(),
    by_hand<&image_request::background>(""),
    by_hand<&image_request::moderation>(""),
    by_hand<&image_request::output_format>("parameters.outputOptions.mimeType"),
    by_hand<&image_request::output_compression>("parameters.outputOptions.compressionQuality"),
    by_hand<&image_request::response_format>(""),
    lost<&image_request::input_fidelity>(),
    by_hand<&image_request::stream>(""),
    hint<&image_request::partial_images>(),
    hint<&image_request::user>(),
    by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(gemini_imagen_fields));

} // namespace llmx::inline LLMX_ABI::detail
