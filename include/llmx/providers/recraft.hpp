// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/recraft/images.hpp>
#include <llmx/providers/detail/audio_vendor.hpp>
#include <llmx/providers/detail/job_forms.hpp>
#include <llmx/providers/job_vendor.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Recraft (https://www.recraft.ai/docs/api-reference/endpoints).
inline constexpr job_row recraft = {.name = "recraft", .base = "https://external.api.recraft.ai", .key_env = {"RECRAFT_API_KEY", "RECRAFT_API_TOKEN"},
                                    .base_env = "RECRAFT_API_BASE", .fields = "accept: application/json\r\n",
                                    .read_error = &detail::read_audio_error};
} // namespace rows
namespace detail {
/// Its answers come at once.
inline constexpr job_form recraft_jobs = {.vendor = "recraft", .read = &read_whole_job};
} // namespace detail

/// Images made and changed by Recraft's models.
using recraft = job_vendor<rows::recraft, detail::recraft_jobs, recraft_images, recraft_image_edits>;

} // namespace llmx::inline LLMX_ABI
