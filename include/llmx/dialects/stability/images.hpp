// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_vendor.hpp>

#include <string_view>

/// \file
/// Images of Stability AI: one form (`multipart/form-data`) for each service, with one image in an answer.
///
/// Source: https://platform.stability.ai/docs/api-reference (v2beta, Stable Image). A model is the service of that name, as LiteLLM calls them
/// (https://docs.litellm.ai/docs/providers/stability). The answer is JSON, which has base64.

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view stability_ratios[] = {"16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"};

inline constexpr vendor_member stability_members[] = {
    {"negative_prompt", "", "negative_prompt"}, {"seed", "", "seed"},
    {"aspect_ratio", "", "aspect_ratio"},       {"style_preset", "", "style_preset"},
    {"cfg_scale", "", "cfg_scale"},             {"strength", "", "strength"},
    {"mode", "", "mode"},                       {"grow_mask", "", "grow_mask"},
    {"search_prompt", "", "search_prompt"},     {"select_prompt", "", "select_prompt"},
    {"left", "", "left"},                       {"right", "", "right"},
    {"up", "top", "up"},                        {"down", "bottom", "down"},
    {"creativity", "", "creativity"},           {"control_strength", "", "control_strength"},
    {"fidelity", "", "fidelity"},               {"composition_fidelity", "", "composition_fidelity"},
    {"style_strength", "", "style_strength"},   {"change_strength", "", "change_strength"},
    {"foreground_prompt", "", "foreground_prompt"}, {"preserve_original_subject", "", "preserve_original_subject"},
    {"original_background_depth", "", "original_background_depth"}, {"keep_original_background", "", "keep_original_background"},
    {"light_source_direction", "", "light_source_direction"}, {"light_source_strength", "", "light_source_strength"}};

inline constexpr image_model stability_makers[] = {
    {.part = "ultra", .path = "/v2beta/stable-image/generate/ultra", .size = image_size_word::ratio, .ratios = stability_ratios,
     .formats = "png jpeg webp"},
    {.part = "core", .path = "/v2beta/stable-image/generate/core", .size = image_size_word::ratio, .ratios = stability_ratios,
     .formats = "png jpeg webp"},
    {.path = "/v2beta/stable-image/generate/sd3", .model = "model", .size = image_size_word::ratio, .ratios = stability_ratios,
     .formats = "png jpeg"}};

/// An image given to a model that makes images needs a `strength`; 0.7 keeps its composition, and lets the prompt decide on the rest.
inline constexpr image_model stability_editors[] = {
    {.part = "ultra", .path = "/v2beta/stable-image/generate/ultra", .image = "image", .formats = "png jpeg webp", .constant = "strength=0.7"},
    {.part = "sd3", .path = "/v2beta/stable-image/generate/sd3", .model = "model", .image = "image", .formats = "png jpeg",
     .constant = "mode=\"image-to-image\" strength=0.7"},
    {.part = "erase", .path = "/v2beta/stable-image/edit/erase", .prompt = "", .needs_prompt = false, .image = "image", .mask = "mask",
     .formats = "png jpeg webp"},
    {.part = "outpaint", .path = "/v2beta/stable-image/edit/outpaint", .needs_prompt = false, .image = "image", .formats = "png jpeg webp"},
    {.part = "search-and-replace", .path = "/v2beta/stable-image/edit/search-and-replace", .image = "image", .formats = "png jpeg webp"},
    {.part = "search-and-recolor", .path = "/v2beta/stable-image/edit/search-and-recolor", .image = "image", .formats = "png jpeg webp"},
    {.part = "remove-background", .path = "/v2beta/stable-image/edit/remove-background", .prompt = "", .needs_prompt = false, .image = "image",
     .formats = "png webp"},
    {.part = "replace-background-and-relight", .path = "/v2beta/stable-image/edit/replace-background-and-relight", .prompt = "background_prompt",
     .needs_prompt = false, .image = "subject_image", .most_images = 2, .second = "background_reference", .formats = "png jpeg webp"},
    {.part = "sketch", .path = "/v2beta/stable-image/control/sketch", .image = "image", .formats = "png jpeg webp"},
    {.part = "structure", .path = "/v2beta/stable-image/control/structure", .image = "image", .formats = "png jpeg webp"},
    {.part = "style-transfer", .path = "/v2beta/stable-image/control/style-transfer", .needs_prompt = false, .image = "init_image",
     .most_images = 2, .second = "style_image", .formats = "png jpeg webp"},
    {.part = "style", .path = "/v2beta/stable-image/control/style", .size = image_size_word::ratio, .ratios = stability_ratios,
     .image = "image", .formats = "png jpeg webp"},
    {.part = "fast", .path = "/v2beta/stable-image/upscale/fast", .prompt = "", .needs_prompt = false, .image = "image",
     .formats = "png jpeg webp"},
    {.part = "conservative", .path = "/v2beta/stable-image/upscale/conservative", .image = "image", .formats = "png jpeg webp"},
    {.part = "creative", .path = "/v2beta/stable-image/upscale/creative", .image = "image", .formats = "png jpeg webp"},
    {.path = "/v2beta/stable-image/edit/inpaint", .image = "image", .mask = "mask", .formats = "png jpeg webp"}};

inline constexpr image_form stability_make_form = {.codec = "stability_images", .language = "stability", .models = stability_makers,
                                                   .members = stability_members, .multipart = true, .images = "image result", .base64 = true,
                                                   .reason = "finish_reason", .refusals = "CONTENT_FILTERED"};
inline constexpr image_form stability_edit_form = {.codec = "stability_image_edits", .language = "stability", .models = stability_editors,
                                                   .members = stability_members, .multipart = true, .images = "image result", .base64 = true,
                                                   .reason = "finish_reason", .refusals = "CONTENT_FILTERED"};

} // namespace detail

/// Images of a prompt: Stable Image Ultra and Core, and Stable Diffusion 3 and 3.5 (`image_vendor_codec`).
using stability_images = image_vendor_codec<image_generation, detail::stability_make_form>;
/// Changes of an image: the services of that name ("inpaint", "erase", "outpaint", "search-and-replace", ..., "creative"), and
/// image-to-image of the models that make images. A model that no service is called like is "inpaint".
using stability_image_edits = image_vendor_codec<image_edit, detail::stability_edit_form>;

} // namespace llmx::inline LLMX_ABI
