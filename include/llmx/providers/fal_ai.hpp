// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/fal/images.hpp>
#include <llmx/providers/detail/audio_vendor.hpp>
#include <llmx/providers/detail/job_forms.hpp>
#include <llmx/providers/job_vendor.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// fal (https://docs.fal.ai/documentation/model-apis/inference/queue).
inline constexpr job_row fal_ai = {.name = "fal_ai", .base = "https://queue.fal.run", .key_env = {"FAL_AI_API_KEY", "FAL_KEY"},
                                   .base_env = "FAL_AI_API_BASE", .auth_prefix = "Key ", .fields = "accept: application/json\r\n",
                                   .read_error = &detail::read_audio_error};
} // namespace rows
namespace detail {
inline constexpr job_form fal_jobs = {.vendor = "fal_ai", .read = &read_fal_job, .domain = "fal.run", .cancel_method = "PUT",
                                      .files = "images.url images image.url"};
} // namespace detail

/// Images made and changed by models at fal, through its queue.
using fal_ai = job_vendor<rows::fal_ai, detail::fal_jobs, fal_images, fal_image_edits>;

} // namespace llmx::inline LLMX_ABI
