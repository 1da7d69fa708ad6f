// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_vendor.hpp>

#include <string_view>

/// \file
/// Images of Black Forest Labs: JSON, one image in an answer, whose URL is valid for ten minutes.
///
/// Source: https://docs.bfl.ai (API reference of each model; integration guidelines).

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view bfl_ratios[] = {"1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16", "21:9", "9:21", "5:4", "4:5", "2:1", "1:2"};

inline constexpr vendor_member bfl_members[] = {
    {"seed", "", "seed"},           {"safety_tolerance", "", "safety_tolerance"}, {"prompt_upsampling", "", "prompt_upsampling"},
    {"width", "", "width"},         {"height", "", "height"},                     {"aspect_ratio", "", "aspect_ratio"},
    {"steps", "", "steps"},         {"guidance", "", "guidance"},                 {"raw", "", "raw"},
    {"image_prompt", "", "image_prompt"}, {"image_prompt_strength", "", "image_prompt_strength"},
    {"top", "", "top"},             {"bottom", "", "bottom"},                     {"left", "", "left"}, {"right", "", "right"}};

inline constexpr image_model bfl_models[] = {
    {.part = "kontext", .path = "/v1/{model}", .size = image_size_word::ratio, .ratios = bfl_ratios, .image = "input_image", .most_images = 4,
     .formats = "png jpeg"},
    {.part = "ultra", .path = "/v1/{model}", .size = image_size_word::ratio, .ratios = bfl_ratios, .formats = "png jpeg"},
    {.part = "fill", .path = "/v1/{model}", .needs_prompt = false, .image = "image", .mask = "mask", .formats = "png jpeg"},
    {.part = "expand", .path = "/v1/{model}", .needs_prompt = false, .image = "image", .formats = "png jpeg"},
    {.part = "flux-2", .path = "/v1/{model}", .size = image_size_word::pixels, .image = "input_image", .most_images = 8, .formats = "png jpeg"},
    {.path = "/v1/{model}", .size = image_size_word::pixels, .formats = "png jpeg"}};

inline constexpr image_form bfl_make_form = {.codec = "black_forest_labs_images", .language = "black_forest_labs", .models = bfl_models,
                                             .members = bfl_members, .data_urls = false, .images = "result.sample"};
inline constexpr image_form bfl_edit_form = {.codec = "black_forest_labs_image_edits", .language = "black_forest_labs", .models = bfl_models,
                                             .members = bfl_members, .data_urls = false, .images = "result.sample"};

} // namespace detail

/// Images of a prompt by FLUX models (`image_vendor_codec`).
using black_forest_labs_images = image_vendor_codec<image_generation, detail::bfl_make_form>;
/// Changes of images by FLUX.1 Kontext and Fill and Expand, and by FLUX.2: up to four images, or eight. A mask is for Fill alone.
using black_forest_labs_image_edits = image_vendor_codec<image_edit, detail::bfl_edit_form>;

} // namespace llmx::inline LLMX_ABI
