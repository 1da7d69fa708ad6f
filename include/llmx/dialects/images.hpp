// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/images.hpp>
#include <llmx/dialects/openai/images.hpp>

namespace llmx::inline LLMX_ABI {

/// The codecs of `image_generation`.
struct image_generation_forms {
    using list = codec_list<openai_images, gemini_images, gemini_imagen>;
};
/// The codecs of `image_edit`.
struct image_edit_forms {
    using list = codec_list<openai_image_edits, gemini_image_edits>;
};
/// The codecs of `image_variation`.
struct image_variation_forms {
    using list = codec_list<openai_image_variations>;
};

} // namespace llmx::inline LLMX_ABI
