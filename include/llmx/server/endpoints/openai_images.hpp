// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/images.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's generation of images, also at the path that Azure's SDK uses. A stream has unfinished images before each image.
struct openai_images_endpoint : codec_endpoint<openai_images_endpoint, openai_images> {
    static constexpr std::string_view usage = "POST /v1/images/generations";
    static constexpr path_pattern paths[] = {
        {"/v1/images/generations"},
        {"/images/generations"},
        {"/openai/deployments/", "/images/generations"},
    };
};

/// OpenAI's changes of images: forms, which are sent on while they arrive.
struct openai_image_edits_endpoint : codec_endpoint<openai_image_edits_endpoint, openai_image_edits> {
    static constexpr std::string_view usage = "POST /v1/images/edits";
    static constexpr path_pattern paths[] = {
        {"/v1/images/edits"},
        {"/images/edits"},
        {"/openai/deployments/", "/images/edits"},
    };
};

/// OpenAI's variations of an image: forms, likewise.
struct openai_image_variations_endpoint : codec_endpoint<openai_image_variations_endpoint, openai_image_variations> {
    static constexpr std::string_view usage = "POST /v1/images/variations";
    static constexpr path_pattern paths[] = {{"/v1/images/variations"}, {"/images/variations"}};
};

} // namespace llmx::inline LLMX_ABI
