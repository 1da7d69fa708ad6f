// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/black_forest_labs/images.hpp>
#include <llmx/providers/detail/audio_vendor.hpp>
#include <llmx/providers/detail/job_forms.hpp>
#include <llmx/providers/job_vendor.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Black Forest Labs (https://docs.bfl.ai).
inline constexpr job_row black_forest_labs = {.name = "black_forest_labs", .base = "https://api.bfl.ai",
                                              .key_env = {"BFL_API_KEY", "BLACK_FOREST_LABS_API_KEY"}, .base_env = "BFL_API_BASE",
                                              .auth_field = "x-key", .auth_prefix = "", .fields = "accept: application/json\r\n",
                                              .read_error = &detail::read_audio_error};
} // namespace rows
namespace detail {
/// Jobs are asked for at the host of the region that has them (https://docs.bfl.ai/api_integration/integration_guidelines).
inline constexpr job_form bfl_jobs = {.vendor = "black_forest_labs", .read = &read_bfl_job, .domain = "bfl.ai", .files = "result.sample"};
} // namespace detail

/// Images made and changed by FLUX models at their maker. The vendor has no request that ends a job.
using black_forest_labs = job_vendor<rows::black_forest_labs, detail::bfl_jobs, black_forest_labs_images, black_forest_labs_image_edits>;

} // namespace llmx::inline LLMX_ABI
