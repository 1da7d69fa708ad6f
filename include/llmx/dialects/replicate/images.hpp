// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_vendor.hpp>

#include <string_view>

/// \file
/// Images of the models at Replicate: an object `input`, whose members are each model's own. What is known of the models of large makers is
/// written; callers write the rest into their requests, and all of it goes along.
///
/// Source: https://replicate.com/docs/reference/http (predictions.create, models.predictions.create, deployments.predictions.create), the schemas
/// of the models (https://replicate.com/{owner}/{name}/api/schema). "owner/name" is an official model, "owner/name:version" and a bare version
/// id are predictions of that version, "deployments/owner/name" is a deployment.
///
/// Images that a caller sends are data URLs, which Replicate recommends up to 256 KB.

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view replicate_ratios[] = {"1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"};
inline constexpr std::string_view replicate_imagen_ratios[] = {"1:1", "9:16", "16:9", "3:4", "4:3"};
inline constexpr std::string_view replicate_gpt_ratios[] = {"1:1", "3:2", "2:3"};

inline constexpr image_model replicate_models[] = {
    {.part = "deployments/", .path = "/v1/{model}/predictions", .image = "image", .mask = "mask"},
    {.part = "openai/gpt-image", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_gpt_ratios,
     .count = "number_of_images", .most = 10, .image = "input_images", .most_images = 16, .image_list = true, .formats = "png jpeg webp",
     .same = "quality background moderation output_compression input_fidelity"},
    {.part = "google/imagen", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_imagen_ratios,
     .formats = "png jpeg=jpg"},
    {.part = "nano-banana", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "image_input", .most_images = 10, .image_list = true, .formats = "png jpeg=jpg"},
    {.part = "seedream", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "image_input", .most_images = 10, .image_list = true},
    {.part = "flux-kontext", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "input_image", .formats = "png jpeg=jpg"},
    {.part = "flux-2", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "input_images", .most_images = 8, .image_list = true, .formats = "png jpeg=jpg webp"},
    {.part = "flux-fill", .path = "/v1/models/{model}/predictions", .needs_prompt = false, .image = "image", .mask = "mask",
     .formats = "png jpeg=jpg webp"},
    {.part = "flux-schnell", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .count = "num_outputs", .most = 4, .formats = "png jpeg=jpg webp"},
    {.part = "flux-dev", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .count = "num_outputs", .most = 4, .image = "image", .formats = "png jpeg=jpg webp"},
    {.part = "black-forest-labs/", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "image_prompt", .formats = "png jpeg=jpg webp"},
    {.part = "stable-diffusion-3", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "image", .formats = "png jpeg=jpg webp"},
    {.part = "stability-ai/", .path = "/v1/models/{model}/predictions", .size = image_size_word::pixels, .count = "num_outputs", .most = 4,
     .image = "image", .mask = "mask"},
    {.part = "ideogram-ai/", .path = "/v1/models/{model}/predictions", .size = image_size_word::ratio, .ratios = replicate_ratios,
     .image = "image", .mask = "mask"},
    {.part = "recraft-ai/", .path = "/v1/models/{model}/predictions", .size = image_size_word::text, .same = "style"},
    {.path = "/v1/models/{model}/predictions", .image = "image", .mask = "mask"}};

inline constexpr image_form replicate_make_form = {.codec = "replicate_images", .language = "replicate", .models = replicate_models,
                                                   .any_member = true, .inside = "input", .version = "version",
                                                   .version_path = "/v1/predictions", .images = "output output.url output.image output.images"};
inline constexpr image_form replicate_edit_form = {.codec = "replicate_image_edits", .language = "replicate", .models = replicate_models,
                                                   .any_member = true, .inside = "input", .version = "version",
                                                   .version_path = "/v1/predictions", .images = "output output.url output.image output.images"};

} // namespace detail

/// Images of a prompt by a model at Replicate (`image_vendor_codec`). The size of a model of which nothing is known is lost: its callers write
/// `aspect_ratio`, or `width` and `height`.
using replicate_images = image_vendor_codec<image_generation, detail::replicate_make_form>;
/// Changes of images: the member is `image` and its mask `mask` unless the model is known to call it otherwise.
using replicate_image_edits = image_vendor_codec<image_edit, detail::replicate_edit_form>;

} // namespace llmx::inline LLMX_ABI
