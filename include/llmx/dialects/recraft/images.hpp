// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_vendor.hpp>

/// \file
/// Images of Recraft: OpenAI's form with members of its own, and changes of images as forms of its own.
///
/// Source: https://www.recraft.ai/docs/api-reference/endpoints (generate image, image to image, image inpainting).

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr vendor_member recraft_members[] = {
    {"strength", "", "strength"},   {"style_id", "", "style_id"},       {"substyle", "", "substyle"}, {"negative_prompt", "", "negative_prompt"},
    {"controls", "", "controls"},   {"text_layout", "", "text_layout"}, {"random_seed", "seed", "random_seed"},
    {"image_format", "", "image_format"}};

inline constexpr image_model recraft_makers[] = {
    {.path = "/v1/images/generations", .model = "model", .size = image_size_word::text, .count = "n", .most = 6, .same = "style"}};

/// The API demands `strength`; 0.2 is what LiteLLM sends, a change that keeps the image.
inline constexpr image_model recraft_editors[] = {
    {.path = "/v1/images/imageToImage", .mask_path = "/v1/images/inpaint", .model = "model", .count = "n", .most = 6, .image = "image",
     .mask = "mask", .same = "style", .constant = "strength=0.2"}};

inline constexpr image_form recraft_make_form = {.codec = "recraft_images", .language = "recraft", .models = recraft_makers,
                                                 .members = recraft_members, .images = "data.url data.b64_json", .states_format = true};
inline constexpr image_form recraft_edit_form = {.codec = "recraft_image_edits", .language = "recraft", .models = recraft_editors,
                                                 .members = recraft_members, .multipart = true, .images = "data.url data.b64_json",
                                                 .states_format = true};

} // namespace detail

/// Images of a prompt (`image_vendor_codec`).
using recraft_images = image_vendor_codec<image_generation, detail::recraft_make_form>;
/// Changes of one image: `imageToImage`, and `inpaint` with a mask (`image_vendor_codec`).
using recraft_image_edits = image_vendor_codec<image_edit, detail::recraft_edit_form>;

} // namespace llmx::inline LLMX_ABI
