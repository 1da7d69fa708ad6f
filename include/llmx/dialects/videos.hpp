// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/videos.hpp>
#include <llmx/dialects/openai/videos.hpp>
#include <llmx/dialects/runway/videos.hpp>

namespace llmx::inline LLMX_ABI {

/// The codecs of `video`.
struct video_forms {
    using list = codec_list<openai_videos, openai_video_form, gemini_veo, runway_video>;
};
/// The codecs of `video_state`.
struct video_state_forms {
    using list = codec_list<openai_video_state, gemini_veo_state, vertex_veo_state, runway_video_state>;
};

} // namespace llmx::inline LLMX_ABI
