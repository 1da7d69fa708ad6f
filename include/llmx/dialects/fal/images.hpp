// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_vendor.hpp>

#include <string_view>

/// \file
/// Images of the models at fal: JSON, whose members are each model's own. What most models share is written; callers write the rest
/// (`guidance_scale`, `acceleration`, ...) into their requests, and all of it goes along.
///
/// Source: the pages of the models (https://fal.ai/models), https://docs.fal.ai/model-apis.

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view fal_wide_ratios[] = {"21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16", "9:21"};
inline constexpr std::string_view fal_gemini_ratios[] = {"21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"};
inline constexpr std::string_view fal_imagen_ratios[] = {"1:1", "16:9", "9:16", "4:3", "3:4"};
inline constexpr std::string_view fal_bria_ratios[] = {"1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9"};

inline constexpr image_model fal_makers[] = {
    {.part = "nano-banana", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_gemini_ratios, .count = "num_images", .most = 4,
     .formats = "png jpeg webp"},
    {.part = "gemini-", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_gemini_ratios, .count = "num_images", .most = 4,
     .formats = "png jpeg webp"},
    {.part = "imagen4", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_imagen_ratios, .count = "num_images", .most = 4,
     .formats = "png jpeg webp"},
    {.part = "v1.1-ultra", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_wide_ratios, .count = "num_images", .most = 4,
     .formats = "png jpeg"},
    {.part = "kontext", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_wide_ratios, .count = "num_images", .most = 4,
     .formats = "png jpeg"},
    {.part = "bria/", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_bria_ratios},
    {.part = "/gpt-image", .path = "/{model}", .size = image_size_word::object, .count = "num_images", .most = 4, .formats = "png jpeg webp",
     .same = "quality background"},
    {.part = "gpt-image", .path = "/openai/{model}", .size = image_size_word::object, .count = "num_images", .most = 4,
     .formats = "png jpeg webp", .same = "quality background"},
    {.part = "recraft/", .path = "/{model}", .size = image_size_word::object, .same = "style"},
    {.path = "/{model}", .size = image_size_word::object, .count = "num_images", .most = 4, .formats = "png jpeg"}};

/// A model that changes images is often another one of the same name with "/edit".
inline constexpr image_model fal_editors[] = {
    {.part = "gpt-image", .path = "/{model}", .size = image_size_word::object, .count = "num_images", .most = 4, .image = "image_urls",
     .most_images = 16, .image_list = true, .mask = "mask_image_url", .formats = "png jpeg webp", .same = "quality background input_fidelity"},
    {.part = "nano-banana/edit", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_gemini_ratios, .count = "num_images",
     .most = 4, .image = "image_urls", .most_images = 16, .image_list = true, .formats = "png jpeg webp"},
    {.part = "/edit", .path = "/{model}", .size = image_size_word::object, .count = "num_images", .most = 4, .image = "image_urls",
     .most_images = 16, .image_list = true, .formats = "png jpeg webp"},
    {.part = "nano-banana", .path = "/{model}/edit", .size = image_size_word::ratio, .ratios = fal_gemini_ratios, .count = "num_images",
     .most = 4, .image = "image_urls", .most_images = 16, .image_list = true, .formats = "png jpeg webp"},
    {.part = "gemini-", .path = "/{model}/edit", .size = image_size_word::ratio, .ratios = fal_gemini_ratios, .count = "num_images", .most = 4,
     .image = "image_urls", .most_images = 16, .image_list = true, .formats = "png jpeg webp"},
    {.part = "/multi", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_wide_ratios, .count = "num_images", .most = 4,
     .image = "image_urls", .most_images = 16, .image_list = true, .formats = "png jpeg"},
    {.part = "kontext", .path = "/{model}", .size = image_size_word::ratio, .ratios = fal_wide_ratios, .count = "num_images", .most = 4,
     .image = "image_url", .formats = "png jpeg"},
    {.path = "/{model}", .size = image_size_word::object, .count = "num_images", .most = 4, .image = "image_url", .mask = "mask_url",
     .formats = "png jpeg"}};

inline constexpr image_form fal_make_form = {.codec = "fal_images", .language = "fal", .models = fal_makers, .any_member = true,
                                             .images = "images.url images image.url"};
inline constexpr image_form fal_edit_form = {.codec = "fal_image_edits", .language = "fal", .models = fal_editors, .any_member = true,
                                             .images = "images.url images image.url"};

} // namespace detail

/// Images of a prompt by a model at fal (`image_vendor_codec`).
using fal_images = image_vendor_codec<image_generation, detail::fal_make_form>;
/// Changes of images: `image_url`, or `image_urls` where the model takes several.
using fal_image_edits = image_vendor_codec<image_edit, detail::fal_edit_form>;

} // namespace llmx::inline LLMX_ABI
